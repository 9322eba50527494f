"""Linking: the same program however it was cut, and what stands in the way said at both places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbcc.assembly.assemble import assemble
from qbcc.diagnostics import Diagnostic
from qbcc.objects import link as linker
from qbcc.objects.link import Input, link
from qbcc.objects.messages import EXPLANATIONS
from qbcc.render import diagnostic as rendered
from qbcc.render import report
from qbcc.source import SourceFile
from tests.random_source import modules
from vm.bytecode import Base, Contract, ObjectFile, Place, Symbol, Where
from vm.isa import CODE_BASE, DATA_BASE, FLOAT, INT, REGISTERS
from vm.machine import Machine
from vm.objfile import to_bytes
from vm.verify import verify


def source(text: str, name: str = "a.qbc") -> ObjectFile:
    found = assemble(SourceFile(name, text))
    assert found.object is not None, report(found.diagnostics)
    return found.object


def inputs(*texts: str) -> list[Input]:
    """Sources a.qbc, b.qbc, … as objects a.qbo, b.qbo, …."""
    return [Input(f"{letter}.qbo", source(text, f"{letter}.qbc")) for letter, text in zip("abcd", texts, strict=False)]


def linked(*texts: str, complete: bool = True) -> ObjectFile:
    obj, diagnostics = link(inputs(*texts), complete=complete)
    assert obj is not None, report(diagnostics)
    verify(obj)
    return obj


def problems(*texts: str) -> list[Diagnostic]:
    obj, diagnostics = link(inputs(*texts))
    assert obj is None
    assert {found.code for found in diagnostics} <= EXPLANATIONS.keys()
    return list(diagnostics)


def ran(obj: ObjectFile) -> Machine:
    machine = Machine(obj, max_instructions=100_000)
    outcome = machine.run()
    assert (outcome.status, outcome.trap) == (0, None)
    return machine


# -- the same program however it was cut


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32))
def test_one_object_stays_the_same(seed: int) -> None:
    for number, module in enumerate(modules(seed, 2)):
        obj = source(module.text, f"m{number}.qbc")
        again, diagnostics = link([Input("a", obj)], complete=False)
        assert diagnostics == ()
        assert again is not None
        assert to_bytes(again) == to_bytes(obj)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.booleans())
def test_in_steps_or_at_once(seed: int, complete: bool) -> None:
    parts = [Input(f"m{n}.qbo", source(m.text, f"m{n}.qbc")) for n, m in enumerate(modules(seed, 3))]
    at_once, _ = link(parts, complete=complete)
    first, _ = link(parts[:2], complete=False)
    assert at_once is not None
    assert first is not None
    verify(at_once)
    verify(first)
    in_steps, _ = link([Input("first.qbo", first), parts[2]], complete=complete)
    assert in_steps is not None
    assert to_bytes(in_steps) == to_bytes(at_once)


def test_nothing_and_empty_objects() -> None:
    assert to_bytes(linked()) == to_bytes(ObjectFile())
    text = "main: QMOV r0, 5\nQHALT r0\n"
    assert linked("", text, "").code.tolist() == source(text).code.tolist()


CALLER = """
.extern helper, table, SCALE, LIMIT, far
main:
    QMOV  r4, 1
    QCALL helper
    QMUL  r5, r4, SCALE
    QLOAD r6, [table+8]
    QADD  r6, LIMIT
    QLOAD r7, [pointer]
    QCALL r7
    QMOV  r9, far
    QJMP  @end
@end:
    QRET
.data
pointer: .qword helper
mine:    .byte 1
"""
CALLEE = """
.global helper, table, SCALE, LIMIT, far
.define SCALE 2.5
.define LIMIT 100
.define far table+4
helper:
    QADD r4, 20
    QJMP @end
@end:
    QRET
