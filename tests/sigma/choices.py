"""Where generators of programs take their choices from: numbers below a bound, of which 0 is always the simplest."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")


class Choices(Protocol):
    """What a generator asks."""

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound - 1``."""


class Drawn:
    """Hypothesis chooses, and so shrinks what fails."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def below(self, bound: int) -> int:
        return self._draw(st.integers(0, bound - 1)) if bound > 1 else 0


class Seeded:
    """Chance chooses, quickly; the choices are kept."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.made: list[int] = []

    def below(self, bound: int) -> int:
        self.made.append(self._rng.randrange(bound))
        return self.made[-1]


class Replayed:
    """Choices that were made; behind their end always the simplest."""

    def __init__(self, choices: Sequence[int]) -> None:
        self._choices = iter(choices)
        self.made: list[int] = []

    def below(self, bound: int) -> int:
        self.made.append(min(next(self._choices, 0), bound - 1))
        return self.made[-1]


def strategy(make: Callable[[Choices], T]) -> SearchStrategy[T]:
    """What a generator makes, for hypothesis."""

    @st.composite
    def drawn(draw: DrawFn) -> T:
        return make(Drawn(draw))

    return drawn()


def shrunk(choices: Sequence[int], fails: Callable[[Choices], bool], tries: int = 3000) -> list[int]:
    """Fewer and smaller choices with which something still fails: stretches are left out, then numbers made less."""
    best = list(choices)

    def improves(some: list[int]) -> bool:
        nonlocal best, tries
        if tries <= 0 or some == best:
            return False
        tries -= 1
        replayed = Replayed(some)
        if not fails(replayed):
            return False
        made = replayed.made
        while made and not made[-1]:
            made.pop()
        if (len(made), made) >= (len(best), best):
            return False
        best = made
        return True

    before: list[int] = []
    while before != best and tries > 0:
        before = best
        size = max(len(best) // 2, 1)
        while size:
            at = len(best) - size
            while at >= 0:
                improves(best[:at] + best[at + size :])
                at -= max(size // 2, 1)
            size //= 2
        for place in range(len(best)):
            for less in (0, 1):
                if place < len(best) and best[place] > less and improves([*best[:place], less, *best[place + 1 :]]):
                    break
    return best
