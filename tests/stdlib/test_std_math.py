"""std.math against Python's integers, math, statistics and mpmath."""

from __future__ import annotations

import math
import random
import statistics
import sys
from fractions import Fraction

import mpmath
import pytest

from tests.stdlib.std_harness import SCRATCH, Std, std

LARGEST = 2**63 - 1
EDGES = [
    0,
    1,
    2,
    3,
    -1,
    -2,
    7,
    12,
    2**31,
    2**32 - 1,
    2**32,
    2**50,
    2**50 + 1,
    2**53 + 1,
    LARGEST,
    LARGEST - 1,
    -LARGEST,
]
AWKWARD = [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-200, 1e-9, 0.5, 1 - 2**-53, 1.0, 1 + 2**-52, 1.5,
           math.pi, 1e9, 1e200, sys.float_info.max, math.inf, -math.inf, math.nan, -1.0, -27.0, -1e300]  # fmt: skip


def wrapped(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


def same(found: float, expected: float) -> bool:
    return repr(found) == repr(expected)


def ulps(found: float, expected: mpmath.mpf | float) -> float:
    """How far a float is from the exact value, in units of its last place."""
    near = float(expected)
    if not math.isfinite(near) or near == 0 or not math.isfinite(found):
        return 0.0 if same(found, near) or found == near else math.inf
    return float(abs(mpmath.mpf(found) - expected) / math.ulp(near))


@pytest.fixture(scope="module")
def lib() -> Std:
    return std("math")


# -- whole numbers


def test_common_divisors_and_multiples(lib: Std) -> None:
    for a in EDGES:
        for b in EDGES:
            assert lib.call("gcd", a, b) == math.gcd(a, b)
            assert lib.call("lcm", a, b) == abs(wrapped(math.lcm(a, b)))
            g, x, y = lib.call("extended_gcd", a, b, results=3)
            assert g == math.gcd(a, b) == wrapped(a * x + b * y)
    assert lib.call("gcd", -(2**63), 6) == 2
    assert lib.call("gcd", -(2**63), 0) == -(2**63)


def test_products_modulo_a_number(lib: Std) -> None:
    draw = random.Random(1)
    moduli = [1, 2, 3, 2**31, 2**32 + 1, 2**50 - 1, 2**50, 2**50 + 1, 2**62, 2**62 + 1, LARGEST, LARGEST - 1]
    moduli += [draw.getrandbits(draw.randint(1, 63)) or 1 for _ in range(60)]
    for m in moduli:
        for a, b in [(m - 1, m - 1), (-1, m - 1), (LARGEST, LARGEST), (-(2**63), LARGEST), (0, 5)] + [
            (draw.getrandbits(63), -draw.getrandbits(63)) for _ in range(3)
        ]:
            assert lib.call("mulmod", a, b, m) == a * b % m, (a, b, m)
    assert lib.message("mulmod", 1, 1, 0) == "mulmod: the modulus must be positive"


def test_powers_and_inverses_modulo_a_number(lib: Std) -> None:
    draw = random.Random(2)
    for m in [1, 2, 7, 15, 2**40 + 15, 2**61 - 1, LARGEST, 2**62]:
        for exponent in [0, 1, 2, 5, 2**62, LARGEST, draw.getrandbits(62)]:
            base = draw.getrandbits(63) - 2**62
            assert lib.call("powmod", base, exponent, m) == pow(base, exponent, m)
        for a in [0, 1, 3, -5, m - 1, draw.getrandbits(62)]:
            expected = pow(a, -1, m) if math.gcd(a, m) == 1 else 0
            assert lib.call("inverse", a, m) == expected
            if expected:
                for exponent in (-1, -7, -(2**63)):
                    assert lib.call("powmod", a, exponent, m) == pow(a, exponent, m)
    assert lib.message("powmod", 2, -1, 4) == "powmod: the base has no inverse"
    assert lib.message("powmod", 2, 1, -4) == "powmod: the modulus must be positive"
    assert lib.message("inverse", 2, 0) == "inverse: the modulus must be positive"


def test_powers_wrap(lib: Std) -> None:
    for base in [0, 1, -1, 2, -3, 10, LARGEST]:
        for exponent in [0, 1, 2, 3, 40, 62, 63, 64, 1000]:
            assert lib.call("power", base, exponent) == wrapped(base**exponent)
    assert lib.message("power", 2, -1) == "power: the exponent must not be negative"


def test_integer_roots_and_logarithms(lib: Std) -> None:
    draw = random.Random(3)
    roots = [0, 1, 2, 3, 2**26, 2**26 + 1, 94906265, 94906266, 94906267, 2**31, 3037000498, 3037000499]
    roots += [draw.randrange(3037000499) for _ in range(40)]
    for n in {max(0, min(r * r + d, LARGEST)) for r in roots for d in (-1, 0, 1)} | {LARGEST, LARGEST - 1}:
        assert lib.call("isqrt", n) == math.isqrt(n)
    for n in [1, 2, 3, 4, 5, 1023, 1024, 2**62 - 1, 2**62, LARGEST]:
        assert lib.call("ilog2", n) == n.bit_length() - 1
        assert lib.call("is_power_of_two", n) == (n & (n - 1) == 0)
        if n <= 2**62:
            assert lib.call("next_power_of_two", n) == 1 << (n - 1).bit_length()
    assert [lib.call("is_power_of_two", n) for n in (0, -1, -(2**63))] == [0, 0, 0]
    assert lib.call("next_power_of_two", -5) == 1
    for name, n in (("isqrt", -1), ("ilog2", 0), ("next_power_of_two", 2**62 + 1)):
        assert lib.message(name, n).startswith(f"{name}: ")


def test_factorials_and_binomials(lib: Std) -> None:
    assert [lib.call("factorial", n) for n in range(21)] == [math.factorial(n) for n in range(21)]
    assert lib.message("factorial", 21) == lib.message("factorial", -1) == "factorial: the number must be 0 to 20"
    for n in [*range(12), 40, 61, 66, 67, 100, 5000, LARGEST]:
        for k in {0, 1, 2, 3, 5, n // 2, n - 2, n - 1, n, n + 1, -1}:
            few = min(k, n - k)
            expected = math.comb(n, few) if 0 <= few <= 100 else 2**64 if few > 0 else 0
            if expected <= LARGEST:
                assert lib.call("binomial", n, k) == expected, (n, k)
            else:
                assert lib.message("binomial", n, k) == "binomial: the result does not fit 64 bits"
    assert lib.message("binomial", -1, 0) == "binomial: n must not be negative"


def is_prime(n: int) -> bool:
    return n > 1 and all(n % p for p in range(2, math.isqrt(n) + 1))


def test_primes(lib: Std) -> None:
    assert [n for n in range(-3, 1500) if lib.call("is_prime", n)] == [n for n in range(1500) if is_prime(n)]
    # Strong pseudoprimes to many bases, Carmichael numbers, squares, and neighbours of primes at the end.
    composite = [2047, 3215031751, 3825123056546413051, 341550071728321, 561, 825265, 2**61 + 1, 3037000493**2, LARGEST]
    assert [n for n in composite if lib.call("is_prime", n)] == []
    prime = [2**31 - 1, 2**61 - 1, 1000000007, 10**18 + 9, 9223372036854775783, 4611686018427387847]
    assert [n for n in prime if not lib.call("is_prime", n)] == []
    assert not lib.call("is_prime", -(2**63))


@pytest.mark.parametrize(
    "n",
    [1, 2, 4, 97, 1009, 1009**2, 1009**6, 1013 * 1019, 2**62, 3**39, 600851475143, LARGEST, LARGEST - 1,
     2147483647 * 2147483629, 3037000493**2, 9223372036854775783, 1000003 * 1000033 * 1000037, 2097143**3],
)  # fmt: skip
def test_factors(lib: Std, n: int) -> None:
    count = lib.call("factor", n, SCRATCH, 64)
    found = lib.ints(count)
    assert math.prod(found) == n
    assert found == sorted(found)
    assert all(lib.call("is_prime", p) for p in found)
    expected = n
    for p in set(found):
        expected = expected // p * (p - 1)
    assert lib.call("totient", n) == expected


def test_factors_that_have_no_place(lib: Std) -> None:
    assert "outside of an array of 2" in lib.message("factor", 8, SCRATCH, 2)
    assert lib.message("factor", 0, SCRATCH, 64) == "factor: the number must be positive"


def test_fractions(lib: Std) -> None:
    draw = random.Random(4)
    cases = [(0, 1, 5), (1, 3, 1), (-7, 3, 2), (LARGEST, LARGEST - 1, 2**61), (-(2**62), LARGEST, 1000), (5, 10, 10)]
    cases += [(draw.getrandbits(62) - 2**61, draw.getrandbits(62) + 1, draw.randint(1, 10**9)) for _ in range(150)]
    cases += [(draw.randrange(200), draw.randint(1, 200), draw.randint(1, 30)) for _ in range(300)]
    for n, d, most in cases:
        p, q = lib.call("limit_denominator", n, d, most, results=2)
        assert Fraction(p, q) == Fraction(n, d).limit_denominator(most), (n, d, most)
        assert 0 < q <= most
    for bad in [(1, 0, 1), (1, 2, 0), (1, 2, 2**61 + 1)]:
        assert lib.message("limit_denominator", *bad).startswith("limit_denominator: ")


def test_the_period_that_a_measurement_tells(lib: Std) -> None:
    """Each value next to a multiple of 2ⁿ/r gives r over the common divisor."""
    for r in (2, 3, 6, 12, 60, 97):
        bits = 2 * r.bit_length() + 1
        for k in range(r):
            value = round(k * 2**bits / r)
            assert lib.call("phase_denominator", value, bits, r) == r // math.gcd(k, r)
    assert lib.message("phase_denominator", 1, 63, 5) == "phase_denominator: the bits must be 0 to 62"


CONVERGENTS = """
export fn convergents_of(n: int, d: int, room: int) -> int {
    var p = [0; room];
    var q = [0; room];
    let count = math.convergents(n, d, p, q);
    for k in 0..count { place[2 * k] = p[k]; place[2 * k + 1] = q[k]; }
    return count;
}
view place: [int] at 0x800_0000;
"""


def test_convergents() -> None:
    lib = Std(f"import std.math;\n{CONVERGENTS}\nfn main() {{}}")
    fibonacci = [1, 1]
    while fibonacci[-1] + fibonacci[-2] <= LARGEST:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    for n, d in [(415, 93), (-7, 3), (5, 1), (0, 9), (649, 200), (fibonacci[-1], fibonacci[-2])]:
        expected, x = [], Fraction(n, d)
        terms = []
        while True:
            terms.append(math.floor(x))
            value = Fraction(terms[-1])
            for term in reversed(terms[:-1]):
                value = term + 1 / value
            expected.append(value)
            if x == terms[-1]:
                break
            x = 1 / (x - terms[-1])
        count = lib.call("convergents_of", n, d, 92)
        found = lib.ints(2 * count)
        assert list(zip(found[::2], found[1::2], strict=True)) == [(f.numerator, f.denominator) for f in expected]
        assert lib.call("convergents_of", n, d, 1) == 1


def test_signs_and_bounds(lib: Std) -> None:
    for n in [0, 1, -1, 5, LARGEST, -(2**63)]:
        assert lib.call("sign_int", n) == (n > 0) - (n < 0)
        assert lib.call("clamp_int", n, -3, 4) == max(-3, min(n, 4))
    assert lib.call("sum_int", *lib.array([LARGEST, 1, 5])) == wrapped(LARGEST + 6)


# -- floats


def test_what_floats_are(lib: Std) -> None:
    for x in AWKWARD:
        assert lib.call("is_nan", x) == math.isnan(x)
        assert lib.call("is_finite", x) == math.isfinite(x)
        for y in AWKWARD:
            assert same(lib.call("copysign", x, y), math.copysign(x, y))
            assert lib.call("is_close", x, y, 1e-9, 0.0) == math.isclose(x, y)
            assert lib.call("is_close", x, y, 0.0, 0.5) == math.isclose(x, y, rel_tol=0, abs_tol=0.5)
        assert same(lib.call("degrees", x), math.degrees(x))
        assert same(lib.call("radians", x), math.radians(x))
        assert same(lib.call("clamp", x, -2.0, 1.25), x if math.isnan(x) else max(-2.0, min(x, 1.25)))
        if not math.isnan(x):
            assert lib.call("is_negative", x) == (math.copysign(1, x) < 0)


def test_straight_lines_end_where_they_should(lib: Std) -> None:
    draw = random.Random(5)
    for _ in range(100):
        a, b = draw.uniform(-1e3, 1e3), draw.uniform(-1e3, 1e3)
        assert (lib.call("lerp", a, b, 0.0), lib.call("lerp", a, b, 1.0)) == (a, b)
        t = draw.random()
        assert lib.call("lerp", a, b, t) == pytest.approx(a + (b - a) * t, abs=1e-12)


def test_parts_of_floats(lib: Std) -> None:
    draw = random.Random(6)
    values = AWKWARD + [draw.uniform(-1, 1) * 2.0 ** draw.randint(-1070, 1000) for _ in range(200)]
    for x in values:
        found = lib.call("frexp", x, results=2)
        assert repr(found) == repr(math.frexp(x)), x
        for n in [
            0,
            1,
            -1,
            52,
            -52,
            -1021,
            -1022,
            -1074,
            -1075,
            1023,
            2000,
            -2000,
            LARGEST,
            -(2**63),
            draw.randint(-1100, 1100),
        ]:
            try:
                expected = math.ldexp(x, n)
            except OverflowError:
                expected = math.copysign(math.inf, x)
            assert same(lib.call("ldexp", x, n), expected), (x, n)


EXACT = {
    "log2": (lambda x: mpmath.log(x, 2), 1.5),
    "log10": (lambda x: mpmath.log(x, 10), 1.5),
    "log1p": (mpmath.log1p, 3.0),
    "expm1": (mpmath.expm1, 4.0),
    "exp2": (lambda x: mpmath.mpf(2) ** x, 2.0),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), 1.0),
}


