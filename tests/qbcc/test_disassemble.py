"""What is disassembled assembles to the same sections."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbcc.assembly.assemble import assemble
from qbcc.diagnostics import SourceError
from qbcc.library import stdlib_dir
from qbcc.objects.disassemble import disassemble
from qbcc.objects.link import Input, link
from qbcc.render import report
from qbcc.source import SourceFile
from tests.programs import build, rows
from tests.random_source import modules
from vm.bytecode import Base, Contract, ObjectFile, Place, Relocation, Symbol
from vm.isa import BY_NAME, DATA_BASE, FLOAT, OPS, REGISTERS
from vm.verify import verify

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").rglob("*.qbc"))


def sections(obj: ObjectFile) -> dict[str, object]:
    """Everything but lines."""
    return {
        "code": obj.code.tolist(),
        "constants": list(zip(obj.constants.tolist(), obj.constant_kinds.tolist(), strict=True)),
        "data": (obj.data, obj.data_size, obj.data_align),
        "symbols": [replace(symbol, where=None) for symbol in obj.symbols],
        "relocations": obj.relocations,
        "contracts": obj.contracts,
        "entry": (obj.entry, obj.entry_declared),
    }


def unnamed(obj: ObjectFile) -> ObjectFile:
    """The same without the names, which linking may make ambiguous."""
    symbols = [replace(symbol, name="") for symbol in obj.symbols]
    return replace(obj, symbols=symbols, contracts=[replace(contract, name="") for contract in obj.contracts])


def round_trip(obj: ObjectFile) -> ObjectFile:
    verify(obj)
    text = disassemble(obj)
    again = build(text)
    assert disassemble(again) == text
    return again


def assert_same(text: str) -> str:
    """Assemble, disassemble, assemble; the disassembly."""
    obj = build(text)
    assert sections(round_trip(obj)) == sections(obj)
    return disassemble(obj)


def refused(obj: ObjectFile) -> str:
    verify(obj)
    with pytest.raises(SourceError) as caught:
        disassemble(obj)
    (found,) = caught.value.diagnostics
    assert found.code == "E0805"
    return found.message


# -- whatever assembles


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1 << 32))
def test_random_programs(seed: int) -> None:
    for module in modules(seed, 2):
        assert_same(module.text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans())
def test_linked_programs(seed: int, complete: bool) -> None:
    parts = [Input(str(number), build(module.text)) for number, module in enumerate(modules(seed, 3))]
    obj, _ = link(parts if complete else parts[::-1], complete=complete)
    assert obj is not None
    again = round_trip(obj)
    assert sections(unnamed(again)) == sections(unnamed(obj))
    seen = [symbol.name for symbol in obj.symbols if symbol.is_global or symbol.base is Base.UNDEFINED]
    assert seen == [symbol.name for symbol in again.symbols if symbol.is_global or symbol.base is Base.UNDEFINED]


@pytest.mark.parametrize("path", [*sorted(stdlib_dir().glob("*.qbc")), *EXAMPLES], ids=lambda path: path.stem)
def test_library_and_examples(path: Path) -> None:
    found = assemble(SourceFile(path.name, path.read_text("utf-8"), str(path)))
    assert found.object is not None, report(found.diagnostics)
    again = round_trip(found.object)
    assert sections(again) == sections(found.object)


@pytest.mark.parametrize("op", OPS, ids=lambda op: f"{op.name}-{op.code}")
def test_every_instruction(op: object) -> None:
    assert op in OPS
    row = next(found for found in OPS if found is op)
    operands = {"d": "r3", "a": "r4", "t": "r5", "l": "here", "m": "[r6+8]"}
    text = f"here:\n    {row.name} {', '.join(operands[letter] for letter in row.letters)}".rstrip()
    assert assert_same(text + "\n") == f".text\n{text}\n"


# -- how it reads


def test_reads_as_it_was_written() -> None:
    text = """\
.extern other
.define SCALE 2.5
.define LIMIT 0xffffffffffffffff
.global main
.global table
.global SCALE
.global LIMIT
.entry_point main
.data
.align 64
text:
    .ascii "héllo\\n"
    .byte 0x00
table:
    .qword main+2
    .qword text+1
    .qword other+16
    .space 100
rest:
.text
.func main
    .args r0, r1
    .returns r0
    .clobbers r4
main:
    QMOV r4, -1
