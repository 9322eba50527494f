"""std.grover: its gates as matrices, its probabilities, and what it finds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.sigma.support import output
from tests.stdlib.unitaries import prepared, same, unitary


def chance(count: int, marked: int, rounds: int) -> float:
    return math.sin((2 * rounds + 1) * math.asin(math.sqrt(marked / 2**count))) ** 2


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_gates(count: int) -> None:
    size = 1 << count
    one = np.eye(size)
    values = sorted({0, 3 % size, size - 1})
    oracle = one - 2 * np.diag([float(value in values) for value in range(size)])
    mean = one - np.full((size, size), 2 / size)
    arguments = f"q[0..{count}], {values}, q[{count}]"
    same(unitary("grover", f"grover.mark_all({arguments});", count, 1), oracle)
    same(unitary("grover", f"grover.diffusion(q[0..{count}], q[{count}]);", count, 1), mean)
    same(unitary("grover", f"grover.iterate({arguments});", count, 1), mean @ oracle)


@pytest.mark.parametrize(
    ("count", "marked"), [(2, 1), (3, 1), (3, 2), (5, 1), (6, 4), (8, 3), (10, 1), (3, 8), (4, 12)]
)
def test_the_probability_of_finding_is_the_one_that_is_said(count: int, marked: int) -> None:
    values = [(7 * n + 3) % (1 << count) for n in range(marked)]
    text = f"""import std.grover; fn main() {{ let rounds = grover.rounds({count}, {marked});
        print("{{rounds}} {{grover.chance({count}, {marked}, rounds)}}"); }}"""
    rounds, said = output(text).split()
    assert abs(float(said) - chance(count, marked, int(rounds))) < 1e-12
    found = prepared("grover", f"grover.search(q, {values});", count)
    assert abs((np.abs(found[values]) ** 2).sum() - float(said)) < 1e-10
    # No smaller number of rounds does better.
    assert all(chance(count, marked, fewer) <= float(said) + 1e-12 for fewer in range(int(rounds)))


@pytest.mark.parametrize("count", range(3, 11))
def test_it_finds(count: int) -> None:
    marked = (1 << count) * 2 // 3
    text = f'import std.grover; fn main() {{ print("{{grover.find({count}, [{marked}])}}"); }}'
    found = [output(text, seed=seed) for seed in (1, 2)]
    assert f"{marked}\n" in found
