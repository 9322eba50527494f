"""What a terminal would act on is shown: by every text, whatever is in it."""

from __future__ import annotations

import json
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbcc import render
from qbcc.cli.common import json_text
from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from qbcc.visible import safe, visible, width

ACTED_ON = [
    chr(point)
    for point in (
        *range(0x20),
        *range(0x7F, 0xA0),
        0x61C,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0x2028,
        0x2029,
        0xD800,
        0xDC80,
        0xE0001,
    )
]
KEPT = "\n\t\u200d\ufe0f"
"""Lines, tabs, and what joins emoji."""


@pytest.mark.parametrize("character", ACTED_ON)
def test_each_character_is_shown(character: str) -> None:
    assert not set(visible(f"a{character}b")) & set(ACTED_ON)
    assert visible(f"a{character}b").startswith("a")
    kept = {"\n", "\t"}
    assert not set(safe(f"a{character}b")) & (set(ACTED_ON) - kept)


@given(st.text(st.characters(), max_size=40))
def test_a_whole_text_keeps_its_lines_and_colours_only(text: str) -> None:
    shown = safe(f"\x1b[1;31m{visible(text)}\x1b[0m\n{text}")
    rest = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert all(
        character.isprintable() or unicodedata.category(character) == "Zs" or character in KEPT for character in rest
    )


def test_the_sequences_of_others_are_shown() -> None:
    assert safe("\x1b]0;title\x07 \x1b[2J \x9b31m") == "␛]0;title␇ ␛[2J \\u{9b}31m"


@given(st.text(st.characters(), max_size=40))
def test_carets_stand_under_what_is_meant(text: str) -> None:
    text = "".join(character for character in text if character not in "\r\n\ufeff")
    source = SourceFile("p.qbc", f"{text}MARK rest")
    found = Diagnostic("E0201", "x", Span(source, 1, len(text) + 1, len(text) + 5))
    line, carets = render.diagnostic(found).split("\n")[3:5]
    assert width(line[: line.rindex("MARK")]) == carets.index("^")
    assert carets.count("^") == 4


@given(st.recursive(st.text() | st.floats(allow_nan=False) | st.integers(), st.lists))
def test_json_is_valid_and_shows_nothing_that_is_acted_on(data: object) -> None:
    text = json_text(data)
    assert text.isprintable()
    assert json.loads(text) == data


def test_lone_surrogates_in_json() -> None:
    """Of a file name that is not UTF-8."""
    assert json_text("\udc80") == '"\\udc80"'


def test_json_for_a_terminal_without_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain:
        encoding = "ascii"

    monkeypatch.setattr(sys, "stdout", Plain())
    text = json_text({"σ🌙": "\x7f"})
    assert text == '{"\\u03c3\\ud83c\\udf19": "\\u007f"}'
    assert json.loads(text) == {"σ🌙": "\x7f"}
