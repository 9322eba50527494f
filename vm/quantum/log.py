"""The recorder's tables, seen from Python: groups of qubits and what was done to each since it last ran.

The layout is :mod:`vm.interp.quantum`'s, which writes gates and merges groups; here groups are read, set and split."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.interp import layout
from vm.memory import reserve
from vm.quantum.gates import STATE, angles_of
from vm.trap import FaultError

MOST_QUBITS: Final = 1 << 24
"""Handles that a run may be given."""
MOST_GATES: Final = 1 << 24
"""Gates that may wait at a time."""
_WINDOW: Final = 1 << 16
"""Handles that are searched for groups with the same circuit."""
MOST_TOGETHER: Final = 4096
"""Groups that run as one batch."""

QUBIT: Final = np.dtype(
    [(name, "<i8") for name in ("parent", "next", "size", "first", "last", "length", "live", "origin")]
)
GATE: Final = np.dtype([("op", "<i8"), ("place", "<i8"), ("after", "<i8"), ("q", "<i4", 4), ("angle", "<f8", 3)])


@dataclass(frozen=True)
class Circuit:
    """What groups with the same gates on the same places have in common."""

    qubits: int
    gates: tuple[tuple[int, tuple[int, ...]], ...]
    """Instruction numbers with the places of their qubits in the group, 0 to ``qubits`` - 1."""


@dataclass(frozen=True)
class Batch:
    """Groups of one circuit: shapes for b groups of n qubits and g gates."""

    circuit: Circuit
    roots: NDArray[np.int64]
    """(b,)"""
    members: NDArray[np.int64]
    """(b, n): handles, ascending; the place in it is the bit of the state."""
    angles: NDArray[np.float64]
    """(b, g, 3): those that a gate does not take are 0."""


class Log:
    """The tables of one machine."""

    def __init__(self, words: NDArray[np.int64]) -> None:
        """``words``: the machine's state, which is told where the tables are."""
        self.words: Final = words
        self._areas: tuple[mmap.mmap, ...] = (
            reserve(MOST_QUBITS * QUBIT.itemsize),
            reserve(MOST_GATES * GATE.itemsize),
        )
        self.qubits: NDArray[Any] = np.frombuffer(self._areas[0], QUBIT)
        self.gates: NDArray[Any] = np.frombuffer(self._areas[1], GATE)
        self.live: NDArray[np.int64] = self.qubits["live"]
        """Of the qubits: 0 freed, 2 measured by a device, else 1."""
        words[layout.QUBITS // 8] = self.qubits.ctypes.data
        words[layout.GATES // 8] = self.gates.ctypes.data
        words[layout.QUBIT_COUNT // 8] = 1
        words[layout.QUBIT_END // 8] = MOST_QUBITS
        words[layout.GATE_END // 8] = MOST_GATES
        self.renumbered = 0
        """How often gates were given other numbers."""

    def leave_to_python(self) -> None:
        """Have the recorder leave everything but gates and new qubits to Python: someone has to hear of it."""
        self.words[layout.TAPE // 8] = 1

    @property
    def count(self) -> int:
        """Handles given, handle 0 included."""
        return int(self.words[layout.QUBIT_COUNT // 8])

    @property
    def recorded(self) -> int:
        """Gates in the log."""
        return int(self.words[layout.GATE_COUNT // 8])

    def index(self, handle: int) -> int | None:
        """The place of a qubit among those that were allocated with it, from 0; None if it was allocated alone."""
        origins = self.qubits["origin"][: self.count]
        first = int(origins[handle])
        is_alone = first == handle and (handle + 1 == self.count or origins[handle + 1] != first)
        return None if is_alone else handle - first

    def root(self, handle: int) -> int:
        """The root of a qubit's group."""
        parents = self.qubits["parent"]
        while (up := int(parents[handle])) != handle:
            handle = up
        return handle

    def members(self, root: int) -> list[int]:
        """A group's handles, ascending."""
        found = [root]
        after = self.qubits["next"]
        while (handle := int(after[found[-1]])) != root:
            found.append(handle)
        return sorted(found)

    def chain(self, root: int) -> list[int]:
        """Numbers of a group's gates, in order."""
        found = []
        number = int(self.qubits["first"][root])
        after = self.gates["after"]
        while number:
            found.append(number)
            number = int(after[number])
        return found

    # -- setting

    def _new(self, op: int, handle: int) -> int:
        if self.recorded + 1 >= MOST_GATES:
            self.compact()
        number = self.recorded + 1
        self.words[layout.GATE_COUNT // 8] = number
        self.gates[number] = (op, 0, 0, (handle, 0, 0, 0), (0.0, 0.0, 0.0))
        return number

    def set_state(self, root: int, identifier: int) -> None:
        """What was done to the group is done; it is in that state."""
        number = self._new(STATE, root)
        self.gates["angle"][number, 0] = identifier
        for name, value in (("first", number), ("last", number), ("length", 1)):
            self.qubits[name][root] = value

    def make_group(self, handles: list[int]) -> int:
        """A group of exactly these qubits, of which nothing is recorded; its root."""
        root = handles[0]
        for handle, after in zip(handles, [*handles[1:], root], strict=True):
            self.qubits[handle] = (root, after, 0, 0, 0, 0, 1, self.qubits["origin"][handle])
        self.qubits["size"][root] = len(handles)
        return root

    def in_groups(self, handles: list[int]) -> list[int]:
        """Those of some qubits that have met others."""
        chosen = np.array(handles)
        lone = (self.qubits["parent"][chosen] == chosen) & (self.qubits["size"][chosen] == 1)
        found: list[int] = chosen[~lone].tolist()
        return found

    def mark(self, root: int) -> tuple[int, ...]:
        """Of a group as it is: another one as soon as anything is done to it."""
        row = self.qubits[root]
        return self.renumbered, root, int(row["first"]), int(row["last"]), int(row["length"]), int(row["size"])

    def settle(self, root: int) -> None:
        """A group was measured by a device: each of its qubits is alone and takes no gate."""
        for handle in self.members(root):
            live = 2 if self.qubits["live"][handle] else 0
            self.qubits[handle] = (handle, handle, 1, 0, 0, 0, live, self.qubits["origin"][handle])

    def is_settled(self, handle: int) -> bool:
        """Whether a device has measured it."""
        return bool(self.qubits["live"][handle] == 2)

    def waiting_roots(self) -> list[int]:
        """Roots of the groups that have gates, ascending."""
        return list(dict.fromkeys(self._waiting()[1].tolist()))

    def circuit(self, root: int) -> tuple[Circuit, list[int], NDArray[np.float64]]:
        """A group's circuit, its members in order of their places, and the angles, shape (g, 3)."""
        circuit, members, numbers = self._circuit(root)
        angles = np.zeros((len(numbers), 3))
        for step, (number, (code, _)) in enumerate(zip(numbers, circuit.gates, strict=True)):
            angles[step, : angles_of(code)] = self.gates["angle"][number, : angles_of(code)]
        return circuit, members, angles

    def forget(self, root: int) -> None:
        """What was done to a group matters to nobody."""
        for name in ("first", "last", "length"):
            self.qubits[name][root] = 0

    def free(self, handles: list[int]) -> None:
        """Give back qubits that are alone, or whole groups."""
        chosen = np.array(handles)
        for name in ("parent", "next"):
            self.qubits[name][chosen] = chosen
        self.qubits["size"][chosen] = 1
        for name in ("first", "last", "length", "live"):
            self.qubits[name][chosen] = 0

    def record(self, root: int, op: int, handle: int) -> None:
        """Add a gate on one qubit."""
        number = self._new(op, handle)
        if self.qubits["length"][root]:
            self.gates["after"][self.qubits["last"][root]] = number
        else:
            self.qubits["first"][root] = number
        self.qubits["last"][root] = number
        self.qubits["length"][root] += 1

    # -- reading many

    def batch(self, root: int) -> Batch:
        """The group with those near it that have the same circuit, as long as none was set to a state."""
        circuit, members, numbers = self._circuit(root)
        roots = np.array([root])
        if all(op != STATE for op, _ in circuit.gates) and len(circuit.gates) <= MOST_TOGETHER:
            roots = np.concatenate((roots, self._like(root, len(members), len(numbers))))
        all_members, rows = self._rows(roots, len(members), len(numbers))
        codes = rows["op"]
        local = np.full((len(roots), len(numbers), 3), -1)
        for place in range(len(members)):
            local[rows["q"][:, :, :3] == all_members[:, place, None, None]] = place
        same = (codes == codes[0]).all(axis=1) & (local == local[0]).all(axis=(1, 2))
        kept = np.flatnonzero(same)
        # The recorder writes the angles that there are; what else is there is of gates that ran before.
        taken = np.array([angles_of(code) for code, _ in circuit.gates])[:, None] > np.arange(3)
        angles = np.where(taken, rows["angle"][kept], 0.0)
        return Batch(circuit, roots[kept], all_members[kept], angles)

    def _circuit(self, root: int) -> tuple[Circuit, list[int], list[int]]:
        members, numbers = self.members(root), self.chain(root)
        places = {handle: place for place, handle in enumerate(members)}
        rows = self.gates[numbers]
        gates = zip(rows["op"].tolist(), rows["q"][:, :3].tolist(), strict=True)
        steps = tuple((op, tuple([places[handle] for handle in handles if handle])) for op, handles in gates)
        return Circuit(len(members), steps), members, numbers

    def _like(self, root: int, size: int, length: int) -> NDArray[np.int64]:
        """Other roots near a root with as many qubits and gates."""
        start = max(root - _WINDOW // 8, 1)
        near = self.qubits[start : min(root + _WINDOW, self.count)]
        handles: NDArray[np.int64] = np.arange(start, start + len(near))
        fits = (near["parent"] == handles) & (near["live"] == 1) & (near["size"] == size) & (near["length"] == length)
        fits &= handles != root
        return np.asarray(handles[fits][: MOST_TOGETHER - 1])

    def _rows(self, roots: NDArray[np.int64], size: int, length: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Members (b, n) and gates (b, g) of groups of one size and length."""
        members = np.empty((len(roots), size), np.int64)
        members[:, 0] = roots
        for place in range(1, size):
            members[:, place] = self.qubits["next"][members[:, place - 1]]
        members.sort(axis=1)
        numbers = np.empty((len(roots), length), np.int64)
        numbers[:, 0] = self.qubits["first"][roots]
        for step in range(1, length):
            numbers[:, step] = self.gates["after"][numbers[:, step - 1]]
        return members, self.gates[numbers]

    def states_in_use(self) -> set[int]:
        """Identifiers of the states that groups begin with."""
        rows = self.gates[self._waiting()[0]]
        return {int(identifier) for identifier in rows["angle"][rows["op"] == STATE, 0]}

    def _waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of all gates that wait, group after group, and the roots of their groups."""
        used = self.qubits[: self.count]
        # A group may have lost its root to QFREE on a device, where the qubit stays in the circuit.
        roots = np.flatnonzero((used["parent"] == np.arange(len(used))) & (used["first"] != 0))
        numbers: list[NDArray[np.int64]] = []
        owners: list[NDArray[np.int64]] = []
        at = used["first"][roots]
        of = roots
        while len(at):
            numbers.append(at)
            owners.append(of)
            at = self.gates["after"][at]
            of, at = of[at != 0], at[at != 0]
        if not numbers:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        owner = np.concatenate(owners)
        order = np.argsort(owner, kind="stable")
        return np.concatenate(numbers)[order], owner[order]

    def compact(self) -> None:
        """Forget the gates that ran. Raises :class:`FaultError` where too many wait."""
        numbers, owners = self._waiting()
        self.renumbered += 1
        most = MOST_GATES * 3 // 4
        if len(numbers) > most:
            raise FaultError(
                "quantum",
                f"{len(numbers):,} gates wait to be run, and at most {most:,} can: measure or inspect the qubits "
                "earlier, which runs their gates",
            )
        self.words[layout.GATE_COUNT // 8] = len(numbers)
        if not len(numbers):
            return
        rows = self.gates[numbers]
        begins = np.flatnonzero(np.diff(owners, prepend=-1))
        ends = np.append(begins[1:], len(owners))
        after = np.arange(2, len(rows) + 2)
        after[ends - 1] = 0
        rows["after"] = after
        self.gates[1 : len(rows) + 1] = rows
        roots = owners[begins]
        self.qubits["first"][roots] = begins + 1
        self.qubits["last"][roots] = ends

    # -- snapshots

    def copy(self) -> tuple[NDArray[Any], NDArray[Any], int]:
        """What is in use of both tables, and which numbers the gates have."""
        return self.qubits[: self.count].copy(), self.gates[: self.recorded + 1].copy(), self.renumbered

    def restore(self, tables: tuple[NDArray[Any], NDArray[Any], int]) -> None:
        """Put back what :meth:`copy` gave."""
        qubits, gates, self.renumbered = tables
        self.qubits[len(qubits) : self.count] = np.zeros((), QUBIT)
        self.qubits[: len(qubits)] = qubits
        self.gates[: len(gates)] = gates
        self.words[layout.QUBIT_COUNT // 8] = len(qubits)
        self.words[layout.GATE_COUNT // 8] = len(gates) - 1
