"""Every request gets an answer, also one that comes too early, too late, or is none."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from lsp.server import Server, make

HOVER = {"textDocument": {"uri": "untitled:a"}, "position": {"line": 0, "character": 0}}
START = {"processId": None, "rootUri": None, "capabilities": {}}


class Editor:
    """One beside the server, in one process."""

    def __init__(self, server: Server) -> None:
        self.protocol = server.protocol
        self.protocol.set_writer(self, include_headers=False)
        self.said: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        """What the server says."""
        self.said.append(json.loads(data))

    def close(self) -> None:
        """Nothing to do."""

    def asks(self, method: str, params: Any = None, number: int | None = 1) -> list[int | None]:
        """Send a request, or with no number a notification; the codes of the errors that come back at once."""
        self.said.clear()
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        with suppress(JsonRpcException):
            self.protocol.handle_message(json.loads(json.dumps(message), object_hook=self.protocol.structure_message))
        assert all(each["id"] == number for each in self.said)
        return [each["error"]["code"] if "error" in each else None for each in self.said]


@pytest.mark.asyncio
async def test_requests_out_of_turn_are_refused() -> None:
    server = make()
    editor = Editor(server)
    assert editor.asks(t.TEXT_DOCUMENT_HOVER, HOVER) == [t.ErrorCodes.ServerNotInitialized]
    opened = {"textDocument": {"uri": "untitled:a", "languageId": "qbc", "version": 0, "text": "QHALT\n"}}
    assert editor.asks(t.TEXT_DOCUMENT_DID_OPEN, opened, None) == []
    assert not server.open.documents
    assert editor.asks(t.INITIALIZE, START) == [None]
    assert editor.asks(t.INITIALIZE, START) == [t.ErrorCodes.InvalidRequest]
    assert editor.asks(t.SHUTDOWN) == [None]
    assert editor.asks(t.TEXT_DOCUMENT_HOVER, HOVER) == [t.ErrorCodes.InvalidRequest]
    server.stop_working()


@pytest.mark.asyncio
async def test_a_request_with_wrong_parameters_is_answered() -> None:
    server = make()
    editor = Editor(server)
    assert editor.asks(t.INITIALIZE, START) == [None]
    wrong = {**HOVER, "position": {"line": -1, "character": 0}}
    assert editor.asks(t.TEXT_DOCUMENT_HOVER, wrong) == [t.ErrorCodes.InvalidParams]
    assert editor.asks(t.TEXT_DOCUMENT_HOVER, {"textDocument": 5}, 7) == [t.ErrorCodes.InvalidParams]
    assert editor.asks(t.TEXT_DOCUMENT_DID_OPEN, {"textDocument": 5}, None) == []
    server.stop_working()
