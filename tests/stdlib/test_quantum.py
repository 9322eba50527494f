"""qbc_quantum.qbc against the matrices that its routines stand for."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from tests.programs import finished
from vm.machine import Machine

ENGINES = ("interp", "native")
SIZES = [1, 2, 3, 4, 5, 6]


def run(body: str, engine: str = "interp", more: str = "", **settings: Any) -> Machine:
    machine = finished(
        f'.include "qbc_quantum.qbc"\n.text\nmain:\n{body}\n QHALT\n{more}', engine=engine, **{"seed": 1, **settings}
    )
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    return machine


def vector(machine: Machine, handles: list[int]) -> Any:
    """The state of qubits, alone or together in one group."""
    assert machine.quantum is not None
    result = np.ones(1, complex)
    place = 0
    while place < len(handles):
        members, found = machine.quantum.state(handles[place])
        state = found.vector
        assert members == handles[place : place + len(members)]
        result = np.kron(state, result)
        place += len(members)
    return result


def start(count: int) -> tuple[str, Any]:
    """Lines that bring ``count`` qubits into a state in which every matrix shows, and that state."""
    circuit = QuantumCircuit(count)
    lines = [f" QALLOC r4, {count}"]
    for qubit in range(count):
        circuit.u(0.3 + qubit, 0.7 * qubit, 1.1, qubit)
        lines.append(f" QU {qubit + 1}, {0.3 + qubit!r}, {0.7 * qubit!r}, 1.1")
    for qubit in range(count - 1):
        circuit.crx(0.9, qubit, qubit + 1)
        lines.append(f" QCRX {qubit + 1}, {qubit + 2}, 0.9")
    return "\n".join(lines), Statevector(circuit).data


def after(call: str, count: int, engine: str) -> tuple[Any, Any]:
    lines, before = start(count)
    return before, vector(run(f"{lines}\n{call}", engine), list(range(1, count + 1)))


def close(found: Any, expected: Any) -> bool:
    return bool(np.abs(found - expected).max() < 1e-10)


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("engine", ENGINES)
def test_ghz_and_w(count: int, engine: str) -> None:
    machine = run(f" QALLOC r4, {count}\n QMOV r0, r4\n QMOV r1, {count}\n QCALL qbc_prepare_ghz", engine)
    expected = np.zeros(1 << count)
    expected[[0, -1]] = math.sqrt(0.5)
    assert close(vector(machine, list(range(1, count + 1))), expected)
    machine = run(f" QALLOC r4, {count}\n QMOV r0, r4\n QMOV r1, {count}\n QCALL qbc_prepare_w", engine)
    expected = np.zeros(1 << count)
    expected[[1 << qubit for qubit in range(count)]] = 1 / math.sqrt(count)
    assert close(vector(machine, list(range(1, count + 1))), expected)


def test_bell() -> None:
    machine = run(" QALLOC r4, 2\n QMOV r0, 2\n QMOV r1, 1\n QCALL qbc_prepare_bell")
    assert close(vector(machine, [1, 2]), np.array([1, 0, 0, 1]) / math.sqrt(2))


def fourier(count: int) -> Any:
    size = 1 << count
    return np.array([[cmath.exp(2j * math.pi * j * k / size) for j in range(size)] for k in range(size)]) / math.sqrt(
        size
    )


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("engine", ENGINES)
def test_fourier_transform(count: int, engine: str) -> None:
    call = f" QMOV r0, 1\n QMOV r1, {count}\n QCALL qbc_qft"
    before, found = after(call, count, engine)
    assert close(found, fourier(count) @ before)
    before, found = after(call + "_inverse", count, engine)
    assert close(found, fourier(count).conj().T @ before)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_reversal(count: int) -> None:
    before, found = after(f" QMOV r0, 1\n QMOV r1, {count}\n QCALL qbc_reverse_qubits", count, "interp")
    order = [int(f"{index:0{count}b}"[::-1], 2) for index in range(1 << count)]
    assert close(found, before[order])


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("engine", ENGINES)
def test_phase_if_all(count: int, engine: str) -> None:
    before, found = after(f" QMOV r0, 1\n QMOV r1, {count}\n QMOV r2, 0.7\n QCALL qbc_phase_if_all", count, engine)
    before[-1] *= cmath.exp(0.7j)
    assert close(found, before)


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("engine", ENGINES)
def test_diffusion(count: int, engine: str) -> None:
    before, found = after(f" QMOV r0, 1\n QMOV r1, {count}\n QCALL qbc_grover_diffusion", count, engine)
    assert close(found, 2 * before.mean() - before)


def test_grover_finds_what_is_marked() -> None:
    body = """
    QALLOC r4, 5
    QMOV r5, 1
