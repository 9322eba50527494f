"""Text to tokens.

``//`` always begins a comment. Integers are divided by the word ``div``. Older sources, in which slashes behind a value
divided, are read by a subclass, or with the places of divisions that the parser found."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from sigma import messages
from sigma.tables import END

KEYWORDS: Final = {
    word: word.upper()
    for word in (
        "const", "fn", "export", "gate", "record", "view", "at", "let", "var", "import", "extern", "from", "as",
        "while", "for", "in", "step", "break", "continue", "return", "asm", "if", "else", "inv", "ctrl", "true",
        "false", "ref",
    )
} | {
    "int": "TYPE", "float": "TYPE", "bool": "TYPE", "qubit": "TYPE", "and": "BINARY", "or": "BINARY", "div": "BINARY",
    "not": "PREFIX",
}  # fmt: skip
"""Terminals of the words that have a meaning of their own."""
SPELLED: Final = {"&&": "and", "||": "or", "!": "not"}
DECLARES: Final = frozenset({"CONST", "FN", "EXPORT", "GATE", "RECORD", "VIEW", "LET", "VAR", "IMPORT", "EXTERN"})
"""Terminals that begin a declaration."""
ENDS_VALUE: Final = frozenset(
    {"NAME", "INTEGER", "FLOAT", "STRING", "TRUE", "FALSE", ")", "]", "STEP", "AT", "FROM", "AS", "REF"}
)
"""Terminals that end a value."""
Places = Collection[tuple[int, int]]
"""Lines and columns, from 1 on."""
_TOKEN: Final = re.compile(
    r"""[ \t\r]+
    |(?P<newline>\n)
    |(?P<divide>div=(?!=))
    |(?P<name>[^\W\d]\w*)
    |(?P<float>[0-9](?:_?[0-9])*(?:\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)(?!\w))
    |(?P<int>(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|[0-9](?:_?[0-9])*)(?!\w))
    |(?P<badnumber>[0-9]\w*)
    |(?P<slashes>//=?)
    |(?P<comment>/\*)
    |(?P<string>"(?:[^"\\\n]|\\[^\n])*")
    |(?P<char>'(?:[^'\\\n]|\\[^\n])*')
    |(?P<quote>["'])
    |(?P<assign>(?:<<|>>|[-+*/%&|^])=)
    |(?P<binary><<|>>|==|!=|<=|>=|&&|\|\||[+*/%&|^<>])
    |(?P<prefix>[!~])
    |(?P<mark>->|\.\.|[-=;(){}:.,\[\]])
    |(?P<bad>.)""",
    re.VERBOSE,
)
_KINDS: Final = {
    "float": "FLOAT", "int": "INTEGER", "char": "INTEGER", "string": "STRING", "assign": "ASSIGN", "divide": "ASSIGN",
    "binary": "BINARY", "prefix": "PREFIX",
}  # fmt: skip
_CURLY: Final = re.compile(r"""[“”„«»‘’]((?:[^“”„«»‘’"\\\n]|\\[^\n])*)[“”„«»‘’"]""")
"""A text in quotes of other shapes."""
_ASM_START: Final = re.compile(r"\s*\{")
_COMMENT: Final = re.compile(r"/\*|\*/|\n")
_ASM: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|;[^\n]*|[{}]|\n')


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: no token, for it may stand between any two."""

    text: str
    line: int
    column: int
    before: int
    """The token that follows it."""

    @property
    def is_line(self) -> bool:
        """Whether it goes to the end of its line."""
        return self.text.startswith("//")

    @property
    def last_line(self) -> int:
        """The line on which it ends."""
        return self.line + self.text.count("\n")


@dataclass(slots=True)
class Tokens:
    """The tokens of a source, column by column; the last one is the end."""

    source: SourceFile
    kinds: list[str]
    words: list[str]
    lines: list[int]
    columns: list[int]
    comments: list[Comment] = field(default_factory=list)
    """What the parser does not see, for the formatter and the linter."""

    def span(self, first: int, last: int) -> Span:
        """Where tokens stand: of several lines, what is on the first."""
        line = self.lines[first]
        while last > first and self.lines[last] != line:
            last -= 1
        column = self.columns[first]
        end = self.columns[last] + len(self.words[last].partition("\n")[0])
        return Span(self.source, line, column, max(end, column + 1))

    def after(self, token: int) -> Span:
        """The place behind a token."""
        end = self.columns[token] + len(self.words[token])
        return Span(self.source, self.lines[token], end, end)

    def doc(self, token: int) -> str:
        """The ``///`` lines right above a token."""
        found: list[str] = []
        number = self.lines[token] - 1
        while number > 0 and (text := self.source.line(number).strip()).startswith("///"):
            found.append(text[3:].removeprefix(" "))
            number -= 1
        return "\n".join(reversed(found))


def lex(
    source: SourceFile, first: int = 0, end: int | None = None, divisions: Places = ()
) -> tuple[Tokens, list[Diagnostic]]:
    """Tokens, and what belongs to none; of some lines only, from 0 and ``end`` not counted in, if they begin and end
    outside of comments. Slashes at ``divisions`` are read as ``div``."""
    return Lexer(source, first, end, divisions).run()


class Lexer:
    """Reads the tokens of a source."""

    def __init__(self, source: SourceFile, first: int = 0, end: int | None = None, divisions: Places = ()) -> None:
        self.divisions = divisions
        self.source = source
        self.text = "\n".join(source.lines[first:end]) + "\n"
        self.tokens = Tokens(source, [], [], [], [])
        self.diagnostics: list[Diagnostic] = []
        self.line = first + 1
        self.start = 0
        """Offset of the line's first character."""

    def run(self) -> tuple[Tokens, list[Diagnostic]]:
        """Return the tokens, and what belongs to none."""
        text, match = self.text, _TOKEN.match
        kinds, words, lines, columns = (self.tokens.kinds, self.tokens.words, self.tokens.lines, self.tokens.columns)
        at, size = 0, len(text)
        while at < size:
            found = match(text, at)
            assert found is not None
            end = found.end()
            kind = found.lastgroup
            if kind is None:
                at = end
                continue
            if kind == "newline":
                self.line += 1
                self.start = at = end
                continue
            word = text[at:end]
            if kind == "mark":
                name = word
            elif kind == "name":
                name = KEYWORDS.get(word, "NAME")
                if name == "ASM":
                    if opened := _ASM_START.match(text, end):
                        at = self.asm(at, opened.end())
                        continue
                    column = at - self.start + 1
                    self.diagnostics.append(messages.no_block(Span(self.source, self.line, column, column + 3)))
            elif kind == "slashes":
                if not self.divides(at, end):
                    end = text.find("\n", end)
                    self.keep(at, end, self.line, self.start)
                    at = end
                    continue
                name, word = ("ASSIGN", "div=") if word == "//=" else ("BINARY", "div")
                self.found_division(at, end)
            elif kind == "comment":
                at = self.comment(at)
                continue
            elif kind in _KINDS:
                name = _KINDS[kind]
                word = SPELLED.get(word, word) if kind in ("binary", "prefix") else word
            else:
                at = self.bad(kind, at, end)
                continue
            kinds.append(name)
            words.append(word)
            lines.append(self.line)
            columns.append(at - self.start + 1)
            at = end
        self.add(END, "", max(size - 1, self.start))
        return self.tokens, self.diagnostics

    def add(self, kind: str, word: str, at: int) -> None:
        """Add a token that begins at an offset of the line."""
        tokens = self.tokens
        tokens.kinds.append(kind)
        tokens.words.append(word)
        tokens.lines.append(self.line)
        tokens.columns.append(at - self.start + 1)

    def keep(self, at: int, end: int, line: int, start: int) -> None:
        """Note a comment of the line that begins at ``start``."""
        comment = Comment(self.text[at:end], line, at - start + 1, len(self.tokens.kinds))
        self.tokens.comments.append(comment)

    def divides(self, at: int, end: int) -> bool:
        """Return whether slashes from one offset to another are read as an operator."""
        return (self.line, at - self.start + 1) in self.divisions

    def found_division(self, at: int, end: int) -> None:
        """Report slashes that are read as an operator."""
        column = at - self.start + 1
        span = Span(self.source, self.line, column, column + end - at)
        around = self.text[at - 1 : at] + self.text[end : end + 1]
        self.diagnostics.append(messages.slashes(span, self.text[at:end] == "//=", around))

    def comment(self, at: int) -> int:
        """Behind a comment, which may hold others."""
        depth, place, line, start = 0, at, self.line, self.start
        for found in _COMMENT.finditer(self.text, at):
            if found[0] == "\n":
                self.line += 1
                self.start = found.end()
                continue
            depth += 1 if found[0] == "/*" else -1
            if depth == 0:
                self.keep(place, found.end(), line, start)
                return found.end()
        column = place - start + 1
        self.diagnostics.append(messages.open_comment(Span(self.source, line, column, column + 2)))
        return len(self.text)

    def asm(self, at: int, inside: int) -> int:
        """A token of a whole ``asm { … }``."""
        depth, line, start = 1, self.line, self.start
        self.line += self.text.count("\n", at, inside)
        for found in _ASM.finditer(self.text, inside):
            if found[0] == "\n":
                self.line += 1
                self.start = found.end()
            elif found[0] in "{}":
                depth += 1 if found[0] == "{" else -1
            if depth == 0:
                end = found.end()
                tokens = self.tokens
                tokens.kinds.append("ASM")
                tokens.words.append(self.text[at:end])
                tokens.lines.append(line)
                tokens.columns.append(at - start + 1)
                return end
        column = at - start + 1
        self.diagnostics.append(messages.open_asm(Span(self.source, line, column, column + 3)))
        return len(self.text)

    def bad(self, kind: str, at: int, end: int) -> int:
        """Report what is no word, and return the offset behind it."""
        column = at - self.start + 1
        span = Span(self.source, self.line, column, column + end - at)
        word = self.text[at:end]
        if kind == "badnumber":
            self.diagnostics.append(messages.bad_number(span, word))
            # A number stands here, whichever: what follows it is read as after one.
            self.add("INTEGER", "0", at)
        elif kind == "quote":
            self.diagnostics.append(messages.open_string(span, word))
            self.add("STRING", '""', at)
            return self.text.find("\n", at)
        elif found := _CURLY.match(self.text, at):
            return self.curly(found, column)
        else:
            self.diagnostics.append(messages.bad_character(span, word))
        return end

    def curly(self, found: re.Match[str], column: int) -> int:
        """Report a text in quotes of another shape, and read it as if they were plain."""
        at, inner = found.start(), found[1]
        span = Span(self.source, self.line, column, column + len(found[0]))
        quote = "'" if found[0][0] in "‘’" and len(inner) == 1 else '"'
        self.diagnostics.append(messages.bad_quotes(span, found[0][0], f"{quote}{inner}{quote}"))
        self.add("INTEGER" if quote == "'" else "STRING", f"{quote}{inner}{quote}", at)
        return found.end()
