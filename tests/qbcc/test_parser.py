"""Lines: tokens, shapes, and what is said of a line that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from qbcc.syntax import known, parser, ship
from qbcc.syntax.lexer import tables, tokenise
from qbcc.syntax.lines import Address, Binary, Group, Integer, Line, Name, Register, String, Unary
from qbcc.syntax.parser import parse_line, shape_of


def line(text: str) -> Line:
    found = parse_line(SourceFile("test.qbc", text), 1)
    assert isinstance(found, Line), found
    return found


def fault(text: str) -> Diagnostic:
    found = parse_line(SourceFile("test.qbc", text), 1)
    assert isinstance(found, Diagnostic), found
    assert found.span is not None
    assert found.span.line == 1
    return found


def names(text: str) -> list[str]:
    """Terminals of a line."""
    _, _, terminals = tables()
    return [terminals[key] for key in tokenise(text)[0]]


@pytest.mark.parametrize(
    ("text", "terminal"),
    [
        ("42", "INTEGER"), ("1_000", "INTEGER"), ("0xFF", "INTEGER"), ("0XfF", "INTEGER"), ("0b101", "INTEGER"),
        ("0o17", "INTEGER"), ("8.0", "FLOAT"), ("1e-9", "FLOAT"), ("1.", "FLOAT"), ("1_0.5E+3", "FLOAT"),
        ("'A'", "CHARACTER"), ("'\\''", "CHARACTER"), ("';'", "CHARACTER"), ("r0", "REGISTER"), ("R15", "REGISTER"),
        ("r16", "NAME"), ("r07", "NAME"), ("_x9", "NAME"), ("@loop", "LOCAL"), ('"a;b\\"c"', "STRING"),
        (".DATA", "DIRECTIVE"), (".define", "DEFINE"), (".defined", "DIRECTIVE"), ("<<", "SHL"), ("<=", "LE"),
    ],
)  # fmt: skip
def test_one_token(text: str, terminal: str) -> None:
    assert names(text) == [terminal]
    assert tokenise(f"  \t{text} ; comment")[1:] == ([text], [4])


@pytest.mark.parametrize("text", ["0xZZ", "12abc", "1.2.3", "1e", "0b12", "0o8", "1.5x"])
def test_no_number(text: str) -> None:
    found = fault(f"QMOV r0, {text}")
    assert (found.code, found.span and found.span.column) == ("E0104", 10)
    assert found.span is not None
    assert found.span.end_column == 10 + len(text)


def test_columns_count_code_points() -> None:
    found = line('m "🌙é", x')
    assert found.columns == [1, 3, 7, 9]
    assert found.span(found.shape.arguments[1]).column == 9


def test_the_parts_of_a_line() -> None:
    found = line("a: @b: QLOAD r1, [r2 + 8*N] ; comment")
    assert [found.words[at] for at in found.shape.labels] == ["a", "@b"]
    assert found.word == "QLOAD"
    register, address = found.shape.arguments
    assert isinstance(register, Register)
    assert isinstance(address, Address)
    assert isinstance(address.inner, Binary)
    assert isinstance(address.inner.left, Register)
    assert isinstance(address.inner.right, Binary)
    assert (found.span(address).column, found.span(address).end_column) == (18, 28)


@pytest.mark.parametrize("text", ["", "   ", "; only a comment", "\t;"])
def test_nothing(text: str) -> None:
    found = line(text or " ")
    assert (found.shape.labels, found.shape.word, found.word) == ((), -1, "")


def grouped(found: Line, node: object) -> str:
    """An expression with every operation in parentheses."""
    match node:
        case Binary():
            return f"({grouped(found, node.left)}{found.words[node.at]}{grouped(found, node.right)})"
        case Unary():
            return f"({found.words[node.first]}{grouped(found, node.operand)})"
        case Group():
            return grouped(found, node.inner)
        case Integer() | Name() | String():
            return found.words[node.first]
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1+2*3", "(1+(2*3))"),
        ("1-2-3", "((1-2)-3)"),
        ("1<<2+3", "(1<<(2+3))"),
        ("1|2^3&4", "(1|(2^(3&4)))"),
        ("-1+~2", "((-1)+(~2))"),
        ("a==b+1", "(a==(b+1))"),
        ("(1+2)*3", "((1+2)*3)"),
        ("1<2|4", "(1<(2|4))"),
        ("--1", "(-(-1))"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    found = line(f"QMOV r0, {text}")
    assert grouped(found, found.shape.arguments[1]) == expected


@pytest.mark.parametrize(
    ("text", "code", "column", "words"),
    [
        ("QADD r0 r1", "E0105", 9, "',' or the end of the line"),
        ("QADD r0,", "E0105", 9, "an operand"),
        ("QMOV r0, (1+2", "E0105", 14, "')'"),
        ("QMOV r0, [r1", "E0105", 13, "']'"),
        ("QMOV r0, 1+", "E0105", 12, "a value"),
        ("r1: QNOP", "E0105", 1, "a label, an instruction or a directive"),
        (".define", "E0105", 8, "a name"),
        ('QMOV r0, "a', "E0102", 10, "closing"),
        ("QMOV r0, '", "E0102", 10, "closing"),
        ("QMOV r0, ''", "E0103", 10, "one character"),
        ("QMOV r0, 5€", "E0101", 11, "€"),
        ("QMOV r0, €", "E0101", 10, "€"),
        ("QMOV r0, “x”", "E0101", 10, "“"),
        ("QMOV r0, \x01", "E0101", 10, "U+0001"),
    ],
)
def test_faults(text: str, code: str, column: int, words: str) -> None:
    found = fault(text)
    assert found.span is not None
    assert (found.code, found.span.column) == (code, column)
    assert words in found.message


def test_deep_nesting_is_an_error_and_long_sums_are_not() -> None:
    assert fault(f"QMOV r0, {'(' * 101}1{')' * 101}").code == "E0107"
    assert fault(f"QMOV r0, {'-' * 5000}1").code == "E0107"
    assert line(f"QMOV r0, {'(' * 99}1{')' * 99}").word == "QMOV"
    assert line(f"QMOV r0, {'+'.join(['1'] * 5000)}").word == "QMOV"


def test_a_line_has_a_bound() -> None:
    assert fault(";" + "x" * (1 << 20)).code == "E0106"


def test_lines_of_one_shape_share_their_tree() -> None:
    assert line("QADD r1, r2, 5 ; x").shape is line("x  r9,\tR0,0xFF").shape


def test_the_shapes_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "_CACHE", 4)
    monkeypatch.setattr(parser, "_shapes", {})
    for count in range(1, 30):
        line(f"QPUSH {', '.join(['r1'] * count)}")
        assert len(parser._shapes) <= 4


@given(st.text(max_size=60))
def test_any_text_is_a_line_or_one_diagnostic(text: str) -> None:
    # A carriage return alone is the end of a line, and nothing before it is no line.
    source = SourceFile("test.qbc", text.replace("\n", " ").removesuffix("\r") or " ")
    found = parse_line(source, 1)
    if isinstance(found, Diagnostic):
        assert found.span is not None
        assert 1 <= found.span.column < found.span.end_column
    else:
        assert all(source.lines[0][c - 1 :].startswith(w) for c, w in zip(found.columns, found.words, strict=True))


@given(st.text("QADD r0,1+-*()[]\"'.:;@x<=", max_size=40))
def test_a_shape_is_what_lark_says(text: str) -> None:
    """Parsing from the cache and parsing anew agree."""
    key, _, _ = tokenise(text)
    if "!" in key:
        return
    cached = shape_of(key)
    parser._shapes.pop(key)
    again = shape_of(key)
    assert type(again) is type(cached)
    if isinstance(again, parser.Shape):
        assert again == cached


@pytest.mark.parametrize("text", ['"\\', "'", "1_", "0x", "a:", ".", "r1", "<", "1e"])
def test_nothing_in_a_line_backtracks(text: str) -> None:
    """With a regular expression that backtracked, this would go on for hours."""
    assert isinstance(parse_line(SourceFile("test.qbc", text * 5_000), 1), Line | Diagnostic)


def test_the_known_shapes_are_of_this_grammar() -> None:
    """Else every start imports Lark: ``make grammar`` makes them anew."""
    assert known.FILE.read_text("utf-8") == ship.text()


def test_known_shapes_are_what_lark_makes_of_them() -> None:
    shapes = json.loads(known.FILE.read_text("utf-8"))["shapes"]
    assert len(shapes) > 100
    for key in shapes:
        assert known.shape(key) == parser.parsed(key)


def test_without_known_shapes_lines_are_read_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "@loop: QADD r1, [r2 + 8*(SIZE-1)] ; sum"
    before = parse_line(SourceFile("a.qbc", text), 1)
    for content in (None, "{", "{}", '{"grammar": "older"}'):
        if content is not None:
            (tmp_path / "known.json").write_text(content)
        monkeypatch.setattr(known, "FILE", tmp_path / "known.json")
        monkeypatch.setattr(parser, "_shapes", {})
        known._content.cache_clear()
        tables.cache_clear()
        try:
            after = parse_line(SourceFile("a.qbc", text), 1)
            assert known.terminals() is None
        finally:
            known._content.cache_clear()
            tables.cache_clear()
        assert repr(after) == repr(before)
