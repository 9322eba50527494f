"""The documents that an editor holds open, and what the compilers read in place of the files on disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lsprotocol.types import (
    PositionEncodingKind,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)
from pygls.uris import to_fs_path

from lsp.addresses import Addresses
from lsp.convert import Text
from qbcc.source import SourceFile

QBC: Final = "qbc"
SIGMA: Final = "sigma"
CIRCUIT: Final = "sigma.json"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    """A version of an open document."""

    uri: str
    language: str
    """One of :data:`QBC`, :data:`SIGMA`, :data:`CIRCUIT`; empty for what is none of ours."""
    version: int
    text: Text
    path: str | None
    """With links resolved, as the compilers name files; None for what was never saved."""
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the worker keeps from one version to the next."""
    source: SourceFile = field(init=False, compare=False, repr=False)
    """What the compilers read. It is made with the document: places are compared by their source, so there must be one,
    whichever threads ask for it."""

    def __post_init__(self) -> None:
        name = self.uri.rpartition("/")[2] if self.path is None else Path(self.path).name
        text = self.text.text
        try:
            # Quicker than a search, and rarely in vain.
            text.encode()
        except UnicodeEncodeError:
            # Half of a character, as an editor may send it, is none that UTF-8 knows.
            text = _SURROGATE.sub("\ufffd", text)
        object.__setattr__(self, "source", SourceFile(name, text, self.path))


@dataclass(frozen=True)
class Overlay:
    """The open documents at one moment, for a thread of its own."""

    texts: Mapping[str, Document]
    """By path."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """Of findings, by code, as the editor has them."""

    def read(self, path: Path) -> str:
        """The hook of the compilers: text of an open document. Raises :class:`OSError` for any other file."""
        found = self.texts.get(str(path))
        if found is None:
            raise FileNotFoundError(str(path))
        return found.source.text


@dataclass
class Workspace:
    """All that is open."""

    encoding: PositionEncodingKind = PositionEncodingKind.Utf16
    documents: dict[str, Document] = field(default_factory=dict)
    """By the editor's address of each."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """Of findings, by code, as the editor has them."""
    folders: tuple[str, ...] = ()
    """Addresses of the folders that the editor works in."""
    _addresses: tuple[tuple[str, ...], Addresses] | None = None
    """With the folders that they are of; None when documents have come or gone."""

    def open(self, uri: str, language: str, version: int, text: str) -> Document:
        """Take a document."""
        path = to_fs_path(uri) if uri.startswith("file:") else None
        real = os.path.realpath(path) if path else None
        document = Document(uri, _language(real or "", language), version, Text(text), real)
        self.documents[uri] = document
        self._addresses = None
        return document

    def change(self, uri: str, version: int, changes: Iterable[TextDocumentContentChangeEvent]) -> Document:
        """Edit a document. Raises :class:`KeyError` for one that is not open."""
        old = self.documents[uri]
        text = old.text
        for change in changes:
            if isinstance(change, TextDocumentContentChangePartial):
                text = text.replaced(change.range, change.text, self.encoding)
            else:
                text = Text(change.text)
        document = Document(uri, old.language, version, text, old.path, old.kept)
        self.documents[uri] = document
        return document

    def close(self, uri: str) -> None:
        """Forget a document."""
        self.documents.pop(uri, None)
        self._addresses = None

    def overlay(self) -> Overlay:
        """What is open now."""
        return Overlay({d.path: d for d in self.documents.values() if d.path is not None}, self.levels)

    @property
    def addresses(self) -> Addresses:
        """The editor's addresses of files, as they are now. Other threads may keep them: they never change."""
        if self._addresses is None or self._addresses[0] is not self.folders:
            open = [(d.uri, d.path) for d in self.documents.values() if d.path is not None]
            self._addresses = self.folders, Addresses(self.folders, open)
        return self._addresses[1]

    def uri(self, path: str) -> str:
        """The editor's address of a file, as it is now."""
        return self.addresses(path)


def _language(path: str, given: str) -> str:
    """By the ending, or for what has none by what the editor says."""
    if path.endswith(".sigma.json"):
        return CIRCUIT
    ending = path.rpartition(".")[2]
    if ending in (QBC, SIGMA):
        return ending
    return given if given in (QBC, SIGMA, CIRCUIT) else ""
