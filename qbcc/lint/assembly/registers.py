"""Values lost to calls; registers read before they are written; values that nothing uses."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from qbcc.diagnostics import Fix, Related, Severity
from qbcc.flow.code import ALL, Mask, registers_in
from qbcc.flow.lives import Chains
from qbcc.flow.routines import Call, Routine, settle
from qbcc.lint import messages
from qbcc.lint.assembly.intent import Intent
from qbcc.lint.assembly.look import Look, mask_of
from qbcc.lint.assembly.results import Results
from qbcc.lint.assembly.saving import Saving
from vm.flow.blocks import MOVE, POP, PUSH
from vm.isa import BY_NAME

_STEPS: Final = frozenset(op.code for name in ("QADD", "QSUB") for op in BY_NAME[name])
_NEAREST: Final = 16
"""Uses of a lost value that are looked at."""
_PLAIN: Final = frozenset({"move", "arithmetic", "bits", "float"})
"""Groups of instructions that do nothing but write a register, unless they trap."""


@dataclass(frozen=True, slots=True)
class _Loss:
    """A register's value, at a call that may overwrite it."""

    register: int
    made: list[int]
    """Instructions that made it, the call itself left out."""
    is_argument: bool
    """Whether it may be what the routine's caller put there."""
    uses: list[int]
    """Where it is read behind the call."""


