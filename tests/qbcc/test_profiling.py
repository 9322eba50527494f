"""Profiles against what a trace of the same run adds up to."""

from __future__ import annotations

import collections
import itertools
import json
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from qbcc.observe.flame import flame_graph
from qbcc.observe.profiling import Profile
from qbcc.source import SourceFile
from tests import structured_programs
from tests.programs import build
from vm.bytecode import ObjectFile
from vm.machine import Machine
from vm.observe import Observer
from vm.trace import Step, Tracer

TEXT = """\
main:
    QMOV r4, 3
@next:
    QCALL outer
    QSUB r4, 1
    QJGT r4, 0, @next
    QHALT
outer:
    QCALL leaf
    QCALL leaf
    QRET
leaf:
    QNOP
    QRET
"""
SEEDS = range(12)
LIMIT = 5000


def profiled(obj: ObjectFile) -> Profile:
    machine = Machine(obj, engine="interp", max_instructions=LIMIT, seed=1)
    observer = Observer(machine.program)
    machine.observe(observer)
    machine.run()
    return Profile(machine.program, observer, lambda name: name)


def steps_of(obj: ObjectFile) -> list[Step]:
    machine = Machine(obj, engine="interp", max_instructions=LIMIT, seed=1)
    tracer = Tracer(machine)
    found: list[Step] = []
    machine.run(slice=tracer.slice, between=lambda: found.extend(tracer.steps()))
    return found


def structured(seed: int) -> ObjectFile:
    return build(structured_programs.source(random.Random(seed)))


def stacks(obj: ObjectFile) -> list[tuple[int, ...]]:
    """The entries of the open routines at each step."""
    way = [obj.entry]
    found = []
    depth = 0
    for step in steps_of(obj):
        if step.depth > depth:
            way.append(step.pc)
        del way[step.depth + 1 :]
        depth = step.depth
        found.append(tuple(way))
    return found


def test_routines() -> None:
    found = [(cost.name, cost.calls, cost.own, cost.total) for cost in profiled(build(TEXT)).routines]
    assert found == [("leaf", 6, 12, 12), ("main", 0, 11, 32), ("outer", 3, 9, 21)]


def test_lines() -> None:
    found = {cost.line: (cost.count, cost.times) for cost in profiled(build(TEXT)).lines}
    assert found == {
        2: (1, 1),
        4: (3, 3),
        5: (3, 3),
        6: (3, 3),
        7: (1, 1),
        9: (3, 3),
        10: (3, 3),
        11: (3, 3),
        13: (6, 6),
        14: (6, 6),
    }


def test_a_line_of_several_instructions() -> None:
    (line,) = profiled(build("main: QPUSH r1, r2, r3\n")).lines
    assert (line.count, line.times) == (3, 1)


def test_paths_collapsed() -> None:
    assert list(profiled(build(TEXT)).collapsed()) == ["main 11", "main;outer 9", "main;outer;leaf 12"]


def test_a_local_label_that_is_called_has_its_name() -> None:
    obj = build("main:\n    QCALL @inner\n    QHALT\n@inner:\n    QRET\n")
    assert list(profiled(obj).collapsed()) == ["main 2", "main;main@inner 1"]
    # Without it, the place.
    bare = replace(obj, symbols=[symbol for symbol in obj.symbols if "@" not in symbol.name])
    assert list(profiled(bare).collapsed()) == ["main 2", "main;main+2 1"]


