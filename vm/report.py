"""Says what a trap was: the sentence with the values, the operands, the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vm.isa import (
    BY_CODE,
    CALL_DEPTH,
    CODE_BASE,
    FLOAT,
    INT,
    MEMORY_FLOOR,
    MEMORY_SIZE,
    REGISTERS,
    STACK_DEPTH,
    Op,
)
from vm.program import Program
from vm.trap import STATUS, Operand

NAME: Final = {status: name for name, status in STATUS.items()}
_WIDTHS: Final = {"B": 1, "H": 2, "W": 4}
_MASK: Final = (1 << 64) - 1


def cell_value(cells: NDArray[np.int64], index: int) -> int | float:
    """A cell as a Python number."""
    value: int | float = cells.item(index, 0)
    if cells.item(index, 1) == INT:
        return value
    return cells.view(np.float64).item(index, 0)


class Fault:
    """A row that trapped, with its operands."""

    def __init__(self, program: Program, cells: NDArray[np.int64], pc: int) -> None:
        row = program.object.code[pc]
        self.pc = pc
        self.op: Op = BY_CODE[int(row[0])]
        self.slots = [int(slot) for slot in row[1:]]
        self.cells = cells

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What it read: registers by name, and constants."""
        return tuple(Operand(self._name(self.slots[i]), self.value(i)) for i in self.op.reads)

    def _name(self, index: int) -> str:
        return f"r{index}" if index < REGISTERS else "constant"

    def value(self, slot: int) -> int | float:
        """An operand."""
        return cell_value(self.cells, self.slots[slot])

    def show(self, slot: int) -> str:
        """An operand, for people: ``r4 = 7``, or a constant."""
        index, value = self.slots[slot], self.value(slot)
        return repr(value) if index >= REGISTERS else f"r{index} = {value!r}"

    def message(self, trap: str) -> str:
        """One line: what happened, with the values."""
        describe: dict[str, Callable[[], str]] = {
            "zero-division": self._zero_division,
            "address": self._address,
            "kind": self._kind,
            "overflow": self._overflow,
            "underflow": lambda: "QPOP finds the value stack empty: nothing is left that was pushed",
            "jump": self._jump,
            "memory": lambda: f"{self.op.name} would touch more memory than the limit allows",
            "trap": lambda: f"the program stopped itself with QTRAP {self.value(0)!r}",
            "assert": lambda: f"{self.show(0)} is not equal to {self.show(1)}",
        }
        return describe[trap]()

    def _zero_division(self) -> str:
        divisor = self.slots[2]
        name = f"r{divisor} is 0" if divisor < REGISTERS else "the divisor is the constant 0"
        return f"{self.op.name}: {name}"

    def _address(self) -> str:
        slot = self.op.memory_slot or 0
        address = (int(self.value(slot)) + int(self.value(slot + 1))) & _MASK
        width = _WIDTHS.get(self.op.name[-1], 8)
        where = f"{width} byte{'s' * (width > 1)} at {address:#x}"
        if address < MEMORY_FLOOR:
            return f"{self.op.name}: {where} lie below {MEMORY_FLOOR:#x}, where memory begins"
        if CODE_BASE <= address < CODE_BASE + (1 << 32):
            return f"{self.op.name}: {where} are a code address; code is not in memory"
        return f"{self.op.name}: {where} reach past the end of memory, {MEMORY_SIZE:#x}"

    def _kind(self) -> str:
        wanted = FLOAT if self.op.kinds == "bits" else INT
        slots = self.op.reads
        if self.op.kinds == "select":
            slots = slots[:1]
        elif self.op.kinds == "address" and self.op.memory_slot is not None:
            slots = (self.op.memory_slot, self.op.memory_slot + 1)
        wrong = next((i for i in slots if self.cells[self.slots[i], 1] != wanted), slots[0])
        need = "a float" if wanted == FLOAT else "an integer"
        role = " as address" if self.op.memory_slot is not None and wrong >= self.op.memory_slot else ""
        have = "a float" if self.cells[self.slots[wrong], 1] == FLOAT else "an integer"
        return f"{self.op.name} takes {need}{role}, and {self.show(wrong)} is {have}"

    def _overflow(self) -> str:
        if self.op.name == "QPUSH":
            return f"the value stack is full ({STACK_DEPTH:,} values): something pushes without end"
        return f"the call stack is full ({CALL_DEPTH:,} calls): a recursion has no end"

    def _jump(self) -> str:
        value = int(self.value(0))
        index = (value - CODE_BASE) & _MASK
        if index < 1 << 32:
            return f"{self.op.name}: instruction {index} is not a label whose address the program takes"
        return f"{self.op.name}: {value & _MASK:#x} is not the address of a label"
