"""The constant pool while an object is made: equal constants share a place, in the order of their first use."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from qbcc.assembly.names import Moving, Value
from vm.bytecode import Base, ObjectFile, as_array
from vm.isa import CODE_BASE, DATA_BASE, FLOAT, INT, REGISTERS

_MASK: Final = (1 << 64) - 1


def alone(moving: Moving) -> int:
    """The value of an address in an object that is not linked to others, 64 bits unsigned."""
    start = {Base.CODE: CODE_BASE, Base.DATA: DATA_BASE}.get(moving.base, 0)
    return (start + moving.offset) & _MASK


@dataclass
class Constants:
    """The pool; slots are as code rows hold them."""

    bits: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    moving: dict[int, Moving] = field(default_factory=dict)
    """By index, the constants that linking moves."""
    _index: dict[object, int] = field(default_factory=dict)

    def slot(self, value: Value) -> int:
        """The slot of a constant. Raises :class:`ValueError` where 64 bits do not hold it."""
        if isinstance(value, Moving):
            return self._slot(value, alone(value), INT, value)
        if isinstance(value, float):
            (bits,) = struct.unpack("<Q", struct.pack("<d", value))
            return self.raw(bits, FLOAT)
        if -(1 << 63) <= value < 1 << 64:
            return self.raw(value & _MASK, INT)
        raise ValueError

    def raw(self, bits: int, kind: int) -> int:
        """The slot of a constant by its bits."""
        return self._slot((bits, kind), bits, kind, None)

    def _slot(self, key: object, bits: int, kind: int, moving: Moving | None) -> int:
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self.bits)
            self.bits.append(bits)
            self.kinds.append(kind)
            if moving is not None:
                self.moving[index] = moving
        return REGISTERS + index

    def store(self, obj: ObjectFile) -> None:
        """Put the pool into an object."""
        obj.constants = as_array(self.bits, "uint64")
        obj.constant_kinds = as_array(self.kinds, "uint8")
