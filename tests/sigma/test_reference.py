"""What the reference says and shows in no program of its own."""

from __future__ import annotations

import pytest

from qbcc.source import SourceFile
from sigma.check.modules import Options
from sigma.check.program import check
from sigma.compile import compile_source
from tests.sigma.support import LEVELS, codes, finished, output
from vm.machine import Machine

CONSTANTS = """const N = 4;
const M = 8;
const T: float = 2;
const B = true;
fn main() { print("{N} {M} {T} {B}"); }"""

# Statement of docs/sigma.md, body of main, what it prints.
SAYS = {
    "a let array's elements change": ("let a = [1, 2]; a[0] = 5; print(\"{a[0]}\");", "5\n"),
    "int cuts off, saturates, and is 0 of NaN": (
        "let big = argument(0, 1e30); let none = argument(0, nan);"
        " print(\"{int(-3.9)} {int(big)} {int(-big)} {int(none)}\");",
        "-3 9223372036854775807 -9223372036854775808 0\n",
    ),
    "an int goes for a float in a tuple": ("var t: (int, float) = (1, 2); t = (3, 4); let (x, y) = t; print(\"{y}\");", "4.0\n"),
    "bounds are calculated once": ("var n = 3; for i in 0..n { n = 9; write(\"{i}\"); } print(\"\");", "012\n"),
    "a negative step goes down": ("for i in 3..-1 step -2 { write(\"{i} \"); } print(\"\");", "3 1 \n"),
    "a scalar element is read at its turn": ("var a = [1, 2, 3]; for x in a { a[2] = 9; write(\"{x}\"); } print(\"\");", "129\n"),
    "a part with constant bounds is copied": ("var a = [1, 2, 3]; let b = a[0..2]; a[0] = 9; print(\"{b[0]}\");", "1\n"),
    "a part with other bounds is copied too": ("var a = [1, 2, 3]; var n = arguments() + 2; let b = a[0..n]; a[0] = 9; print(\"{b[0]}\");", "1\n"),
    "a reference to a part": ("var a = [1, 2, 3]; var n = arguments() + 2; let b = ref a[0..n]; a[0] = 9; print(\"{b[0]}\");", "9\n"),
    "the exclamation mark binds as not": ("let a = true; print(\"{!a == false}\");", "true\n"),
    "shifts take the distance modulo 64": ("var n = 65; print(\"{1 << n} {-8 >> n} {shr(-8, 65)}\");", "2 -4 9223372036854775804\n"),
    "floats divided by 0": ("var z = 0; print(\"{1 / z} {-1 / z} {0 / z}\");", "inf -inf nan\n"),
    "numbers of two kinds are compared as floats": ("var n = 9007199254740993; print(\"{n == 9007199254740992.0}\");", "true\n"),
    "a choice calculates what it chooses": ("var z = arguments(); print(\"{1 if z == 0 else 1 div z}\");", "1\n"),
    "the length of a part": ("let a = [0; 5]; print(\"{len(a[1..4])} {len(a[2..2])}\");", "3 0\n"),
    "names of the language may be taken": ("let max = 3; let step = max; let at = step; print(\"{at}\");", "3\n"),
    "bits in an int are those of the qubits": ("let q = qubits(3); x(q[1]); print(\"{measure(q)} {measure(q[1])} {measure(q[1..3])}\");", "2 true 1\n"),
    "a row of qubits that there are": ("let q = qubit(); let r = qubit(); x(r); let row = [r, q]; print(\"{measure(row)}\");", "1\n"),
    "the last letter is for the first qubit": ("let q = qubits(2); x(q[0]); let e = expect(q, \"ZI\"); let f = expect(q, \"IZ\"); print(\"{e} {f}\");", "1.0 -1.0\n"),
    "what was sampled is 0 then": ("let q = qubits(2); x(q); for (value, count) in sample(q, 3) { write(\"{value} {count} \"); } print(\"{measure(q)}\");", "3 3 0\n"),
    "a qubit that is given back was measured": ("let q = qubit(); h(q); { let r = qubit(); cx(q, r); } print(\"{purity(q):.3f}\");", "1.000\n"),
}  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", SAYS)
def test_statements(name: str, level: int) -> None:
    body, wanted = SAYS[name]
    assert output(f"fn main() {{ {body} }}", level) == wanted


