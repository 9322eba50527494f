"""Names of a whole workspace that are like what was typed."""

from __future__ import annotations

from collections.abc import Iterable

from lsp.index import Declared

MOST = 256
"""Answers at most."""
Row = tuple[str, Declared]
"""A path, and what is declared there."""


def likeness(query: str, name: str) -> int | None:
    """How well a name goes with letters that were typed, more is better; None if they are not in it in this order.

    Letters that follow each other, begin a word of the name or have the same case count more."""
    if not query:
        return 0
    lower = name.lower()
    if query.lower() == lower:
        return 1000
    score, at, last = 0, 0, -2
    for letter in query:
        found = lower.find(letter.lower(), at)
        if found < 0:
            return None
        begins = found == 0 or name[found - 1] == "_" or (name[found].isupper() and name[found - 1].islower())
        score += 1 + 4 * (found == last + 1) + 6 * begins + (name[found] == letter)
        last, at = found, found + 1
    return 2 * score - len(name)


def found(query: str, rows: Iterable[Row]) -> list[Row]:
    """The best ones first."""
    letters = "".join(query.split())
    judged = [(score, row) for row in rows if (score := likeness(letters, row[1].name)) is not None]
    judged.sort(key=lambda each: (-each[0], each[1][1].name, each[1][0], each[1][1].line))
    return [row for _, row in judged[:MOST]]
