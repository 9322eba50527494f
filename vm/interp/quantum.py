"""The recorder: quantum instructions that need no answer, as entries of a log.

Qubits that have met are a *group*: a set of a union-find forest, whose root holds the group's part of the log as a
linked list, and whose members are a ring. Two groups merge in nearly constant time. What is not plain (a wrong handle,
an angle that is no number, a measurement) is left to :mod:`vm.quantum`, before any effect.

=========== ====== ==================================================================
of a qubit  offset
=========== ====== ==================================================================
``PARENT``  0      handle towards the root; a root's own
``NEXT``    8      next member of the group
``SIZE``    16     members (of a root)
``FIRST``   24     number of the group's first gate, 0 for none (of a root)
``LAST``    32     of its last gate
``LENGTH``  40     gates (of a root)
``LIVE``    48     1; 0 once it was freed, 2 once a device has measured it: it takes no gate
``ORIGIN``  56     the first handle of those that were allocated with it
=========== ====== ==================================================================

=========== ====== ==================================================================
of a gate   offset
=========== ====== ==================================================================
``OP``      0      number of the instruction; 0 for a state that is set
``PLACE``   8      address of the row
``AFTER``   16     number of the group's next gate, 0 for none
``HANDLES`` 24     three 32-bit handles, 0 where there are fewer
``ANGLES``  40     three doubles; of a state its number
=========== ====== ==================================================================
"""

from __future__ import annotations

from typing import Final

from vm.interp.intrinsics import as_bits, load32, load64, store32, store64, ult
from vm.interp.layout import GATE_COUNT, GATE_END, GATES, QUANTUM, QUBIT_COUNT, QUBIT_END, QUBITS, TAPE
from vm.interp.values import compiled, inlined, kind, number, set_int, value
from vm.isa import BY_NAME, INT

QUBIT: Final = 64
"""Bytes of a qubit."""
PARENT, NEXT, SIZE, FIRST, LAST, LENGTH, LIVE, ORIGIN = 0, 8, 16, 24, 32, 40, 48, 56
GATE: Final = 64
"""Bytes of a gate."""
OP, PLACE, AFTER, HANDLES, ANGLES = 0, 8, 16, 24, 40

_ALLOC = BY_NAME["QALLOC"][0].code
_FREE = BY_NAME["QFREE"][0].code
_RESET = BY_NAME["QRESET"][0].code
_BARRIER = BY_NAME["QBARRIER"][0].code
_ONE, _TURN, _SIGMA = BY_NAME["QX"][0].code, BY_NAME["QRX"][0].code, BY_NAME["QSIGMA"][0].code
_UNITARY = BY_NAME["QU"][0].code
_TWO, _TWO_TURN, _THREE = BY_NAME["QCX"][0].code, BY_NAME["QCRX"][0].code, BY_NAME["QCCX"][0].code
_LAST_GATE = BY_NAME["QW"][0].code


@inlined
def _operand(row: int, slot: int, cells: int) -> int:
    """Address of an operand's cell."""
    return cells + load32(row, 4 + 4 * slot)


@inlined
def _takes_gates(cell: int, state: int) -> bool:
    handle = value(cell)
    if kind(cell) != INT or handle < 1 or handle >= load64(state, QUBIT_COUNT):
        return False
    return load64(load64(state, QUBITS) + handle * QUBIT, LIVE) == 1


@compiled
def root(handle: int, qubits: int) -> int:
    """The group's root; the way there is halved."""
    while True:
        up = load64(qubits + handle * QUBIT, PARENT)
        if up == handle:
            return handle
        top = load64(qubits + up * QUBIT, PARENT)
        store64(qubits + handle * QUBIT, PARENT, top)
        handle = top


@compiled
def merge(a: int, b: int, state: int) -> int:
    """The root of the groups of two roots, made one: the gates of the larger come first."""
    if a == b:
        return a
    qubits, gates = load64(state, QUBITS), load64(state, GATES)
    large, small = qubits + a * QUBIT, qubits + b * QUBIT
    if load64(large, SIZE) < load64(small, SIZE):
        large, small = small, large
        a, b = b, a
    store64(small, PARENT, a)
    store64(large, SIZE, load64(large, SIZE) + load64(small, SIZE))
    store64(large, LENGTH, load64(large, LENGTH) + load64(small, LENGTH))
    # Two rings become one where both are cut.
    after = load64(large, NEXT)
    store64(large, NEXT, load64(small, NEXT))
    store64(small, NEXT, after)
    if load64(small, FIRST) != 0:
        if load64(large, FIRST) == 0:
            store64(large, FIRST, load64(small, FIRST))
        else:
            store64(gates + load64(large, LAST) * GATE, AFTER, load64(small, FIRST))
        store64(large, LAST, load64(small, LAST))
    return a


