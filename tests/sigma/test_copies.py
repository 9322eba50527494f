"""A binding or an assignment copies, what is handed over refers for the call, ``ref`` refers: whatever is constant."""

from __future__ import annotations

import pytest

from tests.sigma.support import LEVELS, build, codes, output
from vm.machine import Machine

HEAD = """
record P { a: [int; 2]; n: int }
record Pair { both: ([int; 2], int); rest: [int; 10] }
view x: [int; 20] at 0x2000_0000;
view y: [int; 20] at 0x2000_0008;
view endless: [int] at 0x2000_0000;
fn pair() -> ([int; 2], int) { return ([7, 8], 9); }
fn bump(a: [int]) -> int { a[0] += 100; return 1; }
fn both(a: [int; 2]) -> ([int; 2], int) { return (a, bump(a)); }
fn show(a: [int]) { for v in a { write("{v} "); } write("/ "); }
fn copied(a: [int]) { let b = a; b[0] = -1; show(b); show(a); }
fn referred(a: [int]) { let b = ref a; b[0] = -1; show(b); show(a); }
"""
CASES = {
    "a part with constant bounds": ("var a = [1, 2, 3]; let k = 1; let b = a[k..3]; b[0] = 9; show(a); show(b);", "1 2 3 / 9 3 /"),
    "a part with other bounds": ("var a = [1, 2, 3]; var k = argument(0, 1); let b = a[k..3]; b[0] = 9; show(a); show(b);", "1 2 3 / 9 3 /"),
    "a part of a part": ("let a = [1, 2, 3, 4]; let n = argument(0, 4); let b = a[1..n][1..3]; b[0] = 9; show(a); show(b);", "1 2 3 4 / 9 4 /"),
    "a length that is no constant": ("let n = argument(0, 3); let a = [0; n]; let b = a; b[0] = 5; show(a); show(b);", "0 0 0 / 5 0 0 /"),
    "a length that is one": ("let a = [0; 3]; let b = a; b[0] = 5; show(a); show(b);", "0 0 0 / 5 0 0 /"),
    "a parameter": ("let a = [1, 2]; copied(a); copied(a[0..1]); referred(a); show(a);", "-1 2 / 1 2 / -1 / 1 / -1 2 / -1 2 / -1 2 /"),
    "a copy of a copy": ("let n = argument(0, 2); let a = [1; n]; let b = a; let c = b; c[0] = 3; b[1] = 4; show(a); show(b); show(c);", "1 1 / 1 4 / 3 1 /"),
    "a copy in a loop": ("var a = [1, 2]; for i in 0..3 { let n = argument(0, 2); let b = a[0..n]; b[0] += i; a[1] += b[0]; if i == 1 { continue; } } show(a);", "1 8 /"),
    "a copy of none": ("let n = argument(0, 0); let a = [1, 2]; let b = a[n..n]; show(b); print(\"{len(b)}\");", "/ 0"),
    "bytes": ('var t: [byte; 11] = "hello world"; let n = argument(0, 7); let b = t[2..n]; b[0] = \'L\'; write_bytes(b); write_bytes(t);', "Llo whello world"),
    "a literal of a written type": ("let a: [int] = [1, 2, 3]; a[0] = 4; let b: [int] = a; b[1] = 5; show(a); show(b);", "4 2 3 / 4 5 3 /"),
    "records": ("let ps = [P([1, 2], 3), P([4, 5], 6)]; let p = ps[1]; p.a[0] = 9; let q = p.a; q[1] = 8; show(ps[1].a); show(p.a); show(q);", "4 5 / 9 5 / 9 8 /"),
    "references to records": ("let ps = [P([1, 2], 3), P([4, 5], 6)]; let p = ref ps[1]; p.a[0] = 9; let q = ref p.a; q[1] = 8; p.n = 7; show(ps[1].a); print(\"{ps[1].n}\");", "9 8 / 7"),
    "a reference to what is assigned": ("var a = [1, 2, 3]; let b = ref a; let c = ref a[1..3]; a = [4, 5, 6]; show(b); show(c);", "4 5 6 / 5 6 /"),
    "an index of a reference is calculated once": ("var i = argument(0, 0); let a = [[1, 2], [3, 4]]; let b = ref a[i]; i = 1; b[0] = 9; show(a[0]); show(a[1]);", "9 2 / 3 4 /"),
    "a loop's element": ("let a = [[1, 2], [3, 4]]; for row in a { row[0] = 0; let own = row; own[1] = 7; } show(a[0]); show(a[1]);", "0 2 / 0 4 /"),
    "a tuple taken apart": ("let a = [1, 2]; let (b, n) = (a, 3); b[0] = 9; show(a); show(b); print(\"{n}\");", "1 2 / 9 2 / 3"),
    "a tuple that keeps": ("let a = [1, 2]; let t = (a, 3); a[0] = 9; let (b, n) = t; b[1] = 8; let (c, m) = t; show(b); show(c); print(\"{n + m}\");", "1 8 / 1 2 / 6"),
    "a tuple that changes": ("var t = ([1, 2], 3); let (a, _n) = t; a[0] = 50; t = ([4, 5], 6); let (b, _m) = t; t = pair(); let (c, n) = t; show(a); show(b); show(c); print(\"{n}\");", "50 2 / 4 5 / 7 8 / 9"),
    "a tuple in turn": ("let a = [1, 2]; let (b, n) = (a, bump(a)); show(a); show(b); let (c, m) = both(a); show(a); show(c); print(\"{n + m}\");", "101 2 / 1 2 / 201 2 / 101 2 / 2"),
    "a tuple in a record": ("let r = Pair(([1, 2], 3), [0; 10]); let (a, n) = r.both; a[0] = 9; r.both = (a, n + 1); let s = r; s.rest[0] = 5; let (b, m) = s.both; show(b); show(r.rest[0..2]); print(\"{m}\");", "9 2 / 0 0 / 4"),
    "a result": ("let a = [1, 2]; let (b, _n) = both(a); b[0] = 3; show(a); show(b);", "101 2 / 3 2 /"),
    "what overlaps above": ("for i in 0..20 { x[i] = i; } y = x; show(y[0..3]); show(y[17..20]);", "0 1 2 / 17 18 19 /"),
    "what overlaps below": ("for i in 0..20 { y[i] = i; } x = y; show(x[0..3]); show(x[17..20]);", "0 1 2 / 17 18 19 /"),
    "a part of an endless view": ("let n = argument(0, 3); for i in 0..5 { endless[i] = i; } let a = endless[1..n]; let b = ref endless; b[1] = 9; show(a); show(endless[0..3]);", "1 2 / 0 9 2 /"),
    "qubits": ("let q = qubits(3); let n = argument(0, 3); let a = q[1..n]; let b = ref q[0..2]; x_(a); x_(b); print(\"{measure(q)}\");", "5"),
    "ref is a name too": ("let ref = [1, 2]; let a = ref[1]; let b = ref ref; b[0] = a + 5; let c = ref; c[0] = 0; show(ref); show(b);", "7 2 / 7 2 /"),
}  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", CASES)
def test_what_a_name_is(name: str, level: int) -> None:
    body, shown = CASES[name]
    gate = "gate x_(q: [qubit]) { let row = q[0..len(q)]; let own = ref row; rx(own, pi); }\n"
    assert output(f"{HEAD}{gate}fn main() {{ {body} }}", level).strip() == shown


