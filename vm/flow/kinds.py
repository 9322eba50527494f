"""The kinds that registers and stack slots can have, wherever control can come to.

Forward over the whole program, subroutines by what all their callers bring. A state is an integer with two bits for
each register, then for each stack slot of the unit: 1 integer, 2 float, 3 either; 0 where control never comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from heapq import heappop, heappush
from typing import Final

from vm.flow.blocks import CALL, CALL_INDIRECT, HUB, MOVE, POP, PUSH, RETURN, SYSTEM_CALL, Block
from vm.flow.registers import ALL, READS, WRITES, Registers, system_call_number
from vm.flow.units import Unit, Units
from vm.isa import BY_CODE, BY_SYSTEM_CALL, REGISTERS

INTEGER, REAL, EITHER = 1, 2, 3
_ANY: Final = -1
"""The callee of a call through a register, which no unit is."""
State = int
START: Final = sum(INTEGER << 2 * register for register in range(REGISTERS))
"""All registers integers, as a program starts."""
UNKNOWN: Final = sum(EITHER << 2 * register for register in range(REGISTERS))
"""As the host may call an entry point."""
REGISTER_BITS: Final = UNKNOWN

_GIVES: Final = {"int": INTEGER, "float": REAL, "any": EITHER}


@cache
def spread(mask: int) -> State:
    """Both bits of each register in a set."""
    return sum(EITHER << 2 * register for register in range(REGISTERS) if mask >> register & 1)


def _rules() -> dict[int, str]:
    """How an instruction's result gets its kind."""
    rules = {}
    for code, op in BY_CODE.items():
        if op.writes:
            rules[code] = "select" if op.kinds == "select" else op.result
    return rules


_RULES: Final = _rules()
_INTEGERS: Final = {code for code, op in BY_CODE.items() if op.kinds == "integer"}
"""Instructions that trap unless all their operands are integers."""
_ADDRESS: Final = {code: op.memory_slot + 1 for code, op in BY_CODE.items() if op.memory_slot is not None}
"""Column of the address's base, by instruction."""


@dataclass
class Kinds:
    """What was found."""

    before: dict[int, State] = field(default_factory=dict)
    """By block; none where control never comes."""
    result: dict[int, State] = field(default_factory=dict)
    """Registers when a unit returns, by entry; none if it never does."""
    result_of_any: State = 0
    """Registers when a call through a register returns."""


class Transfer:
    """The effect of one instruction on a state. The engine that emits code follows it in step."""

    def __init__(self, units: Units, registers: Registers, found: Kinds) -> None:
        self.units = units
        self.rows = units.flow.rows
        self.registers = registers
        self.found = found
        constants = units.flow.program.object.constant_kinds.tolist()
        self.constants = [REAL if kind else INTEGER for kind in constants]
        self.taken = [entry for entry in units.flow.taken if entry in units.by_entry]

    def kind(self, slot: int, state: State) -> int:
        """An operand's kind."""
        return state >> 2 * slot & 3 if slot < REGISTERS else self.constants[slot - REGISTERS]

    def after_call(self, index: int, state: State) -> State | None:
        """The state after a call returns; None if it never does."""
        row = self.rows[index]
        if row[0] == CALL_INDIRECT:
            result = self.found.result_of_any
            # A target may leave alone what another changes.
            return state | (result & spread(self.registers.changed_by_any)) if result else None
        result = self.found.result.get(row[1], 0)
        if not result:
            return None
        bits = spread(self.registers.changed[row[1]])
        return (state & ~bits) | (result & bits)

    def after(self, index: int, state: State, depth: int) -> State | None:
        """The state after an instruction; ``depth`` is what is on the stack before it, -1 if that is not known."""
        row = self.rows[index]
        code = row[0]
        rule = _RULES.get(code)
        if code in _INTEGERS or code in _ADDRESS:
            state = self._refined(row, state)
        if rule is None:
            if code in (CALL, CALL_INDIRECT):
                return self.after_call(index, state)
            if code == PUSH and depth >= 0:
                return self._set(state, REGISTERS + depth, self.kind(row[1], state))
            if code == SYSTEM_CALL:
                return self._after_system_call(index, state)
            return state
        if code == POP:
            kind = state >> 2 * (REGISTERS + depth - 1) & 3 if depth >= 0 else EITHER
        elif rule == "int":
            kind = INTEGER
        elif rule == "float":
            kind = REAL
        elif code == MOVE:
            kind = self.kind(row[2], state)
        elif rule == "select":
            kind = self.kind(row[3], state) | self.kind(row[4], state)
        else:
            kind = self._number(row, state)
        return self._set(state, row[WRITES[code][0]], kind)

    def _number(self, row: list[int], state: State) -> int:
        may_be_integer = True
        may_be_float = 0
        for column in READS[row[0]]:
            kind = self.kind(row[column], state)
            may_be_integer = may_be_integer and bool(kind & INTEGER)
            may_be_float |= kind & REAL
        return may_be_float | (INTEGER if may_be_integer else 0)

    def _refined(self, row: list[int], state: State) -> State:
        """What did not trap was an integer."""
        first = _ADDRESS.get(row[0])
        for column in READS[row[0]]:
            if row[column] < REGISTERS and (row[0] in _INTEGERS or (first is not None and column >= first)):
                state = self._set(state, row[column], INTEGER)
        return state

    def _after_system_call(self, index: int, state: State) -> State:
        call = BY_SYSTEM_CALL.get(system_call_number(self.units, index) or 0)
        gives = call.gives if call is not None else ("any", "any")
        for register, given in enumerate(gives):
            kind = _GIVES[given]
            if call is not None and kind == EITHER and not self.units.flow.float_arguments:
                # What is of either kind is an argument, or 0 where there is none.
                kind = INTEGER
            state = self._set(state, register, kind)
        return state

    @staticmethod
    def _set(state: State, place: int, kind: int) -> State:
        return state & ~(3 << 2 * place) | kind << 2 * place


