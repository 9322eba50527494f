"""Addresses with distances: what fits is encoded, what cannot be is said where it is written."""

from __future__ import annotations

import pytest

from tests.programs import build, errors
from vm.bytecode import Base, Place
from vm.isa import REGISTERS
from vm.verify import verify

FAR = (1 << 64) + 1


@pytest.mark.parametrize(
    "text",
    [
        "main: QMOV r0, main+2\n",
        "main: QMOV r0, main-1\n",
        "main: QNOP\n.data\n.qword main+2\n",
        f"QMOV r0, d+{FAR}\n.data\nd: .byte 1\n",
        f".data\nd: .qword d-{FAR}\n",
        f".extern other\nQMOV r0, other+{FAR}\n",
        f".extern other\nQCALL other+{FAR}\n",
        ".global far\n.define far main+2\nmain: QNOP\n",
        ".global far\n.define far d-1\n.data\nd: .byte 1\n",
        ".global far\n.define far d+2\n.data\nd: .byte 1\n",
    ],
)
def test_address_outside(text: str) -> None:
    assert errors(text) == ["E0311"]


def test_ends_of_the_sections() -> None:
    obj = build(
        ".global past, end\n.define past main+1\n.define end d+1\nmain: QMOV r0, main+1\n"
        f".data\nd: .byte 1\n.qword main+1, d+{(1 << 63) - 1}, d-{1 << 63}\n"
    )
    verify(obj)
    assert [r.addend for r in obj.relocations] == [1, 1, (1 << 63) - 1, -(1 << 63)]
    assert [(s.name, s.base, s.value) for s in obj.symbols] == [
        ("main", Base.CODE, 0),
        ("past", Base.CODE, 1),
        ("d", Base.DATA, 0),
        ("end", Base.DATA, 1),
    ]


@pytest.mark.parametrize(
    ("address", "distance"),
    [
        ("r1+e-d", 40),
        ("e-d+r1", 40),
        ("r1-d+e", 40),
        ("r1-(d-e)", 40),
        ("r1-4-3", -7),
        ("r1-(4-3)", -1),
        ("8+r1+(5-3)", 10),
        ("-8+r1", -8),
    ],
)
def test_number_in_an_address(address: str, distance: int) -> None:
    obj = build(f"QLOAD r0, [{address}]\n.data\nd: .space 40\ne: .byte 1\n")
    assert obj.code[0, 2] == 1
    assert obj.constants.astype("i8").tolist() == [distance]
    assert obj.relocations == []


@pytest.mark.parametrize(
    ("address", "addend"), [("r1+d+18", 18), ("d+r1+18", 18), ("r1+18+d", 18), ("r1+d-4-2", -6), ("5+r1-1+d", 4)]
)
def test_label_in_an_address(address: str, addend: int) -> None:
    obj = build(f"QLOAD r0, [{address}]\n.data\nd: .byte 1\n")
    assert obj.code[0, 2:4].tolist() == [1, REGISTERS]
    assert [(r.place, r.base, r.addend) for r in obj.relocations] == [(Place.CONSTANT, Base.DATA, addend)]


@pytest.mark.parametrize("address", ["r1-d", "r1+d+e", "r1+d-main"])
def test_address_that_is_no_sum(address: str) -> None:
    assert errors(f"main: QLOAD r0, [{address}]\n.data\nd: .byte 1\ne: .byte 1\n") == ["E0306"]
