"""Every gate, its inverse and its controlled forms against Qiskit's matrices, the global phase included."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Operator, Statevector

from sigma.builtins import BUILTINS
from tests.sigma.support import LEVELS, finished
from tests.vm.test_quantum import TOLERANCE, matrix, state

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


@pytest.mark.parametrize("seed", range(40))
def test_circuit_passes_keep_the_state(seed: int) -> None:
    """Random circuits with many gates that undo each other, at every level."""
    rng = random.Random(seed)
    text = "let q = qubits(4);\n"
    last = "x(q[0]);"
    for _ in range(60):
        if rng.random() < 0.5:
            name = rng.choice(GATES)
            builtin = BUILTINS[name]
            qubits = [f"q[{n}]" for n in rng.sample(range(4), builtin.qubits)]
            angles = [repr(rng.choice([0.5, -0.5, 1.0, 3.0])) for _ in range(len(builtin.params) - builtin.qubits)]
            last = f"{name}({', '.join([*qubits, *angles])});"
        text += f"{'inv ' * (rng.random() < 0.4)}{last}\n"
    text = f"fn main() {{ {text} let p = probability(q[0]); }}"
    vectors = []
    for level in LEVELS:
        machine = finished(text, level)
        assert machine.quantum is not None
        vectors.append([state(machine, n + 1) for n in range(4)])
    for found in vectors[1:]:
        for (members, vector), (wanted, plain) in zip(found, vectors[0], strict=True):
            assert members == wanted or len(members) <= len(wanted)
            if members == wanted:
                assert np.abs(vector - plain).max() < TOLERANCE
