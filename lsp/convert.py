"""Positions. A :class:`qbcc.source.Span` counts lines from 1 and code points from 1; an editor counts lines from 0 and
units of an encoding, UTF-16 unless both sides agree on another. Offsets into the text stand between the two."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import Final

from lsprotocol.types import Position, PositionEncodingKind, Range

from qbcc.source import Span

Encoding = PositionEncodingKind
_END: Final = re.compile(r"\r\n?|\n")
_LINE_FEED: Final = re.compile("\n")
_BOM: Final = "\ufeff"


class Text:
    """A text and where its lines begin."""

    def __init__(self, text: str) -> None:
        self.text = text

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

    def offset(self, position: Position, encoding: Encoding) -> int:
        """Where a position lies; one behind the end of its line is that end, as the protocol has it."""
        if position.line >= len(self.starts):
            return len(self.text)
        start = self.starts[position.line]
        end = self.starts[position.line + 1] if position.line + 1 < len(self.starts) else len(self.text)
        line = self.text[start:end].rstrip("\r\n")
        return start + _points(line, position.character, encoding)

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of an offset."""
        line = bisect_right(self.starts, offset) - 1
        return Position(line, units(self.text[self.starts[line] : offset], encoding))

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
