"""Macros, conditionals and repetition."""

from __future__ import annotations

import pytest

from qbcc.assembly import expand
from qbcc.assembly.assemble import assemble
from qbcc.source import SourceFile
from qbcc.syntax.printer import print_line
from tests.programs import build, errors, finished


def lines(text: str) -> list[str]:
    """The instructions that a text comes to."""
    found = assemble(SourceFile("test.qbc", text))
    assert not found.diagnostics, found.diagnostics
    return [print_line(statement.line).strip() for statement in found.statements]


# -- macros


def test_parameters_stand_for_operands() -> None:
    text = ".macro copy to, from\nQLOAD r0, from\nQSTORE r0, to\n.endm\ncopy [r2+8], [table]\ntable: QNOP"
    assert lines(text)[:2] == ["QLOAD r0, [table]", "QSTORE r0, [r2+8]"]


def test_an_argument_is_one_operand_whatever_stands_around_it() -> None:
    text = ".macro twice d, x\nQMOV d, x*2\n.endm\n.define N 3\ntwice r1, N+1\ntwice r2, 1+2"
    assert lines(text) == ["QMOV r1, (N + 1) * 2", "QMOV r2, 3 * 2"]


def test_arithmetic_of_an_argument_is_done_at_once_when_it_can_be() -> None:
    text = ".macro m x\nQPUSH x\n.endm\nm 2-5\nm (1<<4)\nm 7/2\nm 1.5+1\nm 'A'+1\nm -2"
    assert [line.removeprefix("QPUSH ") for line in lines(text)] == [
        "(-3)", "16", "3", "(1.5 + 1)", "('A' + 1)", "(-2)",
    ]  # fmt: skip


def test_a_macro_counts_down_to_its_end() -> None:
    text = ".macro down n\n.if n > 0\nQPUSH n\ndown n-1\n.endif\n.endm\ndown 150"
    assert lines(text) == [f"QPUSH {n}" for n in range(150, 0, -1)]


def test_local_labels_are_fresh_in_each_expansion() -> None:
    text = (
        ".macro count reg, n\nQMOV reg, n\n@again: QADD r9, 1\nQSUB reg, 1\nQJNE reg, 0, @again\n.endm\n"
        "main: QMOV r1, 0\n@again: count r2, 3\ncount r3, 4\nQADD r1, 1\nQJLT r1, 2, @again\nQRET"
    )
    assert finished(text).get(9) == 14


def test_nested_macros_keep_their_labels_apart() -> None:
    text = (
        ".macro inner\n@x: QADD r1, 1\nQJLT r1, 3, @x\n.endm\n"
        ".macro outer\n@x: QADD r2, 1\ninner\nQMOV r1, 0\nQJLT r2, 2, @x\n.endm\nouter\nQRET"
    )
    assert finished(text).get(2) == 2


def test_the_caller_s_local_label_may_be_an_argument() -> None:
    text = ".macro go where\n@a: QJMP where\n.endm\nmain: go @a\nQHALT 1\n@a: QHALT 7"
    assert finished(text).run().status == 7


def test_a_macro_may_define_a_macro() -> None:
    assert lines(".macro make name, n\n.macro name\nQPUSH n\n.endm\n.endm\nmake five, 5\nfive") == ["QPUSH 5"]


def test_a_macro_that_uses_itself_twice_is_given_up_at_once() -> None:
    assert errors(".macro m\nQBAD\nm\nm\n.endm\nm\nQADD r0\n.rept 3\nm\n.endr") == ["E0201", "E0605", "E0605", "E0202"]


