"""States of many qubits that are little entangled, as matrix product states (Vidal, Physical Review Letters 91, 2003).

The amplitude of the bits b₀ b₁ … is A₀[b₀] A₁[b₁] …, a product of matrices; position p of the chain holds the qubit at
some place. Aer runs the circuits; here the chain is measured and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.quantum.states.pure import Pure
from vm.quantum.states.state import PAULIS, Array, State, entropy, purity
from vm.trap import FaultError

_MOST: Final = 10
"""Qubits whose density matrix is made."""
_TINY: Final = 1e-15
"""Part of the largest singular value below which one is rounding."""


class Chain(State):
    """A matrix product state."""

    __slots__ = ("order", "tensors")

    def __init__(self, tensors: Sequence[Array], order: Sequence[int]) -> None:
        """``tensors``: shapes (l, 2, r), the r of one the l of the next; ``order``: the place of each position."""
        self.tensors: Final = tuple(tensors)
        self.order: Final = tuple(order)

    @property
    def qubits(self) -> int:
        """n."""
        return len(self.tensors)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return sum(tensor.nbytes for tensor in self.tensors)

    def key(self) -> bytes:
        """The bytes of everything."""
        return repr(self.order).encode() + b"".join(repr(t.shape).encode() + t.tobytes() for t in self.tensors)

    # -- forms

    @staticmethod
    def of_aer(saved: Any, order: Sequence[int]) -> Chain:
        """From what Aer saves: matrices of each qubit, and the weights between two."""
        gammas, weights = saved
        tensors = []
        for place, pair in enumerate(gammas):
            tensor = np.stack(pair, axis=1)
            tensors.append(tensor * weights[place] if place < len(weights) else tensor)
        return Chain(tensors, order)

    @staticmethod
    def of_vector(state: Pure) -> Chain:
        """A vector, cut at each bond."""
        rest = np.moveaxis(state.axes(), range(state.qubits), range(state.qubits - 1, -1, -1)).reshape(1, -1)
        tensors = []
        for _ in range(state.qubits - 1):
            left = len(rest)
            first, weights, second = _cut(rest.reshape(2 * left, -1))
            tensors.append(first.reshape(left, 2, -1))
            rest = weights[:, None] * second
        tensors.append(rest.reshape(len(rest), 2, 1))
        return Chain(tensors, range(state.qubits))

    def for_aer(self) -> tuple[list[tuple[Array, Array]], list[NDArray[np.float64]]]:
        """As Aer takes it: its canonical form, of norm 1."""
        tensors = list(self.tensors)
        for position in range(len(tensors) - 1, 0, -1):
            left, _, right = tensors[position].shape
            q, r = np.linalg.qr(tensors[position].reshape(left, 2 * right).T)
            tensors[position] = q.T.reshape(-1, 2, right)
            tensors[position - 1] = tensors[position - 1] @ r.T
        gammas = []
        bonds: list[NDArray[np.float64]] = []
        carried = tensors[0]
        for position in range(len(tensors)):
            left, _, right = carried.shape
            if position == len(tensors) - 1:
                tensor = carried / np.linalg.norm(carried)
            else:
                first, weights, second = _cut(carried.reshape(2 * left, right))
                weights = weights / np.linalg.norm(weights)
                tensor = first.reshape(left, 2, -1)
                carried = np.tensordot(weights[:, None] * second, tensors[position + 1], axes=1)
                bonds.append(weights)
            if position:
                tensor = tensor / bonds[position - 1][:, None, None]
            gammas.append((np.ascontiguousarray(tensor[:, 0]), np.ascontiguousarray(tensor[:, 1])))
        return gammas, bonds

    def bonds(self) -> list[int]:
        """Sizes of the bonds between neighbours."""
        return [tensor.shape[2] for tensor in self.tensors[:-1]]

    # -- looks

    def _environments(self) -> list[Array]:
        """For each position, the sum over everything to its right; one more for the end."""
        found: list[Array] = [np.ones((1, 1), np.complex128)]
        for tensor in reversed(self.tensors):
            found.append(_grown_left(tensor, tensor, found[-1]))
        return found[::-1]

    def _between(self, operators: dict[int, Array]) -> complex:
        """⟨ψ|…|ψ⟩ of one-qubit matrices at positions."""
        left: Array = np.ones((1, 1), np.complex128)
        for position, tensor in enumerate(self.tensors):
            turned = tensor
            if position in operators:
                turned = np.einsum("ij,ajb->aib", operators[position], tensor)
            left = _grown_right(tensor, turned, left)
        return complex(left[0, 0])

    def probability(self, place: int) -> float:
        """That the qubit would be measured as 1."""
        one = np.array([[0, 0], [0, 1]], np.complex128)
        found = self._between({self.order.index(place): one}).real / self._between({}).real
        return float(min(max(found, 0.0), 1.0))

    def collapsed(self, place: int, outcome: int) -> Chain:
        """The other qubits after the one at ``place`` was measured."""
        position = self.order.index(place)
        order = [other - (other > place) for other in self.order if other != place]
        matrix = self.tensors[position][:, outcome]
        tensors = [*self.tensors[:position], *self.tensors[position + 1 :]]
        if position < len(tensors):
            tensors[position] = np.tensordot(matrix, tensors[position], axes=1)
        else:
            tensors[-1] = tensors[-1] @ matrix
        found = Chain(tensors, order)
        norm = np.sqrt(found._between({}).real)
        return Chain([found.tensors[0] / norm, *found.tensors[1:]], order)

    def sample(
        self, places: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Values of some qubits and their counts: shots are split at each qubit."""
        bits = {self.order.index(place): bit for bit, place in enumerate(places)}
        after = self._environments()
        found: dict[int, int] = {}
        waiting: list[tuple[int, int, int, Array]] = [(0, 0, shots, np.ones((1, 1), np.complex128))]
        while waiting:
            position, value, count, left = waiting.pop()
            while position < self.qubits and position not in bits:
                left = _grown_right(self.tensors[position], self.tensors[position], left)
                position += 1
            if position == self.qubits:
                found[value] = found.get(value, 0) + count
                continue
            sides = []
            for outcome in (0, 1):
                matrix = self.tensors[position][:, outcome]
                grown = matrix.conj().T @ left @ matrix
                sides.append((grown, max(float((grown * after[position + 1]).sum().real), 0.0)))
            ones = int(random.binomial(count, sides[1][1] / (sides[0][1] + sides[1][1])))
            for outcome, part in ((0, count - ones), (1, ones)):
                if part:
                    waiting.append((position + 1, value | outcome << bits[position], part, sides[outcome][0]))
        values = sorted(found)
        return np.array(values, np.uint64), np.array([found[value] for value in values], np.int64)

    def expectation(self, paulis: Sequence[tuple[int, str]]) -> float:
        """Of a product of Pauli matrices."""
        operators = {self.order.index(place): PAULIS[letter].astype(np.complex128) for place, letter in paulis}
        return float((self._between(operators) / self._between({})).real)

    def reduced(self, places: Sequence[int]) -> Array:
        """Density matrix of the qubits at up to ten places."""
        if len(places) > _MOST:
            raise FaultError(
                "quantum",
                f"a look at {len(places)} of {self.qubits} qubits that met takes {16 << 2 * len(places):,} bytes; "
                f"of so many at most {_MOST} are looked at",
            )
        positions = sorted(self.order.index(place) for place in places)
        # Axes: the values so far of the chosen qubits (of the bra, of the ket), the bond (of the bra, of the ket).
        left = np.ones((1, 1, 1, 1), np.complex128)
        for position, tensor in enumerate(self.tensors):
            if position in positions:
                left = np.einsum("uvab,aic,bjd->iujvcd", left, tensor.conj(), tensor, optimize=True)
                left = left.reshape(left.shape[0] * left.shape[1], -1, *left.shape[4:])
            else:
                left = np.einsum("uvab,aic,bid->uvcd", left, tensor.conj(), tensor, optimize=True)
        k = len(places)
        found = left[:, :, 0, 0].T
        # Bit i of a value is now the chosen qubit at the i-th lowest position.
        held = [self.order[position] for position in positions]
        axes = [k - 1 - held.index(place) for place in reversed(places)]
        shaped = found.reshape((2,) * (2 * k)).transpose([*axes, *(k + axis for axis in axes)])
        matrix = shaped.reshape(1 << k, 1 << k)
        return np.asarray(matrix / np.trace(matrix).real)

    def _spectrum(self, places: Iterable[int]) -> NDArray[np.float64]:
        """Eigenvalues of the part, or of the rest where that is smaller: a pure state has the same of both."""
        chosen = list(places)
        rest = [place for place in range(self.qubits) if place not in chosen]
        if not rest:
            return np.ones(1)
        return np.asarray(np.maximum(np.linalg.eigvalsh(self.reduced(min(chosen, rest, key=len))), 0))

    def purity(self, places: Sequence[int]) -> float:
        """tr ρ²."""
        return purity(self._spectrum(places))

    def entropy(self, places: Sequence[int]) -> float:
        """-tr ρ log₂ ρ."""
        return entropy(self._spectrum(places))


