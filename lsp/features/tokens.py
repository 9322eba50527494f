"""Semantic tokens: the legend, and tokens as the protocol numbers them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lsprotocol import types as t

from lsp.convert import Encoding, Text, units
from qbcc.edits import common
from qbcc.source import SourceFile

TYPES: Final = tuple(kind.value for kind in t.SemanticTokenTypes)
QUANTUM: Final = "quantum"
"""The one modifier that is ours: what acts on qubits, or is one."""
MODIFIERS: Final = (*(modifier.value for modifier in t.SemanticTokenModifiers), QUANTUM)
LEGEND: Final = t.SemanticTokensLegend(TYPES, MODIFIERS)
_NUMBERS: Final = {name: number for number, name in enumerate(t.SemanticTokenTypes)}
_KNOWN_INSTEAD: Final = {"label": "function", "decorator": "macro", "enumMember": "variable", "parameter": "variable"}

Token = tuple[int, int, int, int, int]
"""Line, column, end column, as spans count them; type and modifiers, as the legend has them."""


def kind(name: t.SemanticTokenTypes) -> int:
    """The number of a type."""
    return _NUMBERS[name]


def bits(*names: t.SemanticTokenModifiers | str) -> int:
    """Modifiers as a number."""
    return sum(1 << MODIFIERS.index(name if isinstance(name, str) else name.value) for name in names)


def known(types: Collection[str] | None) -> tuple[int, ...]:
    """By type, the number that is told to an editor which knows these types: of one that it does not know, a near
    one."""
    found = []
    for number, name in enumerate(TYPES):
        other = _KNOWN_INSTEAD.get(name)
        found.append(TYPES.index(other) if types and name not in types and other is not None else number)
    return tuple(found)


def encoded(
    tokens: Iterable[Token], source: SourceFile, text: Text, encoding: Encoding, types: tuple[int, ...]
) -> list[int]:
    """Five numbers for each token, relative to the one before it."""
    placed = _by_line(tokens, source, encoding) if is_plain(text) else _by_offset(tokens, source, text, encoding)
    data: list[int] = []
    last_line = last_start = 0
    for line, start, length, type, modifiers in placed:
        data += (line - last_line, start - last_start if line == last_line else start, length, types[type], modifiers)
        last_line, last_start = line, start
    return data


@dataclass(frozen=True, slots=True)
class Numbered:
    """Tokens as numbers that stay when the text before them grows: the first one's line counts from some line on."""

    data: list[int]
    lines: int
    """From that line to the last token's."""
    start: int
    """Where the last token begins in its line."""

    @classmethod
    def of(cls, data: list[int], line: int) -> Numbered:
        """Of numbers that count from the start of the text; now they count from a line (from 0)."""
        if not data:
            return cls(data, 0, 0)
        data = [data[0] - line, *data[1:]]
        start, at = data[-4], len(data) - 5
        while at and not data[at]:
            at -= 5
            start += data[at + 1]
        return cls(data, sum(data[::5]), start)


def joined(pieces: Iterable[tuple[int, Numbered]]) -> list[int]:
    """Numbers that follow each other, each with the line that they count from."""
    data: list[int] = []
    last_line = last_start = 0
    for line, piece in pieces:
        if piece.data:
            place = len(data)
            data += piece.data
            data[place] += line - last_line
            if not data[place]:
                data[place + 1] -= last_start
            last_line, last_start = line + piece.lines, piece.start
    return data


def is_plain(text: Text) -> bool:
    """Whether an editor has the same lines in it as the compilers, each beginning at the same character."""
    return text.is_plain


def _by_line(tokens: Iterable[Token], source: SourceFile, encoding: Encoding) -> Iterator[Token]:
    """Line and start as editors count them, and the length, where both sides have the same lines."""
    last, words, is_ascii = 0, "", False
    for line, column, end, type, modifiers in tokens:
        if line != last:
            last, words = line, source.lines[line - 1]
            is_ascii = encoding is Encoding.Utf32 or words.isascii()
        start, length = column - 1, end - column
        if not is_ascii:
            length = units(words[start : end - 1], encoding)
            start = units(words[:start], encoding)
        yield line - 1, start, length, type, modifiers


def _by_offset(tokens: Iterable[Token], source: SourceFile, text: Text, encoding: Encoding) -> Iterator[Token]:
    """The same where a mark stands at the beginning, or a lone carriage return ends a line of an editor's."""
    for line, column, end, type, modifiers in tokens:
        for part in re.finditer("[^\r]+", source.lines[line - 1][column - 1 : end - 1]):
            place = text.position(text.at(line, column + part.start()), encoding)
            yield place.line, place.character, units(part[0], encoding), type, modifiers


def difference(old: list[int], new: list[int]) -> list[t.SemanticTokensEdit]:
    """The one stretch that changed, in whole tokens."""
    least = min(len(old), len(new))
    first = common(old, new, least)
    if first == len(old) == len(new):
        return []
    first -= first % 5
    behind = common(old[::-1], new[::-1], least - first)
    behind -= behind % 5
    return [t.SemanticTokensEdit(first, len(old) - first - behind, new[first : len(new) - behind])]
