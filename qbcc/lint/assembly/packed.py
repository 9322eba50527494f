"""Eight bytes that are read, changed and written back where fields of four lie side by side: the next field with them.

Programs pack 32-bit fields by stores of eight bytes at a stride of four, one after the other: each overwrites the upper
half of the one before, and all is well. One that is changed later takes its neighbour along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qbcc.diagnostics import Edit, Fix
from qbcc.flow.routines import Routine
from qbcc.lint import messages
from qbcc.lint.assembly.look import Look
from qbcc.lint.assembly.memory import WIDTHS
from qbcc.lint.assembly.values import Values
from vm.flow.blocks import MOVE
from vm.isa import BY_NAME, REGISTERS

_LOAD, _STORE = BY_NAME["QLOAD"][0].code, BY_NAME["QSTORE"][0].code
_OR, _XOR, _AND = (BY_NAME[name][0].code for name in ("QOR", "QXOR", "QAND"))
_ADD, _SUB, _MUL, _SHL = (BY_NAME[name][0].code for name in ("QADD", "QSUB", "QMUL", "QSHL"))
_FIELD: Final = 4
_LOW: Final = (1 << 32) - 1
_HIGH: Final = _LOW << 32
_DEPTH: Final = 2
"""Sums and moves that an address is followed back through."""
_STEPS: Final = 12
"""Instructions between the load and the store."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An address, as far as it is known: from what it is counted, and how far it is."""

    base: object
    offset: int


