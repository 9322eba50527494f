"""What a run executed, instruction by instruction, with the values that each read and left.

    tracer = Tracer(machine)
    machine.run(slice=tracer.slice, between=lambda: print(*tracer.steps()))

A tracer made with ``last`` keeps so many steps, and tells them at the end: what led to a trap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vm.flow.blocks import SYSTEM_CALL
from vm.isa import BY_CODE, BY_SYSTEM_CALL, REGISTERS, Op
from vm.machine import Machine
from vm.observe import Observer, Record
from vm.report import cell_value

_CAPACITY: Final = 1 << 13
"""Records between two looks: some megabytes."""
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction as it was executed."""

    number: int
    """Of the instruction in the run, from 1."""
    pc: int
    op: Op
    reads: dict[int, int | float]
    """Registers that are its operands, and those that a system call takes, as they were before."""
    writes: dict[int, int | float]
    """Registers that it writes, and all others that it changed, as they were afterwards; none of one that trapped."""
    address: int | None
    """Where it reads or writes memory."""
    depth: int
    """Calls that had not returned."""
    stack: int
    """Values on the stack."""
    next: int
    """The instruction after it: the next one, or where it went; itself if it trapped."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known of an instruction before it runs. Indices of registers and constants."""

    op: Op
    reads: tuple[int, ...]
    """Registers."""
    writes: tuple[int, ...]
    address: tuple[int, ...]
    """Base and offset; empty where it goes to no memory."""
    is_system_call: bool
    number: int
    """Of a system call."""


class Tracer:
    """The steps of a machine that has not run yet."""

    def __init__(self, machine: Machine, *, wanted: NDArray[np.uint8] | None = None, last: int | None = None) -> None:
        """``wanted``: 1 for each instruction that counts, shape (instructions,), None for all; ``last``: how many
        steps are kept, None to hand out all."""
        self._machine = machine
        self._code = machine.program.object.code
        if wanted is None:
            wanted = np.ones(len(self._code), np.uint8)
        self._wanted = wanted
        # Beside each step there may be the record of the instruction after it.
        capacity = _CAPACITY if last is None else 2 * last + 1
        self._last = last
        self._observer = Observer(machine.program, wanted=wanted, capacity=capacity)
        self._constants = machine.program.cells
        self._plans: dict[int, _Plan] = {}
        machine.observe(self._observer)

    @property
    def is_streaming(self) -> bool:
        """Whether steps are handed out while the machine runs, and not at its end."""
        return self._last is None

    @property
    def slice(self) -> int:
        """Instructions after which :meth:`steps` is to be asked, so that none is lost."""
        return self._observer.capacity if self._last is None else 1 << 22

    def steps(self) -> Iterator[Step]:
        """What was executed since the last time, in order; the instruction that the machine is at ends the last."""
        found = self._steps()
        if self._last is None:
            yield from found
            return
        kept = list(found)
        yield from kept[-self._last :] if self._last else ()

    def _steps(self) -> Iterator[Step]:
        machine = self._machine
        cells = np.column_stack((machine.registers, machine.kinds)).reshape(-1)
        words, floats = cells.tolist(), cells.view(np.float64).tolist()
        now = Record(machine.pc, machine.count + 1, machine.depth, 0, words, floats)
        before: Record | None = None
        for record in (*self._observer.records(), now):
            # One that is executed again, when a device has answered, counts once.
            if before is not None and before.number != record.number and self._wanted[before.pc]:
                is_trapped = record is now and machine.outcome is not None and machine.outcome.trap is not None
                yield self._step(before, record, is_done=not is_trapped or record.pc != before.pc)
            before = record if record.pc < len(self._wanted) else None

    def _step(self, record: Record, after: Record, *, is_done: bool) -> Step:
        plan = self._plans.get(record.pc)
        if plan is None:
            plan = self._plans[record.pc] = self._plan(record.pc)
        read, written = plan.reads, set(plan.writes if is_done else ())
        if plan.is_system_call:
            call = BY_SYSTEM_CALL.get(int(self._value(record, plan.number)))
            read = (*read, *range(len(call.takes) if call is not None else 0))
        if is_done and record.words != after.words:
            old, new = record.words, after.words
            written.update(at for at in range(REGISTERS) if old[2 * at : 2 * at + 2] != new[2 * at : 2 * at + 2])
        address = None
        if plan.address:
            base, offset = (self._value(record, index) for index in plan.address)
            if isinstance(base, int) and isinstance(offset, int):
                address = (base + offset) & _MASK
        return Step(
            number=record.number,
            pc=record.pc,
            op=plan.op,
            reads={at: record.get(at) for at in read},
            writes={at: after.get(at) for at in sorted(written)},
            address=address,
            depth=record.depth,
            stack=record.stack,
            next=after.pc,
        )

    def _plan(self, pc: int) -> _Plan:
        row = self._code[pc].tolist()
        op = BY_CODE[row[0]]
        read = tuple(row[1 + slot] for slot in op.reads if row[1 + slot] < REGISTERS)
        at = op.memory_slot
        address = () if at is None else (row[1 + at], row[2 + at])
        is_system_call = row[0] == SYSTEM_CALL
        return _Plan(op, read, tuple(row[1 + slot] for slot in op.writes), address, is_system_call, row[1])

    def _value(self, record: Record, index: int) -> int | float:
        return record.get(index) if index < REGISTERS else cell_value(self._constants, index)


def touching(code: NDArray[np.uint32], registers: Iterable[int]) -> NDArray[np.uint8]:
    """1 for each instruction that has one of the registers as an operand, and for system calls, which take and give
    r0 and r1."""
    asked = set(registers)
    found = np.zeros(len(code), np.uint8)
    for pc, row in enumerate(code.tolist()):
        op = BY_CODE[row[0]]
        slots = {row[1 + slot] for slot in (*op.reads, *op.writes)} | ({0, 1} if row[0] == SYSTEM_CALL else set())
        found[pc] = not asked.isdisjoint(slots)
    return found
