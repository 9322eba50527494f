"""Positions. A :class:`qbcc.source.Span` counts lines from 1 and code points from 1; an editor counts lines from 0 and
units of an encoding, UTF-16 unless both sides agree on another. Offsets into the text stand between the two."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from typing import Final

from lsprotocol.types import Position, PositionEncodingKind, Range

from qbcc.source import Span

Encoding = PositionEncodingKind
_END: Final = re.compile(r"\r\n?|\n")
_LINE_FEED: Final = re.compile("\n")
_BOM: Final = "\ufeff"
_LONG: Final = 1000
"""Characters of a line from which on its wide ones are counted once, and not for each position again."""
_WIDE: Final = {
    Encoding.Utf8: tuple(map(re.compile, ("[^\0-\x7f]", "[^\0-\u07ff]", "[^\0-\uffff]"))),
    Encoding.Utf16: (re.compile("[^\0-\uffff]"),),
    Encoding.Utf32: (),
}
"""For each encoding, the characters that take one more unit each; a later pattern is part of those before."""


class Text:
    """A text and where its lines begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._long: dict[tuple[int, Encoding], _Long] = {}

    @cached_property
    def starts(self) -> list[int]:
        """Offsets of the lines as editors count them: a lone carriage return ends one too."""
        if "\r" not in self.text:
            return self._ours
        return [0, *(end.end() for end in _END.finditer(self.text))]

    @cached_property
    def _ours(self) -> list[int]:
        """Offsets of the lines as spans count them: line feeds end them."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n")[:-1])]

    @cached_property
    def is_plain(self) -> bool:
        """Whether an editor has the same lines in it as spans, each beginning at the same character."""
        return len(self.starts) == self.text.count("\n") + 1 and not self.text.startswith(_BOM)

    def offset(self, position: Position, encoding: Encoding) -> int:
        """Where a position lies; one behind the end of its line is that end, as the protocol has it."""
        if position.line >= len(self.starts):
            return len(self.text)
        start, end = self._extent(position.line)
        if end - start > _LONG:
            return self._long_line(position.line, encoding).offset(position.character)
        return start + _points(self.text[start:end], position.character, encoding)

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of an offset."""
        line = bisect_right(self.starts, offset) - 1
        start = self.starts[line]
        if offset - start > _LONG:
            return Position(line, self._long_line(line, encoding).units(offset))
        return Position(line, units(self.text[start:offset], encoding))

    def _extent(self, line: int) -> tuple[int, int]:
        """Return the offsets at which a line begins and ends, without its line break."""
        start = self.starts[line]
        if line + 1 == len(self.starts):
            return start, len(self.text)
        end = self.starts[line + 1] - 1
        return start, end - (self.text[end - 1 : end + 1] == "\r\n")

    def _long_line(self, line: int, encoding: Encoding) -> _Long:
        """The wide characters of a long line."""
        key = line, encoding
        if key not in self._long:
            self._long[key] = _Long(self.text, *self._extent(line), encoding)
        return self._long[key]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, as spans count them."""
        line = bisect_right(self._ours, offset) - 1
        column = offset - self._ours[line] + 1
        return line + 1, max(column - (line == 0 and self.text.startswith(_BOM)), 1)

    def at(self, line: int, column: int) -> int:
        """The offset of a place of a span; the end of its line for one behind that, and the end of the text."""
        if line > len(self._ours):
            return len(self.text)
        start = self._ours[line - 1]
        end = self._ours[line] - 1 if line < len(self._ours) else len(self.text)
        end -= end > start and self.text[end - 1] == "\r"
        return min(start + column - 1 + (line == 1 and self.text.startswith(_BOM)), end)

    def range(self, span: Span, encoding: Encoding) -> Range:
        """A span as editors have it."""
        start, end = self.at(span.line, span.column), self.at(span.line, span.end_column)
        return Range(self.position(start, encoding), self.position(max(start, end), encoding))

    def replaced(self, range: Range, new: str, encoding: Encoding) -> Text:
        """The text with a stretch of it exchanged."""
        start = self.offset(range.start, encoding)
        end = max(start, self.offset(range.end, encoding))
        made = Text(self.text[:start] + new + self.text[end:])
        # Of a long text, most lines begin where they began, or as much further on as the text has grown.
        kept, behind = bisect_right(self._ours, start), bisect_right(self._ours, end)
        grown = len(new) - (end - start)
        inside = (start + found.end() for found in _LINE_FEED.finditer(new))
        made._ours = [*self._ours[:kept], *inside, *[offset + grown for offset in self._ours[behind:]]]
        return made

    def whole(self, encoding: Encoding) -> Range:
        """All of it."""
        return Range(Position(0, 0), self.position(len(self.text), encoding))


class _Long:
    """Return the columns of the wide characters of a line; a position then costs a search among these only."""

    def __init__(self, text: str, start: int, end: int, encoding: Encoding) -> None:
        self._start, self._end = start, end
        patterns = () if text.isascii() else _WIDE[encoding]
        self._wide = [[found.start() for found in wide.finditer(text, start, end)] for wide in patterns]

    def units(self, offset: int) -> int:
        """Units from the line's beginning to an offset."""
        return offset - self._start + sum(bisect_left(wide, offset) for wide in self._wide)

    def offset(self, count: int) -> int:
        """The offset of so many units; a unit in the middle of a character is its beginning."""
        low, high = self._start, self._end
        while low < high:
            middle = (low + high + 1) // 2
            if self.units(middle) <= count:
                low = middle
            else:
                high = middle - 1
        return low


def units(text: str, encoding: Encoding) -> int:
    """Length of a text in an encoding's units."""
    if encoding is Encoding.Utf32 or text.isascii():
        return len(text)
    if encoding is Encoding.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _points(line: str, count: int, encoding: Encoding) -> int:
    """How many characters so many units are; a unit in the middle of one counts as its beginning."""
    if encoding is Encoding.Utf32 or line.isascii():
        return min(count, len(line))
    for at, character in enumerate(line):
        count -= units(character, encoding)
        if count < 0:
            return at
    return len(line)
