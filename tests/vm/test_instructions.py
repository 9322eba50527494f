"""Every instruction against the model, to the bit, corner values included."""

from __future__ import annotations

import dataclasses
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import model
from tests.model import Value
from tests.programs import rows
from vm.isa import BY_NAME, QUANTUM, Op
from vm.isa import OPS as ALL_OPS
from vm.machine import Machine, Outcome, Snapshot

OPS = [op for op in ALL_OPS if op.group != QUANTUM]
"""Quantum ones: tests/vm/test_quantum.py."""
CORNER_INTEGERS = [
    0,
    1,
    -1,
    2,
    3,
    7,
    -7,
    31,
    32,
    63,
    64,
    65,
    127,
    2**31,
    -(2**31),
    2**32,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
]
CORNER_FLOATS = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 0.1, 1e-320, -5e-324, 2.2e-308, 1e308, -1e308, 2.0**52, 2.0**53,
    2.0**63, -(2.0**63), 2.0**64, math.pi, 1e22, 710.0, -745.2, math.inf, -math.inf, math.nan,
]  # fmt: skip
INTEGERS = st.one_of(st.sampled_from(CORNER_INTEGERS), st.integers(-(2**63), 2**63 - 1), st.integers(-200, 200))
FLOATS = st.one_of(st.sampled_from(CORNER_FLOATS), st.floats(width=64), st.floats(-10, 10))
VALUES = st.one_of(INTEGERS, FLOATS)

# Row i is instruction OPS[i] with r0 as result and r1, r2, r3 as operands; jumps go to the last row.
_END = len(OPS)


def _row(op: Op) -> tuple[int, ...]:
    reads = iter((1, 2, 3, 4))
    return (op.code, *({"d": 0, "l": _END}[slot] if slot in "dl" else next(reads) for slot in op.slots))


class Bench:
    """One machine that executes any single instruction on any operands."""

    def __init__(self) -> None:
        self.machine = Machine(rows(*map(_row, OPS), (BY_NAME["QNOP"][0].code,)))
        self.start: Snapshot = self.machine.snapshot()

    def execute(self, op: Op, operands: tuple[Value, ...]) -> Outcome | None:
        machine = self.machine
        machine.restore(dataclasses.replace(self.start, pc=OPS.index(op)))
        for register, value in enumerate(operands, 1):
            machine.set(register, value)
        return machine.step()


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def same(found: Value, expected: Value) -> bool:
    if isinstance(expected, float):
        return isinstance(found, float) and model.bits(found) == model.bits(expected)
    return isinstance(found, int) and found == expected


def trap_name(outcome: Outcome | None) -> str | None:
    return outcome.trap.name if outcome is not None and outcome.trap is not None else None


COMPUTING = [op for op in OPS if op.name in model.RESULTS]
BRANCHING = [op for op in OPS if "l" in op.letters and len(op.letters) == 3]
LOADING = [op for op in OPS if op.name in model.LOADS]
STORING = [op for op in OPS if op.name in model.STORES]
SPECIAL = {"QLOADF", "QPUSH", "QPOP", "QJMP", "QCALL", "QRET", "QHALT", "QSYSCALL", "QNOP", "QBRK", "QTRAP", "QASSERT"}


def test_every_instruction_is_covered() -> None:
    tested = {op.name for op in (*COMPUTING, *BRANCHING, *LOADING, *STORING)}
    assert tested | SPECIAL == {op.name for op in OPS}


def _check_result(bench: Bench, op: Op, operands: tuple[Value, ...]) -> None:
    try:
        expected = model.RESULTS[op.name](*operands)
    except model.ModelTrap as trap:
        bench.machine.set(0, 0)
        assert trap_name(bench.execute(op, operands)) == str(trap), operands
        assert same(bench.machine.get(0), 0)
    else:
        assert bench.execute(op, operands) is None, operands
        assert same(bench.machine.get(0), expected), (op.name, operands, bench.machine.get(0), expected)
    assert bench.machine.count == 1


@pytest.mark.parametrize("op", COMPUTING, ids=lambda op: op.name)
def test_results(bench: Bench, op: Op) -> None:
    count = len(op.reads)

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.tuples(*[VALUES] * count))
    def check(operands: tuple[Value, ...]) -> None:
        _check_result(bench, op, operands)

    check()


