"""Aer's methods: the same program gives the same on each; large groups; noise against channels written out."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Operator

from tests.programs import finished
from tests.vm.test_quantum import GATE_LIST, matrix
from tests.vm.test_shots import LIMIT, chi_square, counts, shots
from vm.machine import Machine
from vm.quantum.backends import noise
from vm.quantum.backends.aer import Aer
from vm.quantum.backends.choose import make
from vm.quantum.gates import GATES
from vm.quantum.states.chain import Chain
from vm.quantum.states.mixed import Mixed
from vm.quantum.states.tableau import Tableau


def run(text: str, **settings: Any) -> Machine:
    machine = finished(text, engine="interp", **{"seed": 1, **settings})
    assert machine.outcome is not None
    assert machine.outcome.trap is None, machine.outcome.trap
    return machine


def trap(text: str, **settings: Any) -> tuple[str, str]:
    outcome = finished(text, engine="interp", **{"seed": 1, **settings}).outcome
    assert outcome is not None
    assert outcome.trap is not None
    return outcome.trap.name, outcome.trap.message


def program(seed: int, *, clifford: bool) -> str:
    """Gates, measurements with feedback, resets and looks on six qubits; what was seen is recorded."""
    random = np.random.default_rng(seed)
    names = [
        gate for gate in GATE_LIST if not clifford or gate.mnemonic in {"QH", "QS", "QX", "QY", "QCX", "QCZ", "QSWAP"}
    ]
    lines = ["main: QALLOC r4, 6", " QMOV r15, 0"]

    def look(number: int) -> None:
        lines.append(f" QEXPECT r0, 1, pauli{number % 3}\n QMOV r1, r0\n QMOV r2, name\n QMOV r0, name\n QSYSCALL 14")
        lines.append(f" QPROB r1, {number % 6 + 1}\n QMOV r0, name\n QSYSCALL 14")

    for step in range(30):
        gate = names[random.integers(len(names))]
        qubits = random.permutation(6)[: gate.qubits] + 1
        angles = random.uniform(-3, 3, gate.angles)
        lines.append(f" {gate.mnemonic} {', '.join([*map(str, qubits.tolist()), *map(repr, angles.tolist())])}")
        if step % 6 == 5:
            lines.append(f" QMEAS r1, {step % 5 + 1}\n QMOV r0, name\n QSYSCALL 14\n QJEQ r1, 0, on{step}")
            lines.append(f" QH {step % 4 + 1}\n QCX {step % 4 + 1}, 6\non{step}:")
            look(step)
        if step == 20:
            lines.append(" QRESET 2")
    data = '.data\nname: .asciz "x"\npauli0: .asciz "XIZIYI"\npauli1: .asciz "ZZZZZZ"\npauli2: .asciz "IIYXII"\n'
    return "\n".join([*lines, " QENTROPY r3, 1, 3", " QPURITY r5, 2, 2", " QHALT", data])


@pytest.mark.parametrize("method", ["density_matrix", "matrix_product_state"])
@pytest.mark.parametrize("seed", range(6))
def test_methods_agree(method: str, seed: int) -> None:
    text = program(seed, clifford=False)
    plain, other = run(text), run(text, backend=f"aer:{method}")
    assert [value for _, value in plain.records] == pytest.approx([value for _, value in other.records], abs=1e-9)
    assert other.get(3) == pytest.approx(plain.get(3), abs=1e-6)
    assert other.get(5) == pytest.approx(plain.get(5), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_stabilizers_agree(seed: int) -> None:
    text = program(seed, clifford=True)
    plain, other = run(text), run(text, backend="aer:stabilizer")
    assert [value for _, value in plain.records] == pytest.approx([value for _, value in other.records], abs=1e-9)
    assert other.get(3) == pytest.approx(plain.get(3), abs=1e-6)
    assert other.get(5) == pytest.approx(plain.get(5), abs=1e-9)


def ghz(count: int, more: str = "") -> str:
    """Of qubits 1 to ``count``; all are measured, and how many ones there were is recorded."""
    return f"""main: QALLOC r4, {count}
 QH 1
 QMOV r1, 1
