"""Follows a program whatever its outcomes are, and makes the circuit of all its paths.

The machine runs as ever until it measures. From then on it is stepped, and a shadow keeps which registers, words of
memory and places of the stack depend on outcomes, as tables over them. Where such a value decides (a jump, a qubit, an
angle, an address), each arm is followed from a snapshot up to where the arms come together again; what differs there
depends on the outcomes from then on. So the circuit is one and the same in every seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vm.circuit import values
from vm.circuit.assumed import Assumed, MeasurementAhead
from vm.circuit.items import Circuit, Item, Note, count, spread, steps
from vm.circuit.joins import Joins
from vm.circuit.shadow import LOADS, STORES, Limits, Rows, Shadow, State, can_merge, merge, merged
from vm.circuit.values import Depends, Number, Value, assignments, bits_of, is_known
from vm.isa import BY_CODE, BY_SYSTEM_CALL, QUANTUM, REGISTERS, Op
from vm.machine import Machine, Outcome
from vm.memory import Memory
from vm.program import Program
from vm.quantum.tape import MEASURE, Tape

MOST_ARMS: Final = 4096
"""Arms that are followed."""
_MOST_AFTER: Final = 512
"""Arms after which what is computed without qubits is followed no further."""
MOST_ITEMS: Final = 200_000
"""Steps of a circuit, those of both arms of every decision counted."""
_MOST_NESTED: Final = 48
"""Decisions of one instruction inside each other: a loop that an outcome ends."""
_DEEP: Final = 120
"""Decisions inside each other."""
_LIMITS: Final = ("time", "interrupt", "instructions", "memory", "backend")
"""Traps that are not the program's own."""
_PRINTS: Final = (1, 2, 4, 5, 7, 10)
_RECORD: Final = 14
_JUMPS: Final = ("QJEQ", "QJNE", "QJLT", "QJLE", "QJGT", "QJGE", "QJLTU", "QJLEU", "QJGTU", "QJGEU")

Stop = tuple[int, int]
"""Where arms come together: an instruction, and the number of open calls."""


class Undecided(Exception):
    """A program without a circuit: what it decides by outcomes cannot be written down."""

    def __init__(self, pc: int, why: str, bits: Sequence[int] = ()) -> None:
        super().__init__(why)
        self.pc = pc
        self.calls: tuple[int, ...] = ()
        """Calls that were open, innermost first."""
        self.why = why
        self.bits = tuple(bits)
        self.places: dict[int, int] = {}
        """Where outcomes were measured, by instruction."""

    def measured(self, program: Program) -> str:
        """The outcomes that decide, with the lines that measure them."""
        shown = []
        for bit in self.bits:
            if bit in self.places:
                line = program.location(self.places[bit]).line
                shown.append(f"c[{bit}]" + (f" of line {line}" if line else ""))
        return ", ".join(shown[:4]) + (", …" if len(shown) > 4 else "")


class _Stopped(Exception):
    """A limit stopped the machine."""


@dataclass(frozen=True)
class _Arm:
    """One way that a decision can go."""

    rows: Rows | None
    begin: Callable[[], None]
    """Sets the machine up."""
    traps: bool = False


