"""Gates of :mod:`qbcc.openqasm.gates` as instructions: those that QBC has one to one, others by exact identities."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from qbcc.openqasm.gates import Linear, Op, number
from qbcc.openqasm.lines import Lines, angle
from qbcc.openqasm.values import Refusal

_NATIVE: Final = {
    ("x", 0): "QX", ("y", 0): "QY", ("z", 0): "QZ", ("h", 0): "QH", ("s", 0): "QS", ("sdg", 0): "QSDG",
    ("t", 0): "QT", ("tdg", 0): "QTDG", ("sx", 0): "QSX", ("rx", 0): "QRX", ("ry", 0): "QRY", ("rz", 0): "QRZ",
    ("p", 0): "QP", ("u", 0): "QU", ("swap", 0): "QSWAP",
    ("x", 1): "QCX", ("y", 1): "QCY", ("z", 1): "QCZ", ("h", 1): "QCH", ("p", 1): "QCP", ("rx", 1): "QCRX",
    ("ry", 1): "QCRY", ("rz", 1): "QCRZ", ("swap", 1): "QCSWAP", ("x", 2): "QCCX",
}  # fmt: skip
"""By kind and number of controls."""
_TURNS: Final = {"z": math.pi, "s": math.pi / 2, "sdg": -math.pi / 2, "t": math.pi / 4, "tdg": -math.pi / 4}


class Gates:
    """Writes gates."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._own: dict[str, Callable[[Op], None]] = {
            "p": self._phase, "u": self._u, "x": self._x, "y": self._y, "h": self._h, "rx": self._rx,
            "ry": self._turn, "rz": self._turn, "sx": self._sx, "swap": self._swap,
        }  # fmt: skip

    def write(self, op: Op) -> None:
        """A gate. A phase without a control is left out: nobody can see it."""
        if op.kind == "gphase":
            if not op.controls:
                return
            *rest, (last, value) = op.controls
            if value:
                self.write(Op("p", op.angles, (last,), tuple(rest)))
            else:
                # On |0⟩ of the last control: X on both sides.
                self._do("x", last)
                self.write(Op("p", op.angles, (last,), tuple(rest)))
                self._do("x", last)
            return
        turned = [qubit for qubit, value in op.controls if not value]
        for qubit in turned:
            self._do("x", qubit)
        self._positive(Op(op.kind, op.angles, op.qubits, tuple((qubit, 1) for qubit, _ in op.controls)))
        for qubit in turned:
            self._do("x", qubit)

    def _positive(self, op: Op) -> None:
        mnemonic = _NATIVE.get((op.kind, len(op.controls)))
        if mnemonic is not None:
            self._native(mnemonic, [*(qubit for qubit, _ in op.controls), *op.qubits], op.angles)
        elif op.kind in _TURNS:
            self._phase(Op("p", (number(_TURNS[op.kind]),), op.qubits, op.controls))
        else:
            self._own[op.kind](op)

    def _do(
        self, kind: str, *qubits: str, angle: Linear | None = None, controls: Sequence[tuple[str, int]] = ()
    ) -> None:
        self._positive(Op(kind, () if angle is None else (angle,), qubits, tuple(controls)))

    # -- gates with more controls than QBC's

    def _phase(self, op: Op) -> None:
        """A phase where all are |1⟩: half of it where the last control is, less half of it where that was flipped by
        the others, and half of it on the others."""
        half = op.angles[0] * 0.5
        *others, last = op.controls
        (target,) = op.qubits
        self._do("p", target, angle=half, controls=[last])
        self._do("x", last[0], controls=others)
        self._do("p", target, angle=-half, controls=[last])
        self._do("x", last[0], controls=others)
        self._do("p", target, angle=half, controls=others)

    def _u(self, op: Op) -> None:
        theta, phi, lam = op.angles
        for kind, turn in (("p", lam), ("ry", theta), ("p", phi)):
            self._do(kind, *op.qubits, angle=turn, controls=op.controls)

    def _turn(self, op: Op) -> None:
        """About y or z: half of it, and half of it the other way between two X, which leaves nothing without them."""
        half = op.angles[0] * 0.5
        for turn in (half, -half):
            self._do(op.kind, *op.qubits, angle=turn)
            self._do("x", *op.qubits, controls=op.controls)

    def _rx(self, op: Op) -> None:
        self._do("h", *op.qubits)
        self._do("rz", *op.qubits, angle=op.angles[0], controls=op.controls)
        self._do("h", *op.qubits)

    def _y(self, op: Op) -> None:
        self._do("sdg", *op.qubits)
        self._do("x", *op.qubits, controls=op.controls)
        self._do("s", *op.qubits)

    def _h(self, op: Op) -> None:
        self._do("ry", *op.qubits, angle=number(-math.pi / 4))
        self._do("z", *op.qubits, controls=op.controls)
        self._do("ry", *op.qubits, angle=number(math.pi / 4))

    def _sx(self, op: Op) -> None:
        *others, (last, _) = op.controls
        self._do("rx", *op.qubits, angle=number(math.pi / 2), controls=op.controls)
        self._do("p", last, angle=number(math.pi / 4), controls=others)

    def _swap(self, op: Op) -> None:
        a, b = op.qubits
        self._do("x", a, controls=[(b, 1)])
        self._do("x", b, controls=[*op.controls, (a, 1)])
        self._do("x", a, controls=[(b, 1)])

    def _x(self, op: Op) -> None:
        """More than two controls."""
        qubits = [*(qubit for qubit, _ in op.controls), *op.qubits]
        for kind, angles, places, controls in _many_controls(len(op.controls)):
            made = tuple(number(each) for each in angles)
            self._positive(
                Op(
                    kind,
                    made,
                    tuple(qubits[place] for place in places),
                    tuple((qubits[place], 1) for place in controls),
                )
            )

    # -- lines

    def _native(self, mnemonic: str, qubits: Sequence[str], angles: Sequence[Linear]) -> None:
        operands = []
        for place, qubit in enumerate(qubits):
            if qubit.startswith("["):
                self._lines.do(f"QLOAD r{place + 1}, {qubit}")
                qubit = f"r{place + 1}"
            operands.append(qubit)
        for place, each in enumerate(angles):
            operands.append(self._angle(each, 4 + place))
        self._lines.do(f"{mnemonic} {', '.join(operands)}")

    def _angle(self, given: Linear, register: int) -> str:
        if not given.terms:
            if not math.isfinite(given.number):
                raise Refusal(f"the angle {given.number} is not a finite number", is_wrong=True)
            return angle(given.number)
        own, other = f"r{register}", f"r{register + 3}"
        for place, (label, times) in enumerate(given.terms):
            loaded = other if place else own
            self._lines.do(f"QLOADF {loaded}, [{label}]")
            if times != 1.0:
                self._lines.do(f"QMUL {loaded}, {times!r}")
            if place:
                self._lines.do(f"QADD {own}, {other}")
        if given.number:
            self._lines.do(f"QADD {own}, {given.number!r}")
        return own


@cache
def _many_controls(count: int) -> tuple[Any, ...]:
    """X with more than two controls, of gates that QBC has: kinds, angles, places of targets and of controls."""
    from qiskit import QuantumCircuit, transpile
    from qiskit.circuit.library import XGate

    circuit = QuantumCircuit(count + 1)
    circuit.append(XGate().control(count), range(count + 1))
    basis = ["x", "h", "s", "sdg", "t", "tdg", "p", "rz", "ry", "rx", "u", "cx", "cp", "ccx"]
    circuit = transpile(circuit, basis_gates=basis, optimization_level=0)
    found = []
    for item in circuit.data:
        places = [circuit.find_bit(qubit).index for qubit in item.qubits]
        name = item.operation.name
        controls = {"cx": 1, "cp": 1, "ccx": 2}.get(name, 0)
        angles = tuple(float(each) for each in item.operation.params)
        found.append((name[controls:], angles, tuple(places[controls:]), tuple(places[:controls])))
    return tuple(found)
