"""``qbcc import`` of OpenQASM 3: gates against matrices of the specification, statements against what they mean."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from qbcc.diagnostics import SourceError
from qbcc.openqasm import read as qasm
from qbcc.openqasm import source as qasm_source
from tests.programs import build
from tests.qbcc import openqasm_numbers
from tests.qbcc.openqasm_gates import program
from tests.vm.test_quantum import whole
from vm import shots
from vm.machine import Machine

V3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def imported(text: str) -> str:
    Path("c.qasm").write_text(text, "utf-8")
    return qasm_source.source(qasm.read("c.qasm"))


def counts(text: str, number: int = 50, **settings: object) -> dict[str, dict[int | float, int]]:
    """Of each record."""
    object_file = build(imported(V3 + text))
    found = shots.run(
        lambda seed: Machine(object_file, engine="interp", seed=seed, max_instructions=50_000, **settings),  # type: ignore[arg-type]
        number,
        3,
    )
    result: dict[str, Counter[int | float]] = {}
    for path in found.paths:
        assert path.outcome.trap is None, path.outcome.trap
        for name, value in path.recorded:
            result.setdefault(name, Counter())[value] += path.shots
    return {name: dict(counter) for name, counter in result.items()}


def value(text: str, **settings: object) -> dict[str, int | float]:
    """Of each record, which every run has."""
    found = counts(text, **settings)
    assert all(len(counter) == 1 for counter in found.values()), found
    return {name: next(iter(counter)) for name, counter in found.items()}


# -- gates


@pytest.mark.parametrize("seed", range(60))
def test_gates_are_the_matrices_of_the_specification(seed: int) -> None:
    """Gates of the text's own, modifiers inside each other, phases: equal up to one phase of the whole."""
    text, state = program(random.Random(seed))
    machine = Machine(build(imported(text)), engine="interp", seed=1)
    outcome = machine.run()
    assert outcome.trap is None, outcome.trap
    found = whole(machine, list(range(1, 1 + len(state).bit_length() - 1)))
    assert abs(np.vdot(found, state)) == pytest.approx(1, abs=1e-9), text


# -- statements: texts and what every run records

