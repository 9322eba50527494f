"""Proves that the registers and places in memory that were chosen hold what the instructions read.

Each location (a register, a word of the frame) is followed with the values that it surely holds, by the registers that
were to be chosen for them. What every instruction reads must be among them, on every path. It is the check of regalloc2
(Bytecode Alliance: regalloc2/src/checker.rs), here for routines of σ. Tests run it; a fault that it finds is one of the
compiler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sigma.codegen.machine import COLOURS, WRITES, Code, Inst, Mem, Register, Routine

Location = Register | tuple[object, ...]
State = dict[Location, frozenset[Register]]
"""The values in each location; a location that is not there holds nothing that is known."""
_NOTHING: Final[frozenset[Register]] = frozenset()


class BrokenCodeError(Exception):
    """Registers that do not hold what is read."""


@dataclass(slots=True)
class _Row:
    """An instruction as it was selected."""

    inst: Inst
    defined: tuple[Register, ...]
    used: list[Register]
    is_move: bool


class Proof:
    """Of one routine: made before registers are chosen, asked afterwards."""

    def __init__(self, routine: Routine, name: str) -> None:
        self.routine = routine
        self.name = name
        self.rows = {
            block: [_Row(inst, inst.defined, inst.used, inst.is_move) for inst in block.insts]
            for block in routine.blocks
        }

    def check(self, arguments: int, pointer: Register) -> None:
        """Raise :class:`BrokenCodeError` unless every instruction reads what it was selected to read. The first
        ``arguments`` registers are set when the routine begins; ``pointer`` is to hold the address of a frame on the
        stack, -1 if there is none."""
        first = self.routine.blocks[0]
        states: dict[Code, State] = {first: {n: frozenset((n,)) for n in range(arguments)}}
        todo = [first]
        while todo:
            block = todo.pop()
            state = dict(states[block])
            self._block(block, state, pointer)
            for following in block.nexts:
                before = states.get(following)
                met = state if before is None else _met(before, state)
                if met != before:
                    states[following] = dict(met)
                    todo.append(following)

    def _block(self, block: Code, state: State, pointer: Register) -> None:
        rows = iter(self.rows[block])
        selected = {id(row.inst) for row in self.rows[block]}
        for inst in block.insts:
            if id(inst) not in selected:
                self._spill(inst, state, pointer)
                continue
            for row in rows:
                if row.inst is inst:
                    self._step(row, state)
                    break
                # It moved a register to itself, and is left out.
                _renamed(state, row.defined[0], row.used[0])

    def _spill(self, inst: Inst, state: State, pointer: Register) -> None:
        """A load or a store of what has no register."""
        register, place = inst.operands
        assert isinstance(register, Register)
        assert isinstance(place, Mem)
        if isinstance(place.base, Register) and pointer not in state.get(place.base, _NOTHING):
            raise BrokenCodeError(f"{self.name}: {inst.word} goes through r{place.base}, which holds no frame")
        where = (place.base if not isinstance(place.base, Register) else "frame", place.offset)
        if inst.word == "QSTORE":
            state[where] = state.get(register, _NOTHING)
        else:
            state[register] = state.get(where, _NOTHING)

    def _step(self, row: _Row, state: State) -> None:
        inst = row.inst
        for wanted, register in zip(row.used, inst.used, strict=True):
            if wanted not in state.get(register, _NOTHING):
                what = f"register {wanted}" if wanted >= COLOURS else f"r{wanted}"
                raise BrokenCodeError(f"{self.name}: {inst.word} reads r{register}, which does not hold {what}")
        same = state.get(inst.used[0], _NOTHING) if row.is_move else _NOTHING
        for name in row.defined:
            _forget(state, name)
        for register in inst.changes:
            state[register] = frozenset((register,))
        if inst.word in WRITES and isinstance(written := inst.operands[0], Register):
            state[written] = (same - {row.defined[0]}) | {row.defined[0]}


def _renamed(state: State, to: Register, source: Register) -> None:
    """A value has one more name from here on."""
    _forget(state, to)
    for location, held in state.items():
        if source in held:
            state[location] = held | {to}


def _forget(state: State, name: Register) -> None:
    """A name gets another value: what holds its old one does not hold it any more."""
    for location, held in state.items():
        if name in held:
            state[location] = held - {name}


def _met(a: State, b: State) -> State:
    """What surely holds where two paths meet."""
    return {location: held & b[location] for location, held in a.items() if location in b}
