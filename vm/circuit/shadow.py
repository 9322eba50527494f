"""What depends on outcomes in registers, memory and stack, beside the machine that holds one of the values."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vm.circuit.values import (
    MOST_BITS,
    Depends,
    Number,
    Value,
    assignments,
    bits_of,
    is_known,
    made,
    pick,
    same,
    to_bytes,
)
from vm.machine import Snapshot
from vm.memory import PAGE

Rows = frozenset[int]
Limits = tuple[tuple[tuple[int, ...], Rows], ...]
"""What is known of outcomes: rows of assignments."""
Cell = tuple[Depends, int, int]
"""A value in memory, its address and its size."""
LOADS: Final[dict[str, tuple[int, Callable[[bytes], Number]]]] = {
    "QLOAD": (8, lambda data: int.from_bytes(data, "little", signed=True)),
    "QLOADF": (8, lambda data: float(struct.unpack("<d", data)[0])),
    **{
        f"QLOAD{sign}{letter}": (size, lambda data, s=bool(sign): int.from_bytes(data, "little", signed=s))  # type: ignore[misc]
        for letter, size in (("B", 1), ("H", 2), ("W", 4))
        for sign in ("", "S")
    },
}
"""Size and reading of each instruction that loads."""
STORES: Final = {"QSTORE": 8, "QSTOREB": 1, "QSTOREH": 2, "QSTOREW": 4}


@dataclass
class Shadow:
    """What depends on outcomes."""

    registers: dict[int, Depends] = field(default_factory=dict)
    memory: dict[int, Cell] = field(default_factory=dict)
    """By each byte's address."""
    stack: dict[int, Depends] = field(default_factory=dict)
    limits: Limits = ()
    """What is known of outcomes here: rows of assignments that lead here."""
    bits: int = 0
    """Outcomes so far."""
    records: tuple[tuple[str, Value], ...] = ()

    def copy(self) -> Shadow:
        """A copy that can be changed."""
        return Shadow(dict(self.registers), dict(self.memory), dict(self.stack), self.limits, self.bits, self.records)

    @property
    def is_empty(self) -> bool:
        """Whether nothing depends on outcomes."""
        return not (self.registers or self.memory or self.stack)

    def is_possible(self, known: dict[int, int]) -> bool:
        """Whether an assignment of some outcomes leads here."""
        for bits, rows in self.limits:
            shared = [(place, known[bit]) for place, bit in enumerate(bits) if bit in known]
            if shared and not any(all(row >> place & 1 == value for place, value in shared) for row in rows):
                return False
        return True

    def settled(self, value: Value) -> Value:
        """A value where what is known of outcomes leaves one number: that."""
        if not isinstance(value, Depends) or value.table is None or not self.limits:
            return value
        found = [value.at(known) for known in assignments(value.bits) if self.is_possible(known)]
        return found[0] if found and all(same(each, found[0]) for each in found) else value

    # -- memory

    def touches(self, address: int, size: int) -> bool:
        """Whether bytes depend on outcomes."""
        return any(place in self.memory for place in range(address, address + size))

    def load(
        self, address: int, size: int, peek: Callable[[int, int], bytes], read: Callable[[bytes], Number]
    ) -> Value:
        """A value in memory; ``peek``: the machine's bytes."""
        cells = [self.memory.get(place) for place in range(address, address + size)]
        found = [cell for cell in cells if cell is not None]
        if not found:
            return read(peek(address, size))
        values = [cell[0] for cell in found]
        bits = bits_of(values)
        if not is_known(values):
            whole = cells[0]
            if whole is not None and whole[1:] == (address, size) and size == 8 and whole[0].lanes is not None:
                return whole[0]
            return Depends(bits)
        plain = peek(address, size)
        rows = []
        for known in assignments(bits):
            data = bytearray(plain)
            for place, cell in enumerate(cells):
                if cell is not None:
                    value, start, width = cell
                    data[place] = to_bytes(value.at(known), width)[address + place - start]
            rows.append(read(bytes(data)))
        return made(bits, rows)

    def store(self, address: int, size: int, value: Value) -> None:
        """A value goes to memory."""
        for place in range(address, address + size):
            self.memory.pop(place, None)
        if isinstance(value, Depends):
            cell = (value, address, size)
            self.memory.update((place, cell) for place in range(address, address + size))


