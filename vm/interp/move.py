"""Moves, loads and stores. The stack's moves are in the loop, which holds the stack pointers.

An address is checked by one unsigned comparison; a store also marks its pages, and the cap on them is exact."""

from __future__ import annotations

from typing import Any

from vm.interp import intrinsics
from vm.interp.intrinsics import as_float, load8, load64, lshr, store8, store64, ult
from vm.interp.layout import PAGE_CAP, PAGE_SHIFT, PAGES, TOUCHED
from vm.interp.values import copy, inlined, kind, set_float, set_int, value, visible
from vm.isa import INT, MEMORY_FLOOR, MEMORY_SIZE
from vm.trap import STATUS

KIND_TRAP = STATUS["kind"]
ADDRESS_TRAP = STATUS["address"]
MEMORY_TRAP = STATUS["memory"]


@inlined
def qmov(d: int, a: int) -> int:
    return copy(d, a)


@inlined
def check(base: int, offset: int, width: int) -> int:
    """0 if an access of ``width`` bytes is valid, else the trap."""
    if kind(base) | kind(offset) != INT:
        return KIND_TRAP
    if ult(MEMORY_SIZE - width - MEMORY_FLOOR, value(base) + value(offset) - MEMORY_FLOOR):
        return ADDRESS_TRAP
    return 0


@inlined
def touch_page(page: int, state: int) -> int:
    """Count a page that is written for the first time."""
    touched = load64(state, TOUCHED)
    if load8(touched, page) == 0:
        if load64(state, PAGES) >= load64(state, PAGE_CAP):
            return MEMORY_TRAP
        store8(touched, page, 1)
        store64(state, PAGES, load64(state, PAGES) + 1)
    return 0


@inlined
def touch_both(first: int, last: int, state: int) -> int:
    """The pages of an access across their border: both, or neither."""
    touched = load64(state, TOUCHED)
    new = 2 - load8(touched, first) - load8(touched, last)
    if load64(state, PAGES) + new > load64(state, PAGE_CAP):
        return MEMORY_TRAP
    store8(touched, first, 1)
    store8(touched, last, 1)
    store64(state, PAGES, load64(state, PAGES) + new)
    return 0


@inlined
def touch(address: int, width: int, state: int) -> int:
    first, last = lshr(address, PAGE_SHIFT), lshr(address + width - 1, PAGE_SHIFT)
    if first != last:
        return touch_both(first, last, state)
    return touch_page(first, state)


def _loader(load: Any, width: int) -> Any:
    @inlined
    def handler(d: int, base: int, offset: int, memory: int, state: int) -> int:
        trap = check(base, offset, width)
        if trap != 0:
            return trap
        return set_int(d, load(memory, value(base) + value(offset)))

    return handler


def _storer(store: Any, width: int) -> Any:
    @inlined
    def handler(a: int, base: int, offset: int, memory: int, state: int) -> int:
        if kind(a) != INT:
            return KIND_TRAP
        trap = check(base, offset, width)
        if trap != 0:
            return trap
        address = value(base) + value(offset)
        trap = touch(address, width, state)
        if trap != 0:
            return trap
        store(memory, address, value(a))
        return 0

    return handler


qload = _loader(intrinsics.load64, 8)
qloadw, qloadh, qloadb = _loader(intrinsics.load32, 4), _loader(intrinsics.load16, 2), _loader(intrinsics.load8, 1)
qloadsw, qloadsh, qloadsb = (
    _loader(intrinsics.loads32, 4),
    _loader(intrinsics.loads16, 2),
    _loader(intrinsics.loads8, 1),
)
qstorew, qstoreh, qstoreb = (
    _storer(intrinsics.store32, 4),
    _storer(intrinsics.store16, 2),
    _storer(intrinsics.store8, 1),
)


@inlined
def qloadf(d: int, base: int, offset: int, memory: int, state: int) -> int:
    trap = check(base, offset, 8)
    if trap != 0:
        return trap
    return set_float(d, as_float(load64(memory, value(base) + value(offset))))


@inlined
def qstore(a: int, base: int, offset: int, memory: int, state: int) -> int:
    trap = check(base, offset, 8)
    if trap != 0:
        return trap
    address = value(base) + value(offset)
    trap = touch(address, 8, state)
    if trap != 0:
        return trap
    store64(memory, address, visible(a))
    return 0
