"""Names, expressions and their values."""

from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbcc.assembly.assemble import Options, assemble
from qbcc.source import SourceFile
from tests.programs import build, errors
from vm.bytecode import Base, Place
from vm.isa import CODE_BASE, DATA_BASE, FLOAT, INT, OUTPUT_BUFFER


def value(expression: str, before: str = "", **defines: str) -> int | float:
    """What an expression gives as a constant of an instruction."""
    obj = build(f"{before}\nQPUSH {expression}", **defines)
    (bits,), (kind,) = obj.constants.tolist(), obj.constant_kinds.tolist()
    if kind == FLOAT:
        return float(struct.unpack("<d", struct.pack("<Q", bits))[0])
    return bits if bits < 1 << 63 else bits - (1 << 64)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42", 42), ("-1", -1), ("0xFF", 255), ("0b101", 5), ("0o17", 15), ("1_000", 1000), ("007", 7),
        ("'A'", 65), ("'\\n'", 10), ("'🌙'", 0x1F319), ("'\\xff'", 255), ("'\\''", 39), ("';'", 59),
        ("1+2*3", 7), ("(1+2)*3", 9), ("7/2", 3), ("-7/2", -4), ("7/-2", -4), ("-7%3", 2), ("7%-3", -2),
        ("1<<63", -(1 << 63)), ("-1>>1", -1), ("1<<70>>69", 2), ("0<<5000", 0), ("1>>100000", 0), ("~0", -1),
        ("6&3|8^1", 11), ("1==1", 1), ("2<1", 0), ("1.5<2", 1), ("3>=3", 1), ("3!=3", 0), ("+5", 5),
        ("0xFFFF_FFFF_FFFF_FFFF", -1), ("-0x8000_0000_0000_0000", -(1 << 63)), ("1<<4000>>3999", 2),
    ],
)  # fmt: skip
def test_integers(text: str, expected: int) -> None:
    found = value(text)
    assert (found, type(found)) == (expected, int)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.0", 8.0), ("1e-9", 1e-9), ("1.", 1.0), ("1_0.5", 10.5), ("7.0/2", 3.5), ("7/2.0", 3.5), ("-7.5%2", 0.5),
        ("1.5+1", 2.5), ("2*1.5", 3.0), ("1e308", 1e308), ("5e-324", 5e-324), ("1e-400", 0.0), ("-0.0", -0.0),
        ("3.141592653589793238462643383279502884197169399375105820974944", 3.141592653589793),
    ],
)  # fmt: skip
def test_floats(text: str, expected: float) -> None:
    assert struct.pack("<d", value(text)) == struct.pack("<d", expected)


NUMBERS = st.integers(-(1 << 40), 1 << 40)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(list(itertools.product("+-*/%&|^", repeat=2))))
def test_expressions_are_python_s(a: int, b: int, c: int, operators: tuple[str, str]) -> None:
    first, second = operators
    python = f"(({a}) {first} ({b})) {second} ({c})".replace("/", "//")
    try:
        expected = eval(python)  # numbers and operators only
    except ZeroDivisionError:
        assert "E0304" in errors(f".define X (({a}) {first} ({b})) {second} ({c})")
        return
    masked = f"((({a}) {first} ({b})) {second} ({c})) & 0xFFFF_FFFF_FFFF_FFFF"
    assert value(masked) & ((1 << 64) - 1) == expected & ((1 << 64) - 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1/0", "E0304"), ("1%0", "E0304"), ("1.0/0", "E0304"), ("1.5&1", "E0305"), ("~1.5", "E0305"),
        ("1<<1.0", "E0305"), ("1<<-1", "E0309"), ("1<<5000", "E0309"), ("1<<4095<<4095", "E0309"),
        ("1e400", "E0309"), ("1e308*10", "E0309"), ("(1<<4000)*1.0", "E0309"), ('"text"', "E0204"),
        ("1<<64", "E0303"), ("-(1<<63)-1", "E0303"), ("nobody", "E0301"), ("r1+1", "E0208"), ("@nobody", "E0301"),
        ("'ab'", "E0103"), ("'\\q'", "E0103"), ("code*2", "E0306"), ("-code", "E0306"), ("code+data", "E0306"),
        ("code-data", "E0306"), ("~data", "E0306"), ("data+1.5", "E0306"), ("1-code", "E0306"),
    ],
)  # fmt: skip
def test_faults(text: str, code: str) -> None:
    assert errors(f".data\ndata: .byte 1\n.text\ncode: QPUSH {text}") == [code]


def test_powers_do_not_grow_without_end() -> None:
    lines = ["A0: QNOP", ".define B0 3", *(f".define B{i} B{i - 1}*B{i - 1}" for i in range(1, 60))]
    assert errors("\n".join(lines)) == ["E0309"]


# -- definitions


def test_a_definition_may_name_what_comes_later() -> None:
    assert value("A", ".define A B*2\n.define B end-start\nstart: QNOP\nQNOP\nend:") == 4


def test_a_chain_of_definitions_has_any_length() -> None:
    forward = "".join(f".define A{i} A{i + 1}+1\n" for i in range(3000)) + ".define A3000 0"
    backward = ".define B0 0\n" + "".join(f".define B{i} B{i - 1}+1\n" for i in range(1, 3001))
    assert value("A0", forward) == 3000
    build(f"{backward}.data\n.space B3000")


def test_a_sum_has_any_length() -> None:
    assert value("+".join(["1"] * 5000)) == 5000
    assert value("-".join(["1"] * 5000)) == -4998


