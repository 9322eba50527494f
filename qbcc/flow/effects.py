"""What a routine does to registers and to the value stack, from its entry to its returns.

Every register and stack slot is followed as a *tag*: the register whose value at the entry it holds, or the place that
made the value, or nothing known. So a register that is saved and restored, by whatever way through the stack and other
registers, is not changed. Callees come first, by what was found of them; a recursion goes round to the least fixed
point. What is not here (externals, and registers that lead out of the object) is taken to keep the calling convention,
and the result says so: :attr:`Effect.is_assumed`."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import Final

from qbcc.flow.code import ALL, SCRATCH, Code, Mask
from qbcc.flow.routines import Routine, Routines, settle
from qbcc.flow.tags import START, UNKNOWN, State, either, made_at, merged
from vm.flow.blocks import CALL, CALL_INDIRECT, JUMP, JUMP_INDIRECT, MOVE, POP, PUSH, RETURN, Block
from vm.isa import REGISTERS

_DEEPEST: Final = 1024
"""Values on the stack that are followed."""
_Places = dict[int, tuple[int, int]]
"""By block: the values on the stack by the way that came first, and by another that disagrees."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Of a call, from before it to behind it."""

    reads: Mask = 0
    """Registers whose value at the entry is used. Saving it on the stack, to restore it, is no use."""
    changes: Mask = 0
    """Registers that may hold another value at a return than at the entry."""
    returns: bool = False
    """Whether it ever comes back."""
    below: int = 0
    """Values of its callers that it takes off the stack, or looks at by taking them off."""
    delta: int | None = 0
    """Values that it leaves on the stack, less those that it takes; None where that depends on the way."""
    replaces: Mask = 0
    """Of :attr:`changes`, those that never hold the value of the entry at a return."""
    is_assumed: bool = False
    """Whether it rests on the calling convention, kept by something that is not here."""

    def merged(self, other: Effect) -> Effect:
        """Of a call that may go to either."""
        if not self.returns or not other.returns:
            delta = self.delta if self.returns else other.delta
            replaces = self.replaces if self.returns else other.replaces
        else:
            delta = self.delta if self.delta == other.delta else None
            replaces = self.replaces & other.replaces
        return Effect(
            self.reads | other.reads,
            self.changes | other.changes,
            self.returns or other.returns,
            max(self.below, other.below),
            delta,
            replaces,
            self.is_assumed or other.is_assumed,
        )


CONVENTION: Final = Effect(SCRATCH, SCRATCH, True, is_assumed=True)
"""What the calling convention allows."""
_NOTHING: Final = Effect()
ANYTHING: Final = Effect(ALL, ALL, True, delta=None)
"""Of code that was not looked at."""


@dataclass
class Known:
    """What was found of one routine."""

    effect: Effect = field(default_factory=Effect)
    before: dict[int, State] = field(default_factory=dict)
    """By block; none where control never comes."""
    conflicts: _Places = field(default_factory=dict)
    """Blocks to which ways lead with unlike numbers of values on the stack."""
    ends: dict[int, State] = field(default_factory=dict)
    """At each QRET, and at each jump to another routine behind that one's effect."""
    silent: frozenset[int] = frozenset()
    """Instructions that read and yet use nothing: pushes that only keep what a register had at the entry, and moves to
    where nobody looks."""
    stops: dict[int, int] = field(default_factory=dict)
    """By block, a call in it that never returns."""
    tails: dict[int, list[int]] = field(default_factory=dict)
    """By last instruction of a block, the other routines that it goes on to."""
    sets: dict[int, tuple[Mask, Mask]] = field(default_factory=dict)
    """By block that control comes to: what it reads before it writes it, and what it leaves alone."""
    saves: dict[int, int] = field(default_factory=dict)
    """Pushes of what a register had at the entry, and that register."""
    restores: dict[int, int] = field(default_factory=dict)
    """Pops of that into the same register."""
    used: Mask = 0
    """Registers whose value at the entry was saved and came to another place."""


