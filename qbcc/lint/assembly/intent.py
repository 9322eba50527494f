"""What the registers from r4 on are meant to hold, where calls overwrite them.

By the calling convention they are the caller's. So a value goes on through a call that overwrites it, to where it is
read, and the call has lost it; unless the call hands something over in the register: by a contract, or because a caller
that has nothing in the register reads it behind the call."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from qbcc.flow.code import ALL, KEPT, SCRATCH, Mask, registers_in
from qbcc.flow.effects import Effects
from qbcc.flow.kept import Kept
from qbcc.flow.lives import Chains, Lives
from qbcc.flow.routines import Routine
from qbcc.flow.tags import maker
from qbcc.lint.assembly.look import Look, mask_of
from qbcc.lint.assembly.results import Results
from vm.flow.blocks import BRANCHES, MOVE, PUSH, SYSTEM_CALL
from vm.isa import BY_NAME, REGISTERS

_OTHERS: Final = frozenset(range(4, REGISTERS))
_NEUTRAL: Final = {
    BY_NAME[name][0].code: number
    for name, number in (("QADD", 0), ("QSUB", 0), ("QMUL", 1), ("QOR", 0), ("QXOR", 0), ("QSHL", 0), ("QSHR", 0))
}
"""Second operands that leave the first as it is."""
_STEPS: Final = 400
"""Instructions that two values are followed back through."""


class Intent:
    """Of one program."""

    def __init__(self, look: Look, results: Results) -> None:
        self.look = look
        self.code = look.code
        self.results = results
        self._taken: dict[tuple[int, int], bool] = {}
        self._set: dict[tuple[int, int, int], tuple[bool, bool]] = {}
        """By routine, call and register, what :meth:`_has_value` found."""
        self._chains: dict[int, Chains] = {}
        self._updated: dict[tuple[int, int], bool] = {}
        self._saved: dict[tuple[int, int], bool] = {}
        self.kept: Effects = look.effects
        self.kept = Kept(look.effects, self.handed)
        # What was found before that did not know what calls lose.
        self._saved.clear()

    # -- results

    def handed(self, index: int) -> Mask:
        """Registers from r4 on in which a call hands something over."""
        mask = 0
        for register in registers_in(self.look.effects.call(index).changes & KEPT):
            if self._is_handed(index, register):
                mask |= 1 << register
        return mask

    def _is_handed(self, index: int, register: int) -> bool:
        for target in self.code.call_targets(index):
            if self._is_said(target):
                if mask_of(self.look.contracts[target].returns) >> register & 1:
                    return True
            elif self.results.is_given(target, register) and self.is_taken(target, register):
                return True
        return False

    def _taken_of(self, index: int, mask: Mask) -> Mask:
        """What a caller takes from a call, of what it reads behind it: from r4 on, what it cannot have set itself."""
        found = mask & SCRATCH
        for register in registers_in(mask & self.look.effects.call(index).changes & KEPT):
            targets = [t for t in self.code.call_targets(index) if not self._is_said(t)]
            if self._is_handed(index, register) or any(self.is_taken(target, register) for target in targets):
                found |= 1 << register
        return found

    def is_taken(self, entry: int, register: int) -> bool:
        """Whether a caller reads what a routine leaves in a register, in which it has put nothing before."""
        key = entry, register
        if key not in self._taken:
            self._taken[key] = False
            callers = self.look.flow.cut.by_entry[entry].callers
            self._taken[key] = any(self._takes(caller, index, register) for caller, index in callers)
        return self._taken[key]

    def _takes(self, caller: Routine, index: int, register: int) -> bool:
        look = self.look
        chains = look.chains(caller)
        if not look.is_call(index) or index not in look.reached(caller):
            return False
        is_set, from_entry = self._has_value(chains, index, register)
        uses, leaves = chains.uses(index, register)
        if is_set:
            return False
        if from_entry and not look.is_start(caller):
            # Who calls the caller may take it there.
            return leaves and not uses and self.is_taken(caller.entry, register)
        return any(not self._updates_itself(use, register) and self.is_use(use, register) for use in uses)

    def _has_value(self, chains: Chains, index: int, register: int) -> tuple[bool, bool]:
        """Whether something, but for calls that only overwrite, puts a value into a register before a call; and whether
        it may be the entry's. What was found of a call before it is not looked for again."""
        entry = chains.routine.entry
        seen = {index}
        waiting = [index]
        is_set = from_entry = False
        while waiting and not is_set:
            made, is_entry = chains.definitions(waiting.pop(), register)
            from_entry |= is_entry
            for each in made:
                if each in seen:
                    continue
                seen.add(each)
                known = self._set.get((entry, each, register))
                if known is not None:
                    is_set, from_entry = is_set or known[0], from_entry or known[1]
                elif not self.look.is_call(each) or self.results.is_result(each, register):
                    is_set = True
                else:
                    waiting.append(each)
        self._set[entry, index, register] = is_set, from_entry
        return is_set, from_entry

    def _updates_itself(self, index: int, register: int) -> bool:
        """Whether an instruction only steps a register on: the zero of the start may be what is counted from."""
        return not self.look.is_call(index) and bool(self.code.writes[index] >> register & 1)

    # -- liveness

    def chains(self, routine: Routine) -> Chains:
        """Definitions and uses, through calls that overwrite."""
        if self.kept.known[routine.entry] is self.look.effects.known[routine.entry]:
            return self.look.chains(routine)
        found = self._chains.get(routine.entry)
        if found is None:
            found = self._chains[routine.entry] = Chains(self.kept, routine)
        return found

    @cached_property
    def wanted(self) -> Lives:
        """What is surely meant to be read later: of routines for others, only what their contracts return."""
        return Lives(self.kept, self._returned, taken=self._taken_of)

    def _returned(self, routine: Routine) -> Mask:
        contract = self.look.contracts.get(routine.entry)
        return mask_of(contract.returns) if contract is not None and not self.look.is_start(routine) else 0

    @cached_property
    def possible(self) -> Lives:
        """What may be read later by anybody: results always; registers at the program's end if it says nothing else."""
        look = self.look
        shown = SCRATCH if self._has_output and "expect-register" not in look.main.text else ALL

        def outside(routine: Routine) -> Mask:
            if look.is_start(routine):
                return shown
            return ALL if routine.is_root or not routine.callers else SCRATCH

        return Lives(self.kept, outside, shown)

    @cached_property
    def _has_output(self) -> bool:
        """Whether the program prints, records or stores anything."""
        code = self.code
        return any(
            code.op(index).name.startswith("QSTORE") or (row[0] == SYSTEM_CALL and not code.writes[index])
            for index, row in enumerate(code.rows)
        )

    def is_read(self, routine: Routine, index: int, register: int) -> bool:
        """Whether any instruction reads what one writes, be it only to move it to where nobody looks."""
        chains = self.chains(routine)
        block = routine.inside[self.look.flow.cut.starts[index]]
        silent = {each for each in chains.known.silent if self.code.rows[each][0] != PUSH}
        if not silent:
            return False
        waiting, seen = [(block.start, index + 1)], set[int]()
        while waiting:
            start, at = waiting.pop()
            for each in range(at, routine.inside[start].end):
                if each in silent and self.code.reads[each] >> register & 1:
                    return True
                if self.kept.reads_and_kills(each)[1] >> register & 1:
                    break
            else:
                for after in routine.inside[start].successors:
                    if after in routine.inside and after not in seen:
                        seen.add(after)
                        waiting.append((after, after))
        return False

    def is_use(self, index: int, register: int) -> bool:
        """Whether an instruction that reads a register does more than to have it saved in memory by a routine."""
        if not self.look.is_call(index) or self.code.is_open(index) or self.code.reads[index] >> register & 1:
            return True
        # What is read as if calls kept registers: a value that one of them loses is still meant for its reader.
        targets = [t for t in self.code.call_targets(index) if self.kept.of(t).reads >> register & 1]
        return not targets or not all(self._only_saves(target, register) for target in targets)

    def _only_saves(self, entry: int, register: int) -> bool:
        """Whether a routine reads what a register has at its entry to store it, and loads it back."""
        key = entry, register
        if key not in self._saved:
            self._saved[key] = True
            routine = self.look.flow.cut.by_entry[entry]
            chains = self.chains(routine)
            stores = self.results.saves(routine, register)
            reading = [i for i in chains.instructions() if chains.reads(i) >> register & 1]
            self._saved[key] = not routine.tails and all(
                index in stores or (self.look.is_call(index) and not self.is_use(index, register))
                for index in reading
                if chains.definitions(index, register)[1]
            )
        return self._saved[key]

    # -- registers that routines share

    def updates(self, index: int, register: int) -> bool:
        """Whether a call may go on with what a register has: step it on, or make another value of it. A contract that
        does not return the register says that it is not meant so."""
        targets = [t for t in self.code.call_targets(index) if self.look.effects.of(t).changes >> register & 1]
        return any(self.is_updated(target, register) for target in targets)

    def is_updated(self, entry: int, register: int) -> bool:
        """Whether a routine does: what it leaves comes of what was there, or of another register of its caller's; or it
        reads the register, and makes a value there that it does not use."""
        key = entry, register
        if key not in self._updated:
            self._updated[key] = False
            self._updated[key] = not self._is_said(entry) and self._find_updated(entry, register)
        return self._updated[key]

    def _is_said(self, entry: int) -> bool:
        contract = self.look.contracts.get(entry)
        return contract is not None and bool(contract.args or contract.returns or contract.clobbers)

    def _find_updated(self, entry: int, register: int) -> bool:
        if not self.look.effects.of(entry).reads >> register & 1:
            return False
        routine = self.look.flow.cut.by_entry[entry]
        made = self.results.exits(routine, register)
        return (
            any(self._comes_of(routine, each, register, set()) for each in made)
            or any(
                end.registers[register] in _OTHERS - {register} for end in self.look.effects.known[entry].ends.values()
            )
            or self.results.is_given(entry, register)
            or any(self.is_updated(tail, register) for _, tail in routine.tails if tail != entry)
        )

    def _comes_of(self, routine: Routine, index: int, register: int, seen: set[int]) -> bool:
        """Whether what an instruction makes is calculated from what the register had at the routine's entry."""
        if index in seen:
            return False
        seen.add(index)
        if self.look.is_call(index):
            return self.updates(index, register)
        chains = self.look.chains(routine)
        for source in registers_in(self.code.reads[index]):
            made, from_entry = chains.definitions(index, source)
            if from_entry and source == register:
                return True
            if any(not self.look.is_call(m) and self._comes_of(routine, m, register, seen) for m in made):
                return True
        return False

    def is_shared(self, routine: Routine, index: int, register: int, uses: list[int], made: list[int]) -> bool:
        """Whether a loop around a call could not end if the call kept the register: nothing else in it changes what its
        condition compares."""
        chains = self.chains(routine)
        around = chains.region(index)
        if any(each in around for each in made):
            return False
        rows = self.code.rows
        return any(rows[use][0] in BRANCHES and index in chains.region(use) for use in uses)

    # -- the same value

    def is_same(self, routine: Routine, index: int, register: int) -> bool:
        """Whether a call leaves in a register what it had, by another way: it copies an argument there that is the same
        value, or writes the same constant."""
        look = self.look
        if look.code.is_open(index):
            return False
        for target in look.code.call_targets(index):
            for end in look.effects.known[target].ends.values():
                tag = end.registers[register]
                if tag == register:
                    continue
                made = maker(tag)
                if 0 <= tag < REGISTERS:
                    source = tag
                elif made is not None and self.code.rows[made][0] == MOVE and self.code.rows[made][2] >= REGISTERS:
                    source = self.code.rows[made][2]
                else:
                    return False
                if not self._are_equal(routine, index, source, register):
                    return False
        return True

    def _are_equal(self, routine: Routine, index: int, a: int, b: int) -> bool:
        """Whether two slots surely hold one value before an instruction: followed back through moves."""
        chains = self.chains(routine)
        waiting = [(self.look.flow.cut.starts[index], index, a, b)]
        seen: set[tuple[int, int, int]] = set()
        steps = 0
        while waiting:
            start, end, a, b = waiting.pop()
            for at in range(end - 1, start - 1, -1):
                if self._is_one(a, b):
                    break
                steps += 1
                written = chains.writes(at) & (self._bit(a) | self._bit(b))
                if not written:
                    continue
                source = self._copied(at)
                if source is None or steps > _STEPS:
                    return False
                a, b = (source if slot == self.code.rows[at][1] else slot for slot in (a, b))
            if self._is_one(a, b):
                continue
            if start == routine.entry or min(a, b) >= REGISTERS:
                return False
            for block in chains.before.get(start, ()):
                if (block.start, a, b) not in seen:
                    seen.add((block.start, a, b))
                    waiting.append((block.start, block.end, a, b))
        return True

    def _copied(self, index: int) -> int | None:
        """The slot whose value an instruction copies, be it by adding 0 or multiplying by 1."""
        row = self.code.rows[index]
        if row[0] == MOVE:
            return row[2]
        neutral = _NEUTRAL.get(row[0])
        return row[2] if neutral is not None and self.code.constant(row[3]) == neutral else None

    @staticmethod
    def _bit(slot: int) -> Mask:
        return 1 << slot if slot < REGISTERS else 0

    def _is_one(self, a: int, b: int) -> bool:
        if a == b:
            return True
        if min(a, b) < REGISTERS:
            return False
        first, second = self.code.constant(a), self.code.constant(b)
        return first is not None and (type(first), first) == (type(second), second)
