"""The order in which blocks stand, and the jumps that it needs."""

from __future__ import annotations

from typing import Final

from sigma.codegen.machine import Code, Inst, Routine

_OPPOSITE: Final = {
    "QJEQ": "QJNE", "QJNE": "QJEQ", "QJLT": "QJGE", "QJGE": "QJLT", "QJGT": "QJLE", "QJLE": "QJGT", "QJLTU": "QJGEU",
}  # fmt: skip


def ordered(routine: Routine) -> list[Code]:
    """Blocks without those that only jump on. Each stands before what it leads to, and a loop in one piece before what
    comes behind it: ways out are followed first, in reverse postorder."""
    _skip_empty(routine)
    by_label = {block.label: block for block in routine.blocks}
    first = routine.blocks[0]
    seen = {first.label}
    order: list[Code] = []
    stack = [(first, iter(_nexts(first, by_label)))]
    while stack:
        block, nexts = stack[-1]
        for following in nexts:
            if following.label not in seen:
                seen.add(following.label)
                stack.append((following, iter(_nexts(following, by_label))))
                break
        else:
            order.append(block)
            stack.pop()
    return order[::-1]


def _nexts(block: Code, by_label: dict[str, Code]) -> list[Code]:
    """Where a block goes on, what should stand right behind it last."""
    jumps = [inst for inst in block.insts if inst.word[:2] == "QJ" and inst.target]
    if jumps and can_turn(jumps[0]):
        jumps.reverse()
    return sorted((by_label[inst.target] for inst in jumps), key=lambda following: following.depth)


def _skip_empty(routine: Routine) -> None:
    """Let jumps to blocks that only jump on go where those go."""
    empty: dict[str, Code] = {}

    def last(label: str) -> str:
        while label in empty:
            label = empty[label].label
        return label

    for block in routine.blocks[1:]:
        # A circle of empty blocks is a loop without an end, and one of them stays.
        if len(block.insts) == 1 and block.insts[0].word == "QJMP" and last(block.nexts[0].label) != block.label:
            empty[block.label] = block.nexts[0]
    for inst in routine.insts():
        if inst.word[:2] == "QJ":
            inst.target = last(inst.target)


def jumps(block: Code, following: str, depths: dict[str, int]) -> list[Inst]:
    """A block's instructions, without the jump to what follows. Of two ways that both need a jump, the one that stays
    in a loop goes by the first."""
    insts = block.insts
    if not insts or insts[-1].word != "QJMP":
        return insts
    if len(insts) < 2 or insts[-2].word not in _OPPOSITE or not insts[-2].target:
        return _without(insts, following)
    branch, jump = insts[-2], insts[-1]
    if branch.target == jump.target:
        return _without([*insts[:-2], jump], following)
    stays = jump.target != following and depths[jump.target] > depths[branch.target]
    if can_turn(branch) and (branch.target == following or stays):
        turned = Inst(_OPPOSITE[branch.word], branch.operands, branch.span, target=jump.target)
        onwards = Inst("QJMP", [], jump.span, target=branch.target)
        return _without([*insts[:-2], turned, onwards], following)
    return _without(insts, following)


def can_turn(branch: Inst) -> bool:
    """Whether its opposite jumps exactly where it does not."""
    return not branch.may_be_nan or branch.word in ("QJEQ", "QJNE")


def _without(insts: list[Inst], following: str) -> list[Inst]:
    return insts[:-1] if insts[-1].target == following else insts
