"""A bounded part of the fuzz; ``make fuzz-long`` runs 100,000 of each kind."""

from __future__ import annotations

from tests.fuzz.cases import fuzz


def test_no_mutation_crashes_or_hangs() -> None:
    totals = fuzz(2000)
    assert {kind: sum(counter.values()) for kind, counter in totals.items()} == {"object": 2000, "source": 2000}
    assert totals["object"]["refused"] > 500
    assert sum(totals["object"].values()) - totals["object"]["refused"] > 100
