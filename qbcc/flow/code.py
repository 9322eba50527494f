"""A program's instructions as the analyses read them: what each reads and writes, where it may go, its source line.

Whatever assembled can be read: a source without an entry point, and one that leaves names to other objects."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from qbcc.assembly.unit import Statement
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Line
from vm.bytecode import NO_ENTRY, Base, ObjectFile, Place
from vm.flow.blocks import CALL, CALL_INDIRECT, JUMP, JUMP_INDIRECT, MOVE, SYSTEM_CALL, TARGET
from vm.flow.registers import READS, WRITES
from vm.isa import BY_CODE, BY_SYSTEM_CALL, CODE_BASE, INT, REGISTERS, Op

Mask = int
"""A set of registers: bit n is rn."""
ALL: Final = (1 << REGISTERS) - 1
SCRATCH: Final = 0b1111
"""r0 to r3: arguments and results, which a subroutine may change."""
KEPT: Final = ALL & ~SCRATCH
"""r4 to r15, which are the caller's."""


def registers_in(mask: Mask) -> list[int]:
    """The members of a set, ascending."""
    return [register for register in range(REGISTERS) if mask >> register & 1]


@dataclass(eq=False)
class Code:
    """Instructions by index; every list has one entry for each."""

    object: ObjectFile
    rows: list[list[int]]
    reads: list[Mask]
    """Registers that its operands are, and those that a system call takes; of a call none but the target."""
    writes: list[Mask]
    """Registers that it writes itself; of a call none."""
    lines: list[Line]
    """The line that it came of: in a macro expansion the one of the body, whose ``use`` leads outwards."""
    external: dict[int, str]
    """By instruction that calls or jumps to what another object brings: the name."""
    taken: dict[int, None]
    """Instructions with a label whose address the program takes: where registers may lead."""
    is_program: bool
    """Whether it says where it starts. Else it is for others, who may call every label."""
    is_closed: bool
    """Whether nothing outside can call it through a register, or be called by it: a program without externals."""
    names: dict[int, str] = field(default_factory=dict)
    """Ordinary code labels by instruction, the first where several stand."""
    labels: dict[int, Span] = field(default_factory=dict)
    """Their places in the source."""
    brought: frozenset[int] = frozenset()
    """Slots of constants that another object brings."""
    labelled: set[int] = field(default_factory=set)
    """Instructions with any label, local ones too."""

    def op(self, index: int) -> Op:
        """The table's row for an instruction."""
        return BY_CODE[self.rows[index][0]]

    def span(self, index: int) -> Span:
        """Where an instruction stands; in a macro expansion, the outermost use."""
        return self.lines[index].outermost().whole()

    def chain(self, index: int) -> list[Span]:
        """The places that an instruction came through, from the innermost macro body outwards; one outside macros."""
        found = []
        line: Line | None = self.lines[index]
        while line is not None:
            found.append(line.whole())
            line = line.use
        return found

    def constant(self, slot: int) -> int | float | None:
        """The number in a slot, integers as they are signed; None for a register and for what another object brings."""
        if slot < REGISTERS or slot in self.brought:
            return None
        bits = int(self.object.constants[slot - REGISTERS])
        if self.object.constant_kinds[slot - REGISTERS] == INT:
            return bits - (1 << 64) if bits >> 63 else bits
        value: float = struct.unpack("<d", bits.to_bytes(8, "little"))[0]
        return value

    def label_of(self, slot: int) -> int | None:
        """The instruction whose address is in a constant slot, if one is and a register may lead there."""
        value = self.constant(slot)
        return value - CODE_BASE if isinstance(value, int) and value - CODE_BASE in self.taken else None

    def jump_targets(self, index: int) -> tuple[int, ...]:
        """Where a jump or a conditional jump may go; nothing for one that leaves the object."""
        row = self.rows[index]
        if row[0] == JUMP_INDIRECT:
            found = self.known_target(index)
            return tuple(self.taken) if found is None else (found,)
        if index in self.external:
            return ()
        return (row[TARGET[row[0]]],)

    def call_targets(self, index: int) -> tuple[int, ...]:
        """Instructions that a call may go to."""
        row = self.rows[index]
        if row[0] == CALL:
            return () if index in self.external else (row[1],)
        found = self.known_target(index)
        return tuple(self.taken) if found is None else (found,)

    def is_open(self, index: int) -> bool:
        """Whether a call or a jump may go to what is not here."""
        if index in self.external:
            return True
        is_through = self.rows[index][0] in (CALL_INDIRECT, JUMP_INDIRECT)
        return is_through and not self.is_closed and self.known_target(index) is None

    def known_target(self, index: int) -> int | None:
        """Where a jump or call through a register goes, if the register was loaded with a label right before it."""
        register = self.rows[index][1]
        for before in range(index - 1, max(index - 9, -1), -1):
            if before + 1 in self.labelled or self.rows[before][0] in _BARRIERS:
                return None
            if self.writes[before] >> register & 1:
                row = self.rows[before]
                return self.label_of(row[2]) if row[0] == MOVE else None
        return None


