"""Liveness through calls: what is read of a register behind a place, in the routine and by those that it returns to;
and definitions and uses of one register, one by one."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qbcc.flow.code import Mask
from qbcc.flow.effects import Effects
from qbcc.flow.routines import Routine, settle
from vm.flow.blocks import CALL, CALL_INDIRECT, Block

_CALLS = (CALL, CALL_INDIRECT)


class Lives:
    """Registers that are read later. ``outside``: what those read that call a routine and are not here; ``halted``:
    what is looked at when the program has ended; ``taken``: by call, and what is read behind it, what of that the
    caller takes from the call; else all."""

    def __init__(
        self,
        effects: Effects,
        outside: Callable[[Routine], Mask],
        halted: Mask = 0,
        taken: Callable[[int, Mask], Mask] = lambda index, mask: mask,
    ) -> None:
        self.effects = effects
        self.halted = halted
        self.taken = taken
        self.out: dict[int, Mask] = {}
        """By routine: what is read behind its returns."""
        self._live: dict[int, dict[int, Mask]] = {}
        self._after: dict[tuple[int, int], list[Mask]] = {}
        for component in reversed(effects.routines.order):
            for routine in component:
                self.out[routine.entry] = outside(routine)
            settle(component, self._routine)

    def _routine(self, routine: Routine) -> bool:
        out = self.out[routine.entry]
        for caller, index in routine.callers:
            if caller.entry in self._live:
                out |= self._behind(caller, index)
        if out == self.out[routine.entry] and routine.entry in self._live:
            return False
        self.out[routine.entry] = out
        self._live[routine.entry] = self.effects.live(routine, out, self.halted)
        for block in routine.blocks:
            self._after.pop((routine.entry, block.start), None)
        return True

    def _behind(self, caller: Routine, index: int) -> Mask:
        """What is read of a routine's registers behind a call of it, or where another goes on to it."""
        if self.effects.code.rows[index][0] not in _CALLS:
            return self.out[caller.entry]
        return self.taken(index, self.after(caller, index))

    def after(self, routine: Routine, index: int) -> Mask:
        """What is read behind an instruction."""
        block = routine.inside[self.effects.routines.starts[index]]
        found = self._after.get((routine.entry, block.start))
        if found is None:
            live = self._live[routine.entry]
            found = self.effects.behind_each(routine, block, self.out[routine.entry], live, self.halted)
            self._after[routine.entry, block.start] = found
        return found[index - block.start]


@dataclass(frozen=True, slots=True)
class _Events:
    """What instructions of a block do with one register, by index, ascending."""

    reads: list[int]
    writes: list[int]
    kills: list[int]
    """Of the writes, those after which nothing is left of the value before."""


