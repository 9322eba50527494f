"""The verifier: every number that an engine would trust, at its bounds and past them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.programs import build, rows
from vm import verify as verifier
from vm.bytecode import NO_ENTRY, Base, Contract, ObjectFile, Place, Relocation, Symbol, Where
from vm.isa import BY_CODE, BY_NAME, OPS, REGISTERS, SLOTS, Op
from vm.machine import Machine
from vm.trap import ObjectError
from vm.verify import verify

CONSTANTS = 3
LENGTH = len(OPS)
LARGE = (1 << 32) - 1


def every_row() -> ObjectFile:
    """Each row of the table once, every slot 0, with three constants to name."""
    obj = rows(*((op.code,) for op in OPS))
    obj.constants, obj.constant_kinds = np.zeros(CONSTANTS, np.uint64), np.zeros(CONSTANTS, np.uint8)
    return obj


def reason(obj: ObjectFile) -> str:
    with pytest.raises(ObjectError) as caught:
        verify(obj)
    assert "\n" not in caught.value.reason
    with pytest.raises(ObjectError):
        Machine(obj)
    return caught.value.reason


# -- code


@pytest.mark.parametrize("op", OPS, ids=lambda op: f"{op.name}-{op.operands}")
def test_slots_at_their_bounds(op: Op) -> None:
    bounds = {"d": REGISTERS, "t": REGISTERS, "a": REGISTERS + CONSTANTS, "l": LENGTH}
    for slot in range(SLOTS):
        bound = bounds[op.slots[slot]] if slot < len(op.slots) else 1
        obj = every_row()
        row = OPS.index(op)
        obj.code[row, 1 + slot] = bound - 1
        verify(obj)
        for bad in (bound, 1 << 16, LARGE):
            obj.code[row, 1 + slot] = bad
            assert reason(obj).startswith(f"instruction {row} ({op.name}): operand {slot + 1} is {bad}: ")


@pytest.mark.parametrize("number", [0, max(BY_CODE) + 1, 255, 256, 1 << 31, LARGE])
def test_numbers_that_are_no_instruction(number: int) -> None:
    assert reason(rows((number,))) == f"instruction 0: number {number} is no instruction"


def test_the_first_bad_row_is_named() -> None:
    nop = (BY_NAME["QNOP"][0].code,)
    assert "instruction 2 " in reason(rows(nop, nop, (*nop, 1), (*nop, 0, 1)))


# -- everything else


def sample() -> ObjectFile:
    return build(
        ".extern other\nmain: QMOV r0, main\nQMOV r1, 0.5\nQCALL other\nQRET\n.query_interface\nf: QRET\n"
        ".data\na: .qword 1, main, other\n.space 40\nb: .byte 7"
    )


def change_symbol(obj: ObjectFile, name: str, /, **fields: Any) -> None:
    index = next(i for i, symbol in enumerate(obj.symbols) if symbol.name == name)
    obj.symbols[index] = replace(obj.symbols[index], **fields)


def change_relocation(obj: ObjectFile, place: Place, **fields: Any) -> None:
    index = next(i for i, r in enumerate(obj.relocations) if r.place is place)
    obj.relocations[index] = replace(obj.relocations[index], **fields)


def add(obj: ObjectFile, relocation: Relocation) -> None:
    obj.relocations.append(relocation)


BAD: dict[str, tuple[Callable[[ObjectFile], object], str]] = {
    "code of another type": (lambda o: setattr(o, "code", o.code.astype(np.int64)), "8 unsigned 32-bit"),
    "code of another width": (lambda o: setattr(o, "code", o.code[:, :5]), "8 unsigned 32-bit"),
    "constants of another type": (lambda o: setattr(o, "constants", o.constants.astype(np.int64)), "64-bit words"),
    "kinds missing": (lambda o: setattr(o, "constant_kinds", o.constant_kinds[:-1]), "differ in number"),
    "kind": (lambda o: o.constant_kinds.__setitem__(1, 2), "2 is no kind"),
    "data negative": (lambda o: setattr(o, "data_size", -1), "-1 bytes"),
    "data large": (lambda o: setattr(o, "data_size", (1 << 30) + 1), "1,073,741,825 bytes"),
    "data short": (lambda o: setattr(o, "data_size", 20), "past the size 0x14"),
    "alignment 0": (lambda o: setattr(o, "data_align", 0), "0 is no alignment"),
    "alignment 24": (lambda o: setattr(o, "data_align", 24), "24 is no alignment"),
    "alignment large": (lambda o: setattr(o, "data_align", 1 << 21), "2097152 is no alignment"),
    "run empty": (lambda o: o.data.insert(0, (0, b"")), "empty or overlaps"),
    "run twice": (lambda o: o.data.append(o.data[-1]), "empty or overlaps"),
    "run negative": (lambda o: o.data.insert(0, (-1, b"a")), "empty or overlaps"),
    "name empty": (lambda o: change_symbol(o, "f", name=""), "not a name"),
    "name with a newline": (lambda o: change_symbol(o, "f", name="a\nb"), "not a name"),
    "name with an escape": (lambda o: change_symbol(o, "f", name="\x1b[31m"), "not a name"),
    "code label": (lambda o: change_symbol(o, "f", value=6), "outside its section"),
    "code label negative": (lambda o: change_symbol(o, "f", value=-1), "outside its section"),
    "data label": (lambda o: change_symbol(o, "b", value=66), "outside its section"),
    "undefined with a value": (lambda o: change_symbol(o, "other", value=1), "outside its section"),
    "entry point in data": (lambda o: change_symbol(o, "b", is_query=True), "only code"),
    "symbol's file": (lambda o: change_symbol(o, "f", where=Where(1, 1, 1, 1)), "no file 1"),
    "relocation of no constant": (lambda o: change_relocation(o, Place.CONSTANT, where=99), "no integer constant 99"),
    "relocation below": (lambda o: change_relocation(o, Place.CONSTANT, where=-1), "no integer constant -1"),
    "relocation of a float": (lambda o: change_relocation(o, Place.CONSTANT, where=1), "no integer constant 1"),
    "relocation past data": (lambda o: change_relocation(o, Place.DATA, where=58), "no data word at 0x3a"),
    "relocation of no row": (lambda o: change_relocation(o, Place.TARGET, where=5), "no instruction 5"),
    "relocation of no slot": (lambda o: change_relocation(o, Place.TARGET, slot=1), "operand 2 of QCALL is no label"),
    "relocation of a register": (lambda o: change_relocation(o, Place.TARGET, where=0), "operand 1 of QMOV"),
    "negative slot": (lambda o: change_relocation(o, Place.TARGET, slot=-1), "is no label"),
    "jump inside": (lambda o: change_relocation(o, Place.TARGET, base=Base.CODE), "needs no relocation"),
    "absolute": (lambda o: change_relocation(o, Place.DATA, base=Base.ABSOLUTE), "does not move"),
    "code past the end": (lambda o: change_relocation(o, Place.CONSTANT, addend=6), "no instruction 6"),
    "addend": (lambda o: add(o, Relocation(Place.DATA, 0, Base.DATA, 1 << 64)), "does not fit 64 bits"),
    "addend below": (lambda o: add(o, Relocation(Place.DATA, 0, Base.DATA, -(1 << 63) - 1)), "does not fit 64 bits"),
    "symbol number": (lambda o: change_relocation(o, Place.TARGET, symbol=77), "symbol 77 is no undefined"),
    "symbol of a label": (lambda o: change_relocation(o, Place.TARGET, symbol=1), "symbol 1 is no undefined"),
    "symbol negative": (lambda o: change_relocation(o, Place.TARGET, symbol=-2), "symbol -2 is no undefined"),
    "symbol not needed": (lambda o: change_relocation(o, Place.CONSTANT, symbol=0), "only an undefined symbol"),
    "lines missing": (lambda o: setattr(o, "lines", o.lines[:-1]), "4 places for 5 instructions"),
    "lines of another type": (lambda o: setattr(o, "lines", o.lines.astype(np.uint8)), "four unsigned 32-bit"),
    "line's file": (lambda o: o.lines.__setitem__((2, 0), 1), "instruction 2 is in file 1"),
    "text's file": (lambda o: o.texts.__setitem__((1, 1), ""), "line 1 of file 1"),
    "text's line": (lambda o: o.texts.__setitem__((0, -1), ""), "line -1 of file 0"),
    "contract": (lambda o: o.contracts.append(Contract("f", 4, 6)), "'f': instructions 4 to 6"),
    "contract backwards": (lambda o: o.contracts.append(Contract("f", 4, 3)), "'f': instructions 4 to 3"),
    "entry": (lambda o: setattr(o, "entry", 5), "no instruction 5"),
    "entry negative": (lambda o: setattr(o, "entry", -2), "no instruction -2"),
    "entry missing": (lambda o: setattr(o, "entry", NO_ENTRY), "needs one"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_refused(case: str) -> None:
    obj = copy.deepcopy(sample())
    verify(obj)
    spoil, words = BAD[case]
    spoil(obj)
    assert words in reason(obj)


@pytest.mark.parametrize(
    "change",
    [
        lambda o: change_symbol(o, "f", value=5),
        lambda o: change_symbol(o, "b", value=65),
        lambda o: change_relocation(o, Place.CONSTANT, addend=5),
        lambda o: change_relocation(o, Place.DATA, where=57),
        lambda o: add(o, Relocation(Place.DATA, 0, Base.DATA, (1 << 64) - 1)),
        lambda o: setattr(o, "data_align", 1 << 20),
        lambda o: setattr(o, "data_size", 1 << 30),
        lambda o: setattr(o, "lines", o.lines[:0]),
        lambda o: o.contracts.append(Contract("f", 5, 5)),
        lambda o: setattr(o, "entry", 4),
    ],
)
def test_bounds_are_inside(change: Callable[[ObjectFile], object]) -> None:
    obj = copy.deepcopy(sample())
    change(obj)
    verify(obj)


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "MAX_INSTRUCTIONS", 4)
    assert "at most 4 " in reason(sample())
    monkeypatch.undo()
    monkeypatch.setattr(verifier, "MAX_CONSTANTS", 1)
    assert "at most 1 " in reason(sample())


def test_an_undefined_name_verifies_but_does_not_run() -> None:
    obj = sample()
    verify(obj)
    with pytest.raises(ObjectError, match="undefined: other"):
        Machine(obj)


def test_an_object_of_nothing_verifies() -> None:
    verify(ObjectFile())
    verify(ObjectFile(symbols=[Symbol("x", Base.ABSOLUTE, (1 << 64) - 1, is_global=True)]))
