"""Programs of any control flow on every engine and on the model; ``python -m tests.fuzz graphs 50000`` runs more."""

from __future__ import annotations

import os

import pytest

from tests.graph_cases import compare_graph


@pytest.fixture(autouse=True)
def _without_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QBC_CACHE_DIR", f"{os.devnull}/none")


@pytest.mark.parametrize("start", range(0, 20, 5))
def test_programs_of_any_control_flow(start: int) -> None:
    for seed in range(start, start + 5):
        compare_graph(seed)
