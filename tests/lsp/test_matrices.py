"""Each gate's matrix against the circuit that the machine builds."""

from __future__ import annotations

import random

import numpy as np
import pytest

from lsp import matrices
from vm.quantum.gates import GATES, Gate, append


@pytest.mark.parametrize("gate", GATES.values(), ids=lambda gate: gate.mnemonic)
def test_matrix_is_that_of_the_machine(gate: Gate) -> None:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Operator

    rng = random.Random(gate.code)
    angles = [rng.uniform(-6, 6) for _ in range(gate.angles)]
    circuit = QuantumCircuit(gate.qubits)
    append(circuit, gate.code, list(range(gate.qubits)), angles)
    found = np.array(matrices.numbers(gate.mnemonic, angles))
    assert np.allclose(found, Operator(circuit).data, atol=1e-12)


@pytest.mark.parametrize(
    ("mnemonic", "angles", "drawn"),
    [
        ("QX", [], "⎡ ·  1 ⎤\n⎣ 1  · ⎦"),
        ("QH", [], "⎡ 1/√2   1/√2 ⎤\n⎣ 1/√2  -1/√2 ⎦"),
        ("QRZ", [None], "⎡ exp(-i·θ/2)           · ⎤\n⎣           ·  exp(i·θ/2) ⎦"),
        ("QSIGMA", [4.0], "⎡  ·  -i ⎤\n⎣ -i   · ⎦"),
        ("QSIGMA", [None], "⎡    cos(σπ/8)  -i·sin(σπ/8) ⎤\n⎣ -i·sin(σπ/8)     cos(σπ/8) ⎦"),
        ("QRX", [1.0], "⎡   0.8776  -0.4794i ⎤\n⎣ -0.4794i    0.8776 ⎦"),
        ("QCX", [], "⎡ 1  ·  ·  · ⎤\n⎢ ·  ·  ·  1 ⎥\n⎢ ·  ·  1  · ⎥\n⎣ ·  1  ·  · ⎦"),
        ("QRX", [float("inf")], "⎡    cos(θ/2)  -i·sin(θ/2) ⎤\n⎣ -i·sin(θ/2)     cos(θ/2) ⎦"),
    ],
)
def test_drawing(mnemonic: str, angles: list[float | None], drawn: str) -> None:
    assert matrices.drawn(mnemonic, angles) == drawn


def test_every_gate_can_be_drawn() -> None:
    for gate in GATES.values():
        assert len(matrices.drawn(gate.mnemonic).splitlines()) == 1 << gate.qubits
    assert "1/√3" in matrices.drawn("QW")
