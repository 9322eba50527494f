"""What programs print, at every level and on both engines."""

from __future__ import annotations

import io
import itertools
import math
import random

import pytest

from tests.sigma.support import LEVELS, build, finished, output
from vm.machine import Machine

CASES = {
    "arithmetic": ("print(\"{7 div 2} {-7 div 2} {7 % -3} {7 / 2} {2 - 3 * 4} {1 << 4 | 3}\");", "3 -4 -2 3.5 -10 19\n"),
    "floats": ("let x = 7.5; print(\"{x div 2.0} {-x div 2.0} {-x % 2.0} {x / 0.0}\");", "3.0 -4.0 0.5 inf\n"),
    "wrap": ("var x = 9223372036854775807; x += 1; print(\"{x} {-9223372036854775808} {0xFFFF_FFFF_FFFF_FFFF}\");",
             "-9223372036854775808 -9223372036854775808 -1\n"),
    "bools": ("let a = true; let b = not a == false; print(\"{a and b} {a and not b} {!a || b} {a & b}\");",
              "true false true true\n"),
    "short circuit": ("var n = 0; if n != 0 and 1 div n > 0 { n = 5; } if n == 0 or 1 div n > 0 { n = 7; } print(\"{n}\");",
                      "7\n"),
    "while": ("var n = 27; var c = 0; while n != 1 { n = n div 2 if n % 2 == 0 else 3 * n + 1; c += 1; } print(\"{c}\");",
              "111\n"),
    "ranges": ("for i in 0..3 { write(\"{i}\"); } for i in 5..0 step -2 { write(\"{i}\"); } for i in 3..3 { write(\"x\"); }"
               " let s = 2; for i in 0..5 step s { write(\"{i}\"); } print(\"\");", "012531024\n"),
    "break and continue": ("for i in 0..10 { if i % 2 == 0 { continue; } if i > 6 { break; } write(\"{i} \"); } print(\"\");",
                           "1 3 5 \n"),
    "arrays": ("var a = [0; 5]; for i in 0..len(a) { a[i] = i * i; } let b = a; a[1] = 9; var s = 0; for x in b { s += x; }"
               " print(\"{s} {a[1]} {b[1]} {len(a[1..4])}\");", "30 9 1 3\n"),
    "nested arrays": ("var m = [[0.0; 3]; 2]; m[1][2] = 5; m[0] = m[1]; print(\"{m[0][2]} {m[1][0]}\");", "5.0 0.0\n"),
    "what is never reached": ("var b = 5; var a = 1; while true { break; b = 1; } for i in 0..3 { continue; a = 7; } { if a == 1 { a = 2; } }"
                              " for i in 0..2 { if i == 1 { break; a = 9; } a += 1; } print(\"{a} {b}\");", "3 5\n"),
    "tuples": ("let (a, b) = (3, 4.5); var t = (1, true); t = (a, b > 4.0); let (c, d) = t; print(\"{c} {d}\");", "3 true\n"),
    "scopes": ("let x = 1; { let x = 2; write(\"{x}\"); } print(\"{x}\");", "21\n"),
    "formats": ("let x = 3.14159; let n = 42; print(\"[{x:.2f}] [{x:8.2f}] [{x:<8.2f}] [{n:6}] [{n:<6}] [{n:x}] {{}}\");",
                "[3.14] [    3.14] [3.14    ] [    42] [42    ] [0x2a] {}\n"),
    "bools in columns": ("print(\"[{true:6}] [{false:<7}] [{true:2}]\");", "[  true] [false  ] [true]\n"),
    "ints beside floats": ("let n = 9007199254740993; let m = argument(0, 9007199254740993);"
                           " print(\"{n == 9007199254740992.0} {m == 9007199254740992.0}\");", "true true\n"),
    "tuples in an array": ("let a = [(1, 2.0)]; a[0] = (3, 4.0); for (x, y) in a { print(\"{x} {y}\"); }", "3 4.0\n"),
    "functions of numbers": ("print(\"{max(3, 4.5)} {min(2, -2)} {abs(-3)} {int(3.9)} {sqrt(2.0):.4f} {floor(-0.5)}\");",
                             "4.5 -2 3 3 1.4142 -1.0\n"),
    "bits": ("print(\"{popcount(255)} {ctz(8)} {shr(-1, 60)} {from_bits(bits(1.5))} {~5}\");", "8 3 15 1.5 -6\n"),
    "rotations": ("let n = -2; print(\"{rotl(n, 1)} {rotr(1, 1)} {rotl32(n, 1)} {rotr32(n << 8 | 1, 36)} {rotl32(1, -1)}\");",
                  "-3 -9223372036854775808 4294967293 536870880 2147483648\n"),
    "assembly": ("var x = 5; let y = 3; asm { QADD x, x, y ; five and three\n QMUL x, 2 } print(\"{x}\");", "16\n"),
    "characters": ("print(\"{'A'} σ \\u{1F600}\\t|\");", "65 σ 😀\t|\n"),
    "characters of numbers": ("for c in ['σ', 0x1F600, 10] { write(\"{c:c}|\"); }", "σ|😀|\n|"),
    "unicode names": ("let σ1 = 2; let größe = σ1 * 2; print(\"{größe}\");", "4\n"),
    "what is made of what it replaces": ("var a = [1, 2, 3]; a = [a[2], a[1], a[0]]; var t = [[1, 2], [3, 4]]; t[0] = [t[0][1], t[1][0]];"
                                         " print(\"{a[0]} {a[1]} {a[2]} {t[0][0]} {t[0][1]}\");", "3 2 1 2 3\n"),
    "bytes": ("var t: [byte; 3] = [1, 2, 300]; t[0] = -1; t[1] += 5; let u = t; t[2] = 77; var s = 0; for c in u { s += c; }"
              " print(\"{t[0]} {t[1]} {u[2]} {s} {t[2]}\");", "255 7 44 306 77\n"),
    "texts": ("var t: [byte; 6] = \"h\u00e9llo\"; t[0] = 'j'; let n = 2; let d: [byte] = [65; n]; write_bytes(t); write_bytes(d);"
              " write_bytes(\"\u03c3!\"); print(\" {len(t)}\");", "j\u00e9lloAA\u03c3! 6\n"),
    "bytes in arrays": ("let e: [[byte; 3]; 2] = [[1, 2, 3], \"ab\"]; var f = e; f[0] = f[1]; print(\"{e[0][2]} {f[0][1]} {f[0][2]}\");",
                        "3 98 0\n"),
    "slashes": ("let a = 17; let b = a div 4; // four\n let c = a // 4;\n / 2.0; print(\"{b} {c}\");", "4 8.5\n"),
}  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", CASES)
def test_statements(name: str, level: int) -> None:
    body, wanted = CASES[name]
    assert output(f"fn main() {{ {body} }}", level) == wanted


