"""Arithmetic. A handler has its mnemonic's name and takes the addresses of its operands' cells."""

from __future__ import annotations

from vm.interp.intrinsics import as_bits, as_float, call2, load64, mulhs, mulhu, sdiv, udiv, urem
from vm.interp.layout import C_FUNCTIONS, FUNCTIONS
from vm.interp.values import inlined, kind, number, set_float, set_int, value
from vm.isa import CANONICAL_NAN, INT
from vm.trap import STATUS

KIND_TRAP = STATUS["kind"]
ZERO_TRAP = STATUS["zero-division"]
FMOD = FUNCTIONS + 8 * C_FUNCTIONS.index("fmod")
SIGN = -(1 << 63)


@inlined
def qadd(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) == INT:
        return set_int(d, value(a) + value(b))
    return set_float(d, number(a) + number(b))


@inlined
def qsub(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) == INT:
        return set_int(d, value(a) - value(b))
    return set_float(d, number(a) - number(b))


@inlined
def qmul(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) == INT:
        return set_int(d, value(a) * value(b))
    return set_float(d, number(a) * number(b))


@inlined
def floor_div(a: int, b: int) -> int:
    """Floored; the hardware's division overflows on the minimum by -1, so -1 is apart."""
    if b == -1:
        return -a
    quotient = sdiv(a, b)
    remainder = a - quotient * b
    if remainder != 0 and (remainder ^ b) < 0:
        return quotient - 1
    return quotient


@inlined
def qdiv(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) == INT:
        if value(b) == 0:
            return ZERO_TRAP
        return set_int(d, floor_div(value(a), value(b)))
    return set_float(d, number(a) / number(b))


@inlined
def float_mod(a: float, b: float, state: int) -> float:
    """Python's ``%``: ``fmod``, then the divisor's sign (as ``float_rem`` of CPython's floatobject.c)."""
    rest = call2(load64(state, FMOD), a, b)
    if rest == 0.0:
        return as_float(as_bits(b) & SIGN)
    if (rest < 0.0) != (b < 0.0):
        return rest + b
    return rest


@inlined
def qmod(d: int, a: int, b: int, state: int) -> int:
    if kind(a) | kind(b) == INT:
        if value(b) == 0:
            return ZERO_TRAP
        return set_int(d, value(a) - value(b) * floor_div(value(a), value(b)))
    if number(b) == 0.0:
        return set_float(d, as_float(CANONICAL_NAN))
    return set_float(d, float_mod(number(a), number(b), state))


@inlined
def qneg(d: int, a: int) -> int:
    if kind(a) == INT:
        return set_int(d, -value(a))
    return set_float(d, as_float(value(a) ^ SIGN))


@inlined
def qabs(d: int, a: int) -> int:
    if kind(a) != INT:
        return set_float(d, as_float(value(a) & ~SIGN))
    if value(a) < 0:
        return set_int(d, -value(a))
    return set_int(d, value(a))


@inlined
def qmin(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) == INT:
        return set_int(d, min(value(a), value(b)))
    x, y = number(a), number(b)
    if x < y:
        return set_float(d, x)
    if y < x:
        return set_float(d, y)
    if x == y:
        # Equal floats differ only in the sign of zero.
        return set_float(d, as_float(as_bits(x) | as_bits(y)))
    return set_float(d, as_float(CANONICAL_NAN))


@inlined
def qmax(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) == INT:
        return set_int(d, max(value(a), value(b)))
    x, y = number(a), number(b)
    if x > y:
        return set_float(d, x)
    if y > x:
        return set_float(d, y)
    if x == y:
        return set_float(d, as_float(as_bits(x) & as_bits(y)))
    return set_float(d, as_float(CANONICAL_NAN))


@inlined
def qdivu(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) != INT:
        return KIND_TRAP
    if value(b) == 0:
        return ZERO_TRAP
    return set_int(d, udiv(value(a), value(b)))


@inlined
def qmodu(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) != INT:
        return KIND_TRAP
    if value(b) == 0:
        return ZERO_TRAP
    return set_int(d, urem(value(a), value(b)))


@inlined
def qmulh(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) != INT:
        return KIND_TRAP
    return set_int(d, mulhs(value(a), value(b)))


@inlined
def qmulhu(d: int, a: int, b: int) -> int:
    if kind(a) | kind(b) != INT:
        return KIND_TRAP
    return set_int(d, mulhu(value(a), value(b)))
