"""What is the same in each turn of a loop is calculated once, before it."""

from __future__ import annotations

from typing import Final

from sigma.ir import PURE, Function, Op, can_trap
from sigma.passes.loops import Loop, find_loops

_EFFECTS: Final = frozenset({"store", "call", "sys", "asm", "result", "load", "bound"})
"""What a check of an index must not be moved across: it is seen before the check traps, or traps itself."""


def hoist(function: Function) -> bool:
    """In every loop, the inner ones first: so what is fixed goes as far out as it can."""
    changed = False
    for loop in find_loops(function):
        for block in function.blocks:
            if block in loop.body:
                kept: list[Op] = []
                for op in block.ops:
                    if _is_fixed(loop, op):
                        loop.inside.discard(loop.add_before(op))
                        changed = True
                    else:
                        kept.append(op)
                block.ops = kept
        changed = _checks(loop) or changed
    return changed


def _is_fixed(loop: Loop, op: Op) -> bool:
    return op.code in PURE and not can_trap(op) and all(loop.is_fixed(arg) for arg in op.args)


def _checks(loop: Loop) -> bool:
    """Checks of fixed indices that every run of the loop does first."""
    ops = loop.head.ops
    changed = False
    for op in list(ops):
        if op.code == "bound" and all(loop.is_fixed(arg) for arg in op.args):
            ops.remove(op)
            loop.inside.discard(loop.add_before(op))
            changed = True
        elif op.code in _EFFECTS or op.code not in PURE or can_trap(op):
            break
    return changed
