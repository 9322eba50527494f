"""How a command ends before its work is done: Ctrl-C, the time limit, another signal, at any moment.

Only the command lines call :func:`begin`; a program that imports QBC keeps its own signals, and nothing
here acts in it.

Code that can report where a program was answers a stop itself, inside of :func:`answering`: there Ctrl-C is a
``KeyboardInterrupt``, and the code looks at the time limit by itself. Everywhere else (imports, compiling, saving) the
process ends at once: what was registered by :func:`undoing` is undone, and one line says why. A thread does the same
where the main thread is inside of a library that does not come back within :data:`GRACE`.

This module is imported before all others and before anything can be interrupted, so it imports built-in modules
only."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import _thread
import atexit
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Final, NoReturn

GRACE: Final = 0.12
"""Seconds that code inside of :func:`answering` has, after a stop, to answer."""
INTERRUPTED: Final = "T130"
"""Code of the line for Ctrl-C."""
TIMED_OUT: Final = "T80"
"""Code of the line for the time limit."""
_STATUS: Final = {INTERRUPTED: 130, TIMED_OUT: 80}
_LAST: Final = 3.0
"""Seconds that the report of a stop may take, where nobody may be reading it."""
_LONGEST: Final = 1e6
"""Seconds that are waited for at a time."""
_QUIET: Final = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""Signals that end the process as they always do, after the clean-up."""
_WAKE: Final = b"\0"


def _tell(code: str, message: str) -> None:
    os.write(2, f"error[{code}]: {message}\n".encode())


class _Process:
    """What is known of this process. There is one, and it lives as long as the process."""

    def __init__(self) -> None:
        self.is_begun = False
        self.answering = 0
        """Nested regions that answer a stop."""
        self.is_asked = False
        """Whether Ctrl-C was passed on to such a region."""
        self.settled = 0
        """The exit status, once a stop was answered: what is left is to report it."""
        self.end: float | None = None
        self.seconds = 0.0
        """The time limit, and when it is reached on the clock of ``time.monotonic``."""
        self.undo: dict[object, Callable[[], object]] = {}
        self.tell: Callable[[str, str], None] = _tell
        self.wake = -1
        self.ending = _thread.allocate_lock()
        self.ender = 0
        """The thread that ends the process."""


_PROCESS: Final = _Process()


def begin() -> None:
    """Take over the signals of the process, which is a command line. Once; later calls do nothing."""
    process = _PROCESS
    if process.is_begun:
        return
    process.is_begun = True
    for name in ("SIGINT", *_QUIET):
        number = getattr(_signal, name, None)
        # A process that was started to ignore a signal (nohup, a background job of a shell) goes on ignoring it.
        if number is not None and _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _handle)
    # The first that is registered is called last.
    atexit.register(_ignore)
    _take_streams()
    try:
        reading, process.wake = os.pipe()
        os.set_blocking(process.wake, False)
        _signal.set_wakeup_fd(process.wake, warn_on_full_buffer=False)
        _thread.start_new_thread(_watch, (reading,))
    except (OSError, RuntimeError):
        # No file or no thread is left: signals still end what is written in Python.
        process.wake = -1
    hook = sys.unraisablehook

    def unraisable(found: object) -> None:
        # Ctrl-C inside of a finalizer is lost, and the thread ends the process in its place.
        if getattr(found, "exc_type", None) is not KeyboardInterrupt:
            hook(found)  # type: ignore[arg-type]

    sys.unraisablehook = unraisable


def _ignore() -> None:
    """Keep the status of a command whose work is done and reported: Python gives signals back to the system before it
    has taken itself down, and one that came then would end the process as if nothing had been done."""
    for name in ("SIGINT", *_QUIET):
        number = getattr(_signal, name, None)
        if number is not None and _signal.getsignal(number) is _handle:
            _signal.signal(number, _signal.SIG_IGN)


