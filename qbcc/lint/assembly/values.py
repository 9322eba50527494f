"""Numbers that registers surely hold: constants, and what is calculated from them.

A register's tag (:mod:`qbcc.flow.effects`) names the one instruction that made its value, so following tags back to
constants needs no analysis of its own."""

from __future__ import annotations

from typing import Final

from qbcc.flow.routines import Routine
from qbcc.flow.tags import State, maker
from qbcc.lint.assembly.look import Look
from vm.flow.blocks import MOVE
from vm.isa import BY_NAME, REGISTERS

_MASK: Final = (1 << 64) - 1
_ADD, _SUB, _MUL, _SHL, _AND, _OR = (BY_NAME[name][0].code for name in ("QADD", "QSUB", "QMUL", "QSHL", "QAND", "QOR"))
_DEEPEST: Final = 50


class Values:
    """Of all routines."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._states: dict[tuple[int, int], list[State | None]] = {}
        self._known: dict[tuple[int, int], int | float | None] = {}

    def state(self, routine: Routine, index: int) -> State | None:
        """Tags before an instruction."""
        start = self.look.flow.cut.starts[index]
        key = routine.entry, start
        if key not in self._states:
            self._states[key] = self.look.effects.states(routine, routine.inside[start])
        return self._states[key][index - start]

    def before(self, routine: Routine, index: int, slot: int, depth: int = 0) -> int | float | None:
        """The number in a slot of an instruction; None where it is not known."""
        if slot >= REGISTERS:
            return self.look.code.constant(slot)
        state = self.state(routine, index)
        made = maker(state.registers[slot]) if state is not None else None
        if made is None:
            return None
        assert state is not None
        key = routine.entry, state.registers[slot]
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self.made(routine, made, depth + 1)
        return self._known[key]

    def made(self, routine: Routine, index: int, depth: int = 0) -> int | float | None:
        """The number that an instruction writes."""
        row = self.look.code.rows[index]
        if depth > _DEEPEST:
            return None
        if row[0] == MOVE:
            return self.before(routine, index, row[2], depth)
        if row[0] not in (_ADD, _SUB, _MUL, _SHL, _AND, _OR):
            return None
        a = self.before(routine, index, row[2], depth)
        b = self.before(routine, index, row[3], depth)
        if not isinstance(a, int) or not isinstance(b, int):
            return None
        value = {
            _ADD: a + b, _SUB: a - b, _MUL: a * b, _SHL: a << (b & 63), _AND: a & b, _OR: a | b,
        }[row[0]] & _MASK  # fmt: skip
        return value - (1 << 64) if value >> 63 else value

    def address(self, routine: Routine, index: int, first: int) -> int | None:
        """The address of an access whose base is in a slot; None where it is not known."""
        row = self.look.code.rows[index]
        base = self.before(routine, index, row[1 + first])
        offset = self.before(routine, index, row[2 + first])
        return (base + offset) & _MASK if isinstance(base, int) and isinstance(offset, int) else None
