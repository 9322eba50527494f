"""Whole programs: the forms that programs in the wild use, and the directives that make an object."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.assembler import generate
from qbcc.assembly.assemble import Options, assemble, check_define
from qbcc.explain import table
from qbcc.source import SourceFile
from qbcc.syntax import parser
from tests.programs import build, errors, finished
from vm.bytecode import NO_ENTRY, Base, Contract
from vm.isa import BY_CODE, OUTPUT_BUFFER
from vm.objfile import to_bytes
from vm.verify import verify

WILD = """\
; a program as it was written before this toolchain
.include "qbc_core.qbc"
.define MONSTER_ORDER 808017424794512875886459904961710757005754368000000000
.define MAGIC 0x4F555450            ; "OUTP"
.define COUNT 4
.entry_point boot
.data
greeting: .ascii "Hello, 🌙 世界\\n\\0"   ; not a comment: "; inside"
table:    .qword 1, 2, 3, MONSTER_ORDER % 1_000_007
flags:    .byte 0x01, 255, 'A', 0
.code
boot:
    QCALL qbc_system_init
    QMOV r0, greeting
    QSYSCALL 2
    QMOV r4, 0
    QMOV r5, 0
sum: QSHL r6, r4, 3                   ; a label that shares its line
    QADD r6, table
    QLOAD r7, [r6]
    QADD r5, r7
    QADD r4, r4, 1
    QJLT r4, COUNT, sum
    QPUSH r4, r5
    QPOP r9, r8
    QMUL r10, 2, 8.0                  ; constants first, kinds mixed
    QSUB r11, 10, r4
    QSTORE MAGIC, [OUTPUT_BUFFER]
    QMOV r12, OUTPUT_BUFFER
    QSTORE 0x1111, [r12+8]            ; 32-bit fields by 64-bit stores at a stride of 4
    QSTORE 0x2222, [r12+12]
    QLOAD r13, [r12+8]
    QLOAD r14, table
    qje r14, 1, done
    QHALT 1
done: QRET
.query_interface
peek: QLOAD r0, [r0]
    QRET
