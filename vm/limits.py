"""What a run may use of the host: time, and memory for what it prints, records and simulates.

Apart from the machine, which holds 64 GiB of address space: what is asked for these must not keep it alive."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vm.trap import FaultError

KEPT_LIMIT: Final = 1 << 28
"""Bytes of output and of records that a run may make the host keep (256 MiB)."""
PERIOD: Final = 0.02
"""Seconds between two looks at the limits while something is waited for."""

_SMALL: Final = 1 << 20
"""Bytes that are not counted."""
_ALWAYS: Final = 64 << 20
"""Bytes that the host is not asked for beforehand."""
_CONTAINER: Final = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Files of a container's limit and of what it uses, of either version of control groups."""


class Deadline:
    """The time limit of a run."""

    def __init__(self, timeout: float | None) -> None:
        """``timeout``: seconds of a run; None for no limit."""
        self._timeout = timeout
        self._shared: float | None = None
        self._end: float | None = None

    def share(self, end: float | None) -> None:
        """Have the following runs end at one time on the clock of ``time.monotonic``, however many there are."""
        self._shared = end

    def begin(self) -> None:
        """A run begins now."""
        own = None if self._timeout is None else time.monotonic() + self._timeout
        self._end = own if self._shared is None else self._shared

    def left(self) -> float:
        """Seconds until the time is up; infinity without a limit."""
        return math.inf if self._end is None else max(self._end - time.monotonic(), 0.0)

    def check(self) -> None:
        """Raise :class:`FaultError` if the time is up."""
        if self._end is not None and time.monotonic() >= self._end:
            of = "" if self._timeout is None else f" of {self._timeout:g} s"
            raise FaultError("time", f"the limit{of} is reached")


class Allowance:
    """The bytes that a run may still make the host keep."""

    def __init__(self) -> None:
        self.spent = 0
        """Bytes kept so far, against :data:`KEPT_LIMIT`."""

    def spend(self, amount: int) -> None:
        """Count bytes that are going to be kept. Raises :class:`FaultError` for too many."""
        if self.spent + amount > KEPT_LIMIT:
            raise FaultError("memory", f"the run's output and records pass {KEPT_LIMIT >> 20} MiB")
        self.spent += amount


@dataclass(frozen=True)
class Limits:
    """The limits of the run that a thread is executing."""

    check: Callable[[], None]
    """Raises :class:`FaultError` if the time is up."""
    memory: int
    """Bytes that the run may use for the states of its qubits."""
    left: Callable[[], float]
    """Seconds until the time is up; infinity without a limit."""


_NONE: Final = Limits(lambda: None, 1 << 62, lambda: math.inf)
_CURRENT: Final = threading.local()


@contextmanager
def of_run(limits: Limits) -> Iterator[None]:
    """While it is open, these are the limits of what this thread does."""
    before = current()
    _CURRENT.limits = limits
    try:
        yield
    finally:
        _CURRENT.limits = before


def current() -> Limits:
    """The limits of the run that this thread executes; outside of a run, none that holds."""
    return getattr(_CURRENT, "limits", _NONE)


def available() -> int:
    """Bytes that the host can still give, of which the kernel and a container's limit know; many where neither does."""
    found = 1 << 62
    with suppress(OSError, ValueError, IndexError):
        text = Path("/proc/meminfo").read_text("ascii")
        found = int(text.partition("MemAvailable:")[2].split()[0]) * 1024
    for most, used in _CONTAINER:
        with suppress(OSError, ValueError):
            found = min(found, int(Path(most).read_text("ascii")) - int(Path(used).read_text("ascii")))
    return max(found, 0)


def need(size: int, what: str, times: int = 1) -> None:
    """Raise :class:`FaultError` where ``size`` bytes are more than the run may use, or where they are more than the
    host has while ``times`` as many are needed; ``what`` they are for comes first in the message."""
    if size <= _SMALL:
        return
    limit = current().memory
    if size > limit:
        raise FaultError("memory", f"{what} takes {size:,} bytes, more than the limit of {limit:,} (--memory)")
    if size > _ALWAYS and (free := available()) < size * times:
        raise FaultError("memory", f"{what} takes {size * times:,} bytes, and the host has {free:,} left")


@contextmanager
def capped(size: int) -> Iterator[None]:
    """While it is open, Linux gives this process at most ``size`` more bytes: Python then raises
    :class:`MemoryError`. It is for work that reserves no address space, as a machine does."""
    try:
        import resource

        status = Path("/proc/self/status").read_text("ascii")
        used = int(status.partition("VmData:")[2].split()[0]) * 1024
        before = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_least(used + size, *before), before[1]))
    except (ImportError, OSError, ValueError, IndexError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _least(*sizes: int) -> int:
    """The least of some limits, of which negative ones are none."""
    return min(size for size in sizes if size >= 0)


def pause(seconds: float) -> None:
    """Sleep. Raises :class:`FaultError` when the time of the run is up."""
    last = time.monotonic() + seconds
    while True:
        current().check()
        left = last - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, PERIOD))
