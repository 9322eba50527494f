"""The linker: several objects to one.

Code and data are laid one after the other, names resolved, and the constants pooled again in the order of their use, so
that the same program gives the same bytes however it was cut into objects."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from qbcc import messages_link as messages
from qbcc.data import merge_runs
from qbcc.diagnostics import Diagnostic
from qbcc.names import Moving
from qbcc.pool import Constants, alone
from qbcc.source import Span
from vm.bytecode import NO_ENTRY, ROW, Base, Contract, ObjectFile, Place, Relocation, Symbol, Where
from vm.isa import BY_CODE, FLOAT, INT, REGISTERS
from vm.verify import MAX_DATA, MAX_INSTRUCTIONS

_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True)
class Input:
    """An object and the name to call it by."""

    name: str
    object: ObjectFile


@dataclass
class _Part:
    """An input with its place in the result."""

    name: str
    object: ObjectFile
    code: int
    data: int
    files: dict[int, int] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def moved(self, base: Base, offset: int) -> Moving:
        """One of its own addresses."""
        return Moving(base, offset + (self.code if base is Base.CODE else self.data))


def link(inputs: Sequence[Input], *, complete: bool = True) -> tuple[ObjectFile | None, tuple[Diagnostic, ...]]:
    """Link verified objects. ``complete``: every name must be found; else what is missing stays external.

    Gives the object (None on errors) and what is wrong."""
    return _Linker(inputs, complete).run()


class _Linker:
    def __init__(self, inputs: Sequence[Input], complete: bool) -> None:
        self.complete = complete
        self.diagnostics: list[Diagnostic] = []
        self.parts: list[_Part] = []
        self.result = ObjectFile()
        self.constants = Constants()
        self.globals: dict[str, tuple[_Part, Symbol]] = {}
        self.externals: dict[str, tuple[_Part, Symbol]] = {}
        for item in inputs:
            self._lay(item)

    def run(self) -> tuple[ObjectFile | None, tuple[Diagnostic, ...]]:
        self._sizes()
        self._globals()
        if not self.diagnostics:
            self._files()
            self._code()
            self._data()
            self._symbols()
            self._entry()
        return (None if self.diagnostics else self.result), tuple(self.diagnostics)

    # -- layout

    def _lay(self, item: Input) -> None:
        obj = item.object
        last = self.parts[-1] if self.parts else None
        code = last.code + len(last.object.code) if last else 0
        end = last.data + last.object.data_size if last else 0
        self.parts.append(_Part(item.name, obj, code, end + -end % obj.data_align))

    def _sizes(self) -> None:
        if not self.parts:
            return
        last = self.parts[-1]
        code, data = last.code + len(last.object.code), last.data + last.object.data_size
        for what, found, most in (("instructions", code, MAX_INSTRUCTIONS), ("bytes of data", data, MAX_DATA)):
            if found > most:
                self.diagnostics.append(messages.too_large(what, found, most))
        self.result.data_size = data
        self.result.data_align = max(part.object.data_align for part in self.parts)

    def _place(self, part: _Part, symbol: Symbol) -> Span | None:
        return messages.place(part.name, part.object, symbol)

    def _globals(self) -> None:
        for part in self.parts:
            for symbol in part.object.symbols:
                if not symbol.is_global or symbol.base is Base.UNDEFINED:
                    continue
                first = self.globals.setdefault(symbol.name, (part, symbol))
                if first[1] is not symbol:
                    self.diagnostics.append(
                        messages.clash(
                            symbol.name,
                            (first[0].name, self._place(*first)),
                            (part.name, self._place(part, symbol)),
                        )
                    )

    def _files(self) -> None:
        """Sources of one name and the same lines are one file."""
        result = self.result
        for part in self.parts:
            texts: dict[int, dict[int, str]] = {}
            for (file, line), text in part.object.texts.items():
                texts.setdefault(file, {})[line] = text
            for number, name in enumerate(part.object.files):
                part.files[number] = self._file(name, texts.get(number, {}))
                for line, text in texts.get(number, {}).items():
                    result.texts[part.files[number], line] = text

    def _file(self, name: str, texts: dict[int, str]) -> int:
        known = self.result
        for number, other in enumerate(known.files):
            if other == name and all(known.texts.get((number, line), text) == text for line, text in texts.items()):
                return number
        known.files.append(name)
        return len(known.files) - 1

    # -- names

    def _resolve(self, part: _Part, symbol: Symbol, addend: int) -> Moving | tuple[int, int] | None:
        """An address, the bits and kind of a constant, or None where the name is missing."""
        found = self.globals.get(symbol.name)
        if found is None:
            if not self.complete:
                self.externals.setdefault(symbol.name, (part, symbol))
                return Moving(Base.UNDEFINED, addend, symbol.name)
            if symbol.name not in part.missing:
                part.missing.add(symbol.name)
                span = self._place(part, symbol)
                self.diagnostics.append(messages.missing(symbol.name, part.name, span, self.globals))
            return None
        owner, definition = found
        if definition.base is not Base.ABSOLUTE:
            return owner.moved(definition.base, definition.value + addend)
        if not definition.is_float:
            return (definition.value + addend) & _MASK, INT
        if addend:
            self.diagnostics.append(messages.not_a_word(symbol.name, part.name, self._place(part, symbol)))
            return None
        return definition.value, FLOAT

    def _value(self, part: _Part, relocation: Relocation) -> Moving | tuple[int, int] | None:
        if relocation.base is Base.UNDEFINED:
            return self._resolve(part, part.object.symbols[relocation.symbol], relocation.addend)
        return part.moved(relocation.base, relocation.addend)

    def _relocate(self, place: Place, where: int, moving: Moving, slot: int = 0) -> None:
        symbol = -1
        if moving.base is Base.UNDEFINED:
            symbol = list(self.externals).index(moving.name)
        self.result.relocations.append(Relocation(place, where, moving.base, moving.offset, slot, symbol))

    # -- code

    def _code(self) -> None:
        pieces, lines = [], []
        for part in self.parts:
            pieces.append(self._rows(part))
            lines.append(self._lines(part))
        self.result.code = np.concatenate(pieces) if pieces else np.zeros((0, ROW), np.uint32)
        self.result.lines = np.concatenate(lines) if lines else np.zeros((0, 4), np.uint32)
        self.constants.store(self.result)
        for index, moving in self.constants.moving.items():
            self._relocate(Place.CONSTANT, index, moving)

    def _rows(self, part: _Part) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
        obj = part.object
        moving = {r.where: r for r in obj.relocations if r.place is Place.CONSTANT}
        targets = {(r.where, r.slot): r for r in obj.relocations if r.place is Place.TARGET}
        slots: dict[int, int] = {}
        rows = obj.code.tolist()
        for index, row in enumerate(rows):
            for slot, letter in enumerate(BY_CODE[row[0]].slots):
                value = row[1 + slot]
                if letter == "l":
                    relocation = targets.get((index, slot))
                    row[1 + slot] = (
                        value + part.code
                        if relocation is None
                        else self._target(part, relocation, part.code + index, slot)
                    )
                elif value >= REGISTERS:
                    if value not in slots:
                        slots[value] = self._constant(part, value - REGISTERS, moving.get(value - REGISTERS))
                    row[1 + slot] = slots[value]
        return np.array(rows, np.uint32).reshape(-1, ROW)

    def _constant(self, part: _Part, index: int, relocation: Relocation | None) -> int:
        if relocation is None:
            return self.constants.raw(int(part.object.constants[index]), int(part.object.constant_kinds[index]))
        value = self._value(part, relocation)
        if value is None:
            return 0
        return self.constants.slot(value) if isinstance(value, Moving) else self.constants.raw(*value)

    def _target(self, part: _Part, relocation: Relocation, where: int, slot: int) -> int:
        symbol = part.object.symbols[relocation.symbol]
        value = self._value(part, relocation)
        if value is None:
            return 0
        if isinstance(value, Moving) and value.base is Base.UNDEFINED:
            self._relocate(Place.TARGET, where, value, slot)
            return 0
        last = self.parts[-1]
        if (
            isinstance(value, Moving)
            and value.base is Base.CODE
            and 0 <= value.offset < last.code + len(last.object.code)
        ):
            return value.offset
        owner, definition = self.globals[symbol.name]
        self.diagnostics.append(
            messages.not_code(
                symbol.name, part.name, owner.name, self._place(part, symbol), self._place(owner, definition)
            )
        )
        return 0

    def _lines(self, part: _Part) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
        obj = part.object
        lines = obj.lines.copy() if len(obj.lines) else np.zeros((len(obj.code), 4), np.uint32)
        if len(obj.files):
            table = np.array([part.files[number] for number in range(len(obj.files))], np.uint32)
            lines[:, 0] = table[lines[:, 0]]
        elif len(lines):
            lines[:, 0] = self._file("", {})
        return lines

    # -- the rest

    def _data(self) -> None:
        runs: list[tuple[int, bytes]] = []
        patches: list[tuple[int, bytes]] = []
        for part in self.parts:
            runs += [(part.data + offset, content) for offset, content in part.object.data]
            for relocation in part.object.relocations:
                if relocation.place is Place.DATA:
                    patches += self._word(part, relocation)
        self.result.data = merge_runs(runs, patches)

    def _word(self, part: _Part, relocation: Relocation) -> list[tuple[int, bytes]]:
        value = self._value(part, relocation)
        if value is None:
            return []
        where = part.data + relocation.where
        if isinstance(value, Moving):
            self._relocate(Place.DATA, where, value)
            return [(where, struct.pack("<Q", alone(value)))]
        bits, kind = value
        if kind == FLOAT:
            symbol = part.object.symbols[relocation.symbol]
            self.diagnostics.append(messages.not_a_word(symbol.name, part.name, self._place(part, symbol)))
        return [(where, struct.pack("<Q", bits))]

    def _symbols(self) -> None:
        external = [replace(symbol, where=self._where(part, symbol.where)) for part, symbol in self.externals.values()]
        symbols: list[Symbol] = []
        for part in self.parts:
            for symbol in part.object.symbols:
                if symbol.base is Base.UNDEFINED:
                    continue
                value = symbol.value
                if symbol.base is not Base.ABSOLUTE:
                    value = part.moved(symbol.base, symbol.value).offset
                symbols.append(replace(symbol, value=value, where=self._where(part, symbol.where)))
            for c in part.object.contracts:
                moved = Contract(c.name, c.start + part.code, c.end + part.code, c.args, c.returns, c.clobbers)
                self.result.contracts.append(moved)
        absolute = [symbol for symbol in symbols if symbol.base is Base.ABSOLUTE]
        labels = [symbol for symbol in symbols if symbol.base is not Base.ABSOLUTE]
        self.result.symbols = [*external, *sorted(labels, key=lambda s: (s.base, s.value)), *absolute]

    @staticmethod
    def _where(part: _Part, where: Where | None) -> Where | None:
        return None if where is None else replace(where, file=part.files[where.file])

    def _entry(self) -> None:
        declared = [part for part in self.parts if part.object.entry_declared]
        for second in declared[1:]:
            self.diagnostics.append(messages.entries(declared[0].name, second.name))
        starts = declared or [part for part in self.parts if part.object.entry != NO_ENTRY]
        if starts:
            self.result.entry = starts[0].object.entry + starts[0].code
            self.result.entry_declared = bool(declared)
