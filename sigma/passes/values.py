"""Values that are calculated already are not calculated again, constants are folded, checks that hold are taken out."""

from __future__ import annotations

from typing import Any, Final

from sigma.builder import replace
from sigma.ir import LOADS, PURE, Block, Function, Op, can_trap, is_removable, reachable
from sigma.passes.analysis import dominators, is_above, spans
from sigma.passes.fold import fold, fold_branch

_WORD: Final = 8
"""Bytes of a word."""
Words = dict[Op, dict[int, dict[str, Op]]]
"""What is known of memory: by base, distance and kind of load, the value that is there."""


def number_values(function: Function) -> bool:
    """Fold, and use values again where they are known on every way."""
    blocks = function.blocks = reachable(function)
    above = spans(dominators(blocks))
    known: dict[Any, list[tuple[Op, Block]]] = {}
    replaced: dict[Op, Op] = {}
    for block in blocks:
        kept = []
        words: Words = {}
        for op in block.ops:
            op.args = [_root(replaced, arg) for arg in op.args]
            for edge in op.edges:
                edge.args = [_root(replaced, arg) for arg in edge.args]
            if op.code == "branch":
                _settle(op)
            elif op.code not in PURE:
                is_known = op.code == "bound" and (_is_plain(op) or _same(op, known, above, block) is not None)
                if not is_known and not _memory(op, words, replaced):
                    kept.append(op)
                continue
            elif op.code in PURE:
                found = fold(function, op)
                if found is None and not can_trap(op):
                    found = _same(op, known, above, block)
                if found is not None:
                    replaced[op] = found
                    continue
            kept.append(op)
        block.ops = kept
    replace(function, replaced)
    function.blocks = reachable(function)
    return True


def _root(replaced: dict[Op, Op], op: Op) -> Op:
    while op in replaced:
        op = replaced[op]
    return op


def _is_plain(op: Op) -> bool:
    """Whether a check of a constant holds."""
    index, length = op.args
    return index.code == length.code == "const" and 0 <= index.imm < length.imm


def _settle(op: Op) -> None:
    """A branch whose way is known is a jump."""
    way = fold_branch(op)
    if way is not None or (op.edges[0].block is op.edges[1].block and op.edges[0].args == op.edges[1].args):
        op.edges = [op.edges[way or 0]]
        op.code, op.args, op.imm = "jump", [], None


def _same(
    op: Op, known: dict[Any, list[tuple[Op, Block]]], above: dict[Block, tuple[int, int]], block: Block
) -> Op | None:
    """The same value, calculated on every way here."""
    key = (op.code, op.type, tuple(map(id, op.args)), op.imm)
    for other, where in known.setdefault(key, []):
        if is_above(where, block, above):
            return other
    known[key].append((op, block))
    return None


def _memory(op: Op, words: Words, replaced: dict[Op, Op]) -> bool:
    """Inside of a block, a word that was stored or loaded is known until something may change it; whether the
    operation is one of those."""
    if op.code in LOADS:
        kinds = words.setdefault(op.args[0], {}).setdefault(op.imm, {})
        kind = op.code + op.type
        if kind in kinds:
            replaced[op] = kinds[kind]
            return True
        kinds[kind] = op
    elif op.code in ("store", "storeb"):
        value, base = op.args
        # The same base at another distance is another word; any other base may be anywhere.
        known = words.get(base, {})
        words.clear()
        words[base] = known
        for distance in range(op.imm - _WORD + 1, op.imm + _WORD):
            known.pop(distance, None)
        if op.code == "store":
            known[op.imm] = {"load" + value.type: value}
    elif op.code in ("call", "asm", "sys", "QSAMPLE"):
        words.clear()
    return False


def remove_dead(function: Function) -> bool:
    """Take out calculations that nobody reads."""
    wanted: set[Op] = set()
    todo: list[Op] = []
    sources: dict[Op, list[Op]] = {}
    for block in function.blocks:
        for edge in block.edges:
            for param, arg in zip(edge.block.params, edge.args, strict=True):
                sources.setdefault(param, []).append(arg)
        todo += [op for op in block.ops if not is_removable(op)]
    while todo:
        op = todo.pop()
        if op in wanted:
            continue
        wanted.add(op)
        todo += op.args
        todo += sources.get(op, [])
    for block in function.blocks:
        block.ops = [op for op in block.ops if op in wanted or not is_removable(op)]
    for block in function.blocks:
        for edge in block.edges:
            edge.args = [arg for param, arg in zip(edge.block.params, edge.args, strict=True) if param in wanted]
    for block in function.blocks[1:]:
        block.params = [param for param in block.params if param in wanted]
    return True
