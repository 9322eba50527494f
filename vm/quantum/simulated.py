"""Qubits whose groups run on a simulator: states are kept, collapsed and looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm import limits
from vm.quantum.backends.backend import Parts, Simulator
from vm.quantum.chance import Chance
from vm.quantum.executor import Counts, Executor
from vm.quantum.gates import MEASURING, ONE, RESETTING, STATE
from vm.quantum.log import Batch, Circuit, Log
from vm.quantum.states import state as states
from vm.quantum.states.pure import ONE as MEASURED_ONE
from vm.quantum.states.pure import ZERO
from vm.quantum.states.state import Array, State

_SMALL: Final = 10
"""Qubits of a circuit whose state is remembered."""
_KNOWN: Final = 1 << 13
"""Such states (at most 128 MiB of vectors)."""
_KNOWN_BYTES: Final = 256 << 20
"""Of them in all."""
_LOOKS: Final = 64
"""Looks that are remembered."""
_LARGE: Final = 1 << 20
"""Bytes of a state from which on all are counted."""
_KEPT: Final = 1 << 10
"""States after which those of groups that are gone are dropped."""


@dataclass(frozen=True)
class _Part:
    """A group, and those of some qubits that are in it."""

    members: list[int]
    places: list[int]
    """Where they are in the group."""
    bits: list[int]
    """Which of the qubits they are."""
    state: State


class Simulated(Executor):
    """The qubits of one machine on a simulator."""

    def __init__(self, log: Log, chance: Chance, backend: Simulator) -> None:
        self._log = log
        self._chance = chance
        self._backend = backend
        noise = backend.noise
        self._readout = (0.0, 0.0) if noise is None else noise.readout
        self._disturbs = noise is not None and noise.concerns(MEASURING)
        """Whether there is noise before measurements."""
        self._misses = noise is not None and noise.concerns(RESETTING)
        """Whether there is noise after resets."""
        if self._misses:
            log.leave_to_python()
        self._states: dict[int, tuple[list[int], State]] = {}
        """Of groups that ran, by the number in the log: the members, and the state of them."""
        self._known: dict[tuple[Any, ...], State] = {}
        """States of small circuits that ran, by what they begin with and their angles."""
        self._room = _KNOWN
        """Such states that may be there."""
        self._looks: dict[tuple[Any, ...], float] = {}
        """What looks saw last, by the state and the places."""
        self._next = 1
        self._limit = _KEPT

    def copy(self) -> Any:
        """The states; they are never changed, so they are shared."""
        return dict(self._states), self._next

    def restore(self, copied: Any) -> None:
        """Put back what :meth:`copy` gave."""
        kept, self._next = copied
        self._states = dict(kept)

    # -- states

    def state(self, handle: int) -> tuple[list[int], State]:
        """A live qubit's group as it is now: its members, ascending, and the state of them."""
        log = self._log
        root = log.root(handle)
        length = int(log.qubits["length"][root])
        if not length:
            # Only a qubit that never met another has no gate.
            return [root], ZERO
        first = int(log.qubits["first"][root])
        if length == 1 and log.gates["op"][first] == ONE:
            return [root], MEASURED_ONE
        if length > 1 or log.gates["op"][first] != STATE:
            self._run(root)
            first = int(log.qubits["first"][root])
        return self._states[int(log.gates["angle"][first, 0])]

    def _run(self, root: int) -> None:
        """Run a group, and those like it; their states are kept."""
        batch, start = _without_ones(self._log.batch(root))
        old: list[int] = []
        if any(code == STATE for code, _ in batch.circuit.gates):
            parts, old = self._start(root, batch.members[0].tolist())
            start = [*start, *parts]
        found = self._simulated(batch.circuit, batch.angles, start)
        for group, members, state in zip(batch.roots.tolist(), batch.members.tolist(), found, strict=True):
            self._keep(group, members, state)
        for identifier in old:
            self._states.pop(identifier, None)

    def _simulated(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts) -> Sequence[State]:
        """The states of runs of a circuit; what ran before is not run again."""
        if self._backend.draws(circuit, start):
            self._chance.refuse(f"noise on {circuit.qubits} qubits, which is drawn for each run")
            return self._backend.states(circuit, angles, start, int(self._chance.random.integers(1 << 31)))
        if circuit.qubits > _SMALL:
            return self._backend.states(circuit, angles, start)
        begin = tuple((state.key(), tuple(places)) for state, places in start)
        keys = [(circuit, begin, row.tobytes()) for row in angles]
        missing = [place for place, key in enumerate(keys) if key not in self._known]
        if missing:
            if len(self._known) + len(missing) > self._room:
                self._known.clear()
                missing = list(range(len(keys)))
            made = self._backend.states(circuit, angles[missing], start)
            self._room = min(self._room, max(_KNOWN_BYTES // len(made[0].key()), 1))
            self._known.update(zip([keys[place] for place in missing], made, strict=True))
        return [self._known[key] for key in keys]

    def _start(self, root: int, members: list[int]) -> tuple[Parts, list[int]]:
        """What a group begins with, and the numbers of those states."""
        parts: list[tuple[State, list[int]]] = []
        numbers: list[int] = []
        for number in self._log.chain(root):
            if self._log.gates["op"][number] == STATE:
                numbers.append(int(self._log.gates["angle"][number, 0]))
                own, state = self._states[numbers[-1]]
                parts.append((state, [members.index(handle) for handle in own]))
        return parts, numbers

    def _keep(self, root: int, members: list[int], state: State) -> None:
        """From now on a group is in that state."""
        if len(self._states) >= self._limit:
            in_use = self._log.states_in_use()
            self._states = {identifier: kept for identifier, kept in self._states.items() if identifier in in_use}
            self._limit = max(_KEPT, 2 * len(self._states))
        self._log.set_state(root, self._next)
        self._states[self._next] = (members, state)
        self._next += 1
        if state.size >= _LARGE:
            self._fit()

    def _fit(self) -> None:
        """Drop states of groups that are gone where all take much. Raises :class:`FaultError` for too many bytes."""
        most = limits.current().memory
        if self._size() > most // 2:
            in_use = self._log.states_in_use()
            self._states = {identifier: kept for identifier, kept in self._states.items() if identifier in in_use}
            limits.need(self._size(), f"the state of all {len(self._states):,} groups of qubits")

    def _size(self) -> int:
        return sum({id(state): state.size for _, state in self._states.values()}.values())

    def _together(self, handles: Sequence[int]) -> list[_Part]:
        """The groups of some qubits."""
        found: list[_Part] = []
        members, state = self.state(handles[0])
        if members == handles:
            every = list(range(len(handles)))
            return [_Part(members, every, every, state)]
        left = dict.fromkeys(range(len(handles)))
        while left:
            members, state = self.state(handles[next(iter(left))])
            inside = {member: place for place, member in enumerate(members)}
            bits = [bit for bit in left if handles[bit] in inside]
            for bit in bits:
                del left[bit]
            found.append(_Part(members, [inside[handles[bit]] for bit in bits], bits, state))
        return found

    # -- measurements

    def measure(self, handle: int) -> int:
        """What is read of a qubit, which may be wrong."""
        self._disturb([handle])
        return self._measure(handle, is_read=True)

    def _disturb(self, handles: list[int]) -> None:
        """Record the noise before a measurement."""
        if self._disturbs:
            # The other side of a fork has it again.
            self._chance.keep()
            for handle in handles:
                self._log.record(self._log.root(handle), MEASURING, handle)

    def _measure(self, handle: int, *, is_read: bool) -> int:
        """Measure a qubit. It leaves its group, whose others are in what is left of the state."""
        members, state = self.state(handle)
        place = members.index(handle)
        outcome = self._chance.outcome(state.probability(place))
        wrong = self._readout[outcome]
        # All that is drawn is drawn before anything changes.
        read = outcome ^ self._chance.outcome(wrong) if is_read and wrong else outcome
        rest = [member for member in members if member != handle]
        if rest:
            self._keep(self._log.make_group(rest), rest, state.collapsed(place, outcome))
        self._log.make_group([handle])
        if outcome:
            self._log.record(handle, ONE, handle)
        return read

    def reset(self, handle: int) -> None:
        """Measure it unseen; nobody sees what one that is alone was."""
        if self._log.in_groups([handle]):
            self._measure(handle, is_read=False)
        self._log.make_group([handle])
        if self._misses:
            self._log.record(handle, RESETTING, handle)

    def free(self, handles: list[int]) -> None:
        """Nobody sees the outcomes; of a group that goes whole, nobody is left to feel them."""
        if len(handles) > 1:
            self._chance.keep()
        freed = set(handles)
        whole: set[int] = set()
        for handle in self._log.in_groups(handles):
            root = self._log.root(handle)
            if root in whole:
                continue
            if freed.issuperset(self._log.members(root)):
                whole.add(root)
            else:
                self._measure(handle, is_read=False)
        self._log.free(handles)

    def sample(self, handles: list[int], shots: int) -> Counts:
        """Sample some qubits; each may be read wrong."""
        self._disturb(handles)
        values, counts = self._sampled(self._together(handles), shots)
        if not any(self._readout):
            return values, counts
        drawn = np.repeat(values, counts)
        for bit in range(len(handles)):
            ones = (drawn >> np.uint64(bit) & np.uint64(1)).astype(bool)
            wrong = self._chance.random.random(shots) < np.where(ones, self._readout[1], self._readout[0])
            drawn ^= wrong.astype(np.uint64) << np.uint64(bit)
        return np.unique(drawn, return_counts=True)

    def _sampled(self, groups: list[_Part], shots: int) -> Counts:
        random = self._chance.random
        if len(groups) == 1:
            (part,) = groups
            values, counts = part.state.sample(part.places, shots, random)
            if part.bits == list(range(len(part.bits))):
                return values, counts
            values = _spread(values, part.bits)
            order = np.argsort(values)
            return values[order], counts[order]
        drawn = np.zeros(shots, np.uint64)
        for part in groups:
            values, counts = part.state.sample(part.places, shots, random)
            # Which of one group's values comes with which of another's is chance.
            drawn |= random.permutation(np.repeat(_spread(values, part.bits), counts))
        return np.unique(drawn, return_counts=True)

    def empty(self, handles: list[int]) -> None:
        """All qubits of their groups are |0⟩."""
        for root in {self._log.root(handle) for handle in handles}:
            for member in self._log.members(root):
                self._log.make_group([member])

    # -- looks

    def expectation(self, handles: list[int], letters: str) -> float:
        """The product of what each group gives."""
        result = 1.0
        for part in self._together(handles):
            paulis = [(place, letters[bit]) for place, bit in zip(part.places, part.bits, strict=True)]
            result *= part.state.expectation(paulis)
        return result

    def look(self, name: str, handles: list[int]) -> float:
        """See :class:`Executor`."""
        parts = self._together(handles)
        if len(parts) > 1:
            return self._seen(name, parts, len(handles))
        # Groups of one circuit with the same angles share their state, so what one shows is what the next does.
        key = (name, parts[0].state, *parts[0].places)
        found = self._looks.get(key)
        if found is None:
            if len(self._looks) >= _LOOKS:
                self._looks.clear()
            found = self._looks[key] = self._seen(name, parts, len(handles))
        return found

    def _seen(self, name: str, parts: list[_Part], count: int) -> float:
        if name == "QPROB":
            return parts[0].state.probability(parts[0].places[0])
        if name == "QPURITY":
            return math.prod(part.state.purity(part.places) for part in parts)
        if name == "QENTROPY":
            return math.fsum(part.state.entropy(part.places) for part in parts)
        if name == "QCONC":
            # Qubits of two groups share nothing.
            return parts[0].state.concurrence(parts[0].places) if len(parts) == 1 else 0.0
        return float(np.vdot(states.W, _reduced(parts, count) @ states.W).real)


def _without_ones(batch: Batch) -> tuple[Batch, Parts]:
    """Take the qubits that were measured as 1 out of the gates: the circuit begins with them."""
    is_gate = [code != ONE for code, _ in batch.circuit.gates]
    if all(is_gate):
        return batch, ()
    start = [(MEASURED_ONE, list(places)) for code, places in batch.circuit.gates if code == ONE]
    gates = tuple(gate for gate in batch.circuit.gates if gate[0] != ONE)
    return replace(batch, circuit=replace(batch.circuit, gates=gates), angles=batch.angles[:, is_gate]), start


def _reduced(parts: list[_Part], count: int) -> Array:
    """Density matrix of ``count`` qubits in some groups, the first the lowest bit."""
    whole: Array = np.ones((1, 1), np.complex128)
    order: list[int] = []
    for part in parts:
        whole = np.asarray(np.kron(part.state.reduced(part.places), whole), np.complex128)
        order += part.bits
    axes = [count - 1 - order.index(bit) for bit in range(count - 1, -1, -1)]
    shaped = whole.reshape((2,) * (2 * count)).transpose([*axes, *(count + axis for axis in axes)])
    return shaped.reshape(1 << count, 1 << count)


def _spread(values: NDArray[np.uint64], bits: Sequence[int]) -> NDArray[np.uint64]:
    """Bit i of a value to bit ``bits[i]``."""
    result = np.zeros_like(values)
    for place, bit in enumerate(bits):
        result |= (values >> np.uint64(place) & np.uint64(1)) << np.uint64(bit)
    return result
