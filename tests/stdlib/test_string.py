"""qbc_string.qbc against Python's bytes and integers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import INT64, MASK, SCRATCH, lib, quick
from vm.machine import TrapError

TEXT = st.binary(max_size=30).filter(lambda text: 0 not in text)
OTHER, TARGET = SCRATCH + 4096, SCRATCH + 8192


@quick
@given(TEXT, TEXT)
def test_length_and_order(a: bytes, b: bytes) -> None:
    string = lib("qbc_string.qbc")
    first, second = string.text(a), string.text(b, OTHER)
    assert string.call("qbc_string_length", first) == len(a)
    assert string.call("qbc_string_compare", first, second) == (a > b) - (a < b)
    assert string.call("qbc_string_compare", first, first) == 0


@quick
@given(st.text(max_size=20).filter(lambda text: "\0" not in text), st.integers(-1, 30))
def test_copies_cut_whole_characters(text: str, room: int) -> None:
    string = lib("qbc_string.qbc")
    content = text.encode("utf-8", "surrogatepass")
    string.put(b"\xaa" * 64, TARGET)
    end = string.call("qbc_string_copy", TARGET, string.text(content), room)
    complete = string.machine.get(1)
    assert complete == (len(content) < room)
    if room <= 0:
        assert string.bytes_at(TARGET, 64) == b"\xaa" * 64
        return
    kept = content[: room - 1].decode("utf-8", "ignore").encode() if not complete else content
    if "\ud800" <= max(text, default="") <= "\udfff":
        return
    assert string.string_at(TARGET) == kept
    assert end == TARGET + len(kept)
    assert string.bytes_at(TARGET + room, 8) == b"\xaa" * 8


@quick
@given(TEXT, TEXT, st.integers(0, 70))
def test_concatenation(a: bytes, b: bytes, room: int) -> None:
    string = lib("qbc_string.qbc")
    ascii_only = bytes(byte & 0x7F or 1 for byte in b)
    string.text(a, TARGET)
    end = string.call("qbc_string_concat", TARGET, string.text(ascii_only), room)
    expected = a + ascii_only[: max(room - 1 - len(a), 0)]
    assert string.string_at(TARGET) == expected
    assert end == TARGET + len(expected)
    assert string.machine.get(1) == (len(a) + len(b) < room)


@quick
@given(st.text("ab", max_size=12), st.text("ab", max_size=4))
def test_finding(text: str, wanted: str) -> None:
    string = lib("qbc_string.qbc")
    found = string.call("qbc_string_find", string.text(text.encode()), string.text(wanted.encode(), OTHER))
    assert found == text.find(wanted)


@pytest.mark.parametrize("text", ["", "abc", "σ", "🌙 Mondlicht", "é" * 20])
def test_characters(text: str) -> None:
    string = lib("qbc_string.qbc")
    assert string.call("qbc_string_characters", string.text(text.encode())) == len(text)


@quick
@given(st.one_of(INT64, st.integers(-1000, 1000)), st.integers(2, 16), st.integers(-1, 20))
def test_integers_as_text(value: int, base: int, digits: int) -> None:
    string = lib("qbc_string.qbc")
    end = string.call("qbc_format_int", SCRATCH, value)
    assert string.string_at(SCRATCH) == str(value).encode()
    assert end == SCRATCH + len(str(value))
    assert string.call("qbc_parse_int", SCRATCH) == value
    assert string.machine.get(1) == end
    end = string.call("qbc_format_unsigned", SCRATCH, value, base)
    assert int(string.string_at(SCRATCH), base) == value & MASK
    assert end == SCRATCH + len(string.string_at(SCRATCH))
    string.call("qbc_format_hex", SCRATCH, value, digits)
    assert string.string_at(SCRATCH).decode() == f"0x{value & MASK:0{max(min(digits, 16), 1)}x}"
    assert string.call("qbc_parse_int", SCRATCH) % 2**64 == value & MASK


@pytest.mark.parametrize(
    ("text", "value", "length"),
    [
        ("", 0, None),
        ("x", 0, None),
        ("-", 0, None),
        (" 1", 0, None),
        ("+-1", 0, None),
        ("+7,", 7, 2),
        ("-0012z", -12, 5),
        ("99", 99, 2),
        ("0", 0, 1),
        ("0x", 0, 1),
        ("0xg", 0, 1),
        ("0xFf:", 255, 4),
        ("-0X10", -16, 5),
        ("18446744073709551615", -1, 20),
        ("18446744073709551616", 0, None),
        ("99999999999999999999", 0, None),
        ("-9223372036854775808", -(2**63), 20),
        ("-9223372036854775809", 0, None),
        ("0x10000000000000000", 0, None),
    ],
)
def test_parsing(text: str, value: int, length: int | None) -> None:
    string = lib("qbc_string.qbc")
    assert string.call("qbc_parse_int", string.text(text.encode())) == value
    assert string.machine.get(1) == (0 if length is None else SCRATCH + length)


@pytest.mark.parametrize("base", [-1, 0, 1, 17])
def test_a_bad_base(base: int) -> None:
    with pytest.raises(TrapError, match="base must be"):
        lib("qbc_string.qbc").call("qbc_format_unsigned", SCRATCH, 5, base)
