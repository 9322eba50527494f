"""Bit operations: integers only. A handler has its mnemonic's name."""

from __future__ import annotations

from typing import Any

from vm.interp.intrinsics import ashr, byteswap, leading, lshr, popcount, shl, trailing
from vm.interp.values import inlined, kind, set_int, value
from vm.isa import INT
from vm.trap import STATUS

KIND_TRAP = STATUS["kind"]
WORD = 0xFFFF_FFFF


@inlined
def _rol(a: int, count: int) -> int:
    return shl(a, count) | lshr(a, -count & 63)


@inlined
def _rolw(a: int, count: int) -> int:
    low = a & WORD
    return (shl(low, count) | lshr(low, 32 - count)) & WORD


def _binary(operation: Any) -> Any:
    @inlined
    def handler(d: int, a: int, b: int) -> int:
        if kind(a) | kind(b) != INT:
            return KIND_TRAP
        return set_int(d, operation(value(a), value(b)))

    return handler


def _unary(operation: Any) -> Any:
    @inlined
    def handler(d: int, a: int) -> int:
        if kind(a) != INT:
            return KIND_TRAP
        return set_int(d, operation(value(a)))

    return handler


qand = _binary(inlined(lambda a, b: a & b))
qor = _binary(inlined(lambda a, b: a | b))
qxor = _binary(inlined(lambda a, b: a ^ b))
qshl = _binary(inlined(lambda a, b: shl(a, b & 63)))
qshr = _binary(inlined(lambda a, b: lshr(a, b & 63)))
qsar = _binary(inlined(lambda a, b: ashr(a, b & 63)))
qrol = _binary(inlined(lambda a, b: _rol(a, b & 63)))
qror = _binary(inlined(lambda a, b: _rol(a, -b & 63)))
qrolw = _binary(inlined(lambda a, b: _rolw(a, b & 31)))
qrorw = _binary(inlined(lambda a, b: _rolw(a, -b & 31)))
qnot = _unary(inlined(lambda a: ~a))
qpopcnt = _unary(inlined(lambda a: popcount(a)))
qclz = _unary(inlined(lambda a: leading(a)))
qctz = _unary(inlined(lambda a: trailing(a)))
qbswap = _unary(inlined(lambda a: byteswap(a)))
