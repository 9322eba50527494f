"""What an editor does not wait for any more: its queued work is dropped."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from lsp.server import make
from tests.lsp.support import PATIENCE, open_document, published

pytestmark = [pytest.mark.timeout(4 * PATIENCE), pytest.mark.asyncio]


async def test_queued_work_is_dropped() -> None:
    server = make()
    server.open.open("untitled:a.qbc", "qbc", 1, "main: QHALT\n")
    params = t.HoverParams(t.TextDocumentIdentifier("untitled:a.qbc"), t.Position(0, 0))
    await server.current("untitled:a.qbc")
    done: list[int] = []
    held = threading.Event()
    blocking = asyncio.ensure_future(server.worked(held.wait))
    asked = [
        asyncio.ensure_future(server.asked(params, lambda analysis, texts, number=number: done.append(number)))
        for number in range(5)
    ]
    await asyncio.sleep(0.05)
    for request in asked[:4]:
        request.cancel()
    await asyncio.sleep(0)
    held.set()
    assert await asyncio.wait_for(blocking, PATIENCE)
    await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), PATIENCE)
    assert done == [4]


async def test_a_cancelled_request_is_answered_so(client: LanguageClient, tmp_path: Path) -> None:
    """Over the wire: behind a source that takes a while, requests are cancelled, and the last one is answered."""
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(client, uri, "main:\n" + "".join(f"    QADD r1, r2, {n}\n" for n in range(40_000)) + "    QHALT\n")
    params = t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(5, 5))
    sent: list[Any] = [
        client.protocol.send_request_async(t.TEXT_DOCUMENT_HOVER, params, msg_id=f"hover-{number}")
        for number in range(6)
    ]
    waiting = [asyncio.ensure_future(each) for each in sent]
    await asyncio.sleep(0.05)
    for number in range(5):
        client.cancel_request(t.CancelParams(f"hover-{number}"))
    found = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), PATIENCE)
    assert all(isinstance(each, JsonRpcException) for each in found[:5])
    assert {getattr(each, "code", None) for each in found[:5]} == {t.LSPErrorCodes.RequestCancelled.value}
    assert "QADD" in found[5].contents.value
    assert not await published(client, uri, 1)
