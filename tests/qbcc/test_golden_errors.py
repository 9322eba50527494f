"""Programs that are wrong, and beside each exactly what ``qbcc check`` prints.

``python -m tests.qbcc.test_golden_errors`` writes the expectations anew: read the difference before you keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbcc import driver, render
from qbcc.diagnostics import SourceError

FOLDER = Path(__file__).parents[1] / "golden_errors"
PROGRAMS = sorted(FOLDER.glob("*.qbc"))


def printed(path: Path) -> str:
    """What the command line prints for a program in its own folder."""
    try:
        _, diagnostics = driver.read([str(path)])
    except SourceError as error:
        diagnostics = list(error.diagnostics)
    text = render.report(diagnostics) + "\n"
    return text.replace(f"{FOLDER}/", "")


def test_there_are_many() -> None:
    assert len(PROGRAMS) >= 200


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_errors(path: Path) -> None:
    expected = path.with_suffix(".err").read_text("utf-8")
    assert "error[E" in expected
    assert printed(path) == expected


def test_no_expectation_without_a_program() -> None:
    assert {path.stem for path in FOLDER.glob("*.err")} == {path.stem for path in PROGRAMS}


if __name__ == "__main__":
    for program in PROGRAMS:
        program.with_suffix(".err").write_text(printed(program), "utf-8")
