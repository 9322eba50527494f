"""States of a few qubits as vectors: probabilities, collapse, reduced density matrices.

A vector of n qubits has shape (2ⁿ,); bit i of an index is the qubit at place i."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.complex128]
W: Final[Vector] = np.array([0, 1, 1, 0, 1, 0, 0, 0]) / np.sqrt(3)
"""(|100⟩ + |010⟩ + |001⟩)/√3."""
_SPIN_FLIP: Final = np.array([[0, 0, 0, -1], [0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]], np.complex128)
"""Y⊗Y."""
_PAULIS: Final = {
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.array([[1, 0], [0, -1]]),
}


def width(vector: Vector) -> int:
    """Number of qubits."""
    return vector.size.bit_length() - 1


def _axes(vector: Vector) -> Vector:
    """One axis a qubit; the qubit at place i is axis n - 1 - i."""
    return vector.reshape((2,) * width(vector))


def _front(vector: Vector, places: Sequence[int]) -> Vector:
    """Shape (2ᵏ, 2ⁿ⁻ᵏ): the qubits at k places are the row, the first of them its lowest bit."""
    count = width(vector)
    chosen = [count - 1 - place for place in reversed(places)]
    return np.moveaxis(_axes(vector), chosen, range(len(places))).reshape(1 << len(places), -1)


def probability(vector: Vector, place: int) -> float:
    """That the qubit would be measured as 1."""
    one = _front(vector, [place])[1]
    return float(np.vdot(one, one).real)


def collapsed(vector: Vector, place: int, outcome: int) -> Vector:
    """The other qubits after the one at ``place`` was measured."""
    rest = _front(vector, [place])[outcome]
    return np.ascontiguousarray(rest / np.linalg.norm(rest))


def distribution(vector: Vector, places: Sequence[int]) -> NDArray[np.float64]:
    """Probabilities of the 2ᵏ values of the qubits at k places; sums to 1."""
    found = (np.abs(_front(vector, places)) ** 2).sum(axis=1)
    return np.asarray(found / found.sum())


def reduced(vector: Vector, places: Sequence[int]) -> Vector:
    """Density matrix of the qubits at k places, shape (2ᵏ, 2ᵏ)."""
    rows = _front(vector, places)
    return rows @ rows.conj().T


def spectrum(vector: Vector, places: Sequence[int]) -> NDArray[np.float64]:
    """Eigenvalues of the density matrix of the qubits at ``places`` that are not surely 0; they sum to 1."""
    weights = np.linalg.svd(_front(vector, places), compute_uv=False) ** 2
    return np.asarray(weights / weights.sum())


def purity(weights: NDArray[np.float64]) -> float:
    """Of eigenvalues: tr ρ²."""
    return float((weights**2).sum())


def entropy(weights: NDArray[np.float64]) -> float:
    """Of eigenvalues: -tr ρ log₂ ρ."""
    there = weights[weights > 0]
    return float(abs(-(there * np.log2(there)).sum()))


def expectation(vector: Vector, paulis: Sequence[tuple[int, str]]) -> float:
    """Of a product of Pauli matrices, each with its place."""
    turned = _axes(vector)
    count = width(vector)
    for place, letter in paulis:
        axis = count - 1 - place
        turned = np.moveaxis(np.tensordot(_PAULIS[letter], turned, axes=(1, axis)), 0, axis)
    return float(np.vdot(vector, turned.reshape(-1)).real)


def concurrence(vector: Vector, places: Sequence[int]) -> float:
    """Of two qubits (Wootters, Physical Review Letters 80, 1998): with ρ = A A†, the square roots of the eigenvalues of
    ρ (Y⊗Y) ρ* (Y⊗Y) are the singular values of Aᵀ (Y⊗Y) A, which loses no digits."""
    left, weights, _ = np.linalg.svd(_front(vector, places), full_matrices=False)
    root = left * weights
    values = np.linalg.svd(root.T @ _SPIN_FLIP @ root, compute_uv=False)
    return float(max(0.0, values[0] - values[1:].sum()))


def product(parts: Sequence[tuple[Vector, Sequence[int]]], count: int) -> Vector:
    """The state of ``count`` qubits from those of disjoint sets of them, each with the places of its qubits."""
    whole: Vector = np.ones(1, np.complex128)
    order: list[int] = []
    for vector, places in parts:
        whole = np.asarray(np.kron(vector, whole), np.complex128)
        order += places
    # Bit i of ``whole`` is the qubit at place order[i].
    axes = [count - 1 - order.index(place) for place in range(count - 1, -1, -1)]
    return np.ascontiguousarray(_axes(whole).transpose(axes)).reshape(-1)
