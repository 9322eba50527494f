"""Routines, what they read and change, depths of the stack: on programs whose answers are plain, and against runs."""

from __future__ import annotations

import copy
import re
import time
from pathlib import Path

import pytest

from qbcc.assembly.assemble import assemble
from qbcc.flow.code import registers_in
from qbcc.flow.program import Flow, analyse
from qbcc.source import SourceFile
from tests.engine_cases import Model, case
from tests.model import ModelTrap, Value, bits
from tests.qbcc.flows import assembled, flow_of
from tests.stdlib.harness import library_files, routines
from vm.flow import blocks, units
from vm.flow import registers as vm_registers
from vm.isa import BY_NAME
from vm.program import Program

CALLS = {op.code for op in BY_NAME["QCALL"]}
STEPS = 4000


def sets(flow: Flow, name: str) -> tuple[list[int], list[int]]:
    """Registers that a routine reads and changes."""
    routine = next(r for r in flow.routines if r.name == name)
    effect = flow.effect(routine)
    return registers_in(effect.reads), registers_in(effect.changes)


# -- registers


@pytest.mark.parametrize(
    ("body", "reads", "changes"),
    [
        ("QADD r2, r0, r1\nQRET", [0, 1], [2]),
        ("QPUSH r4, r5\nQMOV r4, r0\nQMOV r5, r4\nQPOP r5, r4\nQRET", [0], []),
        ("QPUSH r4, r5\nQMOV r4, 1\nQPOP r4, r5\nQRET", [4, 5], [4, 5]),
        ("QPUSH r4\nQJEQ r0, 0, @out\nQMOV r4, 1\n@out: QPOP r4\nQRET", [0], []),
        ("QMOV r8, r4\nQMOV r4, 1\nQMOV r4, r8\nQRET", [4], [8]),
        ("QPUSH r4\nQPOP r1\nQRET", [4], [1]),
        ("QMOV r4, 1\nQADD r1, r4, 2\nQRET", [], [1, 4]),
        ("QPUSH r0\nQMOV r0, 1\nQPOP r0\nQADD r1, r0, 1\nQRET", [0], [1]),
        ("QPUSH r4\nQMOV r4, r3\nQPOP r4\nQRET", [], []),
        ("QMOV r4, r3\nQRET", [3], [4]),
        ("QSYSCALL 13\nQRET", [0], [0, 1]),
        ("QJEQ r0, 0, @other\nQMOV r4, 5\n@other: QRET", [0], [4]),
        ("@loop: QSUB r0, 1\nQJGT r0, 0, @loop\nQRET", [0], [0]),
        ("QTRAP 0", [], []),
    ],
)
def test_what_a_routine_reads_and_changes(body: str, reads: list[int], changes: list[int]) -> None:
    flow = flow_of(f"main: QCALL f\nQHALT\nf: {body}")
    assert sets(flow, "f") == (reads, changes)


def test_through_calls_tails_and_recursion() -> None:
    flow = flow_of(
        "main: QCALL a\nQCALL c\nQHALT\na: QCALL b\nQJMP c\nb: QMOV r7, r1\nQRET\nc: QADD r8, r2, 1\nQRET\n"
        "d: QJLE r0, 0, @out\nQPUSH r4\nQMOV r4, r0\nQSUB r0, 1\nQCALL d\nQADD r0, r4\nQPOP r4\n@out: QRET"
    )
    assert sets(flow, "a") == ([1, 2], [7, 8])
    assert sets(flow, "d") == ([0], [0])
    assert [r.name for r in flow.routines if r.is_recursive] == ["d"]
    a = next(r for r in flow.routines if r.name == "a")
    assert flow.names(a) == ["b", "c"]
    assert [r.name for r, _ in a.callers] == ["main"]


