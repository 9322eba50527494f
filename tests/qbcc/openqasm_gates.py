"""Random OpenQASM 3 of gates, with the state that the specification says: matrices, made beside the text and not from
it. U(θ, φ, λ) is the specification's, with its phase e^(iθ/2)."""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import schur

Matrix = NDArray[np.complex128]
PI = math.pi


def u(theta: float, phi: float, lam: float) -> Matrix:
    """½ ((1+e^iθ, -ie^iλ(1-e^iθ)), (ie^iφ(1-e^iθ), e^i(φ+λ)(1+e^iθ)))."""
    e = cmath.exp(1j * theta)
    before, after = cmath.exp(1j * lam), cmath.exp(1j * phi)
    return np.array([[1 + e, -1j * before * (1 - e)], [1j * after * (1 - e), before * after * (1 + e)]]) / 2


def phase(angle: float) -> Matrix:
    return np.diag([1, cmath.exp(1j * angle)])


def turn(axis: Matrix) -> Callable[[float], Matrix]:
    return lambda angle: math.cos(angle / 2) * np.eye(2) - 1j * math.sin(angle / 2) * axis


def control(matrix: Matrix, state: int = 1) -> Matrix:
    """The new qubit is the first: the lowest bit."""
    size = len(matrix)
    whole = np.eye(2 * size, dtype=complex)
    rows = np.arange(size) * 2 + state
    whole[np.ix_(rows, rows)] = matrix
    return whole


def power(matrix: Matrix, exponent: float) -> Matrix:
    if exponent == int(exponent):
        return np.linalg.matrix_power(matrix if exponent >= 0 else matrix.conj().T, abs(int(exponent)))
    triangle, vectors = schur(matrix, output="complex")
    angles = np.angle(np.diag(triangle))
    angles[angles < -PI + 1e-9] = PI
    return vectors @ np.diag(np.exp(1j * exponent * angles)) @ vectors.conj().T


X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
H = np.array([[1, 1], [1, -1]]) / math.sqrt(2)
SX = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
SWAP = np.eye(4)[[0, 2, 1, 3]]
RX, RY, RZ = turn(X), turn(Y), turn(Z)
GATES: dict[str, tuple[int, int, Callable[..., Matrix]]] = {
    "U": (3, 1, u), "x": (0, 1, lambda: X), "y": (0, 1, lambda: Y), "z": (0, 1, lambda: Z), "h": (0, 1, lambda: H),
    "s": (0, 1, lambda: phase(PI / 2)), "sdg": (0, 1, lambda: phase(-PI / 2)), "t": (0, 1, lambda: phase(PI / 4)),
    "tdg": (0, 1, lambda: phase(-PI / 4)), "sx": (0, 1, lambda: SX), "p": (1, 1, phase), "rx": (1, 1, RX),
    "ry": (1, 1, RY), "rz": (1, 1, RZ), "id": (0, 1, lambda: np.eye(2)), "phase": (1, 1, phase), "u1": (1, 1, phase),
    "u2": (2, 1, lambda a, b: cmath.exp(-1j * (a + b + PI / 2) / 2) * u(PI / 2, a, b)),
    "u3": (3, 1, lambda a, b, c: cmath.exp(-1j * (a + b + c) / 2) * u(a, b, c)),
    "cx": (0, 2, lambda: control(X)), "CX": (0, 2, lambda: control(X)), "cy": (0, 2, lambda: control(Y)),
    "cz": (0, 2, lambda: control(Z)), "ch": (0, 2, lambda: control(H)), "cp": (1, 2, lambda a: control(phase(a))),
    "cphase": (1, 2, lambda a: control(phase(a))), "crx": (1, 2, lambda a: control(RX(a))),
    "cry": (1, 2, lambda a: control(RY(a))), "crz": (1, 2, lambda a: control(RZ(a))),
    "cu": (4, 2, lambda a, b, c, d: control(cmath.exp(1j * (d - a / 2)) * u(a, b, c))),
    "swap": (0, 2, lambda: SWAP), "ccx": (0, 3, lambda: control(control(X))), "cswap": (0, 3, lambda: control(SWAP)),
}  # fmt: skip
"""The standard library: angles, qubits, matrix with the first qubit the lowest bit."""
_COUNT = 5


@dataclass
class Call:
    """A gate with its modifiers, as text and as a matrix."""

    text: str
    matrix: Matrix
    places: list[int]


@dataclass
class Own:
    """A gate of the text's own."""

    angles: int
    qubits: int
    matrix: Callable[..., Matrix]


def applied(matrix: Matrix, places: list[int], state: Matrix) -> Matrix:
    """A matrix on some qubits of columns of states; qubit 0 is the lowest bit."""
    count = len(state).bit_length() - 1
    shaped = state.reshape((2,) * count + (-1,))
    axes = [count - 1 - place for place in reversed(places)]
    moved = np.moveaxis(shaped, axes, range(len(axes)))
    result = (matrix @ moved.reshape(len(matrix), -1)).reshape(moved.shape)
    return np.moveaxis(result, range(len(axes)), axes).reshape(state.shape)


