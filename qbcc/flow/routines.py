"""Subroutines as people see them: an entry, and every block that control comes to from there without a call.

Blocks that two routines lead to (a common end, the middle of another) belong to both, so each is looked at with the
stack that it has there. A jump to another routine's entry, or falling into it, is a *tail*: a call in last place."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from qbcc.flow.code import Code
from vm.bytecode import NO_ENTRY, Base
from vm.flow.blocks import CALL, CALL_INDIRECT, ENDS, JUMP, JUMP_INDIRECT, RETURN, STOPS, Block
from vm.flow.graph import components

_SHARED: Final = 8
"""Times that a block may be looked at on the average. A program above that is no one's: the rest is not known."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call instruction."""

    index: int
    targets: tuple[int, ...]
    """Entries of the routines that it may go to."""
    external: str
    """The name that another object brings; empty for one of the program."""
    is_indirect: bool
    """Whether it is through a register."""


@dataclass(eq=False)
class Routine:
    """A subroutine, or where a program starts. What it does with registers and stack is :mod:`qbcc.flow.effects`'."""

    entry: int
    """Its first instruction."""
    name: str
    """Of its label; empty for one without."""
    is_root: bool
    """Whether the program starts there, the host may call it, or its address is taken: not only calls lead there."""
    blocks: list[Block] = field(default_factory=list)
    """In the order of control. Successors that are no blocks of it are tails, or past the end."""
    inside: dict[int, Block] = field(default_factory=dict)
    """The same by first instruction."""
    calls: list[Call] = field(default_factory=list)
    tails: list[tuple[int, int]] = field(default_factory=list)
    """Last instructions of blocks that go on to another routine, and its entry."""
    returns: list[int] = field(default_factory=list)
    """Its QRETs."""
    callers: list[tuple[Routine, int]] = field(default_factory=list)
    """Routines that call it or go on to it, and where."""
    is_recursive: bool = False
    """Whether it can come to itself."""
    is_whole: bool = True
    """Whether all of it was looked at."""

    @property
    def others(self) -> list[int]:
        """Entries of the routines that it calls or goes on to."""
        found = dict.fromkeys(target for call in self.calls for target in call.targets)
        found.update(dict.fromkeys(entry for _, entry in self.tails))
        return list(found)

    @property
    def has_indirect_calls(self) -> bool:
        """Whether it calls through a register."""
        return any(call.is_indirect for call in self.calls)

    def instructions(self) -> Iterable[int]:
        """Every instruction, in the order of control."""
        for block in self.blocks:
            yield from range(block.start, block.end)


@dataclass(eq=False)
class Routines:
    """A program cut into routines."""

    code: Code
    by_entry: dict[int, Routine]
    """Ascending."""
    order: list[list[Routine]]
    """Those that can come to each other together, callees first."""
    reached: bytearray
    """Whether control comes to an instruction from the program's entry, from the host, or from what others may call."""
    blocks: dict[int, Block]
    uncalled: set[int]
    """Entries that nothing leads to."""
    starts: list[int]
    """By instruction, the first one of its block; -1 where control never comes."""