def test_wide_definitions() -> None:
    monster = "808017424794512875886459904961710757005754368000000000"
    assert value("MONSTER % 1_000_003", f".define MONSTER {monster}") == int(monster) % 1_000_003
    assert errors(f".define MONSTER {monster}\nQMOV r0, MONSTER") == ["E0303"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".define A A", ["E0307"]),
        (".define A B\n.define B C\n.define C A\nQPUSH A, B, C", ["E0307"]),
        (".define A 1\n.define A 0x1", []),
        (".define A 1\n.define A 2", ["E0302"]),
        (".define A 1\n.define A 1.0", ["E0302"]),
        (".define A B\n.define A C\n.define B 1\n.define C 1", []),
        (".define A B\n.define A C\n.define B 1\n.define C 2", ["E0302"]),
        (".define A nobody\n.define A 1/0", ["E0301", "E0304"]),
        (".define A 0.0\n.define A -0.0", ["E0302"]),
        ("A: QNOP\n.define A 1", ["E0302"]),
        (".define A 1\nA: QNOP", ["E0302"]),
        (".extern A\nA: QNOP", ["E0302"]),
        ("A: QNOP\n.extern A", ["E0302"]),
        (".extern A\n.extern A", []),
        ("A: QNOP\nA: QNOP\nA: QNOP", ["E0302", "E0302"]),
        ("a: QNOP\nA: QNOP", []),
        (".define A 1/0\nQPUSH A, A+1\n.define B A", ["E0304"]),
        (".define A nobody\n.define B A\nQPUSH A, B, nobody", ["E0301", "E0301"]),
        ("QPUSH x\nQPUSH x\nQPUSH y", ["E0301", "E0301", "E0301"]),
    ],
)
def test_definitions(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


def test_the_command_line_wins() -> None:
    assert value("N", ".define N 5", N="7") == 7
    assert value("N", ".define N 5\n.define N 6", N="2*3+M", M="1") == 7
    assert errors("N: QNOP", N="1") == ["E0302"]
    assert errors("QNOP", N="1 +") == ["E0105"]
    assert errors("QNOP", N="1/0") == ["E0304"]


def test_output_buffer_is_there_and_gives_way() -> None:
    assert value("OUTPUT_BUFFER") == OUTPUT_BUFFER
    assert value("OUTPUT_BUFFER", ".define OUTPUT_BUFFER 0x7_0000_0000") == 0x7_0000_0000
    assert value("OUTPUT_BUFFER", "OUTPUT_BUFFER:") == CODE_BASE


# -- labels


def test_addresses() -> None:
    data = ".data\na: .qword 0\nb: .qword 0\n.text\nmain: QNOP\nend:"
    assert value("a", data) == DATA_BASE
    assert value("b+4", data) == DATA_BASE + 12
    assert value("4+b", data) == DATA_BASE + 12
    assert value("b-a", data) == 8
    assert value("end", data) == CODE_BASE + 1
    assert value("end-main", data) == 1
    assert value("a<b", data) == 1
    assert value("b==a", data) == 0


def test_an_address_is_marked_for_linking_where_its_value_is_taken_and_only_there() -> None:
    obj = build("main: QJMP main\nQCALL next\nnext: QPUSH next\n.extern far\nQCALL far\n.data\n.qword main")
    found = [(r.place, r.where, r.base, r.addend) for r in obj.relocations]
    assert (Place.CONSTANT, 0, Base.CODE, 2) in found
    assert (Place.DATA, 0, Base.CODE, 0) in found
    assert [r for r in found if r[0] is Place.TARGET] == [(Place.TARGET, 3, Base.UNDEFINED, 0)]
    assert len(found) == 3


def test_local_labels_belong_to_the_ordinary_label_before_them() -> None:
    obj = build("@x: QJMP @x\na: QJMP @x\n@x: QNOP\nb:\n@x: QJMP @x")
    assert obj.code[[0, 1, 3], 1].tolist() == [0, 2, 3]
    assert errors("a: @x: QNOP\nb: QJMP @x") == ["E0301"]
    assert errors("a: @x: @x: QNOP") == ["E0302"]


def test_data_and_code_have_local_labels_of_their_own() -> None:
    assert errors("f: @x: QPUSH @x\n.data\nt: @x: .qword @x\n.text\nQJMP @x") == []


@pytest.mark.parametrize(
    ("word", "text", "fix"),
    [
        ("QJGEE r0, 1, x", "x:", "QJGE"),
        ("QMOV r0, limt", ".define LIMIT 5\n.define limit 4", "limit"),
        ("QCALL qbc_prnt_int", "qbc_print_int:", "qbc_print_int"),
        ("QJMP @lop", "@loop: QNOP", "@loop"),
        (".dat", "QNOP", ".data"),
    ],
)
def test_did_you_mean(word: str, text: str, fix: str) -> None:
    found = assemble(SourceFile("test.qbc", f"{text}\n{word}\nQNOP")).diagnostics
    assert [d.fix and d.fix.replacement for d in found] == [fix]


@pytest.mark.parametrize("text", ["QMOV r16, 1", "QADD r0, r16", "QPUSH R99"])
def test_registers_end_at_15(text: str) -> None:
    (found,) = assemble(SourceFile("test.qbc", text)).diagnostics
    assert found.notes == ("registers are r0 to r15",)


def test_kinds_of_constants() -> None:
    obj = build("QPUSH 1, 1.0, 1, 0x1, 1.0, 'A', 65")
    assert obj.constant_kinds.tolist() == [INT, FLOAT, INT]


def test_what_is_wrong_with_a_definition_that_nobody_uses_is_said() -> None:
    assert errors(".define A nobody") == ["E0301"]
    assert [d.code for d in assemble(SourceFile("x", ""), Options({"A": "nobody"})).diagnostics] == ["E0301"]
