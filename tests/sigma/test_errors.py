"""Every error program beside what it prints, and the examples of the explanations."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from qbcc.explain import explain
from qbcc.render import report
from qbcc.source import SourceFile
from sigma import messages, messages_check
from sigma.check.program import check
from sigma.explanations import EXPLANATIONS
from tests.sigma.support import codes

FOLDER = Path(__file__).parent / "errors"
PROGRAMS = sorted(FOLDER.glob("*.sigma"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """The file's name begins with the code that it must give."""
    found = check(SourceFile(path.name, path.read_text(encoding="utf-8"))).diagnostics
    assert report(found) + "\n" == path.with_suffix(".err").read_text(encoding="utf-8")
    assert path.stem[:5].upper() in [diagnostic.code for diagnostic in found]


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 100


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_explanations(code: str) -> None:
    wrong = codes(EXPLANATIONS[code].wrong)
    assert code in wrong
    assert codes(EXPLANATIONS[code].right) == []
    text = explain(code)
    assert text is not None
    assert text.startswith(f"{code}: ")


def test_every_code_is_explained() -> None:
    said = set(re.findall(r'"(S\d{4})"', inspect.getsource(messages) + inspect.getsource(messages_check)))
    # S0504 is of the command line: no program shows it.
    assert said - {"S0504"} == set(EXPLANATIONS)
