"""Semantic tokens of σ: of a text that cannot be read, as far as its words tell."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Final

from lsprotocol.types import SemanticTokenModifiers as M
from lsprotocol.types import SemanticTokenTypes as T

from lsp.features.deprecation import is_deprecated, may_be_deprecated
from lsp.features.highlight import is_target
from lsp.features.tokens import QUANTUM, Numbered, Token, bits, joined, kind
from lsp.index import Index, Occurrence
from lsp.sigma.session import Session
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables, tokenise
from sigma import syntax as s
from sigma.check.parts import Part
from sigma.check.program import Program
from sigma.lexer import KEYWORDS, Comment, Tokens
from sigma.lint.walk import within
from sigma.symbols import Constant, Function, Given, Local, ModuleName, RecordName, Symbol, Variable
from sigma.types import Type, holds_qubits
from vm.isa import BY_NAME
from vm.isa import QUANTUM as GATES

_WORDS: Final = {
    "INTEGER": kind(T.Number),
    "FLOAT": kind(T.Number),
    "TRUE": kind(T.Keyword),
    "FALSE": kind(T.Keyword),
    "ASSIGN": kind(T.Operator),
    "=": kind(T.Operator),
    "-": kind(T.Operator),
    "->": kind(T.Operator),
    "..": kind(T.Operator),
}
_NAMES: Final = frozenset({"NAME", "STEP", "AT", "FROM", "AS", "REF", "RECORD", "TYPE"})
"""Words that may be names."""
_MADE: Final = bits(M.Declaration, M.Definition)
_BROUGHT: Final = bits(M.DefaultLibrary)
_OLD: Final = bits(M.Deprecated)
_LONG: Final = 4000
"""Words of a stretch that is long."""
_NUMBER: Final = re.compile(r"\w+")
_LETTERS: Final = frozenset("qQ")


def tokens(
    source: SourceFile, program: Program | None, index: Index, own: Tokens, first: int, last: int
) -> Iterator[Token]:
    """Of some lines, from 1 and both counted in; ``own`` are the words of the source."""
    # An asm block or a literal may begin long before; it is one word.
    begin = max(bisect_left(own.lines, first) - 1, 0)
    words = range(begin, bisect_right(own.lines, last))
    strings = _strings(own, program.main.declarations, words) if program is not None else {}
    params = _parameters(program, program.main.declarations) if program is not None else frozenset[int]()
    looked = _Look(source, params, index, strings, words)
    found = [*looked.words(own, words, first, last), *_comments(own, own.comments, first, last)]
    return _in_order(source, found, first, last)


def of_parts(
    session: Session, program: Program, given: Hashable, number: Callable[[Iterable[Token]], list[int]]
) -> list[int]:
    """The tokens of a program that a session has checked, as numbers: of a part that no edit has touched those that it
    had. ``number`` makes them, and ``given`` is what that depends on."""
    source, own = program.main.source, program.main.tokens

    def make(part: Part) -> Numbered:
        first, last = part.start + 1, part.end
        words = range(part.base, part.base + part.size)
        looked = _Look(
            source,
            _parameters(program, part.declarations),
            session.names().in_part(part),
            _strings(own, part.declarations, words),
            words,
        )
        found = [*looked.words(own, words, first, last), *_comments(own, part.comments, first, last)]
        return Numbered.of(number(_in_order(source, found, first, last)), part.start)

    kept = session.of_parts("semantic tokens", (given, _old_names(program)), make)
    return joined((part.start, each) for part, each in kept)


def _in_order(source: SourceFile, found: Iterable[Token], first: int, last: int) -> Iterator[Token]:
    """Those of some lines, each where it ends in its line and the one before it has ended."""
    place = (0, 0)
    for line, column, end, type, modifiers in sorted(found):
        # What an unknown character stands in may be told of as if it were something else.
        end = min(end, len(source.line(line)) + 1)
        if first <= line <= last and place <= (line, column) and column < end:
            yield line, column, end, type, modifiers
            place = line, end


def _comments(own: Tokens, comments: Iterable[Comment], first: int, last: int) -> Iterator[Token]:
    """A token for each line of a comment; ``///`` documents."""
    for comment in comments:
        if comment.line > last or comment.last_line < first:
            continue
        modifiers = bits(M.Documentation) if comment.text.startswith("///") else 0
        yield from _lines(own.source, comment.text, comment.line, comment.column, kind(T.Comment), modifiers)


def _lines(source: SourceFile, text: str, line: int, column: int, type: int, modifiers: int) -> Iterator[Token]:
    for part in text.split("\n"):
        end = min(column + len(part), len(source.line(line)) + 1)
        yield line, column, end, type, modifiers
        line, column = line + 1, 1


