"""Tokens to documents: blanks between words, comments where they stand, line ends where they may be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from sigma.format.doc import Break, Doc, Group, Hard, Indent, Trail, Verbatim
from sigma.lexer import Comment, Tokens
from sigma.parser import PRECEDENCE

_SOFT: Final = frozenset({"STEP", "AT", "FROM", "AS", "REF"})
"""Words that are names where a value can stand."""
_ENDS: Final = frozenset({"NAME", "INTEGER", "FLOAT", "STRING", "TRUE", "FALSE", ")", "]", "TYPE"})
"""Terminals that end a value or a type."""
_CALLED: Final = frozenset({"NAME", "TYPE", "RECORD", "CTRL", ")", "]"})
_OPENS: Final = {"(": ")", "[": "]", "{": "}"}
_NO_BLANK_BEFORE: Final = frozenset({",", ";", ")", "]", ".", ":", ".."})
_NO_BLANK_AFTER: Final = frozenset({"(", "[", ".", ".."})
_PARTS: Final = frozenset(
    {
        "LET", "VAR", "CONST", "RETURN", "FOR", "IN", "WHILE", "=", "ASSIGN", ":", "->", "..", "EXTERN", "EXPORT", "FN",
        "GATE", "VIEW", "IMPORT",
    }
)  # fmt: skip
"""Terminals between which expressions stand."""
_SHORT: Final = 3
"""Most tokens of elements that stand side by side in the lines of an array."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment, and how it stands on its lines."""

    comment: Comment
    begins_line: bool
    """Whether nothing stands before it on its line."""
    ends_line: bool
    """Whether the comment or the token that follows begins a line."""


