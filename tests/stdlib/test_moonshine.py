"""The program that builds the Moonshine lattice, against tests/routing_model.py and mpmath, to the last field."""

from __future__ import annotations

import math
import random
from functools import cache

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from qbcc.assembly.assemble import Options, assemble
from qbcc.library import find
from qbcc.source import SourceFile
from tests.programs import build
from tests.routing_model import NO_PARENT, entries, klein_j, layer_sizes, words_checksum
from vm import output
from vm.bytecode import ObjectFile
from vm.machine import Machine

DIMENSION = 196_883
SIZES = [1, 2, 3, 4, 10, 1000, DIMENSION]
MOST = 8_388_608
PHYSICAL, VIRTUAL, INVERSE, TRIANGLES = 0x1_0000_0000, 0x2_0000_0000, 0x3_0000_0000, 0x4_0000_0000


def program(**defines: str) -> ObjectFile:
    path = find("moonshine_instantiate")
    assert path is not None
    found = assemble(SourceFile("moonshine_instantiate.qbc", path.read_text("utf-8"), str(path)), Options(defines))
    assert found.object is not None
    return found.object


@cache
def machine(count: int) -> Machine:
    """A machine that built the lattice of that many nodes; the default for the whole one."""
    defines = {} if count == DIMENSION else {"MOONSHINE_DIMENSION": str(count)}
    built = Machine(program(**defines))
    assert built.run().status == 0
    assert built.output == b""
    return built


@cache
def table(count: int) -> NDArray[np.uint64]:
    """The entries: shape (entries, 16)."""
    found = output.read(machine(count).peek)
    assert (found.format, found.version, found.entry_bytes) == (1, 1, 128)
    assert found.checksum == output.checksum(found.payload)
    return found.payload.view("<u8").reshape(-1, 16)


def numbers(words: NDArray[np.uint64]) -> NDArray[np.complex128]:
    """j of some entries."""
    return words[:, 6].copy().view(np.float64) + 1j * words[:, 7].copy().view(np.float64)


def means(count: int) -> NDArray[np.uint64]:
    """The words 6 and 7 of all entries: the table's own of the nodes, the model's means of the triangles'."""
    layer = table(count)[:count, 6:8].copy().view(np.float64)
    layers = [layer]
    for size in layer_sizes(count)[1:]:
        members = np.minimum(np.arange(size)[:, None] * 3 + [0, 1, 2], len(layer) - 1)
        layer = ((layer[members[:, 0]] + layer[members[:, 1]]) + layer[members[:, 2]]) / 3
        layers.append(layer)
    return np.concatenate(layers).view(np.uint64)


@pytest.mark.parametrize("count", SIZES)
def test_every_field(count: int) -> None:
    found, expected = table(count), entries(count)
    assert len(found) == sum(layer_sizes(count))
    # j cannot be the same bits; all that follows from it can.
    expected[:, 6:8] = means(count)
    expected[:, 15] = words_checksum(expected[:, :15])
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("count", SIZES)
def test_j_of_every_node(count: int) -> None:
    found, expected = numbers(table(count)[:count]), klein_j(count)
    assert (np.abs(found - expected) <= 1e-12 * np.abs(expected)).all()
    assert (np.sign(found.imag) == np.sign(expected.imag)).all()
    assert found[0].imag == 0
    assert len(np.unique(table(count)[:count, 6:8], axis=0)) == count


