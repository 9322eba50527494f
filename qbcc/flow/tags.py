"""Where values come from: the tags of a routine's registers and stack at one place.

A tag is a register, whose value at the routine's entry it is; or the place that made the value; or that more than one
made it; or nothing known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from qbcc.flow.code import Mask
from vm.isa import REGISTERS

UNKNOWN: Final = -1
"""The tag of a value of which nothing is known."""
MADE: Final = -2
"""The tag of a value that no register had at the entry, and that more than one place makes."""


@dataclass(frozen=True, slots=True)
class State:
    """Tags at a place. Tags below 16 are registers at the routine's entry."""

    registers: tuple[int, ...]
    stack: tuple[int, ...] | None
    """Values since the entry, the top one last; None where it is not known how many."""
    below: int = 0
    """Values of the callers that were taken off."""
    replaced: Mask = 0
    """Registers that surely hold something else than their value at the entry."""

    @property
    def depth(self) -> int | None:
        """Values on the stack, counted from the entry; negative below it."""
        return None if self.stack is None else len(self.stack) - self.below


START: Final = State(tuple(range(REGISTERS)), ())


def made_at(index: int, register: int) -> int:
    """The tag of a value that an instruction writes to a register."""
    return REGISTERS + index * REGISTERS + register


def maker(tag: int) -> int | None:
    """The instruction that made a value; None for one of the entry, or of which nothing is known."""
    return (tag - REGISTERS) // REGISTERS if tag >= REGISTERS else None


def merged(a: State, b: State) -> State:
    """What holds by both ways."""
    registers = a.registers
    if registers != b.registers:
        registers = tuple([x if x == y else either(x, y) for x, y in zip(registers, b.registers, strict=True)])
    below, replaced = max(a.below, b.below), a.replaced & b.replaced
    if a.stack is None or b.stack is None or a.depth != b.depth:
        return State(registers, None, below, replaced)
    if a.stack == b.stack:
        return State(registers, a.stack, below, replaced)
    first = (UNKNOWN,) * (below - a.below) + a.stack
    second = (UNKNOWN,) * (below - b.below) + b.stack
    stack = tuple(x if x == y else either(x, y) for x, y in zip(first, second, strict=True))
    return State(registers, stack, below, replaced)


def either(a: int, b: int) -> int:
    """The tag of a value that is one of two unlike ones."""
    return MADE if (a >= REGISTERS or a == MADE) and (b >= REGISTERS or b == MADE) else UNKNOWN
