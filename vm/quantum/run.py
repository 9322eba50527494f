"""Quantum instructions that need an answer, or that are wrong: what the recorder leaves to Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vm.isa import MEMORY_FLOOR, MEMORY_SIZE
from vm.memory import Memory, MemoryCapError
from vm.quantum.backends.backend import Backend, Device, Simulator
from vm.quantum.backends.mock import Mock, Scripted
from vm.quantum.chance import Chance
from vm.quantum.executor import Executor
from vm.quantum.gates import GATES
from vm.quantum.log import MOST_QUBITS, Log
from vm.quantum.simulated import Simulated
from vm.quantum.states.state import State
from vm.quantum.tape import Tape
from vm.trap import FaultError

MOST_SAMPLED: Final = 64
"""Qubits that one sample takes: a value is 64 bits."""
MOST_SHOTS: Final = 1 << 24
_PAULIS: Final = 4096
"""Letters of a Pauli string."""


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


class Quantum:
    """The qubits of one machine."""

    def __init__(self, words: NDArray[np.int64], memory: Memory, seed: int, backend: Backend) -> None:
        """``words``: the machine's state. Raises :class:`ValueError` for a backend that is of no known kind."""
        self.log = Log(words)
        self._memory = memory
        self.chance = Chance(seed)
        self.backend = backend
        self.executor = _executor(self.log, self.chance, backend)
        """Answers."""
        self.measured: list[tuple[int, int]] = []
        """Outcomes of ``QMEAS``, in order, with the instructions."""
        self.tape: Tape | None = None
        """Keeps what is done, if it was asked for."""

    @property
    def is_remote(self) -> bool:
        """Whether jobs are sent."""
        return isinstance(self.backend, Device)

    def start_tape(self) -> Tape:
        """Keep what is done from now on."""
        self.tape = Tape(self.log)
        return self.tape

    def state(self, handle: int) -> tuple[list[int], State]:
        """A live qubit's group on a simulator: its members, ascending, and the state of them."""
        assert isinstance(self.executor, Simulated)
        return self.executor.state(handle)

    # -- snapshots

    def copy(self) -> tuple[Any, ...]:
        """Everything."""
        return self.log.copy(), self.executor.copy(), self.chance.copy(), list(self.measured)

    def restore(self, copied: tuple[Any, ...]) -> None:
        """Put back what :meth:`copy` gave."""
        tables, known, random, measured = copied
        self.measured = list(measured)
        self.log.restore(tables)
        self.executor.restore(known)
        self.chance.restore(random)

    # -- instructions

    def execute(self, instruction: Instruction) -> int | float | None:
        """Do it; what its register gets. Raises :class:`FaultError` before any effect that the program sees."""
        name = instruction.op.name
        if instruction.op.code in GATES:
            if self.tape is not None:
                self.tape.catch_up()
            refusal = self._refusal(instruction)
            if self.tape is not None:
                self.tape.pass_over()
            raise refusal
        tape = self.tape
        if tape is not None:
            tape.catch_up()
        splitter = self.chance.splitter
        if splitter is not None:
            splitter.begin()
        result: int | float | None = getattr(self, f"_{name.lower()}")(instruction)
        if splitter is not None:
            splitter.end()
        if tape is not None:
            tape.pass_over()
        return result

    def _refusal(self, instruction: Instruction) -> Exception:
        """Why the recorder did not take a gate."""
        gate = GATES[instruction.op.code]
        handles = [self._qubit(instruction, operand) for operand in range(gate.qubits)]
        self._differ(gate.mnemonic, handles)
        for handle in handles:
            if self.log.is_settled(handle):
                return fault(
                    f"{gate.mnemonic}: qubit {handle} was measured with its group on {self.backend.name}, which "
                    "cannot go on with it; QRESET gives it anew as |0⟩"
                )
        for slot in range(gate.qubits, gate.qubits + gate.angles):
            if not math.isfinite(instruction.value(slot)):
                return fault(f"{gate.mnemonic}: the angle {instruction.show(slot)} is no finite number")
        self.log.compact()
        return AgainError()

    # -- operands

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
        if not self.log.live[handle]:
            raise fault(f"{name}: qubit {handle} was freed")
        return handle

    def _qubit(self, instruction: Instruction, operand: int) -> int:
        slot = instruction.op.starts[operand]
        handle = instruction.value(slot)
        if isinstance(handle, int) and 1 <= handle < self.log.count and self.log.live[handle]:
            return handle
        return self._live(self._integer(instruction, slot), instruction, instruction.show(slot))

    def _number(self, instruction: Instruction, operand: int) -> int:
        return self._integer(instruction, instruction.op.starts[operand])

    def _address(self, instruction: Instruction, operand: int, length: int) -> int:
        """An address at which ``length`` bytes are inside memory."""
        slot = instruction.op.starts[operand]
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
            if self.log.live[first : first + count].all():
                return list(range(first, first + count))
            handles = np.arange(first, first + count)
        inside = (handles >= 1) & (handles < self.log.count)
        wrong = ~inside
        wrong[inside] = self.log.live[handles[inside]] == 0
        if wrong.any():
            handle = int(handles[wrong.argmax()])
            self._live(handle, instruction, str(handle))
        found: list[int] = handles.tolist()
        self._differ(name, found)
        return found

    def _differ(self, name: str, handles: Sequence[int]) -> None:
        seen: set[int] = set()
        for handle in handles:
            if handle in seen:
                index = self.log.index(handle)
                which = "" if index is None else f" (index {index} of those allocated with it)"
                raise fault(f"{name}: qubit {handle}{which} is there twice; its qubits must be different ones")
            seen.add(handle)

    # -- instructions, by mnemonic

    def _qalloc(self, instruction: Instruction) -> None:
        count = self._number(instruction, 1)
        if count < 1:
            raise fault(f"QALLOC: {count:,} qubits; at least 1 is allocated")
        raise fault(f"QALLOC: {count:,} more qubits; a run is given {MOST_QUBITS - 1:,} in all, freed ones included")

    def _qfree(self, instruction: Instruction) -> None:
        self.executor.free(self._many(instruction, 0, self._number(instruction, 1)))

    def _qreset(self, instruction: Instruction) -> None:
        handle = self._qubit(instruction, 0)
        self.executor.reset(handle)
        if self.tape is not None:
            self.tape.reset(handle)

    def _qbarrier(self, _instruction: Instruction) -> None:
        """It orders gates, which are recorded in order."""
        if self.tape is not None:
            self.tape.barrier()

    def _qmeas(self, instruction: Instruction) -> int:
        handle = self._qubit(instruction, 1)
        outcome = self.executor.measure(handle)
        if self.tape is not None:
            self.tape.measure(handle)
        self.measured.append((instruction.pc, outcome))
        return outcome

    def _qsample(self, instruction: Instruction) -> int:
        count, shots = self._number(instruction, 2), self._number(instruction, 3)
        if not 1 <= count <= MOST_SAMPLED:
            raise fault(f"QSAMPLE: {count:,} qubits; a sample takes 1 to {MOST_SAMPLED}")
        if not 1 <= shots <= MOST_SHOTS:
            raise fault(f"QSAMPLE: {shots:,} shots; it takes 1 to {MOST_SHOTS:,}")
        handles = self._many(instruction, 1, count)
        self.chance.refuse("QSAMPLE")
        # The state of the generator goes back where the table finds no place.
        before = self.chance.copy()
        values, counts = self.executor.sample(handles, shots)
        table = np.empty((len(values), 2), np.uint64)
        table[:, 0], table[:, 1] = values, counts
        try:
            address = self._address(instruction, 4, table.nbytes)
            self._memory.write(address, table.tobytes())
        except MemoryCapError:
            self.chance.restore(before)
            raise FaultError("memory", "QSAMPLE would touch more memory than the limit allows") from None
        except FaultError:
            self.chance.restore(before)
            raise
        if self.tape is not None:
            self._tape_sample(self.tape, handles)
        self.executor.empty(handles)
        return len(values)

    def _tape_sample(self, tape: Tape, handles: list[int]) -> None:
        """A sample is a measurement of its qubits, after which all of their groups begin anew."""
        for handle in handles:
            tape.measure(handle)
        roots = dict.fromkeys(self.log.root(handle) for handle in handles)
        for member in sorted(member for root in roots for member in self.log.members(root)):
            tape.reset(member)

    def _qexpect(self, instruction: Instruction) -> float:
        address = self._address(instruction, 2, 1)
        end = self._memory.find_nul(address, min(address + _PAULIS + 1, MEMORY_SIZE))
        text = self._memory.bytes[address : max(end, address)].tobytes().decode("latin-1")
        if not text or text.strip("IXYZ"):
            raise fault(f"QEXPECT: {text[:40]!r} at {address:#x} is no Pauli string of the letters I, X, Y and Z")
        handles = self._many(instruction, 1, len(text))
        acted = [(handle, letter) for handle, letter in zip(handles, reversed(text), strict=True) if letter != "I"]
        if not acted:
            return 1.0
        return self.executor.expectation([handle for handle, _ in acted], "".join(letter for _, letter in acted))

    def _qprob(self, instruction: Instruction) -> float:
        return self.executor.look("QPROB", [self._qubit(instruction, 1)])

    def _qpurity(self, instruction: Instruction) -> float:
        return self.executor.look("QPURITY", self._many(instruction, 1, self._number(instruction, 2)))

    def _qentropy(self, instruction: Instruction) -> float:
        return self.executor.look("QENTROPY", self._many(instruction, 1, self._number(instruction, 2)))

    def _qfidw(self, instruction: Instruction) -> float:
        return self._look_at("QFIDW", [self._qubit(instruction, operand) for operand in (1, 2, 3)])

    def _qconc(self, instruction: Instruction) -> float:
        return self._look_at("QCONC", [self._qubit(instruction, operand) for operand in (1, 2)])

    def _look_at(self, name: str, handles: list[int]) -> float:
        self._differ(name, handles)
        return self.executor.look(name, handles)


def _executor(log: Log, chance: Chance, backend: Backend) -> Executor:
    if isinstance(backend, Simulator):
        return Simulated(log, chance, backend)
    if isinstance(backend, Device):
        from vm.quantum.remote import Remote

        return Remote(log, chance, backend)
    if isinstance(backend, Mock):
        return Scripted(log, chance, backend)
    raise ValueError(f"the backend '{backend.name}' is neither a simulator nor a device")
