"""qbc_decimal.qbc against Python's own conversions, which are exact too."""

from __future__ import annotations

import math
import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import SCRATCH, Library, lib, quick
from vm.machine import TrapError

FLOATS = st.floats(allow_nan=False)
CORNERS = [
    0.0,
    -0.0,
    1.0,
    0.1,
    1e15,
    1e16,
    1e22,
    1e23,
    9007199254740993.0,
    123456789012345680.0,
    5e-324,
    2.2250738585072014e-308,
    2.225073858507201e-308,
    1.7976931348623157e308,
    0.0001,
    0.00001,
    9.5,
    math.inf,
    -math.inf,
    math.nan,
]


def formatted(library: Library, name: str, *args: int | float) -> str:
    library.put(b"\xaa" * 400)
    end = library.call(name, SCRATCH, *args)
    text = library.string_at(SCRATCH)
    assert end == SCRATCH + len(text)
    assert len(text) <= (24 if name == "qbc_format_float" else 329)
    return text.decode()


def check(value: float) -> None:
    assert formatted(lib("qbc_decimal.qbc"), "qbc_format_float", value) == repr(value)


@pytest.mark.parametrize("value", CORNERS)
def test_corners(value: float) -> None:
    check(value)


@quick
@given(FLOATS)
def test_the_shortest_text(value: float) -> None:
    check(value)


def test_many_floats() -> None:
    """Random bits, round numbers, and powers of two, whose neighbours lie at two distances."""
    draw = random.Random(7)
    for _ in range(300):
        value = struct.unpack("<d", draw.randbytes(8))[0]
        check(value if value == value else 0.5)
        check(2.0 ** draw.randint(-1074, 1023))
        check(round(draw.uniform(-100, 100), 2))


@quick
@given(st.floats(-1, 1), st.integers(0, 17), st.integers(0, 18), st.booleans())
def test_fixed_places(value: float, places: int, scale: int, is_tie: bool) -> None:
    value *= 10.0 ** min(scale, 18 - places)
    if is_tie:
        value = round(value * 8) / 8
    assert formatted(lib("qbc_decimal.qbc"), "qbc_format_fixed", value, places) == f"{value:.{places}f}"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.5, 0, "0"),
        (1.5, 0, "2"),
        (-1.25, 1, "-1.2"),
        (-0.0, 2, "-0.00"),
        (7, 3, "7.000"),
        (0.05, 3, "0.050"),
        (5e-324, 17, "0.00000000000000000"),
        (1e19, 0, "10000000000000000000"),
        (123.456, 17, "123.45600000000000307"),
        (92.5, 17, "92.50000000000000000"),
        (-4503599627370495.5, 0, "-4503599627370496"),
        (4503599627370495.5, 17, "4503599627370495.50000000000000000"),
        (9223372036854775808.0, 1, "9223372036854775808.0"),
        (math.inf, 2, "inf"),
        (-math.inf, 2, "-inf"),
        (math.nan, 1, "nan"),
    ],
)
def test_fixed_places_by_hand(value: float, places: int, text: str) -> None:
    assert formatted(lib("qbc_decimal.qbc"), "qbc_format_fixed", value, places) == text


def test_many_fixed_places() -> None:
    """Random bits, sizes and ties: the exact digits whatever the size."""
    draw = random.Random(11)
    for _ in range(700):
        values = (
            struct.unpack("<d", draw.randbytes(8))[0],
            draw.uniform(-1, 1) * 10.0 ** draw.randint(-20, 25),
            draw.randint(-(2**53), 2**53) / 2.0 ** draw.randint(0, 53),
            2.0 ** draw.randint(-1074, 1023),
            math.nextafter(10.0 ** draw.randint(0, 30), math.inf if draw.random() < 0.5 else 0.0),
        )
        for value in values:
            places = draw.randint(0, 17)
            text = formatted(lib("qbc_decimal.qbc"), "qbc_format_fixed", value, places)
            assert (value, places, text) == (value, places, f"{value:.{places}f}") or value != value


@pytest.mark.parametrize("places", [-1, 18])
def test_bad_places(places: int) -> None:
    with pytest.raises(TrapError, match="0 to 17"):
        lib("qbc_decimal.qbc").call("qbc_format_fixed", SCRATCH, 1.0, places)
