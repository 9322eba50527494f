"""Exact model of noisy programs: density matrices of NumPy that branch at every measurement.

It shares nothing with the machine but the names of gates. A state of n qubits has shape (2,) * 2n: qubit i is axis
n - 1 - i of the rows and 2n - 1 - i of the columns, so the first qubit is the lowest bit. A channel on k qubits is its
superoperator, shape (4ᵏ, 4ᵏ), which takes the entries of ρ row by row."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.complex128]
Step = tuple[Any, ...]
"""One step of a program: its kind, then what the kind takes.

``("gate", name, handles, angles)``, ``("measure", handle, slot)``, ``("record", slot)``, ``("if", slot, value, then,
otherwise)``, ``("loop", count, body)``, ``("reset", handle)``, ``("free", handles)``, ``("alloc", count)``, ``("scope",
count, body)``, ``("look", kind, handles, letters)``, ``("sample", handles)``: one shot, recorded."""

NOTHING: Final = 1e-15
"""Probability of a branch that is rounding."""
LOOK_SCALE: Final = float(1 << 20)
LOOK_SHIFT: Final = 0.3719
"""What is recorded of an inspection x: ⌊x · LOOK_SCALE + LOOK_SHIFT⌋; no probable value is at a boundary of that."""

_I: Final = np.eye(2, dtype=np.complex128)
_X: Final = np.array([[0, 1], [1, 0]], np.complex128)
_Y: Final = np.array([[0, -1j], [1j, 0]])
_Z: Final = np.array([[1, 0], [0, -1]], np.complex128)
PAULIS: Final = {"I": _I, "X": _X, "Y": _Y, "Z": _Z}


# -- gates


def _u(theta: float, phi: float, lam: float) -> Matrix:
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return np.array([[c, -cmath.exp(1j * lam) * s], [cmath.exp(1j * phi) * s, cmath.exp(1j * (phi + lam)) * c]])


def _turn(pauli: Matrix, theta: float) -> Matrix:
    return np.asarray(math.cos(theta / 2) * np.eye(len(pauli)) - 1j * math.sin(theta / 2) * pauli)


def _controlled(inner: Matrix) -> Matrix:
    """The control is the first qubit, the lowest bit."""
    size = 2 * len(inner)
    found = np.eye(size, dtype=np.complex128)
    found[1::2, 1::2] = inner
    return found


def _permuted(size: int, a: int, b: int) -> Matrix:
    found = np.eye(size, dtype=np.complex128)
    found[[a, b]] = found[[b, a]]
    return found


def _w() -> Matrix:
    """X a, CRY(2 acos √(2/3)) a b, CX b a, CRY(π/2) a c, CX c a."""
    steps: list[tuple[Matrix, tuple[int, ...]]] = [
        (_X, (0,)),
        (_controlled(_turn(_Y, 2 * math.acos(math.sqrt(2 / 3)))), (0, 1)),
        (_controlled(_X), (1, 0)),
        (_controlled(_turn(_Y, math.pi / 2)), (0, 2)),
        (_controlled(_X), (2, 0)),
    ]
    whole = np.eye(8, dtype=np.complex128).reshape((2,) * 6)
    for matrix, places in steps:
        whole = _on_rows(matrix, whole, places, 3)
    return np.asarray(whole.reshape(8, 8))


def _on_rows(matrix: Matrix, tensor: Matrix, places: Sequence[int], count: int) -> Matrix:
    axes = [count - 1 - place for place in reversed(places)]
    k = len(places)
    moved = np.tensordot(matrix.reshape((2,) * (2 * k)), tensor, axes=(range(k, 2 * k), axes))
    return np.moveaxis(moved, range(k), axes)


_S: Final = np.diag([1, 1j]).astype(np.complex128)
_T: Final = np.diag([1, cmath.exp(1j * math.pi / 4)])
_H: Final = np.array([[1, 1], [1, -1]], np.complex128) / math.sqrt(2)


@lru_cache(maxsize=4096)
def gate(name: str, angles: tuple[float, ...]) -> Matrix:
    """The unitary of a gate instruction."""
    fixed = {
        "QX": _X, "QY": _Y, "QZ": _Z, "QH": _H, "QS": _S, "QSDG": _S.conj(), "QT": _T, "QTDG": _T.conj(),
        "QSX": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
        "QCX": _controlled(_X), "QCY": _controlled(_Y), "QCZ": _controlled(_Z), "QCH": _controlled(_H),
        "QSWAP": _permuted(4, 1, 2), "QCCX": _permuted(8, 3, 7), "QCSWAP": _permuted(8, 3, 5),
    }  # fmt: skip
    if name in fixed:
        return fixed[name]
    if name == "QW":
        return _w()
    if name == "QU":
        return _u(*angles)
    (theta,) = angles
    phase = np.diag([1, cmath.exp(1j * theta)])
    turned = {
        "QRX": lambda: _turn(_X, theta), "QRY": lambda: _turn(_Y, theta), "QRZ": lambda: _turn(_Z, theta),
        "QP": lambda: phase, "QSIGMA": lambda: _turn(_X, theta * math.pi / 4),
        "QCRX": lambda: _controlled(_turn(_X, theta)), "QCRY": lambda: _controlled(_turn(_Y, theta)),
        "QCRZ": lambda: _controlled(_turn(_Z, theta)), "QCP": lambda: _controlled(phase),
        "QRXX": lambda: _turn(np.kron(_X, _X), theta), "QRYY": lambda: _turn(np.kron(_Y, _Y), theta),
        "QRZZ": lambda: _turn(np.kron(_Z, _Z), theta),
    }  # fmt: skip
    return turned[name]()


# -- channels


def of_kraus(operators: Sequence[Matrix]) -> Matrix:
    """ρ → Σ KρK†."""
    return np.asarray(sum(np.kron(one, one.conj()) for one in operators), np.complex128)


def depolarizing(rate: float, qubits: int) -> Matrix:
    """ρ → (1 - p)ρ + p·I/2ᵏ·Tr ρ."""
    size = 1 << qubits
    trace = np.eye(size).reshape(-1)
    return np.asarray((1 - rate) * np.eye(size * size) + rate / size * np.outer(trace, trace), np.complex128)


def named(channel: str, rate: float, qubits: int) -> Matrix:
    """A channel of ``--noise`` by name: on one qubit but for ``depolarizing``."""
    match channel:
        case "depolarizing":
            return depolarizing(rate, qubits)
        case "bit_flip":
            return of_kraus([math.sqrt(1 - rate) * _I, math.sqrt(rate) * _X])
        case "phase_flip":
            return of_kraus([math.sqrt(1 - rate) * _I, math.sqrt(rate) * _Z])
        case "amplitude_damping":
            return amplitude(rate)
        case "phase_damping":
            return of_kraus([np.diag([1, math.sqrt(1 - rate)]), np.diag([0, math.sqrt(rate)])])
    raise ValueError(channel)


def amplitude(rate: float) -> Matrix:
    """|1⟩ falls to |0⟩ with a probability."""
    return of_kraus([np.diag([1, math.sqrt(1 - rate)]), np.array([[0, math.sqrt(rate)], [0, 0]])])


def thermal(t1: float, t2: float, time: float, excited: float) -> Matrix:
    """Populations relax to (1 - excited, excited) by e^(-t/T1), coherences to 0 by e^(-t/T2)."""
    decay, still = math.exp(-time / t1), math.exp(-time / t2)
    found = np.zeros((4, 4), np.complex128)
    for target, equal in ((0, 1 - excited), (3, excited)):
        for source in (0, 3):
            found[target, source] = equal * (1 - decay) + (decay if target == source else 0.0)
    found[1, 1] = found[2, 2] = still
    return found


def resetting(to_zero: float, to_one: float) -> Matrix:
    """Set to |0⟩ or to |1⟩ with these probabilities."""
    found = (1 - to_zero - to_one) * np.eye(4, dtype=np.complex128)
    for target, rate in ((0, to_zero), (3, to_one)):
        found[target, 0] += rate
        found[target, 3] += rate
    return found


@dataclass(frozen=True)
class Rule:
    """A channel after some gates. Its superoperator is of one qubit, applied to each, or of as many as the gate has."""

    operators: Mapping[str, Matrix]
    """By instruction, ``measure`` (the noise comes before it) and ``reset`` included: those that are missing have no
    such noise."""


@dataclass(frozen=True)
class Noise:
    """What goes wrong, and how the command line says it."""

    rules: tuple[Rule, ...] = ()
    readout: tuple[float, float] = (0.0, 0.0)
    text: str | None = None
    """As ``--noise`` has it, or None where it is in a file."""
    content: Any = None
    """Of the file."""
    cache: dict[tuple[str, tuple[float, ...]], list[tuple[Matrix, tuple[int, ...]]]] = field(default_factory=dict)

    def after(self, name: str, angles: tuple[float, ...], qubits: int) -> list[tuple[Matrix, tuple[int, ...]]]:
        """A gate as superoperators on places of its qubits, its noise included."""
        key = (name, angles)
        if key not in self.cache:
            unitary = gate(name, angles)
            found = [(np.kron(unitary, unitary.conj()), tuple(range(qubits)))]
            for rule in self.rules:
                operator = rule.operators.get(name)
                if operator is None:
                    continue
                if len(operator) == 4**qubits:
                    found.append((operator, tuple(range(qubits))))
                else:
                    found += [(operator, (place,)) for place in range(qubits)]
            self.cache[key] = found
        return self.cache[key]


# -- branches


@dataclass(frozen=True)
class Branch:
    """One course of outcomes, those that nobody sees included."""

    weight: float
    rho: Matrix
    """Of trace 1."""
    live: tuple[int, ...]
    """Handles, by their place in the state."""
    given: int
    """Handles that were given."""
    slots: tuple[int, ...]
    recorded: tuple[int, ...] = ()


def _applied(rho: Matrix, operator: Matrix, places: Sequence[int]) -> Matrix:
    n, k = rho.ndim // 2, len(places)
    rows = [n - 1 - place for place in reversed(places)]
    axes = [*rows, *(n + axis for axis in rows)]
    moved = np.tensordot(operator.reshape((2,) * (4 * k)), rho, axes=(range(2 * k, 4 * k), axes))
    return np.moveaxis(moved, range(2 * k), axes)


def _trace(rho: Matrix) -> float:
    size = 1 << rho.ndim // 2
    return float(np.trace(rho.reshape(size, size)).real)


def reduced(branch: Branch, handles: Sequence[int]) -> Matrix:
    """Density matrix of some qubits, the first the lowest bit."""
    n = len(branch.live)
    places = [branch.live.index(handle) for handle in handles]
    rows = [n - 1 - place for place in reversed(places)]
    others = [axis for axis in range(n) if axis not in rows]
    order = [*rows, *others]
    k = len(places)
    shaped = branch.rho.transpose([*order, *(n + axis for axis in order)])
    shaped = shaped.reshape(1 << k, 1 << n - k, 1 << k, 1 << n - k)
    return np.asarray(np.einsum("aibi->ab", shaped))


def _outcomes(branch: Branch, handle: int) -> Iterator[tuple[int, Branch]]:
    """The branches in which a qubit is 0 and 1."""
    n = len(branch.live)
    axis = n - 1 - branch.live.index(handle)
    for outcome in (0, 1):
        index: list[Any] = [slice(None)] * (2 * n)
        index[axis] = index[n + axis] = outcome
        part = np.zeros_like(branch.rho)
        part[tuple(index)] = branch.rho[tuple(index)]
        weight = _trace(part)
        if weight > NOTHING:
            yield outcome, _with(branch, weight=branch.weight * weight, rho=part / weight)


def _with(branch: Branch, **changed: Any) -> Branch:
    values = {name: getattr(branch, name) for name in Branch.__dataclass_fields__}
    return Branch(**{**values, **changed})


def _reset(branch: Branch, handle: int) -> Iterator[Branch]:
    """Measured unseen, then |0⟩."""
    flip = np.kron(_X, _X.conj())
    for outcome, found in _outcomes(branch, handle):
        if outcome:
            found = _with(found, rho=_applied(found.rho, flip, [found.live.index(handle)]))
        yield found


def _removed(branch: Branch, handle: int) -> Iterator[Branch]:
    """Measured unseen, then gone."""
    n = len(branch.live)
    axis = n - 1 - branch.live.index(handle)
    for outcome, found in _outcomes(branch, handle):
        rest = np.take(np.take(found.rho, outcome, axis=n + axis), outcome, axis=axis)
        yield _with(found, rho=rest, live=tuple(other for other in branch.live if other != handle))


def _allocated(branch: Branch, count: int) -> Branch:
    """More qubits in |0⟩, at the highest places."""
    n = len(branch.live)
    rho = branch.rho
    for added in range(count):
        size = n + added
        grown = np.zeros((2,) * (2 * size + 2), np.complex128)
        index: list[Any] = [slice(None)] * (2 * size + 2)
        index[0] = index[size + 1] = 0
        grown[tuple(index)] = rho
        rho = grown
    handles = tuple(range(branch.given + 1, branch.given + 1 + count))
    return _with(branch, rho=rho, live=branch.live + handles, given=branch.given + count)


def _entropy(rho: Matrix) -> float:
    values = np.linalg.eigvalsh(rho)
    values = values[values > 1e-14]
    return float(abs((values * np.log2(values)).sum()))


def _concurrence(rho: Matrix) -> float:
    flip = np.kron(_Y, _Y)
    weights, left = np.linalg.eigh(rho)
    root = left * np.sqrt(np.maximum(weights, 0))
    values = np.linalg.svd(root.T @ flip @ root, compute_uv=False)
    return float(max(0.0, values[0] - values[1:].sum()))


_W_STATE: Final = np.array([0, 1, 1, 0, 1, 0, 0, 0]) / math.sqrt(3)


def inspected(branch: Branch, kind: str, handles: Sequence[int], letters: str) -> float:
    """What an inspection sees."""
    rho = reduced(branch, handles)
    match kind:
        case "QPROB":
            return float(rho[1, 1].real)
        case "QPURITY":
            return float(np.trace(rho @ rho).real)
        case "QENTROPY":
            return _entropy(rho)
        case "QCONC":
            return _concurrence(rho)
        case "QFIDW":
            return float((_W_STATE @ rho @ _W_STATE).real)
    whole: Matrix = np.ones((1, 1), np.complex128)
    for letter in letters:
        whole = np.asarray(np.kron(whole, PAULIS[letter]))
    return float(np.trace(whole @ rho).real)


class Model:
    """Runs programs exactly."""

    def __init__(self, noise: Noise, slots: int) -> None:
        self.noise = noise
        self.slots = slots

    def distribution(self, program: Sequence[Step]) -> dict[tuple[int, ...], float]:
        """Probabilities of what a run records."""
        keeps_hidden = _inspects(program)
        start = Branch(1.0, np.ones((), np.complex128), (), 0, (0,) * self.slots)
        found: dict[tuple[int, ...], float] = {}
        for branch in self._run(program, [start], keeps_hidden):
            found[branch.recorded] = found.get(branch.recorded, 0.0) + branch.weight
        return found

    def _run(self, steps: Sequence[Step], branches: list[Branch], keeps_hidden: bool) -> list[Branch]:
        for step in steps:
            after = [found for branch in branches for found in self._step(step, branch, keeps_hidden)]
            branches = after if keeps_hidden else _merged(after)
        return branches

    def _step(self, step: Step, branch: Branch, keeps_hidden: bool) -> list[Branch]:
        match step:
            case ("gate", name, handles, angles):
                rho = branch.rho
                places = [branch.live.index(handle) for handle in handles]
                for operator, taken in self.noise.after(name, tuple(angles), len(handles)):
                    rho = _applied(rho, operator, [places[place] for place in taken])
                return [_with(branch, rho=rho)]
            case ("measure", handle, slot):
                found = []
                branch = self._also(branch, "measure", handle)
                for outcome, after in _outcomes(branch, handle):
                    wrong = self.noise.readout[outcome]
                    for read, weight in ((outcome, 1 - wrong), (1 - outcome, wrong)):
                        if weight > 0:
                            slots = (*after.slots[:slot], read, *after.slots[slot + 1 :])
                            found.append(_with(after, weight=after.weight * weight, slots=slots))
                return found
            case ("record", slot):
                return [_with(branch, recorded=(*branch.recorded, branch.slots[slot]))]
            case ("if", slot, value, then, otherwise):
                return self._run(then if branch.slots[slot] == value else otherwise, [branch], keeps_hidden)
            case ("loop", count, body):
                return self._run([*body] * count, [branch], keeps_hidden)
            case ("reset", handle):
                return [self._also(found, "reset", handle) for found in _reset(branch, handle)]
            case ("alloc", count):
                return [_allocated(branch, count)]
            case ("free", handles):
                branches = [branch]
                for handle in handles:
                    branches = [found for one in branches for found in _removed(one, handle)]
                return branches
            case ("scope", count, body):
                inside = _allocated(branch, count)
                handles = inside.live[-count:]
                return self._run([*body, ("free", handles)], [inside], keeps_hidden)
            case ("look", kind, handles, letters):
                value = math.floor(inspected(branch, kind, handles, letters) * LOOK_SCALE + LOOK_SHIFT)
                return [_with(branch, recorded=(*branch.recorded, value))]
            case ("sample", handles):
                return self._sampled(branch, handles)
        raise ValueError(step[0])

    def _also(self, branch: Branch, name: str, handle: int) -> Branch:
        """The noise of a measurement or a reset."""
        for rule in self.noise.rules:
            if name in rule.operators:
                place = branch.live.index(handle)
                branch = _with(branch, rho=_applied(branch.rho, rule.operators[name], [place]))
        return branch

    def _sampled(self, branch: Branch, handles: Sequence[int]) -> list[Branch]:
        """One shot. Nothing of these qubits is used after it, so whether they are emptied does not matter."""
        for handle in handles:
            branch = self._also(branch, "measure", handle)
        branches = [(branch, 0)]
        for bit, handle in enumerate(handles):
            grown = []
            for one, value in branches:
                for outcome, after in _outcomes(one, handle):
                    wrong = self.noise.readout[outcome]
                    for read, weight in ((outcome, 1 - wrong), (1 - outcome, wrong)):
                        if weight > 0:
                            grown.append((_with(after, weight=after.weight * weight), value | read << bit))
            branches = grown
        return [_with(one, recorded=(*one.recorded, value)) for one, value in branches]


def _inspects(steps: Sequence[Step]) -> bool:
    return any(
        step[0] == "look"
        or any(isinstance(part, list) and part and isinstance(part[0], tuple) and _inspects(part) for part in step)
        for step in steps
    )


def _merged(branches: list[Branch]) -> list[Branch]:
    """Without inspections, hidden outcomes are of no account: branches that agree in the rest are one mixture."""
    found: dict[Any, list[Branch]] = {}
    for branch in branches:
        found.setdefault((branch.slots, branch.recorded, branch.live), []).append(branch)
    result = []
    for same in found.values():
        weight = sum(branch.weight for branch in same)
        rho = sum(branch.weight / weight * branch.rho for branch in same)
        result.append(_with(same[0], weight=weight, rho=rho))
    return result
