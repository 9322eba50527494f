"""qbc_parse.qbc against Python's own conversion, which is exact too."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import SCRATCH, Library, lib, quick
from tests.stdlib.test_decimal import CORNERS


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def parsed(library: Library, text: str) -> tuple[float, int | None]:
    """The value and the length of the number, None without one."""
    value = library.call("qbc_parse_float", library.text(text.encode()))
    end = library.machine.get(1)
    return float(value), int(end) - SCRATCH if end else None


@quick
@given(st.floats(allow_nan=False))
def test_what_python_writes(value: float) -> None:
    text = repr(value)
    found, length = parsed(lib("qbc_parse.qbc"), text)
    assert bits(found) == bits(value)
    assert length == len(text)


@pytest.mark.parametrize("value", CORNERS)
def test_corners(value: float) -> None:
    found, _ = parsed(lib("qbc_parse.qbc"), repr(value))
    assert bits(found) == bits(value) or (math.isnan(found) and math.isnan(value))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1.", 2),
        (".5", 2),
        ("1.5.5", 3),
        ("+3", 2),
        ("1e", 1),
        ("1e+", 1),
        ("1e5x", 3),
        ("0x10", 1),
        ("1e400", 5),
        ("-1e400", 6),
        ("1e-400", 6),
        ("2.4703282292062327208e-324", 26),
        ("2.4703282292062328e-324", 23),
        ("0." + "0" * 400 + "1e400", 407),
        ("1" + "0" * 900 + "e-900", 906),
        ("9007199254740993", 16),
        ("9007199254740993." + "0" * 800 + "1", 818),
        ("9007199254740992.9999", 21),
        ("1.7976931348623158e308", 22),
        ("1.7976931348623159e308", 22),
        ("1e99999999999999999999", 22),
        ("0e99999999999999999999", 22),
        ("1e-99999999999999999999", 23),
        ("iNfinite", 3),
        ("-NaN", 4),
    ],
)
def test_parsing(text: str, length: int) -> None:
    value, found = parsed(lib("qbc_parse.qbc"), text)
    assert found == length
    assert bits(value) == bits(float(text[:length])) or (math.isnan(value) and text.endswith("NaN"))


@pytest.mark.parametrize("text", ["", ".", "-", "+.", "e5", " 1", "nam", "in"])
def test_no_number(text: str) -> None:
    assert parsed(lib("qbc_parse.qbc"), text) == (0.0, None)


@quick
@given(st.integers(0, 10**40), st.integers(-360, 320))
def test_parsing_long_numbers(digits: int, exponent: int) -> None:
    text = f"{digits}e{exponent}"
    assert bits(parsed(lib("qbc_parse.qbc"), text)[0]) == bits(float(text))
