"""Which diagnostics the editor is sent, of which file and version. Work is done only on files of which an analysis that
is new says something, or said something before.

What is sent of an open file is about one version of it, and all that is known of that version: its own analysis, and
those of other documents that have read the same text."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lsprotocol import types as t

from lsp.analysis import Analysis
from lsp.client import Client
from lsp.features.diagnostics import Part, Texts, included, merged, parts
from lsp.workspace import QBC, Document

_PATIENCE: Final = 1.0
"""Seconds after which an editor is sent what is known of a version that has been overtaken: else somebody who types
faster than a source is read would see nothing."""


class Publisher:
    """What one editor was sent. To be used in one thread."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[Analysis, Client, dict[str, Part]]] = {}
        """By document, with what they were made of."""
        self._judged: frozenset[str] = frozenset()
        """Files of assembly that others include."""
        self._sent: dict[str, tuple[int | None, list[t.Diagnostic]]] = {}
        """What the editor shows, by address, and of which version."""
        self._times: dict[str, float] = {}
        """When each was sent last."""
        self._waiting: set[str] = set()
        """Files of which something is new that is not of their last version."""

    def news(
        self, analyses: Mapping[str, Analysis], documents: Mapping[str, Document], texts: Texts
    ) -> list[t.PublishDiagnosticsParams]:
        """What to send, by the last analyses and the documents that are open, both by address."""
        todo = self._waiting | self._changed(analyses, texts)
        judged = included(analyses.values())
        todo |= {each.document.uri for each in analyses.values() if each.document.path in judged ^ self._judged}
        self._judged = judged
        self._waiting = set()
        found = [params for uri in sorted(todo) for params in self._of_file(uri, analyses, documents, texts)]
        for uri in self._times.keys() - documents.keys():
            del self._times[uri]
        return found

    def _changed(self, analyses: Mapping[str, Analysis], texts: Texts) -> set[str]:
        """The files of which something else is said now."""
        todo: set[str] = set()
        for uri in self._parts.keys() - analyses.keys():
            todo |= {uri, *self._parts.pop(uri)[2]}
        for uri, analysis in analyses.items():
            known = self._parts.get(uri)
            if known is not None and known[0] is analysis and known[1] == texts.client:
                continue
            made = parts(analysis, texts)
            todo |= {*made, *(known[2] if known is not None else ())}
            self._parts[uri] = analysis, texts.client, made
        return todo

    def _of_file(
        self, uri: str, analyses: Mapping[str, Analysis], documents: Mapping[str, Document], texts: Texts
    ) -> Iterator[t.PublishDiagnosticsParams]:
        document, own = documents.get(uri), analyses.get(uri)
        if document is None:
            said = [made[uri] for _, _, made in self._parts.values() if uri in made]
            yield from self._send(uri, None, merged(said, texts.client.most))
            return
        if own is None or (own.document is not document and not self._is_overdue(uri)):
            self._waiting.add(uri)
            return
        said = []
        others = [each for each in self._others(own.document) if each is not own]
        if own.document.language != QBC or own.document.path not in self._judged:
            said.append(self._parts[uri][2][uri])
        elif not others:
            # Those that include it have not read this text yet.
            self._waiting.add(uri)
            return
        for other in others:
            made = self._parts[other.document.uri][2]
            said += [made[uri]] if uri in made else []
        yield from self._send(uri, own.document.version, merged(said, texts.client.most))

    def _others(self, document: Document) -> Iterator[Analysis]:
        """The analyses that have read a document as it is."""
        for analysis, _, _ in self._parts.values():
            if any(_is_text(source.path, source.text, document) for source in analysis.sources):
                yield analysis

    def _is_overdue(self, uri: str) -> bool:
        return time.monotonic() - self._times.get(uri, 0.0) > _PATIENCE

    def _send(self, uri: str, version: int | None, found: list[t.Diagnostic]) -> Iterable[t.PublishDiagnosticsParams]:
        """Only what is news."""
        self._times[uri] = time.monotonic()
        if self._sent.get(uri) == (version, found) or (uri not in self._sent and version is None and not found):
            return
        self._sent[uri] = version, found
        if not found and version is None:
            del self._sent[uri]
        yield t.PublishDiagnosticsParams(uri, found, version=version)


def _is_text(path: str | None, text: str, document: Document) -> bool:
    return path is not None and path == document.path and text == document.source.text
