"""Many runs at once: each path once, and the counts as in real runs."""

from __future__ import annotations

import math
import random
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from tests.programs import build
from vm.machine import Machine
from vm.shots import Shots, run

ENGINES = ("interp", "native")
LIMIT = {1: 10.83, 2: 13.82, 3: 16.27, 7: 24.32, 15: 37.70, 31: 61.10}
"""Chi-square at 0.1 % by degrees of freedom."""


def shots(text: str, count: int, seed: int = 1, engine: str = "interp", **settings: Any) -> Shots:
    obj = build(text)
    timeout = settings.get("timeout")
    return run(lambda chosen: Machine(obj, engine=engine, seed=chosen, **settings), count, seed, timeout)


def counts(found: Shots) -> Counter[tuple[Any, ...]]:
    result: Counter[tuple[Any, ...]] = Counter()
    for path in found.paths:
        result[tuple(value for _, value in path.recorded)] += path.shots
    return result


def chi_square(found: Counter[tuple[Any, ...]], expected: dict[tuple[Any, ...], float]) -> float:
    total = sum(found.values())
    assert all(expected.get(key, 0) > 0 for key in found), found
    return sum((found[key] - total * p) ** 2 / (total * p) for key, p in expected.items() if p > 0)


def feedback(seed: int) -> tuple[str, dict[tuple[int, ...], float]]:
    """A program that turns by what it measured, and the distribution of its four bits by hand."""
    rng = random.Random(seed)
    lines = ["main: QALLOC r4, 2"]
    angles = [rng.uniform(0.4, 2.7) for _ in range(4)]
    kicks = [rng.uniform(0.3, 1.2) for _ in range(4)]
    resets = [rng.random() < 0.5 for _ in range(4)]
    for step in range(4):
        lines += [f" QRY 1, {angles[step]!r}", " QCRY 1, 2, 1.2", " QMEAS r0, 1", " QPUSH r0"]
        lines += [f" QJEQ r0, 0, on{step}", f" QRX 2, {kicks[step]!r}", f" QRY 1, {-kicks[step]!r}", f"on{step}:"]
        if resets[step]:
            lines += [" QRESET 2"]
    text = "\n".join([*lines, " QHALT"])
    found: dict[tuple[int, ...], float] = {}

    def follow(state: Any, step: int, bits: tuple[int, ...], weight: float) -> None:
        if weight < 1e-15:
            return
        if step == 4:
            found[bits] = found.get(bits, 0.0) + weight
            return
        circuit = QuantumCircuit(2)
        circuit.ry(angles[step], 0)
        circuit.cry(1.2, 0, 1)
        state = state.evolve(circuit)
        for bit, p in enumerate(state.probabilities([0])):
            if p < 1e-15:
                continue
            chosen = np.array([amplitude if index & 1 == bit else 0 for index, amplitude in enumerate(state.data)])
            after = Statevector(chosen / math.sqrt(p))
            if bit:
                more = QuantumCircuit(2)
                more.rx(kicks[step], 1)
                more.ry(-kicks[step], 0)
                after = after.evolve(more)
            parts = [(1.0, after)]
            if resets[step]:
                parts = []
                for other, q in enumerate(after.probabilities([1])):
                    if q > 1e-15:
                        rest = np.array([a if i >> 1 == other else 0 for i, a in enumerate(after.data)]) / math.sqrt(q)
                        parts.append((q, Statevector(rest[[0, 1, 2, 3] if not other else [2, 3, 0, 1]])))
            for q, one in parts:
                follow(one, step + 1, (*bits, bit), weight * p * q)

    follow(Statevector.from_int(0, 4), 0, (), 1.0)
    return text, found


@pytest.mark.parametrize("seed", range(50))
def test_programs_with_feedback(seed: int) -> None:
    text, expected = feedback(seed)
    assert sum(expected.values()) == pytest.approx(1)
    found = shots(text, 20_000, seed, ENGINES[seed % 2])
    assert found.shots == sum(path.shots for path in found.paths) == 20_000
    assert not found.is_repeated
    assert chi_square(counts(found), expected) < LIMIT[15]


