"""Every seeded bug is found at its line, nothing else is; without it nothing is found; fixes leave nothing to find."""

from __future__ import annotations

import pytest

from qbcc.lint.assembly.source import lint_source
from qbcc.lint.fix import fixed
from qbcc.source import SourceFile
from tests.programs import build
from tests.qbcc.lint.seeds import FAMILIES
from tests.qbcc.lint.support import linted, places, seeded
from vm.machine import Machine

CASES = [(family, name, text) for family, cases in FAMILIES.items() for name, text in cases()]


def test_there_are_twenty_of_each_family() -> None:
    for family, cases in FAMILIES.items():
        assert len(list(cases())) >= 20, family


@pytest.mark.parametrize(("text",), [(text,) for _, _, text in CASES], ids=[f"{f}-{n}" for f, n, _ in CASES])
def test_a_bug_is_found_at_its_line_and_its_repair_is_silent(text: str) -> None:
    case = seeded(text)
    assert case.expected
    assert places(linted(case.broken)) == case.expected, case.broken
    assert places(linted(case.repaired)) == set(), case.repaired


def mended(text: str) -> str:
    """The text with all fixes, as ``--fix`` makes them."""
    for _ in range(20):
        source = SourceFile("test.qbc", text)
        text, count = fixed(source, lint_source(source).findings)
        if not count:
            break
    return text


def run(text: str) -> tuple[int, bytes]:
    machine = Machine(build(text), engine="interp", max_instructions=100_000)
    return machine.run().status, machine.output


@pytest.mark.parametrize(
    ("text",),
    [(text,) for family, _, text in CASES if family == "registers"],
    ids=[name for family, name, _ in CASES if family == "registers"],
)
def test_fixed_programs_are_silent_and_run_as_the_repaired_ones(text: str) -> None:
    case = seeded(text)
    if all(finding.fix is None for finding in linted(case.broken).findings):
        # What value was forgotten nobody knows.
        assert {code for _, code in case.expected} <= {"L0103", "L0104"}
        return
    done = mended(case.broken)
    assert places(linted(done)) == set(), done
    assert run(done) == run(case.repaired), done


@pytest.mark.parametrize(
    ("text",),
    [(t,) for f, n, t in CASES if f == "stack" and n.startswith(("forgotten", "early", "order"))],
)
def test_fixed_stacks_are_level(text: str) -> None:
    case = seeded(text)
    done = mended(case.broken)
    assert places(linted(done)) == set(), done
    assert run(done) == run(case.repaired)
