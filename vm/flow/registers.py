"""Registers that a unit changes, and those whose value at its entry it needs, as sets of bits.

A register that a unit saves and restores is not changed by it. What it needs is what it reads, and what it would
have to show: a unit that stops anywhere must be able to tell the value of each register that it may have written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from vm.flow.blocks import CALL, CALL_INDIRECT, MOVE, POP, PUSH, SYSTEM_CALL, Block
from vm.flow.units import Unit, Units
from vm.isa import BY_CODE, BY_SYSTEM_CALL, INT, REGISTERS

ALL: Final = (1 << REGISTERS) - 1
Mask = int
"""A set of registers: bit n is rn."""


@dataclass
class Registers:
    """The sets of every unit, by entry."""

    changed: dict[int, Mask] = field(default_factory=dict)
    """May differ between entry and return."""
    needed: dict[int, Mask] = field(default_factory=dict)
    """Whose value at the entry matters."""
    shown: dict[int, Mask] = field(default_factory=dict)
    """That a unit may have put where the machine shows them, at a value that they no longer have when it returns: for
    a system call, or a call through a register."""
    changed_by_any: Mask = 0
    """That a call through a register may change: what any unit changes whose address is taken."""
    written: dict[int, Mask] = field(default_factory=dict)
    """By block: may have been written, or shown, between the unit's entry and the block's start, restored or not."""


def _masks() -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """Columns of a row that are read and written, by instruction."""
    reads = {code: tuple(slot + 1 for slot in op.reads) for code, op in BY_CODE.items()}
    writes = {code: tuple(slot + 1 for slot in op.writes) for code, op in BY_CODE.items()}
    return reads, writes


READS, WRITES = _masks()


def system_call(units: Units, index: int) -> tuple[Mask, Mask]:
    """What a system call reads and writes; both of its registers if its number is known at run time only."""
    number = system_call_number(units, index)
    call = BY_SYSTEM_CALL.get(number) if number is not None else None
    if call is None:
        return 0b11, 0b11
    return (1 << len(call.takes)) - 1, (1 << len(call.gives)) - 1


def system_call_number(units: Units, index: int) -> int | None:
    """The number if it is a constant."""
    obj = units.flow.program.object
    slot = units.flow.rows[index][1]
    if slot < REGISTERS or obj.constant_kinds[slot - REGISTERS] != INT:
        return None
    return int(obj.constants[slot - REGISTERS])


class _Finder:
    def __init__(self, units: Units) -> None:
        self.units = units
        self.rows = units.flow.rows
        self.found = Registers()
        self.taken = frozenset(units.flow.taken)

    def callees_changed(self, row: list[int]) -> Mask:
        return self.found.changed.get(row[1], 0) if row[0] == CALL else self.found.changed_by_any

    def effect(self, index: int) -> tuple[Mask, Mask]:
        """Registers that an instruction reads and writes."""
        row = self.rows[index]
        code = row[0]
        if code == CALL:
            return self.found.needed.get(row[1], 0), self.callees_changed(row)
        if code == CALL_INDIRECT:
            return ALL, self.callees_changed(row)
        reads = writes = 0
        for column in READS[code]:
            if row[column] < REGISTERS:
                reads |= 1 << row[column]
        for column in WRITES[code]:
            writes |= 1 << row[column]
        if code == SYSTEM_CALL:
            more_reads, more_writes = system_call(self.units, index)
            return reads | more_reads, writes | more_writes
        return reads, writes

    def shows(self, index: int) -> Mask:
        """Registers that an instruction shows at their value of now."""
        row = self.rows[index]
        if row[0] == CALL:
            return self.found.shown.get(row[1], 0)
        if row[0] == CALL_INDIRECT:
            return ALL
        return system_call(self.units, index)[0] if row[0] == SYSTEM_CALL else 0

    def find_shown(self, component: list[Unit]) -> None:
        shown = self.found.shown
        again = True
        while again:
            again = False
            for unit in component:
                mask = shown.get(unit.entry, 0)
                for block in unit.blocks:
                    for index in range(block.start, block.end):
                        mask |= self.shows(index)
                for other in unit.continuations:
                    mask |= shown.get(other, 0)
                if mask != shown.get(unit.entry, 0):
                    again = len(component) > 1 or unit.is_recursive
                shown[unit.entry] = mask

    # -- changed

    def written_by(self, unit: Unit) -> Mask:
        """Everything that the unit or one below it writes for good."""
        mask = 0
        for block in unit.blocks:
            for index in range(block.start, block.end):
                mask |= self.effect(index)[1]
        return mask

    def restored_by(self, unit: Unit) -> Mask:
        """Registers that hold their entry's value at every return: followed through moves, pushes and pops."""
        if not unit.is_tidy:
            return 0
        start = tuple(range(REGISTERS)) + (-1,) * unit.slots
        states: dict[int, tuple[int, ...]] = {unit.entry: start}
        waiting = [unit.blocks[0]]
        blocks = {block.start: block for block in unit.blocks}
        kept = ALL
        while waiting:
            block = waiting.pop()
            state = self._follow(block, list(states[block.start]), unit.depth[block.start])
            leaves = not block.successors or any(after not in blocks for after in block.successors)
            if leaves:
                kept &= sum(1 << r for r in range(REGISTERS) if state[r] == r)
            for after in block.successors:
                if after not in blocks:
                    continue
                old = states.get(after)
                new = state if old is None else tuple(a if a == b else -1 for a, b in zip(old, state, strict=True))
                if new != old:
                    states[after] = new
                    waiting.append(blocks[after])
        return kept

    def _follow(self, block: Block, state: list[int], depth: int) -> tuple[int, ...]:
        """Which register's entry value each register and stack slot holds after a block; -1 for none."""
        for index in range(block.start, block.end):
            row = self.rows[index]
            code = row[0]
            if code == PUSH:
                state[REGISTERS + depth] = state[row[1]] if row[1] < REGISTERS else -1
                depth += 1
            elif code == POP:
                depth -= 1
                state[row[1]] = state[REGISTERS + depth]
            elif code == MOVE:
                state[row[1]] = state[row[2]] if row[2] < REGISTERS else -1
            else:
                writes = self.effect(index)[1]
                register = 0
                while writes:
                    if writes & 1:
                        state[register] = -1
                    writes >>= 1
                    register += 1
        return tuple(state)

    def find_changed(self, component: list[Unit]) -> None:
        changed = self.found.changed
        for unit in component:
            changed[unit.entry] = 0
        again = True
        while again:
            again = False
            for unit in component:
                mask = self.written_by(unit)
                if mask:
                    mask &= ~self.restored_by(unit)
                for other in unit.continuations:
                    mask |= changed.get(other, 0)
                if mask | changed[unit.entry] != changed[unit.entry]:
                    changed[unit.entry] |= mask
                    if unit.entry in self.taken:
                        self.found.changed_by_any |= mask
                    again = len(component) > 1 or unit.is_recursive

    # -- needed

    def find_written(self, unit: Unit) -> None:
        """Forward: what may have been written before each block."""
        blocks = {block.start: block for block in unit.blocks}
        own: dict[int, Mask] = {}
        for block in unit.blocks:
            mask = 0
            for index in range(block.start, block.end):
                mask |= self.effect(index)[1] | self.shows(index)
            own[block.start] = mask
        written = dict.fromkeys(blocks, 0)
        waiting = list(reversed(unit.blocks))
        while waiting:
            block = waiting.pop()
            after_it = written[block.start] | own[block.start]
            for after in block.successors:
                if after in blocks and after_it | written[after] != written[after]:
                    written[after] |= after_it
                    waiting.append(blocks[after])
        self.found.written.update(written)

    def find_needed(self, unit: Unit) -> Mask:
        """Backward: what is read, or would have to be shown, before it is written."""
        blocks = {block.start: block for block in unit.blocks}
        uses: dict[int, Mask] = {}
        defines: dict[int, Mask] = {}
        before: dict[int, list[Block]] = {block.start: [] for block in unit.blocks}
        for block in unit.blocks:
            used, defined = 0, 0
            written = self.found.written[block.start]
            for index in range(block.start, block.end):
                reads, writes = self.effect(index)
                # It may stop here, and then tells what was written.
                used |= (reads | written) & ~defined
                defined |= writes
                written |= writes | self.shows(index)
            for after in block.successors:
                if after in blocks:
                    before[after].append(block)
                else:
                    used |= self.found.needed.get(after, 0) & ~defined
                    written |= self.found.shown.get(after, 0)
            if not block.successors or any(after not in blocks for after in block.successors):
                used |= (self.found.changed[unit.entry] | written) & ~defined
            uses[block.start], defines[block.start] = used, defined
        live = dict.fromkeys(blocks, 0)
        waiting = list(unit.blocks)
        while waiting:
            block = waiting.pop()
            out = 0
            for after in block.successors:
                out |= live.get(after, 0)
            now = uses[block.start] | (out & ~defines[block.start])
            if now != live[block.start]:
                live[block.start] = now
                waiting += before[block.start]
        return live[unit.entry]

    def run(self) -> Registers:
        needed = self.found.needed
        for component in self.units.order:
            self.find_changed(component)
            self.find_shown(component)
        for component in self.units.order:
            for unit in component:
                self.find_written(unit)
                needed[unit.entry] = 0
            again = True
            while again:
                again = False
                for unit in component:
                    mask = self.find_needed(unit)
                    if mask != needed[unit.entry]:
                        needed[unit.entry] = mask
                        again = len(component) > 1 or unit.is_recursive
        return self.found


def find(units: Units) -> Registers:
    """The sets of every unit."""
    return _Finder(units).run()
