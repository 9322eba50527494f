"""What of a program is worth compiling, from where it was seen to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from vm.flow.blocks import HUB
from vm.flow.graph import depth_first
from vm.flow.units import Unit
from vm.native.plan import Plan

WHOLE: Final = 6000
"""Instructions of a program that is compiled whole; of a larger one, what is hot and what that calls."""
_HEADS: Final = 3
"""Ways in for each place that is open."""
_PLACES: Final = 8


def chosen(plan: Plan, samples: Counter[int]) -> set[int]:
    """Entries of the units to compile: the hottest first, with their callees, until they are as much as a small
    program."""
    if sum(unit.size for unit in plan.by_entry.values()) <= WHOLE:
        return set(plan.by_entry)
    found: set[int] = set()
    size = 0
    for place, _ in samples.most_common():
        waiting = [_unit(plan, place)]
        while waiting:
            unit = waiting.pop()
            if unit is None or unit.entry in found:
                continue
            if size + unit.size > WHOLE and found:
                return found
            found.add(unit.entry)
            size += unit.size
            waiting += [plan.by_entry.get(other) for other in unit.others]
    return found


def resumed(plan: Plan, places: Iterable[int]) -> set[int]:
    """Loop heads at which a running program can go over to compiled code: around each place where a call is open, or
    where it is."""
    heads: set[int] = set()
    for place in list(dict.fromkeys(places))[:_PLACES]:
        unit = _unit(plan, place)
        if unit is not None:
            heads |= set(_around(plan, unit, place))
    return heads


def _unit(plan: Plan, place: int) -> Unit | None:
    """The unit that an instruction is in."""
    owner = plan.owner(place)
    return plan.by_entry.get(owner) if owner is not None else None


def _around(plan: Plan, unit: Unit, place: int) -> list[int]:
    """Heads of the loops around an instruction, the outermost and the innermost ones."""
    starts = plan.starts(unit)
    block = next(b for b in unit.blocks if b.start <= place < b.end)

    def inside(start: int) -> list[int]:
        return [after for after in starts[start].successors if after in starts]

    below, _ = depth_first([block.start], inside)
    # Around a jump through a register there is the hub, which is no instruction: the place itself comes again.
    heads = (block.start if head == HUB else head for head in below if head in unit.loop_heads)
    candidates = [head for head in dict.fromkeys(heads) if head in plan.kinds.before]
    around = []
    for head in candidates:
        reached, _ = depth_first([head], inside)
        if block.start in reached:
            around.append((len(reached), head))
    # An outer loop reaches at least what the loops in it reach.
    ordered = [head for _, head in sorted(around, key=lambda pair: (-pair[0], pair[1]))]
    return ordered if len(ordered) <= _HEADS else [*ordered[: _HEADS - 1], ordered[-1]]
