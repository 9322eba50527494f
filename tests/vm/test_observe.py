"""The watched interpreter: it does what the other one does, and notes it; a trace is that of the model machine."""

from __future__ import annotations

import collections
import io
import random
from pathlib import Path

import numpy as np
import pytest

from qbcc import driver
from tests import structured_programs
from tests.machine_model import Ended, MachineModel
from tests.model import ModelTrap
from tests.programs import build
from tests.random_programs import program, state_of
from vm.bytecode import ObjectFile
from vm.interp import loop
from vm.isa import DATA_BASE, REGISTERS
from vm.machine import Machine
from vm.memory import PAGE
from vm.observe import Observer
from vm.trace import Step, Tracer, touching

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.suffix in (".qbc", ".sigma"))
LIMIT = 3000
PAGES = 64
SETTINGS = {"seed": 5, "clock": 1_700_000_000_000_000, "args": (3, 2.5)}
INPUT = b"one\ntwo"
ARGUMENTS = {"shor.sigma": (15,)}
"""Of examples that take long without."""


def machine_of(obj: ObjectFile, **more: object) -> Machine:
    settings = {"memory": PAGES * PAGE, "max_instructions": LIMIT, "stdin": io.BytesIO(INPUT), "engine": "interp"}
    return Machine(obj, **{**settings, **SETTINGS, **more})  # type: ignore[arg-type]


def structured(seed: int) -> ObjectFile:
    return build(structured_programs.source(random.Random(seed)))


def programs() -> list[ObjectFile]:
    return [*map(program, range(40)), *map(structured, range(12))]


PROGRAMS = programs()


def same(a: int | float, b: int | float) -> bool:
    return type(a) is type(b) and (a == b or (a != a and b != b))


def test_the_plain_loop_has_nothing_of_it() -> None:
    plain, _ = loop.source()
    watched, _ = loop.source(is_watched=True)
    kept = [line for line in watched.splitlines() if not line.strip().startswith(("step(", "enter(", "leave("))]
    assert kept == plain.splitlines()
    assert len(watched.splitlines()) == len(kept) + 4


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_watched_run_is_the_same_run(number: int) -> None:
    obj = PROGRAMS[number]
    plain, watched = machine_of(obj), machine_of(obj)
    observer = Observer(watched.program, wanted=np.ones(len(obj.code), np.uint8), capacity=100)
    watched.observe(observer)
    # A NaN is not equal to itself.
    assert repr(watched.run()) == repr(plain.run())
    assert state_of(watched) == state_of(plain)
    assert observer.counts[:-1].sum() == watched.count
    assert sum(path.own for path in observer.paths()) == watched.count


def model_steps(obj: ObjectFile) -> list[tuple[int, list[int | float], list[int | float], int, int, bool]]:
    """Of each instruction by the model: place, registers before and after, depth, stack; whether it trapped."""
    model = MachineModel(obj, pages=PAGES, stdin=INPUT, **SETTINGS)  # type: ignore[arg-type]
    for offset, content in obj.data:
        model.write(DATA_BASE + offset, content)
    found = []
    while model.count < LIMIT:
        before, pc, depth, stack = list(model.registers), model.pc, len(model.calls), len(model.stack)
        if pc >= len(obj.code):
            break
        try:
            model.step()
        except ModelTrap:
            found.append((pc, before, before, depth, stack, True))
            break
        except Ended:
            found.append((pc, before, list(model.registers), depth, stack, False))
            break
        found.append((pc, before, list(model.registers), depth, stack, False))
    return found


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_each_step_has_the_values_of_the_model(number: int) -> None:
    obj = PROGRAMS[number]
    machine = machine_of(obj)
    tracer = Tracer(machine)
    steps: list[Step] = []
    machine.run(
        slice=random.Random(number).choice((1, 7, 100, tracer.slice)), between=lambda: steps.extend(tracer.steps())
    )
    wanted = model_steps(obj)
    assert [step.number for step in steps] == list(range(1, len(wanted) + 1))
    for step, (pc, before, after, depth, stack, is_trapped) in zip(steps, wanted, strict=True):
        assert (step.pc, step.depth, step.stack) == (pc, depth, stack)
        assert all(same(value, before[at]) for at, value in step.reads.items())
        assert all(same(value, after[at]) for at, value in step.writes.items())
        operands = [int(obj.code[pc, 1 + slot]) for slot in step.op.reads]
        assert {at for at in operands if at < REGISTERS} <= set(step.reads)
        changed = {at for at in range(REGISTERS) if not same(before[at], after[at])}
        results = set() if is_trapped else {int(obj.code[pc, 1 + slot]) for slot in step.op.writes}
        assert changed | results <= set(step.writes)
        assert not (is_trapped and step.writes)