on: QADD r2, r1, 1
 QCX r1, r2
 QMOV r1, r2
 QJLT r1, {count}, on
{more}
 QMOV r1, 1
 QMOV r3, 0
out: QMEAS r2, r1
 QADD r3, r2
 QADD r1, 1
 QJLE r1, {count}, out
 QMOV r0, name
 QMOV r1, r3
 QSYSCALL 14
 QHALT
.data
name: .asciz "ones"
"""


@pytest.mark.parametrize(("more", "form"), [("", Tableau), (" QRZ 20, 0.3\n QT 7", Chain)])
def test_forty_qubits(more: str, form: type) -> None:
    """Clifford gates as stabilizers, others as matrix products; two paths."""
    machine = run(ghz(40, more).replace("out: QMEAS", " QHALT\nout: QMEAS"))
    assert machine.quantum is not None
    members, state = machine.quantum.state(3)
    assert isinstance(state, form)
    assert len(members) == 40
    found = shots(ghz(40, more), 1000)
    assert chi_square(counts(found), {(0,): 0.5, (40,): 0.5}) < LIMIT[1]
    assert not found.is_repeated


def test_a_tableau_goes_on_as_a_chain() -> None:
    """Thirty qubits by Clifford gates, one measured, then a turn; the state against what it must be."""
    more = " QMEAS r7, 30\n QSX 3\n QRX 3, 0.4\n QPROB r8, 3\n QPROB r9, 5\n QENTROPY r10, 3\n"
    text = ghz(30, more.replace("QENTROPY r10, 3", "QENTROPY r10, 3, 2"))
    machine = run(text)
    bit = machine.get(7)
    # After the measurement all others are the bit; RX(π/2) then RX(0.4).
    turned = math.sin((math.pi / 2 + 0.4) / 2) ** 2
    assert machine.get(8) == pytest.approx(1 - turned if bit else turned, abs=1e-9)
    assert machine.get(9) == pytest.approx(bit, abs=1e-9)
    assert machine.get(10) == pytest.approx(0, abs=1e-7)


def test_groups_of_vectors_meet_in_a_chain() -> None:
    """Two groups that ran as vectors meet in one of 32 qubits."""
    lines = ["main: QALLOC r4, 32", " QRY 1, 0.7", " QRY 17, 1.9"]
    for first in (1, 17):
        lines += [f" QCX {qubit}, {qubit + 1}" for qubit in range(first, first + 15)]
    lines += [" QPROB r1, 1", " QPROB r2, 17", " QCX 16, 17", " QPROB r3, 17", " QFIDW r5, 1, 17, 18", " QHALT"]
    machine = run("\n".join(lines))
    a, b = math.sin(0.35) ** 2, math.sin(0.95) ** 2
    assert machine.get(1) == pytest.approx(a)
    assert machine.get(2) == pytest.approx(b)
    assert machine.get(3) == pytest.approx(a * (1 - b) + b * (1 - a))
    assert machine.quantum is not None
    assert isinstance(machine.quantum.state(1)[1], Chain)


def test_samples_of_large_groups() -> None:
    for more, backend in (("", "aer"), (" QT 3", "aer")):
        text = ghz(36, more).replace(
            "out: QMEAS r2, r1", " QSAMPLE r5, 1, 36, 300, 0x200000\n QHALT\nout: QMEAS r2, r1"
        )
        machine = run(text, backend=backend)
        table = dict(machine.view(0x200000, 4, np.int64).reshape(-1, 2).tolist())
        assert set(table) == {0, (1 << 36) - 1}
        assert sum(table.values()) == 300


@pytest.mark.parametrize(
    ("text", "backend", "words"),
    [
        ("main: QALLOC r0\n QT 1\n QPROB r0, 1\n QHALT", "aer:stabilizer", "QT is no Clifford gate"),
        (
            ghz(29),
            "aer:statevector",
            "29 qubits share one state, which takes 8,589,934,592 bytes: a statevector has at most 28 qubits",
        ),
        (
            ghz(15),
            "aer:density_matrix",
            "15 qubits share one state, which takes 17,179,869,184 bytes: a density matrix has at most",
        ),
        (ghz(40, " QPURITY r1, 1, 20"), "aer:matrix_product_state", "a look at 20 of 40 qubits that met takes"),
    ],
)
def test_what_a_method_cannot_do(text: str, backend: str, words: str) -> None:
    name, message = trap(text, backend=backend)
    assert name == "quantum"
    assert words in message


# -- noise


def depolarized(state: Any, places: list[int], rate: float, count: int) -> Any:
    """By hand: with the rate, the qubits are replaced by noise."""
    shaped = state.reshape((2,) * (2 * count))
    axes = [count - 1 - place for place in places]
    rest = shaped
    for axis in axes:
        traced = np.trace(rest, axis1=axis, axis2=count + axis)
        rest = np.expand_dims(np.expand_dims(traced, axis), count + axis)
        half = np.eye(2).reshape([2 if place in (axis, count + axis) else 1 for place in range(2 * count)]) / 2
        rest = rest * half
    return ((1 - rate) * shaped + rate * rest).reshape(state.shape)


def noisy(seed: int, rate: float) -> tuple[str, Any]:
    """A circuit of three qubits, and its density matrix with noise after each gate."""
    random = np.random.default_rng(seed)
    state = np.zeros((8, 8), complex)
    state[0, 0] = 1
    lines = ["main: QALLOC r4, 3"]
    for _ in range(12):
        gate = GATE_LIST[random.integers(len(GATE_LIST))]
        places = random.permutation(3)[: gate.qubits].tolist()
        angles = random.uniform(-3, 3, gate.angles).tolist()
        lines.append(f" {gate.mnemonic} {', '.join([*(str(place + 1) for place in places), *map(repr, angles)])}")
        whole = Operator(np.eye(8)).compose(matrix(gate.mnemonic, angles), qargs=places).data
        state = depolarized(whole @ state @ whole.conj().T, places, rate, 3)
    return "\n".join(lines), state


@pytest.mark.parametrize("seed", range(8))
def test_depolarizing_noise(seed: int) -> None:
    lines, expected = noisy(seed, 0.07)
    machine = run(f"{lines}\n QPROB r0, 1\n QPURITY r1, 1, 3\n QFIDW r2, 1, 2, 3\n QHALT", noise="depolarizing=0.07")
    assert machine.quantum is not None
    groups = {tuple(machine.quantum.state(handle)[0]) for handle in (1, 2, 3)}
    whole = np.ones((1, 1))
    for members in sorted(groups):
        assert members == tuple(range(members[0], members[-1] + 1)) or len(groups) == 1
        state = machine.quantum.state(members[0])[1]
        found = state.matrix if isinstance(state, Mixed) else state.reduced(range(state.qubits))
        whole = np.kron(found, whole)
    assert np.allclose(whole, expected, atol=1e-10)


def test_noise_of_each_kind_as_its_channel() -> None:
    """On |+⟩ or |1⟩, where each shows; each rate on its own gate only."""
    cases = [
        ("bit_flip=0.2", " QX 1\n QPROB r0, 1", 0.8),
        ("phase_flip=0.2", " QH 1\n QEXPECT r0, 1, x", 0.6),
        ("amplitude_damping=0.3", " QX 1\n QPROB r0, 1", 0.7),
        ("phase_damping=0.36", " QH 1\n QEXPECT r0, 1, x", 0.8),
        ("bit_flip=0.1,amplitude_damping=0.5", " QX 1\n QPROB r0, 1", 0.45),
    ]
    for text, lines, expected in cases:
        machine = run(f'main: QALLOC r4\n{lines}\n QHALT\n.data\nx: .asciz "X"\n', noise=text)
        assert machine.get(0) == pytest.approx(expected, abs=1e-12), text


def test_noise_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "noise.json"
    path.write_text(json.dumps({"bit_flip": {"x": 0.25, "2": 0.5}, "readout": [0, 0.125]}))
    machine = run(
        "main: QALLOC r4, 2\n QX 1\n QPROB r0, 1\n QZ 1\n QPROB r1, 1\n QCZ 1, 2\n QPROB r2, 2\n QHALT", noise=str(path)
    )
    assert [machine.get(register) for register in range(3)] == pytest.approx([0.75, 0.75, 0.5])
    assert noise.parse(str(path)).readout == (0.0, 0.125)


def test_what_is_said_of_less_counts(tmp_path: Path) -> None:
    """A gate's own rate stands for that of its number of qubits, which stands for that of all."""
    path = tmp_path / "noise.json"
    path.write_text(json.dumps({"bit_flip": {"2": 0.5, "cz": 0, "x": 0.25, "1": 0.125}}))
    text = "main: QALLOC r4, 4\n QX 1\n QPROB r0, 1\n QZ 2\n QPROB r1, 2\n QCZ 3, 4\n QPROB r2, 3\n QSWAP 3, 4\n QPROB r3, 3\n QHALT"
    machine = run(text, noise=str(path))
    assert [machine.get(register) for register in range(4)] == pytest.approx([0.75, 0.125, 0, 0.5])


