"""Quantum instructions against Qiskit's own linear algebra, and every way in which they can be wrong."""

from __future__ import annotations

import cmath
import math
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, quantum_info
from qiskit.quantum_info import DensityMatrix, Operator, Pauli, Statevector

from tests.programs import build, finished
from vm.interp import quantum as recorder
from vm.isa import BY_NAME, OPS, QUANTUM
from vm.machine import Machine
from vm.quantum import log as logs
from vm.quantum.backends.aer import Aer
from vm.quantum.backends.choose import make
from vm.quantum.gates import GATES

ENGINES = ("interp", "native")
GATE_LIST = sorted(GATES.values(), key=lambda gate: gate.code)
TOLERANCE = 1e-10


def matrix(mnemonic: str, angles: list[float]) -> Any:
    """A gate's matrix, written from the reference: Qiskit's by name, σ and W by their definitions."""
    if mnemonic == "QSIGMA":
        return Operator(_one("rx", 1, [angles[0] * math.pi / 4]))
    if mnemonic == "QW":
        circuit = QuantumCircuit(3)
        circuit.x(0)
        circuit.cry(2 * math.acos(math.sqrt(2 / 3)), 0, 1)
        circuit.cx(1, 0)
        circuit.cry(math.pi / 2, 0, 2)
        circuit.cx(2, 0)
        return Operator(circuit)
    gate = GATES[BY_NAME[mnemonic][0].code]
    return Operator(_one(mnemonic[1:].lower(), gate.qubits, angles))


def _one(name: str, qubits: int, angles: list[float]) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    getattr(circuit, name)(*angles, *range(qubits))
    return circuit


def state(machine: Machine, handle: int) -> tuple[list[int], Any]:
    assert machine.quantum is not None
    members, found = machine.quantum.state(handle)
    return members, found.vector


def ended(text: str) -> str:
    """With a QHALT behind the code."""
    code, data, rest = text.partition("\n.data")
    return f"{code}\n QHALT{data}{rest}\n"


def run(text: str, engine: str = "interp", **settings: Any) -> Machine:
    machine = finished(ended(text), engine=engine, **{"seed": 1, **settings})
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    return machine


def trap(text: str, engine: str = "interp", **settings: Any) -> tuple[str, str]:
    machine = finished(ended(text), engine=engine, **{"seed": 1, **settings})
    assert machine.outcome is not None
    assert machine.outcome.trap is not None
    return machine.outcome.trap.name, machine.outcome.trap.message


# -- gates


@pytest.mark.parametrize("gate", GATE_LIST, ids=lambda gate: gate.mnemonic)
@pytest.mark.parametrize("engine", ENGINES)
def test_every_gate(gate: Any, engine: str) -> None:
    """On a random state of four qubits, so that its whole matrix shows, the global phase with it."""
    rng = random.Random(gate.code)
    text = "main: QALLOC r0, 4\n"
    expected = Statevector.from_int(0, 16)
    for qubit in range(4):
        angles = [rng.uniform(-4, 4) for _ in range(3)]
        text += f" QU {qubit + 1}, {', '.join(map(repr, angles))}\n"
        expected = expected.evolve(matrix("QU", angles), [qubit])
    text += " QCX 1, 2\n QCX 2, 3\n QCX 3, 4\n QCH 4, 1\n"
    for a, b in ((0, 1), (1, 2), (2, 3)):
        expected = expected.evolve(matrix("QCX", []), [a, b])
    expected = expected.evolve(matrix("QCH", []), [3, 0])
    chosen = rng.sample(range(4), gate.qubits)
    angles = [rng.uniform(-7, 7) for _ in range(gate.angles)]
    text += f" {gate.mnemonic} {', '.join([*(str(q + 1) for q in chosen), *map(repr, angles)])}\n QPROB r5, 1\n"
    expected = expected.evolve(matrix(gate.mnemonic, angles), chosen)
    members, vector = state(run(text, engine), 1)
    assert members == [1, 2, 3, 4]
    assert np.abs(vector - expected.data).max() < TOLERANCE