WHOLE = {
    "results are the caller's own": (
        """let start = [1, 2];
fn given() -> [int; 2] { return start; }
fn main() { let a = given(); a[0] = 9; print("{start[0]} {a[0]}"); }""",
        "1 9\n",
    ),
    "a gate may call itself": (
        """gate fan(q: [qubit]) { if len(q) > 1 { cx(q[0], q[1]); fan(q[1..len(q)]); } }
fn main() { let q = qubits(4); x(q[0]); fan(q); write("{measure(q)} "); inv fan(q); print("{measure(q)}"); }""",
        "15 1\n",
    ),
    "the inverse takes loops from their last turn": (
        """gate steps(q: qubit, c: qubit) { for k in 1..4 { rx(q, 0.3 * k); ctrl(c) ry(q, 0.2 * k); h(q); } }
fn main() { let q = qubit(); let c = qubit(); h(c); steps(q, c); inv steps(q, c); h(c);
  print("{probability(q):.6f} {probability(c):.6f}"); }""",
        "0.000000 0.000000\n",
    ),
    "a controlled sigma is exact in phase": (
        """fn main() { let c = qubit(); let q = qubit(); h(c); ctrl(c) σ(q, 8); h(c); print("{probability(c):.3f}"); }""",
        "1.000\n",
    ),
    "a function that calculates may stand in a gate": (
        """fn angle(n: int) -> float { var found = [0.0; 3]; for k in 0..n { found[k] = 0.1 * k; } return found[n - 1]; }
gate turn(q: qubit) { rx(q, angle(3)); }
fn main() { let q = qubit(); turn(q); inv turn(q); print("{probability(q):.6f}"); }""",
        "0.000000\n",
    ),
    "qubits are given back however a block is left": (
        """fn once(n: int) { for k in 0..n { let q = qubit(); x(q); if k == 1 { return; } if k == 0 { continue; } } }
fn main() { for k in 0..1000 { once(3); } let q = qubit(); print("{measure(q)}"); }""",
        "false\n",
    ),
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", WHOLE)
def test_whole_programs(name: str, level: int) -> None:
    text, wanted = WHOLE[name]
    assert output(text, level) == wanted


@pytest.mark.parametrize(
    ("text", "trap"),
    [
        ("let q = qubits(2); var i = arguments(); cx(q[i], q[0]);", "quantum"),
        ("let q = qubits(2); let z = argument(0, 0.0); rx(q, 1 / z);", "quantum"),
        ("let a = [0; 3]; var i = arguments() + 3; let b = a[0..i + 1];", "trap"),
        ("let z = arguments(); print(\"{1 % z}\");", "zero-division"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("level", LEVELS)
def test_traps(text: str, trap: str, level: int) -> None:
    outcome = finished(f"fn main() {{ {text} }}", level).outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert outcome.trap.name == trap


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fn main() { let i = [1, 2]; let f: [float; 2] = i; }", "S0301"),
        ("fn f(a: [int]) { } fn g(a: [int]) { let b: [int; 2] = a; } fn main() { f([1]); }", "S0301"),
        ("fn f(n: int) { n = 3; } fn main() { f(1); }", "S0308"),
        ("fn main() { for x in [1, 2] { x = 3; } }", "S0308"),
        ("fn f(a: [int]) { var b = a; b = a; } fn main() { }", "S0308"),
        ("const N = 1 div 0; fn main() { }", "S0316"),
        ("record P { x: int } fn main() { let b = P(1) == P(1); }", "S0302"),
        ("fn main() { let q = qubits(2); var r = q; }", "S0406"),
        ("gate g(q: qubit) { let p = argument(0, 0.5); rx(q, p); } fn main() { }", "S0403"),
        ("var n = 0; fn f() -> float { n += 1; return 0.5; } gate g(q: qubit) { rx(q, f()); } fn main() { }", "S0404"),
        ("fn main() { let q = qubits(2); ctrl(q[0]) x(q[0]); }", "S0401"),
        ("fn main() { let x = 1; asm { QADD x, 1 } }", "S0505"),
    ],
)  # fmt: skip
def test_errors(text: str, wanted: str) -> None:
    assert codes(text) == [wanted]


@pytest.mark.parametrize(
    ("defines", "wanted"),
    [
        ({}, "4 8 2.0 true\n"),
        ({"N": "M div 2", "T": "1", "B": "N > 3"}, "4 8 1.0 true\n"),
        ({"M": "0x10", "B": "T > 3.0"}, "4 16 2.0 false\n"),
    ],
)
def test_the_command_line_gives_values_of_constants(defines: dict[str, str], wanted: str) -> None:
    found = compile_source(SourceFile("test.sigma", CONSTANTS), Options(defines))
    assert found.object is not None
    machine = Machine(found.object)
    machine.run()
    assert machine.output.decode() == wanted


def test_the_command_line_says_how_to_divide() -> None:
    (found,) = check(SourceFile("test.sigma", CONSTANTS), Options({"N": "M // 2"})).diagnostics
    assert (found.code, "integer division is the word 'div'" in found.message) == ("S0504", True)


@pytest.mark.parametrize("defines", [{"N": "1.5"}, {"B": "1"}, {"T": "true"}])
def test_a_constant_keeps_its_type(defines: dict[str, str]) -> None:
    found = check(SourceFile("test.sigma", CONSTANTS), Options(defines)).diagnostics
    assert [diagnostic.code for diagnostic in found] == ["S0301"]
    assert found[0].span is not None
    assert found[0].span.source.name == "<command line>"
