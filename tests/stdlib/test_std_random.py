"""std.random: the generator against its reference, the distributions against what they should be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.stdlib.std_harness import SCRATCH, Std, std

MASK = 2**64 - 1
GENERATOR = SCRATCH
VALUES = SCRATCH + 0x1000
TEXT = """
view g: random.Generator at 0x800_0000;
export fn seed(n: int) { g = random.seeded(n); }
export fn next() -> int { return random.next(g); }
export fn jump() { random.jump(g); }
export fn next_float() -> float { return random.next_float(g); }
export fn next_below(n: int) -> int { return random.next_below(g, n); }
export fn next_uniform(a: float, b: float) -> float { return random.next_uniform(g, a, b); }
export fn next_normal(m: float, d: float) -> float { return random.next_normal(g, m, d); }
export fn next_exponential(r: float) -> float { return random.next_exponential(g, r); }
export fn next_shuffle(a: [int]) { random.next_shuffle(g, a); }
export fn next_weighted(a: [float]) -> int { return random.next_weighted(g, a); }
"""


@pytest.fixture(scope="module")
def lib() -> Std:
    return std("random", TEXT)


def signed(word: int) -> int:
    return (word + 2**63) % 2**64 - 2**63


def splitmix(seed: int) -> list[int]:
    """Four words of SplitMix64, as Vigna's splitmix64.c makes them."""
    words = []
    for k in range(1, 5):
        z = (seed + k * 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        words.append(z ^ (z >> 31))
    return words


def rotl(x: int, k: int) -> int:
    return (x << k | x >> (64 - k)) & MASK


def step(s: list[int]) -> int:
    """Vigna's xoshiro256starstar.c."""
    result = rotl(s[1] * 5 & MASK, 7) * 9 & MASK
    t = s[1] << 17 & MASK
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 45)
    return result


def reference(seed: int) -> Iterator[int]:
    state = splitmix(seed)
    while True:
        yield step(state)


def test_the_published_first_numbers(lib: Std) -> None:
    """From the state 1, 2, 3, 4: the numbers that rand_xoshiro and NumPy's tests have."""
    lib.array([1, 2, 3, 4], GENERATOR)
    wanted = [11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625,
              8476171486693032832, 10595114339597558777, 2904607092377533576]  # fmt: skip
    assert [lib.call("next") & MASK for _ in wanted] == wanted


@pytest.mark.parametrize("seed", [0, 1, 42, -1, 2**63 - 1])
def test_the_generator_is_the_reference(lib: Std, seed: int) -> None:
    lib.do("seed", seed)
    assert [word & MASK for word in lib.ints(4, GENERATOR)] == splitmix(seed)
    words = reference(seed)
    assert [lib.call("next") & MASK for _ in range(100)] == [next(words) for _ in range(100)]
    assert lib.call("next_float") == (next(words) >> 11) / 2**53
    for n in (1, 6, 2**62 + 1, 2**63 - 1):
        product = next(words) * n
        while product & MASK < 2**64 % n:
            product = next(words) * n
        assert lib.call("next_below", n) == product >> 64


def test_a_jump_is_what_the_polynomial_says(lib: Std) -> None:
    lib.do("seed", 5)
    lib.do("jump")
    state, ahead = splitmix(5), [0] * 4
    for word in (0x180EC6D33CFD0ABA, 0xD5A61266F0C9392C, 0xA9582618E03FC9AA, 0x39ABDC4529B1661C):
        for bit in range(64):
            if word >> bit & 1:
                ahead = [a ^ s for a, s in zip(ahead, state, strict=True)]
            step(state)
    assert [word & MASK for word in lib.ints(4, GENERATOR)] == ahead


def check_moments(draw: Callable[[], float], mean: float, deviation: float, count: int = 1500) -> None:
    values = [draw() for _ in range(count)]
    assert abs(sum(values) / count - mean) < 5 * deviation / math.sqrt(count)
    spread = sum((x - mean) ** 2 for x in values) / count
    # The fourth moment is at most 9 of the distributions here.
    assert abs(spread / deviation**2 - 1) < 5 * math.sqrt(8 / count)


