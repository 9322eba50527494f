"""Quantum instructions that need an answer, or that are wrong: what the recorder leaves to Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vm.isa import BY_NAME, MEMORY_FLOOR, MEMORY_SIZE
from vm.memory import Memory, MemoryCapError
from vm.quantum import states
from vm.quantum.backend import Backend
from vm.quantum.gates import GATES, STATE
from vm.quantum.log import MOST_QUBITS, Circuit, Log
from vm.quantum.states import Vector
from vm.trap import FaultError

_ZERO: Final = np.array([1, 0], np.complex128)
"""|0⟩."""
_X: Final = BY_NAME["QX"][0].code
_STREAM: Final = 0x51
"""What tells the random numbers of measurements from others of the seed."""
_SURE: Final = 1e-14
"""Probability below which an outcome is rounding."""
MOST_SAMPLED: Final = 64
"""Qubits that one sample takes: a value is 64 bits."""
MOST_SHOTS: Final = 1 << 24
_PAULIS: Final = 4096
"""Letters of a Pauli string."""
_SMALL: Final = 10
"""Qubits of a circuit whose state is remembered."""
_KNOWN: Final = 1 << 13
"""Such states (at most 128 MiB)."""
_KEPT: Final = 1 << 10
"""States after which those of groups that are gone are dropped."""


class Splitter(Protocol):
    """Decides measurements: :class:`vm.quantum.shots.Splitter`."""

    def begin(self) -> None:
        """An instruction begins."""

    def end(self) -> None:
        """It is done."""

    def draw(self, one: float) -> int:
        """An outcome, whose probability to be 1 is between 0 and 1."""

    def keep(self) -> None:
        """The instruction is going to change something, and may draw after that."""

    def refuse(self, what: str) -> None:
        """The runs that it decides for differ by something else; raises unless there is but one."""


class Instruction(Protocol):
    """What an instruction reads: :class:`vm.report.Fault`."""

    pc: int
    """Its index."""

    @property
    def op(self) -> Any:
        """Its row of the table."""

    def value(self, slot: int) -> int | float:
        """An operand."""

    def show(self, slot: int) -> str:
        """An operand, for people."""


def fault(message: str) -> FaultError:
    """The instruction cannot be."""
    return FaultError("quantum", message)


class AgainError(Exception):
    """There is room now: the recorder can take the gate."""


@dataclass(frozen=True)
class _Part:
    """A group, and those of some qubits that are in it."""

    members: list[int]
    places: list[int]
    """Where they are in the group."""
    bits: list[int]
    """Which of the qubits they are."""
    vector: Vector


class Quantum:
    """The qubits of one machine."""

    def __init__(self, words: NDArray[np.int64], memory: Memory, seed: int, backend: Backend) -> None:
        """``words``: the machine's state."""
        self.log = Log(words)
        self._memory = memory
        self._backend = backend
        self._states: dict[int, tuple[list[int], Vector]] = {}
        """Of groups that ran, by the number in the log: the members, and the state of them."""
        self._known: dict[tuple[Circuit, bytes, bytes], Vector] = {}
        """States of small circuits that ran, by what they begin with and their angles."""
        self._next = 1
        self._limit = _KEPT
        self.measured: list[tuple[int, int]] = []
        """Outcomes of ``QMEAS``, in order, with the instructions."""
        self.splitter: Splitter | None = None
        """Decides outcomes where the machine stands for many runs."""
        self.reseed(seed)

    def reseed(self, seed: int) -> None:
        """Other outcomes from now on."""
        self._random = np.random.default_rng([seed & (1 << 64) - 1, _STREAM])

    # -- snapshots

    def copy(self) -> tuple[Any, ...]:
        """Everything; vectors are never changed, so they are shared."""
        random = self._random.bit_generator.state
        return self.log.copy(), dict(self._states), self._next, random, list(self.measured)

    def restore(self, copied: tuple[Any, ...]) -> None:
        """Put back what :meth:`copy` gave."""
        tables, kept, self._next, self._random.bit_generator.state, measured = copied
        self._states, self.measured = dict(kept), list(measured)
        self.log.restore(tables)

    # -- instructions

    def execute(self, instruction: Instruction) -> int | float | None:
        """Do it; what its register gets. Raises :class:`FaultError` before any effect that the program sees."""
        name = instruction.op.name
        if instruction.op.code in GATES:
            raise self._refusal(instruction)
        if self.splitter is not None:
            self.splitter.begin()
        result: int | float | None = getattr(self, f"_{name.lower()}")(instruction)
        if self.splitter is not None:
            self.splitter.end()
        return result

    def _refusal(self, instruction: Instruction) -> Exception:
        """Why the recorder did not take a gate."""
        gate = GATES[instruction.op.code]
        _differ(gate.mnemonic, [self._qubit(instruction, operand) for operand in range(gate.qubits)])
        for slot in range(gate.qubits, gate.qubits + gate.angles):
            if not math.isfinite(instruction.value(slot)):
                return fault(f"{gate.mnemonic}: the angle {instruction.show(slot)} is no finite number")
        self.log.compact()
        return AgainError()

    # -- operands

    @staticmethod
    def _slot(instruction: Instruction, operand: int) -> int:
        """First slot of an operand."""
        return sum(2 if letter == "m" else 1 for letter in instruction.op.letters[:operand])

    def _integer(self, instruction: Instruction, slot: int) -> int:
        value = instruction.value(slot)
        if isinstance(value, float):
            name = instruction.op.name
            raise FaultError("kind", f"{name} takes an integer here, and {instruction.show(slot)} is a float")
        return value

    def _live(self, handle: int, instruction: Instruction, text: str) -> int:
        name = instruction.op.name
        if not 1 <= handle < self.log.count:
            given = self.log.count - 1
            have = f"the handles 1 to {given} were given" if given else "none was allocated (QALLOC)"
            raise fault(f"{name}: {text} is no qubit; {have}")
        if not self.log.qubits["live"][handle]:
            raise fault(f"{name}: qubit {handle} was freed")
        return handle

    def _qubit(self, instruction: Instruction, operand: int) -> int:
        slot = self._slot(instruction, operand)
        return self._live(self._integer(instruction, slot), instruction, instruction.show(slot))

    def _number(self, instruction: Instruction, operand: int) -> int:
        return self._integer(instruction, self._slot(instruction, operand))

    def _address(self, instruction: Instruction, operand: int, length: int) -> int:
        """An address at which ``length`` bytes are inside memory."""
        slot = self._slot(instruction, operand)
        address = (self._integer(instruction, slot) + self._integer(instruction, slot + 1)) & (1 << 64) - 1
        if not Memory.is_valid(address, length):
            where = f"{length:,} bytes at {address:#x} are not inside {MEMORY_FLOOR:#x} to {MEMORY_SIZE - 1:#x}"
            raise FaultError("address", f"{instruction.op.name}: {where}")
        return address

    def _many(self, instruction: Instruction, operand: int, count: int) -> list[int]:
        """``count`` live qubits: from a handle on, or those whose handles are at an address."""
        name = instruction.op.name
        if not 1 <= count < MOST_QUBITS:
            raise fault(f"{name}: {count:,} qubits are none that can be; at least 1, and below {MOST_QUBITS:,}")
        if instruction.op.letters[operand] == "m":
            address = self._address(instruction, operand, 8 * count)
            handles = self._memory.view(address, count, np.int64).copy()
        else:
            first = self._qubit(instruction, operand)
            self._live(first + count - 1, instruction, f"{first} + {count - 1:,}")
            handles = np.arange(first, first + count)
        inside = (handles >= 1) & (handles < self.log.count)
        wrong = ~inside
        wrong[inside] = self.log.qubits["live"][handles[inside]] == 0
        if wrong.any():
            handle = int(handles[wrong.argmax()])
            self._live(handle, instruction, str(handle))
        found: list[int] = handles.tolist()
        _differ(name, found)
        return found

    # -- states

    def state(self, handle: int) -> tuple[list[int], Vector]:
        """A live qubit's group as it is now: its members, ascending, and the state of them, shape (2ⁿ,)."""
        log = self.log
        root = log.root(handle)
        length = int(log.qubits["length"][root])
        if not length:
            # Only a qubit that never met another has no gate.
            return [root], _ZERO
        first = int(log.qubits["first"][root])
        if length > 1 or log.gates["op"][first] != STATE:
            self._run(root)
            first = int(log.qubits["first"][root])
        return self._states[int(log.gates["angle"][first, 0])]

    def _run(self, root: int) -> None:
        """Run a group, and those like it; their states are kept."""
        batch = self.log.batch(root)
        start = None
        old: list[int] = []
        if any(code == STATE for code, _ in batch.circuit.gates):
            start, old = self._start(root, batch.members[0].tolist())
        found = self._simulated(batch.circuit, batch.angles, start)
        for group, members, vector in zip(batch.roots.tolist(), batch.members.tolist(), found, strict=True):
            self._keep(group, members, vector)
        for identifier in old:
            del self._states[identifier]

    def _simulated(self, circuit: Circuit, angles: NDArray[np.float64], start: Vector | None) -> list[Vector]:
        """The states of runs of a circuit; what ran before is not run again."""
        if circuit.qubits > _SMALL:
            return list(self._backend.states(circuit, angles, start))
        begin = b"" if start is None else start.tobytes()
        keys = [(circuit, begin, row.tobytes()) for row in angles]
        missing = [place for place, key in enumerate(keys) if key not in self._known]
        if missing:
            if len(self._known) + len(missing) > _KNOWN:
                self._known.clear()
                missing = list(range(len(keys)))
            made = self._backend.states(circuit, angles[missing], start)
            self._known.update(zip([keys[place] for place in missing], made, strict=True))
        return [self._known[key] for key in keys]

    def _start(self, root: int, members: list[int]) -> tuple[Vector, list[int]]:
        """The state that a group begins with, and the numbers of those that it is made of."""
        parts: list[tuple[Vector, list[int]]] = []
        numbers: list[int] = []
        rest = set(members)
        for number in self.log.chain(root):
            if self.log.gates["op"][number] == STATE:
                numbers.append(int(self.log.gates["angle"][number, 0]))
                own, vector = self._states[numbers[-1]]
                parts.append((vector, [members.index(handle) for handle in own]))
                rest -= set(own)
        parts += ((_ZERO, [members.index(handle)]) for handle in sorted(rest))
        return states.product(parts, len(members)), numbers

    def _keep(self, root: int, members: list[int], vector: Vector) -> None:
        """From now on a group is in that state."""
        if len(self._states) >= self._limit:
            in_use = self.log.states_in_use()
            self._states = {identifier: kept for identifier, kept in self._states.items() if identifier in in_use}
            self._limit = max(_KEPT, 2 * len(self._states))
        self.log.set_state(root, self._next)
        self._states[self._next] = (members, vector)
        self._next += 1

    def _together(self, handles: Sequence[int]) -> list[_Part]:
        """The groups of some qubits."""
        found: list[_Part] = []
        left = dict.fromkeys(range(len(handles)))
        while left:
            members, vector = self.state(handles[next(iter(left))])
            inside = {member: place for place, member in enumerate(members)}
            bits = [bit for bit in left if handles[bit] in inside]
            for bit in bits:
                del left[bit]
            found.append(_Part(members, [inside[handles[bit]] for bit in bits], bits, vector))
        return found

    def _measure(self, handle: int) -> int:
        """Measure a qubit. It leaves its group, whose others are in what is left of the state."""
        members, vector = self.state(handle)
        place = members.index(handle)
        one = states.probability(vector, place)
        if not _SURE < one < 1 - _SURE:
            one = round(one)
        if self.splitter is not None and 0 < one < 1:
            outcome = self.splitter.draw(one)
        else:
            outcome = int(self._random.random() < one)
        rest = [member for member in members if member != handle]
        if rest:
            self._keep(self.log.make_group(rest), rest, states.collapsed(vector, place, outcome))
        self.log.make_group([handle])
        if outcome:
            self.log.record(handle, _X, handle)
        return outcome

    # -- instructions, by mnemonic

    def _qalloc(self, instruction: Instruction) -> None:
        count = self._number(instruction, 1)
        if count < 1:
            raise fault(f"QALLOC: {count:,} qubits; at least 1 is allocated")
        raise fault(f"QALLOC: {count:,} more qubits; a run is given {MOST_QUBITS - 1:,} in all, freed ones included")

    def _qfree(self, instruction: Instruction) -> None:
        handles = self._many(instruction, 0, self._number(instruction, 1))
        if self.splitter is not None and len(handles) > 1:
            self.splitter.keep()
        freed = set(handles)
        whole: set[int] = set()
        for handle in self.log.in_groups(handles):
            root = self.log.root(handle)
            if root in whole:
                continue
            # Nobody sees the outcomes; of a group that goes whole, nobody is left to feel them.
            if freed.issuperset(self.log.members(root)):
                whole.add(root)
            else:
                self._measure(handle)
        self.log.free(handles)

    def _qreset(self, instruction: Instruction) -> None:
        handle = self._qubit(instruction, 0)
        if self.log.in_groups([handle]):
            self._measure(handle)
        # Nobody sees what one that is alone was.
        self.log.make_group([handle])

    def _qmeas(self, instruction: Instruction) -> int:
        outcome = self._measure(self._qubit(instruction, 1))
        self.measured.append((instruction.pc, outcome))
        return outcome

    def _qsample(self, instruction: Instruction) -> int:
        count, shots = self._number(instruction, 2), self._number(instruction, 3)
        if not 1 <= count <= MOST_SAMPLED:
            raise fault(f"QSAMPLE: {count:,} qubits; a sample takes 1 to {MOST_SAMPLED}")
        if not 1 <= shots <= MOST_SHOTS:
            raise fault(f"QSAMPLE: {shots:,} shots; it takes 1 to {MOST_SHOTS:,}")
        handles = self._many(instruction, 1, count)
        if self.splitter is not None:
            self.splitter.refuse("QSAMPLE")
        # The state of the generator goes back where the table finds no place.
        before = self._random.bit_generator.state
        groups = self._together(handles)
        values, counts = self._sample(groups, shots)
        table = np.stack((values, counts.astype(np.uint64)), axis=1)
        try:
            address = self._address(instruction, 4, table.nbytes)
            self._memory.write(address, table.tobytes())
        except MemoryCapError:
            self._random.bit_generator.state = before
            raise FaultError("memory", "QSAMPLE would touch more memory than the limit allows") from None
        except FaultError:
            self._random.bit_generator.state = before
            raise
        for part in groups:
            for handle in part.members:
                self.log.make_group([handle])
        return len(values)

    def _sample(self, groups: list[_Part], shots: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The values that came out, ascending, and how often each."""
        if len(groups) == 1:
            (part,) = groups
            counts = self._random.multinomial(shots, states.distribution(part.vector, part.places))
            there = np.flatnonzero(counts)
            return _spread(there.astype(np.uint64), part.bits), counts[there]
        drawn = np.zeros(shots, np.uint64)
        for part in groups:
            odds = states.distribution(part.vector, part.places)
            drawn |= _spread(self._random.choice(len(odds), shots, p=odds).astype(np.uint64), part.bits)
        values, counts = np.unique(drawn, return_counts=True)
        return values, counts

    def _qexpect(self, instruction: Instruction) -> float:
        address = self._address(instruction, 2, 1)
        end = self._memory.find_nul(address, min(address + _PAULIS + 1, MEMORY_SIZE))
        text = self._memory.bytes[address : max(end, address)].tobytes().decode("latin-1")
        if not text or text.strip("IXYZ"):
            raise fault(f"QEXPECT: {text[:40]!r} at {address:#x} is no Pauli string of the letters I, X, Y and Z")
        handles = self._many(instruction, 1, len(text))
        letters = text[::-1]
        acted = [place for place, letter in enumerate(letters) if letter != "I"]
        result = 1.0
        for part in self._together([handles[place] for place in acted]):
            paulis = [(place, letters[acted[bit]]) for place, bit in zip(part.places, part.bits, strict=True)]
            result *= states.expectation(part.vector, paulis)
        return result

    def _qprob(self, instruction: Instruction) -> float:
        handle = self._qubit(instruction, 1)
        members, vector = self.state(handle)
        return states.probability(vector, members.index(handle))

    def _spectra(self, instruction: Instruction) -> list[NDArray[np.float64]]:
        """Of the reduced states of the qubits in each of their groups."""
        count = self._number(instruction, 2)
        return [states.spectrum(part.vector, part.places) for part in self._together(self._many(instruction, 1, count))]

    def _qpurity(self, instruction: Instruction) -> float:
        return math.prod(states.purity(weights) for weights in self._spectra(instruction))

    def _qentropy(self, instruction: Instruction) -> float:
        return math.fsum(states.entropy(weights) for weights in self._spectra(instruction))

    def _qfidw(self, instruction: Instruction) -> float:
        handles = [self._qubit(instruction, operand) for operand in (1, 2, 3)]
        _differ("QFIDW", handles)
        return float(np.vdot(states.W, self._reduced(handles) @ states.W).real)

    def _reduced(self, handles: Sequence[int]) -> Vector:
        """Density matrix of some qubits, the first the lowest bit."""
        count = len(handles)
        whole: Vector = np.ones((1, 1), np.complex128)
        order: list[int] = []
        for part in self._together(handles):
            whole = np.asarray(np.kron(states.reduced(part.vector, part.places), whole), np.complex128)
            order += part.bits
        axes = [count - 1 - order.index(bit) for bit in range(count - 1, -1, -1)]
        shaped = whole.reshape((2,) * (2 * count)).transpose([*axes, *(count + axis for axis in axes)])
        return shaped.reshape(1 << count, 1 << count)

    def _qconc(self, instruction: Instruction) -> float:
        handles = [self._qubit(instruction, operand) for operand in (1, 2)]
        _differ("QCONC", handles)
        part = self._together(handles)[0]
        # Qubits of two groups share nothing.
        return states.concurrence(part.vector, part.places) if len(part.places) == 2 else 0.0


def _differ(name: str, handles: Sequence[int]) -> None:
    seen: set[int] = set()
    for handle in handles:
        if handle in seen:
            raise fault(f"{name}: qubit {handle} is there twice; its qubits must be different ones")
        seen.add(handle)


def _spread(values: NDArray[np.uint64], bits: Sequence[int]) -> NDArray[np.uint64]:
    """Bit i of a value to bit ``bits[i]``."""
    result = np.zeros_like(values)
    for place, bit in enumerate(bits):
        result |= (values >> np.uint64(place) & np.uint64(1)) << np.uint64(bit)
    return result
