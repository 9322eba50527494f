"""Jobs of a run, one after the other, remembered in a journal so that a run that was cut off goes on.

A run is deterministic but for the answers of the device. So it is begun again from its start, and each job that the
journal knows is not sent: its answer is taken, or waited for. The journal is written whole before and after each
step."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm import limits, stops
from vm.files import read_regular
from vm.quantum.backends.backend import Device, Job, JobEndedError
from vm.quantum.log import Circuit
from vm.trap import STATUS, FaultError

FORMAT: Final = 1
_LARGEST: Final = 256 << 20
"""Bytes of a journal."""
_PATIENCE: Final = 1.5
"""Seconds to cancel a job in, when a run is stopped by Ctrl-C."""
_NAME: Final = re.compile(r"[0-9a-f]{8}")


class JournalError(Exception):
    """A journal cannot be used; the argument is one line that says why."""


class Journal:
    """The file of one run: ``ID.json`` in a folder."""

    def __init__(self, path: Path, data: dict[str, Any]) -> None:
        self.path: Final = path
        self.data: Final = data
        self.position = 0
        """Jobs that this process has asked for."""

    @property
    def identifier(self) -> str:
        """What ``--resume`` takes."""
        return self.path.stem

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """``circuit`` (a hash), ``shots``, ``name``; ``estimate``, a cost, if there is one; ``sent``, before the
        request that sends it; then ``id``, then ``answer``."""
        found: list[dict[str, Any]] = self.data["jobs"]
        return found

    @staticmethod
    def create(folder: Path, run: dict[str, Any]) -> Journal:
        """A new one. ``run`` says what is run: program hash, arguments, seed, …. Written with the first job. Raises
        :class:`JournalError`."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(f"no journal can be kept in '{folder}': {error.strerror}") from None
        while True:
            path = folder / f"{secrets.token_hex(4)}.json"
            if not path.exists():
                return Journal(path, {"format": FORMAT, "run": run, "jobs": []})

    @staticmethod
    def open(folder: Path, identifier: str) -> Journal:
        """One that is there. Raises :class:`JournalError`."""
        path = folder / f"{identifier}.json"
        if not _NAME.fullmatch(identifier):
            raise JournalError(f"'{identifier}' is no run: its name is eight digits and letters from a to f")
        try:
            content = read_regular(path, _LARGEST)
        except FileNotFoundError:
            known = ", ".join(sorted(one.stem for one in folder.glob("*.json"))) or "none"
            raise JournalError(f"no run '{identifier}' in '{folder}'; there are: {known}") from None
        except OSError as error:
            raise JournalError(f"'{path}' cannot be read: {error.strerror}") from None
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            data = None
        if not _is_journal(data):
            raise JournalError(f"'{path}' is damaged: it is no journal of a run")
        return Journal(path, data)

    def save(self) -> None:
        """Write it whole. Raises :class:`FaultError`."""
        temporary = self.path.with_name(f".{self.path.stem}-{os.getpid()}.tmp")
        with stops.undoing(temporary.unlink):
            self._save_by(temporary)

    def _save_by(self, temporary: Path) -> None:
        try:
            with temporary.open("w", encoding="utf-8") as stream:
                json.dump(self.data, stream)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self.path)
        except OSError as error:
            raise FaultError("backend", f"the journal '{self.path}' cannot be written: {error.strerror}") from None
        finally:
            with suppress(OSError):
                temporary.unlink()


def _is_journal(data: Any) -> bool:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return False
    jobs, run = data.get("jobs"), data.get("run")
    return isinstance(run, dict) and isinstance(jobs, list) and all(_is_entry(job) for job in jobs)


def _is_entry(job: Any) -> bool:
    if not isinstance(job, dict):
        return False
    answer = job.get("answer")
    return (
        all(isinstance(job.get(key), str) for key in ("circuit", "name"))
        and isinstance(job.get("shots"), int)
        and isinstance(job.get("id"), str | None)
        and isinstance(job.get("sent", False), bool)
        and _is_cost(job.get("estimate"))
        and (
            answer is None
            or (
                isinstance(answer, dict)
                and all(key.isdecimal() and len(key) < 400 for key in answer)
                and all(type(count) is int and count >= 0 for count in answer.values())
                and sum(answer.values()) == job["shots"]
            )
        )
    )


def _is_cost(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf)


