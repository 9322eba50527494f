"""Random programs do with every pass what they do without any, and what a model of them in Python does."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from sigma.passes import pipeline
from tests.sigma.choices import Drawn, Replayed, Seeded, shrunk, strategy
from tests.sigma.generate import Program, program
from tests.sigma.generate_values import HEAD
from tests.sigma.outcomes import alone, check_passes, expected, level
from tests.sigma.support import LEVELS

PROGRAMS = strategy(program)
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)
# The same programs in every run; others by python -m tests.fuzz passes N.
quick = settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW)
some = settings(quick, max_examples=40)


@some
@given(PROGRAMS)
def test_every_level_does_the_same(made: Program) -> None:
    check_passes(made, *(level(number) for number in LEVELS))


@pytest.mark.parametrize("name", [*pipeline.PASSES, *pipeline.WHOLE])
@quick
@given(PROGRAMS)
def test_each_pass_alone_changes_nothing(name: str, made: Program) -> None:
    check_passes(made, alone(name))


def test_every_pass_of_a_level_is_in_the_list() -> None:
    assert {name for number in LEVELS for name in pipeline.names(number)} <= {*pipeline.PASSES, *pipeline.WHOLE}


def test_programs_are_of_many_kinds() -> None:
    """Most of them run, some trap, and each feature comes."""
    made = [program(Seeded(seed)) for seed in range(60)]
    ends = [wanted[0] for one in made if (wanted := expected(one)) is not None]
    assert len(ends) > 40
    assert {"trap", "zero-division"} <= set(ends)
    text = "\n".join(program(Seeded(seed)).sigma for seed in range(200))
    for word in (
        "for ",
        "while ",
        "break;",
        "continue;",
        "step",
        "asm {",
        "halt(",
        "assert(",
        "..",
        "let (",
        "p0 - 1",
        "[[",
        "export fn",
        "p8: ",
        "= ref ",
        "(not ",
    ):
        assert word in text, word


def test_what_fails_is_made_small() -> None:
    def fails(choices: Drawn | Seeded | Replayed) -> bool:
        return "while" in program(choices).sigma

    choices = next(found for seed in range(40) if fails(found := Seeded(seed)))
    small = program(Replayed(shrunk(choices.made, fails)))
    assert "while" in small.sigma
    # What every program has around its own statements: the head, and the records at the end.
    own = [line for line in small.sigma.removeprefix(HEAD).splitlines() if not line.lstrip().startswith("record")]
    assert len(own) < 12
