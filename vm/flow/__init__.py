"""What a program does without running it: blocks, subroutines, registers and stack, kinds.

The native engine compiles from it."""
