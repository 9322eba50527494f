"""Fixes that save a register: in the routine that changes it, or around the call that changes it."""

from __future__ import annotations

from qbcc.diagnostics import Edit, Fix
from qbcc.flow.routines import Routine
from qbcc.lint.assembly.intent import Intent
from qbcc.lint.assembly.look import Look, mask_of
from qbcc.source import Span
from qbcc.wording import short
from vm.flow.blocks import JUMP


class Saving:
    """Makes them."""

    def __init__(self, look: Look, intent: Intent) -> None:
        self.look = look
        self.intent = intent
        self._made: dict[tuple[int, int], Fix | None] = {}
        self._holders: dict[int, int] = {}
        """By first instruction of a block, the routines that have it."""
        for routine in look.routines:
            for block in routine.blocks:
                self._holders[block.start] = self._holders.get(block.start, 0) + 1

    def inside(self, routine: Routine, register: int) -> Fix | None:
        """Push at the entry, pop before each return; None where that is not plainly right."""
        key = routine.entry, register
        if key not in self._made:
            self._made[key] = self._inside(routine, register)
        return self._made[key]

    def _inside(self, routine: Routine, register: int) -> Fix | None:
        look = self.look
        effect = look.flow.effect(routine)
        contract = look.contracts.get(routine.entry)
        if contract is not None and mask_of((*contract.returns, *contract.clobbers)) >> register & 1:
            return None
        if register < 4 or effect.below or effect.delta or effect.delta is None or not routine.is_whole:
            return None
        ends = [*routine.returns]
        for index, tail in routine.tails:
            if look.code.rows[index][0] != JUMP or look.effects.tail(tail).reads >> register & 1:
                return None
            ends.append(index)
        if not ends or any(look.code.lines[index].use is not None for index in (routine.entry, *ends)):
            return None
        if any(routine.entry in block.successors or self._holders[block.start] > 1 for block in routine.blocks):
            return None
        if self.intent.is_taken(routine.entry, register) or not look.is_own_routine(routine):
            return None
        first, *others = [
            Edit(before(look, routine.entry), f"QPUSH r{register}\n{indent(look, routine.entry)}"),
            *(Edit(before(look, index), f"QPOP r{register}\n{indent(look, index)}") for index in sorted(ends)),
        ]
        if len({(edit.span.source, edit.span.line, edit.span.column) for edit in (first, *others)}) <= len(others):
            return None
        title = f"save r{register} in '{short(look.name(routine.entry))}'"
        return Fix(first.span, first.replacement, title, tuple(others))

    def around(self, index: int, register: int) -> Fix | None:
        """Push before a call, pop behind it; None where that is not plainly right."""
        look = self.look
        effect = look.effects.call(index)
        line = look.code.lines[index]
        if effect.below or effect.delta or effect.delta is None or line.use is not None:
            return None
        space = indent(look, index)
        end = len(line.source.line(line.number)) + 1
        behind = Edit(Span(line.source, line.number, end, end), f"\n{space}QPOP r{register}")
        return Fix(before(look, index), f"QPUSH r{register}\n{space}", f"save r{register} around the call", (behind,))


def before(look: Look, index: int) -> Span:
    """The place just before an instruction's word."""
    line = look.code.lines[index]
    column = line.columns[line.shape.word]
    return Span(line.source, line.number, column, column)


def indent(look: Look, index: int) -> str:
    """What stands before the instructions around one."""
    line = look.code.lines[index]
    text = line.source.line(line.number)
    if not line.shape.labels:
        return text[: len(text) - len(text.lstrip())]
    for number in range(line.number + 1, min(line.number + 4, len(line.source.lines) + 1)):
        other = line.source.line(number)
        if other.strip() and ":" not in other:
            return other[: len(other) - len(other.lstrip())]
    return "    "