def product(parts: Sequence[tuple[Chain, Sequence[int]]], count: int) -> Chain:
    """The chain of ``count`` qubits from those of disjoint sets of them; the others are |0⟩."""
    tensors: list[Array] = []
    order: list[int] = []
    for state, places in parts:
        norm = np.sqrt(state._between({}).real)
        tensors += [state.tensors[0] / norm, *state.tensors[1:]]
        order += [places[place] for place in state.order]
    zero = np.array([1, 0], np.complex128).reshape(1, 2, 1)
    for place in sorted(set(range(count)) - set(order)):
        tensors.append(zero)
        order.append(place)
    return Chain(tensors, order)


def _cut(matrix: Array) -> tuple[Array, NDArray[np.float64], Array]:
    """Its singular values that are more than rounding, with their vectors."""
    left, weights, right = np.linalg.svd(matrix, full_matrices=False)
    kept = max(int((weights > _TINY * weights[0]).sum()), 1)
    return left[:, :kept], weights[:kept], right[:kept]


def _grown_right(bra: Array, ket: Array, left: Array) -> Array:
    return np.asarray(np.einsum("ab,aic,bid->cd", left, bra.conj(), ket, optimize=True))


def _grown_left(bra: Array, ket: Array, right: Array) -> Array:
    return np.asarray(np.einsum("cd,aic,bid->ab", right, bra.conj(), ket, optimize=True))
