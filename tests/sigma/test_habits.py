"""Lines as people write them who come from other languages: the first message of each leads to what is written here."""

from __future__ import annotations

import pytest

from qbcc.nearest import nearest
from sigma import habits, library
from sigma.builtins import BUILTINS, CONSTANTS
from sigma.lexer import KEYWORDS
from tests.sigma.support import codes, diagnostics

# Legend: the line in a function, and what its message, its notes or its fix must say.
_LINES = """
# Python
x = 3;                          | var x = …;
def f(x):                       | fn name(n: int)
elif i > 0 { }                  | else if
let b = True;                   | 'true'
let b = None;                   | no null
let b = null;                   | no null
for k in range(10) { }          | for i in a..b
let n = a.len();                | len(a)
let n = a.length;               | len(a)
let n = size(a);                | len(a)
print "x";                      | in parentheses
print("x", i);                  | in braces
print(i);                       | "{i}"
print(f"{i}");                  | no f before it
print("%d" % i);                | in braces
print("{}".format(i));          | in braces
let s = 'text';                 | double quotes
# comment                       | begins with //
i := 5;                         | let x = …;
let k = i ** 2;                 | pow(a, b)
let k = i // 2;                 | 'div'
let f = lambda t: t + 1;        | every function has a name
import numpy as np;             | outside of functions
from math import sqrt;          | import std.name;
let k = np.sqrt(2.0);           | sqrt(x)
let k = math.gcd(4, 2);         | import std.math;
let k = gcd(4, 2);              | import std.math; and math.gcd
let k = str(i);                 | "{x}"
let k = sum(a);                 | s += x;
let k = sorted(a);              | import std.sort;
let div = 3;                    | take another name
let while = 3;                  | take another name
complex.div(i, j);              | divide
let k = [t * t for t in 0..3];  | in a loop
let k = a[0:2];                 | a[i..j]
let k = a[-1];                  | len(a) - 1
let k = a[1..];                 | a[1..len(a)]
let k = a[..2];                 | a[0..2]
(i, j) = (j, i);                | let t = a;
i, j = j, i;                    | let t = a;
var k, l = 3;                   | let (a, b)
let [k, l] = a;                 | let (a, b)
let k = {"a": 1};               | no sets and dictionaries
while i < 3:                    | in braces
if i > 3:                       | in braces
pass;                           | { }
del i;                          | ends with its block
try { } except { }              | nothing catches it
raise i;                        | nothing catches it
with open("x") as f { }         | a block is
global i;                       | outside of functions
assert i > 0;                   | in parentheses
let k = i if i > 0;             | a if condition else b
let k = i is j;                 | == compares
yield i;                        | one thing after another
exit(0);                        | halt(status)
input("x");                     | read_line
let k = randint(1, 6);          | 6 * random()
let k = round(2.5, 1);          | {x:.2f}
let k = max(a);                 | max(m, x)
# C, Rust
var k: int;                     | var x: int = 0;
i++;                            | i += 1;
++i;                            | i += 1;
i--;                            | i -= 1;
i += 1                          | ';'
let b = i and j;                | x != 0
let b = !i;                     | x == 0
int k = 5;                      | let x = …;
float k = 0.5;                  | let x = …;
for (int k = 0; k < 3; k++) { } | for i in a..b
for (k in a) { }                | no parentheses
for k in 0..=3 { }              | a..b + 1
let k = i > 0 ? 1 : 2;          | a if condition else b
if i = 5 { }                    | == compares
if i === 5 { }                  | == compares
if (i > 3) i = 2;               | in braces
switch (i) { }                  | if … { }
match i { }                     | if … { }
do { } while (i < 3);           | while condition
loop { }                        | while condition
struct P { }                    | record P
class P { }                     | record P
let mut k = 3;                  | var x = …;
let k: i32 = 3;                 | int, of 64 bits
let k: string = "a";            | no type for texts
let k: Vec<int> = [];           | [int; 3]
let k = i as float;             | float(n)
let k = (float) i;              | float(x)
let f = |t| t + 1;              | every function has a name
let k = if i > 0 { 1 } else { 2 }; | a if condition else b
let k = new int[3];             | [0; n]
println!("{}", i);              | print(
printf("%d", i);                | print("{x}")
cout << i;                      | print("{x}")
console.log(i);                 | print("{x}")
const K = 3;                    | by let
static K = 3;                   | outside of functions
let k = 5L;                     | no letter
let k = 2i;                     | std.complex
let k = i <> j;                 | != compares
goto end;                       | while condition
# OpenQASM
qubit[2] s;                     | qubits(2)
qubit s;                        | qubit()
qreg s[2];                      | qubits(2)
creg c[2];                      | measure(q)
bit c;                          | let x = …;
measure q -> i;                 | measure(q)
let c = measure q;              | measure(q)
U(0.1, 0.2, 0.3) q;             | qubits first
u3(0.1, 0.2, 0.3, q);           | u(q, θ, φ, λ)
u1(0.1, q);                     | p(q, angle)
cx q, r;                        | cx(q, r);
h q;                            | h(q)
reset q;                        | reset(q)
barrier q, r;                   | barrier(q)
ctrl @ x(q, r);                 | ctrl(c) x(q)
inv @ t q;                      | inv t(q)
gphase(0.1);                    | cannot be observed
rx(0.5, q);                     | 'rx(q, 0.5)'
rzz(pi / 2, q, r);              | 'rzz(q, r, pi / 2)'
# Q#
use s = Qubit();                | let q = qubit();
Adjoint T(q);                   | inv g(q)
Controlled X([q], r);           | ctrl(c) g(q)
CNOT(q, r);                     | cx(control, target)
CCNOT(q, q, r);                 | ccx(control, control, target)
M(q);                           | measure(q)
if M(q) == One { }              | measure(q)
H(q);                           | 'h'
Measure(q);                     | 'measure'
ResetAll(q);                    | reset(q)
within { h(q); } apply { x(q); } | inv g(q)
repeat { h(q); } until i > 0;   | while again
operation F(q: Qubit) : Unit { } | fn name(n: int)
Message("x");                   | print("{x}")
mutable k = 0;                  | var x = …;
set i = 5;                      | x = …;
let k = Length(a);              | len(a)
# Qiskit, Cirq, Guppy
let qc = QuantumCircuit(2);     | qubits(n)
qc.h(0);                        | h(q[0])
cirq.H(q);                      | h(q[0])
measure_all();                  | an array of qubits is an int
toffoli(q, r, q);               | ccx(control, control, target)
tof(q, r, q);                   | ccx(control, control, target)
sdag(q);                        | sdg(q)
swap(q);                        | swap(a, b)
cx(0, 1);                       | qubits(n)
h(q, r);                        | h(a); h(b);
if measure(q) == 1 { }          | a bool is true or false
if q { }                        | measure(q)
let k = q if i > 0 else r;      | numbers or bools
let k = [1] if i > 0 else [2];  | numbers or bools
let k = sin(90 deg);            | pi / 2
let k = 90°;                    | pi / 2
discard(q);                     | end of the block
let s = qubit(2);               | qubits(n)
cx(q, q);                       | is there twice
# one kind of value for another
let mut k = 3; k = 4;           | var x = …;
print(“hi”);                    | write "hi"
for k in 0..3 { k += 1; }       | while k < 3
for k in 3..0 step -1 { k = 1; } | while k > 0 { … k += -1; }
for x in a { x = 3; }           | a[k] = …;
i = a[0]; a[q] = 3;             | measure(q)
for k in [q, r] { h([q, r][k]); } | write h(k)
let s = [q, r]; for k in s { rx(s[k], 0.5); } | write k in place of s[k]
for k in 0..a { }               | write len(a)
let b = a[1..a];                | write len(a)
let t = "hello world";          | let t: [byte; 11] = "hello world";
var t = "é";                    | var t: [byte; 2] = "é";
let t = "{i}";                  | print("{i}");
let t: [byte; 3] = "abc"; print(t); | write_bytes(t)
print(a);                       | for x in a
let k = print("x");             | 'print' returns no value
print("{reset(q)}");            | 'reset' returns no value
let k = 1 + reset(q);           | reset(q);
print("{expect(q, "Z")}");      | let e = expect(q, "Z");
print("say "hi"");              | \"
print("{i < j < 3}");           | write a < b and b < c
let k = 3;;                     | remove this ';'
let k = 3 let m = 4;            | ';'
i = 3 print("x");               | ';'
while i > 3 { };                | remove this ';'
let k = float 3;                | float(3)
cx a[0], a[1];                  | cx(a[0], a[1]);
rx 0.5, q;                      | rx(q, 0.5);
barrier q, r;                   | barrier(q); barrier(r);
let k = int("3");               | without quotes: 3
let k = len("abc");             | len(t)
record("a", q);                 | measure(q)
record("a", "b");               | print("b");
let k = measure([q, r])[0];     | measure(q[0])
let (k, l) = measure([q, r]);   | let a = measure(q[0]);
let k = Math.PI;                | sqrt(x), pi
rx(q, theta=0.3);               | write 0.3 in its place
let k = a[:2];                  | a[0..2]
let k := 3;                     | let x = 3;
let (k) = 3;                    | no parentheses
let k = 9223372036854775808;    | at most 9223372036854775807
let k = P { x: 1 };             | P(x: 1)
# slips
lett k = 3;                     | 'let'
whlie i > 3 { }                 | 'while'
retrun;                         | 'return'
prnit("x");                     | 'print'
mesure(q);                      | 'measure'
"""
_TOP = """
const A = [1, 2];               | let A = […];
def f(x): return x              | fn name(n: int)
func f(x: int) -> int { return x; } | fn name(n: int)
fn div(n: int) { }              | take another name
fnn f() { }                     | 'fn'
fn f(x: int): int { return x; } | -> int
fn f(x) { }                     | n: int
fn f(int x) { }                 | n: int
int f(int x) { return x; }      | fn name(n: int)
void f() { }                    | fn name(n: int)
fn f() -> void { }              | no ->
pub fn f() { }                  | export is for assembly
fn f<T>(x: T) { }               | no type parameters
fn f(x: &int) { }               | references
fn f(x: int = 3) { }            | no default value
fn f(*args) { }                 | fixed number
fn f(a: [int; n]) { }           | of any length is [int]
const N: int = 3 gate g(q: qubit) { } | ';'
import std.math fn f() { }      | ';'
fn f() = 3;                     | in braces
fn f() => 3;                    | in braces
fn f() { return; };             | no ';'
struct P { x: int }             | record P
record P { int x; }             | n: int
enum E { A, B }                 | record P
impl P { }                      | no methods
use std.math;                   | import std.name;
import math;                    | import std.math;
import numpy as np;             | modules of Python
from qiskit import QuantumCircuit | import std.name;
include "qelib1.inc";           | import std.name;
OPENQASM 3;                     | qbcc import
namespace A { }                 | a file is a module
operation F(q : Qubit) : Unit { } | fn name(n: int)
qubit[2] q;                     | qubits(2)
gate g a, b { cx a, b; }        | gate name(q: qubit)
gate g(a, b) { }                | q: qubit
gate g(a: qubit) -> int { }     | no result
@guppy                          | nothing above it
#include <stdio.h>              | import std.name;
#define N 3                     | const N = 3;
#pragma once                    | no directives
import std;                     | import std.math;
import std.*;                   | import std.math;
-- comment                      | begins with //
print("x");                     | fn main()
for i in 0..3 { }               | fn main()
"""


