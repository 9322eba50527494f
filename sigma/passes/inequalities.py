"""What is certainly not greater than what: from branches taken, checks passed, and how values are calculated.

A question is ``a ≤ b + c`` at a place, with a number c; it is answered by a search from it backwards (after Bodik,
Gupta, Sarkar: ABCD, Eliminating Array Bounds Checks on Demand, 2000). Sums count only where they cannot wrap. A value
that goes round a loop is proved by induction: it holds on the way in, and if it holds in a turn it holds in the
next."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sigma.ir import INT, Block, Edge, Op, reachable
from sigma.ir import Function as IRFunction
from sigma.passes.analysis import dominators, spans

MOST: Final = (1 << 63) - 1
LEAST: Final = -(1 << 63)
_STEPS: Final = 150
"""Questions that are asked for one answer at most."""
_DEPTH: Final = 12
_NESTED: Final = 100
"""Sums and products in each other whose interval is calculated."""
_SETS: Final = frozenset({"QSEQ", "QSNE", "QSLT", "QSLE"})
# Legend: jump, then for its two ways (taken, not taken) triples (first, second, c): argument ≤ other argument + c.
_JUMPS: Final = {
    "QJLT": (((0, 1, -1),), ((1, 0, 0),)),
    "QJLE": (((0, 1, 0),), ((1, 0, -1),)),
    "QJGT": (((1, 0, -1),), ((0, 1, 0),)),
    "QJGE": (((1, 0, 0),), ((0, 1, -1),)),
    "QJEQ": (((0, 1, 0), (1, 0, 0)), ()),
    "QJNE": ((), ((0, 1, 0), (1, 0, 0))),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Before an operation of a block, by its number; ``edge`` where that way out of it is taken."""

    block: Block
    number: int
    edge: Edge | None = None


@dataclass(frozen=True, slots=True)
class _Fact:
    """``low ≤ high + c`` behind a place; no value stands for 0."""

    low: Op | None
    high: Op | None
    c: int
    where: Block
    number: int