@pytest.mark.parametrize(
    "controlled", ["QCX QX", "QCY QY", "QCZ QZ", "QCH QH", "QCRX QRX", "QCRY QRY", "QCRZ QRZ", "QCP QP"]
)
def test_controlled_forms_are_the_gate_under_a_control(controlled: str) -> None:
    mine, plain = controlled.split()
    angles = [0.7] if GATES[BY_NAME[plain][0].code].angles else []
    inner = matrix(plain, angles).data
    whole = np.eye(4, dtype=complex)
    # The control is the first qubit, the lower bit.
    whole[np.ix_([1, 3], [1, 3])] = inner
    assert np.abs(matrix(mine, angles).data - whole).max() < TOLERANCE
    text = f"main: QALLOC r0, 2\n QU 1, 1, 2, 3\n QU 2, 3, 1, 2\n {mine} {', '.join(['1', '2', *map(str, angles)])}\n QPROB r1, 1"
    start = Statevector.from_int(0, 4).evolve(matrix("QU", [1, 2, 3]), [0]).evolve(matrix("QU", [3, 1, 2]), [1])
    assert np.abs(state(run(text), 1)[1] - whole @ start.data).max() < TOLERANCE


def test_sigma_is_what_the_reference_says() -> None:
    assert np.abs(matrix("QSIGMA", [8]).data + np.eye(2)).max() < TOLERANCE
    assert np.abs(matrix("QSIGMA", [4]).data - cmath.exp(-1j * math.pi / 2) * matrix("QX", []).data).max() < TOLERANCE
    assert np.abs(matrix("QSIGMA", [2]).data - cmath.exp(-1j * math.pi / 4) * matrix("QSX", []).data).max() < TOLERANCE


def test_w_is_the_w_state() -> None:
    machine = run("main: QALLOC r0, 3\n QW 1, 2, 3\n QFIDW r1, 1, 2, 3\n QFIDW r2, 3, 1, 2")
    assert np.abs(state(machine, 1)[1] - np.array([0, 1, 1, 0, 1, 0, 0, 0]) / math.sqrt(3)).max() < TOLERANCE
    assert machine.get(1) == pytest.approx(1, abs=1e-12)
    assert machine.get(2) == pytest.approx(1, abs=1e-12)


def circuits(rng: random.Random, count: int) -> tuple[str, list[tuple[list[int], Any]]]:
    """A program of ``count`` circuits that are built at once, in any order, and the states that they must come to."""
    texts: list[list[str]] = []
    expected = []
    first = 1
    for _ in range(count):
        width = rng.randint(1, 8)
        found = Statevector.from_int(0, 1 << width)
        lines = []
        for _ in range(rng.randint(1, 20)):
            gate = rng.choice([gate for gate in GATE_LIST if gate.qubits <= width])
            chosen = rng.sample(range(width), gate.qubits)
            angles = [rng.uniform(-7, 7) for _ in range(gate.angles)]
            lines.append(f" {gate.mnemonic} {', '.join([*(str(first + q) for q in chosen), *map(repr, angles)])}")
            found = found.evolve(matrix(gate.mnemonic, angles), chosen)
        texts.append(lines)
        expected.append((list(range(first, first + width)), found.data))
        first += width
    text = f"main: QALLOC r0, {first - 1}\n"
    while any(texts):
        lines = rng.choice([lines for lines in texts if lines])
        text += lines.pop(0) + "\n"
        if rng.random() < 0.05:
            # A look runs a part of a circuit, which goes on from its state.
            text += f" QPROB r1, {rng.randrange(1, first)}\n"
    return text, expected


def whole(machine: Machine, handles: list[int]) -> Any:
    """The state of qubits that may be in several groups."""
    result = np.ones(1, complex)
    order: list[int] = []
    left = list(handles)
    while left:
        members, vector = state(machine, left[0])
        result = np.kron(vector, result)
        order += members
        left = [handle for handle in left if handle not in members]
    count = len(handles)
    axes = [count - 1 - order.index(handle) for handle in reversed(handles)]
    return result.reshape((2,) * count).transpose(axes).reshape(-1)


