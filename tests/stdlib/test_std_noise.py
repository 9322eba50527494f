"""std.noise: the mean of many trajectories against the channels' Kraus operators, in NumPy."""

from __future__ import annotations

import math
from collections import Counter
from functools import reduce

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.stdlib.std_harness import SCRATCH, Std

Matrix = NDArray[np.complex128]
ONE, X, Y, Z = (
    np.array(m, complex) for m in ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
)
RUNS = 400
NAMES = ("bit_flip", "phase_flip", "bit_phase_flip", "depolarize", "amplitude_damping", "phase_damping")
CALLS = [f"noise.{name}(q, p);" for name in NAMES]
CALLS += ["noise.pauli(q, p, p / 2.0, p / 4.0);", "noise.relax(q, p, 0.7, 1.0);"]
TEXT = f"""
import std.noise;
view out: [float] at {SCRATCH};

export fn bloch(channel: int, p: float, runs: int) {{
    for k in 0..3 {{ out[k] = 0.0; }}
    for run in 0..runs {{
        let q = qubit();
        ry(q, 1.1);
        rz(q, 0.4);
        {" else ".join(f"if channel == {k} {{ {call} }}" for k, call in enumerate(CALLS))}
        out[0] += expect(q, "X") / runs;
        out[1] += expect(q, "Y") / runs;
        out[2] += expect(q, "Z") / runs;
    }}
}}

export fn pair(p: float, runs: int) {{
    for k in 0..3 {{ out[k] = 0.0; }}
    for run in 0..runs {{
        let q = qubits(2);
        ry(q[0], 1.1);
        cx(q[0], q[1]);
        noise.depolarize_pair(q[0], q[1], p);
        out[0] += expect(q, "XX") / runs;
        out[1] += expect(q, "IZ") / runs;
        out[2] += expect(q, "ZZ") / runs;
    }}
}}

export fn readout(value: bool, p01: float, p10: float) -> bool {{ return noise.readout(value, p01, p10); }}

export fn measured(is_one: bool, p01: float, p10: float) -> (bool, bool) {{
    let q = qubit();
    if is_one {{ x(q); }}
    let said = noise.measure_noisy(q, p01, p10);
    return (said, measure(q));
}}

export fn all_measured(value: int, p01: float, p10: float) -> int {{
    let q = qubits(5);
    for k in 0..5 {{ if value >> k & 1 == 1 {{ x(q[k]); }} }}
    return noise.measure_all_noisy(q, p01, p10);
}}

export fn corrected(said: float, p01: float, p10: float) -> float {{ return noise.corrected(said, p01, p10); }}

export fn relax_too_long() {{ let q = qubit(); noise.relax(q, 1.0, 1.0, 2.5); }}

export fn overlaps(a: float, b: float) {{
    let x = qubits(2);
    let y = qubits(2);
    ry(x[0], a);
    cx(x[0], x[1]);
    ry(y[0], b);
    cx(y[0], y[1]);
    out[0] = noise.overlap(x, y);
    out[1] = noise.overlap(x, y);
    out[2] = noise.overlap_of(x[0], y[1]);
}}

export fn of_different_sizes() -> float {{ let x = qubits(2); let y = qubits(3); return noise.overlap(x, y); }}
fn main() {{}}
"""


@pytest.fixture(scope="module")
def lib() -> Std:
    return Std(TEXT)


def mixed(*parts: tuple[float, Matrix]) -> list[Matrix]:
    """Kraus operators of a random choice."""
    return [math.sqrt(p) * u for p, u in parts]


def damping(gamma: float) -> list[Matrix]:
    return [np.diag([1, math.sqrt(1 - gamma)]).astype(complex), np.array([[0, math.sqrt(gamma)], [0, 0]], complex)]


