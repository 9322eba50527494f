"""Programs at the edges of what passes may assume: every level does what the first does, to the line of a trap."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from qbcc.source import SourceFile
from sigma.compile import compile_source
from tests.sigma.support import LEVELS, build, finished
from vm.machine import Machine

MOST = (1 << 63) - 1
LEAST = -(1 << 63)
LIMIT = 200_000
"""Instructions of a run."""


def outcome(text: str, level: int, args: tuple[float, ...] = ()) -> tuple[Any, ...]:
    """How a run ended, what it printed and recorded."""
    machine = Machine(build(text, level), args=list(args), engine="interp", max_instructions=LIMIT, seed=1)
    ended = machine.run()
    trap = None
    if ended.trap is not None:
        line = ended.trap.location.line if ended.trap.location is not None else None
        trap = ended.trap.name, ended.trap.message, line
    return ended.status, trap, machine.output, [(name, repr(value)) for name, value in machine.records]


def same(text: str, args: tuple[float, ...] = ()) -> tuple[Any, ...]:
    """What every level does."""
    first, *others = (outcome(text, level, args) for level in LEVELS)
    for level, other in enumerate(others, 1):
        assert other == first, f"level {level}"
    return first


# -- loops


@pytest.mark.parametrize("first", [MOST - 6, MOST - 5, MOST - 4, 0])
def test_a_counter_that_wraps_does_not_leave_its_array(first: int) -> None:
    text = """
view a: [int; 8] at 0x100000000;
fn fill(x: [int], low: int, high: int) { for i in low..high step 3 { x[i - low] = 7; } }
fn main() {
    fill(a, argument(0, 0), argument(1, 0));
    fill(a[0..7], argument(0, 0), argument(1, 0));
}
"""
    end = same(text, (first, MOST if first else 7))
    assert (end[1] is None) is (first in (MOST - 6, 0))


@pytest.mark.parametrize("turns", ["low..high", "high..low step -1"])
@pytest.mark.parametrize("index", ["i + base", "base - i"])
@pytest.mark.parametrize(("low", "high", "base"), [(LEAST, MOST, LEAST + 5), (0, 5, 2), (LEAST + 1, MOST, LEAST + 3)])
def test_ends_inside_are_not_enough_on_a_way_around(turns: str, index: str, low: int, high: int, base: int) -> None:
    text = f"""
view a: [int; 8] at 0x100000000;
fn fill(x: [int], low: int, high: int, base: int) {{ for i in {turns} {{ x[{index}] = i & 255; write("."); }} }}
fn main() {{
    fill(a, argument(0, 0), argument(1, 0), argument(2, 0));
    fill(a[0..7], argument(0, 0), argument(1, 0), argument(2, 0));
}}
"""
    same(text, (low, high, base))


def test_a_loop_that_ends_at_a_float_checks_its_indices() -> None:
    text = """
fn main() {
    let x = argument(0, 3.5);
    let k = argument(1, 0);
    var a = [0; 3];
    var i = 0;
    while i < x {
        a[i + k] = i;
        write("{i} ");
        i += 1;
    }
}
"""
    end = same(text)
    assert end[2] == b"0 1 2 "
    assert end[1] is not None


# -- what is known of values


def test_a_part_of_a_view_without_a_length_says_nothing_of_other_values() -> None:
    text = """
view words: [int] at 0x100000000;
fn part(a: [int], i: int, j: int) -> int {
    let found = a[i..j];
    return len(found) + (100 if j > 5 else 0) + (1000 if j < len(a) + 1 else 0);
}
fn main() { print("{part(words, 1, argument(0, 7))} {part([1, 2, 3], 1, argument(1, 2))}"); }
"""
    assert same(text)[2] == b"106 1001\n"


@pytest.mark.parametrize("place", ["before", "inside"])
def test_long_rows_of_sums_are_no_deep_recursion(place: str) -> None:
    row = "x += n; x = x * 3;" * 1500 if place == "before" else "x += n; x = x + i;" * 1500
    text = f"""
fn main() {{
    let n = argument(0, 3);
    var a = [1, 2, 3, 4];
    var s = 0;
    {"var x = n;" + row if place == "before" else ""}
    for i in 0..n {{
        {"var x = i;" + row if place == "inside" else ""}
        s += a[x & 3] + x;
        a[i & 3] = x;
    }}
    if s > 0 {{ print("{{s}}"); }}
    print("{{a[0]}} {{a[1]}} {{a[2]}}");
}}
"""
    same(text)


def test_sums_of_sums_are_looked_at_once() -> None:
    row = "".join(f"let y{number} = x + x; x = y{number} + i;" for number in range(90))
    text = f"""
