"""Of many names, those that an editor has a use for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

MOST: Final = 200
"""Names that are offered at once. To send a thousand takes longer than somebody types a letter, and nobody reads them:
the next letter brings others."""
_T = TypeVar("_T")


@dataclass(slots=True)
class Narrowing:
    """By the letters that are written already."""

    written: str
    most: int = MOST
    is_part: bool = False
    """Whether something was left out."""

    def of(self, names: Mapping[str, _T], rank: Callable[[_T], int]) -> Mapping[str, _T]:
        """All names if they are few, else the first of those that have the letters in their order; those that begin
        with them come before others, then lower ranks do."""
        if len(names) <= self.most:
            return names
        self.is_part = True
        letters = self.written.lower()
        lower = [(name.lower(), name) for name in names]
        fitting = [each for each in lower if goes_with(each[0], letters)] if letters else lower
        places = sorted((not low.startswith(letters), rank(names[name]), low, name) for low, name in fitting)
        return {name: names[name] for *_, name in places[: self.most]}


def goes_with(name: str, letters: str) -> bool:
    """Whether a name has the letters in their order; both in lower case."""
    rest = iter(name)
    return all(letter in rest for letter in letters)
