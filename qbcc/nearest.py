"""The name that was meant, by its spelling: for the messages of every language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MAX_LENGTH: Final = 40


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that a word is a slip of: one that differs by at most a letter in four, and by two in a
    word of six or more; letters that changed places count once.

    Of several that are equally near, the one in the same case, then the one with the longest beginning in common, then
    the first."""
    most = 0 if len(word) < 3 or len(word) > _MAX_LENGTH else 1 if len(word) < 6 else 2
    best, found = most + 1, None
    rank = (False, 0)
    folded = word.lower()
    letters = set(folded)
    for name in known:
        if name == word or abs(len(name) - len(word)) > min(best, most) or len(name) <= most:
            continue
        other = name.lower()
        # A step adds or takes out one letter of the set at most, or changes one for another.
        if len(letters.symmetric_difference(other)) > 2 * min(best, most):
            continue
        distance = _distance(folded, other, min(best, most) + 1)
        own = (name.islower() == word.islower(), _common(folded, other))
        if distance < best or (distance == best and found is not None and own > rank):
            best, found, rank = distance, name, own
    return found


def same_but_case(word: str, known: Iterable[str]) -> str | None:
    """Return a known name that differs from a word in capitals only."""
    folded = word.lower()
    return next((name for name in known if name.lower() == folded and name != word), None)


def _common(a: str, b: str) -> int:
    """Return the number of letters that two words have in common from their start."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


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