class _Finder:
    """Comes to the least fixed point: a block is scanned again when the state before it grew, and from a call on when
    what the callee returns grew. Callees come first, or a routine of many calls would be scanned once for each."""

    def __init__(self, units: Units, registers: Registers) -> None:
        self.found = Kinds()
        self.units = units
        self.transfer = Transfer(units, registers, self.found)
        self.callers: dict[int, set[int]] = {}
        """Calls, and last instructions of blocks that go on, by callee."""
        self.states: dict[int, tuple[State, int]] = {}
        """State and depth of the stack before such an instruction."""
        self.taken = frozenset(self.transfer.taken)
        self.called: State = 0
        """Registers at any call through a register."""
        self.blocks: dict[int, tuple[Unit, Block]] = {}
        self.ranks: dict[int, int] = {}
        """When a block's turn is."""
        self.block_of: dict[int, int] = {}
        """The block's start, by an instruction of :attr:`states`."""
        for component in units.order:
            for unit in component:
                for block in unit.blocks:
                    self.ranks[block.start] = len(self.ranks)
                    self.blocks[block.start] = (unit, block)
        self.outside: dict[int, frozenset[int]] = {}
        self.waiting: list[tuple[int, int]] = []
        """A heap of ranks and starts of blocks."""
        self.begin: dict[int, int] = {}
        """Where to begin in a block that waits."""

    def wait(self, start: int, index: int) -> None:
        """Have a block scanned from an instruction on."""
        known = self.begin.get(start)
        if known is None:
            heappush(self.waiting, (self.ranks[start], start))
        if known is None or index < known:
            self.begin[start] = index

    def reach(self, start: int, state: State) -> None:
        """Control comes to a block with that state."""
        here = self.blocks.get(start)
        if here is None:
            return
        if start == here[0].entry:
            state &= REGISTER_BITS
        old = self.found.before.get(start)
        if old is None or old | state != old:
            self.found.before[start] = state if old is None else old | state
            self.wait(start, start)

    def returns(self, entry: int, state: State) -> None:
        """A unit returns with that state."""
        old = self.found.result.get(entry, 0)
        state &= REGISTER_BITS
        if old | state != old:
            self.found.result[entry] = old | state
            for index in self.callers.get(entry, ()):
                self.wait(self.block_of[index], index)
            if entry in self.taken and self.found.result_of_any | state != self.found.result_of_any:
                self.found.result_of_any |= state
                for index in self.callers.get(_ANY, ()):
                    self.wait(self.block_of[index], index)

    def call_any(self, state: State) -> None:
        """Control comes through a register to any unit whose address is taken."""
        if self.called | state != self.called:
            self.called |= state
            for callee in self.transfer.taken:
                self.reach(callee, self.called)

    def depends(self, start: int, index: int, callee: int, before: tuple[State, int]) -> None:
        """What follows an instruction depends on what a unit returns."""
        self.callers.setdefault(callee, set()).add(index)
        self.block_of[index] = start
        self.states[index] = before

    def scan(self, start: int, begin: int) -> None:
        """Follow a block from an instruction on."""
        unit, block = self.blocks[start]
        state: State | None
        if begin == start:
            state, depth = self.found.before[start], unit.depth[start] if unit.is_tidy else -1
        else:
            state, depth = self.states[begin]
        rows = self.units.flow.rows
        transfer = self.transfer
        assert state is not None
        before = (state, depth)
        for index in range(begin, block.end):
            row = rows[index]
            code = row[0]
            if code == CALL:
                self.depends(start, index, row[1], (state, depth))
                self.reach(row[1], state)
            elif code == CALL_INDIRECT:
                self.depends(start, index, _ANY, (state, depth))
                self.call_any(state & REGISTER_BITS)
            before = (state, depth)
            state = transfer.after(index, state, depth)
            if state is None:
                return
            if depth >= 0:
                depth += (code == PUSH) - (code == POP)
        # The hub has no instruction, and is looked at from its start.
        last = max(block.end - 1, start)
        if start != HUB and rows[last][0] == RETURN:
            self.returns(unit.entry, state)
        outside = self.continuations(unit)
        for after in block.successors:
            if after in outside:
                self.depends(start, last, after, before)
                self.returns(unit.entry, self.found.result.get(after, 0))
            self.reach(after, state)

    def continuations(self, unit: Unit) -> frozenset[int]:
        """The units that a unit goes on to, to be looked up."""
        found = self.outside.get(unit.entry)
        if found is None:
            found = self.outside[unit.entry] = frozenset(unit.continuations)
        return found

    def run(self) -> Kinds:
        """Everything that control can come to."""
        flow = self.units.flow
        for entry in flow.program.entry_points().values():
            self.reach(entry, UNKNOWN)
        if flow.program.object.entry in self.blocks:
            self.reach(flow.program.object.entry, START)
        while self.waiting:
            _, start = heappop(self.waiting)
            self.scan(start, self.begin.pop(start))
        return self.found


def find(units: Units, registers: Registers) -> Kinds:
    """Every block's state."""
    return _Finder(units, registers).run()


__all__ = [
    "ALL",
    "EITHER",
    "INTEGER",
    "REAL",
    "REGISTER_BITS",
    "START",
    "UNKNOWN",
    "Kinds",
    "State",
    "Transfer",
    "find",
    "spread",
]
