"""Values of expressions in a source of assembly, as far as no address is in them."""

from __future__ import annotations

from collections.abc import Mapping

from qbcc.assembly.names import BrokenError, Constant, Moving, Names, Value
from qbcc.diagnostics import SourceError
from qbcc.syntax.lines import Address, Binary, Group, Line, Node, Unary


def value_of(values: Mapping[str, Value], line: Line, node: Node) -> int | float | None:
    """A number; None for what is an address, a register, or wrong. ``values`` are the constants of the program."""
    names = Names(lambda diagnostic: None)
    for name, value in values.items():
        names.constants[name] = Constant(None, None, None, value)
    try:
        found = names.value(line, node)
    except (SourceError, BrokenError):
        return None
    return None if isinstance(found, Moving) else found


def around(line: Line, column: int) -> Node | None:
    """The smallest expression of a line's arguments that has a column in it, the one behind it counted in."""
    todo = list(line.shape.arguments)
    best: Node | None = None
    while todo:
        node = todo.pop()
        span = line.span(node)
        if not span.column <= column <= span.end_column:
            continue
        if best is None or (span.end_column - span.column) <= _width(line, best):
            best = node
        match node:
            case Group(inner=inner) | Address(inner=inner) | Unary(operand=inner):
                todo.append(inner)
            case Binary(left=left, right=right):
                todo += (left, right)
    return best


def _width(line: Line, node: Node) -> int:
    span = line.span(node)
    return span.end_column - span.column
