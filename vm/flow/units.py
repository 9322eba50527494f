"""Subroutines: the blocks that belong to each, and what it calls.

A *unit* is a stretch of code with one entrance: every block that can only be reached through its entry. Code that two
subroutines share (a common end, the middle of another routine) is a unit of its own that both go on to, as by a call in
last place; so every instruction belongs to exactly one unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from vm.flow.blocks import CALL, CALL_INDIRECT, HUB, JUMP_INDIRECT, POP, PUSH, Block, Flow
from vm.flow.graph import components, depth_first, dominators

LARGEST: Final = 3000
"""Instructions of a unit; a larger one is cut at a block that all control to what follows it passes."""
LARGEST_LOOP: Final = 12_000
"""The same inside a loop: what is cut out of one is called anew in each iteration."""
NESTED: Final = 5
"""Levels of loops that a loop may have inside to be a loop for LLVM too."""
ENTERED: Final = 4
"""Loops with several ways in that a unit may have as they are."""
MOST_SLOTS: Final = 64
"""Values that a unit may hold on the stack to count as tidy."""


@dataclass(eq=False)
class Unit:
    """A subroutine, or a piece of one."""

    entry: int
    blocks: list[Block]
    """In the order of control (preorder)."""
    size: int
    """Instructions."""
    callees: tuple[int, ...]
    """Entries of the units it calls, indirectly too."""
    continuations: tuple[int, ...]
    """Entries of the units that it goes on to."""
    calls: int
    """Call instructions."""
    is_indirect: bool
    """Whether it calls or jumps through a register."""
    retreats: frozenset[tuple[int, int]] = frozenset()
    """Where control goes back, as (last instruction of a block, first of the next): every cycle inside has such
    a step."""
    tangled: frozenset[int] = frozenset()
    """Heads of loops that many loops are inside of, or that have a second way in, as :func:`tangled` finds them."""
    depth: dict[int, int] = field(default_factory=dict)
    """Values on the stack since the entry, by block; empty unless :attr:`is_tidy`."""
    slots: int = 0
    """Most values it holds on the stack at once."""
    is_tidy: bool = True
    """Whether it, and all that it calls, take off the stack exactly what they put there."""
    is_recursive: bool = False
    """Whether it can come to itself through calls and continuations."""

    @cached_property
    def loop_heads(self) -> frozenset[int]:
        """First instructions of the blocks that control goes back to."""
        return frozenset(head for _, head in self.retreats)

    @property
    def others(self) -> tuple[int, ...]:
        """The units that it can come to directly."""
        return self.callees + self.continuations


@dataclass
class Units:
    """A program cut into units."""

    flow: Flow
    by_entry: dict[int, Unit]
    order: list[list[Unit]]
    """Components of units that can come to each other, callees first."""


def _cut(order: list[int], above: list[int], flow: Flow, successors: Callable[[int], list[int]]) -> set[int]:
    """Blocks at which units that are too large are cut: entries of parts of the dominator tree."""
    weight = [flow.blocks[start].end - start for start in order]
    if sum(weight) <= LARGEST:
        return set()
    cycle = {start: number for number, cycle in enumerate(components(order, successors)) for start in cycle}
    cuts: set[int] = set()
    for position in range(len(order) - 1, -1, -1):
        if above[position] < 0:
            continue
        in_loop = cycle[order[position]] == cycle[order[above[position]]]
        if weight[position] > (LARGEST_LOOP if in_loop else LARGEST):
            cuts.add(order[position])
        else:
            weight[above[position]] += weight[position]
    return cuts


def _owners(flow: Flow) -> dict[int, int]:
    """Each block's unit, by first instruction."""

    def successors(start: int) -> list[int]:
        return [after for after in flow.blocks[start].successors if after in flow.blocks]

    order, above = dominators(flow.roots, successors)
    cuts = _cut(order, above, flow, successors)
    if cuts:
        # What a part that was cut out and another part both lead to is an entry from now on.
        order, above = dominators(sorted({*flow.roots, *cuts}), successors)
    owner: dict[int, int] = {}
    for position, start in enumerate(order):
        # In preorder, a dominator comes before what it dominates.
        owner[start] = start if above[position] < 0 else owner[order[above[position]]]
    return owner


def _unit(flow: Flow, entry: int, owner: dict[int, int]) -> Unit:
    blocks = flow.blocks

    def inside(start: int) -> list[int]:
        return [after for after in blocks[start].successors if owner.get(after) == entry]

    order, parents = depth_first([entry], inside)
    callees: set[int] = set()
    calls = 0
    calls_through = is_indirect = False
    for start in order:
        for index in range(start, blocks[start].end):
            row = flow.rows[index]
            if row[0] == CALL:
                callees.add(row[1])
                calls += 1
            elif row[0] == CALL_INDIRECT:
                calls_through = True
                calls += 1
            elif row[0] == JUMP_INDIRECT:
                is_indirect = True
    if calls_through:
        callees.update(flow.taken)
    outside = {after for start in order for after in blocks[start].successors if owner.get(after, entry) != entry}
    retreats = _retreats(order, parents, inside, blocks)
    return Unit(
        entry=entry,
        blocks=[blocks[start] for start in order],
        size=sum(blocks[start].end - start for start in order),
        callees=tuple(sorted(callees)),
        continuations=tuple(sorted(outside)),
        calls=calls,
        is_indirect=is_indirect or calls_through,
        retreats=retreats,
        tangled=frozenset(head for head in tangled(order, parents, inside) if head != HUB) if retreats else frozenset(),
    )