def test_a_label_may_stand_before_a_macro() -> None:
    assert finished(".macro m\nQADD r1, 1\n.endm\nQJMP x\nQHALT 9\nx: m\nQRET").get(1) == 1


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".macro m a\nQPUSH a\n.endm\nm", ["E0604"]),
        (".macro m\n.endm\nm 1", ["E0604"]),
        (".macro m\nQNOP", ["E0601"]),
        (".endm", ["E0602"]),
        (".macro qadd\n.endm", ["E0603"]),
        (".macro m\n.endm\n.macro m\n.endm", ["E0302"]),
        (".macro m a, a\n.endm", ["E0402"]),
        (".macro m\nm\n.endm\nm", ["E0605"]),
        (".macro m a\nQMOV r0, r1 a\n.endm\nm 5", ["E0105"]),
        ("m 1\n.macro m a\n.endm", ["E0201"]),
    ],
)
def test_faults_of_macros(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


def test_an_error_in_an_expansion_shows_its_uses() -> None:
    text = ".macro inner x\nQMOV r0, x\n.endm\n.macro outer y\ninner y\n.endm\nouter [r1]"
    (found,) = assemble(SourceFile("test.qbc", text)).diagnostics
    assert found.span is not None
    assert (found.code, found.span.line, found.span.column, found.span.end_column) == ("E0204", 2, 10, 11)
    assert [related.span.line for related in found.related] == [5, 7]


def test_places_for_reports_are_those_of_the_outermost_use() -> None:
    obj = build(".macro inner\nQNOP\n.endm\n.macro outer\ninner\nQBRK\n.endm\n  outer\n.rept 2\nQRET\n.endr")
    assert obj.lines.tolist() == [[0, 8, 3, 8], [0, 8, 3, 8], [0, 9, 1, 8], [0, 9, 1, 8]]
    assert obj.texts[0, 8] == "  outer"


# -- repetition


def test_repetition() -> None:
    assert lines(".rept 3\nQPUSH 1\n.rept 2\nQPUSH 2\n.endr\n.endr") == ["QPUSH 1", "QPUSH 2", "QPUSH 2"] * 3
    assert lines(".rept 0\nQPUSH 1\n.endr") == []


def test_repetition_inside_a_macro_and_of_a_macro() -> None:
    text = ".macro m n\n.rept n\n@a: QADD r1, 1\nQJEQ r1, 99, @a\n.endr\n.endm\n.rept 2\nm 3\n.endr\nQRET"
    assert finished(text).get(1) == 6


def test_repetition_of_a_definition_by_value() -> None:
    assert lines(".rept 2\n.define X 5\n.endr\nQPUSH X") == ["QPUSH X"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".rept -1\n.endr", ["E0403"]),
        (".rept 1.5\n.endr", ["E0305"]),
        (".rept\n.endr", ["E0402"]),
        (".rept later\nQNOP\n.endr\nlater: QNOP", ["E0301"]),
        (".rept here\nQNOP\n.endr", ["E0301"]),
        ("here: .rept here\nQNOP\n.endr", ["E0308"]),
        (".rept 2", ["E0601"]),
        (".endr", ["E0602"]),
        (".rept 3\nx: QNOP\n.endr", ["E0302"]),
        (".rept\nQNOP x y\n.endr", ["E0402", "E0105"]),
    ],
)
def test_faults_of_repetition(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        ".rept 900\nQNOP\n.endr",
        ".rept 100\nQPUSH r1, r1, r1, r1, r1, r1, r1, r1, r1\n.endr",
        ".data\n.rept 100\n.byte 1, 2, 3, 4, 5, 6, 7, 8, 9\n.endr",
        ".rept 40\n.rept 40\nQNOP\n.endr\n.endr",
        ".rept 100\n.rept 100\n.rept 100\n.endr\n.endr\n.endr",
        ".macro m\n" + "QNOP\n" * 400 + ".endm\n.macro n\nm\nm\n.endm\nn\nn",
    ],
)
def test_what_expansion_comes_to_is_bounded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expand, "MAX_LINES", 899)
    assert errors(text) in (["E0606"], ["E0403"])


# -- conditionals


@pytest.mark.parametrize("value", [0, 1, 2, 3])
def test_one_branch_counts(value: int) -> None:
    text = ".if N == 1\nQPUSH 1\n.elif N == 2\nQPUSH 2\n.elif N >= 2\nQPUSH 3\n.else\nQPUSH 0\n.endif"
    assert lines(f".define N {value}\n{text}") == [f"QPUSH {value}"]


def test_conditionals_nest_and_what_is_skipped_is_not_read() -> None:
    text = (
        '.if 0\n.if 1\n.else\nQPUSH "\n.endif\n.elif 1\n.if 0\nQPUSH 1\n.elif 0\n.endif\n.else\n@@@\n.include 5\n.endif'
    )
    assert lines(text) == []


def test_the_condition_of_a_branch_that_cannot_be_taken_is_not_worked_out() -> None:
    assert lines(".if 1\nQPUSH 1\n.elif 1/0\n.endif\n.if 0\n.if nobody\n.endif\n.endif") == ["QPUSH 1"]


def test_a_define_in_a_branch_that_is_skipped_does_not_count() -> None:
    assert lines(".if 0\n.define X 1\n.else\n.define X 2\n.endif\n.rept X\nQNOP\n.endr") == ["QNOP"] * 2


def test_macros_and_repetitions_are_conditional_inside() -> None:
    text = ".macro m x\n.if x == 1\nQPUSH x\n.else\nQPOP r0\n.endif\n.endm\nm 1\nm 2"
    assert lines(text) == ["QPUSH 1", "QPOP r0"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".if 1", ["E0601"]),
        (".if 1\n.if 2\n.endif", ["E0601"]),
        (".endif", ["E0602"]),
        (".else", ["E0602"]),
        (".elif 1", ["E0602"]),
        (".if 1\n.else\n.else\n.endif", ["E0602"]),
        (".if 1\n.else\n.elif 1\n.endif", ["E0602"]),
        (".if\nQBAD\n.endif", ["E0402"]),
        (".if 1.5\nQBAD\n.endif", ["E0305"]),
        (".if missing\nQBAD\n.else\nQBAD\n.endif", ["E0301"]),
        (".if (\nQNOP\n.endif", ["E0105"]),
        ("x: .if x\nQBAD\n.endif", ["E0308"]),
        (".macro m\n.if 1\n.endm\nm", ["E0601"]),
    ],
)
def test_faults_of_conditionals(text: str, codes: list[str]) -> None:
    assert errors(text) == codes


def test_an_error_in_a_condition_has_no_consequences() -> None:
    assert errors(".if missing\nQBAD\n.elif also_missing\nQBAD\n.else\nQBAD\n.endif\nQMOV r0, other") == [
        "E0301",
        "E0301",
    ]


# -- the end


def test_end_ends_a_source() -> None:
    assert lines("QPUSH 1\n.end\nQBAD €") == ["QPUSH 1"]
    assert lines(".if 1\nQPUSH 1\n.end\n.else") == ["QPUSH 1"]
    assert lines(".macro m\nQPUSH 1\n.end\n.endm\nm\nQPUSH 2") == ["QPUSH 1"]
