"""Gates of OpenQASM 3 as a few kinds with exact phases, and what ``ctrl``, ``negctrl``, ``inv`` and ``pow`` make of
them.

The built-in gate is the specification's, U(θ, φ, λ) = e^(iθ/2) P(φ) RY(θ) P(λ). That phase is seen under a control."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from qbcc.openqasm.values import Refusal

Matrix = NDArray[np.complex128]


@dataclass(frozen=True)
class Linear:
    """An angle: a number, and multiples of angles that the program computes (labels of words of memory)."""

    number: float = 0.0
    terms: tuple[tuple[str, float], ...] = ()

    def __add__(self, other: Linear) -> Linear:
        terms = dict(self.terms)
        for label, times in other.terms:
            terms[label] = terms.get(label, 0.0) + times
        return Linear(self.number + other.number, tuple((label, times) for label, times in terms.items() if times))

    def __mul__(self, times: float) -> Linear:
        return Linear(self.number * times, tuple((label, each * times) for label, each in self.terms))

    def __neg__(self) -> Linear:
        return Linear(-self.number, tuple((label, -each) for label, each in self.terms))


def number(value: float) -> Linear:
    """A constant angle."""
    return Linear(value)


@dataclass(frozen=True)
class Op:
    """A gate of :data:`KINDS` on some qubits, where each control has its value."""

    kind: str
    angles: tuple[Linear, ...]
    qubits: tuple[str, ...]
    """Targets; of ``gphase`` none."""
    controls: tuple[tuple[str, int], ...] = ()
    """Qubits with 1, or 0 for ``negctrl``."""


KINDS: Final = {
    "gphase": (0, 1), "p": (1, 1), "rx": (1, 1), "ry": (1, 1), "rz": (1, 1), "u": (1, 3),
    "x": (1, 0), "y": (1, 0), "z": (1, 0), "h": (1, 0), "s": (1, 0), "sdg": (1, 0), "t": (1, 0), "tdg": (1, 0),
    "sx": (1, 0), "swap": (2, 0),
}  # fmt: skip
"""Kinds: qubits and angles. ``u`` is Qiskit's U, without a phase: P(φ) RY(θ) P(λ)."""
_INVERSE: Final = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}
_PHASES: Final = {"z": 1.0, "s": 0.5, "sdg": -0.5, "t": 0.25, "tdg": -0.25}
"""Diagonal gates: multiples of π on |1⟩."""
_ROTATIONS: Final = ("gphase", "p", "rx", "ry", "rz")


@dataclass(frozen=True)
class Standard:
    """A gate of the language or of its standard library."""

    angles: int
    qubits: int
    make: Callable[[Sequence[Linear], Sequence[str]], list[Op]]


def _plain(kind: str, controls: int = 0) -> Standard:
    qubits, angles = KINDS[kind]

    def make(given: Sequence[Linear], on: Sequence[str]) -> list[Op]:
        return [Op(kind, tuple(given), tuple(on[controls:]), tuple((qubit, 1) for qubit in on[:controls]))]

    return Standard(angles, qubits + controls, make)


def _built_in(given: Sequence[Linear], on: Sequence[str]) -> list[Op]:
    return [Op("gphase", (given[0] * 0.5,), ()), Op("u", tuple(given), tuple(on))]


def _u3(given: Sequence[Linear], on: Sequence[str]) -> list[Op]:
    return [Op("gphase", ((given[1] + given[2]) * -0.5,), ()), Op("u", tuple(given), tuple(on))]


def _cu(given: Sequence[Linear], on: Sequence[str]) -> list[Op]:
    control = ((on[0], 1),)
    return [Op("gphase", (given[3],), (), control), Op("u", tuple(given[:3]), (on[1],), control)]


U: Final = Standard(3, 1, _built_in)
STANDARD: Final[dict[str, Standard]] = {
    **{name: _plain(name) for name in KINDS if name not in ("gphase", "u")},
    **{f"c{name}": _plain(name, 1) for name in ("x", "y", "z", "h", "p", "rx", "ry", "rz", "swap")},
    "CX": _plain("x", 1),
    "ccx": _plain("x", 2),
    "phase": _plain("p"),
    "cphase": _plain("p", 1),
    "u1": _plain("p"),
    "u2": Standard(2, 1, lambda given, on: _u3((number(math.pi / 2), *given), on)),
    "u3": Standard(3, 1, _u3),
    "cu": Standard(4, 2, _cu),
    "id": Standard(0, 1, lambda _given, _on: []),
}
"""Those of ``stdgates.inc``, by name."""


