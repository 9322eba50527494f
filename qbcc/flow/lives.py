"""Liveness through calls: what is read of a register behind a place, in the routine and by those that it returns to;
and definitions and uses of one register, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qbcc.flow.code import Mask
from qbcc.flow.effects import Effects
from qbcc.flow.routines import Routine, settle
from vm.flow.blocks import CALL, CALL_INDIRECT, Block

_CALLS = (CALL, CALL_INDIRECT)


class Lives:
    """Registers that are read later. ``outside``: what those read that call a routine and are not here; ``halted``:
    what is looked at when the program has ended."""

    def __init__(self, effects: Effects, outside: Callable[[Routine], Mask], halted: Mask = 0) -> None:
        self.effects = effects
        self.halted = halted
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
                is_call = self.effects.code.rows[index][0] in _CALLS
                out |= self.after(caller, index) if is_call else self.out[caller.entry]
        if out == self.out[routine.entry] and routine.entry in self._live:
            return False
        self.out[routine.entry] = out
        self._live[routine.entry] = self.effects.live(routine, out, self.halted)
        for block in routine.blocks:
            self._after.pop((routine.entry, block.start), None)
        return True

    def after(self, routine: Routine, index: int) -> Mask:
        """What is read behind an instruction."""
        block = routine.inside[self.effects.routines.starts[index]]
        found = self._after.get((routine.entry, block.start))
        if found is None:
            live = self._live[routine.entry]
            found = self.effects.behind_each(routine, block, self.out[routine.entry], live, self.halted)
            self._after[routine.entry, block.start] = found
        return found[index - block.start]


class Chains:
    """Definitions and uses in one routine. Instructions that control does not come to have none."""

    def __init__(self, effects: Effects, routine: Routine) -> None:
        self.effects = effects
        self.routine = routine
        self.known = effects.known[routine.entry]
        self.before: dict[int, list[Block]] = {}
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

    def definitions(self, index: int, register: int) -> tuple[list[int], bool]:
        """Where the value comes from that a register has before an instruction, and whether it may be the entry's."""
        found: dict[int, None] = {}
        start = self._block(index).start
        is_entry = self._back(start, index, register, found)
        seen: set[int] = set()
        waiting = [start] if is_entry else []
        from_entry = False
        while waiting:
            start = waiting.pop()
            if start in seen:
                continue
            seen.add(start)
            from_entry |= start == self.routine.entry
            for block in self.before.get(start, ()):
                if self._back(block.start, block.end, register, found):
                    waiting.append(block.start)
        return sorted(found), from_entry

    def _back(self, start: int, end: int, register: int, found: dict[int, None]) -> bool:
        """Look through a part of a block from its end; whether the value may come from before it."""
        for index in range(end - 1, start - 1, -1):
            if self.writes(index) >> register & 1:
                found[index] = None
                if self.effects.reads_and_kills(index)[1] >> register & 1:
                    return False
        return True

    def uses(self, index: int, register: int, without: int = -1) -> tuple[list[int], bool]:
        """Where the value is read that a register has behind an instruction, nearest first, and whether it may come to
        an end of the routine. ``without``: an instruction that is not passed."""
        found: dict[int, None] = {}
        block = self._block(index)
        seen: set[int] = set()
        leaves = False
        waiting = [(block, index + 1)]
        while waiting:
            block, start = waiting.pop(0)
            if not self._forward(block, start, register, without, found):
                continue
            inside = [after for after in block.successors if after in self.routine.inside]
            leaves |= len(inside) < len(block.successors) or not block.successors
            for after in inside:
                if after not in seen:
                    seen.add(after)
                    waiting.append((self.routine.inside[after], after))
        return list(found), leaves

    def _forward(self, block: Block, start: int, register: int, without: int, found: dict[int, None]) -> bool:
        stop = self.known.stops.get(block.start, -1)
        for index in range(start, block.end):
            if index == without:
                return False
            if self.reads(index) >> register & 1:
                found[index] = None
            if self.effects.reads_and_kills(index)[1] >> register & 1 or index == stop:
                return False
        return True

    def reaches(self, start: int, end: int) -> bool:
        """Whether control may come from behind one instruction to another."""
        return end in self.region(start)

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