class Effects:
    """Of every routine."""

    def __init__(self, routines: Routines, level: Set[int] = frozenset()) -> None:
        """``level``: entries whose callers do not count on what they leave on the stack: for them it is as before."""
        self.routines = routines
        self.code: Code = routines.code
        self.known: dict[int, Known] = {}
        self.level = level
        self._taken: Effect | None = None
        """What :meth:`_anywhere` found, until something changes."""
        self._calls: dict[int, Effect] = {}
        self._is_done = False
        for component in routines.order:
            self._component(component)
        self._is_done = True

    # -- questions

    def of(self, entry: int) -> Effect:
        """A routine's."""
        return self.known[entry].effect

    def call(self, index: int) -> Effect:
        """Of a call instruction."""
        found = self._calls.get(index)
        if found is None:
            found = self._call(index)
            if self._is_done:
                self._calls[index] = found
        return found

    def _call(self, index: int) -> Effect:
        row = self.code.rows[index]
        if row[0] == CALL:
            return CONVENTION if index in self.code.external else self._outside(row[1])
        target = self.code.known_target(index)
        found = self._anywhere() if target is None else self._outside(target)
        return replace(found, reads=found.reads | self.code.reads[index])

    def _anywhere(self) -> Effect:
        """Of a call that may go wherever an address is taken."""
        if self._taken is None:
            self._taken = Effect() if self.code.is_closed else CONVENTION
            for target in self.code.taken:
                self._taken = self._taken.merged(self._outside(target))
        return self._taken

    def _outside(self, entry: int) -> Effect:
        known = self.known.get(entry)
        if known is None:
            return _NOTHING
        return replace(known.effect, delta=0, below=0) if entry in self.level else known.effect

    def tail(self, entry: int) -> Effect:
        """Of going on to another routine."""
        return self._outside(entry)

    def states(self, routine: Routine, block: Block) -> list[State | None]:
        """The state before each instruction of a block, and behind the last; None from where control does not come."""
        state = self.known[routine.entry].before.get(block.start)
        found = [state]
        for index in range(block.start, block.end):
            state = None if state is None else self.after(index, state)
            found.append(state)
        return found

    def depths(self, routine: Routine) -> dict[int, int | None]:
        """Values on the stack before each instruction, counted from the entry; None where that depends on the way."""
        found: dict[int, int | None] = {}
        for block in routine.blocks:
            for index, state in zip(range(block.start, block.end), self.states(routine, block), strict=False):
                if state is not None:
                    found[index] = state.depth
        return found

    # -- transfer

    def after(self, index: int, state: State) -> State | None:
        """The state behind an instruction; None where control does not come."""
        registers = list(state.registers)
        stack = None if state.stack is None else list(state.stack)
        extra = [state.below, state.replaced]
        if not self._step(index, registers, stack, extra):
            return None
        return State(tuple(registers), self._stack_after(index, stack), *extra)

    def _stack_after(self, index: int, stack: list[int] | None) -> tuple[int, ...] | None:
        if stack is None or len(stack) > _DEEPEST:
            return None
        if self.code.rows[index][0] in (CALL, CALL_INDIRECT) and self.call(index).delta is None:
            return None
        return tuple(stack)

    def _step(self, index: int, registers: list[int], stack: list[int] | None, extra: list[int]) -> bool:
        """Change a state as an instruction does; whether it goes on. ``extra``: its ``below`` and ``replaced``."""
        row = self.code.rows[index]
        code = row[0]
        if code == PUSH:
            if stack is not None:
                stack.append(registers[row[1]] if row[1] < REGISTERS else made_at(index, 0))
        elif code == POP:
            tag = UNKNOWN
            if stack:
                tag = stack.pop()
            else:
                extra[0] += stack is not None
            self._put(row[1], tag, registers, extra)
        elif code == MOVE:
            tag = registers[row[2]] if row[2] < REGISTERS else made_at(index, row[1])
            self._put(row[1], tag, registers, extra)
        elif code in (CALL, CALL_INDIRECT):
            return self._apply(self.call(index), index, registers, stack, extra)
        else:
            writes = self.code.writes[index]
            extra[1] |= writes
            register = 0
            while writes:
                if writes & 1:
                    registers[register] = made_at(index, register)
                writes >>= 1
                register += 1
        return True

    @staticmethod
    def _put(register: int, tag: int, registers: list[int], extra: list[int]) -> None:
        registers[register] = tag
        if tag in (register, UNKNOWN):
            extra[1] &= ~(1 << register)
        else:
            extra[1] |= 1 << register

    @staticmethod
    def _apply(effect: Effect, index: int, registers: list[int], stack: list[int] | None, extra: list[int]) -> bool:
        """The same for a call, or for going on to another routine."""
        changes = effect.changes
        extra[1] |= effect.replaces
        register = 0
        while changes:
            if changes & 1:
                made = made_at(index, register)
                is_new = effect.replaces >> register & 1
                registers[register] = made if is_new else either(registers[register], made)
            changes >>= 1
            register += 1
        if stack is not None and effect.delta is not None:
            for _ in range(effect.below):
                if stack:
                    stack.pop()
                else:
                    extra[0] += 1
            stack.extend([UNKNOWN] * (effect.delta + effect.below))
        return effect.returns

    # -- fixed point

    def _component(self, component: list[Routine]) -> None:
        for routine in component:
            self.known[routine.entry] = Known()
        settle(component, self._routine)

    def _routine(self, routine: Routine) -> bool:
        """Look at a routine; whether more was found."""
        known = self.known[routine.entry]
        old = known.effect
        if not routine.is_whole:
            known.effect = ANYTHING
            return old != ANYTHING
        walk = _Walk(self, routine)
        walk.run()
        effect = walk.effect(old)
        known.before, known.conflicts, known.ends = walk.before, walk.conflicts, walk.ends
        known.stops, known.tails = walk.stops, walk.tails
        known.saves, known.restores, known.used = walk.saves, walk.restores, walk.used
        known.effect = replace(effect, reads=old.reads | self._reads(routine))
        if known.effect == old:
            return False
        self._taken = None
        return True

    def _reads(self, routine: Routine) -> Mask:
        """Backward: registers whose value at the entry is used. Notes what is silent."""
        known = self.known[routine.entry]
        known.silent = frozenset()
        known.sets = self._sets(routine)
        moves = self._lost(routine, self.live(routine, ALL))
        while True:
            saves = {index for index, register in known.saves.items() if not known.used >> register & 1}
            if known.silent != moves | saves:
                known.silent = moves | saves
                known.sets = self._sets(routine)
            live = self.live(routine, 0)
            # What is put back and then read is read.
            used = known.used
            for index, register in known.restores.items() if saves else ():
                if self._behind(routine, index, live) >> register & 1:
                    used |= 1 << register
            if used == known.used:
                return live[routine.entry]
            known.used = used

    def _lost(self, routine: Routine, live: dict[int, Mask]) -> frozenset[int]:
        """Moves to registers that are written again before anybody could look."""
        found = []
        rows = self.code.rows
        for start in live:
            block = routine.inside[start]
            moves = [i for i in range(start, block.end) if rows[i][0] == MOVE and rows[i][2] < REGISTERS]
            if moves:
                after = self.behind_each(routine, block, ALL, live)
                found += [index for index in moves if not after[index - start] >> rows[index][1] & 1]
        return frozenset(found)

    def _behind(self, routine: Routine, index: int, live: dict[int, Mask]) -> Mask:
        start = self.routines.starts[index]
        return self.behind_each(routine, routine.inside[start], 0, live)[index - start]

    def behind_each(
        self, routine: Routine, block: Block, out: Mask, live: dict[int, Mask], halted: Mask = 0
    ) -> list[Mask]:
        """What is read behind each instruction of a block, by what :meth:`live` found."""
        known = self.known[routine.entry]
        now = self.at_end(routine, block, out, halted)
        for after in block.successors:
            now |= live.get(after, 0)
        found = [0] * (block.end - block.start)
        stop = known.stops.get(block.start)
        for index in range(block.end - 1, block.start - 1, -1):
            if index == stop:
                now = 0
            found[index - block.start] = now
            read, kill = self.reads_and_kills(index)
            now = (0 if index in known.silent else read) | (now & ~kill)
        return found

    def _sets(self, routine: Routine) -> dict[int, tuple[Mask, Mask]]:
        """What each block reads first, and what it leaves alone."""
        known = self.known[routine.entry]
        found = {}
        for start in known.before:
            end = known.stops.get(start, routine.inside[start].end - 1)
            use, keep = 0, ALL
            for index in range(end, start - 1, -1):
                read, kill = self.reads_and_kills(index)
                if index in known.silent:
                    read = 0
                use, keep = read | (use & ~kill), keep & ~kill
            found[start] = use, 0 if start in known.stops else keep
        return found

    def live(self, routine: Routine, out: Mask, halted: Mask = 0) -> dict[int, Mask]:
        """Backward: registers that are read from each block on, if those of ``out`` are when the routine returns, and
        those of ``halted`` where the program ends."""
        sets = self.known[routine.entry].sets
        before: dict[int, list[int]] = {}
        live = {}
        for start, (use, keep) in sets.items():
            block = routine.inside[start]
            live[start] = use | (self.at_end(routine, block, out, halted) & keep)
            for after in block.successors:
                before.setdefault(after, []).append(start)
        waiting = list(live)
        while waiting:
            start = waiting.pop()
            for earlier in before.get(start, ()):
                now = live[earlier] | (live[start] & sets[earlier][1])
                if now != live[earlier]:
                    live[earlier] = now
                    waiting.append(earlier)
        return live

    def at_end(self, routine: Routine, block: Block, out: Mask, halted: Mask = 0) -> Mask:
        """What is read behind a block that leaves the routine."""
        known, last = self.known[routine.entry], block.end - 1
        row, found = self.code.rows[last], 0
        if row[0] == RETURN:
            found = out
        elif not block.successors or block.end == len(self.code.rows):
            found = halted
        for entry in known.tails.get(last, ()):
            effect = self.tail(entry)
            found |= effect.reads | (out & ~effect.replaces if effect.returns else 0)
        if row[0] in (JUMP, JUMP_INDIRECT) and self.code.is_open(last):
            found |= SCRATCH | out
        return found

    def reads_and_kills(self, index: int) -> tuple[Mask, Mask]:
        """Registers that an instruction reads, and those whose value it surely puts another in the place of."""
        if self.code.rows[index][0] in (CALL, CALL_INDIRECT):
            effect = self.call(index)
            return effect.reads, effect.replaces
        return self.code.reads[index], self.code.writes[index]


