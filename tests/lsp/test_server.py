"""Requests over real standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from lsp.convert import Encoding, units
from tests.lsp.support import PATIENCE, edit, open_document, published, span

T = TypeVar("T")
TEXT = 'fn twice(n: int) -> int {\n    return 2 * n;\n}\n\nfn main() {\n  print("😀 {twice(4)}");\n}\n'
pytestmark = [pytest.mark.timeout(4 * PATIENCE), pytest.mark.asyncio]


async def answer(request: Awaitable[T]) -> T:
    return await asyncio.wait_for(request, PATIENCE)


def _items(offered: t.CompletionList | Sequence[t.CompletionItem] | None) -> Sequence[t.CompletionItem]:
    assert offered is not None
    return offered.items if isinstance(offered, t.CompletionList) else offered


def at(uri: str, line: int, column: int) -> tuple[t.TextDocumentIdentifier, t.Position]:
    return t.TextDocumentIdentifier(uri), t.Position(line, column)


@pytest.mark.parametrize("client", ["vscode", "neovim", "emacs"], indirect=True)
async def test_every_request(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.sigma").as_uri()
    document = t.TextDocumentIdentifier(uri)
    open_document(client, uri, TEXT)
    # Emacs counts characters, Neovim bytes, VS Code what JavaScript does.
    start = 11 + units("😀", Encoding(client.answered.capabilities.position_encoding))
    used = span(5, start, start + 5)
    hover = await answer(client.text_document_hover_async(t.HoverParams(*at(uri, 5, start + 1))))
    assert hover is not None
    assert hover.range == used
    assert isinstance(hover.contents, t.MarkupContent)
    assert "fn twice(n: int) -> int" in hover.contents.value
    offered = await answer(client.text_document_completion_async(t.CompletionParams(*at(uri, 1, 4))))
    assert {"n", "twice", "main", "return"} <= {item.label for item in _items(offered)}
    help_ = await answer(client.text_document_signature_help_async(t.SignatureHelpParams(*at(uri, 5, 8))))
    assert help_ is not None
    assert help_.signatures[0].label == "fn print(a: format)"
    found = await answer(client.text_document_definition_async(t.DefinitionParams(*at(uri, 5, start + 1))))
    assert found == t.Location(uri, span(0, 3, 8))
    context = t.ReferenceContext(include_declaration=True)
    places = await answer(client.text_document_references_async(t.ReferenceParams(context, *at(uri, 0, 4))))
    assert list(places or []) == [t.Location(uri, span(0, 3, 8)), t.Location(uri, used)]
    symbols = await answer(client.text_document_document_symbol_async(t.DocumentSymbolParams(document)))
    assert [symbol.name for symbol in symbols or []] == ["twice", "main"]
    assert {"vscode": 13, "neovim": 15, "emacs": 12}[client.editor] == start
    options = t.FormattingOptions(4, insert_spaces=True)
    edits = await answer(client.text_document_formatting_async(t.DocumentFormattingParams(document, options)))
    assert list(edits or []) == [
        t.TextEdit(t.Range(t.Position(5, 0), t.Position(6, 0)), '    print("😀 {twice(4)}");\n')
    ]
    prepared = await answer(client.text_document_prepare_rename_async(t.PrepareRenameParams(*at(uri, 5, start + 1))))
    assert prepared == t.PrepareRenamePlaceholder(used, "twice")
    renamed = await answer(client.text_document_rename_async(t.RenameParams(*at(uri, 5, start + 1), "doubled")))
    assert renamed is not None
    assert renamed.changes is not None
    assert list(renamed.changes[uri]) == [t.TextEdit(place.range, "doubled") for place in places or []]
    with pytest.raises(JsonRpcException, match="there already"):
        await answer(client.text_document_rename_async(t.RenameParams(*at(uri, 5, start + 1), "main")))


async def test_a_fix(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(client, uri, "main:\n    QMUV r1, 2\n")
    (said,) = await published(client, uri, 1)
    context = t.CodeActionContext([said])
    params = t.CodeActionParams(t.TextDocumentIdentifier(uri), said.range, context)
    (action,) = await answer(client.text_document_code_action_async(params)) or []
    assert isinstance(action, t.CodeAction)
    assert action.edit is not None
    assert action.edit.changes is not None
    assert list(action.edit.changes[uri]) == [t.TextEdit(span(1, 4, 8), "QMUL")]
    assert list(action.diagnostics or []) == [said]


async def test_answers_are_of_the_last_change(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(client, uri, ".define A 1\nmain:\n    QMOV r0, A\n")
    for version in range(2, 30):
        edit(client, uri, version, span(0, 10, 11), str(version % 10))
    hover = await answer(client.text_document_hover_async(t.HoverParams(*at(uri, 2, 13))))
    assert hover is not None
    assert isinstance(hover.contents, t.MarkupContent)
    assert "constant `9`" in hover.contents.value


async def test_nothing_is_said_of_what_is_not_open(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    assert await answer(client.text_document_hover_async(t.HoverParams(*at(uri, 0, 0)))) is None


@pytest.mark.parametrize("last", [b"", b"Content-Length: 5000\r\n\r\n{", b"Content-Length: " + b"1" * 100_000])
async def test_over_tcp(last: bytes, unused_tcp_port: int) -> None:
    """The server ends with the connection, also in the middle of a message, and others are sent away till then."""
    command = [sys.executable, "-m", "lsp", "--tcp", f"127.0.0.1:{unused_tcp_port}"]
    server = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert server.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
                    break
                except ConnectionRefusedError:
                    await asyncio.sleep(0.05)
            body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
            writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            assert (await reader.readline()).startswith(b"Content-Length")
            await reader.readuntil(b'"hoverProvider"')
            other = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
            assert await other[0].read() == b""
            other[1].close()
            writer.write(last)
            # What was said and is not read yet makes it a reset.
            writer.close()
            assert await server.wait() == 0
            assert b"Traceback" not in await server.stderr.read()
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


@pytest.mark.parametrize(("said", "status"), [(["shutdown", "exit"], 0), (["exit"], 1), ([], 1)])
async def test_how_it_ends(said: list[str], status: int) -> None:
    command = [sys.executable, "-m", "lsp", "--stdio"]
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    sent = b""
    for number, method in enumerate(["initialize", *said], 1):
        params = b'{"processId":null,"rootUri":null,"capabilities":{}}' if number == 1 else b"null"
        id = b'"id":%d,' % number if method != "exit" else b""
        body = b'{"jsonrpc":"2.0",%b"method":"%b","params":%b}' % (id, method.encode(), params)
        sent += b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    _, errors = await asyncio.wait_for(server.communicate(sent), PATIENCE)
    assert server.returncode == status
    assert b"Traceback" not in errors


async def test_a_port_that_is_none() -> None:
    command = [sys.executable, "-m", "lsp", "--tcp", "7777"]
    server = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(server.communicate(), PATIENCE)
    assert server.returncode == 2
    assert b"'7777' is no HOST:PORT" in said
