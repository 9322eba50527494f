"""qbc_sort.qbc against Python's sorted."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import INT64, SCRATCH, lib, quick
from vm.isa import CODE_BASE
from vm.machine import TrapError

WORK = SCRATCH + 0x10_0000
# Words are compared by their low four bits, so that many are equal. The last line takes the routine's address, so that
# it may be called.
LOW_BITS = (
    "low_bits: QAND r0, 15\nQAND r1, 15\nQSUB r0, r1\nQMOV r1, 0.5\nQMOV r2, 0.5\nQMOV r3, 0.5\nQRET\nQMOV r0, low_bits"
)


@quick
@given(st.lists(INT64, max_size=40))
def test_integers(values: list[int]) -> None:
    sort = lib("qbc_sort.qbc")
    sort.words([*values, 77])
    sort.call("qbc_sort_ints", SCRATCH, len(values), WORK)
    found = np.frombuffer(sort.bytes_at(SCRATCH, 8 * len(values) + 8), "<i8").tolist()
    assert found == [*sorted(values), 77]
    wanted = values[0] if values else 5
    assert sort.call("qbc_search_ints", SCRATCH, len(values), wanted) == sum(v < wanted for v in values)


@quick
@given(st.lists(st.floats(), max_size=40))
def test_floats(values: list[float]) -> None:
    sort = lib("qbc_sort.qbc")
    values = [math.nan if v != v else v for v in values]
    sort.put(struct.pack(f"<{len(values) + 1}d", *values, 7.0))
    sort.call("qbc_sort_floats", SCRATCH, len(values), WORK)
    expected = sorted(values, key=lambda v: (v != v, 0 if v != v else v, math.copysign(1, v)))
    assert sort.bytes_at(SCRATCH, 8 * len(values) + 8) == struct.pack(f"<{len(values) + 1}d", *expected, 7.0)


@quick
@given(st.lists(st.integers(0, 1000), max_size=40))
def test_by_a_routine_and_stable(values: list[int]) -> None:
    sort = lib("qbc_sort.qbc", LOW_BITS)
    sort.words(values)
    routine = next(s.value for s in sort.machine.program.object.symbols if s.name == "low_bits")
    sort.call("qbc_sort_by", SCRATCH, len(values), WORK, CODE_BASE + routine)
    found = np.frombuffer(sort.bytes_at(SCRATCH, 8 * len(values)), "<i8").tolist()
    assert found == sorted(values, key=lambda v: v & 15)


@pytest.mark.parametrize("size", [1 << 15, 40_001])
def test_many(size: int) -> None:
    sort = lib("qbc_sort.qbc")
    values = np.random.default_rng(3).integers(-(2**63), 2**63 - 1, size)
    sort.put(values.astype("<i8").tobytes())
    sort.call("qbc_sort_ints", SCRATCH, size, WORK)
    assert np.array_equal(sort.machine.view(SCRATCH, size, "<i8"), np.sort(values))


@pytest.mark.parametrize("name", ["qbc_sort_ints", "qbc_sort_floats"])
@pytest.mark.parametrize("count", [-1, (1 << 33) + 1])
def test_a_count_that_cannot_be(name: str, count: int) -> None:
    with pytest.raises(TrapError, match="number of words"):
        lib("qbc_sort.qbc").call(name, SCRATCH, count, WORK)
