"""Proves that a function in the intermediate form is sound. What it finds is a fault of the compiler."""

from __future__ import annotations

from sigma.ir import ENDS, LEAVES, Block, Function, Op, reachable
from sigma.passes.analysis import dominators, is_above, spans


class BrokenIRError(Exception):
    """A function that is not sound."""


def verify(function: Function) -> None:
    """Raise :class:`BrokenIRError` unless every block ends once, every edge has an argument for each parameter, and
    every value is calculated on every way to where it is read."""
    blocks = reachable(function)
    above = spans(dominators(blocks))
    where: dict[Op, tuple[Block, int]] = {}
    for block in blocks:
        for param in block.params:
            where[param] = block, -1
        for place, op in enumerate(block.ops):
            where[op] = block, place
    for block in blocks:
        _shape(function, block)
        for place, op in enumerate(block.ops):
            for arg in op.args:
                _reads(function, arg, (block, place), where, above)
            for edge in op.edges:
                for arg, param in zip(edge.args, edge.block.params, strict=True):
                    _reads(function, arg, (block, place), where, above)
                    if arg.type != param.type:
                        raise BrokenIRError(f"{function.name}: an edge gives {arg.type!r} for {param.type!r}")


def _shape(function: Function, block: Block) -> None:
    if not block.ops or block.end.code not in ENDS or any(op.code in ENDS for op in block.ops[:-1]):
        raise BrokenIRError(f"{function.name}: a block must have one end")
    for edge in block.edges:
        if len(edge.args) != len(edge.block.params):
            raise BrokenIRError(f"{function.name}: an edge has {len(edge.args)} arguments for {len(edge.block.params)}")


def _reads(
    function: Function,
    arg: Op,
    at: tuple[Block, int],
    where: dict[Op, tuple[Block, int]],
    above: dict[Block, tuple[int, int]],
) -> None:
    if arg.code in LEAVES:
        return
    found = where.get(arg)
    if found is None:
        raise BrokenIRError(f"{function.name}: {arg.code} is read and stands nowhere")
    block, place = found
    is_before = place < at[1] if block is at[0] else is_above(block, at[0], above)
    if not is_before:
        raise BrokenIRError(f"{function.name}: {arg.code} is read before it is calculated")
