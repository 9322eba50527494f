"""A function that ends by calling itself goes back to its start instead."""

from __future__ import annotations

from sigma.ir import NONE, Block, Edge, Function, Op


def loop_tail_calls(function: Function) -> bool:
    """Calls whose results are the function's own become jumps. A function with a frame keeps its calls: an argument
    may lie there."""
    if function.slots:
        return False
    found = [(block, place) for block in function.blocks if (place := _tail_call(function, block)) is not None]
    if not found:
        return False
    start = function.blocks[0]
    entry = Block()
    entry.params = [Op("param", param.type, []) for param in start.params]
    entry.ops = [Op("jump", NONE, [], None, function.span)]
    entry.ops[0].edges = [Edge(start, list(entry.params))]
    function.blocks.insert(0, entry)
    for block, place in found:
        call = block.ops[place]
        jump = Op("jump", NONE, [], None, call.span)
        jump.edges = [Edge(start, list(call.args))]
        block.ops[place:] = [jump]
    return True


def _tail_call(function: Function, block: Block) -> int | None:
    """Where a block calls the function itself and returns what that gave."""
    end = block.end
    if end.code != "return":
        return None
    place = len(block.ops) - 2
    results: list[Op] = []
    while place >= 0 and block.ops[place].code == "result":
        results.insert(0, block.ops[place])
        place -= 1
    if place < 0 or block.ops[place].code != "call" or block.ops[place].imm is not function:
        return None
    call = block.ops[place]
    by_number = {op.imm: op for op in results if op.args[0] is call}
    if [by_number.get(number) for number in range(len(end.args))] != list(end.args):
        return None
    return place
