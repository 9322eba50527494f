"""Every error program beside what it prints, and the examples of the explanations.
``python -m tests.sigma.test_errors`` writes what they print now."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from qbcc.explain import explain
from qbcc.render import report
from qbcc.source import SourceFile
from sigma import messages
from sigma.check import messages as messages_check
from sigma.check.modules import Options
from sigma.check.program import check
from sigma.circuit import explanations as explanations_circuit
from sigma.circuit import messages as messages_circuit
from sigma.circuit.check import check_circuit
from sigma.explanations import ERRORS
from tests.sigma.support import circuit_codes, codes

FOLDER = Path(__file__).parent / "errors"
PROGRAMS = sorted(FOLDER.glob("*.sigma"))
CIRCUITS = sorted(FOLDER.glob("*.sigma.json"))


def told(path: Path) -> tuple[str, list[str]]:
    """What a program prints, and the codes in it."""
    found = check(SourceFile(path.name, path.read_text(encoding="utf-8"))).diagnostics
    return report(found) + "\n", [diagnostic.code for diagnostic in found]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """The file's name begins with the code that it must give."""
    said, given = told(path)
    assert said == path.with_suffix(".err").read_text(encoding="utf-8")
    assert path.stem[:5].upper() in given


@pytest.mark.parametrize("path", CIRCUITS, ids=lambda path: path.stem)
def test_golden_circuit(path: Path) -> None:
    found, _ = check_circuit(SourceFile(path.name, path.read_text(encoding="utf-8")), Options())
    assert report(found.diagnostics) + "\n" == path.with_suffix("").with_suffix(".err").read_text(encoding="utf-8")
    assert path.stem[:5].upper() in [diagnostic.code for diagnostic in found.diagnostics]


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 100


@pytest.mark.parametrize("code", ERRORS)
def test_explanations(code: str) -> None:
    tell = circuit_codes if code in explanations_circuit.EXPLANATIONS else codes
    if code != "S0504":  # It is of the command line: no program shows it.
        assert code in tell(ERRORS[code].wrong)
        assert tell(ERRORS[code].right) == []
    text = explain(code)
    assert text is not None
    assert text.startswith(f"{code}: ")


def test_every_code_is_explained() -> None:
    modules = (messages, messages_check, messages_circuit)
    said = set(re.findall(r'"(S\d{4})"', "".join(map(inspect.getsource, modules))))
    assert said == set(ERRORS)


if __name__ == "__main__":
    for program in PROGRAMS:
        program.with_suffix(".err").write_text(told(program)[0], encoding="utf-8")
