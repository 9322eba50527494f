"""std.gates against Qiskit's matrices and states."""

from __future__ import annotations

import random

import numpy as np
import pytest
from qiskit.circuit.library import PhaseGate, XGate
from qiskit.quantum_info import Operator, Statevector

from tests.sigma.support import finished
from tests.stdlib.unitaries import Matrix, permutation, prepared, same, unitary


def controlled_x(controls: int) -> Matrix:
    return np.asarray(Operator(XGate().control(controls)).data)


def controlled_phase(count: int, angle: float) -> Matrix:
    return np.asarray(Operator(PhaseGate(angle).control(count - 1) if count > 1 else PhaseGate(angle)).data)


def bits(value: int, count: int) -> list[int]:
    return [value >> n & 1 for n in range(count)]


def number(values: list[int]) -> int:
    return sum(bit << n for n, bit in enumerate(values))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_phases_of_all(count: int) -> None:
    same(unitary("gates", "gates.mcp(q, 0.7);", count), controlled_phase(count, 0.7))
    same(unitary("gates", "gates.mcz(q);", count), controlled_phase(count, np.pi))
    same(unitary("gates", "inv gates.mcp(q, 0.7);", count), controlled_phase(count, -0.7))


@pytest.mark.parametrize("controls", [1, 2, 3, 4, 5])
def test_x_under_controls(controls: int) -> None:
    row, target = f"q[0..{controls}]", f"q[{controls}]"
    wanted = controlled_x(controls)
    same(unitary("gates", f"gates.mcx({row}, {target});", controls + 1), wanted)
    spare = max(controls - 2, 0)
    body = f"gates.mcx_chain({row}, {target}, q[{controls + 1}..{controls + 1 + spare}]);"
    same(unitary("gates", body, controls + 1, spare), wanted)


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("controls", [1, 2, 3, 4, 5])
def test_x_under_controls_with_one_spare_qubit(controls: int, level: int) -> None:
    row, target, spare = f"q[0..{controls}]", f"q[{controls}]", f"q[{controls + 1}]"
    body = f"gates.mcx_spare({row}, {target}, {spare});"
    same(unitary("gates", body, controls + 1, 1, level), controlled_x(controls))
    body = f"gates.mcz_spare(q[0..{controls + 1}], {spare});"
    same(unitary("gates", body, controls + 1, 1, level), controlled_phase(controls + 1, np.pi))


@pytest.mark.parametrize("controls", [9, 10])
def test_many_controls_with_one_spare_qubit(controls: int) -> None:
    """On a random state, for the whole matrix would be large."""
    count = controls + 1
    angles = [random.Random(controls).uniform(-3, 3) for _ in range(count)]
    begin = "".join(f"ry(q[{n}], {angle!r});" for n, angle in enumerate(angles))
    body = f"{begin} gates.mcx_spare(q[0..{controls}], q[{controls}], q[{count}]);"
    wanted = np.ones(1)
    for angle in angles:
        wanted = np.kron([np.cos(angle / 2), np.sin(angle / 2)], wanted)
    ones = (1 << controls) - 1
    wanted[[ones, ones | 1 << controls]] = wanted[[ones | 1 << controls, ones]]
    found = prepared("gates", body, count + 1)
    assert np.abs(found[: 1 << count] - wanted).max() < 1e-10
    assert np.abs(found[1 << count :]).max() < 1e-10


@pytest.mark.parametrize("controls", [1, 2, 3, 4])
def test_borrowed_qubits_may_be_in_any_state(controls: int) -> None:
    """``controls`` and one more, the target, then the borrowed ones."""
    borrowed = max(controls - 1, 0)
    count = controls + 2 + borrowed
    body = f"gates.mcx_borrow(q[0..{controls}], q[{controls}], q[{controls + 1}], q[{controls + 2}..{count}]);"
    ones = (2 << controls) - 1
    wanted = permutation(count, lambda value: value ^ (ones + 1 if value & ones == ones else 0))
    same(unitary("gates", body, count), wanted)


