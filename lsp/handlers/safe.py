"""What every handler has: a way to the documents, and answers whatever happens."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from lsp.analysis import Analysis
from lsp.faults import Faults
from lsp.features.diagnostics import Texts
from lsp.features.navigation import RefusedError
from lsp.workspace import Document, Overlay, Workspace

_H = TypeVar("_H", bound="_Logging")
_P = TypeVar("_P")
_R = TypeVar("_R")
_F = TypeVar("_F", bound=Callable[..., Any])


class OfDocument(Protocol):
    """Parameters of a request about a document."""

    @property
    def text_document(self) -> t.TextDocumentIdentifier:
        """Which one."""


class OfPlace(OfDocument, Protocol):
    """The same about a place in it."""

    @property
    def position(self) -> t.Position:
        """Which one."""


class Host(Protocol):
    """The server, as handlers know it."""

    open: Workspace
    faults: Faults
    droppers: list[Callable[[], None]]
    """Drop what is kept of analyses, in the worker's thread."""

    def read_now(self, document: Document, overlay: Overlay) -> Analysis:
        """In the worker's thread: the analysis of an open document."""

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


class _Logging(Protocol):
    faults: Faults


def safe(feature: Callable[[_H, _P], Awaitable[_R]]) -> Callable[[_H, _P], Awaitable[_R | None]]:
    """An error of ours becomes no answer, and a line in the log, once; a request that is refused is answered with the
    reason."""

    @functools.wraps(feature)
    async def handler(ls: _H, params: _P) -> _R | None:
        try:
            return await feature(ls, params)
        except RefusedError as refused:
            raise JsonRpcException(str(refused), t.LSPErrorCodes.RequestFailed) from None
        except Exception as error:
            ls.faults.log(f"{feature.__name__} failed", error)
            return None

    return handler