@inlined
def _append(group: int, op: int, place: int, state: int) -> int:
    """A new gate at the end of a group's log; its address."""
    last = load64(state, GATE_COUNT) + 1
    store64(state, GATE_COUNT, last)
    gates = load64(state, GATES)
    gate = gates + last * GATE
    store64(gate, OP, op)
    store64(gate, PLACE, place)
    store64(gate, AFTER, 0)
    holder = load64(state, QUBITS) + group * QUBIT
    if load64(holder, FIRST) == 0:
        store64(holder, FIRST, last)
    else:
        store64(gates + load64(holder, LAST) * GATE, AFTER, last)
    store64(holder, LAST, last)
    store64(holder, LENGTH, load64(holder, LENGTH) + 1)
    return gate


@inlined
def _allocate(d: int, cell: int, state: int) -> int:
    count, first = value(cell), load64(state, QUBIT_COUNT)
    if kind(cell) != INT or count < 1 or ult(load64(state, QUBIT_END) - first, count):
        return QUANTUM
    qubits = load64(state, QUBITS)
    for handle in range(first, first + count):
        qubit = qubits + handle * QUBIT
        store64(qubit, PARENT, handle)
        store64(qubit, NEXT, handle)
        store64(qubit, SIZE, 1)
        store64(qubit, LIVE, 1)
        store64(qubit, ORIGIN, first)
    store64(state, QUBIT_COUNT, first + count)
    return set_int(d, first)


@inlined
def _forget(cell: int, state: int, live: int) -> int:
    """Forget what a qubit was that has met no other: nobody sees how it is measured. ``live``: 0 to free it."""
    if not _takes_gates(cell, state):
        return QUANTUM
    handle = value(cell)
    qubit = load64(state, QUBITS) + handle * QUBIT
    if load64(qubit, SIZE) != 1 or load64(qubit, PARENT) != handle:
        return QUANTUM
    store64(qubit, FIRST, 0)
    store64(qubit, LAST, 0)
    store64(qubit, LENGTH, 0)
    store64(qubit, LIVE, live)
    return 0


@compiled
def record(op: int, row: int, cells: int, place: int, state: int) -> int:
    """Do a quantum instruction and give 0, or ``QUANTUM`` for Python to do it.

    ``row`` has the operands' offsets from ``cells``; ``place`` is the row to name in a report."""
    if op >= _ONE and op <= _LAST_GATE:
        qubits = 1 if op < _TWO else 2 if op < _THREE else 3
        angles = 0
        if op == _UNITARY:
            angles = 3
        elif (op >= _TURN and op <= _SIGMA) or (op >= _TWO_TURN and op < _THREE):
            angles = 1
        if load64(state, GATE_COUNT) + 1 >= load64(state, GATE_END):
            return QUANTUM
        for slot in range(qubits):
            if not _takes_gates(_operand(row, slot, cells), state):
                return QUANTUM
        a = value(_operand(row, 0, cells))
        b = c = 0
        if qubits > 1:
            b = value(_operand(row, 1, cells))
            if a == b:
                return QUANTUM
        if qubits > 2:
            c = value(_operand(row, 2, cells))
            if a == c or b == c:
                return QUANTUM
        for slot in range(qubits, qubits + angles):
            angle = number(_operand(row, slot, cells))
            if angle - angle != 0.0:
                return QUANTUM
        table = load64(state, QUBITS)
        group = root(a, table)
        if qubits > 1:
            group = merge(group, root(b, table), state)
        if qubits > 2:
            group = merge(group, root(c, table), state)
        gate = _append(group, op, place, state)
        store32(gate, HANDLES, a)
        store32(gate, HANDLES + 4, b)
        store32(gate, HANDLES + 8, c)
        for slot in range(angles):
            store64(gate, ANGLES + 8 * slot, as_bits(number(_operand(row, qubits + slot, cells))))
        return 0
    if load64(state, TAPE) != 0 and op != _ALLOC:
        return QUANTUM
    if op == _ALLOC:
        return _allocate(_operand(row, 0, cells), _operand(row, 1, cells), state)
    if op == _RESET:
        return _forget(_operand(row, 0, cells), state, 1)
    if op == _FREE:
        count = _operand(row, 1, cells)
        if kind(count) != INT or value(count) != 1:
            return QUANTUM
        return _forget(_operand(row, 0, cells), state, 0)
    if op == _BARRIER:
        return 0
    return QUANTUM
