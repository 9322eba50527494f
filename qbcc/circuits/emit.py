"""The circuit of a program in other languages: OpenQASM 2 and 3, QIR, Qiskit, and as a drawing. What outcomes decide
is in it as conditionals."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from qbcc.circuits import messages as messages_circuit
from qbcc.export.messages import missing_extra
from vm.circuit.explore import Undecided, explore
from vm.circuit.items import Circuit, count
from vm.circuit.values import Depends
from vm.machine import Machine, Outcome

KINDS: Final = ("qasm3", "qasm2", "qir", "qiskit")
_MOST_QUBITS: Final = 200
_MOST_STEPS: Final = 5_000
"""Qubits and steps of a drawing."""


def need(what: str) -> None:
    """Raise :class:`SourceError` where a package is missing: before a run, not after it."""
    packages = {"qir": ("qiskit", "pyqir"), "png": ("qiskit", "matplotlib", "pylatexenc"), "txt": ()}
    extras = {"qiskit": "quantum", "pyqir": "convert", "matplotlib": "plot", "pylatexenc": "plot"}
    packages["svg"] = packages["png"]
    for package in packages.get(what, ("qiskit",)):
        if find_spec(package) is None:
            raise missing_extra(what, "writing", extras[package])


def follow(machine: Machine) -> tuple[Circuit, Outcome]:
    """The circuit of a machine that has not run yet, and how it ended. Raises :class:`SourceError` at the line of a
    decision that no circuit shows."""
    try:
        return explore(machine)
    except Undecided as error:
        places = [machine.program.location(pc) for pc in (error.pc, *error.calls)]
        # What the library decides, it decides for a line of the program.
        own = next((place for place in places if not place.file.startswith("<")), places[0])
        measured = error.measured(machine.program)
        raise messages_circuit.undecided(
            own.file, own.line, error.why, measured, is_called=own is not places[0]
        ) from None


def notes(machine: Machine, circuit: Circuit, kind: str) -> list[str]:
    """What the circuit does not show, a line each."""
    found = []
    is_known = circuit.records is not None and all(
        not isinstance(value, Depends) or value.lanes is not None or value.table is not None
        for _, value in circuit.records
    )
    if kind == "qir" and not is_known:
        found.append("note: what the program records depends on too many outcomes: QIR records every outcome instead")
    for note in circuit.notes:
        place = machine.program.location(note.pc)
        where = f"'{place.file}', line {place.line}: " if place.line else ""
        found.append(f"note: {where}{note.text}")
    return found


def emit(circuit: Circuit, kind: str) -> str:
    """The circuit as text: one of :data:`KINDS`. Raises :class:`SourceError` where the language lacks something."""
    _check(circuit)
    from qbcc.circuits import qasm, qir, qiskit_code

    if kind == "qiskit":
        return qiskit_code.python(circuit)
    if kind == "qir":
        return qir.text(circuit)
    return qasm.version_2(circuit) if kind == "qasm2" else qasm.version_3(circuit)


def bitcode(circuit: Circuit) -> bytes:
    """QIR as LLVM bitcode."""
    _check(circuit)
    from qbcc.circuits import qir

    return qir.bitcode(circuit)


def _check(circuit: Circuit) -> None:
    if not circuit.items:
        raise messages_circuit.no_circuit("the run did nothing to a qubit")


def draw_text(circuit: Circuit, width: int, *, plain: bool) -> str:
    """As characters, folded to a width; ``plain`` is ASCII."""
    _small(circuit)
    from qbcc.circuits import drawing

    return drawing.text(circuit, max(width, 40), plain=plain)


def draw_picture(circuit: Circuit, form: str) -> bytes:
    """``png`` or ``svg``, by matplotlib."""
    _small(circuit)
    from qbcc.circuits import qiskit_code

    return qiskit_code.picture(circuit, form)


def _small(circuit: Circuit) -> None:
    _check(circuit)
    qubits, steps = len(circuit.handles), count(circuit.items)
    if qubits > _MOST_QUBITS or steps > _MOST_STEPS:
        raise messages_circuit.too_large(qubits, steps, _MOST_QUBITS, _MOST_STEPS)
