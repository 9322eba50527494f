"""Ways through the checked tree."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, fields
from typing import Final

from qbcc.diagnostics import Diagnostic
from sigma import syntax as s
from sigma.symbols import Function, Given, Local, Module
from sigma.types import Array


@dataclass(frozen=True, slots=True)
class Look:
    """What each of the linter's parts is given."""

    module: Module
    report: Callable[[Diagnostic], None]


_KNOWN: Final[dict[type[s.Node], tuple[str, ...]]] = {}


def _parts(kind: type[s.Node]) -> tuple[str, ...]:
    """Fields of a node that may hold others."""
    if kind not in _KNOWN:
        _KNOWN[kind] = _find_parts(kind)
    return _KNOWN[kind]


def _find_parts(kind: type[s.Node]) -> tuple[str, ...]:
    plain = {"first", "last", "type", "value", "symbol", "symbols", "target", "lines", "parts"}
    keep = {"value", "type", "target"} if not issubclass(kind, s.Expr) else set()
    return tuple(field.name for field in fields(kind) if field.name not in plain - keep)


def children(node: s.Node) -> Iterator[s.Node]:
    """Nodes right below one, in the order of the source; what is printed in braces has its own tokens and is left
    out."""
    for name in _parts(type(node)):
        part = getattr(node, name)
        if isinstance(part, s.Node):
            yield part
        elif isinstance(part, list):
            yield from (each for each in part if isinstance(each, s.Node))


def within(node: s.Node) -> Iterator[s.Node]:
    """A node and all below it."""
    todo = [node]
    while todo:
        each = todo.pop()
        yield each
        todo.extend(reversed(list(children(each))))


def printed(node: s.Node) -> Iterator[s.Expr]:
    """What stands in braces in the strings of a node."""
    for each in within(node):
        if isinstance(each, s.String):
            yield from (piece.expr for piece in each.parts if isinstance(piece, s.Piece))


def everything(node: s.Node) -> Iterator[s.Node]:
    """A node and all below it, what is printed too."""
    yield from within(node)
    for each in printed(node):
        yield from within(each)


def bodies(module: Module) -> Iterator[tuple[Function, s.Block]]:
    """The functions and gates that a module declares, with their bodies."""
    for node in module.declarations:
        if isinstance(node, s.FunctionDecl) and node.body is not None:
            symbol = module.names.get(module.word(node.name))
            if isinstance(symbol, Function) and symbol.declaration is node:
                yield symbol, node.body


def locals_read(node: s.Node) -> set[Local]:
    """Variables whose names stand in an expression."""
    return {e.symbol for e in everything(node) if isinstance(e, s.Name) and isinstance(e.symbol, Local)}


def is_pure(node: s.Node) -> bool:
    """Whether an expression gives the same each time and changes nothing, as far as calls tell."""
    for each in everything(node):
        if isinstance(each, s.Call):
            target = each.target
            if isinstance(target, Function) or (isinstance(target, Given) and target.builtin.effect):
                return False
    return True


def may_trap(node: s.Expr) -> bool:
    """Whether an index in a place may be outside: it, or the length, is known only when the program runs."""
    for each in within(node):
        if isinstance(each, s.Slice):
            return True
        if isinstance(each, s.Index):
            length = each.base.type.length if isinstance(each.base.type, Array) else None
            if each.index.value is None or length is None:
                return True
    return False


def key(node: s.Node, module: Module) -> Hashable:
    """Equal for expressions that say the same, however they are written."""
    own: Hashable = None
    match node:
        case s.Name():
            own = node.symbol or node.word
        case s.Number() | s.String() | s.Boolean():
            own = module.word(node.first)
        case s.Unary() | s.Binary():
            own = node.operator
        case s.Member():
            own = module.word(node.name)
        case s.NamedArgument():
            own = module.word(node.name)
    return type(node).__name__, own, *(key(child, module) for child in children(node))


def words(node: s.Node, module: Module) -> list[str]:
    """A statement or a block as it is written."""
    return module.tokens.words[node.first : node.last + 1]


def lists(block: s.Block) -> Iterator[list[s.Node]]:
    """The statements of a block, and those of each block in it."""
    for node in within(block):
        if isinstance(node, s.Block):
            yield node.statements
