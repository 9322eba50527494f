"""Strings of Paulis that only the run knows, and inspections that leave the state as it is, with noise and without."""

from __future__ import annotations

import numpy as np
import pytest

from qbcc.source import SourceFile
from sigma.compile import compile_source
from tests.noisy_model import Branch, Model, Noise, inspected
from tests.noisy_programs import _by_gate
from tests.programs import finished
from tests.sigma.support import codes
from vm.machine import Machine
from vm.quantum.gates import STATE

PROGRAM = """
fn seen(q: [qubit], text: [byte]) -> float { return expect(q, text); }
fn main() {
    let q = qubits(3);
    u(q[0], 0.3, 1.1, 2.0); u(q[1], 1.3, -1.0, 0.4); u(q[2], 2.1, 0.2, 0.9);
    cx(q[0], q[1]); cry(q[1], q[2], 0.8);
    let words: [byte; 4] = "IXYZ";
    let whole: [byte; 8] = [0; 8];
    for k in 0..64 {
        for i in 0..3 { whole[2 - i] = words[k >> 2 * i & 3]; }
        record("array", int(floor(expect(q, whole) * 1e9 + 0.37)));
        record("part", int(floor(seen(q, whole[0..3]) * 1e9 + 0.37)));
    }
}
"""


def ran(text: str, level: int, **settings: object) -> Machine:
    made = compile_source(SourceFile("test.sigma", text), level=level)
    assert made.object is not None, made.diagnostics
    machine = Machine(made.object, seed=1, engine="interp", **settings)
    machine.run()
    return machine


@pytest.mark.parametrize("noise", [None, "depolarizing=0.1"])
@pytest.mark.parametrize("level", [0, 2])
def test_strings_that_only_the_run_knows(noise: str | None, level: int) -> None:
    machine = ran(PROGRAM, level, noise=noise)
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    model = Model(Noise((_by_gate("depolarizing", {"": 0.1}),) if noise else ()), 0)
    steps = [
        ("alloc", 3), ("gate", "QU", [1], [0.3, 1.1, 2.0]), ("gate", "QU", [2], [1.3, -1.0, 0.4]),
        ("gate", "QU", [3], [2.1, 0.2, 0.9]), ("gate", "QCX", [1, 2], []), ("gate", "QCRY", [2, 3], [0.8]),
    ]  # fmt: skip
    (branch,) = model._run(steps, [Branch(1.0, np.ones((), np.complex128), (), 0, ())], keeps_hidden=True)
    values = [value for _, value in machine.records]
    for k in range(64):
        letters = "".join("IXYZ"[k >> 2 * i & 3] for i in (2, 1, 0))
        expected = inspected(branch, "QEXPECT", [1, 2, 3], letters)
        assert values[2 * k] / 1e9 == pytest.approx(expected, abs=2e-9), letters
        assert values[2 * k + 1] == values[2 * k]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("q, text[0..2]", "expect: the string must have one letter for each qubit"),
        ("q, text", "expect: the string must have one letter for each qubit"),
        ("q[0..2], text[0..3]", "expect: the string must have one letter for each qubit"),
        ("q[0], text", "expect: the string must have one letter for each qubit"),
        ("q, short", "expect: the string must have one letter for each qubit"),
        ("q, lower", "'xyz' at"),
    ],
)
@pytest.mark.parametrize("level", [0, 2])
def test_strings_that_do_not_fit(arguments: str, message: str, level: int) -> None:
    text = f"""
fn main() {{
    let q = qubits(3);
    let text: [byte; 5] = "XYZZY";
    let short: [byte; 5] = [0; 5];
    short[0] = 'X';
    let lower: [byte; 3] = "xyz";
    print("{{expect({arguments})}}");
}}
"""
    outcome = ran(text, level).outcome
    assert outcome is not None
    assert outcome.trap is not None
    assert message in outcome.trap.message


