"""Counters of loops: what is a multiple of a counter goes on by additions, and takes the counter's place where it can.

A *counter* is a parameter of a loop's head that each turn adds the same to. A value is *even* if each turn adds the
same to it too: a counter plus, minus or times what is fixed. (Aho, Lam, Sethi, Ullman: Compilers, 9.1; Cocke and
Kennedy: An Algorithm for Reduction of Operator Strength, 1977.)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sigma import constants
from sigma.ir import INT, LEAVES, Edge, Function, Op
from sigma.passes.fold import fold
from sigma.passes.inequalities import Inequalities, Place
from sigma.passes.loops import Loop, find_loops
from sigma.passes.values import remove_dead

_MOST: Final = 8
"""Values that get a register of their own in a loop."""
_LARGEST: Final = 1 << 12
"""Largest step of a value that ends a loop by being equal. It would have to go round all of the 64 bits to be so too
early: at a billion turns a second, that takes 50 days."""
_EVEN: Final = frozenset({"QADD", "QSUB", "QMUL", "QSHL"})


def reduce_strength(function: Function) -> None:
    """In every loop with one way back, the inner ones first."""
    for loop in find_loops(function):
        if len(loop.backs) == 1:
            _Reduction(function, loop).run()


@dataclass(eq=False, slots=True)
class _Counter:
    param: Op
    start: Op
    following: Op
    """Its value in the next turn."""
    step: Op


class _Reduction:
    def __init__(self, function: Function, loop: Loop) -> None:
        self.function = function
        self.loop = loop
        self.source, self.back = loop.backs[0]
        self.counters: dict[Op, _Counter] = {}
        self.following: dict[Op, _Counter] = {}
        self.even: set[Op] = set()
        self.users: dict[Op, list[Op | Edge]] = {}

    def run(self) -> None:
        """Find what is worth it, and do it."""
        self._find_counters()
        if not self.counters:
            return
        self._find_even()
        self._find_users()
        wanted = self._wanted()
        chosen = self._choose(wanted)
        if not chosen:
            return
        params = {op: self._reduce(op) for op in chosen}
        self._replace(params)
        remove_dead(self.function)
        for counter in self.counters.values():
            self._end_by_another(counter, params)

    # -- what there is

    def _find_counters(self) -> None:
        loop = self.loop
        for place, param in enumerate(loop.head.params):
            value = self.back.args[place]
            if param.type != INT or value.code != "QADD" or value.type != INT or not value.args.count(param) == 1:
                continue
            step = value.args[1] if value.args[0] is param else value.args[0]
            if loop.is_fixed(step):
                counter = _Counter(param, loop.entry.args[place], value, step)
                self.counters[param] = counter
                self.following[value] = counter

    def _find_even(self) -> None:
        for block in self.function.blocks:
            if block in self.loop.body:
                self.even.update(op for op in block.ops if op not in self.following and self._is_even(op))

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

    def _find_users(self) -> None:
        for op in self.function.ops():
            for arg in op.args:
                self.users.setdefault(arg, []).append(op)
            for edge in op.edges:
                for arg in edge.args:
                    self.users.setdefault(arg, []).append(edge)

    # -- what is worth it

    def _wanted(self) -> list[Op]:
        """Even values that a register must hold, as something else reads them."""
        found: dict[Op, None] = {}
        for op in self.even:
            for user in self.users.get(op, ()):
                if isinstance(user, Edge):
                    found[op] = None
                elif user not in self.even:
                    found.update(dict.fromkeys(self._held(op, user)))
        order = [op for block in self.function.blocks for op in block.ops]
        return [op for op in order if op in found]

    def _held(self, op: Op, user: Op) -> list[Op]:
        """What is in a register where an operation reads an even value: of an address that it adds up itself, the
        part that moves."""
        if user.code not in ("load", "store") or user.args[-1] is not op or op in user.args[:-1] or op.code != "QADD":
            return [op]
        if user.imm != 0 and not any(arg.code in LEAVES for arg in op.args):
            return [op]
        return [arg for arg in op.args if arg in self.even]

    def _below(self, ops: list[Op], chosen: list[Op]) -> set[Op]:
        """The even values that a turn calculates for some of them, if those that are chosen are there."""
        found: set[Op] = set()
        todo = list(ops)
        while todo:
            op = todo.pop()
            if op in self.even and op not in found and op not in chosen:
                found.add(op)
                todo += op.args
        return found

    def _choose(self, wanted: list[Op]) -> list[Op]:
        """The set of values that saves most additions and multiplications in a turn: all, less what wins nothing."""
        best = wanted[:_MOST]
        most = self._gain(wanted, best)
        for op in wanted[:_MOST]:
            some = [other for other in best if other is not op]
            gain = self._gain(wanted, some)
            if gain >= most:
                best, most = some, gain
        return best if most > 0 else []

    def _gain(self, wanted: list[Op], chosen: list[Op]) -> int:
        gone = self._below(wanted, []) - self._below(wanted, chosen)
        freed = sum(self._is_freed(counter, gone, chosen) for counter in self.counters.values())
        return len(gone) + freed - len(chosen)

    def _is_freed(self, counter: _Counter, gone: set[Op], chosen: list[Op]) -> bool:
        """Whether nobody reads a counter any more, if another value ends the loop."""
        test = self._test(counter)
        for op in (counter.param, counter.following):
            for user in self.users.get(op, ()):
                is_own = user is counter.following or user is self.back or user is test
                if not is_own and not (isinstance(user, Op) and user in gone):
                    return False
        return test is None or any(self._ends(counter, op) for op in chosen)

    # -- how it is done

    def _calculate(self, code: str, a: Op, b: Op) -> Op:
        """A value before the loop."""
        op = Op(code, INT, [a, b], None, self.loop.before.end.span)
        return fold(self.function, op) or self.loop.add_before(op)

    def _at(self, op: Op, value: Callable[[_Counter], Op], known: dict[Op, Op]) -> Op:
        """An even value where the counters have other values, calculated before the loop."""
        found = known.get(op)
        if found is not None:
            return found
        if op in self.counters:
            found = value(self.counters[op])
        elif op in self.following:
            counter = self.following[op]
            found = self._calculate("QADD", value(counter), counter.step)
        elif op in self.even:
            a, b = (self._at(arg, value, known) for arg in op.args)
            found = self._calculate(op.code, a, b)
        else:
            found = op
        known[op] = found
        return found

    def _step(self, op: Op) -> Op:
        """What each turn adds to a value."""
        if op in self.counters:
            return self.counters[op].step
        if op in self.following:
            return self.following[op].step
        if op not in self.even:
            return self.function.const(0)
        a, b = op.args
        if op.code in ("QADD", "QSUB"):
            return self._calculate(op.code, self._step(a), self._step(b))
        if op.code == "QMUL" and self.loop.is_fixed(a):
            a, b = b, a
        return self._calculate(op.code, self._step(a), b)

    def _reduce(self, op: Op) -> Op:
        """A parameter of the loop that has the value in each turn."""
        start = self._at(op, lambda counter: counter.start, {})
        step = self._step(op)
        param = Op("param", INT, [])
        following = Op("QADD", INT, [param, step], None, op.span)
        self.source.ops.insert(-1, following)
        self.loop.head.params.append(param)
        self.loop.entry.args.append(start)
        self.back.args.append(following)
        self.loop.inside |= {param, following}
        return param

    def _replace(self, params: dict[Op, Op]) -> None:
        for old, new in params.items():
            for user in self.users.get(old, ()):
                user.args[:] = [new if arg is old else arg for arg in user.args]

    # -- the end of the loop

    def _test(self, counter: _Counter) -> Op | None:
        """The branch that ends the loop by comparing the counter's next value with what is fixed."""
        end = self.source.end
        if end.code != "branch" or end.args[0] is not counter.following or not self.loop.is_fixed(end.args[1]):
            return None
        return end if end.imm in ("QJLT", "QJGT", "QJNE") and end.edges[0] is self.back else None

    def _ends(self, counter: _Counter, op: Op) -> bool:
        """Whether a value can end the loop in the counter's place."""
        if any(other in self._sources(op) for other in self.counters if other is not counter.param):
            return False
        step = self._number(op)
        return step is not None and 0 < abs(step) <= _LARGEST and self._last(counter) is not None

    def _sources(self, op: Op) -> set[Op]:
        found: set[Op] = set()
        todo = [op]
        while todo:
            one = todo.pop()
            if one in self.counters:
                found.add(one)
            elif one in self.following:
                found.add(self.following[one].param)
            elif one in self.even:
                todo += one.args
        return found

    def _number(self, op: Op) -> int | None:
        """What each turn adds to a value, if it is a number."""
        if op in self.counters or op in self.following:
            step = (self.counters.get(op) or self.following[op]).step
            return step.imm if step.code == "const" else None
        if op not in self.even:
            return 0
        a, b = (self._number(arg) for arg in op.args)
        if a is None or b is None:
            return None
        if op.code in ("QADD", "QSUB"):
            return a + b if op.code == "QADD" else a - b
        other = op.args[0] if op.code == "QMUL" and op.args[0].code == "const" else op.args[1]
        if other.code != "const":
            return None
        return (a or b) << (other.imm & 63) if op.code == "QSHL" else (a or b) * other.imm

    def _last(self, counter: _Counter) -> Op | None:
        """What the counter is exactly when the loop ends; None if nothing says so."""
        test = self._test(counter)
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
        known = Inequalities(self.function)
        at = Place(self.loop.before, len(self.loop.before.ops))
        is_first = known.is_less(start, stop, at) if step > 0 else known.is_less(stop, start, at)
        return stop if is_first else None

    def _end_by_another(self, counter: _Counter, params: dict[Op, Op]) -> None:
        """Let a value end the loop, and so the counter be of no use, if nothing else reads it."""
        test = self._test(counter)
        readers = [user for op in (counter.param, counter.following) for user in self._readers(op)]
        if test is None or any(user not in (counter.following, self.back, test) for user in readers):
            return
        for old, new in params.items():
            if self._ends(counter, old):
                last = self._last(counter)
                assert last is not None
                stop = last
                # Behind the last turn the value is what it would be in a turn with the counter's last value.
                test.args = [
                    self.back.args[self.loop.head.params.index(new)],
                    self._at(old, lambda _, stop=stop: stop, {}),
                ]
                test.imm = "QJNE"
                return

    def _readers(self, op: Op) -> list[Op | Edge]:
        found: list[Op | Edge] = []
        for user in self.function.ops():
            if op in user.args:
                found.append(user)
            found += [edge for edge in user.edges if op in edge.args]
        return found
