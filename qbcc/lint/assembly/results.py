"""Whether a register that a routine changes is a result of it, or only what its work left there.

A value that a routine makes and does not use itself must be meant for its callers. One that it does use, as a counter
or an address, is left over. Contracts say it outright."""

from __future__ import annotations

from typing import Final

from qbcc.flow.routines import Routine
from qbcc.lint.assembly.look import Look, mask_of
from qbcc.lint.assembly.values import Values
from vm.flow.blocks import POP
from vm.isa import BY_NAME, REGISTERS

_STORE: Final = BY_NAME["QSTORE"][0].code
_STORES: Final = frozenset(BY_NAME[f"QSTORE{letter}"][0].code for letter in ("", "B", "H", "W"))
_LOADS: Final = frozenset(BY_NAME[name][0].code for name in ("QLOAD", "QLOADF"))


class Results:
    """Of all routines of a program."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._found: dict[tuple[int, int], bool] = {}
        self._exits: dict[tuple[int, int], list[int]] = {}
        self._put_back: dict[tuple[int, int], bool] = {}
        self._stores: dict[int, set[int | None]] = {}
        self._saves: dict[tuple[int, int], set[int | None]] = {}
        self.values = Values(look)

    def is_result(self, index: int, register: int) -> bool:
        """Whether a call may hand over something in a register."""
        code = self.look.code
        if code.is_open(index) and register == 0:
            return True
        return any(self.is_given(target, register) for target in code.call_targets(index))

    def is_given(self, entry: int, register: int) -> bool:
        """Whether a routine does."""
        key = entry, register
        if key not in self._found:
            # In a circle, another way round has to tell.
            self._found[key] = False
            self._found[key] = self._is_given(self.look.flow.cut.by_entry[entry], register)
        return self._found[key]

    def _is_given(self, routine: Routine, register: int) -> bool:
        contract = self.look.contracts.get(routine.entry)
        if contract is not None and (contract.args or contract.returns or contract.clobbers):
            return bool(mask_of(contract.returns) >> register & 1)
        effects = self.look.effects
        chains = self.look.chains(routine)
        for index in self.exits(routine, register):
            if self._is_loaded_back(routine, index, self._stored(routine, register)):
                continue
            if self.look.is_call(index):
                used = [use for use in chains.uses(index, register)[0] if use != index]
                if self.is_result(index, register) and not used:
                    return True
            elif effects.code.rows[index][0] == POP:
                # A register below r4 is filled, one above put back, if in the wrong order.
                if register < 4 and not chains.uses(index, register)[0]:
                    return True
            elif not self._is_used(routine, index, register):
                return True
        return any(
            self.is_given(tail, register) for _, tail in routine.tails if effects.tail(tail).changes >> register & 1
        )

    def _is_used(self, routine: Routine, index: int, register: int) -> bool:
        """Whether a value serves the routine that makes it, more than to make the next one of its kind."""
        chains = self.look.chains(routine)
        return any(not chains.writes(use) >> register & 1 for use in chains.uses(index, register)[0])

    def exits(self, routine: Routine, register: int) -> list[int]:
        """Instructions and calls that made what a register holds when a routine returns."""
        key = routine.entry, register
        if key not in self._exits:
            chains = self.look.chains(routine)
            found: dict[int, None] = {}
            for end in self.look.effects.known[routine.entry].ends:
                known = self.look.effects.known[routine.entry].ends[end]
                if known.registers[register] != register:
                    found.update(dict.fromkeys(chains.definitions(end, register)[0]))
            self._exits[key] = list(found)
        return self._exits[key]

    def is_argument_kept(self, index: int, register: int) -> bool:
        """Whether all that a call leaves in a register is one of its own arguments: no caller needs that back."""
        code = self.look.code
        targets = [t for t in code.call_targets(index) if self.look.effects.of(t).changes >> register & 1]
        return bool(targets) and all(
            end.registers[register] in (register, *range(4))
            for target in targets
            for end in self.look.effects.known[target].ends.values()
        )

    def is_put_back(self, index: int, register: int) -> bool:
        """Whether what a call may change it loads again from where it stored it: saved in memory, not on the stack.
        Nothing shows that memory stays; who writes so relies on it."""
        code = self.look.code
        targets = [t for t in code.call_targets(index) if self.look.effects.of(t).changes >> register & 1]
        return bool(targets) and not code.is_open(index) and all(self.loads(t, register) for t in targets)

    def loads(self, entry: int, register: int) -> bool:
        """The same of a routine."""
        key = entry, register
        if key not in self._put_back:
            self._put_back[key] = False
            routine = self.look.flow.cut.by_entry[entry]
            stored = self._stored(routine, register)
            made = self.exits(routine, register)
            # A routine below, or another activation of this one, may store there too.
            stored = stored - self._stored_below(routine) if stored else stored
            self._put_back[key] = bool(made) and self._all_put_back(routine, made, register, stored)
        return self._put_back[key]

    def _all_put_back(self, routine: Routine, made: list[int], register: int, stored: set[int | None]) -> bool:
        """Whether all that makes a register's value loads it back, or is a call that puts back what it had before."""
        waiting, seen = list(made), set[int]()
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            if self.look.is_call(each):
                if not self.is_put_back(each, register):
                    return False
                waiting += self.look.chains(routine).definitions(each, register)[0]
            elif not self._is_loaded_back(routine, each, stored):
                return False
        return True

    def _is_loaded_back(self, routine: Routine, index: int, stored: set[int | None]) -> bool:
        """Whether an instruction loads from where a register was saved."""
        is_load = bool(stored) and self.look.code.rows[index][0] in _LOADS
        return is_load and self.values.address(routine, index, 1) in stored

    def _stored(self, routine: Routine, register: int) -> set[int | None]:
        """Known addresses at which a routine stores what a register has at its entry."""
        key = routine.entry, register
        if key not in self._saves:
            self._saves[key] = self._find_stored(routine, register)
        return self._saves[key]

    def _find_stored(self, routine: Routine, register: int) -> set[int | None]:
        found: set[int | None] = set()
        for index in self.look.chains(routine).instructions():
            row = self.look.code.rows[index]
            state = self.values.state(routine, index) if row[0] == _STORE and row[1] < REGISTERS else None
            if state is not None and state.registers[row[1]] == register:
                found.add(self.values.address(routine, index, 1))
        return found - {None}

    def saves(self, routine: Routine, register: int) -> set[int]:
        """Stores of what a register has at a routine's entry, from where it is loaded again."""
        rows = self.look.code.rows
        loaded = {
            self.values.address(routine, index, 1)
            for index in self.look.reached(routine)
            if rows[index][0] in _LOADS and rows[index][1] == register
        }
        places = self._stored(routine, register) & loaded
        if not places:
            return set()
        return {
            index
            for index in self.look.reached(routine)
            if rows[index][0] == _STORE
            and rows[index][1] == register
            and self.values.address(routine, index, 1) in places
        }

    def _stored_below(self, routine: Routine) -> set[int | None]:
        """Known addresses at which routines that a routine calls store, itself too if it comes to itself."""
        by_entry = self.look.flow.cut.by_entry
        found: set[int | None] = set()
        seen: set[int] = set()
        waiting = list(routine.others)
        while waiting:
            entry = waiting.pop()
            if entry in seen:
                continue
            seen.add(entry)
            found |= self._addresses(by_entry[entry])
            waiting += by_entry[entry].others
        return found

    def _addresses(self, routine: Routine) -> set[int | None]:
        """Known addresses at which a routine stores."""
        if routine.entry not in self._stores:
            rows = self.look.code.rows
            stores = [index for index in self.look.reached(routine) if rows[index][0] in _STORES]
            self._stores[routine.entry] = {self.values.address(routine, index, 1) for index in stores}
        return self._stores[routine.entry]

    def _first(self, routine: Routine, register: int) -> int:
        """The first instruction that writes a register, as people read."""
        look = self.look
        writing = [i for i in look.chains(routine).instructions() if look.code.writes[i] >> register & 1]
        behind = [index for index in writing if index >= routine.entry]
        return min(behind or writing)

    def _behind(self, routine: Routine, made: list[int], register: int) -> list[int]:
        """What makes a register's value, in place of calls that put back what it had before them."""
        found, waiting, seen = [], list(made), set[int]()
        while waiting:
            each = waiting.pop(0)
            if each in seen:
                continue
            seen.add(each)
            before = self.look.chains(routine).definitions(each, register)[0]
            if before and self.look.is_call(each) and self.is_put_back(each, register):
                waiting += before
            else:
                found.append(each)
        return found

    def path(self, index: int, register: int) -> tuple[list[int], list[int]]:
        """How a call comes to change a register: entries of the routines, and the calls in them that lead on; the last
        is the instruction that writes it. Both empty where that is not here."""
        entries: list[int] = []
        steps: list[int] = []
        look = self.look
        targets = [t for t in look.code.call_targets(index) if look.effects.of(t).changes >> register & 1]
        while targets and targets[0] not in entries:
            routine = look.flow.cut.by_entry[targets[0]]
            entries.append(routine.entry)
            made = self._behind(routine, self.exits(routine, register), register)
            if any(not look.is_call(each) for each in made):
                steps.append(self._first(routine, register))
                return entries, steps
            leading = [
                (each, target)
                for each in made
                for target in look.code.call_targets(each)
                if look.effects.of(target).changes >> register & 1
            ]
            leading += [(at, tail) for at, tail in routine.tails if look.effects.tail(tail).changes >> register & 1]
            leading = [pair for pair in leading if pair[1] not in entries]
            if not leading:
                break
            steps.append(leading[0][0])
            targets = [leading[0][1]]
        return [], []
