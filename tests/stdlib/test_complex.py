"""qbc_complex.qbc against cmath."""

from __future__ import annotations

import cmath
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stdlib.harness import lib, quick

REAL = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)


@quick
@given(REAL, REAL, REAL, REAL)
def test_complex(a: float, b: float, c: float, d: float) -> None:
    numbers = lib("qbc_complex.qbc")

    x, y = complex(a, b), complex(c, d)
    assert numbers.pair("qbc_complex_add", a, b, c, d) == x + y
    assert numbers.pair("qbc_complex_subtract", a, b, c, d) == x - y
    product = numbers.pair("qbc_complex_multiply", a, b, c, d)
    assert abs(product - x * y) <= 4e-16 * abs(x) * abs(y)
    if y:
        quotient = numbers.pair("qbc_complex_divide", a, b, c, d)
        assert abs(quotient - x / y) <= 1e-14 * abs(x / y) + 1e-300
    assert numbers.call("qbc_complex_abs", a, b) == pytest.approx(abs(x), rel=4e-16)
    small = complex(a / 1e5, b)
    assert numbers.pair("qbc_complex_exp", small.real, small.imag) == pytest.approx(cmath.exp(small), rel=1e-14)
    assert numbers.pair("qbc_complex_log", a or 1.0, b) == pytest.approx(
        cmath.log(complex(a or 1.0, b)), rel=1e-9, abs=1e-9
    )
    assert numbers.pair("qbc_complex_sqrt", a, b) == pytest.approx(cmath.sqrt(x), rel=4e-16)
    assert numbers.call("qbc_complex_phase", a, b) == cmath.phase(x)
    assert numbers.pair("qbc_complex_polar", abs(a), b) == pytest.approx(cmath.rect(abs(a), b), rel=1e-15)


@quick
@given(st.floats(0.1, 10), st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_powers(modulus: float, angle: float, c: float, d: float) -> None:
    a = cmath.rect(modulus, angle)
    found = lib("qbc_complex.qbc").pair("qbc_complex_power", a.real, a.imag, c, d)
    assert found == pytest.approx(a ** complex(c, d), rel=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "power"), [(0, 0, 1), (5 + 1j, 0, 1), (0, 2, 0), (0, 0.5 + 3j, 0), (1j, 2, -1), (-1, 0.5, 1j)]
)
def test_powers_by_hand(a: complex, b: complex, power: complex) -> None:
    a, b = complex(a), complex(b)
    found = lib("qbc_complex.qbc").pair("qbc_complex_power", a.real, a.imag, b.real, b.imag)
    assert abs(found - power) <= 1e-15


def test_zero_to_a_negative_power_is_no_number() -> None:
    found = lib("qbc_complex.qbc").pair("qbc_complex_power", 0, 0, -1, 0)
    assert math.isnan(found.real)
    assert math.isnan(found.imag)


@pytest.mark.parametrize(
    ("a", "root"), [(0, 0), (-4, 2j), (complex(-4, -0.0), -2j), (3 + 4j, 2 + 1j), (2j, 1 + 1j), (1e300, 1e150)]
)
def test_roots_by_hand(a: complex, root: complex) -> None:
    a = complex(a)
    found = lib("qbc_complex.qbc").pair("qbc_complex_sqrt", a.real, a.imag)
    assert found == pytest.approx(root, rel=1e-15)


@pytest.mark.parametrize("parts", [(3e300, 4e300), (3e-310, 4e-310), (0, 0), (math.inf, 1), (-math.inf, math.inf)])
def test_modulus_without_overflow(parts: tuple[float, float]) -> None:
    assert lib("qbc_complex.qbc").call("qbc_complex_abs", *parts) == pytest.approx(math.hypot(*parts), rel=1e-13)
