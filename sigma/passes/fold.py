"""What an operation comes to, where that is known: constants, neutral elements, cheaper forms."""

from __future__ import annotations

import math
from typing import Final

from sigma import constants
from sigma.ir import INT, Function, Op

_OPERATORS: Final = {
    "QADD": "+", "QSUB": "-", "QMUL": "*", "QDIV": "div", "QMOD": "%", "QAND": "&", "QOR": "|", "QXOR": "^",
    "QSHL": "<<", "QSAR": ">>", "QSEQ": "==", "QSNE": "!=", "QSLT": "<", "QSLE": "<=",
}  # fmt: skip
_FLOATS: Final = {**_OPERATORS, "QDIV": "/"}
_JUMPS: Final = {"QJEQ": "==", "QJNE": "!=", "QJLT": "<", "QJLE": "<=", "QJGT": ">", "QJGE": ">="}
_FROM_SET: Final = {"QSEQ": "QJEQ", "QSNE": "QJNE", "QSLT": "QJLT", "QSLE": "QJLE"}
_COMMUTES: Final = frozenset({"QADD", "QMUL", "QAND", "QOR", "QXOR", "QSEQ", "QSNE", "QMIN", "QMAX"})


def fold(function: Function, op: Op) -> Op | None:
    """The value that an operation is, if it is one that exists; the operation itself may be made simpler."""
    args = op.args
    if op.code in _COMMUTES and args[0].code == "const" and args[1].code != "const":
        args.reverse()
    if all(arg.code == "const" for arg in args):
        value = _constant(op)
        if value is not None:
            return function.const(value)
    if op.code == "QSEL" and args[0].code == "const":
        return args[1] if args[0].imm else args[2]
    if op.type == INT and len(args) == 2 and args[1].code == "const" and args[0].type == INT:
        return _integer(function, op)
    return None


def _constant(op: Op) -> int | float | None:
    values = [arg.imm for arg in op.args]
    has_float = any(isinstance(value, float) for value in values)
    if op.code in _OPERATORS:
        if has_float:
            values = [float(value) for value in values]
            result = constants.binary(_FLOATS[op.code], *values) if op.code != "QMOD" or values[1] else None
        else:
            result = constants.binary(_OPERATORS[op.code], *values)
        if result is None or (isinstance(result, float) and not math.isfinite(result)):
            return None
        return int(result) if op.type == INT else float(result)
    if op.code == "QFLOAT":
        return float(values[0])
    if op.code == "QNEG":
        return constants.unary("-", values[0])
    if op.code == "QNOT":
        return ~int(values[0])
    return None


def _integer(function: Function, op: Op) -> Op | None:
    """An integer operation with a constant."""
    left, right = op.args
    value = right.imm
    match op.code:
        case "QADD" | "QSUB":
            if value == 0:
                return left
            if op.code == "QSUB":
                op.code, value = "QADD", constants.wrap(-value)
                op.args = [left, function.const(value)]
            # (x + a) + b is x + (a + b).
            if left.code == "QADD" and left.type == INT and left.args[1].code == "const":
                total = constants.wrap(left.args[1].imm + value)
                if total == 0:
                    return left.args[0]
                op.args = [left.args[0], function.const(total)]
        case "QMUL":
            if value in (0, 1):
                return left if value else function.const(0)
            if value > 1 and value & (value - 1) == 0:
                op.code = "QSHL"
                op.args = [left, function.const(value.bit_length() - 1)]
        case "QSHL" | "QSHR" | "QSAR" | "QOR" | "QXOR" if value == 0:
            return left
        case "QAND" if value in (0, -1):
            return left if value else function.const(0)
        case "QDIV" if value == 1:
            return left
        case "QDIV" if value > 1 and value & (value - 1) == 0:
            # Both round downwards.
            op.code = "QSAR"
            op.args = [left, function.const(value.bit_length() - 1)]
        case "QMOD" if value > 0 and value & (value - 1) == 0:
            op.code = "QAND"
            op.args = [left, function.const(value - 1)]
    return None


def fold_branch(op: Op) -> int | None:
    """The edge that a branch takes, if it is known; a test of a comparison becomes the comparison."""
    left, right = op.args
    if op.imm in ("QJNE", "QJEQ") and right.code == "const" and right.imm == 0 and left.code in _FROM_SET:
        if op.imm == "QJEQ":
            op.edges.reverse()
        op.imm, op.args = _FROM_SET[left.code], list(left.args)
        left, right = op.args
    if left.code == "QXOR" and op.imm in ("QJNE", "QJEQ") and right.code == "const" and right.imm == 0:
        inner = left.args
        if inner[1].code == "const" and inner[1].imm == 1 and inner[0].code in _FROM_SET:
            op.edges.reverse()
            op.args = [inner[0], right]
            return fold_branch(op)
    if left.code == right.code == "const" and op.imm == "QJLTU":
        return int(left.imm % (1 << 64) >= right.imm % (1 << 64))
    if left.code == right.code == "const":
        return 0 if constants.binary(_JUMPS[op.imm], left.imm, right.imm) else 1
    return None