fn main() {{
    var a = [1, 2, 3, 4];
    for i in 0..argument(0, 5) {{ var x = i; {row} a[x & 3] += x; a[i & 3] = x; }}
    print("{{a[0]}} {{a[1]}} {{a[2]}} {{a[3]}}");
}}
"""
    same(text)


# -- gates


@pytest.mark.parametrize(
    "gates",
    [
        "cx(q[k], q[1]); cx(q[k], q[1]);",
        "cz(q[1], q[1..2][0]);",
        "h(q[1]); cp(q[1], q[k], 0.0);",
        "rzz(q[k], q[1], 0.5); rzz(q[k], q[1], -0.5);",
        "swap(q[k], q[1]); swap(q[1], q[k]);",
    ],
)
def test_gates_on_one_qubit_twice_trap(gates: str) -> None:
    text = f"""
fn act(q: [qubit], k: int) {{ {gates} }}
fn main() {{ let k = argument(0, 1); let q = qubits(3); act(q, k); print("after"); }}
"""
    trap = same(text)[1]
    assert trap is not None
    assert trap[0] == "quantum"


@pytest.mark.parametrize("gates", ["rz(c, angle);", "crx(c, d, angle);", 'h(c); rx(c, angle); write("."); rx(c, 1.0);'])
def test_gates_by_an_angle_that_is_no_number_trap(gates: str) -> None:
    text = f"""
fn main() {{
    let zero = float(argument(0, 0));
    let angle = zero / zero;
    let c = qubit();
    let d = qubit();
    {gates}
    print("after");
}}
"""
    trap = same(text)[1]
    assert trap is not None
    assert trap[2] == 7


@pytest.mark.parametrize("angles", [(1.7e308, 1.7e308), (1e17, 0.5), (4e15, 0.75), (-1e300, 1.0), (0.25, 0.5)])
def test_large_angles_are_not_added(angles: tuple[float, float]) -> None:
    first, second = angles
    same(f'fn main() {{ let q = qubit(); rx(q, {first}); rx(q, {second}); print("{{probability(q):.6f}}"); }}')


# -- long functions


def test_long_rows_of_branches_are_no_deep_recursion() -> None:
    rows = "".join(f"if a == {number} {{ x += 1; y = a + 7; }}\n" for number in range(1000))
    assert (
        same(f'fn main() {{ let a = argument(0, 3); var x = 0; var y = 1;\n{rows} print("{{x}} {{y}}"); }}')[2]
        == b"1 10\n"
    )


@pytest.mark.parametrize("seed", range(6))
def test_floats_that_change_places_are_floats_in_memory_too(seed: int) -> None:
    count, turns = 20, 4
    order = random.Random(seed).sample(range(count), count)
    names = range(count)
    text = f"""
fn turned(n: int, z: float) -> float {{
    {"".join(f"var v{name} = z + {name}.25;" for name in names)}
    for i in 0..n {{
        {"".join(f"let t{name} = v{order[name]};" for name in names)}
        {"".join(f"v{name} = t{name};" for name in names)}
    }}
    return {" + ".join(f"v{name} * {3**name}" for name in names)};
}}
fn main() {{ print("{{turned(argument(0, {turns}), 0.5)}}"); }}
"""
    values = [0.5 + name + 0.25 for name in names]
    for _ in range(turns):
        values = [values[place] for place in order]
    wanted = 0.0
    for name, value in enumerate(values):
        wanted += value * 3**name
    assert same(text)[2].decode() == f"{wanted!r}\n"


# -- frames


@pytest.mark.parametrize("level", LEVELS)
def test_assembly_that_calls_back_finds_no_frame_in_use(level: int, tmp_path: Path) -> None:
    (tmp_path / "back.qbc").write_text("back:\n    QCALL again\n    QRET\n", "utf-8")
    text = """
extern fn back(n: int) -> int from "back.qbc";
fn sum(n: int, k: int) -> int {
    let a = [n, n, n, n];
    a[k] = 10 * n;
    let below = back(n - 1) if n > 0 else 0;
    var s = below;
    for i in 0..4 { s += a[i]; }
    return s;
}
export fn again(n: int) -> int { return sum(n, 1) + sum(0, 2); }
fn main() { print("{sum(3, 1)}"); }
"""
    (tmp_path / "test.sigma").write_text(text, "utf-8")
    made = compile_source(SourceFile("test.sigma", text, str(tmp_path / "test.sigma")), level=level)
    assert made.object is not None, made.diagnostics
    machine = Machine(made.object)
    machine.run()
    assert machine.output == b"78\n"


@pytest.mark.parametrize("level", LEVELS)
def test_an_index_whose_distance_wraps_is_outside(level: int) -> None:
    text = """view seen: [int; 6] at 0x1_0000_0000;
fn put(a: [int], n: int) { if n > 0 { a[9223372036854775807] = 1; } }
fn main() { put(seen, argument(0, 1)); }"""
    machine = finished(text, level)
    assert machine.outcome is not None
    assert machine.outcome.trap is not None
    assert "index 9223372036854775807 is outside of an array of 6" in machine.outcome.trap.message
