"""The syntax of a line, apart from its words.

Lines of one *shape* (the same kinds of tokens in the same order) have the same tree, so a tree's leaves are token
numbers and the tree is shared by all of them; a :class:`Line` adds the words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from qbcc.source import SourceFile, Span

WIDTHS: Final = {".byte": 1, ".word": 2, ".dword": 4, ".qword": 8, ".double": 8}
"""Bytes of an item of data, by directive."""
DATA_DIRECTIVES: Final = (*WIDTHS, ".ascii", ".asciz", ".space", ".align")
DIRECTIVES: Final = (
    ".align", ".args", ".ascii", ".asciz", ".byte", ".clobbers", ".code", ".data", ".define", ".double", ".dword",
    ".elif", ".else", ".end", ".endfunc", ".endif", ".endm", ".endr", ".entry_point", ".extern", ".func", ".global",
    ".if", ".include", ".macro", ".query_interface", ".qword", ".rept", ".returns", ".space", ".text", ".word",
)  # fmt: skip
"""Every directive."""
MAX_DEPTH: Final = 100
"""Deepest nesting of an expression."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an argument. ``first`` and ``last`` are the numbers of its tokens. A kind of it that adds nothing is no
    dataclass of its own: making one takes half a millisecond of every start."""

    first: int
    last: int


class Integer(Node):
    """``42``, ``0xFF``."""

    __slots__ = ()


class Real(Node):
    """``1.5``."""

    __slots__ = ()


class Character(Node):
    """``'A'``."""

    __slots__ = ()


class Name(Node):
    """A label or a constant; ``@loop`` too."""

    __slots__ = ()


class Register(Node):
    """``r4``."""

    __slots__ = ()


class String(Node):
    """``"text"``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Group(Node):
    """An expression in parentheses."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``first`` is the operator's token."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``at`` is the operator's token."""

    operator: str
    at: int
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Address(Node):
    """``[…]``."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Shape:
    """The tree of a line."""

    labels: tuple[int, ...]
    """Tokens of its labels."""
    word: int
    """Token of the mnemonic, directive or macro; -1 where there is none."""
    arguments: tuple[Node, ...]


@dataclass(slots=True)
class Line:
    """A line: its shape and its words."""

    source: SourceFile
    number: int
    """1-based line of the source; in a macro expansion that of the macro's body."""
    kinds: str
    """The shape's key: a character for each token."""
    words: list[str]
    columns: list[int]
    """1-based column of each token."""
    shape: Shape
    use: Line | None = field(default=None, repr=False)
    """In a macro expansion or a repetition, the line that asked for it."""
    scope: str = ""
    """The ordinary label before it, which owns its local labels."""
    lengths: list[int] | None = None
    """In a macro expansion, the length of each token in the body, where arguments stand for parameters now."""

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        return self.tokens(node.first, node.last)

    def tokens(self, first: int, last: int) -> Span:
        """Where tokens stand."""
        length = len(self.words[last]) if self.lengths is None else self.lengths[last]
        return Span(self.source, self.number, self.columns[first], self.columns[last] + length)

    def whole(self) -> Span:
        """From the first to the last token."""
        return self.tokens(0, len(self.words) - 1)

    def word_span(self) -> Span:
        """Where the mnemonic, directive or macro stands."""
        return self.tokens(self.shape.word, self.shape.word)

    def outermost(self) -> Line:
        """The line in the source that this one comes from: itself, or the outermost use of a macro."""
        line = self
        while line.use is not None:
            line = line.use
        return line

    @property
    def word(self) -> str:
        """The mnemonic, directive or macro; empty where there is none."""
        return self.words[self.shape.word] if self.shape.word >= 0 else ""


def is_bare(line: Line) -> bool:
    """Whether a line is one word that begins no mnemonic, as a label without its colon is."""
    shape = line.shape
    return not (shape.labels or shape.arguments or line.use) and line.words[shape.word][0] not in "qQ"