def rows(table: str) -> list[tuple[str, str]]:
    found = [line.partition(" | ") for line in table.strip().split("\n")]
    return [(line.rstrip(), wanted.strip()) for line, mark, wanted in found if mark]


def said(text: str) -> list[str]:
    """What each message of a source says, with its notes and its fix."""
    return ["\n".join([d.message, *d.notes, d.fix.title if d.fix else ""]) for d in diagnostics(text)]


@pytest.mark.parametrize(("line", "wanted"), rows(_LINES))
def test_a_line_in_a_function(line: str, wanted: str) -> None:
    text = f"""fn main() {{
    let a = [1, 2, 3]; var i = 1; var j = 2; let q = qubit(); let r = qubit();
    {line}
    print("{{i}} {{j}} {{a[0]}}"); h(q); h(r);
}}
"""
    found = said(text)
    assert found
    assert wanted in found[0]


@pytest.mark.parametrize(("line", "wanted"), rows(_TOP))
def test_a_line_outside_of_functions(line: str, wanted: str) -> None:
    found = said(f'{line}\nfn main() {{\n    print("x");\n}}\n')
    assert found
    assert wanted in found[0]


def test_an_unknown_name_is_marked_wherever_it_is_used() -> None:
    text = 'fn main() {\n    h(CNOT);\n    total = 3;\n    CNOT(1);\n    print("{total} {CNOT}");\n    total += 1;\n}\n'
    found = diagnostics(text)
    assert [(d.span.line, d.span.column) for d in found if d.span] == [(2, 7), (3, 5), (4, 5), (5, 13), (5, 21), (6, 5)]
    assert [bool(d.notes) for d in found] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    "line",
    [
        'let mut n = 3; n = 4; print("{n}");', 'var mut n = 3; n = 4; print("{n}");', 'n := 3; n += 1; print("{n}");',
        'int n = 3; n = 4; print("{n}");', "print(“hi”);", "print(“{1}”); h(n);", "let c = ‘a’; print(\"{c}\");",
        'let e = f(); print("{e}");', 'return f();', 'var e = 2; e = f();', 'print("{1 if f() else 2}");',
        'let t = "abc"; write_bytes(t);', 'print("{expect([n], "Z")} and {1}"); h(n);', 'let e = 3;; print("{e}");',
        'let e = 3 let k = 4; print("{e} {k}");', 'inv f();',
    ],
)  # fmt: skip
def test_one_mistake_is_one_error(line: str) -> None:
    assert len(said(f"fn f() {{ }}\nfn main() {{\n    let n = qubit(); h(n);\n    {{ {line} }}\n}}\n")) == 1


