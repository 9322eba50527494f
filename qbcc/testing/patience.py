"""A time limit for work in Python that does not look at the clock itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Impatient(BaseException):
    """The time is up. No handler of exceptions may take it for a fault of the work."""


@contextmanager
def patience(seconds: float | None) -> Iterator[None]:
    """While it is open, raise :class:`Impatient` after ``seconds``. There is no limit if that is None, in a thread that
    is not the main one, and where the system has no timer (Windows)."""
    is_main = threading.current_thread() is threading.main_thread()
    if seconds is None or not is_main or not hasattr(signal, "setitimer"):
        yield
        return

    def up(_number: int, _frame: FrameType | None) -> None:
        raise Impatient

    before = signal.signal(signal.SIGALRM, up)
    waiting = signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
    try:
        yield
    finally:
        # A timer of whoever runs the tests goes on.
        signal.setitimer(signal.ITIMER_REAL, *waiting)
        signal.signal(signal.SIGALRM, before)
