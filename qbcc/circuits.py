"""The circuit that a run records, in other languages: OpenQASM 2 and 3, QIR, Qiskit, and as a drawing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Final

from qbcc import messages_circuit
from qbcc.messages_output import missing_extra
from vm.quantum.gates import GATES, SIGMA, SIGMA_ANGLE
from vm.quantum.tape import BARRIER, MEASURE, RESET, Tape, to_qiskit

KINDS: Final = ("qasm3", "qasm2", "qir", "qiskit")
_MOST_QUBITS: Final = 200
_MOST_STEPS: Final = 5_000
"""Of a drawing."""
_QIR: Final = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "cx", "cz")
"""Gates that QIR's base profile has."""
_QIR_NAMES: Final = {"sdg": "s_adj", "tdg": "t_adj"}


def need(what: str) -> None:
    """Raise :class:`SourceError` where a package is missing: before a run, not after it."""
    packages = {"qir": ("qiskit", "pyqir"), "png": ("qiskit", "matplotlib", "pylatexenc")}
    extras = {"qiskit": "quantum", "pyqir": "convert", "matplotlib": "plot", "pylatexenc": "plot"}
    packages["svg"] = packages["png"]
    for package in packages.get(what, ("qiskit",)):
        if find_spec(package) is None:
            raise missing_extra(what, "writing", extras[package])


def emit(tape: Tape, kind: str) -> str:
    """The circuit as text: one of :data:`KINDS`. Raises :class:`SourceError` where the language lacks something."""
    _check(tape)
    if kind == "qiskit":
        return python(tape)
    made = to_qiskit(tape)
    if kind == "qir":
        return str(_qir(made).ir())
    from qiskit import qasm2, qasm3

    try:
        return str(qasm2.dumps(made) if kind == "qasm2" else qasm3.dumps(made))
    except (qasm2.QASM2ExportError, qasm3.QASM3ExporterError) as error:
        raise messages_circuit.unwritable(kind, str(error)) from None


def bitcode(tape: Tape) -> bytes:
    """QIR as LLVM bitcode."""
    _check(tape)
    return bytes(_qir(to_qiskit(tape)).bitcode())


def _check(tape: Tape) -> None:
    if not tape.steps:
        raise messages_circuit.no_circuit("the run did nothing to a qubit")


def python(tape: Tape) -> str:
    """A program that builds the circuit with Qiskit."""
    place = {handle: number for number, handle in enumerate(tape.handles)}
    lines = ["import math", "", "from qiskit import QuantumCircuit", ""]
    lines += [f"circuit = QuantumCircuit({len(place)}, {tape.bits})"]
    for step in tape.steps:
        qubits = [place[handle] for handle in step.qubits]
        if step.code == MEASURE:
            lines.append(f"circuit.measure({qubits[0]}, {step.bit})")
        elif step.code == RESET:
            lines.append(f"circuit.reset({qubits[0]})")
        elif step.code == BARRIER:
            lines.append("circuit.barrier()")
        else:
            lines += _calls(step.code, qubits, step.angles)
    if not any("math." in line for line in lines):
        lines = lines[2:]
    return "\n".join(lines) + "\n"


def _calls(code: int, qubits: list[int], angles: Sequence[float]) -> list[str]:
    gate = GATES[code]
    if gate.mnemonic == "QW":
        a, b, c = qubits
        return [
            f"circuit.x({a})  # the W state",
            f"circuit.cry(2 * math.acos(math.sqrt(2 / 3)), {a}, {b})",
            f"circuit.cx({b}, {a})",
            f"circuit.cry(math.pi / 2, {a}, {c})",
            f"circuit.cx({c}, {a})",
        ]
    if code == SIGMA:
        angles = [angle * SIGMA_ANGLE for angle in angles]
    method = gate.method or "ch"
    return [f"circuit.{method}({', '.join([*map(repr, angles), *map(str, qubits)])})"]


def _qir(made: Any) -> Any:
    """A module of QIR's base profile; gates that it lacks are made of those that it has."""
    from pyqir import BasicQisBuilder, SimpleModule

    module = SimpleModule("circuit", num_qubits=made.num_qubits, num_results=made.num_clbits)
    builder = BasicQisBuilder(module.builder)
    for step in made.data:
        qubits = [module.qubits[made.find_bit(bit).index] for bit in step.qubits]
        name = step.operation.name
        if name == "measure":
            builder.mz(qubits[0], module.results[made.find_bit(step.clbits[0]).index])
        elif name == "reset":
            builder.reset(qubits[0])
        elif name != "barrier":
            for gate, angles, places in _lowered(step.operation):
                getattr(builder, _QIR_NAMES.get(gate, gate))(*angles, *(qubits[place] for place in places))
    return module


def _lowered(gate: Any) -> list[tuple[str, list[float], list[int]]]:
    """A gate as gates that QIR has, up to a global phase: names, angles, places."""
    if gate.name in _QIR:
        return [(gate.name, [float(angle) for angle in gate.params], list(range(gate.num_qubits)))]
    from qiskit import QuantumCircuit, transpile

    made = QuantumCircuit(gate.num_qubits)
    made.append(gate, range(gate.num_qubits))
    found = []
    made = transpile(made, basis_gates=[*_QIR], optimization_level=0)
    for step in made.data:
        angles = [float(angle) for angle in step.operation.params]
        found.append((step.operation.name, angles, [made.find_bit(bit).index for bit in step.qubits]))
    return found


def draw_text(tape: Tape, width: int, *, plain: bool) -> str:
    """As characters, folded to a width; ``plain`` is ASCII."""
    _small(tape)
    drawing = to_qiskit(tape).draw("text", fold=max(width, 40))
    # Qiskit would ask the terminal, which is not asked when a file is written.
    drawing.encoding = "utf-8"
    drawn = str(drawing)
    return drawn.translate(_ASCII) if plain else drawn


_LOOK_ALIKES: Final = {
    "+": "┌┐└┘├┤┬┴┼╥╩╫╬╪╡╞╨",
    "-": "─",
    "|": "│║",
    "=": "═",
    "#": "░▒",
    "*": "■",
    "o": "○●",
    ">": "»",
    "<": "«",
}
_ASCII: Final = {ord(letter): plain for plain, letters in _LOOK_ALIKES.items() for letter in letters}
"""What the drawings are made of, in ASCII."""


def draw_picture(tape: Tape, form: str) -> bytes:
    """``png`` or ``svg``, by matplotlib."""
    _small(tape)
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure = to_qiskit(tape).draw("mpl", fold=40)
    content = io.BytesIO()
    figure.savefig(content, format=form, dpi=150, bbox_inches="tight")
    plt.close(figure)
    return content.getvalue()


def _small(tape: Tape) -> None:
    _check(tape)
    qubits, steps = len(tape.handles), len(tape.steps)
    if qubits > _MOST_QUBITS or steps > _MOST_STEPS:
        raise messages_circuit.too_large(qubits, steps, _MOST_QUBITS, _MOST_STEPS)
