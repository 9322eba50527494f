"""Instructions whose registers are not chosen yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from qbcc.source import Span
from qbcc.syntax.build import Offset
from vm.isa import BY_NAME, REGISTERS

COLOURS: Final = REGISTERS
Register = int
"""Below :data:`COLOURS` the register of this number, else one that is to be chosen."""


@dataclass(frozen=True, slots=True)
class Imm:
    """A constant operand: a number, a label, a label and a distance."""

    value: int | float | str | Offset


@dataclass(slots=True)
class Mem:
    """An address operand."""

    base: Register | Imm
    offset: Register | Imm | None = None


Operand = Register | Imm | Mem


@dataclass(slots=True, eq=False)
class Inst:
    """An instruction. Of what writes a register, the first operand is it."""

    word: str
    operands: list[Operand]
    span: Span | None
    changes: tuple[Register, ...] = ()
    """Registers that it changes besides."""
    reads: tuple[Register, ...] = ()
    """Registers that it reads besides."""
    target: str = ""
    """Label that it jumps to or calls."""
    is_split: bool = False
    """Of a move: that both sides have registers of their own is what it is for."""
    may_be_nan: bool = False
    """Of a jump that compares floats: with NaN, neither an order nor its opposite holds."""

    @property
    def defined(self) -> tuple[Register, ...]:
        """Registers that it writes."""
        if self.word in WRITES and isinstance(self.operands[0], int):
            return (self.operands[0], *self.changes)
        return self.changes

    @property
    def used(self) -> list[Register]:
        """Registers that it reads."""
        found = list(self.reads)
        for operand in self.operands[self.word in WRITES :]:
            if isinstance(operand, int):
                found.append(operand)
            elif isinstance(operand, Mem):
                found += [part for part in (operand.base, operand.offset) if isinstance(part, int)]
        return found

    @property
    def is_move(self) -> bool:
        """Whether it copies a register to another."""
        return self.word == "QMOV" and isinstance(self.operands[1], int)


WRITES: Final = frozenset(name for name, rows in BY_NAME.items() if rows[0].writes)


@dataclass(slots=True, eq=False)
class Code:
    """The instructions of a block. Its jumps are the last of them."""

    label: str
    insts: list[Inst] = field(default_factory=list)
    nexts: list[Code] = field(default_factory=list)
    depth: int = 0


@dataclass(slots=True, eq=False)
class Routine:
    """A function's instructions, in the order in which they will stand."""

    blocks: list[Code]
    registers: int
    """Numbers given so far."""
    spills: int = 0
    """Words of the frame for what has no register."""

    def new(self) -> Register:
        """A register to be chosen."""
        self.registers += 1
        return self.registers - 1

    def insts(self) -> Iterator[Inst]:
        """All instructions."""
        for block in self.blocks:
            yield from block.insts
