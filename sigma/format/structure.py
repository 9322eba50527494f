"""Statements and declarations as stretches of tokens. The source must be free of syntax errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A statement, a declaration or a field, from its first to its last token."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Part:
    """A head and the block behind it."""

    first: int
    open: int
    close: int
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Compound(Item):
    """What has blocks: of an ``if``, one for each of its ways."""

    parts: Sequence[Part]


_BLOCKS = frozenset({"IF", "WHILE", "FOR", "{"})


class Structure:
    """Finds them."""

    def __init__(self, kinds: Sequence[str], closes: Mapping[int, int]) -> None:
        self.kinds = kinds
        self.closes = closes

    def declarations(self) -> list[Item]:
        """All of a source."""
        found: list[Item] = []
        at, end = 0, len(self.kinds) - 1
        while at < end:
            match self.kinds[at]:
                case "FN" | "EXPORT" | "GATE":
                    found.append(self._compound(at))
                case "RECORD":
                    open_ = self._until(at, "{")
                    close = self.closes[open_]
                    found.append(Compound(at, close, [Part(at, open_, close, self._fields(open_ + 1, close))]))
                case _:
                    found.append(Item(at, self._until(at, ";")))
            at = found[-1].last + 1
        return found

    def _until(self, at: int, kind: str) -> int:
        """The next token of a kind that stands in no bracket."""
        while self.kinds[at] != kind:
            at = self.closes.get(at, at) + 1
        return at

    def _fields(self, at: int, end: int) -> list[Item]:
        found = []
        start = at
        while at < end:
            if self.kinds[at] in (";", ","):
                found.append(Item(start, at))
                start = at + 1
            at = self.closes.get(at, at) + 1
        if start < end:
            found.append(Item(start, end - 1))
        return found

    def _statements(self, at: int, end: int) -> list[Item]:
        found: list[Item] = []
        while at < end:
            found.append(self._statement(at))
            at = found[-1].last + 1
        return found

    def _statement(self, at: int) -> Item:
        if self.kinds[at] == "ASM":
            return Item(at, at)
        if self.kinds[at] in _BLOCKS:
            return self._compound(at)
        return Item(at, self._until(at, ";"))

    def _compound(self, first: int) -> Compound:
        parts: list[Part] = []
        at = first
        while True:
            open_ = self._until(at, "{")
            close = self.closes[open_]
            parts.append(Part(at, open_, close, self._statements(open_ + 1, close)))
            at = close + 1
            if self.kinds[at] != "ELSE":
                return Compound(first, close, parts)
