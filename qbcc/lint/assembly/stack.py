"""Pushes and pops: as many by every way, back in order, and nothing left at a return."""

from __future__ import annotations

from collections.abc import Iterator

from qbcc.diagnostics import Edit, Fix, Related
from qbcc.flow.effects import Known
from qbcc.flow.routines import Routine
from qbcc.flow.tags import State
from qbcc.lint import messages
from qbcc.lint.assembly.look import Look
from qbcc.lint.assembly.saving import before, indent
from qbcc.syntax.lines import Node
from vm.flow.blocks import CALL, CALL_INDIRECT, POP, PUSH, RETURN, Block
from vm.isa import REGISTERS

_Origins = tuple[int, ...] | None
"""The push of each value on the stack, -1 where that depends on the way; None where their number does."""


class Stack:
    """Looks at all routines."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.rows = look.code.rows
        self.told: set[int] = set()
        """Entries of routines that were told to be unlevel."""

    def levelled(self) -> set[int]:
        """Tell of routines that leave their callers another stack than they found, but for those that may have it of
        others; gives their entries."""
        found: set[int] = set()
        for component in self.look.flow.cut.order:
            for routine in component:
                if routine.entry in self.look.effects.level or not self._is_looked_at(routine):
                    continue
                if not found.isdisjoint(routine.others):
                    found.add(routine.entry)
                elif self._returns(routine, self.look.effects.known[routine.entry]):
                    self.told.add(routine.entry)
                    found.add(routine.entry)
        return found & self.told

    def run(self) -> None:
        """Everything else."""
        for routine in self.look.routines:
            if self._is_looked_at(routine):
                self._ways(routine, self.look.effects.known[routine.entry])
                self._order(routine)

    def _is_looked_at(self, routine: Routine) -> bool:
        return routine.is_whole and self.look.is_own_routine(routine)

    # -- depth

    def _ways(self, routine: Routine, known: Known) -> None:
        """Tell of a join of unlike depth: of several the first, the others may follow from it."""
        if known.conflicts:
            start = min(known.conflicts)
            depths = known.conflicts[start]
            related = self._pushed(routine, max(depths), start)
            self.look.report(messages.unlike_depths(self.look.span(start), depths, related))

    def _pushed(self, routine: Routine, depth: int, before: int) -> tuple[Related, ...]:
        """The push that brought the stack to a depth, the last one before a place."""
        depths = self.look.effects.depths(routine)
        pushes = [i for i, found in depths.items() if self.rows[i][0] == PUSH and found == depth - 1]
        nearest = [index for index in pushes if index < before] or pushes
        return (Related(self.look.span(max(nearest)), "pushed here"),) if nearest else ()

    def _returns(self, routine: Routine, known: Known) -> bool:
        """Tell of returns that are not level, the first; whether there is one."""
        look = self.look
        if known.conflicts:
            return False
        ends = {i: s.depth for i, s in known.ends.items() if self.rows[i][0] == RETURN}
        below = [i for i, depth in look.effects.depths(routine).items() if self.rows[i][0] == POP and depth == 0]
        if look.is_start(routine):
            if below:
                look.report(messages.underflow(look.span(min(below))))
            return False
        depths = {depth for depth in ends.values() if depth is not None}
        if not depths - {0} or (len(depths) == 1 and self._is_meant(routine, min(depths))):
            return False
        index = min(index for index, depth in ends.items() if depth)
        depth = ends[index]
        assert depth is not None
        related = self._pushed(routine, depth, index) if depth > 0 else ()
        place = index if depth > 0 or not below else min(below)
        fix = self._popped(index, known.ends[index]) if depth > 0 else None
        look.report(messages.unlevel(look.span(place), depth, routine.name, related, fix))
        return True

    def _popped(self, index: int, end: State) -> Fix | None:
        """Pop at a return what was saved, if nothing else is left."""
        left = list(reversed(end.stack or ()))
        line = self.look.code.lines[index]
        if line.use is not None or not left or end.below or any(not 0 <= tag < REGISTERS for tag in left):
            return None
        popped = f"QPOP {', '.join(f'r{tag}' for tag in left)}"
        return Fix(before(self.look, index), f"{popped}\n{indent(self.look, index)}", f"write {popped} before it")

    def _is_meant(self, routine: Routine, depth: int) -> bool:
        """Whether callers count on what a routine leaves on the stack or takes from it: with it they are level."""
        if not routine.callers:
            return False
        for caller, index in routine.callers:
            known = self.look.effects.known[caller.entry]
            if known.conflicts or self._level(caller, known) != 0:
                return False
            before = self.look.effects.depths(caller).get(index, 0)
            if before is None or before + depth < 0:
                return False
            if depth > 0 and not self._pops_behind(caller, index):
                return False
        return True

    def _level(self, routine: Routine, known: Known) -> int | None:
        """The depth at the ends of a routine; None where they differ."""
        depths = {state.depth for state in known.ends.values()}
        if self.look.is_start(routine):
            # The stack of a program that ends is nobody's.
            return 0
        return depths.pop() if len(depths) == 1 else 0 if not depths else None

    def _pops_behind(self, routine: Routine, index: int) -> bool:
        depths = self.look.effects.depths(routine)
        depth = depths.get(index)
        region = self.look.chains(routine).region(index)
        return any(self.rows[at][0] == POP and depths.get(at) == (depth or 0) + 1 and at in depths for at in region)

    # -- order

    def _order(self, routine: Routine) -> None:
        """Tell of pops that put saved registers back in another order."""
        origins = self._origins(routine)
        if not origins:
            return
        pushed = {pop: push for pop, push in origins.items() if push >= 0 and self.rows[push][1] < REGISTERS}
        wrong = [pop for pop, push in sorted(pushed.items()) if self.rows[pop][1] != self.rows[push][1]]
        for group in self._groups(wrong, pushed):
            if self._is_restoring(routine, group, pushed):
                self._tell(group, pushed)

    def _groups(self, wrong: list[int], pushed: dict[int, int]) -> Iterator[list[int]]:
        """Pops that permute one set of registers."""
        rest = list(wrong)
        while rest:
            group = [rest.pop(0)]
            wanted = self.rows[pushed[group[0]]][1]
            while wanted != self.rows[group[0]][1]:
                follower = next((pop for pop in rest if self.rows[pop][1] == wanted), None)
                if follower is None:
                    group = []
                    break
                rest.remove(follower)
                group.append(follower)
                wanted = self.rows[pushed[follower]][1]
            if group:
                yield sorted(group)

    def _is_restoring(self, routine: Routine, group: list[int], pushed: dict[int, int]) -> bool:
        """Whether the registers had other values in between: else they are exchanged by way of the stack."""
        first, last = min(pushed[pop] for pop in group), max(pushed[pop] for pop in group)
        if last >= min(group):
            return False
        chains = self.look.chains(routine)
        mask = 0
        for pop in group:
            mask |= 1 << self.rows[pop][1]
        between = [index for index in range(first, min(group)) if self.rows[index][0] != PUSH]
        return any(chains.writes(index) & mask or self.look.is_call(index) for index in between)

    def _tell(self, group: list[int], pushed: dict[int, int]) -> None:
        look = self.look
        pairs = [(self.rows[pop][1], self.rows[pushed[pop]][1]) for pop in group]
        edits = []
        for pop, (_, origin) in zip(group, pairs, strict=True):
            edits.append(Edit(look.code.lines[pop].span(self._operand(pop)), f"r{origin}"))
        fix = None
        if all(look.code.lines[pop].use is None for pop in group):
            fix = Fix(edits[0].span, edits[0].replacement, "pop in the opposite order", tuple(edits[1:]))
        span = look.span(group[0])
        look.report(messages.swapped(span, pairs, look.span(pushed[group[0]]), fix))

    def _operand(self, index: int) -> Node:
        """The register of a push or a pop in its list."""
        lines = self.look.code.lines
        start = index
        while start > 0 and lines[start - 1] is lines[index]:
            start -= 1
        return lines[index].shape.arguments[index - start]

    def _origins(self, routine: Routine) -> dict[int, int]:
        """The push whose value each pop takes; -1 where that depends on the way."""
        if not any(self.rows[index][0] == POP for index in routine.instructions()):
            return {}
        before: dict[int, _Origins] = {routine.entry: ()}
        found: dict[int, int] = {}
        waiting = [routine.entry]
        while waiting:
            start = waiting.pop()
            block = routine.inside[start]
            state = self._through(block, before[start], found)
            for after in block.successors:
                if after not in routine.inside:
                    continue
                new = _joined(before[after], state) if after in before else state
                if after not in before or new != before[after]:
                    before[after] = new
                    waiting.append(after)
        return found

    def _through(self, block: Block, state: _Origins, found: dict[int, int]) -> _Origins:
        stack = None if state is None else list(state)
        for index in range(block.start, block.end):
            code = self.rows[index][0]
            if code == PUSH and stack is not None:
                stack.append(index)
            elif code == POP:
                push = stack.pop() if stack else -1
                found[index] = push if found.get(index, push) == push else -1
            elif code in (CALL, CALL_INDIRECT) and stack is not None:
                effect = self.look.effects.call(index)
                if effect.delta is None or effect.below > len(stack):
                    stack = None
                elif effect.below or effect.delta:
                    del stack[len(stack) - effect.below :]
                    stack += [-1] * (effect.below + effect.delta)
        return None if stack is None else tuple(stack)


def _joined(a: _Origins, b: _Origins) -> _Origins:
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else -1 for x, y in zip(a, b, strict=True))
