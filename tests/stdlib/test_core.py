"""qbc_core.qbc: what it prints, the qubit pool, what needs a backend."""

from __future__ import annotations

import math

import pytest

from tests.stdlib.harness import Library, lib
from vm.isa import MEMORY_SIZE
from vm.machine import TrapError


def test_printing() -> None:
    machine = Library("qbc_core.qbc")
    machine.call("qbc_print_int", -42)
    machine.call("qbc_print_float", 3)
    machine.call("qbc_print_float", 0.1)
    machine.call("qbc_print_hex", 255)
    machine.call("qbc_print_string", machine.put("σ 🌙\0".encode()))
    assert machine.machine.output.decode() == "-423.00.10xffσ 🌙"


def test_roots() -> None:
    core = lib("qbc_core.qbc")
    assert core.call("qbc_sqrt", 2) == math.sqrt(2)
    assert math.isnan(core.call("qbc_sqrt", -1.0))
    assert core.call("qbc_arccos", 0.25) == math.acos(0.25)


def test_pools_follow_each_other() -> None:
    core = Library("qbc_core.qbc")
    first = core.call("qbc_allocate_qubit_pool", 3, 64)
    second = core.call("qbc_allocate_qubit_pool", 1, 3)
    third = core.call("qbc_allocate_qubit_pool", 0, 8)
    assert (first, second, third) == (0xA_0000_0000, 0xA_0000_0000 + 192, 0xA_0000_0000 + 200)
    core.call("qbc_system_init")
    assert core.call("qbc_allocate_qubit_pool", 1, 8) == 0xA_0000_0000


@pytest.mark.parametrize(
    ("count", "size"), [(-1, 8), (8, -1), (2**62, 8), (2**36, 1), (MEMORY_SIZE - 0xA_0000_0000 + 1, 1)]
)
def test_a_pool_that_cannot_be(count: int, size: int) -> None:
    core = Library("qbc_core.qbc")
    with pytest.raises(TrapError, match="pool is exhausted"):
        core.call("qbc_allocate_qubit_pool", count, size)


def test_the_largest_pool() -> None:
    core = Library("qbc_core.qbc")
    assert core.call("qbc_allocate_qubit_pool", MEMORY_SIZE - 0xA_0000_0000, 1) == 0xA_0000_0000


def test_anchors_differ() -> None:
    core = Library("qbc_core.qbc", clock=1_700_000_000_000_000)
    anchors = [core.call("qbc_create_klein_temporal_anchor", k) for k in range(200)]
    assert len(set(anchors)) == 200
    assert core.call("qbc_create_klein_temporal_anchor", 7) == anchors[7]
    later = Library("qbc_core.qbc", clock=1_700_000_000_000_001)
    assert later.call("qbc_create_klein_temporal_anchor", 7) != anchors[7]


@pytest.mark.parametrize("name", ["qbc_apply_hadamard", "qbc_apply_controlled_ry", "qbc_apply_cnot"])
def test_gates_say_what_they_need(name: str) -> None:
    with pytest.raises(TrapError, match="needs a quantum backend"):
        lib("qbc_core.qbc").call(name, 0xA_0000_0000, 0xA_0000_0040, 0)
