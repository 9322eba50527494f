"""Feedback within a run: counts beside those of Aer's own dynamic circuits, and beside the exact distribution."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit_aer import AerSimulator

from tests.vm.test_shots import chi_square, counts, shots

SHOTS = 4000
LIMIT = {1: 15.1, 2: 18.4, 3: 21.1, 7: 29.9, 15: 44.3}
"""Chi-square at 0.01 % by degrees of freedom."""


def aer(circuit: QuantumCircuit, names: list[str]) -> Counter[tuple[int, ...]]:
    """Counts of some one-bit registers."""
    result = AerSimulator().run(circuit, shots=SHOTS, seed_simulator=7).result().get_counts()
    order = [register.name for register in reversed(circuit.cregs)]
    found: Counter[tuple[int, ...]] = Counter()
    for text, count in result.items():
        values = dict(zip(order, text.split(), strict=True))
        found[tuple(int(values[name], 2) for name in names)] += count
    return found


def registers(circuit: QuantumCircuit, *names: str) -> list[ClassicalRegister]:
    made = [ClassicalRegister(1, name) for name in names]
    circuit.add_register(*made)
    return made


def teleportation() -> tuple[str, QuantumCircuit, list[str], dict[tuple[int, ...], float]]:
    text = """main: QALLOC r4, 3
 QRY 1, 1.1
 QRZ 1, 0.4
 QH 2
 QCX 2, 3
 QCX 1, 2
 QH 1
 QMEAS r1, 1
 QMEAS r2, 2
 QJEQ r2, 0, no_x
 QX 3
no_x: QJEQ r1, 0, no_z
 QZ 3
no_z: QRZ 3, -0.4
 QRY 3, -0.6
 QMEAS r3, 3
 QHALT"""
    circuit = QuantumCircuit(QuantumRegister(3))
    a, b, c = registers(circuit, "a", "b", "c")
    circuit.ry(1.1, 0)
    circuit.rz(0.4, 0)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.measure(0, a[0])
    circuit.measure(1, b[0])
    with circuit.if_test((b, 1)):
        circuit.x(2)
    with circuit.if_test((a, 1)):
        circuit.z(2)
    circuit.rz(-0.4, 2)
    circuit.ry(-0.6, 2)
    circuit.measure(2, c[0])
    one = math.sin(0.25) ** 2
    exact = {(x, y, z): (one if z else 1 - one) / 4 for x in (0, 1) for y in (0, 1) for z in (0, 1)}
    return text, circuit, ["a", "b", "c"], exact


def repeat_until_success() -> tuple[str, QuantumCircuit, list[str], dict[tuple[int, ...], float]]:
    """An ancilla turned, joined with the target, and read until it is 0: each failure turns the target, too."""
    text = """main: QALLOC r4, 2
 QRY 1, 0.9
again: QRESET 2
 QRY 2, 1.2
 QCX 1, 2
 QMEAS r3, 2
 QJEQ r3, 0, done
 QX 1
 QJMP again
done: QMEAS r1, 1
 QMOV r0, name
 QSYSCALL 14
 QHALT
