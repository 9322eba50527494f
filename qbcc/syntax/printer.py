"""Lines back to text, in one form: mnemonics in capitals, directives and registers small, one blank where blanks go,
none in brackets.

What is printed parses to the same line. Comments are no part of a line, so they are not printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qbcc.syntax.lines import DATA_DIRECTIVES, Address, Binary, Group, Line, Node, Register, Unary
from vm.isa import BY_NAME

INDENT: Final = "    "
DATA: Final = frozenset(DATA_DIRECTIVES) - {".align"}
"""Directives that a label stands before, in their line."""
_INDENTED: Final = DATA | {".args", ".returns", ".clobbers"}
_LISTED_APART: Final = frozenset((".define", ".macro"))
"""Directives whose first argument is a name that no comma follows."""


def print_lines(lines: Iterable[Line]) -> str:
    """The text of lines, each with its end."""
    return "".join(f"{print_line(line)}\n" for line in lines)


def print_line(line: Line) -> str:
    """The text of one line; empty for one that says nothing. A local label that an expansion renamed gets a name that
    can be written."""
    labels = print_labels(line)
    if line.shape.word < 0:
        return labels
    start = f"{labels} " if labels else INDENT if is_indented(line) else ""
    return start + print_statement(line)


def print_labels(line: Line) -> str:
    """The labels of a line; empty where there are none."""
    return " ".join(f"{_word(line, at)}:" for at in line.shape.labels)


def print_statement(line: Line, parameters: frozenset[str] = frozenset()) -> str:
    """A line without its labels. ``parameters`` are those of the macro that it is in the body of: a word that is one
    stays as it is, and none becomes one."""
    if line.shape.word < 0:
        return ""
    word = line.word
    shown = word.upper() if is_code(line) else word.lower() if word[0] == "." else word
    if not parameters.isdisjoint((word, shown)):
        shown = word
    texts = print_arguments(line)
    if shown in _LISTED_APART and len(texts) > 1:
        texts[:2] = [f"{texts[0]} {texts[1]}"]
    return f"{shown} {', '.join(texts)}".rstrip()


def print_arguments(line: Line) -> list[str]:
    """The text of each argument of a line."""
    return [print_node(line, node) for node in line.shape.arguments]


def is_code(line: Line) -> bool:
    """Whether a line is an instruction, by its word."""
    return line.word.upper() in BY_NAME


def is_indented(line: Line) -> bool:
    """Whether a line without labels begins behind the margin: instructions, uses of macros, data, contracts."""
    return line.word[:1] != "." or line.word.lower() in _INDENTED


def print_node(line: Line, node: Node, blank: str = " ") -> str:
    """The text of one argument, or of a part of it, with ``blank`` at both sides of operators."""
    match node:
        case Register():
            return line.words[node.first].lower()
        case Group():
            return f"({print_node(line, node.inner, blank)})"
        case Address():
            return f"[{print_node(line, node.inner, '')}]"
        case Unary():
            return line.words[node.first] + print_node(line, node.operand, blank)
        case Binary():
            return _chain(line, node, blank)
    return _word(line, node.first)


def _chain(line: Line, node: Binary, blank: str) -> str:
    """``a + b + c …`` nests to the left, as deep as it is long."""
    parts: list[str] = []
    inner: Node = node
    while isinstance(inner, Binary):
        parts += (print_node(line, inner.right, blank), line.words[inner.at])
        inner = inner.left
    return blank.join((print_node(line, inner, blank), *reversed(parts)))


def _word(line: Line, token: int) -> str:
    word = line.words[token]
    return word.replace("~", "__") if word[0] == "@" else word