class Packed:
    """Looks at all routines."""

    def __init__(self, look: Look, values: Values) -> None:
        self.look = look
        self.code = look.code
        self.rows = look.code.rows
        self.values = values
        self.known: set[int] = set()
        """Addresses that the program accesses."""
        self.places: dict[object, set[int]] = {}
        """Distances, by what they are counted from."""
        self.is_striding = False
        """Whether words are stored four bytes from each other."""

    def run(self) -> None:
        """Everything."""
        found = []
        for routine in self.look.routines:
            for index in self._accesses(routine):
                place = self._place(routine, index)
                if place is not None:
                    self.places.setdefault(place.base, set()).add(place.offset)
                if self.rows[index][0] == _STORE:
                    if self.look.is_own(index):
                        found.append((routine, index))
                    self.is_striding |= self._steps(routine, index)
        if self.is_striding or any(self._has_neighbours(offsets) for offsets in self.places.values()):
            self.is_striding = True
            for routine, index in found:
                self._store(routine, index)

    def _accesses(self, routine: Routine) -> Iterator[int]:
        owners = self.look.flow.owners
        for index in self.look.chains(routine).instructions():
            if self.rows[index][0] in WIDTHS and owners[index] is routine:
                yield index

    @staticmethod
    def _has_neighbours(offsets: set[int]) -> bool:
        return any(offset + _FIELD in offsets for offset in offsets)

    def _place(self, routine: Routine, index: int) -> _Place | None:
        address = self.values.address(routine, index, 1)
        if address is not None:
            return _Place("memory", address)
        row = self.rows[index]
        offset = self.values.before(routine, index, row[3])
        state = self.values.state(routine, index)
        if row[2] >= REGISTERS or not isinstance(offset, int) or state is None:
            return None
        tag = state.registers[row[2]]
        return _Place((routine.entry, tag), offset) if tag >= 0 else None

    def _steps(self, routine: Routine, index: int) -> bool:
        """Whether the address of an access goes in steps of four, or is counted in fours."""
        row = self.rows[index]
        return any(self._is_stepped(routine, index, slot) for slot in row[2:4] if slot < REGISTERS)

    def _is_stepped(self, routine: Routine, index: int, register: int, depth: int = 0) -> bool:
        made, _ = self.look.chains(routine).definitions(index, register)
        for each in made:
            row = self.rows[each]
            if row[0] in (_ADD, _SUB) and row[2] == register and self.code.constant(row[3]) in (_FIELD, -_FIELD):
                return True
            if (row[0], self.code.constant(row[3]) if len(row) > 3 else None) in ((_MUL, _FIELD), (_SHL, 2)):
                return True
            if row[0] in (_ADD, MOVE) and depth < _DEPTH:
                slots = [slot for slot in row[2 : 4 if row[0] == _ADD else 3] if slot < REGISTERS]
                if any(self._is_stepped(routine, each, slot, depth + 1) for slot in slots):
                    return True
        return False

    def _store(self, routine: Routine, index: int) -> None:
        """A store of what was loaded from the same place and changed."""
        place = self._place(routine, index)
        load = self._loaded(routine, index, self.rows[index][1], 0)
        if load is None or not self._is_same_place(routine, load, index):
            return
        if self._is_field(routine, index, place):
            fix = self._narrowed(load, index)
            self.look.report(messages.written_back(self.look.span(index), self.look.span(load), fix))

    def _narrowed(self, load: int, store: int) -> Fix | None:
        """Read and write one field."""
        lines = self.code.lines[load], self.code.lines[store]
        if any(line.use is not None for line in lines):
            return None
        first, second = (Edit(line.word_span(), name) for line, name in zip(lines, ("QLOADW", "QSTOREW"), strict=True))
        return Fix(first.span, first.replacement, "write QLOADW and QSTOREW", (second,))

    def _is_field(self, routine: Routine, index: int, place: _Place | None) -> bool:
        """Whether the eight bytes are two fields: another is accessed in the second half, or the address goes in steps
        of four, or it lies between words."""
        if self._steps(routine, index):
            return True
        if place is None:
            return False
        if place.offset + _FIELD in self.places.get(place.base, ()):
            return True
        return place.base == "memory" and place.offset % 8 == _FIELD

    def _is_same_place(self, routine: Routine, load: int, store: int) -> bool:
        a, b = self._place(routine, load), self._place(routine, store)
        if a is not None:
            return a == b
        # The same registers, with nothing written to them in between.
        first, second = self.rows[load], self.rows[store]
        chains = self.look.chains(routine)
        return first[2:4] == second[2:4] and all(
            slot >= REGISTERS or chains.definitions(load, slot) == chains.definitions(store, slot)
            for slot in first[2:4]
        )

    def _loaded(self, routine: Routine, index: int, register: int, steps: int) -> int | None:
        """The load that a value comes of which is surely changed in its upper half; None where it may keep that."""
        found = self._origin(routine, index, register, steps, False)
        return found[0] if found is not None and found[1] else None

    def _origin(
        self, routine: Routine, index: int, register: int, steps: int, is_changed: bool
    ) -> tuple[int, bool] | None:
        if register >= REGISTERS or steps > _STEPS:
            return None
        made, from_entry = self.look.chains(routine).definitions(index, register)
        if from_entry or len(made) != 1 or self.look.is_call(made[0]):
            return None
        each = made[0]
        row = self.rows[each]
        if row[0] == _LOAD:
            return each, is_changed
        op = self.code.op(each)
        if op.group not in ("arithmetic", "bits") and row[0] != MOVE:
            return None
        changes = is_changed or self._changes_upper(routine, each)
        for slot in row[2:]:
            found = self._origin(routine, each, slot, steps + 1, changes)
            if found is not None:
                return found
        return None

    def _changes_upper(self, routine: Routine, index: int) -> bool:
        """Whether an instruction may change the upper half of a word."""
        row = self.rows[index]
        if row[0] == MOVE:
            return False
        if row[0] in (_OR, _XOR, _AND):
            numbers = [self.values.before(routine, index, slot) for slot in row[2:4]]
            known = [number for number in numbers if isinstance(number, int)]
            if known:
                upper = known[0] & _HIGH
                return upper != (_HIGH if row[0] == _AND else 0)
        return True
