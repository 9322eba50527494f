"""JSON with the place of every value, and with an answer to what is often mistaken for JSON.

A mistake that does not hide what was meant (a comma too many, a name without quotes, a comment) is told, and reading
goes on. Where brackets do not match, it ends."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from sigma.circuit import messages

MAX_DEPTH: Final = 32
"""Deepest nesting."""
_TOKEN: Final = re.compile(
    r"""[ \t\r]+
    |(?P<mark>[{}\[\]:,])
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.+-]))
    |(?P<word>[^\W\d]\w*)
    |(?P<badnumber>[-+.]?\.?[0-9][\w.+-]*|-[^\W\d]\w*)
    |(?P<single>'(?:[^'\\]|\\.)*')
    |(?P<open>["'])
    |(?P<comment>//|/\*|\#)
    |(?P<bad>.)""",
    re.VERBOSE,
)
_WORDS: Final = {"true": True, "false": False, "null": None}
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|(?P<bad>u.{0,4}|.))')
_CONTROL: Final = re.compile("[\x00-\x1f]")
_LONE: Final = re.compile("[\ud800-\udfff]")


@dataclass(slots=True, eq=False)
class Member:
    """``"key": value``."""

    key: str
    span: Span
    """Of the key."""
    value: Value
    is_broken: bool
    """Whether the key was told to be none."""


@dataclass(slots=True, eq=False)
class Value:
    """A value: its content is a list of :class:`Member`, a list of values, a text, a number, a bool or None."""

    kind: str
    """``object``, ``array``, ``string``, ``number``, ``bool``, ``null``; ``?`` for what was told to be none."""
    content: Any
    span: Span
    """What it takes of its first line."""


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    line: int
    column: int
    end: int


class _StopError(Exception):
    """Reading cannot go on."""


def read(source: SourceFile, report: Callable[[Diagnostic], None]) -> Value | None:
    """The value that a source is; None where it is none at all. What is wrong with it is reported."""
    return _Reader(source, report).run()


class _Reader:
    def __init__(self, source: SourceFile, report: Callable[[Diagnostic], None]) -> None:
        self.source = source
        self.report = report
        self.tokens: list[_Token] = []
        self.at = 0
        self.is_swallowed = False
        """Whether a string without its end took brackets with it, perhaps."""

    def run(self) -> Value | None:
        for number, line in enumerate(self.source.lines, 1):
            self._lex(number, line)
        last = self.tokens[-1] if self.tokens else _Token("", "", 1, 1, 1)
        self.tokens.append(_Token("end", "", last.line, last.end, last.end))
        try:
            found = self.value(0)
            if self.token.kind != "end":
                self.report(messages.more_behind(self.span(self.token)))
        except _StopError:
            return None
        return found

    # -- words

    def _lex(self, number: int, line: str) -> None:
        at = 0
        while at < len(line):
            match = _TOKEN.match(line, at)
            assert match is not None
            kind, text = match.lastgroup, match[0]
            token = _Token(kind or "", text, number, at + 1, match.end() + 1)
            at = match.end()
            if kind == "comment":
                token.end = len(line) + 1
                self.report(messages.comment(self.span(token)))
                return
            if kind == "open":
                token = _Token("string", "", number, token.column, len(line) + 1)
                self.report(messages.open_string(self.span(token)))
                self.tokens.append(token)
                self.is_swallowed = True
                return
            if kind == "bad":
                self.report(messages.bad_character(self.span(token), text))
            if kind is not None:
                self.tokens.append(token)

    def span(self, first: _Token, last: _Token | None = None) -> Span:
        """From one token to another, as far as the first one's line goes."""
        end = first.end
        if last is not None:
            end = last.end if last.line == first.line else len(self.source.line(first.line).rstrip()) + 1
        return Span(self.source, first.line, first.column, max(end, first.column + 1))

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self, mark: str) -> bool:
        """Go past a mark, if it stands here."""
        if self.token.kind == "mark" and self.token.text == mark:
            self.at += 1
            return True
        return False

    # -- values

    def value(self, depth: int) -> Value:
        token = self.token
        if depth > MAX_DEPTH:
            self.report(messages.too_deep(self.span(token), MAX_DEPTH))
            raise _StopError
        if self.take("{"):
            return self._object(token, depth)
        if self.take("["):
            return self._array(token, depth)
        if token.kind in ("mark", "end"):
            raise self._stop("a value")
        self.at += 1
        return self._single(token)

    def _single(self, token: _Token) -> Value:
        span = self.span(token)
        match token.kind:
            case "bad":
                return Value("?", None, span)
            case "string" | "single":
                text = self._text(token)
                return Value("?" if text is None else "string", text, span)
            case "number":
                number = float(token.text)
                if math.isinf(number):
                    self.report(messages.large_number(span, token.text))
                    return Value("?", None, span)
                return Value("number", int(token.text) if token.text.lstrip("-").isdigit() else number, span)
            case "word" if token.text in _WORDS:
                value = _WORDS[token.text]
                return Value("null" if value is None else "bool", value, span)
        self.report(messages.bad_word(span, token.text, is_number=token.kind == "badnumber"))
        return Value("?", None, span)

    def _text(self, token: _Token) -> str | None:
        """The text of a string; None where it is none, which is told."""
        if not token.text:
            return None
        text = token.text
        if token.kind == "single":
            self.report(messages.single_quotes(self.span(token), text))
            return text[1:-1]
        for found in _ESCAPE.finditer(text):
            if found["bad"] is not None:
                start = token.column + found.start()
                place = Span(self.source, token.line, start, token.column + found.end())
                self.report(messages.bad_escape(place, found[0]))
                return None
        if _CONTROL.search(text):
            self.report(messages.bad_string(self.span(token), "a control character in a string is written \\u0009"))
            return None
        decoded: str = json.loads(text)
        if _LONE.search(decoded):
            self.report(messages.bad_string(self.span(token), "half of a pair \\ud83d\\ude00 is no character"))
            return None
        return decoded

    def _array(self, start: _Token, depth: int) -> Value:
        items: list[Value] = []
        while not self._closes("]", start, bool(items)):
            items.append(self.value(depth + 1))
        return Value("array", items, self.span(start, self.tokens[self.at - 1]))

    def _object(self, start: _Token, depth: int) -> Value:
        members: list[Member] = []
        seen: dict[str, Span] = {}
        while not self._closes("}", start, bool(members)):
            key = self.token
            if key.kind in ("mark", "end", "bad"):
                raise self._stop("a key in double quotes")
            self.at += 1
            span = self.span(key)
            name = self._key(key, span)
            if not self.take(":"):
                self._missing(":")
            value = self.value(depth + 1)
            if name in seen:
                self.report(messages.duplicate_key(span, name, seen[name]))
                continue
            if name is not None:
                seen[name] = span
            members.append(Member(name or "", span, value, name is None))
        return Value("object", members, self.span(start, self.tokens[self.at - 1]))

    def _key(self, token: _Token, span: Span) -> str | None:
        if token.kind in ("string", "single"):
            return self._text(token)
        self.report(messages.plain_key(span, token.text))
        return token.text

    def _closes(self, mark: str, start: _Token, has_items: bool) -> bool:
        """Whether an object or array ends here; else its next part begins, behind a comma if there are parts before."""
        if self.take(mark):
            return True
        if self.token.kind == "end":
            if not self.is_swallowed:
                self.report(messages.not_closed(self.span(start), start.text, mark))
            raise _StopError
        if not has_items:
            return False
        comma = self.token
        if comma.kind == "bad":
            self.at += 1
            return self._closes(mark, start, False)
        if not self.take(","):
            if self.token.kind == "mark" and self.token.text in "]}:":
                raise self._stop(f"',' or '{mark}'")
            self._missing(",")
            return False
        if self.token.kind == "mark" and self.token.text == mark:
            self.report(messages.trailing_comma(self.span(comma)))
            self.at += 1
            return True
        return False

    def _missing(self, mark: str) -> None:
        before = self.tokens[self.at - 1]
        self.report(messages.missing_mark(Span(self.source, before.line, before.end, before.end), mark))

    def _stop(self, wanted: str) -> _StopError:
        """Say what cannot stand here, unless it follows from what was said."""
        token = self.token
        word = "" if token.kind == "end" else token.text
        if token.kind != "bad" and not self.is_swallowed:
            self.report(messages.unexpected(self.span(token), word, wanted))
        return _StopError()
