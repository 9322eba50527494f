"""Edits as an editor sends them, on real programs, to a whole server: the text is a model's, the diagnostics are those of
a fresh open, and whatever is asked in between, no error of ours comes to the log."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import typing
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from lsp.analysis import Analysis, analyse
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts, by_file
from lsp.server import Server, make
from lsp.workspace import Workspace
from tests.fuzz.answers import check
from tests.fuzz.mutate import ROOT

EDITS = 20
"""Of a case."""
ASKED = 6
"""Requests after each edit, of all that the server takes."""
_LARGEST = 6000
"""Characters of a program: a large one is read slowly, and shows nothing new."""
_SECTIONS: list[dict[str, Any]] = [
    {}, {"diagnostics": False}, {"diagnostics": {"limit": 2}}, {"lint": {"levels": {"S0901": "off", "L0104": "error"}}},
    {"diagnostics": {"findings": False}, "hints": False},
]  # fmt: skip
_PIECES = [
    "", "", "x", " ", "\n", "\r\n", "\r", "😀", "é", "\ud83d", "{", "}", "(", ")", "[", "]", ";", ",", ".", ":", "@", '"', "'",
    "/*", "//", "; x", "let ", "fn f(", "for i in ", "QMOV ", "QADD r1, ", ".define A ", ".macro m a\n", ".endm\n",
    "import std.math;\n", '.include "qbc_core.qbc"\n', "asm {", "0x", "1e", "r16", "\u2028", "\x0c", "\ufeff", "{x}",
    ".func f\n", ".endfunc\n", ".if 1\n", ".else\n", ".endif\n", ".data\n", ".extern q\n", ".global main\n", "; region\n",
    "record R { a: int }\n", "extern fn q();\n", "/// Deprecated\n", "QCALL main\n",
]  # fmt: skip


@cache
def programs() -> tuple[tuple[str, str], ...]:
    """Names and texts."""
    paths = sorted(path for path in (ROOT / "examples").iterdir() if path.suffix in (".qbc", ".sigma", ".json"))
    texts = ((str(path), path.read_text("utf-8")) for path in paths)
    return tuple((name, text) for name, text in texts if len(text) <= _LARGEST)


def try_edits(seed: int) -> str:
    """Edit a program; how it ended."""
    return asyncio.run(_Session(seed).run())


class Log(logging.Handler):
    """Remembers errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.errors.append(logging.Formatter().format(record))


class _Session:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.name, text = self.rng.choice(programs())
        self.text = text.replace("\n", self.rng.choice(["\n", "\n", "\r\n"]))
        self.encoding = self.rng.choice(list(Encoding))
        self.uri = Path(self.name).as_uri()
        self.server = started(self.encoding)

    async def run(self) -> str:
        log = Log()
        logging.getLogger().addHandler(log)
        try:
            ended = await self.edits()
            # What follows an answer is logged in a moment.
            await asyncio.sleep(0)
        finally:
            logging.getLogger().removeHandler(log)
            await stopped(self.server)
        assert not log.errors, log.errors[0]
        return ended

    async def edits(self) -> str:
        await self.server.protocol.fm.features[t.INITIALIZED](t.InitializedParams())
        item = t.TextDocumentItem(self.uri, "", 0, self.text)
        tell(self.server, t.TEXT_DOCUMENT_DID_OPEN, t.DidOpenTextDocumentParams(item))
        other = Path(self.rng.choice(programs())[0])
        if other.as_uri() != self.uri:
            beside = t.TextDocumentItem(other.as_uri(), "", 0, other.read_text("utf-8"))
            tell(self.server, t.TEXT_DOCUMENT_DID_OPEN, t.DidOpenTextDocumentParams(beside))
        analysis = None
        flying: list[asyncio.Future[Any]] = []
        for version in range(1, EDITS + 1):
            flying += [self.fly(other.as_uri()) for _ in range(self.rng.randrange(3))]
            await asyncio.sleep(0)
            if self.rng.random() < 0.2:
                section = t.DidChangeConfigurationParams({"qbc": self.rng.choice(_SECTIONS)})
                await self.server.protocol.fm.features[t.WORKSPACE_DID_CHANGE_CONFIGURATION](section)
            changes = []
            for _ in range(self.rng.choice([1, 1, 2])):
                range_, new, self.text = _edit(self.rng, self.text, self.encoding)
                changes.append(t.TextDocumentContentChangePartial(range_, new))
            changed = t.VersionedTextDocumentIdentifier(version, self.uri)
            tell(self.server, t.TEXT_DOCUMENT_DID_CHANGE, t.DidChangeTextDocumentParams(changed, changes))
            assert self.server.open.documents[self.uri].text.text == self.text
            await self.ask()
            analysis = await self.server.current(self.uri)
            assert analysis is not None
            fresh = Workspace(self.encoding, levels=self.server.open.levels)
            again = analyse(fresh.open(self.uri, "", version, self.text), fresh.overlay())
            # The linter's findings come later.
            assert shown(self.server.open, replace(analysis, findings=())) == shown(fresh, again)
        await asyncio.gather(*flying)
        assert analysis is not None
        return analysis.diagnostics[0].code if analysis.diagnostics else "sound"

    def fly(self, other: str) -> asyncio.Future[Any]:
        """A question whose answer is not waited for: edits come before it does."""
        uri = self.rng.choice([self.uri, other])
        text = self.server.open.documents[uri].text.text
        place = position(text, self.rng.randrange(len(text) + 1), self.encoding)
        return asyncio.ensure_future(asked(self.server, self.rng.choice(questions()), uri, place))

    async def ask(self) -> None:
        """Some of everything, at a random place: it may find nothing, and be refused."""
        place = position(self.text, self.rng.randrange(len(self.text) + 1), self.encoding)
        for method in self.rng.sample(questions(), ASKED):
            found = await asked(self.server, method, self.uri, place)
            check(method, found, self.text, self.encoding)


