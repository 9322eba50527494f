"""std.arithmetic: sums and products of every number that rows of qubits can hold."""

from __future__ import annotations

import math
import random

import pytest

from tests.sigma.support import output
from tests.stdlib.unitaries import permutation, same, unitary


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_number_is_added(count: int) -> None:
    size = 1 << count
    for value in {0, 1, size - 1, size + 3, -1, -5, (1 << 62) + 1}:
        wanted = permutation(count, lambda found, value=value: (found + value) % size)
        same(unitary("arithmetic", f"arithmetic.add(q, {value});", count), wanted)
        same(unitary("arithmetic", f"inv arithmetic.add(q, {value});", count), wanted.T)
        body = (
            f"qft.unordered(q); arithmetic.add_half(q, {value}); arithmetic.add_half(q, {value}); inv qft.unordered(q);"
        )
        same(unitary("arithmetic", body, count), wanted)


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 3), (2, 2), (3, 2), (2, 4)])
def test_a_row_is_added(first: int, second: int) -> None:
    count = first + second
    low = (1 << first) - 1

    def image(value: int) -> int:
        a, b = value & low, value >> first
        return a | (a + b) % (1 << second) << first

    body = f"arithmetic.add_row(q[0..{first}], q[{first}..{count}]);"
    same(unitary("arithmetic", body, count), permutation(count, image))
    same(unitary("arithmetic", f"inv {body}", count), permutation(count, image).T)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_row_is_added_without_phases(size: int) -> None:
    """The rows, then what is carried out; the spare qubit is the last."""
    count = 2 * size + 1
    low = (1 << size) - 1

    def image(value: int) -> int:
        a, b, carry = value & low, value >> size & low, value >> 2 * size
        return a | ((a + b) & low) << size | (carry ^ (a + b) >> size) << 2 * size

    body = f"arithmetic.add_ripple(q[0..{size}], q[{size}..{2 * size}], q[{count}], q[{count - 1}]);"
    same(unitary("arithmetic", body, count, 1), permutation(count, image))
    same(unitary("arithmetic", f"inv {body}", count, 1), permutation(count, image).T)


@pytest.mark.parametrize("controls", range(4))
def test_a_number_is_added_where_two_qubits_are_one(controls: int) -> None:
    body = "qft.unordered(q[2..5]); arithmetic.add_fourier_if(q[0], q[1], q[2..5], 3); inv qft.unordered(q[2..5]);"
    wanted = permutation(5, lambda found: found & 3 | (found // 4 + 3 * (found & 3 == 3)) % 8 * 4)
    columns = [value for value in range(32) if value & 3 == controls]
    same(unitary("arithmetic", body, 5), wanted, columns)


@pytest.mark.parametrize("modulus", [2, 3, 5, 7])
def test_a_number_is_added_modulo_another(modulus: int) -> None:
    """Two controls, then a row with a bit more than the modulus has; numbers below the modulus are taken."""
    size = modulus.bit_length() + 1
    count = size + 2
    columns = [value for value in range(1 << count) if value >> 2 < modulus]
    for value in range(modulus):
        body = (
            f"qft.unordered(q[2..{count}]); arithmetic.add_modular(q[0], q[1], q[2..{count}], {value}, {modulus}, "
            f"q[{count}]); inv qft.unordered(q[2..{count}]);"
        )

        def image(found: int, value: int = value) -> int:
            return found & 3 | (found // 4 + value * (found & 3 == 3)) % modulus * 4

        same(unitary("arithmetic", body, count, 1, columns=columns), permutation(count, image, columns), columns)


@pytest.mark.parametrize("modulus", [3, 5, 7, 15])
def test_products_in_place(modulus: int) -> None:
    """A control, then a number below the modulus."""
    size = modulus.bit_length()
    columns = [value for value in range(2 << size) if value >> 1 < modulus]
    body = f"arithmetic.multiply_modular(q[0], q[1..{size + 1}], FACTOR, {modulus}, q[{size + 1}..{2 * size + 3}]);"
    factors = [factor for factor in range(1, modulus) if math.gcd(factor, modulus) == 1]
    for factor in random.Random(modulus).sample(factors, 2 if modulus < 8 else 1):

        def image(found: int, factor: int = factor) -> int:
            return found & 1 | (found // 2 * (factor if found & 1 else 1)) % modulus * 2

        found = unitary("arithmetic", body.replace("FACTOR", str(factor)), size + 1, size + 2, columns=columns)
        same(found, permutation(size + 1, image, columns), columns)


@pytest.mark.parametrize("modulus", [1, 2, 3, 8, 15, 21, 97, 2**31 - 1])
def test_inverses_and_doublings(modulus: int) -> None:
    rng = random.Random(modulus)
    for _ in range(6):
        base, count = rng.randrange(1, 1 << 30), rng.randrange(50)
        wanted = pow(base, -1, modulus) if math.gcd(base, modulus) == 1 else 0
        text = f"""import std.arithmetic; fn main() {{ print("{{arithmetic.inverse({base}, {modulus})}} \
{{arithmetic.times_power({base}, {count}, {modulus})}}"); }}"""
        assert output(text) == f"{wanted} {base * 2**count % modulus}\n"
