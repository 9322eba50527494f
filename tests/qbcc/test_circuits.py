"""The circuit that a run records, in other languages, and OpenQASM read back: against Qiskit's operators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.circuit.library import CXGate, HGate, XGate
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Operator, Statevector

from qbcc import circuits, qasm
from qbcc.diagnostics import SourceError
from tests.programs import build, finished
from tests.vm.test_dynamic import teleportation
from tests.vm.test_quantum import GATE_LIST, matrix
from tests.vm.test_shots import LIMIT, chi_square, counts, shots
from vm.machine import Machine
from vm.quantum import log as logs
from vm.quantum.tape import BARRIER, MEASURE, RESET, Tape, to_qiskit


def tape(text: str, engine: str = "interp", **settings: Any) -> Tape:
    machine = Machine(build(text), engine=engine, seed=1, **settings)
    assert machine.quantum is not None
    made = machine.quantum.start_tape()
    outcome = machine.run()
    made.catch_up()
    assert outcome.trap is None, outcome.trap
    return made


def program(seed: int, count: int = 4, gates: int = 25) -> tuple[str, Operator]:
    """Every kind of gate, and the operator of them."""
    random = np.random.default_rng(seed)
    whole = Operator(np.eye(1 << count))
    lines = [f"main: QALLOC r0, {count}"]
    for number in range(gates):
        gate = GATE_LIST[(seed * gates + number) % len(GATE_LIST)]
        places = random.permutation(count)[: gate.qubits].tolist()
        angles = random.uniform(-3, 3, gate.angles).tolist()
        lines.append(f" {gate.mnemonic} {', '.join([*(str(place + 1) for place in places), *map(repr, angles)])}")
        whole = whole.compose(matrix(gate.mnemonic, angles), qargs=places)
    # Every qubit is there, even if no gate came to it.
    lines += [f" QZ {place + 1}" for place in range(count)]
    for place in range(count):
        whole = whole.compose(matrix("QZ", []), qargs=[place])
    return "\n".join([*lines, " QHALT"]), whole


# -- the tape


@pytest.mark.parametrize("engine", ["interp", "native"])
@pytest.mark.parametrize("seed", range(4))
def test_the_circuit_is_the_program(seed: int, engine: str) -> None:
    text, whole = program(seed)
    assert np.allclose(Operator(to_qiskit(tape(text, engine))).data, whole.data, atol=1e-10)


@pytest.mark.parametrize("engine", ["interp", "native"])
def test_what_a_run_does_in_order(engine: str) -> None:
    text = """main: QALLOC r0, 4
 QX 1
 QRESET 1
 QH 2
 QBARRIER
 QCX 2, 3
 QMEAS r1, 2
 QPROB r2, 3
 QSAMPLE r3, 3, 1, 10, 0x200000
 QFREE 4
 QFREE 2, 2
 QHALT"""
    steps = [(step.code if step.code < 0 else "gate", step.qubits, step.bit) for step in tape(text, engine).steps]
    assert steps == [
        ("gate", (1,), -1),
        (RESET, (1,), -1),
        ("gate", (2,), -1),
        (BARRIER, (), -1),
        ("gate", (2, 3), -1),
        (MEASURE, (2,), 0),
        (MEASURE, (3,), 1),
        (RESET, (3,), -1),
    ]


def test_a_log_that_is_compacted_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_GATES", 16)
    text = "main: QALLOC r4\nagain: QRX 1, 0.25\n QX 1\n QPROB r1, 1\n QADD r2, 1\n QJLT r2, 40, again\n QHALT"
    made = tape(text)
    assert len(made.steps) == 80
    assert [made.steps[place].angles for place in (0, 1, 78)] == [(0.25,), (), (0.25,)]


def test_outcomes_are_the_same_with_a_tape() -> None:
    text = teleportation()[0]
    for seed in range(8):
        with_tape, without = (Machine(build(text), engine="interp", seed=seed) for _ in range(2))
        assert with_tape.quantum is not None
        made = with_tape.quantum.start_tape()
        with_tape.run()
        without.run()
        assert [with_tape.get(r) for r in (1, 2, 3)] == [without.get(r) for r in (1, 2, 3)]
        assert made.goes_on


# -- out


@pytest.mark.parametrize("seed", range(4))
def test_qasm_and_python_are_the_same_circuit(seed: int) -> None:
    text, whole = program(seed)
    made = tape(text)
    for read in (
        qasm2.loads(circuits.emit(made, "qasm2"), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS),
        qasm3.loads(circuits.emit(made, "qasm3")),
    ):
        assert Operator(read).equiv(whole, atol=1e-8)
    names: dict[str, Any] = {}
    exec(circuits.emit(made, "qiskit"), names)
    assert np.allclose(Operator(names["circuit"]).data, whole.data, atol=1e-10)


def test_qir_has_the_calls() -> None:
    """Read back by PyQIR; gates that it has come through one by one."""
    import pyqir

    made = tape("main: QALLOC r0, 2\n QH 1\n QSDG 2\n QRX 1, 0.25\n QCX 1, 2\n QMEAS r1, 2\n QRESET 2\n QHALT")
    for module in (
        pyqir.Module.from_ir(pyqir.Context(), circuits.emit(made, "qir")),
        pyqir.Module.from_bitcode(pyqir.Context(), circuits.bitcode(made)),
    ):
        (entry,) = (function for function in module.functions if pyqir.is_entry_point(function))
        calls = [
            str(instruction.callee.name).removeprefix("__quantum__qis__")
            for block in entry.basic_blocks
            for instruction in block.instructions
            if isinstance(instruction, pyqir.Call)
        ]
        gates = ["h__body", "s__adj", "rx__body", "cnot__body", "mz__body", "reset__body"]
        assert [call for call in calls if not call.startswith("__quantum__rt")] == gates
        assert pyqir.required_num_qubits(entry) == 2


def test_golden_qasm3() -> None:
    text = "main: QALLOC r0, 2\n QH 1\n QCRY 1, 2, 0.5\n QBARRIER\n QMEAS r1, 2\n QHALT"
    assert circuits.emit(tape(text), "qasm3") == (
        'OPENQASM 3.0;\ninclude "stdgates.inc";\nbit[1] c;\nqubit[2] q;\nh q[0];\ncry(0.5) q[0], q[1];\n'
        "barrier q[0], q[1];\nc[0] = measure q[1];\n"
    )


def test_every_gate_as_qir() -> None:
    text, _ = program(1, gates=31)
    assert "__quantum__qis__" in circuits.emit(tape(text), "qir")


def test_drawings() -> None:
    made = tape("main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 2\n QHALT")
    assert circuits.draw_text(made, 80, plain=False).splitlines()[1] == "q_0: ┤ H ├──■─────"
    plain = circuits.draw_text(made, 80, plain=True)
    assert plain.isascii()
    assert "+ H +" in plain
    assert circuits.draw_picture(made, "svg").lstrip().startswith(b"<?xml")
    assert circuits.draw_picture(made, "png").startswith(b"\x89PNG")


def test_what_cannot_be_drawn_or_written() -> None:
    with pytest.raises(SourceError, match="there is no circuit"):
        circuits.emit(tape("main: QALLOC r0\n QHALT"), "qasm3")
    text = "main: QALLOC r0, 300\n QMOV r1, 1\non: QH r1\n QADD r1, 1\n QJLE r1, 300, on\n QHALT"
    with pytest.raises(SourceError, match="300 qubits and 300 steps is too large to draw"):
        circuits.draw_text(tape(text), 80, plain=True)


# -- in


def state(text: str, count: int) -> Any:
    """Of the qubits 1 to ``count``, in whatever groups they are."""
    machine = finished(qasm.convert(text, "x.qasm"), engine="interp", seed=1)
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    assert machine.quantum is not None
    parts = []
    seen: set[int] = set()
    for handle in range(1, count + 1):
        if handle not in seen:
            members, found = machine.quantum.state(handle)
            seen |= set(members)
            parts.append((found, [member - 1 for member in members]))
    from vm.quantum.pure import product

    return product(parts, count).vector  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(12))
def test_random_circuits_of_qiskit(seed: int) -> None:
    """Every gate of Qiskit's library that it writes, decomposed where QBC has it not; both versions."""
    made = random_circuit(4, 8, max_operands=4, seed=seed)
    exact = Statevector(made)
    for text in (qasm2.dumps(made), qasm3.dumps(made)):
        found = state(text, 4)
        assert abs(np.vdot(exact.data, found)) == pytest.approx(1, abs=1e-9)


