"""A verified object in the form that the interpreter reads: rows, cells and indirect targets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vm.bytecode import Base, ObjectFile, Place, Symbol
from vm.interp.layout import CELL, ROW, ROW_WORDS
from vm.isa import DATA_BASE, OPS, REGISTERS, SLOTS
from vm.trap import Location, ObjectError
from vm.verify import verify


def _scales() -> NDArray[np.uint32]:
    """What a slot's index is multiplied by, by instruction number and slot."""
    scales = np.zeros((max(op.code for op in OPS) + 1, SLOTS), np.uint32)
    for op in OPS:
        for slot, letter in enumerate(op.slots):
            scales[op.code, slot] = ROW if letter == "l" else CELL
    return scales


@dataclass
class Program:
    """What an engine runs. Shapes: n instructions, c constants."""

    object: ObjectFile
    rows: NDArray[np.uint32]
    """(n + 1, ROW_WORDS): the last row is number 0, which traps: running past the end."""
    cells: NDArray[np.int64]
    """(REGISTERS + c, 2): value and kind; registers zero."""
    targets: NDArray[np.uint8]
    """(n,): 1 where an indirect jump may go."""

    @staticmethod
    def load(obj: ObjectFile) -> Program:
        """Verify and translate. Raises :class:`ObjectError`, also when a name is missing."""
        verify(obj)
        if obj.undefined:
            names = ", ".join(sorted({symbol.name for symbol in obj.undefined})[:5])
            raise ObjectError(f"undefined: {names} (link the object that brings it)")
        count = len(obj.code)
        rows = np.zeros((count + 1, ROW_WORDS), np.uint32)
        rows[:count, 0] = obj.code[:, 0]
        rows[:count, 1 : 1 + SLOTS] = obj.code[:, 1:] * _scales()[obj.code[:, 0]]
        cells = np.zeros((REGISTERS + len(obj.constants), 2), np.int64)
        cells[REGISTERS:, 0] = obj.constants.view(np.int64)
        cells[REGISTERS:, 1] = obj.constant_kinds
        targets = np.zeros(count, np.uint8)
        labels = {symbol.value for symbol in obj.symbols if symbol.base is Base.CODE and symbol.value < count}
        for relocation in obj.relocations:
            taken = relocation.base is Base.CODE and relocation.place is not Place.TARGET
            if taken and relocation.addend in labels:
                targets[relocation.addend] = 1
        return Program(obj, rows, cells, targets)

    def data(self) -> list[tuple[int, bytes]]:
        """Initialised data as (address, bytes)."""
        return [(DATA_BASE + offset, content) for offset, content in self.object.data]

    @property
    def has_cycle(self) -> bool:
        """Whether control may come to an instruction again: something goes back, or through a register."""
        for op in OPS:
            rows = self.object.code[:, 0] == op.code
            if "t" in op.letters and rows.any():
                return True
            if "l" in op.slots:
                places = np.flatnonzero(rows)
                if (self.object.code[places, 1 + op.slots.index("l")] <= places).any():
                    return True
        return False

    @cached_property
    def _labels(self) -> list[Symbol]:
        """Code labels, ascending; local ones (``@name``) name no routine."""
        labels = (s for s in self.object.symbols if s.base is Base.CODE and "@" not in s.name)
        return sorted(labels, key=lambda symbol: symbol.value)

    @cached_property
    def _label_starts(self) -> NDArray[np.int64]:
        return np.array([symbol.value for symbol in self._labels], np.int64)

    def routine(self, pc: int) -> str:
        """The nearest label at or before an instruction, or an empty string."""
        position = int(np.searchsorted(self._label_starts, pc, side="right"))
        return self._labels[position - 1].name if position else ""

    def location(self, pc: int) -> Location:
        """An instruction's place in the source; past the end, the last instruction's."""
        obj = self.object
        if not len(obj.lines):
            return Location(pc, "", 0, 0, 0, "", self.routine(pc))
        file, line, column, end_column = (int(x) for x in obj.lines[min(pc, len(obj.lines) - 1)])
        name = obj.files[file] if file < len(obj.files) else ""
        return Location(pc, name, line, column, end_column, obj.texts.get((file, line), ""), self.routine(pc))

    def entry_points(self) -> dict[str, int]:
        """Labels that the host may call (``.query_interface``)."""
        return {symbol.name: symbol.value for symbol in self.object.symbols if symbol.is_query}
