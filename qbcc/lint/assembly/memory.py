"""Constants out of range, fields that overlap or change their kind, the output buffer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qbcc.flow.routines import Routine
from qbcc.flow.tags import maker
from qbcc.lint import messages
from qbcc.lint.assembly.kinds import Kinds
from qbcc.lint.assembly.look import Look
from qbcc.lint.assembly.values import Values
from qbcc.source import Span
from vm.flow.blocks import SYSTEM_CALL, Block
from vm.flow.kinds import EITHER, INTEGER, REAL
from vm.isa import ARITHMETIC, BY_NAME, BY_SYSTEM_CALL, DATA_BASE, MEMORY_FLOOR, MEMORY_SIZE, OUTPUT_BUFFER, REGISTERS
from vm.output import HEADER, MAGIC

_BYTES: Final = {"B": 1, "H": 2, "W": 4}
STORES: Final = {BY_NAME[f"QSTORE{letter}"][0].code: _BYTES.get(letter, 8) for letter in ("", "B", "H", "W")}
"""Bytes of stores, by instruction."""
_LOADS: Final = ("", "F", "B", "H", "W", "SB", "SH", "SW")
WIDTHS: Final = STORES | {BY_NAME[f"QLOAD{letter}"][0].code: _BYTES.get(letter[-1:], 8) for letter in _LOADS}
"""Bytes of loads and stores."""
_LOAD, _LOADF = BY_NAME["QLOAD"][0].code, BY_NAME["QLOADF"][0].code
_SHIFTS: Final = {
    **{BY_NAME[name][0].code: 63 for name in ("QSHL", "QSHR", "QSAR", "QROL", "QROR")},
    **{BY_NAME[name][0].code: 31 for name in ("QROLW", "QRORW")},
}
_DIVISIONS: Final = {BY_NAME[name][0].code for name in ("QDIV", "QMOD", "QDIVU", "QMODU")}
_COUNTS: Final = {"QALLOC": (1, None), "QFREE": (1, None), "QSAMPLE": (1, 64), "QPURITY": (1, 64), "QENTROPY": (1, 64)}
"""Numbers of qubits, the operand named n."""
_CODE_POINTS: Final = 0x10FFFF
_PRINT_INTEGER: Final = 1
"""System call; hexadecimal digits, as system call 7 prints them, are what one reads bits in."""
_NEAR: Final = 1 << 16
"""Bytes behind an address that a routine which is given it may reach."""
_BUFFER_END: Final = OUTPUT_BUFFER + (1 << 32)
_HEADER: Final = {
    1: "the number of entries",
    2: "the bytes of an entry",
    5: "the payload's bytes",
    6: "the checksum",
}
"""Words of the header that cannot stay 0, but for the magic."""


@dataclass(frozen=True, slots=True)
class _Access:
    """A load or store at a known address."""

    routine: Routine
    index: int
    address: int
    width: int


class Memory:
    """Looks at all routines."""

    def __init__(self, look: Look, kinds: Kinds) -> None:
        self.look = look
        self.kinds = kinds
        self.values = Values(look)
        self.code = look.code
        self.rows = look.code.rows
        self.stores: list[_Access] = []
        self.loads: list[_Access] = []
        self.unknown: list[tuple[Routine, int]] = []
        """Stores at addresses that are not known."""

    def run(self) -> None:
        """Everything."""
        for routine in self.look.routines:
            for index in self._instructions(routine):
                self._collect(routine, index)
                if self.look.is_own(index):
                    self._range(routine, index)
            for start in self.look.effects.known[routine.entry].before:
                block = routine.inside[start]
                if sum(self.rows[index][0] in STORES for index in range(start, block.end)) > 1:
                    self._overlaps(routine, block)
        self._fields()
        self._buffer()

    def _instructions(self, routine: Routine) -> Iterator[int]:
        """Those that no other routine is asked about."""
        owners = self.look.flow.owners
        return (index for index in self.look.chains(routine).instructions() if owners[index] is routine)

    def _collect(self, routine: Routine, index: int) -> None:
        code = self.rows[index][0]
        if code not in WIDTHS:
            return
        address = self.values.address(routine, index, 1)
        if address is not None:
            found = _Access(routine, index, address, WIDTHS[code])
            (self.stores if code in STORES else self.loads).append(found)
        elif code in STORES:
            self.unknown.append((routine, index))

    # -- ranges

    def _range(self, routine: Routine, index: int) -> None:
        row, op = self.rows[index], self.code.op(index)
        said = ""
        if row[0] in _SHIFTS:
            count = self.values.before(routine, index, row[3])
            if isinstance(count, int) and not 0 <= count <= _SHIFTS[row[0]]:
                said = f"a count of {count}, of which only {count & _SHIFTS[row[0]]} counts"
        elif row[0] in _DIVISIONS:
            said = self._division(routine, index)
        elif row[0] in WIDTHS:
            said = self._access(routine, index)
        elif row[0] == SYSTEM_CALL:
            said = self._system_call(routine, index)
        elif op.name == "QHALT":
            status = self.values.before(routine, index, row[1])
            if isinstance(status, int) and not 0 <= status <= 255:
                said = f"a status of {status}, of which only the low eight bits count: {status & 255}"
        elif op.name in _COUNTS and "n" in op.named.split():
            said = self._count(routine, index)
        if said:
            self.look.report(messages.out_of_range(self.look.span(index), said))

    def _division(self, routine: Routine, index: int) -> str:
        row = self.rows[index]
        divisor = self.values.before(routine, index, row[3])
        is_zero = isinstance(divisor, int) and divisor == 0
        if not is_zero:
            return ""
        state = self.kinds.at(routine, index)
        is_integer = state is not None and self.kinds.kind(row[2], state) == INTEGER
        return "a division by 0, which traps" if is_integer or self.code.op(index).kinds == "integer" else ""

    def _access(self, routine: Routine, index: int) -> str:
        row = self.rows[index]
        width = WIDTHS[row[0]]
        address = self.values.address(routine, index, 1)
        if address is not None and not MEMORY_FLOOR <= address <= MEMORY_SIZE - width:
            return f"the address {address:#x} is outside memory, which traps"
        if row[0] in STORES and width < 8:
            value = self.values.before(routine, index, row[1])
            if isinstance(value, int) and not -(1 << 8 * width - 1) <= value < 1 << 8 * width:
                return f"{value} does not fit {width} byte{'s' * (width > 1)}: {value & (1 << 8 * width) - 1} is stored"
        return ""

    def _system_call(self, routine: Routine, index: int) -> str:
        number = self.values.before(routine, index, self.rows[index][1])
        if isinstance(number, int) and number not in BY_SYSTEM_CALL:
            return f"there is no system call {number}, which traps"
        if number == 5:
            point = self.values.before(routine, index, 0)
            if isinstance(point, int) and (not 0 <= point <= _CODE_POINTS or 0xD800 <= point <= 0xDFFF):
                return f"{point} is no character's code point"
        return ""

    def _count(self, routine: Routine, index: int) -> str:
        op = self.code.op(index)
        slot = op.starts[op.named.split().index("n")]
        count = self.values.before(routine, index, self.rows[index][1 + slot])
        least, most = _COUNTS[op.name]
        if not isinstance(count, int) or (count >= least and (most is None or count <= most)):
            return ""
        return f"{count} qubits: {f'at least {least}' if most is None else f'{least} to {most}'} can be asked for"

    # -- overlaps

    def _overlaps(self, routine: Routine, block: Block) -> None:
        """In a block, stores that cover part of another of unlike width, with nothing read in between."""
        open_: dict[object, list[tuple[int, int, int]]] = {}
        last: dict[int, int] = {}
        for index in range(block.start, block.end):
            row = self.rows[index]
            if row[0] in STORES:
                key, address = self._place(routine, index, last)
                self._cover(open_.setdefault(key, []), index, address, STORES[row[0]])
            elif (
                row[0] in WIDTHS
                or self.look.is_call(index)
                or self.code.op(index).memory_slot is not None
                or row[0] == SYSTEM_CALL
            ):
                open_.clear()
            if self.code.writes[index]:
                # A call has emptied the lists; all others write one.
                last[self.code.writes[index].bit_length() - 1] = index

    def _place(self, routine: Routine, index: int, last: dict[int, int]) -> tuple[object, int]:
        """What an address is counted from, and how far it is; alone where that is not known."""
        row = self.rows[index]
        address = self.values.address(routine, index, 1)
        if address is not None:
            return "memory", address
        offset = self.values.before(routine, index, row[3])
        if row[2] < REGISTERS and isinstance(offset, int):
            return (row[2], last.get(row[2], -1)), offset
        return index, 0

    def _cover(self, stored: list[tuple[int, int, int]], index: int, address: int, width: int) -> None:
        for first, there, size in stored:
            is_apart = address >= there + size or there >= address + width
            is_part = there <= address and address + width <= there + size
            if not is_apart and size != width and not is_part and self.look.is_own(index):
                place = self.look.span(first)
                self.look.report(messages.overlapping(self.look.span(index), width, size, place))
        stored[:] = [s for s in stored if address >= s[1] + s[2] or s[1] >= address + width or s[2] > width]
        stored.append((index, address, width))

    # -- kinds of fields

    def _fields(self) -> None:
        """Words at known addresses that are read as another kind than they are ever stored."""
        given = self._given()
        written = dict(self._initial())
        for store in self.stores:
            kind = self._stored_kind(store) if store.width == 8 else EITHER
            written.setdefault(store.address, []).append((kind, self.look.span(store.index)))
        for load in self.loads:
            code = self.rows[load.index][0]
            found = written.get(load.address, [])
            if code not in (_LOAD, _LOADF) or not found or not self.look.is_own(load.index):
                continue
            if any(address <= load.address < address + _NEAR for address in given):
                continue
            other = INTEGER if code == _LOADF else REAL
            if all(kind == other for kind, _ in found) and (code == _LOADF or self._is_calculated_with(load)):
                line = self.code.lines[load.index]
                word = line.word_span() if line.use is None and self._traps_as_it_is(load) else None
                span = self.look.span(load.index)
                self.look.report(messages.other_kind(span, word, code == _LOADF, found[0][1]))

    def _given(self) -> set[int]:
        """Addresses that routines are given, or that unknown ones are counted from: others may store there."""
        found: set[int] = set()
        for routine in self.look.routines:
            reached = frozenset(self.look.chains(routine).instructions())
            for call in routine.calls:
                reads = self.look.effects.call(call.index).reads if call.index in reached else 0
                for register in range(REGISTERS):
                    if reads >> register & 1:
                        value = self.values.before(routine, call.index, register)
                        if isinstance(value, int):
                            found.add(value)
        for routine, index in self.unknown:
            for column in (2, 3):
                slot = self.rows[index][column]
                if slot >= REGISTERS:
                    found.add(int(self.code.constant(slot) or 0))
                    continue
                for made in self.look.chains(routine).definitions(index, slot)[0]:
                    for operand in self.rows[made][2:]:
                        value = self.code.constant(operand) if operand >= REGISTERS else None
                        if isinstance(value, int):
                            found.add(value)
        return found

    def _initial(self) -> Iterator[tuple[int, list[tuple[int, Span]]]]:
        """Words that the data section gives, but for zeros."""
        data = self.code.object.data
        for line, start, length, in_data, _ in self.look.statements:
            word = line.word.lower()
            if not in_data or word not in (".qword", ".double"):
                continue
            for offset in range(start, start + length, 8):
                # Runs begin and end with what is not zero.
                parts = (content[max(offset - run, 0) : max(offset + 8 - run, 0)] for run, content in data)
                if any(part.strip(b"\0") for part in parts):
                    kind = REAL if word == ".double" else INTEGER
                    yield DATA_BASE + offset, [(kind, line.outermost().whole())]

    def _stored_kind(self, store: _Access) -> int:
        """What a store leaves: an integer only if it is one that is calculated with, not copied words or bits."""
        slot = self.rows[store.index][1]
        state = self.kinds.at(store.routine, store.index)
        kind = EITHER if state is None else self.kinds.kind(slot, state)
        if kind != INTEGER:
            return kind
        value = self.values.before(store.routine, store.index, slot)
        if isinstance(value, int):
            return INTEGER if -(1 << 52) < value < 1 << 52 and value else EITHER
        tags = self.values.state(store.routine, store.index)
        made = maker(tags.registers[slot]) if tags is not None and slot < REGISTERS else None
        return INTEGER if made is not None and self.code.op(made).group == ARITHMETIC else EITHER

    def _is_calculated_with(self, load: _Access) -> bool:
        """Whether a word that was loaded is taken as a number."""
        register = self.rows[load.index][1]
        for use in self.look.chains(load.routine).uses(load.index, register)[0]:
            if self.code.op(use).kinds in ("number", "compare", "float"):
                return True
            if self.rows[use][0] == SYSTEM_CALL and self.code.constant(self.rows[use][1]) == _PRINT_INTEGER:
                return True
        return False

    def _traps_as_it_is(self, load: _Access) -> bool:
        """Whether all that is calculated with a word ends in a system call that takes the other kind. Then the other
        load changes a program that traps, and no result of another one."""
        wanted = "float" if self.rows[load.index][0] == _LOAD else "int"
        chains = self.look.chains(load.routine)
        waiting, seen, is_taken = [load.index], {load.index}, False
        while waiting:
            made = waiting.pop()
            register = self.rows[made][1]
            uses, leaves = chains.uses(made, register)
            if leaves and (load.routine.returns or load.routine.tails):
                return False
            for use in uses:
                number = self.code.constant(self.rows[use][1]) if self.rows[use][0] == SYSTEM_CALL else None
                call = BY_SYSTEM_CALL.get(number) if isinstance(number, int) else None
                if call is not None and register < len(call.takes) and call.takes[register] == wanted:
                    is_taken = True
                elif self.code.op(use).result not in ("number", "same") or not self.code.writes[use]:
                    return False
                elif use not in seen:
                    seen.add(use)
                    waiting.append(use)
        return is_taken

    # -- the output buffer

    def _buffer(self) -> None:
        """A payload whose header nothing writes."""
        offsets = {s.address - OUTPUT_BUFFER: s for s in self.stores if OUTPUT_BUFFER <= s.address < _BUFFER_END}
        places: dict[int, int] = {offset: s.index for offset, s in offsets.items()}
        for routine, index in self.unknown:
            low = self._least(routine, index)
            if low is None:
                if self._is_mentioned() and not self._is_elsewhere(routine, index):
                    return
            elif low <= OUTPUT_BUFFER:
                return
            else:
                places.setdefault(low - OUTPUT_BUFFER, index)
        own = [index for index in places.values() if self.look.is_own(index)]
        if not own or (not self.look.starts and not offsets):
            return
        missing = [what for word, what in _HEADER.items() if 8 * word not in offsets]
        if 0 not in offsets:
            self.look.report(messages.no_header(self.look.span(min(own)), "its header never"))
        elif missing and any(offset >= HEADER for offset in places):
            self.look.report(messages.no_header(self.look.span(offsets[0].index), f"{' and '.join(missing)} never"))
        else:
            store = offsets[0]
            value = self.values.before(store.routine, store.index, self.rows[store.index][1])
            if isinstance(value, int) and value != MAGIC:
                text = f"its magic is {value:#x} and not {MAGIC:#x}"
                self.look.report(messages.no_header(self.look.span(store.index), text))

    def _is_elsewhere(self, routine: Routine, index: int) -> bool:
        """Whether an unknown address is counted from a constant that is not the buffer's."""
        offset = self.values.before(routine, index, self.rows[index][3])
        return isinstance(offset, int) and offset >= MEMORY_FLOOR and not OUTPUT_BUFFER <= offset < _BUFFER_END

    def _least(self, routine: Routine, index: int) -> int | None:
        """The least address of a store into the buffer whose base goes upwards from constants; else None."""
        row = self.rows[index]
        offset = self.values.before(routine, index, row[3])
        base = row[2]
        if base >= REGISTERS:
            value = self.code.constant(base)
            return value if isinstance(value, int) and OUTPUT_BUFFER <= value < _BUFFER_END else None
        for value in (offset, self.values.before(routine, index, base)):
            # What is added to it is an index, and none is negative.
            if isinstance(value, int) and OUTPUT_BUFFER <= value < _BUFFER_END:
                return value
        if not isinstance(offset, int):
            return None
        made, from_entry = self.look.chains(routine).definitions(index, base)
        lows = []
        for each in made:
            other = self.rows[each]
            step = self.code.constant(other[3]) if self.code.op(each).name == "QADD" and other[2] == base else None
            if isinstance(step, int) and step > 0:
                begun = self.values.before(routine, each, base)
                lows += [begun] if isinstance(begun, int) else []
                continue
            value = self.values.made(routine, each)
            if self.code.op(each).name == "QADD" and not isinstance(value, int):
                parts = [self.values.before(routine, each, other[column]) for column in (2, 3)]
                value = next((p for p in parts if isinstance(p, int) and OUTPUT_BUFFER <= p < _BUFFER_END), None)
            if not isinstance(value, int) or not OUTPUT_BUFFER <= value < _BUFFER_END:
                return None
            lows.append(value)
        return min(lows) + offset if lows and not from_entry else None

    def _is_mentioned(self) -> bool:
        """Whether the program has the buffer's address: then a store whose address is not known may go there."""
        return OUTPUT_BUFFER in self.code.object.constants.tolist()