@pytest.mark.parametrize("seed", range(40))
def test_random_circuits(seed: int) -> None:
    """Fifty a program; whatever meets, merges or waits, each comes to the state that it has by itself."""
    text, expected = circuits(random.Random(seed), 50)
    machine = run(text, ENGINES[seed % 2])
    for handles, vector in expected:
        assert np.abs(whole(machine, handles) - vector).max() < TOLERANCE, handles


@pytest.mark.parametrize("gate", [gate for gate in GATE_LIST if gate.angles], ids=lambda gate: gate.mnemonic)
def test_a_batch_of_angles(gate: Any) -> None:
    """Groups that differ in angles only run as one circuit with parameters."""
    rng = random.Random(gate.code)
    lines, expected = [f"main: QALLOC r0, {5 * gate.qubits}"], []
    for group in range(5):
        first = 1 + group * gate.qubits
        found = Statevector.from_int(0, 1 << gate.qubits)
        for qubit in range(gate.qubits):
            lines.append(f" QRY {first + qubit}, {0.3 + qubit}")
            found = found.evolve(matrix("QRY", [0.3 + qubit]), [qubit])
        angles = [rng.uniform(-7, 7) for _ in range(gate.angles)]
        chosen = rng.sample(range(gate.qubits), gate.qubits) if group == 4 else list(range(gate.qubits))
        lines.append(f" {gate.mnemonic} {', '.join([*(str(first + q) for q in chosen), *map(repr, angles)])}")
        expected.append(found.evolve(matrix(gate.mnemonic, angles), chosen))
    machine = run("\n".join([*lines, " QPROB r1, 1"]))
    for group, found in enumerate(expected):
        assert np.abs(state(machine, 1 + group * gate.qubits)[1] - found.data).max() < TOLERANCE


# -- looks


@pytest.mark.parametrize("seed", range(12))
def test_looks(seed: int) -> None:
    rng = random.Random(seed)
    lines = ["main: QALLOC r0, 6"]
    circuit = QuantumCircuit(6)
    for _ in range(30):
        # Qubits 0 to 3 meet, and 4 and 5.
        a, b = rng.sample(range(4), 2) if rng.random() < 0.7 else (4, 5)
        theta = rng.uniform(-3, 3)
        lines += [f" QRY {a + 1}, {theta!r}", f" QCRX {a + 1}, {b + 1}, {theta!r}"]
        circuit.ry(theta, a)
        circuit.crx(theta, a, b)
    rho = DensityMatrix(circuit)
    a, b, c = rng.sample(range(6), 3)
    text = "".join(rng.choices("IXYZ", k=6))
    lines += [
        f" QSTORE {a + 1}, [handles]", f" QSTORE {b + 1}, [handles+8]", f" QSTORE {c + 1}, [handles+16]",
        f" QPROB r1, {a + 1}", " QPURITY r2, 2, 3", " QPURITY r3, [handles], 3", " QENTROPY r4, 2, 3", " QENTROPY r5, [handles], 2",
        f" QCONC r6, {a + 1}, {b + 1}", f" QFIDW r7, {a + 1}, {b + 1}, {c + 1}", " QEXPECT r8, 1, pauli", " QEXPECT r9, [handles], short",
        ".data", f'pauli: .asciz "{text}"', 'short: .asciz "XZ"', ".align 8", "handles: .space 24",
    ]  # fmt: skip
    machine = run("\n".join(lines))

    def reduced(*kept: int) -> DensityMatrix:
        """The state of some qubits, in their order."""
        left = sorted(kept)
        found = quantum_info.partial_trace(rho, [q for q in range(6) if q not in kept])
        order = [left.index(q) for q in kept]
        count = len(kept)
        axes = [count - 1 - place for place in reversed(order)]
        shaped = found.data.reshape((2,) * 2 * count).transpose([*axes, *(count + axis for axis in axes)])
        return DensityMatrix(shaped.reshape(1 << count, -1))

    w = np.array([0, 1, 1, 0, 1, 0, 0, 0]) / math.sqrt(3)
    expected = {
        1: reduced(a).probabilities()[1],
        2: reduced(1, 2, 3).purity().real,
        3: reduced(a, b, c).purity().real,
        4: quantum_info.entropy(reduced(1, 2, 3)),
        5: quantum_info.entropy(reduced(a, b)),
        6: quantum_info.concurrence(reduced(a, b)),
        7: (w @ reduced(a, b, c).data @ w).real,
        8: rho.expectation_value(Pauli(text)).real,
        9: reduced(a, b).expectation_value(Pauli("XZ")).real,
    }
    for register, value in expected.items():
        # Qiskit takes roots of eigenvalues for the concurrence, which costs it half the digits.
        assert machine.get(register) == pytest.approx(value, abs=1e-7 if register == 6 else TOLERANCE), register


