"""Lines back to text, in one form: mnemonics in capitals, directives and registers small, one blank where blanks go.

What is printed parses to the same line. Comments are no part of a line, so they are not printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qbcc.syntax import Address, Binary, Group, Line, Node, Register, Unary
from vm.isa import BY_NAME

_INDENT: Final = "    "
_DATA: Final = frozenset((".byte", ".word", ".dword", ".qword", ".double", ".ascii", ".asciz", ".space", ".align"))
_LISTED_APART: Final = frozenset((".define", ".macro"))
"""Directives whose first argument is a name that no comma follows."""


def print_lines(lines: Iterable[Line]) -> str:
    """The text of lines, each with its end."""
    return "".join(f"{print_line(line)}\n" for line in lines)


def print_line(line: Line) -> str:
    """The text of one line; empty for one that says nothing. A local label that an expansion renamed gets a name that
    can be written."""
    labels = " ".join(f"{_word(line, at)}:" for at in line.shape.labels)
    if line.shape.word < 0:
        return labels
    word = line.word
    is_code = word.upper() in BY_NAME
    shown = word.upper() if is_code else word.lower() if word[0] == "." else word
    texts = [print_node(line, node) for node in line.shape.arguments]
    if shown in _LISTED_APART and len(texts) > 1:
        texts[:2] = [f"{texts[0]} {texts[1]}"]
    start = f"{labels} " if labels else "" if word[0] == "." and shown not in _DATA else _INDENT
    return f"{start}{shown} {', '.join(texts)}".rstrip()


def print_node(line: Line, node: Node) -> str:
    """The text of one argument, or of a part of it."""
    match node:
        case Register():
            return line.words[node.first].lower()
        case Group():
            return f"({print_node(line, node.inner)})"
        case Address():
            return f"[{print_node(line, node.inner)}]"
        case Unary():
            return line.words[node.first] + print_node(line, node.operand)
        case Binary():
            return _chain(line, node)
    return _word(line, node.first)


def _chain(line: Line, node: Binary) -> str:
    """``a + b + c …`` nests to the left, as deep as it is long."""
    parts: list[str] = []
    inner: Node = node
    while isinstance(inner, Binary):
        parts += (print_node(line, inner.right), line.words[inner.at])
        inner = inner.left
    return " ".join((print_node(line, inner), *reversed(parts)))


def _word(line: Line, token: int) -> str:
    word = line.words[token]
    return word.replace("~", "__") if word[0] == "@" else word