@pytest.mark.parametrize(("count", "sample"), [(10, 10), (1000, 1000), (DIMENSION, 800)])
def test_j_against_mpmath(count: int, sample: int) -> None:
    found = numbers(table(count)[:count])
    chosen = (
        range(count)
        if sample == count
        else {0, 1, 2, count // 2, count - 1, *random.Random(1).sample(range(count), sample)}
    )
    with mpmath.workdps(25):
        for k in chosen:
            expected = complex(1728 * mpmath.kleinj(mpmath.mpc(mpmath.mpf(k) / count, 1)))
            assert abs(found[k] - expected) <= 1e-12 * abs(expected), k


def test_the_size_of_the_whole() -> None:
    assert len(table(DIMENSION)) == 196_883 + 98_449
    assert layer_sizes(DIMENSION)[1:] == [65_628, 21_876, 7_292, 2_431, 811, 271, 91, 31, 11, 4, 2, 1]
    # 508 instructions a node: the time that people wait is this number's.
    assert machine(DIMENSION).count < 110_000_000
    assert machine(DIMENSION).touched < 300 << 20


def records(count: int, address: int, stride: int, number: int | None = None) -> NDArray[np.uint64]:
    size = (count if number is None else number) * stride
    return machine(count).peek(address, size).view("<u8").reshape(-1, stride // 8)


@pytest.mark.parametrize("count", [1, 4, 1000, DIMENSION])
def test_the_records_of_nodes(count: int) -> None:
    nodes = table(count)[:count]
    physical, virtual, inverse = (
        records(count, address, stride) for address, stride in ((PHYSICAL, 512), (VIRTUAL, 256), (INVERSE, 256))
    )
    phase = nodes[:, 10].copy().view(np.float64)
    before = PHYSICAL + 512 * ((np.arange(count) - 1) % count)
    after = PHYSICAL + 512 * ((np.arange(count) + 1) % count)
    expected = np.zeros_like(physical)
    expected[:, [0, 1, 2, 3, 4, 5, 6, 7, 24]] = nodes[:, [2, 1, 4, 5, 10, 8, 6, 7, 12]]
    expected[:, [10, 12, 16]] = np.float64(1 / math.sqrt(3)).view(np.uint64)
    expected[:, 25], expected[:, 26] = before, after
    assert np.array_equal(physical, expected)
    expected = np.zeros_like(virtual)
    expected[:, [0, 1, 2, 3, 6]] = nodes[:, [2, 3, 8, 10, 12]]
    expected[:, 4:6] = virtual[:, 4:6]
    assert np.array_equal(virtual, expected)
    turn = virtual[:, 4:6].copy().view(np.float64)
    assert np.allclose(turn, np.stack([np.cos(phase), np.sin(phase)], axis=1), rtol=0, atol=3e-16)
    expected = np.zeros_like(inverse)
    expected[:, [0, 1, 2]] = nodes[:, [2, 3, 4]]
    expected[:, 3:6] = np.stack([-phase, turn[:, 0], -turn[:, 1]], axis=1).view(np.uint64)
    assert np.array_equal(inverse, expected)


@pytest.mark.parametrize("count", [2, 4, 1000, DIMENSION])
def test_the_records_of_triangles(count: int) -> None:
    triangles = table(count)[count:]
    found = records(count, TRIANGLES, 256, len(triangles))
    addresses = dict(zip(table(count)[:count, 2].tolist(), table(count)[:count, 3].tolist(), strict=True))
    addresses |= {id_: TRIANGLES + 256 * t for t, id_ in enumerate(triangles[:, 2].tolist())}
    expected = np.zeros_like(found)
    expected[:, :10] = triangles[:, [2, 1, 3, 4, 5, 12, 8, 10, 6, 7]]
    expected[:, 10:13] = [[addresses[member] for member in row] for row in triangles[:, 3:6].tolist()]
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_what_the_host_may_ask(count: int) -> None:
    built, found = machine(count), table(count)
    payload = output.PAYLOAD
    for index in {0, count - 1, count // 2, len(found) - 1, min(count, len(found) - 1)}:
        id_ = int(found[index, 2])
        assert built.call("find_entry", id_) == payload + 128 * index
        assert int(built.call("parent_of", id_)) % 2**64 == found[index, 12]
        assert int(built.call("checksum_of", id_)) % 2**64 == found[index, 15]
    for wrong in (count | 0x4D51 << 48, 0x7FFF << 48, -1, 0, 1 << 40, int(found[-1, 2]) + 1):
        assert built.call("find_entry", wrong) == 0
        assert int(built.call("parent_of", wrong)) % 2**64 == NO_PARENT
        assert built.call("checksum_of", wrong) == 0
    for k in {0, count // 3, count - 1}:
        sigma = 8 * k / count
        assert built.call("find_node", sigma) == k
        assert built.call("find_node", sigma - 16 + 0.4 / count) == k
    assert built.call("find_node", 7.999999) == 0
    assert built.call("find_node", math.nan) == built.call("find_node", math.inf) == -1


@pytest.mark.parametrize("count", ["0", "-1", "8388609", "1 << 63", "0xFFFFFFFFFFFFFFFF", "0x1000001"])
def test_a_number_of_nodes_that_cannot_be(count: str) -> None:
    outcome = Machine(program(MOONSHINE_DIMENSION=count)).run()
    assert outcome.trap is not None
    assert outcome.trap.message == "MOONSHINE_DIMENSION must be 1 to 8388608"


@pytest.mark.parametrize("count", ["2.5", "1 << 64"])
def test_a_number_of_nodes_that_is_none(count: str) -> None:
    path = find("moonshine_instantiate")
    assert path is not None
    source = SourceFile("moonshine_instantiate.qbc", path.read_text("utf-8"), str(path))
    found = assemble(source, Options({"MOONSHINE_DIMENSION": count}))
    assert len(found.diagnostics) == 1


POINTS = f"""
.include "qbc_modular.qbc"
.text
main:
    QMOV r4, 0
@point:
    QSHL r5, r4, 4
    QLOAD r0, [r5+0x800_0000]
    QMUL r0, 8
    QFLOAT r0
    QDIV r0, r0, {MOST}
    QDIV r0, r0, 8.0
    QMOV r1, 1.0
    QCALL qbc_j_invariant
    QSTORE r0, [r5+0x800_0000]
    QSTORE r1, [r5+0x800_0008]
    QADD r4, 1
    QJLT r4, COUNT, @point
    QHALT
"""


def test_neighbours_differ_in_the_largest_lattice() -> None:
    """Where neighbours are nearest, round 0 and half a turn, and at many places between: Re j falls along the half
    turn, so no two are the same; Im j tells the halves apart."""
    draw = np.random.default_rng(5).integers(1, MOST // 2 - 1, 5000)
    k = np.unique(np.concatenate([np.arange(3000), MOST // 2 - np.arange(3000), draw, draw + 1]))
    k = np.concatenate([k, MOST - k[1:-1]])
    built = Machine(build(POINTS, COUNT=str(len(k))))
    built.view(0x800_0000, 2 * len(k), "<i8")[::2] = k
    assert built.run().status == 0
    found = built.view(0x800_0000, 2 * len(k), "<f8").reshape(-1, 2)
    half = k <= MOST // 2
    assert (np.diff(found[half, 0]) < 0).all()
    inner = (k > 0) & (k < MOST // 2)
    assert (found[inner, 1] != 0).all()
    assert len(np.unique(np.sign(found[inner, 1]))) == 1
    assert (np.sign(found[k > MOST // 2, 1]) == -np.sign(found[inner, 1][0])).all()