def test_controls_that_are_zero_and_many() -> None:
    made = QuantumCircuit(4)
    made.h(range(4))
    made.append(XGate().control(3, ctrl_state=2, annotated=False), [0, 1, 2, 3])
    made.append(HGate().control(2, ctrl_state=1, annotated=False), [0, 3, 1])
    made.append(CXGate(ctrl_state=0), [1, 2])
    found = state(qasm3.dumps(made), 4)
    assert abs(np.vdot(Statevector(made).data, found)) == pytest.approx(1, abs=1e-9)


def test_feedback_of_teleportation() -> None:
    circuit, names, exact = teleportation()[1:]
    found = shots(qasm.convert(qasm3.dumps(circuit), "t.qasm"), 4000)
    assert [name for name, _ in found.paths[0].recorded] == names
    assert chi_square(counts(found), exact) < LIMIT[7]


def test_conditions_of_openqasm_2() -> None:
    text = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[3]; creg c[2]; creg out[1];
x q[1]; measure q[0] -> c[0]; measure q[1] -> c[1];
if (c == 2) x q[2];
if (c == 1) x q[2];
measure q[2] -> out[0];
"""
    assert counts(shots(qasm.convert(text, "c.qasm"), 10)) == {(2, 1): 10}


CONTROL = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
bit[3] out;
x q[0];
c[0] = measure q[0];
if (c == 1) { x q[1]; } else { z q[1]; }
c[1] = measure q[1];
for int i in [0:2] { x q[0]; }
out[0] = measure q[0];
while (c[0] == true) { reset q[0]; c[0] = measure q[0]; }
if (c[0] == false) { x q[0]; }
out[1] = measure q[0];
"""


