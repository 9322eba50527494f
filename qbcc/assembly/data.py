"""The data section while it is being written: bytes with their offsets, values to come, zeros that cost nothing."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from qbcc.assembly import messages
from qbcc.assembly.names import BrokenError, Moving, Names, Value
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.syntax.lines import WIDTHS, Line, Node, String
from qbcc.syntax.messages import bad_text
from qbcc.syntax.text import CharacterFault, string_bytes
from vm.bytecode import MAX_DATA
from vm.isa import DATA_BASE

MAX_WRITTEN: Final = 1 << 28
"""Most bytes that are written out; long rows of zeros are not."""
_GAP: Final = 64
"""Zeros in a row that are left out of the object."""
_ZEROS: Final = re.compile(b"\0{%d,}" % _GAP)
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class _Item:
    """A value whose names may come later."""

    offset: int
    directive: str
    line: Line
    node: Node


@dataclass
class Data:
    """The section. Sizes are known at once, values at the end."""

    size: int = 0
    align: int = 8
    _written: int = 0
    """Bytes that the object will hold, more or less."""
    _is_full: bool = False
    _pieces: list[tuple[int, bytearray]] = field(default_factory=list)
    _items: list[_Item] = field(default_factory=list)

    def directive(self, line: Line, names: Names) -> None:
        """One of :data:`~qbcc.syntax.lines.DATA_DIRECTIVES`. Raises :class:`SourceError` and what :meth:`Names.value`
        does."""
        word = line.word.lower()
        arguments = line.shape.arguments
        if not arguments:
            raise SourceError([messages.directive_form(line.whole(), f"{word} needs a value")])
        if word in WIDTHS:
            for node in arguments:
                start = self.size
                self._append(line, bytes(WIDTHS[word]))
                self._items.append(_Item(start, word, line, node))
        elif word in (".ascii", ".asciz"):
            for node in arguments:
                self._append(line, _string(line, node, word) + b"\0" * (word == ".asciz"))
        elif word == ".space":
            self._space(line, arguments, names)
        else:
            self._align(line, arguments, names)

    def has_room(self, amount: int) -> bool:
        """Whether so many more bytes are no error."""
        return self._written + amount <= MAX_WRITTEN and self.size + amount <= MAX_DATA

    def leave_out(self, amount: int) -> None:
        """Count bytes that nobody will read."""
        self._written += amount
        self.size += amount

    def _append(self, line: Line, content: bytes) -> None:
        self._put(self._reserve(line, len(content)), content)

    def _reserve(self, line: Line, amount: int) -> int:
        """Room for bytes that the object will hold; their offset."""
        if self._written + amount > MAX_WRITTEN:
            raise self._overflow(line, "the data that are not zero", MAX_WRITTEN)
        self._grow(line, amount)
        self._written += amount
        return self.size - amount

    def _put(self, start: int, content: bytes) -> None:
        if self._pieces and self._pieces[-1][0] + len(self._pieces[-1][1]) == start:
            self._pieces[-1][1].extend(content)
        else:
            self._pieces.append((start, bytearray(content)))

    def _grow(self, line: Line, amount: int) -> None:
        if self.size + amount > MAX_DATA:
            raise self._overflow(line, "the data", MAX_DATA)
        self.size += amount

    def _overflow(self, line: Line, what: str, most: int) -> Exception:
        """Said once: whatever comes after it does not fit either."""
        if self._is_full:
            return BrokenError()
        self._is_full = True
        return SourceError([messages.data_too_large(line.whole(), what, most)])

    def _space(self, line: Line, arguments: tuple[Node, ...], names: Names) -> None:
        if len(arguments) > 2:
            raise SourceError(
                [messages.directive_form(line.whole(), ".space takes a size and perhaps a byte to fill with")]
            )
        count = names.number(line, arguments[0], "a size")
        if not 0 <= count <= MAX_DATA:
            raise SourceError([messages.out_of_range(line.span(arguments[0]), "a size", count, 0, MAX_DATA)])
        fill = names.number(line, arguments[1], "a byte") if len(arguments) == 2 else 0
        if not -128 <= fill <= 255:
            raise SourceError([messages.out_of_range(line.span(arguments[1]), "a byte", fill, -128, 255)])
        if fill == 0:
            self._zeros(line, count)
        else:
            start = self._reserve(line, count)
            self._put(start, bytes([fill & 255]) * count)

    def _align(self, line: Line, arguments: tuple[Node, ...], names: Names) -> None:
        if len(arguments) != 1:
            raise SourceError([messages.directive_form(line.whole(), ".align takes one number")])
        align = names.number(line, arguments[0], "an alignment")
        if not 1 <= align <= DATA_BASE or align & (align - 1):
            raise SourceError([messages.bad_alignment(line.span(arguments[0]), align, DATA_BASE)])
        self.align = max(self.align, align)
        self._zeros(line, -self.size % align)

    def _zeros(self, line: Line, count: int) -> None:
        """A long row of zeros is a gap between pieces, a short one is bytes as any others."""
        if count < _GAP:
            self._append(line, bytes(count))
        else:
            self._grow(line, count)

    def values(self) -> list[_Item]:
        """What is to be filled in, in order."""
        return self._items

    def fill(self, item: _Item, value: Value) -> Moving | None:
        """Write a value; an address comes back, for its relocation. Raises :class:`SourceError`."""
        width = WIDTHS[item.directive]
        span = item.line.span(item.node)
        if item.directive == ".double":
            if isinstance(value, Moving):
                raise SourceError([messages.not_yet_known(span, "a float")])
            try:
                self._patch(item.offset, struct.pack("<d", float(value)))
            except OverflowError:
                raise SourceError([messages.large_float(span)]) from None
            return None
        if isinstance(value, float):
            raise SourceError([messages.float_for_integer(span, f"a value of {item.directive}", value)])
        if isinstance(value, Moving):
            if width < 8:
                raise SourceError([messages.not_yet_known(span, f"a value of {item.directive}")])
            return value
        least, most = -(1 << (8 * width - 1)), (1 << 8 * width) - 1
        if not least <= value <= most:
            raise SourceError([_range_error(item, value, least, most)])
        self._patch(item.offset, (value & most).to_bytes(width, "little"))
        return None

    def patch_word(self, offset: int, value: int) -> None:
        """Write a 64-bit word that was reserved."""
        self._patch(offset, (value & _MASK).to_bytes(8, "little"))

    def _patch(self, offset: int, content: bytes) -> None:
        start, piece = self._pieces[bisect_right(self._pieces, offset, key=itemgetter(0)) - 1]
        piece[offset - start : offset - start + len(content)] = content

    def runs(self) -> list[tuple[int, bytes]]:
        """Initialised runs: they begin and end with a byte that is not 0, and hold no long row of zeros."""
        return [run for start, piece in self._pieces for run in split_runs(start, bytes(piece))]


def split_runs(start: int, content: bytes) -> list[tuple[int, bytes]]:
    """The runs of a stretch of data, the one form for the same bytes."""
    runs = []
    at = 0
    for zeros in [*_ZEROS.finditer(content), None]:
        end = len(content) if zeros is None else zeros.start()
        piece = content[at:end]
        kept = piece.strip(b"\0")
        if kept:
            runs.append((start + at + len(piece) - len(piece.lstrip(b"\0")), kept))
        at = end if zeros is None else zeros.end()
    return runs


def _string(line: Line, node: Node, word: str) -> bytes:
    if not isinstance(node, String):
        raise SourceError([messages.directive_form(line.span(node), f"{word} takes strings in double quotes")])
    try:
        return string_bytes(line.words[node.first])
    except CharacterFault as fault:
        raise SourceError([bad_text(line.span(node), fault)]) from None


def _range_error(item: _Item, value: int, least: int, most: int) -> Diagnostic:
    span = item.line.span(item.node)
    if item.directive == ".qword":
        return messages.does_not_fit(span, value)
    return messages.item_out_of_range(span, item.directive, value, least, most)


def merge_runs(runs: list[tuple[int, bytes]], patches: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Runs with patches written over them, in the one form for the same bytes."""
    pieces: list[tuple[int, bytearray]] = []
    for start, content in sorted([*runs, *((offset, bytes(len(patch))) for offset, patch in patches)]):
        if pieces and start <= pieces[-1][0] + len(pieces[-1][1]) + _GAP:
            base, piece = pieces[-1]
            end = start - base + len(content)
            if end > len(piece):
                piece.extend(bytes(end - len(piece)))
            if any(content):
                piece[start - base : end] = content
        else:
            pieces.append((start, bytearray(content)))
    starts = [start for start, _ in pieces]
    for offset, patch in patches:
        base, piece = pieces[bisect_right(starts, offset) - 1]
        piece[offset - base : offset - base + len(patch)] = patch
    return [run for start, piece in pieces for run in split_runs(start, bytes(piece))]