@pytest.mark.parametrize("op", [op for op in COMPUTING if len(op.reads) <= 2], ids=lambda op: op.name)
def test_corner_values(bench: Bench, op: Op) -> None:
    corners: list[Value] = [*CORNER_INTEGERS[::2], -(2**63), *CORNER_FLOATS[::2], math.nan, -math.inf, -0.0]
    if len(op.reads) == 1:
        for a in (*CORNER_INTEGERS, *CORNER_FLOATS):
            _check_result(bench, op, (a,))
        return
    for a in corners:
        for b in corners:
            _check_result(bench, op, (a, b))


@pytest.mark.parametrize("op", BRANCHING, ids=lambda op: op.name)
def test_conditional_jumps(bench: Bench, op: Op) -> None:
    condition = model.CONDITIONS[op.name[2:]]

    @settings(max_examples=150, deadline=None, database=None)
    @given(VALUES, VALUES)
    def check(a: Value, b: Value) -> None:
        try:
            expected = condition(a, b)
        except model.ModelTrap as trap:
            assert trap_name(bench.execute(op, (a, b))) == str(trap)
            return
        assert bench.execute(op, (a, b)) is None
        assert bench.machine.pc == (_END if expected else OPS.index(op) + 1)

    check()


@pytest.mark.parametrize("name", ["QASSERT"])
def test_assert(bench: Bench, name: str) -> None:
    op = BY_NAME[name][0]
    for a in (*CORNER_INTEGERS, *CORNER_FLOATS):
        for b in (a, 1, 1.0):
            expected = None if model.CONDITIONS["EQ"](a, b) else "assert"
            assert trap_name(bench.execute(op, (a, b))) == expected, (a, b)


ADDRESSES = st.one_of(
    st.sampled_from(
        [0, 0xFF8, 0xFF9, 0xFFF, 0x1000, 0x1001, 0x1FFD, 2**36 - 8, 2**36 - 7, 2**36 - 1, 2**36, -1, -(2**63)]
    ),
    st.integers(0x1000, 0x100000),
    st.integers(-(2**63), 2**63 - 1),
)
OFFSETS = st.one_of(st.sampled_from([0, 1, -1, 8, -8, 2**63 - 1, -(2**63)]), st.integers(-4096, 4096), FLOATS)


@pytest.mark.parametrize("op", [*LOADING, BY_NAME["QLOADF"][0]], ids=lambda op: op.name)
def test_loads(bench: Bench, op: Op) -> None:
    width, extend = model.LOADS.get(op.name, (8, False))

    @settings(max_examples=120, deadline=None, database=None)
    @given(ADDRESSES, OFFSETS, st.binary(min_size=8, max_size=8))
    def check(base: int, offset: Value, content: bytes) -> None:
        machine = bench.machine
        try:
            address = model.address_of(base, offset, width)
        except model.ModelTrap as trap:
            assert trap_name(bench.execute(op, (base, offset))) == str(trap)
            return
        machine.restore(dataclasses.replace(bench.start, pc=OPS.index(op)))
        machine.view(address, width)[:] = np.frombuffer(content[:width], np.uint8)
        machine.set(1, base)
        machine.set(2, offset)
        assert machine.step() is None
        if op.name == "QLOADF":
            assert same(machine.get(0), struct.unpack("<d", content)[0])
        else:
            assert same(machine.get(0), model.signed(int.from_bytes(content[:width], "little", signed=extend)))

    check()


@pytest.mark.parametrize("op", STORING, ids=lambda op: op.name)
def test_stores(bench: Bench, op: Op) -> None:
    width = model.STORES[op.name]

    @settings(max_examples=120, deadline=None, database=None)
    @given(VALUES, ADDRESSES, OFFSETS)
    def check(value: Value, base: int, offset: Value) -> None:
        expected = None
        try:
            if width < 8:
                model.integers(value)
            address = model.address_of(base, offset, width)
            pattern = model.bits(value) if isinstance(value, float) else model.unsigned(value)
            expected = pattern.to_bytes(8, "little")[:width]
        except model.ModelTrap as trap:
            assert trap_name(bench.execute(op, (value, base, offset))) == str(trap)
            assert not list(bench.machine.memory.runs())
            return
        assert bench.execute(op, (value, base, offset)) is None
        assert bench.machine.peek(address, width).tobytes() == expected
        before = address - 8 if address >= 0x1008 else 0x1000
        assert not bench.machine.peek(before, address - before).any()

    check()
