"""``qbcc import``: OpenQASM becomes a program that does the same, to the state and to the counts."""

from __future__ import annotations

import io
import math
import os
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from qiskit import QuantumCircuit, qasm2, qasm3, transpile
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Statevector

from qbcc.cli.qbcc import qbcc
from qbcc.openqasm import lines as qasm_lines
from qbcc.openqasm import read as qasm
from qbcc.openqasm import source as qasm_source
from qbcc.openqasm.lines import angle
from tests.programs import build
from tests.vm.test_quantum import whole
from vm import shots
from vm.machine import Machine

LEGACY = qasm2.LEGACY_CUSTOM_INSTRUCTIONS
V3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
V2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def imported(text: str) -> str:
    Path("c.qasm").write_text(text, "utf-8")
    return qasm_source.source(qasm.read("c.qasm"))


def refused(text: str | bytes) -> Result:
    Path("c.qasm").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = CliRunner().invoke(qbcc, ["import", "c.qasm", "-o", "c.qbc"])
    assert done.exit_code == 1
    assert not Path("c.qbc").exists()
    assert done.stderr.count("error[E") == 1
    return done


def run(text: str, seed: int = 1) -> Machine:
    machine = Machine(build(imported(text)), engine="interp", seed=seed)
    outcome = machine.run()
    assert outcome.trap is None, outcome.trap
    return machine


def overlap(machine: Machine, expected: QuantumCircuit) -> float:
    return float(abs(np.vdot(whole(machine, list(range(1, expected.num_qubits + 1))), Statevector(expected).data)))


def counts(text: str, number: int = 20_000) -> dict[str, Counter[int]]:
    """Of each record."""
    program = build(imported(text))
    found = shots.run(lambda seed: Machine(program, engine="interp", seed=seed, max_instructions=20_000), number, 3)
    result: dict[str, Counter[int]] = {}
    for path in found.paths:
        assert path.outcome.trap is None
        for name, value in path.recorded:
            result.setdefault(name, Counter())[int(value)] += path.shots
    return result