def test_a_spare_qubit_makes_gates_few() -> None:
    def gates(body: str, count: int) -> int:
        machine = finished(f"import std.gates; fn main() {{ let q = qubits({count}); {body} }}")
        assert machine.quantum is not None
        return machine.quantum.log.recorded

    alone = [gates("gates.mcz(q);", count) for count in (6, 12)]
    spare = [gates(f"gates.mcz_spare(q[0..{count}], q[{count}]);", count + 1) for count in (6, 12)]
    assert spare[1] < 8 * 12 < alone[1]
    assert spare[1] - spare[0] < 8 * 6
    assert gates("gates.mcx_chain(q[0..12], q[12], q[13..23]);", 23) == 2 * 12 - 3


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_states(count: int) -> None:
    ghz = np.zeros(1 << count)
    ghz[[0, -1]] = 1 / np.sqrt(2)
    same(prepared("gates", "gates.ghz(q);", count)[:, None], ghz[:, None])
    w = np.zeros(1 << count)
    w[[1 << n for n in range(count)]] = 1 / np.sqrt(count)
    same(prepared("gates", "gates.w_state(q);", count)[:, None], w[:, None])
    back = prepared("gates", "gates.w_state(q); barrier(q); inv gates.w_state(q);", count)
    assert Statevector(back).equiv(Statevector.from_int(0, 1 << count))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_orders_of_qubits(count: int) -> None:
    turned = permutation(count, lambda value: number(bits(value, count)[::-1]))
    same(unitary("gates", "gates.reverse(q);", count), turned)
    same(unitary("gates", "gates.swap_network(q);", count), turned)
    for by in range(count + 2):
        cut = -by % count
        wanted = permutation(count, lambda value, cut=cut: number(bits(value, count)[cut:] + bits(value, count)[:cut]))
        same(unitary("gates", f"gates.rotate(q, {by});", count), wanted)


@pytest.mark.parametrize("count", [1, 2])
def test_two_rows(count: int) -> None:
    rows = f"q[0..{count}], q[{count}..{2 * count}]"
    low = (1 << count) - 1
    same(
        unitary("gates", f"gates.swap_rows({rows});", 2 * count),
        permutation(2 * count, lambda value: value >> count | (value & low) << count),
    )
    same(
        unitary("gates", f"gates.copy({rows});", 2 * count),
        permutation(2 * count, lambda value: value ^ (value & low) << count),
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_reflections(count: int) -> None:
    size = 1 << count
    one = np.eye(size)
    for value in {0, 1, size - 1, 5 % size}:
        same(
            unitary("gates", f"gates.flip(q, {value});", count),
            permutation(count, lambda found, value=value: found ^ value),
        )
        same(unitary("gates", f"gates.mark(q, {value});", count), one - 2 * np.outer(one[value], one[value]))
    # Without a control nothing can tell the sign, and the compiler leaves it out where it optimises.
    same(unitary("gates", "gates.reflect_zero(q);", count, level=0), 2 * np.outer(one[0], one[0]) - one)
    even = np.full((size, size), 2 / size)
    same(unitary("gates", "gates.reflect_mean(q);", count, level=0), even - one)


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_sign_of_a_reflection_shows_under_a_control(count: int, level: int) -> None:
    size = 1 << count
    wanted = np.eye(2 * size)
    wanted[1::2, 1::2] = np.full((size, size), 2 / size) - np.eye(size)
    same(unitary("gates", f"ctrl(q[0]) gates.reflect_mean(q[1..{count + 1}]);", count + 1, level=level), wanted)
    wanted = np.diag([-1 if value & 1 else 1 for value in range(4)])
    same(unitary("gates", "ctrl(q[0]) gates.minus(q[1]);", 2, level=level), wanted)
