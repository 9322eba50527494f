"""Lines made by a program are the lines that parsing gives."""

from __future__ import annotations

import pytest

from qbcc.assembly.assemble import Options, assemble, assemble_statements
from qbcc.source import SourceFile, Span
from qbcc.syntax.build import Memory, Offset, Operand, Reg, Text, statement
from qbcc.syntax.printer import print_line
from vm.machine import Machine

SOURCE = SourceFile("loop.sigma", "total = 0\nfor i in 10 { total = total + i }\n")


def at(line: int, column: int = 1, end: int = 5) -> Span:
    return Span(SOURCE, line, column, end)


@pytest.mark.parametrize(
    ("word", "operands", "text"),
    [
        ("QADD", [Reg(1), Reg(2), 5], "    QADD r1, r2, 5"),
        ("QMOV", [Reg(0), -1.5], "    QMOV r0, -1.5"),
        ("QMOV", [Reg(0), -0.0], "    QMOV r0, -0.0"),
        ("QMOV", [Reg(0), 1e300], "    QMOV r0, 1e+300"),
        ("QMOV", [Reg(0), 5e-324], "    QMOV r0, 5e-324"),
        ("QMOV", [Reg(0), -(1 << 63)], "    QMOV r0, -9223372036854775808"),
        ("QLOAD", [Reg(0), Memory(Reg(1), -8)], "    QLOAD r0, [r1-8]"),
        ("QLOAD", [Reg(0), Memory(Reg(1), Reg(2))], "    QLOAD r0, [r1+r2]"),
        ("QLOAD", [Reg(0), Memory("table")], "    QLOAD r0, [table]"),
        ("QLOAD", [Reg(0), Memory(Reg(1), Offset("table", 8))], "    QLOAD r0, [r1+table+8]"),
        ("QJMP", ["@loop"], "    QJMP @loop"),
        (".asciz", [Text('é\n"'.encode())], '    .asciz "é\\n\\""'),
        (".define", ["LIMIT", 10], ".define LIMIT 10"),
        (".macro", ["m", "a", "b"], ".macro m a, b"),
        ("QRET", [], "    QRET"),
    ],
)
def test_a_line(word: str, operands: list[Operand], text: str) -> None:
    assert print_line(statement(at(1), word, *operands)) == text


def test_labels() -> None:
    assert print_line(statement(at(1), "QNOP", labels=["a", "@b"])) == "a: @b: QNOP"
    assert print_line(statement(at(1), labels=["a"])) == "a:"


@pytest.mark.parametrize(
    ("word", "operands"),
    [
        ("QMOV", [Reg(16), 1]),
        ("QMOV", [Reg(0), float("inf")]),
        ("QMOV", [Reg(0), float("nan")]),
        ("QMOV", [Reg(0), "two words"]),
        ("QMOV", [Reg(0), "r3"]),
        ("two words", []),
        (".define", [Reg(1), 5]),
    ],
)
def test_what_no_line_can_say(word: str, operands: list[Operand]) -> None:
    with pytest.raises(ValueError, match=r"no name|no line|no register|cannot be written"):
        statement(at(1), word, *operands)


def program() -> list:
    return [
        statement(at(1), "QMOV", Reg(1), 0, labels=["main"]),
        statement(at(2, 1, 9), "QMOV", Reg(2), "LIMIT"),
        statement(at(2, 16, 33), "QADD", Reg(1), Reg(2), labels=["@again"]),
        statement(at(2, 1, 9), "QSUB", Reg(2), 1),
        statement(at(2, 1, 9), "QJNE", Reg(2), 0, "@again"),
        statement(at(2), "QRET"),
        statement(at(1), ".define", "LIMIT", 10),
    ]


def test_a_program_runs_and_its_lines_are_those_it_was_made_from() -> None:
    found = assemble_statements(SOURCE, program())
    assert found.object is not None
    machine = Machine(found.object)
    assert machine.run().status == 0
    assert machine.get(1) == 55
    assert found.object.lines.tolist()[2] == [0, 2, 16, 33]
    assert found.object.texts[0, 2] == SOURCE.lines[1]
    assert found.object.files == ["loop.sigma"]


def test_it_is_what_its_text_gives() -> None:
    made = assemble_statements(SOURCE, program()).object
    text = "\n".join(print_line(line) for line in program())
    parsed = assemble(SourceFile("loop.qbc", text)).object
    assert made is not None
    assert parsed is not None
    assert (made.code == parsed.code).all()
    assert made.constants.tolist() == parsed.constants.tolist()


def test_options_and_includes_work_as_for_text() -> None:
    lines = [
        statement(at(1), ".include", Text(b"qbc_core.qbc")),
        statement(at(1), "QMOV", Reg(0), "N", labels=["main"]),
        statement(at(1), "QCALL", "qbc_print_int"),
        statement(at(1), "QRET"),
    ]
    found = assemble_statements(SOURCE, lines, Options({"N": "42"}))
    assert found.object is not None, found.diagnostics
    machine = Machine(found.object)
    assert machine.run().status == 0
    assert machine.output == b"42"


def test_errors_point_at_what_a_line_was_made_from() -> None:
    other = SourceFile("other.sigma", "use nothing\n")
    lines = [
        statement(at(2, 5, 6), "QMOV", Reg(0), "nothing"),
        statement(Span(other, 1, 1, 4), "QMOV", 5, Reg(0)),
    ]
    found = assemble_statements(SOURCE, lines)
    assert found.object is None
    assert [(d.code, d.span) for d in found.diagnostics] == [
        ("E0301", Span(SOURCE, 2, 5, 6)),
        ("E0203", Span(other, 1, 1, 4)),
    ]
    assert found.included == (SOURCE, other)