def _take_streams() -> None:
    """Have files 0 to 2 open: else one that is opened later is taken for a standard stream."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            try:
                os.open(os.devnull, os.O_RDWR)
            except OSError:
                return


def forget() -> None:
    """Leave stops to the parent: called first in a forked process, which the parent ends."""
    process = _PROCESS
    process.undo.clear()
    process.answering = 0
    process.end = None
    if process.is_begun:
        _signal.set_wakeup_fd(-1)
        _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
        for name in _QUIET:
            if hasattr(_signal, name):
                _signal.signal(getattr(_signal, name), _signal.SIG_DFL)


def say_by(tell: Callable[[str, str], None]) -> None:
    """Have the last line written by ``tell(code, message)``; else it goes to standard error."""
    _PROCESS.tell = tell


def limit(seconds: float) -> None:
    """Have the process end ``seconds`` from now, if it is a command line."""
    process = _PROCESS
    if process.is_begun:
        process.seconds = seconds
        process.end = time.monotonic() + seconds
        if process.wake >= 0:
            os.write(process.wake, _WAKE)


def end() -> float | None:
    """When the time limit of the process is reached, on the clock of ``time.monotonic``; None without one."""
    return _PROCESS.end


def settle(status: int) -> None:
    """If the process was stopped: that was answered, and what follows reports it, then exits with ``status``. Another
    Ctrl-C ends the process at once."""
    process = _PROCESS
    if process.is_asked or (process.end is not None and time.monotonic() >= process.end):
        process.settled = status


def is_settled() -> bool:
    """Whether the process was stopped and that was answered."""
    return bool(_PROCESS.settled)


class answering:  # noqa: N801
    """A region of code that answers stops itself."""

    def __enter__(self) -> None:
        _PROCESS.answering += 1

    def __exit__(self, *_: object) -> None:
        _PROCESS.answering -= 1


class importing:  # noqa: N801
    """A region inside of :class:`answering` that does not answer: an exception inside of a module that is being
    imported comes out as anything."""

    def __enter__(self) -> None:
        self._before = _PROCESS.answering
        _PROCESS.answering = 0

    def __exit__(self, *_: object) -> None:
        _PROCESS.answering = self._before


class undoing:  # noqa: N801
    """While it is open, a process that is ended calls ``action`` first. It may be called by another thread."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._action = action

    def __enter__(self) -> None:
        _PROCESS.undo[self] = self._action

    def __exit__(self, *_: object) -> None:
        _PROCESS.undo.pop(self, None)


def undo() -> None:
    """Undo everything that is registered: the process is going to end."""
    while _PROCESS.undo:
        try:
            _, action = _PROCESS.undo.popitem()
        except KeyError:
            return
        try:
            action()
        except OSError:
            continue


def _handle(number: int, _frame: FrameType | None) -> None:
    if number == _signal.SIGINT and _PROCESS.answering and not _PROCESS.settled and not _PROCESS.is_asked:
        _PROCESS.is_asked = True
        raise KeyboardInterrupt
    _end_by(number)


def _end_by(number: int) -> NoReturn:
    if number == _signal.SIGINT:
        end_now(INTERRUPTED, "stopped by Ctrl-C")
    _only_once()
    undo()
    # The parent sees which signal it was.
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), _reset(number))
    time.sleep(1)
    os._exit(128 + number)


def _reset(number: int) -> int:
    # Only the main thread can set a handler; another ends the process with the status that a shell would show.
    try:
        _signal.signal(number, _signal.SIG_DFL)
    except ValueError:
        os._exit(128 + number)
    return number


def end_now(code: str, message: str) -> NoReturn:
    """End the process with one line: ``code`` is :data:`INTERRUPTED` or :data:`TIMED_OUT`."""
    _only_once()
    undo()
    try:
        _PROCESS.tell(code, message)
    except (OSError, ValueError):
        pass
    finally:
        os._exit(_STATUS[code])


def _only_once() -> None:
    """Let the first thread that comes here end the process, and the other wait for that."""
    while not _PROCESS.ending.acquire(False):
        if _PROCESS.ender == _thread.get_ident():
            return
        time.sleep(1)
    _PROCESS.ender = _thread.get_ident()


def time_is_up() -> NoReturn:
    """End the process, whose time limit is reached."""
    end_now(TIMED_OUT, f"time limit: the limit of {_PROCESS.seconds:g} s is reached")


def _watch(reading: int) -> None:
    """The thread: wait for a signal or for the time limit, and end the process if nobody else answers."""
    from select import select

    process = _PROCESS
    quiet = [getattr(_signal, name) for name in _QUIET if hasattr(_signal, name)]
    while True:
        is_settled = process.settled
        wait = _LAST if is_settled else None if process.end is None else max(process.end - time.monotonic(), 0.0)
        # No system waits for longer than it can count.
        is_whole = wait is None or wait <= _LONGEST
        wait = wait if is_whole else _LONGEST
        if select([reading], [], [], wait)[0]:
            for number in os.read(reading, 64):
                if number == _signal.SIGINT or number in quiet:
                    _wait_for_answer()
                    if not process.settled:
                        _end_by(number)
        elif is_settled:
            os._exit(process.settled)
        elif is_whole:
            if process.answering:
                _wait_for_answer()
            if not process.settled:
                time_is_up()


def _wait_for_answer() -> None:
    last = time.monotonic() + GRACE
    while not _PROCESS.settled and time.monotonic() < last:
        time.sleep(0.005)