def _last(order: list[int], parents: dict[int, int]) -> list[int]:
    """The last descendant of each block of a depth-first walk: its interval of preorder numbers holds them all."""
    last = list(range(len(order)))
    for position in range(len(order) - 1, 0, -1):
        above = parents[order[position]]
        last[above] = max(last[above], last[position])
    return last


def _retreats(
    order: list[int], parents: dict[int, int], inside: Callable[[int], list[int]], blocks: dict[int, Block]
) -> frozenset[tuple[int, int]]:
    """Where a step goes back to a block that is open in the depth-first walk."""
    number = {start: position for position, start in enumerate(order)}
    last = _last(order, parents)
    return frozenset(
        (blocks[start].end - 1, after)
        for start in order
        for after in inside(start)
        if number[after] <= number[start] <= last[number[after]]
    )


def tangled(order: list[int], parents: dict[int, int], inside: Callable[[int], list[int]]) -> list[int]:
    """Heads of the loops that have more than :data:`NESTED` levels of loops inside, and of those with several ways in
    if there are more than :data:`ENTERED`.

    LLVM takes time by the depth of loops times their length: where jumps back overlap, each loop is inside the ones
    before. P. Havlak: Nesting of reducible and irreducible loops, 1997; almost linear."""
    number = {start: position for position, start in enumerate(order)}
    last = _last(order, parents)
    before: list[list[int]] = [[] for _ in order]
    back: list[list[int]] = [[] for _ in order]
    for position, start in enumerate(order):
        for after in inside(start):
            head = number[after]
            (back if head <= position <= last[head] else before)[head].append(position)
    union = list(range(len(order)))

    def head_of(position: int) -> int:
        """The head of the outermost loop known so far around a block."""
        top = position
        while union[top] != top:
            top = union[top]
        while union[position] != top:
            union[position], position = top, union[position]
        return top

    height = [0] * len(order)
    entered = []
    for head in range(len(order) - 1, -1, -1):
        if not back[head]:
            continue
        body = {head_of(source) for source in back[head]} - {head}
        waiting = list(body)
        ways_in: set[int] = set()
        while waiting:
            for source in before[waiting.pop()]:
                above = head_of(source)
                if not head <= above <= last[head]:
                    ways_in.add(above)
                elif above != head and above not in body:
                    body.add(above)
                    waiting.append(above)
        height[head] = 1 + max((height[block] for block in body), default=0)
        if ways_in:
            entered.append(head)
            # A loop around this one has these ways into it too.
            before[head] += ways_in
        for block in body:
            union[block] = head
    found = {head for head, levels in enumerate(height) if levels > NESTED}
    return [order[head] for head in sorted(found.union(entered if len(entered) > ENTERED else ()))]


def _find_depths(flow: Flow, unit: Unit) -> None:
    """Count what is on the stack at each block; not tidy if that depends on the way, or goes below the entry."""
    depths = {unit.entry: 0}
    most = 0
    inside = {block.start for block in unit.blocks}
    for block in unit.blocks:
        depth = depths[block.start]
        for index in range(block.start, block.end):
            code = flow.rows[index][0]
            if code == PUSH:
                depth += 1
                most = max(most, depth)
            elif code == POP:
                depth -= 1
                if depth < 0:
                    unit.is_tidy = False
                    return
        leaves = not block.successors and flow.op(block.end - 1).name == "QRET"
        if most > MOST_SLOTS or (depth and (leaves or any(after not in inside for after in block.successors))):
            unit.is_tidy = False
            return
        for after in block.successors:
            if depths.setdefault(after, depth) != depth:
                unit.is_tidy = False
                return
    unit.depth, unit.slots = depths, most


def find(flow: Flow) -> Units:
    """Cut a program into units."""
    owner = _owners(flow)
    units = {entry: _unit(flow, entry, owner) for entry in sorted(set(owner.values()))}
    order = [
        [units[entry] for entry in component]
        for component in components(sorted(units), lambda entry: units[entry].others)
    ]
    for component in order:
        for unit in component:
            unit.is_recursive = len(component) > 1 or unit.entry in unit.others
            _find_depths(flow, unit)
        # One that is not tidy makes those untidy that come to it.
        if not all(u.is_tidy and all(units[other].is_tidy for other in u.others) for u in component):
            for unit in component:
                unit.is_tidy = False
                unit.depth, unit.slots = {}, 0
    return Units(flow, units, order)