class Inequalities:
    """Answers for one function, as it is when the first question is asked. They stay true where values are replaced by
    equal ones, loops get more parameters, and ways into forgotten blocks are led elsewhere."""

    def __init__(self, function: IRFunction) -> None:
        self._function = function
        self._ways: dict[Block, list[tuple[Block, Edge]]] = {}
        self._ends: dict[Block, int] = {}
        self._spans: dict[Block, tuple[int, int]] = {}
        self._home: dict[Op, Block] = {}
        self._above: dict[Op | None, list[_Fact]] = {}
        """By the value that is low: what it is not above."""
        self._below: dict[Op | None, list[_Fact]] = {}
        self._between: dict[Edge, list[_Fact]] = {}
        self._intervals: dict[Op, tuple[int, int]] = {}
        self._nested = 0
        self._left = 0

    def forget_ways(self, blocks: Iterable[Block]) -> None:
        """Nothing more is concluded from what the ways into some blocks bring: others were led there."""
        self._ways.update((block, []) for block in blocks)

    # -- facts

    def _read_all(self) -> None:
        blocks = reachable(self._function)
        self._ways = {block: [] for block in blocks}
        for block in blocks:
            for edge in block.edges:
                self._ways[edge.block].append((block, edge))
        self._ends = {block: len(block.ops) for block in blocks}
        self._spans = spans(dominators(blocks))
        for block in blocks:
            self._read(block)

    def _read(self, block: Block) -> None:
        for op in block.params:
            self._home[op] = block
        for number, op in enumerate(block.ops):
            self._home[op] = block
            if op.code == "bound":
                self._inside(op, block, number)
        end = block.end
        if end.code != "branch" or not all(arg.type == INT for arg in end.args):
            return
        if end.imm == "QJLTU":
            self._unsigned(end)
            return
        for edge, triples in zip(end.edges, _JUMPS.get(end.imm, ((), ())), strict=True):
            facts = [_fact(end.args[a], end.args[b], c, edge.block, -1) for a, b, c in triples]
            self._between[edge] = facts
            if len(self._ways[edge.block]) == 1:
                for fact in facts:
                    self._note(fact)

    def _inside(self, check: Op, block: Block, number: int) -> None:
        """``0 ≤ index < length``. Where the length is the largest number and 1, as it may be of a view, it has no sign:
        then the index is at most the largest number."""
        index, length = check.args
        self._note(_fact(None, index, 0, block, number))
        if length.code == "QADD" and length.args[1].code == "const" and length.args[1].imm == 1:
            self._note(_fact(index, length.args[0], 0, block, number))
        elif self._high(length) >= 0:
            self._note(_fact(index, length, -1, block, number))

    def _unsigned(self, end: Op) -> None:
        """``0 ≤ a < b`` where a is less than b as an unsigned number, and b is not negative."""
        a, b = end.args
        edge = end.edges[0]
        if self._low(b) < 0:
            return
        facts = [_fact(None, a, 0, edge.block, -1), _fact(a, b, -1, edge.block, -1)]
        self._between[edge] = facts
        if len(self._ways[edge.block]) == 1:
            for fact in facts:
                self._note(fact)

    def _note(self, fact: _Fact) -> None:
        if fact.low is not None:
            self._above.setdefault(fact.low, []).append(fact)
        if fact.high is not None:
            self._below.setdefault(fact.high, []).append(fact)

    def _holds(self, fact: _Fact, at: Place) -> bool:
        if fact.where is at.block:
            return fact.number < at.number
        first, last = self._spans[fact.where]
        return first < self._spans[at.block][0] <= last

    # -- questions

    def is_less(self, a: Op, b: Op, at: Place) -> bool:
        """Whether ``a < b``."""
        return self.holds(a, b, -1, at)

    def holds(self, a: Op | None, b: Op | None, c: int, at: Place) -> bool:
        """Whether ``a ≤ b + c``; None stands for 0."""
        if not self._ways:
            self._read_all()
        self._left = _STEPS
        return self._prove(a, b, c, at, _DEPTH, ())

    def is_inside(self, index: Op, length: Op, at: Place) -> bool:
        """Whether ``0 ≤ index < length``."""
        return self.holds(None, index, 0, at) and self.holds(index, length, -1, at)

    def way(self, op: Op, at: Place) -> int | None:
        """Which edge a branch takes, if it is certain."""
        if not all(arg.type == INT for arg in op.args):
            return None
        if op.imm == "QJLTU":
            return 0 if self.is_inside(op.args[0], op.args[1], at) else None
        if op.imm not in _JUMPS:
            return None
        for way, triples in enumerate(_JUMPS[op.imm]):
            if triples and all(self.holds(op.args[a], op.args[b], c, at) for a, b, c in triples):
                return way
        if op.imm in ("QJEQ", "QJNE"):
            a, b = op.args
            if self.is_less(a, b, at) or self.is_less(b, a, at):
                return int(op.imm == "QJEQ")
        return None

    def _prove(
        self, a: Op | None, b: Op | None, c: int, at: Place, depth: int, given: tuple[tuple[Op, Op | None, int], ...]
    ) -> bool:
        a, c = _plain(a, c, -1)
        b, c = _plain(b, c, 1)
        if a is b:
            return c >= 0
        if self._high(a) <= self._low(b) + c:
            return True
        if any(low is a and high is b and least <= c for low, high, least in given):
            return True
        self._left -= 1
        if depth == 0 or self._left < 0:
            return False
        facts = self._between.get(at.edge, ()) if at.edge is not None else ()
        for fact in itertools.chain(facts, (f for f in self._above.get(a, ()) if self._holds(f, at))):
            if self._left < 0:
                return False
            if fact.low is a and self._prove(fact.high, b, c - fact.c, at, depth - 1, given):
                return True
        for fact in itertools.chain(facts, (f for f in self._below.get(b, ()) if self._holds(f, at))):
            if self._left < 0:
                return False
            if fact.high is b and self._prove(a, fact.low, c - fact.c, at, depth - 1, given):
                return True
        if a is not None and self._above_by_value(a, b, c, at, depth, given):
            return True
        return b is not None and self._below_by_value(a, b, c, at, depth, given)

    def _above_by_value(
        self, a: Op, b: Op | None, c: int, at: Place, depth: int, given: tuple[tuple[Op, Op | None, int], ...]
    ) -> bool:
        """``a ≤ b + c`` by how a is calculated."""
        depth -= 1
        args = a.args

        def proves(x: Op | None, more: int = 0) -> bool:
            return self._prove(x, b, c + more, at, depth, given)

        def is_positive(x: Op, least: int = 0) -> bool:
            return self._prove(None, x, -least, at, depth, given)

        match a.code:
            case "param":
                return self._by_ways(a, b, c, at, depth, given)
            case "QADD" if args[1].code == "const":
                return self._is_plain_sum(a, at, depth, given) and proves(args[0], -args[1].imm)
            case "QSUB":
                return is_positive(args[1]) and is_positive(args[0]) and proves(args[0])
            case "QMIN":
                return proves(args[0]) or proves(args[1])
            case "QMAX":
                return proves(args[0]) and proves(args[1])
            case "QSEL":
                return proves(args[1]) and proves(args[2])
            case "QAND":
                return any(is_positive(arg) and proves(arg) for arg in args)
            case "QMOD":
                return is_positive(args[1], 1) and proves(args[1], 1)
            case "QSHR" | "QSAR" | "QDIV" if args[1].code == "const" and args[1].imm > 0:
                return is_positive(args[0]) and proves(args[0])
        return False

    def _below_by_value(
        self, a: Op | None, b: Op, c: int, at: Place, depth: int, given: tuple[tuple[Op, Op | None, int], ...]
    ) -> bool:
        """``a ≤ b + c`` by how b is calculated."""
        depth -= 1
        args = b.args

        def proves(x: Op | None, more: int = 0) -> bool:
            return self._prove(a, x, c + more, at, depth, given)

        match b.code:
            case "param":
                return a is None and self._by_ways(b, a, c, at, depth, given, is_low=True)
            case "QADD" if args[1].code == "const":
                return self._is_plain_sum(b, at, depth, given) and proves(args[0], args[1].imm)
            case "QSUB" if a is None:
                return self._prove(None, args[1], 0, at, depth, given) and self._prove(
                    args[1], args[0], min(c, 0), at, depth, given
                )
            case "QMAX":
                return proves(args[0]) or proves(args[1])
            case "QMIN":
                return proves(args[0]) and proves(args[1])
            case "QSEL":
                return proves(args[1]) and proves(args[2])
            case "QMOD" if a is None and c >= 0:
                return self._prove(None, args[1], -1, at, depth, given)
            case "QAND" if a is None and c >= 0:
                return any(self._prove(None, arg, 0, at, depth, given) for arg in args)
            case "QSHR" | "QSAR" | "QDIV" if a is None and c >= 0 and args[1].code == "const" and args[1].imm > 0:
                return self._prove(None, args[0], 0, at, depth, given)
        return False

    def _is_plain_sum(self, op: Op, at: Place, depth: int, given: tuple[tuple[Op, Op | None, int], ...]) -> bool:
        """Whether a value and a number do not wrap."""
        value, number = op.args[0], op.args[1].imm
        if number >= 0:
            return self._prove(value, None, MOST - number, at, depth, given)
        return self._prove(None, value, number - LEAST, at, depth, given)

    def _by_ways(
        self,
        param: Op,
        other: Op | None,
        c: int,
        at: Place,
        depth: int,
        given: tuple[tuple[Op, Op | None, int], ...],
        *,
        is_low: bool = False,
    ) -> bool:
        """A block's parameter, by what each way brings. Inside of that, the claim itself may be used."""
        block = self._home.get(param)
        if block is None or param not in block.params or not 0 < len(self._ways[block]) <= 8:
            return False
        if other is not None and not self._stands_above(other, block):
            return False
        number = block.params.index(param)
        if not is_low:
            given = (*given, (param, other, c))
        for source, edge in self._ways[block]:
            value = edge.args[number]
            place = Place(source, self._ends[source], edge)
            if value is param:
                continue
            if is_low:
                if not self._goes_up(param, value, c, place, depth, given):
                    return False
            elif not self._prove(value, other, c, place, depth, given):
                return False
        return True

    def _goes_up(
        self, param: Op, value: Op, c: int, at: Place, depth: int, given: tuple[tuple[Op, Op | None, int], ...]
    ) -> bool:
        """``0 ≤ value + c`` where that holds for the parameter before."""
        if value.code == "QADD" and value.args[0] is param and value.args[1].code == "const" and value.args[1].imm >= 0:
            return self._is_plain_sum(value, at, depth, given)
        return self._prove(None, value, c, at, depth - 1, given)

    def _stands_above(self, op: Op, block: Block) -> bool:
        """Whether a value is calculated before a block begins."""
        home = self._home.get(op)
        if home is None:
            return True
        first, last = self._spans[home]
        return home is not block and first < self._spans[block][0] <= last

    # -- numbers

    def _high(self, op: Op | None) -> int:
        return 0 if op is None else self._interval(op)[1]

    def _low(self, op: Op | None) -> int:
        return 0 if op is None else self._interval(op)[0]

    def _interval(self, op: Op) -> tuple[int, int]:
        found = self._intervals.get(op)
        if found is None:
            # What asks for itself meanwhile is anything, and so is what is nested too deep to ask.
            self._intervals[op] = (LEAST, MOST)
            if self._nested == _NESTED:
                return LEAST, MOST
            self._nested += 1
            found = self._intervals[op] = self._calculated(op)
            self._nested -= 1
        return found

    def _calculated(self, op: Op) -> tuple[int, int]:
        args = op.args
        if op.code == "const":
            return op.imm, op.imm
        if op.code in _SETS:
            return 0, 1
        if op.code == "loadb":
            return 0, 255
        if op.code == "QAND":
            highs = [self._interval(arg)[1] for arg in args if self._interval(arg)[0] >= 0]
            return (0, min(highs)) if highs else (LEAST, MOST)
        if op.code == "QMOD" and args[1].code == "const" and args[1].imm > 0:
            return 0, args[1].imm - 1
        if op.code == "QSHR" and args[1].code == "const" and args[1].imm & 63:
            return 0, (1 << (64 - (args[1].imm & 63))) - 1
        if op.code in ("QPOPCNT", "QCLZ", "QCTZ"):
            return 0, 64
        if op.code in ("QADD", "QMUL", "QSHL"):
            return self._product(op)
        return LEAST, MOST

    def _product(self, op: Op) -> tuple[int, int]:
        (a, b), (c, d) = (self._interval(arg) for arg in op.args)
        if op.code == "QADD":
            found = a + c, b + d
        elif op.code == "QMUL":
            corners = (a * c, a * d, b * c, b * d)
            found = min(corners), max(corners)
        elif c == d and 0 <= c < 64:
            found = a << c, b << c
        else:
            return LEAST, MOST
        return found if found[0] >= LEAST and found[1] <= MOST else (LEAST, MOST)


def _plain(op: Op | None, c: int, sign: int) -> tuple[Op | None, int]:
    """A constant goes into the number."""
    return (None, c + sign * op.imm) if op is not None and op.code == "const" else (op, c)


def _fact(low: Op | None, high: Op | None, c: int, where: Block, number: int) -> _Fact:
    low, c = _plain(low, c, -1)
    high, c = _plain(high, c, 1)
    return _Fact(low, high, c, where, number)
