"""The matrices of gates, with numbers where the angles are known and with formulas where they are not.

Rows and columns are in Qiskit's order, the first qubit the lowest bit. A test holds each to what
:func:`vm.quantum.gates.append` builds."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from vm.isa import BY_NAME
from vm.quantum.gates import GATES, Gate

Matrix = list[list[str]]
"""Rows of formulas in θ, φ, λ and σ, with ``i`` the imaginary unit."""
_SHORT: Final = "1/sqrt(2)"

# Legend: mnemonic, the rows of its matrix.
_PLAIN: Final[dict[str, tuple[str, ...]]] = {
    "QX": ("0 1", "1 0"),
    "QY": ("0 -i", "i 0"),
    "QZ": ("1 0", "0 -1"),
    "QH": (f"{_SHORT} {_SHORT}", f"{_SHORT} -{_SHORT}"),
    "QS": ("1 0", "0 i"),
    "QSDG": ("1 0", "0 -i"),
    "QT": ("1 0", "0 exp(i*pi/4)"),
    "QTDG": ("1 0", "0 exp(-i*pi/4)"),
    "QSX": ("(1+i)/2 (1-i)/2", "(1-i)/2 (1+i)/2"),
    "QRX": ("cos(θ/2) -i*sin(θ/2)", "-i*sin(θ/2) cos(θ/2)"),
    "QRY": ("cos(θ/2) -sin(θ/2)", "sin(θ/2) cos(θ/2)"),
    "QRZ": ("exp(-i*θ/2) 0", "0 exp(i*θ/2)"),
    "QP": ("1 0", "0 exp(i*θ)"),
    "QU": ("cos(θ/2) -exp(i*λ)*sin(θ/2)", "exp(i*φ)*sin(θ/2) exp(i*(φ+λ))*cos(θ/2)"),
    "QSIGMA": ("cos(σ*pi/8) -i*sin(σ*pi/8)", "-i*sin(σ*pi/8) cos(σ*pi/8)"),
    "QSWAP": ("1 0 0 0", "0 0 1 0", "0 1 0 0", "0 0 0 1"),
    "QRXX": (
        "cos(θ/2) 0 0 -i*sin(θ/2)",
        "0 cos(θ/2) -i*sin(θ/2) 0",
        "0 -i*sin(θ/2) cos(θ/2) 0",
        "-i*sin(θ/2) 0 0 cos(θ/2)",
    ),
    "QRYY": (
        "cos(θ/2) 0 0 i*sin(θ/2)",
        "0 cos(θ/2) -i*sin(θ/2) 0",
        "0 -i*sin(θ/2) cos(θ/2) 0",
        "i*sin(θ/2) 0 0 cos(θ/2)",
    ),
    "QRZZ": ("exp(-i*θ/2) 0 0 0", "0 exp(i*θ/2) 0 0", "0 0 exp(i*θ/2) 0", "0 0 0 exp(-i*θ/2)"),
}
_CONTROLLED: Final = {
    "QCX": "QX", "QCY": "QY", "QCZ": "QZ", "QCH": "QH", "QCRX": "QRX", "QCRY": "QRY", "QCRZ": "QRZ", "QCP": "QP",
    "QCCX": "QCX", "QCSWAP": "QSWAP",
}  # fmt: skip
"""Gates that do another where their first qubit is |1⟩."""
_KNOWN: Final[dict[str, Callable[..., complex]]] = {"cos": cmath.cos, "sin": cmath.sin, "exp": cmath.exp}
_LEAST: Final = 5e-9
"""What is nearer to a number than this is shown as it."""
_SHOWN: Final = {
    0.5: "1/2", math.sqrt(0.5): "1/√2", math.sqrt(0.75): "√3/2", math.sqrt(1 / 3): "1/√3", math.sqrt(2 / 3): "√(2/3)",
    math.sqrt(1 / 6): "1/√6", 1.0: "1",
}  # fmt: skip


def formulas(mnemonic: str) -> Matrix:
    """A gate's matrix. Of ``QW``, which is a sequence of others, numbers."""
    if mnemonic in _PLAIN:
        return [row.split() for row in _PLAIN[mnemonic]]
    if mnemonic in _CONTROLLED:
        return _controlled(formulas(_CONTROLLED[mnemonic]))
    return [[_number(value) for value in row] for row in numbers(mnemonic, ())]


def _controlled(inner: Matrix) -> Matrix:
    """The first qubit is the lowest bit, so rows with it set are the odd ones."""
    size = len(inner)
    made = [["1" if row == column else "0" for column in range(2 * size)] for row in range(2 * size)]
    for row in range(size):
        for column in range(size):
            made[2 * row + 1][2 * column + 1] = inner[row][column]
    return made


