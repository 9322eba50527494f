"""Kinds of registers, integers and floats, wherever control comes; and the slips between them.

Forward over the whole program, routines by what all their callers bring. A state has two bits for each register: 1
integer, 2 float, 3 either."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from qbcc.assembly.names import integer_value
from qbcc.flow.code import ALL, Mask
from qbcc.flow.routines import Routine
from qbcc.lint import messages
from qbcc.lint.assembly.look import Look
from qbcc.source import Span
from qbcc.syntax.lines import Integer
from vm.flow.blocks import CALL, CALL_INDIRECT, MOVE, POP, SYSTEM_CALL, TARGET
from vm.flow.kinds import EITHER, INTEGER, REAL, START, State, spread
from vm.flow.registers import READS, WRITES
from vm.isa import BITS, BY_CODE, BY_NAME, BY_SYSTEM_CALL, FLOAT, REGISTERS

_GIVES: Final = {"int": INTEGER, "float": REAL, "any": EITHER}
_CALLS: Final = (CALL, CALL_INDIRECT)
_INTEGERS: Final = {code for code, op in BY_CODE.items() if op.kinds == "integer" and code not in TARGET}
"""Instructions that take integers only."""
_ADDRESSES: Final = {
    code: [op.starts[i] + 1 for i, letter in enumerate(op.letters) if letter == "m"]
    for code, op in BY_CODE.items()
    if "m" in op.letters
}
"""Columns of the bases of addresses; an offset follows each."""
_NUMBERS: Final = {code for code, op in BY_CODE.items() if op.kinds in ("number", "compare")}
_FLOATS: Final = {code for code, op in BY_CODE.items() if op.kinds == "float"}
_DIVIDE: Final = BY_NAME["QDIV"][0].code
_STEPS: Final = 3
"""Instructions that a value is followed back through."""
_LOWEST, _HIGHEST = 1023 - 40, 1023 + 40
"""Exponents of floats that people write."""
_USUAL: Final = 20
"""The same of those with many digits: an integer with such bits is a rare one."""
_MIXED: Final = 20
"""Instructions behind a calculation that are looked at."""


class Kinds:
    """Works them out, and looks at all routines."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.code = look.code
        self.rows = look.code.rows
        self.entry: dict[int, State] = {}
        self.result: dict[int, State] = {}
        self.before: dict[int, dict[int, State]] = {}
        self._last: tuple[int, dict[int, State]] = (-1, {})
        """The routine that was asked about last, and its states."""
        constants = look.code.object.constant_kinds.tolist()
        self.constants = [REAL if kind == FLOAT else INTEGER for kind in constants]
        for slot in self.code.brought:
            self.constants[slot - REGISTERS] = EITHER
        self.plain = [self._plain(index) for index in range(len(self.rows))]
        self._solve()

    # -- working out

    def _solve(self) -> None:
        """To the least fixed point: routines wait again when a caller brings more, or a callee returns more."""
        by_entry = self.look.flow.cut.by_entry
        waiting: dict[int, None] = {}
        for component in reversed(self.look.flow.cut.order):
            for routine in component:
                self.entry[routine.entry] = self._outside(routine)
                waiting[routine.entry] = None
        while waiting:
            entry = next(iter(waiting))
            del waiting[entry]
            routine = by_entry[entry]
            if not self.entry[entry]:
                continue
            reached, grew = self._routine(routine)
            waiting.update(dict.fromkeys(reached))
            if grew:
                waiting.update(dict.fromkeys(caller.entry for caller, _ in routine.callers))

    def _outside(self, routine: Routine) -> State:
        """What comes from outside: zeros at the start, anything from others."""
        if self.look.is_start(routine):
            return START
        return spread(ALL) if routine.is_root or not routine.callers else 0

    def _routine(self, routine: Routine) -> tuple[list[int], bool]:
        """Go through a routine; entries that get more than they had, and whether it returns more."""
        known = self.look.effects.known[routine.entry]
        before = {routine.entry: self.entry[routine.entry]}
        reached: list[int] = []
        plain = self.plain
        result = self.result.get(routine.entry, 0)
        old = result
        waiting = [routine.entry]
        while waiting:
            start = waiting.pop()
            block = routine.inside[start]
            state: State | None = before[start]
            for index in range(start, block.end):
                assert state is not None
                found = plain[index]
                if found is not None:
                    state = state & found[0] | found[1]
                    continue
                if self.rows[index][0] in _CALLS:
                    reached += self._bring(self.code.call_targets(index), state)
                state = self._slow(index, state)
                if state is None:
                    break
            if state is None:
                continue
            if block.end - 1 in known.ends and not known.tails.get(block.end - 1):
                result |= state
            for tail in known.tails.get(block.end - 1, ()):
                reached += self._bring((tail,), state)
                changed = spread(self.look.effects.tail(tail).changes)
                given = self.result.get(tail, 0)
                if given:
                    result |= (state & ~changed) | (given & changed)
            for after in block.successors:
                if after in routine.inside:
                    there = before.get(after, 0)
                    if state | there != there:
                        before[after] = state | there
                        waiting.append(after)
        self.before[routine.entry] = before
        self.result[routine.entry] = result
        return reached, result != old

    def _bring(self, targets: tuple[int, ...], state: State) -> list[int]:
        found = []
        for target in targets:
            if self.entry[target] | state != self.entry[target]:
                self.entry[target] |= state
                found.append(target)
        return found

    def kind(self, slot: int, state: State) -> int:
        """An operand's."""
        return state >> 2 * slot & 3 if slot < REGISTERS else self.constants[slot - REGISTERS]

    def after(self, index: int, state: State) -> State | None:
        """The state behind an instruction; None where control does not come, or not yet."""
        plain = self.plain[index]
        return state & plain[0] | plain[1] if plain is not None else self._slow(index, state)

    def _slow(self, index: int, state: State) -> State | None:
        row = self.rows[index]
        code = row[0]
        if code in _CALLS:
            return self._after_call(index, state)
        if code in _INTEGERS or code in _ADDRESSES:
            # What did not trap was an integer.
            for column in self.integer_columns(index):
                if row[column] < REGISTERS:
                    state = _set(state, row[column], INTEGER)
        if code == SYSTEM_CALL:
            number = self.code.constant(row[1])
            call = BY_SYSTEM_CALL.get(number) if isinstance(number, int) else None
            for register, given in enumerate(call.gives if call is not None else ("any", "any")):
                state = _set(state, register, _GIVES[given])
            return state
        op = BY_CODE[code]
        if not op.writes:
            return state
        if code == POP:
            kind = EITHER
        elif code == MOVE:
            kind = self.kind(row[2], state)
        elif op.kinds == "select":
            kind = self.kind(row[3], state) | self.kind(row[4], state)
        elif op.result in _GIVES:
            kind = _GIVES[op.result]
        else:
            kinds = [self.kind(row[column], state) for column in READS[code]]
            kind = REAL if any(each & REAL for each in kinds) else 0
            kind |= INTEGER if all(each & INTEGER for each in kinds) else 0
        return _set(state, row[WRITES[code][0]], kind)

    def _plain(self, index: int) -> tuple[State, State] | None:
        """Bits that an instruction leaves, and those that it sets, whatever the state; None where that matters."""
        row = self.rows[index]
        code, op = row[0], BY_CODE[row[0]]
        depends = op.result == "number" or op.kinds == "select" or code in (MOVE, SYSTEM_CALL, *_CALLS)
        if depends:
            return None
        # What is in both is set; what is in the second alone is left.
        none, every = self._slow(index, 0), self._slow(index, spread(ALL))
        assert none is not None
        assert every is not None
        return every & ~none, none

    def _after_call(self, index: int, state: State) -> State | None:
        effect = self.look.effects.call(index)
        if not effect.returns:
            return None
        given = 0
        for target in self.code.call_targets(index):
            given |= self.result.get(target, 0)
        if self.code.is_open(index):
            given |= spread(ALL)
        if not given:
            # Nothing below has come to a return yet.
            return None
        changed = spread(effect.changes)
        kept = state & ~changed
        # A register that may stay as it is may have either kind.
        return kept | (given & changed) | (state & spread(effect.changes & ~effect.replaces))

    def integer_columns(self, index: int) -> Iterator[int]:
        """Columns of operands that must be integers."""
        row = self.rows[index]
        if row[0] in _INTEGERS:
            yield from READS[row[0]]
        for column in _ADDRESSES.get(row[0], ()):
            yield column
            yield column + 1

    # -- looking

    def states(self, routine: Routine) -> Iterator[tuple[int, State]]:
        """Instructions with the state before each."""
        for start, before in self.before.get(routine.entry, {}).items():
            state: State | None = before
            for index in range(start, routine.inside[start].end):
                if state is None:
                    break
                yield index, state
                state = self.after(index, state)

    def at(self, routine: Routine, index: int) -> State | None:
        """The state before an instruction; None where control does not come."""
        return self.all(routine).get(index)

    def all(self, routine: Routine) -> dict[int, State]:
        """The states of a routine."""
        if self._last[0] != routine.entry:
            self._last = routine.entry, dict(self.states(routine))
        return self._last[1]

    def run(self) -> None:
        """Everything."""
        for routine in self.look.routines:
            states = self.all(routine)
            for index, state in states.items():
                if self.look.flow.owners[index] is not routine or not self.look.is_own(index):
                    continue
                self._floats(routine, index, state)
                self._bits(routine, index, state)
                if self.rows[index][0] == _DIVIDE:
                    self._quotient(routine, index, states)

    def _floats(self, routine: Routine, index: int, state: State) -> None:
        """A float as an address, in bit operations, as what a system call takes as an integer."""
        row = self.rows[index]
        for column in self.integer_columns(index):
            kind = self.kind(row[column], state)
            if kind == REAL or (kind == EITHER and self._becomes_float(routine, index, row[column])):
                is_address = row[0] in _ADDRESSES and row[0] not in _INTEGERS
                use = "is used as an address" if is_address else f"{BY_CODE[row[0]].name} takes integers"
                self._tell_kind(routine, index, row[column], use, is_certain=kind == REAL)
                return
        if BY_CODE[row[0]].kinds == "bits" and self.kind(row[2], state) == INTEGER:
            self._tell_kind(routine, index, row[2], f"{BY_CODE[row[0]].name} takes a float", "an integer")
        if row[0] == SYSTEM_CALL:
            number = self.code.constant(row[1])
            call = BY_SYSTEM_CALL.get(number) if isinstance(number, int) else None
            for register, wanted in enumerate(call.takes if call is not None else ()):
                kind = self.kind(register, state)
                if kind != EITHER and wanted != "any" and kind != _GIVES[wanted]:
                    names = {INTEGER: "an integer", REAL: "a float"}
                    use = f"system call {number} takes {names[_GIVES[wanted]]}"
                    self._tell_kind(routine, index, register, use, names[kind])
                    return

    def _makes(self, index: int, state: State, register: int, kind: str) -> bool:
        after = self.after(index, state)
        return after is not None and self.kind(register, after) == (REAL if kind == "a float" else INTEGER)

    def _becomes_float(self, routine: Routine, index: int, register: int) -> bool:
        """Whether by one of the ways the register surely holds a float: something in the routine just made it one."""
        states = self.all(routine)
        for made in self.look.chains(routine).definitions(index, register)[0]:
            if made in states and not self.look.is_call(made):
                after = self.after(made, states[made])
                if after is not None and self.kind(register, after) == REAL:
                    return True
        return False

    def _tell_kind(
        self, routine: Routine, index: int, slot: int, use: str, kind: str = "a float", is_certain: bool = True
    ) -> None:
        origin = None
        operand = f"r{slot}" if slot < REGISTERS else f"{self.code.constant(slot)!r}"
        if slot < REGISTERS:
            made, _ = self.look.chains(routine).definitions(index, slot)
            if self._follows(routine, made, slot, 0):
                return
            states = self.all(routine)
            makers = [m for m in made if m in states and self._makes(m, states[m], slot, kind)]
            origin = self.look.span((makers or made)[0]) if made else None
        self.look.report(messages.wrong_kind(self.look.span(index), operand, kind, use, origin, is_certain))

    def _follows(self, routine: Routine, made: list[int], register: int, depth: int) -> bool:
        """Whether a value comes of a register that a call overwrites: that is told, and may be all that is wrong."""
        if depth > _STEPS or not self.look.lost:
            return False
        chains = self.look.chains(routine)
        for index in made:
            if (index, register) in self.look.lost:
                return True
            for column in () if self.look.is_call(index) else READS[self.rows[index][0]]:
                slot = self.rows[index][column]
                if slot < REGISTERS and self._follows(routine, chains.definitions(index, slot)[0], slot, depth + 1):
                    return True
        return False

    def _bits(self, routine: Routine, index: int, state: State) -> None:
        """The bits of a float where a number is calculated with."""
        row = self.rows[index]
        if row[0] not in _NUMBERS and row[0] not in _FLOATS:
            return
        for column in READS[row[0]]:
            others = [self.kind(row[other], state) for other in READS[row[0]] if other != column]
            is_surely = REAL in others or row[0] in _FLOATS
            slot, origin = row[column], None
            made: list[int] = []
            if slot < REGISTERS and not self.suspects >> slot & 1:
                continue
            if slot < REGISTERS and self.kind(slot, state) == INTEGER:
                made = self._moved(routine, index, slot)
                if not made:
                    continue
                slot, origin = self.rows[made[0]][2], self.look.span(made[0])
            value = self.code.constant(slot) if slot >= REGISTERS else None
            meant = _meant(value, is_surely) if isinstance(value, int) else None
            if meant is None and isinstance(value, int):
                meant = _long(value)
                meant = None if meant is None or self._is_mixing(routine, index) else meant
            if meant is not None:
                word = f"0x{int(value or 0) & (1 << 64) - 1:X}"
                place = self._written(index if origin is None else made[0], int(value or 0))
                self.look.report(messages.bits_as_number(self.look.span(index), word, meant, origin, place))
                return

    def _moved(self, routine: Routine, index: int, register: int) -> list[int]:
        """The move of a constant that a register's value comes of, through other registers; none if that is unsure."""
        for _ in range(_STEPS):
            made, from_entry = self.look.chains(routine).definitions(index, register)
            if from_entry or len(made) != 1 or self.rows[made[0]][0] != MOVE:
                return []
            index, register = made[0], self.rows[made[0]][2]
            if register >= REGISTERS:
                return made
        return []

    def _is_mixing(self, routine: Routine, index: int) -> bool:
        """Whether bits are mixed, as for a hash or a random number: a number with many bits is no float then."""
        row, chains = self.rows[index], self.look.chains(routine)
        if not self.code.writes[index]:
            return False
        waiting, seen = [index], set[int]()
        while waiting and len(seen) < _MIXED:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            if self.code.op(each).group == BITS:
                return True
            if each == index or self.rows[each][0] == MOVE or self.rows[each][0] in _NUMBERS:
                written = self.code.writes[each].bit_length() - 1
                waiting += chains.uses(each, written)[0] if written >= 0 else []
        made = [chains.definitions(index, row[column])[0] for column in READS[row[0]] if row[column] < REGISTERS]
        return any(not self.look.is_call(m) and self.code.op(m).group == BITS for each in made for m in each)

    @cached_property
    def suspects(self) -> Mask:
        """Registers that some instruction loads with bits that may be a float's."""
        mask = 0
        for row in self.rows:
            value = self.code.constant(row[2]) if row[0] == MOVE and row[2] >= REGISTERS else None
            if isinstance(value, int) and _meant(value, True) is not None:
                mask |= 1 << row[1]
        old = 0
        while mask != old:
            old = mask
            for row in self.rows:
                if row[0] == MOVE and row[2] < REGISTERS and mask >> row[2] & 1:
                    mask |= 1 << row[1]
        return mask

    def _written(self, index: int, value: int) -> Span | None:
        """Where an instruction says a number itself."""
        line = self.code.lines[index]
        for node in line.shape.arguments if line.use is None else ():
            if isinstance(node, Integer) and integer_value(line.words[node.first]) == value & (1 << 64) - 1:
                return line.span(node)
        return None

    def _quotient(self, routine: Routine, index: int, states: dict[int, State]) -> None:
        """A division of integers whose quotient goes on as a float."""
        row = self.rows[index]
        if any(self.kind(row[column], states[index]) != INTEGER for column in READS[row[0]]):
            return
        chains = self.look.chains(routine)
        for use in chains.uses(index, row[1])[0]:
            other = self.rows[use]
            wants = other[0] in _FLOATS
            if other[0] in _NUMBERS and use in states:
                kinds = [self.kind(other[c], states[use]) for c in READS[other[0]] if other[c] != row[1]]
                wants = REAL in kinds
            if wants and self.look.is_own(use):
                self.look.report(messages.whole_quotient(self.look.span(index), self.look.span(use)))
                return


def _meant(value: int, is_surely: bool) -> float | None:
    """The float whose bits an integer has, if people would write it: a short one, or any where a float is wanted."""
    bits = value & (1 << 64) - 1
    exponent = bits >> 52 & 0x7FF
    if not _LOWEST <= exponent <= _HIGHEST:
        return None
    found: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return found if is_surely or bits & 0xFFFF_FFFF == 0 or len(repr(found)) <= 8 else None


def _long(value: int) -> float | None:
    """The same where nothing but the exponent tells: a positive float of a size that people calculate with."""
    if not 0 < value < 1 << 63 or abs((value >> 52) - 1023) > _USUAL:
        return None
    return float(struct.unpack("<d", struct.pack("<Q", value))[0])


def _set(state: State, register: int, kind: int) -> State:
    return state & ~(3 << 2 * register) | kind << 2 * register