@pytest.mark.parametrize("number", range(0, len(PROGRAMS), 3))
def test_filters_and_rings_are_parts_of_the_whole(number: int) -> None:
    rng = random.Random(number)
    obj = PROGRAMS[number]

    def steps_of(**settings: object) -> list[Step]:
        machine = machine_of(obj)
        tracer = Tracer(machine, **settings)  # type: ignore[arg-type]
        found: list[Step] = []
        if tracer.is_streaming:
            machine.run(slice=tracer.slice, between=lambda: found.extend(tracer.steps()))
        else:
            machine.run()
        return [*found, *tracer.steps()]

    whole = steps_of()
    wanted = np.array([rng.random() < 0.4 for _ in obj.code], np.uint8)
    some = steps_of(wanted=wanted)
    # A NaN is not equal to itself.
    assert list(map(repr, some)) == [repr(step) for step in whole if wanted[step.pc]]
    for last in (0, 1, 5, 10_000):
        assert list(map(repr, steps_of(wanted=wanted, last=last))) == list(map(repr, some[max(len(some) - last, 0) :]))


def test_addresses_of_memory() -> None:
    text = """
        QMOV r1, 0x200000
        QSTORE 7, [r1+16]
        QLOAD r2, [r1+16]
        QLOADB r3, table
        QLOAD r4, 5
        .data
        table: .byte 9
    """
    machine = machine_of(build(text))
    tracer = Tracer(machine)
    machine.run()
    steps = list(tracer.steps())
    assert [step.address for step in steps] == [None, 0x200010, 0x200010, 0x100000, 5]
    assert [step.writes for step in steps] == [{1: 0x200000}, {}, {2: 7}, {3: 9}, {}]


def test_system_calls_have_what_they_take_and_give() -> None:
    machine = machine_of(build("QMOV r0, 1\nQSYSCALL 13\nQSYSCALL 1\nQHALT"))
    tracer = Tracer(machine)
    machine.run()
    steps = list(tracer.steps())
    assert [(step.reads, step.writes) for step in steps[1:3]] == [({0: 1}, {0: 2.5, 1: 1}), ({0: 2.5}, {})]


def test_registers_that_are_touched() -> None:
    obj = build("QADD r1, r2, 3\nQMOV r4, r1\nQNOP\nQSYSCALL 1\nQRET")
    assert touching(obj.code, [1]).tolist() == [1, 1, 0, 1, 0]
    assert touching(obj.code, [2]).tolist() == [1, 0, 0, 0, 0]
    assert touching(obj.code, []).tolist() == [0] * 5


# -- paths


def paths_by_model(obj: ObjectFile) -> dict[tuple[int, ...], list[int]]:
    """Of each way of calls, instructions and calls, by following the calls and returns of a trace."""
    machine = machine_of(obj)
    tracer = Tracer(machine)
    steps: list[Step] = []
    machine.run(slice=tracer.slice, between=lambda: steps.extend(tracer.steps()))
    way = [obj.entry]
    found: dict[tuple[int, ...], list[int]] = collections.defaultdict(lambda: [0, 0])
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        found[tuple(way)][0] += 1
        if after is not None and after.depth > step.depth:
            way.append(after.pc)
            found[tuple(way)][1] += 1
        elif after is not None and after.depth < step.depth:
            way.pop()
    last = steps[-1]
    if last.op.name == "QCALL" and machine.depth > last.depth:
        # The limit came right behind the call.
        found[(*way, machine.pc)][1] += 1
    return dict(found)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_paths_are_those_of_the_calls(number: int) -> None:
    obj = PROGRAMS[number]
    machine = machine_of(obj)
    observer = Observer(machine.program)
    machine.observe(observer)
    machine.run()
    ways: list[tuple[int, ...]] = []
    found: dict[tuple[int, ...], list[int]] = {}
    for path in observer.paths():
        ways.append((*(ways[path.parent] if path.parent >= 0 else ()), path.entry))
        found[ways[-1]] = [path.own, path.calls]
    assert len(found) == len(ways)
    assert found == paths_by_model(obj)


def test_deep_calls_count_where_paths_end() -> None:
    machine = Machine(build("main:\nQADD r1, 1\nQJGT r1, 5000, @end\nQCALL main\n@end: QRET\n"), engine="interp")
    observer = Observer(machine.program)
    machine.observe(observer)
    machine.run()
    paths = observer.paths()
    assert len(paths) == 1001
    assert sum(path.own for path in paths) == machine.count
    assert observer.called[0] == 5000
    assert observer.counts.tolist() == [5001, 5001, 5000, 5001, 0]


def test_as_many_paths_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vm.observe.MOST_PATHS", 3)
    machine = Machine(build("main: QCALL a\nQCALL b\nQCALL c\nQHALT\na: QRET\nb: QRET\nc: QRET\n"), engine="interp")
    observer = Observer(machine.program)
    machine.observe(observer)
    machine.run()
    assert [(path.entry, path.parent, path.own, path.calls) for path in observer.paths()] == [
        (0, -1, 5, 0),
        (4, 0, 1, 1),
        (5, 0, 1, 1),
    ]
    assert observer.called.tolist() == [0, 0, 0, 0, 1, 1, 1, 0]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_counts_of_the_examples(path: Path) -> None:
    """As many as the machine counts, and as many by paths; of quantum programs too."""
    obj = driver.load([str(path)]).object
    assert obj is not None
    args = ARGUMENTS.get(path.name, ())
    machine = Machine(obj, engine="interp", seed=1, args=args, stdin=io.BytesIO(b"50\n"), stdout=lambda _: None)
    observer = Observer(machine.program)
    machine.observe(observer)
    outcome = machine.run()
    assert observer.counts[:-1].sum() == outcome.count
    assert sum(path.own for path in observer.paths()) == outcome.count