def test_every_path_is_executed_once() -> None:
    """Three coins are eight runs, whatever the shots."""
    text = "main: QALLOC r4, 3\nQH 1\nQH 2\nQH 3\nQMEAS r0, 1\nQMEAS r1, 2\nQMEAS r2, 3\nQHALT"
    few, many = shots(text, 1000), shots(text, 10**9)
    assert len(few.paths) == len(many.paths) == 8
    assert few.instructions == many.instructions == 4 + 2 + 4 + 8 + 8
    assert all(abs(path.shots / 10**9 - 0.125) < 1e-4 for path in many.paths)


def test_counts_have_the_spread_of_real_runs() -> None:
    """The variance of a count over seeds is that of a binomial, within a factor that 400 seeds leave."""
    text = "main: QALLOC r4\nQRY 1, 1.0\nQMEAS r0, 1\nQHALT"
    ones = [counts(shots(text, 100, seed))[(1,)] for seed in range(400)]
    p = math.sin(0.5) ** 2
    assert np.mean(ones) == pytest.approx(100 * p, abs=0.9)
    assert 0.75 < np.var(ones) / (100 * p * (1 - p)) < 1.3


def test_the_seed_fixes_everything() -> None:
    text, _ = feedback(3)
    for engine in ENGINES:
        assert shots(text, 1000, 7, engine).paths == shots(text, 1000, 7).paths
    assert shots(text, 1000, 8).paths != shots(text, 1000, 7).paths


def test_records_are_the_outcome_where_there_are_any() -> None:
    text = """
main: QALLOC r4
 QH r4
 QMEAS r5, r4
 QMOV r0, name
 QADD r1, r5, 10
 QSYSCALL 14
 QHALT
.data
name: .asciz "value"
"""
    found = shots(text, 100)
    assert {path.recorded for path in found.paths} == {(("value", 10),), (("value", 11),)}


def test_hidden_measurements_split_and_join_again() -> None:
    """Nobody sees how a freed qubit was measured, so the two paths are one outcome."""
    text = "main: QALLOC r4, 3\nQH 1\nQCX 1, 2\nQCX 2, 3\nQFREE 1, 2\nQMEAS r0, 3\nQHALT"
    found = shots(text, 1000)
    assert counts(found).keys() == {(0,), (1,)}
    found = shots("main: QALLOC r4, 2\nQH 1\nQCX 1, 2\nQFREE 1, 2\nQHALT", 1000)
    assert [path.shots for path in found.paths] == [1000]


def test_memory_and_output_belong_to_a_path() -> None:
    text = """
main: QALLOC r4, 4
again:
 QADD r5, 1
 QH r5
 QMEAS r0, r5
 QSYSCALL 1
 QLOAD r1, [0x200000]
 QADD r1, r0
 QSTORE r1, [0x200000]
 QJLT r5, 4, again
 QMOV r0, name
 QSYSCALL 14
 QHALT
.data
name: .asciz "sum"
"""
    for engine in ENGINES:
        found = shots(text, 4000, engine=engine)
        assert len(found.paths) == 16
        for path in found.paths:
            assert sum(map(int, path.output.decode())) == path.recorded[0][1]


def test_repeat_until_success_ends() -> None:
    text = """
main: QALLOC r4
again:
 QADD r5, 1
 QH r4
 QMEAS r0, r4
 QJEQ r0, 0, again
 QMOV r0, name
 QMOV r1, r5
 QSYSCALL 14
 QHALT
.data
name: .asciz "tries"
"""
    found = counts(shots(text, 100_000))
    # After a 0 the qubit is |0⟩ again: each try is a fair coin.
    assert all(abs(found[(tries,)] / 100_000 - 0.5**tries) < 0.006 for tries in range(1, 8))


