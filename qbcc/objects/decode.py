"""Encoded instructions as source text."""

from __future__ import annotations

import math
import struct

from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.objects.labels import Labels
from vm.bytecode import Base, ObjectFile, Place, Relocation
from vm.isa import BY_CODE, INT, REGISTERS

_WORD = 1 << 64


def signed(bits: int) -> int:
    """64 bits as a signed number."""
    return bits - _WORD if bits >> 63 else bits


class Decoder:
    """Writes the instructions of a verified object."""

    def __init__(self, obj: ObjectFile, labels: Labels, *, strict: bool = True) -> None:
        """``strict``: what no source can say raises :class:`SourceError`; else it is shown as well as can be."""
        self.object = obj
        self.labels = labels
        self.strict = strict
        self.constants = {r.where: r for r in obj.relocations if r.place is Place.CONSTANT}
        self.targets = {(r.where, r.slot): r for r in obj.relocations if r.place is Place.TARGET}

    def instruction(self, index: int) -> str:
        """An instruction with its operands. Raises :class:`SourceError`."""
        row = self.object.code[index].tolist()
        op = BY_CODE[row[0]]
        scope = self.labels.scope(Base.CODE, index)
        operands: list[str] = []
        slot = 0
        for letter in op.letters:
            value = row[1 + slot]
            if letter == "m":
                operands.append(self._address(value, row[2 + slot], scope))
                slot += 1
            elif letter == "l":
                operands.append(self._target(index, slot, value, scope))
            else:
                operands.append(self.operand(value, scope))
            slot += 1
        return f"{op.name} {', '.join(operands)}".rstrip()

    def _target(self, index: int, slot: int, value: int, scope: str) -> str:
        relocation = self.targets.get((index, slot))
        if relocation is None:
            return self.labels.reference(Base.CODE, value, scope)
        return self.relocated(relocation, scope)

    def relocated(self, relocation: Relocation, scope: str) -> str:
        """What a relocation names. Raises :class:`SourceError`."""
        if self.strict and relocation.addend >= 1 << 63:
            raise self.unwritable("an address too far from its label")
        if relocation.base is not Base.UNDEFINED:
            return self.labels.reference(relocation.base, relocation.addend, scope)
        name = self.labels.written[relocation.symbol]
        return f"{name}{relocation.addend:+d}" if relocation.addend else name

    def operand(self, value: int, scope: str) -> str:
        """A register or a constant, by its slot."""
        if value < REGISTERS:
            return f"r{value}"
        index = value - REGISTERS
        relocation = self.constants.get(index)
        if relocation is not None:
            return self.relocated(relocation, scope)
        bits = int(self.object.constants[index])
        return str(signed(bits)) if int(self.object.constant_kinds[index]) == INT else self.real(bits)

    def real(self, bits: int) -> str:
        """A float that reads back to the same bits."""
        (value,) = struct.unpack("<d", struct.pack("<Q", bits))
        if self.strict and not math.isfinite(value):
            raise self.unwritable(f"the constant {value!r}")
        return repr(value)

    @staticmethod
    def unwritable(what: str) -> SourceError:
        """The error for what no source can say."""
        notes = ("the object was not made by the assembler",)
        return SourceError([Diagnostic("E0805", f"{what} cannot be written in a source", None, notes=notes)])

    def _number(self, value: int) -> int | None:
        """The integer of a slot that holds a plain one."""
        index = value - REGISTERS
        if index < 0 or index in self.constants or int(self.object.constant_kinds[index]) != INT:
            return None
        return signed(int(self.object.constants[index]))

    def _address(self, base: int, offset: int, scope: str) -> str:
        """Base and offset in brackets. A source has a register first, and one constant at most."""
        distance = self._number(offset)
        if distance == 0:
            return f"[{self.operand(base, scope)}]"
        if base < REGISTERS and distance is not None:
            return f"[{self.operand(base, scope)}{distance:+d}]"
        if base >= REGISTERS and self.strict:
            raise self.unwritable("an address that begins with a constant and adds to it")
        return f"[{self.operand(base, scope)}+{self.operand(offset, scope)}]"
