"""What the watched loop notes of each instruction: how often it ran, by what calls, and what the registers were.

Only that variant of the loop has this code (:func:`vm.interp.loop.source`); the other one is the same without it.

=========== ====== ==================================================================
of a path   offset
=========== ====== ==================================================================
``TARGET``  0      byte offset of the row that was called
``PARENT``  8      address of the path that it was called from, 0 for the first
``CHILD``   16     address of the path that it called last, 0 for none
``SIBLING`` 24     of another one of its parent's
``SELF``    32     instructions executed in it, those of its own calls not counted
``CALLS``   40     times that it was called
``LEVEL``   48     calls that are open in it
=========== ====== ==================================================================

A *record* is the state before an instruction: the byte offset of its row, its number in the run, the bytes on the value
stack and on the call stack, then the cells of the registers."""

from __future__ import annotations

from typing import Final

from vm.interp.intrinsics import load8, load64, store64
from vm.interp.layout import (
    CALLED,
    CELL,
    COUNTED_TO,
    COUNTS,
    FOLLOWS,
    OPEN_PATHS,
    PATH,
    PATHS_END,
    PATHS_NEXT,
    RECORD_AT,
    RECORD_COUNT,
    RECORDS,
    RECORDS_SIZE,
    WANTED,
)
from vm.interp.values import compiled, inlined
from vm.isa import REGISTERS

PATH_BYTES: Final = 64
TARGET, PARENT, CHILD, SIBLING, SELF, CALLS, LEVEL = 0, 8, 16, 24, 32, 40, 48
MOST_LEVELS: Final = 1000
"""Open calls that a path tells; what deeper ones do counts in it."""
RECORD: Final = 32 + REGISTERS * CELL
"""Bytes of a record."""
_CELLS: Final = 32


@compiled
def _note(row: int, count: int, sp: int, csp: int, regs: int, state: int) -> int:
    """Write a record, over the oldest where there is no room."""
    at = load64(state, RECORD_AT)
    record = load64(state, RECORDS) + at
    store64(record, 0, row)
    store64(record, 8, count)
    store64(record, 16, sp)
    store64(record, 24, csp)
    for offset in range(0, REGISTERS * CELL, 8):
        store64(record, _CELLS + offset, load64(regs, offset))
    at += RECORD
    if at == load64(state, RECORDS_SIZE):
        at = 0
    store64(state, RECORD_AT, at)
    store64(state, RECORD_COUNT, load64(state, RECORD_COUNT) + 1)
    return 0


@inlined
def step(row: int, count: int, sp: int, csp: int, regs: int, state: int) -> int:
    """Before an instruction, the byte offset of whose row is given. One that is wanted is recorded, and so is the one
    after it: what its registers are tells what the wanted one did."""
    counts = load64(state, COUNTS) + (row >> 2)
    store64(counts, 0, load64(counts, 0) + 1)
    wanted = load8(load64(state, WANTED), row >> 5)
    if wanted + load64(state, FOLLOWS) != 0:
        _note(row, count, sp, csp, regs, state)
        store64(state, FOLLOWS, wanted)
    return 0


@inlined
def _close(count: int, state: int) -> int:
    """Count what ran since the last call or return, and give the path that it ran in."""
    path = load64(state, PATH)
    store64(path, SELF, load64(path, SELF) + count - load64(state, COUNTED_TO))
    store64(state, COUNTED_TO, count)
    return path


@compiled
def _called(path: int, target: int, state: int) -> int:
    """The path that a call leads to; the same one where there is no room for another. What was called last is found
    first."""
    if load64(path, LEVEL) == MOST_LEVELS:
        return path
    before = 0
    found = load64(path, CHILD)
    while found != 0 and load64(found, TARGET) != target:
        before = found
        found = load64(found, SIBLING)
    if found == 0:
        found = load64(state, PATHS_NEXT)
        if found == load64(state, PATHS_END):
            return path
        store64(state, PATHS_NEXT, found + PATH_BYTES)
        store64(found, TARGET, target)
        store64(found, PARENT, path)
        store64(found, LEVEL, load64(path, LEVEL) + 1)
    elif before != 0:
        store64(before, SIBLING, load64(found, SIBLING))
    if load64(path, CHILD) != found:
        store64(found, SIBLING, load64(path, CHILD))
        store64(path, CHILD, found)
    store64(found, CALLS, load64(found, CALLS) + 1)
    return found


@compiled
def enter(target: int, csp: int, count: int, state: int) -> int:
    """After a call of the row at a byte offset; ``csp`` is where its return was put."""
    calls = load64(state, CALLED) + (target >> 2)
    store64(calls, 0, load64(calls, 0) + 1)
    path = _close(count, state)
    store64(load64(state, OPEN_PATHS), csp, path)
    store64(state, PATH, _called(path, target, state))
    return 0


@compiled
def leave(csp: int, count: int, state: int) -> int:
    """After a return; ``csp`` is where it was taken from."""
    _close(count, state)
    store64(state, PATH, load64(load64(state, OPEN_PATHS), csp))
    return 0
