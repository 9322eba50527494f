"""Every code of this topic that the sources use is explained, and none is explained in vain."""

from __future__ import annotations

import re
from pathlib import Path

from qbcc.export.messages import ENDINGS as NAMED
from qbcc.export.messages import EXPLANATIONS
from qbcc.export.save import ENDINGS

SOURCES = Path(__file__).parents[2] / "qbcc"


def test_codes_and_explanations_are_the_same() -> None:
    used: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        text = path.read_text("utf-8")
        if path.name == "messages_output.py":
            text = text[text.index("\nENDINGS") :]
        used |= set(re.findall(r'"(E09\d\d)"', text))
    assert used == set(EXPLANATIONS)


def test_explanations_are_whole() -> None:
    for explanation in EXPLANATIONS.values():
        for text in (explanation.title, explanation.text, explanation.wrong, explanation.right):
            assert text.strip()
        assert explanation.text.endswith(".")
        assert explanation.wrong != explanation.right


def test_endings_are_named_as_they_are() -> None:
    assert tuple(NAMED.split()) == ENDINGS
