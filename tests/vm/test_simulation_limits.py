"""Limits of simulations: time inside of Aer, bytes of states, inspections of large ones."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.programs import build
from vm import apart, limits
from vm.machine import Machine
from vm.quantum.backends import aer
from vm.quantum.states import mixed, pure
from vm.quantum.states.mixed import Mixed
from vm.quantum.states.pure import Pure


def circuit(qubits: int, gates: int, end: str = "QMEAS r0, 1") -> str:
    chosen = np.random.default_rng(7)
    lines = [f"main: QALLOC r4, {qubits}", " QH 1", *(f" QCX {place}, {place + 1}" for place in range(1, qubits))]
    for _ in range(gates):
        a, b = chosen.choice(qubits, 2, replace=False) + 1
        lines += [f" QRY {a}, {chosen.random()}", f" QCX {a}, {b}"]
    return "\n".join([*lines, f" {end}", " QHALT"])


def trap(machine: Machine) -> tuple[str, str]:
    found = machine.run().trap
    assert found is not None
    return found.name, found.message


def test_the_time_limit_reaches_into_aer() -> None:
    """At the measurement, where the program waits; the machine itself is whole."""
    machine = Machine(build(circuit(25, 2000)), timeout=2.0)
    start = time.process_time()
    outcome = machine.run()
    assert time.process_time() - start < 20
    assert outcome.trap is not None
    assert outcome.trap.name == "time"
    assert outcome.trap.location is not None
    assert "QMEAS" in outcome.trap.location.text


def test_states_apart_are_those_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the bit, for every method, with states to begin with and with several runs of a circuit."""
    text = circuit(4, 12, "QMEAS r6, 2\n QH 3\n QCX 3, 4\n QPROB r7, 4\n QENTROPY r8, 3, 2\n QMEAS r9, 4")
    for backend in ("aer", "aer:density_matrix", "aer:matrix_product_state"):
        found = []
        for is_apart in (False, True):
            monkeypatch.setattr(aer, "_FEW", -1 if is_apart else 1 << 60)
            monkeypatch.setattr(aer, "_SOON", 1 << 60)
            machine = Machine(build(text), seed=3, backend=backend)
            assert machine.run().trap is None
            found.append([machine.get(register) for register in (6, 7, 8, 9)])
        assert found[0] == found[1], backend


def test_few_gates_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(apart, "run", refuse)
    assert Machine(build(circuit(16, 100)), seed=1).run().trap is None


def test_a_state_larger_than_the_memory_limit() -> None:
    machine = Machine(build(circuit(18, 20)), memory=4_000_000)
    assert trap(machine) == (
        "memory",
        "18 qubits share one state, which takes 4,194,304 bytes, more than the limit of 4,000,000 (--memory)",
    )


def test_states_together_are_counted() -> None:
    """Three of 2 MiB each, of which none is too large by itself."""
    lines = ["main: QALLOC r4, 51"]
    for first in (1, 18, 35):
        lines += [f" QH {first}", *(f" QCX {first + i}, {first + i + 1}" for i in range(16)), f" QPROB r0, {first}"]
    machine = Machine(build("\n".join([*lines, " QHALT"])), memory=5 << 20)
    name, message = trap(machine)
    assert name == "memory"
    assert message.startswith("the state of all 3 groups of qubits takes 6,291,456 bytes")
    assert Machine(build("\n".join([*lines, " QHALT"])), memory=8 << 20).run().trap is None


def test_a_simulation_larger_than_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "available", lambda: 300_000_000)
    machine = Machine(build(circuit(23, 30)))
    name, message = trap(machine)
    assert name == "memory"
    assert message == "23 qubits share one state, which takes 402,653,184 bytes, and the host has 300,000,000 left"


def test_inspections_apart_are_those_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    vector = random.normal(size=64) + 1j * random.normal(size=64)
    state = Pure(vector / np.linalg.norm(vector))
    whole = Mixed(np.outer(state.vector, state.vector.conj()) * 0.5 + np.eye(64) / 128)

    def seen() -> list[object]:
        drawn = np.random.default_rng(5)
        state._odds = None
        found: list[object] = []
        for one in (state, whole):
            found += [one.probability(3), one.purity([0, 1]), one.entropy([0, 3]), one.concurrence([0, 1])]
            found += [one.expectation([(0, "X"), (3, "Z")]), one.reduced([0, 1]).tolist()]
            found += [array.tolist() for array in one.sample([1, 2, 3], 100, drawn)]
            found += [array.tolist() for array in one.sample([1, 2], 50, drawn)]
            found.append(drawn.random())
            found += [one.collapsed(3, 1).key(), whole.drawn(drawn).key()]
        return found

    here = seen()
    for module, name in ((pure, "LONG"), (pure, "_STEPS"), (mixed, "LONG"), (mixed, "_SMALL")):
        monkeypatch.setattr(module, name, 0)
    assert seen() == here
