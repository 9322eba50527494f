"""qbc_memory.qbc against Python's bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import SCRATCH, lib, quick


@quick
@given(st.binary(min_size=1, max_size=200), st.integers(0, 60), st.integers(0, 60), st.integers(-5, 100))
def test_copy(content: bytes, target: int, source: int, length: int) -> None:
    memory = lib("qbc_memory.qbc")
    padded = content.ljust(300, b"#")
    memory.put(padded)
    assert memory.call("qbc_memory_copy", SCRATCH + target, SCRATCH + source, length) == SCRATCH + target
    expected = bytearray(padded)
    count = max(length, 0)
    expected[target : target + count] = padded[source : source + count]
    assert memory.bytes_at(SCRATCH, 300) == bytes(expected)


@quick
@given(st.integers(0, 20), st.integers(-300, 600), st.integers(-3, 60))
def test_fill(start: int, byte: int, length: int) -> None:
    memory = lib("qbc_memory.qbc")
    memory.put(b"." * 100)
    memory.call("qbc_memory_fill", SCRATCH + start, byte, length)
    count = max(length, 0)
    assert memory.bytes_at(SCRATCH, 100) == b"." * start + bytes([byte & 255]) * count + b"." * (100 - start - count)


@quick
@given(st.binary(max_size=20), st.binary(max_size=20), st.integers(-1, 25))
def test_compare(a: bytes, b: bytes, length: int) -> None:
    memory = lib("qbc_memory.qbc")
    # Half of the time the two begin alike, for more than a word.
    a, b = a.ljust(32, b"x"), (a[:9] + b if length % 2 else b).ljust(32, b"x")
    result = memory.call("qbc_memory_compare", memory.put(a), memory.put(b, SCRATCH + 4096), length)
    x, y = a[: max(length, 0)], b[: max(length, 0)]
    assert result == (x > y) - (x < y)
