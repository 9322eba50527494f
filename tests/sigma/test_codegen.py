"""More values than registers: where parameters, results, saves and spills go, and the proof that they are there."""

from __future__ import annotations

import math

import pytest

from sigma.codegen import allocate, emit, verify
from sigma.codegen.machine import Inst, Register, Routine
from sigma.ir import Function
from tests.sigma.outcomes import level, object_of
from tests.sigma.support import LEVELS, build, output
from vm.machine import Machine

QUADRATURE = """
fn simpson(a: float, b: float, fa: float, fm: float, fb: float, whole: float, eps: float, k1: float, k2: float,
           k3: float, depth: int) -> float {
    let m = (a + b) / 2;
    let l = (a + m) / 2;
    let r = (m + b) / 2;
    let fl = k1 * sin(l) + k2 * l + k3;
    let fr = k1 * sin(r) + k2 * r + k3;
    let left = (m - a) / 6 * (fa + 4 * fl + fm);
    let right = (b - m) / 6 * (fm + 4 * fr + fb);
    let delta = left + right - whole;
    if depth <= 0 or abs(delta) <= 15 * eps { return left + right + delta / 15; }
    return simpson(a, m, fa, fl, fm, left, eps / 2, k1, k2, k3, depth - 1)
        + simpson(m, b, fm, fr, fb, right, eps / 2, k1, k2, k3, depth - 1);
}
fn main() {
    let k1 = argument(0, 2.0);
    let k2 = argument(1, 0.5);
    let k3 = argument(2, 1.0);
    let a = argument(3, 0.0);
    let b = argument(4, 3.0);
    let (fm, fb) = (k1 * sin(1.5) + k2 * 1.5 + k3, k1 * sin(b) + k2 * b + k3);
    print("{simpson(a, b, k3, fm, fb, a, 1e-10 * k3, k1, k2, k3, 20):.9f}");
}
"""
LOOPS = "".join(
    "for i in 0..n { for j in i..n { for k in j..n { for l in k..n { for m in l..n { "
    f"s += {row} + c * k - l * m + n; }} }} }} }} }}\n    "
    for row in ("a * i - b * j", "b * i - a * j")
)
EXPORTED = f"""
export fn f(n: int, a: int, b: int, c: int) -> int {{
    var s = 0;
    {LOOPS}return s;
}}
fn main() {{ print("{{f(argument(0, 5), argument(1, 2), argument(2, 3), argument(3, 4))}}"); }}
"""
BOTH = """
fn even(n: int, a: float, b: float, c: float, d: float, e: float, f: float, i: int, j: int, k: int, l: int) -> float {
    if n <= 0 { return a - 2 * b + 3 * c - 4 * d + 5 * e - 6 * f + i - 7 * j + 11 * k - 13 * l; }
    let row = [i, j, k, l];
    let x = odd(n - 1, b, c, d, e, f, a, row[1], row[2], row[3], row[0]);
    return x + a * b - c * d + e * f + i * j - k * l + row[n & 3];
}
fn odd(n: int, a: float, b: float, c: float, d: float, e: float, f: float, i: int, j: int, k: int, l: int) -> float {
    let x = even(n - 1, f, a, b, c, d, e, l, i, j, k);
    let y = even(n - 2, a, b, c, d, e, f, i, j, k, l);
    return x - y + a * f - b * e + c * d + i * l - j * k;
}
fn main() { print("{even(argument(0, 5), 1.5, 2.0, 3.5, 4.0, 5.5, 6.0, 7, 8, 9, 10)}"); }
"""


def quadrature() -> float:
    """What it approaches: the integral of 2 sin x + x / 2 + 1 from 0 to 3."""
    return 2 * (1 - math.cos(3)) + 0.25 * 9 + 3


def sums(n: int, a: int, b: int, c: int) -> int:
    total = 0
    for i in range(n):
        for j in range(i, n):
            for k in range(j, n):
                for l in range(k, n):  # noqa: E741
                    for m in range(l, n):
                        total += (a + b) * i - (a + b) * j + 2 * (c * k - l * m + n)
    return total


def even(n: int, *v: float) -> float:
    a, b, c, d, e, f, i, j, k, l = v  # noqa: E741
    if n <= 0:
        return a - 2 * b + 3 * c - 4 * d + 5 * e - 6 * f + i - 7 * j + 11 * k - 13 * l
    row = [i, j, k, l]
    x = odd(n - 1, b, c, d, e, f, a, j, k, l, i)
    return x + a * b - c * d + e * f + i * j - k * l + row[n & 3]


def odd(n: int, *v: float) -> float:
    a, b, c, d, e, f, i, j, k, l = v  # noqa: E741
    x = even(n - 1, f, a, b, c, d, e, l, i, j, k)
    y = even(n - 2, a, b, c, d, e, f, i, j, k, l)
    return x - y + a * f - b * e + c * d + i * l - j * k


@pytest.mark.parametrize("level", LEVELS)
def test_parameters_without_a_register_of_recursive_functions(level: int) -> None:
    assert output(QUADRATURE, level) == f"{quadrature():.9f}\n"
    assert output(BOTH, level) == f"{even(5, 1.5, 2.0, 3.5, 4.0, 5.5, 6.0, 7, 8, 9, 10)}\n"


@pytest.mark.parametrize("level", LEVELS)
def test_parameters_without_a_register_of_exported_functions(level: int) -> None:
    machine = Machine(build(EXPORTED, level))
    machine.run()
    assert machine.output.decode() == f"{sums(5, 2, 3, 4)}\n"
    assert machine.call("f", 6, 3, -1, 2) == sums(6, 3, -1, 2)
    assert machine.call("f", 4, 1, 1, 9) == sums(4, 1, 1, 9)


@pytest.mark.parametrize("text", [QUADRATURE, EXPORTED])
def test_the_proof_refuses_a_store_through_a_frame_that_is_not_set(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter = emit.Emitter._enter_frame

    def late(self: emit.Emitter, routine: Routine, pointer: Register, function: Function) -> Inst:
        taken = enter(self, routine, pointer, function)
        insts = routine.blocks[0].insts
        insts[: 3 + len(function.params)] = [*insts[3 : 3 + len(function.params)], *insts[:3]]
        return taken

    object_of(text, level(2))
    monkeypatch.setattr(emit.Emitter, "_enter_frame", late)
    with pytest.raises(verify.BrokenCodeError, match="holds no frame"):
        object_of(text, level(2))


def test_the_proof_refuses_two_values_in_one_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocate, "liveness", lambda routine: dict.fromkeys(routine.blocks, 0))
    with pytest.raises(verify.BrokenCodeError, match="does not hold"):
        object_of(EXPORTED, level(2))
