"""Every form of a state against the vector that it is, and vectors against Qiskit."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, StabilizerState, Statevector, partial_trace, random_clifford

from vm.quantum.states import chain, mixed, pure, tableau
from vm.quantum.states.chain import Chain
from vm.quantum.states.mixed import Mixed
from vm.quantum.states.pure import Pure
from vm.quantum.states.state import State
from vm.quantum.states.tableau import Tableau
from vm.trap import FaultError

TOLERANCE = 1e-10


def vector(count: int, seed: int) -> Pure:
    random = np.random.default_rng(seed)
    found = random.normal(size=1 << count) + 1j * random.normal(size=1 << count)
    return Pure(found / np.linalg.norm(found))


def stabilized(count: int, seed: int) -> tuple[Pure, Tableau]:
    clifford = random_clifford(count, seed=seed)
    order = np.random.default_rng(seed).permutation(count).tolist()
    whole = Statevector(clifford.to_circuit()).data.reshape((2,) * count)
    axes = [count - 1 - order[place] for place in reversed(range(count))]
    return Pure(np.ascontiguousarray(whole.transpose(axes)).reshape(-1)), Tableau(StabilizerState(clifford), order)


def forms(count: int, seed: int) -> list[tuple[Pure, State]]:
    """Vectors with the same state in another form."""
    state = vector(count, seed)
    order = np.random.default_rng(seed + 1).permutation(count).tolist()
    turned = state.axes().transpose([count - 1 - order[count - 1 - axis] for axis in range(count)]).reshape(-1)
    made = Chain.of_vector(Pure(np.ascontiguousarray(turned)))
    return [
        (state, mixed.product([(state, range(count))], count)),
        (state, Chain.of_vector(state)),
        (state, Chain(made.tensors, order)),
        stabilized(count, seed),
    ]


def qiskit_reduced(state: Pure, places: Sequence[int]) -> Any:
    rest = [place for place in range(state.qubits) if place not in places]
    order = np.argsort(np.argsort(places)).tolist()
    found = partial_trace(Statevector(state.vector), rest) if rest else DensityMatrix(state.vector)
    # Qiskit gives the kept qubits in ascending order.
    k = len(places)
    shaped = found.data.reshape((2,) * (2 * k))
    axes = [k - 1 - order[bit] for bit in reversed(range(k))]
    return shaped.transpose([*axes, *(k + axis for axis in axes)]).reshape(1 << k, 1 << k)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_forms_answer_alike(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    for plain, other in forms(count, 100 * count + seed):
        assert other.qubits == count
        for place in range(count):
            one = plain.probability(place)
            assert other.probability(place) == pytest.approx(one, abs=TOLERANCE)
            for outcome in (0, 1):
                if (one if outcome else 1 - one) > 1e-6 and count > 1:
                    left, right = plain.collapsed(place, outcome), other.collapsed(place, outcome)
                    everything = list(range(count - 1))
                    some = random.permutation(everything).tolist()[:3]
                    assert np.allclose(left.reduced(some), right.reduced(some), atol=TOLERANCE)
        for size in range(1, min(count, 3) + 1):
            places = random.permutation(count).tolist()[:size]
            expected = qiskit_reduced(plain, places)
            assert np.allclose(plain.reduced(places), expected, atol=TOLERANCE)
            assert np.allclose(other.reduced(places), expected, atol=TOLERANCE)
            assert other.purity(places) == pytest.approx(plain.purity(places), abs=TOLERANCE)
            assert other.entropy(places) == pytest.approx(plain.entropy(places), abs=1e-8)
            letters = random.choice(list("XYZ"), size)
            paulis = list(zip(places, letters.tolist(), strict=True))
            assert other.expectation(paulis) == pytest.approx(plain.expectation(paulis), abs=TOLERANCE)
        if count > 1:
            assert other.concurrence([1, 0]) == pytest.approx(plain.concurrence([1, 0]), abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_forms_are_sampled_alike(seed: int) -> None:
    shots = 20_000
    for plain, other in forms(4, seed):
        places = np.random.default_rng(seed).permutation(4).tolist()[:3]
        values, counts = other.sample(places, shots, np.random.default_rng(seed))
        assert list(values) == sorted(set(values.tolist()))
        assert counts.sum() == shots
        odds = plain.distribution(places)
        found = np.zeros(8)
        found[values.astype(int)] = counts
        there = odds * shots > 5
        assert found[odds < 1e-12].sum() == 0
        # 99.99 % of the chi-square distribution with 7 degrees of freedom is below 30.
        assert (((found - odds * shots) ** 2)[there] / (odds * shots)[there]).sum() < 30


def test_products_put_each_qubit_in_its_place() -> None:
    """Of parts whose places are mixed up, with one qubit in none of them."""
    places = ([4, 0], [1, 3, 5])
    first, second = vector(2, 1), vector(3, 2)
    plain = pure.product([(first, places[0]), (second, places[1])], 6)
    mixture = mixed.product([(Mixed(first.reduced([0, 1])), places[0]), (second, places[1])], 6)
    chained = chain.product([(Chain.of_vector(first), places[0]), (Chain.of_vector(second), places[1])], 6)
    for some in itertools.permutations(range(6), 2):
        for other in (mixture, chained):
            assert np.allclose(other.reduced(list(some)), plain.reduced(list(some)), atol=TOLERANCE)
    assert plain.probability(2) == 0
    (first, one), (second, two) = stabilized(2, 5), stabilized(3, 6)
    plain = pure.product([(first, places[0]), (second, places[1])], 6)
    tableaus = tableau.product([(one, places[0]), (two, places[1])], 6)
    for some in itertools.permutations(range(6), 2):
        assert np.allclose(tableaus.reduced(list(some)), plain.reduced(list(some)), atol=TOLERANCE)


def test_a_chain_is_what_aer_takes() -> None:
    """To Aer and back, from a chain that measuring has left without canonical form."""
    from qiskit_aer import AerSimulator

    state = vector(6, 9)
    begun = Chain.of_vector(state).collapsed(2, 1)
    circuit = QuantumCircuit(5)
    circuit.set_matrix_product_state(begun.for_aer())
    circuit.save_matrix_product_state()
    saved = AerSimulator(method="matrix_product_state").run(circuit).result().data(0)["matrix_product_state"]
    back = Chain.of_aer(saved, begun.order)
    expected = state.collapsed(2, 1)
    assert np.allclose(back.reduced(range(5)), expected.reduced(range(5)), atol=TOLERANCE)
    gammas, weights = begun.for_aer()
    assert all(np.linalg.norm(one) == pytest.approx(1) for one in weights)
    assert len(gammas) == 5


def test_a_mixture_is_drawn_by_its_weights() -> None:
    matrix = np.diag([0.75, 0, 0, 0.25]).astype(complex)
    random = np.random.default_rng(3)
    ones = sum(Mixed(matrix).drawn(random).probability(0) > 0.5 for _ in range(2000))
    assert abs(ones - 500) < 5 * np.sqrt(2000 * 0.25 * 0.75)


def test_looks_at_too_much_are_refused() -> None:
    zero = np.array([1, 0], complex).reshape(1, 2, 1)
    with pytest.raises(FaultError, match="look at 11 of 24 qubits that met takes 67,108,864 bytes"):
        Chain([zero] * 24, range(24)).reduced(range(11))
    assert Chain([zero] * 24, range(24)).purity(range(15)) == 1
    with pytest.raises(FaultError, match="look at 5 of 24 qubits"):
        tableau.product([], 24).reduced(range(5))
    assert tableau.product([], 24).entropy(range(15)) == 0
