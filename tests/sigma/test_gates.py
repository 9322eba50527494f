"""Every gate, its inverse and its controlled forms against Qiskit's matrices, the global phase included."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Operator, Statevector

from sigma.builtins import BUILTINS
from sigma.passes.circuit import GATES as GATE_NAMES
from tests.sigma.support import LEVELS, build, finished
from tests.vm.test_quantum import TOLERANCE, matrix, state
from vm.isa import OPS
from vm.machine import Machine

BY_CODE = {op.code: op for op in OPS}

GATES = sorted(name for name, builtin in BUILTINS.items() if builtin.is_gate and name != "σ")


def controlled(gate: Any, controls: int) -> Operator:
    """A gate under controls, which are the first qubits."""
    data = Operator(gate).data
    whole = np.eye(data.shape[0] << controls, dtype=complex)
    ones = (1 << controls) - 1
    rows = ones + (np.arange(data.shape[0]) << controls)
    whole[np.ix_(rows, rows)] = data
    return Operator(whole)


def mixed(rng: random.Random, count: int) -> tuple[str, Statevector]:
    """A random state in which all qubits have met: code and vector."""
    text = ""
    expected = Statevector.from_int(0, 1 << count)
    for qubit in range(count):
        angles = [rng.uniform(-4, 4) for _ in range(3)]
        text += f"u(q[{qubit}], {', '.join(map(repr, angles))});\n"
        expected = expected.evolve(matrix("QU", angles), [qubit])
    for qubit in range(count - 1):
        text += f"cx(q[{qubit}], q[{qubit + 1}]);\n"
        expected = expected.evolve(matrix("QCX", []), [qubit, qubit + 1])
    return text, expected


def same(text: str, expected: Statevector, level: int) -> None:
    machine = finished(text, level)
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    _, vector = state(machine, 1)
    assert np.abs(vector - expected.data).max() < TOLERANCE


def prefix(controls: int, is_inverse: bool, form: str) -> str:
    words = "inv " * is_inverse
    if controls and form == "array":
        return f"ctrl(q[0..{controls}]) {words}"
    if controls and form == "nested":
        return "".join(f"ctrl(q[{n}]) " for n in range(controls)) + words
    return (f"ctrl({', '.join(f'q[{n}]' for n in range(controls))}) " if controls else "") + words


@pytest.mark.parametrize("is_inverse", [False, True], ids=["plain", "inverse"])
@pytest.mark.parametrize("controls", [0, 1, 2, 3])
@pytest.mark.parametrize("name", GATES)
def test_every_form(name: str, controls: int, is_inverse: bool) -> None:
    builtin = BUILTINS[name]
    rng = random.Random(f"{name} {controls} {is_inverse}")
    count = builtin.qubits + controls
    text, expected = mixed(rng, count)
    angles = [rng.uniform(-7, 7) for _ in range(len(builtin.params) - builtin.qubits)]
    targets = list(range(controls, count))
    rng.shuffle(targets)
    arguments = ", ".join([*(f"q[{n}]" for n in targets), *map(repr, angles)])
    form = rng.choice(["plain", "array", "nested"])
    text += f"{prefix(controls, is_inverse, form)}{name}({arguments});\nlet p = probability(q[0]);\n"
    gate = Operator(matrix(builtin.mnemonic, angles))
    gate = gate.adjoint() if is_inverse else gate
    expected = expected.evolve(controlled(gate, controls), [*range(controls), *targets])
    same(f"fn main() {{ let q = qubits({count});\n{text}}}", expected, rng.choice(LEVELS))


OWN = """
gate layer(q: [qubit], angle: float) {
    let half = angle / 2;
    for i in 0..len(q) { ry(q[i], half + i); }
    for i in 0..len(q) - 1 { cx(q[i], q[i + 1]); }
    if angle > 1.0 { sx(q[0]); t(q[1]); } else { w(q[0], q[1], q[2]); }
}
gate twice(q: [qubit], angle: float) {
    layer(q, angle);
    inv h(q[0]);
    ctrl(q[2]) sigma(q[1], angle);
    for x in q { s(x); }
    layer(q, -angle);
}
"""


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("angle", [0.7, 1.3])
@pytest.mark.parametrize("controls", [0, 1, 2, 4])
def test_a_gate_and_its_inverse_are_nothing(controls: int, angle: float, level: int) -> None:
    rng = random.Random(controls)
    text, expected = mixed(rng, controls + 3)
    head = prefix(controls, False, "plain")
    rest = f"q[{controls}..{controls + 3}], {angle}"
    text += f"{head}twice({rest});\n{head}inv twice({rest});\ninv {head}twice({rest});\n{head}twice({rest});\n"
    body = f"let q = qubits({controls + 3});\n{text}let p = probability(q[0]);\n"
    same(f"{OWN}fn main() {{ {body} }}", expected, level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("controls", [1, 2, 5])
def test_an_own_gate_under_controls_is_its_matrix(controls: int, level: int) -> None:
    rng = random.Random(controls)
    angle = 1.1
    gate = Operator(np.eye(8))
    for n in range(3):
        gate = gate.compose(matrix("QRY", [angle / 2 + n]), [n])
    for n in range(2):
        gate = gate.compose(matrix("QCX", []), [n, n + 1])
    gate = gate.compose(matrix("QSX", []), [0]).compose(matrix("QT", []), [1])
    text, expected = mixed(rng, controls + 3)
    text += f"{prefix(controls, False, 'plain')}layer(q[{controls}..{controls + 3}], {angle});\n"
    expected = expected.evolve(controlled(gate, controls), range(controls + 3))
    body = f"let q = qubits({controls + 3});\n{text}let p = probability(q[0]);\n"
    same(f"{OWN}fn main() {{ {body} }}", expected, level)


def whole(machine: Machine, count: int) -> np.ndarray:
    """The state of the first qubits, whatever groups they are in; the first amplitude that counts is positive, as the
    phase of a whole state means nothing."""
    found = np.ones(1 << count, dtype=complex)
    places = np.arange(1 << count)
    seen: set[int] = set()
    for handle in range(1, count + 1):
        if handle in seen:
            continue
        members, vector = state(machine, handle)
        seen.update(members)
        index = sum(((places >> (member - 1)) & 1) << n for n, member in enumerate(members))
        found *= vector[index]
    first = found[np.abs(found) > 1e-6][0]
    return found * (abs(first) / first)


@pytest.mark.parametrize("seed", range(60))
def test_circuit_passes_keep_the_state(seed: int) -> None:
    """Random circuits with many gates that undo each other or do nothing, at every level."""
    rng = random.Random(seed)
    text = "let q = qubits(4);\n"
    last = "x(q[0]);"
    for _ in range(rng.choice([6, 20, 60])):
        kind = rng.random()
        if kind < 0.5:
            name = rng.choice([*GATES, "x", "cx", "ccx", "cz", "rz"])
            builtin = BUILTINS[name]
            qubits = [f"q[{n}]" for n in rng.sample(range(4), builtin.qubits)]
            turns = [0.5, -0.5, 1.0, 3.0, 4.0, 8.0, 2 * np.pi, 4 * np.pi]
            angles = [repr(rng.choice(turns)) for _ in range(len(builtin.params) - builtin.qubits)]
            last = f"{name}({', '.join([*qubits, *angles])});"
        elif kind < 0.55:
            last = f"barrier(q[{rng.randrange(4)}]);"
        text += f"{'inv ' * (rng.random() < 0.4 and 'barrier' not in last)}{last}\n"
    text = f"fn main() {{ {text} let p = probability(q[0]) + probability(q[3]); }}"
    machines = [finished(text, level) for level in LEVELS]
    plain, *others = (whole(machine, 4) for machine in machines)
    for found in others:
        assert np.abs(found - plain).max() < TOLERANCE


def count_of(text: str) -> int:
    """Gates that a run records."""
    obj = build(f"fn main() {{ {text} }}")
    return sum(BY_CODE[row[0]].name in GATE_NAMES for row in obj.code)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("let q = qubit(); let r = qubit(); cx(q, r); h(r);", 1),
        ("let q = qubit(); let r = qubit(); x(q); cx(q, r);", 2),
        ("let q = qubits(3); ccx(q[0], q[1], q[2]); swap(q[0], q[2]); t(q[1]); rz(q[2], 0.3);", 0),
        ("let q = qubit(); h(q); sigma(q, 5); sigma(q, 3); h(q);", 0),
        ("let q = qubit(); let r = qubit(); h(q); h(r); crx(q, r, 3 * pi); crx(q, r, -pi); ", 3),
        ("let q = qubit(); let r = qubit(); h(q); h(r); crx(q, r, 3 * pi); crx(q, r, pi); ", 2),
        ("let q = qubit(); let r = qubit(); h(q); h(r); cz(q, r); cz(r, q);", 2),
        ("let q = qubit(); h(q); barrier(q); h(q);", 2),
    ],
)
def test_what_gates_come_to(text: str, left: int) -> None:
    assert count_of(text) == left
