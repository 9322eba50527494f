"""Programs under noise against exact density matrices (:mod:`tests.noisy_model`), and the cases behind them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.noisy_model import Model, Noise, Step
from tests.noisy_programs import _by_gate, check, exceeds, probabilities
from tests.programs import build
from vm import shots
from vm.machine import Machine


@pytest.mark.parametrize("seed", range(30))
def test_random_programs(seed: int) -> None:
    check(seed)


def test_the_bound_finds_a_difference() -> None:
    """The comparison of counts refuses a wrong distribution, and keeps a right one."""
    right = {(0,): 0.73, (1,): 0.27}
    assert exceeds(Counter({(0,): 14_650, (1,): 5350}), right) is None
    assert exceeds(Counter({(0,): 18_000, (1,): 2000}), right) is not None
    assert exceeds(Counter({(0,): 19_999, (2,): 1}), right) is not None


def test_the_model_on_paper() -> None:
    """A flip after X, then two readings of which each is wrong once in five."""
    steps: list[Step] = [
        ("alloc", 1), ("gate", "QX", [1], []), ("measure", 1, 0), ("measure", 1, 1), ("record", 0), ("record", 1),
    ]  # fmt: skip
    found = Model(Noise((_by_gate("bit_flip", {"": 0.1}),), (0.2, 0.2)), 2).distribution(steps)
    assert found[1, 1] == pytest.approx(0.9 * 0.64 + 0.1 * 0.04)
    assert found[1, 0] == found[0, 1] == pytest.approx(0.16)
    assert found[0, 0] == pytest.approx(0.9 * 0.04 + 0.1 * 0.64)


def distribution(text: str, **settings: Any) -> dict[tuple[Any, ...], float]:
    obj = build(text)
    return probabilities(lambda seed: Machine(obj, seed=seed, engine="interp", **settings))


MEASURED = "main: QALLOC r4, 1\n QX r4\n QMEAS r0, r4\n QMEAS r1, r4\n QMEAS r2, r4\n QHALT 0"


@pytest.mark.parametrize("backend", ["aer", "aer:density_matrix"])
@pytest.mark.parametrize("name", ["bit_flip", "amplitude_damping"])
def test_a_measured_one_stays_one(backend: str, name: str) -> None:
    found = distribution(MEASURED, noise=f"{name}=0.1", backend=backend)
    assert found == pytest.approx({(1, 1, 1): 0.9, (0, 0, 0): 0.1})


# The qubit that was measured as 1 meets others, by which it could have been a gate.
LATER = {
    "inspection": (" QPROB r3, 1\n QASSERT r3, 1.0\n", {(1,): 1.0}),
    "joined": (" QALLOC r5\n QCX 1, r5\n QMEAS r0, r5\n", {(1, 1): 1.0}),
    "freed": (" QALLOC r5\n QCX 1, r5\n QFREE 1\n QMEAS r0, r5\n", {(1, 1): 1.0}),
    "reset": (" QRESET 1\n QMEAS r0, 1\n", {(1, 0): 1.0}),
    "sampled": (
        " QSAMPLE r1, 1, 1, 50, [0x200000]\n QLOAD r2, [0x200000]\n QASSERT r1, 1\n QASSERT r2, 1\n",
        {(1,): 1.0},
    ),
    "turned": (" QY 1\n QMEAS r0, 1\n QMEAS r0, 1\n", {(1, 0, 0): 1.0}),
    "expected": (' QEXPECT r1, 1, z\n QASSERT r1, -1.0\n QHALT\n.data\nz: .asciz "Z"\n', {(1,): 1.0}),
}


@pytest.mark.parametrize("kind", LATER)
@pytest.mark.parametrize("method", ["", "statevector", "density_matrix", "matrix_product_state", "stabilizer"])
def test_noise_of_x_needs_an_x(kind: str, method: str, tmp_path: Any) -> None:
    """The noise surely flips after each X, and the program has none: a |1⟩ that the machine made by an X would show.
    ``stabilizer`` knows no such noise; there the measured 1 has to be a tableau."""
    path = tmp_path / "noise.json"
    path.write_text('{"bit_flip": {"x": 1.0}}' if method != "stabilizer" else '{"readout": 0}')
    later, expected = LATER[kind]
    one = "QY 1" if method == "stabilizer" else "QRY 1, 3.141592653589793"
    text = f"main: QALLOC r4\n {one}\n QMEAS r0, 1\n{later}"
    text = text if "QHALT" in text else f"{text} QHALT"
    found = shots.run(
        lambda seed: Machine(build(text), seed=seed, noise=str(path), backend=f"aer:{method}" if method else "aer"),
        1,
        1,
    )
    assert found.status == 0, found.paths[0].outcome.trap
    assert {tuple(value for _, value in path.recorded): 1.0 for path in found.paths} == expected


def test_a_measured_one_among_many_clifford_qubits() -> None:
    """Forty qubits as a tableau: one is measured, and joins them again; then a gate that is not Clifford."""
    lines = ["main: QALLOC r4, 40", " QH 1", *(f" QCX {q}, {q + 1}" for q in range(1, 40))]
    lines += [" QMEAS r0, 20", " QCX 20, 1", " QMEAS r0, 1", " QMEAS r0, 40", " QT 3", " QRX 3, 0.7", " QPROB r5, 20"]
    lines += [" QINT r6, r5", " QCX 20, 3", " QCX 20, 3", " QMEAS r0, 20", " QHALT"]
    found = distribution("\n".join(lines))
    assert found == pytest.approx({(0, 0, 0, 0): 0.5, (1, 0, 1, 1): 0.5})


def test_runs_of_one_shot_draw_for_themselves() -> None:
    """Two paths of one run each, which both use random numbers: the numbers of the two must differ at times."""
    text = """main: QALLOC r4, 2
 QH 1
 QMEAS r0, 1
 QH 2
 QSAMPLE r1, 2, 1, 1, [0x200000]
 QLOAD r1, [0x200000+0]
 QMOV r0, name
 QSYSCALL 14
 QSYSCALL 9
 QMUL r1, r0, 1000
 QINT r1, r1
 QMOV r0, name
 QSYSCALL 14
 QHALT