class _Look:
    def __init__(
        self,
        source: SourceFile,
        params: frozenset[int],
        index: Index,
        strings: dict[tuple[int, int], list[s.Piece]],
        words: range,
    ) -> None:
        self.source = source
        self.params = params
        self.index = index
        self.strings = strings
        self.known: dict[int, tuple[int, int]] = {}
        self.places: dict[tuple[int, int], Occurrence] = {}
        """Of a long stretch, all names: looking each up takes longer."""
        self.is_long = len(words) > _LONG
        if self.is_long:
            found = (each for places in index.of.values() for each in places if each.span.source is source)
            self.places = {(each.span.line, each.span.column): each for each in found}

    def at(self, line: int, column: int) -> Occurrence | None:
        """The name that begins at a place."""
        if self.is_long:
            return self.places.get((line, column))
        found = self.index.at(self.source, line, column)
        return found if found is not None and found.span.column == column else None

    def words(self, own: Tokens, words: Iterable[int], first: int, last: int) -> Iterator[Token]:
        """Those of some lines, among some words."""
        for at in words:
            kind_, word = own.kinds[at], own.words[at]
            line, column = own.lines[at], own.columns[at]
            if kind_ == "STRING":
                yield from self.string(word, line, column, first, last)
            elif kind_ == "ASM":
                yield from self.assembly(word, line, column, first, last)
            elif kind_ in _NAMES:
                yield from self.name(own, at)
            else:
                type = _WORDS.get(kind_, -1)
                if kind_ in ("BINARY", "PREFIX"):
                    type = kind(T.Keyword) if word.isalpha() else kind(T.Operator)
                elif kind_.isalpha() and word in KEYWORDS:
                    type = kind(T.Keyword)
                if type >= 0:
                    yield line, column, column + self.length(own, at), type, 0

    def length(self, own: Tokens, at: int) -> int:
        """Return the length of a word as written; ``&&`` is kept as ``and``, a swallowed division as ``div``."""
        word, line, column = own.words[at], own.lines[at], own.columns[at]
        if own.kinds[at] == "INTEGER" and (number := _NUMBER.match(own.source.line(line), column - 1)):
            # A number that is none reads 0.
            return max(len(word), len(number[0]))
        text = own.source.line(line)[column - 1 : column + 1]
        if text == "//":
            return 3 if word == "div=" else 2
        return 2 if text in ("&&", "||") else 1 if text[:1] == "!" and text != "!=" else len(word)

    def name(self, own: Tokens, at: int) -> Iterator[Token]:
        """A word that may be a name."""
        line, column, word = own.lines[at], own.columns[at], own.words[at]
        found = self.at(line, column) if own.kinds[at] != "TYPE" else None
        if found is not None and found.span.end_column == column + len(word):
            type, modifiers = self.meaning(found.what)
            if found.is_definition:
                extern = isinstance(found.what, Function) and found.what.is_extern
                modifiers |= bits(M.Declaration) if extern else _MADE
            elif is_target(own, at):
                modifiers |= bits(M.Modification)
        elif own.kinds[at] == "TYPE":
            type, modifiers = kind(T.Type), _BROUGHT | (bits(QUANTUM) if word == "qubit" else 0)
        elif own.kinds[at] == "NAME":
            type, modifiers = self.guess(own, at)
        else:
            type, modifiers = kind(T.Keyword), 0
        yield line, column, column + len(word), type, modifiers

    def guess(self, own: Tokens, at: int) -> tuple[int, int]:
        """What a name is that means nothing, or stands where nothing could be read."""
        before = own.kinds[at - 1] if at else ""
        after = own.kinds[at + 1]
        if before in ("IMPORT", "AS") or (before == "." and self.is_path(own, at)):
            return kind(T.Namespace), 0
        if after == "(" or before in ("FN", "GATE"):
            return kind(T.Function), 0
        if before == "RECORD":
            return kind(T.Struct), _MADE
        if before == ".":
            return kind(T.Property), 0
        return kind(T.Variable), 0

    @staticmethod
    def is_path(own: Tokens, at: int) -> bool:
        """Whether a name stands in the path of an import."""
        while at > 1 and own.kinds[at - 1] == ".":
            at -= 2
        return at > 0 and own.kinds[at - 1] == "IMPORT"

    def meaning(self, what: Any) -> tuple[int, int]:
        """Type and modifiers of a symbol, or of a field."""
        if not isinstance(what, Symbol):
            record, name = what
            field = record.field(name)
            return kind(T.Property), _quantum(field.type) if field is not None else 0
        found = self.known.get(id(what))
        if found is None:
            type, modifiers = self.symbol(what)
            found = self.known[id(what)] = type, modifiers | (_OLD if _is_old(what) else 0)
        return found

    def symbol(self, what: Symbol) -> tuple[int, int]:
        match what:
            case Local() | Variable():
                type = kind(T.Parameter) if id(what) in self.params else kind(T.Variable)
                fixed = 0 if what.is_var else bits(M.Readonly)
                static = bits(M.Static) if isinstance(what, Variable) else 0
                return type, fixed | static | _quantum(what.type)
            case Constant():
                return kind(T.Variable), bits(M.Readonly) | (_BROUGHT if what.module is None else bits(M.Static))
            case Function():
                return kind(T.Function), bits(QUANTUM) if what.is_gate else 0
            case RecordName():
                return kind(T.Struct), _quantum(what.type)
            case ModuleName():
                return kind(T.Namespace), 0
            case Given(builtin=builtin):
                acts = builtin.is_gate or bool(_LETTERS & {*builtin.signature})
                return kind(T.Function), _BROUGHT | (bits(QUANTUM) if acts else 0)
        return kind(T.Variable), 0

    # -- words with others in them

    def string(self, word: str, line: int, column: int, first: int, last: int) -> Iterator[Token]:
        """A literal, without the values that it prints."""
        end = column + len(word)
        if word == '""' and self.source.line(line)[column - 1 : column + 1] != word:
            # One that has no end reads as an empty one.
            end = len(self.source.line(line)) + 1
        for piece in self.strings.get((line, column), ()):
            inner = piece.tokens
            start, behind = inner.columns[piece.expr.first], inner.columns[piece.expr.last]
            behind += len(inner.words[piece.expr.last])
            if not column < start <= behind < end:
                continue
            yield line, column, start, kind(T.String), 0
            for at in range(piece.expr.first, piece.expr.last + 1):
                yield from self.inner(inner, at)
            column = behind
        yield line, column, end, kind(T.String), 0

    def inner(self, inner: Tokens, at: int) -> Iterator[Token]:
        """A word of a value that is printed."""
        if inner.kinds[at] in _NAMES:
            yield from self.name(inner, at)
        else:
            line, column, type = inner.lines[at], inner.columns[at], _WORDS.get(inner.kinds[at], -1)
            if inner.kinds[at] in ("BINARY", "PREFIX"):
                type = kind(T.Operator)
            if type >= 0:
                yield line, column, column + len(inner.words[at]), type, 0

    def assembly(self, word: str, line: int, column: int, first: int, last: int) -> Iterator[Token]:
        """``asm { … }``: its instructions, and what names of σ they have."""
        yield line, column, column + 3, kind(T.Keyword), 0
        names = tables()[2]
        for number, text in enumerate(word.split("\n"), line):
            if first <= number <= last:
                shift = column - 1 if number == line else 0
                skipped = 3 if number == line else 0
                yield from self.instructions(number, text, shift, skipped, names)

    def instructions(self, number: int, text: str, shift: int, skipped: int, names: dict[str, str]) -> Iterator[Token]:
        key, words, columns = tokenise(" " * skipped + text[skipped:])
        for kind_, word, start in zip(key, words, columns, strict=True):
            column, name = start + shift, names.get(kind_, "")
            type, modifiers = -1, 0
            if name == "NAME":
                found = self.at(number, column)
                ops = BY_NAME.get(word.upper())
                if found is not None:
                    type, modifiers = self.meaning(found.what)
                elif ops is not None:
                    type, modifiers = kind(T.Keyword), bits(QUANTUM) if ops[0].group == GATES else 0
            elif name in ("INTEGER", "FLOAT"):
                type = kind(T.Number)
            if type >= 0:
                yield number, column, column + len(word), type, modifiers
        behind = text.find(";")
        if behind >= 0:
            yield number, behind + shift + 1, len(text.rstrip("}")) + shift + 1, kind(T.Comment), 0


