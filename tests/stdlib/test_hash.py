"""qbc_hash.qbc against zlib and a plain model."""

from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import MASK, lib, quick
from vm.fnv import fnv1a
from vm.isa import MEMORY_SIZE


@quick
@given(st.binary(max_size=100))
def test_hashes(content: bytes) -> None:
    hashes = lib("qbc_hash.qbc")
    address = hashes.put(content or b"\0")
    expected = 0xCBF29CE484222325
    for byte in content:
        expected = (expected ^ byte) * 0x100000001B3 & MASK
    assert hashes.call("qbc_fnv1a", address, len(content)) % 2**64 == expected
    hashes.put(b"\xff" * 8, address + len(content))
    assert hashes.call("qbc_fnv1a_words", address, len(content)) % 2**64 == fnv1a(content)
    assert hashes.call("qbc_crc32", address, len(content)) == zlib.crc32(content)


@quick
@given(st.binary(max_size=50), st.binary(max_size=50))
def test_crc_in_two_stretches(a: bytes, b: bytes) -> None:
    hashes = lib("qbc_hash.qbc")
    first = hashes.call("qbc_crc32", hashes.put(a + b"."), len(a))
    assert hashes.call("qbc_crc32_more", hashes.put(b + b"."), len(b), first) == zlib.crc32(a + b)


def test_nothing_hashes_to_the_offset() -> None:
    hashes = lib("qbc_hash.qbc")
    for length in (0, -1):
        assert hashes.call("qbc_fnv1a", 0, length) % 2**64 == 0xCBF29CE484222325
        assert hashes.call("qbc_fnv1a_words", 0, length) % 2**64 == 0xCBF29CE484222325
        assert hashes.call("qbc_crc32", 0, length) == 0


def test_a_tail_at_the_end_of_memory() -> None:
    hashes = lib("qbc_hash.qbc")
    content = b"the last"[:5]
    hashes.put(content, MEMORY_SIZE - 5)
    assert hashes.call("qbc_fnv1a_words", MEMORY_SIZE - 5, 5) % 2**64 == fnv1a(content)
