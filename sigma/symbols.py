"""What names mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from qbcc.source import SourceFile, Span
from sigma import syntax as s
from sigma.builtins import Builtin
from sigma.lexer import Tokens
from sigma.types import Type


@dataclass(eq=False, slots=True)
class Symbol:
    """A name and where it was given: a token of a module; -1 for what the language brings."""

    name: str
    module: Module | None
    token: int


@dataclass(eq=False, slots=True)
class Module:
    """A source that was read."""

    source: SourceFile
    tokens: Tokens
    declarations: list[s.Node]
    names: dict[str, Symbol] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """Names whose declarations could not be read: an error is reported already, and their uses are none."""

    def span(self, node: s.Node) -> Span:
        """Where a node stands."""
        return self.tokens.span(node.first, node.last)

    def word(self, token: int) -> str:
        """A token's text."""
        return self.tokens.words[token]

    def at(self, token: int) -> Span:
        """Where a token stands."""
        return self.tokens.span(token, token)

    def written(self, node: s.Node) -> str:
        """A node as it is in the source, of several lines the first."""
        span = self.span(node)
        return span.source.line(span.line)[span.column - 1 : span.end_column - 1]

    def text(self, node: s.Node) -> str:
        """A node as it is written, with single blanks."""
        return " ".join(self.tokens.words[node.first : node.last + 1])


@dataclass(eq=False, slots=True)
class Local(Symbol):
    """A variable, a parameter, a counter."""

    type: Type
    is_var: bool = False
    alias: s.Expr | None = None
    """Of a fixed qubit that is a part of an array: that part."""
    value: Any = None
    """Of a fixed name: its constant, if it is one."""


@dataclass(eq=False, slots=True)
class Constant(Symbol):
    """``const``, ``pi``."""

    type: Type
    value: Any


@dataclass(eq=False, slots=True)
class Function(Symbol):
    """``fn``, ``gate``, ``extern fn``."""

    declaration: s.FunctionDecl
    params: list[Local]
    result: Type
    is_gate: bool = False
    is_extern: bool = False
    effect: str = ""
    """Why it is no pure calculation: ``measures``, ``prints``, …; empty if it is one."""
    calls: dict[Function, Span] = field(default_factory=dict)
    """What it calls, and where first."""


@dataclass(eq=False, slots=True)
class RecordName(Symbol):
    """``record``."""

    type: Type


@dataclass(eq=False, slots=True)
class Variable(Symbol):
    """``let`` and ``var`` outside of functions, and ``view``: then ``address`` says where it lies."""

    type: Type
    is_var: bool
    value: Any = None
    address: int | None = None


@dataclass(eq=False, slots=True)
class ModuleName(Symbol):
    """``import``: ``target`` is the module, None if it cannot be read."""

    target: Module | None


@dataclass(eq=False, slots=True)
class Given(Symbol):
    """What the language brings: a function of its own, or a gate."""

    builtin: Builtin
