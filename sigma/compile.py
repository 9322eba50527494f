"""The compiler as the list of its passes."""

from __future__ import annotations

from qbcc.assemble import Assembly, assemble_statements
from qbcc.assemble import Options as AssemblerOptions
from qbcc.source import SourceFile, Span
from sigma.check.modules import Options
from sigma.check.program import check
from sigma.codegen.emit import Emitter
from sigma.lower.gates import lower
from sigma.passes.pipeline import optimize
from sigma.verify import verify


def compile_source(
    source: SourceFile, options: Options | None = None, *, level: int = 2, is_unchecked: bool = False
) -> Assembly:
    """A source to an object. What is wrong with it is in the result."""
    options = options or Options()
    program = check(source, options)
    if not program.is_sound:
        return Assembly(None, program.diagnostics, (), (source,))
    lowered = lower(program, is_unchecked=is_unchecked)
    optimize(lowered, level)
    for function in lowered.functions:
        verify(function)
    lines = Emitter(lowered, Span(source, 1, 1, 2)).run()
    return assemble_statements(source, lines, AssemblerOptions({}, options.include_dirs, options.read))