WHOLE = {
    "recursion": (
        """fn fib(n: int) -> int { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); }
fn depth(n: int) -> int { var a = [n; 4]; if n > 0 { let below = depth(n - 1); return below + a[3]; } return 0; }
fn main() { print("{fib(20)} {depth(10)}"); }""",
        "6765 55\n",
    ),
    "records": (
        """record P { x: float; y: float }
record Line { from_: P; to: P; tags: [int; 2] }
fn add(a: P, b: P) -> P { return P(a.x + b.x, y: a.y + b.y); }
fn shift(l: Line, by: P) { l.from_ = add(l.from_, by); l.to = add(l.to, by); l.tags[1] += 1; }
fn main() { var l = Line(P(0, 0), P(1, 2), [7, 8]); shift(l, P(0.5, -1)); let c = l; shift(c, P(1, 1));
  print("{l.from_.x} {l.to.y} {l.tags[1]} {c.to.x}"); }""",
        "0.5 1.0 9 2.5\n",
    ),
    "many arguments": (
        """fn f(a: int, b: float, c: int, d: int, e: float, g: int) -> (int, float, int, int, float, int) {
  return (g, e, d, c, b, a); }
fn main() { let (a, b, c, d, e, g) = f(1, 2.5, 3, 4, 5, 6); print("{a} {b} {c} {d} {e} {g}"); }""",
        "6 5.0 4 3 2.5 1\n",
    ),
    "slices": (
        """fn sum(a: [int]) -> int { var s = 0; for x in a { s += x; } return s; }
fn fill(a: [int], v: int) { for i in 0..len(a) { a[i] = v; } }
fn main() { var a = [1, 2, 3, 4, 5]; fill(a[1..3], 9); print("{sum(a)} {sum(a[2..5])} {sum(a[2..2])}"); }""",
        "28 18 0\n",
    ),
    "views and globals": (
        """record E { k: int; v: float }
view table: [E] at OUTPUT_BUFFER + 64;
const N = 3 + 1;
var total: float = 0;
let primes = [2, 3, 5, 7];
fn main() { for i in 0..N { table[i].k = primes[i]; table[i].v = table[i].k / 2; total += table[i].v; } print("{total}"); }""",
        "8.5\n",
    ),
    "constants in any order": ("fn main() { print(\"{B}\"); } const B = A * 2; const A: float = 3;", "6.0\n"),
    "spilled": (
        "fn f(n: int) -> int { return n; }\nfn main() {\n"
        + "".join(f"let a{n} = f({n});\n" for n in range(30))
        + "print(\"{" + " + ".join(f"a{n}" for n in range(30)) + "}\"); }",
        "435\n",
    ),
    "spilled in a recursion": (
        "fn f(n: int) -> int {\nif n == 0 { return 1; }\n"
        + "".join(f"let a{n} = f(n - 1) + {n};\n" for n in range(2))
        + "".join(f"let b{n} = a0 * {n + 3};\n" for n in range(20))
        + "let c = f(n - 1);\nreturn c + a1 + (" + " ^ ".join(f"b{n}" for n in range(20)) + ");\n}\n"
        + "fn main() { print(\"{f(4)}\"); }",
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("engine", ["interp", "native"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", WHOLE)
def test_whole_programs(name: str, level: int, engine: str) -> None:
    text, wanted = WHOLE[name]
    assert output(text, level, engine=engine) == (wanted or output(text, 0))


def test_a_recursion_with_many_values_is_right() -> None:
    def f(n: int) -> int:
        if n == 0:
            return 1
        a = [f(n - 1) + k for k in range(2)]
        mixed = 0
        for k in range(20):
            mixed ^= a[0] * (k + 3)
        return f(n - 1) + a[1] + mixed

    assert output(WHOLE["spilled in a recursion"][0]) == f"{f(4)}\n"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("var a = [1, 2, 3]; var k = 5; a[k] = 1;", "index 5 is outside of an array of 3"),
        ("let a = [1, 2, 3]; var k = -1; print(\"{a[k]}\");", "index -1 is outside of an array of 3"),
        ("var n = 4; let a = [1, 2, 3]; let b = a[0..n];", "a part that ends at 4 is outside of an array of 3"),
        ("var n = 2; let a = [1, 2, 3]; let b = a[n..1];", "there is no part 2..1 of an array"),
        ("var n = -2; let a = [1, 2, 3]; let b = a[n..1];", "there is no part -2..1 of an array"),
        ("var n = 1; assert(n == 2, \"two σ\");", "two σ"),
        ("var n = 1; assert(n == 2);", "assertion failed: n == 2"),
        ("var n = 0; print(\"{1 div n}\");", "QDIV: the divisor is the constant 0"),
        ("var n = 0; for i in 0..3 step n { }", "the step of a range must be positive"),
        ("var n = -1; let a = [0; n];", "an array has 0 to 4,294,967,296 elements"),
        ("var n = -1; let q = qubits(n);", "qubits makes 1 to 16,777,216 qubits"),
        ("let q = qubits(65); let bits = measure(q);", "measure gives an int, so of at most 64 qubits"),
        ("var n = 3; let q = qubits(n); let e = expect(q, \"ZZ\");", "'ZZ' has 2 letters"),
    ],
)  # fmt: skip
def test_traps_say_what_happened_at_its_place(body: str, message: str, level: int) -> None:
    machine = finished(f"fn main() {{\n{body} }}", level)
    assert machine.outcome is not None
    trap = machine.outcome.trap
    assert trap is not None
    if "divisor" in message:
        assert trap.name == "zero-division"
    else:
        assert message in trap.message
    assert trap.location is not None
    assert (trap.location.file, trap.location.line) == ("test.sigma", 2)


@pytest.mark.parametrize("level", LEVELS)
def test_teleportation(level: int) -> None:
    text = """gate bell(a: qubit, b: qubit) { h(a); cx(a, b); }
fn teleport(psi: qubit, theta: float) -> float {
    let pair = qubits(2);                 // |00>
    ry(psi, theta);
    bell(pair[0], pair[1]);
    inv bell(psi, pair[0]);
    if measure(pair[0]) { x(pair[1]); }
    if measure(psi)     { z(pair[1]); }
    return probability(pair[1]);
}
fn main() { for k in 0..8 { let q = qubit(); print("{teleport(q, 2 * pi / 3):.6f}"); } }"""
    assert output(text, level) == "0.750000\n" * 8


@pytest.mark.parametrize("level", LEVELS)
def test_histograms_and_expectations(level: int) -> None:
    text = """fn main() { let q = qubits(3); h(q[0]); cx(q[0], q[1]); x(q[2]);
  print("{purity(q[0]):.3f} {concurrence(q[0], q[1]):.3f}");
  var n = 0; for (value, count) in sample(q, 500) { n += count; assert(value == 4 or value == 7); }
  x(q[1]); print("{n} {measure(q)}"); }"""
    assert output(text, level) == "0.500 1.000\n500 2\n"


def test_higher_levels_execute_less() -> None:
    text = WHOLE["records"][0]
    counts = [finished(text, level).count for level in LEVELS]
    assert counts[0] >= counts[1] > counts[2]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("body", ["while true { }", "var n = 0; while n == 0 { }", "while true { while true { } }"])
def test_a_loop_without_an_end_is_one(body: str, level: int) -> None:
    machine = finished(f"fn main() {{ {body} }}", level, max_instructions=1000)
    assert machine.outcome is not None
    assert machine.outcome.status == 79


@pytest.mark.parametrize("level", LEVELS)
def test_bytes_lie_close_together_in_records_views_and_variables(level: int) -> None:
    text = (
        "record Name { number: int; text: [byte; 5]; last: int }\n"
        'let names = [Name(1, "ab", 2), Name(3, "cdefg", 4)];\nlet greeting: [byte; 3] = "hey";\n'
        "view place: [Name; 2] at 0x1_0000_0000;\n"
        "fn shout(t: [byte]) { for k in 0..len(t) { t[k] -= 32; } }\n"
        'fn main() { place[0] = names[1]; place[1].last = 9; shout(place[0].text[1..3]); shout("lost");\n'
        '  write_bytes(place[0].text); write_bytes(greeting); print(" {place[0].last} {place[1].last} {names[1].text[1]:c}"); }'
    )
    machine = finished(text.replace(":c}", "}"), level)
    assert machine.output.decode() == "cDEfghey 4 9 100\n"
    assert machine.peek(0x1_0000_0008, 8).tobytes() == b"cDEfg\0\0\0"


@pytest.mark.parametrize("level", LEVELS)
def test_lines_of_input(level: int) -> None:
    text = (
        "fn main() { var line: [byte; 4] = [9; 4]; while true { let n = read_line(line); if n < 0 { break; }"
        ' write_bytes(line[0..min(n, len(line))]); print(" {n}"); } }'
    )
    assert output(text, level, stdin=io.BytesIO(b"ab\nlonger\n")) == "ab 2\nlon 3\nger 3\n 0\n"


@pytest.mark.parametrize("level", LEVELS)
def test_the_host_calls_what_is_exported(level: int) -> None:
    text = """export fn half(n: int) -> float { return kept(n) / 2; }
fn kept(n: int) -> int { return n; }
export fn sum(a: [int]) -> int { var s = 0; for x in a { s += x; } return s; }
fn main() { print("{half(3)}"); }"""
    machine = finished(text, level)
    assert set(machine.program.entry_points()) == {"half", "sum"}
    assert machine.call("half", 5) == 2.5
    machine.view(0x1000, 3, "<i8")[:] = [4, 5, 6]
    assert machine.call("sum", 0x1000, 3) == 15


@pytest.mark.parametrize("level", LEVELS)
def test_a_literal_reads_what_it_replaces(level: int) -> None:
    text = """record P { x: float; y: float }
record Q { p: P; k: [int; 3] }
fn main() {
  var p = P(1, 2); p = P(p.y, p.x); write("{p.x} {p.y} ");
  var a = [1, 2, 3]; a = [a[2], a[0], a[1]]; write("{a[0]} {a[1]} {a[2]} ");
  var q = Q(p, a); q = Q(k: [q.k[1], 7, q.k[0]], p: P(q.p.y, 4)); write("{q.p.x} {q.p.y} {q.k[0]} {q.k[2]} ");
  q = Q(p, [q.k[2], q.k[1], q.k[0]]); print("{q.p.x} {q.k[0]} {q.k[1]} {q.k[2]}"); }"""
    assert output(text, level) == "2.0 1.0 3 1 2 1.0 4.0 1 3 2.0 3 7 1\n"


def test_a_record_is_stored_where_it_goes() -> None:
    text = """record E { a: int; b: int; c: int; d: int; e: int; f: int; g: int; h: int; i: int; j: int }
view table: [E] at OUTPUT_BUFFER;
fn main() { for k in 0..100 { table[k] = E(k, k + 1, k + 2, k + 3, k + 4, k + 5, k + 6, k + 7, k + 8, k + 9); } }"""
    # A value and a store for each word, and the loop.
    assert finished(text).count < 100 * 26


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "rest", ["let m = [0; 3]; let k = n;", "for i in 0..3 { n += i; } let k = n;", "while n > 0 { n -= 1; } n += 1;"]
)
def test_loops_that_nothing_leads_to_compile(rest: str, level: int) -> None:
    text = f'fn main() {{ var n = 4; while n > 0 {{ n -= 1; if not false {{ print("{{n}}"); return; }} {rest} }} }}'
    assert output(text, level) == "3\n"


@pytest.mark.parametrize("level", LEVELS)
def test_division_of_floats_is_pythons(level: int) -> None:
    text = 'fn main() { let x = argument(0, 0.0); let y = argument(1, 0.0); record("q", x div y); record("r", x % y); }'
    obj = build(text, level)
    values = [0.0, -0.0, 2.5, -2.5, 7.0, -7.0, 1e-300, -1e300, 1.0, 0.1, -0.1, 3.0, 1e16, 1e22, math.inf, -math.inf]
    rng = random.Random(1)
    pairs = [*itertools.product(values, values), *((rng.uniform(-1e3, 1e3), rng.uniform(-9, 9)) for _ in range(100))]
    for x, y in pairs:
        machine = Machine(obj, args=[x, y], engine="interp")
        machine.run()
        wanted = [x // y, x % y] if y else [math.nan, math.nan]
        assert [repr(value) for _, value in machine.records] == list(map(repr, wanted)), (x, y)
