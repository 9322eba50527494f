"""Float instructions. Transcendentals are the C library's, called through the addresses in the state."""

from __future__ import annotations

import math
from typing import Any

from vm.interp import intrinsics
from vm.interp.intrinsics import as_float, call1, call2, call3, load64, to_int
from vm.interp.layout import C_FUNCTIONS, FUNCTIONS
from vm.interp.values import inlined, kind, number, set_float, set_int, value, visible
from vm.isa import FLOAT, INT
from vm.trap import STATUS

KIND_TRAP = STATUS["kind"]
INT_MAX, INT_MIN = (1 << 63) - 1, -(1 << 63)
TWO_63 = 2.0**63


@inlined
def qfloat(d: int, a: int, state: int) -> int:
    return set_float(d, number(a))


@inlined
def saturated(real: float) -> int:
    """Truncated to an integer; NaN gives 0."""
    if real != real:
        return 0
    if real >= TWO_63:
        return INT_MAX
    if real < -TWO_63:
        return INT_MIN
    return to_int(real)


@inlined
def qint(d: int, a: int, state: int) -> int:
    if kind(a) == INT:
        return set_int(d, value(a))
    return set_int(d, saturated(as_float(value(a))))


@inlined
def qbits(d: int, a: int, state: int) -> int:
    if kind(a) != FLOAT:
        return KIND_TRAP
    return set_int(d, visible(a))


@inlined
def qfbits(d: int, a: int, state: int) -> int:
    if kind(a) != INT:
        return KIND_TRAP
    return set_float(d, as_float(value(a)))


def _rounding(operation: Any) -> Any:
    @inlined
    def handler(d: int, a: int, state: int) -> int:
        return set_float(d, operation(number(a)))

    return handler


def _address(name: str) -> int:
    return FUNCTIONS + 8 * C_FUNCTIONS.index(name)


def _unary(name: str) -> Any:
    address = _address(name)

    @inlined
    def handler(d: int, a: int, state: int) -> int:
        return set_float(d, call1(load64(state, address), number(a)))

    return handler


def _binary(name: str) -> Any:
    address = _address(name)

    @inlined
    def handler(d: int, a: int, b: int, state: int) -> int:
        return set_float(d, call2(load64(state, address), number(a), number(b)))

    return handler


POW = _address("pow")
FMA = _address("fma")


@inlined
def quiet(real: float) -> float:
    """The number; a NaN of any kind as the plain one."""
    return math.nan if real != real else real


@inlined
def qpow(d: int, a: int, b: int, state: int) -> int:
    # pow(x, 0) and pow(1, x) are 1 for a NaN x: in C not for a signaling one, in Python for every one.
    return set_float(d, call2(load64(state, POW), quiet(number(a)), quiet(number(b))))


@inlined
def qfma(d: int, a: int, b: int, c: int, state: int) -> int:
    return set_float(d, call3(load64(state, FMA), number(a), number(b), number(c)))


qfloor = _rounding(intrinsics.floor)
qceil = _rounding(intrinsics.ceil)
qround = _rounding(intrinsics.round_even)
qtrunc = _rounding(intrinsics.trunc)
qsqrt, qsin, qcos, qtan = _unary("sqrt"), _unary("sin"), _unary("cos"), _unary("tan")
qasin, qacos, qatan, qatan2 = _unary("asin"), _unary("acos"), _unary("atan"), _binary("atan2")
qsinh, qcosh, qtanh = _unary("sinh"), _unary("cosh"), _unary("tanh")
qexp, qlog = _unary("exp"), _unary("log")
