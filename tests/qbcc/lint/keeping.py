"""A machine whose calls keep r4 to r15, as the calling convention has it: what a program with lost registers was meant
to do, and which calls lose what.

Beside the registers that a routine keeps, every activation has those that the real machine would have left there. Where
the two differ when a call returns, the call has lost the register; that is a *real loss* if the register is read before
it is written again. What a ``.func`` lists in ``.returns`` is handed over and not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.machine_model import CALLS, Ended, MachineModel
from tests.model import ModelTrap, Value
from vm.bytecode import Base, ObjectFile
from vm.isa import DATA_BASE, REGISTERS, Op

KEPT = range(4, REGISTERS)
STEPS = 40_000
"""Instructions of one run: a lost counter may make it endless."""
SLOT = "slot_"
"""How labels of memory begin in which a routine saves registers: to save is not to read."""
Loss = tuple[int, int]
"""A call, by instruction, and a register."""
_Beside = tuple[Value | None, frozenset[Loss], int | None]
"""What goes with a value: the machine's, where it is another; the calls that lost it; the instruction that made it."""


@dataclass
class _Held:
    """What goes with a value beside the value."""

    raw: dict[int, Value] = field(default_factory=dict)
    """By register, what the real machine has there, where that is something else."""
    lost: dict[int, frozenset[Loss]] = field(default_factory=dict)
    """By register, the calls that lost its value."""
    made: dict[int, int] = field(default_factory=dict)
    """By register, the instruction that wrote it."""

    def copy(self) -> _Held:
        return _Held({}, dict(self.lost), dict(self.made))


@dataclass
class _Frame:
    """An activation that waits for a call to return."""

    call: int
    target: int
    registers: list[Value]
    held: _Held


class Plain(MachineModel):
    """The machine as it is."""

    def __init__(self, obj: ObjectFile, args: Sequence[Value] = ()) -> None:
        super().__init__(obj, pages=1 << 12, args=args)
        for offset, content in obj.data:
            self.write(DATA_BASE + offset, content)

    def run(self) -> str:
        """Execute it to its end; how it ended."""
        try:
            for _ in range(STEPS):
                self.step()
        except Ended as end:
            return f"ended {end}"
        except ModelTrap as trap:
            return f"trap {trap}"
        return "endless"


class Keeping(Plain):
    """The machine whose calls keep registers."""

    def __init__(self, obj: ObjectFile, args: Sequence[Value] = ()) -> None:
        super().__init__(obj, args)
        self.losses: set[Loss] = set()
        self.used: set[int] = set()
        """Instructions whose value was read."""
        self.executed: set[int] = set()
        self._held = _Held()
        self._frames: list[_Frame] = []
        self._pushed: list[_Beside] = []
        self._saved: dict[int, _Beside] = {}
        starts = sorted((s.value, s.name) for s in obj.symbols if s.base is Base.DATA)
        starts.append((obj.data_size, ""))
        self._slots = [
            (DATA_BASE + start, DATA_BASE + end)
            for (start, name), (end, _) in pairwise(starts)
            if name.startswith(SLOT)
        ]
        places = {s.name: s.value for s in obj.symbols if s.base is Base.CODE}
        self._returned = {
            places[contract.name]: {int(name[1:]) for name in contract.returns}
            for contract in obj.contracts
            if contract.name in places
        }

    def begin(self, entry: int, argument: int) -> None:
        """Have a run begin at a routine, called with r0 to r3; every other register has a value of its own."""
        self.pc = entry
        self.registers[:] = [argument, argument + 1, 3, 5, *(900_000_007 * (r + 1) for r in range(4, REGISTERS))]

    def execute(self, op: Op, slots: list[int]) -> int:
        self.executed.add(self.pc)
        held = self._held
        registers = [slots[i] for i in op.reads if slots[i] < REGISTERS]
        if op.name == "QSYSCALL":
            number = self.value(slots[0])
            registers += range(len(CALLS[int(number)][0]) if number in CALLS else 0)
        is_saving = op.name == "QPUSH" or (op.name == "QSTORE" and self._slot(op, slots) is not None)
        if not is_saving:
            for register in registers:
                self.losses |= held.lost.get(register, frozenset())
                if register in held.made:
                    self.used.add(held.made[register])
        here, depth = self.pc, len(self.stack)
        slot = self._slot(op, slots)
        after = super().execute(op, slots)
        if op.name == "QCALL":
            self._frames.append(_Frame(here, after, self.registers[:], held))
            self._held = held.copy()
        elif op.name == "QRET":
            self._return(self._frames.pop())
        elif op.name == "QPUSH":
            self._pushed.append(self._beside(slots[0]))
        elif op.name == "QSTORE" and slot is not None:
            self._saved[slot] = self._beside(slots[0])
        elif op.name == "QLOAD" and slot in self._saved:
            self._wrote(slots[0], *self._saved[slot])
        elif op.name == "QPOP":
            assert len(self.stack) == depth - 1
            self._wrote(slots[0], *self._pushed.pop())
        else:
            for slot in op.writes:
                self._wrote(slots[slot], None, frozenset(), here)
        return after

    def _slot(self, op: Op, slots: list[int]) -> int | None:
        """The address of an access, if it is one where a routine saves registers."""
        if op.name not in ("QSTORE", "QLOAD"):
            return None
        address = int(self.value(slots[1])) + int(self.value(slots[2]))
        return address if any(start <= address < end for start, end in self._slots) else None

    def _beside(self, register: int) -> _Beside:
        """What goes with the value of an operand."""
        held = self._held
        if register >= REGISTERS:
            return None, frozenset(), None
        return held.raw.get(register), held.lost.get(register, frozenset()), held.made.get(register)

    def _wrote(self, register: int, raw: Value | None, lost: frozenset[Loss], made: int | None) -> None:
        for there, value in ((self._held.raw, raw), (self._held.lost, lost or None), (self._held.made, made)):
            if value is None:
                there.pop(register, None)  # type: ignore[attr-defined]
            else:
                there[register] = value  # type: ignore[index]

    def _return(self, frame: _Frame) -> None:
        """Restore what the caller keeps, and note what would have been lost."""
        inner, self._held = self._held, frame.held
        handed = self._returned.get(frame.target, set())
        for register in range(REGISTERS):
            left = inner.raw.get(register, self.registers[register])
            if register not in KEPT or register in handed:
                lost, made = inner.lost.get(register, frozenset()), inner.made.get(register)
                self._wrote(register, inner.raw.get(register), lost, made)
                continue
            kept = frame.registers[register]
            self.registers[register] = kept
            if (type(left), left) != (type(kept), kept):
                self._held.raw[register] = left
                before = self._held.lost.get(register, frozenset())
                self._held.lost[register] = before | {(frame.call, register)}
