"""The programs of the reference run, and print what stands below them; the generated page is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import gen_sigma
from sigma.builtins import BUILTINS
from sigma.explanations import ERRORS
from sigma.lexer import KEYWORDS
from sigma.parser import MAX_DEPTH
from tests.sigma.support import LEVELS, output

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "sigma.md").read_text("utf-8")
TUTORIAL = (DOCS / "sigma_tutorial.md").read_text("utf-8")
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
    assert [code for code in ERRORS if f"\n| {code} |" not in page] == []


def test_the_reference_names_every_word() -> None:
    words = set(re.findall(r"Words of the language: `(.*?)`", REFERENCE, re.DOTALL)[0].split())
    assert words == set(KEYWORDS)


def test_every_program_of_the_tutorial_is_run() -> None:
    programs = dict(re.findall(r"^`([a-z_]+\.(?:sigma|qbc))`:\n\n```\n(.*?)```", TUTORIAL, re.MULTILINE | re.DOTALL))
    shown = "".join(re.findall(r"```(?:console|pycon)\n(.*?)```", TUTORIAL, re.DOTALL)) + "".join(programs.values())
    assert len(programs) >= 15
    assert [name for name in programs if name not in shown] == []
    assert set(re.findall(r"^```(\w+)$", TUTORIAL, re.MULTILINE)) == {"console", "pycon"}


def test_limits() -> None:
    assert f"nest {MAX_DEPTH} levels deep" in REFERENCE