@pytest.mark.parametrize("level", LEVELS)
def test_a_gate_copies_its_angles(level: int) -> None:
    text = """
gate turn(q: qubit, angles: [float], n: int) {
    let some = angles[0..n];
    let others = ref angles[n..len(angles)];
    for angle in some { rx(q, angle); ry(q, others[0]); }
}
fn main() {
    let q = qubit();
    let c = qubit();
    h(c);
    let n = argument(0, 2);
    turn(q, [0.3, 0.5, 0.7], n);
    ctrl(c) inv turn(q, [0.3, 0.5, 0.7], n);
    ctrl(c) turn(q, [0.3, 0.5, 0.7], n);
    inv turn(q, [0.3, 0.5, 0.7], n);
    h(c);
    print("{probability(q):.6f} {probability(c):.6f}");
}
"""
    assert output(text, level) == "0.000000 0.000000\n"


@pytest.mark.parametrize("level", LEVELS)
def test_copies_of_a_length_that_the_run_knows_are_given_back(level: int) -> None:
    text = """
export fn sum(a: int, n: int) -> int {
    let row = [a; n];
    for turn in 0..1000 {
        let own = row;
        own[turn % n] += turn;
        if turn % 3 == 0 { continue; }
        row[turn % n] = own[turn % n] % 7;
        if turn == 991 { return deep(row, 5); }
    }
    return -1;
}
fn deep(a: [int], n: int) -> int {
    let own = a;
    own[0] += n;
    if n == 0 { return own[0]; }
    return deep(own, n - 1) + a[0];
}
fn main() { print("{sum(argument(0, 3), argument(1, 4))}"); }
"""
    row = [3] * 4
    for turn in range(992):
        if turn % 3:
            row[turn % 4] = (row[turn % 4] + turn) % 7

    def deep(first: int, n: int) -> int:
        return first + n if n == 0 else deep(first + n, n - 1) + first

    wanted = deep(row[0], 5)
    machine = Machine(build(text, level))
    machine.run()
    assert machine.output.decode() == f"{wanted}\n"
    for _ in range(50):
        assert machine.call("sum", 3, 4) == wanted


