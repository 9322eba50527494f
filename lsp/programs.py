"""The programs of a workspace: what lies in its folders, and the analyses of files that an open document's names lead
to."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from lsprotocol import types as t

from lsp.analysis import Analysis, analyse
from lsp.convert import Text
from lsp.files import Files, View, language_of, read, stamp_of
from lsp.workspace import Document, Overlay, Workspace
from qbcc.library import stdlib_dir

MOST: Final = 64
"""Programs that are read for one answer."""
_KEPT: Final = MOST
"""Analyses of closed files that are kept: all that one answer takes."""
_PATIENCE: Final = 5.0
"""Seconds that an answer waits for a look at the files."""
_AGE: Final = 2.0
"""Seconds after which files are looked at again where the editor does not tell of changes."""
_LONG_AGE: Final = 60.0
"""The same where it does."""
_R = TypeVar("_R")


class Worker(Protocol):
    """The server, as far as it is needed here."""

    open: Workspace

    def window_log_message(self, params: t.LogMessageParams) -> None:
        """Tell the user's log."""

    def read_now(self, document: Document, overlay: Overlay) -> Analysis:
        """In the thread of analyses: the analysis of an open document."""

    def worked(self, run: Callable[[], _R]) -> Awaitable[_R]:
        """What a call gives, made in the thread of analyses."""


class Programs:
    """Of one editor."""

    def __init__(self, worker: Worker) -> None:
        self.files = Files()
        self.is_told = False
        """Whether the editor tells of changes to files."""
        self._worker = worker
        self._reader = ThreadPoolExecutor(2, "files")
        self._looking = threading.Lock()
        self._is_said = False
        self._kept: dict[str, tuple[Hashable, Analysis]] = {}
        self._view: tuple[Any, tuple[Document, ...], View] | None = None
        self._is_closed = False

    def close(self) -> None:
        """Nothing more is read."""
        self._is_closed = True
        self._reader.shutdown(wait=False, cancel_futures=True)

    def begin(self, folders: list[str]) -> None:
        """These are the folders now; look at them soon."""
        self.files.folders = tuple(folders)
        self.files.forget()
        if not self._is_closed:
            self._reader.submit(self._look)

    def _look(self) -> None:
        """What another look has found so far is enough, where that takes long."""
        if not self._looking.acquire(timeout=_PATIENCE):
            return
        try:
            self.files.look(_LONG_AGE if self.is_told else _AGE, lambda: not self._is_closed)
        finally:
            self._looking.release()

    async def view(self) -> View:
        """All sources as they are now."""
        documents = tuple(self._worker.open.documents.values())
        view = await self.looked(functools.partial(self._viewed, documents))
        if not (self.files.is_whole or self._is_said):
            self._is_said = True
            text = f"The folders hold too much: names are looked for in {len(self.files.known):,} sources."
            self._worker.window_log_message(t.LogMessageParams(t.MessageType.Warning, text))
        return view

    def _viewed(self, documents: tuple[Document, ...]) -> View:
        self._look()
        known = self._view
        if known is not None and known[0] is self.files.known and known[1] == documents:
            return known[2]
        made = View(self.files.known, documents)
        self._view = self.files.known, documents, made
        return made

    async def looked(self, run: Callable[[], _R]) -> _R:
        """What a call gives, made in the thread of files."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, run)

    def drop(self) -> None:
        """In the worker's thread: forget all analyses."""
        self._kept.clear()

    def analysis(self, path: str, view: View, overlay: Overlay) -> Analysis | None:
        """In the worker's thread: the analysis of a file, open or not; None for one that cannot be read."""
        document = view.open.get(path)
        if document is not None:
            return self._worker.read_now(document, overlay)
        known = self._kept.pop(path, None)
        if known is None or known[0] != _state(known[1], view):
            source = read(path)
            if source is None:
                return None
            uri = Path(path).as_uri()
            made = analyse(Document(uri, language_of(path), 0, Text(source.text), path), overlay)
            known = _state(made, view), made
        self._kept[path] = known
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return known[1]


def _state(analysis: Analysis, view: View) -> Hashable:
    """What an analysis depends on: as long as it is the same, so is the analysis."""
    stamps = tuple((path, view.open.get(path) or stamp_of(path)) for path in sorted(analysis.paths))
    return frozenset(view.known), stamps


def is_library(path: str | None) -> bool:
    """Whether a file is one of the standard library."""
    return path is not None and Path(path).is_relative_to(stdlib_dir())
