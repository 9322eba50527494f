"""A function of LLVM IR while it is emitted: its variables, segments, ways out, and count.

Registers and stack slots are variables (LLVM makes them SSA values): ``%r`` holds an integer or the bits of a value
of either kind, ``%f`` a float, ``%k`` the kind where it is not known. Within a block they are values in ``env``.

Nothing traps here. A *segment* is a stretch of instructions without an effect before its last one; what would trap
leaves for the segment's start, with the state as it was there, and the interpreter goes on and traps. So compiled code
may also leave wherever it likes: for a limit, a case it does not know, a full stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from vm.flow.blocks import HUB
from vm.flow.kinds import EITHER, INTEGER, REAL, REGISTER_BITS, State
from vm.flow.registers import ALL, Mask
from vm.flow.units import Unit
from vm.interp import layout
from vm.isa import REGISTERS
from vm.native.code import COLD, Code, Value, integer, real, real_literal
from vm.native.plan import Plan

_STRETCH: Final = 1 << 16
"""Instructions that a loop may run between two looks at the limit."""
_TYPES: Final = {INTEGER: "i64", REAL: "double"}


@dataclass
class Expansion:
    """A unit's code inside a function: the function's own, or a callee's expanded in place of a call."""

    unit: Unit
    prefix: str
    """Of its labels."""
    base: int = 0
    """Slots below its own."""
    outer: Expansion | None = None
    call: int = -1
    """The call's instruction."""
    back: str = ""
    """Label behind the call."""
    after: State = 0
    """State there."""
    slots: tuple[int, ...] = ()
    """Kinds of the slots below its own."""
    written: Mask = 0
    """Registers that the function may have written before the call."""

    def count(self, entry: int) -> int:
        """How often a unit is in this chain."""
        outer = self.outer.count(entry) if self.outer else 0
        return outer + (self.unit.entry == entry)

    @property
    def depth(self) -> int:
        """Calls between the function's entry and here."""
        return 1 + self.outer.depth if self.outer else 0


@dataclass
class Segment:
    """The state at an instruction, as values and variables, to leave with."""

    index: int
    count: tuple[str, int]
    """A name, and what to add."""
    env: dict[int, Value]
    written: Mask
    slots: int
    """Slots in use."""
    context: Expansion
    state: State
    """Kinds of the variables that are not in ``env``."""
    base: int
    label: str = ""
    """Of the code that leaves; empty until something does."""
    ways: list[str] = field(default_factory=list)
    """Labels that lead there."""


@dataclass
class Leave:
    """Code to write at the function's end."""

    segment: Segment
    label: str
    unwinds: int = -1
    """The call instruction whose callee left; -1 to leave from here."""
    goes_on: bool = False
    """Whether that call was a continuation, which has no return."""
    is_whole: bool = False
    """Whether all registers are in their cells."""
    status: str = str(layout.LEFT)
    index: int = -1
    """Where to go on, if not at the segment's start."""
    count: str = ""


