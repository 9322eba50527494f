"""Qiskit Aer: vectors, density matrices, matrix product states, stabilizers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm import apart, install, limits, stops
from vm.quantum.backends.backend import Listed, Parts, Simulator
from vm.quantum.backends.noise import Noise
from vm.quantum.gates import GATES, STATE, angles_of, append
from vm.quantum.log import Circuit
from vm.quantum.states import chain, mixed, pure, tableau
from vm.quantum.states.chain import Chain
from vm.quantum.states.mixed import Mixed
from vm.quantum.states.pure import Pure
from vm.quantum.states.state import Array, State
from vm.quantum.states.tableau import Tableau
from vm.trap import FaultError

VECTOR, DENSITY, MATRICES, STABILIZER = "statevector", "density_matrix", "matrix_product_state", "stabilizer"
METHODS: Final = (VECTOR, DENSITY, MATRICES, STABILIZER)
MOST: Final = 28
"""Qubits of a state vector (4 GiB)."""
MOST_MIXED: Final = 14
"""Qubits of a density matrix (4 GiB)."""
_FITS: Final = 12
"""Qubits of a density matrix that is picked for noise (256 MiB); more are drawn as vectors."""
_MOST_BYTES: Final = 1 << 30
"""Of a matrix product state that is picked without being asked for."""
_AMPLITUDE: Final = 16
"""Bytes of a complex number."""
_SOON: Final = 1 << 26
"""Changes of an amplitude, by a gate, that Aer makes in about 0.1 s: circuits with more run in a process of their own,
which Ctrl-C and the time limit end."""
_FEW: Final = 4096
"""Gates of all runs that Aer is given in about 0.1 s; more are long too."""
_SHARED: Final = 1 << 20
"""Bytes of a state from which on it has memory of its own, not that of all runs of a circuit."""
_PEAK: Final = 3
"""How many times the bytes of a state a simulation needs: Aer's, what Aer returns, and ours."""