class Registers:
    """Looks at all routines."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.results = Results(look)
        self.intent = Intent(look, self.results)
        self.saving = Saving(look, self.intent)
        self._counters: dict[tuple[int, int, tuple[int, ...]], bool] = {}
        self.lost: set[int] = set()
        """Instructions whose value a call overwrites: that they are not used is told so."""
        self.open: set[int] = set()
        """Entries of routines in which a call loses something: there nothing is taken out."""

    def run(self) -> None:
        """Everything."""
        written = Written(self.look)
        for routine in self.look.routines:
            for call in routine.calls:
                if self.look.is_own(call.index):
                    self._call(routine, call, written)
        for routine in self.look.routines:
            self._unused(routine)
        written.run()

    # -- overwritten

    def _call(self, routine: Routine, call: Call, written: Written) -> None:
        look, index = self.look, call.index
        effect = look.effects.call(index)
        if not effect.returns or index not in written.before(routine):
            return
        for register in registers_in(effect.changes & self.intent.wanted.after(routine, index)):
            # Below r4 a call ends what was there; from r4 on it is the caller's, and goes on behind the call.
            chains = look.chains(routine) if register < 4 else self.intent.chains(routine)
            if self._is_meant(index, register):
                continue
            made, from_entry = chains.definitions(index, register)
            made = [each for each in made if each != index and self._is_value(each, register)]
            is_argument = from_entry and bool(self._arguments(routine, written) >> register & 1)
            uses = chains.uses(index, register, most=_NEAREST)[0]
            uses = [use for use in uses if self.intent.is_use(use, register)]
            if not uses and not self.intent.wanted.out[routine.entry] >> register & 1:
                continue
            loss = _Loss(register, made, is_argument, uses)
            # What only passes through is told where it was set.
            if not made and not (is_argument and uses):
                continue
            level = self._level(routine, call, loss) if register >= 4 else self._scratch(routine, call, loss)
            if level is not None:
                self.lost.update(made)
                self.open.add(routine.entry)
                look.lost.add((index, register))
                self._tell(routine, call, loss, level)

    def _is_meant(self, index: int, register: int) -> bool:
        """Whether a call hands something over in a register, or puts back what was there."""
        if register >= 4:
            if self.intent.handed(index) >> register & 1:
                return True
        elif self.look.effects.call(index).reads >> register & 1 and self.results.is_result(index, register):
            # Handed over and given back.
            return True
        return self.results.is_put_back(index, register)

    def _arguments(self, routine: Routine, written: Written) -> Mask:
        """What callers may mean to hand over."""
        contract = self.look.contracts.get(routine.entry)
        if contract is not None and (contract.args or contract.returns or contract.clobbers):
            return mask_of(contract.args)
        return written.at_entry(routine)

    def _is_value(self, index: int, register: int) -> bool:
        """Whether an instruction, or an earlier call, puts something meant into a register."""
        return not self.look.is_call(index) or self.results.is_result(index, register)

    def _is_counter(self, routine: Routine, call: Call, loss: _Loss) -> bool:
        """Whether the value goes round a loop that the call is in, a step on each time. Calls with the same definitions
        before them are in the same loop, or before it."""
        key = routine.entry, loss.register, tuple(loss.made)
        if key not in self._counters:
            code, bit = self.look.code, 1 << loss.register
            steps = [
                each
                for each in loss.made
                if code.rows[each][0] in _STEPS and code.writes[each] & code.reads[each] & bit
            ]
            chains = self.look.chains(routine) if loss.register < 4 else self.intent.chains(routine)
            uses = chains.uses(call.index, loss.register)[0] if steps else []
            self._counters[key] = not set(uses).isdisjoint(steps)
        return self._counters[key]

    def _level(self, routine: Routine, call: Call, loss: _Loss) -> Severity | None:
        """How surely a call loses a register of its caller's; None where it does not."""
        look, index, register = self.look, call.index, loss.register
        if self.intent.is_same(routine, index, register):
            return None
        if self.intent.updates(index, register):
            # A routine with a local label is a part of the one around it, and works on its registers.
            is_part = not any(target in look.code.names for target in call.targets)
            if is_part or self.intent.is_shared(routine, index, register, loss.uses, loss.made):
                return None
            # The two may share the register, without saying so.
            own = [use for use in loss.uses if not look.is_call(use) or not self.intent.updates(use, register)]
            return Severity.WARNING if own else Severity.HINT
        if not all(look.effects.of(target).changes >> register & 1 for target in call.targets):
            return Severity.WARNING
        if self._may_be_result(routine, call, loss):
            return Severity.WARNING
        return Severity.ERROR

    def _may_be_result(self, routine: Routine, call: Call, loss: _Loss) -> bool:
        """Whether a routine may mean to give what it leaves in a register of its caller's, though nobody says so: it
        makes it and does not use it; and the caller's own value has served before."""
        index, register = call.index, loss.register
        if not self.results.is_result(index, register) or self._is_promised_otherwise(call):
            return False
        if self._is_counter(routine, call, loss) or self.results.is_argument_kept(index, register):
            return False
        chains = self.intent.chains(routine)
        return all(self._other_uses(chains, made, call, register, most=2) for made in loss.made)

    def _is_promised_otherwise(self, call: Call) -> bool:
        """Whether all routines that a call leads to have contracts: those do not return the register."""
        contracts = [self.look.contracts.get(target) for target in call.targets]
        return bool(contracts) and all(c is not None and (c.args or c.returns or c.clobbers) for c in contracts)

    def _scratch(self, routine: Routine, call: Call, loss: _Loss) -> Severity | None:
        """The same of r0 to r3, which are a subroutine's to change: only where its result cannot be meant."""
        look, register = self.look, loss.register
        chains = look.chains(routine)
        is_read = bool(look.effects.call(call.index).reads >> register & 1)
        is_counter = self._is_counter(routine, call, loss)
        counts = False
        if self.results.is_result(call.index, register):
            if is_counter and not self._is_promised(call, register):
                # What is set before the loop for nothing but the loop cannot be meant to be replaced in it.
                loop = chains.region(call.index)
                begun = [each for each in loss.made if each not in loss.uses]
                counts = any(loop.issuperset(self._other_uses(chains, each, call, register)) for each in begun)
        elif is_counter:
            counts = True
        elif register == 0:
            # A result may come of a routine's work in r0 itself.
            alone = [each for each in loss.made if not self._other_uses(chains, each, call, register)]
            counts = not is_read and bool(alone) and not loss.is_argument
        else:
            counts = not is_read or self._is_address(chains, call, loss)
        return Severity.ERROR if counts else None

    def _is_promised(self, call: Call, register: int) -> bool:
        contracts = [self.look.contracts.get(target) for target in call.targets]
        return any(c is not None and mask_of(c.returns) >> register & 1 for c in contracts)

    @staticmethod
    def _other_uses(chains: Chains, made: int, call: Call, register: int, most: int | None = None) -> list[int]:
        """Where a value is read before the call."""
        return [use for use in chains.uses(made, register, call.index, most)[0] if use != call.index]

    def _is_address(self, chains: Chains, call: Call, loss: _Loss) -> bool:
        """Whether the register is an address behind the call, and the value was one before it."""
        before = [use for each in loss.made for use in self._other_uses(chains, each, call, loss.register)]
        return any(map(self._address(loss.register), before)) and any(map(self._address(loss.register), loss.uses))

    def _address(self, register: int):  # type: ignore[no-untyped-def]
        def is_base(index: int) -> bool:
            slot = self.look.code.op(index).memory_slot
            return slot is not None and self.look.code.rows[index][1 + slot] == register

        return is_base

    def _tell(self, routine: Routine, call: Call, loss: _Loss, level: Severity) -> None:
        look, register = self.look, loss.register
        entries, steps = self.results.path(call.index, register)
        name = call.external or ", ".join(look.name(target) for target in call.targets[:3]) or "the routine"
        path = [look.name(entry) for entry in entries] or [name]
        related = [Related(look.span(made), f"r{register} is set here") for made in sorted(loss.made)[:2]]
        related += [
            Related(look.span(step), f"'{look.name(entry)}' calls '{look.name(after)}' here")
            for entry, after, step in zip(entries, entries[1:], steps, strict=False)
        ]
        if steps:
            related.append(Related(look.span(steps[-1]), f"'{path[-1]}' overwrites r{register} here"))
        used = loss.uses[0] if loss.uses else self._used_outside(routine, register)
        if used is not None:
            related.append(Related(look.span(used), "it is used here"))
        why = self._why(call, register, level)
        fix = self._fix(entries, call, register) if why in (messages.Why.LOST, messages.Why.LISTED) else None
        is_counter = self._is_counter(routine, call, loss)
        finding = messages.overwritten(look.span(call.index), register, path, tuple(related), fix, is_counter, why)
        look.report(replace(finding, severity=level))

    def _why(self, call: Call, register: int, level: Severity) -> messages.Why:
        """What the finding says of the routine."""
        listed = [self.look.contracts.get(target) for target in call.targets]
        if any(c is not None and mask_of(c.clobbers) >> register & 1 for c in listed):
            return messages.Why.LISTED
        if register < 4 or level is Severity.ERROR:
            return messages.Why.LOST
        if self.intent.updates(call.index, register):
            return messages.Why.SHARED
        effects = self.look.effects
        if not all(effects.of(target).changes >> register & 1 for target in call.targets):
            return messages.Why.LOST
        return messages.Why.RESULT

    def _used_outside(self, routine: Routine, register: int) -> int | None:
        """Where a caller, or one further up, reads what a routine leaves in a register."""
        seen = {routine.entry}
        waiting = deque([routine])
        while waiting:
            for caller, index in waiting.popleft().callers:
                if self.look.is_call(index) and index in self.look.reached(caller):
                    uses, leaves = self.intent.chains(caller).uses(index, register)
                    if uses:
                        return uses[0]
                    if not leaves:
                        continue
                if caller.entry not in seen:
                    seen.add(caller.entry)
                    waiting.append(caller)
        return None

    def _fix(self, entries: list[int], call: Call, register: int) -> Fix | None:
        fix = None
        if entries and entries[-1] in self.look.effects.level:
            # It is told that its stack is not level: then it may restore the register.
            return None
        if entries:
            fix = self.saving.inside(self.look.flow.cut.by_entry[entries[-1]], register)
        return fix or self.saving.around(call.index, register)

    # -- unused

    def _unused(self, routine: Routine) -> None:
        look, code = self.look, self.look.code
        chains = look.chains(routine)
        if routine.entry in look.flow.cut.uncalled and not look.is_own_routine(routine):
            return
        for index in chains.instructions():
            written = code.writes[index]
            if not written or code.op(index).group not in _PLAIN or code.rows[index][0] == POP:
                continue
            if look.flow.owners[index] is not routine or not look.is_own(index):
                continue
            if index in self.lost or code.lines[index].use is not None:
                continue
            if written & self.intent.possible.after(routine, index):
                continue
            register = written.bit_length() - 1
            if self.intent.is_read(routine, index, register):
                # What reads it comes first: then nothing may be left to read it.
                continue
            if register < 4 and chains.meets_call(index, register):
                # An argument, though the routine does nothing with it.
                continue
            over = self._overwriting(chains, index, register)
            fix = None
            is_plain = code.rows[index][0] == MOVE and not code.lines[index].shape.labels
            if is_plain and routine.entry not in self.open:
                fix = Fix(look.span(index), "", "take it out")
            place = look.span(over) if over is not None else None
            look.report(messages.unused_value(look.span(index), register, place, fix))

    def _overwriting(self, chains: Chains, index: int, register: int) -> int | None:
        """What replaces a value, where one instruction does."""
        for after in range(index + 1, min(index + 50, len(self.look.code.rows))):
            if chains.writes(after) >> register & 1:
                return after
            if self.look.code.op(after).group in ("jumps", "calls"):
                return None
        return None