class Jobs:
    """Sends the jobs of one machine to a device."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.journal: Journal | None = None
        """Where they are remembered, if anywhere."""
        self.allow: Callable[[Job], float | None] | None = None
        """Asked before a job is sent; returns its estimated cost, raises :class:`FaultError` to refuse."""
        self.again: Callable[[str], None] | None = None
        """Asked before a job of an earlier run is sent a second time, and told why; raises :class:`FaultError` to
        refuse. Without it such a job is not sent."""
        self.tell: Callable[[str], None] | None = None
        """Told of each job that is sent."""

    def run(self, circuit: Circuit, angles: NDArray[np.float64], shots: int, seed: int) -> dict[int, int]:
        """The counts of a circuit. Ctrl-C gives the job up."""
        entry, is_old = self._entry(Job(circuit, angles, shots, "", seed))
        job = Job(circuit, angles, shots, entry["name"], seed)
        if entry["answer"] is not None:
            return {int(value): count for value, count in entry["answer"].items()}
        try:
            counts = self._counts(entry, job, is_old)
        except KeyboardInterrupt:
            self._give_up(entry, job)
            raise
        entry["answer"] = {str(value): count for value, count in counts.items()}
        self._save()
        self._tell_cost(entry)
        return counts

    def _counts(self, entry: dict[str, Any], job: Job, is_old: bool) -> dict[int, int]:
        """The counts of a job: of the one that an earlier run sent, if there is one."""
        # Journals of before 0.2 do not say whether a job was sent.
        was_sent = is_old and entry.get("sent", True)
        if was_sent and entry["id"] is None:
            # The run was cut off before it heard whether the device has the job.
            entry["id"] = self._device.find(job)
            if entry["id"] is None and self._device.is_paid:
                self._renew(entry, f"{self._device.name} does not list the job {job.name}, which may have been sent")
        if was_sent and entry["id"] is not None:
            self._save()
            try:
                return self._device.result(entry["id"], job)
            except JobEndedError as ended:
                self._renew(entry, ended.message)
        job = replace(job, name=entry["name"])
        self._send(entry, job)
        return self._device.result(entry["id"], job)

    def _renew(self, entry: dict[str, Any], why: str) -> None:
        """Ask whether a job is sent a second time, and make it another one."""
        if self.again is None:
            raise FaultError("backend", why)
        self.again(why)
        _rename(entry)
        self._save()

    def _tell_cost(self, entry: dict[str, Any]) -> None:
        """Say what a job cost, as far as the device knows by now; a run does not fail for that."""
        if self.tell is None or not self._device.is_paid:
            return
        try:
            cost = self._device.cost(entry["id"])
        except FaultError as fault:
            self.tell(f"job {entry['id']}: the cost is not known: {fault.message}")
            return
        self.tell(
            f"job {entry['id']} cost {cost}" if cost is not None else f"job {entry['id']}: the cost is not known yet"
        )

    def _entry(self, job: Job) -> tuple[dict[str, Any], bool]:
        """What is remembered of the next job, and whether an earlier run began it."""
        told = digest(job)
        if self.journal is None:
            name = f"qbc-{secrets.token_hex(8)}"
            return _made(told, job.shots, name), False
        number = self.journal.position
        jobs = self.journal.jobs
        self.journal.position += 1
        if number < len(jobs):
            entry = jobs[number]
            if (entry["circuit"], entry["shots"]) != (told, job.shots):
                raise FaultError("backend", f"the run went another way than before its job {number + 1}: begin it anew")
            return entry, True
        name = f"qbc-{self.journal.identifier}-{number}"
        jobs.append(_made(told, job.shots, name))
        return jobs[-1], False

    def _send(self, entry: dict[str, Any], job: Job) -> None:
        self._check(job)
        if self.allow is not None:
            entry["estimate"] = self.allow(job)
        entry["sent"] = True
        self._save()
        entry["id"] = self._device.submit(job)
        self._save()
        if self.tell is not None:
            self.tell(f"job {entry['id']} on {self._device.name}: {size(job)}")

    def _check(self, job: Job) -> None:
        most = self._device.most_shots
        if most is not None and job.shots > most:
            raise FaultError("backend", f"{self._device.name} takes at most {most:,} shots a job, not {job.shots:,}")

    def _give_up(self, entry: dict[str, Any], job: Job) -> None:
        """Cancel a job; a run that is resumed sends it anew, under another name. One that cannot be found or canceled
        keeps its name: it may be running. Somebody waits, so what does not answer soon is left."""
        stops.settle(STATUS["interrupt"])
        if entry["id"] is None and not entry.get("sent"):
            return
        deadline = limits.Deadline(_PATIENCE)
        deadline.begin()
        within = limits.Limits(deadline.check, limits.current().memory, deadline.left)
        try:
            with limits.of_run(within), self._device.hurried():
                identifier = entry["id"] or self._device.find(replace(job, name=entry["name"]))
                if identifier is not None:
                    self._device.cancel(identifier)
        except FaultError:
            if self.tell is not None:
                self.tell(f"job {entry['id'] or entry['name']} was not canceled, and may go on")
            return
        if identifier is not None:
            _rename(entry)
            with suppress(FaultError):
                self._save()

    def _save(self) -> None:
        if self.journal is not None:
            self.journal.save()


def _made(circuit: str, shots: int, name: str) -> dict[str, Any]:
    """An entry of a job that was not sent."""
    return {"circuit": circuit, "shots": shots, "name": name, "sent": False, "id": None, "answer": None}


def _rename(entry: dict[str, Any]) -> None:
    """Make an entry one of a job that was not sent: no job has its name."""
    entry["id"] = None
    entry["sent"] = False
    entry["name"] += "x"


def size(job: Job) -> str:
    """How large a job is, for people."""
    numbers = ((job.circuit.qubits, "qubit"), (len(job.circuit.gates), "gate"), (job.shots, "shot"))
    return ", ".join(f"{number:,} {word}{'' if number == 1 else 's'}" for number, word in numbers)


def digest(job: Job) -> str:
    """Equal for equal circuits, angles to the bit."""
    text = repr((job.circuit.qubits, job.circuit.gates)).encode()
    return hashlib.sha256(text + b"\0" + job.angles.tobytes()).hexdigest()
