"""qbc_modular.qbc against mpmath."""

from __future__ import annotations

import math

import mpmath
import pytest

from tests.stdlib.harness import lib
from vm.machine import TrapError


@pytest.mark.parametrize(
    "tau", [1j, 0.5 + 1j, 0.125 + 1j, 2j, 0.3 + 0.9j, -0.49 + 5j, 17.25 + 0.1j, 0.2 + 0.01j, 1 / 3 + 0.7j]
)
def test_j_invariant(tau: complex) -> None:
    modular = lib("qbc_modular.qbc")
    real = modular.call("qbc_j_invariant", tau.real, tau.imag)
    found = complex(real, modular.machine.get(1))
    with mpmath.workdps(40):
        expected = complex(1728 * mpmath.kleinj(mpmath.mpc(tau)))
    assert abs(found - expected) <= 1e-12 * abs(expected)


def test_j_at_i_is_1728() -> None:
    modular = lib("qbc_modular.qbc")
    assert modular.call("qbc_j_invariant", 0.0, 1.0) == pytest.approx(1728, rel=1e-14)
    assert modular.machine.get(1) == 0.0


@pytest.mark.parametrize("imaginary", [0.0, -1.0, 0, math.nan])
def test_j_lives_above_the_axis(imaginary: float) -> None:
    with pytest.raises(TrapError, match="imaginary part"):
        lib("qbc_modular.qbc").call("qbc_j_invariant", 0.5, imaginary)


@pytest.mark.parametrize("tau", [(math.nan, 1.0), (math.inf, 1.0), (0.25, math.inf), (0.3, 1e-200)])
def test_what_is_no_point_ends(tau: tuple[float, float]) -> None:
    """No loop without end: the result is not a number, or infinite."""
    found = lib("qbc_modular.qbc").pair("qbc_j_invariant", *tau)
    assert not math.isfinite(abs(found))


@pytest.mark.parametrize("x", [0.5, -0.5, 1.5])
def test_j_is_real_half_way(x: float) -> None:
    assert lib("qbc_modular.qbc").pair("qbc_j_invariant", x, 1).imag == 0


@pytest.mark.parametrize("k", [1, 2, 1000])
def test_the_imaginary_part_near_i(k: int) -> None:
    """It is small and must keep its sign, which is opposite on the two sides."""
    x = k / 8_388_608
    modular = lib("qbc_modular.qbc")
    with mpmath.workdps(60):
        expected = float((1728 * mpmath.kleinj(mpmath.mpc(x, 1))).imag)
    assert modular.pair("qbc_j_invariant", x, 1).imag == pytest.approx(expected, rel=1e-3)
    assert modular.pair("qbc_j_invariant", -x, 1).imag == pytest.approx(-expected, rel=1e-3)
