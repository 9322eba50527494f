"""Code that is never reached, routines that run into each other, loops that never end."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Final

from qbcc.flow.code import ALL, Mask, registers_in
from qbcc.flow.routines import Routine
from qbcc.lint import messages
from qbcc.lint.assembly.look import Look
from vm.flow.blocks import BRANCHES, CALL, CALL_INDIRECT, ENDS, JUMP, JUMP_INDIRECT, RETURN, STOPS, TARGET
from vm.flow.graph import dominators
from vm.isa import ARITHMETIC, BITS, BY_CODE, BY_NAME, FLOATS, JUMPS

_IDLE: Final = frozenset(op.code for name in ("QNOP", "QRET", "QHALT", "QJMP", "QTRAP") for op in BY_NAME[name])
"""What is put behind a call that does not return, and the like, to be sure."""
_ENDINGS: Final = frozenset(op.code for name in ("QTRAP", "QHALT", "QASSERT") for op in BY_NAME[name])
"""What may end a program."""

_PURE: Final = frozenset(
    op.name
    for op in BY_CODE.values()
    if op.group in (ARITHMETIC, BITS, FLOATS, JUMPS) or op.name.startswith("QLOAD") or op.name in ("QMOV", "QNOP")
)
"""Instructions that leave all but registers as it is."""
_MOST: Final = 30
"""Loops around a block that are looked at, on the average of a routine."""


class Control:
    """Looks at all routines."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.code = look.code
        self.rows = look.code.rows
        self.cut = look.flow.cut
        self.entries = sorted(self.cut.by_entry)

    def run(self) -> None:
        """Everything."""
        self._unreached()
        for routine in self.look.routines:
            if self.look.is_own_routine(routine):
                self._tails(routine)
                self._middles(routine)
                self._loops(routine)

    # -- reaching

    def _unreached(self) -> None:
        """Runs of code that nothing leads to; in a program, routines that nothing calls."""
        seen = self.cut.reached if self.look.starts else bytearray(b"\1" * len(self.rows))
        covered = bytearray(len(self.rows))
        for routine in self.look.routines:
            for index in routine.instructions():
                covered[index] = 1
        index = 0
        while index < len(self.rows):
            if covered[index] and seen[index]:
                index += 1
                continue
            end = index + 1
            while end < len(self.rows) and not (covered[end] and seen[end]) and end not in self.code.names:
                end += 1
            self._tell(index, end)
            index = end

    def _tell(self, start: int, end: int) -> None:
        look, routine = self.look, self.cut.by_entry.get(start)
        if not look.is_own(start) or self.code.lines[start].use is not None:
            return
        if routine is None or not self._leaves(routine):
            if all(self.rows[index][0] in _IDLE for index in range(start, end)) or start in self._called:
                return
            ended = start > 0 and self.rows[start - 1][0] in ENDS
            look.report(messages.unreachable(look.span(start), look.span(start - 1) if ended else None))
        elif not self._is_led_to(routine) and look.outer(start).source is look.main:
            look.report(messages.uncalled(look.entry_span(routine), routine.name))

    @cached_property
    def _called(self) -> frozenset[int]:
        """Code of routines that only uncalled ones call: it is told at those."""
        found: set[int] = set()
        for routine in self.look.routines:
            if routine.callers:
                found.update(routine.instructions())
        return frozenset(found)

    def _is_led_to(self, routine: Routine) -> bool:
        return routine.is_root or any(caller is not routine for caller, _ in routine.callers)

    def _leaves(self, routine: Routine) -> bool:
        """Whether it ends as routines do, and does not run into what is reached otherwise."""
        return not routine.tails and any(
            self.rows[block.end - 1][0] in STOPS or self.rows[block.end - 1][0] in TARGET for block in routine.blocks
        )

    # -- running into each other

    def _tails(self, routine: Routine) -> None:
        look = self.look
        for index, entry in routine.tails:
            row = self.rows[index]
            if index + 1 != entry or look.flow.owners[index] is not routine or not look.is_own(index):
                continue
            if row[0] in (*STOPS, JUMP_INDIRECT) or (row[0] in TARGET and row[0] not in BRANCHES and row[0] != CALL):
                continue
            if row[0] in (CALL, CALL_INDIRECT) and not look.effects.call(index).returns:
                continue
            callee = self.cut.by_entry[entry]
            is_called = any(caller is not callee and look.is_call(at) for caller, at in callee.callers)
            if is_called or entry in look.contracts:
                look.report(messages.falls_into(look.span(index), callee.name, look.entry_span(callee)))
        last = len(self.rows) - 1
        if last in look.chains(routine).instructions() and look.is_own(last):
            row = self.rows[last]
            ends = row[0] in ENDS and row[0] not in BRANCHES
            if not ends and not (row[0] in (CALL, CALL_INDIRECT) and not look.effects.call(last).returns):
                look.report(messages.falls_off(look.span(last)))

    def _middles(self, routine: Routine) -> None:
        """Jumps from the text of one routine into that of another, past its entry."""
        look = self.look
        for block in routine.blocks:
            index = block.end - 1
            code = self.rows[index][0]
            if code not in TARGET or index in self.code.external or not look.is_own(index):
                continue
            target = self.rows[index][TARGET[code]]
            other = self._around(target)
            if other is None or other.entry == target or other is self._around(index):
                continue
            # It is the other's if that comes there from its own entry, and this one only by the jump.
            if target in other.inside and target in routine.inside and self._comes_by_itself(other, target):
                spans = look.span(target), look.entry_span(other)
                look.report(messages.into_the_middle(look.span(index), other.name, *spans))

    def _around(self, index: int) -> Routine | None:
        """The routine whose entry stands last before an instruction."""
        at = bisect_right(self.entries, index) - 1
        return self.cut.by_entry[self.entries[at]] if at >= 0 else None

    def _comes_by_itself(self, routine: Routine, target: int) -> bool:
        """Whether a routine runs through one of its blocks as a part of its text: it falls into it, or has something on
        the stack there. A common end that it jumps to is another matter."""
        known = self.look.effects.known[routine.entry]
        falls = any(
            block.end == target
            and target in block.successors
            and self.rows[target - 1][0] != JUMP
            and self._around(block.start) is routine
            for block in routine.blocks
        )
        before = known.before.get(target)
        return falls or (before is not None and bool(before.depth) and self._around(target) is routine)

    # -- loops

    def _loops(self, routine: Routine) -> None:
        told: set[int] = set()
        blocks = {start: self._seen(routine, start) for start in self.look.effects.known[routine.entry].before}
        live = self.look.effects.live(routine, ALL)
        for head, body in self._natural(routine):
            if head not in told and body <= blocks.keys():
                is_same = not self._carries(routine, head, body, live)
                if self._never_ends(routine, body, blocks, is_same):
                    told.add(head)

    def _carries(self, routine: Routine, head: int, body: set[int], live: dict[int, Mask]) -> bool:
        """Whether a turn of a loop may be another than the one before: by a register, memory, or what is outside."""
        chains, written = self.look.chains(routine), 0
        for start in body:
            for index in range(start, routine.inside[start].end):
                op = self.code.op(index)
                if op.name not in _PURE or self.look.is_call(index):
                    return True
                written |= chains.writes(index)
        return bool(written & live[head])

    def _seen(self, routine: Routine, start: int) -> Mask | None:
        """What a block writes; None if something in it may end the program or return."""
        chains, written = self.look.chains(routine), 0
        for index in range(start, routine.inside[start].end):
            code = self.rows[index][0]
            if code in _ENDINGS or code in (RETURN, JUMP_INDIRECT):
                return None
            if self.look.is_call(index) and not self._only_returns(index):
                return None
            written |= chains.writes(index)
        return written

    def _natural(self, routine: Routine) -> list[tuple[int, set[int]]]:
        """Loops with one head: what can go back to it without passing it. Blocks by first instruction."""
        inside = routine.inside
        before: dict[int, list[int]] = {}
        for block in routine.blocks:
            for after in block.successors:
                if after in inside:
                    before.setdefault(after, []).append(block.start)
        found = []
        budget = _MOST * len(routine.blocks)
        for head, body in self._retreats(routine):
            if budget < 0:
                break
            loop = {head}
            waiting = [body]
            while waiting:
                start = waiting.pop()
                if start not in loop:
                    loop.add(start)
                    waiting += before.get(start, ())
            budget -= len(loop)
            found.append((head, loop))
        return found

    def _retreats(self, routine: Routine) -> list[tuple[int, int]]:
        """Steps back to a block that dominates the one they come from: head, and where from."""
        inside = routine.inside

        def successors(start: int) -> list[int]:
            return [after for after in inside[start].successors if after in inside]

        order, above = dominators([routine.entry], successors)
        place = {start: position for position, start in enumerate(order)}

        def dominates(head: int, start: int) -> bool:
            at = place[start]
            while at >= 0 and order[at] != head:
                at = above[at]
            return at >= 0

        return [
            (after, start)
            for start in order
            for after in successors(start)
            if place[after] <= place[start] and dominates(after, start)
        ]

    def _never_ends(self, routine: Routine, body: set[int], blocks: dict[int, Mask | None], is_same: bool) -> bool:
        """Tell of a loop whose ways out all depend on registers that nothing in it changes, or each of whose turns is
        the same."""
        look = self.look
        written, tested = 0, 0
        exits: list[int] = []
        for start in body:
            block, seen = routine.inside[start], blocks[start]
            if seen is None:
                return False
            written |= seen
            if any(after not in body for after in block.successors):
                last = block.end - 1
                if self.rows[last][0] not in BRANCHES:
                    return False
                exits.append(last)
                tested |= self.code.reads[last]
        if not exits or not tested or (tested & written and not is_same) or not look.is_own(exits[0]):
            return False
        names = [f"r{register}" for register in registers_in(tested)]
        look.report(messages.endless(look.span(min(exits)), names, look.span(min(body))))
        return True

    def _only_returns(self, index: int) -> bool:
        """Whether a call does nothing that might end the program."""
        return not self.code.is_open(index) and not any(t in self.stopping for t in self.code.call_targets(index))

    @cached_property
    def stopping(self) -> frozenset[int]:
        """Entries of routines in which, or below which, something may end the program."""
        found: set[int] = set()
        for component in self.cut.order:
            for routine in component:
                own = any(self.rows[index][0] in _ENDINGS for index in routine.instructions())
                if own or any(self.code.is_open(call.index) for call in routine.calls):
                    found.add(routine.entry)
            # Callees stand before their callers.
            if any(not found.isdisjoint((routine.entry, *routine.others)) for routine in component):
                found.update(routine.entry for routine in component)
        return frozenset(found)
