"""Work that may take long, in a process of its own: Ctrl-C and the time limit end it at once.

Libraries such as Aer and NumPy do not come back before they are done. So a process is forked that has everything the
work needs, and this one waits and looks at the limits of the run. What is small comes back by a pipe, and large arrays
are in memory that both processes share. A process that the kernel ends for want of memory is a trap, not the end of the
command."""

from __future__ import annotations

import mmap
import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from vm import limits, stops
from vm.trap import FaultError

T = TypeVar("T")
_CHUNK: Final = 1 << 20
_PR_SET_PDEATHSIG: Final = 1
_LOOKS, _LOOK = 50, 0.0005
"""How often, and how many seconds apart, it is looked whether a process has gone."""
_LEFT: Final[set[int]] = set()
"""Processes that were ended and have not gone yet."""


def array(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Zeros in memory that :func:`run` shares with the process that it makes."""
    count = int(np.prod(shape))
    size = max(count * np.dtype(dtype).itemsize, 1)
    try:
        area = mmap.mmap(-1, size)
    except (OSError, ValueError, OverflowError):
        raise FaultError("memory", f"the host has no {size:,} bytes for a result of this size") from None
    return np.frombuffer(area, dtype, count).reshape(shape)


def run(work: Callable[[], T], what: str) -> T:
    """What ``work`` returns, or raises, in a process of its own; ``what`` names it in a message. The work sees all that
    this process has, and what it changes is lost but for arrays made by :func:`array`."""
    if sys.platform != "linux":
        # The libraries of macOS do not survive a fork.
        return work()
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        # No process can be made here: the work is done all the same.
        return work()
    if child == 0:
        _work(work, writing)
    os.close(writing)
    try:
        with stops.undoing(lambda: os.kill(child, signal.SIGKILL)):
            try:
                answer = _await(reading)
            except BaseException:
                os.kill(child, signal.SIGKILL)
                raise
    finally:
        os.close(reading)
        status = _reap(child)
    if not answer:
        raise FaultError("backend", f"{what} {_why(status)}")
    is_done, value = pickle.loads(answer)
    if not is_done:
        raise FaultError(*value)
    result: T = value
    return result


def when(is_long: bool, work: Callable[[], T], what: str) -> T:
    """What ``work`` returns, in a process of its own where it may take long."""
    return run(work, what) if is_long else work()


def _work(work: Callable[[], Any], writing: int) -> None:
    """In the new process: work, write what came of it, end."""
    try:
        stops.forget()
        _end_with_parent()
        try:
            answer = pickle.dumps((True, work()), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            answer = _raised(error)
        view = memoryview(answer)
        while view:
            view = view[os.write(writing, view[:_CHUNK]) :]
        # The parent goes on now, not when all memory was given back.
        os.close(writing)
    finally:
        os._exit(0)


def _raised(error: Exception) -> bytes:
    """An exception as the trap that it becomes: its name and its message."""
    found = ("backend", f"{type(error).__name__}: {error}")
    if isinstance(error, FaultError):
        found = (error.name, error.message)
    elif isinstance(error, MemoryError):
        found = ("memory", "the host is out of memory")
    return pickle.dumps((False, found))


def _end_with_parent() -> None:
    """Be ended when the parent is killed, and be the first that the kernel ends where memory runs out."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _await(reading: int) -> bytes:
    """Everything that the other process writes. Raises :class:`FaultError` when the time of the run is up."""
    parts: list[bytes] = []
    ready = select.poll()
    ready.register(reading, select.POLLIN)
    while True:
        while not ready.poll(1000 * limits.PERIOD):
            limits.current().check()
        part = os.read(reading, _CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _reap(child: int) -> int:
    """The status of a process that ends. One that has much memory to give back is left to that."""
    for process in list(_LEFT):
        with suppress(ChildProcessError):
            if os.waitpid(process, os.WNOHANG)[0]:
                _LEFT.discard(process)
    for _ in range(_LOOKS):
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(_LOOK)
    _LEFT.add(child)
    return 0


def _why(status: int) -> str:
    if status == -signal.SIGKILL:
        return "was ended by the system, which is probably out of memory"
    if status < 0:
        return f"ended by signal {-status} ({signal.Signals(-status).name})"
    return "ended without an answer"