def test_looks_change_nothing() -> None:
    before = run("main: QALLOC r0, 2\n QH 1\n QCRY 1, 2, 0.5\n QPROB r1, 1")
    after = run(
        "main: QALLOC r0, 2\n QH 1\n QCRY 1, 2, 0.5\n QPROB r1, 1\n QENTROPY r2, 1\n QCONC r3, 1, 2\n QPROB r1, 1".replace(
            "QENTROPY r2, 1", "QENTROPY r2, 1, 1"
        )
    )
    assert np.array_equal(state(before, 1)[1], state(after, 1)[1])


# -- measurements and samples

TELEPORT = """
main:
    QMOV r15, 0
    QMOV r14, 0
again:
    QALLOC r4, 3
    QADD r5, r4, 1
    QADD r6, r4, 2
    QRY r4, 1.1
    QRZ r4, 0.4
    QH r5
    QCX r5, r6
    QCX r4, r5
    QH r4
    QMEAS r0, r4
    QMEAS r1, r5
    QADD r13, r0
    QJEQ r1, 0, no_x
    QX r6
no_x:
    QJEQ r0, 0, no_z
    QZ r6
no_z:
    QRZ r6, -0.4
    QRY r6, -1.1
    QMEAS r0, r6
    QADD r14, r0
    QFREE r4, 3
    QADD r15, 1
    QJLT r15, 200, again
    QHALT
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_teleportation(engine: str) -> None:
    """What arrives is what was sent: turned back, it is never 1; the messages are fair coins."""
    machine = run(TELEPORT, engine)
    assert machine.get(14) == 0
    assert 70 <= int(machine.get(13)) <= 130


def test_engines_and_runs_measure_alike() -> None:
    found = {(run(TELEPORT, engine, seed=9).get(13), run(TELEPORT, engine, seed=9).count) for engine in ENGINES}
    assert len(found) == 1
    assert len({run(TELEPORT, seed=seed).get(13) for seed in range(4)}) > 1


def test_random_numbers_and_measurements_do_not_disturb_each_other() -> None:
    plain = run("main: QALLOC r4\n QH r4\n QMEAS r5, r4\n QSYSCALL 8\n QHALT", seed=5)
    other = run("main: QSYSCALL 8\n QALLOC r4\n QH r4\n QMEAS r5, r4\n QHALT", seed=5)
    assert (plain.get(0), plain.get(5)) == (other.get(0), other.get(5))


def test_outcomes_follow_the_state() -> None:
    """Chi-square of 2,000 measurements of two qubits against their distribution (3 degrees of freedom, 0.1 %)."""
    machine = run(
        """
main:
    QALLOC r4, 2
again:
    QRY 1, 1.0
    QCRY 1, 2, 2.0
    QMEAS r0, 1
    QMEAS r1, 2
    QSHL r1, 4
    QSHL r0, 3
    QADD r0, r1
    QLOAD r2, [counts+r0]
    QADD r2, 1
    QSTORE r2, [counts+r0]
    QRESET 1
    QRESET 2
    QADD r15, 1
    QJLT r15, 2000, again
    QHALT
