"""The circuit that a run records, in other languages, and OpenQASM read back: against Qiskit's operators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import qasm2, qasm3
from qiskit.quantum_info import Operator

from qbcc.circuits import emit as circuits
from qbcc.circuits.qiskit_code import to_qiskit
from qbcc.diagnostics import SourceError
from tests.programs import build
from tests.vm.test_quantum import GATE_LIST, matrix
from vm.circuit.items import Circuit
from vm.machine import Machine
from vm.quantum import log as logs
from vm.quantum.tape import BARRIER, MEASURE, RESET, Step


def circuit(text: str, engine: str = "interp", **settings: Any) -> Circuit:
    found, outcome = circuits.follow(Machine(build(text), engine=engine, seed=1, **settings))
    assert outcome.trap is None, outcome.trap
    return found


def steps(made: Circuit) -> list[Step]:
    """Of a circuit without conditionals."""
    assert all(isinstance(item, Step) for item in made.items)
    return [item for item in made.items if isinstance(item, Step)]


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


# -- what is done


@pytest.mark.parametrize("engine", ["interp", "native"])
@pytest.mark.parametrize("seed", range(4))
def test_the_circuit_is_the_program(seed: int, engine: str) -> None:
    text, whole = program(seed)
    assert np.allclose(Operator(to_qiskit(circuit(text, engine))).data, whole.data, atol=1e-10)


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
    found = steps(circuit(text, engine))
    assert [(step.code if step.code < 0 else "gate", step.qubits, step.bit) for step in found] == [
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
    made = circuit(text)
    found = steps(made)
    assert len(found) == 80
    assert [found[place].angles for place in (0, 1, 78)] == [(0.25,), (), (0.25,)]


# -- out


@pytest.mark.parametrize("seed", range(4))
def test_qasm_and_python_are_the_same_circuit(seed: int) -> None:
    text, whole = program(seed)
    made = circuit(text)
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

    made = circuit(
        "main: QALLOC r0, 2\n QH 1\n QSDG 2\n QRX 1, 0.25\n QCX 1, 2\n QMEAS r1, 2\n QRESET 2\n QX 2\n QRESET 1\n QHALT"
    )
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
        gates = ["h__body", "s__adj", "rx__body", "cnot__body", "mz__body", "reset__body", "x__body"]
        # No result shows the last reset.
        assert [call for call in calls if not call.startswith("__quantum__rt")] == gates
        assert pyqir.required_num_qubits(entry) == 2


def test_golden_qasm3() -> None:
    text = "main: QALLOC r0, 2\n QH 1\n QCRY 1, 2, 0.5\n QBARRIER\n QMEAS r1, 2\n QHALT"
    assert circuits.emit(circuit(text), "qasm3") == (
        'OPENQASM 3.0;\ninclude "stdgates.inc";\nbit[1] c;\nqubit[2] q;\nh q[0];\ncry(0.5) q[0], q[1];\n'
        "barrier q[0], q[1];\nc[0] = measure q[1];\n"
    )


def test_every_gate_as_qir() -> None:
    text, _ = program(1, gates=31)
    assert "__quantum__qis__" in circuits.emit(circuit(text), "qir")


def test_drawings() -> None:
    made = circuit("main: QALLOC r0, 2\n QH 1\n QCX 1, 2\n QMEAS r1, 2\n QHALT")
    assert circuits.draw_text(made, 80, plain=False).splitlines() == [
        "q0 ─H───●───────",
        "        │",
        "q1 ─────X───M0──",
    ]
    plain = circuits.draw_text(made, 80, plain=True)
    assert plain.isascii()
    assert "-H---*--" in plain
    assert circuits.draw_picture(made, "svg").lstrip().startswith(b"<?xml")
    assert circuits.draw_picture(made, "png").startswith(b"\x89PNG")


def test_what_cannot_be_drawn_or_written() -> None:
    with pytest.raises(SourceError, match="there is no circuit"):
        circuits.emit(circuit("main: QALLOC r0\n QHALT"), "qasm3")
    text = "main: QALLOC r0, 300\n QMOV r1, 1\non: QH r1\n QADD r1, 1\n QJLE r1, 300, on\n QHALT"
    with pytest.raises(SourceError, match="300 qubits and 300 steps is too large to draw"):
        circuits.draw_text(circuit(text), 80, plain=True)
