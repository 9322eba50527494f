"""qbc_json.qbc: what Python's json reads, and what it refuses to write."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import SCRATCH, Library, lib, quick
from vm.machine import TrapError

SOURCE = SCRATCH + 0x10_0000
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


def write(library: Library, value: object) -> None:
    """A value, by the routines."""
    match value:
        case None:
            library.call("qbc_json_null")
        case bool():
            library.call("qbc_json_boolean", int(value))
        case int():
            library.call("qbc_json_int", value)
        case float():
            library.call("qbc_json_float", value)
        case str():
            library.call("qbc_json_string", library.text(value.encode(), SOURCE))
        case list():
            library.call("qbc_json_array")
            for member in value:
                write(library, member)
            library.call("qbc_json_array_end")
        case dict():
            library.call("qbc_json_object")
            for key, member in value.items():
                library.call("qbc_json_key", library.text(key.encode(), SOURCE))
                write(library, member)
            library.call("qbc_json_object_end")


def finished(library: Library) -> bytes:
    address = library.call("qbc_json_finish")
    length = library.machine.get(1)
    text = library.string_at(int(address))
    assert len(text) == length
    return text


@quick
@given(VALUE)
def test_what_is_written_reads_back(value: object) -> None:
    library = lib("qbc_json.qbc")
    library.call("qbc_json_begin", SCRATCH, 100_000)
    write(library, value)
    text = finished(library)
    assert json.loads(text) == value
    assert text.decode() == json.dumps(value, ensure_ascii=False, separators=(",", ":")) or b"\\u00" in text


def test_escapes() -> None:
    library = lib("qbc_json.qbc")
    text = "".join(map(chr, range(1, 128))) + "σ🌙"
    library.call("qbc_json_begin", SCRATCH, 1000)
    write(library, text)
    assert json.loads(finished(library)) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_json_has_no_such_number(value: float) -> None:
    library = lib("qbc_json.qbc")
    library.call("qbc_json_begin", SCRATCH, 100)
    library.call("qbc_json_float", value)
    assert finished(library) == b"null"


def test_the_room_is_exact() -> None:
    library = lib("qbc_json.qbc")
    value = {"a": [1, 2.5, "x"]}
    size = len(json.dumps(value, separators=(",", ":"))) + 1
    library.put(b"\xaa" * 64)
    library.call("qbc_json_begin", SCRATCH, size)
    write(library, value)
    finished(library)
    assert library.bytes_at(SCRATCH + size, 1) == b"\xaa"
    library.call("qbc_json_begin", SCRATCH, size - 1)
    with pytest.raises(TrapError, match="no room"):
        write(library, value)


def calls(*names: str) -> Callable[[Library], None]:
    def play(library: Library) -> None:
        for name in names:
            library.call(f"qbc_json_{name}", *([library.text(b"k", SOURCE)] if name == "key" else []))

    return play


@pytest.mark.parametrize(
    ("play", "message"),
    [
        (calls("null", "null"), "one value"),
        (calls("array", "array_end", "object"), "one value"),
        (calls("object", "null"), "comes before each value"),
        (calls("key"), "belongs in an object"),
        (calls("array", "key"), "belongs in an object"),
        (calls("object", "key", "key"), "belongs in an object"),
        (calls("object_end"), "does not close"),
        (calls("array", "object_end"), "does not close"),
        (calls("object", "array_end"), "does not close"),
        (calls("object", "key", "object_end"), "does not close"),
        (calls("finish"), "no value was written"),
        (calls("array", "finish"), "still open"),
        (calls(*["array"] * 257), "more than 256"),
    ],
)
def test_what_makes_no_json_traps(play: Callable[[Library], None], message: str) -> None:
    library = lib("qbc_json.qbc")
    library.call("qbc_json_begin", SCRATCH, 1000)
    with pytest.raises(TrapError, match=message):
        play(library)


def test_256_levels() -> None:
    library = lib("qbc_json.qbc")
    library.call("qbc_json_begin", SCRATCH, 1000)
    calls(*["array"] * 256, *["array_end"] * 256)(library)
    assert finished(library) == b"[" * 256 + b"]" * 256


@pytest.mark.parametrize("room", [0, -5])
def test_no_room_at_all(room: int) -> None:
    with pytest.raises(TrapError, match="no room"):
        lib("qbc_json.qbc").call("qbc_json_begin", SCRATCH, room)