def test_traps_end_their_path() -> None:
    text = "main: QALLOC r4\nQH 1\nQMEAS r0, 1\nQJEQ r0, 0, fine\nQTRAP 5\nfine: QHALT"
    found = shots(text, 100)
    assert {path.outcome.status for path in found.paths} == {0, 77}
    assert found.status == 77


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("QSYSCALL 8", "system calls 8 and 9"),
        ("QSYSCALL 9", "system calls 8 and 9"),
        ("QSYSCALL 3", "system call 3 (time)"),
        ("QSYSCALL 6", "system call 6 (monotonic)"),
        ("QMOV r0, 0x200000\nQMOV r1, 10\nQSYSCALL 11", "system call 11 (read_line)"),
        ("QSAMPLE r0, 1, 1, 10, 0x200000", "QSAMPLE"),
    ],
)
def test_what_differs_is_run_as_often(line: str, why: str) -> None:
    text = f"main: QALLOC r4\n{line}\nQH 1\nQMEAS r0, 1\nQHALT"
    for engine in ENGINES:
        found = shots(text, 40, engine=engine)
        assert (found.is_repeated, found.shots) == (True, 40)
        assert why in found.why
        assert 6 <= counts(found)[(1,)] <= 34
    assert not shots(text, 1).is_repeated


def test_a_fixed_clock_differs_from_nothing() -> None:
    assert not shots("main: QSYSCALL 3\nQSYSCALL 6\nQHALT", 40, clock=5).is_repeated


def test_repeated_runs_have_their_own_random_numbers() -> None:
    text = 'main: QSYSCALL 9\nQMUL r0, 4\nQINT r1, r0\nQMOV r0, name\nQSYSCALL 14\nQHALT\n.data\nname: .asciz "die"'
    found = counts(shots(text, 400))
    assert chi_square(found, {(value,): 0.25 for value in range(4)}) < LIMIT[3]


def test_the_time_limit_is_of_all_runs() -> None:
    text = "main: QALLOC r4\nagain: QH 1\nQMEAS r0, 1\nQJMP again"
    found = shots(text, 10**6, timeout=0.5)
    assert found.stopped is not None
    assert found.stopped.trap is not None
    assert (found.stopped.trap.name, found.status) == ("time", 80)
    # What was not done to its end is no outcome.
    assert (found.shots, found.paths) == (0, ())


@pytest.mark.parametrize(
    ("text", "shots"),
    [
        ("main: QALLOC r4\nQH 1\nQMEAS r0, 1\nQALLOC r4\nQH 2\nQMEAS r0, 2\nQHALT", None),
        ("main: QSYSCALL 9\nQHALT", 3),
    ],
)
def test_ctrl_c_between_two_runs_leaves_those_that_were_done(text: str, shots: int | None) -> None:
    obj = build(text)

    def tell(_done: int, paths: int) -> None:
        if paths == 3:
            raise KeyboardInterrupt

    found = run(lambda seed: Machine(obj, seed=seed), 1000, 1, tell=tell)
    assert found.stopped is not None
    assert found.stopped.trap is not None
    assert (found.stopped.trap.name, found.status) == ("interrupt", 130)
    assert found.shots == sum(path.shots for path in found.paths)
    assert (found.shots == shots) if shots else (0 < found.shots < 1000)


def test_classical_programs_are_one_path() -> None:
    found = shots("main: QADD r1, 1\nQJLT r1, 1000, main\nQHALT 3", 10**6)
    assert (found.shots, len(found.paths), found.status) == (10**6, 1, 3)
    assert found.instructions == 2001


def test_what_is_heard_while_shots_are_run() -> None:
    text, _ = feedback(3)
    obj = build(text)
    heard: list[tuple[int, int]] = []
    found = run(lambda seed: Machine(obj, seed=seed), 1000, 1, tell=lambda done, paths: heard.append((done, paths)))
    assert [paths for _, paths in heard] == list(range(1, len(found.paths) + 1))
    assert all(before < after for (before, _), (after, _) in pairwise(heard))
    assert heard[-1] == (1000, len(found.paths))


def test_what_is_heard_of_shots_that_are_run_by_themselves() -> None:
    obj = build("main: QSYSCALL 8\n QHALT")
    heard: list[tuple[int, int]] = []
    run(lambda seed: Machine(obj, seed=seed), 5, 1, tell=lambda done, paths: heard.append((done, paths)))
    assert heard[-5:] == [(shots, shots) for shots in range(1, 6)]
