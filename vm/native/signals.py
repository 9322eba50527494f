"""Signal handlers wait while compiled code runs.

Python runs a handler where its own code goes on next. Called back by compiled code, that is before a callback's first
line, and what the handler raises there (Ctrl-C) would be lost: no exception passes through compiled code."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_NUMBERS: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGALRM") if hasattr(signal, name)]


class Signals:
    """The handlers of one run."""

    def __init__(self) -> None:
        self.waits = False
        """Whether handlers wait for :meth:`deliver`."""
        self._came: list[tuple[int, FrameType | None]] = []
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be able to wait while this is open. Handlers only ever run in the main thread; elsewhere, nothing to do."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = self._handlers
        found = {number: signal.getsignal(number) for number in _NUMBERS}
        self._handlers = {number: handler for number, handler in found.items() if callable(handler)}
        installed = self._handlers
        for number in installed:
            signal.signal(number, self._handle)
        try:
            yield
        finally:
            self.waits = True
            for number, handler in installed.items():
                signal.signal(number, handler)
            self.waits = False
            try:
                self.deliver()
            finally:
                self._handlers = before

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.waits:
            self._came.append((number, frame))
        else:
            self._handlers[number](number, frame)

    def deliver(self) -> None:
        """Run the handlers of what came meanwhile; they may raise."""
        while self._came:
            number, frame = self._came.pop(0)
            self._handlers[number](number, frame)