@pytest.mark.parametrize("prefix", ["", "next_"])
def test_distributions(lib: Std, prefix: str) -> None:
    lib.do("seed", 11)
    check_moments(lambda: lib.call(f"{prefix}uniform", -1.0, 3.0), 1.0, 4 / math.sqrt(12))
    check_moments(lambda: lib.call(f"{prefix}normal", 2.0, 0.5), 2.0, 0.5)
    check_moments(lambda: lib.call(f"{prefix}exponential", 4.0), 0.25, 0.25)
    beyond = sum(abs(lib.call(f"{prefix}normal", 0.0, 1.0)) > 1 for _ in range(1500))
    assert abs(beyond / 1500 - 0.3173) < 5 * math.sqrt(0.3173 * 0.6827 / 1500)


def even(counts: Counter[object], kinds: int) -> None:
    total = sum(counts.values())
    assert len(counts) == kinds
    chi = sum((count - total / kinds) ** 2 for count in counts.values()) * kinds / total
    assert chi < kinds - 1 + 6 * math.sqrt(2 * kinds)


@pytest.mark.parametrize("prefix", ["", "next_"])
def test_each_is_as_likely(lib: Std, prefix: str) -> None:
    lib.do("seed", 12)
    even(Counter(lib.call(f"{prefix}below", 6) for _ in range(1200)), 6)
    # A bound for which a quarter of all words must be drawn again.
    large = 3 * 2**61
    even(Counter(lib.call(f"{prefix}below", large) * 3 // large for _ in range(900)), 3)
    orders: Counter[object] = Counter()
    for _ in range(900):
        lib.do(f"{prefix}shuffle", *lib.array([1, 2, 3], VALUES))
        orders[tuple(lib.ints(3, VALUES))] += 1
    even(orders, 6)
    found = Counter(lib.call(f"{prefix}weighted", *lib.array([0.0, 3.0, 0.0, 1.0], VALUES)) for _ in range(800))
    assert found.keys() == {1, 3}
    assert abs(found[1] - 600) < 5 * math.sqrt(150)
    assert lib.message(f"{prefix}below", 0) == f"{prefix}below: the bound must be positive"
    for row in ([0.0], [1.0, -1.0], [math.nan], [math.inf]):
        assert lib.message(f"{prefix}weighted", *lib.array(row, VALUES)).startswith("weighted: ")


def test_choices(lib: Std) -> None:
    even(Counter(lib.call("between", -2, 2) for _ in range(1000)), 5)
    even(Counter(lib.call("choice", *lib.array([7, 8, 9], VALUES)) for _ in range(900)), 3)
    assert {lib.call("between", -(2**63), 2**63 - 1) < 0 for _ in range(40)} == {True, False}
    assert all(lib.call("between", -1, 2**63 - 1) >= -1 for _ in range(40))
    assert lib.call("between", 5, 5) == 5
    heads = sum(lib.call("bernoulli", 0.25) for _ in range(1200))
    assert abs(heads - 300) < 5 * math.sqrt(1200 * 0.1875)
    assert {lib.call("bernoulli", 0.0) for _ in range(20)} == {0}
    assert {lib.call("bernoulli", 1.0) for _ in range(20)} == {1}
    lib.array([0] * 50, VALUES)
    lib.do("permutation", VALUES, 50)
    assert sorted(lib.ints(50, VALUES)) == list(range(50)) != lib.ints(50, VALUES)
    lib.do("shuffle_floats", *lib.array([float(k) for k in range(50)], VALUES))
    assert sorted(lib.floats(50, VALUES)) == list(range(50)) != lib.floats(50, VALUES)
    assert lib.message("between", 2, 1) == "between: the bounds cross"
    assert lib.message("choice", VALUES, 0) == "choice: there is nothing to choose from"
