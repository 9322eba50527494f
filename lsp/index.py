"""Names and their places: what hovers, definitions and references look up."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol.types import SymbolKind

from qbcc.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Declared:
    """A name that a source declares."""

    name: str
    kind: SymbolKind
    line: int
    """As editors count, from 0."""
    before: str
    """What stands before it on its line."""
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name at a place."""

    span: Span
    what: Hashable
    """The same for all places of one thing."""
    is_definition: bool = False
    node: Any = None
    """Of an expression of σ: its node."""


class Index:
    """All names of the files that belong to a document."""

    def __init__(self, found: Iterable[Occurrence]) -> None:
        of: defaultdict[Hashable, list[Occurrence]] = defaultdict(list)
        self.of: Mapping[Hashable, list[Occurrence]] = of
        """The places of each thing; none for what is nowhere."""
        self._by_source: defaultdict[SourceFile, list[Occurrence]] = defaultdict(list)
        for each in found:
            of[each.what].append(each)
            self._by_source[each.span.source].append(each)
        for there in self._by_source.values():
            there.sort(key=_place)

    def at(self, source: SourceFile, line: int, column: int) -> Occurrence | None:
        """The name at a place; one that ends there counts too, if none begins."""
        there = self._by_source.get(source, [])
        # A name has no blank, so of those which begin before the place, the last one is the one.
        number = bisect_right(there, (line, column), key=_place) - 1
        if number < 0:
            return None
        span = there[number].span
        return there[number] if span.line == line and span.column <= column <= span.end_column else None

    def definition(self, what: Hashable) -> Occurrence | None:
        """Where a thing gets its name."""
        return next((each for each in self.of.get(what, []) if each.is_definition), None)


def _place(occurrence: Occurrence) -> tuple[int, int]:
    return occurrence.span.line, occurrence.span.column
