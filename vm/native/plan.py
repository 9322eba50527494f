"""What is compiled and how: which calls are expanded in place, which functions watch the stacks."""

from __future__ import annotations

from typing import Final

from vm.flow import blocks, kinds, registers, units
from vm.flow.blocks import CALL, CALL_INDIRECT, HUB, Block, Flow
from vm.flow.graph import components
from vm.flow.kinds import Transfer
from vm.flow.units import Unit
from vm.isa import BY_SYSTEM_CALL
from vm.program import Program

SMALL: Final = 48
"""Instructions of a subroutine that is expanded wherever it is called."""
ONLY: Final = 400
"""Instructions of a subroutine that is expanded at its only call."""
UNROLLED: Final = 180
"""Instructions that a subroutine may come to by expanding its calls of itself."""
TINY: Final = 24
"""Instructions of one that may come to :data:`UNROLLED_TINY` if it calls itself twice: calls are most of its work."""
UNROLLED_TINY: Final = 720
LEVELS: Final = 8
"""How deep it is expanded in itself at most."""
COPIES: Final = 4
"""How often the block of a short loop stands one after the other: it looks at the limit only after the last."""
SHORT: Final = 12
"""Instructions of such a block."""
HOST: Final = 1500
"""Instructions that a function may come to."""
_CALLS: Final = (CALL, CALL_INDIRECT)
_FAR: Final = 10_000
"""Instructions that a unit's calls may come to before it looks at the count after each."""
_WATCH: Final = 32
"""Levels of calls between two looks at the host's stack."""


