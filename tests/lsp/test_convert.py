from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range

from lsp.convert import Encoding, Text
from qbcc.source import SourceFile, Span

TEXTS = st.text(st.sampled_from("a é😀\r\n\t\u2028\ufeff"))
ENCODINGS = st.sampled_from(list(Encoding))


@pytest.mark.parametrize(("encoding", "column"), [(Encoding.Utf8, 6), (Encoding.Utf16, 3), (Encoding.Utf32, 2)])
def test_units(encoding: Encoding, column: int) -> None:
    text = Text("x\né😀b")
    assert text.position(4, encoding) == Position(1, column)
    assert text.offset(Position(1, column), encoding) == 4


def test_the_middle_of_a_character_is_its_beginning() -> None:
    assert Text("a😀b").offset(Position(0, 2), Encoding.Utf16) == 1


def test_behind_the_end_of_a_line_is_its_end() -> None:
    text = Text("ab\r\ncd")
    assert text.offset(Position(0, 99), Encoding.Utf16) == 2
    assert text.offset(Position(99, 0), Encoding.Utf16) == 6


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_span_that_goes_over_its_line_ends_with_it(end: str) -> None:
    """As that of a quote without its other one, which stands for an empty text."""
    source = SourceFile("a", f"ab{end}cd" if end else "ab")
    assert Text(source.text).range(Span(source, 1, 2, 9), Encoding.Utf8) == Range(Position(0, 1), Position(0, 2))


def test_span_behind_a_byte_order_mark() -> None:
    source = SourceFile("a", "\ufeffabc")
    assert Text(source.text).range(Span(source, 1, 1, 2), Encoding.Utf32) == Range(Position(0, 1), Position(0, 2))


@given(TEXTS, ENCODINGS)
def test_positions_come_back(text: str, encoding: Encoding) -> None:
    made = Text(text)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert made.offset(made.position(offset, encoding), encoding) == offset


@given(TEXTS)
def test_places_are_those_of_spans(text: str) -> None:
    made, source = Text(text), SourceFile("a", text)
    for offset, character in enumerate(text):
        line, column = made.place(offset)
        if character not in "\r\n" and not (offset == 0 and character == "\ufeff"):
            assert source.line(line)[column - 1] == character
            assert made.at(line, column) == offset


def test_lines_of_an_edited_text_begin_where_those_of_a_fresh_one_do() -> None:
    rng = random.Random(1)
    text = Text("first\nsecond\r\n\nlast")
    for _ in range(400):
        start, end = sorted(rng.choices(range(len(text.text) + 1), k=2))
        places = [text.position(offset, Encoding.Utf16) for offset in (start, min(end, start + 12))]
        text = text.replaced(
            Range(*places), rng.choice(["", "\n", "x\ny\n", "é😀", "\r", "\r\n", "\n\n\n", "abc"]), Encoding.Utf16
        )
        fresh = Text(text.text)
        assert text.starts == fresh.starts
        assert [text.place(at) for at in range(len(text.text) + 1)] == [
            fresh.place(at) for at in range(len(text.text) + 1)
        ]
