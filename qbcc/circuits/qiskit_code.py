"""A circuit for Qiskit: as an object, as a program that builds it, and as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vm.circuit.items import Choice, Circuit, Item
from vm.quantum.gates import GATES, SIGMA, SIGMA_ANGLE, append
from vm.quantum.tape import BARRIER, MEASURE, RESET, Step

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def to_qiskit(circuit: Circuit, registers: Sequence[Any] = ()) -> QuantumCircuit:
    """The circuit, with a qubit for each handle in their order and a bit for each outcome, in the registers if some
    are given."""
    from qiskit import QuantumCircuit, QuantumRegister

    place = {handle: number for number, handle in enumerate(circuit.handles)}
    qubits = QuantumRegister(len(place), "q")
    made = QuantumCircuit(qubits, *registers) if registers else QuantumCircuit(len(place), circuit.bits)
    _add(made, circuit.items, place)
    return made


def _add(made: Any, items: Sequence[Item], place: dict[int, int]) -> None:
    for item in items:
        if isinstance(item, Choice):
            # Where only 0 does something, that is the condition.
            value = 1 if item.one else 0
            first, other = (item.one, item.zero) if item.one else (item.zero, ())
            with made.if_test((made.clbits[item.bit], value)) as otherwise:
                _add(made, first, place)
            if other:
                with otherwise:
                    _add(made, other, place)
        else:
            step(made, item, [place[handle] for handle in item.qubits])


def step(made: Any, item: Step, qubits: list[int]) -> None:
    """Add one step."""
    if item.code == MEASURE:
        made.measure(qubits[0], made.clbits[item.bit])
    elif item.code == RESET:
        made.reset(qubits[0])
    elif item.code == BARRIER:
        made.barrier()
    elif GATES[item.code].mnemonic == "QCH":
        made.ch(*qubits)
    else:
        append(made, item.code, qubits, list(item.angles))


def python(circuit: Circuit) -> str:
    """A program that builds the circuit with Qiskit."""
    place = {handle: number for number, handle in enumerate(circuit.handles)}
    lines = ["import math", "", "from qiskit import QuantumCircuit", ""]
    lines += [f"circuit = QuantumCircuit({len(place)}, {circuit.bits})"]
    lines += _lines(circuit.items, place, "")
    if not any("math." in line for line in lines):
        lines = lines[2:]
    return "\n".join(lines) + "\n"


def _lines(items: Sequence[Item], place: dict[int, int], indent: str, level: int = 1) -> list[str]:
    lines = []
    for item in items:
        if isinstance(item, Choice):
            value, first, other = (1, item.one, item.zero) if item.one else (0, item.zero, ())
            name = f" as otherwise_{level}" if other else ""
            lines.append(f"{indent}with circuit.if_test((circuit.clbits[{item.bit}], {value})){name}:")
            lines += _lines(first, place, indent + "    ", level + 1)
            if other:
                lines.append(f"{indent}with otherwise_{level}:")
                lines += _lines(other, place, indent + "    ", level + 1)
        else:
            qubits = [place[handle] for handle in item.qubits]
            lines += [indent + line for line in _calls(item, qubits)]
    return lines


def _calls(item: Step, qubits: list[int]) -> list[str]:
    if item.code == MEASURE:
        return [f"circuit.measure({qubits[0]}, {item.bit})"]
    if item.code == RESET:
        return [f"circuit.reset({qubits[0]})"]
    if item.code == BARRIER:
        return ["circuit.barrier()"]
    gate = GATES[item.code]
    if gate.mnemonic == "QW":
        a, b, c = qubits
        return [
            f"circuit.x({a})  # the W state",
            f"circuit.cry(2 * math.acos(math.sqrt(2 / 3)), {a}, {b})",
            f"circuit.cx({b}, {a})",
            f"circuit.cry(math.pi / 2, {a}, {c})",
            f"circuit.cx({c}, {a})",
        ]
    angles: Sequence[float] = item.angles
    if item.code == SIGMA:
        angles = [angle * SIGMA_ANGLE for angle in angles]
    method = gate.method or "ch"
    return [f"circuit.{method}({', '.join([*map(repr, angles), *map(str, qubits)])})"]


def picture(circuit: Circuit, form: str) -> bytes:
    """``png`` or ``svg``, by matplotlib."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure = to_qiskit(circuit).draw("mpl", fold=40)
    content = io.BytesIO()
    figure.savefig(content, format=form, dpi=150, bbox_inches="tight")
    plt.close(figure)
    return content.getvalue()