.data
.align 8
counts: .space 32
""".replace("[counts+r0]", "[r0+counts]")
    )
    counts = machine.view(0x100000, 4, np.int64)
    circuit = QuantumCircuit(2)
    circuit.ry(1.0, 0)
    circuit.cry(2.0, 0, 1)
    expected = Statevector(circuit).probabilities() * 2000
    there = expected > 0
    assert counts[~there].sum() == 0
    assert ((counts[there] - expected[there]) ** 2 / expected[there]).sum() < 16.27


def test_a_measured_qubit_stays_as_it_was_measured() -> None:
    for seed in range(8):
        machine = run(
            "main: QALLOC r4, 3\n QH 1\n QCX 1, 2\n QCX 2, 3\n QMEAS r0, 2\n QMEAS r1, 2\n QMEAS r2, 1\n QMEAS r3, 3",
            seed=seed,
        )
        assert len({machine.get(register) for register in range(4)}) == 1


@pytest.mark.parametrize("ending", ["QRESET 1", "QFREE 1", "QFREE 1, 1"])
def test_what_is_left_of_a_pair(ending: str) -> None:
    """The partner of a qubit that is reset or freed is in one of the two states, each as often."""
    found = Counter(
        run(f"main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n {ending}\n QMEAS r1, 2", seed=seed).get(1) for seed in range(60)
    )
    assert set(found) == {0, 1}
    assert min(found.values()) > 12


def test_a_whole_group_is_freed_without_a_run() -> None:
    """Two hundred thousand triples that nobody looked at, and a pair of which one qubit stays."""
    text = """
main:
    QALLOC r4, 600000
    QMOV r5, 1
next:
    QADD r6, r5, 1
    QADD r7, r5, 2
    QW r5, r6, r7
    QADD r5, 3
    QJLT r5, 600000, next
    QFREE r4, 600000
    QHALT
"""
    assert run(text, "native", backend="none").count == 5 + 5 * 200_000 - 1
    name, _ = trap("main: QALLOC r4, 3\n QW 1, 2, 3\n QFREE 1, 2", backend="none")
    assert name == "backend"


def test_reset_of_a_qubit() -> None:
    machine = run(
        "main: QALLOC r0, 2\n QX 1\n QRESET 1\n QMEAS r1, 1\n QX 1\n QX 2\n QCX 1, 2\n QMEAS r2, 1\n QRESET 1\n QMEAS r3, 1"
    )
    assert [machine.get(register) for register in (1, 2, 3)] == [0, 1, 0]


def sampled(machine: Machine, register: int, address: int) -> dict[int, int]:
    table = machine.view(address, 2 * int(machine.get(register)), np.uint64).reshape(-1, 2)
    assert (np.diff(table[:, 0].astype(object)) > 0).all()
    return {int(value): int(count) for value, count in table}


@pytest.mark.parametrize("engine", ENGINES)
def test_sample(engine: str) -> None:
    machine = run(
        "main: QALLOC r4, 3\n QW 1, 2, 3\n QSAMPLE r5, 1, 3, 30000, 0x200000\n QPROB r6, 1\n QX 2\n QMEAS r7, 2", engine
    )
    found = sampled(machine, 5, 0x200000)
    assert found.keys() == {1, 2, 4}
    assert sum(found.values()) == 30000
    assert all(abs(count - 10000) < 400 for count in found.values())
    # Then all of the group is zero.
    assert (machine.get(6), machine.get(7)) == (0.0, 1)


def test_sample_of_several_groups_in_any_order() -> None:
    machine = run(
        """
main:
    QALLOC r4, 5
    QX 5
    QH 2
    QCX 2, 4
    QSAMPLE r5, [handles], 4, 1000, [r6+0x200000]
.data
handles: .qword 5, 4, 1, 2
"""
    )
    found = sampled(machine, 5, 0x200000)
    assert found.keys() == {0b0001, 0b1011}
    assert abs(found[1] - 500) < 80


def test_sample_of_sixty_four_qubits() -> None:
    machine = run("main: QALLOC r4, 64\n QX 64\n QX 1\n QSAMPLE r5, 1, 64, 7, 0x200000")
    assert sampled(machine, 5, 0x200000) == {1 | 1 << 63: 7}


# -- groups


def test_many_triples_are_one_batch() -> None:
    machine = run(
        """
main:
    QMOV r14, 0
    QMOV r12, 0.0
