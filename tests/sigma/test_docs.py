"""The programs of the reference run, and print what stands below them; the generated page is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import gen_sigma
from sigma.builtins import BUILTINS
from sigma.explanations import EXPLANATIONS
from sigma.lexer import KEYWORDS
from sigma.parser import MAX_DEPTH
from tests.sigma.support import LEVELS, output

REFERENCE = (Path(__file__).parents[2] / "docs" / "sigma.md").read_text("utf-8")
BLOCKS = re.findall(r"```sigma\n(.*?)```(?:\n\n```text\n(.*?)```)?", REFERENCE, re.DOTALL)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_blocks(number: int, level: int) -> None:
    program, shown = BLOCKS[number]
    assert output(program, level) == shown


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 10
    assert all("fn main()" in program for program, _ in BLOCKS)


def test_the_page_is_current() -> None:
    assert gen_sigma.PAGE.read_text("utf-8") == gen_sigma.page(), "run 'make docs'"


def test_the_page_has_everything() -> None:
    page = gen_sigma.page()
    assert [name for name in BUILTINS if f"`{name}(" not in page] == []
    assert [code for code in EXPLANATIONS if f"\n| {code} |" not in page] == []


def test_the_reference_names_every_word() -> None:
    words = set(re.findall(r"Words of the language: `(.*?)`", REFERENCE, re.DOTALL)[0].split())
    assert words == set(KEYWORDS)


def test_limits() -> None:
    assert f"nest {MAX_DEPTH} levels deep" in REFERENCE
