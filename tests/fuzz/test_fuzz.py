"""A bounded part of the fuzz; ``make fuzz-long`` runs 100,000 of each kind."""

from __future__ import annotations

import pytest

from tests.fuzz.cases import fuzz

# Legend: kind, how many, of which at least so many must be refused, and so many not.
AMOUNTS = (("object", 1500, 500, 50), ("image", 1500, 100, 500), ("source", 1500, 500, 20), ("tokens", 1000, 300, 20),
    ("layout", 500, 200, 50), ("sigma", 1000, 300, 100), ("circuit", 500, 100, 50), ("qasm", 500, 100, 10), ("noise", 500, 100, 50), ("answers", 1000, 200, 50), ("journal", 1000, 200, 50),
    ("cache", 150, 100, 0), ("object-engines", 50, 5, 5))  # fmt: skip


@pytest.mark.parametrize(("kind", "count", "refused", "accepted"), AMOUNTS)
def test_no_mutation_crashes_or_hangs(kind: str, count: int, refused: int, accepted: int) -> None:
    totals = fuzz(count, kinds=[kind])[kind]
    assert sum(totals.values()) == count
    bad = sum(number for end, number in totals.items() if end == "refused" or end.startswith(("E0", "S0")))
    assert bad >= refused, totals
    assert count - bad >= accepted, totals
