"""Every code is explained, and the examples do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import qbcc
from qbcc.explain import explain, nearest_code, table
from tests.programs import build, errors

FOLDER = Path(qbcc.__file__).parent
SOURCE_CODES = [code for code in table() if code < "E07"]
# What an example cannot show: it needs several files, is too large for one, or is no QBC.
WITHOUT_EXAMPLE = {"E0106", "E0107", "E0108", "E0406", "E0503", "E0504", "E0505", "E0506", "E0606"}


@pytest.mark.parametrize("code", SOURCE_CODES)
def test_the_wrong_example_gives_the_code_and_the_right_one_assembles(code: str) -> None:
    found = table()[code]
    if code in WITHOUT_EXAMPLE:
        assert (found.wrong, found.right) == ("", "")
        return
    assert set(errors(found.wrong)) == {code}
    build(found.right)


def test_every_code_that_is_given_is_explained() -> None:
    text = "".join(path.read_text("utf-8") for path in FOLDER.rglob("*.py") if not path.name.startswith("explanation"))
    given = set(re.findall(r'"(E[01][0-9]{3})"', text))
    assert given <= set(table())
    # What is explained can be given.
    assert {code for code in table() if code.startswith("E")} <= given


def test_explain() -> None:
    text = explain(" e0202 ")
    assert text is not None
    assert text.startswith("E0202: a wrong number of operands")
    assert "Wrong:\n\n    QADD r0\n" in text
    assert explain("E9999") is None
    assert nearest_code("E2002") in table()
    assert nearest_code("e301") == "E0301"
    assert nearest_code("s401") == "S0401"
    # An exit status, and the title of its trap.
    assert nearest_code("71") == nearest_code("bad-address") == "T71"
    assert nearest_code("0301") == "E0301"
    assert nearest_code("zebra") is None
    assert nearest_code("E" + "9" * 50) is None


def test_titles_are_lines() -> None:
    for found in table().values():
        assert "\n" not in found.title
        assert not found.title.endswith(".")
        assert found.text.endswith((".", ")"))
