"""What a program's subroutines do with registers and stack, without running it.

The linter, the editor and ``--emit`` read it; :func:`qbcc.flow.program.analyse` is the way in."""
