"""What tests of the editor's side share."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types as t
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from lsp.analysis import Analysis, analyse
from lsp.workspace import Workspace

PATIENCE = 30
"""Seconds for one answer."""
MARK = "‸"


def marked(text: str) -> tuple[str, int]:
    """A text without its cursor mark, and the mark's offset."""
    assert text.count(MARK) == 1
    return text.replace(MARK, ""), text.index(MARK)


def analysed(text: str, name: str = "a.sigma", folder: Path | None = None) -> Analysis:
    """A document by itself, or in a folder."""
    workspace = Workspace()
    uri = (folder / name).as_uri() if folder is not None else f"untitled:{name}"
    language = name.partition(".")[2]
    document = workspace.open(uri, language, 1, text)
    return analyse(document, workspace.overlay())


def open_document(client: LanguageClient, uri: str, text: str, version: int = 1) -> None:
    """The editor opens a file."""
    client.text_document_did_open(t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "", version, text)))


def edit(client: LanguageClient, uri: str, version: int, range: t.Range, text: str) -> None:
    """The editor changes a stretch of it."""
    client.text_document_did_change(
        t.DidChangeTextDocumentParams(
            t.VersionedTextDocumentIdentifier(version, uri), [t.TextDocumentContentChangePartial(range, text)]
        )
    )


def span(line: int, start: int, end: int) -> t.Range:
    """A stretch of a line, both from 0."""
    return t.Range(t.Position(line, start), t.Position(line, end))


async def published(client: LanguageClient, uri: str, version: int | None = None) -> list[t.Diagnostic]:
    """The next diagnostics of a file; of one that is open, those of a version."""

    async def wait() -> list[t.Diagnostic]:
        while True:
            found = await _news(client, uri).get()
            if found.version == version:
                return list(found.diagnostics)

    return await asyncio.wait_for(wait(), PATIENCE)


def make_client() -> LanguageClient:
    """An editor that misses no diagnostics, however closely they follow each other."""
    client = LanguageClient(converter_factory=default_converter)
    client.unread = {}
    client.registered = []

    def publish(client: LanguageClient, params: t.PublishDiagnosticsParams) -> None:
        _news(client, params.uri).put_nowait(params)

    def register(client: LanguageClient, params: t.RegistrationParams) -> None:
        client.registered += [each.method for each in params.registrations]

    own = {t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish, t.CLIENT_REGISTER_CAPABILITY: register}
    register_lsp_features(client, {**DEFAULT_CLIENT_FEATURES, **own})
    return client


def _news(client: LanguageClient, uri: str) -> asyncio.Queue[t.PublishDiagnosticsParams]:
    queue: asyncio.Queue[t.PublishDiagnosticsParams] = client.unread.setdefault(uri, asyncio.Queue())
    return queue
