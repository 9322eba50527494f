"""Where a function saves the registers that belong to its caller: as late as it can, so that a way that needs none of
them costs nothing (Chow: Minimizing Register Usage Penalty at Procedure Calls, 1988, in its simplest form)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sigma.codegen.machine import Code, Inst, Register, Routine
from sigma.ir import Function, Op, reachable
from sigma.passes.analysis import Node, dominates, dominator_tree, dominators


def split_arguments(function: Function) -> None:
    """Where only a part of a function calls others, let its arguments have other registers there: those that outlast
    a call must be saved."""
    blocks = reachable(function)
    above = dominators(blocks)
    calling = [block for block in blocks if any(op.code == "call" for op in block.ops)]
    home = _home(calling, blocks[0], above, lambda block: [edge.block for edge in block.edges])
    if home is None or home is blocks[0]:
        return
    inside = [block for block in blocks if dominates(home, block, above)]
    copies = {param: Op("split", param.type, [param], None, home.ops[0].span) for param in function.params}
    used: set[Op] = set()
    for block in inside:
        for op in block.ops:
            used.update(arg for arg in op.args if arg in copies)
            op.args = [copies.get(arg, arg) for arg in op.args]
            for edge in op.edges:
                used.update(arg for arg in edge.args if arg in copies)
                edge.args = [copies.get(arg, arg) for arg in edge.args]
    home.ops[:0] = [copies[param] for param in function.params if param in used]


def save(routine: Routine, saved: list[Register]) -> None:
    """Save registers before the part of a function that changes them, and bring them back behind it."""
    if not saved:
        return
    blocks = _in_order(routine)
    above = dominator_tree(blocks, lambda block: block.nexts)
    using = [b for b in blocks if any(r in saved for i in b.insts for r in (*i.defined, *i.used))]
    home = _home(using, blocks[0], above, lambda block: block.nexts) or blocks[0]
    inside = _from(home, lambda block: block.nexts)
    for block in inside:
        for place in range(len(block.insts) - 1, -1, -1):
            inst = block.insts[place]
            if inst.word == "QRET":
                block.insts.insert(place, Inst("QPOP", [*reversed(saved)], inst.span))
    span = home.insts[0].span if home.insts else None
    home.insts.insert(0, Inst("QPUSH", [*saved], span))


def _home(
    blocks: list[Node], first: Node, above: dict[Node, Node], nexts: Callable[[Node], Iterable[Node]]
) -> Node | None:
    """The last block that every way to some blocks leads through, that is in no loop, and behind which no way comes
    from before it; None if there are no such blocks."""
    if not blocks:
        return None
    home = blocks[0]
    for block in blocks[1:]:
        while not dominates(home, block, above):
            home = above[home]
    while home is not first:
        inside = _from(home, nexts)
        comes_back = any(following is home for block in inside for following in nexts(block))
        if not comes_back and all(dominates(home, block, above) for block in inside):
            break
        home = above[home]
    return home


def _from(block: Node, nexts: Callable[[Node], Iterable[Node]]) -> set[Node]:
    """The blocks that one leads to, and itself."""
    found = {block}
    todo = [block]
    while todo:
        for following in nexts(todo.pop()):
            if following not in found:
                found.add(following)
                todo.append(following)
    return found


def _in_order(routine: Routine) -> list[Code]:
    """Blocks in reverse postorder."""
    seen = {routine.blocks[0]}
    order: list[Code] = []
    stack = [(routine.blocks[0], iter(routine.blocks[0].nexts))]
    while stack:
        block, nexts = stack[-1]
        for following in nexts:
            if following not in seen:
                seen.add(following)
                stack.append((following, iter(following.nexts)))
                break
        else:
            order.append(block)
            stack.pop()
    return order[::-1]
