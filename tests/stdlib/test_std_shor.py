"""std.shor: orders of every base of 15 and 21, the phases' distribution, and factors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.sigma.support import build, finished, output
from vm.machine import Machine
from vm.shots import run


def order(base: int, modulus: int) -> int:
    return next(r for r in range(1, modulus) if pow(base, r, modulus) == 1)


BASES = [(modulus, base) for modulus in (15, 21) for base in range(2, modulus) if math.gcd(base, modulus) == 1]
ORDERS = build('import std.shor; fn main() { print("{shor.order(argument(0, 0), argument(1, 0))}"); }')


@pytest.mark.parametrize(("modulus", "base"), BASES)
def test_every_order(modulus: int, base: int) -> None:
    machine = Machine(ORDERS, engine="interp", seed=7, args=[base, modulus])
    machine.run()
    assert machine.output.decode() == f"{order(base, modulus)}\n"


def test_what_one_measurement_does_not_tell_others_do() -> None:
    """By this seed the first two phases of 4 modulo 15, whose order is 2, are 0."""
    gates = []
    for seed in (3, 7):
        machine = Machine(ORDERS, engine="interp", seed=seed, args=[4, 15])
        machine.run()
        assert machine.output == b"2\n"
        assert machine.quantum is not None
        gates.append(machine.quantum.log.recorded)
    assert gates[0] > 2.9 * gates[1]


def exact(base: int, modulus: int, bits: int) -> list[float]:
    """The probability of each phase, from the amplitudes of what Shor's circuit holds: Σ |k⟩ |base^k mod modulus⟩, transformed."""
    size = 1 << bits
    found = np.zeros(size)
    powers = np.array([pow(base, k, modulus) for k in range(size)])
    for value in set(powers.tolist()):
        found += np.abs(np.fft.fft(powers == value) / size) ** 2
    return list(found)


SHOTS = 20_000


@pytest.mark.parametrize(("modulus", "base", "bits"), [(15, 7, 4), (15, 4, 3), (7, 2, 4), (5, 2, 5), (21, 5, 3)])
def test_phases_come_as_often_as_they_should(modulus: int, base: int, bits: int) -> None:
    obj = build(f'import std.shor; fn main() {{ record("phase", shor.phase({base}, {modulus}, {bits})); }}')
    found = run(lambda seed: Machine(obj, engine="interp", seed=seed), SHOTS, 3)
    counts = [0] * (1 << bits)
    for path in found.paths:
        ((_, value),) = path.recorded
        counts[int(value)] += path.shots
    assert sum(counts) == SHOTS
    for count, odd in zip(counts, exact(base, modulus, bits), strict=True):
        assert abs(count - SHOTS * odd) <= 5 * math.sqrt(SHOTS * odd * (1 - odd)) + 1e-6


@pytest.mark.parametrize(("modulus", "base", "bits"), [(15, 7, 8), (21, 2, 10), (7, 3, 5), (9, 2, 6)])
def test_what_is_likely(modulus: int, base: int, bits: int) -> None:
    text = f"""import std.shor; fn main() {{
        for k in 0..{1 << bits} {{ print("{{shor.likely(k, {bits}, {order(base, modulus)})}}"); }} }}"""
    found = [float(line) for line in output(text).split()]
    wanted = exact(base, modulus, bits)
    assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 1e-9


@pytest.mark.parametrize("number", [15, 21])
def test_factors(number: int) -> None:
    text = f'import std.shor; fn main() {{ print("{{shor.factor({number})}}"); }}'
    machine = finished(text, seed=5)
    found = int(machine.output)
    assert 1 < found < number
    assert number % found == 0
    assert machine.quantum is not None
    assert machine.quantum.log.recorded > 0


@pytest.mark.parametrize(("number", "factor"), [(14, 2), (9, 3), (25, 5), (27, 3), (49, 7), (343, 7), (3**30, 3)])
def test_numbers_that_need_no_quantum_computer(number: int, factor: int) -> None:
    text = f'import std.shor; fn main() {{ print("{{shor.factor({number})}}"); }}'
    found = int(output(text))
    assert number % found == 0
    assert found % factor == 0
    assert found < number


def test_a_base_with_a_common_factor_is_refused() -> None:
    machine = finished('import std.shor; fn main() { print("{shor.order(6, 15)}"); }')
    assert machine.outcome is not None
    assert machine.outcome.trap is not None
    assert "the base and the modulus have a factor in common" in machine.outcome.trap.message