class _Walk:
    """Follows tags through one routine."""

    def __init__(self, effects: Effects, routine: Routine) -> None:
        self.effects = effects
        self.code = effects.code
        self.routine = routine
        self.before: dict[int, State] = {routine.entry: START}
        self.conflicts: _Places = {}
        self.ends: dict[int, State] = {}
        self.used: Mask = 0
        """Registers whose value at the entry was saved and came to another place."""
        self.saves: dict[int, int] = {}
        """Pushes of what a register had at the entry, and that register."""
        self.restores: dict[int, int] = {}
        """Pops of that into the same register."""
        self.stops: dict[int, int] = {}
        """By block, a call in it that never returns."""
        self.tails: dict[int, list[int]] = {}
        for index, entry in routine.tails:
            self.tails.setdefault(index, []).append(entry)
        self.ranks = _ranks(routine)

    def run(self) -> None:
        """To the least fixed point."""
        ranks, inside = self.ranks, self.routine.inside
        waiting = [(0, self.routine.entry)]
        queued = {self.routine.entry}
        while waiting:
            _, start = heappop(waiting)
            queued.discard(start)
            block = inside[start]
            state = self._block(block, self.before[start])
            if state is None:
                continue
            for after in block.successors:
                if after in inside and self._reach(after, state) and after not in queued:
                    queued.add(after)
                    heappush(waiting, (ranks[after], after))

    def _block(self, block: Block, state: State) -> State | None:
        """The state behind a block."""
        effects, rows = self.effects, self.code.rows
        registers = list(state.registers)
        stack = None if state.stack is None else list(state.stack)
        extra = [state.below, state.replaced]
        for index in range(block.start, block.end):
            code = rows[index][0]
            if code == POP:
                self._pop(index, stack)
            elif code == PUSH:
                self._push(index, registers)
            if not effects._step(index, registers, stack, extra):
                self.stops[block.start] = index
                return None
            if code in (CALL, CALL_INDIRECT):
                effect = effects.call(index)
                if effect.below or effect.delta is None:
                    self._escape(stack)
                if effect.delta is None:
                    stack = None
            if stack is not None and len(stack) > _DEEPEST:
                self._escape(stack)
                stack = None
        self.stops.pop(block.start, None)
        found = State(tuple(registers), None if stack is None else tuple(stack), *extra)
        last = block.end - 1
        if rows[last][0] == RETURN:
            self._escape(stack)
            self.ends[last] = found
        for entry in self.tails.get(last, ()):
            self._go_on(last, effects.tail(entry), found)
        if last in self.code.external or (rows[last][0] == JUMP_INDIRECT and self.code.is_open(last)):
            self._go_on(last, CONVENTION, found)
        return found

    def _go_on(self, index: int, effect: Effect, state: State) -> None:
        registers, extra = list(state.registers), [state.below, state.replaced]
        stack = None if state.stack is None else list(state.stack)
        self._escape(stack)
        if not Effects._apply(effect, index, registers, stack, extra):
            return
        kept = None if stack is None or effect.delta is None else tuple(stack)
        end = State(tuple(registers), kept, *extra)
        self.ends[index] = end if index not in self.ends else merged(self.ends[index], end)

    def _push(self, index: int, registers: list[int]) -> None:
        register = self.code.rows[index][1]
        if register < REGISTERS and registers[register] == register:
            self.saves[index] = register
        else:
            self.saves.pop(index, None)

    def _pop(self, index: int, stack: list[int] | None) -> None:
        """A saved value that goes elsewhere is used."""
        register = self.code.rows[index][1]
        self.restores.pop(index, None)
        if stack is None:
            self.used = ALL
        elif stack and stack[-1] == register:
            self.restores[index] = register
        elif stack and 0 <= stack[-1] < REGISTERS:
            self.used |= 1 << stack[-1]

    def _escape(self, stack: list[int] | tuple[int, ...] | None) -> None:
        if stack is None:
            self.used = ALL
            return
        for tag in stack:
            if 0 <= tag < REGISTERS:
                self.used |= 1 << tag

    def _reach(self, start: int, state: State) -> bool:
        """Control comes to a block with that state; whether that is news."""
        old = self.before.get(start)
        if old is None:
            self.before[start] = state
            return True
        if old.stack == state.stack and old.below == state.below:
            if old.registers == state.registers and old.replaced & ~state.replaced == 0:
                return False
        else:
            self._join(start, old, state)
        new = merged(old, state)
        self.before[start] = new
        return new != old

    def _join(self, start: int, old: State, state: State) -> None:
        """Stacks that differ: what is on one and not on the other is lost."""
        depths = old.depth, state.depth
        if depths[0] != depths[1] and depths[0] is not None and depths[1] is not None:
            self.conflicts.setdefault(start, (depths[0], depths[1]))
        a, b = old.stack, state.stack
        if a is not None and b is not None and len(a) == len(b):
            self._escape([tag for pair in zip(a, b, strict=True) if pair[0] != pair[1] for tag in pair])
        else:
            self._escape(a)
            self._escape(b)

    def effect(self, old: Effect) -> Effect:
        """What was found, with what was known before."""
        changes, below, is_assumed = old.changes, old.below, old.is_assumed
        replaces = old.replaces if old.returns else ALL
        delta: int | None = 0
        seen = False
        for end in self.ends.values():
            for register, tag in enumerate(end.registers):
                if tag != register:
                    changes |= 1 << register
            replaces &= end.replaced
            delta = end.depth if not seen or delta == end.depth else None
            seen = True
        if old.returns and old.delta != delta:
            delta = None
        for state in (*self.before.values(), *self.ends.values()):
            below = max(below, state.below)
        for call in self.routine.calls:
            is_assumed |= self.effects.call(call.index).is_assumed
        for _, entry in self.routine.tails:
            is_assumed |= self.effects.tail(entry).is_assumed
        is_assumed |= any(block.end - 1 in self.code.external for block in self.routine.blocks)
        if not seen:
            return replace(old, below=below, is_assumed=is_assumed)
        return Effect(old.reads, changes, True, below, delta, replaces, is_assumed)


def _ranks(routine: Routine) -> dict[int, int]:
    """Blocks in reverse postorder: what leads to a join comes before it."""
    inside = routine.inside
    seen = {routine.entry}
    order: list[int] = []
    stack = [(routine.entry, iter(inside[routine.entry].successors))]
    while stack:
        start, rest = stack[-1]
        for after in rest:
            if after in inside and after not in seen:
                seen.add(after)
                stack.append((after, iter(inside[after].successors)))
                break
        else:
            stack.pop()
            order.append(start)
    return {start: rank for rank, start in enumerate(reversed(order))}