def test_noise_of_aer(tmp_path: Path) -> None:
    """Aer's own model, saved as it says: Pauli errors, Kraus operators, readings."""
    from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.2, 1), ["h"])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.3), ["x"])
    model.add_all_qubit_readout_error([[0.9, 0.1], [0.3, 0.7]])
    path = tmp_path / "aer.json"
    path.write_text(json.dumps(model.to_dict(serializable=True)))
    text = 'main: QALLOC r4, 3\n QX 1\n QPROB r0, 1\n QH 2\n QEXPECT r1, 2, x\n QX 3\n QHALT\n.data\nx: .asciz "X"\n'
    machine = run(text, noise=str(path))
    assert machine.get(0) == pytest.approx(0.7)
    assert machine.get(1) == pytest.approx(0.8)
    assert noise.parse(str(path)).readout == (0.1, 0.3)


def test_wrong_readings() -> None:
    """They do not change the state: read again, it may come out right."""
    text = "main: QALLOC r4\n QX 1\n QMEAS r1, 1\n QMEAS r2, 1\n QPROB r3, 1\n QASSERT r3, 1.0\n QHALT"
    found = shots(text, 20_000, noise="readout=0.1")
    expected = {(a, b): (0.9 if a else 0.1) * (0.9 if b else 0.1) for a in (0, 1) for b in (0, 1)}
    assert chi_square(counts(found), expected) < LIMIT[3]
    assert found.status == 0


