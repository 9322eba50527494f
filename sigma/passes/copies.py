"""Copies of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sigma.ir import LEAVES, Block, Edge, Op


def copy_blocks(blocks: Iterable[Block], values: dict[Op, Op], leaf: Callable[[Op], Op]) -> dict[Block, Block]:
    """A copy of each block. ``values`` has what stands in the copies for values of the blocks; those that it lacks are
    added to it. ``leaf`` gives what stands for a constant or an address; what is neither stays what it is, and so do
    blocks that are gone to but are none of these."""
    copies = {block: Block() for block in blocks}
    for block in copies:
        for op in (*block.params, *block.ops):
            if op not in values:
                values[op] = Op(op.code, op.type, [], op.imm, op.span)

    def value(op: Op) -> Op:
        if op.code in LEAVES and op not in values:
            values[op] = leaf(op)
        return values.get(op, op)

    for old, new in copies.items():
        new.params = [values[param] for param in old.params]
        for op in old.ops:
            made = values[op]
            made.args = [value(arg) for arg in op.args]
            made.edges = [Edge(copies.get(e.block, e.block), [value(arg) for arg in e.args]) for e in op.edges]
            new.ops.append(made)
    return copies