def test_calls_through_registers_go_wherever_an_address_is_taken() -> None:
    text = ".data\ntable: .qword a, b\n.text\nmain: QLOAD r9, [table]\nQCALL r9\nQHALT\na: QMOV r4, 1\nQRET\nb: QMOV r5, 1\nQRET\nc: QMOV r6, 1\nQRET"
    flow = flow_of(text)
    main = flow.routines[0]
    assert (main.has_indirect_calls, flow.names(main)) == (True, ["a", "b"])
    effect = flow.effects.call(main.calls[0].index)
    assert (registers_in(effect.changes), registers_in(effect.reads), effect.is_assumed) == ([4, 5], [9], False)
    known = flow_of(text.replace("QLOAD r9, [table]", "QMOV r9, b"))
    assert known.names(known.routines[0]) == ["b"]


def test_what_is_not_here_keeps_the_convention_and_that_is_said() -> None:
    flow = flow_of(".extern f\n.global g\ng: QMOV r4, 7\nQCALL f\nQRET\nh: QJMP f")
    assert sets(flow, "g") == ([0, 1, 2, 3], [0, 1, 2, 3, 4])
    assert sets(flow, "h") == ([0, 1, 2, 3], [0, 1, 2, 3])
    assert [flow.effect(r).is_assumed for r in flow.routines] == [True, True]
    assert [flow.names(r) for r in flow.routines] == [["f"], ["f"]]


def test_what_is_made_in_several_ways_is_made() -> None:
    """And what may be the caller's is not."""
    flow = flow_of(
        "main: QCALL made\n QCALL kept\n QCALL through\n QHALT\n"
        "made: QPUSH r5\n QJEQ r0, 1, @other\n QADD r5, r0, 3\n QJMP @done\n@other: QADD r5, r0, 4\n"
        "@done: QMOV r1, r5\n QPOP r5\n QRET\n"
        "kept: QPUSH r5\n QJEQ r0, 1, @other\n QADD r5, r0, 3\n QJMP @done\n@other: QMOV r5, r1\n"
        "@done: QMOV r1, r5\n QPOP r5\n QRET\n"
        "through: QCALL perhaps\n QPUSH r1\n QPOP r1\n QRET\n"
        "perhaps: QJEQ r0, 0, @out\n QMOV r1, 5\n@out: QRET\n"
    )
    effects = {routine.name: flow.effect(routine) for routine in flow.routines}
    assert (effects["made"].changes, effects["made"].replaces) == (0b10, 0b10)
    for name in ("kept", "perhaps", "through"):
        assert (effects[name].changes, effects[name].replaces) == (0b10, 0)


def test_code_behind_a_call_that_never_returns_is_not_reached() -> None:
    flow = flow_of("main: QCALL stop\nQMOV r4, 1\nQRET\nstop: QHALT 3")
    assert sets(flow, "main") == ([], [])
    assert flow.depths == [0, None, None, 0]
    assert not flow.effect(flow.routines[0]).returns


# -- the stack


def test_depths_are_counted_from_the_entry() -> None:
    flow = flow_of("main: QCALL f\nQHALT\nf: QPUSH r4, r5\nQMOV r4, 1\nQPOP r5\nQPOP r4\nQRET")
    assert flow.depths == [0, 0, 0, 1, 2, 2, 1, 0]


def test_depths_that_depend_on_the_way_are_unknown() -> None:
    flow = flow_of("main: QJEQ r0, 0, @on\nQPUSH r4\n@on: QMOV r1, 1\nQHALT")
    assert flow.depths == [0, 0, None, None]
    assert flow.effects.known[0].conflicts == {2: (0, 1)}


def test_values_handed_over_on_the_stack() -> None:
    flow = flow_of("main: QPUSH r1\nQCALL f\nQPOP r2, r3\nQHALT\nf: QPOP r0\nQPUSH r0, 5\nQRET")
    effect = next(flow.effect(r) for r in flow.routines if r.name == "f")
    assert (effect.below, effect.delta) == (1, 1)
    assert flow.depths[:5] == [0, 1, 2, 1, 0]


