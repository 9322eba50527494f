"""The program that entangles the lattice, against states written out here and tests/routing_model.py."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qbcc.assembly.assemble import Options, assemble
from qbcc.export import save as export
from qbcc.library import find
from qbcc.source import SourceFile
from qbcc.table import open_table
from tests.routing_model import entries, layer_sizes, words_checksum
from vm import output
from vm.machine import Machine
from vm.quantum.simulated import Simulated

SIZES = [1, 2, 3, 4, 10, 1000]
COUNTS = 0x5_0000_0000
W = np.array([0, 1, 1, 0, 1, 0, 0, 0]) / math.sqrt(3)


@cache
def machine(count: int, engine: str = "interp", seed: int = 1, shots: int = 100, same: int = 0) -> Machine:
    path = find("moonshine_entangle")
    assert path is not None
    defines = {"MOONSHINE_DIMENSION": str(count), "SHOTS": str(shots), "SAME_ANGLE": str(same)}
    found = assemble(SourceFile(str(path), path.read_text("utf-8"), path), Options(defines))
    assert found.object is not None, found.diagnostics
    made = Machine(found.object, engine=engine, seed=seed)
    assert made.run().trap is None, made.outcome
    assert made.outcome is not None
    assert made.outcome.status == 0
    return made


def states(count: int, same: bool) -> NDArray[np.complex128]:
    """W triples turned by RX(σπ/4) of each member: shape (triangles, 8), the first member the lowest bit."""
    triangles = -(-count // 3)
    members = np.minimum(np.arange(3 * triangles).reshape(-1, 3), count - 1)
    half = (np.ones(members.shape) if same else 8 * members / count) * math.pi / 8
    turn = np.zeros((*members.shape, 2, 2), complex)
    turn[..., 0, 0] = turn[..., 1, 1] = np.cos(half)
    turn[..., 0, 1] = turn[..., 1, 0] = -1j * np.sin(half)
    cube = W.reshape(2, 2, 2)
    return np.einsum("tck,tbj,tai,kji->tcba", turn[:, 2], turn[:, 1], turn[:, 0], cube).reshape(-1, 8)


def fidelities(count: int, same: bool) -> NDArray[np.float64]:
    return np.abs(states(count, same) @ W) ** 2


def table(count: int, same: int = 0) -> NDArray[np.uint64]:
    buffer = output.read(machine(count, same=same).peek)
    return buffer.payload.view(np.uint64).reshape(-1, 16)


@pytest.mark.parametrize("same", [0, 1])
@pytest.mark.parametrize("count", SIZES)
def test_every_word(count: int, same: int) -> None:
    """Fidelities to 1e-12; everything else, with means and checksums of what was found, to the bit."""
    found, expected = table(count, same), entries(count)
    fidelity = np.ascontiguousarray(found[:, 13]).view(np.float64)
    below = np.repeat(fidelities(count, bool(same)), 3)[:count] if count > 1 else np.ones(1)
    assert np.allclose(fidelity[:count], below, atol=1e-12, rtol=0)
    start, layer = 0, fidelity[:count]
    for number, size in enumerate(layer_sizes(count)[1:], 1):
        members = np.minimum(np.arange(size)[:, None] * 3 + [0, 1, 2], len(layer) - 1)
        mean = ((layer[members[:, 0]] + layer[members[:, 1]]) + layer[members[:, 2]]) / 3
        start += len(layer)
        wanted = layer[members[:, 0]] if number == 1 else mean
        assert np.array_equal(fidelity[start : start + size], wanted)
        layer = fidelity[start : start + size]
    # j is right to 1e-12, which tests of the table itself show.
    expected[:, [6, 7, 13]] = found[:, [6, 7, 13]]
    expected[:, 15] = words_checksum(expected[:, :15])
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("count", [2, 10, 1000])
def test_counts(count: int) -> None:
    """64 bytes a triangle; all of them together as the states say."""
    triangles = -(-count // 3)
    rows = machine(count).view(COUNTS, 8 * triangles, np.int64).reshape(-1, 8)
    assert (rows.sum(axis=1) == 100).all()
    odds = np.abs(states(count, same=False)) ** 2
    assert rows[odds < 1e-15].sum() == 0
    weight = odds * 100
    there = weight > 1e-9
    chi = ((rows - weight) ** 2)[there] / weight[there]
    # Of so many terms the mean of the statistic is their degrees of freedom; five deviations are allowed.
    freedom = int(there.sum()) - triangles
    assert abs(chi.sum() - freedom) < 5 * math.sqrt(2 * freedom + (1 / weight[there]).sum())


def test_nothing_is_behind_the_counts() -> None:
    assert not machine(10).view(COUNTS + 64 * 4, 64, np.int64).any()


def test_engines_and_seeds() -> None:
    one, other = machine(100), machine(100, engine="native")
    assert np.array_equal(one.view(COUNTS, 8 * 34, np.int64), other.view(COUNTS, 8 * 34, np.int64))
    assert output.read(one.peek).checksum == output.read(other.peek).checksum
    assert not np.array_equal(one.view(COUNTS, 8 * 34, np.int64), machine(100, seed=2).view(COUNTS, 8 * 34, np.int64))
    assert machine(10, shots=7).view(COUNTS, 32, np.int64).sum() == 28


def test_equal_angles_are_one_simulation() -> None:
    made = machine(1000, same=1)
    assert made.quantum is not None
    assert isinstance(made.quantum.executor, Simulated)
    assert len(made.quantum.executor._known) == 1


def test_entry_points() -> None:
    made = machine(10)
    rows = made.view(COUNTS, 32, np.int64).reshape(-1, 8)
    for triangle in range(4):
        assert [made.call("counts_of", triangle, value) for value in range(8)] == rows[triangle].tolist()
    assert [made.call("counts_of", 4, 0), made.call("counts_of", 0, 8), made.call("counts_of", -1, 0)] == [-1] * 3
    assert machine(1).call("counts_of", 0, 0) == -1
    assert made.call("parent_of", 0x1_0000_0000) == 0x2_0000_0000


@pytest.mark.parametrize("ending", ["npz", "parquet", "sqlite", "csv", "json", "bin"])
def test_saved_and_read_again(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"t.{ending}"
    export.write(output.read(machine(100).peek), target, ())
    read = open_table(target)
    read.check()
    assert np.allclose(read.nodes["w_fidelity"], np.repeat(fidelities(100, same=False), 3)[:100], atol=1e-12)


def test_a_fidelity_that_cannot_be_is_found(tmp_path: Path) -> None:
    target = tmp_path / "t.npz"
    export.write(output.read(machine(100).peek), target, ())
    read = open_table(target)
    for value in (1.5, math.nan, -0.1, 0.123):
        changed = read.saved.nodes.copy()
        changed["w_fidelity"][4] = value
        read.saved.nodes[:] = changed
        problems = read.validate()
        assert any(problem.column == "w_fidelity" and problem.index in (3, 4, 5) for problem in problems), value