def test_one_qubit_and_a_letter() -> None:
    text = "fn main() { let q = qubit(); h(q); let x: [byte; 2] = [0; 2]; x[0] = 'X'; print(\"{expect(q, x):.3f}\"); }"
    assert ran(text, 2).output == b"1.000\n"


@pytest.mark.parametrize("argument", ["3", "1.5", "q", "[1.0, 2.0]"])
def test_what_is_not_a_string_of_paulis(argument: str) -> None:
    assert codes(f'fn main() {{ let q = qubits(2); print("{{expect(q, {argument})}}"); }}') != []


ENERGIES = """
import std.vqe;
import std.noise;
fn direct(q: [qubit]) -> float {
    return vqe.H2[0].weight + vqe.H2[1].weight * expect(q, "IZ") + vqe.H2[2].weight * expect(q, "ZI")
        + vqe.H2[3].weight * expect(q, "ZZ") + vqe.H2[4].weight * expect(q, "XX");
}
fn main() {
    let q = qubits(2);
    vqe.h2_state(q, -0.2235);
    let other = qubits(2);
    ry(other[0], 0.4);
    cx(other[0], other[1]);
    record("purity", purity(q));
    for k in 0..3 {
        record("energy", direct(q));
        record("energy", vqe.energy(q, vqe.H2));
        record("overlap", noise.overlap(q, other));
        record("overlap of one", noise.overlap_of(q[1], other[0]));
    }
    record("purity", purity(q));
}
"""


@pytest.mark.parametrize("method", ["", "statevector", "density_matrix", "matrix_product_state"])
@pytest.mark.parametrize("noise", [None, "readout=0.2", "depolarizing=0.05,amplitude_damping=0.1,phase_flip=0.02"])
def test_what_the_library_inspects_stays(noise: str | None, method: str) -> None:
    """Equal to the bit each time, and the energy is that of the strings themselves."""
    machine = ran(ENERGIES, 2, noise=noise, backend=f"aer:{method}" if method else "aer")
    found: dict[str, set[float]] = {}
    for name, value in machine.records:
        found.setdefault(name, set()).add(value)
    assert machine.outcome is not None
    assert machine.outcome.trap is None
    assert {name: len(values) for name, values in found.items() if name != "energy"} == dict.fromkeys(
        ("purity", "overlap", "overlap of one"), 1
    )
    energies = sorted(found["energy"])
    assert energies[-1] - energies[0] < 1e-14


GATES = "QH 1\n QCX 1, 2\n QS 2\n QCZ 2, 3\n QH 3\n"
INSPECTIONS = (("QPROB", [1]), ("QPURITY", [1, 2]), ("QENTROPY", [2, 3]), ("QCONC", [1, 3]), ("QFIDW", [1, 2, 3]))


NOISES = (None, "readout=0.1", "depolarizing=0.1,readout=0.1,amplitude_damping=0.1")
METHODS = [(method, noise) for method in ("statevector", "density_matrix", "matrix_product_state") for noise in NOISES]


@pytest.mark.parametrize(("method", "noise"), [*METHODS, ("stabilizer", None), ("stabilizer", "readout=0.1")])
def test_an_inspection_leaves_the_state_to_the_bit(method: str, noise: str | None) -> None:
    gates = GATES if method == "stabilizer" else f"{GATES} QT 2\n QRX 1, 0.4\n"
    machine = finished(
        f"main: QALLOC r4, 3\n {gates} QPROB r1, 2\n QHALT", backend=f"aer:{method}", noise=noise, seed=5
    )
    assert machine.quantum is not None
    members, state = machine.quantum.state(1)
    before = state.key()
    log, executor = machine.quantum.log, machine.quantum.executor
    for name, handles in INSPECTIONS:
        executor.look(name, handles)
    executor.expectation([1, 2, 3], "XYZ")
    assert machine.quantum.state(1) == (members, state)
    assert state.key() == before
    # Nothing was recorded: the group is what the state is.
    assert [log.gates["op"][number] for number in log.chain(log.root(1))] == [STATE]