# -- places


def test_instructions_know_their_lines_through_macros() -> None:
    flow = flow_of(".macro twice a\nQADD a, a\n.endm\n.macro more b\ntwice b\nQNOP\n.endm\nmain: more r1\nQHALT")
    source = flow.code.lines[0].source
    assert [span.line for span in flow.code.chain(0)] == [2, 5, 8]
    assert flow.at(source, 8) == [0, 1]
    assert flow.code.span(1).line == 8
    assert flow.span(flow.routines[0]).line == 8


def test_edges_and_owners() -> None:
    flow = flow_of("main: QCALL f\nQHALT\nf: QJEQ r0, 0, @a\nQMOV r1, 1\n@a: QRET")
    f = flow.routines[1]
    assert sorted(flow.edges(f)) == [(2, 3), (2, 4), (3, 4)]
    assert [owner.name if owner else "" for owner in flow.owners] == ["main", "main", "f", "f", "f"]


def test_routines_of_a_source_without_a_start() -> None:
    flow = flow_of(".func f\n.args r0\nf: QADD r0, 1\nQRET\n.endfunc\ng: QRET")
    assert not flow.code.is_program
    assert [(r.name, r.is_root) for r in flow.routines] == [("f", True), ("g", True)]


def test_an_empty_source_and_one_that_does_not_assemble() -> None:
    assert flow_of("; nothing").routines == []
    assert analyse(assemble(SourceFile("test.qbc", "QBAD"))) is None


@pytest.mark.parametrize("path", library_files(), ids=lambda path: path.name)
def test_the_library_changes_what_it_says(path: Path) -> None:
    found = analyse(assemble(SourceFile(str(path), path.read_text("utf-8"), str(path.resolve()))))
    assert found is not None
    documented = routines(path.name)
    for routine in found.routines:
        if routine.name in documented:
            effect = found.effect(routine)
            assert set(registers_in(effect.changes)) <= documented[routine.name].changes, routine.name
            assert effect.delta == effect.below == 0


# -- against the engine's analysis, and against runs


def test_sets_are_within_those_of_the_native_engine() -> None:
    compared = 0
    for seed in range(40):
        text = case(seed).text
        flow = flow_of(text)
        cut = units.find(blocks.find(Program.load(assembled(text).object)))
        theirs = vm_registers.find(cut)
        for routine in flow.routines:
            unit = cut.by_entry.get(routine.entry)
            if unit is not None:
                assert flow.effect(routine).changes & ~theirs.changed[unit.entry] == 0, (seed, routine.name)
                compared += 1
    assert compared > 100


def same(a: Value, b: Value) -> bool:
    return type(a) is type(b) and (bits(a) == bits(b) if isinstance(a, float) and isinstance(b, float) else a == b)


def traced(seed: int) -> int:
    """Run the program of a seed: what was said of every call and every place holds. How many calls were compared."""
    tried = case(seed, STEPS)
    flow = flow_of(tried.text)
    model = Model(flow.code.object, tried.args)
    open_calls: list[tuple[int, list[Value], int]] = []
    entry = flow.cut.by_entry[flow.code.object.entry]
    frames = [(entry, 0, flow.effects.depths(entry))]
    depths = {routine.entry: flow.effects.depths(routine) for routine in flow.routines}
    compared = 0
    for _ in range(STEPS):
        pc = model.pc
        if pc >= len(flow.code.rows):
            break
        routine, base, known = frames[-1]
        if pc not in known or (pc in flow.cut.by_entry and pc != routine.entry):
            # On to another routine, whose depths are counted from here.
            routine = flow.cut.by_entry[pc]
            frames[-1] = routine, len(model.stack), depths[pc]
            known, base = depths[pc], len(model.stack)
        assert known[pc] is None or known[pc] == len(model.stack) - base, (seed, pc)
        is_call = flow.code.rows[pc][0] in CALLS
        if is_call:
            open_calls.append((pc, list(model.registers), len(model.stack)))
        try:
            model.step()
        except (ModelTrap, Exception):
            break
        if is_call:
            callee = flow.cut.by_entry[model.pc]
            frames.append((callee, len(model.stack), depths[callee.entry]))
        elif flow.code.op(pc).name == "QRET":
            frames.pop()
            index, before, height = open_calls.pop()
            effect = flow.effects.call(index)
            assert effect.returns
            for register in range(16):
                if not effect.changes >> register & 1:
                    assert same(model.registers[register], before[register]), (seed, index, register)
            assert effect.delta is None or len(model.stack) == height + effect.delta, (seed, index)
            compared += 1
    return compared


