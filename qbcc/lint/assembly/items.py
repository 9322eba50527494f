"""Accesses that do not fit the items of the data section: across two of them, ``QLOADW`` of a ``.word``; and texts
without a NUL.

An item is what one number of ``.byte``, ``.word``, ``.dword``, ``.qword`` or ``.double`` made; a text has no items, nor
has ``.space``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qbcc.flow.routines import Routine
from qbcc.lint import messages
from qbcc.lint.assembly.look import Look
from qbcc.lint.assembly.memory import STORES, WIDTHS
from qbcc.lint.assembly.values import Values
from qbcc.source import Span
from qbcc.syntax.lines import Line
from vm.bytecode import Base
from vm.flow.blocks import SYSTEM_CALL
from vm.isa import BITS, BY_NAME, DATA_BASE, REGISTERS

_ITEMS: Final = {".byte": 1, ".word": 2, ".dword": 4, ".qword": 8, ".double": 8}
_TEXTS: Final = (".byte", ".ascii", ".asciz")
"""What texts are written with."""
_ENDING: Final = (*_TEXTS, ".space")
"""What may be written behind a text to end it."""
_PRINT, _RECORD = 2, 14
"""System calls that read a text up to its NUL."""
_NARROW: Final = {
    BY_NAME[wide][0].code: narrow
    for wide, narrow in (("QLOADW", "QLOADH"), ("QLOADSW", "QLOADSH"), ("QSTOREW", "QSTOREH"))
}
"""Instructions of 32 bits whose names look like ``.word``, and those of 16."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a line of the data section made."""

    start: int
    length: int
    width: int
    """Bytes of an item; 0 where it has none."""
    line: Line

    @property
    def word(self) -> str:
        return self.line.word.lower()

    def item(self, offset: int) -> int:
        """Where the item begins that an offset is in."""
        return self.start + (offset - self.start) // self.width * self.width


