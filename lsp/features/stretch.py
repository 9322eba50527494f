"""A stretch of a source, which may go over lines."""

from __future__ import annotations

from dataclasses import dataclass

from qbcc.source import SourceFile, Span
from sigma.lexer import Tokens
from sigma.syntax import Node


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines and columns as spans count them; the end column is exclusive."""

    source: SourceFile
    line: int
    column: int
    end_line: int
    end_column: int

    def holds(self, line: int, column: int) -> bool:
        """Whether a place is in it, or at its end."""
        return (self.line, self.column) <= (line, column) <= (self.end_line, self.end_column)

    def covers(self, other: Stretch) -> bool:
        """Whether another lies in it, or is the same."""
        starts = (self.line, self.column) <= (other.line, other.column)
        return starts and (other.end_line, other.end_column) <= (self.end_line, self.end_column)


def of_span(span: Span) -> Stretch:
    """One of a line."""
    return Stretch(span.source, span.line, span.column, span.line, span.end_column)


def of_lines(source: SourceFile, first: int, last: int) -> Stretch:
    """Whole lines, without the end of the last one."""
    last = max(first, min(last, len(source.lines)))
    return Stretch(source, first, 1, last, len(source.line(last)) + 1)


def of_tokens(tokens: Tokens, first: int, last: int) -> Stretch:
    """From the first to the last token of σ."""
    words = tokens.words[last].split("\n")
    line = tokens.lines[last] + len(words) - 1
    end = len(words[-1]) + (tokens.columns[last] if len(words) == 1 else 1)
    return Stretch(tokens.source, tokens.lines[first], tokens.columns[first], line, end)


def of_node(tokens: Tokens, node: Node) -> Stretch:
    """A node of a tree; one of no tokens is empty."""
    return of_tokens(tokens, node.first, max(node.first, node.last))