.data
name: .asciz "value"
"""
    obj = build(text)
    seen = set()
    for seed in range(12):
        found = shots.run(lambda chosen: Machine(obj, seed=chosen, engine="interp"), 2, seed)
        assert found.is_repeated
        values = [tuple(value for _, value in path.recorded) for path in found.paths for _ in range(path.shots)]
        seen.add(values[0][0] == values[1][0])
        assert values[0][1] != values[1][1]
    assert seen == {False, True}


def test_noise_of_measurements_and_resets(tmp_path: Path) -> None:
    """By name in a file, and in Aer's own form; a reset of a qubit that met no other has it too."""
    from qiskit_aer.noise import NoiseModel, pauli_error

    text = "main: QALLOC r4, 2\n QRESET 1\n QMEAS r0, 1\n QMEAS r0, 1\n QMEAS r0, 2\n QHALT"
    model = NoiseModel()
    model.add_all_qubit_quantum_error(pauli_error([("X", 0.1), ("I", 0.9)]), "measure")
    model.add_all_qubit_quantum_error(pauli_error([("X", 0.3), ("I", 0.7)]), "reset")
    one = 0.3 * 0.9 + 0.7 * 0.1
    expected = {
        (a, b, c): (one if a else 1 - one) * (0.1 if a != b else 0.9) * (0.1 if c else 0.9)
        for a in (0, 1) for b in (0, 1) for c in (0, 1)
    }  # fmt: skip
    contents = ({"bit_flip": {"measure": 0.1, "reset": 0.3}}, model.to_dict(serializable=True))
    for number, content in enumerate(contents):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(content))
        assert distribution(text, noise=str(path)) == pytest.approx(expected)


def test_rates_of_all_gates_are_not_of_measurements() -> None:
    text = "main: QALLOC r4\n QRESET 1\n QMEAS r0, 1\n QMEAS r0, 1\n QHALT"
    assert distribution(text, noise="bit_flip=0.3,depolarizing=0.2") == {(0, 0): 1.0}


@pytest.mark.parametrize("method", ["statevector", "matrix_product_state"])
def test_errors_of_three_qubits_beside_kraus_operators(method: str) -> None:
    """Aer fails at turning such an error into Kraus operators."""
    text = "main: QALLOC r4, 3\n QX 1\n QX 2\n QCCX 1, 2, 3\n QMEAS r0, 3\n QHALT"
    obj = build(text)
    found = shots.run(
        lambda seed: Machine(obj, seed=seed, noise="depolarizing=0.4,amplitude_damping=0.3", backend=f"aer:{method}"),
        60,
        1,
    )
    assert found.status == 0, found.paths[0].outcome.trap
    assert {path.recorded[0][1] for path in found.paths} == {0, 1}
