"""Sources of earlier versions of σ to the current one: ``qbcc fmt --migrate``.

Slashes behind a value divided, where an operator could stand and more followed on the line; today ``//`` begins a
comment, and integers are divided by the word ``div``. The old rule is kept here. Divisions are rewritten where they are
code: in expressions, and between the braces of what ``print`` and ``write`` print. Names that are called ``div`` get
another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qbcc.frontends import Migrated
from qbcc.source import SourceFile
from sigma.lexer import ENDS_VALUE, Lexer, Tokens
from sigma.parser import parse_part

_PRINTS: Final = frozenset({"print", "write"})
_PIECE: Final = re.compile(r"\\.|\{\{|\}\}|\{([^{}]*)\}")
_HEAD: Final = "const x = "
_ASSEMBLY: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|;[^\n]*|\bdiv\b')
_WORD: Final = "div"
_RENAMED: Final = "div_"
_COMPLEX: Final = "divide"
"""What the division of ``std.complex`` is called."""


@dataclass(frozen=True, slots=True)
class _Edit:
    line: int
    column: int
    length: int
    text: str
    is_division: bool


class _OldLexer(Lexer):
    """Reads tokens by the old rule."""

    def divides(self, at: int, end: int) -> bool:
        """Return whether slashes divide: behind a value of their line, with more to come on it."""
        tokens = self.tokens
        self._name_last()
        if not tokens.kinds or tokens.kinds[-1] not in ENDS_VALUE or tokens.lines[-1] != self.line:
            return False
        rest = self.text[end : self.text.find("\n", end)]
        return bool(rest.strip()) and not rest.startswith("/")

    def found_division(self, at: int, end: int) -> None:
        """Report nothing: it is the rule."""

    def _name_last(self) -> None:
        """Make the last token a name if it is a ``div`` where no operator can stand: the word was not reserved."""
        kinds, words = self.tokens.kinds, self.tokens.words
        if words and words[-1] == _WORD and kinds[-1] == "BINARY" and self._is_name(len(words) - 1):
            kinds[-1] = "NAME"

    def _is_name(self, at: int) -> bool:
        text = self.source.line(self.tokens.lines[at])
        is_word = text.startswith(_WORD, self.tokens.columns[at] - 1)
        return is_word and not (at and self.tokens.kinds[at - 1] in ENDS_VALUE)

    def named(self) -> list[int]:
        """Make names of all such words, and return where they are."""
        kinds, words = self.tokens.kinds, self.tokens.words
        found = []
        for at, word in enumerate(words):
            if word == _WORD and (kinds[at] == "NAME" or (kinds[at] == "BINARY" and self._is_name(at))):
                kinds[at] = "NAME"
                found.append(at)
        return found


def migrate(source: SourceFile) -> Migrated:
    """Rewrite a source; what is wrong with it by the old rules is in the result. A source that has the operator ``div``
    is of the current language, and stays as it is."""
    lexer = _OldLexer(source)
    tokens, faults = lexer.run()
    named = lexer.named()
    if any(_is_new(tokens, at) for at in range(len(tokens.words))):
        return Migrated(source.text)
    tree, _ = parse_part(tokens, faults, 0, ())
    if tree.diagnostics:
        return Migrated(None, diagnostics=tuple(tree.diagnostics))
    edits = [*_code(tokens, named), *_strings(tokens)]
    if not edits:
        return Migrated(source.text)
    divisions = sum(edit.is_division for edit in edits)
    names = len(edits) - divisions
    changes = []
    if divisions:
        changes.append(f"{divisions} division{'s' * (divisions != 1)} written 'div'")
    if names:
        changes.append(f"{names} use{'s' * (names != 1)} of the name 'div' renamed")
    return Migrated(_edited(source.text, edits), tuple(changes))


def _is_new(tokens: Tokens, at: int) -> bool:
    """Return whether a token is a ``div`` that divides."""
    if tokens.words[at] not in ("div", "div=") or tokens.kinds[at] not in ("BINARY", "ASSIGN"):
        return False
    return tokens.source.line(tokens.lines[at]).startswith(tokens.words[at], tokens.columns[at] - 1)


def _code(tokens: Tokens, named: list[int]) -> Iterator[_Edit]:
    """Return what changes in expressions and in assembly."""
    modules = _complex(tokens)
    for at in named:
        is_member = at > 1 and tokens.kinds[at - 1] == "." and tokens.words[at - 2] in modules
        new = _COMPLEX if is_member else _RENAMED
        yield _Edit(tokens.lines[at], tokens.columns[at], len(_WORD), new, False)
    for at, word in enumerate(tokens.words):
        if word in ("div", "div=") and tokens.kinds[at] in ("BINARY", "ASSIGN"):
            yield _slashes(tokens.source.line(tokens.lines[at]), tokens.lines[at], tokens.columns[at])
        elif tokens.kinds[at] == "ASM" and named:
            yield from _assembly(word, tokens.lines[at], tokens.columns[at])


def _complex(tokens: Tokens) -> set[str]:
    """Return the names by which a source has ``std.complex``."""
    found = set()
    words, kinds = tokens.words, tokens.kinds
    for at, kind in enumerate(kinds):
        if kind == "IMPORT" and words[at + 1 : at + 4] == ["std", ".", "complex"]:
            found.add(words[at + 5] if kinds[at + 4] == "AS" else "complex")
    return found


def _slashes(text: str, line: int, column: int, shift: int = 0) -> _Edit:
    """Return what takes the place of slashes at a column of a text that begins so many characters into its line."""
    length = 3 if text.startswith("//=", column - 1) else 2
    before = " " * (not text[column - 2 : column - 1].isspace())
    after = " " * (not text[column - 1 + length : column + length].isspace())
    word = "div=" if length == 3 else "div"
    return _Edit(line, column + shift, length, f"{before}{word}{after}", True)


def _assembly(word: str, line: int, column: int) -> Iterator[_Edit]:
    """Return the operands of an ``asm`` block that are called ``div``."""
    for found in _ASSEMBLY.finditer(word):
        if found[0] == _WORD:
            before = word[: found.start()]
            rows = before.count("\n")
            place = len(before.rpartition("\n")[2]) + (1 if rows else column)
            yield _Edit(line + rows, place, len(_WORD), _RENAMED, False)


def _strings(tokens: Tokens) -> Iterator[_Edit]:
    """Return what changes between the braces of printed strings."""
    kinds, words = tokens.kinds, tokens.words
    for at, kind in enumerate(kinds):
        is_printed = kind == "STRING" and at > 1 and kinds[at - 1] == "(" and words[at - 2] in _PRINTS
        if not is_printed or (at > 2 and kinds[at - 3] in (".", "FN", "GATE")):
            continue
        for piece in _PIECE.finditer(words[at]):
            if piece[1] is not None:
                yield from _piece(piece[1], tokens.lines[at], tokens.columns[at] - 1 + piece.start(1))


def _piece(text: str, line: int, start: int) -> Iterator[_Edit]:
    """Return what changes in an expression between braces, which begins so many characters into its line."""
    whole = f"{_HEAD}{text};"
    lexer = _OldLexer(SourceFile("<value>", whole))
    tokens, _ = lexer.run()
    named = lexer.named()
    if any(_is_new(tokens, at) for at in range(len(tokens.words))):
        return
    for edit in _code(tokens, named):
        if edit.is_division:
            yield _slashes(whole, line, edit.column, start - len(_HEAD))
        else:
            yield _Edit(line, edit.column + start - len(_HEAD), edit.length, edit.text, False)


def _edited(text: str, edits: list[_Edit]) -> str:
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda edit: (edit.line, edit.column), reverse=True):
        row = lines[edit.line - 1]
        # A mark of the byte order is no part of the first line as it is read.
        at = edit.column - 1 + (edit.line == 1 and row.startswith("\ufeff"))
        lines[edit.line - 1] = row[:at] + edit.text + row[at + edit.length :]
    return "\n".join(lines)