@pytest.mark.parametrize("text", ["hello world", "é", ""])
def test_a_string_compiles_as_its_note_says(text: str) -> None:
    (found,) = diagnostics(f'fn main() {{ let t = "{text}"; write_bytes(t); }}')
    mended = found.notes[0].partition(": ")[2]
    assert codes(f"fn main() {{ {mended} write_bytes(t); }}") == []


def test_names_in_modules() -> None:
    text = "import std.math;\nfn main() { let k = math.@; }\n"
    for word, wanted in (
        ("fact(5)", "factorial"), ("factorail(5)", "did you mean 'factorial'?"), ("sqrt(2.0)", "write sqrt(a)"),
        ("pi", "write pi"),
    ):  # fmt: skip
        assert wanted in said(text.replace("@", word))[0]


def test_another_main() -> None:
    assert "write 'main'" in said("fn Main() { }")[0]
    assert "argument(i, default)" in said("fn main(args: [int]) { }")[0]


def test_a_qubit_for_an_array() -> None:
    text = "gate g(q: @) { h(q); }\nfn main() { let q = qubit(); g(q); }\n"
    assert "is [q]" in said(text.replace("@", "[qubit]"))[0]
    assert "an array of 2" in said(text.replace("@", "[qubit; 2]"))[0]


def test_same_qubits_name_their_index() -> None:
    head = "fn main() { let q = qubits(3); let k = 1; let r = q[1]; var i = argument(0, 1);"
    for call, wanted in (
        ("cx(q[k], q[1])", "q[k] and q[1] are the same one, with k = 1"),
        ("cx(q[i], q[i])", "q[i] is there twice"),
        ("cx(r, q[1])", "r and q[1] are the same one"),
        ("ctrl(q) x(q[k])", "q[k] is one of q, with k = 1"),
        ("ctrl(q[0]) h(q)", "q[0] is one of q"),
        ("ctrl(q[i]) h(q)", "q[i] is one of q"),
        ("ctrl(q[i + 1]) h(q)", "q[i+1] is one of q"),
        ("ctrl(r) h(q)", "r and q are the same one"),
        ("ctrl(q[1]) h(q[0..2])", "q[0..2] and q[1] have one in common"),
        ("ctrl(q[0..2]) h(q[1..3])", "q[1..3] and q[0..2] have one in common"),
        ("ctrl(q[0..2]) h(q)", "q[0..2] is a part of q"),
        ("ctrl(q) h(q[0..2])", "q[0..2] is a part of q"),
        ("ctrl(r) h(q[0..2])", "have one in common"),
    ):
        assert wanted in said(f"{head} {call}; }}")[0]


