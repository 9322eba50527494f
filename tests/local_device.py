"""A device that is here: exact distributions from Qiskit's state vectors, drawn; keeps account of what it is sent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from vm.quantum.backends import choose
from vm.quantum.backends.backend import Device, Job
from vm.quantum.gates import GATES, append


class Local(Device):
    name = "local"

    def __init__(self, qubits: int = 12, seed: int = 5) -> None:
        self._qubits = qubits
        self._random = np.random.default_rng(seed)
        self.sent: list[Job] = []
        self.cancelled: list[str] = []
        self.asked: list[str] = []
        self.fails: list[Any] = []
        """Exceptions that the next results raise."""

    @property
    def qubits(self) -> int:
        return self._qubits

    def submit(self, job: Job) -> str:
        self.sent.append(job)
        return f"id-{len(self.sent) - 1}"

    def find(self, job: Job) -> str | None:
        self.asked.append(job.name)
        names = [one.name for one in self.sent]
        return f"id-{names.index(job.name)}" if job.name in names else None

    def result(self, identifier: str, job: Job) -> dict[int, int]:
        if self.fails:
            raise self.fails.pop(0)
        sent = self.sent[int(identifier[3:])]
        circuit = QuantumCircuit(sent.circuit.qubits)
        for (code, places), row in zip(sent.circuit.gates, sent.angles.tolist(), strict=True):
            append(circuit, code, list(places), row[: GATES[code].angles])
        odds = np.abs(Statevector(circuit).data) ** 2
        counts = self._random.multinomial(sent.shots, odds / odds.sum())
        return {int(value): int(counts[value]) for value in np.flatnonzero(counts)}

    def cancel(self, identifier: str) -> None:
        self.cancelled.append(identifier)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Local:
    """Every machine runs on it."""
    device = Local()
    monkeypatch.setattr(choose, "make", lambda text, noise=None: device)
    return device
