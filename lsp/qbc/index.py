"""The names of assembly: labels, local labels, constants, macros, in all files of a program.

A program of many lines is asked about one name or one place. So only the lines that give names are gone through, once
for each version; the others are read when they are asked about, those that hold a word found by the word."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import itemgetter
from typing import Final

from lsp.index import Index, Occurrence
from qbcc.assembly.names import Names, Value
from qbcc.assembly.reading import Reading, read
from qbcc.edits import Edit, difference
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables
from qbcc.syntax.lines import Line, Name, Shape
from vm.isa import BY_NAME

LABEL, LOCAL, CONSTANT, MACRO, EXTERNAL = "label", "local label", "constant", "macro", "external name"
_CONTRACT: Final = frozenset({".args", ".returns", ".clobbers"})
_TELLING: Final = frozenset({".define", ".macro", ".endm", ".extern", ".func", *_CONTRACT})
"""Directives that give names, say something of them, or say where they count."""


class Symbols:
    """What a program of assembly names."""

    def __init__(self, sources: Iterable[SourceFile], before: Symbols | None = None) -> None:
        """Those of an earlier version of the program may be given: what it knows of lines is used."""
        known = before.files if before is not None else {}
        older = {source.name: file for source, file in known.items()}
        self.files: dict[SourceFile, _File] = {
            source: known.get(source) or _File(source, older.get(source.name)) for source in sources
        }

    @cached_property
    def index(self) -> Index:
        """Where names stand."""
        return _Places(self)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each name is; a local label has its owner before it."""
        kinds = {name: kind for name, (_, _, kind) in self.given.items()}
        for line, _ in self.telling():
            if line.word.lower() == ".extern":
                brought = (line.words[node.first] for node in line.shape.arguments if isinstance(node, Name))
                kinds |= {name: EXTERNAL for name in brought if name not in self.given}
        return kinds

    @cached_property
    def given(self) -> dict[str, tuple[Line, int, str]]:
        """Where each name stands first that the program gives, as a line's token, and what it is."""
        found: dict[str, tuple[Line, int, str]] = {}
        for line, parameters in self.telling():
            for token in line.shape.labels:
                name = _full(line, token)
                if name not in found and name not in parameters:
                    found[name] = line, token, LOCAL if "@" in name else LABEL
            for token in _defined(line):
                name = line.words[token]
                if name not in found and name not in parameters:
                    found[name] = line, token, CONSTANT if line.word.lower() == ".define" else MACRO
        return found

    @cached_property
    def values(self) -> dict[str, Value]:
        """Of constants that need no address, where they have one."""
        names = Names(lambda diagnostic: None)
        for line, _ in self.telling():
            if line.word.lower() == ".define" and len(line.shape.arguments) == 2:
                name, node = line.shape.arguments
                names.add_constant(line.words[name.first], line.span(name), line, node)
        names.settle()
        return {name: constant.value for name, constant in names.constants.items() if constant.value is not None}

    @cached_property
    def contracts(self) -> dict[str, dict[str, str]]:
        """Of a subroutine, what stands behind ``.args``, ``.returns`` and ``.clobbers``."""
        contracts: dict[str, dict[str, str]] = {}
        contract: dict[str, str] = {}
        for line, _ in self.telling():
            word = line.word.lower()
            if word == ".func" and line.shape.word + 1 < len(line.words):
                contract = contracts.setdefault(line.words[line.shape.word + 1], {})
            elif word in _CONTRACT:
                contract[word] = " ".join(line.words[line.shape.word + 1 :]).replace(" ,", ",")
        return contracts

    def telling(self) -> Iterator[tuple[Line, frozenset[str]]]:
        """The lines that give names, each with the parameters that hide names there."""
        for file in self.files.values():
            yield from file.telling


_MANY: Final = 8
"""Names that are looked for before it pays to list all."""


def _tells(reading: Reading) -> bool:
    """Whether a line gives names, says something of them, or where they count."""
    shape = reading.shape
    if reading.rows or not reading.key or not isinstance(shape, Shape):
        return False
    return bool(shape.labels) or (shape.word >= 0 and reading.words[shape.word].lower() in _TELLING)


