"""The wiring: requests of the editor to features, with the work done in a thread of its own."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final, TypeVar

from lsprotocol import types as t
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from lsp import requests
from lsp.analysis import Analysis, analyse, answered_early, carried, looked_at
from lsp.client import PLAIN, client
from lsp.collector import Collector
from lsp.features import diagnostics
from lsp.handlers import across, advice, structure
from lsp.handlers.safe import OfDocument, safe
from lsp.levels import levels
from lsp.protocol import Protocol
from lsp.workspace import QBC, Document, Overlay, Workspace
from vm.install import DISTRIBUTION

_REST: Final = 0.2
"""Seconds without a change after which the linter looks at sources of assembly."""
_LOG: Final = logging.getLogger(__name__)
_R = TypeVar("_R")


class Server(LanguageServer):
    """One editor's."""

    def __init__(self) -> None:
        from importlib.metadata import version

        super().__init__("qbc-lsp", version(DISTRIBUTION), protocol_cls=Protocol, converter_factory=default_converter)
        self.open = Workspace()
        self.client = PLAIN
        self.marked = diagnostics.MARKED
        """Features in which the editor reads Markdown."""
        self.analyses: dict[str, Analysis] = {}
        """The last of each document, by address."""
        self._worker = ThreadPoolExecutor(1, "analysis")
        self._looker = ThreadPoolExecutor(1, "findings")
        self._reading: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._stale: dict[str, int] = {}
        """Documents that are to be read again, in this order, each with the change that it waits for."""
        self.collector: Collector | None = None
        """Where the process is the server's own."""
        self.is_dismissed = False
        """Whether the editor said that it goes, as it has to."""
        self._running: dict[str, tuple[Document, int, asyncio.Future[Analysis]]] = {}
        """What the worker was given last of each document, at which change."""
        self._changes = 0
        self._shown: dict[str, tuple[int | None, list[t.Diagnostic]]] = {}
        """What the editor shows, by address, and of which version."""

    def stop_working(self) -> None:
        """The threads of the work end; nothing more can be asked."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._looker.shutdown(wait=False, cancel_futures=True)

    def texts(self) -> diagnostics.Texts:
        """Places as this editor has them."""
        return diagnostics.Texts(self.open.encoding, self.open.uri, self.marked, self.client)

    # -- documents

    def touched(self, document: Document | None) -> None:
        """A document has changed, or (None) which ones are open: read again what depends on it, itself first."""
        self._changes += 1
        if document is not None:
            self._stale[document.uri] = self._changes
        for uri in self.open.documents:
            known = self.analyses.get(uri)
            if known is None or document is None or document.path in known.paths:
                self._stale[uri] = self._changes
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read())

    def files_changed(self, paths: list[str]) -> None:
        """Files have changed on disk. Those that are open count as the editor has them."""
        held = {document.path for document in self.open.documents.values()}
        if any(os.path.realpath(path) not in held for path in paths):
            self.touched(None)

    async def _read(self) -> None:
        """Begin at once. What changes meanwhile is read next, as it is then: who types fast is not followed letter by
        letter, and who stops waits for no clock."""
        while self._stale:
            uri, change = next(iter(self._stale.items()))
            document = self.open.documents.get(uri)
            if document is not None:
                await self._analyse(document)
            if self._stale[uri] == change:
                del self._stale[uri]
        self._publish()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look())
        if self.collector is not None:
            self.collector.rested()

    async def _look(self) -> None:
        """Add the linter's findings where they are missing, once nothing has changed for a moment."""
        while True:
            changes = self._changes
            await asyncio.sleep(_REST)
            if changes != self._changes:
                continue
            missing = [
                each for each in self.analyses.values() if not each.is_looked_at and each.document.language == QBC
            ]
            if not missing:
                return
            for analysis in missing:
                look = functools.partial(self._looked_at, analysis, self.open.overlay())
                found = await asyncio.get_running_loop().run_in_executor(self._looker, look)
                if self.analyses.get(analysis.document.uri) is analysis:
                    self.analyses[analysis.document.uri] = found
            self._publish()
            early = [analysis for analysis in missing if answered_early(analysis)]
            if early and (self._refreshing is None or self._refreshing.done()):
                self._refreshing = asyncio.ensure_future(self._refresh())

    async def _refresh(self) -> None:
        """The editor may ask again for what it was told of an earlier version."""
        try:
            if self.client.refreshes_hints:
                await self.workspace_inlay_hint_refresh_async(None)
            if self.client.refreshes_lenses:
                await self.workspace_code_lens_refresh_async(None)
        except Exception:
            _LOG.warning("the editor does not ask again for hints")

    def _looked_at(self, analysis: Analysis, overlay: Overlay) -> Analysis:
        try:
            return looked_at(analysis, overlay)
        except Exception:
            _LOG.exception("cannot look at %s", analysis.document.uri)
            return replace(analysis, findings=(), is_looked_at=True)

    async def _analyse(self, document: Document) -> Analysis:
        """In the worker's thread, once for all that wait for it. What was overtaken by a change is not kept."""
        running = self._running.get(document.uri)
        if running is None or running[0] is not document or running[1] != self._changes:
            run = functools.partial(self._analysed, document, self.open.overlay())
            future = asyncio.get_running_loop().run_in_executor(self._worker, run)
            running = self._running[document.uri] = document, self._changes, future
        found = await asyncio.shield(running[2])
        if self.open.documents.get(document.uri) is document:
            before = self.analyses.get(document.uri)
            found = carried(before, found) if before is not None else found
            self.analyses[document.uri] = found
        return found

    def _analysed(self, document: Document, overlay: Overlay) -> Analysis:
        """An error of ours must not end the server: it is logged, and the document has no diagnostics."""
        if self.open.documents.get(document.uri) is not document:
            return Analysis(document)
        try:
            return analyse(document, overlay)
        except Exception:
            _LOG.exception("cannot analyse %s", document.uri)
            return Analysis(document)

    async def current(self, uri: str) -> Analysis | None:
        """The analysis of a document as it is now; None for one that is not open."""
        document = self.open.documents.get(uri)
        if document is None:
            return None
        known = self.analyses.get(uri)
        is_fresh = known is not None and known.document is document and uri not in self._stale
        return known if is_fresh else await self._analyse(document)

    async def asked(self, params: OfDocument, request: Callable[..., _R], *arguments: Any) -> _R | None:
        """What a request finds in a document as it is now, found in the worker's thread."""
        analysis = await self.current(params.text_document.uri)
        if analysis is None:
            return None
        return await self.worked(functools.partial(request, analysis, self.texts(), *arguments))

    async def worked(self, run: Callable[[], _R]) -> _R:
        """What a call gives, made in the worker's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, run)

    def _publish(self) -> None:
        """Tell the editor what has changed."""
        for uri in self._running.keys() - self.open.documents.keys():
            del self._running[uri]
        for uri in self.analyses.keys() - self.open.documents.keys():
            del self.analyses[uri]
        shown = diagnostics.by_file(self.analyses.values(), self.texts())
        for uri in self._shown.keys() - shown.keys():
            self._send(uri, [], None)
        for uri, found in shown.items():
            document = self.open.documents.get(uri)
            self._send(uri, found, document.version if document is not None else None)

    def _send(self, uri: str, found: list[t.Diagnostic], version: int | None) -> None:
        """Only what is news."""
        if self._shown.get(uri) == (version, found):
            return
        self._shown[uri] = version, found
        if not found and version is None:
            del self._shown[uri]
        self.text_document_publish_diagnostics(t.PublishDiagnosticsParams(uri, found, version=version))


def make() -> Server:
    """A server that knows every feature."""
    server = Server()

    @server.feature(t.INITIALIZE)
    def initialize(ls: Server, params: t.InitializeParams) -> None:
        ls.client = client(params)
        ls.marked = diagnostics.marked(params.capabilities.text_document)
        ls.open.levels = levels(params.initialization_options)
        ls.open.encoding = t.PositionEncodingKind(ls.workspace.position_encoding)

    @server.feature(t.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: Server, params: t.DidOpenTextDocumentParams) -> None:
        given = params.text_document
        ls.open.open(given.uri, str(given.language_id), given.version, given.text)
        ls.touched(None)

    @server.feature(t.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: Server, params: t.DidChangeTextDocumentParams) -> None:
        given = params.text_document
        if given.uri in ls.open.documents:
            ls.touched(ls.open.change(given.uri, given.version, params.content_changes))

    @server.feature(t.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: Server, params: t.DidCloseTextDocumentParams) -> None:
        ls.open.close(params.text_document.uri)
        ls.touched(None)

    _add_language(server)
    structure.add(server)
    programs = across.add(server)
    advice.add(server)

    @server.feature(t.SHUTDOWN)
    def shutdown(ls: Server, *_: Any) -> None:
        ls.is_dismissed = True
        programs.close()

    return server


def _add_language(server: Server) -> None:
    """What is asked about a place or a document."""

    @server.feature(t.TEXT_DOCUMENT_HOVER)
    @safe
    async def hover(ls: Server, params: t.HoverParams) -> t.Hover | None:
        return await ls.asked(params, requests.hover, params.position)

    @server.feature(t.TEXT_DOCUMENT_SIGNATURE_HELP, t.SignatureHelpOptions(["(", ",", " "]))
    @safe
    async def signature(ls: Server, params: t.SignatureHelpParams) -> t.SignatureHelp | None:
        return await ls.asked(params, requests.signature, params.position)

    @server.feature(t.TEXT_DOCUMENT_FORMATTING)
    @safe
    async def formatting(ls: Server, params: t.DocumentFormattingParams) -> list[t.TextEdit] | None:
        return await ls.asked(params, requests.formatting)

    @server.feature(t.TEXT_DOCUMENT_RANGE_FORMATTING)
    @safe
    async def range_formatting(ls: Server, params: t.DocumentRangeFormattingParams) -> list[t.TextEdit] | None:
        return await ls.asked(params, requests.range_formatting, params.range)
