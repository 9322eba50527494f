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
    ("gate g(t) a { for int i in [1:2] { rx(t / 2) a; } } qubit q; bit c; g(pi) q; c = measure q;", {"c": 1}),
    ("qubit q; bit c; float t = 1.0; t *= pi; pow(2) @ rx(t / 2) q; c = measure q;", {"c": 1}),
    ("qubit[2] q; bit[2] c; float t = pi; x q[0]; ctrl @ rx(t) q[0], q[1]; inv @ U(t / 2, 0, t) q[0]; U(t / 2, 0, t) q[0]; c = measure q;", {"c": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "records"), SAME, ids=[text[:60] for text, _ in SAME])
def test_what_every_run_records(text: str, records: dict[str, int | float]) -> None:
    assert value(text) == records


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
    assert trap.name == "trap"


REFUSED = [
    ("qubit[2] q;\ncx q[0], q[0];", "error[E0808]: 'c.qasm', line 4: q[0] is there twice: the qubits of a gate must differ"),
    ("qubit[2] q;\ncx q, q;", "line 4: q[0] is there twice"),
    ("qubit[2] q;\nx q[2];", "line 4: index 2 is outside 0 to 1"),
    ("qubit[2] q;\nqubit[3] r;\ncx q, r;", "line 5: registers of 2 and 3 qubits in one gate"),
    ("qubit q;\nrx q;", "line 4: 'rx' takes 1 angles, and 0 are given"),
    ("qubit q;\ncx q;", "line 4: 'cx' is on 2 qubits here, and 1 are given"),
    ("qubit q;\nx p;", "line 4: 'p' is not defined"),
    ("gate g a {\n x a;\n foo a;\n}", "line 5: gate 'foo' is not defined"),
    ("gate g a {\n x b;\n}", "line 4: a gate acts on its own qubits"),
    ("gate h a { U(1, 2, 3) a; }", "line 3: the gate 'h' is already defined by stdgates.inc"),
    ("qubit q;\nqubit q;", "line 4: 'q' is already defined"),
    ("bit[2] c;\nqubit[3] q;\nc = measure q;", "line 5: 3 qubits into 2 bits"),
    ("extern f(int) -> int;", "error[E0809]: 'c.qasm', line 3: 'extern' functions have no form in QBC: write a 'def'"),
    ("cal { foo }", "line 3: calibrations"),
    ("qubit q;\nx $0;", "line 4: the physical qubit '$0' has no form in QBC: declare a qubit"),
    ("complex[float[64]] z;", "line 3: the type complex has no form in QBC"),
    ("def f(int n) -> int {\n return f(n);\n}\noutput int r;\nr = f(1);", "line 4: calls of 'f' do not end"),
    ("qubit q;\nfloat t = 0.5;\npow(0.5) @ rx(t) q;", "line 5: a power that is not whole needs gates whose angles are constants"),
    ("const int n = 1;\nn = 2;", "line 4: 'n' is a constant"),
    ("qubit q;\nrx(1 / 0) q;", "line 4: the value of this is not a number"),
    ("break;", "line 3: 'break' statement outside loop"),
    ("return;", "line 3: 'return' statement outside subroutine"),
    ("bit[2] a;\nbit[3] b;\na = b;", "line 5: 3 bits are assigned to 2"),
    ("int n = 2;\nqubit[n] q;", "line 4: this must be a constant"),
    ("int[100] n;", "line 3: int[100] is not a type that QBC has"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[words[-50:] for _, words in REFUSED])
def test_what_is_refused_names_its_line(text: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        imported(V3 + text)
    (diagnostic,) = caught.value.diagnostics
    assert words.removeprefix(f"error[{diagnostic.code}]: ") in diagnostic.message
    assert words.startswith(("line", f"error[{diagnostic.code}]"))


def test_a_gate_that_is_not_included_says_so() -> None:
    with pytest.raises(SourceError, match=r"line 1: gate 'h' is not defined: write include \"stdgates\.inc\"; first"):
        imported("OPENQASM 3.0; qubit q; h q;")
