"""What a run may use of the host: time, and memory for what it prints and records.

Apart from the machine, which holds 64 GiB of address space: what is asked for these must not keep it alive."""

from __future__ import annotations

import time
from typing import Final

from vm.trap import FaultError

KEPT_LIMIT: Final = 1 << 28
"""Bytes of output and of records that a run may make the host keep (256 MiB)."""


class Deadline:
    """The time limit of a run."""

    def __init__(self, timeout: float | None) -> None:
        """``timeout``: seconds of a run; None for no limit."""
        self._timeout = timeout
        self._end: float | None = None

    def set(self, timeout: float) -> None:
        """Another limit, in seconds of a run."""
        self._timeout = timeout

    def begin(self) -> None:
        """A run begins now."""
        self._end = None if self._timeout is None else time.monotonic() + self._timeout

    def check(self) -> None:
        """Raise :class:`FaultError` if the time is up."""
        if self._end is not None and time.monotonic() >= self._end:
            raise FaultError("time", f"the limit of {self._timeout:g} s is reached")


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
