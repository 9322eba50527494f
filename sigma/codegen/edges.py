"""Moves of an edge that goes back to a loop's head stand before the branch where nobody sees that, so that the loop
goes back by one jump."""

from __future__ import annotations

from sigma.codegen.allocate import entering
from sigma.codegen.machine import Code, Inst, Routine


def move_up(routine: Routine) -> None:
    """In every block that ends with a branch to a block of moves that goes back."""
    live = entering(routine)
    number = {block.label: place for place, block in enumerate(routine.blocks)}
    by_label = {block.label: block for block in routine.blocks}
    for block in routine.blocks:
        if len(block.insts) < 2 or not block.insts[-2].target or block.insts[-1].word != "QJMP":
            continue
        branch, jump = block.insts[-2:]
        for inst, other in ((branch, jump), (jump, branch)):
            between, leaving = by_label.get(inst.target), by_label.get(other.target)
            if between is None or leaving is None or not _goes_back(between, block, number):
                continue
            moves = between.insts[:-1]
            changed = {register for move in moves for register in move.defined}
            is_seen = any(live[leaving] >> register & 1 for register in changed)
            if leaving.depth < block.depth and not is_seen and not changed & set(branch.used):
                _shift(block, inst, between, moves)
                break


def _goes_back(between: Code, block: Code, number: dict[str, int]) -> bool:
    """Whether a block only moves registers, and then goes on at or before another."""
    insts = between.insts
    if len(insts) < 2 or insts[-1].word != "QJMP" or any(inst.word != "QMOV" for inst in insts[:-1]):
        return False
    return number[insts[-1].target] <= number[block.label]


def _shift(block: Code, inst: Inst, between: Code, moves: list[Inst]) -> None:
    block.insts[-2:-2] = moves
    target = between.nexts[0]
    block.nexts = [target if following is between else following for following in block.nexts]
    inst.target = target.label
    between.insts = between.insts[-1:]
