"""What every handler has: a way to the documents, and answers whatever happens."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from lsp.analysis import Analysis
from lsp.features.diagnostics import Texts
from lsp.features.navigation import RefusedError
from lsp.workspace import Workspace

_LOG: Final = logging.getLogger(__name__)
_H = TypeVar("_H")
_P = TypeVar("_P")
_R = TypeVar("_R")
_F = TypeVar("_F", bound=Callable[..., Any])


class OfDocument(Protocol):
    """Parameters of a request about a document."""

    @property
    def text_document(self) -> t.TextDocumentIdentifier:
        """Which one."""


class Host(Protocol):
    """The server, as handlers know it."""

    open: Workspace

    @property
    def workspace(self) -> Any:
        """The folders, as pygls keeps them."""

    def window_log_message(self, params: t.LogMessageParams) -> None:
        """Tell the user's log."""

    async def client_register_capability_async(self, params: t.RegistrationParams) -> None:
        """Ask the editor for more."""

    def files_changed(self, paths: list[str]) -> None:
        """Files have changed on disk."""

    @property
    def client_capabilities(self) -> t.ClientCapabilities:
        """What the editor can do."""

    def feature(self, feature_name: str, options: Any | None = None) -> Callable[[_F], _F]:
        """Take a handler."""

    def texts(self) -> Texts:
        """Places as this editor has them."""

    async def current(self, uri: str) -> Analysis | None:
        """The analysis of an open document as it is now."""

    async def asked(self, params: OfDocument, request: Callable[..., _R], *arguments: Any) -> _R | None:
        """What a request finds in a document as it is now, found in the worker's thread."""

    async def worked(self, run: Callable[[], _R]) -> _R:
        """What a call gives, made in the worker's thread."""


def safe(feature: Callable[[_H, _P], Awaitable[_R]]) -> Callable[[_H, _P], Awaitable[_R | None]]:
    """An error of ours becomes no answer, and a line in the log; what is refused is told with its reason."""

    @functools.wraps(feature)
    async def handler(ls: _H, params: _P) -> _R | None:
        try:
            return await feature(ls, params)
        except RefusedError as refused:
            raise JsonRpcException(str(refused), t.LSPErrorCodes.RequestFailed) from None
        except Exception:
            _LOG.exception("%s failed", feature.__name__)
            return None

    return handler