class Aer(Simulator):
    """``aer``, or ``aer:METHOD``.

    Without a method: vectors up to 28 qubits; with noise density matrices up to 12, then vectors of one course of
    events each; more qubits as stabilizers where all gates are Clifford gates, else as matrix product states where
    these are sure to be small."""

    name = "aer"

    def __init__(self, method: str = "", noise: Noise | None = None) -> None:
        """``method``: one of :data:`METHODS`, or empty. Raises :class:`ValueError`."""
        if method and method not in METHODS:
            raise ValueError(f"no backend 'aer:{method}': the methods are {', '.join(METHODS)}")
        self._method = method
        self.noise = noise

    def require(self) -> None:
        """Aer must be installed."""
        _need_aer()

    def state(self) -> list[Listed]:
        """The methods."""
        try:
            import qiskit_aer
        except ImportError as error:
            return [Listed("aer", None, f"not installed ({error}): {install.advice('quantum')}")]
        there = f"Aer {qiskit_aer.__version__}"
        return [
            Listed("aer", MOST, f"{there}; more qubits where Clifford gates or little entanglement allow"),
            Listed(f"aer:{VECTOR}", MOST, there),
            Listed(f"aer:{DENSITY}", MOST_MIXED, there),
            Listed(f"aer:{MATRICES}", None, f"{there}; as entanglement allows"),
            Listed(f"aer:{STABILIZER}", None, f"{there}; Clifford gates only"),
        ]

    # -- which method

    def _channels(self) -> bool:
        return self.noise is not None and bool(self.noise.rules)

    def draws(self, circuit: Circuit, start: Parts) -> bool:
        """With noise, wherever there is no density matrix."""
        return self._channels() and self._cheap(circuit, start) != DENSITY

    def _cheap(self, circuit: Circuit, start: Parts) -> str:
        """The method as far as it is known without a look at the gates."""
        if self._method:
            return self._method
        kinds = {type(state) for state, _ in start}
        if circuit.qubits <= MOST and not kinds & {Chain, Tableau}:
            if Mixed in kinds or self._channels():
                return DENSITY if circuit.qubits <= _FITS else VECTOR
            return VECTOR
        return ""

    def _choose(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts) -> str:
        method = self._cheap(circuit, start)
        if method == VECTOR and circuit.qubits > MOST:
            raise _too_large(circuit.qubits, _AMPLITUDE << circuit.qubits, f"a statevector has at most {MOST} qubits")
        if method == DENSITY and circuit.qubits > MOST_MIXED:
            size = _AMPLITUDE << 2 * circuit.qubits
            raise _too_large(circuit.qubits, size, f"a density matrix has at most {MOST_MIXED} qubits")
        if method:
            return method
        tableaus = all(tableau.can_hold(state) for state, _ in start)
        if tableaus and not self._channels() and _other_gate(circuit, angles[0]) is None:
            return STABILIZER
        size = _bound(circuit, start)
        if size > _MOST_BYTES and circuit.qubits > MOST:
            raise _too_large(
                circuit.qubits,
                _AMPLITUDE << circuit.qubits,
                f"a statevector has at most {MOST} qubits. Use Clifford gates only, entangle fewer qubits with each "
                f"other, or try '--backend aer:{MATRICES}', which needs little memory if there is little entanglement",
            )
        return MATRICES

    # -- running

    def states(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int = 0) -> Sequence[State]:
        """See :class:`Simulator`. Equal angles run once, unless something is drawn."""
        if self.draws(circuit, start):
            return self._runs(circuit, angles, start, seed)
        first: dict[bytes, int] = {}
        which = [first.setdefault(row.tobytes(), len(first)) for row in angles]
        distinct = [which.index(number) for number in range(len(first))] if len(first) < len(which) else slice(None)
        found = self._runs(circuit, angles[distinct], start, seed)
        return [found[number] for number in which]

    def _runs(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int) -> Sequence[State]:
        _need_aer()
        method = self._choose(circuit, angles, start)
        if method in (VECTOR, DENSITY):
            return self._dense(method, circuit, angles, start, seed)
        run = self._stabilized if method == STABILIZER else self._chained

        def work() -> list[State]:
            return [run(circuit, row, start, seed) for row in angles]

        found = apart.run(work, "Aer") if self._is_long(method, circuit, len(angles), start) else work()
        _need_memory(circuit.qubits, sum(state.size for state in found), 1)
        return found

    def _is_long(self, method: str, circuit: Circuit, runs: int, start: Parts) -> bool:
        """Whether it may take more than a moment."""
        steps = len(circuit.gates) * runs
        if self.noise is not None:
            steps += runs * sum(len(self.noise.channels(code)) for code, _ in circuit.gates if code != STATE)
        if method == STABILIZER:
            changes = 2 * circuit.qubits
        elif method == MATRICES:
            # Matrices of a bond between two qubits are multiplied and cut, which takes its third power.
            bond = max(_bound(circuit, start) / (2 * _AMPLITUDE * max(circuit.qubits - 1, 1)), 1.0) ** 0.5
            changes = int(16 * bond**3)
        else:
            changes = 1 << circuit.qubits * (1 if method == VECTOR else 2)
        return steps > _FEW or steps * changes > _SOON

    def _dense(
        self, method: str, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int
    ) -> Sequence[State]:
        """Vectors or matrices: every amplitude of the state."""
        runs, side = len(angles), 1 << circuit.qubits
        shape = (side,) if method == VECTOR else (side, side)
        form, make = (Pure, self._vectors) if method == VECTOR else (Mixed, self._matrices)
        size = _AMPLITUDE * int(np.prod(shape))
        _need_memory(circuit.qubits, size * runs, _PEAK)
        if not self._is_long(method, circuit, runs, start):
            return [form(found) for found in make(circuit, angles, start, seed)]
        if size < _SHARED:
            places = list(apart.array((runs, *shape), np.complex128))
        else:
            places = [apart.array(shape, np.complex128) for _ in range(runs)]

        def work() -> None:
            for place, found in zip(places, make(circuit, angles, start, seed), strict=True):
                place[:] = found

        apart.run(work, "Aer")
        return [form(place) for place in places]

    def _vectors(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int) -> Iterator[Array]:
        from qiskit import QuantumCircuit

        made = QuantumCircuit(circuit.qubits)
        if start:
            random = np.random.default_rng(seed)
            parts = [(_vector(state, random), places) for state, places in start]
            made.set_statevector(pure.product(parts, circuit.qubits).vector)
        binds = self._fill(VECTOR, made, circuit, angles)
        made.save_statevector()
        # Where something is drawn, runs with the same angles are runs all the same.
        result = _run(VECTOR, made if binds else [made] * len(angles), binds, seed)
        return (np.asarray(result.data(run)["statevector"]) for run in range(len(angles)))

    def _matrices(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, _seed: int) -> Iterator[Array]:
        from qiskit import QuantumCircuit

        made = QuantumCircuit(circuit.qubits)
        if start:
            wrong = next((state for state, _ in start if not isinstance(state, Pure | Mixed)), None)
            assert wrong is None, "a method does not change within a run"
            made.set_density_matrix(mixed.product(start, circuit.qubits).matrix)
        binds = self._fill(DENSITY, made, circuit, angles)
        made.save_density_matrix()
        result = _run(DENSITY, made, binds, 0)
        return (np.asarray(result.data(run)["density_matrix"]) for run in range(len(angles)))

    def _chained(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int) -> State:
        from qiskit import QuantumCircuit

        made = QuantumCircuit(circuit.qubits)
        order: Sequence[int] = range(circuit.qubits)
        if any(isinstance(state, Tableau) for state, _ in start):
            start = [(self._untangled(state, seed), places) for state, places in start]
        if start:
            random = np.random.default_rng(seed)
            whole = chain.product([(_chain(state, random), places) for state, places in start], circuit.qubits)
            order = whole.order
            made.set_matrix_product_state(whole.for_aer())
        self._fill(MATRICES, made, circuit, angles[None], {place: position for position, place in enumerate(order)})
        made.save_matrix_product_state()
        result = _run(MATRICES, made, {}, seed)
        return Chain.of_aer(result.data(0)["matrix_product_state"], order)

    def _untangled(self, state: State, seed: int) -> State:
        """A tableau as a chain, where gates come that it cannot take."""
        if not isinstance(state, Tableau):
            return state
        made = state.circuit()
        made.save_matrix_product_state()
        found = Chain.of_aer(_run(MATRICES, made, {}, seed).data(0)["matrix_product_state"], range(made.num_qubits))
        # Qubits that nothing knows of are alone: each is one that was measured.
        for qubit in reversed(range(made.num_qubits)):
            if qubit not in state.held:
                found = found.collapsed(qubit, int(found.probability(qubit) > 0.5))
        held = sorted(state.held)
        return Chain(found.tensors, [state.held.index(held[place]) for place in found.order])

    def _stabilized(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int) -> State:
        from qiskit import QuantumCircuit
        from qiskit.quantum_info import Clifford, StabilizerState

        other = _other_gate(circuit, angles)
        if other is not None:
            raise FaultError("quantum", f"{other} is no Clifford gate, and 'aer:{STABILIZER}' has no others")
        if self._channels():
            raise FaultError("quantum", f"'aer:{STABILIZER}' knows wrong readings only, no other noise")
        begun = tableau.product([(tableau.held(state), places) for state, places in start], circuit.qubits)
        made = QuantumCircuit(begun.whole.num_qubits)
        self._fill(STABILIZER, made, circuit, angles[None], dict(enumerate(begun.held)))
        return Tableau(StabilizerState(begun.whole.clifford.compose(Clifford(made))), begun.held)

    def _fill(
        self,
        method: str,
        made: Any,
        circuit: Circuit,
        angles: NDArray[np.float64],
        where: dict[int, int] | None = None,
    ) -> dict[Any, Any]:
        """Append the gates, with the noise after each; values of the parameters for angles that differ."""
        from qiskit import QuantumCircuit
        from qiskit.circuit import Parameter

        basis = None if method in (VECTOR, STABILIZER) else _basis(method)
        binds: dict[Any, Any] = {}
        for step, (code, places) in enumerate(circuit.gates):
            if code == STATE:
                continue
            qubits = list(places) if where is None else [where[place] for place in places]
            values: list[Any] = []
            for place in range(angles_of(code)):
                column = angles[:, step, place]
                if (column == column[0]).all():
                    values.append(float(column[0]))
                else:
                    values.append(Parameter(f"a{step}_{place}"))
                    binds[values[-1]] = column.tolist()
            if code < STATE:
                # A measurement or a reset: the machine does it, and only its noise is in the circuit.
                pass
            elif basis is None:
                append(made, code, qubits, values)
            else:
                part = QuantumCircuit(GATES[code].qubits)
                append(part, code, list(range(part.num_qubits)), values)
                _lower(made, part, qubits, basis)
            if self.noise is not None:
                for channel, taken in self.noise.channels(code, is_drawn=method != DENSITY):
                    made.append(channel, [qubits[place] for place in taken])
        return binds


