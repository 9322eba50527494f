"""An object file as source text that assembles to the same sections, lines aside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.text import quote
from vm.bytecode import Base, ObjectFile, Place, Relocation, Symbol
from vm.isa import BY_CODE, INT, REGISTERS, Op

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LOCAL: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)?(@[A-Za-z_][A-Za-z0-9_]*)\Z")
_BYTES_A_LINE: Final = 16
_TEXT: Final = re.compile(rb"[ -~\n\t]{4,}")


def disassemble(obj: ObjectFile) -> str:
    """The text of a verified object. Raises :class:`SourceError` for what no source can say (a constant NaN)."""
    return "\n".join(_Disassembler(obj).lines()) + "\n"


class _Disassembler:
    def __init__(self, obj: ObjectFile) -> None:
        self.obj = obj
        relocations = obj.relocations
        self.constants = {r.where: r for r in relocations if r.place is Place.CONSTANT}
        self.targets = {(r.where, r.slot): r for r in relocations if r.place is Place.TARGET}
        self.words = {r.where: r for r in relocations if r.place is Place.DATA}
        self.labels: dict[Base, dict[int, list[tuple[str, Symbol | None]]]] = {Base.CODE: {}, Base.DATA: {}}
        """By section and place: what to print before the colon, and the symbol (None: invented)."""
        self.names: dict[Base, dict[int, str]] = {Base.CODE: {}, Base.DATA: {}}
        """By section and place, an ordinary name to refer to it."""
        self.taken = {symbol.name for symbol in obj.symbols}
        self._collect()

    def _collect(self) -> None:
        used: set[str] = set()
        for symbol in self.obj.symbols:
            if symbol.base not in self.labels:
                continue
            local = _LOCAL.match(symbol.name)
            written = local[2] if local else self._ordinary(symbol.name, used)
            self.labels[symbol.base].setdefault(symbol.value, []).append((written, symbol))
            if local is None:
                self.names[symbol.base].setdefault(symbol.value, written)
        for base, places in self.labels.items():
            if not self.names[base] and self._refers(base):
                places.setdefault(0, []).insert(0, (self._ordinary("start", used), None))
                self.names[base][0] = places[0][0][0]

    def _refers(self, base: Base) -> bool:
        """Whether the program names places of a section."""
        if base is Base.CODE and any("l" in BY_CODE[int(number)].slots for number in np.unique(self.obj.code[:, 0])):
            return True
        return any(relocation.base is base for relocation in self.obj.relocations)

    def _ordinary(self, name: str, used: set[str]) -> str:
        """A name that can be written and is not used yet: two objects' locals may share one."""
        plain = name if _NAME.match(name) else "L_" + re.sub(r"[^A-Za-z0-9_]", "_", name)
        number = 1
        chosen = plain
        while chosen in used or (chosen != name and chosen in self.taken):
            number += 1
            chosen = f"{plain}_{number}"
        used.add(chosen)
        return chosen

    # -- parts

    def lines(self) -> Iterator[str]:
        """The whole text."""
        yield from self._declarations()
        if self.obj.data_size or self.labels[Base.DATA]:
            yield from self._data()
        yield from self._code()

    def _declarations(self) -> Iterator[str]:
        for symbol in self.obj.symbols:
            if symbol.base is Base.UNDEFINED:
                yield f".extern {symbol.name}"
            elif symbol.base is Base.ABSOLUTE:
                value = self._float(symbol.value) if symbol.is_float else hex(symbol.value)
                yield f".define {symbol.name} {value}"
        for symbol in self.obj.symbols:
            if symbol.is_global:
                yield f".global {symbol.name}"
        if self.obj.entry_declared or self.obj.entry > 0:
            yield f".entry_point {self._entry_name()}"

    def _entry_name(self) -> str:
        place = self.obj.entry
        if place not in self.names[Base.CODE]:
            name = self._ordinary("entry", {n for names in self.names.values() for n in names.values()})
            self.names[Base.CODE][place] = name
            self.labels[Base.CODE].setdefault(place, []).append((name, None))
        return self.names[Base.CODE][place]

    def _float(self, bits: int) -> str:
        value = float(np.uint64(bits).view(np.float64))
        if not math.isfinite(value):
            message = f"the constant {value!r} cannot be written in a source"
            raise SourceError([Diagnostic("E0805", message, None, notes=("the object was not made by the assembler",))])
        return repr(value)

    def _reference(self, base: Base, place: int) -> str:
        """A place by its name, or by the nearest one before it and a distance."""
        names = self.names[base]
        if place in names:
            return names[place]
        before = [known for known in names if known < place]
        nearest = max(before) if before else min(names)
        return f"{names[nearest]}{place - nearest:+d}"

    def _relocated(self, relocation: Relocation) -> str:
        if relocation.base is Base.UNDEFINED:
            name = self.obj.symbols[relocation.symbol].name
            return f"{name}{relocation.addend:+d}" if relocation.addend else name
        return self._reference(relocation.base, relocation.addend)

    # -- code

    def _code(self) -> Iterator[str]:
        yield ".text"
        starts = {contract.start: contract for contract in self.obj.contracts}
        ends = {contract.end for contract in self.obj.contracts}
        query = False
        for index in range(len(self.obj.code) + 1):
            if index in ends:
                yield ".endfunc"
            if index in starts:
                yield from self._func(starts[index].name, index)
            for written, symbol in self.labels[Base.CODE].get(index, ()):
                wanted = symbol is not None and symbol.is_query
                if wanted != query and not written.startswith("@"):
                    yield ".query_interface" if wanted else ".text"
                    query = wanted
                yield f"{written}:"
            if index < len(self.obj.code):
                yield f"    {self._instruction(index)}"

    def _func(self, name: str, index: int) -> Iterator[str]:
        contract = next(c for c in self.obj.contracts if c.name == name and c.start == index)
        yield f".func {name}"
        for part, words in (("args", contract.args), ("returns", contract.returns), ("clobbers", contract.clobbers)):
            if words:
                yield f"    .{part} {', '.join(words)}"

    def _instruction(self, index: int) -> str:
        row = self.obj.code[index].tolist()
        op = BY_CODE[row[0]]
        operands: list[str] = []
        slot = 0
        for letter in op.letters:
            if letter == "m":
                operands.append(self._address(row[1 + slot], row[2 + slot]))
                slot += 2
                continue
            operands.append(self._slot(op, index, slot, row[1 + slot]))
            slot += 1
        return f"{op.name} {', '.join(operands)}".rstrip()

    def _slot(self, op: Op, index: int, slot: int, value: int) -> str:
        if op.slots[slot] != "l":
            return self._operand(value)
        relocation = self.targets.get((index, slot))
        return self._reference(Base.CODE, value) if relocation is None else self._relocated(relocation)

    def _operand(self, value: int) -> str:
        if value < REGISTERS:
            return f"r{value}"
        index = value - REGISTERS
        relocation = self.constants.get(index)
        if relocation is not None:
            return self._relocated(relocation)
        bits = int(self.obj.constants[index])
        if int(self.obj.constant_kinds[index]) != INT:
            return self._float(bits)
        return str(self._signed(bits))

    @staticmethod
    def _signed(bits: int) -> int:
        return bits - (1 << 64) if bits >> 63 else bits

    def _address(self, base: int, offset: int) -> str:
        plain = offset >= REGISTERS and offset - REGISTERS not in self.constants
        if plain and int(self.obj.constant_kinds[offset - REGISTERS]) == INT:
            distance = self._signed(int(self.obj.constants[offset - REGISTERS]))
            if distance == 0:
                return f"[{self._operand(base)}]"
            if base < REGISTERS:
                return f"[{self._operand(base)}{distance:+d}]"
        return f"[{self._operand(base)}+{self._operand(offset)}]"

    # -- data

    def _data(self) -> Iterator[str]:
        obj = self.obj
        yield ".data"
        if obj.data_align > 8:
            yield f".align {obj.data_align}"
        cuts = sorted({0, obj.data_size, *self.labels[Base.DATA], *self.words, *(w + 8 for w in self.words)})
        for start, end in zip(cuts, [*cuts[1:], None], strict=True):
            for written, _ in self.labels[Base.DATA].get(start, ()):
                yield f"{written}:"
            if end is None:
                continue
            if start in self.words:
                yield f"    .qword {self._relocated(self.words[start])}"
            else:
                yield from self._stretch(start, end)

    def _stretch(self, start: int, end: int) -> Iterator[str]:
        """Bytes between two cuts: runs, and the zeros between them."""
        at = start
        for offset, run in self._overlapping(start, end):
            if offset > at:
                yield f"    .space {offset - at}"
            yield from _byte_lines(run)
            at = offset + len(run)
        if end > at:
            yield f"    .space {end - at}"

    def _overlapping(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        for offset, content in self.obj.data:
            low, high = max(offset, start), min(offset + len(content), end)
            if low < high:
                yield low, content[low - offset : high - offset]


def _byte_lines(content: bytes) -> Iterator[str]:
    """Readable stretches as strings, the rest as numbers."""
    at = 0
    for match in [*_TEXT.finditer(content), None]:
        end = len(content) if match is None else match.start()
        for start in range(at, end, _BYTES_A_LINE):
            part = content[start : min(start + _BYTES_A_LINE, end)]
            yield "    .byte " + ", ".join(f"{octet:#04x}" for octet in part)
        if match is not None:
            yield f"    .ascii {quote(match[0])}"
            at = match.end()
