"""Arrays and records whose elements are all known by name become values in registers."""

from __future__ import annotations

from sigma.builder import replace, tidy
from sigma.ir import FLOAT, INT, Block, Edge, Function, Op

_MOST = 16
"""Words of a place that is taken apart."""
Word = tuple[Op, int]


def promote(function: Function) -> None:
    """Take apart the places in the frame whose address goes nowhere."""
    kinds = _candidates(function)
    if not kinds:
        return
    sources: dict[Block, list[tuple[Block, Edge]]] = {block: [] for block in function.blocks}
    for block in function.blocks:
        for edge in block.edges:
            sources[edge.block].append((block, edge))
    last: dict[tuple[Word, Block], Op] = {}
    for block in function.blocks:
        for op in block.ops:
            if op.code == "store" and (word := (op.args[1], op.imm)) in kinds:
                last[word, block] = op.args[0]
    entering: dict[tuple[Word, Block], Op] = {}
    waiting: list[tuple[Word, Block, Op]] = []

    def at_end(word: Word, block: Block) -> Op:
        passed = []
        while True:
            found = last.get((word, block)) or entering.get((word, block))
            if found is not None:
                break
            passed.append(block)
            ways = sources[block]
            if not ways:
                found = function.const(0.0 if kinds[word] == FLOAT else 0)
                break
            if len(ways) > 1:
                found = Op("param", kinds[word], [])
                block.params.append(found)
                waiting.append((word, block, found))
                break
            block = ways[0][0]
        for each in passed:
            entering[word, each] = found
        return found

    replaced: dict[Op, Op] = {}
    for block in function.blocks:
        now: dict[Word, Op] = {}
        kept = []
        for op in block.ops:
            if op.code == "load" and (word := (op.args[0], op.imm)) in kinds:
                if word not in now:
                    stored = last.pop((word, block), None)
                    now[word] = at_end(word, block)
                    if stored is not None:
                        last[word, block] = stored
                replaced[op] = now[word]
            elif op.code == "store" and (word := (op.args[1], op.imm)) in kinds:
                now[word] = op.args[0]
            else:
                kept.append(op)
        block.ops = kept
    while waiting:
        word, block, param = waiting.pop()
        place = block.params.index(param)
        for source, edge in sources[block]:
            value = at_end(word, source)
            while len(edge.args) <= place:
                edge.args.append(param)
            edge.args[place] = value
    replace(function, replaced)
    taken = {word[0].imm for word in kinds}
    function.slots = [slot for slot in function.slots if slot not in taken]
    tidy(function)


def _candidates(function: Function) -> dict[Word, str]:
    """The words of places that only loads and stores at known distances touch, each as one kind."""
    kinds: dict[Word, str] = {}
    bad: set[Op] = set()
    seen: set[Op] = set()
    for op in function.ops():
        for number, arg in enumerate(op.args):
            if arg.code != "slot":
                continue
            seen.add(arg)
            if op.code not in ("load", "store") or number != len(op.args) - 1 or arg.imm.size > 8 * _MOST or op.imm % 8:
                bad.add(arg)
                continue
            kind = op.type if op.code == "load" else op.args[0].type
            if kinds.setdefault((arg, op.imm), kind) != kind:
                bad.add(arg)
        bad.update(arg for edge in op.edges for arg in edge.args if arg.code == "slot")
    return {word: kind or INT for word, kind in kinds.items() if word[0] not in bad}
