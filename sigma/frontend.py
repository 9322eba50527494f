"""What the driver calls for ``.sigma`` and ``.sigma.json`` files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from qbcc.assembly.assemble import Assembly
from qbcc.assembly.assemble import Options as AssemblerOptions
from qbcc.frontends import Formatted, FrontEnd, Migrated, Settings, Shown
from qbcc.source import SourceFile
from sigma import ir
from sigma.check.modules import Options
from sigma.check.program import Program, check
from sigma.compile import compile_program, emit, optimized, pass_names

if TYPE_CHECKING:
    from qbcc.lint.finding import Linted

Read = Callable[[SourceFile, Options], tuple[Program, int | None]]
"""A source to a checked program, and the runs that it asks for."""


def _front_end(read: Read, comment: str) -> FrontEnd:
    def assemble(source: SourceFile, options: AssemblerOptions, settings: Settings) -> Assembly:
        own = _options(options)
        program, shots = read(source, own)
        return compile_program(program, own, level=settings.level, is_unchecked=settings.is_unchecked, shots=shots)

    def show(source: SourceFile, options: AssemblerOptions, settings: Settings, stage: str) -> Shown:
        return _shown(read(source, _options(options))[0], lambda program: _stage(program, settings, stage))

    def dump(source: SourceFile, options: AssemblerOptions, settings: Settings, name: str) -> Shown:
        return _shown(read(source, _options(options))[0], lambda program: _dumped(program, settings, name))

    return FrontEnd(assemble, show, dump, lambda settings: pass_names(settings.level), comment)


def _options(options: AssemblerOptions) -> Options:
    return Options(options.defines, options.include_dirs, options.read)


def _shown(program: Program, text: Callable[[Program], str]) -> Shown:
    said = (*program.unclaimed.values(), *program.diagnostics)
    return Shown("", said) if program.unclaimed or not program.is_sound else Shown(text(program), ())


def _stage(program: Program, settings: Settings, stage: str) -> str:
    if stage == "ast":
        from sigma.show.tree import show_program

        return show_program(program)
    lowered = optimized(program, level=settings.level, is_unchecked=settings.is_unchecked)
    source = program.main.source
    if stage == "ir":
        from sigma.show.form import show_form

        return show_form(lowered, source)
    from sigma.show.assembly import show_lines

    return show_lines(emit(lowered, source), source)


def _dumped(program: Program, settings: Settings, wanted: str) -> str:
    from sigma.show.form import show_form

    parts: list[str] = []

    def dump(name: str, lowered: ir.Program) -> None:
        if name == wanted:
            heading = name if not parts else f"{name}, the {_ordinal(len(parts) + 1)} time"
            parts.append(f"// after {heading}\n\n{show_form(lowered, program.main.source)}")

    optimized(program, level=settings.level, is_unchecked=settings.is_unchecked, dump=dump)
    return "\n".join(parts)


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")


def _program(source: SourceFile, options: Options) -> tuple[Program, int | None]:
    return check(source, options), None


def _circuit(source: SourceFile, options: Options) -> tuple[Program, int | None]:
    from sigma.circuit.check import check_circuit

    return check_circuit(source, options)


# Who compiles does not wait for these.


def _format(source: SourceFile) -> Formatted:
    from sigma.format.source import format_source

    return format_source(source)


def _migrate(source: SourceFile) -> Migrated:
    from sigma.migrate import migrate

    return migrate(source)


def _lint(source: SourceFile, options: AssemblerOptions) -> Linted:
    from sigma.lint.source import lint_source

    return lint_source(source, _options(options))


_DECLARATION: Final = re.compile(r"^\s*(export\s+)?(fn|gate)\s+\w+\s*\(", re.MULTILINE)


def _claims(text: str) -> bool:
    return _DECLARATION.search(text) is not None


def _claims_circuit(text: str) -> bool:
    return text.lstrip().startswith("{") and '"ops"' in text


FRONT_END: Final = replace(_front_end(_program, "//"), format=_format, migrate=_migrate, lint=_lint, claims=_claims)
CIRCUITS: Final = replace(_front_end(_circuit, ""), claims=_claims_circuit)
