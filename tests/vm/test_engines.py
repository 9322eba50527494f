"""Structured random programs on every engine and on the model: everything that can be seen is the same, to the bit."""

from __future__ import annotations

import collections
import os
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.engine_cases import ENGINES_TO_TEST, Case, Model, Result, compare, compare_case
from tests.programs import build
from tests.random_programs import state_of
from tests.structured_programs import source
from vm.isa import CALL_DEPTH, OPS, QUANTUM
from vm.machine import Machine
from vm.native import compile as compiling
from vm.native import store
from vm.trap import STATUS

NOT_BY_PROGRAMS = {"time", "memory", "interrupt", "quantum", "backend"}
"""Traps that the host brings, or that need what these programs have not."""


@pytest.fixture(autouse=True)
def _without_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of programs that nobody runs again."""
    monkeypatch.setenv("QBC_CACHE_DIR", f"{os.devnull}/none")


@pytest.mark.parametrize("start", range(0, 2000, 100))
def test_random_programs(start: int) -> None:
    for seed in range(start, start + 100):
        compare(seed)


# Shrinking a failure takes Hypothesis up to five minutes.
@pytest.mark.timeout(900)
@given(st.randoms(use_true_random=False), st.just(10_000) | st.integers(1, 3000), st.integers(0, 20))
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_programs_that_shrink(rng: random.Random, limit: int, steps: int) -> None:
    text = source(rng, size=1)
    note(text)
    compare_case(Case(text, limit, steps))


@pytest.mark.parametrize("nan", ["0x7FF0000000000001", "0xFFF7FFFFFFFFFFFF", "0x7FF8000000000001"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_every_nan_is_the_same_to_powers(nan: str, level: int) -> None:
    """The C library takes signaling ones for themselves, Python does not: x to the power 0 is 1, and 1 to the power x."""
    text = f"""
main:
    QFBITS r1, {nan}
    QPOW r2, r1, 0
    QPOW r3, 1, r1
    QPOW r4, r1, 2
    QPOW r5, -1, r1
    QMOV r7, 0
again:
    QFBITS r1, r0
    QPOW r8, r1, r7
    QMOV r0, {nan}
    QADD r7, 1
    QJLT r7, 3, again
    QHALT
"""
    assert compare_case(Case(text, 1000, optimize=level)).end == "ended"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 17, 50, 99, 333])
def test_a_limit_stops_at_its_instruction(limit: int) -> None:
    for seed in range(20_000, 20_020):
        assert compare(seed, limit).count <= limit


@pytest.mark.parametrize(("triple", "features"), [("x86_64", ""), ("x86_64", "+fma"), ("aarch64", "")])
def test_code_for_other_processors(triple: str, features: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written for those that have less; this one runs it too."""
    other = replace(compiling.target(), triple=triple, features=features)
    monkeypatch.setattr(store, "target", lambda: other)
    for seed in range(30_000, 30_025):
        compare(seed)


def test_the_programs_are_worth_running() -> None:
    """Every instruction is executed somewhere, every trap is met, and most programs go on for long."""
    results: list[Result] = [compare(seed, engines=ENGINES_TO_TEST[:1]) for seed in range(500)]
    ends = collections.Counter(result.end for result in results)
    executed = frozenset[int]().union(*(result.ops for result in results))
    assert [op.name for op in OPS if op.code not in executed and op.group != QUANTUM] == []
    assert set(STATUS) - NOT_BY_PROGRAMS <= set(ends)
    assert ends["ended"] >= 0.25 * len(results), ends
    assert sum(ends.values()) - ends["ended"] - ends["instructions"] >= 0.25 * len(results), ends
    modelled = [result.count for result in results if result.ops]
    assert sum(modelled) / len(modelled) > 500


@pytest.mark.parametrize("engine", ENGINES_TO_TEST)
def test_the_call_stack_holds_what_the_model_holds(engine: str) -> None:
    obj = build("main: QADD r3, 1\n QCALL deeper\n QHALT\ndeeper: QCALL deeper\n QRET")
    model, machine = Model(obj), Machine(obj, engine=engine)
    outcome = machine.run()
    assert model.run(1 << 62) == ("overflow", outcome.status)
    assert (machine.pc, machine.depth, machine.count) == (model.pc, len(model.calls), model.count)
    assert machine.count == CALL_DEPTH + 2
    assert [location.pc for location in machine.call_stack()] == model.call_stack()


def test_single_steps_are_the_run() -> None:
    """Stepping all the way ends where running does."""
    for seed in range(30_000, 30_010):
        text = source(random.Random(seed), size=1)
        for engine in ENGINES_TO_TEST:
            obj = build(text)
            whole, single = (Machine(obj, engine=engine, max_instructions=300, seed=1, clock=2) for _ in range(2))
            outcome = whole.run()
            while single.step() is None:
                assert single.count <= 300
            assert repr(single.outcome) == repr(outcome)
            assert state_of(single) == state_of(whole)