@loop:
    QADD r4, r4, 0.1
    QLOAD r0, [r4-8]
    QLOAD r0, [r4+r5]
    QLOAD r0, [r4+table+8]
    QLOAD r0, [other]
    QLOAD r0, [4096]
    QJLT r4, text, @loop
    QCALL other
    QCALL r4
    QJMP main+3
.endfunc
.query_interface
ask:
    QHALT 0
.text
last:
    QJMP ask
"""
    text = text.replace('.ascii "héllo\\n"', '.byte 0x68, 0xc3, 0xa9\n    .ascii "llo\\n"')
    assert assert_same(text) == text


def test_a_place_without_a_label_is_counted_from_the_one_before() -> None:
    text = assert_same("QNOP\nQJMP f+1\nf: QNOP\nQNOP\nQJMP f-1\nQJMP f-2\n.entry_point e\n.define e f+1\n")
    assert "QJMP f+1" in text
    assert "QJMP f-2" in text
    assert ".entry_point entry" in text


def test_local_labels_keep_their_scope() -> None:
    text = assert_same("@a: QJMP @a\nf: QJMP @a\n@a: QJMP g\ng: QJMP @a\n@a: QJMP f\n")
    assert text.count("@a:") == 3


def test_only_local_labels() -> None:
    assert_same(".data\n@d: .qword @d, @c\n.text\nQNOP\n@c: QMOV r0, @d\nQJMP @c\nQJMP @c-1\n")


def test_macro_labels() -> None:
    macro = ".macro wait n\n@again: QSUB r1, n\nQJNE r1, 0, @again\n.endm\n"
    assert_same(macro + "main: wait 1\nwait 2\n@again: QRET\n")
    obj = build(macro + "main: wait 1\nwait 2\n@again__1: QRET\n")
    assert sections(unnamed(round_trip(obj))) == sections(unnamed(obj))


def test_exported_place_inside_a_routine_or_an_address() -> None:
    text = ".global inner, half\n.define inner f+1\n.define half p+4\nf: QNOP\nQNOP\n@l: QJMP @l\n.data\np: .qword f\n"
    assert ".define half p+4" in assert_same(text)


def test_names_like_words_of_the_language() -> None:
    assert_same("QADD: QJMP QADD\nr16: QJMP r16\ndata: QRET\nOUTPUT_BUFFER: QRET\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".data\n",
        ".data\nempty:\n",
        ".data\n.space 1000000\n",
        ".data\n.byte 0, 0, 1, 0, 0\n.space 63\n.byte 1\n.space 64\n.byte 1\n.space 9\n",
        ".data\n.align 1048576\n.byte 1\n",
        ".data\n.space 30\nmiddle:\n.space 50\n.byte 1\n",
        "end:\n",
        "f: QNOP\nend:\n.data\n.qword end\n.text\nQMOV r0, end\n",
        ".func f\nf:\n.endfunc\n.func g\ng: QRET\n.endfunc\n.func h\nh:\n.endfunc\n",
        "QNOP\nmain: QNOP\n",
        "QMOV r0, -9223372036854775808\nQLOAD r0, [r1-9223372036854775808]\nQLOAD r0, [-1]\n",
        "QLOAD r0, [1.5]\nQLOAD r0, [r1-1.5]\nQLOAD r0, [r1+0.0]\nQMOV r0, -0.0\n",
        f"QMOV r0, {DATA_BASE}\nQMOV r0, d\n.data\nd: .byte 1\n",
    ],
)
def test_corners(text: str) -> None:
    assert_same(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_to_the_bit(value: float) -> None:
    obj = build(f"QMOV r0, {value!r}\n")
    assert obj.constants.tolist() == [np.float64(value).view(np.uint64)]
    assert sections(round_trip(obj)) == sections(obj)


@given(st.binary(max_size=300))
def test_data_to_the_byte(content: bytes) -> None:
    obj = build(f".data\n{''.join(f'.byte {octet}' + chr(10) for octet in content)}")
    assert sections(round_trip(obj)) == sections(obj)


# -- equal names, no names


def test_equal_locals_of_two_objects() -> None:
    text = ".global {0}\n{0}: QJMP loop\nloop: QJMP @x\n@x: QRET\n.func loop\n.endfunc\n"
    text = text.replace(".func loop\n.endfunc\n", "").replace("loop:", ".func loop\nloop:") + ".endfunc\n"
    obj, _ = link([Input("a", build(text.format("f"))), Input("b", build(text.format("loop_2")))])
    assert obj is not None
    again = round_trip(obj)
    assert sections(unnamed(again)) == sections(unnamed(obj))
    assert [symbol.name for symbol in again.symbols] == ["f", "loop", "loop@x", "loop_2", "loop_3", "loop_3@x"]
    assert [contract.name for contract in again.contracts] == ["loop", "loop_3"]


def test_external_keeps_its_name_before_a_local() -> None:
    parts = [Input("a", build("f: QJMP f\n")), Input("b", build(".extern f\ng: QJMP f\n"))]
    obj, _ = link(parts, complete=False)
    assert obj is not None
    again = round_trip(obj)
    assert [symbol.name for symbol in again.symbols] == ["f", "f_2", "g"]
    assert again.code.tolist() == obj.code.tolist()


def test_object_without_symbols_gets_names_by_place() -> None:
    obj = replace(build("main: QJMP next\nQNOP\nnext: QMOV r0, d\nQJMP main\n.data\n.byte 1\nd: .byte 1\n"), symbols=[])
    text = disassemble(obj)
    assert re.findall(r"^(\w+):$", text, re.MULTILINE) == ["L_0001", "L_0000", "L_0002"]
    again = round_trip(obj)
    assert {**sections(again), "symbols": []} == sections(obj)


def test_many_equal_names_take_no_square_of_time() -> None:
    obj = rows(*[(BY_NAME["QNOP"][0].code,)] * 20_000)
    obj.symbols = [Symbol("loop", Base.CODE, place) for place in range(20_000)]
    assert "loop_20000:" in disassemble(obj)


# -- what no source can say


@pytest.mark.parametrize("bits", [0x7FF8 << 48, 0x7FF0 << 48, 0xFFF0 << 48, (0x7FF8 << 48) + 1])
def test_constants_that_are_not_finite(bits: int) -> None:
    obj = build("QMOV r0, 1.5\n")
    obj.constants[0] = bits
    assert "cannot be written in a source" in refused(obj)
    obj = build("QRET\n")
    obj.symbols = [Symbol("x", Base.ABSOLUTE, bits, is_float=True, is_global=True)]
    refused(obj)


def test_address_that_begins_with_a_constant() -> None:
    obj = build("QLOAD r0, [r1+8]\n")
    obj.code[0, 2], obj.code[0, 3] = obj.code[0, 3], obj.code[0, 2]
    refused(obj)


def test_overlapping_addresses_in_data() -> None:
    obj = build("f: QRET\n.data\n.qword f, f\n")
    obj.relocations = [Relocation(Place.DATA, where, Base.CODE) for where in (0, 4)]
    refused(obj)


def test_address_too_far() -> None:
    obj = build("QMOV r0, d\n.data\nd: .byte 1\n")
    obj.relocations = [Relocation(Place.CONSTANT, 0, Base.DATA, (1 << 64) - 1)]
    refused(obj)


@pytest.mark.parametrize(
    "contracts",
    [
        [Contract("f", 0, 2), Contract("g", 1, 2)],
        [Contract("nobody", 0, 2)],
        [Contract("g", 0, 0)],
        [Contract("f", 0, 2, args=("r0\nQHALT",))],
    ],
)
def test_contracts_that_cannot_be(contracts: list[Contract]) -> None:
    obj = build("f: QNOP\ng: QRET\n")
    obj.contracts = contracts
    refused(obj)


@pytest.mark.parametrize("name", ["r3", "a b", "9", "é", "@", "x@y@z", "a:\nQHALT"[:2]])
def test_names_that_are_no_names(name: str) -> None:
    obj = build("QJMP main\nmain: QRET\n.data\nd: .byte 1\n")
    obj.symbols = [replace(symbol, name=name) for symbol in obj.symbols]
    again = round_trip(obj)
    assert again.code.tolist() == obj.code.tolist()
    assert [(s.base, s.value) for s in again.symbols] == [(s.base, s.value) for s in obj.symbols]
    obj.symbols = [Symbol(name, Base.UNDEFINED, 0), Symbol(name, Base.CODE, 0, is_global=True), *obj.symbols]
    obj.relocations = [Relocation(Place.TARGET, 0, Base.UNDEFINED, symbol=0)]
    assert round_trip(obj).relocations == obj.relocations


def test_constants_that_nothing_uses_are_left_out() -> None:
    obj = build("QMOV r0, 5\n")
    obj.constants, obj.constant_kinds = np.array([9, 5], np.uint64), np.array([FLOAT, 0], np.uint8)
    obj.code[0, 2] = REGISTERS + 1
    assert round_trip(obj).constants.tolist() == [5]
