"""Operands against the instruction table."""

from __future__ import annotations

import pytest

from qbcc.assembly.assemble import assemble
from qbcc.source import SourceFile
from tests.programs import build, errors
from vm.isa import BY_CODE, BY_NAME, OPS, REGISTERS, Op

WRITTEN = {"d": "r7", "a": "5", "m": "[r3+5]", "l": "here", "t": "r4"}
SLOTS = {"d": [7], "a": [REGISTERS], "m": [3, None], "l": [1], "t": [4]}


def row(text: str) -> list[int]:
    """The row of the one instruction of a text."""
    (found,) = build(text).code.tolist()
    return found


@pytest.mark.parametrize("op", OPS, ids=lambda op: f"{op.name}-{op.code}")
def test_every_row_of_the_table(op: Op) -> None:
    obj = build(f"QNOP\nhere: {op.name} {', '.join(WRITTEN[letter] for letter in op.letters)}")
    found = obj.code.tolist()[1]
    assert found[0] == op.code
    expected = [slot for letter in op.letters for slot in SLOTS[letter]]
    for slot, wanted in zip(found[1:], expected, strict=False):
        assert wanted is None or slot == wanted
    assert not any(found[1 + len(op.slots) :])


@pytest.mark.parametrize("op", [op for op in OPS if op.short], ids=lambda op: op.name)
def test_short_forms(op: Op) -> None:
    rest = [f"r{8 + number}" for number in range(len(op.letters) - 2)]
    assert row(f"{op.name} {', '.join(('r2', *rest))}") == row(f"{op.name} {', '.join(('r2', 'r2', *rest))}")


def test_other_short_forms() -> None:
    assert row("QHALT")[0] == BY_NAME["QHALT"][0].code
    assert build("QHALT").constants.tolist() == [0]
    assert row("qje 1, r2, 0+x\nx:".replace("0+x\nx:", "x").replace("qje", "x: qje")) == row("x: QJEQ 1, r2, x")


def test_lists_become_an_instruction_for_each_member() -> None:
    obj = build("QPUSH r1, 5, r2\nQPOP r2, r3, r1\nQRET")
    names = [BY_CODE[code].name for code in obj.code[:, 0].tolist()]
    assert names == ["QPUSH"] * 3 + ["QPOP"] * 3 + ["QRET"]
    assert obj.code[:6, 1].tolist() == [1, REGISTERS, 2, 2, 3, 1]
    assert obj.lines[:, 1].tolist() == [1, 1, 1, 2, 2, 2, 3]


def test_mnemonics_and_registers_ignore_case() -> None:
    assert row("qAdD R1, r2, R15") == row("QADD r1, r2, r15")


def test_jumps_go_to_labels_and_through_registers() -> None:
    obj = build("a: QJMP b\nb: QJMP r3\nQCALL a\nQCALL r4\nQJMP a+1")
    assert [(BY_CODE[r[0]].operands, r[1]) for r in obj.code.tolist()] == [
        ("l", 1), ("t", 3), ("l", 0), ("t", 4), ("l", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "base", "offset"),
    [
        ("[r1]", 1, 0), ("r1", 1, 0), ("[r1+8]", 1, 8), ("[r1-8]", 1, -8), ("[8+r1]", 1, 8), ("[r1+r2]", 1, 2),
        ("[(r1)+(4+4)]", 1, 8), ("[r1+8-4]", 1, 4), ("[r1-(8-4)]", 1, -4), ("[r1-4*2]", 1, -8), ("[r1+N]", 1, 24),
        ("[N+r1-1]", 1, 23),
    ],
)  # fmt: skip
def test_addresses_with_a_register(address: str, base: int, offset: int) -> None:
    obj = build(f".define N 24\nQLOAD r0, {address}")
    _, _, first, second = obj.code.tolist()[0][:4]
    assert first == base
    if address == "[r1+r2]":
        assert second == offset
    else:
        assert int(obj.constants[second - REGISTERS]) == offset & ((1 << 64) - 1)


@pytest.mark.parametrize(("address", "value"), [("[4096]", 4096), ("0x2000", 0x2000), ("[N*2]", 48), ("N", 24)])
def test_addresses_that_are_constants(address: str, value: int) -> None:
    obj = build(f".define N 24\nQSTORE 7, {address}")
    _, _, first, second = obj.code.tolist()[0][:4]
    assert obj.constants[first - REGISTERS] == value
    assert obj.constants[second - REGISTERS] == 0


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("QADD r0", ["E0202"]),
        ("QADD", ["E0202"]),
        ("QADD r0, r1, r2, r3", ["E0202"]),
        ("QPUSH", ["E0202"]),
        ("QRET 1", ["E0202"]),
        ("QHALT 1, 2", ["E0202"]),
        ("QMOV 5, r0", ["E0203"]),
        ("QMOV [r1], r0", ["E0204"]),
        ("QPOP 1, r0, 2", ["E0203"]),
        ("QADD r0, [r1], 5", ["E0204"]),
        ("QPUSH [r1]", ["E0204"]),
        ('QMOV r0, "x"', ["E0204"]),
        ('QLOAD r0, "x"', ["E0204"]),
        ("QLOAD r0, [r1*8]", ["E0205"]),
        ("QLOAD r0, [r1-r2]", ["E0205"]),
        ("QLOAD r0, [-r1]", ["E0205"]),
        ("QLOAD r0, [r1+r2+8]", ["E0205"]),
        ("QLOAD r0, [r1+r2+r3]", ["E0205"]),
        ("QMOV r0, r1+1", ["E0208"]),
        ("QJMP 5", ["E0206"]),
        ("QJMP [r1]", ["E0206"]),
        ("QJMP 1.5", ["E0206"]),
        ("QJEQ r0, r1, r2", ["E0206"]),
        ("QJMP x+1\nx: QNOP", ["E0206"]),
        ("QJMP x\nx:", ["E0206"]),
        (".data\nd: .byte 1\n.text\nQCALL d", ["E0206"]),
        ("QADD [r1], [r2], [r3]", ["E0203", "E0204", "E0204"]),
    ],
)
def test_faults(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


def test_an_error_shows_the_forms_that_there_are() -> None:
    (found,) = assemble(SourceFile("test.qbc", "QADD r0")).diagnostics
    assert "'QADD d, a, b' or 'QADD d, a'" in found.message
