"""qbc_core.qbc: what it prints, the qubit pool, what needs a backend."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from tests.stdlib.harness import Library, lib
from vm.machine import TrapError

POOL = 12 << 30
"""Bytes of all pools."""


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


@pytest.mark.parametrize(("count", "size"), [(-1, 8), (8, -1), (2**62, 8), (2**36, 1), (POOL + 1, 1)])
def test_a_pool_that_cannot_be(count: int, size: int) -> None:
    core = Library("qbc_core.qbc")
    with pytest.raises(TrapError, match="pool is exhausted"):
        core.call("qbc_allocate_qubit_pool", count, size)


def test_the_largest_pool() -> None:
    core = Library("qbc_core.qbc")
    assert core.call("qbc_allocate_qubit_pool", POOL, 1) == 0xA_0000_0000


def test_anchors_differ() -> None:
    core = Library("qbc_core.qbc", clock=1_700_000_000_000_000)
    anchors = [core.call("qbc_create_klein_temporal_anchor", k) for k in range(200)]
    assert len(set(anchors)) == 200
    assert core.call("qbc_create_klein_temporal_anchor", 7) == anchors[7]
    later = Library("qbc_core.qbc", clock=1_700_000_000_000_001)
    assert later.call("qbc_create_klein_temporal_anchor", 7) != anchors[7]


def test_gates_on_cells() -> None:
    """A W state by the old names, with the program's own words in the cells."""
    core = Library("qbc_core.qbc")
    a, b, c = (core.call("qbc_allocate_qubit_pool", 1, 64) for _ in range(3))
    for machine in (core.machine, core.twin):
        machine.view(int(a), 24, np.int64)[:] = -1
    assert core.call("qbc_pool_qubit", a) == 1
    for cell in (a, b):
        core.call("qbc_apply_hadamard", cell)
        core.call("qbc_apply_hadamard", cell)
    core.call("qbc_apply_controlled_ry", 1.0, b, a)
    core.call("qbc_apply_hadamard", a)
    core.call("qbc_apply_cnot", a, c)
    core.call("qbc_apply_controlled_ry", 0.5, c, b)
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 2)
    circuit.cry(0.5, 2, 1)
    assert [core.call("qbc_pool_qubit", cell) for cell in (a, b, c)] == [1, 2, 3]
    for machine in (core.machine, core.twin):
        assert machine.quantum is not None
        members, found = machine.quantum.state(1)
        vector = found.vector
        assert members == [1, 2, 3]
        assert np.abs(vector - Statevector(circuit).data).max() < 1e-12
    assert core.call("qbc_measure_qubit", a) == core.call("qbc_measure_qubit", c)


def test_qubits_of_forgotten_pools_are_given_back() -> None:
    core = Library("qbc_core.qbc")
    cell = core.call("qbc_allocate_qubit_pool", 4, 8)
    core.call("qbc_apply_hadamard", cell + 24)
    core.call("qbc_system_init")
    cell = core.call("qbc_allocate_qubit_pool", 4, 8)
    assert core.call("qbc_pool_qubit", cell + 24) == 2
    assert core.call("qbc_measure_qubit", cell + 24) == 0


@pytest.mark.parametrize("cell", [0, 1, 0xA_0000_0000 - 1, 0xA_0000_0000 + 64, -1])
def test_no_cell_no_qubit(cell: int) -> None:
    core = Library("qbc_core.qbc")
    core.call("qbc_allocate_qubit_pool", 1, 64)
    with pytest.raises(TrapError, match="no pool has one there"):
        core.call("qbc_apply_hadamard", cell)
