"""std.lattice and the lattice's examples in σ, against the library's assembly."""

from __future__ import annotations

import math
import random
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from qbcc.driver import load
from qbcc.library import find
from qbcc.observe.outcomes import label
from tests.routing_model import layer_sizes
from tests.stdlib.harness import lib as assembly
from tests.stdlib.std_harness import SCRATCH, Std, std
from vm import output, shots
from vm.isa import OUTPUT_BUFFER
from vm.machine import Machine

EXAMPLES = Path(__file__).parents[2] / "examples"
DIMENSION = 196_883
SIZES = [1, 2, 3, 4, 10, 100, 1000, DIMENSION]
MOST = 8_388_608
RING = f"""
view path: [int; 16] at {SCRATCH};
export fn ring_path_of(from: int, to: int, n: int) -> int {{ return lattice.ring_path(from, to, n, path); }}
"""


def run(path: Path, count: int) -> Machine:
    defines = {} if count == DIMENSION else {"MOONSHINE_DIMENSION": str(count)}
    built = load([str(path)], defines)
    assert built.object is not None, built.diagnostics
    machine = Machine(built.object)
    machine.run()
    return machine


@cache
def machines(count: int) -> tuple[Machine, Machine]:
    """What ran the program in σ, and the one in assembly."""
    path = find("moonshine_instantiate")
    assert path is not None
    return run(EXAMPLES / "moonshine.sigma", count), run(path, count)


@pytest.mark.parametrize("count", SIZES)
def test_the_output_buffer_is_the_same_to_the_byte(count: int) -> None:
    ours, theirs = machines(count)
    size = 64 + 128 * sum(layer_sizes(count))
    # And a little more: nothing is behind the last entry.
    found, wanted = (machine.peek(OUTPUT_BUFFER, size + 256).tobytes() for machine in (ours, theirs))
    assert found == wanted
    table = output.read(ours.peek)
    assert (table.format, table.version, len(table.payload)) == (1, 1, size - 64)
    assert table.checksum == output.checksum(table.payload)


def test_the_size_of_the_whole() -> None:
    ours, theirs = machines(DIMENSION)
    # The assembly writes the records of nodes and triangles too, about 60 instructions a node.
    assert ours.count < 1.05 * theirs.count
    assert ours.touched < 40 << 20


@pytest.mark.parametrize("count", ["0", "-1", "8388609", "0x1000001"])
def test_a_number_of_nodes_that_cannot_be(count: str) -> None:
    built = load([str(EXAMPLES / "moonshine.sigma")], {"MOONSHINE_DIMENSION": count})
    assert built.object is not None
    outcome = Machine(built.object).run()
    assert outcome.trap is not None
    assert outcome.trap.message == "MOONSHINE_DIMENSION must be 1 to 8388608"


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_what_the_host_may_ask(count: int) -> None:
    ours, theirs = machines(count)
    ids = output.read(ours.peek).payload.view("<i8").reshape(-1, 16)[:, 2].tolist()
    wrong = [count | 0x4D51 << 48, 0x7FFF << 48, -1, 0, 1 << 40, ids[-1] + 1, 1 << 32 | count]
    for id_ in [*ids[:3], *ids[count - 1 : count + 3], ids[-1], *wrong]:
        for name in ("parent_of", "checksum_of"):
            assert ours.call(name, id_) == theirs.call(name, id_)
    draw = random.Random(1)
    for sigma in [0.0, 7.999999, -1.0, 4.0, math.inf, math.nan, *(draw.uniform(-20, 20) for _ in range(40))]:
        assert ours.call("find_node", sigma) == theirs.call("find_node", sigma)


@pytest.fixture(scope="module")
def lib() -> Std:
    return std("lattice", RING)


