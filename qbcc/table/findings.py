"""What validation finds: wrong entries, in the table's order, each told once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from qbcc.table.saved import TYPES

_HEXADECIMAL: Final = frozenset(
    ("id", "physical", "virtual", "inverse", "member0", "member1", "member2", "parent", "checksum")
)


def show(column: str, value: object) -> str:
    """A value as people read that column: ids, addresses and checksums in hexadecimal."""
    if column in _HEXADECIMAL and isinstance(value, int):
        return f"{value:#x}"
    return value if isinstance(value, str) else repr(value)


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong value."""

    table: str
    """``nodes``, ``triangles``, or ``payload`` for the whole."""
    index: int | None
    """Row of the table; None where the table as a whole is meant."""
    column: str
    """Column, ``rows`` for their number, ``j`` for the pair (j_re, j_im)."""
    found: int | float | str
    expected: int | float | str

    def __str__(self) -> str:
        place = self.table if self.index is None else f"{self.table.removesuffix('s')} {self.index}"
        return f"{place}: {self.column} is {show(self.column, self.found)}, expected {show(self.column, self.expected)}"


class Findings:
    """Collects wrong values; remembers which rows are wrong, so that what follows from them is not told as well."""

    def __init__(self, rows: dict[str, int], limit: int) -> None:
        """``rows`` by table; of each column the first ``limit`` wrong values are kept."""
        self.bad = {table: np.zeros(count, np.bool_) for table, count in rows.items()}
        self.limit = limit
        self._kept: list[Problem] = []
        self._count: dict[tuple[str, str], int] = {}

    def add(self, problem: Problem) -> None:
        """Keep a problem that no column comparison finds."""
        self._kept.append(problem)
        if problem.index is not None:
            self.bad[problem.table][problem.index] = True

    def mark(self, table: str, column: str, wrong: NDArray[np.bool_], first: int, found: Any, expected: Any) -> None:
        """Rows ``first`` on are wrong where ``wrong`` says so; ``expected`` is a column or one text for all."""
        places = np.flatnonzero(wrong)
        if len(places) == 0:
            return
        kept = self._count.get((table, column), 0)
        for place in places[: max(self.limit - kept, 0)].tolist():
            wanted = expected if isinstance(expected, str) else expected[place].item()
            self._kept.append(Problem(table, first + place, column, found[place].item(), wanted))
        self._count[table, column] = kept + len(places)
        self.bad[table][first + places] = True

    def compare(self, table: str, column: str, first: int, found: NDArray[Any], expected: NDArray[Any]) -> None:
        """Every bit of a column must be as expected."""
        same = np.ascontiguousarray(found).view(np.uint64) == np.ascontiguousarray(expected).view(np.uint64)
        self.mark(table, column, ~same, first, found, expected)

    def first(self) -> list[Problem]:
        """The first problems, by table, row and column; what concerns a whole table comes first."""
        tables = [*TYPES, "payload"]

        def order(problem: Problem) -> tuple[int, int, int]:
            columns = [*TYPES.get(problem.table, ())]
            column = columns.index(problem.column) if problem.column in columns else len(columns)
            return tables.index(problem.table), -1 if problem.index is None else problem.index, column

        return sorted(self._kept, key=order)[: self.limit]

    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not self._kept
