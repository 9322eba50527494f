"""What one run does to its qubits, in order: the circuit that it records.

The recorder's rows are numbered in the order of the gates, so those that are new are read whenever Python is asked
something; with a tape that is for everything but gates. What Python itself writes into the log (a state that is set, a
bit that was measured) is passed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vm.quantum.gates import GATES, STATE
from vm.quantum.log import Log

MEASURE, RESET, BARRIER = -1, -2, -3


@dataclass(frozen=True)
class Step:
    """One thing that was done."""

    code: int
    """An instruction's number, or one of the names above."""
    qubits: tuple[int, ...]
    """Handles; of a barrier none, it is for all."""
    angles: tuple[float, ...] = ()
    """As the program gave them."""
    bit: int = -1
    """Of a measurement: its number."""


class Tape:
    """The steps of one machine."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._read = log.recorded
        self.steps: Final[list[Step]] = []
        self.bits = 0
        """Measurements."""
        log.leave_to_python()

    def catch_up(self) -> None:
        """Take over the gates that are new."""
        rows = self._log.gates[self._read + 1 : self._log.recorded + 1]
        self._read = self._log.recorded
        gates = zip(rows["op"].tolist(), rows["q"].tolist(), rows["angle"].tolist(), strict=True)
        for code, handles, angles in gates:
            if code > STATE:
                gate = GATES[code]
                self.steps.append(Step(code, tuple(handles[: gate.qubits]), tuple(angles[: gate.angles])))

    def pass_over(self) -> None:
        """What is new was written by Python."""
        self._read = self._log.recorded

    def measure(self, handle: int) -> None:
        """A qubit was measured."""
        self.steps.append(Step(MEASURE, (handle,), bit=self.bits))
        self.bits += 1

    def reset(self, handle: int) -> None:
        """A qubit was made |0⟩."""
        self.steps.append(Step(RESET, (handle,)))

    def barrier(self) -> None:
        """Gates are ordered here."""
        self.steps.append(Step(BARRIER, ()))
