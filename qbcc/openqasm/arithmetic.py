"""Arithmetic of OpenQASM 3 with exact integers: the type that two operands have together, and values of constants.

Widths follow the specification: ``uint[n]`` and ``bit[n]`` are numbers modulo 2ⁿ, ``int[n]`` is in two's complement, an
``angle[n]`` is a number of 2π/2ⁿ modulo 2ⁿ. A number that is written down takes the type of the other operand if it
fits, else it is an ``int[64]``. Types that differ are converted as in C99."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Final

from qbcc.openqasm.values import WORD, Const, Kind, Number, Refusal, Value, count

BOOL: Final = Kind("bool", 1)
INT: Final = Kind("int")
UINT: Final = Kind("uint")
FLOAT: Final = Kind("float")
LITERAL: Final = Kind("int", is_literal=True)
MOST_ANGLE: Final = 48
"""Bits of an angle: a float has 53, of which some are left to round multiples of π that were calculated as floats."""
COMPARES: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
SHIFTS: Final = ("<<", ">>")
BITWISE: Final = ("&", "|", "^")
_MODULAR: Final = ("+", "-", "*", *BITWISE)
_LOWEST, _HIGHEST = -(1 << (WORD - 1)), (1 << WORD) - 1


def wrapped(value: int, kind: Kind) -> int:
    """Return the value of a type that has the same low bits."""
    whole = value & ((1 << kind.width) - 1)
    return whole - (1 << kind.width) if kind.name == "int" and whole >> (kind.width - 1) else whole


def converted(found: Const, kind: Kind, node: Any) -> Number:
    """Return a constant as a value of another type. Raises :class:`Refusal`."""
    value, old = found.value, found.kind
    if kind.name == "bool":
        return bool(value)
    if kind.is_float:
        return as_float(found, node)
    check_angle(old, kind, node)
    if kind.name == "angle" and old.name in ("int", "uint", "bool", "float"):
        return angle_of(as_float(found, node), kind.width)
    if kind.name == "angle" and old.name == "angle":
        return int(value) << kind.width - old.width if kind.width >= old.width else int(value) >> old.width - kind.width
    if old.is_float:
        if kind.name == "bit":
            raise Refusal("a float has no bits: write int(…) first", node, is_wrong=True)
        if not _LOWEST <= value <= (_HIGHEST if kind.name == "uint" else -_LOWEST - 1):
            raise Refusal(f"{value} does not fit in an integer of 64 bits", node, is_wrong=True)
        return wrapped(int(value), kind)
    if kind.width <= WORD:
        in_word(found, node)
    if kind.name == "bit" and old.is_literal and not -(1 << kind.width) // 2 <= value < 1 << kind.width:
        raise Refusal(f"{value} does not fit in {count(kind.width, 'bit')}", node, is_wrong=True)
    return wrapped(int(value), kind)


def holds(kind: Kind, old: Kind) -> bool:
    """Return whether an integer type has all values of another one."""
    if old.name == "int":
        return kind.name == "int" and kind.width >= old.width
    return kind.width >= old.width + (kind.name == "int")


def check_angle(old: Kind, kind: Kind, node: Any) -> None:
    """Refuse conversions that the specification does not have for angles."""
    if old.name == "angle" and kind.name in ("int", "uint"):
        text = f"an angle is not an integer: write uint[{old.width}](bit[{old.width}](…)) for its bits"
        raise Refusal(text, node, is_wrong=True)
    if "angle" in (old.name, kind.name) and "bit" in (old.name, kind.name) and old.width != kind.width:
        words = f"angle[{(old if old.name == 'angle' else kind).width}]"
        raise Refusal(f"the bits of an {words} are as many as it has", node, is_wrong=True)


def in_word(found: Const, node: Any) -> None:
    """Refuse an integer that does not fit in a word."""
    if not found.kind.is_float and not _LOWEST <= found.value <= _HIGHEST:
        raise Refusal("the integer does not fit in 64 bits", node, is_wrong=True)


def as_float(found: Const, node: Any = None) -> float:
    """Return a constant as a floating-point number: an angle in radians."""
    in_word(found, node)
    if found.kind.name == "angle":
        return float(found.value) * (math.tau / (1 << found.kind.width))
    return float(found.value)


def angle_of(value: float, width: int) -> int:
    """Return the bits of the angle that is nearest to a number of radians."""
    turns = value / math.tau
    return round((turns - math.floor(turns)) * (1 << width)) & ((1 << width) - 1)


# -- types


def kind_of(found: Value) -> Kind:
    """Return the type of an operand that stands alone: a literal is an int, or a uint if it is too large for that."""
    if not found.kind.is_literal:
        return found.kind
    return UINT if isinstance(found, Const) and found.value >> (WORD - 1) > 0 else INT  # type: ignore[operator]


def number(kind: Kind) -> Kind:
    """Return the type in which bits and bools are numbers: as in C, one that holds all their values."""
    if kind.name in ("bit", "bool"):
        return UINT if kind.width >= WORD else INT
    return kind


def together(sign: str, left: Value, right: Value, node: Any) -> Kind:
    """Return the type in which an operation of integers is calculated. Raises :class:`Refusal`."""
    for each in (left, right):
        if isinstance(each, Const):
            in_word(each, node)
        if each.kind.name == "bit" and each.kind.width > WORD:
            raise Refusal(f"a value of {each.kind.width} bits; at most {WORD} are one number", node)
    if left.kind.is_literal and right.kind.is_literal:
        return LITERAL
    if left.kind.is_literal or right.kind.is_literal:
        literal, other = (left, right) if left.kind.is_literal else (right, left)
        assert isinstance(literal, Const)
        return _with_literal(sign, literal, other.kind, node)
    kinds = [_operand(sign, each.kind) for each in (left, right)]
    if kinds[0].name == kinds[1].name:
        if sign in BITWISE and kinds[0].name == "bit" and kinds[0].width != kinds[1].width:
            text = f"'{sign}' of {kinds[0].width} bits and {kinds[1].width}: they must be as many"
            raise Refusal(text, node, is_wrong=True)
        return max(kinds, key=lambda each: each.width)
    return _shared(*(Kind("uint", each.width) if each.name in ("bit", "bool") else each for each in kinds))


def _operand(sign: str, kind: Kind) -> Kind:
    return kind if sign in BITWISE else number(kind)


def _shared(left: Kind, right: Kind) -> Kind:
    """Usual arithmetic conversions of C99."""
    if left.name == right.name:
        return max(left, right, key=lambda each: each.width)
    signed, unsigned = (left, right) if left.name == "int" else (right, left)
    return signed if signed.width > unsigned.width else unsigned


def _with_literal(sign: str, literal: Const, other: Kind, node: Any) -> Kind:
    kind = _operand(sign, other)
    kind = Kind("bit", 1) if kind.name == "bool" else kind
    value = int(literal.value)
    top = 1 << kind.width
    is_signed = kind.name == "int"
    if (-top // 2 <= value < top // 2) if is_signed else (0 <= value < top):
        return BOOL if other.name == "bool" and sign in BITWISE else kind
    if kind.name == "bit" and sign in BITWISE:
        raise Refusal(f"{value} has more than the {kind.width} bits of the other operand", node, is_wrong=True)
    if value < 0 and not is_signed:
        if sign in _MODULAR and -top // 2 <= value:
            return kind
        named = f"{kind.name}[{kind.width}]"
        raise Refusal(
            f"'{sign}' of a {named} and {value}: write {named}({value}), or int(…) for the other operand",
            node,
            is_wrong=True,
        )
    if value >> (WORD - 1) <= 0:
        return INT
    if is_signed:
        raise Refusal(f"{value} does not fit in an int[64]: write uint[64](…) for the other operand", node)
    return UINT


# -- values


def calculated(sign: str, a: int, b: int, kind: Kind, node: Any) -> Number:
    """Return an operation of two integers of a type, in that type. Raises :class:`Refusal`."""
    if sign in COMPARES:
        return COMPARES[sign](a, b)
    if sign in ("/", "%"):
        if b == 0:
            raise Refusal("division by 0", node, is_wrong=True)
        found = abs(a) // abs(b) if sign == "/" else abs(a) % abs(b)
        found = -found if (a < 0) != (b < 0 and sign == "/") else found
    elif sign == "**":
        found = _power(a, b, kind, node)
    else:
        operations: dict[str, Callable[[int, int], int]] = {
            "+": operator.add, "-": operator.sub, "*": operator.mul,
            "&": operator.and_, "|": operator.or_, "^": operator.xor,
        }  # fmt: skip
        found = operations[sign](a, b)
    if kind.is_literal:
        in_word(Const(found, kind), node)
        return found
    return wrapped(found, kind)


def _power(a: int, b: int, kind: Kind, node: Any) -> int:
    if b < 0:
        raise Refusal("an integer to a negative power: write float(…) for the base", node, is_wrong=True)
    if not kind.is_literal:
        return pow(a, b, 1 << WORD)
    if b > WORD and abs(a) > 1:
        raise Refusal("the integer does not fit in 64 bits", node, is_wrong=True)
    return int(a**b)


def shifted(sign: str, found: Const, distance: int, node: Any) -> Const:
    """Return a constant integer that is shifted: bits that leave its width are lost."""
    in_word(found, node)
    if distance < 0:
        raise Refusal(f"a shift by {distance}: the distance must not be negative", node, is_wrong=True)
    kind, value = found.kind, int(found.value)
    distance = min(distance, WORD)
    if sign == ">>":
        return Const(value >> distance, kind)
    if kind.is_literal:
        # A literal that is too large for an int is a uint.
        return Const(wrapped(value << distance, UINT if value >= 0 else INT), kind)
    return Const(wrapped(value << distance, kind), kind)


def floats(sign: str, a: float, b: float, node: Any) -> float:
    """Return an operation of two floating-point numbers. Raises :class:`Refusal`."""
    operations: dict[str, Callable[[float, float], Any]] = {
        "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": math.fmod, "**": pow,
    }  # fmt: skip
    if sign not in operations:
        raise Refusal(f"'{sign}' is for integers and bits", node, is_wrong=True)
    if sign in ("/", "%") and b == 0:
        raise Refusal("division by 0", node, is_wrong=True)
    try:
        found = operations[sign](a, b)
    except (ArithmeticError, ValueError):
        found = None
    if not isinstance(found, float) or not math.isfinite(found):
        raise Refusal("the value of this is too large, or not a real number", node, is_wrong=True)
    return found