.data
name: .asciz "target"
"""
    circuit = QuantumCircuit(QuantumRegister(2))
    flag, target = registers(circuit, "flag", "target")
    circuit.ry(0.9, 0)
    circuit.x(1)
    circuit.measure(1, flag[0])
    circuit.reset(1)
    # The first round is inside the loop as well: it begins with a flag that is set, and undoes the turn of a failure.
    circuit.x(0)
    with circuit.while_loop((flag, 1)):
        circuit.x(0)
        circuit.reset(1)
        circuit.ry(1.2, 1)
        circuit.cx(0, 1)
        circuit.measure(1, flag[0])
    circuit.measure(0, target[0])
    # By hand: a state (p₀, p₁) of the target's probabilities; a round succeeds with amplitude cos 0.6 on |0⟩ and
    # sin 0.6 on |1⟩, and fails the other way round, turned.
    zero, one = math.cos(0.45) ** 2, math.sin(0.45) ** 2
    ends = [0.0, 0.0]
    for _ in range(200):
        ends[0] += zero * math.cos(0.6) ** 2
        ends[1] += one * math.sin(0.6) ** 2
        zero, one = one * math.cos(0.6) ** 2, zero * math.sin(0.6) ** 2
    return text, circuit, ["target"], {(0,): ends[0], (1,): ends[1]}


def phase_estimation() -> tuple[str, QuantumCircuit, list[str], dict[tuple[int, ...], float]]:
    """Iterative, three bits of a phase of 0.3 turns, the last first."""
    phase = 2 * math.pi * 0.3
    lines = ["main: QALLOC r4, 2", " QX 2", " QMOV r5, 0.0"]
    circuit = QuantumCircuit(QuantumRegister(2))
    bits = registers(circuit, "b0", "b1", "b2")
    circuit.x(1)
    for step in range(3):
        power = 1 << (2 - step)
        lines += [" QRESET 1", " QH 1", f" QCP 1, 2, {power * phase!r}"]
        circuit.reset(0)
        circuit.h(0)
        circuit.cp(power * phase, 0, 1)
        for earlier in range(step):
            angle = -math.pi / (1 << (step - earlier))
            lines += [f" QJEQ r{6 + earlier}, 0, on{step}{earlier}", f" QP 1, {angle!r}", f"on{step}{earlier}:"]
            with circuit.if_test((bits[earlier], 1)):
                circuit.p(angle, 0)
        lines += [" QH 1", f" QMEAS r{6 + step}, 1"]
        circuit.h(0)
        circuit.measure(0, bits[step][0])
    exact = {}
    for value in range(8):
        delta = 0.3 - value / 8
        weight = sum(math.cos(2 * math.pi * k * delta) for k in range(8)) ** 2
        weight += sum(math.sin(2 * math.pi * k * delta) for k in range(8)) ** 2
        exact[(value & 1, value >> 1 & 1, value >> 2)] = weight / 64
    return "\n".join([*lines, " QHALT"]), circuit, ["b0", "b1", "b2"], exact


def bit_flip_correction() -> tuple[str, QuantumCircuit, list[str], dict[tuple[int, ...], float]]:
    """Three qubits hold one; each is flipped by chance (an ancilla is read), two parities are read and mended."""
    flip = 0.7
    lines = ["main: QALLOC r4, 6", " QRY 1, 0.8", " QCX 1, 2", " QCX 1, 3"]
    circuit = QuantumCircuit(QuantumRegister(6))
    first, second, value = registers(circuit, "first", "second", "value")
    circuit.ry(0.8, 0)
    circuit.cx(0, 1)
    circuit.cx(0, 2)
    for qubit in range(3):
        lines += [" QRESET 6", f" QRY 6, {flip}", f" QCX 6, {qubit + 1}"]
        circuit.reset(5)
        circuit.ry(flip, 5)
        circuit.cx(5, qubit)
    lines += [" QRESET 6", " QCX 1, 4", " QCX 2, 4", " QCX 2, 5", " QCX 3, 5", " QMEAS r6, 4", " QMEAS r7, 5"]
    circuit.reset(5)
    circuit.cx(0, 3)
    circuit.cx(1, 3)
    circuit.cx(1, 4)
    circuit.cx(2, 4)
    circuit.measure(3, first[0])
    circuit.measure(4, second[0])
    lines += [" QADD r8, r7, r7\n QADD r8, r6\n QJEQ r8, 1, one\n QJEQ r8, 3, two\n QJEQ r8, 2, three\n QJMP out"]
    lines += ["one: QX 1\n QJMP out\ntwo: QX 2\n QJMP out\nthree: QX 3\nout: QCX 1, 2\n QCX 1, 3"]
    with circuit.if_test((first, 1)) as otherwise:
        with circuit.if_test((second, 1)) as only_first:
            circuit.x(1)
        with only_first:
            circuit.x(0)
    with otherwise, circuit.if_test((second, 1)):
        circuit.x(2)
    circuit.cx(0, 1)
    circuit.cx(0, 2)
    circuit.ry(-0.8, 0)
    circuit.measure(0, value[0])
    lines += [" QRY 1, -0.8", " QMEAS r9, 1", " QMOV r1, r6\n QMOV r0, name\n QSYSCALL 14"]
    lines += [" QMOV r1, r7\n QMOV r0, name\n QSYSCALL 14\n QMOV r1, r9\n QMOV r0, name\n QSYSCALL 14\n QHALT"]
    p = math.sin(flip / 2) ** 2
    exact: dict[tuple[int, ...], float] = {}
    for pattern in range(8):
        a, b, c = pattern & 1, pattern >> 1 & 1, pattern >> 2
        weight = math.prod(p if bit else 1 - p for bit in (a, b, c))
        # Two flips or three are mended the wrong way: the whole is turned over.
        wrong = math.sin(0.8) ** 2 if a + b + c > 1 else 0.0
        for read in (0, 1):
            key = (a ^ b, b ^ c, read)
            exact[key] = exact.get(key, 0.0) + weight * (wrong if read else 1 - wrong)
    return "\n".join([*lines, '.data\nname: .asciz "x"\n']), circuit, ["first", "second", "value"], exact


CASES: list[Callable[[], Any]] = [teleportation, repeat_until_success, phase_estimation, bit_flip_correction]


@pytest.mark.parametrize("case", CASES)
def test_feedback_beside_aer(case: Callable[[], Any]) -> None:
    text, circuit, names, exact = case()
    assert sum(exact.values()) == pytest.approx(1, abs=1e-9)
    ours = shots(text, SHOTS)
    assert not ours.is_repeated
    theirs = aer(circuit, names)
    limit = LIMIT[len(exact) - 1]
    assert chi_square(theirs, exact) < limit
    assert chi_square(counts(ours), exact) < limit
