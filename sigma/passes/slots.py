"""Arrays and records whose elements are all known by name become values in registers. What a call is handed the address
of is in its place while the call runs, where that costs less than it saves."""

from __future__ import annotations

from sigma.builder import replace, tidy
from sigma.ir import FLOAT, INT, NONE, Block, Edge, Function, Op
from sigma.passes.analysis import depths

_MOST = 16
"""Words of a place that is taken apart."""
Word = tuple[Op, int]


def promote(function: Function) -> bool:
    """Take apart the places in the frame whose address goes nowhere."""
    kinds, calls = _candidates(function)
    if not kinds:
        return False
    in_memory = _hand_over(function, kinds, calls)
    sources: dict[Block, list[tuple[Block, Edge]]] = {block: [] for block in function.blocks}
    for block in function.blocks:
        for edge in block.edges:
            sources[edge.block].append((block, edge))
    last: dict[tuple[Word, Block], Op] = {}
    for block in function.blocks:
        for op in block.ops:
            if op.code == "store" and op not in in_memory and (word := (op.args[1], op.imm)) in kinds:
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
            if op in in_memory:
                kept.append(op)
            elif op.code == "load" and (word := (op.args[0], op.imm)) in kinds:
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
    taken = {word[0].imm for word in kinds} - {slot.imm for slots in calls.values() for slot in slots}
    function.slots = [slot for slot in function.slots if slot not in taken]
    tidy(function)
    return True


Calls = dict[Op, list[Op]]
"""Calls, and the places whose addresses they are handed."""


def _candidates(function: Function) -> tuple[dict[Word, str], Calls]:
    """The words of places that only loads and stores at known distances touch, each as one kind, and calls."""
    kinds: dict[Word, str] = {}
    calls: Calls = {}
    bad: set[Op] = set()
    parts = _parts(function)
    around = depths(function)
    gain: dict[Op, int] = {}
    for block in function.blocks:
        weight = 10 ** min(around[block], 4)
        for op in block.ops:
            for number, arg in enumerate(op.args):
                slot = parts.get(arg, arg)
                if slot.code != "slot" or op in parts:
                    continue
                if op.code == "call":
                    calls.setdefault(op, []).append(slot)
                    gain[slot] = gain.get(slot, 0) - 2 * weight * (slot.imm.size // 8)
                    continue
                is_plain = op.code in ("load", "store") and number == len(op.args) - 1 and slot is arg
                if not is_plain or slot.imm.size > 8 * _MOST or op.imm % 8:
                    bad.add(slot)
                    continue
                gain[slot] = gain.get(slot, 0) + weight
                kind = op.type if op.code == "load" else op.args[0].type
                if kinds.setdefault((slot, op.imm), kind) != kind:
                    bad.add(slot)
            bad.update(parts.get(arg, arg) for edge in op.edges for arg in edge.args)
    handed = {slot for slots in calls.values() for slot in slots}
    bad |= {slot for slot in handed if gain[slot] <= 0}
    kinds = {word: kind or INT for word, kind in kinds.items() if word[0] not in bad}
    good = {word[0] for word in kinds}
    return kinds, {call: [slot for slot in slots if slot in good] for call, slots in calls.items()}


def _parts(function: Function) -> dict[Op, Op]:
    """Addresses inside of a place, and the place."""
    return {
        op: op.args[0]
        for op in function.ops()
        if op.code == "QADD" and op.args[0].code == "slot" and op.args[1].code == "const"
    }


def _hand_over(function: Function, kinds: dict[Word, str], calls: Calls) -> set[Op]:
    """Around calls that are handed the address of a place: put its words there, and take them back. The loads and
    stores that really are done."""
    found: set[Op] = set()
    for block in function.blocks:
        kept: list[Op] = []
        back: list[Op] = []
        for op in block.ops:
            if op.code != "result":
                kept += back
                back = []
            words = [word for word in kinds if word[0] in calls.get(op, ())]
            for slot, distance in words:
                value = Op("load", kinds[slot, distance], [slot], distance, op.span)
                put = Op("store", NONE, [value, slot], distance, op.span)
                taken = Op("load", value.type, [slot], distance, op.span)
                found |= {put, taken}
                kept += [value, put]
                back += [taken, Op("store", NONE, [taken, slot], distance, op.span)]
            kept.append(op)
        block.ops = kept
    return found
