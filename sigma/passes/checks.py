"""Checks of indices and branches whose outcome is certain."""

from __future__ import annotations

from sigma.ir import Function, Op, reachable
from sigma.passes.inequalities import Inequalities, Place


def remove_checks(function: Function) -> bool:
    """Take out checks that hold; branches that always go one way become jumps."""
    known = Inequalities(function)
    changed = False
    for block in function.blocks:
        gone: set[Op] = set()
        for number, op in enumerate(block.ops):
            at = Place(block, number)
            if op.code == "bound" and known.is_inside(op.args[0], op.args[1], at):
                gone.add(op)
            elif op.code == "branch" and (way := known.way(op, at)) is not None:
                op.edges = [op.edges[way]]
                op.code, op.args, op.imm = "jump", [], None
                changed = True
        if gone:
            block.ops = [op for op in block.ops if op not in gone]
            changed = True
    function.blocks = reachable(function)
    return changed