next:
    QALLOC r4, 3
    QADD r5, r4, 1
    QADD r6, r4, 2
    QW r4, r5, r6
    QSIGMA r5, r12
    QADD r12, 0.01
    QADD r14, 1
    QJLT r14, 1000, next
    QFIDW r1, 1, 2, 3
    QHALT
"""
    )
    assert machine.quantum is not None
    assert len(machine.quantum.executor._states) == 1000
    members, vector = state(machine, 3 * 700 + 1)
    circuit = QuantumCircuit(3)
    circuit.append(matrix("QW", []).to_instruction(), [0, 1, 2])
    circuit.rx(sum([0.01] * 700) * math.pi / 4, 1)
    assert members == [2101, 2102, 2103]
    assert np.abs(vector - Statevector(circuit).data).max() < TOLERANCE


def test_what_ran_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred teleportations come to at most four states of each of their circuits."""
    sent: list[int] = []
    plain = Aer.states

    def counted(self: Aer, circuit: Any, angles: Any, start: Any) -> Any:
        sent.append(len(angles))
        return plain(self, circuit, angles, start)

    monkeypatch.setattr(Aer, "states", counted)
    machine = run(TELEPORT)
    assert machine.get(14) == 0
    assert sum(sent) < 12


def test_angles_of_gates_that_ran_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of the log are used again: a gate without angles has none."""
    monkeypatch.setattr(logs, "MOST_GATES", 16)
    text = "main: QALLOC r4\nagain: QRX 1, 0.25\n QX 1\n QPROB r1, 1\n QRESET 1\n QADD r2, 1\n QJLT r2, 40, again"
    machine = run(text)
    assert machine.get(1) == pytest.approx(math.cos(0.125) ** 2)
    assert machine.quantum is not None
    assert len(machine.quantum.executor._known) == 1


def test_the_log_is_compacted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may use more gates, and more states, than wait at any time."""
    monkeypatch.setattr(logs, "MOST_GATES", 64)
    text = """
main:
    QALLOC r4, 3
    QRY 1, 0.3
again:
    QALLOC r5, 2
    QADD r6, r5, 1
    QH r5
    QCX r5, r6
    QMEAS r0, r5
    QMEAS r1, r6
    QASSERT r0, r1
    QFREE r5, 2
    QADD r15, 1
    QJLT r15, 100, again
    QPROB r2, 1
    QHALT
"""
    for engine in ENGINES:
        machine = run(text, engine)
        assert machine.get(2) == pytest.approx(math.sin(0.15) ** 2)
        assert machine.count == 2 + 10 * 100 + 2
        assert machine.quantum is not None
        assert machine.quantum.log.recorded < 64


def test_too_many_gates_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_GATES", 64)
    for engine in ENGINES:
        name, message = trap("main: QALLOC r0\nagain: QX 1\n QJMP again", engine)
        assert (name, "63 gates wait to be run, and at most 48 can: measure" in message) == ("quantum", True), message


def test_snapshots_hold_qubits() -> None:
    machine = Machine(
        build("main: QALLOC r4, 2\n QH 1\n QCX 1, 2\n QPROB r1, 1\n QMEAS r2, 1\n QMEAS r3, 2\n QALLOC r5\n QHALT"),
        seed=3,
    )
    for _ in range(4):
        machine.step()
    kept = machine.snapshot()
    first = machine.run()
    found = [machine.get(register) for register in range(6)]
    for _ in range(3):
        machine.restore(kept)
        assert machine.run() == first
        assert [machine.get(register) for register in range(6)] == found


# -- faults