class Chains:
    """Definitions and uses in one routine. Instructions that control does not come to have none."""

    def __init__(self, effects: Effects, routine: Routine) -> None:
        self.effects = effects
        self.routine = routine
        self.known = effects.known[routine.entry]
        self.before: dict[int, list[Block]] = {}
        self._events: dict[tuple[int, int], _Events] = {}
        self._sources: dict[tuple[int, int], tuple[list[int], bool]] = {}
        """By block and register, where the value at its start comes from."""
        for start in self.known.before:
            block = routine.inside[start]
            if start not in self.known.stops:
                for after in block.successors:
                    if after in routine.inside:
                        self.before.setdefault(after, []).append(block)

    def _block(self, index: int) -> Block:
        """The block that an instruction is in."""
        return self.routine.inside[self.effects.routines.starts[index]]

    def reads(self, index: int) -> Mask:
        """What an instruction reads; of a call what the callee reads."""
        return 0 if index in self.known.silent else self.effects.reads_and_kills(index)[0]

    def writes(self, index: int) -> Mask:
        """What it may change."""
        code = self.effects.code
        return self.effects.call(index).changes if code.rows[index][0] in _CALLS else code.writes[index]

    def _of(self, start: int, register: int) -> _Events:
        """What a block does with a register."""
        found = self._events.get((start, register))
        if found is None:
            found = self._events[start, register] = _Events([], [], [])
            for index in range(start, self.routine.inside[start].end):
                read, kill = self.effects.reads_and_kills(index)
                if read >> register & 1 and index not in self.known.silent:
                    found.reads.append(index)
                if self.writes(index) >> register & 1:
                    found.writes.append(index)
                if kill >> register & 1:
                    found.kills.append(index)
        return found

    def definitions(self, index: int, register: int) -> tuple[list[int], bool]:
        """Where the value comes from that a register has before an instruction, and whether it may be the entry's."""
        found: dict[int, None] = {}
        start = self._block(index).start
        if not self._back(start, index, register, found):
            return sorted(found), False
        further, from_entry = self._before(start, register)
        found.update(dict.fromkeys(further))
        return sorted(found), from_entry

    def _before(self, start: int, register: int) -> tuple[list[int], bool]:
        """The same at the start of a block."""
        known = self._sources.get((start, register))
        if known is not None:
            return known
        found: dict[int, None] = {}
        seen: set[int] = set()
        waiting = [start]
        from_entry = False
        while waiting:
            there = waiting.pop()
            if there in seen:
                continue
            seen.add(there)
            known = self._sources.get((there, register))
            if known is not None:
                found.update(dict.fromkeys(known[0]))
                from_entry |= known[1]
                continue
            from_entry |= there == self.routine.entry
            for block in self.before.get(there, ()):
                if self._back(block.start, block.end, register, found):
                    waiting.append(block.start)
        self._sources[start, register] = list(found), from_entry
        return self._sources[start, register]

    def _back(self, start: int, end: int, register: int, found: dict[int, None]) -> bool:
        """Look through a part of a block from its end; whether the value may come from before it."""
        events = self._of(start, register)
        killed = bisect_left(events.kills, end) - 1
        last = events.kills[killed] if killed >= 0 else start
        found.update(
            dict.fromkeys(events.writes[bisect_left(events.writes, last) : bisect_left(events.writes, end)][::-1])
        )
        return killed < 0

    def uses(self, index: int, register: int, without: int = -1, most: int | None = None) -> tuple[list[int], bool]:
        """Where the value is read that a register has behind an instruction, nearest first, and whether it may come to
        an end of the routine. ``without``: an instruction that is not passed. ``most``: uses after which no more are
        looked for; then the second answer is not to be relied on."""
        found: dict[int, None] = {}
        block = self._block(index)
        seen: set[int] = set()
        leaves = False
        waiting = deque([(block, index + 1)])
        while waiting and (most is None or len(found) < most):
            block, start = waiting.popleft()
            if not self._forward(block, start, register, without, found, most):
                continue
            inside = [after for after in block.successors if after in self.routine.inside]
            leaves |= len(inside) < len(block.successors) or not block.successors
            for after in inside:
                if after not in seen:
                    seen.add(after)
                    waiting.append((self.routine.inside[after], after))
        return list(found), leaves

    def _forward(
        self, block: Block, start: int, register: int, without: int, found: dict[int, None], most: int | None
    ) -> bool:
        events = self._of(block.start, register)
        ends = []
        killing = bisect_left(events.kills, start)
        if killing < len(events.kills):
            ends.append(events.kills[killing] + 1)
        if self.known.stops.get(block.start, -1) >= start:
            ends.append(self.known.stops[block.start] + 1)
        if start <= without < block.end:
            ends.append(without)
        end = min(ends, default=block.end)
        first, last = bisect_left(events.reads, start), bisect_left(events.reads, end)
        found.update(dict.fromkeys(events.reads[first : last if most is None else min(last, first + most)]))
        return not ends

    def meets_call(self, index: int, register: int) -> bool:
        """Whether the value that a register has behind an instruction may still be there at a call."""
        rows = self.effects.code.rows
        seen: set[int] = set()
        waiting = [(self._block(index), index + 1)]
        while waiting:
            block, start = waiting.pop()
            for at in range(start, block.end):
                if rows[at][0] in _CALLS:
                    return True
                if self.writes(at) >> register & 1:
                    break
            else:
                for after in block.successors:
                    if after in self.routine.inside and after not in seen:
                        seen.add(after)
                        waiting.append((self.routine.inside[after], after))
        return False

    def region(self, start: int) -> set[int]:
        """Instructions that control may come to from behind one."""
        found: set[int] = set()
        waiting = [(self._block(start), start + 1)]
        seen: set[int] = set()
        while waiting:
            block, begin = waiting.pop()
            stop = self.known.stops.get(block.start)
            if stop is not None and stop >= begin:
                found.update(range(begin, stop + 1))
                continue
            found.update(range(begin, block.end))
            for after in block.successors:
                if after in self.routine.inside and after not in seen:
                    seen.add(after)
                    waiting.append((self.routine.inside[after], after))
        return found

    def instructions(self) -> Iterator[int]:
        """Those that control comes to, in order."""
        for start in sorted(self.known.before):
            yield from range(start, self.known.stops.get(start, self.routine.inside[start].end - 1) + 1)