class Explorer:
    """Follows one machine, which has not run yet."""

    def __init__(self, machine: Machine) -> None:
        assert machine.quantum is not None
        self._machine = machine
        self._quantum = machine.quantum
        self._assumed = Assumed(self._quantum.log, self._quantum.executor)
        self._quantum.executor = self._assumed
        self._tape: Tape = self._quantum.start_tape()
        self._joins = Joins(machine.program.object.code, machine.program.targets)
        self._code: list[list[int]] = machine.program.object.code.tolist()
        self._shadow = Shadow()
        self._items: list[Item] = []
        self._places: dict[int, int] = {}
        self._notes: dict[Note, None] = {}
        self._arms = 0
        self._total = 0
        self._open: list[int] = []
        """Instructions whose decisions are being followed, outermost first."""
        self._ends: list[tuple[Limits, tuple[tuple[str, Value], ...]]] = []
        self._is_recorded = True
        self._samples = 0
        self._level = 0
        """Paths that are followed inside each other."""

    def run(self) -> tuple[Circuit, Outcome]:
        """The circuit, and how the program's last path ended. Raises :class:`Undecided`."""
        try:
            outcome: Outcome | None = self._machine.run()
            self._take_steps()
            self._shadow.records = tuple(self._machine.records)
            self._ends.append(((), self._shadow.records))
        except MeasurementAhead:
            self._machine.go_to(self._machine.pc - 1)
            self._take_steps()
            self._shadow.records = tuple(self._machine.records)
            self._assumed.stops = False
            try:
                self._follow(None)
            except _Stopped:
                pass
            except Undecided as error:
                error.places = self._places
                error.calls = tuple(location.pc for location in self._machine.call_stack())
                raise
            outcome = self._machine.outcome
        bits = max((step.bit + 1 for step in steps(self._items)), default=0)
        if outcome is None:
            outcome = Outcome(0, None, self._machine.count)
        circuit = Circuit(tuple(self._items), bits, self._places, self._records(), tuple(self._notes))
        return circuit, outcome

    # -- what was done

    def _take_steps(self) -> None:
        self._tape.catch_up()
        self._items += self._tape.steps
        self._total += len(self._tape.steps)
        self._tape.steps.clear()
        if self._total > MOST_ITEMS:
            raise Undecided(self._machine.pc, f"the circuit has more than {MOST_ITEMS:,} steps")

    def _note(self, pc: int, text: str) -> None:
        self._notes.setdefault(Note(pc, text))

    def _records(self) -> tuple[tuple[str, Value], ...] | None:
        """Of all paths together."""
        if not self._is_recorded or not self._ends:
            return None
        first = self._ends[0][1]
        if len(self._ends) == 1:
            return first
        names = [name for name, _ in first]
        if any([name for name, _ in records] != names for _, records in self._ends):
            return None
        bits = tuple(sorted({bit for limits, _ in self._ends for own, _ in limits for bit in own}))
        if len(bits) > values.MOST_BITS:
            return None
        rows: list[Rows] = []
        for limits, _ in self._ends:
            path = Shadow(limits=limits)
            rows.append(frozenset(row for row, known in enumerate(assignments(bits)) if path.is_possible(known)))
        return tuple(
            (
                name,
                merged(bits, [(each, records[place][1]) for each, (_, records) in zip(rows, self._ends, strict=True)]),
            )
            for place, name in enumerate(names)
        )

    # -- values

    def _value(self, slot: int) -> Value:
        """What a slot holds, as small as what is known of outcomes allows."""
        found = self._shadow.registers.get(slot)
        if found is None:
            return self._machine.cell(slot)
        settled = self._shadow.settled(found)
        if not isinstance(settled, Depends):
            self._machine.set(slot, settled)
            del self._shadow.registers[slot]
        return settled

    def _put(self, register: int, value: Value) -> None:
        if isinstance(value, Depends):
            self._shadow.registers[register] = value
        else:
            self._shadow.registers.pop(register, None)
            self._machine.set(register, value)

    def _peek(self, address: int, size: int) -> bytes:
        return self._machine.peek(address, size).tobytes()

    def _skip(self, pc: int) -> None:
        self._machine.outcome = None
        self._machine.go_to(pc + 1)

    # -- following

    def _follow(self, stop: Stop | None) -> bool:
        """Go on to a place, or to the end; whether it was the place."""
        self._level += 1
        try:
            return self._followed(stop)
        finally:
            self._level -= 1

    def _followed(self, stop: Stop | None) -> bool:
        machine = self._machine
        while machine.outcome is None:
            pc = machine.pc
            if stop is not None and pc == stop[0] and machine.depth == stop[1]:
                return True
            if pc >= len(self._code):
                machine.step()
                break
            op = BY_CODE[self._code[pc][0]]
            if op.group != QUANTUM and op.name != "QSYSCALL" and self._shadow.is_empty:
                machine.step()
            elif self._instruction(pc, op, self._code[pc][1:]):
                return False
        if machine.outcome is not None and machine.outcome.trap is None:
            self._ends.append((self._shadow.limits, self._shadow.records))
        return False

    def _instruction(self, pc: int, op: Op, slots: list[int]) -> bool:
        """Execute one; whether everything after it is done as well."""
        if op.group == QUANTUM:
            return self._quantum_instruction(pc, op, slots)
        if op.name in LOADS:
            return self._load(pc, op, slots)
        if op.name in STORES:
            return self._store(pc, op, slots)
        if op.name == "QPUSH":
            value = self._value(slots[0])
            place = self._machine.stack_depth
            self._machine.step()
            if isinstance(value, Depends):
                self._shadow.stack[place] = value
            return False
        if op.name == "QPOP":
            self._machine.step()
            found = self._shadow.stack.pop(self._machine.stack_depth, None)
            self._shadow.registers.pop(slots[0], None)
            if found is not None:
                self._put(slots[0], self._shadow.settled(found))
            return False
        if op.name == "QSYSCALL":
            return self._system_call(pc, slots)
        read = [slots[place] for place in op.reads]
        operands = [self._value(slot) for slot in read]
        if not bits_of(operands):
            self._machine.step()
            for place in op.writes:
                self._shadow.registers.pop(slots[place], None)
            return False
        if op.name in _JUMPS or op.name == "QASSERT":
            return self._decide(pc, op, read, operands)
        if op.name in ("QJMP", "QCALL"):
            return self._split(pc, read, operands)
        if op.name in ("QHALT", "QTRAP"):
            self._machine.step()
            return False
        return self._compute(pc, op, slots, read, operands)

    def _compute(self, pc: int, op: Op, slots: list[int], read: list[int], operands: list[Value]) -> bool:
        """An instruction that writes a register only: executed for each row of its table."""
        (place,) = op.writes
        bits = bits_of(operands)
        lanes = values.in_lanes(op.name, operands)
        if not is_known(operands):
            self._machine.step()
            if self._machine.outcome is not None:
                self._skip(pc)
            self._shadow.registers[slots[place]] = Depends(bits, None, lanes)
            return False
        results: list[Number] = []
        trapped: set[int] = set()
        saved = [(slot, self._machine.cell(slot)) for slot in {*read, slots[place]} if slot < REGISTERS]
        for row, known in enumerate(assignments(bits)):
            for slot, operand in zip(read, operands, strict=True):
                if slot < REGISTERS:
                    self._machine.set(slot, values.pick(operand, known))
            self._machine.step()
            if self._machine.outcome is not None:
                if self._shadow.is_possible(known):
                    trapped.add(row)
                results.append(0)
            else:
                results.append(self._machine.get(slots[place]))
            self._machine.outcome = None
            self._machine.go_to(pc)
            for slot, number in saved:
                self._machine.set(slot, number)
        if trapped:
            return self._trapping(pc, read, operands, frozenset(trapped))
        found = values.made(bits, results)
        if isinstance(found, Depends) and lanes is not None:
            found = replace(found, lanes=lanes)
        self._put(slots[place], self._shadow.settled(found))
        self._machine.go_to(pc + 1)
        return False

    def _trapping(self, pc: int, read: list[int], operands: list[Value], trapped: Rows) -> bool:
        """Some outcomes end the program here; the others go on, with the same instruction."""
        bits = bits_of(operands)
        rows = self._possible(bits)
        stays = self._setter(read, operands, min(rows & trapped))
        arms = [_Arm(rows & trapped, stays, traps=True), _Arm(rows - trapped, lambda: None)]
        return self._fork(pc, bits, [arm for arm in arms if arm.rows], None)

    def _setter(self, read: list[int], operands: list[Value], row: int) -> Callable[[], None]:
        """What gives registers their values of one row."""
        bits = bits_of(operands)
        known = {bit: row >> place & 1 for place, bit in enumerate(bits)}

        def begin() -> None:
            for slot, operand in zip(read, operands, strict=True):
                if slot < REGISTERS:
                    self._put(slot, values.pick(operand, known))

        return begin

    def _possible(self, bits: Sequence[int]) -> Rows:
        return frozenset(row for row, known in enumerate(assignments(bits)) if self._shadow.is_possible(known))

    # -- memory

    def _addresses(self, slots: list[int], op: Op) -> tuple[list[int], list[Value]]:
        start = op.memory_slot
        assert start is not None
        read = slots[start : start + 2]
        return read, [self._value(slot) for slot in read]

    def _load(self, pc: int, op: Op, slots: list[int]) -> bool:
        size, read = LOADS[op.name]
        where, operands = self._addresses(slots, op)
        bits = bits_of(operands)
        if not bits:
            if any(isinstance(each, float) for each in operands):
                self._machine.step()
                return False
            address = sum(int(values.pick(each, {})) for each in operands) & (1 << 64) - 1
            self._machine.step()
            self._shadow.registers.pop(slots[0], None)
            if self._machine.outcome is None and self._shadow.touches(address, size):
                found = self._shadow.load(address, size, self._peek, read)
                self._put(slots[0], self._shadow.settled(found))
            return False
        if not is_known(operands):
            return self._unknown_address(pc, slots[0], where, operands)
        parts: dict[int, Value] = {}
        trapped: set[int] = set()
        for row, known in enumerate(assignments(bits)):
            if not self._shadow.is_possible(known):
                continue
            address = sum(int(values.pick(each, known)) for each in operands) & (1 << 64) - 1
            if not Memory.is_valid(address, size):
                trapped.add(row)
            else:
                parts[row] = self._shadow.load(address, size, self._peek, read)
        if trapped:
            return self._trapping(pc, where, operands, frozenset(trapped))
        found = merged(bits, [(frozenset({row}), value) for row, value in parts.items()])
        self._put(slots[0], self._shadow.settled(found))
        self._machine.go_to(pc + 1)
        return False

    def _unknown_address(self, pc: int, register: int, where: list[int], operands: list[Value]) -> bool:
        bits = bits_of(operands)
        if not self._is_sampled(pc, bits):
            if not self._joins.acts_after(pc):
                return self._finish()
            raise Undecided(pc, "an address depends on too many outcomes", bits)
        self._machine.step()
        self._shadow.registers[register] = Depends(bits)
        return False

    def _store(self, pc: int, op: Op, slots: list[int]) -> bool:
        size = STORES[op.name]
        value = self._value(slots[0])
        read, operands = self._addresses(slots, op)
        bits = bits_of(operands)
        if not bits:
            numbers = [values.pick(each, {}) for each in operands]
            self._machine.step()
            if self._machine.outcome is None:
                self._shadow.store(sum(map(int, numbers)) & (1 << 64) - 1, size, value)
            return False
        if not is_known(operands):
            if self._is_sampled(pc, bits):
                self._machine.step()
                return False
            if not self._joins.acts_after(pc):
                return self._finish()
            raise Undecided(pc, "an address depends on too many outcomes", bits)
        targets: dict[int, set[int]] = {}
        trapped: set[int] = set()
        for row, known in enumerate(assignments(bits)):
            if self._shadow.is_possible(known):
                address = sum(int(values.pick(each, known)) for each in operands) & (1 << 64) - 1
                if Memory.is_valid(address, size):
                    targets.setdefault(address, set()).add(row)
                else:
                    trapped.add(row)
        if trapped:
            return self._trapping(pc, read, operands, frozenset(trapped))
        every = self._possible(bits)
        as_integer = LOADS["QLOAD"][1]
        for address, rows in targets.items():
            old = self._shadow.load(address, size, self._peek, lambda data: as_integer(data.ljust(8, b"\0")))
            here = frozenset(rows)
            self._shadow.store(address, size, merged(bits, [(here, value), (every - here, old)]))
        self._machine.go_to(pc + 1)
        return False

    # -- decisions

    def _is_sampled(self, pc: int, bits: Sequence[int]) -> bool:
        """Whether a value comes of samples only: then this run's is taken, and said."""
        if any(bit >= 0 for bit in bits):
            return False
        self._note(pc, "what QSAMPLE counted in this run decides here: the circuit is that of this run")
        return True

    def _finish(self) -> bool:
        """Nothing acts on qubits any more: the circuit is complete, whatever the program still computes."""
        self._is_recorded = False
        return True

    def _decide(self, pc: int, op: Op, read: list[int], operands: list[Value]) -> bool:
        """A conditional jump, or an assertion."""
        bits = bits_of(operands)
        if not is_known(operands):
            if self._is_sampled(pc, bits):
                self._machine.step()
                return False
            if not self._joins.acts_after(pc):
                return self._finish()
            if op.name == "QASSERT":
                self._note(pc, f"the program ends here for some outcomes {self._named(bits)}; the circuit goes on")
                self._skip(pc)
                return False
            targets = list(dict.fromkeys((pc + 1, self._code[pc][1 + op.slots.index("l")])))
            return self._fork(pc, bits, [_Arm(None, self._goer(each)) for each in targets], self._join(pc))
        ways: dict[int, set[int]] = {}
        saved = [(slot, self._machine.cell(slot)) for slot in read if slot < REGISTERS]
        for row, known in enumerate(assignments(bits)):
            if not self._shadow.is_possible(known):
                continue
            for slot, operand in zip(read, operands, strict=True):
                if slot < REGISTERS:
                    self._machine.set(slot, values.pick(operand, known))
            self._machine.step()
            way = -1 if self._machine.outcome is not None else self._machine.pc
            ways.setdefault(way, set()).add(row)
            self._machine.outcome = None
            self._machine.go_to(pc)
            for slot, number in saved:
                self._machine.set(slot, number)
        arms = [
            _Arm(
                frozenset(rows),
                self._goer(way) if way >= 0 else self._setter(read, operands, min(rows)),
                traps=way < 0,
            )
            for way, rows in ways.items()
        ]
        join = (pc + 1, self._machine.depth) if op.name == "QASSERT" else self._join(pc)
        return self._fork(pc, bits, arms, join)

    def _goer(self, pc: int) -> Callable[[], None]:
        return lambda: self._machine.go_to(pc)

    def _join(self, pc: int) -> Stop | None:
        """Where the arms of an instruction come together."""
        found = self._joins.after(pc)
        depth = self._machine.depth
        if found is not None:
            return found, depth
        return (self._machine.return_to(depth - 1), depth - 1) if depth > 0 else None

    def _split(self, pc: int, read: list[int], operands: list[Value], *, acts: bool = False) -> bool:
        """An instruction whose operands must be known: once for each way that they can be."""
        bits = bits_of(operands)
        if not is_known(operands):
            if self._is_sampled(pc, bits):
                for slot in read:
                    self._shadow.registers.pop(slot, None)
                return False
            if not self._joins.acts_after(pc):
                return self._finish()
            raise Undecided(pc, "what it works on depends on too many outcomes, or on a state after outcomes", bits)
        ways: dict[tuple[Number, ...], set[int]] = {}
        for row, known in enumerate(assignments(bits)):
            if self._shadow.is_possible(known):
                ways.setdefault(tuple(values.pick(operand, known) for operand in operands), set()).add(row)

        arms = [_Arm(frozenset(rows), self._setter(read, operands, min(rows))) for rows in ways.values()]
        join = None
        if acts or self._code[pc][0] not in _JUMP_CODES:
            join = (pc + 1, self._machine.depth)
        return self._fork(pc, bits, arms, join)

    def _named(self, bits: Sequence[int]) -> str:
        shown = ", ".join(f"c[{bit}]" for bit in bits[:8] if bit >= 0)
        return shown + (", …" if len(bits) > 8 else "")

    def _save(self, rows: Rows | None) -> State:
        return State(
            rows,
            self._machine.snapshot(),
            self._shadow.copy(),
            self._quantum.log.live[: self._quantum.log.count].tobytes(),
        )

    def _load_state(self, state: State) -> None:
        self._machine.restore(state.snapshot)
        self._shadow = state.shadow.copy()
        self._tape.steps.clear()
        self._tape.pass_over()

    def _fork(self, pc: int, bits: tuple[int, ...], arms: list[_Arm], join: Stop | None) -> bool:
        """Follow the arms of a decision; whether everything after it is done as well."""
        going = [arm for arm in arms if not arm.traps]
        if not going:
            arms[0].begin()
            self._machine.step()
            return True
        for arm in arms:
            if arm.traps and arm.rows is not None:
                self._note(pc, f"the program ends here {self._when(bits, arm.rows)}; the circuit does not show it")
        if len(going) == 1:
            # One way only: what is known of outcomes grows.
            if going[0].rows is not None:
                self._limit(bits, going[0].rows)
            going[0].begin()
            return False
        if self._is_enough(pc, bits, len(going)):
            return self._finish()
        before, outer = self._save(None), self._items
        ended: list[tuple[Rows | None, list[Item]]] = []
        joined: list[tuple[State, list[Item]]] = []
        self._open.append(pc)
        for arm in going:
            self._load_state(before)
            self._items = []
            if arm.rows is not None:
                self._limit(bits, arm.rows)
            arm.begin()
            if self._follow(join):
                joined.append((self._save(arm.rows), self._items))
            elif not self._has_trapped():
                ended.append((arm.rows, self._items))
        self._open.pop()
        self._items = outer
        if not joined and not ended:
            return True
        return self._close(
            pc, bits, before, ended, joined, is_whole=len(going) == len(arms) == len(ended) + len(joined)
        )

    def _has_trapped(self) -> bool:
        """Whether a path ended with a trap, which no circuit shows. Raises :class:`_Stopped` for a limit."""
        outcome = self._machine.outcome
        if outcome is None or outcome.trap is None:
            return False
        if outcome.trap.name in _LIMITS:
            raise _Stopped
        pc = outcome.trap.location.pc if outcome.trap.location is not None else 0
        self._note(
            pc, f"the program ends here for some outcomes ({outcome.trap.message}); the circuit does not show it"
        )
        return True

    def _close(
        self,
        pc: int,
        bits: tuple[int, ...],
        before: State,
        ended: list[tuple[Rows | None, list[Item]]],
        joined: list[tuple[State, list[Item]]],
        *,
        is_whole: bool,
    ) -> bool:
        """Put the arms of a decision together."""
        states = [state for state, _ in joined]
        is_certain = all(state.rows is not None for state in states) and all(rows is not None for rows, _ in ended)
        arms = list(ended)
        if joined and (not ended or is_certain) and can_merge(states):
            choice = self._chosen(pc, bits, [(state.rows, items) for state, items in joined])
            rows = frozenset(row for state in states for row in state.rows or ())
            limits = before.shadow.limits if is_whole and not ended else (*before.shadow.limits, (bits, rows))
            self._load_state(
                replace(states[0], shadow=merge(bits, states, limits if is_certain else before.shadow.limits))
            )
            self._assumed.changed.update(handle for step in steps(choice) for handle in step.qubits)
            for state in states:
                self._assumed.changed.update(state.snapshot.quantum[1][0])
            if not ended:
                self._items += choice
                return False
            # Some arms have ended: the rest of the program is only for the others.
            rest = self._rest(choice)
            if rest is not None:
                arms.append((rows, rest))
        else:
            for state, items in joined:
                self._load_state(state)
                rest = self._rest(items)
                if rest is not None:
                    arms.append((state.rows, rest))
        if arms:
            self._items += self._chosen(pc, bits, arms)
            # What one arm came to is not how all ended.
            self._machine.outcome = Outcome(0, None, self._machine.count)
        return True

    def _rest(self, items: Sequence[Item]) -> list[Item] | None:
        """Items, and those of the rest of the program; None where it traps."""
        outer, self._items = self._items, list(items)
        self._follow(None)
        found, self._items = self._items, outer
        return None if self._has_trapped() else found

    def _chosen(self, pc: int, bits: tuple[int, ...], arms: Sequence[tuple[Rows | None, Sequence[Item]]]) -> list[Item]:
        first = list(arms[0][1])
        if all(list(items) == first for _, items in arms):
            return first
        if any(rows is None for rows, _ in arms):
            raise Undecided(pc, "the decision depends on too many outcomes, or on a state after outcomes", bits)
        found = spread(bits, [(rows, tuple(items)) for rows, items in arms if rows is not None])
        if count(found) > MOST_ITEMS:
            raise Undecided(pc, f"the circuit has more than {MOST_ITEMS:,} steps", bits)
        return found

    def _when(self, bits: tuple[int, ...], rows: Rows) -> str:
        shown = [
            " and ".join(f"c[{bit}] is {row >> place & 1}" for place, bit in enumerate(bits))
            for row in sorted(rows)[:2]
        ]
        return "where " + " or ".join(shown) + (", …" if len(rows) > 2 else "")

    def _limit(self, bits: tuple[int, ...], rows: Rows) -> None:
        self._shadow.limits = (*self._shadow.limits, (bits, rows))

    def _is_enough(self, pc: int, bits: tuple[int, ...], arms: int) -> bool:
        """Whether the circuit is complete and what is computed after it is followed no further. Raises
        :class:`Undecided` where it is not, and there are too many ways."""
        self._arms += arms
        is_loop = self._open.count(pc) >= _MOST_NESTED or self._level >= _DEEP
        if not self._joins.acts_after(pc):
            return is_loop or self._arms > _MOST_AFTER
        if is_loop:
            raise Undecided(pc, "a loop goes on as long as outcomes say, which a circuit cannot", bits)
        if self._arms > MOST_ARMS:
            raise Undecided(pc, f"outcomes decide in more than {MOST_ARMS:,} ways", bits)
        return False

    # -- system calls and qubits

    def _system_call(self, pc: int, slots: list[int]) -> bool:
        number = self._value(slots[0])
        if isinstance(number, Depends):
            return self._split(pc, [slots[0]], [number])
        call = BY_SYSTEM_CALL.get(int(number))
        taken = list(range(len(call.takes))) if call is not None else []
        operands = [self._value(register) for register in taken]
        if number == _RECORD:
            if isinstance(operands[0], Depends):
                return self._split(pc, [0], [operands[0]])
            self._machine.step()
            if self._machine.outcome is None:
                name, value = self._machine.records[-1]
                recorded = operands[1] if isinstance(operands[1], Depends) else value
                self._shadow.records = (*self._shadow.records, (name, recorded))
            return False
        if number in _PRINTS and (bits_of(operands) or self._open):
            # What is printed depends on outcomes, and no circuit prints.
            self._skip(pc)
            return False
        if bits_of(operands):
            return self._split(pc, taken, operands)
        self._machine.step()
        for register in range(len(call.gives) if call is not None else 0):
            self._shadow.registers.pop(register, None)
        return False

    def _quantum_instruction(self, pc: int, op: Op, slots: list[int]) -> bool:
        read = [slots[place] for place in op.reads]
        operands = [self._value(slot) for slot in read]
        if bits_of(operands):
            if self._split(pc, read, operands, acts=True):
                return True
            if self._machine.pc != pc or self._machine.outcome is not None:
                return False
        self._check_memory(pc, op, slots)
        self._assumed.saw_changed = False
        self._machine.step()
        if self._machine.outcome is not None:
            return False
        bit = self._shadow.bits
        self._tape.catch_up()
        self._tape.steps[:] = [replace(step, bit=bit) if step.code == MEASURE else step for step in self._tape.steps]
        for place in op.writes:
            self._shadow.registers.pop(slots[place], None)
        if op.name == "QSAMPLE":
            self._sampled(pc, slots, op)
        self._take_steps()
        if op.name == "QMEAS":
            self._places.setdefault(bit, pc)
            self._shadow.bits += 1
            self._shadow.registers[slots[0]] = values.outcome(bit)
        elif op.name != "QSAMPLE" and self._assumed.saw_changed:
            self._shadow.registers[slots[0]] = Depends(tuple(range(self._shadow.bits)) or (0,))
        return False

    def _check_memory(self, pc: int, op: Op, slots: list[int]) -> None:
        """Handles and Pauli strings in memory must be known."""
        if "m" not in op.letters or not self._shadow.memory:
            return
        start = op.memory_slot
        assert start is not None
        if op.name == "QSAMPLE" and op.letters.index("m") != 1:
            return
        address = sum(int(self._machine.cell(slot)) for slot in slots[start : start + 2]) & (1 << 64) - 1
        for place in range(address, address + 512):
            cell = self._shadow.memory.get(place)
            if cell is not None:
                raise Undecided(pc, "what it reads in memory depends on outcomes", cell[0].bits)

    def _sampled(self, pc: int, slots: list[int], op: Op) -> None:
        """The table of a sample: this run's; unknown where the state depends on outcomes."""
        own = Depends(tuple(range(self._shadow.bits)) if self._assumed.saw_changed else (-1 - self._samples,))
        self._samples += 1
        steps_of = [step for step in self._tape.steps if step.code == MEASURE]
        numbered = iter(range(self._shadow.bits, self._shadow.bits + len(steps_of)))
        self._tape.steps[:] = [
            replace(step, bit=next(numbered)) if step.code == MEASURE else step for step in self._tape.steps
        ]
        for bit in range(self._shadow.bits, self._shadow.bits + len(steps_of)):
            self._places.setdefault(bit, pc)
        self._shadow.bits += len(steps_of)
        start = op.starts[-1]
        address = sum(int(self._machine.cell(slot)) for slot in slots[start : start + 2]) & (1 << 64) - 1
        self._shadow.registers[slots[0]] = own
        for place in range(2 * int(self._machine.get(slots[0]))):
            self._shadow.store(address + 8 * place, 8, own)


_JUMP_CODES: Final = frozenset(op.code for op in BY_CODE.values() if op.name in ("QJMP",))


def explore(machine: Machine) -> tuple[Circuit, Outcome]:
    """The circuit of a machine that has not run yet, and how it ended. Raises :class:`Undecided`."""
    return Explorer(machine).run()