def _too_large(qubits: int, size: int, why: str) -> FaultError:
    return FaultError("quantum", f"{qubits} qubits share one state, which takes {size:,} bytes: {why}")


def _need_memory(qubits: int, size: int, times: int) -> None:
    limits.need(size, f"{qubits} qubits share one state, which", times)


def _vector(state: State, random: np.random.Generator) -> Pure:
    if isinstance(state, Mixed):
        return state.drawn(random)
    assert isinstance(state, Pure), "a method does not change within a run"
    return state


def _chain(state: State, random: np.random.Generator) -> Chain:
    if isinstance(state, Mixed):
        state = state.drawn(random)
    if isinstance(state, Pure):
        return Chain.of_vector(state)
    assert isinstance(state, Chain)
    return state


def _other_gate(circuit: Circuit, angles: NDArray[np.float64]) -> str | None:
    """The first gate that is no Clifford gate."""
    for (code, _), row in zip(circuit.gates, angles.tolist(), strict=True):
        if code > STATE and not _is_clifford(code, tuple(row[: GATES[code].angles])):
            return GATES[code].mnemonic
    return None


@lru_cache(maxsize=4096)
def _is_clifford(code: int, angles: tuple[float, ...]) -> bool:
    from qiskit import QuantumCircuit
    from qiskit.exceptions import QiskitError
    from qiskit.quantum_info import Clifford

    gate = GATES[code]
    made = QuantumCircuit(gate.qubits)
    append(made, code, list(range(gate.qubits)), list(angles))
    try:
        Clifford(made)
    except QiskitError:
        return False
    return True