SAME = [
    ("qubit[2] q; bit[2] c; x q[0]; c[0] = measure q[0]; if (c[0] == 1) x q[1]; c[1] = measure q[1];", {"c": 3}),
    ("qubit[3] q; bit[3] c; for uint i in [0:2] { x q[i]; } c = measure q;", {"c": 7}),
    ("qubit[4] q; bit[4] c; for int i in {0, 3} x q[i]; c = measure q;", {"c": 9}),
    ("qubit[4] q; bit[4] c; for int i in [3:-2:0] { x q[i]; } c = measure q;", {"c": 10}),
    ("qubit[3] q; bit[3] c; x q; c = measure q; if (!c[1]) { x q[0]; } else { x q[2]; } c = measure q;", {"c": 3}),
    ("qubit[2] q; bit[2] c; x q[1]; measure q -> c; if (c == 2) x q[0]; if (c != 2) x q[1]; c = measure q;", {"c": 3}),
    ('qubit[2] q; bit[2] c; x q[1]; c = measure q; if (c == "10") { x q[0]; } c = measure q;', {"c": 3}),
    ("qubit q; bit c; x q; c = measure q; if (c == true) { x q; } c = measure q;", {"c": 0}),
    ("qubit q; bit c; x q; c = measure q; bool b = c == 1 && !(c == 0); if (b) x q; c = measure q;", {"c": 0}),
    ("qubit[3] q; bit[3] c; int i = 0; while (i < 3) { x q[i]; i += 1; } c = measure q;", {"c": 7}),
    ("qubit[3] q; bit[3] c; int[8] n = 2; for int i in [0:n] { x q[i]; c[i] = measure q[i]; }", {"c": 7}),
    ("qubit q; bit[2] c; int n = 2; switch (n) { case 1 { x q; } case 2, 3 { x q; c[1] = measure q; } default { x q; } } c[0] = measure q;", {"c": 3}),
    ("qubit q; bit c; int n = 7; switch (n) { case 1 { } default { x q; } } c = measure q;", {"c": 1}),
    ("qubit[4] q; bit[4] c; let a = q[1:2]; let b = a ++ q[0]; x b; c = measure q;", {"c": 7}),
    ("qubit[2] q; qubit[2] r; bit[4] c; let a = q[{1}] ++ r; x a[0]; x a[2]; c[0:1] = measure q; c[2:3] = measure r;", {"c": 10}),
    ("const int n = 3; const float a = pi / 2; qubit[n] q; bit[n] c; rx(2 * a) q; c = measure q;", {"c": 7}),
    ("array[float, 3] t = {pi, 0.0, pi}; qubit[3] q; bit[3] c; for int i in [0:2] rx(t[i]) q[i]; c = measure q;", {"c": 5}),
    ("array[float, 3] t = {pi, 0, pi}; int k = 0; qubit[3] q; bit[3] c; while (k < 3) { rx(t[k]) q[k]; k += 1; } c = measure q;", {"c": 5}),
    ("array[int[32], 2, 2] t = {{1, 2}, {3, 4}}; t[1, 0] = 5; output int s; s = t[1][0] + t[0, 1];", {"s": 7}),
    ("array[float, 3] t = {pi, 0, pi / 2}; qubit q; bit c; for float f in t { rx(2 * f) q; } c = measure q;", {"c": 1}),
    ("def flip(qubit a) { x a; } qubit[2] q; bit[2] c; flip(q[1]); c = measure q;", {"c": 2}),
    ("def parity(bit[3] b) -> bit { bit r = 0; for int i in [0:2] { r ^= b[i]; } return r; } qubit[3] q; bit[3] c; bit p; x q[0]; x q[2]; x q[1]; c = measure q; p = parity(c);", {"c": 7, "p": 1}),
    ("def m(qubit[2] a, int n) -> bit[2] { if (n > 1) { x a; } return measure a; } qubit[3] q; bit[2] c; c = m(q[1:2], 2);", {"c": 3}),
    ("def add(int a, int b) -> int { return a + b; } output int s; s = 1 + add(2, 3) * add(1, 1);", {"s": 11}),
    ("qubit q; bit[2] c; x q; reset q; c[0] = measure q; x q; c[1] = measure q;", {"c": 2}),
    ("qubit[2] q; bit[2] c; barrier q; barrier; x q[0]; delay[10ns] q; box { x q[1]; } c = measure q;", {"c": 3}),
    ("pragma nothing here\n@note something\nqubit q; bit c; x q; c = measure q;", {"c": 1}),
    ("qubit q; bit c; x q; c = measure q; end; x q; c = measure q;", {"c": 1}),
    ("qubit q; bit c; for int i in [0:9] { x q; if (i == 4) { break; } } c = measure q;", {"c": 1}),
    ("qubit q; bit c; for int i in [0:4] { if (i % 2 == 0) { continue; } x q; } x q; c = measure q;", {"c": 1}),
    ("bit[4] a = \"0110\"; bit[4] b; b = ~a & \"1100\" | a << 1; output uint[8] n; n = uint[8](b) + popcount(a); output bit[4] c; c = rotl(a, 1);", {"n": 14, "c": 12}),
    ("output int[8] a; output uint[8] b; output int d; output int m; a = 100; a += 100; b = 200; b += 100; int k = -7; d = k / 2; m = k % 2;", {"a": -56, "b": 44, "d": -3, "m": -1}),
    ("output float f; output bool b; float g = 2; f = sqrt(g * 8) + sin(0) ** 2; b = f > 3.5;", {"f": 4.0, "b": 1}),
    ("qreg q[2]; creg c[2]; x q[1]; c = measure q;", {"c": 2}),
    ("qubit[2] q; bit[2] c; x q[-1]; c = measure q;", {"c": 2}),
    ("qubit[5] q; bit[5] c; x q[0:3]; ctrl(4) @ x q[0], q[1], q[2], q[3], q[4]; c = measure q;", {"c": 31}),
    ("qubit[2] q; qubit[2] r; bit[2] c; x q; cx q, r; cx q[0], r; c = measure r;", {"c": 0}),
    ("qubit[3] q; bit[3] c; x q[0]; ctrl @ x q[0], q[1:2]; c = measure q;", {"c": 7}),
    ("bit c = 1; bit[2] d; d[0] = c; d[1] = !c;", {"c": 1, "d": 1}),
    ("qubit q; bit c; angle a = pi; rx(a / 2) q; rx(a / 2) q; c = measure q;", {"c": 1}),
    # int / int truncates, of constants as of variables; a remainder has the sign of what is divided.
    ("output int a; a = 7 / 2 * 2; const int k = 7; output int b; b = k / 2 * 2; output float f; f = 1 / 2 * pi; output float g; g = 1.0 / 2 * pi;", {"a": 6, "b": 6, "f": 0.0, "g": np.pi / 2}),
    ("output int a; output int b; int x = -7; a = -7 / 2 * 10 + -7 % 2; b = x / 2 * 10 + x % 2;", {"a": -31, "b": -31}),
    ("qubit q; bit c; rx(1 / 2 * pi) q; rx(3 / 2 * pi) q; c = measure q;", {"c": 1}),
    # Numbers without a sign.
    ("uint[64] u = 18446744073709551615; output bool a; output uint[64] d; output uint[64] r; output float f; a = u > 5; d = u / 10; r = u % 10; f = u;", {"a": 1, "d": 1844674407370955161, "r": 5, "f": 2.0**64}),
    ("uint[64] u = 9223372036854777857; output float f; f = float(u); output uint[64] v; v = f - 2049.0; output uint[64] w; w = uint[64](1.5e19); w -= 14999999999999999990;", {"f": 9223372036854777856.0, "v": -(2**63), "w": 10}),
    ("uint[64] u = 9223372036854777857; output float f; float g = u; f = g / 2.0; bit[64] b = u; output float h; h = b;", {"f": 4611686018427388928.0, "h": 9223372036854777856.0}),
    ("uint[32] w = 4294967295; output bool a; a = w + 1 == 0; uint[8] r = 255; output uint[8] b; b = (r << 1) >> 1; output int d; d = -r;", {"a": 1, "b": 127, "d": 1}),
    ("int[8] n = 127; output bool a; a = n + 1 < 0; output int b; b = n + 1000; int[8] m = -128; output bool d; d = m == -m; output int e; e = m / -1;", {"a": 1, "b": 1127, "d": 1, "e": -128}),
    ("uint[8] u = 200; int[16] i = -1; output bool a; a = i < u; int[8] j = -1; output bool b; b = j < u; output bool d; d = u < 300;", {"a": 1, "b": 0, "d": 1}),
    ("bit[4] c = \"1001\"; output bit[4] a; a = c << 1; output bit[4] b; b = ~c; output bool d; d = (c << 1) >> 1 == 1; output int e; e = c[0] + c[3];", {"a": 2, "b": 6, "d": 1, "e": 2}),
    # Shifts by the width and more.
    ("uint[64] u = 5; uint[8] n = 64; output uint[64] a; output uint[64] b; output int d; output int e; int x = -5; a = u << n; b = u >> n + 6; d = x >> n; e = x << 64;", {"a": 0, "b": 0, "d": -1, "e": 0}),
    ("output int a; a = 1 << 64; output int b; b = 1 << 62 >> 62; uint[8] u = 255; output uint[8] d; d = u >> 8; output uint[16] e; e = u << 4;", {"a": 0, "b": 1, "d": 0, "e": 240}),
    # Angles are numbers of 2π/2ⁿ.
    ("angle a = 3 * pi; output bool e; e = a == pi; output bool z; angle t = 2 * pi; z = bool(t); output bool y; y = bool(a);", {"e": 1, "z": 0, "y": 1}),
    ("angle[4] a = pi / 2; output bit[4] c; c = bit[4](a); output bit[4] d; d = bit[4](a * 3 - pi); output bit[4] e; e = bit[4](-a); output bit[4] f; f = bit[4](a / 3);", {"c": 4, "d": 4, "e": 12, "f": 1}),
    ("angle[8] a = 0.3; output bit[8] c; c = bit[8](a); float f = 0.3; angle[8] b = f; output bool e; e = a == b; output bit[4] d; d = bit[4](angle[4](a)); f = -0.3; b = f; output bit[8] g; g = bit[8](b);", {"c": 12, "e": 1, "d": 0, "g": 244}),
    ("const angle[8] k = 3 * pi; output bool a; a = k == pi; output uint[8] b; angle[8] x = 7; b = k / angle[8](bit[8](\"00000011\")); output angle[8] d; d = k + pi / 2; output bool e; e = x > 0.5; output float s; s = sin(d);", {"a": 1, "b": 42, "d": 1.5 * np.pi, "e": 1, "s": -1.0}),
    ("array[angle[4], 2] t = {pi, pi / 2}; angle[4] a = 0; for angle[4] x in t { a += x; } output bit[4] c; c = bit[4](a); def f(angle[4] x) -> angle[4] { return x + pi; } output bit[4] d; d = bit[4](f(a));", {"c": 12, "d": 4}),
    # Loops whose variable is assigned to, and loops over bits.
    ("output int s; for int i in [0:3] { i += 10; s += i; } for int i in {5, 7} { i = i * 2; s = s + i; }", {"s": 70}),
    ("output int s; int n = 3; for int i in [0:n] { i = i * 2; s += i; } for uint[8] j in [n:-2:0] { s += 10 * j; }", {"s": 52}),
    ("output int s; array[int, 3] t = {1, 2, 3}; for int x in t { x += 1; t[2] = 5; s += x; } s = s * 10 + t[0];", {"s": 111}),
    ("output int s; output int n; bit[4] b = \"1011\"; for bit x in b { s = 2 * s + x; } for bit x in b[1:3] { n = 2 * n + x; x = 0; }", {"s": 13, "n": 5}),
    ("output int s; uint[64] m = 18446744073709551614; for uint[64] i in [m:18446744073709551615] { s += 1; } int k = 9223372036854775807; for int i in [k - 1:k] { s += 1; } for int i in [k:1] { s += 100; }", {"s": 4}),
    ("array[int, 3] a = {4, 5, 6}; int i = -1; output int c; c = a[i]; bit[3] b; b[i] = 1; output int d; d = b[2];", {"c": 6, "d": 1}),
    ("output int a; output int b; int[8] n = -1; a = popcount(n); b = popcount(255);", {"a": 8, "b": 8}),
    ("bit[2] c = 3; output bool a; output bool b; if (c == 3.5) { a = true; } if (c == 3.0) { b = true; }", {"a": 0, "b": 1}),
    ("qubit q; bit c; pow(1/2) @ x q; pow(0.5) @ x q; c = measure q;", {"c": 1}),
    ("gate g(t) a { for int i in [1:2] { rx(t / 2) a; } } qubit q; bit c; g(pi) q; c = measure q;", {"c": 1}),
    ("qubit q; bit c; float t = 1.0; t *= pi; pow(2) @ rx(t / 2) q; c = measure q;", {"c": 1}),
    ("qubit[2] q; bit[2] c; float t = pi; x q[0]; ctrl @ rx(t) q[0], q[1]; inv @ U(t / 2, 0, t) q[0]; U(t / 2, 0, t) q[0]; c = measure q;", {"c": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "records"), SAME, ids=[text[:60] for text, _ in SAME])
def test_what_every_run_records(text: str, records: dict[str, int | float]) -> None:
    assert value(text) == records


@pytest.mark.parametrize("seed", range(150))
def test_integers_are_those_of_the_specification(seed: int) -> None:
    """Expressions of variables and of constants against exact integers."""
    text, records = openqasm_numbers.program(random.Random(seed))
    found = value(text)
    wrong = {name: (found[name], wanted) for name, wanted in records.items() if found[name] != wanted}
    assert not wrong, text


@pytest.mark.parametrize("seed", range(40))
def test_angles_are_numbers_modulo_a_turn(seed: int) -> None:
    """Angles of n bits against exact integers: of variables and of constants."""
    rng = random.Random(seed)
    width = rng.randrange(2, 49)
    turn = 1 << width
    a, b, n = rng.randrange(turn), rng.randrange(1, turn), rng.randrange(1, 9)
    lines, wanted = [f"int[8] vn = {n}; const int[8] kn = {n};"], {}
    for name, bits in (("a", a), ("b", b)):
        text = f'angle[{width}](bit[{width}]("{bits:0{width}b}"))'
        lines.append(f"angle[{width}] v{name} = {text}; const angle[{width}] k{name} = {text};")
    expected = {
        "_a + _b": a + b, "_a - _b": a - b, "-_a": -a, "_a * _n": a * n, "_n * _a": a * n, "_a / _n": a // n,
        "_a << 1": a << 1, "_a >> _n": a >> n, "~_a": ~a, "_a ^ _b": a ^ b,
    }  # fmt: skip
    for prefix in "vk":
        for place, (text, bits) in enumerate(expected.items()):
            name = f"{prefix}{place}"
            lines.append(f"output bit[{width}] {name}; {name} = bit[{width}]({text.replace('_', prefix)});")
            wanted[name] = bits % turn
        for name, text, found in (("q", "_a / _b", a // b), ("l", "_a < _b", a < b), ("e", "_a + _b - _b == _a", True)):
            lines.append(f"output int {prefix}{name}; {prefix}{name} = {text.replace('_', prefix)};")
            wanted[prefix + name] = int(found)
    assert value("\n".join(lines)) == wanted


def test_inputs_are_arguments() -> None:
    text = "input float a; input int[8] n; qubit q; bit c; rx(a * n) q; c = measure q;"
    assert value(text, args=(np.pi / 3, 3)) == {"c": 1}
    machine = Machine(build(imported(V3 + text)), engine="interp", seed=1, args=(1.0,))
    trap = machine.run().trap
    assert trap is not None
    assert trap.message == "no value for the input 'n': give it as argument 2 after --"


def test_an_index_that_the_program_computes_is_checked() -> None:
    machine = Machine(build(imported(V3 + "qubit[2] q; int i = 2; x q[i];")), engine="interp", seed=1)
    trap = machine.run().trap
    assert trap is not None
    assert trap.message == "line 3: an index of 'q' is outside -2 to 1: its length is 2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("array[int, 2] a; int i = -3; output int c; c = a[i];", "line 3: an index of 'a' is outside -2 to 1: its length is 2"),
        ("bit[2] a; uint i = 2; a[i] = 1;", "line 3: an index of 'a' is outside 0 to 1: its length is 2"),
        ("int i = -1; int n = 1; n = n << i;", "line 3: a shift by a negative distance"),
        ("float f = 1e30; int n = f;", "line 3: the float does not fit in an integer of 64 bits"),
    ],
)  # fmt: skip
def test_what_traps_has_a_text(text: str, words: str) -> None:
    trap = Machine(build(imported(V3 + text)), engine="interp", seed=1).run().trap
    assert trap is not None
    assert trap.message == words


REFUSED = [
    ("qubit[2] q;\ncx q[0], q[0];", "error[E0808]: line 4: q[0] is there twice: the qubits of a gate must differ"),
    ("qubit[2] q;\ncx q, q;", "line 4: q[0] is there twice"),
    ("qubit[2] q;\nx q[2];", "line 4: index 2 is outside 0 to 1"),
    ("qubit[2] q;\nqubit[3] r;\ncx q, r;", "line 5: registers of 2 and 3 qubits in one gate"),
    ("qubit q;\nrx q;", "line 4: 'rx' takes 1 angle, not 0"),
    ("qubit q;\ncx q;", "line 4: 'cx' acts on 2 qubits here, not 1"),
    ("qubit q;\nx p;", "line 4: 'p' is not defined"),
    ("gate g a {\n x a;\n foo a;\n}", "line 5: gate 'foo' is not defined"),
    ("gate g a {\n x b;\n}", "line 4: a gate acts on its own qubits"),
    ("gate h a { U(1, 2, 3) a; }", "line 3: the gate 'h' is already defined by stdgates.inc"),
    ("qubit q;\nqubit q;", "line 4: 'q' is already defined"),
    ("bit[2] c;\nqubit[3] q;\nc = measure q;", "line 5: 3 qubits into 2 bits"),
    ("extern f(int) -> int;", "error[E0809]: line 3: 'extern' functions have no form in QBC: write a 'def'"),
    ("cal { foo }", "line 3: calibrations"),
    ("qubit q;\nx $0;", "line 4: the physical qubit '$0' has no form in QBC: declare a qubit"),
    ("complex[float[64]] z;", "line 3: the type complex has no form in QBC"),
    ("def f(int n) -> int {\n return f(n);\n}\noutput int r;\nr = f(1);", "line 4: calls of 'f' do not end"),
    ("qubit q;\nfloat t = 0.5;\npow(0.5) @ rx(t) q;", "line 5: a power that is not whole needs gates whose angles are constants"),
    ("const int n = 1;\nn = 2;", "line 4: 'n' is a constant"),
    ("qubit q;\nrx(1 / 0) q;", "line 4: division by 0"),
    ("break;", "line 3: 'break' statement outside loop"),
    ("return;", "line 3: 'return' statement outside subroutine"),
    ("bit[2] a;\nbit[3] b;\na = b;", "line 5: 3 bits are assigned to 2"),
    ("int n = 2;\nqubit[n] q;", "line 4: this must be a constant"),
    ("uint[8] u;\nbool b = u < -1;", "line 4: '<' of a uint[8] and -1: write uint[8](-1), or int(…) for the other operand"),
    ("int n;\nn = 1 << -1;", "line 4: a shift by -1"),
    ("int n = 99999999999999999999;", "line 3: the integer does not fit in 64 bits"),
    ("int n = 2 ** -1;", "line 3: an integer to a negative power"),
    ("int n = 9223372036854775807 * 4;", "line 3: the integer does not fit in 64 bits"),
    ("int n;\nn %= 0;", "line 4: division by 0"),
    ("float c = 1e400;", "line 3: the number is too large for a float"),
    ("float c = 1e300 * 1e300;", "line 3: the value of this is too large"),
    ("int n = int(1e19);", "line 3: 1e+19 does not fit in an integer of 64 bits"),
    ("bit[2] c;\nc = 4;", "line 4: 4 does not fit in 2 bits"),
    ("int n = int(1e30);", "line 3: 1e+30 does not fit in an integer of 64 bits"),
    ("int w;\nw ~= 2;", "line 4: '~' has one operand"),
    ("angle[8] a;\nint n = int(a);", "line 4: an angle is not an integer"),
    ("angle[8] a;\nbit[4] n = bit[4](a);", "line 4: the bits of an angle[8] are as many as it has"),
    ("angle[8] a;\na = a * 0.5;", "line 4: '*' of an angle and a float: write float(…) for the angle"),
    ("angle[64] a;", "line 3: angle[64] is not supported: write angle[48] or float"),
    ("array[int, 2] a;\narray[int, 2] b = {1, 2};\na = b;", "line 5: a whole array cannot be assigned: assign its elements in a loop"),
    ("array[int, 2] a = {1};", "line 3: 1 value for an array of 2"),
    ("array[int, 2, 2] a = {1, 2, 3, 4};", "line 3: the values do not have the shape of the array: 2, 2"),
    ("uint[8] c;\nc[3] = 1;", "line 4: single bits of 'c' cannot be assigned to"),
    ("bit[70] c;\nc = 1 << 69;", "line 4: a register of 70 bits takes a register, a bit string"),
    ("qubit[2] q;\nx q[1:0];", "line 4: the range selects nothing"),
    ("float f;\nbit b = f[0];", "line 4: a float has no bits"),
    ("int[100] n;", "line 3: int[100] is not a type that QBC has"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[words[-50:] for _, words in REFUSED])
def test_what_is_refused_names_its_line(text: str, words: str) -> None:
    """``words``: the code, where it matters, the line and the beginning of the message."""
    with pytest.raises(SourceError) as caught:
        imported(V3 + text)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.span is not None
    shown = f"error[{diagnostic.code}]: line {diagnostic.span.line}: {diagnostic.message}"
    assert shown.removeprefix("" if words.startswith("error") else shown[: len("error[E0808]: ")]).startswith(words)


PLACES = [
    ("qubit[2] q;\ncx q[0], q[5];", "q[5]", "index 5 is outside 0 to 1"),
    ("int a = 1 +\n  foo * 2;", "foo", "'foo' is not defined"),
    ("qubit q; // q\nfoo q; // q", "foo q;", "gate 'foo' is not defined"),
    ("duration d = 10dt;", "10dt", "a duration in dt is not known: write it in ns, us, ms or s"),
    ("int a = `;", "`", "'`' is not a character of OpenQASM here"),
    ("$$", "$", "'$' is not a character of OpenQASM here"),
    ('bit c = "01;', '"', "the string does not end on its line"),
    ("int a; /* b", "/", "the comment does not end: '*/' is missing"),
    ("qubit q;\nrx((1) q;", "q", "'q' is not expected here"),
    ("qubit[2] q\nU(0, 0, 0) q;", "", "expected ';' before 'U' on the next line"),
    ("qubit q;\nx q", "", "the text ends inside of a statement or a block: ';' or '}' is missing"),
    ("int a = " + "1" * 5000 + ";", "1" * 5000, "a number of more than 400 digits"),
]


@pytest.mark.parametrize(("text", "marked", "message"), PLACES, ids=[message[:40] for *_, message in PLACES])
def test_the_caret_is_under_what_is_wrong(text: str, marked: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        imported(V3 + text)
    (diagnostic,) = caught.value.diagnostics
    span = diagnostic.span
    assert span is not None
    assert diagnostic.message == message
    assert span.source.line(span.line)[span.column - 1 : span.end_column - 1] == marked


def test_the_place_is_that_in_the_file() -> None:
    """Also after an include on the same line, and in the included file."""
    Path("a.inc").write_text("gate g a { U(0, 0, 0) a; }\nqubit r;\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        imported('OPENQASM 3.0;\nqubit q; include "a.inc"; g q; foo q;')
    span = caught.value.diagnostics[0].span
    assert span is not None
    assert (span.source.name, span.line, span.column, span.end_column) == ("c.qasm", 2, 32, 38)
    Path("a.inc").write_text("qubit r;\n foo r;\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        imported('OPENQASM 3.0;\nqubit q; include "a.inc"; g q; foo q;')
    span = caught.value.diagnostics[0].span
    assert span is not None
    assert (span.source.name, span.line, span.column, span.end_column) == ("a.inc", 2, 2, 8)


def test_a_gate_that_is_not_included_says_so() -> None:
    with pytest.raises(SourceError, match=r"gate 'h' is not defined: write include \"stdgates\.inc\"; first"):
        imported("OPENQASM 3.0; qubit q; h q;")
