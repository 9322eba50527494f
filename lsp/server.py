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
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from lsp import requests
from lsp.analysis import Analysis, analyse, answered_early, carried, forget, looked_at
from lsp.client import PLAIN, Client, client
from lsp.collector import Collector
from lsp.faults import Faults
from lsp.features import diagnostics
from lsp.features.navigation import RefusedError
from lsp.handlers import across, advice, structure
from lsp.handlers.safe import OfDocument, safe
from lsp.protocol import Protocol
from lsp.publishing import Publisher
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
        self.client = self.initial = PLAIN
        """What the editor can do and is set to, now and at its start."""
        self.marked = diagnostics.MARKED
        """Features in which the editor reads Markdown."""
        self.analyses: dict[str, Analysis] = {}
        """The last of each document, by address."""
        self.faults = Faults()
        self.droppers: list[Callable[[], None]] = []
        """Drop what others keep of analyses, in the worker's thread."""
        self._worker = ThreadPoolExecutor(1, "analysis")
        self._looker = ThreadPoolExecutor(1, "findings")
        self._publisher = Publisher()
        """Used in the worker's thread."""
        self._reading: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._publishing: asyncio.Task[None] | None = None
        """Where nothing but what the editor wants to see has changed."""
        self._stale: dict[str, int] = {}
        """Documents that are to be read again, each with the change that it waits for."""
        self._last = ""
        """The document that was changed or opened last."""
        self._turns: dict[str, int] = {}
        """At which change each was read last."""
        self.collector: Collector | None = None
        """Where the process is the server's own."""
        self.is_dismissed = False
        """Whether the editor said that it goes, as it has to."""
        self._running: dict[str, tuple[Document, int, asyncio.Future[Analysis | None]]] = {}
        """What the worker was given last of each document, at which change."""
        self._changes = 0

    def stop_working(self) -> None:
        """The threads of the work end; nothing more can be asked."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._looker.shutdown(wait=False, cancel_futures=True)

    def texts(self) -> diagnostics.Texts:
        """Places as this editor has them."""
        return diagnostics.Texts(self.open.encoding, self.open.addresses, self.marked, self.client)

    # -- documents

    def touched(self, document: Document | None) -> None:
        """A document has changed, or (None) which ones are open: read again what depends on it, itself first."""
        self._changes += 1
        if document is not None:
            self._last = document.uri
            self._stale[document.uri] = self._changes
        for uri in self.open.documents:
            known = self.analyses.get(uri)
            if known is None or document is None or document.path in known.paths:
                self._stale[uri] = self._changes
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read())

    def opened(self, document: Document) -> None:
        """A document was opened: it is read first, then all others, which may have missed it."""
        self._last = document.uri
        self.touched(None)

    def configured(self, client: Client) -> None:
        """The editor is set to something else: show what it wants to see."""
        before, self.client = self.client, client
        if client.levels != before.levels:
            self.open.levels = client.levels
            self.touched(None)
        elif client != before:
            self._publishing = asyncio.ensure_future(self._publish())

    def files_changed(self, paths: list[str]) -> None:
        """Files have changed on disk. Those that are open count as the editor has them."""
        held = {document.path for document in self.open.documents.values()}
        if any(os.path.realpath(path) not in held for path in paths):
            self.touched(None)

    async def _read(self) -> None:
        """Begin at once. What changes meanwhile is read next, as it is then: who types fast is not followed letter by
        letter, and who stops waits for no clock. Each document is published when it is read."""
        while True:
            while self._stale:
                await self._read_one(self._next())
            # What was closed is cleared, though nothing may have been read.
            await self._publish()
            if not self._stale:
                break
        for uri in self._turns.keys() - self.open.documents.keys():
            del self._turns[uri]
        if self.collector is not None:
            self.collector.rested()

    async def _read_one(self, uri: str) -> None:
        change = self._stale[uri]
        document = self.open.documents.get(uri)
        if document is not None:
            await self._analyse(document)
        if self._stale[uri] == change:
            del self._stale[uri]
        self._turns[uri] = self._changes
        await self._publish()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look())

    def _next(self) -> str:
        """The document to read: the one that is typed in, then the one that has waited longest."""
        if self._last in self._stale:
            return self._last
        return min(self._stale, key=lambda uri: self._turns.get(uri, 0))

    async def _look(self) -> None:
        """Add the linter's findings where they are missing, once nothing has changed for a moment: the document that is
        typed in comes first, and each gets its own as soon as they are there."""
        early = False
        while True:
            changes = self._changes
            await asyncio.sleep(_REST)
            if changes != self._changes:
                continue
            missing = [each for each in self.analyses.values() if self._is_to_be_looked_at(each)]
            missing.sort(key=lambda each: each.document.uri != self._last)
            if not missing and not self._stale:
                break
            for analysis in missing:
                look = functools.partial(self._looked_at, analysis, self.open.overlay())
                found = await asyncio.get_running_loop().run_in_executor(self._looker, look)
                if self.analyses.get(analysis.document.uri) is analysis:
                    self.analyses[analysis.document.uri] = found
                await self._publish()
                early = answered_early(analysis) or early
                if changes != self._changes:
                    break
            if early and (self._refreshing is None or self._refreshing.done()):
                early = False
                self._refreshing = asyncio.ensure_future(self._refresh())

    def _is_to_be_looked_at(self, analysis: Analysis) -> bool:
        uri = analysis.document.uri
        is_current = self.open.documents.get(uri) is analysis.document and uri not in self._stale
        return is_current and not analysis.is_looked_at and analysis.document.language == QBC

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
        except Exception as error:
            self.faults.log(f"cannot look at {analysis.document.uri}", error)
            return replace(analysis, findings=(), is_looked_at=True)

    async def _analyse(self, document: Document) -> Analysis | None:
        """In the worker's thread, once for all that wait for it; None for what was overtaken before its turn came."""
        running = self._running.get(document.uri)
        if running is None or running[0] is not document or running[1] != self._changes:
            run = functools.partial(self._unless_overtaken, document, self.open.overlay())
            future = asyncio.get_running_loop().run_in_executor(self._worker, run)
            running = self._running[document.uri] = document, self._changes, future
        found = await asyncio.shield(running[2])
        if found is not None and self.open.documents.get(document.uri) is document:
            self.analyses[document.uri] = found
        return found

    def _unless_overtaken(self, document: Document, overlay: Overlay) -> Analysis | None:
        return self._analysed(document, overlay) if self.open.documents.get(document.uri) is document else None

    def _analysed(self, document: Document, overlay: Overlay) -> Analysis:
        """In the worker's thread. An error of ours must not end the server, and no document stays dead: it is logged,
        what was kept of earlier versions is dropped, and the text is read anew. If that fails too, it has no
        diagnostics."""
        for _ in range(2):
            try:
                found = analyse(document, overlay)
                before = self.analyses.get(document.uri)
                return carried(before, found) if before is not None else found
            except Exception as error:
                self.faults.log(f"cannot analyse {document.uri}", error)
                forget(document)
        return Analysis(document)

    def read_now(self, document: Document, overlay: Overlay) -> Analysis:
        """In the worker's thread: the analysis of an open document, as it is in an overlay."""
        known = self.analyses.get(document.uri)
        if known is not None and known.document is document and document.uri not in self._stale:
            return known
        return self._analysed(document, overlay)

    async def current(self, uri: str) -> Analysis | None:
        """The analysis of a document as it is now; None for one that is not open."""
        document = self.open.documents.get(uri)
        if document is None:
            return None
        known = self.analyses.get(uri)
        if known is not None and known.document is document and uri not in self._stale:
            return known
        overlay = self.open.overlay()
        found = await self._analyse(document)
        # Whoever asked means this text, though there is another one by now.
        return found or await self.worked(functools.partial(self._analysed, document, overlay))

    async def asked(self, params: OfDocument, request: Callable[..., _R], *arguments: Any) -> _R | None:
        """What a request finds in a document as it is now, found in the worker's thread."""
        analysis = await self.current(params.text_document.uri)
        if analysis is None:
            return None
        return await self.worked(functools.partial(request, analysis, self.texts(), *arguments))

    async def worked(self, run: Callable[[], _R]) -> _R:
        """Return what a call returns that is made in the worker's thread. All that reads a session or an analysis is
        such a call, and reads all that it needs of them in one, since an edit may come between two."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, functools.partial(self._done, run))

    def _done(self, run: Callable[[], _R]) -> _R:
        """An error of ours may come from what is kept of earlier versions: without that, it is tried once more."""
        try:
            return run()
        except (RefusedError, JsonRpcException):
            raise
        except Exception as error:
            self.faults.log("cannot answer", error)
        for analysis in list(self.analyses.values()):
            analysis.forget()
        for drop in self.droppers:
            drop()
        return run()

    async def _publish(self) -> None:
        """Tell the editor what has changed."""
        for uri in self._running.keys() - self.open.documents.keys():
            del self._running[uri]
        for uri in self.analyses.keys() - self.open.documents.keys():
            del self.analyses[uri]
        state = dict(self.analyses), dict(self.open.documents), frozenset(self._stale)
        news = functools.partial(self._publisher.news, *state, self.texts())
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._worker, news)
        except Exception as error:
            self.faults.log("cannot publish", error)
            return
        for each in found:
            self.text_document_publish_diagnostics(each)


def make() -> Server:
    """A server that knows every feature."""
    server = Server()

    @server.feature(t.INITIALIZE)
    def initialize(ls: Server, params: t.InitializeParams) -> None:
        ls.initial = ls.client = client(params)
        ls.marked = diagnostics.marked(params.capabilities.text_document)
        ls.open.levels = ls.client.levels
        ls.open.encoding = t.PositionEncodingKind(ls.workspace.position_encoding)

    @server.feature(t.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: Server, params: t.DidOpenTextDocumentParams) -> None:
        given = params.text_document
        document = ls.open.open(given.uri, str(given.language_id), given.version, given.text)
        ls.opened(document)

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
    programs, begin_files = across.add(server)
    begin_options = advice.add(server)

    @server.feature(t.INITIALIZED)
    @safe
    async def initialized(ls: Server, _params: t.InitializedParams) -> None:
        await asyncio.gather(begin_files(ls), begin_options(ls))

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
