"""The files that a source names: what it includes or imports, found as the compilers find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lsp.qbc.layout import layout
from qbcc.assembly.includes import Folders, IncludeFault
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile, Span
from qbcc.syntax.text import CharacterFault, string_bytes
from sigma.lexer import Tokens, lex
from sigma.tables import END

Read = Callable[[Path], str]
"""Text of an open document; raises :class:`OSError` for any other file."""


@dataclass(frozen=True, slots=True)
class Link:
    """A name of a file."""

    span: Span
    """Without quotes."""
    target: str
    """The file's path."""
    shown: str
    """The file's name as messages have it."""


@dataclass(frozen=True, slots=True)
class Named:
    """What is written: a file, or (``is_library``) a module of the library."""

    span: Span
    name: str
    is_library: bool = False
    is_object: bool = False
    """Whether the file becomes an object of its own: what it names is not known here."""


def assembly(source: SourceFile) -> Iterator[Named]:
    """What a source of assembly includes."""
    for quoted, line, column in layout(source).includes:
        try:
            name = string_bytes(quoted).decode()
        except (CharacterFault, UnicodeDecodeError):
            continue
        yield Named(Span(source, line, column + 1, column + len(quoted) - 1), name)


def sigma(tokens: Tokens) -> Iterator[Named]:
    """What a source of σ imports, and the files of its ``extern fn``."""
    kinds, words = tokens.kinds, tokens.words
    for at, kind in enumerate(kinds[:-1]):
        after = kinds[at + 1]
        if kind in ("IMPORT", "FROM") and after == "STRING":
            span = tokens.span(at + 1, at + 1)
            yield Named(
                Span(span.source, span.line, span.column + 1, span.end_column - 1),
                words[at + 1][1:-1],
                is_object=kind == "FROM",
            )
        elif kind == "IMPORT" and after not in (";", "."):
            last = at + 1
            while kinds[last + 1] == "." and kinds[last + 2] not in (";", END):
                last += 2
            if tokens.lines[last] == tokens.lines[at + 1]:
                path = "/".join(words[at + 1 : last + 1 : 2]) + ".sigma"
                yield Named(tokens.span(at + 1, last), path, is_library=True)


def found(source: SourceFile, named: Named, read: Read | None) -> Link | None:
    """Where a name leads; None if there is no such file."""
    includer = SourceFile("<library>", "") if named.is_library else source
    root = Path(source.path).parent if source.path else None
    folders = Folders((), stdlib_dir(), read, root)
    try:
        target = folders.find(named.name, includer)
    except (IncludeFault, OSError, ValueError):
        return None
    return Link(named.span, target.path, target.name) if target.path is not None else None


def assembly_links(source: SourceFile, read: Read | None) -> list[Link]:
    """Of a source of assembly."""
    return [link for named in assembly(source) if (link := found(source, named, read)) is not None]


def sigma_links(source: SourceFile, read: Read | None, tokens: Tokens | None = None) -> list[Link]:
    """Of a source of σ."""
    tokens = tokens if tokens is not None else lex(source)[0]
    return [link for named in sigma(tokens) if (link := found(source, named, read)) is not None]
