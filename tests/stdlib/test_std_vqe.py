"""std.vqe: expectations against matrices, and the energy of a hydrogen molecule against its diagonalised Hamiltonian."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path

import numpy as np
import pytest
from qiskit.quantum_info import Pauli, SparsePauliOp, Statevector

import qbcc
from tests.sigma.support import output
from tests.stdlib.unitaries import prepared, same, unitary

SOURCE = (Path(qbcc.__file__).parent.parent / "stdlib/std/vqe.sigma").read_text(encoding="utf-8")
H2 = SparsePauliOp.from_list(
    [
        ("II", -1.052373245772859),
        ("IZ", 0.39793742484318045),
        ("ZI", -0.39793742484318045),
        ("ZZ", -0.01128010425623538),
        ("XX", 0.18093119978423156),
    ]
)
EXACT = float(np.linalg.eigvalsh(H2.to_matrix())[0])


def trial(count: int, rng: random.Random) -> tuple[str, Statevector]:
    """Code for a random state, and the state."""
    code = "".join(f"u(q[{n}], {', '.join(repr(rng.uniform(-3, 3)) for _ in range(3))});" for n in range(count))
    code += "".join(f"cx(q[{n}], q[{n + 1}]);" for n in range(count - 1))
    return code, Statevector(prepared("gates", code, count))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_expectations_of_paulis(count: int) -> None:
    rng = random.Random(count)
    code, state = trial(count, rng)
    strings = ["".join(rng.choice("IXYZ") for _ in range(count)) for _ in range(12)] + ["I" * count, "Y" * count]
    calls = ""
    for string in strings:
        x = sum(1 << n for n, letter in enumerate(reversed(string)) if letter in "XY")
        z = sum(1 << n for n, letter in enumerate(reversed(string)) if letter in "ZY")
        calls += f'print("{{vqe.expectation(q, {x}, {z})}}");'
    found = output(f"import std.vqe; fn main() {{ let q = qubits({count}); {code} {calls} }}").split()
    for string, value in zip(strings, found, strict=True):
        assert abs(float(value) - state.expectation_value(Pauli(string)).real) < 1e-10


def test_the_state_is_not_changed_by_its_energy() -> None:
    code, state = trial(2, random.Random(1))
    found = prepared("vqe", f"{code} let e = vqe.energy(q, vqe.H2);", 2)
    assert np.abs(found - state.data).max() < 1e-10
    value = output(f'import std.vqe; fn main() {{ let q = qubits(2); {code} print("{{vqe.energy(q, vqe.H2)}}"); }}')
    assert abs(float(value) - state.expectation_value(H2).real) < 1e-10


def test_the_exact_energy_is_the_one_that_is_published() -> None:
    assert abs(EXACT - -1.857275030202) < 1e-9
    repulsion = float(re.findall(r"H2_NUCLEI = (.*);", SOURCE)[0])
    # 1/R in atomic units, R = 0.735 Å.
    assert abs(repulsion - 0.529177210903 / 0.735) < 1e-8
    assert abs(EXACT + repulsion - -1.137306035753) < 1e-9


def test_hydrogen_by_one_angle() -> None:
    text = 'import std.vqe; fn main() { let (angle, energy) = vqe.h2_ground(); print("{angle} {energy}"); }'
    angle, energy = map(float, output(text).split())
    assert abs(energy - EXACT) < 1e-9
    state = Statevector(prepared("vqe", f"vqe.h2_state(q, {angle});", 2))
    assert abs(state.expectation_value(H2).real - EXACT) < 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_hydrogen_by_layers(seed: int) -> None:
    rng = random.Random(seed)
    angles = [rng.uniform(-1, 1) for _ in range(4)]
    text = f'import std.vqe; fn main() {{ var a = {angles}; print("{{vqe.ground(vqe.H2, 2, a, 1e-7)}}"); }}'
    energy = float(output(text))
    assert EXACT - 1e-9 <= energy < EXACT + 1e-3


def test_layers_are_turns_and_exchanges_of_phase() -> None:
    angles = [0.3, -0.7, 1.1, 0.2, 0.9, -1.3]
    wanted = Statevector.from_int(0, 8)
    for layer in range(2):
        if layer:
            wanted = wanted.evolve(Pauli("III"))
            for n in range(2):
                wanted = wanted.evolve(np.diag([1, 1, 1, -1]), [n, n + 1])
        for n in range(3):
            half = angles[3 * layer + n] / 2
            wanted = wanted.evolve(np.array([[math.cos(half), -math.sin(half)], [math.sin(half), math.cos(half)]]), [n])
    same(prepared("vqe", f"vqe.layers(q, {angles});", 3)[:, None], wanted.data[:, None])


@pytest.mark.parametrize("angle", [0.0, 0.4, math.pi, -2.5])
def test_an_excitation(angle: float) -> None:
    """It turns |01⟩ and |10⟩ only."""
    wanted = np.eye(4)
    cos, sin = math.cos(angle / 2), math.sin(angle / 2)
    wanted[np.ix_([1, 2], [1, 2])] = [[cos, -sin], [sin, cos]]
    found = unitary("vqe", f"vqe.excite(q[0], q[1], {angle});", 2)
    same(found, wanted)


@pytest.mark.parametrize("seed", range(4))
def test_rotosolve_and_slope_are_exact_for_a_sine(seed: int) -> None:
    rng = random.Random(seed)
    a, b, c, here = (rng.uniform(-2, 2) for _ in range(4))

    def f(angle: float) -> float:
        return a * math.cos(angle) + b * math.sin(angle) + c

    values = ", ".join(repr(f(here + turn)) for turn in (0, math.pi / 2, -math.pi / 2))
    sides = values.partition(", ")[2]
    text = f'import std.vqe; fn main() {{ print("{{vqe.rotosolve({values})}} {{vqe.slope({sides})}}"); }}'
    turn, slope = map(float, output(text).split())
    assert -math.pi < turn <= math.pi
    assert abs(f(here + turn) - (c - math.hypot(a, b))) < 1e-12
    assert abs(slope - (b * math.cos(here) - a * math.sin(here))) < 1e-12
