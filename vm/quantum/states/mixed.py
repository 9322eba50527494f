"""Mixed states of a few qubits as density matrices: what noise leaves. Shape (2ⁿ, 2ⁿ)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm import apart
from vm.quantum.states.pure import LONG, Pure
from vm.quantum.states.state import PAULIS, Array, State, counted, entropy, purity

_SMALL: Final = 8
"""Qubits whose eigenvalues are found in about 0.1 s."""
_WHAT: Final = "the inspection of the state"


class Mixed(State):
    """A density matrix."""

    __slots__ = ("matrix",)

    def __init__(self, matrix: Array) -> None:
        self.matrix: Final = matrix

    @property
    def qubits(self) -> int:
        """n."""
        return len(self.matrix).bit_length() - 1

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.matrix.nbytes

    def key(self) -> bytes:
        """The bytes of the matrix."""
        return self.matrix.tobytes()

    def _odds(self, places: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities of the 2ᵏ values of the qubits at k places; sums to 1."""
        count = self.qubits
        chosen = [count - 1 - place for place in reversed(places)]
        diagonal = np.maximum(self.matrix.diagonal().real, 0).reshape((2,) * count)
        found = np.moveaxis(diagonal, chosen, range(len(places))).reshape(1 << len(places), -1).sum(axis=1)
        return np.asarray(found / found.sum())

    def probability(self, place: int) -> float:
        """That the qubit would be measured as 1."""
        return float(self._odds([place])[1])

    def _split(self, places: Sequence[int]) -> Array:
        """Shape (2ᵏ, 2ⁿ⁻ᵏ, 2ᵏ, 2ⁿ⁻ᵏ): rows and columns by the qubits at k places and by the others."""
        count, k = self.qubits, len(places)
        chosen = [count - 1 - place for place in reversed(places)]
        rest = [axis for axis in range(count) if axis not in chosen]
        order = [*chosen, *rest]
        shaped = self.matrix.reshape((2,) * (2 * count)).transpose([*order, *(count + axis for axis in order)])
        return shaped.reshape(1 << k, 1 << count - k, 1 << k, 1 << count - k)

    def collapsed(self, place: int, outcome: int) -> Mixed:
        """The other qubits after the one at ``place`` was measured."""
        rest = self._split([place])[outcome, :, outcome, :]
        return Mixed(np.ascontiguousarray(rest / np.trace(rest).real))

    def sample(
        self, places: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Values of some qubits and their counts."""
        return counted(self._odds(places), shots, random)

    def reduced(self, places: Sequence[int]) -> Array:
        """Density matrix of the qubits at k places."""
        found: Array = apart.when(
            self.matrix.size > LONG, lambda: np.asarray(np.einsum("aibi->ab", self._split(places))), _WHAT
        )
        return found

    def _spectrum(self, places: Sequence[int]) -> NDArray[np.float64]:
        def work() -> NDArray[np.float64]:
            return np.asarray(np.maximum(np.linalg.eigvalsh(self.reduced(places)), 0))

        return apart.when(len(places) > _SMALL or self.matrix.size > LONG, work, _WHAT)

    def purity(self, places: Sequence[int]) -> float:
        """tr ρ²."""
        return purity(self._spectrum(places))

    def entropy(self, places: Sequence[int]) -> float:
        """-tr ρ log₂ ρ."""
        return entropy(self._spectrum(places))

    def expectation(self, paulis: Sequence[tuple[int, str]]) -> float:
        """Of a product of Pauli matrices: tr Pρ."""

        def work() -> float:
            count = self.qubits
            turned = self.matrix.reshape((2,) * count + (-1,))
            for place, letter in paulis:
                axis = count - 1 - place
                turned = np.moveaxis(np.tensordot(PAULIS[letter], turned, axes=(1, axis)), 0, axis)
            return float(np.trace(turned.reshape(self.matrix.shape)).real)

        return apart.when(self.matrix.size * len(paulis) > LONG, work, _WHAT)

    def drawn(self, random: np.random.Generator) -> Pure:
        """One of the pure states that it is a mixture of, by their weights."""

        def work() -> tuple[Any, Any]:
            return np.linalg.eigh(self.matrix)

        weights, vectors = apart.when(self.qubits > _SMALL, work, _WHAT)
        weights = np.maximum(weights, 0)
        return Pure(np.ascontiguousarray(vectors[:, random.choice(len(weights), p=weights / weights.sum())]))


def product(parts: Sequence[tuple[State, Sequence[int]]], count: int) -> Mixed:
    """The state of ``count`` qubits from those of disjoint sets of them, vectors or matrices, each with the places of
    its qubits; the others are |0⟩."""
    whole: Array = np.ones((1, 1), np.complex128)
    order: list[int] = []
    for state, places in parts:
        whole = np.asarray(np.kron(matrix(state), whole), np.complex128)
        order += places
    zero = np.array([[1, 0], [0, 0]])
    for place in sorted(set(range(count)) - set(order)):
        whole = np.asarray(np.kron(zero, whole), np.complex128)
        order.append(place)
    axes = [count - 1 - order.index(place) for place in range(count - 1, -1, -1)]
    shaped = whole.reshape((2,) * (2 * count)).transpose([*axes, *(count + axis for axis in axes)])
    return Mixed(np.ascontiguousarray(shaped).reshape(1 << count, 1 << count))


def matrix(state: State) -> Array:
    """The density matrix of a vector or of a matrix."""
    if isinstance(state, Mixed):
        return state.matrix
    return state.reduced(range(state.qubits))
