"""What quantum instructions ask of a backend, whatever it can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vm.trap import FaultError

Counts = tuple[NDArray[np.uint64], NDArray[np.int64]]
"""Values, ascending, and how often each came out."""


class Executor(ABC):
    """Answers for the qubits of one machine. Handles are live and differ."""

    @abstractmethod
    def measure(self, handle: int) -> int:
        """Measure a qubit: what is read, 0 or 1."""

    @abstractmethod
    def reset(self, handle: int) -> None:
        """Make a qubit |0⟩."""

    @abstractmethod
    def free(self, handles: list[int]) -> None:
        """Give qubits back."""

    @abstractmethod
    def sample(self, handles: list[int], shots: int) -> Counts:
        """Sample at most 64 qubits; nothing is changed."""

    @abstractmethod
    def empty(self, handles: list[int]) -> None:
        """After a sample: all qubits of the groups of these are |0⟩."""

    @abstractmethod
    def expectation(self, handles: list[int], letters: str) -> float:
        """Of a Pauli matrix, X, Y or Z, on each of some qubits."""

    def look(self, name: str, handles: list[int]) -> float:
        """The answer to ``QPROB``, ``QPURITY``, ``QENTROPY``, ``QCONC`` or ``QFIDW``."""
        raise FaultError("quantum", f"{name} looks at a state, which only a simulator has")

    @abstractmethod
    def copy(self) -> Any:
        """What it knows beside the log."""

    @abstractmethod
    def restore(self, copied: Any) -> None:
        """Put back what :meth:`copy` gave."""