FAULTS = [
    ("QX 5", "quantum", "QX: 5 is no qubit; the handles 1 to 3 were given"),
    ("QX 0", "quantum", "0 is no qubit"),
    ("QX -1", "quantum", "-1 is no qubit"),
    ("QX 0x7FFFFFFFFFFFFFFF", "quantum", "is no qubit"),
    ("QMOV r1, 9\n QH r1", "quantum", "r1 = 9 is no qubit"),
    ("QFREE 2\n QX 2", "quantum", "QX: qubit 2 was freed"),
    ("QFREE 2\n QFREE 2", "quantum", "qubit 2 was freed"),
    ("QX 1.0", "kind", "QX takes an integer here, and 1.0 is a float"),
    ("QCX 1, 2.0", "kind", "2.0 is a float"),
    ("QCX 2, 2", "quantum", "QCX: qubit 2 (index 1 of those allocated with it) is there twice"),
    ("QALLOC r4\n QCX 4, r4", "quantum", "QCX: qubit 4 is there twice"),
    ("QALLOC r4, 2\n QALLOC r4\n QCX 6, 6", "quantum", "QCX: qubit 6 is there twice"),
    ("QALLOC r4, 2\n QALLOC r4, 3\n QX 6\n QFREE 7\n QCX 8, 8", "quantum", "qubit 8 (index 2 of those"),
    ("QH 1\n QCX 1, 2\n QMEAS r0, 1\n QCX 2, 3\n QCX 3, 3", "quantum", "qubit 3 (index 2 of those"),
    ("QCCX 1, 2, 1", "quantum", "qubit 1 (index 0 of those allocated with it) is there twice"),
    ("QCCX 1, 3, 3", "quantum", "qubit 3 (index 2 of those allocated with it) is there twice"),
    ("QW 1, 1, 2", "quantum", "qubit 1 (index 0 of those allocated with it) is there twice"),
    ("QLOADF r1, [inf]\n QRX 1, r1", "quantum", "QRX: the angle r1 = inf is no finite number"),
    ("QLOADF r1, [inf]\n QSUB r1, r1\n QU 1, 0, r1, 0", "quantum", "QU: the angle r1 = nan is no finite number"),
    ("QALLOC r1, 0", "quantum", "QALLOC: 0 qubits; at least 1"),
    ("QALLOC r1, -4", "quantum", "-4 qubits"),
    ("QALLOC r1, 1.0", "kind", "QALLOC takes an integer"),
    ("QALLOC r1, 0x7FFFFFFFFFFFFFFF", "quantum", "a run is given 16,777,215 in all"),
    ("QFREE 1, 4", "quantum", "1 + 3 is no qubit"),
    ("QFREE 1, 0", "quantum", "QFREE: 0 qubits"),
    ("QFREE 1, 0x4000000000000000", "quantum", "QFREE: 4,611,686,018,427,387,904 qubits"),
    ("QFREE [0], 1", "address", "QFREE: 8 bytes at 0x0 are not inside"),
    ("QFREE [1.0], 1", "kind", "QFREE takes an integer here"),
    ("QFREE [three], 4", "quantum", "qubit 1 (index 0 of those allocated with it) is there twice"),
    ("QRESET 9", "quantum", "9 is no qubit"),
    ("QMEAS r0, 9", "quantum", "9 is no qubit"),
    ("QMEAS r0, 1.5", "kind", "QMEAS takes an integer"),
    ("QSAMPLE r0, 1, 65, 1, 0x200000", "quantum", "65 qubits; a sample takes 1 to 64"),
    ("QSAMPLE r0, 1, 3, 0, 0x200000", "quantum", "0 shots"),
    ("QSAMPLE r0, 1, 3, 1, 0", "address", "QSAMPLE: 16 bytes at 0x0"),
    ("QSAMPLE r0, 2, 3, 1, 0x200000", "quantum", "2 + 2 is no qubit"),
    ("QEXPECT r0, 1, bad", "quantum", "QEXPECT: 'XQ' at"),
    ("QEXPECT r0, 1, 0x300000", "quantum", "'' at 0x300000 is no Pauli string"),
    ("QEXPECT r0, 3, pair", "quantum", "3 + 1 is no qubit"),
    ("QEXPECT r0, [0], pair", "address", "16 bytes at 0x0"),
    ("QEXPECT r0, 1, 0", "address", "1 bytes at 0x0"),
    ("QPROB r0, 4", "quantum", "4 is no qubit"),
    ("QPURITY r0, 1, 4", "quantum", "1 + 3 is no qubit"),
    ("QENTROPY r0, 1, 0", "quantum", "0 qubits"),
    ("QENTROPY r0, [three], 4", "quantum", "qubit 1 (index 0 of those allocated with it) is there twice"),
    ("QCONC r0, 1, 1", "quantum", "QCONC: qubit 1 (index 0 of those allocated with it) is there twice"),
    ("QFIDW r0, 1, 2, 2", "quantum", "QFIDW: qubit 2 (index 1 of those allocated with it) is there twice"),
]  # fmt: skip
DATA = """
.data
three: .qword 1, 2, 3, 1
inf: .qword 0x7FF0000000000000
bad: .asciz "XQ"
pair: .asciz "XX"
"""


