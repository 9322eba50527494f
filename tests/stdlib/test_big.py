"""qbc_big.qbc against Python's integers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import SCRATCH, Library, lib, quick

OTHER = SCRATCH + 4096
NUMBER = st.one_of(st.integers(0, 2**40), st.integers(0, 2**300), st.sampled_from([2**32 - 1, 2**64, 2**96 - 1]))


def put(library: Library, value: int, address: int = SCRATCH) -> int:
    limbs = -(-value.bit_length() // 32)
    return library.put(limbs.to_bytes(8, "little") + value.to_bytes(4 * limbs + 16, "little"), address)


def get(library: Library, address: int = SCRATCH) -> int:
    limbs = int.from_bytes(library.bytes_at(address, 8), "little")
    content = library.bytes_at(address + 8, 4 * limbs)
    assert not limbs or any(content[-4:]), "the highest limb is not 0"
    return int.from_bytes(content, "little")


@quick
@given(NUMBER, NUMBER)
def test_two_numbers(a: int, b: int) -> None:
    big = lib("qbc_big.qbc")
    put(big, a), put(big, b, OTHER)
    big.call("qbc_big_compare", SCRATCH, OTHER)
    assert big.machine.get(2) == (a > b) - (a < b)
    big.call("qbc_big_add", SCRATCH, OTHER)
    assert get(big) == a + b
    big.call("qbc_big_subtract", SCRATCH, OTHER)
    assert get(big) == a
    big.call("qbc_big_copy", OTHER, SCRATCH)
    assert get(big, OTHER) == a
    big.call("qbc_big_subtract", SCRATCH, OTHER)
    assert get(big) == 0


@quick
@given(NUMBER, st.integers(1, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 200), st.integers(0, 60))
def test_one_number(a: int, factor: int, term: int, shift: int, power: int) -> None:
    big = lib("qbc_big.qbc")
    big.call("qbc_big_set", SCRATCH, a % 2**64)
    assert get(big) == a % 2**64
    put(big, a)
    big.call("qbc_big_multiply_add", SCRATCH, factor, term)
    a = a * factor + term
    assert get(big) == a
    big.call("qbc_big_divide", SCRATCH, factor)
    assert big.machine.get(2) == a % factor
    assert get(big) == a // factor
    put(big, a)
    big.call("qbc_big_shift", SCRATCH, shift)
    a <<= shift
    assert get(big) == a
    if a:
        big.call("qbc_big_power", SCRATCH, power)
        a *= 10**power
        assert get(big) == a
        big.call("qbc_big_bits", SCRATCH)
        assert big.machine.get(1) == a.bit_length()
