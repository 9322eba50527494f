"""What the driver calls for a ``.sigma`` file."""

from __future__ import annotations

from typing import Final

from qbcc.assemble import Assembly
from qbcc.assemble import Options as AssemblerOptions
from qbcc.frontends import FrontEnd, Settings
from qbcc.source import SourceFile
from sigma.check.modules import Options
from sigma.compile import compile_source


def _assemble(source: SourceFile, options: AssemblerOptions, settings: Settings) -> Assembly:
    read = Options(options.defines, options.include_dirs, options.read)
    return compile_source(source, read, level=settings.level, is_unchecked=settings.is_unchecked)


FRONT_END: Final = FrontEnd(_assemble)