@pytest.mark.parametrize(("lines", "name", "words"), FAULTS, ids=[lines for lines, _, _ in FAULTS])
def test_faults(lines: str, name: str, words: str) -> None:
    """The same on every engine; the instruction has no effect, and the place is its own."""
    found = []
    for engine in ENGINES:
        machine = finished(f"main: QALLOC r15, 3\n {lines}\n QHALT\n{DATA}", engine=engine, seed=1)
        assert machine.outcome is not None
        stopped = machine.outcome.trap
        assert stopped is not None
        assert stopped.location is not None
        assert stopped.location.text.strip() == lines.split("\n")[-1].strip()
        found.append((stopped.name, stopped.message, machine.count, machine.get(0)))
    assert found[0] == found[1]
    assert found[0][0] == name
    assert words in found[0][1]


def test_every_quantum_instruction_has_a_fault_or_none() -> None:
    """Gates fail alike, in the recorder; all others have cases."""
    tried = {line.split()[0] for lines, _, _ in FAULTS for line in lines.split("\n")}
    others = {op.name for op in OPS if op.group == QUANTUM and op.code not in GATES}
    assert others - tried == {"QBARRIER"}


def test_a_state_too_large_says_how_large() -> None:
    chain = "main: QALLOC r0, 29\n QMOV r1, 1\nnext: QADD r2, r1, 1\n QCX r1, r2\n QMOV r1, r2\n QJLT r1, 29, next\n QADD r3, 1\n QMOV r1, 1\n QRX 1, 0.3\n QJLT r3, 60, next\n QMEAS r0, 1"
    name, message = trap(chain)
    assert name == "quantum"
    assert message == (
        "29 qubits share one state, which takes 8,589,934,592 bytes: a statevector has at most 28 qubits. Use Clifford "
        "gates only, entangle fewer qubits with each other, or try '--backend aer:matrix_product_state', which needs "
        "little memory if there is little entanglement"
    )


def test_no_table_past_the_memory_limit() -> None:
    name, message = trap("main: QALLOC r0, 3\n QSAMPLE r1, 1, 3, 5, 0x200000", memory=0)
    assert (name, "QSAMPLE" in message) == ("memory", True)


# -- backends


def test_without_a_backend_nothing_is_made_up() -> None:
    assert run("main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QX 2", backend="none").count == 5
    name, message = trap("main: QALLOC r0\n QH 1\n QMEAS r0, 1", backend="none")
    assert (name, "no quantum backend" in message) == ("backend", True)


@pytest.mark.parametrize("name", ["bear", "aer:magic", "none:x", ""])
def test_backends_that_do_not_exist(name: str) -> None:
    with pytest.raises(ValueError, match="no backend"):
        make(name)


def test_a_barrier_joins_nothing() -> None:
    machine = run("main: QALLOC r0, 2\n QH 1\n QBARRIER\n QX 2\n QPROB r1, 1")
    assert state(machine, 2)[0] == [2]


def test_the_tables_are_the_recorders() -> None:
    """Its layout stands in :mod:`vm.interp.quantum`, which Numba compiles, and in the types that Python reads by."""
    for dtype, size, places in (
        (logs.QUBIT, recorder.QUBIT, ("PARENT", "NEXT", "SIZE", "FIRST", "LAST", "LENGTH", "LIVE")),
        (logs.GATE, recorder.GATE, ("OP", "PLACE", "AFTER", "HANDLES", "ANGLES")),
    ):
        assert dtype.itemsize == size
        assert dtype.fields is not None
        offsets = [offset for _, offset in dtype.fields.values()]
        assert offsets[: len(places)] == [getattr(recorder, place) for place in places]
