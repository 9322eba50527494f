"""The syntax tree. A node knows its first and its last token; :class:`sigma.lexer.Tokens` knows where those stand.

The checker writes what it finds into the nodes: an expression's type, its value where it is constant, the symbol of a
name. So the tree that is lowered is the tree that was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sigma.forms import Form
from sigma.types import UNKNOWN, Type


@dataclass(slots=True, eq=False)
class Node:
    """A part of the source, from its first to its last token."""

    first: int
    last: int
    depth: int = field(default=1, init=False, repr=False)
    """Levels of expressions and statements in it, as :data:`sigma.parser.MAX_DEPTH` counts them."""


# -- types as written


@dataclass(slots=True, eq=False)
class PlainType(Node):
    """``int``."""

    word: str


@dataclass(slots=True, eq=False)
class NamedType(Node):
    """``Entry``, ``complex.Complex``."""

    path: list[int]


@dataclass(slots=True, eq=False)
class ArrayType(Node):
    """``[int; 3]``; without a length ``[int]``."""

    element: Node
    length: Expr | None


@dataclass(slots=True, eq=False)
class TupleType(Node):
    """``(int, float)``."""

    elements: list[Node]


# -- expressions


@dataclass(slots=True, eq=False)
class Expr(Node):
    """What has a value."""

    type: Type = field(default=UNKNOWN, init=False, repr=False)
    value: Any = field(default=None, init=False, repr=False)
    """The constant that it is, if it is one."""
    pairs: int = field(default=0, init=False, repr=False)
    """Parentheses right around it: its own first and last token are inside of them."""


@dataclass(slots=True, eq=False)
class Lost(Expr):
    """What is nested too deeply; an error is reported already."""


@dataclass(slots=True, eq=False)
class Name(Expr):
    """A name; ``int`` in ``int(x)`` is one too."""

    word: str
    symbol: Any = field(default=None, init=False, repr=False)


@dataclass(slots=True, eq=False)
class Number(Expr):
    """``42``, ``0xFF``, ``'A'``, ``1.5``."""


@dataclass(slots=True, eq=False)
class String(Expr):
    """``"text"``."""

    parts: list[Any] = field(default_factory=list, init=False, repr=False)
    """Of what is printed: bytes, and a :class:`Piece` for each value."""


@dataclass(slots=True, eq=False)
class Piece:
    """``{x:8.3f}`` in what is printed."""

    expr: Expr
    tokens: Any
    """Its own tokens: they stand inside of the literal."""
    form: Form


@dataclass(slots=True, eq=False)
class Boolean(Expr):
    """``true``, ``false``."""


@dataclass(slots=True, eq=False)
class Tuple(Expr):
    """``(a, b)``."""

    items: list[Expr]


@dataclass(slots=True, eq=False)
class Array(Expr):
    """``[a, b, c]``."""

    items: list[Expr]


@dataclass(slots=True, eq=False)
class Repeat(Expr):
    """``[x; n]``."""

    item: Expr
    length: Expr


@dataclass(slots=True, eq=False)
class Unary(Expr):
    """``-a``, ``not a``, ``~a``."""

    operator: str
    operand: Expr


@dataclass(slots=True, eq=False)
class Binary(Expr):
    """``a + b``. ``at`` is the operator's token."""

    operator: str
    at: int
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Choice(Expr):
    """``a if c else b``."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(slots=True, eq=False)
class NamedArgument(Expr):
    """``re: 1.0`` in a call."""

    name: int
    expr: Expr


@dataclass(slots=True, eq=False)
class Call(Expr):
    """``f(a, b)``. ``target`` is what is called."""

    function: Expr
    arguments: list[Expr]
    target: Any = field(default=None, init=False, repr=False)


@dataclass(slots=True, eq=False)
class Index(Expr):
    """``a[i]``."""

    base: Expr
    index: Expr


@dataclass(slots=True, eq=False)
class Slice(Expr):
    """``a[i..j]``."""

    base: Expr
    start: Expr
    stop: Expr


@dataclass(slots=True, eq=False)
class Member(Expr):
    """``a.b``: a field, or a name of a module."""

    base: Expr
    name: int
    symbol: Any = field(default=None, init=False, repr=False)


@dataclass(slots=True, eq=False)
class Inverse(Expr):
    """``inv g(…)``."""

    body: Expr


@dataclass(slots=True, eq=False)
class Controlled(Expr):
    """``ctrl(c) g(…)``."""

    controls: list[Expr]
    body: Expr


# -- statements


@dataclass(slots=True, eq=False)
class Block(Node):
    """``{ … }``."""

    statements: list[Node]


@dataclass(slots=True, eq=False)
class Let(Node):
    """``let x: T = e;``, ``var (a, b) = e;``, ``let x = ref e;``."""

    names: list[int]
    is_tuple: bool
    written: Node | None
    value: Expr
    is_var: bool
    is_ref: bool = field(default=False, init=False)
    """Whether the name refers to what is there; else it has a copy."""
    symbols: list[Any] = field(default_factory=list, init=False, repr=False)


@dataclass(slots=True, eq=False)
class ExprStatement(Node):
    """A call."""

    expr: Expr


@dataclass(slots=True, eq=False)
class Assign(Node):
    """``a = b;``, ``a += b;``: then ``operator`` is ``+``."""

    target: Expr
    operator: str
    value: Expr


@dataclass(slots=True, eq=False)
class If(Node):
    """``if``. ``otherwise`` is a block, another ``if``, or None."""

    condition: Expr
    then: Block
    otherwise: Node | None


@dataclass(slots=True, eq=False)
class While(Node):
    """``while``."""

    condition: Expr
    body: Block


@dataclass(slots=True, eq=False)
class ForRange(Node):
    """``for i in a..b step c``."""

    name: int
    start: Expr
    stop: Expr
    step: Expr | None
    body: Block
    symbol: Any = field(default=None, init=False, repr=False)


@dataclass(slots=True, eq=False)
class ForEach(Node):
    """``for x in a``, ``for (a, b) in c``."""

    names: list[int]
    is_tuple: bool
    array: Expr
    body: Block
    symbols: list[Any] = field(default_factory=list, init=False, repr=False)


@dataclass(slots=True, eq=False)
class Break(Node):
    """``break``."""


@dataclass(slots=True, eq=False)
class Continue(Node):
    """``continue``."""


@dataclass(slots=True, eq=False)
class Return(Node):
    """``return e``."""

    value: Expr | None


@dataclass(slots=True, eq=False)
class Asm(Node):
    """``asm { … }``. The checker gives the lines and the symbols of their names."""

    lines: list[Any] = field(default_factory=list, init=False, repr=False)


@dataclass(slots=True, eq=False)
class Broken(Node):
    """What could not be read; an error is reported already."""

    names: list[int]
    """What it declares, as far as it was read."""


# -- declarations


@dataclass(slots=True, eq=False)
class Param(Node):
    """``name: type``, of a function or a record."""

    name: int
    type: Node


@dataclass(slots=True, eq=False)
class Declaration(Node):
    """What a module declares under a name."""

    name: int


@dataclass(slots=True, eq=False)
class ConstDecl(Declaration):
    """``const``."""

    written: Node | None
    value: Expr


@dataclass(slots=True, eq=False)
class FunctionDecl(Declaration):
    """``fn``, ``gate``, ``extern fn``: then there is no body."""

    params: list[Param]
    result: Node | None
    body: Block | None
    is_gate: bool = False
    is_exported: bool = False
    file: int | None = None
    """Token of the file after ``from``."""


@dataclass(slots=True, eq=False)
class RecordDecl(Declaration):
    """``record``."""

    fields: list[Param]


@dataclass(slots=True, eq=False)
class ViewDecl(Declaration):
    """``view … at``."""

    type: Node
    address: Expr


@dataclass(slots=True, eq=False)
class GlobalDecl(Declaration):
    """``let`` and ``var`` outside of functions."""

    written: Node | None
    value: Expr
    is_var: bool


@dataclass(slots=True, eq=False)
class ImportDecl(Declaration):
    """``import``. ``name`` is the token that says what it is called here; ``path`` or ``file`` what it is."""

    path: list[int]
    file: int | None
    alias: int | None
