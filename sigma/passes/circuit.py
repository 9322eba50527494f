"""Gates: neighbours that undo each other go, rotations about one axis add, gates on a known state become less.

Only what nobody can tell is done. A gate that is an instruction of its own is under no control, so a phase that it
gives to the whole state is seen by none; controlled forms are other instructions, and keep theirs. A gate that may trap
stays as it is: one whose qubits may be the same one, or whose angle is no constant and so perhaps no number."""

from __future__ import annotations

import math
from typing import Final

from sigma.builtins import NO_GATES
from sigma.ir import Block, Function, Op
from vm.isa import BY_NAME, QUANTUM

_SELF: Final = frozenset({"QX", "QY", "QZ", "QH", "QCX", "QCY", "QCZ", "QCH", "QSWAP", "QCCX", "QCSWAP"})
_PAIRS: Final = {"QS": "QSDG", "QSDG": "QS", "QT": "QTDG", "QTDG": "QT"}
# Legend: gates whose angles add, qubits before the angle, the angle that is no gate (but for a phase of the state).
_ADDS: Final = {
    "QRX": (1, math.tau), "QRY": (1, math.tau), "QRZ": (1, math.tau), "QP": (1, math.tau), "QSIGMA": (1, 8.0),
    "QCRX": (2, 2 * math.tau), "QCRY": (2, 2 * math.tau), "QCRZ": (2, 2 * math.tau), "QCP": (2, math.tau),
    "QRXX": (2, math.tau), "QRYY": (2, math.tau), "QRZZ": (2, math.tau),
}  # fmt: skip
_SAME_ORDER: Final = frozenset({"QCZ", "QSWAP", "QCP", "QRXX", "QRYY", "QRZZ"})
"""Gates whose qubits may change places."""
_PHASES: Final = frozenset({"QZ", "QS", "QSDG", "QT", "QTDG", "QP", "QRZ", "QRZZ"})
"""Gates that give |0…0⟩ no more than a phase."""
_CONTROLS: Final = {
    "QCX": "QX", "QCY": "QY", "QCZ": "QZ", "QCH": "QH", "QCRX": "QRX", "QCRY": "QRY", "QCRZ": "QRZ", "QCP": "QP",
    "QCCX": "QCX", "QCSWAP": "QSWAP",
}  # fmt: skip
"""Gates whose first qubit is a control, and what they are if it is |1⟩."""
_QUBITS: Final = {
    name: sum(letter not in "θφλσ" for letter in (rows[0].named.split() or list("abc"[: len(rows[0].letters)])))
    for name, rows in BY_NAME.items()
    if rows[0].group == QUANTUM
}
GATES: Final = frozenset(_QUBITS) - NO_GATES
_LARGEST: Final = 1000.0
"""Largest angle that is calculated with: whole turns of larger ones are known too inexactly."""
_WINDOW: Final = 200
"""Operations that are looked back over."""


def simplify_gates(function: Function) -> bool:
    """In every block."""
    changed = False
    for block in function.blocks:
        if any(op.code in GATES for op in block.ops):
            changed = _block(function, block) or changed
    return changed


def _block(function: Function, block: Block) -> bool:
    kept: list[Op] = []
    changed = False
    for op in block.ops:
        if op.code in GATES and not _may_trap(op) and (_is_nothing(kept, op) or _is_joined(function, kept, op)):
            changed = True
            continue
        kept.append(op)
    block.ops = kept
    return changed


def qubits(op: Op) -> list[Op]:
    """The qubits of a gate."""
    return op.args[: _QUBITS[op.code]]


def _may_trap(op: Op) -> bool:
    """Whether a gate may be told to act on one qubit twice, or by an angle that is no number."""
    mine, angles = qubits(op), op.args[_QUBITS[op.code] :]
    are_apart = all(_are_apart(a, b) for place, a in enumerate(mine) for b in mine[:place])
    return not are_apart or any(angle.code != "const" for angle in angles)


# -- neighbours


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
        if theirs == mine or (op.code == other.code and op.code in _SAME_ORDER and set(theirs) == set(mine)):
            return place
        if not all(_are_apart(a, b) for a in mine for b in theirs):
            return None
    return None


def _is_joined(function: Function, kept: list[Op], op: Op) -> bool:
    """Whether a gate and the one before it undo each other or become one; then that is done."""
    place = _partner(kept, op)
    if place is None:
        return False
    other = kept[place]
    if (op.code in _SELF and other.code == op.code) or _PAIRS.get(op.code) == other.code:
        del kept[place]
        return True
    if op.code != other.code or op.code not in _ADDS:
        return False
    a, b = other.args[-1], op.args[-1]
    if a.code != "const" or max(abs(a.imm), abs(b.imm)) > _LARGEST:
        return False
    del kept[place]
    angle = function.const(float(a.imm) + float(b.imm))
    made = Op(op.code, op.type, [*op.args[:-1], angle], op.imm, op.span)
    if not _is_identity(made):
        kept.append(made)
    return True


# -- gates that do nothing, or less


def _is_identity(op: Op) -> bool:
    """Whether a rotation turns nothing, or as often as it takes to be where it was."""
    if op.code not in _ADDS or op.args[-1].code != "const" or abs(op.args[-1].imm) > _LARGEST:
        return False
    return math.remainder(float(op.args[-1].imm), _ADDS[op.code][1]) == 0


def _is_nothing(kept: list[Op], op: Op) -> bool:
    """Whether a gate does nothing to the state that its qubits are known to be in. A control that is |1⟩ is taken
    off."""
    if _is_identity(op):
        return True
    states = [_state(kept, qubit) for qubit in qubits(op)]
    while op.code in _CONTROLS and states[0] == 1:
        op.code, op.args = _CONTROLS[op.code], op.args[1:]
        del states[0]
    if op.code in _CONTROLS and states[0] == 0:
        return True
    if op.code in ("QCCX", "QCZ", "QCP") and states[1] == 0:
        return True
    return (op.code in _PHASES or op.code == "QSWAP") and all(state == 0 for state in states)


def _state(kept: list[Op], qubit: Op) -> int | None:
    """0 or 1 where a qubit was allocated in this block and at most X gates have touched it since."""
    found = _where(qubit)
    if found is None:
        return None
    turns = 0
    for op in reversed(kept[-_WINDOW:]):
        if op is found[0]:
            return turns & 1
        if op.code in GATES:
            if op.code == "QX" and op.args[0] is qubit:
                turns += 1
            elif not all(_are_apart(qubit, other) for other in qubits(op)):
                return None
        elif (op.code in _QUBITS and op.code != "QALLOC") or op.code in ("call", "asm"):
            return None
    return None