def _quantum(type: Type) -> int:
    return bits(QUANTUM) if holds_qubits(type) else 0


def _is_old(what: Symbol) -> bool:
    if what.module is None or isinstance(what, Local):
        return False
    return is_deprecated(what.module.tokens, what.token)


def _parameters(program: Program, declarations: Iterable[s.Node]) -> frozenset[int]:
    """What are parameters of the functions that are declared there, as identities."""
    module = program.main
    names = (module.word(node.name) for node in declarations if isinstance(node, s.FunctionDecl))
    functions = (found for name in names if isinstance(found := module.names.get(name), Function))
    return frozenset(id(param) for function in functions for param in function.params)


def _old_names(program: Program) -> frozenset[str]:
    """Names that the main module gives to what is deprecated."""
    module = program.main
    if not any(may_be_deprecated(comment.text) for comment in module.tokens.comments):
        return frozenset()
    return frozenset(symbol.name for symbol in module.names.values() if _is_old(symbol))


def _strings(
    tokens: Tokens, declarations: Iterable[s.Node], words: Iterable[int]
) -> dict[tuple[int, int], list[s.Piece]]:
    """The literals that print values, of the declarations that have one among some words, by place."""
    found: dict[tuple[int, int], list[s.Piece]] = {}
    printing = [at for at in words if tokens.kinds[at] == "STRING" and "{" in tokens.words[at]]
    for declaration in declarations if printing else ():
        at = bisect_left(printing, declaration.first)
        if at == len(printing) or printing[at] > declaration.last:
            continue
        for node in within(declaration):
            if isinstance(node, s.String) and any(isinstance(part, s.Piece) for part in node.parts):
                place = tokens.lines[node.first], tokens.columns[node.first]
                found[place] = [part for part in node.parts if isinstance(part, s.Piece)]
    return found