_HALT: Final = next(op.code for op in BY_CODE.values() if op.name == "QHALT")
_STARTS: Final = frozenset({"start", "_start", "begin", "entry", "program", "run"})
"""Names under which programs begin, in lower case, beside ``main``."""
_BARRIERS: Final = frozenset({CALL, CALL_INDIRECT, JUMP, JUMP_INDIRECT, *TARGET})
"""Instructions past which nothing is looked for."""


def _system_call(obj: ObjectFile, row: Sequence[int]) -> tuple[Mask, Mask]:
    """What a system call reads and writes; both of its registers if its number is known at run time only."""
    slot = row[1] - REGISTERS
    if slot < 0 or obj.constant_kinds[slot] != INT:
        return 0b11, 0b11
    call = BY_SYSTEM_CALL.get(int(obj.constants[slot]))
    if call is None:
        return 0, 0
    return (1 << len(call.takes)) - 1, (1 << len(call.gives)) - 1


def _taken(obj: ObjectFile) -> dict[int, None]:
    count = len(obj.code)
    labels = {symbol.value for symbol in obj.symbols if symbol.base is Base.CODE and symbol.value < count}
    found = {r.addend for r in obj.relocations if r.base is Base.CODE and r.place is not Place.TARGET}
    return dict.fromkeys(sorted(found & labels))


def _starts(obj: ObjectFile) -> bool:
    """Whether it is a program. One says so by ``.entry_point`` or ``main``; else it begins with its first instruction,
    unless that looks like a routine for others: of a ``.func``, beside ``.global`` names, or with a label and no QHALT
    anywhere."""
    if obj.entry == NO_ENTRY or obj.entry_declared:
        return obj.entry_declared
    names = {s.name for s in obj.symbols if s.base is Base.CODE and s.value == obj.entry and "@" not in s.name}
    if any(symbol.is_global and symbol.base is Base.CODE for symbol in obj.symbols):
        return False
    if any(contract.start <= obj.entry < contract.end for contract in obj.contracts):
        return False
    halts = bool((obj.code[:, 0] == _HALT).any())
    return halts or not names or not _STARTS.isdisjoint(name.lower() for name in names)


def read(obj: ObjectFile, statements: Sequence[Statement], sources: Sequence[SourceFile]) -> Code:
    """The instructions of an object, and the lines that they came of; ``sources`` are its files, in order."""
    rows: list[list[int]] = obj.code.tolist()
    reads: list[Mask] = []
    writes: list[Mask] = []
    for row in rows:
        number = row[0]
        read = written = 0
        for column in READS[number]:
            if row[column] < REGISTERS:
                read |= 1 << row[column]
        for column in WRITES[number]:
            written |= 1 << row[column]
        if number == SYSTEM_CALL:
            more, given = _system_call(obj, row)
            read, written = read | more, written | given
        reads.append(read)
        writes.append(written)
    lines = [line for line, _, length, in_data, _ in statements if not in_data for _ in range(length)]
    external = {
        r.where: obj.symbols[r.symbol].name
        for r in obj.relocations
        if r.place is Place.TARGET and r.base is Base.UNDEFINED
    }
    brought = frozenset(
        REGISTERS + r.where for r in obj.relocations if r.place is Place.CONSTANT and r.base is Base.UNDEFINED
    )
    is_program = _starts(obj)
    code = Code(obj, rows, reads, writes, lines, external, _taken(obj), is_program, is_program and not obj.undefined)
    code.brought = brought
    for symbol in obj.symbols:
        if symbol.base is not Base.CODE or symbol.value >= len(rows):
            continue
        code.labelled.add(symbol.value)
        if "@" not in symbol.name and symbol.value not in code.names:
            code.names[symbol.value] = symbol.name
            if symbol.where is not None:
                where = symbol.where
                code.labels[symbol.value] = Span(sources[where.file], where.line, where.column, where.end_column)
    return code
