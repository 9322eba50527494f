"""The name that was meant, by its spelling: for the messages of every language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MAX_LENGTH: Final = 40


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that a word is a slip of: one that differs by at most a letter in four, and by two in a
    word of six or more; letters that changed places count once. The first of several that are equally near."""
    most = 0 if len(word) < 3 or len(word) > _MAX_LENGTH else 1 if len(word) < 6 else 2
    best, found = most + 1, None
    folded = word.lower()
    letters = set(folded)
    for name in known:
        if name == word or abs(len(name) - len(word)) >= best or len(name) <= most:
            continue
        other = name.lower()
        # A step adds or takes out one letter of the set at most, or changes one for another.
        if len(letters.symmetric_difference(other)) > 2 * (best - 1):
            continue
        distance = _distance(folded, other, best)
        if distance < best:
            best, found = distance, name
    return found


def same_but_case(word: str, known: Iterable[str]) -> str | None:
    """Return a known name that differs from a word in capitals only."""
    folded = word.lower()
    return next((name for name in known if name.lower() == folded and name != word), None)


def _distance(a: str, b: str, bound: int) -> int:
    """Return the number of letters to insert, take out, change or swap (Damerau's distance of adjacent letters), or
    ``bound`` if it is not below."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before = before, row
        row = [i]
        for j, y in enumerate(b, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                least = min(least, older[j - 2] + 1)
            row.append(least)
        if min(row) >= bound:
            return bound
    return row[-1]