def merged(bits: Sequence[int], arms: Sequence[tuple[Rows | None, Value]]) -> Value:
    """A value after a decision by some outcomes; the rows of an arm are None where the decision is not known."""
    values = [value for _, value in arms]
    first = values[0]
    if all(
        value == first if isinstance(value, Depends) else not isinstance(first, Depends) and same(value, first)
        for value in values
    ):
        return first
    every = tuple(sorted({*bits, *bits_of(values)}))
    if any(rows is None for rows, _ in arms) or not is_known(values) or len(every) > MOST_BITS:
        return Depends(every)
    result = []
    for known in assignments(every):
        row = sum(known[bit] << place for place, bit in enumerate(bits))
        chosen = next((value for rows, value in arms if rows is not None and row in rows), first)
        result.append(pick(chosen, known))
    return made(every, result)


@dataclass(frozen=True)
class State:
    """A machine with its shadow at the end of an arm."""

    rows: Rows | None
    snapshot: Snapshot
    shadow: Shadow
    live: bytes
    """Which qubits there are."""


def _registers(snapshot: Snapshot, register: int) -> Number:
    raw, kind = snapshot.cells[register].tolist()
    return float(np.int64(raw).view(np.float64)) if kind else int(raw)


def _on_stack(snapshot: Snapshot, place: int) -> Number:
    raw, kind = snapshot.stack[place].tolist()
    return float(np.int64(raw).view(np.float64)) if kind else int(raw)


def _pages(snapshot: Snapshot) -> dict[int, bytes]:
    return {
        address + start: data[start : start + PAGE]
        for address, data in snapshot.memory
        for start in range(0, len(data), PAGE)
    }


def can_merge(arms: Sequence[State]) -> bool:
    """Whether arms differ in values only."""
    first = arms[0]
    return all(
        len(arm.snapshot.stack) == len(first.snapshot.stack)
        and np.array_equal(arm.snapshot.calls, first.snapshot.calls)
        and arm.live == first.live
        and arm.snapshot.random == first.snapshot.random
        and [name for name, _ in arm.shadow.records] == [name for name, _ in first.shadow.records]
        for arm in arms
    )


def merge(bits: Sequence[int], arms: Sequence[State], limits: Limits) -> Shadow:
    """What depends on outcomes after a decision, beside the machine of the first arm."""
    result = Shadow(limits=limits, bits=max(arm.shadow.bits for arm in arms))

    def together(values: Sequence[Value]) -> Value:
        return merged(bits, [(arm.rows, value) for arm, value in zip(arms, values, strict=True)])

    for register in range(len(arms[0].snapshot.cells)):
        value = together([arm.shadow.registers.get(register, _registers(arm.snapshot, register)) for arm in arms])
        if isinstance(value, Depends):
            result.registers[register] = value
    for place in range(len(arms[0].snapshot.stack)):
        value = together([arm.shadow.stack.get(place, _on_stack(arm.snapshot, place)) for arm in arms])
        if isinstance(value, Depends):
            result.stack[place] = value
    _merge_memory(arms, together, result)
    result.records = tuple(
        (name, together([arm.shadow.records[place][1] for arm in arms]))
        for place, (name, _) in enumerate(arms[0].shadow.records)
    )
    return result


def _merge_memory(arms: Sequence[State], together: Callable[[Sequence[Value]], Value], result: Shadow) -> None:
    pages = [_pages(arm.snapshot) for arm in arms]
    empty = bytes(PAGE)
    words: set[int] = set()
    for page in set().union(*pages):
        contents = [each.get(page, empty) for each in pages]
        for content in contents[1:]:
            if content != contents[0]:
                differs = np.frombuffer(content, np.int64) != np.frombuffer(contents[0], np.int64)
                words.update((page + 8 * np.flatnonzero(differs)).tolist())
    first = arms[0].shadow.memory
    for address in set().union(*(arm.shadow.memory for arm in arms)):
        if any(arm.shadow.memory.get(address) != first.get(address) for arm in arms):
            words.add(address & ~7)
    result.memory = {address: cell for address, cell in first.items() if address & ~7 not in words}
    read = LOADS["QLOAD"][1]
    for word in sorted(words):
        values = []
        for arm, own in zip(arms, pages, strict=True):

            def peek(address: int, size: int, own: dict[int, bytes] = own) -> bytes:
                page = address // PAGE * PAGE
                return own.get(page, empty)[address - page : address - page + size]

            values.append(arm.shadow.load(word, 8, peek, read))
        value = together(values)
        if isinstance(value, Depends):
            result.store(word, 8, value)
