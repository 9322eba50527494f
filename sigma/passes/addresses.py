"""Addresses in one form: numbers come out of sums and products to the end, where a load or a store takes them."""

from __future__ import annotations

from typing import Final

from sigma import constants
from sigma.ir import INT, LEAVES, MEMORY, Function, Op

_SUMS: Final = frozenset({"QADD", "QSUB", "QMUL", "QSHL"})


def arrange(function: Function) -> bool:
    """In every block. The operations that this leaves without a reader go with the dead ones."""
    parts = _parts(function)
    # A sum that is needed as it is stays a sum: the value before it would have to be kept beside it.
    needed = {arg for op in function.ops() if op not in parts for arg in _read(op)}
    changed = False
    for block in function.blocks:
        kept: list[Op] = []
        for op in block.ops:
            if op.code in MEMORY:
                changed = _address(op, needed) or changed
            elif op in parts:
                kept += _outwards(function, op, needed)
            kept.append(op)
        changed = changed or len(kept) != len(block.ops)
        block.ops = kept
    return changed


def _parts(function: Function) -> set[Op]:
    """What addresses are calculated from, where a number in them costs nothing: beside a fixed address, or where the
    sum must be calculated anyway."""
    found: set[Op] = set()
    todo = [op.args[-1] for op in function.ops() if op.code in MEMORY and _takes_number(op)]
    while todo:
        op = todo.pop()
        if op.code in _SUMS and op not in found:
            found.add(op)
            todo += op.args
    return found


def _takes_number(op: Op) -> bool:
    """Whether an address can have a number beside what a register holds."""
    base = op.args[-1]
    return op.imm != 0 or base.code != "QADD" or any(arg.code in LEAVES for arg in base.args)


def _read(op: Op) -> list[Op]:
    """What an operation reads but for addresses."""
    args = op.args[:-1] if op.code in MEMORY else op.args
    return [*args, *(arg for edge in op.edges for arg in edge.args)]


def _split(op: Op, needed: set[Op]) -> tuple[Op, int] | None:
    """A value and a number that it is the sum of."""
    if op in needed:
        return None
    if op.code == "QADD" and op.type == INT and op.args[1].code == "const":
        return op.args[0], op.args[1].imm
    return None


def _address(op: Op, needed: set[Op]) -> bool:
    """``[x + 8] + 16`` is ``[x] + 24``."""
    before = op.args[-1]
    while (found := _split(op.args[-1], needed)) is not None:
        op.args[-1], number = found
        op.imm = constants.wrap(op.imm + number)
    return op.args[-1] is not before


def _outwards(function: Function, op: Op, needed: set[Op]) -> list[Op]:
    """``(x + 1) << 3`` is ``(x << 3) + 8``, and ``(x + 1) + y`` is ``(x + y) + 1``: what must be calculated before."""
    if op.type != INT or op.code not in _SUMS:
        return []
    left, right = op.args
    if op.code == "QADD" and right.code != "const":
        found = _split(left, needed)
        if found is None:
            found = _split(right, needed)
            if found is None:
                return []
            right = left
        inner = Op("QADD", INT, [found[0], right], None, op.span)
        number = found[1]
    elif op.code == "QSUB" and (found := _split(left, needed)) is not None:
        inner = Op("QSUB", INT, [found[0], right], None, op.span)
        number = found[1]
    elif op.code in ("QMUL", "QSHL") and right.code == "const" and (found := _split(left, needed)) is not None:
        inner = Op(op.code, INT, [found[0], right], None, op.span)
        number = found[1] * right.imm if op.code == "QMUL" else found[1] << (right.imm & 63)
    else:
        return []
    op.code, op.args = "QADD", [inner, function.const(constants.wrap(number))]
    return [*_outwards(function, inner, needed), inner]