@pytest.mark.parametrize("name", EXACT)
def test_functions_of_floats(lib: Std, name: str) -> None:
    function, most = EXACT[name]
    draw = random.Random(7)
    values = [draw.uniform(0.1, 10) for _ in range(100)] + [2.0 ** draw.uniform(-1060, 1020) for _ in range(100)]
    values += [1 + draw.uniform(-1, 1) * 2.0 ** -draw.randint(1, 52) for _ in range(100)]
    if name in ("log1p", "expm1", "exp2"):
        values = [draw.uniform(-1, 1) * 2.0 ** draw.randint(-60, 9) for _ in range(300)]
        values += [draw.uniform(-0.999, 700) for _ in range(50)]
    if name == "log1p":
        values = [x for x in values if x > -1]
    if name == "cbrt":
        values += [-x for x in values] + [5e-324, -5e-324, 1e-310]
    with mpmath.workprec(200):
        for x in values:
            expected = function(mpmath.mpf(x))
            if abs(expected) < sys.float_info.max:
                assert ulps(lib.call(name, x), expected) <= most, (name, x)


def test_functions_of_floats_at_their_edges(lib: Std) -> None:
    for e in range(-1074, 1024, 7):
        assert lib.call("log2", 2.0**e) == e
        assert lib.call("exp2", float(e)) == 2.0**e
    assert [lib.call("log10", 10.0**e) for e in range(-22, 300)] == list(range(-22, 300))
    for n in [0, 1, 2, 3, 7, 1000, 208063]:
        assert lib.call("cbrt", float(n**3)) == n
        assert lib.call("cbrt", -float(n**3)) == -n
    for name in ("log2", "log10"):
        assert [repr(lib.call(name, x)) for x in (0.0, -1.0, math.inf, math.nan)] == ["-inf", "nan", "inf", "nan"]
    assert [repr(lib.call("log1p", x)) for x in (-1.0, -2.0, math.inf, math.nan, -0.0)] == [
        "-inf",
        "nan",
        "inf",
        "nan",
        "-0.0",
    ]
    assert [repr(lib.call("expm1", x)) for x in (-math.inf, 1e4, math.inf, math.nan, -0.0)] == [
        "-1.0",
        "inf",
        "inf",
        "nan",
        "-0.0",
    ]
    assert [repr(lib.call("exp2", x)) for x in (-math.inf, 1e4, -1e4, math.inf, math.nan)] == [
        "0.0",
        "inf",
        "0.0",
        "inf",
        "nan",
    ]
    assert [repr(lib.call("cbrt", x)) for x in (-math.inf, -0.0, math.inf, math.nan)] == ["-inf", "-0.0", "inf", "nan"]


