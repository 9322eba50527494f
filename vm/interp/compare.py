"""Comparisons: conditional jumps, ``QS…``, ``QSEL`` and ``QASSERT``.

``if_…`` gives 1 to jump, 0 to go on, or the exit status of a trap."""

from __future__ import annotations

from typing import Any

from vm.interp.intrinsics import ult
from vm.interp.values import copy, inlined, kind, number, set_int, value
from vm.isa import INT
from vm.trap import STATUS

KIND_TRAP = STATUS["kind"]
ASSERT_TRAP = STATUS["assert"]


def _signed(operation: Any) -> Any:
    """Compare numbers; a float on either side makes it a float comparison."""

    @inlined
    def test(a: int, b: int) -> int:
        if kind(a) | kind(b) == INT:
            return 1 if operation(value(a), value(b)) else 0
        return 1 if operation(number(a), number(b)) else 0

    return test


def _unsigned(operation: Any) -> Any:
    @inlined
    def test(a: int, b: int) -> int:
        if kind(a) | kind(b) != INT:
            return KIND_TRAP
        return 1 if operation(value(a), value(b)) else 0

    return test


def _set(test: Any) -> Any:
    @inlined
    def handler(d: int, a: int, b: int) -> int:
        return set_int(d, test(a, b))

    return handler


if_jeq = _signed(inlined(lambda a, b: a == b))
if_jne = _signed(inlined(lambda a, b: a != b))
if_jlt = _signed(inlined(lambda a, b: a < b))
if_jle = _signed(inlined(lambda a, b: a <= b))
if_jgt = _signed(inlined(lambda a, b: a > b))
if_jge = _signed(inlined(lambda a, b: a >= b))
if_jltu = _unsigned(inlined(lambda a, b: ult(a, b)))
if_jleu = _unsigned(inlined(lambda a, b: not ult(b, a)))
if_jgtu = _unsigned(inlined(lambda a, b: ult(b, a)))
if_jgeu = _unsigned(inlined(lambda a, b: not ult(a, b)))

qseq, qsne, qslt, qsle = _set(if_jeq), _set(if_jne), _set(if_jlt), _set(if_jle)


@inlined
def qsel(d: int, c: int, a: int, b: int) -> int:
    if kind(c) != INT:
        return KIND_TRAP
    if value(c) != 0:
        return copy(d, a)
    return copy(d, b)


@inlined
def qassert(a: int, b: int) -> int:
    return 0 if if_jeq(a, b) == 1 else ASSERT_TRAP
