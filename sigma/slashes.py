"""Comments of older sources that are divisions: ``//`` behind a value divided there, and begins a comment today.

At a place where a source cannot be read on, the comment before it may have swallowed the rest of a statement. It is
looked at as what it would have been: an operand and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from qbcc.source import SourceFile
from sigma.lexer import ENDS_VALUE, Tokens, lex

_FAR: Final = 60
"""Most tokens between a comment and the place where reading stops."""
_CLOSES: Final = frozenset({")", "]"})
_OPENS: Final = frozenset({"(", "["})
_OPERANDS: Final = ENDS_VALUE - _CLOSES | {"TYPE", "RECORD"}
_SIGNS: Final = frozenset({"-", "PREFIX", "INV"})
_JOINS: Final = frozenset({"BINARY", "-", "->", "..", ".", "IF", "ELSE", "STEP", "=", "ASSIGN"})


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A comment that reads as a division."""

    line: int
    column: int
    is_certain: bool
    """Whether it has what only a source has: a number first, the end of a statement, a bracket of what is before it."""


def division(tokens: Tokens, at: int, first: int) -> Swallowed | None:
    """Return the comment that may be why a token cannot stand where it does: the one before it, or a certain one
    further back, not before the token ``first``."""
    for place in range(at - 1, max(first, at - _FAR) - 1, -1):
        if place + 1 < at and tokens.lines[place] == tokens.lines[place + 1]:
            continue
        found = _behind(tokens, place)
        if found is not None and (found.is_certain or place == at - 1):
            return found
    return None


def certain(tokens: Tokens) -> list[Swallowed]:
    """Return the comments of a source that reads without errors which only an older source has."""
    found = []
    for comment in tokens.comments:
        last = comment.before - 1
        if last >= 0 and comment.is_line and tokens.lines[last] == comment.line:
            behind = _behind(tokens, last)
            if behind is not None and behind.is_certain and behind.column == comment.column:
                found.append(behind)
    return found


def _behind(tokens: Tokens, token: int) -> Swallowed | None:
    """Return the comment behind a token on its line, if it reads as a division."""
    word = tokens.words[token]
    if tokens.kinds[token] not in ENDS_VALUE or "\n" in word:
        return None
    line = tokens.lines[token]
    start = tokens.columns[token] - 1 + len(word)
    text = tokens.source.line(line)[start:]
    slashes = text.lstrip()
    if not slashes.startswith("//") or slashes.startswith("///"):
        return None
    is_assignment = slashes.startswith("//=")
    is_certain = _reads(slashes[2 + is_assignment :])
    if is_certain is None:
        return None
    return Swallowed(line, start + len(text) - len(slashes) + 1, is_certain or is_assignment)


def _kinds(text: str) -> list[str]:
    """Return the terminals of a text by the older rule, in which slashes behind a value divided; none where it has what
    is no word."""
    code, *others = text.split("//")
    while True:
        tokens, faults = lex(SourceFile("<comment>", code))
        kinds = tokens.kinds[:-1]
        if faults or not others or not kinds or kinds[-1] not in ENDS_VALUE:
            return [] if faults else kinds
        code += f" div {others.pop(0)}"


def _reads(text: str) -> bool | None:
    """Return None for a text that cannot follow an operator; else whether only a source has it."""
    kinds = _kinds(text)
    if not kinds:
        return None
    is_certain = kinds[0] in ("INTEGER", "FLOAT")
    depth, has_operand, has_comma = 0, False, False
    for at, kind in enumerate(kinds):
        if has_operand and kind in (";", "{"):
            return True
        if has_operand and kind in _JOINS:
            has_operand = False
        elif has_operand and kind == ",":
            has_operand, has_comma = False, True
        elif has_operand and kind == ":" and has_comma:
            has_operand = False
        elif kind in _OPENS and (not has_operand or kinds[at - 1] in ENDS_VALUE | {"TYPE"}):
            depth += 1
            has_operand = False
        elif kind in _CLOSES and (has_operand or (at > 0 and kinds[at - 1] in (*_OPENS, ","))):
            depth -= 1
            is_certain = is_certain or depth < 0
            has_operand = True
        elif not has_operand and kind in _OPERANDS:
            has_operand = True
        elif not (not has_operand and kind in _SIGNS):
            return None
    return is_certain if has_operand or kinds[-1] == "," else None
