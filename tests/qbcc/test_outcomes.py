"""Names of outcomes: one order, which the heading says, whatever was recorded."""

from __future__ import annotations

import itertools

import pytest

from qbcc.observe.outcomes import heading, label, labels, listed
from vm.machine import Outcome
from vm.shots import Path, Value


def path(*values: Value, status: int = 0, shots: int = 1) -> Path:
    recorded = tuple((f"c{number}", value) for number, value in enumerate(values))
    return Path(shots, recorded, b"", Outcome(status, None, 0))


def test_the_first_record_is_rightmost_in_every_form() -> None:
    """Records 1, 3 and 0 beside 1, 0 and 0: both read from right to left."""
    assert labels([path(1, 3, 0), path(1, 0, 0)]) == ["0, 3, 1", "0, 0, 1"]
    assert labels([path(1, 1, 0), path(1, 0, 0)]) == ["011", "001"]


@pytest.mark.parametrize("values", list(itertools.product([0, 1, 3, 0.5], repeat=3)))
def test_a_table_has_one_form(values: tuple[Value, ...]) -> None:
    runs = [path(*values), path(1, 0, 0)]
    for name, found in zip(labels(runs), runs, strict=True):
        parts = name.split(", ") if ", " in name else list(name)
        assert [float(part) for part in reversed(parts)] == [float(value) for _, value in found.recorded]
    assert len({", " in name for name in labels(runs)}) == 1


def test_a_heading_says_the_order() -> None:
    assert heading(1000, [path(1, 0), path(0, 3)]) == "1,000 shots of c0, c1 (first rightmost)"
    assert heading(1000, [path(1), path(0)]) == "1,000 shots of c0"
    assert heading(3, [path()]) == "3 shots"
    assert heading(2, [path(), path(1, 1)]) == "2 shots of c0, c1 (first rightmost)"
    assert heading(1, [path(*range(9))]).endswith("c6, c7, … (first rightmost)")


def test_names_by_themselves() -> None:
    assert label(path(1, 0)) == "01"
    assert listed(path(1, 0)) == "0, 1"
    assert label(path(1, 2, status=3)) == "2, 1 [status 3]"
    assert label(path(status=82)) == "nothing [status 82]"
    # A float is not a bit, whatever its value.
    assert label(path(1.0, 0)) == "0, 1.0"