def test_wrong_readings_of_samples() -> None:
    machine = run("main: QALLOC r4, 2\n QX 2\n QSAMPLE r1, 1, 2, 20000, 0x200000\n QHALT", noise="readout=0.1")
    table = dict(machine.view(0x200000, 2 * machine.get(1), np.int64).reshape(-1, 2).tolist())
    expected = {0b10: 0.81, 0b00: 0.09, 0b11: 0.09, 0b01: 0.01}
    assert sum((table.get(v, 0) - 20000 * p) ** 2 / (20000 * p) for v, p in expected.items()) < LIMIT[3]


PARITY = """main: QALLOC r4, 3
 QRY 1, 0.8
 QCX 1, 2
 QCX 2, 3
 QH 2
 QMEAS r1, 1
 QMEAS r2, 2
 QMEAS r3, 3
 QHALT"""


def test_trajectories_are_the_density_matrix() -> None:
    exact = shots(PARITY, 1_000_000, noise="depolarizing=0.1,amplitude_damping=0.2")
    drawn = shots(PARITY, 1500, noise="depolarizing=0.1,amplitude_damping=0.2", backend="aer:statevector")
    assert not exact.is_repeated
    assert drawn.is_repeated
    assert "noise on" in drawn.why
    expected = {key: count / 1_000_000 for key, count in counts(exact).items()}
    assert chi_square(counts(drawn), expected) < LIMIT[7]


