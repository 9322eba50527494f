"""The linker: several objects to one.

Code and data are laid one after the other, names resolved, and the constants pooled again in the order of their use. So
linking one object gives the same object, and linking some first and the rest later gives what linking all at once
does."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from qbcc.assembly.data import merge_runs
from qbcc.assembly.names import Moving
from qbcc.assembly.pool import Constants, alone
from qbcc.diagnostics import Diagnostic
from qbcc.objects import messages
from qbcc.source import Span
from vm.bytecode import (
    MAX_CONSTANTS,
    MAX_DATA,
    MAX_INSTRUCTIONS,
    NO_ENTRY,
    ROW,
    Base,
    Contract,
    ObjectFile,
    Place,
    Relocation,
    Symbol,
    Where,
)
from vm.isa import FLOAT, INT, OPS, REGISTERS, SLOTS

_MASK: Final = (1 << 64) - 1
_SUGGESTIONS: Final = 10
"""Missing names that get a "did you mean": looking for it takes a while."""
_Resolved = Moving | tuple[int, int]
"""An address, or the bits and the kind of a constant."""


def _slots_of(letter: str) -> NDArray[np.bool_]:
    """By instruction number and slot: whether the slot has that letter."""
    table = np.zeros((max(op.code for op in OPS) + 1, SLOTS), bool)
    for op in OPS:
        for slot, found in enumerate(op.slots):
            table[op.code, slot] = found == letter
    return table


_VALUES: Final = _slots_of("a")
_TARGETS: Final = _slots_of("l")


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
    """Number in the result by number in the object."""

    def moved(self, base: Base, offset: int) -> Moving:
        """One of its own addresses."""
        return Moving(base, offset + (self.code if base is Base.CODE else self.data))

    def place(self, symbol: Symbol) -> Span | None:
        """Where a symbol is declared."""
        return messages.place(self.name, self.object, symbol.where)

    def instruction_place(self, index: int) -> Span | None:
        """Where an instruction is written."""
        if not len(self.object.lines):
            return None
        return messages.place(self.name, self.object, Where(*map(int, self.object.lines[index])))

    def use(self, relocation: Relocation) -> Span | None:
        """Where the code first uses what a relocation fills in."""
        if relocation.place is Place.TARGET:
            return self.instruction_place(relocation.where)
        if relocation.place is Place.CONSTANT and REGISTERS + relocation.where in self._first_uses:
            return self.instruction_place(self._first_uses[REGISTERS + relocation.where])
        return None

    @cached_property
    def _first_uses(self) -> dict[int, int]:
        """The first instruction that reads each slot."""
        code = self.object.code
        is_read = _VALUES[code[:, 0]]
        slots, first = np.unique(code[:, 1:][is_read], return_index=True)
        return dict(zip(slots.tolist(), np.nonzero(is_read)[0][first].tolist(), strict=True))


def link(inputs: Sequence[Input], *, complete: bool = True) -> tuple[ObjectFile | None, tuple[Diagnostic, ...]]:
    """Link verified objects, in order. ``complete``: every name that is used must be found; else what is missing stays
    external.

    Gives the object (None on errors) and what is wrong."""
    return _Linker(inputs, complete).run()


class _Linker:
    def __init__(self, inputs: Sequence[Input], complete: bool) -> None:
        self.complete = complete
        self.diagnostics: list[Diagnostic] = []
        self.parts: list[_Part] = []
        self.result = ObjectFile()
        self.code_size = 0
        self.constants = Constants()
        self.globals: dict[str, tuple[_Part, Symbol]] = {}
        self.missing: dict[str, tuple[_Part, Symbol]] = {}
        """Names that no object defines, with the first declaration of each."""
        self.externals: dict[str, int] = {}
        """Symbol numbers of those that the result keeps, in the order of their use."""
        for item in inputs:
            self._lay(item)

    def run(self) -> tuple[ObjectFile | None, tuple[Diagnostic, ...]]:
        self._sizes()
        self._globals()
        self._missing()
        self._entry()
        if not any(found.code == "E0706" for found in self.diagnostics):
            self._files()
            self._code()
            self._data()
            self._symbols()
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
        self.code_size = last.code + len(last.object.code)
        self.result.data_size = last.data + last.object.data_size
        self.result.data_align = max(part.object.data_align for part in self.parts)
        self._limit("instructions", self.code_size, MAX_INSTRUCTIONS)
        self._limit("bytes of data", self.result.data_size, MAX_DATA)

    def _limit(self, what: str, found: int, most: int) -> None:
        if found > most:
            self.diagnostics.append(messages.too_large(what, found, most))

    def _entry(self) -> None:
        starting = [part for part in self.parts if part.object.entry != NO_ENTRY]
        declared = [part for part in starting if part.object.entry_declared]
        places = [(part.name, part.instruction_place(part.object.entry)) for part in declared]
        self.diagnostics += [messages.entries(places[0], second) for second in places[1:]]
        for part in (declared or starting)[:1]:
            self.result.entry = part.object.entry + part.code
            self.result.entry_declared = bool(declared)

    # -- files

    def _files(self) -> None:
        """Sources of one name and the same lines are one file, but two of one object stay two."""
        for part in self.parts:
            texts: dict[int, dict[int, str]] = {}
            for (file, line), text in part.object.texts.items():
                texts.setdefault(file, {})[line] = text
            earlier: dict[str, list[int]] = {}
            for number, name in enumerate(self.result.files):
                earlier.setdefault(name, []).append(number)
            for number, name in enumerate(part.object.files):
                part.files[number] = self._file(self._shown(part, name), texts.get(number, {}), earlier)

    def _shown(self, part: _Part, name: str) -> str:
        """A source's name, relative to the first object's folder as all names in an object are."""
        main = self.parts[0].name
        own, first = PurePath(part.name).parent, PurePath(main).parent
        if own == first or any(known.startswith("<") for known in (main, part.name, name)):
            return name
        return PurePath(os.path.relpath(own / name, first)).as_posix()

    def _file(self, name: str, texts: dict[int, str], earlier: dict[str, list[int]]) -> int:
        """A file of the result, one of the ``earlier`` if it is the same. Its lines are added."""
        known = self.result
        candidates = earlier.get(name, [])
        for number in candidates:
            if all(known.texts.get((number, line), text) == text for line, text in texts.items()):
                candidates.remove(number)
                break
        else:
            number = len(known.files)
            known.files.append(name)
        known.texts |= {(number, line): text for line, text in texts.items()}
        return number

    # -- names

    def _globals(self) -> None:
        for part in self.parts:
            for symbol in part.object.symbols:
                if not symbol.is_global or symbol.base is Base.UNDEFINED:
                    continue
                if symbol.name not in self.globals:
                    self.globals[symbol.name] = part, symbol
                else:
                    owner, first = self.globals[symbol.name]
                    ends = (owner.name, owner.place(first)), (part.name, part.place(symbol))
                    self.diagnostics.append(messages.clash(symbol.name, *ends))

    def _missing(self) -> None:
        """What is used and not defined: reported once for each object, or kept as an external of the result."""
        for part in self.parts:
            used: dict[int, Relocation] = {}
            for relocation in part.object.relocations:
                if relocation.base is Base.UNDEFINED:
                    used.setdefault(relocation.symbol, relocation)
            for number, relocation in sorted(used.items()):
                symbol = part.object.symbols[number]
                if symbol.name in self.globals:
                    continue
                self.missing.setdefault(symbol.name, (part, symbol))
                if self.complete:
                    places = part.place(symbol), part.use(relocation)
                    known = self.globals if len(self.diagnostics) < _SUGGESTIONS else ()
                    owner, own = self._hidden.get(symbol.name, (None, None))
                    hidden = (owner.name, owner.place(own)) if owner and own else None
                    self.diagnostics.append(messages.missing(symbol.name, part.name, places, hidden, known))

    @cached_property
    def _hidden(self) -> dict[str, tuple[_Part, Symbol]]:
        """Names that an object has but keeps to itself."""
        found: dict[str, tuple[_Part, Symbol]] = {}
        for part in self.parts:
            for symbol in part.object.symbols:
                if symbol.base is not Base.UNDEFINED:
                    found.setdefault(symbol.name, (part, symbol))
        return found

    def _resolve(self, part: _Part, relocation: Relocation) -> _Resolved | None:
        """What a relocation comes to; None where that was or is reported."""
        if relocation.base is not Base.UNDEFINED:
            value = part.moved(relocation.base, relocation.addend)
            return self._inside(part, relocation, "an address", value)
        name = part.object.symbols[relocation.symbol].name
        if name in self.missing:
            return None if self.complete else Moving(Base.UNDEFINED, relocation.addend, name)
        owner, definition = self.globals[name]
        if definition.base is not Base.ABSOLUTE:
            value = owner.moved(definition.base, definition.value + relocation.addend)
            return self._inside(part, relocation, f"{name}{relocation.addend:+d}", value)
        if not definition.is_float:
            return (definition.value + relocation.addend) & _MASK, INT
        if relocation.addend:
            self._float(part, relocation, f"{part.name} adds to")
            return None
        return definition.value, FLOAT

    def _inside(self, part: _Part, relocation: Relocation, what: str, value: Moving) -> Moving | None:
        """An address that its section can have."""
        if value.base is Base.CODE:
            is_inside = 0 <= value.offset <= self.code_size
        else:
            is_inside = -(1 << 63) <= value.offset < 1 << 63
        if is_inside:
            return value
        self.diagnostics.append(messages.outside(what, part.name, part.use(relocation)))
        return None

    def _float(self, part: _Part, relocation: Relocation, doing: str) -> None:
        symbol = part.object.symbols[relocation.symbol]
        owner, definition = self.globals[symbol.name]
        span = part.use(relocation) or part.place(symbol)
        self.diagnostics.append(messages.not_a_word(symbol.name, doing, span, owner.place(definition)))

    def _relocate(self, place: Place, where: int, moving: Moving, slot: int = 0) -> None:
        symbol = -1
        if moving.base is Base.UNDEFINED:
            symbol = self.externals.setdefault(moving.name, len(self.externals))
        self.result.relocations.append(Relocation(place, where, moving.base, moving.offset, slot, symbol))

    # -- code

    def _code(self) -> None:
        code = [self._rows(part) for part in self.parts]
        self.result.code = np.concatenate(code) if code else np.zeros((0, ROW), np.uint32)
        if any(len(part.object.lines) for part in self.parts):
            self.result.lines = np.concatenate([self._lines(part) for part in self.parts])
        self._limit("constants", len(self.constants.bits), MAX_CONSTANTS)
        self.constants.store(self.result)
        for index, moving in self.constants.moving.items():
            self._relocate(Place.CONSTANT, index, moving)

    def _rows(self, part: _Part) -> NDArray[np.uint32]:
        rows = part.object.code.copy()
        slots = rows[:, 1:]
        slots[_TARGETS[rows[:, 0]]] += np.uint32(part.code)
        is_constant = _VALUES[rows[:, 0]] & (slots >= REGISTERS)
        used, first, inverse = np.unique(slots[is_constant], return_index=True, return_inverse=True)
        moving = {r.where: r for r in part.object.relocations if r.place is Place.CONSTANT}
        new = np.zeros(len(used), np.uint32)
        for number in np.argsort(first).tolist():
            index = int(used[number]) - REGISTERS
            new[number] = self._constant(part, index, moving.get(index))
        slots[is_constant] = new[inverse]
        for relocation in part.object.relocations:
            if relocation.place is Place.TARGET:
                slots[relocation.where, relocation.slot] = self._target(part, relocation)
        return rows

    def _constant(self, part: _Part, index: int, relocation: Relocation | None) -> int:
        if relocation is None:
            return self.constants.raw(int(part.object.constants[index]), int(part.object.constant_kinds[index]))
        value = self._resolve(part, relocation)
        if value is None:
            return 0
        return self.constants.slot(value) if isinstance(value, Moving) else self.constants.raw(*value)

    def _target(self, part: _Part, relocation: Relocation) -> int:
        """Instruction that a jump goes to; 0 while another object is to bring it."""
        value = self._resolve(part, relocation)
        if value is None:
            return 0
        if isinstance(value, Moving) and value.base is Base.UNDEFINED:
            self._relocate(Place.TARGET, part.code + relocation.where, value, relocation.slot)
            return 0
        if isinstance(value, Moving) and value.base is Base.CODE and value.offset < self.code_size:
            return value.offset
        name = part.object.symbols[relocation.symbol].name
        owner, definition = self.globals[name]
        ends = (part.name, part.use(relocation)), (owner.name, owner.place(definition))
        self.diagnostics.append(messages.not_code(name, *ends))
        return 0

    def _lines(self, part: _Part) -> NDArray[np.uint32]:
        """Places of a part's instructions; line 0 where it keeps none."""
        obj = part.object
        if not len(obj.lines):
            lines = np.zeros((len(obj.code), 4), np.uint32)
            lines[:, 0] = self._file("", {}, {}) if len(lines) else 0
            return lines
        lines = obj.lines.copy()
        lines[:, 0] = np.array([part.files[number] for number in range(len(obj.files))], np.uint32)[lines[:, 0]]
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
        value = self._resolve(part, relocation)
        if value is None:
            return []
        where = part.data + relocation.where
        if isinstance(value, Moving):
            self._relocate(Place.DATA, where, value)
            return [(where, struct.pack("<Q", alone(value)))]
        bits, kind = value
        if kind == FLOAT:
            self._float(part, relocation, f"a .qword of {part.name} cannot hold")
        return [(where, struct.pack("<Q", bits))]

    def _symbols(self) -> None:
        external = [self._moved(*self.missing[name]) for name in self.externals]
        symbols = [
            self._moved(part, symbol)
            for part in self.parts
            for symbol in part.object.symbols
            if symbol.base is not Base.UNDEFINED
        ]
        absolute = [symbol for symbol in symbols if symbol.base is Base.ABSOLUTE]
        labels = [symbol for symbol in symbols if symbol.base is not Base.ABSOLUTE]
        self.result.symbols = [*external, *sorted(labels, key=lambda s: (s.base, s.value)), *absolute]
        for part in self.parts:
            for c in part.object.contracts:
                moved = Contract(c.name, c.start + part.code, c.end + part.code, c.args, c.returns, c.clobbers)
                self.result.contracts.append(moved)

    def _moved(self, part: _Part, symbol: Symbol) -> Symbol:
        """A symbol as the result has it."""
        where, value = symbol.where, symbol.value
        if where is not None and part.files[where.file] != where.file:
            where = Where(part.files[where.file], where.line, where.column, where.end_column)
        if symbol.base in (Base.CODE, Base.DATA):
            value = part.moved(symbol.base, value).offset
        # The first object's symbols stay, and making them anew would take most of the time.
        return symbol if where is symbol.where and value == symbol.value else replace(symbol, value=value, where=where)