def controlled(ops: Sequence[Op], qubits: Sequence[str], value: int) -> list[Op]:
    """``ctrl`` (1) or ``negctrl`` (0) by some qubits."""
    more = tuple((qubit, value) for qubit in qubits)
    return [replace(op, controls=(*more, *op.controls)) for op in ops]


def inverse(ops: Sequence[Op]) -> list[Op]:
    """``inv``."""
    return [part for op in reversed(ops) for part in _inverted(op)]


def _inverted(op: Op) -> list[Op]:
    if op.kind == "u":
        theta, phi, lam = op.angles
        return [replace(op, angles=(-theta, -lam, -phi))]
    if op.kind == "sx":
        return [replace(op, kind="rx", angles=(number(-math.pi / 2),)),
                replace(op, kind="gphase", angles=(number(-math.pi / 4),), qubits=())]  # fmt: skip
    return [replace(op, kind=_INVERSE.get(op.kind, op.kind), angles=tuple(-angle for angle in op.angles))]


def power(ops: list[Op], exponent: float, most: int) -> list[Op]:
    """``pow``: repetition for whole exponents; else the principal power, whose eigenvalues have phases in (-π, π]
    times the exponent. Raises :class:`Refusal`."""
    if len(ops) == 1:
        found = _power_of_one(ops[0], exponent)
        if found is not None:
            return found
    if exponent == int(exponent):
        count = abs(int(exponent))
        if count * len(ops) > most:
            raise Refusal(f"pow({exponent:g}) stands for more than {most:,} gates")
        return (ops if exponent >= 0 else inverse(ops)) * count
    return _root(ops, exponent)


def _power_of_one(op: Op, exponent: float) -> list[Op] | None:
    if op.kind in _ROTATIONS:
        (angle,) = op.angles
        # Phases of its eigenvalues: ±θ/2, or θ. Beyond π a part of the angle is not the principal power.
        highest = math.pi if op.kind in ("p", "gphase") else math.tau
        if exponent == int(exponent) or (not angle.terms and -highest + 1e-9 < angle.number < highest - 1e-9):
            return [replace(op, angles=(angle * exponent,))]
        return None
    if op.kind in _PHASES:
        return [replace(op, kind="p", angles=(number(_PHASES[op.kind] * math.pi * exponent),))]
    if op.kind in ("x", "y", "sx"):
        turn = math.pi * exponent * (0.5 if op.kind == "sx" else 1.0)
        axis = "ry" if op.kind == "y" else "rx"
        return [replace(op, kind="gphase", angles=(number(turn / 2),), qubits=()),
                replace(op, kind=axis, angles=(number(turn),))]  # fmt: skip
    if op.kind == "h":
        turn_in, turn_out = (Op("ry", (number(sign * math.pi / 4),), op.qubits) for sign in (-1, 1))
        return [turn_in, replace(op, kind="p", angles=(number(math.pi * exponent),)), turn_out]
    return None


_MOST_QUBITS: Final = 6
"""Qubits of a sequence of gates that has a root: its matrix is worked out."""


def _root(ops: Sequence[Op], exponent: float) -> list[Op]:
    """A power of a sequence of gates, by its matrix."""
    shared = set(ops[0].controls).intersection(*(op.controls for op in ops)) if ops else set()
    inner = [replace(op, controls=tuple(each for each in op.controls if each not in shared)) for op in ops]
    used = {qubit for op in inner for qubit in (*op.qubits, *(control for control, _ in op.controls))}
    if shared and {qubit for qubit, _ in shared} & used:
        shared, inner = set(), list(ops)
    qubits = list(dict.fromkeys(q for op in inner for q in (*op.qubits, *(control for control, _ in op.controls))))
    if any(angle.terms for op in ops for angle in op.angles):
        raise Refusal("a power that is not whole needs gates whose angles are constants")
    if len(qubits) > _MOST_QUBITS:
        raise Refusal(f"a power that is not whole is for gates on at most {_MOST_QUBITS} qubits")
    values, vectors = _eigen(matrix(inner, qubits))
    phases = np.angle(values)
    # -1 has the phase π, on whichever side rounding puts it.
    phases[phases < -math.pi + 1e-9] = math.pi
    whole = (vectors * np.exp(1j * exponent * phases)) @ vectors.conj().T
    made = _of_matrix(whole, qubits)
    return [replace(op, controls=(*sorted(shared), *op.controls)) for op in made]


def _eigen(unitary: Matrix) -> tuple[Matrix, Matrix]:
    """Eigenvalues and orthonormal eigenvectors of a unitary matrix."""
    from scipy.linalg import schur

    triangle, vectors = schur(unitary, output="complex")
    return np.diag(triangle).copy(), vectors


