"""What must be true of an editor's answers, whatever was asked of whatever text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lsprotocol import types as t

from lsp.convert import Encoding, units


def check(method: str, found: Any, text: str, encoding: Encoding) -> None:
    """Raises :class:`AssertionError`."""
    ends = [units(line, encoding) for line in re.split(r"\r\n|\r|\n", text)]
    match method:
        case t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL | t.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE if found is not None:
            _tokens(found.data, ends)
        case t.TEXT_DOCUMENT_DOCUMENT_SYMBOL:
            _symbols(found or [], ends)
        case t.TEXT_DOCUMENT_SELECTION_RANGE:
            for each in found or []:
                _selection(each, ends)
        case t.TEXT_DOCUMENT_FOLDING_RANGE:
            starts = [each.start_line for each in found or []]
            assert starts == sorted(set(starts))
            assert all(each.start_line < each.end_line < len(ends) for each in found or [])
        case t.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT | t.TEXT_DOCUMENT_DOCUMENT_LINK:
            places = [(each.range.start.line, each.range.start.character) for each in found or []]
            assert len(places) == len(set(places))
            for each in found or []:
                _range(each.range, ends)


def _range(range: t.Range, ends: list[int]) -> None:
    for place in (range.start, range.end):
        assert 0 <= place.line < len(ends)
        assert 0 <= place.character <= ends[place.line]
    assert _place(range.start) <= _place(range.end)


def _place(position: t.Position) -> tuple[int, int]:
    return position.line, position.character


def _holds(outer: t.Range, inner: t.Range) -> bool:
    return _place(outer.start) <= _place(inner.start) and _place(inner.end) <= _place(outer.end)


def _tokens(data: Iterable[int], ends: list[int]) -> None:
    """In the text, in order, none over another."""
    numbers = list(data)
    line = start = end = 0
    for at in range(0, len(numbers), 5):
        down, right, length = numbers[at : at + 3]
        assert down >= 0
        assert length > 0
        line, start = line + down, right if down else start + right
        assert down or at == 0 or start >= end
        end = start + length
        assert end <= ends[line]


def _symbols(found: Iterable[t.DocumentSymbol | t.SymbolInformation], ends: list[int]) -> None:
    for each in found:
        assert each.name.strip()
        if isinstance(each, t.SymbolInformation):
            _range(each.location.range, ends)
            continue
        _range(each.range, ends)
        assert _holds(each.range, each.selection_range)
        _symbols(each.children or [], ends)


def _selection(found: t.SelectionRange, ends: list[int]) -> None:
    each: t.SelectionRange | None = found
    while each is not None:
        _range(each.range, ends)
        if each.parent is not None:
            assert _holds(each.parent.range, each.range)
            assert each.parent.range != each.range
        each = each.parent