class Maker:
    """Makes one text."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.own: dict[str, Own] = {}

    def angle(self, parameters: list[str]) -> tuple[str, Callable[[dict[str, float]], float]]:
        rng = self.rng
        kind = rng.randrange(4 if parameters else 2)
        if kind == 0:
            times, below = rng.randint(-5, 5), rng.choice([1, 2, 3, 4])
            return f"{times}*pi/{below}", lambda _: times * PI / below
        number = rng.uniform(-4, 4)
        if kind == 1:
            return repr(number), lambda _: number
        name = rng.choice(parameters)
        if kind == 2:
            return name, lambda known: known[name]
        return f"{number!r} - {name} / 2", lambda known: number - known[name] / 2

    def call(
        self, qubits: list[str], parameters: list[str], depth: int
    ) -> tuple[str, Callable[[dict[str, float]], tuple[Matrix, list[int]]]]:
        """A statement, and what it is once its parameters are known: matrix and places among ``qubits``."""
        rng = self.rng
        names = [name for name, gate in self.own.items() if gate.qubits <= len(qubits)] * 3
        names += [name for name, gate in GATES.items() if gate[1] <= len(qubits)] + ["gphase"] * 4
        name = rng.choice(names)
        if name == "gphase":
            angles, arity, make = 1, 0, lambda a: np.array([[cmath.exp(1j * a)]])
        elif name in self.own:
            angles, arity, make = self.own[name].angles, self.own[name].qubits, self.own[name].matrix
        else:
            angles, arity, make = GATES[name]
        given = [self.angle(parameters) for _ in range(angles)]
        modifiers: list[tuple[str, Callable[[Matrix], Matrix]]] = []
        room = len(qubits) - arity
        used = 0
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
            kind = rng.choice(["ctrl", "ctrl", "negctrl", "inv", "pow", "root"])
            if kind in ("ctrl", "negctrl"):
                count = rng.randint(1, 2)
                if used + count > room:
                    continue
                used += count
                state = int(kind == "ctrl")
                word = kind if count == 1 and rng.random() < 0.5 else f"{kind}({count})"
                modifiers.append(
                    (word, lambda m, n=count, s=state: control(control(m, s), s) if n == 2 else control(m, s))
                )
            elif kind == "inv":
                modifiers.append(("inv", lambda m: m.conj().T))
            elif kind == "pow":
                times = rng.randint(-3, 3)
                modifiers.append((f"pow({times})", lambda m, t=times: power(m, t)))
            elif not parameters:
                modifiers.append(("pow(1/2)", lambda m: power(m, 0.5)))
        places = rng.sample(range(len(qubits)), arity + used)
        words = "".join(f"{word} @ " for word, _ in modifiers)
        arguments = f"({', '.join(text for text, _ in given)})" if given else ""
        text = f"{words}{name}{arguments} {', '.join(qubits[place] for place in places)};"

        def meaning(known: dict[str, float]) -> tuple[Matrix, list[int]]:
            matrix = make(*(compute(known) for _, compute in given))
            for _, change in reversed(modifiers):
                matrix = change(matrix)
            return matrix, places

        return text, meaning

    def define(self, number: int) -> str:
        """A gate of its own."""
        rng = self.rng
        arity, angles = rng.randint(1, 3), rng.randint(0, 2)
        qubits, parameters = [f"q{place}" for place in range(arity)], [f"a{place}" for place in range(angles)]
        calls = [self.call(qubits, parameters, 1) for _ in range(rng.randint(1, 3))]

        def matrix(*given: float) -> Matrix:
            known = dict(zip(parameters, given, strict=True))
            whole: Matrix = np.eye(1 << arity, dtype=complex)
            for _, meaning in calls:
                part, places = meaning(known)
                whole = applied(part, places, whole) if places else part[0, 0] * whole
            return whole

        name = f"own{number}"
        self.own[name] = Own(angles, arity, matrix)
        head = f"({', '.join(parameters)})" if parameters else ""
        return f"gate {name}{head} {', '.join(qubits)} {{ {' '.join(text for text, _ in calls)} }}\n"


def program(rng: random.Random) -> tuple[str, Matrix]:
    """A text and the state that it makes of |0…0⟩."""
    maker = Maker(rng)
    text = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n' + "".join(maker.define(number) for number in range(3))
    text += f"qubit[{_COUNT}] r;\n"
    state: Matrix = np.zeros(1 << _COUNT, dtype=complex)
    state[0] = 1
    qubits = [f"r[{place}]" for place in range(_COUNT)]
    for place in range(_COUNT):
        angle = rng.uniform(0.3, 2.8)
        text += f"U({angle!r}, 0.4, 1.1) r[{place}];\n"
        state = applied(u(angle, 0.4, 1.1), [place], state)
    for _ in range(8):
        line, meaning = maker.call(qubits, [], 0)
        matrix, places = meaning({})
        state = applied(matrix, places, state) if places else matrix[0, 0] * state
        text += line + "\n"
    return text, state
