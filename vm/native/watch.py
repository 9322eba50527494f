"""One thread that wakes compiled code some fifty times a second, for all machines that run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

PERIOD: Final = 0.02
"""Seconds between two wakes."""


class _Watch:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wakes: list[Callable[[], None]] = []
        self._thread: threading.Thread | None = None

    def add(self, wake: Callable[[], None]) -> None:
        with self._changed:
            self._wakes.append(wake)
            # A thread does not live on in a forked process.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="qbc watch", daemon=True)
                self._thread.start()
            elif len(self._wakes) == 1:
                self._changed.notify()

    def remove(self, wake: Callable[[], None]) -> None:
        with self._changed:
            self._wakes.remove(wake)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._wakes:
                    self._changed.wait()
                self._wake()
            time.sleep(PERIOD)

    def _wake(self) -> None:
        # Not in the loop that waits: a variable there would hold the last machine.
        for wake in self._wakes:
            wake()


_WATCH: Final = _Watch()


@contextmanager
def woken(wake: Callable[[], None]) -> Iterator[None]:
    """Call ``wake`` regularly while this is open, from another thread."""
    _WATCH.add(wake)
    try:
        yield
    finally:
        _WATCH.remove(wake)
