"""Loops in two versions: one without checks of indices, entered where a few comparisons before it say that all of them
hold, and the one that was written (Gupta: Optimizing Array Bound Checks Using Flow Analysis, 1993, uses the same limits
to move checks out; here every effect before a trap must stay)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sigma.ir import INT, NONE, Block, Edge, Function, Op
from sigma.passes.copies import copy_blocks
from sigma.passes.counters import Counters
from sigma.passes.inequalities import LEAST, MOST, Inequalities, Place
from sigma.passes.loops import Loop, find_loops

_LARGEST: Final = 120
"""Operations of a loop that gets a second version."""
_MOST: Final = 4000
"""Operations of a function in which loops get one."""
_FEW: Final = 1 << 31
"""Below this, numbers of turns and distances multiply without wrapping."""


@dataclass(frozen=True, slots=True)
class _Test:
    """A branch before the loop that goes on only if ``word`` holds."""

    word: str
    a: Op
    b: Op


def version_loops(function: Function) -> bool:
    """Every inner loop whose checks some comparisons before it stand for."""
    changed = False
    loops = find_loops(function)
    known = Inequalities(function)
    for loop in loops:
        ops = [op for block in loop.body for op in block.ops]
        is_checked = any(op.code == "bound" and loop.is_fixed(op.args[1]) for op in ops)
        if not is_checked or len(ops) > _LARGEST or len(loop.backs) != 1:
            continue
        is_inner = not any(other.body < loop.body for other in loops)
        if not is_inner or sum(len(block.ops) for block in function.blocks) > _MOST:
            continue
        leaving = [edge.block for block in loop.body for edge in block.edges if edge.block not in loop.body]
        if _Version(function, loop, known).run():
            # What holds behind the loop holds behind its copy too, but ways into these blocks are others.
            known.forget_ways([loop.head, *leaving])
            changed = True
    return changed


class _Version(Counters):
    def run(self) -> bool:
        """Find the comparisons, and make the second version."""
        tests: dict[tuple[str, int, int], _Test] = {}
        sure: list[Op] = []
        for block in self.loop.body:
            for number, op in enumerate(block.ops):
                if op.code != "bound" or not self.loop.is_fixed(op.args[1]):
                    continue
                found = self._tests(op, Place(block, number))
                if found is not None:
                    tests.update(((test.word, id(test.a), id(test.b)), test) for test in found)
                    sure.append(op)
        if sure and _closes(self.function, self.loop):
            self._make(list(tests.values()), sure)
            return True
        return False

    # -- what must hold before the loop

    def _tests(self, op: Op, at: Place) -> list[_Test] | None:
        index, length = op.args
        if self.known.holds(None, index, 0, at):
            for limit, c in self._limits():
                if self.known.holds(index, limit, c, at):
                    return [self._below(limit, c, length)]
        return self._by_ends(index, length)

    def _limits(self) -> list[tuple[Op, int]]:
        """Fixed values that counters may stay below, and how far above them an index may be."""
        fixed: dict[Op, None] = {}
        for counter in self.counters.values():
            fixed[counter.start] = None
            test = self.test(counter)
            if test is not None and test.args[1].type == INT:
                fixed[test.args[1]] = None
        for op in (op for block in self.loop.body for op in block.ops if op.code == "branch"):
            fixed.update(dict.fromkeys(arg for arg in op.args if self.loop.is_fixed(arg) and arg.type == INT))
        return [(limit, c) for limit in fixed if limit.code != "const" for c in (-1, 0, 1)]

    def _below(self, limit: Op, c: int, length: Op) -> _Test:
        """``limit + c < length``."""
        if c == 0:
            return _Test("QJLT", limit, length)
        if c == -1:
            return _Test("QJLE", limit, length)
        return _Test("QJLT", limit, self.calculate("QSUB", length, self.function.const(c)))

    def _by_ends(self, index: Op, length: Op) -> list[_Test] | None:
        """By the index in the first and the last turn: between the two it goes one way."""
        if index not in self.even:
            return None
        sources = self.sources(index)
        if len(sources) != 1:
            return None
        counter = self.counters[next(iter(sources))]
        test = self.test(counter)
        step = self.number(counter.param)
        if test is None or step is None or test.imm == "QJNE" or (test.imm == "QJLT") != (step > 0):
            return None
        factors = self._factors(index)
        if factors is None:
            return None
        stop = test.args[1]
        if stop.type != INT:
            return None
        last = self.calculate("QADD", stop, self.function.const(-1 if step > 0 else 1))
        ends = [self.at(index, lambda c: c.start), self.at(index, lambda _: last)]
        tests = [_Test("QJLTU", end, length) for end in ends]
        if factors or abs(step) != 1:
            first, second = (last, counter.start) if step > 0 else (counter.start, last)
            distance = self.calculate("QSUB", first, second)
            tests += [_Test("QJLTU", value, self.function.const(_FEW)) for value in (distance, *factors)]
        elif not self._is_short(counter.start, stop, step):
            # More than half of all numbers apart, the way from one end to the other may be the one around.
            below, above = ends if step * self._sign(index) > 0 else reversed(ends)
            tests.append(_Test("QJLE", below, above))
        if abs(step) > 1 and not self._has_room(stop, step):
            most = MOST - step if step > 0 else LEAST - step
            tests.append(_Test("QJLE" if step > 0 else "QJGE", last, self.function.const(most)))
        return tests

    def _is_short(self, start: Op, stop: Op, step: int) -> bool:
        """Whether a counter certainly does not go through more than half of all numbers."""
        at = Place(self.loop.before, len(self.loop.before.ops))
        return self.known.holds(None, start if step > 0 else stop, 0, at)

    def _has_room(self, stop: Op, step: int) -> bool:
        """Whether a counter that has not reached its end certainly goes on without wrapping."""
        at = Place(self.loop.before, len(self.loop.before.ops))
        if step > 0:
            return self.known.holds(stop, None, MOST - step + 1, at)
        return self.known.holds(None, stop, step + 1 - LEAST, at)

    def _sign(self, op: Op) -> int:
        """Whether a value that is a counter and what is fixed goes up with it, or down."""
        sign = 1
        while op in self.even:
            place = next(n for n, arg in enumerate(op.args) if self.sources(arg))
            if op.code == "QSUB" and place == 1:
                sign = -sign
            op = op.args[place]
        return sign

    def _factors(self, op: Op) -> list[Op] | None:
        """What a counter is multiplied by on its way to a value; None if that cannot be said."""
        if op in self.counters or op in self.following:
            return []
        moving = [arg for arg in op.args if arg in self.even or arg in self.counters or arg in self.following]
        if len(moving) != 1:
            return None
        inner = self._factors(moving[0])
        if inner is None or op.code in ("QADD", "QSUB"):
            return inner
        if op.code == "QMUL" and not inner:
            return [op.args[1] if op.args[0] is moving[0] else op.args[0]]
        if op.code == "QSHL" and not inner and 0 <= op.args[1].imm < 31:
            return [self.function.const(1 << op.args[1].imm)]
        return None

    # -- the second version

    def _make(self, tests: list[_Test], sure: list[Op]) -> None:
        loop, function = self.loop, self.function
        order = [block for block in function.blocks if block in loop.body]
        values: dict[Op, Op] = {}
        copies = copy_blocks(order, values, lambda op: op)
        gone = {values[op] for op in sure}
        for block in copies.values():
            block.ops = [op for op in block.ops if op not in gone]
        at = function.blocks.index(loop.before)
        entry = loop.entry
        jump = loop.before.ops.pop()
        row = [loop.before]
        for test in tests:
            following = Block()
            _branch(row[-1], test, following, Edge(loop.head, list(entry.args)), jump)
            row.append(following)
        end = Op("jump", NONE, [], None, jump.span)
        end.edges = [Edge(copies[loop.head], list(entry.args))]
        row[-1].ops.append(end)
        function.blocks[at + 1 : at + 1] = [*row[1:], *copies.values()]


def _branch(block: Block, test: _Test, following: Block, otherwise: Edge, jump: Op) -> None:
    """End a block by a test."""
    made = Op("branch", NONE, [test.a, test.b], test.word, jump.span)
    made.edges = [Edge(following), otherwise]
    block.ops.append(made)


def _closes(function: Function, loop: Loop) -> bool:
    """Make what a loop calculates go out of it by edges only; whether that could be done."""
    outside = [block for block in function.blocks if block not in loop.body]
    leaving = [edge for block in loop.body for edge in block.edges if edge.block not in loop.body]
    used: dict[Op, None] = {}
    for block in outside:
        for op in block.ops:
            used.update(dict.fromkeys(arg for arg in op.args if arg in loop.inside))
            used.update(dict.fromkeys(arg for edge in op.edges for arg in edge.args if arg in loop.inside))
    if not used:
        return True
    if len(leaving) != 1:
        return False
    (edge,) = leaving
    after = Block()
    after.params = [Op("param", op.type, []) for op in used]
    jump = Op("jump", NONE, [], None, edge.block.ops[0].span)
    jump.edges = [Edge(edge.block, list(edge.args))]
    after.ops = [jump]
    edge.block, edge.args = after, list(used)
    replaced = dict(zip(used, after.params, strict=True))
    for block in (*outside, after):
        for op in block.ops:
            op.args = [replaced.get(arg, arg) for arg in op.args]
            for way in op.edges:
                way.args = [replaced.get(arg, arg) for arg in way.args]
    function.blocks.append(after)
    return True
