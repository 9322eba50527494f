"""IonQ's simulators and hardware, by qiskit-ionq and the API of version 0.4.

The key is read from ``IONQ_API_KEY`` and the address from ``IONQ_API_URL``, of the process's environment alone. Nothing
of Qiskit is imported before IonQ is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from vm import install
from vm.quantum.backend import Device, Job, Listed
from vm.quantum.ionq import answers
from vm.quantum.ionq.settings import Settings, read
from vm.trap import FaultError

if TYPE_CHECKING:
    from vm.quantum.ionq.client import Client, Target

_NAME: Final = re.compile(r"(?P<simulator>simulator)(?:\.(?P<noise>[a-z0-9-]+))?|qpu\.[a-z0-9-]+")
SIMULATOR_SECONDS: Final = 900.0
"""To wait for a simulator's result, unless ``QBC_IONQ_TIMEOUT`` says otherwise. Hardware is waited for without end."""
SHORTEST_POLL: Final = 0.02
"""Seconds between two looks at a job, where requests need not be apart."""
LONGEST_POLL: Final = 15
"""Times the shortest: a job that takes long is looked at less and less often."""
MOST_PAGES: Final = 200
"""Of jobs, that are searched for one by its name."""


class IonQ(Device):
    """``ionq:simulator``, ``ionq:simulator.MODEL`` with the noise of a machine, or ``ionq:qpu.NAME``."""

    def __init__(self, text: str) -> None:
        """``text``: what follows ``ionq:``. Raises :class:`ValueError` for what is none of these."""
        match = _NAME.fullmatch(text)
        if match is None:
            raise ValueError(f"no backend 'ionq:{text}': there are ionq:simulator, ionq:simulator.MODEL, ionq:qpu.NAME")
        self.name = f"ionq:{text}"
        self._target = match["simulator"] or text
        self._noise = match["noise"] or "ideal"

    @cached_property
    def _settings(self) -> Settings:
        return read(os.environ)

    @cached_property
    def _client(self) -> Client:
        settings = self._settings
        try:
            from vm.quantum.ionq.client import Client, agent
            from vm.quantum.ionq.wire import Wire
        except ImportError as error:
            missing = error.name or "a package"
        else:
            return Client(Wire(settings, agent()))
        raise FaultError("backend", f"IonQ needs {missing}, which is not installed: {install.advice('ionq')}")

    @cached_property
    def _backends(self) -> list[Listed]:
        return answers.listed(self._client.wire.ask("GET", "backends"))

    @cached_property
    def _backend(self) -> Target:
        client = self._client
        from vm.quantum.ionq.client import Target

        return Target(client, self._target, self._noise, self.qubits)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever fails in it, in Qiskit too, is a fault of one line without the key."""
        try:
            yield
            return
        except FaultError as fault:
            problem = fault
        except Exception as error:
            problem = FaultError("backend", f"IonQ cannot be used: {type(error).__name__}: {error}")
        client = self.__dict__.get("_client")
        text = problem.message if client is None else client.wire.clean(problem.message)
        raise FaultError(problem.name, text) from None

    @property
    def is_paid(self) -> bool:
        """Hardware is."""
        return self._target != "simulator"

    @property
    def _is_exact(self) -> bool:
        return not self.is_paid and self._noise == "ideal"

    @cached_property
    def qubits(self) -> int:
        """Of the machine, or of the machine whose noise is simulated."""
        wanted = f"ionq:{self._target}" if self.is_paid or self._is_exact else f"ionq:qpu.{self._noise}"
        sizes = {listed.name: listed.qubits for listed in self._backends}
        size = sizes.get(wanted)
        if size is not None:
            return size
        known = ", ".join(sorted(sizes))
        raise FaultError("backend", self._client.wire.clean(f"IonQ has no backend {wanted}: there are {known}"))

    def estimate(self, job: Job) -> str:
        """See :class:`Device`."""
        with self._told():
            return self._client.wire.clean(self._backend.estimate(job))

    def submit(self, job: Job) -> str:
        """See :class:`Device`."""
        with self._told():
            return self._backend.send(job)

    def find(self, job: Job) -> str | None:
        """See :class:`Device`. A job that failed or was canceled is none."""
        return self._client.find_job(job.name, self._target, MOST_PAGES, is_all=True)

    def result(self, identifier: str, job: Job) -> dict[int, int]:
        """See :class:`Device`. Shots of an exact simulator are drawn here, by the job's seed."""
        with self._told():
            return self._result(identifier, job)

    def _result(self, identifier: str, job: Job) -> dict[int, int]:
        client = self._client
        own = answers.identifier({"id": identifier})
        found = self._final(own)
        status = answers.status(found)
        if status == "failed":
            raise FaultError("backend", client.wire.clean(f"the job {own} failed: {answers.failure(found)}"))
        if status == "canceled":
            raise FaultError("backend", f"the job {own} was canceled")
        path = answers.results_path(found, own, client.wire.base)
        return answers.counts(client.wire.ask("GET", path), job, self._is_exact)

    def _final(self, identifier: str) -> dict[str, object]:
        """A job, when it will not change any more."""
        client = self._client
        pace = client.wire.pace
        timeout = self._settings.timeout
        if timeout is None and not self.is_paid:
            timeout = SIMULATOR_SECONDS
        end = None if timeout is None else pace.clock() + timeout
        shortest = pause = max(client.wire.interval, SHORTEST_POLL)
        while (status := answers.status(found := client.retrieve_job(identifier))) not in answers.FINAL:
            left = pause if end is None else min(pause, end - pace.clock())
            if left <= 0:
                raise FaultError(
                    "backend", f"the job {identifier} is still {status!r} after {timeout:g} s; it is not canceled"
                )
            pace.sleep(left)
            pause = min(pause * 1.25, shortest * LONGEST_POLL)
        return found

    def cancel(self, identifier: str) -> None:
        """See :class:`Device`."""
        self._client.cancel_job(answers.identifier({"id": identifier}))

    def state(self) -> list[Listed]:
        """See :class:`Device`."""
        clean = self._client.wire.clean
        return [Listed(clean(listed.name), listed.qubits, clean(listed.state)) for listed in self._backends]
