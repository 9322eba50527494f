"""IonQ's simulators and hardware, by qiskit-ionq and the API of version 0.4.

The key is read from ``IONQ_API_KEY`` and the address from ``IONQ_API_URL``, of the process's environment alone. Nothing
of Qiskit is imported before IonQ is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from vm import install
from vm.quantum.backends.backend import Device, Job, JobEndedError, Listed
from vm.quantum.backends.ionq import answers
from vm.quantum.backends.ionq.settings import LEAST_DEBIASED, MOST_SHOTS, PASSING, Settings, read
from vm.quantum.backends.offers import MOST_KEY, MOST_METADATA, MOST_VALUE, Amount, Estimate, JobOptions
from vm.trap import FaultError

if TYPE_CHECKING:
    from vm.quantum.backends.ionq.client import Client, Target

_NAME: Final = re.compile(r"(?P<simulator>simulator)(?:\.(?P<noise>[a-z0-9-]+))?|qpu\.[a-z0-9-]+")
SIMULATOR_SECONDS: Final = 900.0
"""To wait for a simulator's result, unless ``QBC_IONQ_TIMEOUT`` says otherwise. Hardware is waited for without end."""
SHORTEST_POLL: Final = 0.02
"""Seconds between two looks at a job, where requests need not be apart."""
LONGEST_POLL: Final = 15
"""Times the shortest: a job that takes long is looked at less and less often."""
MOST_PAGES: Final = 200
"""Of jobs, that are searched for one by its name."""
MODELS: Final = {
    "aria-1": 25,
    "aria-2": 25,
    "forte-1": 36,
    "forte-enterprise-1": 36,
    "harmony": 11,
    "harmony-1": 11,
    "harmony-2": 11,
}
"""Noise models of the simulator and the qubits of their machines, which need not be listed any more (API v0.4)."""


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
            from vm.quantum.backends.ionq.client import Client, agent
            from vm.quantum.backends.ionq.wire import Wire
        except ImportError as error:
            missing = error.name or "a package"
        else:
            return Client(Wire(settings, agent()), settings.lag)
        raise FaultError("backend", f"IonQ needs {missing}, which is not installed: {install.advice('ionq')}")

    @cached_property
    def _backends(self) -> list[Listed]:
        return answers.listed(self._client.wire.ask("GET", "backends"))

    @cached_property
    def _backend(self) -> Target:
        client = self._client
        from vm.quantum.backends.ionq.client import Target

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
        raise (JobEndedError(text) if isinstance(problem, JobEndedError) else FaultError(problem.name, text)) from None

    @property
    def is_paid(self) -> bool:
        """Hardware is."""
        return self._target != "simulator"

    @property
    def _is_exact(self) -> bool:
        return not self.is_paid and self._noise == "ideal"

    @property
    def takes(self) -> frozenset[str]:  # type: ignore[override]
        """Names and metadata; debiasing where there are errors of a machine to average over."""
        named = frozenset({"--job-name", "--metadata"})
        return named | {"--debiasing", "--sharpen"} if self.is_paid else named

    @property
    def most_shots(self) -> int | None:  # type: ignore[override]
        """Of the API."""
        return None if self._is_exact else MOST_SHOTS

    def configure(self, options: JobOptions) -> None:
        """See :class:`Device`."""
        super().configure(options)
        if options.sharpen and not options.debiasing:
            raise ValueError("--sharpen combines the results of --debiasing: give both")
        if len(options.metadata) > MOST_METADATA:
            raise ValueError(f"--metadata: IonQ stores at most {MOST_METADATA} entries of a job")
        for key, value in options.metadata:
            if not 0 < len(key) <= MOST_KEY or len(value) > MOST_VALUE:
                raise ValueError(
                    f"--metadata '{key[:MOST_KEY]}': IonQ takes keys of 1 to {MOST_KEY} characters and values of at "
                    f"most {MOST_VALUE}"
                )

    @cached_property
    def qubits(self) -> int:
        """Of the machine, or of the machine whose noise is simulated."""
        sizes = {listed.name: listed.qubits for listed in self._backends if listed.qubits is not None}
        if self.is_paid or self._is_exact:
            size = sizes.get(f"ionq:{self._target}")
            if size is not None:
                return size
            raise self._unknown(f"IonQ has no backend ionq:{self._target}", sizes)
        size = sizes.get(f"ionq:qpu.{self._noise}", MODELS.get(self._noise))
        if size is None:
            models = {name.removeprefix("ionq:qpu.") for name in sizes if name.startswith("ionq:qpu.")}
            raise self._unknown(f"IonQ has no noise model '{self._noise}'", models | MODELS.keys())
        return min(size, sizes.get("ionq:simulator", size))

    def _unknown(self, problem: str, known: Iterable[str]) -> FaultError:
        return FaultError("backend", self._client.wire.clean(f"{problem}: there are {', '.join(sorted(known))}"))

    def warning(self) -> str | None:
        """See :class:`Device`. Raises :class:`FaultError` for a machine that is retired."""
        with self._told():
            states = {listed.name: listed.state for listed in self._backends}
        state = self._client.wire.clean(states.get(self.name, ""))
        if state.startswith("retired"):
            raise FaultError("backend", f"{self.name} is retired: it runs no jobs; 'qbc backends' lists the others")
        if not self.is_paid or state in ("available", ""):
            return None
        waits = "; a job waits until it is available" if state.startswith("unavailable") else ""
        return f"{self.name} is {state}{waits}"

    def estimate(self, job: Job) -> Estimate:
        """See :class:`Device`."""
        with self._told():
            return self._backend.estimate(job, self.options)

    def cost(self, identifier: str) -> Amount | None:
        """See :class:`Device`."""
        with self._told():
            return self._client.job_cost(answers.identifier({"id": identifier}))

    def submit(self, job: Job) -> str:
        """See :class:`Device`."""
        if self.options.debiasing and job.shots < LEAST_DEBIASED:
            raise FaultError("backend", f"--debiasing needs at least {LEAST_DEBIASED} shots a job, not {job.shots}")
        with self._told():
            return self._backend.send(job, self.options)

    def find(self, job: Job) -> str | None:
        """See :class:`Device`. A job that was sent a moment ago may not be listed yet: it is waited for."""
        lag = self._settings.lag if self.is_paid else 0.0
        return self._client.await_job(job.name, self._target, MOST_PAGES, is_all=True, lag=lag)

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
            raise JobEndedError(client.wire.clean(f"the job {own} failed: {answers.failure(found)}"))
        if status == "canceled":
            raise JobEndedError(f"the job {own} was canceled")
        path = answers.results_path(found, own, client.wire.base)
        params = {"sharpen": "true"} if self.options.sharpen else None
        return answers.counts(client.wire.ask("GET", path, params, passing=PASSING), job, self._is_exact)

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

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """See :class:`Device`."""
        wire = self._client.wire
        wire.is_urgent = True
        try:
            yield
        finally:
            wire.is_urgent = False

    def state(self) -> list[Listed]:
        """See :class:`Device`."""
        clean = self._client.wire.clean
        rows = [replace(row, name=clean(row.name), state=clean(row.state)) for row in self._backends]
        simulator = next((row for row in rows if row.name == "ionq:simulator"), None)
        if simulator is not None:
            models = {name: min(size, simulator.qubits or size) for name, size in MODELS.items()}
            rows += [
                Listed(f"ionq:simulator.{name}", size, f"{simulator.state}; the noise of {name}")
                for name, size in models.items()
            ]
        return rows
