"""Proves that an engine can run an object: every number in it is in range.

After this, an engine indexes registers, constants and instructions without a check of its own. What only a run can
know (an address, a kind, an indirect target) stays the engine's to check."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vm.bytecode import MAX_CONSTANTS, MAX_DATA, MAX_INSTRUCTIONS, NO_ENTRY, ROW, Base, ObjectFile, Place, Relocation
from vm.isa import BY_CODE, DATA_BASE, INT, OPS, REGISTERS, SLOTS
from vm.trap import ObjectError

_LETTERS: Final = "-datl"


def _letter_table() -> NDArray[np.uint8]:
    """By instruction number and slot: index of its letter in ``_LETTERS``; 0 where unused."""
    table = np.zeros((max(BY_CODE) + 1, SLOTS), np.uint8)
    for op in OPS:
        for slot, letter in enumerate(op.slots):
            table[op.code, slot] = _LETTERS.index(letter)
    return table


def verify(obj: ObjectFile) -> None:
    """Raise :class:`ObjectError` that names the first number out of range."""
    _shapes(obj)
    _code(obj)
    _constants(obj)
    _data(obj)
    _symbols(obj)
    for index, relocation in enumerate(obj.relocations):
        _relocation(obj, index, relocation)
    _lines(obj)
    for contract in obj.contracts:
        if not 0 <= contract.start <= contract.end <= len(obj.code):
            raise ObjectError(
                f"contract of {contract.name!r}: instructions {contract.start} to {contract.end} do not exist"
            )
    if obj.entry != NO_ENTRY and not 0 <= obj.entry < len(obj.code):
        raise ObjectError(f"entry: there is no instruction {obj.entry}")
    if obj.entry == NO_ENTRY and len(obj.code):
        raise ObjectError("entry: a program with instructions needs one")


def _shapes(obj: ObjectFile) -> None:
    if obj.code.dtype != np.uint32 or obj.code.ndim != 2 or obj.code.shape[1] != ROW:
        raise ObjectError(f"code: not {ROW} unsigned 32-bit numbers an instruction")
    if len(obj.code) > MAX_INSTRUCTIONS:
        raise ObjectError(f"code: {len(obj.code):,} instructions; at most {MAX_INSTRUCTIONS:,} are allowed")
    if obj.constants.dtype != np.uint64 or obj.constant_kinds.dtype != np.uint8:
        raise ObjectError("constants: not 64-bit words with a byte for the kind")
    if len(obj.constants) != len(obj.constant_kinds):
        raise ObjectError("constants: values and kinds differ in number")
    if len(obj.constants) > MAX_CONSTANTS:
        raise ObjectError(f"constants: {len(obj.constants):,}; at most {MAX_CONSTANTS:,} are allowed")


def _first(mask: NDArray[np.bool_]) -> int | None:
    """First row where any column is true."""
    rows = np.flatnonzero(mask.any(axis=1) if mask.ndim == 2 else mask)
    return int(rows[0]) if len(rows) else None


def _code(obj: ObjectFile) -> None:
    numbers, slots = obj.code[:, 0], obj.code[:, 1:]
    known = np.zeros(max(BY_CODE) + 1, bool)
    known[list(BY_CODE)] = True
    bad = _first((numbers > max(BY_CODE)) | ~known[np.minimum(numbers, max(BY_CODE))])
    if bad is not None:
        raise ObjectError(f"instruction {bad}: number {int(numbers[bad])} is no instruction")
    letters = _letter_table()[numbers]
    limits = np.array([1, REGISTERS, REGISTERS + len(obj.constants), REGISTERS, len(obj.code)], np.uint64)
    bad = _first(slots >= limits[letters])
    if bad is None:
        return
    slot = int(np.flatnonzero(slots[bad] >= limits[letters[bad]])[0])
    what = (
        "an unused operand must be 0",
        "not a register",
        "no such constant",
        "not a register",
        "no such instruction",
    )
    op = BY_CODE[int(numbers[bad])]
    reason = what[int(letters[bad, slot])]
    raise ObjectError(f"instruction {bad} ({op.name}): operand {slot + 1} is {int(slots[bad, slot])}: {reason}")


def _constants(obj: ObjectFile) -> None:
    bad = _first(obj.constant_kinds > 1)
    if bad is not None:
        raise ObjectError(f"constant {bad}: {int(obj.constant_kinds[bad])} is no kind")


def _data(obj: ObjectFile) -> None:
    if not 0 <= obj.data_size <= MAX_DATA:
        raise ObjectError(f"data: {obj.data_size:,} bytes; at most {MAX_DATA:,} are allowed")
    align = obj.data_align
    if not 1 <= align <= DATA_BASE or align & (align - 1):
        raise ObjectError(f"data: {align} is no alignment (a power of two up to {DATA_BASE:,})")
    end = 0
    for offset, content in obj.data:
        if offset < end or not content:
            raise ObjectError(f"data: the run at {offset:#x} is empty or overlaps the one before it")
        end = offset + len(content)
    if end > obj.data_size:
        raise ObjectError(f"data: a run ends at {end:#x}, past the size {obj.data_size:#x}")


def _symbols(obj: ObjectFile) -> None:
    for symbol in obj.symbols:
        name = f"symbol {symbol.name[:80]!r}"
        if not symbol.name.isprintable() or not symbol.name:
            raise ObjectError(f"{name}: not a name")
        limit = {Base.CODE: len(obj.code), Base.DATA: obj.data_size, Base.ABSOLUTE: (1 << 64) - 1, Base.UNDEFINED: 0}
        if not 0 <= symbol.value <= limit[symbol.base]:
            raise ObjectError(f"{name}: {symbol.value:#x} is outside its section")
        if symbol.is_query and symbol.base is not Base.CODE:
            raise ObjectError(f"{name}: only code can be an entry point")
        if symbol.where is not None and symbol.where.file >= len(obj.files):
            raise ObjectError(f"{name}: there is no file {symbol.where.file}")


def _relocation(obj: ObjectFile, index: int, relocation: Relocation) -> None:
    name = f"relocation {index}"
    where = relocation.where
    if relocation.place is Place.TARGET:
        _target_relocation(obj, name, relocation)
    elif relocation.place is Place.CONSTANT:
        if not 0 <= where < len(obj.constants) or int(obj.constant_kinds[where]) != INT:
            raise ObjectError(f"{name}: there is no integer constant {where}")
    elif not 0 <= where <= obj.data_size - 8:
        raise ObjectError(f"{name}: there is no data word at {where:#x}")
    if relocation.base is Base.ABSOLUTE:
        raise ObjectError(f"{name}: an absolute value does not move")
    if relocation.base is Base.CODE and not 0 <= relocation.addend <= len(obj.code):
        raise ObjectError(f"{name}: there is no instruction {relocation.addend}")
    if not -(1 << 63) <= relocation.addend < 1 << 64:
        raise ObjectError(f"{name}: the addend does not fit 64 bits")
    is_symbol = 0 <= relocation.symbol < len(obj.symbols)
    if relocation.base is Base.UNDEFINED:
        if not is_symbol or obj.symbols[relocation.symbol].base is not Base.UNDEFINED:
            raise ObjectError(f"{name}: symbol {relocation.symbol} is no undefined symbol")
    elif relocation.symbol != -1:
        raise ObjectError(f"{name}: only an undefined symbol is named by number")


def _target_relocation(obj: ObjectFile, name: str, relocation: Relocation) -> None:
    if not 0 <= relocation.where < len(obj.code):
        raise ObjectError(f"{name}: there is no instruction {relocation.where}")
    op = BY_CODE[int(obj.code[relocation.where, 0])]
    if not 0 <= relocation.slot < len(op.slots) or op.slots[relocation.slot] != "l":
        raise ObjectError(f"{name}: operand {relocation.slot + 1} of {op.name} is no label")
    if relocation.base is not Base.UNDEFINED:
        raise ObjectError(f"{name}: a jump inside the object needs no relocation")


def _lines(obj: ObjectFile) -> None:
    if obj.lines.dtype != np.uint32 or obj.lines.ndim != 2 or obj.lines.shape[1] != 4:
        raise ObjectError("lines: not four unsigned 32-bit numbers an instruction")
    if len(obj.lines) not in (0, len(obj.code)):
        raise ObjectError(f"lines: {len(obj.lines):,} places for {len(obj.code):,} instructions")
    bad = _first(obj.lines[:, 0] >= len(obj.files))
    if bad is not None:
        raise ObjectError(f"lines: instruction {bad} is in file {int(obj.lines[bad, 0])}, which does not exist")
    for file, line in obj.texts:
        if not 0 <= file < len(obj.files) or line < 0:
            raise ObjectError(f"lines: text of line {line} of file {file}, which does not exist")
