"""States of many qubits that Clifford gates made, as stabilizers: Qiskit's tableau."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.quantum.states.pure import ONE
from vm.quantum.states.state import Array, State
from vm.trap import FaultError

if TYPE_CHECKING:
    from qiskit.quantum_info import StabilizerState

_MOST: Final = 4
"""Qubits whose density matrix is made, of 4ᵏ Pauli strings."""


class Tableau(State):
    """A stabilizer state."""

    __slots__ = ("held", "whole")

    def __init__(self, whole: StabilizerState, held: Sequence[int]) -> None:
        """``held``: for each place its qubit in ``whole``, which may have more that nothing knows of any more."""
        self.whole: Final = whole
        self.held: Final = tuple(held)

    @property
    def qubits(self) -> int:
        """n."""
        return len(self.held)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return int(self.whole.clifford.tableau.nbytes)

    def key(self) -> bytes:
        """The bytes of the tableau."""
        return repr(self.held).encode() + bytes(self.whole.clifford.tableau.tobytes())

    def probability(self, place: int) -> float:
        """That the qubit would be measured as 1: 0, ½ or 1."""
        return float(self.whole.probabilities([self.held[place]])[1])

    def collapsed(self, place: int, outcome: int) -> Tableau:
        """The other qubits after the one at ``place`` was measured."""
        rest = [qubit for other, qubit in enumerate(self.held) if other != place]
        seed = 0
        while True:
            # Each outcome that can be comes every other time.
            trial = self.whole.copy()
            trial.seed(seed)
            found, after = trial.measure([self.held[place]])
            if int(found) == outcome:
                return Tableau(after, rest)
            seed += 1

    def sample(
        self, places: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Values of some qubits and their counts, by Aer."""
        from qiskit import QuantumCircuit
        from qiskit_aer import AerSimulator

        circuit = QuantumCircuit(self.whole.num_qubits, len(places))
        circuit.compose(self.whole.clifford.to_circuit(), inplace=True)
        for bit, place in enumerate(places):
            circuit.measure(self.held[place], bit)
        seed = int(random.integers(1 << 31))
        result = AerSimulator(method="stabilizer").run(circuit, shots=shots, seed_simulator=seed).result()
        counts = {int(text.replace(" ", ""), 2): count for text, count in result.get_counts().items()}
        values = sorted(counts)
        return np.array(values, np.uint64), np.array([counts[value] for value in values], np.int64)

    def expectation(self, paulis: Sequence[tuple[int, str]]) -> float:
        """Of a product of Pauli matrices: -1, 0 or 1."""
        from qiskit.quantum_info import Pauli

        letters = ["I"] * self.whole.num_qubits
        for place, letter in paulis:
            letters[self.held[place]] = letter
        return float(self.whole.expectation_value(Pauli("".join(reversed(letters)))))

    def reduced(self, places: Sequence[int]) -> Array:
        """Density matrix of the qubits at up to four places: the sum of the Pauli strings by their expectations."""
        from itertools import product

        from qiskit.quantum_info import Pauli

        k = len(places)
        if k > _MOST:
            raise FaultError(
                "quantum", f"a look at {k} of {self.qubits} qubits that met; of so many at most {_MOST} are looked at"
            )
        found = np.zeros((1 << k, 1 << k), np.complex128)
        for letters in product("IXYZ", repeat=k):
            acted = [(place, letter) for place, letter in zip(places, letters, strict=True) if letter != "I"]
            value = self.expectation(acted)
            if value:
                found += value * Pauli("".join(reversed(letters))).to_matrix()
        return found / (1 << k)

    def _shared(self, places: Sequence[int]) -> int:
        """Bits of entanglement between the qubits at k places and all others: the rank of the stabilizers' part on
        them, less k (Fattal and others, arXiv:quant-ph/0406168)."""
        count = self.whole.num_qubits
        columns = [self.held[place] for place in places]
        rows = self.whole.clifford.tableau[count:, [*columns, *(count + column for column in columns)]]
        return _rank(rows) - len(places)

    def most_shared(self) -> int:
        """The most that the first qubits, however many, share with all after them."""
        return max((self._shared(range(count)) for count in range(1, self.qubits)), default=0)

    def purity(self, places: Sequence[int]) -> float:
        """tr ρ²."""
        return 2.0 ** -self._shared(places)

    def entropy(self, places: Sequence[int]) -> float:
        """-tr ρ log₂ ρ."""
        return float(self._shared(places))

    def circuit(self) -> Any:
        """Gates of Qiskit that make the whole from zeros."""
        return self.whole.clifford.to_circuit()


def can_hold(state: State) -> bool:
    """Tell whether a state is a tableau, or the |1⟩ of a qubit that was measured."""
    return isinstance(state, Tableau) or state.key() == ONE.key()


def held(state: State) -> Tableau:
    """Return a state that :func:`can_hold` accepts as a tableau."""
    if isinstance(state, Tableau):
        return state
    from qiskit.quantum_info import Clifford, StabilizerState

    assert can_hold(state), "a method does not change within a run"
    # Rows: the destabilizer X and the stabilizer -Z.
    return Tableau(StabilizerState(Clifford(np.array([[1, 0, 0], [0, 1, 1]], bool))), [0])


def product(parts: Sequence[tuple[Tableau, Sequence[int]]], count: int) -> Tableau:
    """The state of ``count`` qubits from those of disjoint sets of them; the others are |0⟩."""
    from qiskit.quantum_info import Clifford, StabilizerState

    held = [-1] * count
    whole: Any = None
    for state, places in parts:
        start = 0 if whole is None else whole.num_qubits
        whole = state.whole.clifford if whole is None else whole.expand(state.whole.clifford)
        for place, qubit in zip(places, state.held, strict=True):
            held[place] = start + qubit
    fresh = [place for place in range(count) if held[place] < 0]
    if fresh:
        start = 0 if whole is None else whole.num_qubits
        zeros = Clifford(np.eye(2 * len(fresh), dtype=bool))
        whole = zeros if whole is None else whole.expand(zeros)
        for number, place in enumerate(fresh):
            held[place] = start + number
    return Tableau(StabilizerState(whole), held)


def _rank(rows: NDArray[np.bool_]) -> int:
    """Over the two-element field."""
    left = rows.copy()
    rank = 0
    for column in range(left.shape[1]):
        pivots = np.flatnonzero(left[rank:, column])
        if not len(pivots):
            continue
        pivot = rank + int(pivots[0])
        left[[rank, pivot]] = left[[pivot, rank]]
        others = left[:, column].copy()
        others[rank] = False
        left[others] ^= left[rank]
        rank += 1
        if rank == len(left):
            break
    return rank
