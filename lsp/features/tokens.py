"""Semantic tokens: the legend, and tokens as the protocol numbers them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
    data: list[int] = []
    lines = source.lines
    is_plain = len(text.starts) == text.text.count("\n") + 1 and not text.text.startswith("\ufeff")
    last_line = last_start = 0
    plain_line, is_ascii = 0, False
    for line, column, end, type, modifiers in tokens:
        if is_plain:
            if line != plain_line:
                plain_line, is_ascii = line, encoding is Encoding.Utf32 or lines[line - 1].isascii()
            start, length = column - 1, end - column
            if not is_ascii:
                words = lines[line - 1]
                length = units(words[start : end - 1], encoding)
                start = units(words[:start], encoding)
            number = line - 1
        else:
            place = text.position(text.at(line, column), encoding)
            number, start = place.line, place.character
            length = units(lines[line - 1][column - 1 : end - 1], encoding)
        if length <= 0:
            continue
        data += (
            number - last_line,
            start - last_start if number == last_line else start,
            length,
            types[type],
            modifiers,
        )
        last_line, last_start = number, start
    return data


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
