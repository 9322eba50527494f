"""std.qft against the matrix of the Fourier transform and Qiskit's circuit of it."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit.library import QFTGate
from qiskit.quantum_info import Operator
from qiskit.synthesis.qft import synth_qft_full

from tests.sigma.support import finished, output
from tests.stdlib.unitaries import Matrix, prepared, same, unitary

SIZES = [1, 2, 3, 4, 5]


def fourier(count: int) -> Matrix:
    size = 1 << count
    steps = np.arange(size)
    return np.exp(2j * np.pi * np.outer(steps, steps) / size) / np.sqrt(size)


def reversal(count: int) -> Matrix:
    return np.eye(1 << count)[[int(f"{value:0{count}b}"[::-1], 2) for value in range(1 << count)]].astype(complex)


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("count", SIZES)
def test_the_transform_and_its_inverse(count: int, level: int) -> None:
    same(unitary("qft", "qft.qft(q);", count, level=level), fourier(count))
    same(unitary("qft", "qft.qft(q);", count, level=level), Operator(QFTGate(count)).data)
    same(unitary("qft", "inv qft.qft(q);", count, level=level), fourier(count).conj().T)
    same(unitary("qft", "qft.read_phase(q);", count, level=level), fourier(count).conj().T)


@pytest.mark.parametrize("count", SIZES)
def test_the_result_in_reverse(count: int) -> None:
    same(unitary("qft", "qft.unordered(q);", count), reversal(count) @ fourier(count))
    same(unitary("qft", "inv qft.unordered(q);", count), fourier(count).conj().T @ reversal(count))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_under_a_control(count: int) -> None:
    wanted = np.eye(2 << count, dtype=complex)
    wanted[1::2, 1::2] = fourier(count)
    same(unitary("qft", f"ctrl(q[0]) qft.qft(q[1..{count + 1}]);", count + 1), wanted)


@pytest.mark.parametrize("count", [3, 4, 5])
def test_the_approximate_transform(count: int) -> None:
    """Qiskit counts the smallest phases that are left out, this library the greatest that stay."""
    for cut in range(1, count + 1):
        wanted = Operator(synth_qft_full(count, approximation_degree=count - cut)).data
        same(unitary("qft", f"qft.approximate(q, {cut});", count), wanted)
    same(unitary("qft", f"qft.approximate(q, {count + 3});", count), fourier(count))


def test_a_cut_makes_gates_few() -> None:
    def gates(body: str) -> int:
        machine = finished(f"import std.qft; fn main() {{ let q = qubits(20); {body} }}")
        assert machine.quantum is not None
        return machine.quantum.log.recorded

    assert gates("qft.unordered(q);") == 20 + 20 * 19 // 2
    assert gates("qft.approximate_unordered(q, 4);") == 20 + 3 * 17 + 2 + 1
    assert gates("qft.approximate_unordered(q, 1);") == 20


@pytest.mark.parametrize("bits", [3, 4, 5])
@pytest.mark.parametrize("phase", [0.0, 0.25, 0.3, 0.71, 0.999])
def test_phase_estimation(bits: int, phase: float) -> None:
    """All of the row's amplitudes: those of the sinc that is known."""
    body = f"h(q); for i in 0..{bits} {{ p(q[i], tau * {phase} * (1 << i)); }} qft.read_phase(q);"
    size = 1 << bits
    off = phase - np.arange(size) / size
    wanted = np.exp(2j * np.pi * np.outer(off, np.arange(size))).mean(axis=1)
    same(prepared("qft", body, bits)[:, None], wanted[:, None])


@pytest.mark.parametrize("value", range(16))
def test_one_control_qubit_reads_all_bits(value: int) -> None:
    """An exact phase is read without fail, by one qubit that is used four times."""
    text = f"""import std.qft; fn main() {{
        let eigen = qubit(); let control = qubit(); x(eigen); var found = 0;
        for k in 0..4 {{
            h(control); cp(control, eigen, tau * {value} / 16 * (1 << (3 - k)));
            qft.feedback(control, found, k); h(control);
            if measure(control) {{ found = found | (1 << k); }}
            reset(control);
        }}
        print("{{found}}"); }}"""
    assert output(text) == f"{value}\n"
