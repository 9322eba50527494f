"""What a selection grows to: word, operand, statement, block, routine, file."""

from __future__ import annotations

from collections.abc import Container, Iterable
from itertools import pairwise

from lsp.features.stretch import Stretch, of_lines, of_node, of_span, of_tokens
from lsp.qbc.layout import layout
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tokenise
from qbcc.syntax.lines import Address, Binary, Group, Node, Shape, Unary
from qbcc.syntax.parser import shape_of
from sigma import syntax as s
from sigma.lexer import Tokens
from sigma.lint.walk import children


def assembly(source: SourceFile, line: int, column: int, called: Container[str] = ()) -> list[Stretch]:
    """Around a place of a source of assembly, from the smallest on."""
    found = layout(source)
    lines = list(found.comments)
    lines += ((routine.first, routine.last) for routine in found.routines(called))
    for block in found.blocks:
        if block.first <= line <= block.last:
            edges = [block.first, *block.parts, block.last]
            lines += [(block.first, block.last), *((start + 1, end - 1) for start, end in pairwise(edges))]
    parts = [*_line(source, line), *_commented(source, line)]
    parts += [of_lines(source, first, last) for first, last in lines if first <= line <= last]
    return _nested([*parts, of_lines(source, 1, len(source.lines))], line, column)


def _line(source: SourceFile, line: int) -> list[Stretch]:
    """Words, operands and the statement of a line."""
    key, words, columns = tokenise(source.line(line))
    if not words:
        return []
    shape = shape_of(key) if "!" not in key else None

    def span(first: int, last: int) -> Stretch:
        return of_span(Span(source, line, columns[first], columns[last] + len(words[last])))

    parts = [span(at, at) for at in range(len(words))]
    if isinstance(shape, Shape):
        parts += [span(node.first, node.last) for argument in shape.arguments for node in _nodes(argument)]
        if shape.word >= 0:
            parts.append(span(shape.word, len(words) - 1))
            if shape.arguments:
                parts.append(span(shape.arguments[0].first, len(words) - 1))
    return [*parts, span(0, len(words) - 1), of_lines(source, line, line)]


def _commented(source: SourceFile, line: int) -> list[Stretch]:
    """The comment of a line."""
    text = source.line(line)
    _, words, columns = tokenise(text)
    at = text.find(";", columns[-1] - 1 + len(words[-1]) if words else 0)
    return [Stretch(source, line, at + 1, line, len(text) + 1)] if at >= 0 else []


def _nodes(node: Node) -> list[Node]:
    """An operand and its parts; in a row of sums there may be thousands."""
    found, todo = [], [node]
    while todo:
        each = todo.pop()
        found.append(each)
        match each:
            case Group() | Address():
                todo.append(each.inner)
            case Unary():
                todo.append(each.operand)
            case Binary():
                todo += (each.left, each.right)
    return found


def sigma(tokens: Tokens, declarations: Iterable[s.Node], line: int, column: int) -> list[Stretch]:
    """Around a place of a source of σ."""
    source = tokens.source
    parts = [of_lines(source, 1, len(source.lines))]
    for comment in tokens.comments:
        lines = comment.text.split("\n")
        end = len(lines[-1]) + (comment.column if len(lines) == 1 else 1)
        parts.append(Stretch(source, comment.line, comment.column, comment.last_line, end))
    todo = list(declarations)
    while todo:
        node = todo.pop()
        stretch = of_node(tokens, node)
        if not stretch.holds(line, column):
            continue
        parts.append(stretch)
        if isinstance(node, s.Block) and node.last > node.first + 1:
            parts.append(of_tokens(tokens, node.first + 1, node.last - 1))
        if isinstance(node, s.String):
            parts += _inside(stretch)
            parts += [of_node(p.tokens, each) for p in node.parts if isinstance(p, s.Piece) for each in _below(p.expr)]
        todo += children(node)
    parts += [of_tokens(tokens, at, at) for at in range(len(tokens.kinds) - 1) if tokens.lines[at] == line]
    return _nested(parts, line, column)


def _below(node: s.Node) -> list[s.Node]:
    return [node, *(each for child in children(node) for each in _below(child))]


def _inside(text: Stretch) -> list[Stretch]:
    """A literal without its quotes."""
    if text.end_column - text.column <= 2:
        return []
    return [Stretch(text.source, text.line, text.column + 1, text.end_line, text.end_column - 1)]


def _nested(parts: Iterable[Stretch], line: int, column: int) -> list[Stretch]:
    """Those around a place, each in the next one; of two that cross, the larger is left out. Of two words that meet at
    the place, the one that begins there counts."""
    held = {part for part in parts if part.holds(line, column)}
    ordered = sorted(held, key=lambda p: (p.end_line - p.line, p.end_column - p.column, -p.line, -p.column))
    found: list[Stretch] = []
    for part in ordered:
        is_empty = (part.line, part.column) == (part.end_line, part.end_column)
        if not is_empty and (not found or (part.covers(found[-1]) and part != found[-1])):
            found.append(part)
    return found