.data
.align 64
table: .qword 1, 22
"""


@pytest.mark.parametrize("texts", [(CALLER, CALLEE), (CALLEE, CALLER)])
def test_names_of_all_sorts_across_objects(texts: tuple[str, str]) -> None:
    obj = linked(*texts)
    machine = ran(obj)
    table = next(symbol.value for symbol in obj.symbols if symbol.name == "table")
    assert table % 64 == 0
    assert obj.data_align == 64
    assert [machine.get(register) for register in (4, 5, 6, 9)] == [41, 21 * 2.5, 122, DATA_BASE + table + 4]
    assert obj.undefined == []


def test_cut_in_two_or_whole() -> None:
    """Objects and one source with everything give the same code, constants and data."""
    whole = source("\n".join(line for line in (CALLER + CALLEE).splitlines() if ".extern" not in line).replace(
        "\nhelper:", "\n.text\nhelper:"
    ))  # fmt: skip
    cut = linked(CALLER, CALLEE)
    assert cut.code.tolist() == whole.code.tolist()
    assert cut.constants.tolist() == whole.constants.tolist()
    assert cut.data == whole.data


def test_constants_are_pooled() -> None:
    obj = linked(
        "main: QMOV r0, 7\nQMOV r1, 7.0\nQMOV r2, main\n", "QMOV r0, 7.0\nQMOV r1, 7\nQMOV r2, 0x400000000000000\n"
    )
    assert sorted(zip(obj.constants.tolist(), obj.constant_kinds.tolist(), strict=True)) == sorted(
        [(7, INT), (np.float64(7).view(np.uint64), FLOAT), (CODE_BASE, INT), (0x400000000000000, INT)]
    )
    assert obj.code[:2, 2].tolist() == obj.code[[4, 3], 2].tolist()


def test_an_address_and_the_number_it_is_stay_apart() -> None:
    obj = linked(f"QMOV r0, here\nQMOV r1, {DATA_BASE}\n.data\nhere: .byte 1\n", f"QMOV r0, {DATA_BASE}\n")
    assert obj.constants.tolist() == [DATA_BASE, DATA_BASE]
    assert obj.code[1, 2] == obj.code[2, 2] == REGISTERS + 1
    moved, _ = link([*inputs(".data\n.qword 1\n"), Input("b.qbo", obj)])
    assert moved is not None
    assert moved.constants.tolist() == [DATA_BASE + 8, DATA_BASE]


def test_relocatable_result_keeps_what_is_missing() -> None:
    obj = linked(".extern f, g, h\nmain: QMOV r0, h+3\nQCALL g\nQCALL f\n.data\n.qword f-8\n", complete=False)
    assert [symbol.name for symbol in obj.undefined] == ["g", "f", "h"]
    found = [(r.place, r.where, r.slot, obj.symbols[r.symbol].name, r.addend) for r in obj.relocations]
    assert found == [
        (Place.TARGET, 1, 0, "g", 0),
        (Place.TARGET, 2, 0, "f", 0),
        (Place.CONSTANT, 0, 0, "h", 3),
        (Place.DATA, 0, 0, "f", -8),
    ]


def test_unused_external_needs_no_definition() -> None:
    assert linked(".extern nowhere\nmain: QRET\n").symbols[0].name == "main"


def test_locals_may_share_a_name() -> None:
    text = "{0}: QJMP loop\nloop: QRET\n.global {0}\n"
    obj = linked(text.format("f"), text.format("g"))
    assert [symbol.name for symbol in obj.symbols] == ["f", "loop", "g", "loop"]
    assert obj.code[:, 1].tolist() == [1, 0, 3, 0]


def test_contracts_move() -> None:
    text = ".func {0}\n{0}: QRET\n.args r0, r1\n.returns r0\n.clobbers r5\n.endfunc\n"
    assert linked("main: QRET\n" + text.format("f"), text.format("g")).contracts == [
        Contract("f", 1, 2, ("r0", "r1"), ("r0",), ("r5",)),
        Contract("g", 2, 3, ("r0", "r1"), ("r0",), ("r5",)),
    ]


# -- entry


def test_declared_entry_wins() -> None:
    obj = linked("f: QNOP\nQRET\n", "g: QNOP\nh: QRET\n.entry_point h\n")
    assert (obj.entry, obj.entry_declared) == (3, True)


def test_first_instruction_without_a_declared_entry() -> None:
    obj = linked(".data\n.byte 1\n", "f: QRET\n", "g: QRET\n")
    assert (obj.entry, obj.entry_declared) == (0, False)


def test_two_entries_name_both_places() -> None:
    (found,) = problems("QNOP\nmain: QRET\n", "f: QRET\n", "  start: QRET\n.entry_point start\n")
    assert found.code == "E0705"
    assert "a.qbo" in found.message
    assert "c.qbo" in found.message
    assert found.span is not None
    assert (found.span.source.name, found.span.line, found.span.column) == ("c.qbc", 1, 10)
    assert [(r.span.source.name, r.span.line) for r in found.related] == [("a.qbc", 2)]


# -- what stands in the way


def test_clash_names_both_places() -> None:
    (found,) = problems("\n.global f\nf: QRET\n", ".global f, g\ng: QRET\n  f: QRET\n")
    assert found.code == "E0701"
    text = rendered(found)
    assert "b.qbc:3:3" in text
    assert "f: QRET" in text
    assert "a.qbc:3:1: first defined here, in a.qbo" in text


def test_clash_of_constants() -> None:
    text = ".define N 1\n.global N\n"
    assert [found.code for found in problems(text, text, text)] == ["E0701", "E0701"]


def test_missing_name_says_where_it_is_declared_and_used() -> None:
    (found,) = problems(".extern helpr\nmain: QNOP\nQCALL helpr\nQCALL helpr\n", ".global helper\nhelper: QRET\n")
    assert found.code == "E0702"
    assert found.notes == ("did you mean 'helper'?",)
    text = rendered(found)
    assert "a.qbc:1:9" in text
    assert "a.qbc:3:1: used here" in text


def test_missing_name_that_an_object_keeps_to_itself() -> None:
    (found,) = problems(".extern table\nmain: QLOAD r0, [table]\n", ".data\ntable: .byte 1\n")
    assert found.notes == ("write .global table in b.qbo",)
    assert [(r.span.source.name, r.span.line) for r in found.related] == [("a.qbc", 2), ("b.qbc", 2)]


def test_every_missing_name_once_for_each_object() -> None:
    text = ".extern f, g\nQCALL f\nQCALL g\nQMOV r0, f\n.data\n.qword f\n"
    found = problems(text, text)
    assert [(d.code, d.message.split("'")[1], d.message[-10:]) for d in found] == [
        ("E0702", "f", "a.qbo uses"),
        ("E0702", "g", "a.qbo uses"),
        ("E0702", "f", "b.qbo uses"),
        ("E0702", "g", "b.qbo uses"),
    ]


def test_missing_name_that_only_data_use() -> None:
    (found,) = problems(".extern f\n.data\n.qword f\n")
    assert found.related == ()
    assert found.span is not None


@pytest.mark.parametrize(
    "definition", [".data\nname: .byte 1\n", ".define name 5\n", ".define name 1.5\n", "QNOP\nname:\n"]
)
def test_jump_to_no_instruction(definition: str) -> None:
    (found,) = problems(".extern name\nmain: QNOP\nQJEQ r0, 0, name\n", ".global name\n" + definition)
    assert found.code == "E0703"
    assert found.span is not None
    assert (found.span.source.name, found.span.line) == ("a.qbc", 3)
    assert [r.span.source.name for r in found.related] == ["b.qbc"]


@pytest.mark.parametrize("use", ["QMOV r0, name+1", ".data\n.qword name", ".data\n.qword name+1"])
def test_float_where_an_integer_belongs(use: str) -> None:
    (found,) = problems(f".extern name\n{use}\n", ".define name 1.5\n.global name\n")
    assert found.code == "E0704"


@pytest.mark.parametrize("use", ["QMOV r0, name+9", "QMOV r0, name-2", "QCALL name+9", ".data\n.qword name-3"])
def test_address_of_no_instruction(use: str) -> None:
    (found,) = problems(f".extern name\n{use}\n", ".global name\nname: QRET\n")
    assert found.code == "E0707"


def test_address_too_far() -> None:
    text = f".extern name\nQMOV r0, name+{(1 << 63) - 1}\n"
    (found,) = problems(text, ".global name\n.data\n.byte 1\nname: .byte 1\n")
    assert found.code == "E0707"


def test_number_of_another_object_wraps() -> None:
    obj = linked(".extern N\nQMOV r0, N+2\n.data\n.qword N-1\n", ".global N\n.define N 0xFFFF_FFFF_FFFF_FFFF\n")
    assert obj.constants.tolist() == [1]
    assert obj.data == [(0, b"\xfe" + b"\xff" * 7)]
    assert obj.relocations == []


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("MAX_INSTRUCTIONS", "QNOP\nQNOP\n"),
        ("MAX_DATA", ".data\n.byte 1, 2\n"),
        ("MAX_CONSTANTS", "QMOV r0, {0}1\nQMOV r0, {0}2\n"),
    ],
)
def test_too_large_together(limit: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linker, limit, 3)
    (found,) = problems(text.format(1), text.format(2))
    assert found.code == "E0706"
    assert "at most 3" in found.message
    linked(text.format(1))


# -- sources


def test_files_of_one_name_and_text_are_one() -> None:
    shared = SourceFile("shared.qbc", "f: QRET\n")
    parts = [Input("a.qbo", source(shared.text, shared.name)), Input("b.qbo", source(shared.text, shared.name))]
    obj, _ = link(parts)
    assert obj is not None
    assert obj.files == ["shared.qbc"]
    assert obj.lines[:, 0].tolist() == [0, 0]


def test_files_of_one_name_and_other_text_stay_apart() -> None:
    parts = [Input("a.qbo", source("f: QRET\n", "x.qbc")), Input("b.qbo", source("f: QNOP\n", "x.qbc"))]
    obj, _ = link(parts)
    assert obj is not None
    assert obj.files == ["x.qbc", "x.qbc"]
    assert obj.texts == {(0, 1): "f: QRET", (1, 1): "f: QNOP"}
    assert obj.lines[:, 0].tolist() == [0, 1]
    assert [symbol.where and symbol.where.file for symbol in obj.symbols] == [0, 1]


def test_names_of_files_are_relative_to_the_first_object() -> None:
    parts = [Input("app/main.qbo", source("main: QRET\n", "main.qbc")), Input("lib/f.qbo", source("QRET\n", "f.qbc"))]
    obj, _ = link(parts)
    assert obj is not None
    assert obj.files == ["main.qbc", "../lib/f.qbc"]
    parts = [Input("lib/f.qbo", source(".extern g\nQCALL g\n", "f.qbc"))]
    _, (found,) = link(parts)
    assert found.span is not None
    assert found.span.source.name == "lib/f.qbc"


def test_library_files_keep_their_names() -> None:
    parts = [Input("app/main.qbo", source("QRET\n")), Input("lib/f.qbo", source("QRET\n", "<stdlib>/qbc_core.qbc"))]
    obj, _ = link(parts)
    assert obj is not None
    assert obj.files == ["a.qbc", "<stdlib>/qbc_core.qbc"]


def test_objects_without_lines() -> None:
    bare = replace(source("QNOP\nQRET\n"), lines=np.zeros((0, 4), np.uint32), files=[], texts={}, symbols=[])
    alone, _ = link([Input("a", bare)])
    assert alone is not None
    assert to_bytes(alone) == to_bytes(bare)
    obj, _ = link([Input("a", source("QRET\n")), Input("b", bare)])
    assert obj is not None
    verify(obj)
    assert obj.lines[1:].tolist() == [[1, 0, 0, 0]] * 2


def test_place_far_down_a_file_costs_nothing() -> None:
    """The line is all that an object keeps; the number may be anything."""
    far = Where(0, (1 << 32) - 1, (1 << 32) - 1, (1 << 32) - 1)
    obj = source(".global f\nf: QRET\n")
    obj.symbols = [Symbol("f", Base.CODE, 0, is_global=True, where=far)]
    _, (found,) = link([Input("a", obj), Input("b", obj)])
    assert "a.qbc:4294967295:" in rendered(found)
    obj.symbols = [Symbol("f", Base.CODE, 0, is_global=True, where=Where(0, 0, 0, 0))]
    _, (found,) = link([Input("a", obj), Input("b", obj)])
    assert found.span is None