def test_the_hypotenuse(lib: Std) -> None:
    draw = random.Random(8)
    pairs = [(draw.uniform(-1, 1) * 2.0**e, draw.uniform(-1, 1) * 2.0 ** (e + draw.randint(-60, 60)))
             for e in (-1000, -500, 0, 500, 960) for _ in range(60)]  # fmt: skip
    pairs += [(3.0, 4.0), (5e-324, 5e-324), (1e308, 1e308), (sys.float_info.max, sys.float_info.max), (1e-300, 1e300)]
    with mpmath.workprec(300):
        for x, y in pairs:
            expected = mpmath.sqrt(mpmath.mpf(x) ** 2 + mpmath.mpf(y) ** 2)
            found = lib.call("hypot", x, y)
            assert found == math.inf if expected > sys.float_info.max else ulps(found, expected) <= 1.0, (x, y)
    for x in AWKWARD:
        for y in (0.0, -0.0, math.inf, -math.inf, math.nan):
            assert same(lib.call("hypot", x, y), math.hypot(x, y)), (x, y)


# -- arrays


def rows() -> list[list[float]]:
    draw = random.Random(9)
    found = [[draw.gauss(5, 2) for _ in range(n)] for n in (2, 3, 10, 1000)]
    return [*found, [1e16, 1.0, -1e16, 1.0], [1e100, 1.0, -1e100], [1e9 + x for x in found[2]], [3.5, 3.5, 3.5]]


