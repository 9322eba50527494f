"""What a circuit is made of: steps in order, and choices that outcomes make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from vm.circuit.values import Value
from vm.quantum.tape import Step


@dataclass(frozen=True)
class Choice:
    """One outcome decides which of two sequences is done."""

    bit: int
    """Number of the outcome."""
    one: tuple[Item, ...]
    zero: tuple[Item, ...]


Item: TypeAlias = "Step | Choice"


@dataclass(frozen=True)
class Note:
    """Something that the circuit does not show, with the instruction that it is about."""

    pc: int
    text: str


@dataclass(frozen=True)
class Circuit:
    """The circuit of a program."""

    items: tuple[Item, ...]
    bits: int
    """Outcomes."""
    places: dict[int, int]
    """Of each outcome, the instruction that measured it first."""
    records: tuple[tuple[str, Value], ...] | None
    """What the program records, in order; None where outcomes decide it in a way that was not followed."""
    notes: tuple[Note, ...]

    @property
    def handles(self) -> list[int]:
        """The qubits to which something is done, ascending."""
        return sorted({handle for step in steps(self.items) for handle in step.qubits})

    @property
    def has_choices(self) -> bool:
        """Whether an outcome decides something."""
        return any(isinstance(item, Choice) for item in self.items)


def steps(items: Sequence[Item]) -> Iterator[Step]:
    """Every step, those of both sides of each choice included."""
    for item in items:
        if isinstance(item, Choice):
            yield from steps(item.one)
            yield from steps(item.zero)
        else:
            yield item


def count(items: Sequence[Item]) -> int:
    """The number of steps and choices."""
    return sum(1 + count(item.one) + count(item.zero) if isinstance(item, Choice) else 1 for item in items)


def chosen(bits: Sequence[int], rows: Sequence[tuple[Item, ...] | None]) -> list[Item]:
    """Items for each assignment of some outcomes, as choices by one outcome each; None where it does not matter. What
    all begin or end with stands before or after the choice."""
    known = [row for row in rows if row is not None]
    if not known:
        return []
    first = known[0]
    if all(row == first for row in known):
        return list(first)
    shortest = min(map(len, known))
    start = 0
    while start < shortest and all(row[start] == first[start] for row in known):
        start += 1
    end = 0
    while end < shortest - start and all(row[-1 - end] == first[-1 - end] for row in known):
        end += 1
    inner = [None if row is None else row[start : len(row) - end] for row in rows]
    # The earliest outcome first: a later one may be measured only where that is so.
    earliest, *later = bits
    halves = inner[0::2], inner[1::2]
    zero, one = (chosen(later, half) for half in halves)
    # Of halves that do not matter, the other holds.
    if all(row is None for row in halves[0]):
        zero = one
    elif all(row is None for row in halves[1]):
        one = zero
    middle: list[Item] = zero if zero == one else [Choice(earliest, tuple(one), tuple(zero))]
    return [*first[:start], *middle, *first[len(first) - end :]]


def spread(bits: Sequence[int], values: Sequence[tuple[frozenset[int], tuple[Item, ...]]]) -> list[Item]:
    """Items of arms, each with the rows that lead to it."""
    rows: list[tuple[Item, ...] | None] = [None] * (1 << len(bits))
    for members, items in values:
        for row in members:
            rows[row] = items
    return chosen(bits, rows)
