"""Every example runs and does what it says at its end (:mod:`qbcc.testing`), with each engine."""

from __future__ import annotations

from pathlib import Path

import pytest

import qbcc
from qbcc.testing import report
from qbcc.testing.suite import Settings, open_suite

FOLDER = Path(qbcc.__file__).parent.parent / "examples"
EXAMPLES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".qbc", ".sigma"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("engine", ["interp", "native"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example(path: Path, engine: str) -> None:
    suite = open_suite(str(path), Settings(engine=engine))
    assert not suite.diagnostics, report.details(suite, ())
    failed = [report.case(result) for case in suite.cases if not (result := suite.run(case)).is_passed]
    assert not failed, "\n".join(failed)


def test_quantum_examples_say_what_comes_out() -> None:
    suites = {path.stem: open_suite(str(path), Settings()) for path in EXAMPLES if path.suffix == ".qbc"}
    names = {name for name, suite in suites.items() if any(case.shares for case in suite.cases)}
    assert names >= {"teleport", "ghz", "w", "qft", "phase", "grover", "heartbeat"}
