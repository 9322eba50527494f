"""Blocks: those in a row become one."""

from __future__ import annotations

from sigma.builder import replace, tidy
from sigma.ir import Function, Op, predecessors


def merge_blocks(function: Function) -> bool:
    """A block that one way leads to, from a block that goes nowhere else, is the rest of that block."""
    tidy(function)
    edges = predecessors(function.blocks)
    replaced: dict[Op, Op] = {}
    gone = set()
    for block in function.blocks:
        if block in gone:
            continue
        while block.end.code == "jump":
            edge = block.end.edges[0]
            following = edge.block
            if following is block or following is function.blocks[0] or len(edges[following]) != 1:
                break
            replaced.update(zip(following.params, edge.args, strict=True))
            block.ops[-1:] = following.ops
            gone.add(following)
    function.blocks = [block for block in function.blocks if block not in gone]
    replace(function, replaced)
    return True
