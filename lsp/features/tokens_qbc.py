"""Semantic tokens of assembly."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Final

from lsprotocol.types import SemanticTokenModifiers as M
from lsprotocol.types import SemanticTokenTypes as T

from lsp.features.tokens import QUANTUM, Numbered, Token, bits, joined, kind
from lsp.qbc.index import CONSTANT, LABEL, MACRO, Symbols
from lsp.qbc.layout import layout
from qbcc.assembly.names import integer_value
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables
from vm.isa import BY_NAME, BY_SYSTEM_CALL
from vm.isa import QUANTUM as GATES

_PLAIN: Final = {
    "COMMENT": kind(T.Comment),
    "STRING": kind(T.String),
    "CHARACTER": kind(T.String),
    "INTEGER": kind(T.Number),
    "FLOAT": kind(T.Number),
    "DIRECTIVE": kind(T.Modifier),
    "DEFINE": kind(T.Modifier),
    "MACRO": kind(T.Modifier),
    **dict.fromkeys(
        ("SHL", "SHR", "EQ", "NE", "LE", "GE", "LT", "GT", "BAR", "CARET", "AMP", "PLUS", "MINUS", "STAR", "SLASH",
         "PERCENT", "TILDE"), kind(T.Operator)),
}  # fmt: skip
"""Types of terminals that mean one thing."""
_REGISTER, _NUMBERED, _UNKNOWN = kind(T.Variable), kind(T.EnumMember), -1
_MADE: Final = bits(M.Declaration, M.Definition)
_WRITTEN: Final = bits(M.Modification)
_FIXED: Final = bits(M.Readonly)
_BROUGHT: Final = bits(M.DefaultLibrary)
_OLD: Final = bits(M.Deprecated)
_COLON: Final = re.compile(r"[ \t]*:")
_MNEMONICS: Final = {name: bits(QUANTUM) if ops[0].group == GATES else 0 for name, ops in BY_NAME.items()}
_WRITES_FIRST: Final = {name: ops[0].letters[:1] == ("d",) for name, ops in BY_NAME.items()}
_WRITES_ALL: Final = {name for name, ops in BY_NAME.items() if ops[0].listed and ops[0].letters[0] == "d"}
_LONG: Final = 20
"""Characters of a number that is no system call's."""
_GIVEN: Final = "OUTPUT_BUFFER"
_LINES: Final = "semantic tokens of lines"


def tokens(
    source: SourceFile, symbols: Symbols, sources: Iterable[SourceFile], first: int, last: int
) -> Iterator[Token]:
    """Of some lines, from 1 and both counted in. ``sources`` are all files of the program."""
    names = _Names(symbols, sources)
    found = layout(source)
    end = min(last, len(source.lines))
    for number in range(max(first, 1), end + 1):
        text = source.lines[number - 1]
        if text:
            macro = found.macro(number)
            yield from _line(text, number, names, found.owner(number), macro.parameters if macro is not None else ())


def of_lines(
    source: SourceFile,
    symbols: Symbols,
    sources: Iterable[SourceFile],
    kept: dict[str, Any],
    given: Hashable,
    number: Callable[[Iterable[Token]], list[int]],
) -> list[int]:
    """All tokens, as numbers. ``number`` makes them, and ``given`` is what that depends on; those of lines are ``kept``
    by their text until names mean something else."""
    names = _Names(symbols, sources)
    meaning = names.kinds, names.data, names.old, names.externals, given
    before, known = kept.get(_LINES, (None, {}))
    if before != meaning:
        known = {}
    found = layout(source)
    lines: dict[tuple[str, str, tuple[str, ...]], Numbered] = {}
    pieces = []
    for at, text in enumerate(source.lines):
        if not text:
            continue
        macro = found.macro(at + 1)
        key = text, found.owner(at + 1) if "@" in text else "", macro.parameters if macro is not None else ()
        piece = known.get(key) or lines.get(key)
        if piece is None:
            piece = Numbered.of(number(_line(text, at + 1, names, *key[1:])), at)
        lines[key] = piece
        pieces.append((at, piece))
    kept[_LINES] = meaning, lines
    return joined(pieces)


