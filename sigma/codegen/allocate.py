"""Chooses registers: colours a graph in which two registers that live at the same time are neighbours.

Moves are taken out first where the graph stays as easy to colour (Briggs; George), what finds no colour lives in memory
(Chaitin; George and Appel: Iterated Register Coalescing, 1996)."""

from __future__ import annotations

from collections.abc import Callable

from sigma.codegen.machine import COLOURS, Code, Inst, Mem, Operand, Register, Routine


def allocate(
    routine: Routine, kinds: dict[Register, str], place: Callable[[int], Mem], fixed: set[Register]
) -> list[Register]:
    """Put registers into the instructions; the registers that are used. ``kinds`` says which hold floats, ``place``
    gives the memory of a spilled value, ``fixed`` are never spilled."""
    while True:
        colouring = _Colouring(routine, fixed)
        spilled = colouring.run()
        if not spilled:
            break
        _spill(routine, spilled, kinds, place, fixed)
    _apply(routine, colouring.colours)
    return sorted({register for inst in routine.insts() for register in (*inst.defined, *inst.used)})


def _apply(routine: Routine, colours: dict[Register, Register]) -> None:
    def real(operand: Operand) -> Operand:
        if isinstance(operand, int):
            return colours.get(operand, operand)
        if isinstance(operand, Mem):
            base, offset = (colours.get(p, p) if isinstance(p, int) else p for p in (operand.base, operand.offset))
            assert base is not None
            return Mem(base, offset)
        return operand

    for block in routine.blocks:
        kept = []
        for inst in block.insts:
            inst.operands = [real(operand) for operand in inst.operands]
            if not (inst.is_move and inst.operands[0] == inst.operands[1]):
                kept.append(inst)
        block.insts = kept


def liveness(routine: Routine) -> dict[Code, int]:
    """Registers that are read behind each block before they are written, as bits."""
    return _live(routine)[1]


def entering(routine: Routine) -> dict[Code, int]:
    """The same from the start of each block on."""
    return _live(routine)[0]


def _live(routine: Routine) -> tuple[dict[Code, int], dict[Code, int]]:
    reads: dict[Code, int] = {}
    writes: dict[Code, int] = {}
    for block in routine.blocks:
        read = written = 0
        for inst in block.insts:
            for register in inst.used:
                if not written >> register & 1:
                    read |= 1 << register
            for register in inst.defined:
                written |= 1 << register
        reads[block], writes[block] = read, written
    into = dict.fromkeys(routine.blocks, 0)
    leaving = dict.fromkeys(routine.blocks, 0)
    changed = True
    while changed:
        changed = False
        for block in reversed(routine.blocks):
            out = 0
            for following in block.nexts:
                out |= into[following]
            leaving[block] = out
            first = reads[block] | (out & ~writes[block])
            if first != into[block]:
                into[block] = first
                changed = True
    return into, leaving


def _bits(value: int) -> list[int]:
    found = []
    while value:
        low = value & -value
        found.append(low.bit_length() - 1)
        value ^= low
    return found