def test_j_has_the_bits_of_the_assembly(lib: Std) -> None:
    routine = assembly("qbc_modular.qbc")
    draw = random.Random(2)
    points = [
        (0.0, 1.0),
        (-0.0, 1.0),
        (0.5, 1.0),
        (0.25, 1.0),
        (-0.5, 0.8),
        (0.3, 1e-3),
        (1e9 + 0.25, 2.0),
        (0.5, 1e-9),
    ]
    points += [(math.nan, 1.0), (0.1, math.inf), (math.inf, 1.0)]
    points += [(draw.randrange(MOST) / MOST, 1.0) for _ in range(150)]
    points += [(draw.uniform(-3, 3), 10.0 ** draw.uniform(-4, 1)) for _ in range(150)]
    for x, y in points:
        found = lib.call("klein_j", x, y, results=2)
        routine.call("qbc_j_invariant", x, y)
        wanted = routine.machine.get(0), routine.machine.get(1)
        assert repr(found) == repr(wanted), (x, y)
    for y in (0.0, -1.0, math.nan):
        assert lib.message("klein_j", 0.0, y) == "klein_j: the imaginary part of tau must be a positive float"


def test_numbers_of_the_lattice(lib: Std) -> None:
    for count in [*SIZES, MOST]:
        sizes = layer_sizes(count)
        assert [lib.call("layer_size", layer, count) for layer in range(len(sizes) + 1)] == [*sizes, 1]
        assert lib.call("layer_count", count) == len(sizes)
        assert lib.call("entry_count", count) == sum(sizes)
        for k in {0, count // 3, count - 1}:
            assert lib.call("sigma_of", k, count) == 8 * k / count
    assert [lib.call("coherence_of", k) for k in (0, 19, 20, 80, 81, 99, 119, 120)] == [2, 2, 1, 1, 2, 2, 2, 1]
    assert lib.call("phase_of", 3.0) == math.pi * 3.0 / 4


def test_the_shorter_way_round(lib: Std) -> None:
    for start, end, n in [
        (0, 0, 5),
        (0, 2, 5),
        (0, 3, 5),
        (4, 1, 5),
        (0, 3, 6),
        (3, 0, 6),
        (2, DIMENSION - 3, DIMENSION),
    ]:
        count = lib.call("ring_path_of", start, end, n)
        path = lib.ints(count)
        assert (path[0], path[-1]) == (start, end)
        assert count - 1 == min((end - start) % n, (start - end) % n)
        assert len({(b - a) % n for a, b in pairwise(path)} - {1}) <= 1
        assert all((b - a) % n in (1, n - 1) for a, b in pairwise(path))


def test_the_heartbeat_has_the_odds_that_it_says() -> None:
    path = EXAMPLES / "heartbeat.sigma"
    built = load([str(path)])
    assert built.object is not None, built.diagnostics
    obj = built.object
    counts = {label(one): one.shots for one in shots.run(lambda seed: Machine(obj, seed=seed), 4000, 3).paths}
    odds = {k: float(p) for k, p in re.findall(r"^// shots: (\S+) (\S+)$", path.read_text("utf-8"), re.MULTILINE)}
    assert counts.keys() == odds.keys()
    assert sum(odds.values()) == pytest.approx(1, abs=1e-5)
    for outcome, odd in odds.items():
        assert abs(counts[outcome] - 4000 * odd) <= 5 * math.sqrt(4000 * odd * (1 - odd))


def test_noise_on_a_path_has_the_fidelity_of_its_formula(lib: Std) -> None:
    for hops, p in ((0, 0.3), (1, 0.0), (1, 1.0), (3, 0.2)):
        assert lib.call("path_fidelity", hops, p) == pytest.approx((1 + (1 - p) ** hops) / 2)
    for name in ("heartbeat", "noise_routing"):
        built = load([str(EXAMPLES / f"{name}.sigma")])
        assert built.object is not None, built.diagnostics
        for seed in (0, 7):
            machine = Machine(built.object, seed=seed)
            assert machine.run().status == 0
            text = (EXAMPLES / f"{name}.sigma").read_text("utf-8")
            wanted = [line.removeprefix("// expect: ") for line in text.splitlines() if line.startswith("// expect: ")]
            assert machine.output.decode().splitlines() == wanted
