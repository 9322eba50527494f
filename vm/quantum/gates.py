"""The gates: how many qubits and angles each instruction takes, and what it is among Qiskit's.

Matrices are Qiskit's, the global phase included. ``QSIGMA`` is RX by σπ/4, and ``QW`` is a sequence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from vm.isa import BY_NAME

STATE: Final = 0
"""In a log, in place of a gate's number: the state that the group is set to."""
ONE: Final = -1
"""In a log, in place of a gate's number: the qubit was measured as 1. It is not a gate, so no noise follows it."""
MEASURING: Final = -2
"""In a log, in place of a gate's number: the noise before a measurement of the qubit."""
RESETTING: Final = -3
"""In a log, in place of a gate's number: the noise after a reset of the qubit."""


@dataclass(frozen=True)
class Gate:
    """One gate instruction."""

    code: int
    mnemonic: str
    qubits: int
    angles: int
    method: str
    """Of Qiskit's ``QuantumCircuit``; empty for a sequence."""


# Legend: mnemonic, qubits, angles, Qiskit's name.
_TABLE: Final = (
    ("QX", 1, 0, "x"), ("QY", 1, 0, "y"), ("QZ", 1, 0, "z"), ("QH", 1, 0, "h"), ("QS", 1, 0, "s"),
    ("QSDG", 1, 0, "sdg"), ("QT", 1, 0, "t"), ("QTDG", 1, 0, "tdg"), ("QSX", 1, 0, "sx"),
    ("QRX", 1, 1, "rx"), ("QRY", 1, 1, "ry"), ("QRZ", 1, 1, "rz"), ("QP", 1, 1, "p"), ("QU", 1, 3, "u"),
    ("QSIGMA", 1, 1, "rx"),
    ("QCX", 2, 0, "cx"), ("QCY", 2, 0, "cy"), ("QCZ", 2, 0, "cz"), ("QCH", 2, 0, ""), ("QSWAP", 2, 0, "swap"),
    ("QCRX", 2, 1, "crx"), ("QCRY", 2, 1, "cry"), ("QCRZ", 2, 1, "crz"), ("QCP", 2, 1, "cp"),
    ("QRXX", 2, 1, "rxx"), ("QRYY", 2, 1, "ryy"), ("QRZZ", 2, 1, "rzz"),
    ("QCCX", 3, 0, "ccx"), ("QCSWAP", 3, 0, "cswap"), ("QW", 3, 0, ""),
)  # fmt: skip
GATES: Final[dict[int, Gate]] = {
    BY_NAME[name][0].code: Gate(BY_NAME[name][0].code, name, qubits, angles, method)
    for name, qubits, angles, method in _TABLE
}
"""By instruction number."""
SIGMA: Final = BY_NAME["QSIGMA"][0].code
SIGMA_ANGLE: Final = math.pi / 4
"""Radians that one σ turns."""
_CH: Final = BY_NAME["QCH"][0].code
_W: Final = BY_NAME["QW"][0].code
_FIRST_ANGLE: Final = 2 * math.acos(math.sqrt(2 / 3))
_CONTROLLED: Final = frozenset(BY_NAME[name][0].code for name in ("QCRX", "QCRY", "QCRZ", "QCP"))


def angles_of(code: int) -> int:
    """Return how many angles a row of the log has; what is not a gate has none."""
    return GATES[code].angles if code > STATE else 0


def append(circuit: Any, code: int, qubits: list[int], angles: list[Any]) -> None:
    """Add a gate to a Qiskit circuit; angles as the program gave them, numbers or parameters."""
    if code == _W:
        a, b, c = qubits
        circuit.x(a)
        circuit.cry(_FIRST_ANGLE, a, b)
        circuit.cx(b, a)
        circuit.cry(math.pi / 2, a, c)
        circuit.cx(c, a)
        return
    if code == _CH:
        # Aer has none. H is Z, turned about y by π/4.
        a, b = qubits
        circuit.ry(-math.pi / 4, b)
        circuit.cz(a, b)
        circuit.ry(math.pi / 4, b)
        return
    if code == SIGMA:
        angles = [angle * SIGMA_ANGLE for angle in angles]
    if code in _CONTROLLED and not isinstance(angles[0], float):
        _controlled(circuit, GATES[code].method, qubits, angles[0])
        return
    getattr(circuit, GATES[code].method)(*angles, *qubits)


def _controlled(circuit: Any, name: str, qubits: list[int], angle: Any) -> None:
    """A controlled rotation by a parameter, of gates that Aer can give one: half of it, and half of it the other way
    between two CX, which leaves nothing where the control is |0⟩."""
    control, target = qubits
    if name == "cp":
        circuit.p(angle / 2, control)
        circuit.p(angle / 2, target)
        circuit.cx(control, target)
        circuit.p(-angle / 2, target)
        circuit.cx(control, target)
        return
    if name == "crx":
        circuit.h(target)
    turn = circuit.ry if name == "cry" else circuit.rz
    turn(angle / 2, target)
    circuit.cx(control, target)
    turn(-angle / 2, target)
    circuit.cx(control, target)
    if name == "crx":
        circuit.h(target)