def started(encoding: Encoding, folder: Path = ROOT / "examples") -> Server:
    """A server without an editor: what it would send is dropped."""
    server = make()
    server.protocol.notify = lambda *_, **__: None
    general = t.GeneralClientCapabilities(position_encodings=[encoding])
    folders = [t.WorkspaceFolder(folder.as_uri(), folder.name)]
    symbols = t.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=encoding is not Encoding.Utf8)
    item = t.ClientCompletionItemOptions(snippet_support=encoding is not Encoding.Utf8)
    completion = t.CompletionClientCapabilities(completion_item=item)
    of_text = t.TextDocumentClientCapabilities(document_symbol=symbols, completion=completion)
    able = t.ClientCapabilities(text_document=of_text, general=general)
    options = {"commands": True, "debugger": True, "explains": True}
    params = t.InitializeParams(able, workspace_folders=folders, initialization_options=options)
    _driven(server.protocol.lsp_initialize(params))
    return server


def _driven(steps: Any) -> None:
    """What pygls does with a method of its own: the handlers that it names are called."""
    with suppress(StopIteration):
        handler, arguments, keywords = next(steps)
        while True:
            handler, arguments, keywords = steps.send(handler(*arguments, **(keywords or {})))


async def stopped(server: Server) -> None:
    """Its threads end."""
    tell(server, t.SHUTDOWN)
    # What waits for a moment without edits is not waited for.
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    server.stop_working()


def tell(server: Server, method: str, *params: Any) -> None:
    """A notification."""
    server.protocol.fm.features[method](*params)


@cache
def questions() -> list[str]:
    """The requests that a server takes and whose parameters can be made here."""
    features = [method for method in make().protocol.fm.features if method in t.METHOD_TO_TYPES]
    return sorted(method for method in features if _can_be_made(method))


def _can_be_made(method: str) -> bool:
    _request, response, params, _ = t.METHOD_TO_TYPES[method]
    if response is None or params is None or not method.startswith(("textDocument/", "workspace/")):
        return False
    return all(field.name in _MADE for field in _needed(params))


def _needed(params: type) -> list[Any]:
    return [field for field in attrs.fields(params) if field.default is attrs.NOTHING]


_MADE = {
    "text_document", "position", "range", "positions", "new_name", "query", "previous_result_id", "options", "context",
    "ch",
}  # fmt: skip
_CALLS = (
    (t.CALL_HIERARCHY_INCOMING_CALLS, t.CallHierarchyIncomingCallsParams),
    (t.CALL_HIERARCHY_OUTGOING_CALLS, t.CallHierarchyOutgoingCallsParams),
)


async def asked(server: Server, method: str, uri: str, place: t.Position) -> Any:
    """An answer; of what can be called, who calls it too."""
    params = t.METHOD_TO_TYPES[method][2]
    hints = typing.get_type_hints(params)
    made = {field.name: _value(field.name, hints[field.name], uri, place) for field in _needed(params)}
    try:
        found = await server.protocol.fm.features[method](params(**made))
    except JsonRpcException:
        return None
    if method == t.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY:
        for item in found or []:
            for way, kind in _CALLS:
                await server.protocol.fm.features[way](kind(item))
    return found


def _value(name: str, hint: Any, uri: str, place: t.Position) -> Any:
    match name:
        case "text_document":
            return t.TextDocumentIdentifier(uri)
        case "position":
            return place
        case "positions":
            return [place, t.Position(0, 0)]
        case "range":
            return t.Range(t.Position(max(place.line - 3, 0), 0), place)
        case "new_name":
            return "renamed"
        case "query":
            return "mai"
        case "previous_result_id":
            return "1"
        case "ch":
            return "\n" if place.line % 2 else "}"
        case "options":
            return t.FormattingOptions(4, insert_spaces=True)
    return {t.ReferenceContext: t.ReferenceContext(True), t.CodeActionContext: t.CodeActionContext([])}[hint]


def shown(workspace: Workspace, analysis: Analysis) -> dict[str, list[t.Diagnostic]]:
    return by_file([analysis], Texts(workspace.encoding, workspace.uri))


def _edit(rng: random.Random, text: str, encoding: Encoding) -> tuple[t.Range, str, str]:
    start = _between(text, rng.randrange(len(text) + 1))
    end = _between(text, min(len(text), start + rng.choice([0, 0, 1, 2, 5, 30])))
    new = rng.choice(_PIECES)
    if rng.random() < 0.3:
        at = rng.randrange(len(text) + 1)
        new = text[at : at + rng.randrange(20)]
    range_ = t.Range(position(text, start, encoding), position(text, end, encoding))
    return range_, new, text[:start] + new + text[end:]


def _between(text: str, offset: int) -> int:
    """No position lies inside of an end of a line."""
    return offset - 1 if text[offset - 1 : offset + 1] == "\r\n" else offset


def position(text: str, offset: int, encoding: Encoding) -> t.Position:
    """By counting, as the protocol describes it."""
    lines = re.split(r"\r\n|\r|\n", text[: _between(text, offset)])
    width = {Encoding.Utf8: 1, Encoding.Utf16: 2, Encoding.Utf32: 4}[encoding]
    name = {1: "utf-8", 2: "utf-16-le", 4: "utf-32-le"}[width]
    return t.Position(len(lines) - 1, len(lines[-1].encode(name, "surrogatepass")) // width)
