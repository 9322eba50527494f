"""One function of LLVM IR from one unit: its blocks, jumps, calls, and what it does with the value stack."""

from __future__ import annotations

from typing import Final

from vm.flow.blocks import (
    BRANCHES,
    CALL,
    CALL_INDIRECT,
    HUB,
    JUMP,
    JUMP_INDIRECT,
    POP,
    PUSH,
    RETURN,
    SYSTEM_CALL,
    TARGET,
    Block,
)  # fmt: skip
from vm.flow.kinds import EITHER, REAL, State
from vm.flow.registers import ALL, Mask
from vm.flow.units import Unit
from vm.interp import layout
from vm.isa import BY_CODE, CODE_BASE, QUANTUM, REGISTERS, SLOTS
from vm.native.body import Body, Expansion, Leave, signature
from vm.native.code import COLD, Value, integer, real
from vm.native.instructions import condition, execute
from vm.native.plan import HOST, Plan

QUANTUM_CODES: Final = frozenset(code for code, op in BY_CODE.items() if op.group == QUANTUM)

_PLACES: Final = 64
"""Places that a unit's jumps through registers may lead to for LLVM to work on it as a whole."""


class Function(Body):
    """Emits one unit as ``@u{entry}``, or from the block ``start`` inside it on as ``@o{start}``."""

    def __init__(self, plan: Plan, unit: Unit, compiled: set[int], convention: str, start: int = -1) -> None:
        super().__init__(plan, unit, is_resumed=start >= 0)
        self.compiled = compiled
        self.convention = convention
        self.start = start if start >= 0 else unit.entry
        self.generics: set[str] = set()
        """Mnemonics whose helper for operands of either kind it calls."""
        self.called: set[int] = set()
        """Units that it calls."""
        self.waiting: list[tuple[Expansion, Block, int]] = []
        """What is to be emitted: blocks with the number of the copy, and with -1 the looks at the limit on the way back
        to one."""
        self.copy = 0
        """Which copy of its block is being emitted."""
        self.queued: set[str] = set()
        self.has_operands = False
        """Whether it needs room for the operands of a quantum instruction."""
        self.has_turns = False
        """Whether it uses ``%next``, the place that a turntable leads to."""
        self.turns: dict[str, dict[int, str]] = {}
        """Turntables by their expansion's prefix: labels by place."""
        self._states_of: dict[int, list[State]] = {}
        self._expansions = 0
        self.polls_in_loops = self.is_distance
        self._size = unit.size
        needed = plan.registers.needed[unit.entry]
        self.given: Mask = ALL if self.is_resumed else needed

    # -- the whole

    def emit(self) -> str:
        """The function's text."""
        self._enter()
        while self.waiting:
            context, block, copy = self.waiting.pop()
            if copy < 0:
                self._way_back(context, block)
            else:
                self._block(context, block, copy)
        for prefix, ways in self.turns.items():
            self._turn(prefix, ways)
        # Leaving never makes more code to leave from.
        for leave in self.leaves:
            self._leave(leave)
        if not self.polls_in_loops:
            del self.lines[self.prologue : self.prologue_end]
        body = "\n".join(self.lines)
        variables = "\n".join(
            f"  {form} = alloca {'double' if form[1] == 'f' else 'i64'}" for form in sorted(self.forms)
        )
        if self.has_operands:
            variables += f"\n  %operands = alloca [{SLOTS} x {{ i64, i64 }}]"
        if self.has_turns:
            variables += "\n  %next = alloca i64\n  %from = alloca i64"
        return f"{self._head()}\nentry:\n{variables}\n  %count = alloca i64\n  %until = alloca i64\n{body}\n}}\n"

    def _head(self) -> str:
        if self.is_resumed:
            return f"define internal i64 @o{self.start}(ptr noalias %s) nounwind {self._effort()}{{"
        result, parameters, _ = self.signature()
        names = ["ptr noalias %s", "i64 %c", *(["i64 %depth"] if self.unit.entry in self.plan.deep else [])]
        if self.unit.entry == HUB:
            names += ["i64 %position", "i64 %jump"]
        for register, kind in parameters:
            names.append(f"{'double' if kind == REAL else 'i64'} %p{register}")
            if kind == EITHER:
                names.append(f"i64 %q{register}")
        head = f"define internal {self.convention} {result} @u{self.unit.entry}({', '.join(names)})"
        return f"{head} nounwind {self._effort()}{{"

    def _effort(self) -> str:
        """How LLVM is to treat the function: one of a great many ways costs it more than linear time, so its variables
        stay in memory between blocks, and each block is compiled by itself."""
        unit = self.unit
        is_switch = HUB in self._starts(unit) and len(self.plan.flow.taken) > _PLACES
        return "noinline optnone " if unit.tangled or is_switch else ""

    def _enter(self) -> None:
        self.memory = self.word(layout.MEM, "ptr")
        first = next(block for block in self.unit.blocks if block.start == self.start)
        if self.is_resumed:
            self._load_state(first)
        else:
            for register, kind in self.signature()[1]:
                value = real(f"%p{register}") if kind == REAL else Value(kind, f"%p{register}", f"%q{register}")
                self._store(register, value, kind)
            self._first_until("%c")
            if self.unit.entry == HUB:
                self.has_turns = True
                self.do("store i64 %jump, ptr %from")
            if self.unit.entry in self.plan.watching:
                self._watch()
        if first.start == HUB:
            self._begin(self.context, first)
            self._flush(self.context, self._place_states(self.unit))
            self._to_hub("%position", "%jump", self.let("load i64, ptr %count"))
        else:
            self._go_to(self.context, first)

    def _load_state(self, first: Block) -> None:
        """Registers from the cells, slots from the value stack, which is left without them."""
        cells = self.word(layout.REGS, "ptr")
        state = self.plan.kinds.before[first.start]
        for register in range(REGISTERS):
            self._load_cell(register, cells, register * layout.CELL, state >> 2 * register & 3)
        held = self.unit.depth[first.start] if self.unit.is_tidy else 0
        if held:
            level = self.word(layout.SP)
            lower = self.let(f"sub i64 {level}, {held * layout.CELL}")
            bottom = self.place(self.word(layout.STACK, "ptr"), lower)
            for slot in range(held):
                self._load_cell(REGISTERS + slot, bottom, slot * layout.CELL, state >> 2 * (REGISTERS + slot) & 3)
            self.set_word(layout.SP, lower)
        self._first_until(self.word(layout.COUNT))

    def _load_cell(self, variable: int, base: str, offset: int, kind: int) -> None:
        if kind == REAL:
            self._store(variable, real(self.let(f"load double, ptr {self.place(base, offset)}")), kind)
            return
        bits = self.let(f"load i64, ptr {self.place(base, offset)}")
        tag = self.let(f"load i64, ptr {self.place(base, offset + layout.KIND)}") if kind == EITHER else ""
        self._store(variable, Value(kind, bits, tag), kind)

    def _watch(self) -> None:
        """Leave if the stacks or the count are at their limits."""
        mark = self.let("alloca i8")
        here = self.let(f"ptrtoint ptr {mark} to i64")
        bad = self.let(f"icmp ult i64 {here}, {self.word(layout.HOST_LIMIT)}")
        if self.unit.entry in self.plan.deep:
            deep = self.let(f"icmp sgt i64 %depth, {self.word(layout.DEPTH_LIMIT)}")
            bad = self.let(f"or i1 {bad}, {deep}")
        late = self.let(f"icmp ugt i64 %c, {self._limit()}")
        bad = self.let(f"or i1 {bad}, {late}")
        entry = self.unit.entry
        self.begin, self.count = entry + (entry == HUB), (self.let("load i64, ptr %count"), 0)
        self.state = self.plan.kinds.before[entry]
        self.new_segment(entry)
        self.exit_if(bad)

    # -- blocks

    def _go_to(self, context: Expansion, block: Block, source: int = -1) -> None:
        """Jump to a block of an expansion, and have it emitted."""
        self.do(f"br label %{self._queue(context, block, source)}")
        self.ended = True

    def _queue(self, context: Expansion, block: Block, source: int = -1) -> str:
        """Have a block emitted; the label for the step from instruction ``source`` to it."""
        copy = 0
        if (source, block.start) in context.unit.retreats:
            copy = -1
            if source == block.end - 1 and self.copy + 1 < self.plan.copies(block):
                copy = self.copy + 1
        label = _label(context, block, copy)
        if label not in self.queued:
            self.queued.add(label)
            self.waiting.append((context, block, copy))
        return label

    def _start(self, context: Expansion, state: State, slots: int, written: Mask, index: int) -> None:
        """Begin with everything in variables."""
        self.context, self.state, self.slots, self.written = context, state, slots, written
        self.env, self.dirty, self.checked = {}, set(), {}
        self.count = (self.let("load i64, ptr %count"), 0)
        self.begin = index
        self.ended = False
        self.new_segment(index)

    def _begin(self, context: Expansion, block: Block) -> None:
        """Begin as a block begins; at the hub, the jump that led there is not done yet."""
        unit = context.unit
        state = self.plan.kinds.before[block.start]
        depth = unit.depth[block.start] if unit.is_tidy else 0
        written = ALL if self.is_resumed else self.plan.registers.written[block.start]
        self._start(context, state, context.base + depth, written, block.start)
        if block.start == HUB:
            self.begin = HUB + 1
            self.new_segment(HUB)

    def _block(self, context: Expansion, block: Block, copy: int) -> None:
        if block.start == HUB:
            self._hub(context, block)
            return
        self.copy = copy
        self.at(_label(context, block, copy))
        self._begin(context, block)
        for index in range(block.start, block.end):
            self._instruction(index, block)
            if self.ended:
                return
        self._go(block.end)

    def _way_back(self, context: Expansion, block: Block) -> None:
        """Look at the limit every so many instructions, on the way back to a block: there, and not where the block
        begins, the processor tests what it has just counted."""
        self.at(_label(context, block, -1))
        self._begin(context, block)
        if block.start not in context.unit.tangled:
            self._look(self.count[0], self._queue(context, block))
            return
        self._look(self.count[0])
        self.do(f"store i64 {block.start}, ptr %next")
        table = self._turntable(context)
        self.turns[context.prefix][block.start] = self._queue(context, block)
        self.do(f"br label %{table}")

    def _look(self, kept: str, on: str = "") -> None:
        """Look at the limit if ``kept``, which is in ``%count``, says so; go on to the label ``on``, else here."""
        self.polls_in_loops = True
        slow, after = self.label("slow"), on or self.label()
        if self.is_distance:
            late = self.let(f"icmp sgt i64 {kept}, 0")
        else:
            late = self.let(f"icmp ugt i64 {kept}, {self.let('load i64, ptr %until')}")
        self.do(f"br i1 {late}, label %{slow}, label %{after}, {COLD}")
        self.at(slow)
        count = self._absolute(kept)
        self._poll_if(self.let(f"icmp ugt i64 {count}, {self._limit()}"), count)
        self._set_until(count)
        self.do(f"br label %{after}")
        if not on:
            self.at(after)

    def _instruction(self, index: int, block: Block) -> None:
        row = self.plan.flow.rows[index]
        code = row[0]
        if code in BRANCHES:
            self._branch(index, row)
        elif code == JUMP:
            self._go(row[1], index + 1)
        elif code == CALL:
            self._call(index, row[1])
        elif code == CALL_INDIRECT:
            self._call_indirect(index, row[1])
        elif code == RETURN:
            self._return(index)
        elif code == JUMP_INDIRECT:
            self._jump_indirect(index, row[1])
        elif code == PUSH:
            self._push(index, row[1])
        elif code == POP:
            self._pop(index, row[1])
        elif code == SYSTEM_CALL:
            self._system_call(index, row[1])
        elif code in QUANTUM_CODES:
            self._record(index, row)
        else:
            execute(self, index, row, block.end)

    # -- control

    def _flush(self, context: Expansion, states: list[State]) -> None:
        """Store what the block changed, in the forms that what follows reads."""
        for variable in sorted(self.dirty):
            if variable < REGISTERS + self.slots:
                for kind in sorted({self._kind_in(context, state, variable) for state in states}):
                    self._store(variable, self.env[variable], kind)
        present = self._present()
        for variable in range(REGISTERS + self.slots):
            if variable in self.dirty or (variable < REGISTERS and not present >> variable & 1):
                continue
            if variable >= REGISTERS and variable - REGISTERS < context.base:
                continue
            kind = self._kind_in(self.context, self.state, variable)
            for wanted in {self._kind_in(context, state, variable) for state in states} - {kind}:
                self._store(variable, self.get(variable), wanted)

    def _present(self) -> Mask:
        """Registers that have a value here."""
        return self.given | self.written | self.context.written

    def _is_inside(self, target: int) -> bool:
        """Whether an instruction is the start of a block of this expansion that can be reached."""
        entry = self.context.unit.entry
        unit = self.plan.by_entry.get(target)
        if unit is not None and target != entry:
            return False
        return target in self.plan.kinds.before and target in self._starts(self.context.unit)

    def _starts(self, unit: Unit) -> dict[int, Block]:
        return self.plan.starts(unit)

    def _go(self, target: int, after: int = -1) -> None:
        """Go to an instruction; ``after`` is where the count stands."""
        end = target if after < 0 else after
        count = self.count_before(end)
        if self._is_inside(target):
            self._flush(self.context, [self.plan.kinds.before[target]])
            self.do(f"store i64 {count}, ptr %count")
            self._go_to(self.context, self._starts(self.context.unit)[target], end - 1)
        else:
            self._go_out(target, count)

    def _go_out(self, target: int, count: str, hub: tuple[str, ...] = ()) -> None:
        """Go on in another unit, or leave where there is none; ``hub``: what that is given, to go there."""
        self.count, self.begin = (count, 0), target
        self.new_segment(target)
        if target not in self.plan.by_entry or target not in self.compiled:
            self.exit()
            return
        self._real_call(target, target, count, goes_on=True, hub=hub)
        if not self.ended:
            self._give_back(self.count[0])

    def _branch(self, index: int, row: list[int]) -> None:
        target = row[TARGET[row[0]]]
        test = condition(self, row)
        if target == index + 1:
            self._go(target, index + 1)
            return
        count = self.count_before(index + 1)
        ways = (target, index + 1)
        inside = [way for way in ways if self._is_inside(way)]
        self._flush(self.context, [self.plan.kinds.before[way] for way in inside])
        self.do(f"store i64 {count}, ptr %count")
        labels = {}
        stubs = []
        for way in ways:
            if way in inside:
                block = self._starts(self.context.unit)[way]
                labels[way] = self._queue(self.context, block, index)
            else:
                labels[way] = self.label("out")
                stubs.append(way)
        self.do(f"br i1 {test}, label %{labels[target]}, label %{labels[index + 1]}")
        saved = (dict(self.env), set(self.dirty), self.written)
        for way in stubs:
            self.env, self.dirty, self.written = dict(saved[0]), set(saved[1]), saved[2]
            self.at(labels[way])
            self.ended = False
            self._go_out(way, count)
        self.ended = True

    # -- the turntable

    def _jump_indirect(self, index: int, slot: int) -> None:
        """Go to the hub, which is in this unit or another one, with the place to go to and the jump's own."""
        name = self.need_integer(slot)
        position = self.let(f"sub i64 {name}, {CODE_BASE}")
        count = self.count_before(index + 1)
        self.new_segment(index)
        if self._is_inside(HUB):
            self._flush(self.context, self._place_states(self.context.unit))
            self._to_hub(position, str(index), count)
        elif HUB in self.compiled and HUB in self.plan.by_entry:
            self._go_out(HUB, count, (position, str(index)))
        else:
            self.exit()

    def _to_hub(self, position: str, index: str, count: str) -> None:
        self.has_turns = True
        for value, name in ((position, "next"), (index, "from"), (count, "count")):
            self.do(f"store i64 {value}, ptr %{name}")
        self._go_to(self.context, self._starts(self.context.unit)[HUB])

    def _hub(self, context: Expansion, block: Block) -> None:
        """Go on at a place whose address is taken. What is none, and a limit, leave for the jump that led here."""
        self.at(_label(context, block, 0))
        self._begin(context, block)
        position = self.let("load i64, ptr %next")
        self.exit_if(self.let(f"icmp uge i64 {position}, {len(self.plan.flow.rows)}"))
        mark = self.let(f"load i8, ptr {self.place(self.word(layout.TARGETS, 'ptr'), position)}")
        self.exit_if(self.let(f"icmp eq i8 {mark}, 0"))
        self._look(self.let("load i64, ptr %count"))
        self.do(f"br label %{self._turntable(context)}")
        ways = self.turns[context.prefix]
        for way in self.plan.flow.taken:
            if self._is_inside(way):
                ways[way] = self._queue(context, self._starts(context.unit)[way])
            else:
                ways[way] = self.label("out")
                self.at(ways[way])
                self._begin(context, block)
                self._go_out(way, self.let("load i64, ptr %count"))

    def _place_states(self, unit: Unit) -> list[State]:
        """States that have each variable in every form that a place reads whose address is taken: three say as much as
        one for each place."""
        found = self._states_of.get(unit.entry)
        if found is None:
            starts = self._starts(unit)
            ways = [HUB, *(way for way in self.plan.flow.taken if way in starts)]
            states = {self.plan.kinds.before[way] for way in ways if way in self.plan.kinds.before}
            found = [0, 0, 0]
            for place in range(REGISTERS + unit.slots):
                kinds = sorted({state >> 2 * place & 3 or EITHER for state in states})
                for number in range(3):
                    found[number] |= kinds[min(number, len(kinds) - 1)] << 2 * place
            self._states_of[unit.entry] = found
        return found

    def _turntable(self, context: Expansion) -> str:
        """Label of the block that goes on where ``%next`` says: one for all jumps through registers of a unit, and for
        steps back that would make loops of loops without end."""
        self.has_turns = True
        self.turns.setdefault(context.prefix, {})
        return f"{context.prefix}turn"

    def _turn(self, prefix: str, ways: dict[int, str]) -> None:
        self.at(f"{prefix}turn")
        place = self.let("load i64, ptr %next")
        nowhere = self.label("nowhere")
        cases = " ".join(f"i64 {way}, label %{label}" for way, label in ways.items())
        self.do(f"switch i64 {place}, label %{nowhere} [ {cases} ]")
        self.at(nowhere)
        self.do("unreachable")

    # -- calls

    def _call(self, index: int, callee: int) -> None:
        unit = self.plan.by_entry.get(callee)
        if unit is None:
            self.exit()
        elif self._expands(unit):
            self._expand(index, unit)
        elif callee in self.compiled:
            self._real_call(index, callee, self.count_before(index + 1))
        else:
            self.exit()

    def _expands(self, unit: Unit) -> bool:
        if unit.is_recursive:
            chain = self.context.count(unit.entry)
            return unit is self.unit and not self.is_resumed and chain <= self.plan.levels[unit.entry]
        if not self.plan.is_small(unit.entry):
            return False
        size = self.plan.expanded[unit.entry]
        if self._size + size > 2 * max(self.plan.expanded[self.unit.entry], HOST) or self.context.count(unit.entry):
            return False
        self._size += size
        return True

    def _expand(self, index: int, unit: Unit) -> None:
        """The callee's code here. Registers are the same variables; its slots lie above the ones in use."""
        plan = self.plan
        count = self.count_before(index + 1)
        state = self._state_now()
        after = plan.transfer.after_call(index, state)
        back = self.label("back")
        self._expansions += 1
        slots = tuple(self._kind_in(self.context, state, REGISTERS + slot) for slot in range(self.slots))
        inner = Expansion(
            unit,
            f"e{self._expansions}.",
            self.slots,
            self.context,
            index,
            back,
            after if after is not None else state,
            slots,
            self.written | self.context.written,
        )
        self._flush(self.context, [state])
        self._convert(plan.kinds.before[unit.entry], state)
        self.do(f"store i64 {count}, ptr %count")
        self._go_to(inner, unit.blocks[0])
        self.at(back)
        if after is None:
            self.do("unreachable")
            return
        written = self.written | plan.registers.changed[unit.entry] | plan.registers.shown[unit.entry]
        self._start(self.context, after, self.slots, written, index + 1)

    def _state_now(self) -> State:
        """The kinds of all variables now; slots of this expansion count from its base."""
        state = self.state
        for variable, value in self.env.items():
            place = variable
            if variable >= REGISTERS:
                if variable - REGISTERS < self.context.base:
                    continue
                place -= self.context.base
            state = state & ~(3 << 2 * place) | value.kind << 2 * place
        return state

    def _convert(self, wanted: State, state: State) -> None:
        """Registers, all in variables, into the forms of another state."""
        present = self._present()
        for register in range(REGISTERS):
            kind, other = state >> 2 * register & 3, wanted >> 2 * register & 3
            if kind != other and other and present >> register & 1:
                self._store(register, self.get(register), other)

    def _real_call(
        self, index: int, callee: int, count: str, *, goes_on: bool = False, hub: tuple[str, ...] = ()
    ) -> None:
        """Call a compiled function. Where it left, this one leaves too; where the count is past the limit, poll."""
        plan = self.plan
        unit = plan.by_entry[callee]
        self.called.add(callee)
        result, parameters, results = signature(plan, unit)
        arguments = ["ptr %s", f"i64 {self._absolute(count)}"]
        if callee in plan.deep:
            own = "%depth" if self.unit.entry in plan.deep and not self.is_resumed else "0"
            arguments.append(f"i64 {self.let(f'add i64 {own}, {self.context.depth + (not goes_on)}')}")
        for register, kind in parameters:
            value = self.get(register)
            if kind == REAL:
                arguments.append(f"double {self._as_real(value)}")
            else:
                arguments.append(f"i64 {self.bits(value)}")
                if kind == EITHER:
                    arguments.append(f"i64 {self.tag(value)}")
        if callee == HUB:
            arguments[2 + (callee in plan.deep) : 2 + (callee in plan.deep)] = [f"i64 {text}" for text in hub]
        self.new_segment(index)
        unwind = self.label("unwind")
        self.leaves.append(Leave(self.segment, unwind, unwinds=index, goes_on=goes_on))
        returned = self.let(f"call {self.convention} {result} @u{callee}({', '.join(arguments)})")
        after = self.let(f"extractvalue {result} {returned}, 0")
        state = plan.kinds.result.get(callee) if goes_on else plan.transfer.after_call(index, self._state_now())
        if state is None:
            self.do(f"br label %{unwind}")
            self.ended = True
            return
        self._take_results(result, returned, results)
        self.written |= plan.registers.shown[callee]
        self.count, self.begin = self._count_from(after), index + 1
        self.new_segment(index + 1)
        self._after_call(after, unwind, goes_on=goes_on)

    def _as_real(self, value: Value) -> str:
        return value.name if value.kind == REAL else self.let(f"bitcast i64 {value.name} to double")

    def _take_results(self, result: str, returned: str, results: list[tuple[int, int]]) -> None:
        place = 1
        for register, kind in results:
            name = self.let(f"extractvalue {result} {returned}, {place}")
            place += 1
            tag = ""
            if kind == EITHER:
                tag = self.let(f"extractvalue {result} {returned}, {place}")
                place += 1
            self.set(register, Value(kind, name, tag))

    def _after_call(self, count: str, unwind: str, *, goes_on: bool = False) -> None:
        """-1 is a callee that left; it is past any limit too."""
        on = self.label()
        if goes_on or self.unit.entry not in self.plan.looking:
            left = self.let(f"icmp eq i64 {count}, -1")
            self.do(f"br i1 {left}, label %{unwind}, label %{on}, {COLD}")
            self.at(on)
            return
        late = self.let(f"icmp ugt i64 {count}, {self._limit()}")
        slow, polls = self.label("slow"), self.label("poll")
        self.do(f"br i1 {late}, label %{slow}, label %{on}, {COLD}")
        self.at(slow)
        left = self.let(f"icmp eq i64 {count}, -1")
        self.do(f"br i1 {left}, label %{unwind}, label %{polls}")
        self.at(polls)
        answer = self.let(f"call preserve_allcc i64 @poll(ptr %s, i64 {count})")
        leaves = self.let(f"icmp ne i64 {answer}, 0")
        self.do(f"br i1 {leaves}, label %{self.exit_way()}, label %{on}, {COLD}")
        self.at(on)

    def _call_indirect(self, index: int, slot: int) -> None:
        """Through the table, with all registers in the cells."""
        name = self.need_integer(slot)
        position = self.let(f"sub i64 {name}, {CODE_BASE}")
        inside = self.let(f"icmp uge i64 {position}, {len(self.plan.flow.rows)}")
        self.exit_if(inside)
        table = self.word(layout.ENTRIES, "ptr")
        offset = self.let(f"shl i64 {position}, 4")
        compiled = self.let(f"load ptr, ptr {self.place(self.place(table, offset), 8)}")
        self.exit_if(self.let(f"icmp eq ptr {compiled}, null"))
        count = self.count_before(index + 1)
        cells = self.word(layout.REGS, "ptr")
        present = self._present()
        for register in range(REGISTERS):
            if present >> register & 1:
                self._store_cell(cells, register)
        self.new_segment(index)
        own = "%depth" if self.unit.entry in self.plan.deep and not self.is_resumed else "0"
        depth = self.let(f"add i64 {own}, {self.context.depth + 1}")
        unwind = self.label("unwind")
        self.leaves.append(Leave(self.segment, unwind, unwinds=index, is_whole=True))
        after = self.let(f"call i64 {compiled}(ptr %s, i64 {self._absolute(count)}, i64 {depth})")
        state = self.plan.transfer.after_call(index, self._state_now())
        if state is None:
            self.do(f"br label %{unwind}")
            self.ended = True
            return
        left = self.let(f"icmp eq i64 {after}, -1")
        on = self.label()
        self.do(f"br i1 {left}, label %{unwind}, label %{on}, {COLD}")
        self.at(on)
        changed = self.plan.registers.changed_by_any
        for register in range(REGISTERS):
            if changed >> register & 1:
                self._reload_cell(cells, register, state >> 2 * register & 3)
        self.written = ALL
        self.count, self.begin = self._count_from(after), index + 1
        self.new_segment(index + 1)
        self._poll_if(self.let(f"icmp ugt i64 {after}, {self._limit()}"), after)

    def _store_cell(self, cells: str, register: int) -> None:
        value = self.get(register)
        offset = register * layout.CELL
        self.do(f"store i64 {self.bits(value)}, ptr {self.place(cells, offset)}")
        self.do(f"store i64 {self.tag(value)}, ptr {self.place(cells, offset + layout.KIND)}")

    def _reload_cell(self, cells: str, register: int, kind: int) -> None:
        offset = register * layout.CELL
        if kind == REAL:
            self.set(register, real(self.let(f"load double, ptr {self.place(cells, offset)}")))
            return
        bits = self.let(f"load i64, ptr {self.place(cells, offset)}")
        tag = self.let(f"load i64, ptr {self.place(cells, offset + layout.KIND)}") if kind == EITHER else ""
        self.set(register, Value(kind, bits, tag))

    def _return(self, index: int) -> None:
        if self.context.outer is None and (self.is_resumed or self.unit.entry in self.plan.top):
            row = self.let(f"add i64 {self.word(layout.CODE)}, {(index + 1) * layout.ROW}")
            self.set_word(layout.PC, row)
        self._give_back(self.count_before(index + 1))

    def _give_back(self, count: str) -> None:
        """Return to the caller."""
        self.ended = True
        context = self.context
        if context.outer is not None:
            self._flush(context.outer, [context.after])
            self.do(f"store i64 {count}, ptr %count")
            self.do(f"br label %{context.back}")
            return
        if self.is_resumed:
            self._spill(ALL)
            self.set_word(layout.COUNT, self._absolute(count))
            self.do("ret i64 0")
            return
        result, _, results = self.signature()
        whole = "poison"
        fields = [f"i64 {self._absolute(count)}"]
        for register, kind in results:
            value = self.get(register)
            if kind == REAL:
                fields.append(f"double {self._as_real(value)}")
            else:
                fields.append(f"i64 {self.bits(value)}")
                if kind == EITHER:
                    fields.append(f"i64 {self.tag(value)}")
        for place, field_text in enumerate(fields):
            whole = self.let(f"insertvalue {result} {whole}, {field_text}, {place}")
        self.do(f"ret {result} {whole}")

    def halt(self, index: int, status: str) -> None:
        """End the program: leave with a status, behind the instruction."""
        self.new_segment(index)
        low = self.let(f"and i64 {status}, 255")
        shifted = self.let(f"shl i64 {low}, {layout.HALT_SHIFT}")
        outcome = self.let(f"or i64 {shifted}, {layout.HALT}")
        count = self.count_before(index + 1)
        label = self.label("halt")
        self.do(f"br label %{label}")
        # The status is a value, so the leaving code is given it by name.
        self.leaves.append(Leave(self.segment, label, status=outcome, index=index + 1, count=count))
        self.ended = True

    # -- the value stack

    def _push(self, index: int, slot: int) -> None:
        if self.context.unit.is_tidy:
            self.slots += 1
            self.set(REGISTERS + self.slots - 1, self.operand(slot))
            return
        value = self.operand(slot)
        level = self.word(layout.SP)
        self.exit_if(self.let(f"icmp uge i64 {level}, {self.word(layout.STACK_SOFT_END)}"))
        cell = self.place(self.word(layout.STACK, "ptr"), level)
        self.do(f"store i64 {self.bits(value)}, ptr {cell}")
        self.do(f"store i64 {self.tag(value)}, ptr {self.place(cell, layout.KIND)}")
        self.set_word(layout.SP, self.let(f"add i64 {level}, {layout.CELL}"))
        self.new_segment(index + 1)

    def _pop(self, index: int, register: int) -> None:
        if self.context.unit.is_tidy:
            self.set(register, self.get(REGISTERS + self.slots - 1))
            self.slots -= 1
            self.env.pop(REGISTERS + self.slots, None)
            self.dirty.discard(REGISTERS + self.slots)
            return
        level = self.word(layout.SP)
        self.exit_if(self.let(f"icmp eq i64 {level}, 0"))
        lower = self.let(f"sub i64 {level}, {layout.CELL}")
        cell = self.place(self.word(layout.STACK, "ptr"), lower)
        bits = self.let(f"load i64, ptr {cell}")
        tag = self.let(f"load i64, ptr {self.place(cell, layout.KIND)}")
        self.set_word(layout.SP, lower)
        self.set(register, Value(EITHER, bits, tag))
        self.new_segment(index + 1)

    # -- system calls

    def _system_call(self, index: int, slot: int) -> None:
        number = self.need_integer(slot)
        self.new_segment(index)
        cells = self.word(layout.REGS, "ptr")
        for register in range(self.plan.takes(index)):
            self._store_cell(cells, register)
            self.written |= 1 << register
        status = self.let(f"call i64 @system(ptr %s, i64 {number})")
        self.exit_if(self.let(f"icmp ne i64 {status}, 0"))
        state = self.plan.transfer.after(index, self._state_now(), 0)
        assert state is not None
        for register in range(self.plan.gives(index)):
            self._reload_cell(cells, register, state >> 2 * register & 3)
        self.new_segment(index + 1)

    # -- quantum instructions

    def _record(self, index: int, row: list[int]) -> None:
        """Have the recorder do it, on copies of the operands; what it does not do is the interpreter's."""
        op = BY_CODE[row[0]]
        self.new_segment(index)
        self.has_operands = True
        for slot in op.reads:
            value = self.operand(row[1 + slot])
            self.do(f"store i64 {self.bits(value)}, ptr {self.place('%operands', slot * layout.CELL)}")
            self.do(f"store i64 {self.tag(value)}, ptr {self.place('%operands', slot * layout.CELL + layout.KIND)}")
        status = self.let(f"call i64 @record(ptr %s, i64 {op.code}, ptr @operand_row, ptr %operands, i64 {index})")
        self.exit_if(self.let(f"icmp ne i64 {status}, 0"))
        for slot in op.writes:
            # Only QALLOC writes one here; what else does is left to the interpreter.
            self.set(row[1 + slot], integer(self.let(f"load i64, ptr {self.place('%operands', slot * layout.CELL)}")))
        self.new_segment(index + 1)


def _label(context: Expansion, block: Block, copy: int) -> str:
    return f"{context.prefix}back{block.start}" if copy < 0 else f"{context.prefix}b{block.start}" + ".c" * copy
