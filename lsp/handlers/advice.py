"""What the server says and offers beside what names mean: documentation on demand, hints, lenses, actions, layout while
one types, and requests of our own."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from lsprotocol import types as t

from lsp import advice, requests
from lsp.analysis import Analysis
from lsp.client import SECTION, Client
from lsp.features import diagnostics, graph, listings
from lsp.features.explaining import explained
from lsp.handlers.safe import Host, safe
from lsp.workspace import SIGMA
from sigma.symbols import Function

_PATIENCE: Final = 2.0
"""Seconds for the editor to say what it is set to."""
_LOG: Final = logging.getLogger(__name__)


class Advised(Host, Protocol):
    """The server, as these handlers know it."""

    client: Client
    initial: Client
    """The same at its start."""

    def configured(self, client: Client) -> None:
        """The editor is set to something else."""

    async def workspace_configuration_async(self, params: t.ConfigurationParams) -> Any:
        """Ask the editor for its configuration."""

    async def workspace_inlay_hint_refresh_async(self, params: None) -> None:
        """Ask it to ask for hints again."""

    async def workspace_code_lens_refresh_async(self, params: None) -> None:
        """The same for lenses."""


def add(server: Advised) -> Callable[[Advised], Awaitable[None]]:
    """Take the handlers. What is given asks the editor what it is set to, once it is initialized."""
    options = _Options()
    _add_options(server, options)
    _add_completion(server)
    _add_advice(server, options)
    _add_own(server)
    return options.ready


# -- what the editor is set to


class _Options:
    """What the editor is set to: it is asked at the start, and whenever it says that something has changed."""

    def __init__(self) -> None:
        self.asked: asyncio.Future[None] | None = None
        self._turn = 0
        """How often the editor was asked, or told something unasked: a late answer must not undo what came after it."""

    async def ready(self, ls: Advised) -> None:
        """Wait for the first answer, but not for long: who does not answer has not set anything."""
        if self.asked is None:
            self.asked = asyncio.ensure_future(self.ask(ls))
        await asyncio.wait([self.asked], timeout=_PATIENCE)

    async def ask(self, ls: Advised) -> None:
        """Take the answer, if the editor can be asked."""
        if not ls.client.configures:
            return
        self._turn += 1
        turn = self._turn
        try:
            found = await ls.workspace_configuration_async(
                t.ConfigurationParams([t.ConfigurationItem(section=SECTION)])
            )
        except Exception:
            _LOG.warning("the editor does not say what it is set to")
            return
        if turn == self._turn:
            await self.take(ls, plain(found[0]) if found else None)

    async def take(self, ls: Advised, section: Any) -> None:
        """Set the server to what a section of the editor's configuration says. What is no longer in it is as it was at
        the start."""
        self._turn += 1
        before = ls.client
        ls.configured(ls.initial.configured(section))
        if ls.client == before:
            return
        if before.refreshes_hints:
            await ls.workspace_inlay_hint_refresh_async(None)
        if before.refreshes_lenses:
            await ls.workspace_code_lens_refresh_async(None)


def _add_options(server: Advised, options: _Options) -> None:
    @server.feature(t.WORKSPACE_DID_CHANGE_CONFIGURATION)
    @safe
    async def configured(ls: Advised, params: t.DidChangeConfigurationParams) -> None:
        given = plain(params.settings)
        if isinstance(given, dict) and SECTION in given:
            await options.take(ls, given[SECTION])
        else:
            await options.ask(ls)


def plain(value: Any) -> Any:
    """What came as an object with fields as a table."""
    if hasattr(value, "_asdict"):
        return {name: plain(each) for name, each in value._asdict().items()}
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return value


# -- completion


def _add_completion(server: Advised) -> None:
    texts_of: dict[str, str] = {}
    """Documentation of what was offered last, by label and detail."""

    @server.feature(t.TEXT_DOCUMENT_COMPLETION, t.CompletionOptions([".", "@", '"', "/"], resolve_provider=True))
    @safe
    async def completion(ls: Advised, params: t.CompletionParams) -> t.CompletionList | None:
        found = await ls.asked(params, _offered, params.position)
        if found is None:
            return None
        listed, documented = found
        texts_of.clear()
        texts_of.update(documented)
        return listed

    @server.feature(t.COMPLETION_ITEM_RESOLVE)
    @safe
    async def resolve(ls: Advised, item: t.CompletionItem) -> t.CompletionItem:
        text = texts_of.get(_key(item.label, item.detail or ""))
        if item.documentation is None and text is not None:
            item.documentation = ls.texts().said(text, diagnostics.COMPLETION)
        return item


def _offered(
    analysis: Analysis, texts: diagnostics.Texts, position: t.Position
) -> tuple[t.CompletionList, dict[str, str]]:
    """What could stand at a place, and what there is to say of each, if the editor asks for that later."""
    offer = requests.offered(analysis, texts, position)
    documented = {_key(each.label, each.detail): each.text for each in offer.entries if each.text}
    return requests.listed(analysis, texts, position, offer), documented if texts.client.resolves else {}


def _key(label: str, detail: str) -> str:
    return f"{label}\n{detail}"


# -- hints, lenses, actions, layout


def _add_advice(server: Advised, options: _Options) -> None:
    @server.feature(t.TEXT_DOCUMENT_INLAY_HINT)
    @safe
    async def inlay_hint(ls: Advised, params: t.InlayHintParams) -> list[t.InlayHint] | None:
        await options.ready(ls)
        return await ls.asked(params, advice.inlay_hints, params.range)

    @server.feature(t.TEXT_DOCUMENT_CODE_LENS, t.CodeLensOptions(resolve_provider=False))
    @safe
    async def code_lens(ls: Advised, params: t.CodeLensParams) -> list[t.CodeLens] | None:
        await options.ready(ls)
        return await ls.asked(params, advice.code_lenses)

    @server.feature(t.TEXT_DOCUMENT_CODE_ACTION, t.CodeActionOptions(list(advice.KINDS)))
    @safe
    async def code_action(ls: Advised, params: t.CodeActionParams) -> list[t.CodeAction] | None:
        return await ls.asked(params, advice.code_actions, params.range, params.context.only)

    @server.feature(t.TEXT_DOCUMENT_ON_TYPE_FORMATTING, t.DocumentOnTypeFormattingOptions("}", ["\n"]))
    @safe
    async def on_type(ls: Advised, params: t.DocumentOnTypeFormattingParams) -> list[t.TextEdit] | None:
        return await ls.asked(params, advice.typed_layout, params.position, params.ch)


# -- requests of our own


class _About:
    """Parameters that name a document; the rest is in a table."""

    def __init__(self, params: Any) -> None:
        self.rest: dict[str, Any] = plain(params) if isinstance(plain(params), dict) else {}
        named = self.rest.get("textDocument")
        uri = named.get("uri") if isinstance(named, dict) else None
        self.text_document = t.TextDocumentIdentifier(uri if isinstance(uri, str) else "")

    def word(self, name: str) -> str | None:
        """A text, if there is one."""
        found = self.rest.get(name)
        return found if isinstance(found, str) and found else None


def _add_own(server: Advised) -> None:
    @server.feature("qbc/explain")
    @safe
    async def explain(ls: Advised, params: Any) -> dict[str, Any] | None:
        found = explained(_About(params).word("code") or "")
        return None if found is None else {"code": found.code, "title": found.title, "markdown": found.markdown}

    @server.feature("qbc/disassembly")
    @safe
    async def disassembly(ls: Advised, params: Any) -> dict[str, Any] | None:
        about = _About(params)
        return await ls.asked(about, _disassembly, about.word("routine"))

    @server.feature("qbc/controlFlow")
    @safe
    async def control_flow(ls: Advised, params: Any) -> dict[str, Any] | None:
        about = _About(params)
        found = await ls.asked(about, _graph, about.word("routine"))
        if found is None or found.message:
            return None if found is None else _drawn_graph(found)
        return await asyncio.get_running_loop().run_in_executor(None, lambda: _drawn_graph(graph.drawn(found.dot)))

    @server.feature("qbc/circuit")
    @safe
    async def circuit(ls: Advised, params: Any) -> dict[str, Any] | None:
        about = _About(params)
        numbers = about.rest.get("arguments")
        given = [n for n in numbers if isinstance(n, int | float)] if isinstance(numbers, list) else []
        seed = about.rest.get("seed")
        run = await ls.asked(about, _to_draw, about.word("function"), given, seed if isinstance(seed, int) else 1)
        # Not in the worker's thread: a run takes its time.
        return await asyncio.get_running_loop().run_in_executor(None, run) if run is not None else None


def _disassembly(analysis: Analysis, texts: diagnostics.Texts, routine: str | None) -> dict[str, Any]:
    made = analysis.assembly
    found = listings.disassembly(made, routine)
    uris = {source.name: texts.address(source.path) for source in made.included if source.path is not None}
    rows = [
        {
            "index": row.index,
            "address": row.address,
            "bytes": row.data,
            "text": row.text,
            "labels": list(row.labels),
            "uri": uris.get(row.file),
            "line": row.line - 1 if row.line else None,
        }
        for row in found.rows
    ]
    return {"text": found.text, "rows": rows, "message": found.message}


def _graph(analysis: Analysis, texts: diagnostics.Texts, routine: str | None) -> graph.Graph:
    """The graph in words."""
    made, flow = analysis.assembly, analysis.flow
    if flow is None or made.object is None:
        return graph.Graph("", None, "the program has errors")
    dot = graph.control_flow(flow, routine)
    return graph.Graph(dot, None) if dot is not None else graph.Graph("", None, f"there is no routine '{routine}'")


def _drawn_graph(found: graph.Graph) -> dict[str, Any]:
    return {"dot": found.dot, "svg": found.svg, "message": found.message}


def _to_draw(
    analysis: Analysis, texts: diagnostics.Texts, function: str | None, arguments: list[float], seed: int
) -> Any:
    """What draws a circuit, to be called in any thread."""
    made = analysis.assembly if function is None else None
    if function is not None:
        if analysis.document.language != SIGMA or analysis.program is None:
            return functools.partial(_refused, "only functions and gates of σ are drawn by themselves")
        symbol = analysis.program.main.names.get(function)
        if not isinstance(symbol, Function):
            return functools.partial(_refused, f"there is no function '{function}'")
        source = listings.calling(analysis.program.main, symbol, arguments)
        if source is None:
            return functools.partial(_refused, f"'{function}' takes what cannot be made up: call it in main")
        made = analysis.compiled(source)
    obj = made.object if made is not None else None
    if obj is None:
        return functools.partial(_refused, "the program has errors")
    return functools.partial(_drawn, obj, seed)


def _refused(message: str) -> dict[str, Any]:
    return {"svg": None, "text": "", "message": message}


def _drawn(obj: Any, seed: int) -> dict[str, Any]:
    found = listings.circuit(obj, seed)
    return {"svg": found.svg, "text": found.text, "message": found.message}
