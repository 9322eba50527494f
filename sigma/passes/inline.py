"""Calls of small functions become what the functions do."""

from __future__ import annotations

from typing import Final

from sigma.builder import replace
from sigma.ir import HANDED, NONE, Block, Edge, Function, Op, Program, Slot
from sigma.passes.copies import copy_blocks

SMALL: Final = 24
"""Operations of a function that is expanded wherever it is called."""
ONCE: Final = 400
"""Operations of a function that is expanded where it is called from one place."""
MOST: Final = 4000
"""Operations of a function that nothing more is expanded into."""


def inline(program: Program) -> None:
    """Expand calls, the innermost first; functions that nobody calls any more are taken out."""
    order: list[Function] = []
    seen: set[Function] = set()
    for function in program.functions:
        _visit(function, seen, order)
    calls: dict[Function, int] = {}
    for function in program.functions:
        for op in function.ops():
            if isinstance(op.imm, Function):
                calls[op.imm] = calls.get(op.imm, 0) + 1
    for function in order:
        size = sum(len(block.ops) for block in function.blocks)
        for block in list(function.blocks):
            place = 0
            while place < len(block.ops):
                op = block.ops[place]
                callee = op.imm
                if op.code == "call" and isinstance(callee, Function) and _is_wanted(callee, calls, size):
                    size += sum(len(inner.ops) for inner in callee.blocks)
                    block = _expand(function, block, place)
                    place = 0
                else:
                    place += 1
    _drop(program)


def _visit(function: Function, seen: set[Function], order: list[Function]) -> None:
    """Callees before callers."""
    stack = [(function, iter(list(function.ops())))]
    if function in seen:
        return
    seen.add(function)
    while stack:
        current, ops = stack[-1]
        for op in ops:
            if isinstance(op.imm, Function) and op.imm not in seen:
                seen.add(op.imm)
                stack.append((op.imm, iter(list(op.imm.ops()))))
                break
        else:
            order.append(current)
            stack.pop()


def _is_wanted(callee: Function, calls: dict[Function, int], size: int) -> bool:
    if callee.is_recursive or callee.is_main or size > MOST:
        return False
    count = sum(len(block.ops) for block in callee.blocks)
    # Arguments and results that have no register go through memory: each costs four instructions.
    many = max(len(callee.params) - HANDED, 0) + max(len(callee.results) - HANDED, 0)
    return count <= SMALL + 4 * many or (calls.get(callee) == 1 and count <= ONCE)


def _expand(function: Function, block: Block, place: int) -> Block:
    """Put a callee's blocks in the place of a call; the block that goes on behind it."""
    call = block.ops[place]
    callee: Function = call.imm
    after = Block()
    after.ops = block.ops[place + 1 :]
    slots: dict[Slot, Op] = {}

    def leaf(op: Op) -> Op:
        if op.code == "const":
            return function.const(op.imm)
        if op.code == "addr":
            return function.addr(*op.imm)
        return slots.get(op.imm) or slots.setdefault(op.imm, function.slot(op.imm.size))

    copies = copy_blocks(callee.blocks, dict(zip(callee.params, call.args, strict=True)), leaf)
    copies[callee.blocks[0]].params = []
    results = [Op("param", kind, []) for kind in callee.results]
    after.params = results
    for new in copies.values():
        if new.end.code == "return":
            end = Op("jump", NONE, [], None, new.end.span)
            end.edges = [Edge(after, new.end.args)]
            new.ops[-1] = end
    enter = Op("jump", NONE, [], None, call.span)
    enter.edges = [Edge(copies[callee.blocks[0]])]
    block.ops[place:] = [enter]
    at = function.blocks.index(block) + 1
    function.blocks[at:at] = [*copies.values(), after]
    replaced = {op: results[op.imm] for op in after.ops if op.code == "result" and op.args[0] is call}
    after.ops = [op for op in after.ops if op not in replaced]
    replace(function, replaced)
    return after


def _drop(program: Program) -> None:
    wanted: set[Function] = set()
    todo = [f for f in program.functions if f.is_main or f.is_exported]
    while todo:
        function = todo.pop()
        if function not in wanted:
            wanted.add(function)
            todo += [op.imm for op in function.ops() if isinstance(op.imm, Function)]
    program.functions = [function for function in program.functions if function in wanted]