class _Colouring:
    def __init__(self, routine: Routine, fixed: set[Register]) -> None:
        self.routine = routine
        self.fixed = fixed
        self.near: dict[Register, set[Register]] = {n: set(range(COLOURS)) - {n} for n in range(COLOURS)}
        self.moves: list[tuple[int, Register, Register]] = []
        self.cost: dict[Register, float] = {}
        self.merged: dict[Register, Register] = {}
        self.colours: dict[Register, Register] = {}

    def run(self) -> set[Register]:
        """Give every register a colour; those that found none."""
        self._build()
        self._coalesce()
        stack = self._simplify()
        spilled = self._select(stack)
        for register in list(self.merged):
            root = self._root(register)
            if root in spilled:
                continue
            self.colours[register] = self.colours.get(root, root)
        # A group that has no colour is spilled whole.
        return {r for r in [*self.cost, *self.merged] if self._root(r) in spilled and r >= COLOURS}

    def _root(self, register: Register) -> Register:
        while register in self.merged:
            register = self.merged[register]
        return register

    def _build(self) -> None:
        leaving = liveness(self.routine)
        near, cost = self.near, self.cost
        for inst in self.routine.insts():
            for register in (*inst.defined, *inst.used):
                near.setdefault(register, set())
        for block in self.routine.blocks:
            live = set(_bits(leaving[block]))
            weight = 10.0 ** min(block.depth, 6)
            for inst in reversed(block.insts):
                defined, used = inst.defined, inst.used
                for register in (*defined, *used):
                    cost[register] = cost.get(register, 0.0) + weight
                source = used[0] if inst.is_move else -1
                if inst.is_move and not inst.is_split:
                    self.moves.append((block.depth, defined[0], source))
                for register in defined:
                    beside = near[register]
                    for other in live:
                        if other != register and other != source:
                            beside.add(other)
                            near[other].add(register)
                    for other in defined:
                        if other != register:
                            beside.add(other)
                            near[other].add(register)
                live.difference_update(defined)
                live.update(used)

    # -- moves

    def _coalesce(self) -> None:
        self.moves.sort(key=lambda move: -move[0])
        changed = True
        while changed:
            changed = False
            for _, to, source in self.moves:
                a, b = self._root(to), self._root(source)
                if a == b or b in self.near[a]:
                    continue
                if b < COLOURS:
                    a, b = b, a
                if b < COLOURS:
                    continue
                if a >= COLOURS and len(self.near[a]) < len(self.near[b]):
                    # What has many neighbours, as a variable of a long function, is not gone through for each move.
                    a, b = b, a
                if self._is_safe(a, b):
                    self._merge(a, b)
                    changed = True

    def _is_safe(self, a: Register, b: Register) -> bool:
        """Whether the graph without this move is as easy to colour."""
        near = self.near
        if all(other in near[a] or len(near[other]) < COLOURS for other in near[b]):
            return True
        if a < COLOURS:
            return False
        high = sum(len(near[other]) - (other in near[a] and other in near[b]) >= COLOURS for other in near[a] | near[b])
        return high < COLOURS

    def _merge(self, a: Register, b: Register) -> None:
        near = self.near
        self.merged[b] = a
        for other in near.pop(b):
            near[other].discard(b)
            if other != a:
                near[other].add(a)
                near[a].add(other)
        self.cost[a] = self.cost.get(a, 0.0) + self.cost.get(b, 0.0)

    # -- colours

    def _simplify(self) -> list[Register]:
        degree = {r: len(n) for r, n in self.near.items()}
        left = {r for r in self.near if r >= COLOURS}
        low = [r for r in left if degree[r] < COLOURS]
        stack: list[Register] = []
        while left:
            while low:
                register = low.pop()
                if register not in left:
                    continue
                self._take(register, left, degree, low)
                stack.append(register)
            if left:
                register = min(left, key=lambda r: (r in self.fixed, self.cost.get(r, 0.0) / (degree[r] or 1), r))
                self._take(register, left, degree, low)
                stack.append(register)
        return stack

    def _take(self, register: Register, left: set[Register], degree: dict[Register, int], low: list[Register]) -> None:
        left.discard(register)
        for other in self.near[register]:
            if other in left:
                degree[other] -= 1
                if degree[other] == COLOURS - 1:
                    low.append(other)

    def _select(self, stack: list[Register]) -> set[Register]:
        wishes: dict[Register, list[Register]] = {}
        for _, to, source in self.moves:
            a, b = self._root(to), self._root(source)
            wishes.setdefault(a, []).append(b)
            wishes.setdefault(b, []).append(a)
        spilled: set[Register] = set()
        while stack:
            register = stack.pop()
            taken = {self.colours.get(other, other if other < COLOURS else -1) for other in self.near[register]}
            free = [colour for colour in range(COLOURS) if colour not in taken]
            if not free:
                spilled.add(register)
                continue
            wished = [self.colours.get(w, w if w < COLOURS else -1) for w in wishes.get(register, ())]
            self.colours[register] = next((colour for colour in wished if colour in free), free[0])
        return spilled


def _spill(
    routine: Routine,
    spilled: set[Register],
    kinds: dict[Register, str],
    place: Callable[[int], Mem],
    fixed: set[Register],
) -> None:
    """Keep registers in memory: a load before each use, a store behind each change."""
    places = {}
    for register in sorted(spilled):
        places[register] = place(routine.spills)
        routine.spills += 1
    for block in routine.blocks:
        made: list[Inst] = []
        for inst in block.insts:
            replaced: dict[Register, Register] = {}
            after: list[Inst] = []
            defined = inst.defined
            for register in {*inst.used, *defined} & spilled:
                aside = replaced[register] = routine.new()
                fixed.add(aside)
                kinds[aside] = kinds.get(register, "i")
                if register in inst.used:
                    word = "QLOADF" if kinds.get(register) == "f" else "QLOAD"
                    made.append(Inst(word, [aside, places[register]], inst.span))
                if register in defined:
                    after.append(Inst("QSTORE", [aside, places[register]], inst.span))
            if replaced:
                inst.operands = [_swap(operand, replaced) for operand in inst.operands]
            made.append(inst)
            made += after
        block.insts = made


def _swap(operand: Operand, replaced: dict[Register, Register]) -> Operand:
    if isinstance(operand, int):
        return replaced.get(operand, operand)
    if isinstance(operand, Mem):
        base, offset = (replaced.get(p, p) if isinstance(p, int) else p for p in (operand.base, operand.offset))
        assert base is not None
        return Mem(base, offset)
    return operand
