"""Gates: neighbours that undo each other go, rotations about one axis add, phases of |0⟩ go.

Only what is exact is done, the global phase included, as a control elsewhere may see it."""

from __future__ import annotations

from typing import Final

from sigma.ir import FLOAT, Block, Function, Op
from vm.isa import BY_NAME, QUANTUM

_SELF: Final = frozenset({"QX", "QY", "QZ", "QH", "QCX", "QCY", "QCZ", "QCH", "QSWAP", "QCCX", "QCSWAP"})
_PAIRS: Final = {"QS": "QSDG", "QSDG": "QS", "QT": "QTDG", "QTDG": "QT"}
_ADDS: Final = {
    "QRX": 1, "QRY": 1, "QRZ": 1, "QP": 1, "QSIGMA": 1, "QCRX": 2, "QCRY": 2, "QCRZ": 2, "QCP": 2, "QRXX": 2, "QRYY": 2,
    "QRZZ": 2,
}  # fmt: skip
"""Gates whose angles add, and how many qubits come before the angle."""
_PHASES: Final = frozenset({"QZ", "QS", "QSDG", "QT", "QTDG", "QP"})
_QUBITS: Final = {
    name: sum(letter not in "θφλσ" for letter in (rows[0].named.split() or list("abc"[: len(rows[0].letters)])))
    for name, rows in BY_NAME.items()
    if rows[0].group == QUANTUM
}
GATES: Final = frozenset(_QUBITS) - {
    "QALLOC", "QFREE", "QRESET", "QMEAS", "QSAMPLE", "QEXPECT", "QBARRIER", "QPROB", "QPURITY", "QENTROPY", "QCONC",
    "QFIDW",
}  # fmt: skip
_WINDOW: Final = 200
"""Gates that are looked back over."""


def simplify_gates(function: Function) -> bool:
    """In every block."""
    changed = False
    for block in function.blocks:
        if any(op.code in GATES for op in block.ops):
            changed = _block(function, block) or changed
    return changed


def _block(function: Function, block: Block) -> bool:
    kept: list[Op] = []
    for op in block.ops:
        if op.code in GATES:
            place = _partner(kept, op)
            if place is not None and _joins(function, kept, place, op):
                continue
            if op.code in _PHASES and _is_fresh(kept, op.args[0]):
                continue
        kept.append(op)
    changed = kept != block.ops
    block.ops = kept
    return changed


def qubits(op: Op) -> list[Op]:
    """The qubits of a gate."""
    return op.args[: _QUBITS[op.code]]


def _where(qubit: Op) -> tuple[Op, int] | None:
    """The allocation that a qubit is from, and its place there."""
    if qubit.code == "QALLOC":
        return qubit, 0
    if qubit.code == "QADD" and qubit.args[0].code == "QALLOC" and qubit.args[1].code == "const":
        return qubit.args[0], qubit.args[1].imm
    return None


def _are_apart(a: Op, b: Op) -> bool:
    """Whether two handles are certainly different qubits."""
    first, second = _where(a), _where(b)
    return first is not None and second is not None and first != second


def _partner(kept: list[Op], op: Op) -> int | None:
    """The gate before this one on the very same qubits, with nothing between that touches them."""
    mine = qubits(op)
    for place in range(len(kept) - 1, max(len(kept) - _WINDOW, 0) - 1, -1):
        other = kept[place]
        if other.code not in GATES:
            if other.code in _QUBITS or other.code in ("call", "asm"):
                return None
            continue
        theirs = qubits(other)
        if theirs == mine:
            return place
        if not all(_are_apart(a, b) for a in mine for b in theirs):
            return None
    return None


def _joins(function: Function, kept: list[Op], place: int, op: Op) -> bool:
    """Whether two gates undo each other or become one; then that is done."""
    other = kept[place]
    if (op.code in _SELF and other.code == op.code) or _PAIRS.get(op.code) == other.code:
        del kept[place]
        return True
    if op.code != other.code or op.code not in _ADDS:
        return False
    a, b = other.args[-1], op.args[-1]
    if a.code == b.code == "const":
        total = float(a.imm) + float(b.imm)
        if total == 0:
            del kept[place]
            return True
        angle = function.const(total)
    else:
        angle = Op("QADD", FLOAT if FLOAT in (a.type, b.type) else a.type, [a, b], None, op.span)
    del kept[place]
    if angle.code != "const":
        kept.append(angle)
    kept.append(Op(op.code, op.type, [*op.args[:-1], angle], op.imm, op.span))
    return True


def _is_fresh(kept: list[Op], qubit: Op) -> bool:
    """Whether a qubit was allocated in this block and nothing has touched it."""
    found = _where(qubit)
    if found is None or found[0] not in kept:
        return False
    for op in reversed(kept):
        if op is found[0]:
            return True
        if op.code in GATES:
            if not all(_are_apart(qubit, other) for other in qubits(op)):
                return False
        elif (op.code in _QUBITS and op.code != "QALLOC") or op.code in ("call", "asm"):
            return False
    return False
