"""Random edits; ``python -m tests.fuzz lsp 500`` makes 10,000."""

from __future__ import annotations

from tests.fuzz.editor import EDITS, programs, try_edits


def test_random_edits() -> None:
    ends = [try_edits(seed) for seed in range(12)]
    assert EDITS * len(ends) >= 240
    assert len(set(ends)) > 3, "the edits break programs in few ways"
    assert {name.rpartition(".")[2] for name, _ in programs()} == {"qbc", "sigma", "json"}
