"""Every example runs and does what it says at its end.

``; expect:`` lines are its output (blanks at the end of a line aside), ``; expect-status:`` its exit status, ``; input:``
lines what it reads, ``; args:`` its arguments, ``; seed:`` the seed; ``; shots: OUTCOME PROBABILITY`` what comes out of
many runs."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

import qbcc
from qbcc.cli.shots import label
from qbcc.driver import load
from vm.machine import Machine
from vm.quantum.shots import run

EXAMPLES = sorted((Path(qbcc.__file__).parent.parent / "examples").glob("*.qbc"))


def said(text: str, what: str) -> list[str]:
    """What the lines ``; what: …`` say."""
    return [line.rstrip() for line in re.findall(rf"^; {what}:[ ]?(.*)$", text, re.MULTILINE)]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("engine", ["interp", "native"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path, engine: str) -> None:
    text = path.read_text("utf-8")
    built = load([str(path)])
    assert not built.diagnostics
    assert built.object is not None
    machine = Machine(
        built.object,
        engine=engine,
        max_instructions=100_000_000,
        seed=int("".join(said(text, "seed")) or "0"),
        args=[float(argument) for line in said(text, "args") for argument in line.split()],
        stdin=io.BytesIO("".join(f"{line}\n" for line in said(text, "input")).encode()),
    )
    outcome = machine.run()
    expected = said(text, "expect")
    status = int("".join(said(text, "expect-status")) or "0")
    assert expected or status, f"{path.name} says nothing of what it does"
    assert outcome.status == status
    assert [line.rstrip() for line in machine.output.decode().splitlines()] == expected


SHOTS = 4000


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if said(path.read_text("utf-8"), "shots")], ids=lambda p: p.stem
)
def test_many_runs_of_an_example(path: Path) -> None:
    built = load([str(path)])
    assert built.object is not None
    obj = built.object
    found = run(lambda seed: Machine(obj, engine="interp", seed=seed), SHOTS, 3)
    counts = {label(one): one.shots for one in found.paths}
    odds = {line.split()[0]: float(line.split()[1]) for line in said(path.read_text("utf-8"), "shots")}
    for outcome, odd in odds.items():
        assert abs(counts.get(outcome, 0) - SHOTS * odd) <= 5 * (SHOTS * odd * (1 - odd)) ** 0.5
    if sum(odds.values()) > 0.9999:
        assert set(counts) <= set(odds)


def test_quantum_examples_say_what_comes_out() -> None:
    names = {path.stem for path in EXAMPLES if said(path.read_text("utf-8"), "shots")}
    assert names >= {"teleport", "ghz", "w", "qft", "phase", "grover", "heartbeat"}