def test_a_copy_of_a_reference_to_what_has_no_length_traps() -> None:
    machine = Machine(build(f'{HEAD}fn main() {{ let b = ref endless; let c = b; print("{{c[0]}}"); }}'))
    outcome = machine.run()
    assert outcome.trap is not None
    assert "an array has 0 to 4,294,967,296 elements" in outcome.trap.message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("let n = 3; let b = ref n;", "S0325"),
        ("let b = ref pair();", "S0325"),
        ("let p = P([1, 2], 3); let b = ref p.n;", "S0325"),
        ("let a = [1, 2]; let b = ref a[0];", "S0325"),
        ("let t = ([1, 2], 3); let (a, n) = ref t;", "S0325"),
        ("let t = ([1, 2], 3); let a = ref t;", "S0325"),
        ("let a = endless;", "S0326"),
        ("var a = endless;", "S0326"),
        ("let a = [1, 2]; var b = ref a;", "S0105"),
        ("let a = [1, 2]; show(ref a);", "S0105"),
        ("var a = [1, 2]; { let b = [3, 4]; a = ref b; }", "S0105"),
        ("let a = ref [1, 2];", "S0105"),
        ("{ let b = [3, 4]; } let a = ref b;", "S0205"),
        ("let n = argument(0, 2); var a = [0; n]; a = [1, 2];", "S0308"),
        ("let a = [1, 2]; let b = ref a; b = [3, 4];", "S0308"),
    ],
)
def test_what_cannot_be_referred_to_or_copied(body: str, code: str) -> None:
    assert code in codes(f"{HEAD}fn main() {{ {body} }}")


def test_a_result_and_a_record_hold_no_reference() -> None:
    assert "S0105" in codes("fn f(a: [int; 2]) -> [int; 2] { return ref a; } fn main() { f([1, 2]); }")
    assert "S0105" in codes("record P { a: [int; 2] } fn main() { let b = [1, 2]; let p = P(ref b); }")
    assert "S0105" in codes("let a = [1, 2];\nlet b = ref a;\nfn main() { }")