def test_annotated() -> None:
    found = profiled(build(TEXT)).annotated(
        [("other.qbc", SourceFile("o", "QNOP")), ("test.qbc", SourceFile("t", TEXT))]
    )
    lines = found.splitlines()
    assert lines[0] == "test.qbc"
    assert lines[5].split() == ["3", "9.38", "3", "|", "QCALL", "outer"]
    assert lines[4].strip() == "| @next:"
    assert len(lines) == 2 + len(TEXT.splitlines())


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_trace_adds_up_to(seed: int) -> None:
    obj = structured(seed)
    profile = profiled(obj)
    steps, ways = steps_of(obj), stacks(obj)
    assert profile.count == len(steps)
    assert profile.counts == [collections.Counter(step.pc for step in steps)[pc] for pc in range(len(obj.code))]
    own = collections.Counter(way[-1] for way in ways)
    total: collections.Counter[int] = collections.Counter()
    for way in ways:
        total.update(set(way))
    found = {cost.name: (cost.own, cost.total) for cost in profile.routines if cost.total}
    assert found == {profile.routine(entry): (own[entry], total[entry]) for entry in total}
    lines = collections.Counter((obj.lines[step.pc][0], obj.lines[step.pc][1]) for step in steps)
    assert {cost.line: cost.count for cost in profile.lines} == {line: count for (_, line), count in lines.items()}
    collapsed = collections.Counter(";".join(map(profile.routine, way)) for way in ways)
    assert dict(line.rsplit(" ", 1) for line in profile.collapsed()) == {way: str(n) for way, n in collapsed.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_file_for_speedscope(seed: int) -> None:
    """Events nest, and the time between two of them is what the open frames cost."""
    profile = profiled(structured(seed))
    data = json.loads(profile.speedscope("title"))
    assert data["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    (found,) = data["profiles"]
    names = [frame["name"] for frame in data["shared"]["frames"]]
    assert (found["type"], found["unit"], found["startValue"], found["endValue"]) == (
        "evented",
        "none",
        0,
        profile.count,
    )
    way: list[int] = []
    spent: collections.Counter[str] = collections.Counter()
    at = 0
    for event in found["events"]:
        if event["at"] > at:
            spent[";".join(names[frame] for frame in way)] += event["at"] - at
        at = event["at"]
        if event["type"] == "O":
            way.append(event["frame"])
        else:
            assert way.pop() == event["frame"]
    assert not way
    assert at == profile.count
    assert dict(line.rsplit(" ", 1) for line in profile.collapsed()) == {key: str(n) for key, n in spent.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_flame_graph(seed: int) -> None:
    """Bars stand on their callers, beside each other, and are as wide as what they tell."""
    profile = profiled(structured(seed))
    root = ET.fromstring(flame_graph(profile, "<&>"))
    space = "{http://www.w3.org/2000/svg}"
    bars = []
    for group in root.iter(f"{space}g"):
        rect, title = group.find(f"{space}rect"), group.find(f"{space}title")
        assert rect is not None
        assert title is not None
        assert title.text is not None
        count = int(re.search(r": ([\d,]+) instructions", title.text)[1].replace(",", ""))  # type: ignore[index]
        bars.append((float(rect.attrib["x"]), int(rect.attrib["y"]), float(rect.attrib["width"]), count))
    assert bars[0][0] == 10
    for x, y, width, count in bars:
        assert width == pytest.approx(max(count * 1180 / profile.count - 0.5, 0.3), abs=0.02)
        below = [
            other
            for other in bars
            if other[1] == y + 18 and other[0] <= x + 0.02 and other[0] + other[2] + 0.6 >= x + width
        ]
        assert below or y == bars[0][1]
    for level in {bar[1] for bar in bars}:
        row = sorted(bar for bar in bars if bar[1] == level)
        assert all(left[0] + left[2] <= right[0] + 0.3 for left, right in itertools.pairwise(row))
    assert len(bars) == sum(total * 1180 >= 0.4 * profile.count for total in profile.totals)


def test_calls_that_are_too_deep_are_told() -> None:
    profile = profiled(build("main:\nQADD r1, 1\nQJGT r1, 1200, @end\nQCALL main\n@end: QRET\n"))
    assert (profile.folded, profile.data()["folded"]) == (200, 200)
    assert (profile.routines[0].calls, profile.routines[0].own) == (1200, profile.count)
    assert profiled(build(TEXT)).folded == 0


def test_deep_recursion_has_a_picture() -> None:
    profile = profiled(build("main:\nQADD r1, 1\nQJGT r1, 900, @end\nQCALL main\n@end: QRET\n"))
    assert ET.fromstring(flame_graph(profile, "deep")).attrib["height"] == str(46 + 18 * 901 + 20)
    assert profile.routines[0].total == profile.count
    assert len(list(profile.collapsed())) == 901
