"""Text to lines.

Lark parses a line's shape once; all lines of that shape share the tree (see :mod:`qbcc.syntax.lines`), so a long source
costs little more than its tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from qbcc.syntax import known, messages
from qbcc.syntax.lexer import grammar, tables, tokenise
from qbcc.syntax.lines import (
    DIRECTIVES,
    MAX_DEPTH,
    Address,
    Binary,
    Character,
    Group,
    Integer,
    Line,
    Name,
    Node,
    Real,
    Register,
    Shape,
    String,
    Unary,
)
from vm.isa import BY_NAME

MAX_LINE: Final = 1 << 20
"""Most characters of a line."""
_CACHE: Final = 1 << 15
"""Shapes kept: a source that has more is made to fill memory."""
_LEAVES: Final[dict[str, Callable[[int, int], Node]]] = {
    "integer": Integer,
    "real": Real,
    "character": Character,
    "register": Register,
    "name": Name,
    "string": String,
}


class SyntaxFault(Exception):
    """No sentence of the grammar: at token ``at`` (the number of tokens: at the end), one of ``expected`` belongs."""

    def __init__(self, at: int, expected: frozenset[str], deep: bool = False) -> None:
        super().__init__()
        self.at = at
        self.expected = expected
        self.deep = deep


_shapes: dict[str, Shape | SyntaxFault] = {}


def shape_of(key: str) -> Shape | SyntaxFault:
    """The tree of a line with these kinds of tokens."""
    shape = _shapes.get(key)
    if shape is None:
        if len(_shapes) >= _CACHE:
            _shapes.clear()
        shape = _shapes[key] = known.shape(key) or parsed(key)
    return shape


def parsed(key: str) -> Shape | SyntaxFault:
    """The same by Lark."""
    try:
        return _parse(key)
    except SyntaxFault as fault:
        return fault


def _parse(key: str) -> Shape:
    from lark import Token, UnexpectedInput

    _, _, names = tables()
    tokens = [Token(names[kind], str(number), number) for number, kind in enumerate(key)]
    try:
        tree = grammar().parse(tokens)
    except UnexpectedInput as fault:
        raise _fault(key, fault) from None
    return _shape(tree)


def _fault(key: str, fault: Any) -> SyntaxFault:
    token = getattr(fault, "token", None)
    at = len(key) if token is None or token.type == "$END" else int(token)
    return SyntaxFault(at, frozenset(getattr(fault, "expected", None) or ()))


def _shape(tree: Any) -> Shape:
    labels: list[int] = []
    word, arguments = -1, []
    for part in tree.children:
        if part.data == "label":
            labels.append(int(part.children[0]))
        else:
            word = int(part.children[0])
            arguments = [_node(child, 0) for child in part.children[1:]]
    return Shape(tuple(labels), word, tuple(arguments))


def _node(tree: Any, depth: int) -> Node:
    kind, children = tree.data, tree.children
    if depth > MAX_DEPTH:
        raise SyntaxFault(0, frozenset(), deep=True)
    if kind in _LEAVES:
        return _LEAVES[kind](int(children[0]), int(children[0]))
    if kind == "unary":
        operand = _node(children[1], depth + 1)
        return Unary(int(children[0]), operand.last, children[0].type, operand)
    if kind == "binary":
        return _chain(tree, depth)
    inner = _node(children[0], depth + 1)
    made = Group if kind == "group" else Address
    return made(inner.first - 1, inner.last + 1, inner)


def _chain(tree: Any, depth: int) -> Node:
    """``a + b + c …``, which nests to the left: that is no depth that a reader sees, so it is walked in a loop."""
    chain: list[Any] = []
    while tree.data == "binary":
        chain.append(tree.children)
        tree = tree.children[0]
    left = _node(tree, depth + 1)
    for _, sign, operand in reversed(chain):
        right = _node(operand, depth + 1)
        left = Binary(left.first, right.last, sign.type, int(sign), left, right)
    return left


def parse_line(source: SourceFile, number: int) -> Line | Diagnostic:
    """One line of a source."""
    text = source.lines[number - 1]
    if len(text) > MAX_LINE:
        return messages.long_line(Span(source, number, 1, 2), len(text), MAX_LINE)
    key, words, columns = tokenise(text)
    return line_of(source, number, key, words, columns, shape_of(key))


def line_of(
    source: SourceFile, number: int, key: str, words: list[str], columns: list[int], shape: Shape | SyntaxFault
) -> Line | Diagnostic:
    """The line, or what is wrong with it, whose tokens and shape are known."""
    if isinstance(shape, Shape):
        return Line(source, number, key, words, columns, shape)
    return explain(source, number, source.lines[number - 1], key, words, columns, shape)


_PREFIX: Final = re.compile(r"[ \t]*(?:[@A-Za-z_]\w*[ \t]*:[ \t]*)+")
"""The labels at the start of a line."""


def mended(found: Diagnostic, text: str) -> Line | None:
    """The line that a malformed text was meant to be, so that what it defines is known to others: the line with its
    fix, or only its labels; None where neither is a line."""
    span = found.span
    if span is None:
        return None
    texts = []
    if found.fix is not None and found.fix.span.line == span.line:
        texts.append(text[: found.fix.span.column - 1] + found.fix.replacement + text[found.fix.span.end_column - 1 :])
    prefix = _PREFIX.match(text)
    if prefix is not None:
        texts.append(prefix[0])
    for each in texts:
        key, words, columns = tokenise(each)
        shape = shape_of(key) if key else None
        if isinstance(shape, Shape):
            # Places in the fixed text are near those in the source.
            columns = [min(column, len(text) + 1) for column in columns]
            return Line(span.source, span.line, key, words, columns, shape)
    return None


def explain_shape(line: Line, fault: SyntaxFault) -> Diagnostic:
    """What is wrong with a line of a macro, once its arguments stand in it."""
    text = line.source.lines[line.number - 1]
    columns = [min(column, len(text)) for column in line.columns]
    return explain(line.source, line.number, text, line.kinds, line.words, columns, fault)


def explain(
    source: SourceFile, number: int, text: str, key: str, words: list[str], columns: list[int], fault: SyntaxFault
) -> Diagnostic:
    """What is wrong with a line that has no shape."""
    if fault.deep:
        return messages.deep_expression(Span(source, number, 1, len(text) + 1), MAX_DEPTH)
    # Only what is wrong needs it.
    from qbcc.syntax import habits

    junk = key.find("!")
    is_junk = 0 <= junk <= fault.at
    where = columns[junk] if is_junk else columns[fault.at] if fault.at < len(key) else 0
    habit = habits.explain_line(source, number, text, where) if where else None
    if habit is not None:
        return habit
    for word, column in zip(words[: fault.at], columns, strict=False):
        if word[0] == "." and word.lower() not in DIRECTIVES:
            return messages.unknown_directive(Span(source, number, column, column + len(word)), word, DIRECTIVES)
    habit = habits.explain_place(source, number, text, where) if where else None
    if habit is not None:
        return habit
    if is_junk:
        return _explain_junk(source, number, text, columns[junk])
    wanted = _wanted(fault.expected, _open(words[: fault.at]))
    if fault.at == len(key):
        end = columns[-1] + len(words[-1])
        return messages.unexpected_end(Span(source, number, end, end + 1), words[-1], wanted)
    at = columns[fault.at]
    span = Span(source, number, at, at + len(words[fault.at]))
    before = words[fault.at - 1] if fault.at else ""
    is_label = len(words) > 1 and words[0].upper() not in BY_NAME and words[1].upper() in BY_NAME
    return messages.unexpected(span, words[fault.at], before, wanted, words[0] if is_label else "")


def _open(words: list[str]) -> str:
    """The bracket or parenthesis that is open after these tokens, or nothing."""
    opened: list[str] = []
    for word in words:
        if word in "[(":
            opened.append(word)
        elif word in "])" and opened:
            opened.pop()
    return opened[-1] if opened else ""


def _explain_junk(source: SourceFile, number: int, text: str, column: int) -> Diagnostic:
    """A character that begins no token: an open string, a number with letters, a typographic quote …"""
    rest = text[column - 1 :]
    character = rest[0]
    if rest.startswith("''"):
        return messages.empty_character(Span(source, number, column, column + 2))
    if character in "\"'":
        return messages.open_string(Span(source, number, column, len(text) + 1), character)
    if character.isdigit():
        length = next((i for i, c in enumerate(rest) if not (c.isalnum() or c in "_.")), len(rest))
        return messages.bad_number(Span(source, number, column, column + length), rest[:length])
    return messages.bad_character(Span(source, number, column, column + 1), character)


def _wanted(expected: frozenset[str], opened: str) -> str:
    """What may stand there, for people."""
    starts = {"INTEGER", "REGISTER", "NAME"}
    if starts <= expected:
        return "an operand" if "LSQB" in expected or "STRING" in expected else "a value"
    if opened:
        return "']'" if opened == "[" else "')'"
    if "COMMA" in expected:
        return "',' or the end of the line"
    if "COLON" in expected:
        return "':'"
    if expected == {"NAME"}:
        return "a name"
    if expected <= {"$END"}:
        return "the end of the line"
    return "a label, an instruction or a directive"