def test_control_flow_of_openqasm_3() -> None:
    assert counts(shots(qasm.convert(CONTROL, "c.qasm"), 10)) == {(2, 2): 10}


def test_expressions() -> None:
    from qiskit import ClassicalRegister, QuantumRegister
    from qiskit.circuit.classical import expr

    made = QuantumCircuit(QuantumRegister(2), a := ClassicalRegister(2, "a"), b := ClassicalRegister(2, "b"))
    made.x(0)
    made.measure(0, a[1])
    made.measure(0, b[0])
    for condition, taken in (
        (expr.less(b, a), 1),
        (expr.less(a, b), 0),
        (expr.equal(expr.bit_or(a, b), 3), 1),
        (expr.logic_and(a[1], expr.logic_not(b[1])), 1),
        (expr.logic_not(expr.greater_equal(a, b)), 0),
        (expr.not_equal(expr.bit_xor(a, b), 3), 0),
    ):
        other = made.copy()
        out = ClassicalRegister(1, "out")
        other.add_register(out)
        with other.if_test(condition):
            other.x(1)
        other.measure(1, out[0])
        writer = qasm._Writer(other, "e.qasm")
        writer.block(other, [0, 1], list(range(other.num_clbits)))
        assert counts(shots(writer.source(), 3)) == {(2, 1, taken): 3}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not OpenQASM"),
        ("OPENQASM 4.0;", "is OpenQASM 4; 2 and 3 are read"),
        ('OPENQASM 2.0; include "/etc/passwd";', "is not OpenQASM that can be read"),
        ('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[1];\nmagic q[0];', "4,"),
        ("OPENQASM 3.0;\nqubit q;\nmagic q;", "is not OpenQASM that can be read"),
        ("OPENQASM 3.0;\ninput angle a;\nqubit q;\nU(a, 0, 0) q;", "the angle a has no value"),
        ("OPENQASM 2.0; opaque f a; qreg q[1]; f q[0];", "'f' on q0 has no form in QBC"),
        ("OPENQASM 2.0; qreg q[1]; creg c[70];", "the register 'c' has 70 bits; 64 fit a value"),
        ("OPENQASM 3.0; qubit q; " + "{" * 50_000, "is not OpenQASM"),
    ],
)
def test_what_cannot_be_read(text: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        qasm.convert(text, "bad.qasm")
    assert words in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].code == "E0808"


def test_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot read"):
        qasm.read(tmp_path / "none.qasm")
    (tmp_path / "x.qasm").write_bytes(b"OPENQASM 2.0;\xff")
    with pytest.raises(SourceError, match="byte 13 is not UTF-8"):
        qasm.read(tmp_path / "x.qasm")
    (tmp_path / "x.qasm").write_text(CONTROL, encoding="utf-8")
    assert qasm.read(tmp_path / "x.qasm").startswith("; from x.qasm\n.define q0 1\n")
