"""Compiling takes work in proportion to the program, whatever its control flow is: counted, not timed."""

from __future__ import annotations

import random

import pytest

from benchmarks.growth import SHAPES, built, dispatch, nested, overlapping, work
from tests.programs import build
from vm.flow import blocks, units
from vm.flow.blocks import HUB
from vm.machine import Machine
from vm.program import Program

_SLACK = 1.15
"""What twice the program may take beyond twice the work."""


@pytest.mark.parametrize("name", list(SHAPES))
def test_work_doubles_with_the_program(name: str) -> None:
    write, least = SHAPES[name]
    small, large = (work(built(write(count)))[0] for count in (least // 2, least))
    size = large.instructions / small.instructions
    for part in ("blocks", "edges", "lines"):
        before, after = getattr(small, part), getattr(large, part)
        assert after <= max(before, 1) * size * _SLACK, (part, before, after)


def test_a_jump_through_a_register_is_one_edge() -> None:
    flow = blocks.find(Program.load(built(dispatch(100))))
    assert sum(len(block.successors) for block in flow.blocks.values()) == 201
    assert flow.blocks[HUB].successors == flow.taken


def test_lines_for_llvm_do_not_grow_with_jumps_times_places() -> None:
    few, many = (work(built(dispatch(count)))[0].lines / count for count in (50, 400))
    assert many <= few


def test_deep_nests_and_overlaps_leave_few_levels_to_llvm() -> None:
    for write in (nested, overlapping):
        flow = blocks.find(Program.load(built(write(60))))
        unit = units.find(flow).by_entry[0]
        loops = len(unit.loop_heads)
        assert loops >= 55
        assert len(unit.tangled) == loops - units.NESTED


def test_ordinary_loops_are_left_alone() -> None:
    text = "main: QNOP\na: QNOP\nb: QNOP\nc: QADD r1, 1\nQJLT r1, 9, c\nQJLT r2, 9, b\nQJLT r3, 9, a\nQHALT"
    flow = blocks.find(Program.load(build(text)))
    assert units.find(flow).by_entry[0].tangled == frozenset()


def _loop(head: int, inside: dict[int, list[int]], retreats: set[tuple[int, int]]) -> set[int]:
    """The natural loop of a head, slowly: what reaches a step back to it without passing it."""
    before: dict[int, set[int]] = {}
    for start, after in inside.items():
        for place in after:
            before.setdefault(place, set()).add(start)
    loop = {head}
    waiting = [source for source, target in retreats if target == head]
    while waiting:
        here = waiting.pop()
        if here not in loop:
            loop.add(here)
            waiting += before.get(here, ())
    return loop


@pytest.mark.parametrize("seed", range(60))
def test_levels_of_loops_are_those_of_natural_loops(seed: int) -> None:
    """On graphs whose loops have one way in, by definition: a loop of more levels than allowed is tangled."""
    rng = random.Random(seed)
    count = rng.randrange(8, 40)
    inside: dict[int, list[int]] = {place: [place + 1] for place in range(count)}
    inside[count] = []
    # Steps back only: what goes forward goes to the next.
    retreats = {(place, rng.randrange(place + 1)) for place in range(count) if rng.random() < 0.6}
    for source, head in retreats:
        inside[source].append(head)
    order = list(range(count + 1))
    parents = {place: place - 1 for place in order}
    found = set(units.tangled(order, parents, lambda place: inside[place]))
    loops = {head: _loop(head, inside, retreats) for head in {head for _, head in retreats}}

    def levels(head: int) -> int:
        within = [other for other in loops if other != head and other in loops[head]]
        return 1 + max((levels(other) for other in within), default=0)

    assert found == {head for head in loops if levels(head) > units.NESTED}


def test_a_loop_longer_than_a_unit_compiles_and_runs() -> None:
    body = "\n".join(
        f"a{i}: QADD r0, {i % 7}\nQXOR r1, r0\nQJEQ r1, 77, z{i}\nQADD r3, 5\nz{i}: QADD r3, 1" for i in range(3000)
    )
    obj = build(f"main: QMOV r4, 3\nx: QADD r1, 1\n{body}\nQSUB r4, 1\nQJGT r4, 0, x\nQHALT")
    runs = []
    for engine in ("interp", "native"):
        machine = Machine(obj, engine=engine, optimize=0)
        machine.run()
        assert machine.engine == engine
        runs.append((machine.count, [machine.get(register) for register in range(5)]))
    assert runs[0] == runs[1]
