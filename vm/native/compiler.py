"""Compiling in another process, which can be ended at any time: LLVM itself does not come back before it is done.

A process is kept for the next job: to start one takes longer than to compile a small program."""

from __future__ import annotations

import atexit
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from vm.native.store import Compiled, Refused, decode
from vm.native.worker import LENGTH, Job
from vm.processor import UnsupportedError

PERIOD: Final = 0.02
"""Seconds between two looks at whether to go on."""
_CHUNK: Final = 1 << 20


class _Process(subprocess.Popen[bytes]):
    """A process that may go on when this one ends, which is no mistake to warn of."""

    def __del__(self) -> None:
        """Do nothing: it ends by itself."""


_IDLE: Final[list[_Process]] = []
"""Processes that wait for a job."""
_MOST_IDLE: Final = 2
_MADE: Final[list[_Process]] = []
"""All that may still be there: one that ended is taken leave of when the next is made."""
_LOCK: Final = threading.Lock()
if hasattr(os, "register_at_fork"):
    # They are the parent's.
    os.register_at_fork(after_in_child=_IDLE.clear)


def _end_idle() -> None:
    while _IDLE:
        process = _IDLE.pop()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


atexit.register(_end_idle)


def _process() -> _Process:
    """A process that waits for a job. Raises :class:`UnsupportedError`."""
    with _LOCK:
        _MADE[:] = [process for process in _MADE if process.poll() is None]
        while _IDLE:
            process = _IDLE.pop()
            if process.poll() is None:
                return process
    # Isolated, and told where its own code is: the working folder may be a stranger's.
    folder = str(Path(__file__).parents[2])
    code = f"import sys; sys.path.insert(0, {folder!r}); from vm.native import worker; worker.main()"
    try:
        process = _Process(
            [sys.executable, "-I", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise UnsupportedError(f"no process for the compiler: {error}") from None
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        os.set_blocking(stream.fileno(), False)
    _MADE.append(process)
    return process


class Compilation:
    """A job that another process does."""

    def __init__(self, job: Job) -> None:
        """Raises :class:`UnsupportedError` where no process can be made."""
        self._rest = memoryview(job.pack())
        self._answer = b""
        self._result: Compiled | Refused | None = None
        self._process = _process()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._writing, self._reading = self._process.stdin.fileno(), self._process.stdout.fileno()
        if not job.is_wanted:
            # It is to be asked even if this process ends soon.
            last = time.monotonic() + 1
            while self._rest and self._result is None and time.monotonic() < last:
                self._go_on(PERIOD)

    def poll(self) -> Compiled | Refused | None:
        """The answer, if it is there."""
        self._go_on(0)
        return self._result

    def wait(self, check: Callable[[], object]) -> Compiled | Refused:
        """Wait for the answer; ``check`` is called all the time, and what it raises ends the compilation."""
        try:
            while self._result is None:
                check()
                self._go_on(PERIOD)
        except BaseException:
            self.end()
            raise
        return self._result

    def end(self) -> None:
        """End the process, whatever it does: where its input ends, it ends its child."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for stream in (self._process.stdin, self._process.stdout):
            stream.close()
        self._result = self._result or Refused("it was not compiled to the end")

    def _go_on(self, seconds: float) -> None:
        """Send what is left to send and take what is there to take; wait for it at most so long."""
        if self._result is not None:
            return
        ready = select.poll()
        ready.register(self._reading, select.POLLIN)
        if self._rest:
            ready.register(self._writing, select.POLLOUT)
        found = {descriptor for descriptor, _ in ready.poll(1000 * seconds)}
        try:
            if self._writing in found:
                self._rest = self._rest[os.write(self._writing, self._rest[:_CHUNK]) :]
            if self._reading in found:
                part = os.read(self._reading, _CHUNK)
                self._answer += part
                if not part:
                    self.end()
                    self._result = Refused("its compiler was ended from outside")
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.end()
            self._result = Refused("its compiler was ended from outside")
        self._take()

    def _take(self) -> None:
        if self._result is not None or len(self._answer) < LENGTH.size:
            return
        (length,) = LENGTH.unpack_from(self._answer)
        if len(self._answer) < LENGTH.size + length:
            return
        self._result = decode(self._answer[LENGTH.size :])
        with _LOCK:
            if len(_IDLE) < _MOST_IDLE:
                _IDLE.append(self._process)
                return
        self.end()
