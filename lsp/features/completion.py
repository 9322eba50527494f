"""What could be written at a place: what it is made of, and paths of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol.types import CompletionItemKind as Kind

from lsp.features import paths, snippets
from lsp.features.narrowing import Narrowing, goes_with
from qbcc.source import SourceFile


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that could stand there."""

    label: str
    kind: Kind
    detail: str = ""
    text: str = ""
    """Documentation, in Markdown."""
    insert: str = ""
    """What is written, if it is not the label."""
    snippet: str = ""
    """The same for an editor that fills in places; in the protocol's syntax."""
    rank: int = 5
    """What is likelier comes first: 0 to 9."""
    commit: tuple[str, ...] = ()
    """Characters that take it, and are written behind it."""
    is_deprecated: bool = False
    goes_on: bool = False
    """More can be offered once it stands there."""


@dataclass(frozen=True, slots=True)
class Offer:
    """All that could stand there, in place of what is written from a column on."""

    column: int
    entries: list[Entry]
    is_part: bool = False
    """Whether other letters bring others."""


def narrowed(column: int, entries: list[Entry], narrowing: Narrowing) -> Offer:
    """Where names were left out, what else has not the letters is too: the editor asks again anyway."""
    letters = narrowing.written.lower() if narrowing.is_part else ""
    return Offer(column, [each for each in entries if goes_with(each.label.lower(), letters)], narrowing.is_part)


def path_offer(source: SourceFile, line: int, column: int, *, is_sigma: bool) -> Offer | None:
    """Files behind the quote of an include or an import; None elsewhere."""
    found = paths.written(source.line(line)[: column - 1], is_sigma=is_sigma)
    if found is None:
        return None
    path, ending = found
    name = path.rpartition("/")[2]
    entries = [
        Entry(
            each.name,
            Kind.Folder if each.is_folder else Kind.File,
            "of the library" if each.is_library else "",
            insert=f"{each.name}/" if each.is_folder else "",
            rank=6 if each.is_library else 4,
            goes_on=each.is_folder,
        )
        for each in paths.below(source, path, ending)
    ]
    return Offer(column - len(name), entries)


def of_snippets(found: Iterable[snippets.Snippet]) -> list[Entry]:
    """Only editors that fill in places are given them."""
    return [Entry(each.name, Kind.Snippet, each.what, snippet=each.text, rank=7) for each in found]