class _File:
    """A source, and its lines that tell something of names. Of an ``older`` version only those that have changed are
    looked at."""

    def __init__(self, source: SourceFile, older: _File | None = None) -> None:
        self.source = source
        self.numbers = self._numbers(older)
        """The lines that tell something of names."""
        self.scopes: list[tuple[int, str, frozenset[str]]] = [(0, "", frozenset())]
        """From which line on, the owner of local labels (the label before them, or the macro that they are in) and the
        parameters that hide other names."""
        self.telling: list[tuple[Line, frozenset[str]]] = []
        self._tell()

    def _numbers(self, older: _File | None) -> list[int]:
        lines = self.source.lines
        change = difference(older.source.lines, lines) if older is not None else Edit(0, 0, len(lines))
        known = older.numbers if older is not None else []
        if change is None:
            return known
        first, end = bisect_right(known, change.first), bisect_right(known, change.old_end)
        new = [at for at in range(change.first + 1, change.new_end + 1) if _tells(read(lines[at - 1]))]
        return [*known[:first], *new, *(number + change.shift for number in known[end:])]

    def owner(self, number: int) -> str:
        """What local labels of a line belong to."""
        return self._scope(number)[1]

    def _scope(self, number: int) -> tuple[int, str, frozenset[str]]:
        return self.scopes[bisect_right(self.scopes, number, key=itemgetter(0)) - 1]

    def _tell(self) -> None:
        """Go through those lines."""
        outer, scope, parameters = "", "", frozenset[str]()
        for number in self.numbers:
            line = read(self.source.lines[number - 1]).line_in(self.source, number)
            word = line.word.lower()
            before = scope, parameters
            if word == ".macro":
                names = line.words[line.shape.word + 1 :]
                # No label has a blank in its name.
                outer, scope, parameters = scope, f"macro {names[0]}", frozenset(names[1:])
            for token in line.shape.labels:
                scope = line.words[token] if line.words[token][0] != "@" and not scope.startswith("macro ") else scope
            line.scope = scope
            self.telling.append((line, parameters))
            if (scope, parameters) != before:
                self.scopes.append((number, scope, parameters))
            if word == ".endm":
                scope, parameters = outer, frozenset()
                self.scopes.append((number + 1, scope, parameters))

    @cached_property
    def with_word(self) -> dict[str, list[int]]:
        """The lines in which each word stands."""
        found: dict[str, list[int]] = {}
        for number, text in enumerate(self.source.lines, 1):
            for word in dict.fromkeys(read(text).words):
                found.setdefault(word, []).append(number)
        return found

    def line(self, number: int) -> tuple[Line, frozenset[str]] | None:
        """A line, if there is one that can be read, and the parameters that hide names there."""
        if not 0 < number <= len(self.source.lines):
            return None
        line = read(self.source.lines[number - 1]).line(self.source, number)
        if not isinstance(line, Line):
            return None
        _, line.scope, parameters = self._scope(number)
        return line, parameters


class _Places(Index):
    """Places of names, found when they are asked for."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(())
        self.symbols = symbols
        self.of = _Of(self)
        keys = tables()[1]
        self._named = (keys["NAME"], keys["LOCAL"])

    def at(self, source: SourceFile, line: int, column: int) -> Occurrence | None:
        """The name at a place; one that ends there counts too, if none begins."""
        file = self.symbols.files.get(source)
        found = None
        for each in self.on(file, line) if file is not None else ():
            if each.span.column <= column:
                found = each
        return found if found is not None and column <= found.span.end_column else None

    def definition(self, what: Hashable) -> Occurrence | None:
        """Where a name is given."""
        given = self.symbols.given.get(str(what))
        if given is None:
            return None
        line, token, _ = given
        return Occurrence(line.tokens(token, token), what, is_definition=True)

    def on(self, file: _File, number: int) -> Iterator[Occurrence]:
        """The names of a line."""
        found = file.line(number)
        if found is not None:
            line, parameters = found
            yield from self.occurrences(line, parameters, range(len(line.words)))

    def occurrences(self, line: Line, parameters: frozenset[str], tokens: Iterable[int]) -> Iterator[Occurrence]:
        """Those of the tokens that are names."""
        definition = _defined(line)
        for token in tokens:
            name = _full(line, token)
            if self._is_name(line, token, name, parameters):
                is_new = token in line.shape.labels or token in definition
                yield Occurrence(line.tokens(token, token), name, is_new)

    def _is_name(self, line: Line, token: int, name: str, parameters: frozenset[str]) -> bool:
        """Whether a token means a name of the program: no mnemonic, and hidden by no parameter."""
        if line.kinds[token] not in self._named or name not in self.symbols.kinds or name in parameters:
            return False
        return token != line.shape.word or line.words[token].upper() not in BY_NAME


class _Of(Mapping[Hashable, list[Occurrence]]):
    """The places of each name, in the order of the text."""

    def __init__(self, places: _Places) -> None:
        self._places = places
        self._found: dict[Hashable, list[Occurrence]] = {}

    def __getitem__(self, what: Hashable) -> list[Occurrence]:
        if what not in self._found:
            self._found[what] = self._search(str(what)) if what in self._places.symbols.kinds else []
        return self._found[what]

    def _search(self, name: str) -> list[Occurrence]:
        word = "@" + name.rpartition("@")[2] if "@" in name else name
        return [
            each
            for file in self._places.symbols.files.values()
            for number in self._lines(file, word)
            for each in self._places.on(file, number)
            if each.what == name
        ]

    def _lines(self, file: _File, word: str) -> list[int]:
        """Where a word stands. Who asks for many is given them from a list of all."""
        if len(self._found) < _MANY:
            return [number for number, text in enumerate(file.source.lines, 1) if word in text]
        return file.with_word.get(word, [])

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._places.symbols.kinds)

    def __len__(self) -> int:
        return len(self._places.symbols.kinds)


def _defined(line: Line) -> tuple[int, ...]:
    """The token that a directive gives as a name."""
    at = line.shape.word + 1
    return (at,) if line.word.lower() in (".define", ".macro") and at < len(line.words) else ()


def _full(line: Line, token: int) -> str:
    word = line.words[token]
    return line.scope + word if word[0] == "@" else word
