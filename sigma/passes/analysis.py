"""Dominators and loops."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from sigma.ir import Block, Function, reachable

Node = TypeVar("Node", bound=Hashable)


def dominators(blocks: list[Block]) -> dict[Block, Block]:
    """The immediate dominator of each block; the first block's is itself. ``blocks`` are in reverse postorder."""
    return dominator_tree(blocks, lambda block: [edge.block for edge in block.edges])


def dominator_tree(blocks: list[Node], nexts: Callable[[Node], Iterable[Node]]) -> dict[Node, Node]:
    """The same for any graph in reverse postorder (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm,
    2001)."""
    number = {block: place for place, block in enumerate(blocks)}
    sources: dict[Node, list[Node]] = {block: [] for block in blocks}
    for block in blocks:
        for following in nexts(block):
            sources[following].append(block)
    found = {blocks[0]: blocks[0]}
    changed = True
    while changed:
        changed = False
        for block in blocks[1:]:
            known = [source for source in sources[block] if source in found]
            best = known[0]
            for other in known[1:]:
                while best is not other:
                    while number[other] > number[best]:
                        other = found[other]
                    while number[best] > number[other]:
                        best = found[best]
            if found.get(block) is not best:
                found[block] = best
                changed = True
    return found


def dominates(above: Node, block: Node, found: dict[Node, Node]) -> bool:
    """Whether every way to a block leads through another."""
    while block is not above:
        up = found[block]
        if up is block:
            return False
        block = up
    return True


def spans(above: dict[Node, Node]) -> dict[Node, tuple[int, int]]:
    """For each node its number in the dominator tree, and the last one below it: so dominance is asked at once, however
    deep the tree is."""
    below: dict[Node, list[Node]] = {node: [] for node in above}
    stack: list[tuple[Node, bool]] = []
    for node, over in above.items():
        if node is over:
            stack.append((node, False))
        else:
            below[over].append(node)
    first: dict[Node, int] = {}
    found: dict[Node, tuple[int, int]] = {}
    while stack:
        node, is_left = stack.pop()
        if is_left:
            found[node] = first[node], len(first) - 1
            continue
        first[node] = len(first)
        stack.append((node, True))
        stack += [(child, False) for child in below[node]]
    return found


def is_above(above: Node, node: Node, found: dict[Node, tuple[int, int]]) -> bool:
    """Whether every way to a node leads through another, by their spans."""
    first, last = found[above]
    return first <= found[node][0] <= last


def loops(function: Function) -> dict[Block, set[Block]]:
    """The blocks of each natural loop, by its head."""
    blocks = reachable(function)
    found = spans(dominators(blocks))
    sources: dict[Block, list[Block]] = {block: [] for block in blocks}
    for block in blocks:
        for edge in block.edges:
            sources[edge.block].append(block)
    bodies: dict[Block, set[Block]] = {}
    for block in blocks:
        for edge in block.edges:
            head = edge.block
            if not is_above(head, block, found):
                continue
            body = bodies.setdefault(head, {head})
            todo = [block]
            while todo:
                inside = todo.pop()
                if inside not in body:
                    body.add(inside)
                    todo += sources[inside]
    return bodies


def depths(function: Function) -> dict[Block, int]:
    """How many loops are around each block."""
    found = dict.fromkeys(function.blocks, 0)
    for body in loops(function).values():
        for block in body:
            found[block] += 1
    return found
