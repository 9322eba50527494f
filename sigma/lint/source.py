"""All findings of a source."""

from __future__ import annotations

from qbcc.diagnostics import Diagnostic, Severity
from qbcc.lint.finding import Linted, Remark
from qbcc.source import SourceFile
from sigma.check.modules import Options
from sigma.check.program import Program, check
from sigma.lexer import Tokens
from sigma.lint.comments import division_comments
from sigma.lint.deprecated import Deprecated
from sigma.lint.flow import Flow
from sigma.lint.gates import Gates
from sigma.lint.names import Names, given_names, meant_names
from sigma.lint.rules import RULES
from sigma.lint.uses import uses_of
from sigma.lint.values import Values
from sigma.lint.walk import Look


def lint_source(source: SourceFile, options: Options | None = None) -> Linted:
    """What is found in a source, not in the modules that it imports. A source without ``main`` is a module: what it
    declares is for others."""
    program = check(source, options, is_library=True)
    if not program.is_sound:
        errors = tuple(d for d in program.diagnostics if d.severity is Severity.ERROR)
        return Linted(errors, (), remarks_of(program.main.tokens), RULES)
    return lint_program(program)


def lint_program(program: Program) -> Linted:
    """The same for a program that was checked and is sound."""
    return Linted((), _findings(program), remarks_of(program.main.tokens), RULES)


def _findings(program: Program) -> tuple[Diagnostic, ...]:
    """By place."""
    found: list[Diagnostic] = []
    module = program.main
    look = Look(module, found.append)
    uses = uses_of(program)
    names = Names(look, uses, given_names(module.declarations), meant_names(module.source.text))
    names.declarations()
    names.bodies()
    Flow(look, uses).run()
    Values(look).run()
    Gates(look).run()
    Deprecated(look, program.modules).run()
    division_comments(look)
    return in_order(found)


def in_order(found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place."""
    found.sort(key=lambda d: (d.span.line, d.span.column, d.code) if d.span is not None else (0, 0, d.code))
    return tuple(found)


def remarks_of(tokens: Tokens) -> tuple[Remark, ...]:
    """What comments say, without their marks."""
    used = set(tokens.lines[:-1])
    return tuple(
        Remark(c.line, c.text.strip("/* \t\r"), not used & set(range(c.line, c.last_line + 1))) for c in tokens.comments
    )
