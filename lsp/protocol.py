"""What pygls leaves to others: texts of documents, and answers to requests that are no good."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method


class Protocol(LanguageServerProtocol):
    """Texts are kept by :class:`lsp.workspace.Workspace` alone. Every request gets an answer: editors wait for it."""

    _is_begun = False

    @lsp_method(t.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: t.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """Only told on."""
        yield self.fm.features[t.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(t.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: t.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Only told on."""
        yield self.fm.features[t.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(t.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: t.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """Only told on."""
        yield self.fm.features[t.TEXT_DOCUMENT_DID_CLOSE], (params,), None

    def handle_message(self, message: Any) -> None:
        """What comes before the start or after the end is refused; of what needs no answer, nothing is done then."""
        method = getattr(message, "method", None)
        if method is None or method == t.EXIT:
            super().handle_message(message)
            return
        fault = None
        if self._shutdown:
            fault = JsonRpcException("the server has been shut down", t.ErrorCodes.InvalidRequest)
        elif self._is_begun == (method == t.INITIALIZE):
            text = "the server has been initialized" if self._is_begun else "the server is not initialized yet"
            code = t.ErrorCodes.InvalidRequest if self._is_begun else t.ErrorCodes.ServerNotInitialized
            fault = JsonRpcException(text, code)
        if fault is None:
            self._is_begun = True
            super().handle_message(message)
        elif hasattr(message, "id"):
            self._send_response(message.id, None, fault.to_response_error())

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The same for what is not as the protocol has it. Raises :class:`JsonRpcException` then."""
        try:
            return super().structure_message(data)
        except JsonRpcException as fault:
            if data.get("method") and isinstance(data.get("id"), int | str):
                self._send_response(data["id"], None, fault.to_response_error())
            raise
