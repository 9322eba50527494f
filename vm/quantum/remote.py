"""Qubits whose groups run on a device: whole circuits in, counts out.

A measurement sends the qubit's whole group, and with it every other group that has gates and fits: nobody can know yet
whether more comes for those, so their part of the answer is used only if nothing does. What came back is a table with a
row for each of the runs that the machine stands for and a column for each qubit. Reading a qubit chooses the rows that
agree with what was read, so all that is read later is jointly distributed with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.isa import BY_NAME
from vm.quantum.backends.backend import Device
from vm.quantum.chance import Chance
from vm.quantum.executor import Counts, Executor
from vm.quantum.jobs import Jobs
from vm.quantum.log import Circuit, Log
from vm.trap import FaultError

_EXPECTATION: Final = 1024
"""Shots of an expectation value."""
_H, _SDG = BY_NAME["QH"][0].code, BY_NAME["QSDG"][0].code
_BASIS: Final = {"X": (_H,), "Y": (_SDG, _H), "Z": ()}
"""Gates that turn a Pauli matrix into Z."""


@dataclass(frozen=True)
class _Pool:
    """What is known of measured qubits. Never changed."""

    rows: NDArray[np.uint8]
    """(runs, qubits): bits."""
    columns: dict[int, int]
    """By handle."""
    marks: dict[int, tuple[int, ...]]
    """By root: of groups that were measured beforehand, as they were."""


@dataclass(frozen=True)
class _Together:
    """Groups side by side in one circuit."""

    circuit: Circuit
    angles: NDArray[np.float64]
    handles: list[int]
    """By place."""


class Remote(Executor):
    """The qubits of one machine on a device."""

    def __init__(self, log: Log, chance: Chance, device: Device) -> None:
        self._log = log
        self._chance = chance
        self._device = device
        self.jobs = Jobs(device)
        """Sends what is to run."""
        self._pool = _Pool(np.zeros((1, 0), np.uint8), {}, {})

    def copy(self) -> Any:
        """What is known."""
        return self._pool

    def restore(self, copied: Any) -> None:
        """Put back what :meth:`copy` gave."""
        self._pool = copied

    # -- measurements

    def measure(self, handle: int) -> int:
        """Read a qubit of an answer, which is asked for if there is none."""
        log = self._log
        root = log.root(handle)
        if not log.is_settled(handle):
            if not log.qubits["length"][root]:
                return self._untouched(handle)
            if self._pool.marks.get(root) != log.mark(root):
                self._ask(root)
        pool = self._pool
        column = pool.rows[:, pool.columns[handle]]
        outcome = self._chance.counted(int(column.sum()), len(column))
        self._pool = _Pool(pool.rows[column == outcome], pool.columns, pool.marks)
        if not log.is_settled(handle):
            log.settle(root)
        return outcome

    def _untouched(self, handle: int) -> int:
        """A qubit to which nothing was done is not sent."""
        pool = self._pool
        rows = np.hstack((pool.rows, np.zeros((len(pool.rows), 1), np.uint8)))
        self._pool = _Pool(rows, pool.columns | {handle: rows.shape[1] - 1}, pool.marks)
        self._log.settle(handle)
        return 0

    def _ask(self, root: int) -> None:
        """Run a group, with others that wait."""
        # A job costs: it is not sent for runs that are going to be executed one by one.
        self._chance.check()
        log, known = self._log, self._pool
        free = self._device.qubits - self._fitting(root)
        roots = [root]
        for other in log.waiting_roots():
            size = int(log.qubits["size"][other])
            if other != root and size <= free and known.marks.get(other) != log.mark(other):
                roots.append(other)
                free -= size
        together = self._joined(roots)
        shots = self._chance.shots
        counts = self._run(together, shots)
        rows = _table(counts, len(together.handles))
        if known.rows.shape[1]:
            # Which run of one answer goes with which of another is chance.
            rows = np.hstack((known.rows, self._chance.random.permutation(rows)))
        start = known.rows.shape[1]
        columns = {handle: start + place for place, handle in enumerate(together.handles)}
        self._pool = _Pool(rows, known.columns | columns, known.marks | {one: log.mark(one) for one in roots})

    def _run(self, together: _Together, shots: int) -> dict[int, int]:
        seed = int(self._chance.random.integers(1 << 31))
        return self.jobs.run(together.circuit, together.angles, shots, seed)

    def _fitting(self, root: int) -> int:
        """Qubits of a group. Raises :class:`FaultError` for more than the device has."""
        size = int(self._log.qubits["size"][root])
        if size > self._device.qubits:
            raise FaultError("quantum", f"{size} qubits have met, and {self._device.name} has {self._device.qubits}")
        return size

    def _joined(self, roots: list[int]) -> _Together:
        gates: list[tuple[int, tuple[int, ...]]] = []
        angles = []
        handles: list[int] = []
        for root in roots:
            circuit, members, own = self._log.circuit(root)
            start = len(handles)
            gates += ((code, tuple(start + place for place in places)) for code, places in circuit.gates)
            angles.append(own)
            handles += members
        return _Together(Circuit(len(handles), tuple(gates)), np.concatenate(angles), handles)

    def reset(self, handle: int) -> None:
        """Another qubit takes its place, if nobody has to know what it was."""
        if self._log.in_groups([handle]):
            raise FaultError(
                "quantum",
                f"QRESET: qubit {handle} has met others, and {self._device.name} cannot reset one of them; "
                "measure them first, or take a new qubit (QALLOC)",
            )
        self._log.make_group([handle])

    def free(self, handles: list[int]) -> None:
        """They stay in their groups, unread."""
        lone = [handle for handle in handles if not self._log.in_groups([handle])]
        self._log.qubits["live"][handles] = 0
        if lone:
            self._log.free(lone)

    # -- samples

    def _roots(self, handles: list[int], name: str) -> list[int]:
        for handle in handles:
            if self._log.is_settled(handle):
                raise FaultError(
                    "quantum", f"{name}: qubit {handle} was measured with its group on {self._device.name} before"
                )
        return list(dict.fromkeys(self._log.root(handle) for handle in handles))

    def sample(self, handles: list[int], shots: int) -> Counts:
        """One job for the groups of some qubits."""
        together = self._joined(self._roots(handles, "QSAMPLE"))
        self._within(together)
        found: dict[int, int] = {}
        for value, count in self._counts(together, shots).items():
            bits = sum((value >> together.handles.index(handle) & 1) << bit for bit, handle in enumerate(handles))
            found[bits] = found.get(bits, 0) + count
        values = sorted(found)
        return np.array(values, np.uint64), np.array([found[value] for value in values], np.int64)

    def _within(self, together: _Together) -> None:
        if len(together.handles) > self._device.qubits:
            raise FaultError(
                "quantum",
                f"{len(together.handles)} qubits are in these groups, and {self._device.name} has "
                f"{self._device.qubits}",
            )

    def _counts(self, together: _Together, shots: int) -> dict[int, int]:
        if not together.circuit.gates:
            return {0: shots}
        return self._run(together, shots)

    def empty(self, handles: list[int]) -> None:
        """All qubits of their groups are |0⟩."""
        for root in {self._log.root(handle) for handle in handles}:
            members = self._log.members(root)
            freed = [member for member in members if not self._log.qubits["live"][member]]
            for member in members:
                self._log.make_group([member])
            if freed:
                self._log.free(freed)

    def expectation(self, handles: list[int], letters: str) -> float:
        """From the parities of some shots, of the circuit turned so that each letter is a Z; the groups stay."""
        self._chance.refuse("QEXPECT on a device")
        together = self._joined(self._roots(handles, "QEXPECT"))
        self._within(together)
        places = [together.handles.index(handle) for handle in handles]
        turned = [(code, (place,)) for place, letter in zip(places, letters, strict=True) for code in _BASIS[letter]]
        circuit = Circuit(together.circuit.qubits, (*together.circuit.gates, *turned))
        angles = np.concatenate((together.angles, np.zeros((len(turned), 3))))
        counts = self._counts(_Together(circuit, angles, together.handles), _EXPECTATION)
        mask = sum(1 << place for place in places)
        odd = sum(count for value, count in counts.items() if (value & mask).bit_count() % 2)
        return 1 - 2 * odd / _EXPECTATION


def _table(counts: dict[int, int], qubits: int) -> NDArray[np.uint8]:
    """A row for each run, a column for each qubit."""
    values = np.array([[value >> place & 1 for place in range(qubits)] for value in counts], np.uint8)
    return np.repeat(values.reshape(len(counts), qubits), list(counts.values()), axis=0)
