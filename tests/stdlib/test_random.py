"""qbc_random.qbc against the generator as its authors describe it."""

from __future__ import annotations

import pytest

from tests.stdlib.harness import MASK, SCRATCH, lib


class Xoshiro:
    """xoshiro256++, from the authors' description."""

    def __init__(self, seed: int) -> None:
        self.state = []
        for _ in range(4):
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 & MASK
            z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
            self.state.append(z ^ z >> 31)

    def next(self) -> int:
        def rotl(x: int, k: int) -> int:
            return (x << k | x >> (64 - k)) & MASK

        s = self.state
        result = (rotl((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
        return result


@pytest.mark.parametrize("seed", [0, 1, -1, 123456789])
def test_xoshiro(seed: int) -> None:
    random = lib("qbc_random.qbc")
    random.put(b"\0" * 32)
    random.call("qbc_random_seed", SCRATCH, seed)
    model = Xoshiro(seed & MASK)
    for _ in range(20):
        assert random.call("qbc_random_next", SCRATCH) % 2**64 == model.next()
    assert random.call("qbc_random_float", SCRATCH) == (model.next() >> 11) * 2.0**-53


def test_bounded_random_numbers() -> None:
    random = lib("qbc_random.qbc")
    random.put(b"\0" * 32)
    random.call("qbc_random_seed", SCRATCH, 5)
    draws = [random.call("qbc_random_below", SCRATCH, 6) for _ in range(600)]
    assert set(draws) == set(range(6))
    assert max(abs(draws.count(face) - 100) for face in range(6)) < 45
    bound = 3 << 62
    assert all(random.call("qbc_random_below", SCRATCH, bound - 2**64) % 2**64 < bound for _ in range(50))


def test_shuffles() -> None:
    """Every order of three words, about as often."""
    random = lib("qbc_random.qbc")
    random.put(b"\0" * 32)
    random.call("qbc_random_seed", SCRATCH, 9)
    orders: dict[bytes, int] = {}
    for _ in range(600):
        random.words([1, 2, 3, 4], SCRATCH + 64)
        random.call("qbc_random_shuffle", SCRATCH, SCRATCH + 64, 3)
        order = random.bytes_at(SCRATCH + 64, 32)
        assert order[24] == 4
        orders[order] = orders.get(order, 0) + 1
    assert len(orders) == 6
    assert max(abs(count - 100) for count in orders.values()) < 45