class Pieces:
    """Makes documents of stretches of tokens. What is made of tokens ``a`` to ``b`` has all between them, but not what
    stands before ``a``."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.kinds = _without_soft_words(tokens.kinds)
        self.words = tokens.words
        self.closes = self._brackets()
        self.comments: dict[int, list[Placed]] = {}
        """By the token that follows."""
        for comment, following in zip_longest(tokens.comments, tokens.comments[1:]):
            self._place(comment, following)

    def _place(self, comment: Comment, following: Comment | None) -> None:
        at = comment.before
        others = self.comments.setdefault(at, [])
        before = others[-1].comment.last_line if others else self.last_line(at - 1) if at else 0
        is_followed = following is not None and following.before == at
        after = following.line if following is not None and is_followed else self.tokens.lines[at]
        others.append(Placed(comment, before < comment.line, comment.is_line or after > comment.last_line))

    def _brackets(self) -> dict[int, int]:
        found, open_ = {}, []
        for at, kind in enumerate(self.kinds):
            if kind in _OPENS:
                open_.append(at)
            elif kind in _OPENS.values():
                found[open_.pop()] = at
        return found

    # -- what stands between tokens

    def last_line(self, token: int) -> int:
        """The line on which a token ends."""
        return self.tokens.lines[token] + self.words[token].count("\n")

    def blank(self, at: int) -> str:
        """What stands between a token and the one before it on a line."""
        before, kind = self.kinds[at - 1], self.kinds[at]
        if kind in _NO_BLANK_BEFORE or before in _NO_BLANK_AFTER or self.is_sign(at - 1):
            return ""
        if kind == "(" and before in _CALLED:
            return ""
        if kind == "[" and before in _ENDS and before != "TYPE":
            return ""
        return " "

    def is_sign(self, at: int) -> bool:
        """Whether a token is a ``-`` or ``~`` that stands before its operand."""
        if self.words[at] == "~":
            return True
        return self.kinds[at] == "-" and not (at and self.kinds[at - 1] in _ENDS)

    def gap(self, at: int, between: str | Break | None = None) -> list[Doc]:
        """What stands between a token and the one before it: comments, and ``between``, else a blank or nothing."""
        between = self.blank(at) if between is None else between
        comments = self.comments.get(at)
        if not comments:
            return [between]
        docs: list[Doc] = []
        # An operator or a mark goes with what is before the comment, and the comment with what follows.
        is_closing = self.kinds[at] in (")", "]")
        leads = isinstance(between, Break) and self.kinds[at - 1] not in _ENDS and not is_closing
        for number, placed in enumerate(comments):
            comment = placed.comment
            if placed.begins_line:
                docs.append(Hard())
            elif comment.is_line:
                docs += [Trail(comment.text.rstrip()), Hard()]
                continue
            else:
                docs.append(between if number == 0 and leads else " ")
            docs.append(Verbatim(comment.text, comment.column))
            if comment.is_line or (placed.begins_line and placed.ends_line):
                docs.append(Hard())
        if not isinstance(docs[-1], Hard):
            docs.append(" " if leads or (comments[-1].begins_line and not is_closing) else between)
        return _once(docs)

    # -- stretches of tokens

    def sequence(self, first: int, last: int, *, is_head: bool = False) -> list[Doc]:
        """Words and the expressions between them; ``is_head`` if a block follows, from which lines shall differ."""
        docs: list[Doc] = []
        start = at = first
        while at <= last:
            # Elsewhere the two words are of a choice.
            is_branch = self.kinds[at] in ("IF", "ELSE") and (at == first or (at == first + 1 and first < start))
            if is_branch or self.kinds[at] in _PARTS or self.kinds[at] in _SOFT:
                if start < at:
                    docs += [*self._before(start, first), self.expression(start, at - 1, is_head)]
                docs += [*self._before(at, first), self.words[at]]
                start = at + 1
            at = self.closes.get(at, at) + 1
        if start <= last:
            docs += [*self._before(start, first), self.expression(start, last, is_head)]
        return docs

    def _before(self, at: int, first: int) -> list[Doc]:
        return [] if at == first else [Indent(self.gap(at))]

    def expression(self, first: int, last: int, is_head: bool = False) -> Doc:
        """A choice, or operands and operators."""
        outer = self._outer(first, last)
        condition = next((at for at in outer if self.kinds[at] == "IF" and at > first), None)
        if condition is None:
            return self.chain(first, last, outer, is_head)
        otherwise = next(at for at in outer if self.kinds[at] == "ELSE")
        more: list[Doc] = [
            *self.gap(condition, Break(" ")), "if", *self.gap(condition + 1),
            self.expression(condition + 1, otherwise - 1),
            *self.gap(otherwise, Break(" ")), "else", *self.gap(otherwise + 1),
            self.expression(otherwise + 1, last),
        ]  # fmt: skip
        return Group([self.expression(first, condition - 1), _indented(more, is_head)])

    def _outer(self, first: int, last: int) -> list[int]:
        """Tokens of a stretch that stand in no bracket of it."""
        found = []
        at = first
        while at <= last:
            found.append(at)
            at = self.closes.get(at, at) + 1
        return found

    def _is_operator(self, at: int) -> bool:
        return self.kinds[at] == "BINARY" or (self.kinds[at] == "-" and not self.is_sign(at))

    def chain(self, first: int, last: int, outer: list[int], is_head: bool = False) -> Doc:
        """Operands, with line ends before the operators that bind least."""
        operators = [at for at in outer if self._is_operator(at)]
        if not operators:
            return self.operand(first, last, outer)
        least = min(PRECEDENCE[self.words[at]] for at in operators)
        splits = [at for at in operators if PRECEDENCE[self.words[at]] == least]
        docs: list[Doc] = []
        start = first
        rest = iter(outer)
        for at in [*splits, last + 1]:
            inner = []
            for token in rest:
                if token == at:
                    break
                inner.append(token)
            docs.append(self.chain(start, at - 1, inner))
            if at <= last:
                docs += [*self.gap(at, Break(" ")), self.words[at], *self.gap(at + 1)]
                start = at + 1
        return Group([docs[0], _indented(docs[1:], is_head)])

    def operand(self, first: int, last: int, outer: list[int]) -> Doc:
        """Words and brackets."""
        docs: list[Doc] = []
        for at in outer:
            docs += self._before(at, first)
            docs.append(self.bracket(at) if at in self.closes else self.words[at])
        return docs

    def bracket(self, at: int) -> Doc:
        """What stands between brackets: each part on a line of its own where they do not fit on one."""
        end = self.closes[at]
        if end == at + 1 and end not in self.comments:
            return self.words[at] + self.words[end]
        parts = self._parts(at + 1, end - 1)
        inside: list[Doc] = []
        for first, last in parts:
            if inside:
                inside += self.gap(first, Break(" "))
            is_ended = self.kinds[last] in (",", ";")
            inside += self.sequence(first, last - is_ended)
            if is_ended:
                inside += [*self.gap(last), self.words[last]]
        is_row = self.words[at] == "[" and len(parts) > 1 and all(last - first < _SHORT for first, last in parts)
        opening = self.gap(at + 1, Break("")) if parts else []
        *left, closing = self.gap(end, Break(""))
        content = [*opening, Group(inside, is_filled=True) if is_row else inside, *left]
        return Group([self.words[at], Indent(content), closing, self.words[end]])

    def _parts(self, first: int, last: int) -> list[tuple[int, int]]:
        """The parts of what stands in brackets, each with the mark behind it."""
        found = []
        start = first
        for at in self._outer(first, last):
            if self.kinds[at] in (",", ";"):
                found.append((start, at))
                start = at + 1
        if start <= last:
            found.append((start, last))
        return found


def _without_soft_words(kinds: list[str]) -> list[str]:
    """Kinds in which words that are names at their place are names."""
    found: list[str] = []
    for kind in kinds:
        is_name = kind in _SOFT and not (found and found[-1] in _ENDS)
        found.append("NAME" if is_name else kind)
    return found


def _indented(docs: list[Doc], is_head: bool) -> Doc:
    return Indent(Indent(docs)) if is_head else Indent(docs)


def _once(docs: list[Doc]) -> list[Doc]:
    """Without line ends that follow one another."""
    return [
        doc for number, doc in enumerate(docs) if not (number and isinstance(doc, Hard) and docs[number - 1] == doc)
    ]