def numbers(mnemonic: str, angles: Sequence[float]) -> list[list[complex]]:
    """A gate's matrix at some angles: radians, or σ as it is written."""
    if mnemonic == "QW":
        return _w()
    names = dict(zip(angle_names(mnemonic), angles, strict=True))
    return [[_value(entry, names) for entry in row] for row in formulas(mnemonic)]


def _value(entry: str, names: dict[str, float]) -> complex:
    # The formulas are those of this file.
    scope: dict[str, Any] = {"i": 1j, "pi": math.pi, "sqrt": math.sqrt, **_KNOWN, **names}
    return complex(eval(entry, {"__builtins__": {}}, scope))


def angle_names(mnemonic: str) -> list[str]:
    """What a gate's angles are called: θ, or σ."""
    gate = gate_of(mnemonic)
    if gate is None:
        return []
    return BY_NAME[mnemonic][0].named.split()[gate.qubits :]


def gate_of(mnemonic: str) -> Gate | None:
    """The row of the table of gates; None for what is no gate."""
    ops = BY_NAME.get(mnemonic.upper(), ())
    return GATES.get(ops[0].code) if ops else None


def _w() -> list[list[complex]]:
    """X a, CRY(2·acos √(2/3)) a b, CX b a, CRY(π/2) a c, CX c a."""
    first = 2 * math.acos(math.sqrt(2 / 3))
    steps = [("QX", (), (0,)), ("QCRY", (first,), (0, 1)), ("QCX", (), (1, 0))]
    steps += [("QCRY", (math.pi / 2,), (0, 2)), ("QCX", (), (2, 0))]
    columns = [_run(steps, start) for start in range(8)]
    return [[columns[column][row] for column in range(8)] for row in range(8)]


def _run(steps: Sequence[tuple[str, tuple[float, ...], tuple[int, ...]]], start: int) -> list[complex]:
    """The state of three qubits that a basis state becomes."""
    state = [0j] * 8
    state[start] = 1
    for name, angles, qubits in steps:
        matrix, after = numbers(name, angles), [0j] * 8
        for index, amplitude in enumerate(state):
            own = sum((index >> qubit & 1) << place for place, qubit in enumerate(qubits))
            rest = index & ~sum(1 << qubit for qubit in qubits)
            for row in range(1 << len(qubits)):
                target = rest | sum((row >> place & 1) << qubit for place, qubit in enumerate(qubits))
                after[target] += matrix[row][own] * amplitude
        state = after
    return state


def drawn(mnemonic: str, angles: Sequence[float | None] = ()) -> str:
    """The matrix as lines of text: with numbers if every angle is known."""
    known = [angle for angle in angles if angle is not None and math.isfinite(angle)]
    if angle_names(mnemonic) and len(known) != len(angle_names(mnemonic)):
        cells = [[_formula(entry) for entry in row] for row in formulas(mnemonic)]
    else:
        cells = [[_number(value) for value in row] for row in numbers(mnemonic, known)]
    cells = [["·" if cell == "0" else cell for cell in row] for row in cells]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    marks = [("⎡", "⎤"), *[("⎢", "⎥")] * (len(lines) - 2), ("⎣", "⎦")]
    return "\n".join(f"{left} {line} {right}" for line, (left, right) in zip(lines, marks, strict=True))


def _formula(entry: str) -> str:
    return entry.replace("1/sqrt(2)", "1/√2").replace("*pi", "π").replace("pi", "π").replace("*", "·")


def _number(value: complex) -> str:
    """A number as people write it: ``-i/√2``, ``0.9239``, ``0.7071+0.7071i``."""
    real, imaginary = (0.0 if abs(part) < _LEAST else part for part in (value.real, value.imag))
    if not imaginary:
        return _real(real)
    shown = _imaginary(imaginary)
    return shown if not real else f"{_real(real)}{'' if shown[0] == '-' else '+'}{shown}"


def _real(value: float) -> str:
    sign = "-" if value < 0 else ""
    if not value:
        return "0"
    named = next((name for known, name in _SHOWN.items() if abs(abs(value) - known) < _LEAST), None)
    return sign + (named or f"{abs(value):.4f}")


def _imaginary(value: float) -> str:
    shown = _real(value)
    sign, size = ("-", shown[1:]) if shown[0] == "-" else ("", shown)
    if size == "1":
        return f"{sign}i"
    return f"{sign}i{size[1:]}" if size.startswith("1/") else f"{sign}{size}i"
