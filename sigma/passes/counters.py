"""Counters of loops, and what goes up with them.

A *counter* is a parameter of a loop's head that each turn adds the same to. A value is *even* if each turn adds the
same to it too: a counter plus, minus or times what is fixed. (Aho, Lam, Sethi, Ullman: Compilers, 9.1.)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sigma import constants
from sigma.ir import INT, Function, Op
from sigma.passes.fold import fold
from sigma.passes.inequalities import Inequalities, Place
from sigma.passes.loops import Loop

_EVEN: Final = frozenset({"QADD", "QSUB", "QMUL", "QSHL"})
_NESTED: Final = 100
"""Sums and products in each other that make a value."""


@dataclass(eq=False, slots=True)
class Counter:
    """A parameter, and what each turn makes of it."""

    param: Op
    start: Op
    following: Op
    """Its value in the next turn."""
    step: Op


class Counters:
    """The counters of a loop with one way back."""

    def __init__(self, function: Function, loop: Loop, known: Inequalities) -> None:
        self.function = function
        self.loop = loop
        self.known = known
        self.source, self.back = loop.backs[0]
        self.counters: dict[Op, Counter] = {}
        self.following: dict[Op, Counter] = {}
        self.even: dict[Op, int] = {}
        """How many sums and products are in each other there."""
        self._steps: dict[Op, Op] = {}
        self._numbers: dict[Op, int | None] = {}
        self._find_counters()
        if self.counters:
            self._find_even()

    def _find_counters(self) -> None:
        loop = self.loop
        for place, param in enumerate(loop.head.params):
            value = self.back.args[place]
            if param.type != INT or value.code != "QADD" or value.type != INT or value.args.count(param) != 1:
                continue
            step = value.args[1] if value.args[0] is param else value.args[0]
            if loop.is_fixed(step):
                counter = Counter(param, loop.entry.args[place], value, step)
                self.counters[param] = counter
                self.following[value] = counter

    def _find_even(self) -> None:
        for block in self.function.blocks:
            if block in self.loop.body:
                for op in block.ops:
                    nested = 1 + max((self.even.get(arg, 0) for arg in op.args), default=0)
                    if op not in self.following and nested <= _NESTED and self._is_even(op):
                        self.even[op] = nested

    def _is_even(self, op: Op) -> bool:
        if op.code not in _EVEN or op.type != INT:
            return False
        moves = [self._moves(arg) for arg in op.args]
        fixed = [self.loop.is_fixed(arg) for arg in op.args]
        if not all(move or fix for move, fix in zip(moves, fixed, strict=True)) or not any(moves):
            return False
        if op.code == "QMUL":
            return any(fixed)
        return op.code != "QSHL" or op.args[1].code == "const"

    def _moves(self, op: Op) -> bool:
        return op in self.counters or op in self.following or op in self.even

    # -- values

    def calculate(self, code: str, a: Op, b: Op) -> Op:
        """A value before the loop."""
        op = Op(code, INT, [a, b], None, self.loop.before.end.span)
        return fold(self.function, op) or self.loop.add_before(op)

    def at(self, op: Op, value: Callable[[Counter], Op]) -> Op:
        """An even value where the counters have other values, calculated before the loop."""
        return self._at(op, value, {})

    def _at(self, op: Op, value: Callable[[Counter], Op], known: dict[Op, Op]) -> Op:
        found = known.get(op)
        if found is not None:
            return found
        if op in self.counters:
            found = value(self.counters[op])
        elif op in self.following:
            counter = self.following[op]
            found = self.calculate("QADD", value(counter), counter.step)
        elif op in self.even:
            a, b = (self._at(arg, value, known) for arg in op.args)
            found = self.calculate(op.code, a, b)
        else:
            found = op
        known[op] = found
        return found

    def step(self, op: Op) -> Op:
        """What each turn adds to a value."""
        found = self._steps.get(op)
        if found is None:
            found = self._steps[op] = self._step(op)
        return found

    def _step(self, op: Op) -> Op:
        if op in self.counters:
            return self.counters[op].step
        if op in self.following:
            return self.following[op].step
        if op not in self.even:
            return self.function.const(0)
        a, b = op.args
        if op.code in ("QADD", "QSUB"):
            return self.calculate(op.code, self.step(a), self.step(b))
        if op.code == "QMUL" and self.loop.is_fixed(a):
            a, b = b, a
        return self.calculate(op.code, self.step(a), b)

    def sources(self, op: Op) -> set[Op]:
        """The counters that an even value is calculated from."""
        found: set[Op] = set()
        seen: set[Op] = set()
        todo = [op]
        while todo:
            one = todo.pop()
            if one in self.counters:
                found.add(one)
            elif one in self.following:
                found.add(self.following[one].param)
            elif one in self.even and one not in seen:
                seen.add(one)
                todo += one.args
        return found

    def number(self, op: Op) -> int | None:
        """What each turn adds to a value, if it is a number."""
        if op not in self._numbers:
            self._numbers[op] = self._number(op)
        return self._numbers[op]

    def _number(self, op: Op) -> int | None:
        if op in self.counters or op in self.following:
            step = (self.counters.get(op) or self.following[op]).step
            return step.imm if step.code == "const" else None
        if op not in self.even:
            return 0
        a, b = (self.number(arg) for arg in op.args)
        if a is None or b is None:
            return None
        if op.code in ("QADD", "QSUB"):
            return a + b if op.code == "QADD" else a - b
        other = op.args[0] if op.code == "QMUL" and op.args[0].code == "const" else op.args[1]
        if other.code != "const":
            return None
        factor: int = 1 << (other.imm & 63) if op.code == "QSHL" else other.imm
        return (a or b) * factor

    # -- the end of the loop

    def test(self, counter: Counter) -> Op | None:
        """The branch that ends the loop by comparing the counter's next value with what is fixed."""
        end = self.source.end
        if end.code != "branch" or end.args[0] is not counter.following or not self.loop.is_fixed(end.args[1]):
            return None
        return end if end.imm in ("QJLT", "QJGT", "QJNE") and end.edges[0] is self.back else None

    def last(self, counter: Counter) -> Op | None:
        """What the counter is exactly when the loop ends; None if nothing says so."""
        test = self.test(counter)
        if test is None or counter.step.code != "const":
            return None
        start, stop, step = counter.start, test.args[1], counter.step.imm
        if stop.type != INT:
            return None
        if start.code == stop.code == "const":
            distance = stop.imm - start.imm
            if test.imm == "QJNE":
                return stop if step and distance % step == 0 and distance // step > 0 else None
            if distance * step <= 0 or (test.imm == "QJLT") != (step > 0):
                return None
            last = start.imm - -distance // step * step
            return self.function.const(last) if constants.wrap(last) == last else None
        if test.imm == "QJNE":
            return stop if abs(step) == 1 else None
        if abs(step) != 1 or (test.imm == "QJLT") != (step > 0):
            return None
        at = Place(self.loop.before, len(self.loop.before.ops))
        is_first = self.known.is_less(start, stop, at) if step > 0 else self.known.is_less(stop, start, at)
        return stop if is_first else None
