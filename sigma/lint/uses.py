"""Who uses what, in all modules of a program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sigma import syntax as s
from sigma.check.program import Program
from sigma.lint.walk import children
from sigma.symbols import Local, Module, ModuleName, Symbol

READ: Final = "read"
INSIDE: Final = "inside"
"""An element or a field is read, or the elements are gone through."""
WRITE: Final = "write"
ELEMENT: Final = "element"
"""An element or a field is written."""


def uses_of(program: Program) -> Uses:
    """In all modules of a program."""
    found = Uses()
    for module in program.modules:
        found.look(module, module.declarations)
    return found


class Uses:
    """For each symbol how it is used, and from which declarations."""

    def __init__(self) -> None:
        self.how: dict[Symbol, set[str]] = {}
        self.places: dict[Symbol, s.Node] = {}
        """Where a symbol is assigned, for one that is never read."""
        self.by: dict[Symbol, set[Symbol]] = {}
        """What each declaration uses."""
        self.owner: Symbol | None = None
        self.module: Module

    def look(self, module: Module, declarations: Iterable[s.Node]) -> None:
        """At some declarations of a module."""
        self.module = module
        for node in declarations:
            self.owner = module.names.get(module.word(node.name)) if isinstance(node, s.Declaration) else None
            self.visit(node)

    def add(self, other: Uses) -> None:
        """What another has seen outside of functions: variables of those are nobody else's."""
        for symbol, how in other.how.items():
            if not isinstance(symbol, Local):
                self.how.setdefault(symbol, set()).update(how)
        self.by.update(other.by)

    def reads(self, symbol: Symbol) -> bool:
        """Whether something is done with its value."""
        return bool(self.how.get(symbol, set()) & {READ, INSIDE})

    def note(self, symbol: Any, how: str) -> None:
        """A use."""
        if isinstance(symbol, Symbol):
            self.how.setdefault(symbol, set()).add(how)
            if self.owner is not None:
                self.by.setdefault(self.owner, set()).add(symbol)

    def visit(self, node: s.Node, how: str = READ) -> None:
        """A node and all below it."""
        match node:
            case s.Name():
                self.note(node.symbol, how)
                if how == WRITE:
                    self.places.setdefault(node.symbol, node)
            case s.Member():
                self._member(node, how)
            case s.Index():
                self.visit(node.base, ELEMENT if how in (WRITE, ELEMENT) else INSIDE)
                self.visit(node.index)
            case s.NamedType():
                self._type(node)
            case s.Assign():
                self.visit(node.target, WRITE)
                self.visit(node.value)
            case s.ForEach():
                self.visit(node.array, INSIDE)
                self.visit(node.body)
            case s.String():
                for part in node.parts:
                    if isinstance(part, s.Piece):
                        self.visit(part.expr)
            case s.Asm():
                self._assembly(node)
            case _:
                self._below(node)

    def _below(self, node: s.Node) -> None:
        for child in children(node):
            self.visit(child)

    def _member(self, node: s.Member, how: str) -> None:
        if node.symbol is None:
            self.visit(node.base, ELEMENT if how in (WRITE, ELEMENT) else INSIDE)
            return
        self.note(node.symbol, how)
        if isinstance(node.base, s.Name):
            self.note(self.module.names.get(node.base.word), READ)

    def _type(self, node: s.NamedType) -> None:
        found: Symbol | None = None
        for token in node.path:
            names = found.target.names if isinstance(found, ModuleName) and found.target else self.module.names
            found = names.get(self.module.word(token))
            self.note(found, READ)

    def _assembly(self, node: s.Asm) -> None:
        for line in node.lines:
            for symbol in line.reads:
                self.note(symbol, READ)
            for symbol in line.writes:
                self.note(symbol, WRITE)
                self.places.setdefault(symbol, node)
            for symbol in line.names.values():
                if symbol not in line.writes:
                    self.note(symbol, READ)