def test_golden_source() -> None:
    assert imported(
        V3 + "qubit[2] q;\nbit[2] c;\nh q[0];\nrx(-pi/2) q[1];\nc[1] = measure q[0];\nif (c == 2) { x q[1]; }"
    ) == (
        """\
; c.qasm: OpenQASM 3, 2 qubits, 2 bits.
; A bit is a word of memory; qubits are handles, which begin at 1.

.define PI 3.141592653589793
.define q 1

main:
    QALLOC r0, 2
    QASSERT r0, 1
    QH q+0
    QRX q+1, -PI/2
    QMEAS r0, q+0
    QSTORE r0, [c+8]
    QMOV r0, c
    QMOV r1, 2
    QCALL bits
    QJNE r0, 2, @end_1              ; unless c == 2
        QX q+1
@end_1:

    ; the result: each register as a number, its first bit the lowest
    QMOV r0, c
    QMOV r1, 2
    QCALL bits
    QMOV r1, r0
    QMOV r0, name_1
    QSYSCALL 14
    QHALT

; bits: r0 becomes the number whose r1 bits are the words from r0 on, the first the lowest
;   changes  r1, r2, r3
bits:
    QMOV r2, 0
@next:
    QSUB r1, 1
    QSHL r2, 1
    QSHL r3, r1, 3
    QADD r3, r0
    QLOAD r3, [r3]
    QOR r2, r3
    QJGT r1, 0, @next
    QMOV r0, r2
    QRET

.data
c: .space 16
name_1: .asciz "c"
"""
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("form", [2, 3])
def test_random_circuits_come_to_the_same_state(seed: int, form: int) -> None:
    """Gates of the standard library and others: controlled twice, roots, double rotations."""
    circuit = random_circuit(5, 6, max_operands=4, seed=seed)
    text = (qasm2 if form == 2 else qasm3).dumps(circuit)
    assert overlap(run(text), circuit) == pytest.approx(1, abs=1e-10)


def test_the_state_is_exact_where_gates_are_qbcs() -> None:
    rng = random.Random(4)
    circuit = QuantumCircuit(4)
    for name, qubits, angles in [
        ("u", 1, 3),
        ("ch", 2, 0),
        ("cp", 2, 1),
        ("crz", 2, 1),
        ("sx", 1, 0),
        ("cswap", 3, 0),
    ] * 5:
        getattr(circuit, name)(*(rng.uniform(-6, 6) for _ in range(angles)), *rng.sample(range(4), qubits))
    found = whole(run(qasm2.dumps(circuit)), [1, 2, 3, 4])
    assert np.abs(found - Statevector(circuit).data).max() < 1e-10


@pytest.mark.parametrize(
    "text",
    [
        V3 + "qubit[3] q; h q[0]; h q[1]; ctrl @ inv @ s q[0], q[1]; pow(0.5) @ x q[0]; negctrl @ h q[1], q[2];",
        V3 + "qubit[2] q; h q[0]; h q[1]; ctrl @ gphase(pi/2) q[0]; ctrl @ rz(0.4) q[0], q[1]; cu(1,2,3,4) q[1], q[0];",
        V3 + "gate g(a) x1, y1 { gphase(a); h x1; ctrl @ p(a) x1, y1; }\nqubit[3] q; h q; ctrl @ g(0.7) q[0], q[1], q[2]; h q;",
        V2 + "qreg q[4]; h q; rccx q[0],q[1],q[2]; cu3(1,2,3) q[0],q[1]; csx q[1],q[2]; cu(1,2,3,4) q[2],q[0]; h q;",
        V2 + "qreg q[5]; h q; c4x q[0],q[1],q[2],q[3],q[4]; c3sqrtx q[0],q[1],q[2],q[3]; u2(1,2) q[1]; id q[0]; h q;",
    ],
)  # fmt: skip
def test_definitions_keep_phases_that_can_be_seen(text: str) -> None:
    circuit = qasm2.loads(text, custom_instructions=LEGACY) if text.startswith(V2) else qasm3.loads(text)
    assert overlap(run(text), transpile(circuit, basis_gates=["u", "cx"])) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("version", [2, 3])
def test_gates_of_its_own_under_known_names(version: int) -> None:
    """Qiskit goes by names; a text that does not include the standard gates may mean others by them."""
    if version == 3:
        text = "OPENQASM 3.0; gate h a { U(0.3, 0.2, 0.1) a; } gate cx a, b { ctrl @ h a, b; } qubit[2] q; h q[0]; cx q[0], q[1];"
    else:
        text = "OPENQASM 2.0; gate h a { U(0.3, 0.2, 0.1) a; } gate cz a, b { CX a, b; h b; } qreg q[2]; h q[0]; cz q[0], q[1];"
    expected = QuantumCircuit(2)
    expected.u(0.3, 0.2, 0.1, 0)
    if version == 3:
        # The built-in gate has the phase θ/2, which a control shows.
        expected.cu(0.3, 0.2, 0.1, 0.15, 0, 1)
    else:
        expected.cx(0, 1)
        expected.u(0.3, 0.2, 0.1, 1)
    assert overlap(run(text), expected) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("name", ["rzz(t)", "ryy(t)", "swap", "my", "ecr", "cu1(t)"])
def test_gates_of_its_own_beside_the_standard_ones(name: str) -> None:
    """Each means what the text says, also where Qiskit has a gate of that name."""
    call = name.replace("t", "0.1") if "(" in name else name
    text = V2 + f"gate {name} a, b {{ x b; }} qreg q[2]; {call} q[0], q[1];"
    assert np.argmax(abs(whole(run(text), [1, 2]))) == 2


def test_angles_are_the_same_doubles() -> None:
    rng = random.Random(2)
    values = [sign * math.pi * k / d for k in range(1, 9) for d in (1, 2, 3, 4, 5, 8) for sign in (1, -1)]
    values += [rng.uniform(-9, 9) for _ in range(200)] + [0.0, 1e-300, 1e22]
    assert (angle(math.pi), angle(-math.pi / 2), angle(3 * math.pi / 4)) == ("PI", "-PI/2", "PI*3/4")
    lines = "".join(f" QRX 1, {angle(value)}\n" for value in values)
    machine = Machine(build(f".define PI 3.141592653589793\nmain: QALLOC r0\n{lines} QHALT"), engine="interp")
    assert machine.quantum is not None
    tape = machine.quantum.start_tape()
    machine.run()
    tape.catch_up()
    assert [step.angles[0] for step in tape.steps] == values


TELEPORT = (
    V3
    + """
qubit[3] q;
bit[1] a; bit b; bit out;
ry(1.1) q[0];
h q[1]; cx q[1], q[2];
cx q[0], q[1]; h q[0];
b = measure q[1]; a[0] = measure q[0];
if (b) { x q[2]; }
if (a == 1) { z q[2]; }
barrier q;
out = measure q[2];
"""
)


def near(found: int, probability: float, number: int = 20_000) -> bool:
    return abs(found - probability * number) < 5 * math.sqrt(number * probability * (1 - probability)) + 1e-9


def test_teleportation() -> None:
    found = counts(TELEPORT)
    assert set(found) == {"a", "b", "out"}
    assert near(found["out"][1], math.sin(0.55) ** 2)
    assert near(found["a"][1], 0.5)
    assert near(found["b"][1], 0.5)


def test_repeat_until_success() -> None:
    """The ancilla gives 0 with probability cos² 0.4; until then the other qubit is flipped and the ancilla set anew."""
    text = (
        V3
        + """
qubit[2] q; bit[2] c; bit[3] tries;
ry(0.8) q[0];
c[0] = measure q[0];
while (c[0]) {
  x q[1]; reset q[0]; ry(0.8) q[0];
  c[0] = measure q[0];
}
c[1] = measure q[1];
"""
    )
    found = counts(text)["c"]
    fail = math.sin(0.4) ** 2
    # An odd number of failures: f (1 - f) / (1 - f²).
    assert set(found) == {0, 2}
    assert near(found[2], fail / (1 + fail))


def test_else_for_break_and_continue() -> None:
    text = (
        V3
        + """
qubit[2] q; bit[2] c; bit[4] d;
for int i in [1:3] { rx(i * pi / 6) q[0]; }
c[0] = measure q[0];
if (c[0]) { x q[1]; } else { h q[0]; h q[0]; }
for int i in [0:6] { x q[1]; }
for int i in [0:9] { x q[1]; break; }
for int i in {1, 5} { if (c == 0) { continue; } z q[1]; }
c[1] = measure q[1];
d[3] = measure q[1];
if (c[0:1] == 3) { x q[0]; }
"""
    )
    found = counts(text, 100)
    assert found == {"c": Counter({3: 100}), "d": Counter({8: 100})}


def test_conditions_of_version_2() -> None:
    text = (
        V2
        + "qreg q[2]; creg c[2]; x q[0]; measure q[0] -> c[1]; if(c==2) x q[1]; if(c==1) x q[1]; measure q[1] -> c[0];"
    )
    assert counts(text, 10) == {"c": Counter({3: 10})}


def test_angles_of_version_2_are_not_divided_as_integers() -> None:
    assert "QRX q+0, PI/2" in imported(V2 + "qreg q[1]; rx(1/2*pi) q[0];")


def test_wide_registers() -> None:
    text = (
        V2
        + "qreg q[1]; creg c[70]; x q[0]; measure q[0] -> c[0]; measure q[0] -> c[69]; if(c==590295810358705651713) x q[0]; measure q[0] -> c[68];"
    )
    assert counts(text, 10) == {"c[0:63]": Counter({1: 10}), "c[64:69]": Counter({32: 10})}


def test_names_that_qbc_has_taken() -> None:
    text = (
        V3
        + "qubit[1] r0; qubit main; bit[1] PI; bit bits; x r0[0]; x main; bits = measure main; PI[0] = measure r0[0];"
    )
    assert counts(text, 10) == {"PI": Counter({1: 10}), "bits": Counter({1: 10})}


# -- includes


def test_includes_are_beside_the_file() -> None:
    Path("sub").mkdir()
    Path("sub/gates.inc").write_text('include "more.inc";\ngate flip a { twice a; twice a; x a; }', "utf-8")
    Path("sub/more.inc").write_text("gate twice a { x a; }", "utf-8")
    for text in (
        V3 + 'include "sub/gates.inc"; qubit q; bit c; flip q; c = measure q;',
        V2 + 'include "sub/gates.inc"; qreg q[1]; creg c[1]; flip q[0]; measure q[0] -> c[0];',
    ):
        assert counts(text, 10) == {"c": Counter({1: 10})}
    Path("sub/more.inc").write_text("gate twice a {\n foo a;\n}", "utf-8")
    assert f"--> sub{os.sep}more.inc:2:2" in refused(V3 + 'include "sub/gates.inc"; qubit q;').stderr


@pytest.mark.parametrize("head", [V2, V3])
@pytest.mark.parametrize("name", ["../secret.inc", "{folder}/secret.inc", "link.inc"])
def test_includes_do_not_leave_the_folder(
    head: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.inc").write_text("gate secret a { x a; }", "utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.inc").symlink_to(tmp_path / "secret.inc")
    monkeypatch.chdir(inside)
    include = name.format(folder=tmp_path)
    for line in (f'include "{include}";', f"include '{include}';", f'include // "x"\n "{include}" ;'):
        assert "secret" not in refused(head + line).stderr.replace(include, "")


def test_includes_that_do_not_end() -> None:
    Path("a.inc").write_text('include "a.inc";', "utf-8")
    assert "includes itself" in refused(V3 + 'include "a.inc";').stderr
    for number in range(30):
        Path(f"b{number}.inc").write_text(f'include "b{number + 1}.inc";\n' * 2, "utf-8")
    Path("b30.inc").write_text("// x" * 50, "utf-8")
    assert "more than 1,000 files are included" in refused(V3 + 'include "b0.inc";').stderr


# -- what is wrong

WRONG = [
    ("OPENQASM 3.0;\nqubit q;\nfoo q;", 3, "error[E0808]: gate 'foo' is not defined"),
    ("OPENQASM 3.0;\nqubit q\nU(0,0,0) q;", 2, "error[E0808]: expected ';' before 'U' on the next line"),
    (V3 + "qubit q;\nrx((1) q;", 4, "error[E0808]: 'q' is not expected here"),
    (V3 + "$$", 3, "error[E0808]: '$' is not a character of OpenQASM here"),
    ("", 0, "error[E0808]: 'c.qasm': there is no statement in it"),
    ("// nothing\n", 0, "error[E0808]: 'c.qasm': there is no statement in it"),
    ("OPENQASM 3.0;", 0, "error[E0808]: 'c.qasm': there is no statement in it"),
    ("OPENQASM 4.0;\nqubit q;", 1, "error[E0808]: OpenQASM 4.0 is not known: version 2.0 and versions 3.x are"),
    ("OPENQASM 2.0999999999999999999;\nqreg q[1];", 1, "error[E0808]: OpenQASM 2.09"),
    ("fn main() { }", 1, "error[E0808]: this is not OpenQASM"),
    ("/* ab", 1, "error[E0808]: the comment does not end"),
    (V2 + "qreg q[1];\nfoo q[0];", 4, "error[E0808]: 'foo' is not defined in this scope"),
    (V2 + "qreg q[1]\nx q[0];", 3, "error[E0808]: needed ';'"),
    (V2 + "gate cz a, b { x a; } qreg q[2]; cz q[0], q[1];\n cz cz;", 4, "error[E0808]: 'cz' is a gate, not a quantum register"),
    (V2 + "qreg q[1]; creg c[1];\nif (c==1) x q[99999999999999999999];", 4, "error[E0808]: a number of more than 18 digits"),
    (V2 + "qreg q[1]; gate", 3, "error[E0808]: unexpected end-of-file"),
    (V2 + "opaque g a; qreg q[1]; g q[0];", 0, "error[E0809]: 'c.qasm': the gate 'g' on q[0] has no definition"),
    (V2 + 'include "none.inc";', 3, "error[E0501]: there is no file 'none.inc'"),
    (V2 + "qreg q[1000000000];", 3, "registers of more than 1,048,576 bits in all"),
    (V3 + "qubit[99999999999999999999999] q;", 3, "registers of more than 1,048,576 bits in all"),
    (V3 + "qubit[600000] q; bit c; bit[600000] d; bit[600000] e;", 3, "registers of more than 1,048,576 bits in all"),
    (V2 + "qreg q[600000]; creg c[600000];", 3, "registers of more than 1,048,576 bits in all"),
    (V3 + "qubit[1000*1000*1000] q;", 3, "registers of more than 1,048,576 bits in all"),
    (V2 + "qreg q[1e9];", 3, "the size of a qreg is not written as a decimal number"),
    (V3 + "gate h a { U(1, 2, 3) a; } qubit q; h q;", 3, "already"),
    (b"OPENQASM 3.0;\n\xff", 0, "error[E0505]: 'c.qasm' is not UTF-8: byte 0xff on line 2"),
    (b"//" + b"x" * (4 << 20), 0, "error[E0504]: 'c.qasm' has more than 4,194,304 bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), WRONG, ids=[words[-40:] for *_, words in WRONG])
def test_what_is_wrong_is_one_error(text: str | bytes, line: int, words: str) -> None:
    """With the line and a caret, where it has one."""
    shown = refused(text).stderr
    assert words in shown
    assert (f"--> c.qasm:{line}:" in shown) == bool(line)
    assert ("^" in shown) == bool(line)


def test_gates_that_grow_without_end() -> None:
    text = V3 + "gate g0 a { x a; x a; }\n"
    text += "".join(f"gate g{n} a {{ g{n - 1} a; g{n - 1} a; }}\n" for n in range(1, 25))
    assert "the gate 'g15' stands for more than 100,000 gates" in refused(text + "qubit q; g24 q;").stderr


def test_a_program_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qasm_lines, "MOST_LINES", 100)
    text = V3 + "qubit q; for int i in [0:1000] { rx(i) q; }"
    assert "it takes more than 100 lines of QBC" in refused(text).stderr


def test_files_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(qbcc, ["import", "nowhere.qasm"])
    assert (done.exit_code, "E0501" in done.stderr) == (1, True)
    (tmp_path / "c.qasm").write_text(V3 + "qubit q; x q;", "utf-8")
    done = CliRunner().invoke(qbcc, ["import", "c.qasm", "-o", "c.qasm"])
    assert (done.exit_code, "E0906" in done.stderr) == (1, True)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"OPENQASM 3; qubit q; U(1,0,0) q;")))
    assert "QU q, 1.0, 0.0, 0.0" in qasm_source.source(qasm.read("-"))


@pytest.mark.parametrize(("name", "text"), [("e.qasm", ""), ("hello.sigma", "fn main() { }"), ("p.qbc", "main: QHALT")])
def test_what_is_not_openqasm_needs_no_extra(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openqasm3", None)
    Path(name).write_text(text, "utf-8")
    done = CliRunner().invoke(qbcc, ["import", name])
    assert done.exit_code == 1
    assert "extra" not in done.stderr
    assert ("this is not OpenQASM" if text else "there is no statement in it") in done.stderr


@pytest.mark.parametrize(
    ("module", "text", "extra"),
    [
        ("qiskit", V2 + "qreg q[1];", "quantum"),
        ("openqasm3", V3 + "qubit q;", "convert"),
        ("qiskit", V3 + "qubit[7] q; ctrl(6) @ x q[0], q[1], q[2], q[3], q[4], q[5], q[6];", "quantum"),
    ],
)
def test_missing_extras(module: str, text: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert f"needs the '{extra}' extra" in refused(text).stderr
