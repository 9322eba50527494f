"""Pure states of a few qubits as vectors. A vector of n qubits has shape (2ⁿ,); bit i of an index is the qubit at
place i."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm import apart, limits
from vm.quantum.states.state import PAULIS, Array, State, concurrence, counted, entropy, purity

LONG: Final = 1 << 23
"""Amplitudes that are gone through in about 0.1 s: what takes longer runs in a process of its own."""
_STEPS: Final = 1 << 26
"""Steps of a product of matrices, or of their singular values, in about 0.1 s."""
_WHAT: Final = "the inspection of the state"
_FEW: Final = 64
"""Probabilities that are kept with a state."""


class Pure(State):
    """A state vector."""

    __slots__ = ("_odds", "vector")

    def __init__(self, vector: Array) -> None:
        self.vector: Final = vector
        self._odds: tuple[list[int], NDArray[np.float64]] | None = None
        """What :meth:`distribution` found last, for which places."""

    @property
    def qubits(self) -> int:
        """n."""
        return self.vector.size.bit_length() - 1

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.vector.nbytes

    def key(self) -> bytes:
        """The bytes of the vector."""
        return self.vector.tobytes()

    def axes(self) -> Array:
        """One axis a qubit; the qubit at place i is axis n - 1 - i."""
        return self.vector.reshape((2,) * self.qubits)

    def _front(self, places: Sequence[int]) -> Array:
        """Shape (2ᵏ, 2ⁿ⁻ᵏ): the qubits at k places are the row, the first of them its lowest bit."""
        count = self.qubits
        if list(places) == list(range(count)):
            return self.vector.reshape(-1, 1)
        chosen = [count - 1 - place for place in reversed(places)]
        return np.moveaxis(self.axes(), chosen, range(len(places))).reshape(1 << len(places), -1)

    def probability(self, place: int) -> float:
        """That the qubit would be measured as 1."""
        # A view: to bring the qubit to the front would copy the vector.
        one = self.vector.reshape(-1, 2, 1 << place)[:, 1, :]

        def work() -> float:
            return float(np.einsum("ij,ij->", one.real, one.real) + np.einsum("ij,ij->", one.imag, one.imag))

        return apart.when(self.vector.size > LONG, work, _WHAT)

    def collapsed(self, place: int, outcome: int) -> Pure:
        """The other qubits after the one at ``place`` was measured."""
        half = self.vector.reshape(-1, 2, 1 << place)[:, outcome, :]
        if self.vector.size <= LONG:
            rest = half.reshape(-1)
            return Pure(np.ascontiguousarray(rest / np.linalg.norm(rest)))
        limits.need(self.vector.nbytes // 2, "the state after a measurement", 2)
        after = apart.array((self.vector.size // 2,), np.complex128)

        def work() -> None:
            after[:] = half.reshape(-1)
            after[:] /= np.linalg.norm(after)

        apart.run(work, _WHAT)
        return Pure(after)

    def distribution(self, places: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities of the 2ᵏ values of the qubits at k places; sums to 1."""
        if self._odds is not None and self._odds[0] == places:
            return self._odds[1]
        odds = apart.when(self.vector.size > LONG, lambda: self._odds_of(places), _WHAT)
        if len(odds) <= _FEW:
            self._odds = list(places), odds
        return odds

    def _odds_of(self, places: Sequence[int]) -> NDArray[np.float64]:
        found = (np.abs(self._front(places)) ** 2).sum(axis=1)
        return np.asarray(found / found.sum())

    def sample(
        self, places: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Values of some qubits and their counts."""
        if self.vector.size <= LONG:
            return counted(self.distribution(places), shots, random)

        def work() -> tuple[NDArray[np.uint64], NDArray[np.int64], Any]:
            return *counted(self._odds_of(places), shots, random), random.bit_generator.state

        values, counts, drawn = apart.run(work, _WHAT)
        random.bit_generator.state = drawn
        return values, counts

    def reduced(self, places: Sequence[int]) -> Array:
        """Density matrix of the qubits at k places."""

        def work() -> Array:
            rows = self._front(places)
            return rows @ rows.conj().T

        return apart.when(self.vector.size << len(places) > _STEPS, work, _WHAT)

    def _spectrum(self, places: Sequence[int]) -> NDArray[np.float64]:
        """Eigenvalues of the density matrix of the qubits at ``places`` that are not surely 0; they sum to 1."""

        def work() -> NDArray[np.float64]:
            weights = np.linalg.svd(self._front(places), compute_uv=False) ** 2
            return np.asarray(weights / weights.sum())

        # A matrix of r rows and c columns takes r·c·min(r, c) steps.
        steps = self.vector.size << min(len(places), self.qubits - len(places))
        return apart.when(steps > _STEPS, work, _WHAT)

    def purity(self, places: Sequence[int]) -> float:
        """tr ρ²."""
        return purity(self._spectrum(places))

    def entropy(self, places: Sequence[int]) -> float:
        """-tr ρ log₂ ρ."""
        return entropy(self._spectrum(places))

    def expectation(self, paulis: Sequence[tuple[int, str]]) -> float:
        """Of a product of Pauli matrices."""

        def work() -> float:
            turned = self.axes()
            for place, letter in paulis:
                axis = self.qubits - 1 - place
                turned = np.moveaxis(np.tensordot(PAULIS[letter], turned, axes=(1, axis)), 0, axis)
            return float(np.vdot(self.vector, turned.reshape(-1)).real)

        return apart.when(self.vector.size * len(paulis) > LONG, work, _WHAT)

    def concurrence(self, places: Sequence[int]) -> float:
        """Of two qubits."""

        def work() -> float:
            left, weights, _ = np.linalg.svd(self._front(places), full_matrices=False)
            return concurrence(left * weights)

        return apart.when(self.vector.size > LONG // 8, work, _WHAT)


ZERO: Final = Pure(np.array([1, 0], np.complex128))
"""|0⟩."""
ONE: Final = Pure(np.array([0, 1], np.complex128))
"""|1⟩."""


def product(parts: Sequence[tuple[Pure, Sequence[int]]], count: int) -> Pure:
    """The state of ``count`` qubits from those of disjoint sets of them, each with the places of its qubits; the others
    are |0⟩."""
    whole: Array = np.ones(1, np.complex128)
    order: list[int] = []
    for state, places in parts:
        whole = np.asarray(np.kron(state.vector, whole), np.complex128)
        order += places
    for place in sorted(set(range(count)) - set(order)):
        whole = np.concatenate((whole, np.zeros_like(whole)))
        order.append(place)
    # Bit i of ``whole`` is the qubit at place order[i].
    axes = [count - 1 - order.index(place) for place in range(count - 1, -1, -1)]
    return Pure(np.ascontiguousarray(whole.reshape((2,) * count).transpose(axes)).reshape(-1))