def _bound(circuit: Circuit, start: Parts) -> int:
    """Bytes that a matrix product state can come to: a gate across a cut multiplies the bond by at most 2 for each pair
    of its qubits (by 4 for a swap), and no bond is more than what the shorter side holds."""
    count = circuit.qubits
    logs = np.zeros(max(count - 1, 1))
    for code, places in circuit.gates:
        if code != STATE and len(places) > 1:
            factor = 1 if GATES[code].qubits == 2 and GATES[code].mnemonic != "QSWAP" else 2
            logs[min(places) : max(places)] += factor
    held = 0.0
    for state, _ in start:
        if isinstance(state, Chain):
            held = max(held, float(np.log2(max(state.bonds(), default=1))))
        elif isinstance(state, Tableau):
            held = max(held, state.most_shared())
        elif isinstance(state, Pure):
            held = max(held, state.qubits // 2)
    sides = np.minimum(np.arange(1, len(logs) + 1), count - np.arange(1, len(logs) + 1))
    bonds = 2.0 ** np.minimum(logs + held, sides)
    return int(min(_AMPLITUDE * 2 * float((bonds**2).sum()), 2.0**62))


def _need_aer() -> None:
    try:
        with stops.importing():
            import_module("qiskit_aer")
    except ImportError as error:
        raise FaultError("backend", f"Aer is not installed ({error}): {install.advice('quantum')}") from None


@lru_cache
def _simulator(method: str) -> Any:
    from qiskit_aer import AerSimulator

    return AerSimulator(method=method)


@lru_cache
def _basis(method: str) -> frozenset[str]:
    """Gates that a method has."""
    return frozenset(_simulator(method).configuration().basis_gates)


def _lower(made: Any, part: Any, qubits: list[int], basis: frozenset[str]) -> None:
    """Append a circuit on some qubits, of gates that the method has; a global phase is lost."""
    for step in part.data:
        taken = [qubits[part.find_bit(bit).index] for bit in step.qubits]
        if step.operation.name in basis:
            made.append(step.operation, taken)
        else:
            _lower(made, step.operation.definition, taken, basis)


def _run(method: str, made: Any, binds: dict[Any, Any], seed: int) -> Any:
    """Aer's result. Raises :class:`FaultError`."""
    from qiskit.exceptions import QiskitError

    options: dict[str, Any] = {"parameter_binds": [binds]} if binds else {}
    try:
        result = _simulator(method).run(made, shots=1, seed_simulator=seed % (1 << 31), **options).result()
    except QiskitError as error:
        raise FaultError("backend", f"Aer refused the circuit: {error.message}") from None
    except RuntimeError as error:
        # What goes wrong inside its C++ code.
        raise FaultError("backend", f"Aer failed: {error}") from None
    if not result.success:
        raise FaultError("backend", f"Aer failed: {result.status}")
    return result
