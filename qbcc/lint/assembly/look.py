"""What every finding needs: the program's flow, places, whose a place is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qbcc.assembly.assemble import Assembly
from qbcc.assembly.unit import Statement
from qbcc.diagnostics import Diagnostic
from qbcc.flow.code import Code, Mask
from qbcc.flow.effects import Effects
from qbcc.flow.lives import Chains
from qbcc.flow.program import Flow
from qbcc.flow.routines import Routine
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Line
from vm.bytecode import Contract
from vm.flow.blocks import CALL, CALL_INDIRECT


@dataclass(eq=False)
class Look:
    """At one assembly."""

    flow: Flow
    assembly: Assembly
    report: Callable[[Diagnostic], None]

    def __post_init__(self) -> None:
        self._chains: dict[int, Chains] = {}
        self._reached: dict[int, frozenset[int]] = {}
        self._own: dict[SourceFile, bool] = {}
        self.lost: set[tuple[int, int]] = set()
        """Calls and registers that were told to be overwritten: what follows from it is not told too."""

    @property
    def main(self) -> SourceFile:
        """The source that is looked at; the others are included."""
        return self.assembly.included[0]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Its lines, and what became of them."""
        return self.assembly.statements

    @property
    def code(self) -> Code:
        """The instructions."""
        return self.flow.code

    @property
    def effects(self) -> Effects:
        """What each routine does."""
        return self.flow.effects

    @property
    def routines(self) -> list[Routine]:
        """All of them."""
        return self.flow.routines

    def is_call(self, index: int) -> bool:
        """Whether an instruction calls."""
        return self.code.rows[index][0] in (CALL, CALL_INDIRECT)

    # -- places

    def is_own_source(self, source: SourceFile) -> bool:
        """Whether a file is the user's: the one that is looked at, or what it includes, but for the library."""
        found = self._own.get(source)
        if found is None:
            found = source is self.main or not (source.path and Path(source.path).is_relative_to(stdlib_dir()))
            self._own[source] = found
        return found

    def is_own(self, index: int) -> bool:
        """Whether an instruction stands in a file of the user's."""
        return bool(self._own_instructions[index])

    @cached_property
    def _own_instructions(self) -> bytes:
        """By instruction, 1 for the user's."""
        lines = (line if line.use is None else line.outermost() for line in self.code.lines)
        return bytes(self.is_own_source(line.source) for line in lines)

    def is_own_routine(self, routine: Routine) -> bool:
        """Whether a routine begins in one."""
        return self.is_own(routine.entry)

    def outer(self, index: int) -> Line:
        """The line of the source that an instruction came of."""
        return self.code.lines[index].outermost()

    def span(self, index: int) -> Span:
        """The statement that an instruction came of, without its labels."""
        line = self.outer(index)
        first = max(line.shape.word, 0)
        return line.tokens(first, len(line.words) - 1)

    def entry_span(self, routine: Routine) -> Span:
        """Its label."""
        return self.flow.span(routine)

    def name(self, entry: int) -> str:
        """A routine's, as messages have it."""
        return self.flow.name(entry)

    # -- what is known

    def chains(self, routine: Routine) -> Chains:
        """Definitions and uses of a routine."""
        found = self._chains.get(routine.entry)
        if found is None:
            found = self._chains[routine.entry] = Chains(self.effects, routine)
        return found

    def reached(self, routine: Routine) -> frozenset[int]:
        """Return the instructions of a routine that control comes to."""
        found = self._reached.get(routine.entry)
        if found is None:
            found = self._reached[routine.entry] = frozenset(self.chains(routine).instructions())
        return found

    @cached_property
    def contracts(self) -> dict[int, Contract]:
        """By entry."""
        places = {name: index for index, name in self.code.names.items()}
        return {places[c.name]: c for c in self.code.object.contracts if c.name in places}

    @cached_property
    def starts(self) -> bool:
        """Whether the source is a program."""
        return self.code.is_program

    def is_start(self, routine: Routine) -> bool:
        """Whether a program begins there."""
        return self.starts and routine.entry == self.code.object.entry


def mask_of(names: tuple[str, ...]) -> Mask:
    """The registers among the names of a contract."""
    mask = 0
    for name in names:
        if name[1:].isdecimal() and name[0] in "rR":
            mask |= 1 << int(name[1:])
    return mask