class _Names:
    """What names are, each found once."""

    def __init__(self, symbols: Symbols, sources: Iterable[SourceFile]) -> None:
        self.kinds = symbols.kinds
        layouts = [layout(source) for source in sources]
        self.data = frozenset[str]().union(*(found.names for found in layouts))
        self.old = frozenset[str]().union(*(found.deprecated for found in layouts))
        self.externals = {each.name for found in layouts for each in found.externals}
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, full: str) -> tuple[int, int]:
        """Type and modifiers; :data:`_UNKNOWN` for what is none."""
        found = self._known.get(full)
        if found is None:
            type, modifiers = self._of(full)
            found = self._known[full] = type, modifiers | (_OLD if full in self.old else 0)
        return found

    def _of(self, full: str) -> tuple[int, int]:
        known = self.kinds.get(full)
        if known == CONSTANT:
            return kind(T.Variable), _FIXED
        if known == MACRO:
            return kind(T.Macro), 0
        if known == LABEL and full in self.data:
            return kind(T.Variable), bits(M.Static)
        if known == LABEL or full in self.externals:
            return kind(T.Function), 0
        return (kind(T.Variable), _FIXED | _BROUGHT) if full == _GIVEN else (_UNKNOWN, 0)


def _line(text: str, number: int, names: _Names, owner: str, parameters: tuple[str, ...]) -> Iterator[Token]:
    word = ""
    place = 0
    for found in tables()[0].finditer(text):
        group, index = found.lastgroup or "", found.lastindex or 0
        start, end = found.span(index)
        place += 1
        type, modifiers = _PLAIN.get(group, _UNKNOWN), 0
        if group == "NAME":
            written = found[index]
            if word:
                type, modifiers = _operand(written, word, place, names, parameters)
            elif _COLON.match(text, end):
                type, modifiers = names.of(written)
                type, modifiers = (kind(T.Function) if type < 0 else type), modifiers | _MADE
            else:
                word, place = written.upper(), 0
                type, modifiers = kind(T.Keyword), _MNEMONICS.get(word, _UNKNOWN)
                if modifiers < 0:
                    type, modifiers = names.of(written)
        elif group == "LOCAL":
            full = owner + found[index]
            is_new = not word and _COLON.match(text, end) is not None
            type, modifiers = kind(T.Label), (_MADE if is_new else 0) | (_OLD if full in names.old else 0)
        elif group == "REGISTER":
            is_written = word in _WRITES_ALL or (place == 1 and _WRITES_FIRST.get(word, False))
            type, modifiers = _REGISTER, _BROUGHT | (_WRITTEN if is_written else 0)
        elif group == "INTEGER" and word == "QSYSCALL" and _is_call(found[index]):
            type, modifiers = _NUMBERED, _FIXED | _BROUGHT
        elif group in ("DIRECTIVE", "DEFINE", "MACRO"):
            word, place = found[index].lower(), 0
        if type >= 0:
            yield number, start + 1, end + 1, type, modifiers


def _is_call(number: str) -> bool:
    """Whether it is a system call's; a number of thousands of digits is not even read."""
    return len(number) < _LONG and integer_value(number) in BY_SYSTEM_CALL


def _operand(written: str, word: str, place: int, names: _Names, parameters: tuple[str, ...]) -> tuple[int, int]:
    """A name behind a mnemonic, a directive or the name of a macro."""
    if word == ".macro":
        return (kind(T.Macro), _MADE) if place == 1 else (kind(T.Parameter), _MADE)
    if written in parameters:
        return kind(T.Parameter), 0
    type, modifiers = names.of(written)
    if word == ".define" and place == 1:
        return (kind(T.Variable) if type < 0 else type), modifiers | _FIXED | _MADE
    if word == ".extern":
        return (kind(T.Function) if type < 0 else type), modifiers | bits(M.Declaration)
    return type, modifiers