@pytest.mark.parametrize(
    "call",
    [
        "ctrl(q[0]) h(q[1..3])",
        "ctrl(q[0..1]) h(q[1..3])",
        "ctrl(q[i]) h(q[0..2])",
        "ctrl(q[i..i]) h(q)",
        "cx(q[i], q[0])",
    ],
)
def test_qubits_that_may_differ_are_no_error(call: str) -> None:
    assert codes(f"fn main() {{ let q = qubits(3); let i = argument(0, 1); {call}; h(q[i]); }}") == []


def test_nearest() -> None:
    known = ["print", "measure", "popcount", "reset", "h", "p", "len", "return"]
    for word, wanted in (
        ("prnit", "print"), ("mesure", "measure"), ("retrun", "return"), ("Print", "print"), ("lenn", "len"),
        ("count", None), ("np", None), ("qc", None), ("release", None), ("free", None), ("x" * 50, None), ("", None),
    ):  # fmt: skip
        assert nearest(word, known) == wanted


def test_no_foreign_word_is_one_of_the_language() -> None:
    own = {*BUILTINS, *CONSTANTS}
    assert set(habits.NAMES).isdisjoint(own)
    assert set(habits.NAMES).isdisjoint(set(KEYWORDS) - {"as", "at", "from", "step"})


def test_names_of_the_library_are_found() -> None:
    assert library.where("gcd") == ("math",)
    assert set(library.modules()) >= {"math", "complex", "sort", "random"}
    for name in ("ints", "floats"):
        assert "sort" in library.where(name)


@pytest.mark.parametrize(
    "text", ["fn f() { if true { }; while false { }; { }; }; fn main() { };", "record P { x: int }; fn main() { }"]
)
def test_a_needless_semicolon_costs_nothing_else(text: str) -> None:
    assert set(codes(text)) == {"S0105"}
    assert len(codes(text)) == text.count("};") + text.count("} ;")