all:
    QH r5
    QADD r5, 1
    QJLE r5, 5, all
    QMOV r15, 0
again:
    QX 2                        ; the mark: 0b11101
    QMOV r0, 1
    QMOV r1, 5
    QMOV r2, qbc_quantum_pi
    QCALL qbc_phase_if_all
    QX 2
    QMOV r0, 1
    QMOV r1, 5
    QCALL qbc_grover_diffusion
    QADD r15, 1
    QJLT r15, 4, again
    QSAMPLE r6, 1, 5, 1000, 0x200000"""
    machine = run(body)
    table = machine.view(0x200000, 2 * int(machine.get(6)), np.int64).reshape(-1, 2)
    angle = math.asin(1 / math.sqrt(32))
    expected = 1000 * math.sin(9 * angle) ** 2
    assert abs(dict(table.tolist())[0b11101] - expected) < 20


@pytest.mark.parametrize("engine", ENGINES)
def test_phase_estimation(engine: str) -> None:
    """The phase of P(2π·5/16) on |1⟩ is a value of four qubits exactly."""
    more = """
turn:
    QMUL r1, r2
    QMUL r1, 2 * qbc_quantum_pi / 16
    QCP r0, 5, r1
    QRET"""
    body = " QALLOC r4, 5\n QX 5\n QMOV r0, 1\n QMOV r1, 4\n QMOV r2, turn\n QMOV r3, 5\n QCALL qbc_phase_estimation"
    machine = run(body + "\n QSAMPLE r5, 1, 4, 100, 0x200000", engine, more)
    assert machine.view(0x200000, 2, np.int64).tolist() == [5, 100]


@pytest.mark.parametrize("seed", range(6))
def test_teleport(seed: int) -> None:
    body = " QALLOC r4, 3\n QU 1, 1.2, 0.3, 0.4\n QMOV r0, 1\n QMOV r1, 2\n QMOV r2, 3\n QCALL qbc_teleport"
    machine = run(body, ENGINES[seed % 2], seed=seed)
    assert machine.quantum is not None
    state = machine.quantum.state(3)[1].vector
    circuit = QuantumCircuit(1)
    circuit.u(1.2, 0.3, 0.4, 0)
    assert abs(abs(np.vdot(state, Statevector(circuit).data)) - 1) < 1e-10


def test_heartbeat() -> None:
    """Without a turn one of three is up; the odds of a turned one are the state's."""
    body = """
    QMOV r15, 0
again:
    QALLOC r0, 3
    QMOV r14, r0
    QMOV r1, SIGMA
    QCALL qbc_heartbeat
    QSHL r0, 3
    QLOAD r1, [r0+0x200000]
    QADD r1, 1
    QSTORE r1, [r0+0x200000]
    QFREE r14, 3
    QADD r15, 1
    QJLT r15, 600, again"""
    circuit = QuantumCircuit(3)
    circuit.initialize([0, *[1 / math.sqrt(3)] * 2, 0, 1 / math.sqrt(3), 0, 0, 0])
    for sigma in (0, 1):
        counts = run(body.replace("SIGMA", str(sigma))).view(0x200000, 8, np.int64)
        turned = circuit.copy()
        turned.rx(sigma * math.pi / 4, range(3))
        expected = 600 * Statevector(turned).probabilities()
        there = expected > 1e-9
        assert counts[~there].sum() == 0
        # Chi-square of at most seven degrees of freedom, at 0.1 %.
        assert ((counts[there] - expected[there]) ** 2 / expected[there]).sum() < 24.32


@pytest.mark.parametrize(
    "routine", ["prepare_ghz", "prepare_w", "qft", "qft_inverse", "phase_if_all", "grover_diffusion"]
)
@pytest.mark.parametrize("count", [0, -1, 63])
def test_counts_that_cannot_be(routine: str, count: int) -> None:
    machine = finished(
        f'.include "qbc_quantum.qbc"\n.text\nmain: QALLOC r0\n QMOV r1, {count}\n QCALL qbc_{routine}\n QHALT'
    )
    assert machine.outcome is not None
    assert machine.outcome.trap is not None
    assert machine.outcome.trap.message == "qbc_quantum: the number of qubits must be 1 to 62"
