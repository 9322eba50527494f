"""Work in a process of its own: what comes back, what stops it, what is left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from vm import apart, limits
from vm.limits import Deadline, Limits
from vm.trap import FaultError


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def within(seconds: float) -> Limits:
    deadline = Deadline(seconds)
    deadline.begin()
    return Limits(deadline.check, 1 << 40, deadline.left)


def test_what_is_returned_and_what_is_shared() -> None:
    shared = apart.array((3, 4), np.complex128)
    own = [0]

    def work() -> str:
        shared[1] = 2j
        own[0] = 1
        return "done" * 1_000_000

    assert apart.run(work, "it") == "done" * 1_000_000
    assert shared.tolist() == [[0] * 4, [2j] * 4, [0] * 4]
    assert own == [0]


@pytest.mark.parametrize(
    ("error", "name", "message"),
    [
        (FaultError("quantum", "no such gate"), "quantum", "no such gate"),
        (MemoryError(), "memory", "the host is out of memory"),
        (ValueError("bad"), "backend", "ValueError: bad"),
    ],
)
def test_what_is_raised(error: Exception, name: str, message: str) -> None:
    def work() -> None:
        raise error

    with pytest.raises(FaultError) as found:
        apart.run(work, "it")
    assert (found.value.name, found.value.message) == (name, message)


@pytest.mark.parametrize(
    ("number", "words"), [(signal.SIGKILL, "probably out of memory"), (signal.SIGTERM, "signal 15 (SIGTERM)")]
)
def test_a_process_that_dies_is_a_fault(number: int, words: str) -> None:
    with pytest.raises(FaultError, match=r"^it ") as found:
        apart.run(lambda: os.kill(os.getpid(), number), "it")
    assert words in found.value.message


def test_the_time_limit_ends_it_and_leaves_no_process() -> None:
    before = children()
    start = time.monotonic()
    with pytest.raises(FaultError, match=r"the limit of 0.1 s is reached"), limits.of_run(within(0.1)):
        apart.run(lambda: time.sleep(60), "it")
    assert time.monotonic() - start < 30
    while children() - before:
        apart.run(lambda: None, "it")
        assert time.monotonic() - start < 30


def test_an_interrupt_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), limits.of_run(Limits(interrupt, 0, lambda: 0.0)):
        apart.run(lambda: time.sleep(60), "it")


def test_an_array_that_the_host_does_not_have() -> None:
    with pytest.raises(FaultError, match=r"the host has no"):
        apart.array((1 << 60,), np.complex128)


def test_what_is_needed_is_compared_with_the_limit_and_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with limits.of_run(Limits(lambda: None, 5 << 20, lambda: 1.0)):
        limits.need(5 << 20, "a state")
        with pytest.raises(FaultError, match=r"a state takes 5,242,881 bytes, more than the limit of 5,242,880"):
            limits.need((5 << 20) + 1, "a state")
    monkeypatch.setattr(limits, "available", lambda: 200 << 20)
    limits.need(100 << 20, "a state", 2)
    with pytest.raises(FaultError, match=r"a state takes 314,572,800 bytes, and the host has 209,715,200 left"):
        limits.need(100 << 20, "a state", 3)


def test_capped_memory_is_an_error_of_python() -> None:
    with pytest.raises(MemoryError), limits.capped(64 << 20):
        bytearray(1 << 30)
    bytearray(100 << 20)
