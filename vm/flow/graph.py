"""Two graph algorithms: dominators and strongly connected components. Neither recurses."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

_Node = TypeVar("_Node", bound=Hashable)


def depth_first(
    roots: Iterable[_Node], successors: Callable[[_Node], Sequence[_Node]]
) -> tuple[list[_Node], dict[_Node, int]]:
    """Nodes in preorder, and each one's parent as an index into it (-1 for a root)."""
    order: list[_Node] = []
    parent: dict[_Node, int] = {}
    waiting: list[tuple[_Node, int]] = [(root, -1) for root in reversed(list(roots))]
    while waiting:
        node, above = waiting.pop()
        if node in parent:
            continue
        parent[node] = above
        position = len(order)
        order.append(node)
        waiting.extend((after, position) for after in reversed(successors(node)) if after not in parent)
    return order, parent


def dominators(roots: Sequence[_Node], successors: Callable[[_Node], Sequence[_Node]]) -> tuple[list[_Node], list[int]]:
    """Nodes in preorder, and the position of each one's immediate dominator; -1 where no node alone dominates it.

    T. Lengauer, R. E. Tarjan: A fast algorithm for finding dominators in a flowgraph, 1979; the simple version,
    O(m log n), below one node above all roots."""
    order, parents = depth_first(roots, successors)
    # Numbers are one more than positions: 0 is the node above the roots.
    number = {node: position + 1 for position, node in enumerate(order)}
    count = len(order) + 1
    parent = [0] + [parents[node] + 1 for node in order]
    before: list[list[int]] = [[] for _ in range(count)]
    for root in roots:
        before[number[root]].append(0)
    for position, node in enumerate(order):
        for after in successors(node):
            before[number[after]].append(position + 1)
    semi = list(range(count))
    best = list(range(count))
    ancestor = [-1] * count
    idom = [0] * count
    bucket: list[list[int]] = [[] for _ in range(count)]

    def lowest(start: int) -> int:
        """The node of least semidominator on the way up, shortening the way."""
        path = []
        here = start
        while ancestor[here] != -1 and ancestor[ancestor[here]] != -1:
            path.append(here)
            here = ancestor[here]
        for below in reversed(path):
            above = ancestor[below]
            if semi[best[above]] < semi[best[below]]:
                best[below] = best[above]
            ancestor[below] = ancestor[above]
        return best[start]

    for here in range(count - 1, 0, -1):
        for previous in before[here]:
            found = lowest(previous) if ancestor[previous] != -1 else previous
            semi[here] = min(semi[here], semi[found])
        bucket[semi[here]].append(here)
        above = ancestor[here] = parent[here]
        for waiting in bucket[above]:
            found = lowest(waiting)
            idom[waiting] = found if semi[found] < semi[waiting] else above
        bucket[above].clear()
    for here in range(1, count):
        if idom[here] != semi[here]:
            idom[here] = idom[idom[here]]
    return order, [above - 1 for above in idom[1:]]


def components(nodes: Iterable[_Node], successors: Callable[[_Node], Iterable[_Node]]) -> list[list[_Node]]:
    """Strongly connected components, each after those it leads to (R. E. Tarjan, 1972)."""
    index: dict[_Node, int] = {}
    low: dict[_Node, int] = {}
    open_: set[_Node] = set()
    stack: list[_Node] = []
    found: list[list[_Node]] = []
    for start in nodes:
        if start in index:
            continue
        index[start] = low[start] = len(index)
        stack.append(start)
        open_.add(start)
        work = [(start, iter(successors(start)))]
        while work:
            node, rest = work[-1]
            for after in rest:
                if after not in index:
                    index[after] = low[after] = len(index)
                    stack.append(after)
                    open_.add(after)
                    work.append((after, iter(successors(after))))
                    break
                if after in open_:
                    low[node] = min(low[node], index[after])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        open_.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    found.append(component)
    return found
