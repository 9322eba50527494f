"""Semantic tokens: the legend, and tokens as the protocol numbers them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from lsprotocol import types as t

from lsp.convert import Encoding, Text, units
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
    is_plain = len(text.starts) == text.text.count("\n") + 1 and not text.text.startswith("\ufeff")
    placed = _by_line(tokens, source, encoding) if is_plain else _by_offset(tokens, source, text, encoding)
    data: list[int] = []
    last_line = last_start = 0
    for line, start, length, type, modifiers in placed:
        data += (line - last_line, start - last_start if line == last_line else start, length, types[type], modifiers)
        last_line, last_start = line, start
    return data


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
    first = next((at for at in range(least) if old[at] != new[at]), least)
    if first == len(old) == len(new):
        return []
    first -= first % 5
    behind = next((at for at in range(least - first) if old[-1 - at] != new[-1 - at]), least - first)
    behind -= behind % 5
    return [t.SemanticTokensEdit(first, len(old) - first - behind, new[first : len(new) - behind])]