def _of_matrix(whole: Matrix, qubits: Sequence[str]) -> list[Op]:
    """Gates that are a matrix, its phase included."""
    if not qubits:
        return [Op("gphase", (number(cmath.phase(whole[0, 0])),), ())]
    if len(qubits) == 1:
        return _of_single(whole, qubits[0])
    from qiskit import QuantumCircuit, transpile

    circuit = QuantumCircuit(len(qubits))
    circuit.unitary(whole, range(len(qubits)))
    circuit = transpile(circuit, basis_gates=["u", "cx"], optimization_level=0)
    made = [Op("gphase", (number(float(circuit.global_phase)),), ())]
    for item in circuit.data:
        on = [qubits[circuit.find_bit(qubit).index] for qubit in item.qubits]
        if item.operation.name == "cx":
            made.append(Op("x", (), (on[1],), ((on[0], 1),)))
        else:
            made.append(Op("u", tuple(number(float(angle)) for angle in item.operation.params), tuple(on)))
    return made


def _of_single(whole: Matrix, qubit: str) -> list[Op]:
    theta = 2 * math.atan2(abs(whole[1, 0]), abs(whole[0, 0]))
    if abs(whole[0, 0]) > 1e-12:
        alpha = cmath.phase(whole[0, 0])
        phi = cmath.phase(whole[1, 0]) - alpha if abs(whole[1, 0]) > 1e-12 else 0.0
        lam = cmath.phase(whole[1, 1]) - alpha - phi if abs(whole[1, 1]) > 1e-12 else 0.0
    else:
        alpha = 0.0
        phi, lam = cmath.phase(whole[1, 0]), cmath.phase(-whole[0, 1])
    angles = tuple(number(angle) for angle in (theta, phi, lam))
    return [Op("gphase", (number(alpha),), ()), Op("u", angles, (qubit,))]


def matrix(ops: Sequence[Op], qubits: Sequence[str]) -> Matrix:
    """What gates with constant angles do: 2ⁿ × 2ⁿ, the first qubit the lowest bit."""
    count = len(qubits)
    place = {qubit: index for index, qubit in enumerate(qubits)}
    whole = np.eye(1 << count, dtype=np.complex128)
    rows = np.arange(1 << count)
    for op in ops:
        on = np.ones(1 << count, dtype=bool)
        for qubit, value in op.controls:
            on &= (rows >> place[qubit] & 1) == value
        whole = _applied(op, whole, rows[on], [place[qubit] for qubit in op.qubits])
    return whole


def _applied(op: Op, whole: Matrix, rows: NDArray[np.int64], places: list[int]) -> Matrix:
    angles = [angle.number for angle in op.angles]
    result = whole.copy()
    if op.kind == "gphase":
        result[rows] = cmath.exp(1j * angles[0]) * whole[rows]
    elif op.kind == "swap":
        bits = [rows >> place & 1 for place in places]
        changed = rows ^ ((bits[0] ^ bits[1]) << places[0]) ^ ((bits[0] ^ bits[1]) << places[1])
        result[changed] = whole[rows]
    else:
        small = single(op.kind, angles)
        bit = rows >> places[0] & 1
        low, high = rows & ~(1 << places[0]), rows | 1 << places[0]
        result[rows] = small[bit, 0][:, None] * whole[low] + small[bit, 1][:, None] * whole[high]
    return result


def single(kind: str, angles: Sequence[float]) -> Matrix:
    """The matrix of a kind on one qubit."""
    if kind in _PHASES:
        kind, angles = "p", [_PHASES[kind] * math.pi]
    half = angles[0] / 2 if angles else 0.0
    cos, sin = math.cos(half), math.sin(half)
    found: list[list[complex]]
    if kind == "p":
        found = [[1, 0], [0, cmath.exp(1j * angles[0])]]
    elif kind == "rx":
        found = [[cos, -1j * sin], [-1j * sin, cos]]
    elif kind == "ry":
        found = [[cos, -sin], [sin, cos]]
    elif kind == "rz":
        found = [[cmath.exp(-1j * half), 0], [0, cmath.exp(1j * half)]]
    elif kind == "u":
        before, after = cmath.exp(1j * angles[2]), cmath.exp(1j * angles[1])
        found = [[cos, -before * sin], [after * sin, before * after * cos]]
    else:
        root = math.sqrt(0.5)
        fixed: dict[str, list[list[complex]]] = {
            "x": [[0, 1], [1, 0]],
            "y": [[0, -1j], [1j, 0]],
            "h": [[root, root], [root, -root]],
            "sx": [[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]],
        }
        found = fixed[kind]
    return np.array(found, dtype=np.complex128)