def test_what_is_said_holds_in_runs() -> None:
    assert sum(map(traced, range(60))) > 500


def until_return(model: Model, depth: int) -> bool:
    """Run until the call at a depth of the call stack is over; whether it is."""
    for _ in range(STEPS):
        try:
            model.step()
        except (ModelTrap, Exception):
            return False
        if len(model.calls) < depth:
            return True
    return False


def test_registers_that_are_not_read_make_no_difference() -> None:
    compared = 0
    for seed in range(30):
        tried = case(seed, STEPS)
        flow = flow_of(tried.text)
        model = Model(flow.code.object, tried.args)
        calls = 0
        while calls < 3:
            pc = model.pc
            if pc >= len(flow.code.rows):
                break
            is_call = flow.code.rows[pc][0] in CALLS
            try:
                model.step()
            except (ModelTrap, Exception):
                break
            if not is_call:
                continue
            calls += 1
            effect = flow.effects.of(model.pc)
            other = copy.deepcopy(model)
            free = [r for r in range(16) if not effect.reads >> r & 1]
            for register in free:
                other.registers[register] = 12345 + register
            first = copy.deepcopy(model)
            if not until_return(first, len(model.calls)):
                continue
            assert until_return(other, len(model.calls)), (seed, pc)
            for register in range(16):
                if register not in free or (
                    effect.changes >> register & 1 and not same(first.registers[register], model.registers[register])
                ):
                    assert same(first.registers[register], other.registers[register]), (seed, pc, register)
            compared += 1
    assert compared > 20


# -- time


def test_fifty_thousand_instructions_take_a_moment() -> None:
    parts = ["main:"]
    parts += [f"QCALL f{number}" for number in range(500)] + ["QHALT"]
    for number in range(500):
        parts.append(f"f{number}:\nQPUSH r4, r5\nQMOV r4, r0\n@loop:")
        parts += [f"QADD r5, r4, {k}\nQJLT r5, {k}, @l{k}\nQADD r0, r5\n@l{k}:" for k in range(30)]
        parts += [f"QCALL f{k}" for k in (number + 1, number + 9) if k < 500]
        parts.append("QSUB r4, 1\nQJGT r4, 0, @loop\nQPOP r5, r4\nQRET")
    found = assembled("\n".join(parts))
    assert found.object is not None
    assert len(found.object.code) > 45_000
    begin = time.process_time()
    flow = analyse(found)
    assert time.process_time() - begin < 5
    assert flow is not None
    assert all(flow.effect(r).changes & 0x30 == 0 for r in flow.routines)


def test_a_program_that_shares_everything_is_bounded() -> None:
    """A thousand entries into one long chain: each would have all of it."""
    text = "main: QHALT\n" + "\n".join(f".global g{k}\ng{k}: QADD r0, 1\nQJEQ r0, {k}, @l\n@l:" for k in range(2000))
    text = re.sub(r"\.global g\d*[1-9]\n", "", text) + "\nQRET"
    begin = time.process_time()
    flow = flow_of(text)
    assert time.process_time() - begin < 20
    assert len(flow.routines) > 100
