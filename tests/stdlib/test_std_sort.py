"""std.sort against Python's sorted and bisect, and NumPy."""

from __future__ import annotations

import bisect
import math
import random
import statistics
from typing import Any

import numpy as np
import pytest

from tests.stdlib.std_harness import SCRATCH, Std, std

ORDER = SCRATCH + 0x100_0000


@pytest.fixture(scope="module")
def lib() -> Std:
    return std("sort", max_instructions=200_000_000)


def killer(n: int) -> list[int]:
    """A row on which the middle one of three is always nearly the least (Musser, 1997), for a plain quicksort."""
    half = n // 2
    row = [0] * n
    for i in range(1, half + 1):
        if i % 2:
            row[i - 1], row[i] = i, half + i
        row[half + i - 1] = 2 * i
    return row


def shapes(kind: type) -> list[list[Any]]:
    draw = random.Random(1)
    rows = [[], [5], [2, 1], [1, 2], list(range(100)), list(range(100, 0, -1)), [7] * 200, killer(600)]
    rows += [
        [draw.randrange(most) - most // 2 for _ in range(n)] for n in (3, 16, 17, 18, 50, 400) for most in (3, 2**63)
    ]
    rows += [list(range(150)) + list(range(150, 0, -1)), [k % 7 for k in range(300)], [0, *range(1, 300), 0]]
    return [list(map(kind, row)) for row in rows]


@pytest.mark.parametrize("kind", [int, float])
def test_every_shape(lib: Std, kind: type) -> None:
    name = f"{kind.__name__}s"
    for row in shapes(kind):
        lib.do(name, *lib.array(row))
        found = getattr(lib, name)(len(row))
        assert found == sorted(row)
        assert lib.call(f"is_sorted_{name}", SCRATCH, len(row)) == 1
        assert lib.call(f"is_sorted_{name}", *lib.array(row)) == (row == sorted(row))


@pytest.mark.parametrize("kind", [int, float])
def test_heapsort_is_what_quicksort_falls_back_on(kind: type) -> None:
    name = f"{kind.__name__}s"
    extra = f"export fn deep(a: [{kind.__name__}]) {{ sort.quick_{name}(a, 0, len(a), 0); }}"
    extra += f"export fn heap(a: [{kind.__name__}]) {{ sort.heap_{name}(a); }}"
    lib = Std(f"import std.sort;\n{extra}\nfn main() {{}}")
    for row in shapes(kind):
        lib.do("heap", *lib.array(row))
        assert getattr(lib, name)(len(row)) == sorted(row)
        if len(row) > 16:
            lib.do("deep", *lib.array(row))
            assert getattr(lib, name)(len(row)) == sorted(row)


def test_time_grows_as_it_should_whatever_the_row(lib: Std) -> None:
    n = 20_000
    for row in (list(range(n)), list(range(n, 0, -1)), [3] * n, killer(n), [k * 7919 % n for k in range(n)]):
        address = lib.array(row)
        before = lib.machines[0].count
        lib.do("ints", *address)
        assert lib.machines[0].count - before < 50 * n * math.log2(n)
        assert lib.ints(n) == sorted(row)


SPECIAL = [math.nan, 1.0, -0.0, math.inf, 0.0, math.nan, -math.inf, 5e-324, -1.0, math.nan, 0.0, -0.0]


def test_numbers_that_are_none_come_last(lib: Std) -> None:
    lib.do("floats", *lib.array(SPECIAL))
    found = lib.floats(len(SPECIAL))
    assert found[:9] == [-math.inf, -1.0, 0.0, 0.0, 0.0, 0.0, 5e-324, 1.0, math.inf]
    assert all(map(math.isnan, found[9:]))
    assert lib.call("is_sorted_floats", SCRATCH, 12) == 1
    assert lib.call("unique_floats", SCRATCH, 12) == 7
    assert repr(lib.call("nth_float", *lib.array(SPECIAL), 10)) == "nan"
    assert lib.call("nth_float", *lib.array(SPECIAL), 8) == math.inf
    assert repr(lib.call("median_floats", *lib.array(SPECIAL))) == "nan"
    lib.array(SPECIAL)
    lib.do("floats", SCRATCH, 12)
    assert lib.call("lower_floats", SCRATCH, 12, math.nan) == lib.call("find_floats", SCRATCH, 12, math.nan) == 9
    assert lib.call("upper_floats", SCRATCH, 12, math.nan) == 12
    assert lib.call("upper_floats", SCRATCH, 12, math.inf) == 9
    assert lib.call("is_sorted_floats", *lib.array([math.nan, 1.0])) == 0


@pytest.mark.parametrize("kind", [int, float])
def test_order_is_stable(lib: Std, kind: type) -> None:
    name = f"{kind.__name__}s"
    rows = [row for row in shapes(kind) if row]
    if kind is float:
        rows.append(SPECIAL)
    for row in rows:
        n = len(row)
        lib.do(f"argsort_{name}", *lib.array(row), *lib.array([0] * n, ORDER))
        found = lib.ints(n, ORDER)
        assert found == np.argsort(np.array(row), kind="stable").tolist()
        lib.do(f"permute_{name}", SCRATCH, n, ORDER, n)
        assert repr(getattr(lib, name)(n)) == repr([row[k] for k in found])
    assert lib.message(f"argsort_{name}", SCRATCH, 2, ORDER, 3) == "argsort_ints: the arrays must be of one length"
    assert lib.message(f"permute_{name}", SCRATCH, 2, ORDER, 3) == f"permute_{name}: the arrays must be of one length"


@pytest.mark.parametrize("kind", [int, float])
def test_searching(lib: Std, kind: type) -> None:
    name = f"{kind.__name__}s"
    for row in map(sorted, shapes(kind)):
        args = lib.array(row)
        for x in {*row[:8], *row[-3:], kind(-1), kind(4), kind(2**62)}:
            assert lib.call(f"lower_{name}", *args, x) == bisect.bisect_left(row, x)
            assert lib.call(f"upper_{name}", *args, x) == bisect.bisect_right(row, x)
            assert lib.call(f"find_{name}", *args, x) == (row.index(x) if x in row else -1)


@pytest.mark.parametrize("kind", [int, float])
def test_places_and_middles(lib: Std, kind: type) -> None:
    name = kind.__name__
    for row in shapes(kind):
        for k in {0, len(row) // 3, len(row) - 1} if row else ():
            assert lib.call(f"nth_{name}", *lib.array(row), k) == sorted(row)[k]
            after = getattr(lib, f"{name}s")(len(row))
            assert sorted(after) == sorted(row)
            assert max(after[:k], default=after[k]) <= after[k] <= min(after[k:])
        if row:
            assert lib.call(f"median_{name}s", *lib.array(row)) == pytest.approx(statistics.median(row), rel=1e-15)
    assert lib.message(f"nth_{name}", SCRATCH, 3, 3) == f"nth_{name}: there is no such place"
    assert lib.message(f"median_{name}s", SCRATCH, 0) == f"median_{name}s: there are no values"


@pytest.mark.parametrize("kind", [int, float])
def test_turning_round_and_once_each(lib: Std, kind: type) -> None:
    name = f"{kind.__name__}s"
    for row in shapes(kind):
        lib.do(f"reverse_{name}", *lib.array(row))
        assert getattr(lib, name)(len(row)) == row[::-1]
        count = lib.call(f"unique_{name}", *lib.array(sorted(row)))
        assert getattr(lib, name)(count) == sorted(set(row))
