"""Blocks, units, register sets and kinds; the graph algorithms against plain ones."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine_cases import case
from tests.programs import build
from vm.flow import blocks, kinds, registers, units
from vm.flow.graph import components, depth_first, dominators
from vm.native.plan import Plan
from vm.program import Program

GRAPHS = st.integers(1, 12).flatmap(
    lambda count: st.lists(st.lists(st.integers(0, count - 1), max_size=3), min_size=count, max_size=count)
)


def reached(graph: list[list[int]], roots: list[int], without: int = -1) -> set[int]:
    """Nodes that can be come to without passing one."""
    found: set[int] = set()
    waiting = [root for root in roots if root != without]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [after for after in graph[node] if after != without]
    return found


@given(GRAPHS, st.integers(1, 3))
@settings(max_examples=300, deadline=None)
def test_dominators(graph: list[list[int]], count: int) -> None:
    roots = list(range(min(count, len(graph))))
    order, above = dominators(roots, lambda node: graph[node])
    everything = reached(graph, roots)
    assert set(order) == everything
    dominated = {node: everything - reached(graph, roots, without=node) for node in everything}
    for position, node in enumerate(order):
        strict = {other for other in everything if other != node and node in dominated[other]}
        # The immediate one is that which all the others dominate.
        immediate = max(strict, key=lambda other: len([x for x in strict if other in dominated[x]]), default=None)
        assert (order[above[position]] if above[position] >= 0 else None) == immediate
        assert above[position] < position


@given(GRAPHS)
@settings(max_examples=200, deadline=None)
def test_components(graph: list[list[int]]) -> None:
    found = components(range(len(graph)), lambda node: graph[node])
    place = {node: number for number, component in enumerate(found) for node in component}
    assert sorted(place) == list(range(len(graph)))
    for node in range(len(graph)):
        for other in range(len(graph)):
            both = other in reached(graph, [node]) and node in reached(graph, [other])
            assert (place[node] == place[other]) == both
        assert all(place[after] <= place[node] for after in graph[node])


@given(GRAPHS)
@settings(max_examples=100, deadline=None)
def test_depth_first_parents_lead_to_their_children(graph: list[list[int]]) -> None:
    order, parents = depth_first([0], lambda node: graph[node])
    assert set(order) == reached(graph, [0])
    for position, node in enumerate(order):
        assert parents[node] < position
        assert parents[node] == -1 or node in graph[order[parents[node]]]


def plan_of(text: str, *, float_arguments: bool = True) -> Plan:
    return Plan(Program.load(build(text)), float_arguments=float_arguments)


def unit_named(plan: Plan, name: str) -> units.Unit:
    entry = next(s.value for s in plan.program.object.symbols if s.name == name)
    return plan.by_entry[entry]


def test_every_block_is_in_one_unit_and_is_entered_at_its_entry() -> None:
    for seed in range(60):
        flow = blocks.find(Program.load(build(case(seed).text)))
        found = units.find(flow)
        owner: dict[int, int] = {}
        for entry, unit in found.by_entry.items():
            for block in unit.blocks:
                assert owner.setdefault(block.start, entry) == entry
        assert set(owner) == set(flow.blocks)
        for start, block in flow.blocks.items():
            for after in block.successors:
                if after in owner and owner[after] != owner[start]:
                    assert owner[after] == after
        covered = [i for block in flow.blocks.values() for i in range(block.start, block.end)]
        assert len(covered) == len(set(covered))


def test_every_cycle_of_a_unit_has_a_head() -> None:
    for seed in range(60):
        found = units.find(blocks.find(Program.load(build(case(seed).text))))
        for unit in found.by_entry.values():
            inside = {block.start: block for block in unit.blocks if block.start not in unit.loop_heads}
            graph = {start: [a for a in block.successors if a in inside] for start, block in inside.items()}
            loops = components(graph, graph.__getitem__)
            assert all(len(loop) == 1 and loop[0] not in graph[loop[0]] for loop in loops)


def test_a_shared_end_is_a_unit_of_its_own() -> None:
    plan = plan_of("main: QCALL a\nQCALL b\nQHALT\na: QADD r0, 1\nQJMP done\nb: QADD r0, 2\ndone: QADD r0, 3\nQRET")
    assert unit_named(plan, "a").continuations == (unit_named(plan, "done").entry,)
    assert unit_named(plan, "b").continuations == (unit_named(plan, "done").entry,)


def test_large_units_are_cut() -> None:
    body = "\n".join(f"QADD r1, {k}\nQJEQ r1, 7, l{k}\nQADD r2, 1\nl{k}:" for k in range(units.LARGEST))
    found = units.find(blocks.find(Program.load(build(f"main:\n{body}\nQHALT"))))
    assert len(found.by_entry) > 2
    assert max(unit.size for unit in found.by_entry.values()) <= units.LARGEST + 8


def changed(text: str, name: str) -> tuple[int, int]:
    """What a routine changes and needs, as bits."""
    plan = plan_of(text)
    entry = unit_named(plan, name).entry
    return plan.registers.changed[entry], plan.registers.needed[entry]


def test_what_is_saved_and_restored_is_not_changed() -> None:
    text = "main: QCALL f\nQHALT\nf: QPUSH r4, r5\nQMOV r4, 1\nQADD r5, r4, r0\nQMOV r1, r5\n{}QRET"
    assert changed(text.format("QPOP r5, r4\n"), "f") == (0b10, 0b110001)
    # In the wrong order they are swapped, which is a change.
    assert changed(text.format("QPOP r4, r5\n"), "f")[0] == 0b110010


def test_a_restored_register_of_a_recursion_is_not_changed() -> None:
    text = "main: QCALL f\nQHALT\nf: QJLE r0, 0, out\nQPUSH r4\nQMOV r4, r0\nQSUB r0, 1\nQCALL f\nQADD r0, r4\nQPOP r4\nout: QRET"
    assert changed(text, "f")[0] == 0b1


def test_what_a_call_shows_counts_as_written() -> None:
    text = "main: QCALL f\nQHALT\nf: QPUSH r0\nQMOV r0, 5\nQSYSCALL 1\nQPOP r0\nQRET"
    plan = plan_of(text)
    entry = unit_named(plan, "f").entry
    assert plan.registers.changed[entry] == 0
    assert plan.registers.shown[entry] == 0b1


def test_units_that_do_not_keep_the_stack_are_untidy_and_so_are_their_callers() -> None:
    plan = plan_of(
        "main: QCALL f\nQCALL h\nQHALT\nf: QCALL g\nQRET\ng: QPOP r0\nQPUSH r0, r0\nQRET\nh: QPUSH r1\nQPOP r1\nQRET"
    )
    tidy = {name: unit_named(plan, name).is_tidy for name in ("main", "f", "g", "h")}
    assert tidy == {"main": False, "f": False, "g": False, "h": True}


def kind_after(text: str, register: int, *, float_arguments: bool = True) -> int:
    """The kind of a register at the label ``here``."""
    plan = plan_of(text, float_arguments=float_arguments)
    here = next(s.value for s in plan.program.object.symbols if s.name == "here")
    return plan.kinds.before[here] >> 2 * register & 3


def test_kinds() -> None:
    assert kind_after("QMOV r1, 1.5\nQJMP here\nhere: QHALT", 1) == kinds.REAL
    assert kind_after("QADD r1, r2, r3\nQJMP here\nhere: QHALT", 1) == kinds.INTEGER
    assert kind_after("QMUL r1, r2, 0.5\nQJMP here\nhere: QHALT", 1) == kinds.REAL
    either = "QJEQ r0, 1, other\nQMOV r1, 1.5\nQJMP here\nother: QMOV r1, 2\nhere: QHALT"
    assert kind_after(either, 1) == kinds.EITHER
    # What did not trap as an address was an integer.
    used = "QJEQ r0, 1, other\nQMOV r1, 1.5\nQJMP on\nother: QMOV r1, 2\non: QLOADB r2, [r1]\nQJMP here\nhere: QHALT"
    assert kind_after(used, 1) == kinds.INTEGER


def test_an_argument_is_an_integer_if_all_are() -> None:
    text = "QMOV r0, 0\nQSYSCALL 13\nQJMP here\nhere: QHALT"
    assert kind_after(text, 0, float_arguments=False) == kinds.INTEGER
    assert kind_after(text, 0, float_arguments=True) == kinds.EITHER
    assert kind_after("QSYSCALL 9\nQJMP here\nhere: QHALT", 0, float_arguments=False) == kinds.REAL


def test_register_masks_name_what_the_table_names() -> None:
    assert registers.READS[16] == (2, 3)
    assert registers.WRITES[16] == (1,)
