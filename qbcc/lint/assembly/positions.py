"""Whether a program depends on how many instructions it has: then no fix may add one or take one out.

It does if an expression counts instructions (the distance of two labels, a label plus a number), if a number is written
as a code address, or if the address of a label is used in any way but to jump or call there."""

from __future__ import annotations

from typing import Final

from qbcc.diagnostics import Fix
from qbcc.flow.code import SCRATCH
from qbcc.flow.routines import Routine
from qbcc.lint.assembly.look import Look
from qbcc.lint.assembly.values import Values
from vm.bytecode import Base, Place
from vm.flow.blocks import CALL_INDIRECT, JUMP_INDIRECT, MOVE, SYSTEM_CALL
from vm.isa import BY_NAME, CODE_BASE, DATA_BASE, REGISTERS

_LOADS: Final = {BY_NAME[f"QLOAD{letter}"][0].code for letter in ("", "F", "B", "H", "W", "SB", "SH", "SW")}
_GOES: Final = (CALL_INDIRECT, JUMP_INDIRECT)
_WRITE: Final = 10
"""The system call that writes memory as it is."""
_MARGIN: Final = 1 << 32
"""Numbers so near to the first code address are taken for code addresses."""
_WORD: Final = 8


def keeps_count(fix: Fix) -> bool:
    """Whether a program has as many instructions after a fix as before."""
    return all(edit.replacement.strip() and "\n" not in edit.replacement for edit in fix.edits)


class Positions:
    """Inspects all routines."""

    def __init__(self, look: Look, values: Values) -> None:
        self.look = look
        self.values = values
        self.code = look.code
        self.rows = look.code.rows
        relocations = [r for r in self.code.object.relocations if r.base is Base.CODE]
        self.slots = {REGISTERS + r.where for r in relocations if r.place is Place.CONSTANT}
        """Constants that are addresses of labels."""
        self.words = [DATA_BASE + r.where for r in relocations if r.place is Place.DATA]
        """Addresses of words of the data section that are addresses of labels."""

    def matter(self) -> bool:
        """Whether the program depends on the places of its instructions."""
        if self.look.assembly.counts_instructions or self._has_number():
            return True
        if not self.slots and not self.words:
            return False
        look = self.look
        return any(self._shows(routine, index) for routine in look.routines for index in look.reached(routine))

    def _has_number(self) -> bool:
        slots = range(REGISTERS, REGISTERS + len(self.code.object.constants))
        values = (self.code.constant(slot) for slot in slots if slot not in self.slots)
        return any(isinstance(value, int) and abs(value - CODE_BASE) < _MARGIN for value in values)

    def _shows(self, routine: Routine, index: int) -> bool:
        """Whether an instruction makes a number of a code address."""
        row, op = self.rows[index], self.code.op(index)
        if any(row[1 + slot] in self.slots for slot in op.reads) and row[0] not in _GOES:
            return row[0] != MOVE or self._is_number(routine, index)
        if self.words and row[0] in _LOADS:
            return self._may_load(routine, index) and self._is_number(routine, index)
        # What it writes is not known.
        return bool(self.words) and row[0] == SYSTEM_CALL and self.code.constant(row[1]) in (_WRITE, None)

    def _may_load(self, routine: Routine, index: int) -> bool:
        """Whether a load may be one of a code address: its address is that of such a word, or is counted from one."""
        address = self.values.address(routine, index, 1)
        if address is not None:
            return self._is_word(address)
        chains = self.look.chains(routine)
        for slot in self.rows[index][2:4]:
            if self._is_word(self.values.before(routine, index, slot)):
                return True
            for made in chains.definitions(index, slot)[0] if slot < REGISTERS else ():
                reads = () if self.look.is_call(made) else self.code.op(made).reads
                if any(self._is_word(self.values.before(routine, made, self.rows[made][1 + read])) for read in reads):
                    return True
        return False

    def _is_word(self, address: int | float | None) -> bool:
        return isinstance(address, int) and any(word - _WORD < address < word + _WORD for word in self.words)

    def _is_number(self, routine: Routine, index: int) -> bool:
        """Whether the code address that an instruction puts into a register is more than a place to go to."""
        chains = self.look.chains(routine)
        waiting, seen = [index], {index}
        while waiting:
            made = waiting.pop()
            register = self.rows[made][1]
            uses, leaves = chains.uses(made, register)
            is_passed = bool(SCRATCH >> register & 1)
            if leaves and is_passed and (routine.returns or routine.tails):
                # It may be a result.
                return True
            for use in uses:
                row = self.rows[use]
                if (row[0] in _GOES and row[1] == register) or (self.look.is_call(use) and not is_passed):
                    # From r4 on, what a callee reads is what it saves.
                    continue
                if row[0] != MOVE:
                    return True
                if use not in seen:
                    seen.add(use)
                    waiting.append(use)
        return False
