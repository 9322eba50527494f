"""Which diagnostics the editor is sent, of which file and version. Work is done only on files of which an analysis that
is new says something, or said something before.

What is sent of an open file is about one version of it, and all that is known of that version: its own analysis, and
those of other documents that have read the same text."""

from __future__ import annotations

import time
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lsprotocol import types as t

from lsp.analysis import Analysis
from lsp.client import Client
from lsp.features.diagnostics import Part, Texts, included, merged, parts
from lsp.workspace import QBC, Document

_PATIENCE: Final = 1.0
"""Seconds after which an editor is sent what is known of a version that has been overtaken: else somebody who types
faster than a source is read would see nothing."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What an analysis says, and what it was made of."""

    analysis: Analysis
    client: Client
    parts: Mapping[str, Part]
    """By the file's address."""
    files: frozenset[str]
    """The addresses of the files that it has read."""


class Publisher:
    """What one editor was sent. To be used in one thread."""

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}
        """By document."""
        self._judged: frozenset[str] = frozenset()
        """Files of assembly that others include."""
        self._sent: dict[str, tuple[int | None, list[t.Diagnostic]]] = {}
        """What the editor shows, by address, and of which version."""
        self._times: dict[str, float] = {}
        """When each was sent last."""
        self._waiting: set[str] = set()
        """Files of which something is new that is not of their last version."""

    def news(
        self,
        analyses: Mapping[str, Analysis],
        documents: Mapping[str, Document],
        stale: Container[str],
        texts: Texts,
    ) -> list[t.PublishDiagnosticsParams]:
        """What to send, by the last analyses and the documents that are open, both by address; the ``stale`` ones
        are to be read again."""
        todo = self._waiting | self._changed(analyses, texts)
        judged = included(analyses.values())
        todo |= {each.document.uri for each in analyses.values() if each.document.path in judged ^ self._judged}
        self._judged = judged
        self._waiting = set()
        found: list[t.PublishDiagnosticsParams] = []
        for uri in sorted(todo):
            if uri in documents:
                found += self._of_open(uri, documents[uri], analyses.get(uri), texts)
            else:
                found += self._of_closed(uri, stale, texts)
        for uri in self._times.keys() - documents.keys():
            del self._times[uri]
        return found

    def _changed(self, analyses: Mapping[str, Analysis], texts: Texts) -> set[str]:
        """The files of which something else is said now."""
        todo: set[str] = set()
        for uri in self._said.keys() - analyses.keys():
            todo |= {uri, *self._said.pop(uri).parts}
        for uri, analysis in analyses.items():
            known = self._said.get(uri)
            if known is not None and known.analysis is analysis and known.client == texts.client:
                continue
            made = parts(analysis, texts)
            todo |= {*made, *(known.parts if known is not None else ())}
            self._said[uri] = _Said(analysis, texts.client, made, frozenset(map(texts.address, analysis.paths)))
        return todo

    def _of_closed(self, uri: str, stale: Container[str], texts: Texts) -> list[t.PublishDiagnosticsParams]:
        """It waits until all that lead to it have read it."""
        if any(own in stale and uri in said.files for own, said in self._said.items()):
            self._waiting.add(uri)
            return []
        found = [said.parts[uri] for said in self._said.values() if uri in said.parts]
        return self._send(uri, None, merged(found, texts.client.most))

    def _of_open(
        self, uri: str, document: Document, own: Analysis | None, texts: Texts
    ) -> list[t.PublishDiagnosticsParams]:
        """It waits until it was read itself, but no longer than a while."""
        if own is None or (own.document is not document and not self._is_overdue(uri)):
            self._waiting.add(uri)
            return []
        others = [said for said in self._others(own.document) if said.analysis is not own]
        found = [said.parts[uri] for said in others if uri in said.parts]
        if own.document.language != QBC or own.document.path not in self._judged:
            found.insert(0, self._said[uri].parts[uri])
        elif not others:
            # Those that include it have not read this text yet.
            self._waiting.add(uri)
            return []
        return self._send(uri, own.document.version, merged(found, texts.client.most))

    def _others(self, document: Document) -> Iterator[_Said]:
        """The analyses that have read a document as it is."""
        for said in self._said.values():
            if any(_is_text(source.path, source.text, document) for source in said.analysis.sources):
                yield said

    def _is_overdue(self, uri: str) -> bool:
        return time.monotonic() - self._times.get(uri, 0.0) > _PATIENCE

    def _send(self, uri: str, version: int | None, found: list[t.Diagnostic]) -> list[t.PublishDiagnosticsParams]:
        """Only what is news."""
        self._times[uri] = time.monotonic()
        if self._sent.get(uri) == (version, found) or (uri not in self._sent and version is None and not found):
            return []
        self._sent[uri] = version, found
        if not found and version is None:
            del self._sent[uri]
        return [t.PublishDiagnosticsParams(uri, found, version=version)]


def _is_text(path: str | None, text: str, document: Document) -> bool:
    return path is not None and path == document.path and text == document.source.text
