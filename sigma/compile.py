"""The compiler as the list of its passes."""

from __future__ import annotations

from qbcc.assembly.assemble import Assembly, assemble_statements
from qbcc.assembly.assemble import Options as AssemblerOptions
from qbcc.collector import collector_paused
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Line
from sigma import ir
from sigma.check.modules import Options
from sigma.check.program import Program, check
from sigma.codegen.emit import Emitter
from sigma.lower.gates import lower
from sigma.passes.pipeline import Dump, names, optimize
from sigma.verify import verify

LOWERED = "lower"
"""Name of what is there before the passes, for dumps."""


def compile_source(
    source: SourceFile, options: Options | None = None, *, level: int = 2, is_unchecked: bool = False
) -> Assembly:
    """A source to an object. What is wrong with it is in the result."""
    options = options or Options()
    return compile_program(check(source, options), options, level=level, is_unchecked=is_unchecked)


def compile_program(
    program: Program, options: Options, *, level: int = 2, is_unchecked: bool = False, shots: int | None = None
) -> Assembly:
    """What was checked, to an object that perhaps asks for so many runs."""
    source = program.main.source
    claimed = frozenset(options.defines) - program.unclaimed.keys()
    if not program.is_sound:
        return Assembly(None, program.diagnostics, (), (source,), claimed, program.unclaimed)
    with collector_paused():
        lines = emit(optimized(program, level=level, is_unchecked=is_unchecked), source)
    made = assemble_statements(source, lines, AssemblerOptions({}, options.include_dirs, options.read))
    return Assembly(made.object, made.diagnostics, made.statements, made.included, claimed, program.unclaimed, shots)


def optimized(program: Program, *, level: int, is_unchecked: bool, dump: Dump | None = None) -> ir.Program:
    """The intermediate form behind the passes of a level. ``dump`` is called before them and behind each."""
    lowered = lower(program, is_unchecked=is_unchecked)
    if dump is not None:
        dump(LOWERED, lowered)
    optimize(lowered, level, dump)
    for function in lowered.functions:
        verify(function)
    return lowered


def emit(lowered: ir.Program, source: SourceFile) -> list[Line]:
    """Lines for the assembler."""
    return Emitter(lowered, Span(source, 1, 1, 2)).run()


def pass_names(level: int) -> tuple[str, ...]:
    """Names of the passes that a level runs, in their order."""
    return LOWERED, *names(level)
