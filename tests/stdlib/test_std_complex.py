"""std.complex against Python's complex numbers, cmath, mpmath and NumPy."""

from __future__ import annotations

import cmath
import math
import random

import mpmath
import numpy as np
import pytest

from tests.stdlib.std_harness import Std

UNARY = ("neg", "conj", "exp", "log", "sqrt", "sin", "cos")
BINARY = ("add", "sub", "mul", "divide", "pow")
TEXT = "import std.complex;\nview place: [complex.Complex] at 0x800_0000;\n"
TEXT += "".join(
    f"export fn {name}(x: float, y: float) -> (float, float) "
    f"{{ let z = complex.{name}(complex.Complex(x, y)); return (z.re, z.im); }}\n"
    for name in UNARY
)
TEXT += "".join(
    f"export fn {name}(a: float, b: float, c: float, d: float) -> (float, float) "
    f"{{ let z = complex.{name}(complex.Complex(a, b), complex.Complex(c, d)); return (z.re, z.im); }}\n"
    for name in BINARY
)
TEXT += """
export fn absolute(x: float, y: float) -> float { return complex.abs(complex.Complex(x, y)); }
export fn arg(x: float, y: float) -> float { return complex.arg(complex.Complex(x, y)); }
export fn norm2(x: float, y: float) -> float { return complex.norm2(complex.Complex(x, y)); }
export fn scale(x: float, y: float, by: float) -> (float, float) {
    let z = complex.scale(complex.Complex(x, y), by); return (z.re, z.im); }
export fn polar(r: float, a: float) -> (float, float) { let z = complex.polar(r, a); return (z.re, z.im); }
export fn cis(a: float) -> (float, float) { let z = complex.cis(a); return (z.re, z.im); }
export fn from_real(a: float) -> (float, float) { let z = complex.from_real(a); return (z.re, z.im); }
export fn pow_int(x: float, y: float, n: int) -> (float, float) {
    let z = complex.pow_int(complex.Complex(x, y), n); return (z.re, z.im); }
export fn equal(a: float, b: float, c: float, d: float) -> bool {
    return complex.equal(complex.Complex(a, b), complex.Complex(c, d)); }
export fn is_close(a: float, b: float, c: float, d: float) -> bool {
    return complex.is_close(complex.Complex(a, b), complex.Complex(c, d), 1e-9, 0.0); }
export fn sum(n: int) -> (float, float) { let z = complex.sum(place[0..n]); return (z.re, z.im); }
export fn norm(n: int) -> float { return complex.norm(place[0..n]); }
export fn inner(n: int, m: int) -> (float, float) {
    let z = complex.inner(place[0..n], place[n..n + m]); return (z.re, z.im); }
export fn polynomial(n: int, x: float, y: float) -> (float, float) {
    let z = complex.polynomial(place[0..n], complex.Complex(x, y)); return (z.re, z.im); }
export fn fft(n: int) { complex.fft(place[0..n]); }
export fn inverse_fft(n: int) { complex.inverse_fft(place[0..n]); }
export fn unit() -> (float, float) { return (complex.I.re, complex.I.im); }
fn main() {}
"""


@pytest.fixture(scope="module")
def lib() -> Std:
    return Std(TEXT)


def number(lib: Std, name: str, *args: float) -> complex:
    return complex(*lib.call(name, *args, results=2))


def points(seed: int, count: int, most: int = 3) -> list[complex]:
    draw = random.Random(seed)
    return [complex(*(draw.uniform(-1, 1) * 10.0 ** draw.randint(-most, most) for _ in "xy")) for _ in range(count)]


def near(found: complex, expected: complex, relative: float = 4e-15) -> bool:
    return abs(found - expected) <= relative * abs(expected)


def test_what_is_exact(lib: Std) -> None:
    for a, b in zip(points(1, 50), points(2, 50), strict=True):
        parts = (a.real, a.imag, b.real, b.imag)
        assert number(lib, "add", *parts) == a + b
        assert number(lib, "sub", *parts) == a - b
        assert number(lib, "mul", *parts) == a * b
        assert number(lib, "neg", a.real, a.imag) == -a
        assert number(lib, "conj", a.real, a.imag) == a.conjugate()
        assert number(lib, "scale", a.real, a.imag, 2.5) == complex(a.real * 2.5, a.imag * 2.5)
        assert lib.call("norm2", a.real, a.imag) == a.real * a.real + a.imag * a.imag
        assert lib.call("arg", a.real, a.imag) == cmath.phase(a)
        assert lib.call("equal", *parts) == 0
        assert lib.call("equal", a.real, a.imag, a.real, a.imag) == 1
        assert lib.call("is_close", a.real, a.imag, a.real, a.imag * (1 + 1e-12)) == 1
        assert lib.call("is_close", *parts) == 0
        assert number(lib, "polar", abs(a), 0.5) == complex(abs(a) * math.cos(0.5), abs(a) * math.sin(0.5))
    assert number(lib, "cis", 0.0) == 1
    assert number(lib, "from_real", 2.5) == 2.5
    assert number(lib, "unit") == 1j
    assert lib.call("is_close", math.inf, 0.0, 1.0, 0.0) == 0


