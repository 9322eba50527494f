"""Wording of what can go wrong between programs and circuits: exports, drawings, OpenQASM (E0807 to E0809, E0812)."""

from __future__ import annotations

from typing import Final

from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.explanation import Explanation
from qbcc.source import Span

EXPLANATIONS: Final[dict[str, Explanation]] = {
    "E0807": Explanation(
        "no circuit, or none that can be written",
        "qbcc compile --emit qasm3, qasm2, qir or qiskit and qbc draw follow the program and write its circuit. What "
        "outcomes decide becomes a conditional. A program that does nothing to a qubit has no circuit, nor has a "
        "loop that goes on as long as an outcome says; a very large circuit is written, but not drawn.",
        "main: QALLOC r4\n      QHALT",
        "main: QALLOC r4\n      QH r4\n      QHALT",
    ),
    "E0808": Explanation(
        "OpenQASM that cannot be read",
        "The text is not valid OpenQASM 2 or 3. The line is that of the file, or of a file that it includes.",
        "OPENQASM 3.0;\nqubit q\nU(0, 0, 0) q;",
        "OPENQASM 3.0;\nqubit q;\nU(0, 0, 0) q;",
    ),
    "E0809": Explanation(
        "OpenQASM that has no form in QBC",
        "qbcc import takes gates with all modifiers, measurements, resets, barriers, if, else, while, for, switch, "
        "def, arrays, aliases, inputs, outputs and arithmetic of at most 64 bits. It does not take opaque gates, "
        "extern functions, complex numbers, physical qubits and calibrations.",
        "opaque mystery a;\nmystery q[0];",
        "gate mystery a { h a; }\nmystery q[0];",
    ),
    "E0812": Explanation(
        "OpenQASM where a program is expected",
        "Programs are written in QBC or σ. 'qbcc import' turns a text in OpenQASM 2 or 3 into a source in QBC, which "
        "is then run, drawn and compiled as any other.",
        "qbc run bell.qasm",
        "qbcc import bell.qasm -o bell.qbc\nqbc run bell.qbc --shots 1000",
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


def unwritable(kind: str, why: str, *notes: str) -> SourceError:
    return _error("E0807", f"the circuit cannot be written as {kind}: {why}", *notes)


Place = Span | str
"""Where it is: in a line, or only the name of a file."""


def unreadable(place: Place, why: str, *notes: str) -> SourceError:
    return _at("E0808", place, why, notes)


def unsupported(place: Place, what: str, *notes: str) -> SourceError:
    return _at("E0809", place, what, notes)


def _at(code: str, place: Place, message: str, notes: tuple[str, ...]) -> SourceError:
    if isinstance(place, Span):
        return SourceError([Diagnostic(code, message, place, notes=notes)])
    return _error(code, f"'{place}': {message}", *notes)


def not_openqasm(place: Place) -> SourceError:
    """A file of another language."""
    return unreadable(
        place,
        "this is not OpenQASM",
        "a text in OpenQASM begins with OPENQASM 3.0; or OPENQASM 2.0;",
        "'qbcc import' turns OpenQASM into QBC; sources in QBC and σ are run as they are, by 'qbc run'",
    )


def unknown_version(place: Place, version: str) -> SourceError:
    return unreadable(place, f"OpenQASM {version} is not known: version 2.0 and versions 3.x are")


def not_imported(name: str) -> SourceError:
    base = name[: -len(".qasm")]
    return _error(
        "E0812",
        f"'{name}' is OpenQASM, which is imported first",
        f"'qbcc import {name} -o {base}.qbc' makes a program of it, which 'qbc run {base}.qbc' runs",
    )


def undecided(file: str, line: int, why: str, measured: str, *, is_called: bool = False) -> SourceError:
    """Report a decision that no circuit shows; ``is_called``: a routine of the library that the line calls makes it."""
    place = f"'{file}', line {line}: " if line else ""
    called = "in what this line calls, " if is_called else ""
    outcomes = f" ({measured})" if measured else ""
    notes = [
        "'qbc run --shots' runs it; a circuit needs every decision by an outcome as a conditional with few outcomes"
    ]
    if is_called:
        notes.append(
            "what is printed or calculated after the last gate and measurement does not matter for the circuit"
        )
    return _error("E0807", f"{place}{called}{why}{outcomes}: there is no circuit of the program", *notes)
