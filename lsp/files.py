"""What lies in the folders of a workspace: names and includes of its sources, as far as there is room for them.

Files are read in a thread of their own, and again only when they have changed. What is open counts as the editor has
it."""

from __future__ import annotations

import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from lsprotocol.types import SymbolKind

from lsp.convert import Encoding, Text
from lsp.features import links
from lsp.features.deprecation import is_deprecated
from lsp.index import Declared
from lsp.qbc.layout import Named, layout
from lsp.workspace import CIRCUIT, QBC, SIGMA, Document
from qbcc.assembly.includes import IncludeFault, decode, read_regular_bytes
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile
from sigma.lexer import lex

MAX_FILES: Final = 5000
"""Most sources that are known."""
MAX_SEEN: Final = 100_000
"""Most files and folders that are looked at."""
MAX_SIZE: Final = 1 << 20
"""Most bytes of one: a larger one was made by a program."""
MAX_TOTAL: Final = 32 << 20
"""Most bytes of all."""
_REST: Final = 20
"""Times as long as a look took, nothing is looked at."""
_SHOWN: Final = 100
"""Files after which those found so far are shown."""
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "build", "dist", "target", "venv"})
_WORD: Final = re.compile(r"[^\W\d]\w*")
_KINDS: Final = {
    "FN": SymbolKind.Function,
    "GATE": SymbolKind.Function,
    "CONST": SymbolKind.Constant,
    "RECORD": SymbolKind.Struct,
    "VIEW": SymbolKind.Variable,
    "LET": SymbolKind.Variable,
    "VAR": SymbolKind.Variable,
}
Stamp = tuple[int, int]
"""When a file was written, in ns, and its bytes."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one source."""

    words: frozenset[str]
    """Every word in it."""
    uses: tuple[tuple[str, bool], ...]
    """The files that it includes or imports, and whether each is one of the library."""
    declared: tuple[Declared, ...]
    gives: frozenset[str]
    """Names that other objects see: ``.global``, ``export fn``."""
    takes: frozenset[str]
    """Names that other objects bring: ``.extern``, ``extern fn``."""


NOTHING: Final = Summary(frozenset(), (), (), frozenset(), frozenset())


@lru_cache(256)
def summary(source: SourceFile, language: str) -> Summary:
    """Of a source that is open."""
    return _summary(source, language)


def _summary(source: SourceFile, language: str) -> Summary:
    if language == QBC:
        return _assembly(source)
    return _sigma(source) if language == SIGMA else NOTHING


def _assembly(source: SourceFile) -> Summary:
    found, text = layout(source), Text(source.text)

    def rows(names: Iterable[Named], kind: SymbolKind) -> Iterator[Declared]:
        for one in names:
            line, before = _place(text, one.line, one.column)
            yield Declared(one.name, kind, line, before, one.full in found.deprecated)

    labels = [one for one in found.labels if one.name[0] != "@" and found.macro(one.line) is None]
    declared = (
        *rows((one for one in labels if not one.is_data), SymbolKind.Function),
        *rows((one for one in labels if one.is_data), SymbolKind.Variable),
        *rows(found.constants, SymbolKind.Constant),
        *rows(found.macros, SymbolKind.Operator),
    )
    uses = tuple((named.name, False) for named in links.assembly(source))
    gives = frozenset(one.name for one in found.globals)
    return Summary(_words(source), uses, declared, gives, frozenset(one.name for one in found.externals))


def _sigma(source: SourceFile) -> Summary:
    tokens, text = lex(source)[0], Text(source.text)
    kinds, words = tokens.kinds, tokens.words
    declared: list[Declared] = []
    gives: set[str] = set()
    takes: set[str] = set()
    depth = 0
    for at, kind in enumerate(kinds[:-1]):
        depth += (kind in ("{", "(", "[")) - (kind in ("}", ")", "]"))
        if kind in _KINDS and depth <= 0 and words[at + 1].isidentifier():
            name = words[at + 1]
            line, before = _place(text, tokens.lines[at + 1], tokens.columns[at + 1])
            declared.append(Declared(name, _KINDS[kind], line, before, is_deprecated(tokens, at)))
            owner = kinds[at - 1] if at else ""
            (gives if owner == "EXPORT" else takes if owner == "EXTERN" else set()).add(name)
    uses = tuple((named.name, named.is_library) for named in links.sigma(tokens) if not named.is_object)
    return Summary(_words(source), uses, tuple(declared), frozenset(gives), frozenset(takes))


def _words(source: SourceFile) -> frozenset[str]:
    return frozenset(_WORD.findall(source.text))


def _place(text: Text, line: int, column: int) -> tuple[int, str]:
    offset = text.at(line, column)
    number = text.position(offset, Encoding.Utf32).line
    return number, text.text[text.starts[number] : offset]


def language_of(path: str) -> str:
    """By its ending; empty for what is none of ours."""
    if path.endswith(".sigma.json"):
        return CIRCUIT
    return {"qbc": QBC, "sigma": SIGMA}.get(path.rpartition(".")[2], "")


