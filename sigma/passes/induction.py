"""What is a multiple of a loop's counter goes on by additions, and takes the counter's place where it can (Cocke and
Kennedy: An Algorithm for Reduction of Operator Strength, 1977)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sigma.ir import INT, LEAVES, MEMORY, Edge, Function, Op
from sigma.passes.counters import Counter, Counters
from sigma.passes.inequalities import Inequalities
from sigma.passes.loops import Loop, find_loops
from sigma.passes.values import remove_dead

Users = dict[Op, list[Op | Edge]]
_MOST: Final = 8
"""Values that get a register of their own in a loop."""
_LARGEST: Final = 1 << 12
"""Largest step of a value that ends a loop by being equal. It would have to go round all of the 64 bits to be so too
early: at a billion turns a second, that takes 50 days."""


def reduce_strength(function: Function) -> bool:
    """In every loop with one way back, the inner ones first."""
    changed = False
    users: Users = {}
    known = Inequalities(function)
    reduced: list[Loop] = []
    for loop in find_loops(function):
        if len(loop.backs) == 1:
            if any(inner.head in loop.body for inner in reduced):
                # What nobody reads any more would count as read around the loop that it was in.
                remove_dead(function)
                users.clear()
                reduced = []
            # What inner loops need before them was added.
            loop.look_again()
            if _Reduction(function, loop, known, users).run():
                users.clear()
                reduced.append(loop)
                changed = True
    if reduced:
        remove_dead(function)
    return changed


class _Reduction(Counters):
    def __init__(self, function: Function, loop: Loop, known: Inequalities, users: Users) -> None:
        super().__init__(function, loop, known)
        self.users = users
        """Who reads each value; empty until somebody asks."""

    def run(self) -> bool:
        """Find what is worth it, and do it."""
        if not self.even:
            return False
        if not self.users:
            self._find_users()
        wanted = self._wanted()
        chosen = self._choose(wanted)
        if not chosen:
            return False
        # Everything is calculated before anything is replaced: it is asked of values as they are.
        ends = self._ends_of(self._gone(wanted, chosen), chosen)
        params = {op: self._reduce(op) for op in chosen}
        self._replace(params)
        for test, op, stop in ends:
            test.args = [self.back.args[self.loop.head.params.index(params[op])], stop]
            test.imm = "QJNE"
        return True

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
        blocks = [block for block in self.function.blocks if block in self.loop.body]
        return [op for block in blocks for op in block.ops if op in found]

    def _held(self, op: Op, user: Op) -> list[Op]:
        """What is in a register where an operation reads an even value: of an address that it adds up itself, the
        part that moves."""
        if user.code not in MEMORY or user.args[-1] is not op or op in user.args[:-1] or op.code != "QADD":
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

    def _gone(self, wanted: list[Op], chosen: list[Op]) -> set[Op]:
        """What no turn calculates any more."""
        return self._below(wanted, []) - self._below(wanted, chosen)

    def _gain(self, wanted: list[Op], chosen: list[Op]) -> int:
        gone = self._gone(wanted, chosen)
        freed = sum(self._is_freed(counter, gone, chosen) for counter in self.counters.values())
        return len(gone) + freed - len(chosen)

    def _is_freed(self, counter: Counter, gone: set[Op], chosen: list[Op]) -> bool:
        """Whether nobody reads a counter any more, if another value ends the loop."""
        test = self.test(counter)
        for op in (counter.param, counter.following):
            for user in self.users.get(op, ()):
                is_own = user is counter.following or user is self.back or user is test
                if not is_own and not (isinstance(user, Op) and user in gone):
                    return False
        return test is None or any(self._ends(counter, op) for op in chosen)

    # -- how it is done

    def _reduce(self, op: Op) -> Op:
        """A parameter of the loop that has the value in each turn."""
        start = self.at(op, lambda counter: counter.start)
        step = self.step(op)
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

    def _ends(self, counter: Counter, op: Op) -> bool:
        """Whether a value can end the loop in the counter's place."""
        if any(other in self.sources(op) for other in self.counters if other is not counter.param):
            return False
        step = self.number(op)
        return step is not None and 0 < abs(step) <= _LARGEST and self.last(counter) is not None

    def _ends_of(self, gone: set[Op], chosen: list[Op]) -> list[tuple[Op, Op, Op]]:
        """Tests of counters that nobody reads any more; for each a value that ends the loop in the counter's place, and
        what it is then."""
        found = []
        for counter in self.counters.values():
            test = self.test(counter)
            op = next((op for op in chosen if self._ends(counter, op)), None)
            if test is not None and op is not None and self._is_freed(counter, gone, chosen):
                last = self.last(counter)
                assert last is not None
                found.append((test, op, self.at(op, _always(last))))
        return found


def _always(value: Op) -> Callable[[Counter], Op]:
    """Gives one value for every counter."""
    return lambda _: value
