"""Wording of what can go wrong between programs and circuits: exports, drawings, OpenQASM (E0807 to E0809)."""

from __future__ import annotations

from typing import Final

from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.explanation import Explanation

EXPLANATIONS: Final[dict[str, Explanation]] = {
    "E0807": Explanation(
        "no circuit, or none that can be written",
        "qbcc compile --emit qasm3, qasm2, qir or qiskit and qbc draw run the program and take the circuit that the "
        "run records. A program that does nothing to a qubit has none; a very large one is written, but not drawn.",
        "main: QALLOC r4\n      QHALT",
        "main: QALLOC r4\n      QH r4\n      QHALT",
    ),
    "E0808": Explanation(
        "OpenQASM that cannot be read",
        "The text is no OpenQASM 2 or 3, or uses what Qiskit's reader does not know. The line is that of the file, or "
        "of a file that it includes.",
        "OPENQASM 3.0;\nqubit q\nU(0, 0, 0) q;",
        "OPENQASM 3.0;\nqubit q;\nU(0, 0, 0) q;",
    ),
    "E0809": Explanation(
        "OpenQASM that has no form in QBC",
        "qbcc import takes gates, measurements, resets, barriers, if, else, while and for on bits and registers. "
        "Inputs without a value, opaque gates and classical arithmetic it does not.",
        "opaque mystery a;\nmystery q[0];",
        "gate mystery a { h a; }\nmystery q[0];",
    ),
}


def _error(code: str, message: str, *notes: str) -> SourceError:
    return SourceError([Diagnostic(code, message, None, notes=notes)])


def no_circuit(why: str) -> SourceError:
    return _error("E0807", f"{why}: there is no circuit", "QALLOC and a gate make one, in σ qubit() and a gate")


def too_large(qubits: int, steps: int, most_qubits: int, most_steps: int) -> SourceError:
    return _error(
        "E0807",
        f"a circuit of {qubits:,} qubits and {steps:,} steps is too large to draw",
        f"at most {most_qubits} qubits and {most_steps:,} steps are drawn; 'qbcc compile --emit qasm3' writes it",
    )


def unwritable(kind: str, why: str) -> SourceError:
    return _error("E0807", f"the circuit cannot be written as {kind}: {why}")


def unreadable(name: str, line: int | None, why: str) -> SourceError:
    """``line``: in that file, where it is known."""
    place = f"'{name}'" + (f", line {line}" if line else "")
    return _error("E0808", f"{place}: {why}")


def unsupported(name: str, what: str, line: int | None = None) -> SourceError:
    place = f"'{name}'" + (f", line {line}" if line else "")
    return _error("E0809", f"{place}: {what}")
