"""The flow of a program that assembled: its routines, and what is known of each.

    flow = analyse(assembly)
    for routine in flow.routines:
        effect = flow.effect(routine)
        print(routine.name, effect.reads, effect.changes, flow.names(routine))

What it says holds in every run, whatever the values, with the limits that it names: code that is not here is taken to
keep the calling convention (:attr:`~qbcc.flow.effects.Effect.is_assumed`), a jump through a register may go wherever an
address is taken, and a routine of a program that is shared too much is one of which nothing is known
(:attr:`~qbcc.flow.routines.Routine.is_whole`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from qbcc.assembly.assemble import Assembly
from qbcc.collector import collector_paused
from qbcc.flow.code import Code, read
from qbcc.flow.effects import Effect, Effects
from qbcc.flow.routines import Routine, Routines, cut
from qbcc.source import SourceFile, Span


@dataclass(eq=False)
class Flow:
    """Of one assembly."""

    code: Code
    cut: Routines
    effects: Effects

    @property
    def routines(self) -> list[Routine]:
        """All, by entry. Labels that nothing leads to are among them."""
        return list(self.cut.by_entry.values())

    def effect(self, routine: Routine) -> Effect:
        """Registers that it reads and changes, what it does to the stack, whether it returns."""
        return self.effects.of(routine.entry)

    def name(self, entry: int) -> str:
        """How people call a routine: by its label, or by its line."""
        return self.code.names.get(entry) or f"line {self.code.span(entry).line}"

    def names(self, routine: Routine) -> list[str]:
        """What it calls or goes on to, externals too, in the order of control."""
        found: dict[str, None] = {}
        for call in routine.calls:
            for target in call.targets:
                found.setdefault(self.name(target))
            if call.external:
                found.setdefault(call.external)
        for _, entry in routine.tails:
            found.setdefault(self.name(entry))
        for block in routine.blocks:
            if block.end - 1 in self.code.external:
                found.setdefault(self.code.external[block.end - 1])
        return list(found)

    def span(self, routine: Routine) -> Span:
        """Its label in the source, or its first instruction where it has none."""
        return self.code.labels.get(routine.entry) or self.code.span(routine.entry)

    @cached_property
    def owners(self) -> list[Routine | None]:
        """By instruction, the routine that it is in: of several the one whose entry stands last before it; None where
        control never comes."""
        found: list[Routine | None] = [None] * len(self.code.rows)
        for routine in self.routines:
            for index in routine.instructions():
                if found[index] is None or index >= routine.entry:
                    found[index] = routine
        return found

    @cached_property
    def depths(self) -> list[int | None]:
        """Values on the stack before each instruction, counted from the entry of its routine (:attr:`owners`); None
        where that depends on the way, or control never comes."""
        found: list[int | None] = [None] * len(self.code.rows)
        for routine in self.routines:
            for index, depth in self.effects.depths(routine).items():
                if self.owners[index] is routine:
                    found[index] = depth
        return found

    @cached_property
    def _by_line(self) -> dict[tuple[int, int], list[int]]:
        found: dict[tuple[int, int], list[int]] = {}
        for index, line in enumerate(self.code.lines):
            outer = line if line.use is None else line.outermost()
            found.setdefault((id(outer.source), outer.number), []).append(index)
        return found

    def at(self, source: SourceFile, line: int) -> list[int]:
        """Instructions that a line of a source made, those of a macro that it uses too."""
        return self._by_line.get((id(source), line), [])

    def edges(self, routine: Routine) -> Iterator[tuple[int, int]]:
        """Steps between its blocks, by their first instructions; those to other routines lead to their entries."""
        for block in routine.blocks:
            for after in block.successors:
                if after < len(self.code.rows):
                    yield block.start, after


def analyse(assembly: Assembly) -> Flow | None:
    """The flow of what a source became; None if it did not assemble. Time is linear in the instructions, but for
    recursion that many routines share."""
    if assembly.object is None:
        return None
    with collector_paused():
        code = read(assembly.object, assembly.statements, assembly.included)
        routines = cut(code)
        return Flow(code, routines, Effects(routines))