def test_sums(lib: Std) -> None:
    for row in rows():
        exact = sum(map(Fraction, row))
        assert abs(Fraction(lib.call("sum", *lib.array(row))) - exact) <= abs(exact) * Fraction(1, 2**52)
        assert lib.call("mean", *lib.array(row)) == pytest.approx(statistics.fmean(row), rel=1e-15)
        assert lib.call("variance", *lib.array(row)) == pytest.approx(statistics.variance(row), rel=1e-13)
        assert lib.call("deviation", *lib.array(row)) == pytest.approx(statistics.stdev(row), rel=1e-13)
        assert lib.call("product", *lib.array(row)) == math.prod(row)
        assert lib.call("least", *lib.array(row)) == min(row)
        assert lib.call("greatest", *lib.array(row)) == max(row)
    assert (lib.call("sum", SCRATCH, 0), lib.call("product", SCRATCH, 0)) == (0.0, 1.0)
    assert repr(lib.call("sum", *lib.array([1.0, math.inf]))) == "inf"
    assert repr(lib.call("sum", *lib.array([-math.inf, math.inf]))) == "nan"
    assert repr(lib.call("least", *lib.array([1.0, math.nan, -5.0]))) == "nan"
    for name in ("mean", "variance", "least", "greatest"):
        assert lib.message(name, SCRATCH, 0).startswith(f"{name}: there ")
    assert lib.message("variance", *lib.array([1.0])) == "variance: there must be two values or more"


