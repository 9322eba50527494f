"""Qubits of a run that is followed whatever the outcomes are: nothing is simulated but inspections of states that no
outcome has changed."""

from __future__ import annotations

from typing import Any

from vm.quantum.executor import Counts, Executor
from vm.quantum.log import Log


class MeasurementAhead(Exception):
    """The program is about to measure for the first time."""


class Assumed(Executor):
    """Follows a program; every outcome is possible."""

    def __init__(self, log: Log, inner: Executor) -> None:
        self._log = log
        self._inner = inner
        self.stops = True
        """Whether to stop before a measurement."""
        self.changed: set[int] = set()
        """Qubits whose state depends on outcomes."""
        self.saw_changed = False
        """Whether the last inspection was of a state that depends on outcomes."""

    def copy(self) -> Any:
        """The qubits, and what is simulated."""
        return set(self.changed), self._inner.copy()

    def restore(self, copied: Any) -> None:
        """Put back what :meth:`copy` gave."""
        changed, inner = copied
        self.changed = set(changed)
        self._inner.restore(inner)

    def depends(self, handles: list[int]) -> bool:
        """Whether the state of some qubits depends on outcomes."""
        if not self.changed:
            return False
        return any(member in self.changed for handle in handles for member in self._log.members(self._log.root(handle)))

    def _part(self, handle: int) -> None:
        """An outcome changes a qubit's whole group, which falls apart: what its state was is not kept."""
        members = self._log.members(self._log.root(handle))
        self.changed.update(members)
        for member in members:
            self._log.make_group([member])

    def measure(self, handle: int) -> int:
        """Measure a qubit: some outcome."""
        if self.stops:
            raise MeasurementAhead
        self._part(handle)
        return 0

    def reset(self, handle: int) -> None:
        """Make a qubit |0⟩; those that it was entangled with depend on what nobody saw."""
        if len(self._log.members(self._log.root(handle))) > 1 or handle in self.changed:
            self._part(handle)
        self._log.make_group([handle])
        self.changed.discard(handle)

    def free(self, handles: list[int]) -> None:
        """Give qubits back."""
        freed = set(handles)
        for handle in handles:
            if self._log.in_groups([handle]) and not freed.issuperset(self._log.members(self._log.root(handle))):
                self._part(handle)
        self._log.free(handles)
        self.changed.difference_update(freed)

    def sample(self, handles: list[int], shots: int) -> Counts:
        """Sample a state that no outcome has changed."""
        if self.stops:
            raise MeasurementAhead
        self.saw_changed = self.depends(handles)
        return self._inner.sample(handles, shots)

    def empty(self, handles: list[int]) -> None:
        """After a sample."""
        self._inner.empty(handles)

    def expectation(self, handles: list[int], letters: str) -> float:
        """Inspect a state."""
        self.saw_changed = self.depends(handles)
        return self._inner.expectation(handles, letters)

    def look(self, name: str, handles: list[int]) -> float:
        """Inspect a state."""
        self.saw_changed = self.depends(handles)
        return self._inner.look(name, handles)