class _Cutter:
    def __init__(self, code: Code) -> None:
        self.code = code
        self.count = len(code.rows)
        self.entries: set[int] = set()
        self.roots: set[int] = set()
        self.leaders: set[int] = set()
        self.seen = bytearray(self.count + 1)
        self.uncalled: set[int] = set()
        self.blocks: dict[int, Block] = {}

    def next_of(self, index: int) -> tuple[int, ...]:
        """Where control may go after an instruction that ends a block."""
        code = self.code.rows[index][0]
        if code in STOPS:
            return ()
        if code in (JUMP, JUMP_INDIRECT):
            return self.code.jump_targets(index)
        return tuple(dict.fromkeys((index + 1, *self.code.jump_targets(index))))

    def scan(self, starts: Iterable[int]) -> None:
        """Mark what control comes to, and note where blocks and routines begin."""
        rows, seen = self.code.rows, self.seen
        waiting = list(starts)
        self.leaders.update(waiting)
        while waiting:
            index = waiting.pop()
            while index < self.count and not seen[index]:
                seen[index] = 1
                code = rows[index][0]
                if code in ENDS:
                    after = self.next_of(index)
                    self.leaders.update(after)
                    waiting += after
                    break
                if code in (CALL, CALL_INDIRECT):
                    targets = self.code.call_targets(index)
                    self.entries.update(targets)
                    self.leaders.update(targets)
                    waiting += targets
                index += 1

    def find_roots(self) -> None:
        """Where control comes from outside."""
        obj = self.code.object
        if obj.entry != NO_ENTRY and self.code.is_program:
            self.roots.add(obj.entry)
        for symbol in obj.symbols:
            if symbol.base is Base.CODE and symbol.value < self.count and (symbol.is_query or symbol.is_global):
                self.roots.add(symbol.value)
        labels = {name: index for index, name in self.code.names.items()}
        contracts = {labels[c.name] for c in obj.contracts if c.name in labels}
        if not self.code.is_program:
            self.roots |= contracts
        self.entries |= self.roots | contracts

    def find_taken(self) -> None:
        """Labels whose address is taken are routines, unless jumps through registers alone can use them."""
        rows = self.code.rows
        used = {rows[index][0] for index in range(self.count) if self.seen[index]}
        if CALL_INDIRECT in used or JUMP_INDIRECT not in used or not self.code.is_closed:
            self.roots.update(self.code.taken)
            self.entries.update(self.code.taken)
            self.scan(self.code.taken)

    def find_uncalled(self) -> None:
        """Labels that nothing leads to begin routines too: they are looked at as well."""
        for index in sorted(self.code.names):
            if not self.seen[index]:
                self.entries.add(index)
                self.uncalled.add(index)
                if not self.code.is_program:
                    self.roots.add(index)
                self.scan((index,))

    def make_blocks(self) -> None:
        rows, leaders = self.code.rows, self.leaders
        for start in sorted(leaders):
            if start >= self.count or not self.seen[start]:
                continue
            end = start
            while True:
                if rows[end][0] in ENDS:
                    self.blocks[start] = Block(start, end + 1, self.next_of(end))
                    break
                end += 1
                if end >= self.count or end in leaders:
                    self.blocks[start] = Block(start, end, (end,))
                    break

    def routine(self, entry: int, budget: int) -> Routine:
        """Everything that control comes to from an entry, unless that is more than a number of blocks."""
        code = self.code
        found = Routine(entry, code.names.get(entry, ""), entry in self.roots)
        waiting = deque([entry])
        while waiting:
            start = waiting.popleft()
            if start in found.inside or start not in self.blocks:
                continue
            if len(found.blocks) > budget:
                found.is_whole = False
                break
            block = found.inside[start] = self.blocks[start]
            found.blocks.append(block)
            for after in block.successors:
                if after in self.entries and after != entry:
                    found.tails.append((block.end - 1, after))
                else:
                    waiting.append(after)
        for block in found.blocks:
            for index in range(block.start, block.end):
                kind = code.rows[index][0]
                if kind in (CALL, CALL_INDIRECT):
                    name = code.external.get(index, "")
                    found.calls.append(Call(index, code.call_targets(index), name, kind == CALL_INDIRECT))
                elif kind == RETURN:
                    found.returns.append(index)
        return found

    def run(self) -> Routines:
        self.find_roots()
        self.scan(sorted(self.roots))
        self.find_taken()
        reached = bytearray(self.seen)
        self.scan(sorted(self.entries))
        self.find_uncalled()
        self.make_blocks()
        budget = _SHARED * len(self.blocks) + 1000
        by_entry: dict[int, Routine] = {}
        for entry in sorted(self.entries):
            found = by_entry[entry] = self.routine(entry, max(budget, 1))
            budget -= len(found.blocks)
        order = [
            [by_entry[entry] for entry in component]
            for component in components(by_entry, lambda entry: by_entry[entry].others)
        ]
        for component in order:
            for routine in component:
                routine.is_recursive = len(component) > 1 or routine.entry in routine.others
        for routine in by_entry.values():
            for call in routine.calls:
                for target in call.targets:
                    by_entry[target].callers.append((routine, call.index))
            for index, entry in routine.tails:
                by_entry[entry].callers.append((routine, index))
        starts = [-1] * self.count
        for start, block in self.blocks.items():
            starts[start : block.end] = [start] * (block.end - start)
        return Routines(self.code, by_entry, order, reached, self.blocks, self.uncalled, starts)


def cut(code: Code) -> Routines:
    """Cut a program into routines."""
    return _Cutter(code).run()


def settle(component: list[Routine], look: Callable[[Routine], bool]) -> None:
    """Look at routines that can come to each other until no look finds more; once at one that cannot come to itself."""
    again = True
    while again:
        found = [look(routine) for routine in component]
        again = any(found) and component[0].is_recursive
