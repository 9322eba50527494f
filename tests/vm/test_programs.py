"""Random programs on the machine and on the model of it: everything that can be seen is the same, to the bit."""

from __future__ import annotations

import struct

import pytest

from tests.machine_model import PAGE
from tests.model import bits
from tests.random_programs import FLOATS, PAGES, compare, program, state_of
from vm.machine import Machine


@pytest.mark.parametrize("start", range(0, 300, 100))
def test_random_programs(start: int) -> None:
    ends = {compare(seed, limit=400) for seed in range(start, start + 100)}
    assert {"ended", "instructions", "jump"} <= ends


def test_steps_are_the_run() -> None:
    for seed in range(40):
        obj = program(10_000 + seed)
        whole, single = (Machine(obj, memory=PAGES * PAGE, max_instructions=200, seed=1, clock=2) for _ in range(2))
        outcome = whole.run()
        while single.step() is None:
            assert single.count <= 200
        # As text: a NaN among the operands is not equal to itself.
        assert repr(single.outcome) == repr(outcome)
        assert state_of(single) == state_of(whole)


def test_the_model_reads_bits() -> None:
    """What the comparison stands on: a float constant is read back as it was written."""
    for value in FLOATS:
        (read,) = struct.unpack("<d", bits(value).to_bytes(8, "little"))
        assert bits(read) == bits(value)