def read(path: str) -> SourceFile | None:
    """Read a source on disk, as an editor would open it: without the mark of its encoding. None for one that cannot be
    read, or is too large."""
    try:
        text = decode(read_regular_bytes(Path(path), path, MAX_SIZE), path).removeprefix("\ufeff")
    except (IncludeFault, OSError, ValueError):
        return None
    return SourceFile(Path(path).name, text, path)


def stamp_of(path: str) -> Stamp | None:
    """None for a file that is not there."""
    try:
        info = Path(path).stat()
    except (OSError, ValueError):
        return None
    return info.st_mtime_ns, info.st_size


@dataclass
class Files:
    """The files on disk. Only one thread at a time may look at them anew."""

    folders: tuple[str, ...] = ()
    known: Mapping[str, Summary] = field(default_factory=dict)
    """By path, with links resolved; never changed, only exchanged."""
    is_whole: bool = True
    """Whether all of them are known."""
    _stamps: dict[str, Stamp] = field(default_factory=dict)
    _looked: float = -1e9
    _took: float = 0.0
    """Seconds of the last look."""
    _changes: int = 0
    """How often a look was asked for."""

    def look(self, age: float, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read what has changed, if the last look is so many seconds old, or more where looking takes long; the first
        one shows what it has found so far. At age 0 it is always looked. ``is_wanted`` may end it early."""
        begun = time.monotonic()
        if age and begun - self._looked < max(age, _REST * self._took):
            return
        is_first, changes = not self.known, self._changes
        known: dict[str, Summary] = {}
        stamps: dict[str, Stamp] = {}
        total, self.is_whole = 0, True
        for path, stamp in self._found():
            if not is_wanted():
                return
            total += stamp[1]
            if len(known) >= MAX_FILES or total > MAX_TOTAL:
                self.is_whole = False
                break
            old = self.known.get(path)
            if old is None or self._stamps.get(path) != stamp:
                source = read(path)
                old = _summary(source, language_of(path)) if source is not None else NOTHING
            known[path], stamps[path] = old, stamp
            if is_first and len(known) % _SHOWN == 0:
                self.known = dict(known)
        self.known, self._stamps = known, stamps
        if changes == self._changes:
            self._looked = time.monotonic()
            self._took = self._looked - begun

    def forget(self) -> None:
        """The next look is due."""
        self._changes += 1
        self._looked, self._took = -1e9, 0.0

    def _found(self) -> Iterator[tuple[str, Stamp]]:
        """Sources in the folders, each once, those near the top first."""
        todo = [os.path.realpath(folder) for folder in self.folders]
        done = set(todo)
        seen = 0
        for folder in todo:
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                seen += 1
                if seen > MAX_SEEN:
                    self.is_whole = False
                    return
                try:
                    if entry.name[0] == ".":
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _SKIPPED and entry.path not in done:
                            done.add(entry.path)
                            todo.append(entry.path)
                    elif language_of(entry.name) and entry.is_file(follow_symlinks=False):
                        info = entry.stat()
                        if info.st_size <= MAX_SIZE:
                            yield entry.path, (info.st_mtime_ns, info.st_size)
                except OSError:
                    continue


class View:
    """All sources at one moment: those on disk, with what is open in their place."""

    def __init__(self, known: Mapping[str, Summary], documents: Iterable[Document]) -> None:
        self.open = {
            document.path: document for document in documents if document.path is not None and document.language
        }
        self.known = {**known, **{p: summary(d.source, d.language) for p, d in self.open.items()}}

    @cached_property
    def users(self) -> Mapping[str, list[str]]:
        """By path, who includes or imports it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path in sorted(self.known):
            for used in self.uses(path):
                found[used].append(path)
        return found

    def uses(self, path: str) -> Iterator[str]:
        """What a source includes or imports, as far as it is known or of the library."""
        library, folder = stdlib_dir(), Path(path).parent
        for name, is_library in self.known[path].uses if path in self.known else ():
            beside = os.path.normpath(folder / name)
            if not is_library and beside in self.known:
                yield beside
            else:
                yield os.path.normpath(library / name)

    def programs(self, path: str, name: str, seen: Iterable[str]) -> list[str]:
        """The sources to read for finding a name that is given in a file: they lead to that file, nothing leads to
        them, and they lead to a file with the name that was not ``seen``."""
        reach, todo = {path}, [path]
        while todo:
            for user in self.users.get(todo.pop(), ()):
                if user not in reach:
                    reach.add(user)
                    todo.append(user)
        wanted = {each for each in self.known if name in self.known[each].words}.difference(seen)
        tops = sorted(each for each in reach if not any(user not in (each,) for user in self.users.get(each, ())))
        # Of files that include each other, none is on top.
        tops = tops or [path]
        return [top for top in tops if wanted & self._below(top)]

    def _below(self, path: str) -> set[str]:
        found, todo = {path}, [path]
        while todo:
            for used in self.uses(todo.pop()):
                if used not in found:
                    found.add(used)
                    todo.append(used)
        return found

    def giving(self, name: str) -> list[str]:
        """Sources that let other objects see a name."""
        return sorted(path for path, each in self.known.items() if name in each.gives)

    def taking(self, name: str) -> list[str]:
        """Sources that ask other objects for it."""
        return sorted(path for path, each in self.known.items() if name in each.takes)