def test_a_mixture_that_grows_is_drawn() -> None:
    """Twelve qubits as a density matrix meet a thirteenth."""
    lines = ["main: QALLOC r4, 13", " QH 1", *(f" QCX {qubit}, {qubit + 1}" for qubit in range(1, 8))]
    lines += [" QPROB r1, 1", *(f" QCX {qubit}, {qubit + 1}" for qubit in range(8, 13)), " QPROB r2, 13", " QHALT"]
    machine = run("\n".join(lines), noise="phase_flip=0.1")
    assert machine.get(1) == pytest.approx(0.5)
    assert machine.get(2) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("depolarizing=2", "is no probability"),
        ("depolarizing=nan", "is no probability"),
        ("depolarizing=", "write NAME=RATE"),
        ("depolarizing", "write depolarizing=0.01"),
        ("0.02", "write depolarizing=0.02"),
        ("", "write depolarizing=0.01"),
        ("readout=0.1, readout=0.2", "'readout' is given twice"),
        ("magic=0.1", "no noise 'magic': there are depolarizing"),
        ("depolarizing=0.1,,", "write NAME=RATE"),
    ],
)
def test_noise_that_makes_no_sense(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make("aer", text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "holds no object"),
        ('{"depolarizing": "x"}', "is no probability"),
        ('{"depolarizing": {"cz2": 0.1}}', "no gate 'cz2'"),
        ('{"readout": [0.1, 2]}', "is no probability"),
        ('{"errors": 3}', "is no list"),
        ('{"errors": [{"type": "x"}]}', "error 0 has the type 'x'"),
        ('{"errors": [{"type": "qerror", "gate_qubits": [[0]]}]}', "is of particular qubits"),
        ('{"errors": [{"type": "qerror", "instructions": 4}]}', "is no list of circuits"),
        ('{"errors": [{"type": "qerror", "instructions": [[{"name": "exec"}]]}]}', "'exec' cannot be in an error"),
        (
            '{"errors": [{"type": "qerror", "instructions": [[{"name": "x", "qubits": [0]}]], "probabilities": [0.4]}]}',
            "is no channel",
        ),
        (
            '{"errors": [{"type": "qerror", "operations": 4, "instructions": [[{"name": "x", "qubits": [0]}]], "probabilities": [1]}]}',
            "'operations' is no list",
        ),
        (
            '{"errors": [{"type": "qerror", "operations": ["ecr"], "instructions": [[{"name": "x", "qubits": [0]}]], "probabilities": [1]}]}',
            "none of its errors is of a gate that programs have",
        ),
        ('{"errors": [{"type": "roerror", "probabilities": [[1]]}]}', "two rows of two"),
    ],
)
def test_noise_files_that_make_no_sense(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "n.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=words):
        noise.parse(str(path))


def test_noise_is_for_aer_only() -> None:
    with pytest.raises(ValueError, match="--noise is for 'aer'"):
        make("none", "depolarizing=0.1")


def test_every_gate_can_be_noisy() -> None:
    found = noise.parse("depolarizing=0.01,bit_flip=0.01")
    for code, gate in GATES.items():
        channels = found.channels(code)
        assert len(channels) == 1 + gate.qubits
        assert channels[0][1] == tuple(range(gate.qubits))
    assert isinstance(make("aer:statevector", "readout=0.1"), Aer)


@pytest.mark.parametrize("angles", [("3.14159265", "3.14159265"), ("3.1415926", "3.1415927")])
def test_groups_that_are_alike_draw_each_for_itself(angles: tuple[str, str]) -> None:
    """Equal groups are simulated together; what happens to one says nothing of the other."""
    first, second = angles
    text = f"main: QALLOC r4, 2\n QRX 1, {first}\n QRX 2, {second}\n QPROB r0, 1\n QPROB r1, 2\n QHALT"
    seen = set()
    for seed in range(24):
        machine = run(text, noise="amplitude_damping=0.5", backend="aer:statevector", seed=seed)
        seen.add((round(machine.get(0)), round(machine.get(1))))
    assert seen == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_mixture_goes_into_a_chain() -> None:
    """Two qubits as a density matrix meet twenty-eight others: one of their pure states goes on."""
    text = ghz(30).replace(" QMOV r1, 1\non:", " QCX 1, 2\n QPROB r8, 1\n QCX 1, 2\n QMOV r1, 1\non:")
    text = text.replace("\n QMOV r1, 1\n QMOV r3, 0", "\n QPROB r9, 30\n QHALT\n QMOV r1, 1\n QMOV r3, 0")
    machine = run(text, noise="phase_flip=0.05")
    assert [machine.get(8), machine.get(9)] == pytest.approx([0.5, 0.5], abs=1e-9)
    assert machine.quantum is not None
    assert isinstance(machine.quantum.state(1)[1], Chain)