def test_absolute_values_and_quotients(lib: Std) -> None:
    for a, b in zip(points(3, 80, 100), points(4, 80, 100), strict=True):
        assert abs(lib.call("absolute", a.real, a.imag) - abs(a)) <= math.ulp(abs(a))
        assert near(number(lib, "divide", a.real, a.imag, b.real, b.imag), a / b)
    assert lib.call("absolute", 1e308, 1e308) == pytest.approx(math.sqrt(2) * 1e308)
    assert lib.call("absolute", math.inf, math.nan) == math.inf
    assert near(number(lib, "divide", 1e300, 1e300, 1e300, -1e300), 1j)
    assert number(lib, "divide", 1.0, -1.0, 0.0, 0.0) == complex(math.inf, -math.inf)


FUNCTIONS = {"exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt, "sin": mpmath.sin, "cos": mpmath.cos}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(lib: Std, name: str) -> None:
    values = points(5, 100, 1 if name in ("exp", "sin", "cos") else 120)
    values += [complex(math.cos(t), math.sin(t)) for t in (0.1, 1.0, 2.0, 3.0)]
    values += [1 + 1e-9j, 1 - 1e-12 + 1e-6j, -1 + 1e-10j, 0.5j, 2 - 0j, 0.7 + 0.7j]
    if name in ("log", "sqrt"):
        values += [1e308 + 1e308j, -1.7e308 + 1j, 5e-324 + 5e-324j, -1e-310 + 3e-320j, 1e-300j]
    with mpmath.workprec(300):
        for z in values:
            expected = complex(FUNCTIONS[name](mpmath.mpc(z)))
            assert near(number(lib, name, z.real, z.imag), expected), z


def test_functions_at_their_edges(lib: Std) -> None:
    for z in (complex(-4, 0.0), complex(-4, -0.0), complex(-0.0, 0.0), complex(0.0, -0.0), complex(4, -0.0)):
        assert repr(number(lib, "sqrt", z.real, z.imag) + 0.0) == repr(cmath.sqrt(z) + 0.0)
        if z:
            assert number(lib, "log", z.real, z.imag).imag == cmath.log(z).imag
    for z in (complex(1, math.inf), complex(-math.inf, 1), complex(math.inf, -1)):
        assert repr(number(lib, "sqrt", z.real, z.imag)) == repr(cmath.sqrt(z))
    assert number(lib, "log", 0.0, 0.0) == complex(-math.inf, 0)
    assert number(lib, "exp", 1000.0, 0.0) == complex(math.inf, 0)
    assert number(lib, "exp", -1000.0, 1.0) == 0
    assert near(number(lib, "exp", 710.0, 0.8) / 2, complex(mpmath.exp(mpmath.mpc(710, 0.8)) / 2))


def test_powers(lib: Std) -> None:
    for a, b in zip(points(6, 60, 1), points(7, 60, 0), strict=True):
        assert near(number(lib, "pow", a.real, a.imag, b.real, b.imag), a**b, 1e-13)
    for a in points(8, 30, 0):
        for n in (-5, -1, 0, 1, 2, 13):
            assert near(number(lib, "pow_int", a.real, a.imag, n), complex(mpmath.mpc(a) ** n), 1e-13)
    assert number(lib, "pow", 0.0, 0.0, 0.0, 0.0) == 1
    assert number(lib, "pow", 0.0, 0.0, 2.0, 1.0) == 0


def put(lib: Std, values: list[complex]) -> None:
    lib.array([part for value in values for part in (value.real, value.imag)])


def test_arrays(lib: Std) -> None:
    a, b = points(9, 20), points(10, 20)
    put(lib, a + b)
    assert near(number(lib, "sum", 20), sum(a), 1e-13)
    assert near(number(lib, "inner", 20, 20), complex(np.vdot(a, b)), 1e-13)
    assert lib.call("norm", 20) == pytest.approx(np.linalg.norm(a), rel=1e-14)
    assert near(number(lib, "polynomial", 5, 0.5, -0.25), complex(np.polyval(a[4::-1], 0.5 - 0.25j)), 1e-13)
    assert number(lib, "polynomial", 0, 1.0, 1.0) == number(lib, "sum", 0) == 0
    assert lib.message("inner", 2, 3) == "inner: the arrays must be of one length"


@pytest.mark.parametrize("n", [1, 2, 8, 256])
def test_transforms(lib: Std, n: int) -> None:
    a = points(11, n, 0)
    put(lib, a)
    lib.do("fft", n)
    found = np.array(lib.floats(2 * n)).view(np.complex128)
    assert np.allclose(found, np.fft.fft(a), rtol=0, atol=1e-13 * n)
    lib.do("inverse_fft", n)
    assert np.allclose(np.array(lib.floats(2 * n)).view(np.complex128), a, rtol=0, atol=1e-14 * n)


def test_transforms_of_other_lengths(lib: Std) -> None:
    put(lib, points(12, 3))
    assert lib.message("fft", 3) == lib.message("inverse_fft", 0) == "fft: the length must be a power of two"