def test_pairs_of_samples(lib: Std) -> None:
    draw = random.Random(10)
    for n in (2, 5, 400):
        a = [draw.gauss(0, 1) for _ in range(n)]
        b = [x * draw.uniform(-1, 2) + draw.gauss(0, 1) for x in a]
        pair = (*lib.array(a), *lib.array(b, SCRATCH + 0x10000))
        assert lib.call("covariance", *pair) == pytest.approx(statistics.covariance(a, b), rel=1e-12)
        assert lib.call("correlation", *pair) == pytest.approx(statistics.correlation(a, b), rel=1e-12)
        exact = sum(Fraction(x) * Fraction(y) for x, y in zip(a, b, strict=True))
        assert abs(Fraction(lib.call("dot", *pair)) - exact) <= abs(exact) * Fraction(1, 2**51)
    hard = (*lib.array([1e10, 1.0, -1e10]), *lib.array([1e10, 1.0, 1e10], SCRATCH + 0x10000))
    assert lib.call("dot", *hard) == 1.0
    assert lib.message("dot", SCRATCH, 2, SCRATCH, 3) == "dot: the arrays must be of one length"
    assert lib.message("covariance", SCRATCH, 2, SCRATCH, 3) == "covariance: the arrays must be of one length"


def test_polynomials(lib: Std) -> None:
    c = [3.0, -2.0, 0.5, 1.25]
    for x in (-3.0, 0.0, 0.7, 1e5):
        assert lib.call("polynomial", *lib.array(c), x) == ((1.25 * x + 0.5) * x - 2.0) * x + 3.0
        assert lib.call("slope", *lib.array(c), x) == pytest.approx(-2.0 + x + 3.75 * x * x, rel=1e-14)
    assert (lib.call("polynomial", SCRATCH, 0, 2.0), lib.call("slope", *lib.array([5.0]), 2.0)) == (0.0, 0.0)


def test_roots(lib: Std) -> None:
    assert abs(lib.call("root", *lib.array([-2.0, 0.0, 1.0]), 0.0, 2.0) - math.sqrt(2)) <= math.ulp(1.0)
    assert (
        lib.call("root", *lib.array([-2.0, 1.0]), 2.0, 5.0)
        == lib.call("root", *lib.array([-2.0, 1.0]), 0.0, 2.0)
        == 2.0
    )
    assert lib.call("root", *lib.array([1e-300, 0.0, 0.0, -1.0]), 1.0, 0.0) == pytest.approx(1e-100, rel=1e-15)
    for low, high in ((2.0, 3.0), (-1.0, 1.0), (math.nan, 2.0)):
        found = lib.message("root", *lib.array([-2.0, 0.0, 1.0]), low, high)
        assert found == "root: the values at both ends must differ in sign"
