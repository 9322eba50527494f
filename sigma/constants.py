"""Constant expressions, calculated as the machine would: integers wrap, floats are IEEE."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final

Value = int | float | bool
_MASK: Final = (1 << 64) - 1
_SIGN: Final = 1 << 63


def wrap(value: int) -> int:
    """An integer as 64 bits hold it, signed."""
    return ((value + _SIGN) & _MASK) - _SIGN


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    if a == 0 or math.isnan(a) or math.isnan(b):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


_NUMBERS: Final[dict[str, Callable[[float, float], float]]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_BITS: Final[dict[str, Callable[[int, int], int]]] = {"&": operator.and_, "|": operator.or_, "^": operator.xor}
_COMPARE: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def binary(op: str, a: Value, b: Value) -> Value | None:
    """``a op b``; None where only a run can tell (a zero divisor, a float's overflow)."""
    if op in _COMPARE:
        if isinstance(a, float) is not isinstance(b, float):
            # Python compares an int and a float exactly; the machine widens the int.
            a, b = float(a), float(b)
        return _COMPARE[op](a, b)
    if op in ("and", "or"):
        return (a and b) if op == "and" else (a or b)
    if isinstance(a, bool) and isinstance(b, bool):
        return bool(_BITS[op](a, b))
    if op == "/":
        return _divide(float(a), float(b))
    if isinstance(a, int) and isinstance(b, int):
        return _integers(op, a, b)
    if op in _NUMBERS:
        return _NUMBERS[op](float(a), float(b))
    if not b:
        return None
    return float(a) // float(b) if op == "div" else float(a) % float(b)


def _integers(op: str, a: int, b: int) -> int | None:
    if op in _NUMBERS:
        return wrap(int(_NUMBERS[op](a, b)))
    if op in _BITS:
        return wrap(_BITS[op](a, b))
    if op == "<<":
        return wrap(a << (b & 63))
    if op == ">>":
        return a >> (b & 63)
    if not b:
        return None
    return wrap(a // b if op == "div" else a % b)


def unary(op: str, a: Value) -> Value:
    """``op a``."""
    if op == "not":
        return not a
    if op == "~":
        return ~int(a)
    return wrap(-a) if isinstance(a, int) else -a


_MATH: Final[dict[str, Callable[..., float]]] = {
    name: getattr(math, name)
    for name in (
        "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "log", "pow"
    )
}  # fmt: skip


_WHOLE: Final[dict[str, Callable[[float], int]]] = {
    "floor": math.floor, "ceil": math.ceil, "trunc": math.trunc, "round": round,
}  # fmt: skip


def call(name: str, arguments: list[Value]) -> Value | None:
    """A function of the language at constants; None where a run must tell."""
    if name in _MATH:
        try:
            return _MATH[name](*map(float, arguments))
        except (ValueError, OverflowError):
            return None
    a = arguments[0]
    if name == "float":
        return float(a)
    if name == "bool":
        return bool(a)
    if name == "int" and (isinstance(a, int) or (math.isfinite(a) and abs(a) < _SIGN)):
        return int(a)
    if name == "abs":
        return wrap(abs(a)) if isinstance(a, int) else abs(a)
    if name in ("floor", "ceil", "trunc", "round") and math.isfinite(a):
        return math.copysign(float(_WHOLE[name](a)), a)
    return None