class Written:
    """Registers that something may have written, from the program's start to each place."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._entry: dict[int, Mask] = {}
        self._before: dict[int, dict[int, Mask]] = {}
        self._each: dict[int, dict[int, Mask]] = {}
        for component in reversed(look.flow.cut.order):
            for routine in component:
                self._entry[routine.entry] = self._outside(routine)
            settle(component, self._routine)

    def _outside(self, routine: Routine) -> Mask:
        if self.look.is_start(routine):
            return 0
        return ALL if routine.is_root or not routine.callers else 0

    def at_entry(self, routine: Routine) -> Mask:
        """At a routine's entry."""
        return self._entry[routine.entry]

    def before(self, routine: Routine) -> dict[int, Mask]:
        """Before each instruction that control comes to."""
        found = self._each.get(routine.entry)
        if found is not None:
            return found
        found = self._each[routine.entry] = {}
        known = self.look.effects.known[routine.entry]
        for start in known.before:
            mask = self._before[routine.entry].get(start, 0)
            for index in range(start, known.stops.get(start, routine.inside[start].end - 1) + 1):
                found[index] = mask
                mask |= self._writes(index)
        return found

    def _writes(self, index: int) -> Mask:
        return self.look.effects.call(index).changes if self.look.is_call(index) else self.look.code.writes[index]

    def _routine(self, routine: Routine) -> bool:
        entry = self._entry[routine.entry]
        for caller, index in routine.callers:
            if caller.entry in self._before:
                entry |= self.before(caller).get(index, 0)
        if entry == self._entry[routine.entry] and routine.entry in self._before:
            return False
        self._entry[routine.entry] = entry
        self._each.pop(routine.entry, None)
        known = self.look.effects.known[routine.entry]
        own = {}
        for start in known.before:
            own[start] = 0
            for index in range(start, routine.inside[start].end):
                own[start] |= self._writes(index)
        before = {start: entry if start == routine.entry else 0 for start in known.before}
        waiting = list(before)
        while waiting:
            start = waiting.pop()
            if start in known.stops:
                continue
            mask = before[start] | own[start]
            for after in routine.inside[start].successors:
                if after in before and mask | before[after] != before[after]:
                    before[after] |= mask
                    waiting.append(after)
        self._before[routine.entry] = before
        return True

    def run(self) -> None:
        """Tell of registers that are read and surely were not written."""
        look = self.look
        told: set[tuple[int, int]] = set()
        if not look.starts:
            return
        for routine in look.routines:
            chains = look.chains(routine)
            for index, written in self.before(routine).items():
                if not look.is_own(index) or look.flow.owners[index] is not routine:
                    continue
                missing = chains.reads(index) & ~written
                if look.code.rows[index][0] == PUSH:
                    # What main or a routine saves before it uses it.
                    continue
                for register in registers_in(missing):
                    key = routine.entry, register
                    if key not in told:
                        told.add(key)
                        self._tell(routine, index, register)

    def _tell(self, routine: Routine, index: int, register: int) -> None:
        look = self.look
        if not look.is_call(index):
            look.report(messages.unwritten(look.span(index), register, look.is_start(routine)))
            return
        targets = [t for t in look.code.call_targets(index) if look.effects.of(t).reads >> register & 1]
        if not targets or look.code.is_open(index):
            return
        callee = look.flow.cut.by_entry[targets[0]]
        if look.is_own_routine(callee) and not self._entry[callee.entry] >> register & 1:
            # It is said there.
            return
        reads = look.chains(callee).reads
        uses = [at for at in look.chains(callee).instructions() if reads(at) >> register & 1]
        uses = [at for at in uses if look.code.rows[at][0] != PUSH]
        if not uses or callee.entry in look.effects.level:
            return
        read = look.span(uses[0]) if look.is_own(uses[0]) else None
        look.report(messages.unwritten_argument(look.span(index), register, look.name(callee.entry), read))