class Body(Code):
    """The state of a function that is being emitted."""

    def __init__(self, plan: Plan, unit: Unit, *, is_resumed: bool) -> None:
        """``is_resumed``: for a way into the unit's middle, where all is in the machine's cells."""
        super().__init__()
        self.plan = plan
        self.unit = unit
        self.is_resumed = is_resumed
        self.forms: set[str] = set()
        """Variables that are used, by form."""
        self.env: dict[int, Value] = {}
        self.dirty: set[int] = set()
        self.checked: dict[str, tuple[int, int]] = {}
        """Host addresses known to be valid: the name of a base, least and greatest offset."""
        self.written: Mask = 0
        self.slots = 0
        self.count: tuple[str, int] = ("", 0)
        self.begin = 0
        """Instruction that ``count`` is counted from."""
        self.context = Expansion(unit, "")
        self.state: State = 0
        self.ended = False
        """Whether control has left the block."""
        self.segment: Segment
        self.leaves: list[Leave] = []
        self.is_distance = bool(unit.loop_heads) and not plan.calls_in_loops(unit)
        """Whether the count is kept as its distance to ``%until``: loops then test but a sign, and calls do more."""
        self.prologue = self.prologue_end = 0
        """Lines before those that choose ``%until``, which a function without loops does not need."""

    def signature(self) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
        """Result type, and (register, kind) of parameters and results."""
        return signature(self.plan, self.unit)

    # -- variables

    def _form(self, letter: str, variable: int) -> str:
        name = f"%{letter}{variable}"
        self.forms.add(name)
        return name

    def _store(self, variable: int, value: Value, kind: int) -> None:
        """Into the variable's form for ``kind``. What is known to be of a kind may come as either."""
        if kind == REAL:
            name = value.name if value.kind == REAL else self.let(f"bitcast i64 {value.name} to double")
            self.do(f"store double {name}, ptr {self._form('f', variable)}")
            return
        self.do(f"store i64 {self.bits(value)}, ptr {self._form('r', variable)}")
        if kind == EITHER:
            self.do(f"store i64 {self.tag(value)}, ptr {self._form('k', variable)}")

    def _fetch(self, variable: int, kind: int) -> Value:
        if kind == REAL:
            return real(self.let(f"load double, ptr {self._form('f', variable)}"))
        bits = self.let(f"load i64, ptr {self._form('r', variable)}")
        if kind == EITHER:
            return Value(EITHER, bits, self.let(f"load i64, ptr {self._form('k', variable)}"))
        return integer(bits)

    @property
    def code(self) -> Code:
        """Where instructions write to."""
        return self

    @property
    def rows(self) -> list[list[int]]:
        """The program's instructions."""
        return self.plan.flow.rows

    def constant(self, slot: int) -> int | None:
        """A slot's value if it is a constant integer."""
        if slot < REGISTERS:
            return None
        bits, is_float = self.plan.constant(slot)
        return None if is_float else bits

    @staticmethod
    def _kind_in(context: Expansion, state: State, variable: int) -> int:
        """The kind of a variable in a state of an expansion."""
        if variable >= REGISTERS:
            if variable - REGISTERS < context.base:
                return context.slots[variable - REGISTERS]
            variable -= context.base
        return state >> 2 * variable & 3 or EITHER

    def get(self, variable: int) -> Value:
        """A variable's value now."""
        value = self.env.get(variable)
        if value is None:
            value = self.env[variable] = self._fetch(variable, self._kind_in(self.context, self.state, variable))
        return value

    def set(self, variable: int, value: Value) -> None:
        """Change a variable."""
        self.env[variable] = value
        self.dirty.add(variable)
        if variable < REGISTERS:
            self.written |= 1 << variable

    def operand(self, slot: int) -> Value:
        """A register's value, or a constant."""
        if slot < REGISTERS:
            return self.get(slot)
        bits, is_float = self.plan.constant(slot)
        return real(real_literal(bits)) if is_float else integer(str(bits))

    def need_integer(self, slot: int) -> str:
        """An operand as an integer; leaves if it is none."""
        value = self.operand(slot)
        if value.kind == EITHER:
            self.exit_if(self.let(f"icmp ne i64 {value.tag}, 0"))
            value = integer(value.name)
        elif value.kind == REAL:
            self.exit_if("true")
            value = integer("0")
        if slot < REGISTERS:
            # From here on it is known; that is no change.
            self.env[slot] = value
        return value.name

    # -- segments

    def new_segment(self, index: int) -> None:
        """What leaves from now on leaves for instruction ``index``, with the state of now."""
        name, offset = self.count
        self.segment = Segment(
            index,
            (name, offset + index - self.begin),
            dict(self.env),
            self.written | self.context.written,
            self.slots,
            self.context,
            self.state,
            self.context.base,
        )

    def exit_label(self) -> str:
        """Where the segment leaves."""
        if not self.segment.label:
            self.segment.label = self.label("x")
            self.leaves.append(Leave(self.segment, self.segment.label))
        return self.segment.label

    def exit_if(self, condition: str) -> None:
        """Leave where an ``i1`` is true."""
        label = self.label()
        self.do(f"br i1 {condition}, label %{self.exit_way()}, label %{label}, {COLD}")
        self.at(label)

    def exit_way(self) -> str:
        """A label of its own that leads to where the segment leaves.

        The code there tells them apart by a number, or LLVM would make one slow test of several quick ones."""
        self.exit_label()
        way = self.label("w")
        self.segment.ways.append(way)
        return way

    def exit(self) -> None:
        """Leave."""
        self.do(f"br label %{self.exit_way()}")
        self.ended = True

    def _leave(self, leave: Leave) -> None:
        segment = leave.segment
        ways = segment.ways if leave.label == segment.label else []
        for way in ways:
            self.at(way)
            self.do(f"br label %{leave.label}")
        self.at(leave.label)
        reason = "0"
        if len(ways) > 1:
            reason = self.let("phi i64 " + ", ".join(f"[ {number}, %{way} ]" for number, way in enumerate(ways)))
        self.env = segment.env
        self.context, self.state = segment.context, segment.state
        if leave.is_whole:
            self.set_word(layout.STORED, str(ALL))
        elif segment.written:
            self._spill(segment.written)
        if leave.unwinds < 0:
            index = segment.index if leave.index < 0 else leave.index
            count = self._absolute(leave.count or self._counted(segment.count))
            place = self.let("load i64, ptr %from") if index == HUB else str(index)
            self.do(f"call void @leave(ptr %s, i64 {leave.status}, i64 {place}, i64 {count}, i64 {reason})")
        slots, call = segment.slots, leave.unwinds if not leave.goes_on else -1
        context: Expansion | None = segment.context
        if call >= 0:
            self.do(f"call void @log_call(ptr %s, i64 {call + 1})")
        while context is not None:
            for slot in range(slots - 1, context.base - 1, -1):
                value = self.get(REGISTERS + slot)
                self.do(f"call void @log_value(ptr %s, i64 {self.bits(value)}, i64 {self.tag(value)})")
            if context.outer is not None:
                self.do(f"call void @log_call(ptr %s, i64 {context.call + 1})")
            slots = context.base
            context = context.outer
        if self.is_resumed:
            self.do(f"ret i64 {layout.LEFT}")
        else:
            result, _, results = self.signature()
            fields = ["i64 -1"]
            for _, kind in results:
                fields.append("double poison" if kind == REAL else "i64 poison")
                if kind == EITHER:
                    fields.append("i64 poison")
            self.do(f"ret {result} {{ {', '.join(fields)} }}")

    def _spill(self, mask: Mask) -> None:
        names = ["i64 poison"] * REGISTERS
        known, tags = 0, ""
        for register in range(REGISTERS):
            if not mask >> register & 1:
                continue
            value = self.get(register)
            names[register] = f"i64 {self.bits(value)}"
            if value.kind == REAL:
                known |= 1 << register
            elif value.kind == EITHER:
                moved = self.let(f"shl i64 {value.tag}, {register}")
                tags = self.let(f"or i64 {tags}, {moved}") if tags else moved
        kinds = self.let(f"or i64 {tags}, {known}") if tags else str(known)
        self.do(f"call void @spill(ptr %s, i64 {mask}, i64 {kinds}, {', '.join(names)})")

    # -- the count

    def _limit(self) -> str:
        return self.let(f"load volatile i64, ptr {self.place('%s', layout.COUNT_LIMIT)}")

    def _counted(self, count: tuple[str, int]) -> str:
        name, offset = count
        return self.let(f"add i64 {name}, {offset}") if offset else name

    def _absolute(self, count: str) -> str:
        """The count itself from what it is kept as."""
        if not self.is_distance:
            return count
        return self.let(f"add i64 {count}, {self.let('load i64, ptr %until')}")

    def count_before(self, index: int) -> str:
        """Instructions executed before ``index``, as the count is kept."""
        return self._counted((self.count[0], self.count[1] + index - self.begin))

    def _first_until(self, count: str) -> None:
        """Begin to count."""
        if not self.is_distance:
            self.do(f"store i64 {count}, ptr %count")
        self.prologue = len(self.lines)
        self._set_until(count)
        self.prologue_end = len(self.lines)

    def _set_until(self, count: str) -> None:
        """Choose the count at which a loop looks at the limit next."""
        soon = self.let(f"add i64 {count}, {_STRETCH}")
        until = self.let(f"call i64 @llvm.umin.i64(i64 {soon}, i64 {self._limit()})")
        self.do(f"store i64 {until}, ptr %until")
        kept = self.let(f"sub i64 {count}, {until}") if self.is_distance else count
        self.do(f"store i64 {kept}, ptr %count")

    def _count_from(self, count: str) -> tuple[str, int]:
        """What a count that a call gave back is kept as."""
        if not self.is_distance:
            return count, 0
        return self.let(f"sub i64 {count}, {self.let('load i64, ptr %until')}"), 0

    def _poll_if(self, late: str, count: str) -> None:
        """Call the host where the count is past the limit, and leave if it says so."""
        slow, on = self.label("poll"), self.label()
        self.do(f"br i1 {late}, label %{slow}, label %{on}, {COLD}")
        self.at(slow)
        answer = self.let(f"call preserve_allcc i64 @poll(ptr %s, i64 {count})")
        leaves = self.let(f"icmp ne i64 {answer}, 0")
        self.do(f"br i1 {leaves}, label %{self.exit_way()}, label %{on}, {COLD}")
        self.at(on)


def signature(plan: Plan, unit: Unit) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
    """Result type of a unit's function, and (register, kind) of its parameters and results."""
    before = plan.kinds.before[unit.entry]
    after = plan.kinds.result.get(unit.entry, REGISTER_BITS)
    needed, changed = plan.registers.needed[unit.entry], plan.registers.changed[unit.entry]
    parameters = [(r, before >> 2 * r & 3) for r in range(REGISTERS) if needed >> r & 1]
    results = [(r, after >> 2 * r & 3 or EITHER) for r in range(REGISTERS) if changed >> r & 1]
    fields = ["i64"]
    for _, kind in results:
        fields += ["i64", "i64"] if kind == EITHER else [_TYPES[kind]]
    return f"{{ {', '.join(fields)} }}", parameters, results