class Plan:
    """Everything that emitting a program's functions needs to know of it."""

    def __init__(self, program: Program, *, float_arguments: bool = True) -> None:
        self.program = program
        self.flow: Flow = blocks.find(program, float_arguments=float_arguments)
        self.units = units.find(self.flow)
        self.registers = registers.find(self.units)
        self.kinds = kinds.find(self.units, self.registers)
        self.transfer = Transfer(self.units, self.registers, self.kinds)
        self.by_entry: dict[int, Unit] = {
            entry: unit for entry, unit in self.units.by_entry.items() if entry in self.kinds.before
        }
        """Units that control can come to."""
        self.sites: dict[int, int] = {}
        """Call instructions by callee."""
        self.expanded: dict[int, int] = {}
        """Instructions with what is expanded in place."""
        self.whole: dict[int, int] = {}
        """The same with the copies of itself and of short loops."""
        self.copied: dict[int, int] = {}
        """Instructions that copies of short loops add to :attr:`expanded`."""
        self.levels: dict[int, int] = {}
        """How often a unit that calls itself is expanded in itself."""
        self.deep: set[int] = set()
        """Units that recurse or come to one that does: they count their depth."""
        self.watching: set[int] = set()
        """Units that look at the host's stack."""
        self.looking: set[int] = set()
        """Units that look at the count after each call."""
        self.frames = self.values = 0
        """Frames, and values on their stacks, that units outside recursions come to at most."""
        self.top = self._top()
        """Units that may return to the host."""
        self._owners: dict[int, int] = {}
        self._starts: dict[int, dict[int, Block]] = {}
        self._measure()
        self.straight = self._straight()

    def _top(self) -> set[int]:
        waiting = [self.program.object.entry, *self.program.entry_points().values()]
        found: set[int] = set()
        while waiting:
            entry = waiting.pop()
            if entry in self.by_entry and entry not in found:
                found.add(entry)
                waiting += self.by_entry[entry].continuations
        return found

    def owner(self, index: int) -> int | None:
        """Entry of the unit that an instruction is in, None for one that control cannot come to."""
        if not self._owners:
            for unit in self.by_entry.values():
                for block in unit.blocks:
                    self._owners.update(dict.fromkeys(range(block.start, block.end), unit.entry))
        return self._owners.get(index)

    def starts(self, unit: Unit) -> dict[int, Block]:
        """A unit's blocks by first instruction."""
        found = self._starts.get(unit.entry)
        if found is None:
            found = self._starts[unit.entry] = {block.start: block for block in unit.blocks}
        return found

    def _measure(self) -> None:
        rows = self.flow.rows
        for unit in self.by_entry.values():
            for block in unit.blocks:
                for index in range(block.start, block.end):
                    if rows[index][0] == CALL:
                        self.sites[rows[index][1]] = self.sites.get(rows[index][1], 0) + 1
        height: dict[int, int] = {}
        values: dict[int, int] = {}
        for component in self.units.order:
            others = {other for unit in component for other in unit.others} - {unit.entry for unit in component}
            tall = 1 + max((height[other] for other in others), default=0)
            most = max((values[other] for other in others), default=0) + max(unit.slots for unit in component)
            for unit in component:
                height[unit.entry], values[unit.entry] = tall, most
                if unit.is_recursive or any(other in self.deep for other in unit.others):
                    self.deep.add(unit.entry)
                if unit.is_recursive or tall % _WATCH == 0:
                    self.watching.add(unit.entry)
                self._expand(unit)
        self.frames = max(height.values(), default=0)
        self.values = max(values.values(), default=0)

    def _expand(self, unit: Unit) -> None:
        size = unit.size
        copied = sum((self.copies(block) - 1) * (block.end - block.start) for block in unit.blocks)
        itself = 0
        for index in self._call_sites(unit):
            callee = self.flow.rows[index][1]
            if callee == unit.entry:
                itself += 1
            elif self.is_small(callee) and size + self.expanded[callee] <= HOST:
                size += self.expanded[callee]
                copied += self.copied[callee]
        self.expanded[unit.entry] = size
        self.copied[unit.entry] = copied
        levels, total, copies = 0, size, itself
        most = UNROLLED_TINY if itself > 1 and size <= TINY else UNROLLED
        while itself and levels < LEVELS and total + copies * size <= most:
            total += copies * size
            copies *= itself
            levels += 1
        self.levels[unit.entry] = levels
        # The hub's own unit has no instruction.
        self.whole[unit.entry] = total // max(size, 1) * (size + copied)

    def copies(self, block: Block) -> int:
        """How often a block stands one after the other."""
        is_short = block.end - block.start <= SHORT and block.start in block.successors
        if not is_short or any(self.flow.rows[i][0] in _CALLS for i in range(block.start, block.end)):
            return 1
        return COPIES

    def _call_sites(self, unit: Unit) -> list[int]:
        rows = self.flow.rows
        return [i for block in unit.blocks for i in range(block.start, block.end) if rows[i][0] == CALL]

    def calls_in_loops(self, unit: Unit) -> bool:
        """Whether a unit that recurses calls something in a loop."""
        if not unit.is_recursive:
            return False
        starts = self.starts(unit)
        inside = {start: [after for after in block.successors if after in starts] for start, block in starts.items()}
        around = {
            start
            for loop in components(inside, inside.__getitem__)
            for start in loop
            if len(loop) > 1 or start in inside[start]
        }
        return any(self.flow.rows[i][0] in _CALLS for start in around for i in range(start, starts[start].end))

    def is_small(self, entry: int) -> bool:
        """Whether a call of it is expanded in place."""
        unit = self.by_entry.get(entry)
        if unit is None or unit.is_recursive or entry not in self.expanded:
            return False
        if HUB in self.starts(unit) and len(self.flow.taken) > SMALL:
            # It brings along a way to each place whose address is taken.
            return False
        size = self.expanded[entry]
        # Where there is a loop, a call costs little beside it.
        return (size <= SMALL and not unit.loop_heads) or (size <= ONLY and self.sites.get(entry, 0) == 1)

    def _straight(self) -> int:
        """Instructions that run between two looks at the count at most."""
        longest: dict[int, int] = {}
        most = 0
        for component in self.units.order:
            for unit in component:
                calls = [self.flow.rows[index][1] for index in self._call_sites(unit)]
                below = [longest.get(other, 0) for other in (*calls, *unit.others)]
                if unit.is_recursive or unit.is_indirect or sum(below) > _FAR:
                    self.looking.add(unit.entry)
                    length = self.whole[unit.entry] + max(below, default=0)
                else:
                    length = self.whole[unit.entry] + sum(below)
                most = max(most, length)
                # One that recurses looks when it is entered.
                longest[unit.entry] = 0 if unit.is_recursive else length
        return most + 1

    def gives(self, index: int) -> int:
        """How many registers a system call writes."""
        number = registers.system_call_number(self.units, index)
        if number is None:
            return 2
        call = BY_SYSTEM_CALL.get(number)
        return len(call.gives) if call is not None else 0

    def takes(self, index: int) -> int:
        """How many registers a system call reads."""
        number = registers.system_call_number(self.units, index)
        call = BY_SYSTEM_CALL.get(number) if number is not None else None
        return len(call.takes) if call is not None else 2

    def constant(self, slot: int) -> tuple[int, bool]:
        """A constant's bits, signed, and whether it is a float."""
        cell = self.program.cells[slot]
        return int(cell[0]), bool(cell[1])