class Items:
    """Looks at all routines."""

    def __init__(self, look: Look, values: Values) -> None:
        self.look = look
        self.code = look.code
        self.rows = look.code.rows
        self.values = values
        self.parts = [
            _Part(start, length, _ITEMS.get(line.word.lower(), 0), line)
            for line, start, length, in_data, _ in look.statements
            if in_data and length and line.word.lower() != ".align"
        ]
        self.parts.sort(key=lambda part: part.start)
        self.starts = [part.start for part in self.parts]
        self.labels = sorted({s.value for s in self.code.object.symbols if s.base is Base.DATA})

    def run(self) -> None:
        """Everything."""
        if not self.parts:
            return
        owners = self.look.flow.owners
        prints = self._printing()
        for routine in self.look.routines:
            for index in self.look.chains(routine).instructions():
                if owners[index] is not routine or not self.look.is_own(index):
                    continue
                if self.rows[index][0] in WIDTHS:
                    self._access(routine, index)
                elif self.rows[index][0] == SYSTEM_CALL:
                    if self.code.constant(self.rows[index][1]) in (_PRINT, _RECORD):
                        self._text(routine, index)
                elif self.look.is_call(index) and any(target in prints for target in self.code.call_targets(index)):
                    self._text(routine, index)

    def _part(self, address: int | float | None) -> _Part | None:
        """The line that made what is at an address."""
        if not isinstance(address, int):
            return None
        at = bisect_right(self.starts, address - DATA_BASE) - 1
        if at < 0:
            return None
        part = self.parts[at]
        return part if address - DATA_BASE < part.start + part.length else None

    # -- accesses

    def _access(self, routine: Routine, index: int) -> None:
        row = self.rows[index]
        address = self.values.address(routine, index, 1)
        if row[0] in _NARROW and self._is_word(routine, index, address):
            name, narrow = self.code.op(index).name, _NARROW[row[0]]
            self.look.report(messages.word_mixed(self.look.span(index), name, narrow))
            return
        part = self._part(address)
        if part is None or address is None:
            return
        offset, width = address - DATA_BASE, WIDTHS[row[0]]
        if part.width > 1:
            begin = part.item(offset)
            other = self._part(DATA_BASE + begin + part.width)
            is_across = offset + width > begin + part.width and other is not None
            if is_across and (offset != begin or not self._is_packed(routine, index)):
                self._tell_across(index, part, width, offset - begin)
        elif part.word in _TEXTS:
            # Bytes are read together as people like; but not with what another label begins.
            end = self._end(offset)
            if offset + width > end and self._part(DATA_BASE + end) is not None:
                self._tell_across(index, part, width, 0, end - offset)

    def _is_word(self, routine: Routine, index: int, address: int | None) -> bool:
        """Whether an access goes to a ``.word``: at a known address, or counted from its label."""
        if address is not None:
            part = self._part(address)
            return part is not None and part.word == ".word"
        for slot in self.rows[index][2:4]:
            part = self._part(self.values.before(routine, index, slot))
            if part is not None:
                return part.word == ".word"
        return self._is_counted(routine, index)

    def _is_counted(self, routine: Routine, index: int) -> bool:
        """Whether a base is the sum of an index and the address of a ``.word``, or goes upwards from there."""
        base = self.rows[index][2]
        if base >= REGISTERS:
            return False
        made, from_entry = self.look.chains(routine).definitions(index, base)
        found = []
        for each in made if not from_entry else []:
            if self.look.is_call(each):
                return False
            value = self.values.made(routine, each)
            slots = self.rows[each][2:4] if self.code.op(each).name == "QADD" else []
            parts = [self._part(value), *(self._part(self.values.before(routine, each, slot)) for slot in slots)]
            found += [part.word == ".word" for part in parts if part is not None]
        return bool(found) and all(found)

    def _is_packed(self, routine: Routine, index: int) -> bool:
        """Whether whole items are taken or set together on purpose: cleared by one store, or loaded and taken apart."""
        row = self.rows[index]
        if row[0] in STORES:
            return self.values.before(routine, index, row[1]) in (0, -1)
        uses = self.look.chains(routine).uses(index, row[1])[0]
        # Words that are compared, copied or taken apart are no numbers.
        return bool(uses) and all(
            self.code.op(use).group == BITS or self.rows[use][0] in STORES or self.code.op(use).kinds == "compare"
            for use in uses
        )

    def _end(self, offset: int) -> int:
        """The next label behind an offset, or the end of the data."""
        at = bisect_right(self.labels, offset)
        return self.labels[at] if at < len(self.labels) else self.code.object.data_size

    def _tell_across(self, index: int, part: _Part, width: int, inside: int, left: int = 0) -> None:
        span = self._place(part)
        finding = messages.across_items(
            self.look.span(index), self.rows[index][0] in STORES, width, part.word, inside, left or part.width, span
        )
        self.look.report(finding)

    def _place(self, part: _Part) -> Span:
        return part.line.outermost().whole()

    # -- texts

    def _printing(self) -> set[int]:
        """Entries of routines that print the text that they are given in r0."""
        found = set()
        for routine in self.look.routines:
            for index in self.look.chains(routine).instructions():
                row = self.rows[index]
                if row[0] == SYSTEM_CALL and self.code.constant(row[1]) in (_PRINT, _RECORD):
                    state = self.values.state(routine, index)
                    if state is not None and state.registers[0] == 0:
                        found.add(routine.entry)
        return found

    def _text(self, routine: Routine, index: int) -> None:
        """A text of the data section that no NUL ends."""
        address = self.values.before(routine, index, 0)
        part = self._part(address)
        if part is None or part.word not in _TEXTS or not isinstance(address, int):
            return
        offset = address - DATA_BASE
        end = self._end(offset)
        if 0 in self._bytes(offset, end):
            return
        after = self._part(DATA_BASE + end)
        if after is not None and after.word in _ENDING and 0 in self._bytes(end, end + 1):
            return
        self.look.report(
            messages.no_nul(self.look.span(index), self._place(part), None if after is None else self._place(after))
        )

    def _bytes(self, start: int, end: int) -> Iterator[int]:
        """What the data section holds."""
        for run, content in self.code.object.data:
            if run < end and start < run + len(content):
                # What lies between runs is zero.
                if start < run:
                    yield 0
                yield from content[max(start - run, 0) : end - run]
                start = run + len(content)
        if start < end:
            yield 0
