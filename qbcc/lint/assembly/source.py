"""All findings of a source of QBC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from qbcc.assembly.assemble import Assembly, Options, assemble
from qbcc.collector import collector_paused
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.flow.effects import Effects
from qbcc.flow.program import Flow, analyse
from qbcc.lint.assembly.contracts import Contracts
from qbcc.lint.assembly.control import Control
from qbcc.lint.assembly.habits import Habits
from qbcc.lint.assembly.items import Items
from qbcc.lint.assembly.kinds import Kinds
from qbcc.lint.assembly.look import Look
from qbcc.lint.assembly.memory import Memory
from qbcc.lint.assembly.packed import Packed
from qbcc.lint.assembly.positions import Positions, keeps_count
from qbcc.lint.assembly.registers import Registers
from qbcc.lint.assembly.stack import Stack
from qbcc.lint.finding import Linted, Remark
from qbcc.lint.rules import RULES
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables

_ROUNDS: Final = 4
"""Most times that what stands above routines which are not level is looked at again."""


def lint_source(source: SourceFile, options: Options | None = None) -> Linted:
    """What is found in a source and in what it includes, but for the library. One without a start is for others."""
    return lint_assembly(assemble(source, options))


def lint_assembly(assembly: Assembly, flow: Flow | None = None) -> Linted:
    """The same for a source that was assembled, and perhaps analysed."""
    if assembly.object is None:
        errors = tuple(d for d in assembly.diagnostics if d.severity is Severity.ERROR)
        return Linted(errors, (), (), RULES)
    with collector_paused():
        flow = flow or analyse(assembly)
        assert flow is not None
        found: list[Diagnostic] = []
        look = _levelled(Look(flow, assembly, found.append))
        Stack(look).run()
        registers = Registers(look)
        registers.run()
        Contracts(look, registers).run()
        Control(look).run()
        kinds = Kinds(look)
        kinds.run()
        memory = Memory(look, kinds)
        memory.run()
        Items(look, memory.values).run()
        Packed(look, memory.values).run()
        Habits(look).run()
        if any(finding.fix is not None and not keeps_count(finding.fix) for finding in found):
            found = _counted(found, Positions(look, memory.values))
        order = {id(source): number for number, source in enumerate(assembly.included)}
        findings = {finding: None for finding in found if _is_meant(look, finding)}
        own = [source for source in assembly.included if look.is_own_source(source)]
        return Linted((), tuple(sorted(findings, key=lambda d: _place(d, order))), tuple(_remarks(own)), RULES)


def _levelled(look: Look) -> Look:
    """Tell of routines that leave another stack than they found; everything else is looked at as if they did not."""
    for _ in range(_ROUNDS):
        unlevel = Stack(look).levelled()
        if not unlevel:
            break
        flow = look.flow
        effects = Effects(flow.cut, flow.effects.level | unlevel)
        look = Look(Flow(flow.code, flow.cut, effects), look.assembly, look.report)
    return look


def _counted(found: list[Diagnostic], positions: Positions) -> list[Diagnostic]:
    """Return the findings without the fixes that move instructions, if the program depends on their places."""
    if not positions.matter():
        return found
    return [replace(f, fix=None) if f.fix is not None and not keeps_count(f.fix) else f for f in found]


def _is_meant(look: Look, finding: Diagnostic) -> bool:
    return finding.span is not None and look.is_own_source(finding.span.source)


def _place(finding: Diagnostic, order: dict[int, int]) -> tuple[int, int, int, str]:
    span = finding.span
    assert span is not None
    return order.get(id(span.source), 0), span.line, span.column, finding.code


def _remarks(sources: Iterable[SourceFile]) -> Iterable[Remark]:
    """What comments say, of files in which one speaks to the linter."""
    for source in sources:
        if "lint:" not in source.text:
            continue
        pattern = tables()[0]
        for number, line in enumerate(source.lines, 1):
            for found in pattern.finditer(line) if ";" in line else ():
                if found.lastgroup == "COMMENT":
                    is_alone = not line[: found.start("COMMENT")].strip()
                    yield Remark(number, found["COMMENT"].lstrip("; \t"), is_alone, source)