def channel(number: int, p: float) -> list[list[Matrix]]:
    """The channels that follow each other, as Kraus operators."""
    remains = math.exp(-p / 1.0 + p / 1.4)
    return {
        0: [mixed((1 - p, ONE), (p, X))],
        1: [mixed((1 - p, ONE), (p, Z))],
        2: [mixed((1 - p, ONE), (p, Y))],
        3: [mixed((1 - 0.75 * p, ONE), (p / 4, X), (p / 4, Y), (p / 4, Z))],
        4: [damping(p)],
        5: [[np.diag([1, math.sqrt(1 - p)]).astype(complex), np.diag([0, math.sqrt(p)]).astype(complex)]],
        6: [mixed((max(1 - 1.75 * p, 0), ONE), (p, X), (p / 2, Y), (p / 4, Z))],
        7: [damping(1 - math.exp(-p / 0.7)), mixed(((1 + remains) / 2, ONE), ((1 - remains) / 2, Z))],
    }[number]


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("number", range(len(CALLS)))
def test_channels(lib: Std, number: int, p: float) -> None:
    state = np.array([math.cos(0.55) * np.exp(-0.2j), math.sin(0.55) * np.exp(0.2j)])
    rho = np.outer(state, state.conj())
    for kraus in channel(number, p):
        assert np.allclose(sum(k.conj().T @ k for k in kraus), ONE)
        rho = sum((k @ rho @ k.conj().T for k in kraus), np.zeros((2, 2), complex))
    for machine in lib.machines:
        machine.call("bloch", number, p, RUNS)
        found = machine.view(SCRATCH, 3, "<f8").copy()
        wanted = np.array([np.trace(rho @ m).real for m in (X, Y, Z)])
        assert np.all(np.abs(found - wanted) <= (5 / math.sqrt(RUNS) if p else 1e-12)), (found, wanted)


@pytest.mark.parametrize("p", [0.0, 0.4, 1.0])
def test_two_qubits_are_depolarized_together(lib: Std, p: float) -> None:
    lib.do("pair", p, RUNS)
    found = lib.floats(3)
    for value, pure in zip(found, (math.sin(1.1), math.cos(1.1), 1.0), strict=True):
        assert abs(value - (1 - p) * pure) <= (5 / math.sqrt(RUNS) if p else 1e-12)


def test_what_a_detector_says(lib: Std) -> None:
    assert [lib.call("readout", v, 0.0, 0.0) for v in (0, 1)] == [0, 1]
    assert [lib.call("readout", v, 1.0, 1.0) for v in (0, 1)] == [1, 0]
    for value, p01, p10, wanted in ((0, 0.2, 0.0, 0.2), (1, 0.0, 0.3, 0.7), (0, 0.0, 0.9, 0.0), (1, 0.9, 0.0, 1.0)):
        ones = sum(lib.call("readout", value, p01, p10) for _ in range(RUNS))
        assert abs(ones - RUNS * wanted) <= 5 * math.sqrt(RUNS * wanted * (1 - wanted))
        assert lib.call("measured", value, p01, p10, results=2)[1] == value
    assert lib.call("measured", 1, 1.0, 1.0, results=2) == (0, 1)
    assert lib.call("all_measured", 0b10110, 0.0, 0.0) == 0b10110
    assert lib.call("all_measured", 0b10110, 1.0, 1.0) == 0b01001
    found = Counter(lib.call("all_measured", 0b00111, 0.5, 0.0) for _ in range(100))
    assert {value & 7 for value in found} == {7}
    assert len(found) == 4
    assert lib.call("corrected", 0.2 + 0.5 * 0.3, 0.2, 0.3) == pytest.approx(0.3)
    assert lib.message("corrected", 0.5, 0.5, 0.5) == "corrected: such a detector says nothing"


def test_overlaps_leave_the_states_as_they_are(lib: Std) -> None:
    for a, b in ((0.0, 0.0), (0.7, 0.7), (0.7, 2.0), (0.0, math.pi)):
        lib.do("overlaps", a, b)
        first, again, single = lib.floats(3)
        wanted = math.cos((a - b) / 2) ** 2
        assert first == pytest.approx(wanted, abs=1e-9)
        assert again == pytest.approx(wanted, abs=1e-9)
        ones = [math.sin(a / 2) ** 2, math.sin(b / 2) ** 2]
        assert single == pytest.approx(reduce(lambda x, y: x * y + (1 - x) * (1 - y), ones), abs=1e-9)
    assert lib.message("of_different_sizes") == "overlap: the states must be of as many qubits"


def test_what_is_no_probability(lib: Std) -> None:
    for p in (-0.1, 1.1, math.nan):
        for number in range(6):
            assert lib.message("bloch", number, p, 1) == "noise: a probability must be 0 to 1"
    assert lib.message("bloch", 6, 0.9, 1) == "noise: the probabilities add to more than 1"
    assert lib.message("bloch", 7, -1.0, 1) == "relax: times must be positive"
    assert lib.message("relax_too_long") == "relax: T2 is at most 2 T1"
