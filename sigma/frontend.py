"""What the driver calls for a ``.sigma`` file."""

from __future__ import annotations

from qbcc.assemble import Assembly
from qbcc.assemble import Options as AssemblerOptions
from qbcc.source import SourceFile
from sigma.check.modules import Options
from sigma.compile import compile_source


def compile_file(source: SourceFile, options: AssemblerOptions) -> Assembly:
    """A source to an object. What is wrong with it is in the result."""
    return compile_source(source, Options(options.defines, options.include_dirs, options.read))