.end
Nothing here is read € ( "
"""


def test_a_program_from_the_wild() -> None:
    machine = finished(WILD)
    order = 808017424794512875886459904961710757005754368000000000
    total = 1 + 2 + 3 + order % 1_000_007
    assert machine.output.decode().endswith("Hello, 🌙 世界\n")
    assert [machine.get(r) for r in (5, 8, 9)] == [total, 4, total]
    assert (machine.get(10), machine.get(11), machine.get(14)) == (16.0, 6, 1)
    assert machine.get(13) == 0x2222_0000_1111
    assert machine.call("peek", OUTPUT_BUFFER) == 0x4F555450


def test_pushes_and_pops_go_in_the_order_written() -> None:
    machine = finished("QMOV r1, 1\nQMOV r2, 2\nQPUSH r1, r2, 3\nQPOP r4, r5, r6\nQRET")
    assert [machine.get(r) for r in (4, 5, 6)] == [3, 2, 1]


# -- the entry


@pytest.mark.parametrize(
    ("text", "entry", "declared"),
    [
        ("QNOP\nQRET", 0, False),
        ("QNOP\nmain: QRET", 1, True),
        ("QNOP\nmain: QNOP\nstart: QRET\n.entry_point start", 2, True),
        (".entry_point start\nQNOP\nstart: QRET", 1, True),
        (".define main 5\nQNOP\nQNOP", 0, False),
        ("QNOP\n.data\nmain: .byte 1", 0, False),
        ("", NO_ENTRY, False),
        ("main:", NO_ENTRY, False),
    ],
)
def test_where_execution_starts(text: str, entry: int, declared: bool) -> None:
    obj = build(text)
    assert (obj.entry, obj.entry_declared) == (entry, declared)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".entry_point nobody\nQNOP", ["E0301"]),
        (".entry_point x\n.data\nx: .byte 1", ["E0407"]),
        (".entry_point x\n.define x 5\nQNOP", ["E0407"]),
        (".entry_point x\nQNOP\nx:", ["E0407"]),
        (".entry_point 5", ["E0402"]),
        (".entry_point", ["E0402"]),
        (".entry_point a, b", ["E0402"]),
        ("a: QNOP\n.entry_point a\n.entry_point a", ["E0409"]),
    ],
)
def test_faults_of_the_entry(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


# -- what others see


def test_globals_and_externals() -> None:
    obj = build(
        ".global f, N, X, t\n.extern g, h\n.define N -1\n.define X 1.5\nf: QCALL g\nQPUSH h+8\n.data\nt: .qword h-1"
    )
    found = {s.name: (s.base, s.value, s.is_float, s.is_global) for s in obj.symbols}
    assert found == {
        "g": (Base.UNDEFINED, 0, False, False),
        "h": (Base.UNDEFINED, 0, False, False),
        "f": (Base.CODE, 0, False, True),
        "t": (Base.DATA, 0, False, True),
        "N": (Base.ABSOLUTE, (1 << 64) - 1, False, True),
        "X": (Base.ABSOLUTE, 0x3FF8000000000000, True, True),
    }
    names = [symbol.name for symbol in obj.symbols]
    used = {(names[r.symbol], r.addend) for r in obj.relocations if r.base is Base.UNDEFINED}
    assert used == {("g", 0), ("h", 8), ("h", -1)}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".global nobody", ["E0301"]),
        (".global @x", ["E0402"]),
        (".global 5", ["E0402"]),
        (".global", ["E0402"]),
        (".global f\n.global f\nf: QNOP", []),
        (".extern f\n.global f", ["E0302"]),
        (".global BIG\n.define BIG 1<<64", ["E0303"]),
        (".extern", ["E0402"]),
    ],
)
def test_faults_of_globals(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


def test_the_query_interface_reaches_to_the_next_section() -> None:
    obj = build("a: QNOP\n.query_interface\nb: QNOP\n@x: QNOP\nc: QRET\n.text\nd: QRET\n.query_interface\ne: QRET")
    assert [s.name for s in obj.symbols if s.is_query] == ["b", "c", "e"]
    assert errors(".data\n.query_interface") == ["E0402"]


def test_contracts() -> None:
    obj = build(".func f\n.args r0, R1\n.returns r0\n.clobbers r2\n.clobbers r3\nf: QNOP\nQRET\n.endfunc\nQNOP")
    assert obj.contracts == [Contract("f", 0, 2, ("r0", "r1"), ("r0",), ("r2", "r3"))]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".func f\nf: QRET", ["E0408"]),
        (".endfunc", ["E0408"]),
        (".args r0", ["E0408"]),
        (".func f\n.func g\nf: QRET\n.endfunc", ["E0408"]),
        (".func f\n.args 5\nf: QRET\n.endfunc", ["E0402"]),
        (".func\n.endfunc", ["E0402"]),
        (".func f\nQRET\n.endfunc", ["E0407"]),
        (".data\n.func f\n.text\nf: QRET\n.endfunc", ["E0408"]),
    ],
)
def test_faults_of_contracts(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


# -- the object


def test_reports_find_the_source() -> None:
    obj = build("; first\n  a:  QADD r1, 2 ; two\n\tQRET\r\n.data\nt: .byte 1")
    assert obj.lines.tolist() == [[0, 2, 7, 17], [0, 3, 2, 6]]
    assert obj.texts == {(0, 2): "  a:  QADD r1, 2 ; two", (0, 3): "\tQRET", (0, 5): "t: .byte 1"}
    assert [(s.name, s.where and (s.where.line, s.where.column, s.where.end_column)) for s in obj.symbols] == [
        ("a", (2, 3, 4)),
        ("t", (5, 1, 2)),
    ]


def test_equal_constants_share_a_place() -> None:
    obj = build("QPUSH 5, 0x5, 5.0, 2+3, N\n.define N 5\nx: QPUSH x, x, x+0\nQLOAD r0, [r1]\nQLOAD r0, [r2+0]")
    assert len(obj.constants) == 4


def test_marks_at_the_start_and_the_ends_of_lines() -> None:
    for text in ("\ufeffQNOP\nQRET", "QNOP\r\nQRET\r\n", "QNOP\nQRET"):
        assert len(build(text).code) == 2


def test_all_errors_are_said_in_the_order_of_the_source() -> None:
    text = "QADD r0\nQMOV r0, later\n.define A 1/0\nQMOV r0, A\nfoo r1\n.if x\n.endif\nQJMP 5\n.data\n.byte 300"
    found = assemble(SourceFile("test.qbc", text)).diagnostics
    assert [d.span.line for d in found if d.span is not None] == [1, 2, 3, 5, 6, 8, 10]


@pytest.mark.parametrize(
    "line", ["QADD r0", "QBAD", "QJMP @nobody", "QMOV r0, 1/0", "QMOV r0, r1 r2", ".entry_point 5"]
)
def test_a_fault_that_is_repeated_is_said_once(line: str) -> None:
    assert len(errors(f".rept 500\n{line}\n.endr")) == 1
    assert len(errors(f".macro m n\n.if n > 0\n{line}\nm n-1\n.endif\n.endm\nm 20")) <= 3


def test_a_fault_is_said_for_each_use_of_a_macro() -> None:
    assert errors(".macro m x\nQADD x, 1\n.endm\nm [r1]\nm [r1]") == ["E0203", "E0203"]


def test_after_many_errors_an_assembly_gives_up() -> None:
    found = assemble(SourceFile("test.qbc", "QADD r0\n" * 5000)).diagnostics
    assert len(found) == 1001
    assert [d.code for d in found[-2:]] == ["E0202", "E0108"]
    assert errors(".if 1\n" * 2000)[-1] == "E0108"


def test_statements_say_what_became_of_each_line() -> None:
    found = assemble(SourceFile("test.qbc", "QPUSH r1, r2\n; nothing\n.data\n.byte 1, 2, 3\n.text\nQRET"))
    assert [tuple(s)[1:4] for s in found.statements] == [(0, 2, False), (0, 3, True), (2, 1, False)]


def test_directives_ignore_case_and_names_do_not() -> None:
    assert errors(".DATA\nA: .BYTE 1\na: .Byte 2\n.TEXT\n.EnTry_PoInt Main\nMain: QRET") == []
    assert errors("A: QJMP a") == ["E0301"]


@pytest.mark.parametrize("text", [".foo", ".text 5", ".data x", ".query_interface x", ".end 5", ".else 5"])
def test_faults_of_directives(text: str) -> None:
    (code,) = errors(text)
    assert code in ("E0401", "E0402", "E0602")


# -- the command line's definitions


@pytest.mark.parametrize(("text", "pair"), [("N=5", ("N", "5")), ("N", ("N", "1")), ("N=a=b", ("N", "a=b"))])
def test_a_definition_of_the_command_line(text: str, pair: tuple[str, str]) -> None:
    assert check_define(text) == pair


@pytest.mark.parametrize("text", ["", "=5", "5=5", "a b=1", "é=1", "N=", "N= "])
def test_no_definition_of_the_command_line(text: str) -> None:
    with pytest.raises(ValueError, match="-D"):
        check_define(text)


# -- large sources, and any source


def test_a_large_source_is_right_and_parsed_by_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = parser._parse

    def counted(key: str) -> object:
        parsed.append(key)
        return parse(key)

    monkeypatch.setattr(parser, "_parse", counted)
    parser._shapes.clear()
    text = generate(4000)
    obj = build(text)
    verify(obj)
    assert len(parsed) < 60
    assert len(obj.code) > 3000


def test_the_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    assemble(SourceFile("test.qbc", "QBAD"))
    assert gc.isenabled()
    gc.disable()
    try:
        assemble(SourceFile("test.qbc", "QNOP"))
        assert not gc.isenabled()
    finally:
        gc.enable()


WORDS = [
    *(f"{op.name} r1, 5, x" for op in BY_CODE.values()), ".byte 1", ".data", ".text", "x:", "@y:", ".define x 1", ".if x",
    ".else", ".endif", ".macro m a", ".endm", "m 5", ".rept 2", ".endr", ".end", ".func f", ".endfunc", ".align 8",
    '.include "qbc_core.qbc"', ".global x", ".extern x", '.asciz "', "QMOV r0, @y", ".space x", "\x00", "QADD r1,,",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=12))
@settings(max_examples=200)
def test_any_lines_give_an_object_or_errors(lines: list[str]) -> None:
    found = assemble(SourceFile("test.qbc", "\n".join(lines)), Options())
    assert (found.object is None) == bool(found.diagnostics)
    if found.object is not None:
        verify(found.object)
    for diagnostic in found.diagnostics:
        assert diagnostic.code in table()


def test_the_same_source_gives_the_same_bytes() -> None:
    first, second = build(WILD), build(WILD)
    assert to_bytes(first) == to_bytes(second)
