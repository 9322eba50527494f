"""What a group of qubits is in, in whatever form it is held."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.complex128]
W: Final[Array] = np.array([0, 1, 1, 0, 1, 0, 0, 0]) / np.sqrt(3)
"""(|100⟩ + |010⟩ + |001⟩)/√3."""
PAULIS: Final = {
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.array([[1, 0], [0, -1]]),
}
_SPIN_FLIP: Final = np.array([[0, 0, 0, -1], [0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]], np.complex128)
"""Y⊗Y."""


class State(ABC):
    """A state of n qubits at the places 0 to n - 1; the qubit at the first of some places is the lowest bit of a value.

    It is never changed once it is made. Forms that cannot answer a question raise :class:`vm.trap.FaultError`."""

    __slots__ = ()

    @property
    @abstractmethod
    def qubits(self) -> int:
        """n."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes that it takes."""

    @abstractmethod
    def key(self) -> bytes:
        """Equal for equal states only."""

    @abstractmethod
    def probability(self, place: int) -> float:
        """That the qubit would be measured as 1."""

    @abstractmethod
    def collapsed(self, place: int, outcome: int) -> State:
        """The other n - 1 qubits after the one at ``place`` was measured."""

    @abstractmethod
    def sample(
        self, places: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Values of at most 64 qubits, ascending, and how often each came out."""

    @abstractmethod
    def expectation(self, paulis: Sequence[tuple[int, str]]) -> float:
        """Of a product of Pauli matrices, each with its place."""

    @abstractmethod
    def reduced(self, places: Sequence[int]) -> Array:
        """Density matrix of the qubits at k places, shape (2ᵏ, 2ᵏ)."""

    @abstractmethod
    def purity(self, places: Sequence[int]) -> float:
        """tr ρ² of the qubits at ``places``."""

    @abstractmethod
    def entropy(self, places: Sequence[int]) -> float:
        """-tr ρ log₂ ρ of the qubits at ``places``."""

    def concurrence(self, places: Sequence[int]) -> float:
        """Of two qubits, as :func:`concurrence` has it."""
        weights, left = np.linalg.eigh(self.reduced(places))
        return concurrence(left * np.sqrt(np.maximum(weights, 0)))


def concurrence(root: Array) -> float:
    """Of two qubits with ρ = A A† (Wootters, Physical Review Letters 80, 1998): the square roots of the eigenvalues of
    ρ (Y⊗Y) ρ* (Y⊗Y) are the singular values of Aᵀ (Y⊗Y) A, which loses no digits."""
    values = np.linalg.svd(root.T @ _SPIN_FLIP @ root, compute_uv=False)
    return float(max(0.0, values[0] - values[1:].sum()))


def purity(weights: NDArray[np.float64]) -> float:
    """Of eigenvalues: tr ρ²."""
    return float((weights**2).sum())


def entropy(weights: NDArray[np.float64]) -> float:
    """Of eigenvalues: -tr ρ log₂ ρ."""
    there = weights[weights > 0]
    return float(abs(-(there * np.log2(there)).sum()))


def counted(
    odds: NDArray[np.float64], shots: int, random: np.random.Generator
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Values drawn with these probabilities, ascending, and how often each came out."""
    counts = random.multinomial(shots, odds)
    there = np.flatnonzero(counts)
    return there.astype(np.uint64), counts[there]
