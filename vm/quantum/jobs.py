"""Jobs of a run, one after the other, remembered in a journal so that a run that was cut off goes on.

A run is deterministic but for the answers of the device. So it is begun again from its start, and each job that the
journal knows is not sent: its answer is taken, or waited for. The journal is written whole before and after each
step."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.quantum.backend import Device, Job
from vm.quantum.log import Circuit
from vm.trap import FaultError

FORMAT: Final = 1
_LARGEST: Final = 256 << 20
"""Bytes of a journal."""
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
        """``circuit`` (a hash), ``shots``, ``name``, then ``id``, then ``answer``."""
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
            with path.open("rb") as stream:
                content = stream.read(_LARGEST + 1)
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
        temporary = ""
        try:
            with tempfile.NamedTemporaryFile("w", dir=self.path.parent, suffix=".tmp", delete=False) as stream:
                temporary = stream.name
                json.dump(self.data, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(self.path)
        except OSError as error:
            if temporary:
                with suppress(OSError):
                    Path(temporary).unlink()
            raise FaultError("backend", f"the journal '{self.path}' cannot be written: {error.strerror}") from None


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


class Jobs:
    """Sends the jobs of one machine to a device."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.journal: Journal | None = None
        """Where they are remembered, if anywhere."""
        self.allow: Callable[[Job], None] | None = None
        """Asked before a job is sent; raises :class:`FaultError` to refuse."""
        self.tell: Callable[[str], None] | None = None
        """Told of each job that is sent."""

    def run(self, circuit: Circuit, angles: NDArray[np.float64], shots: int, seed: int) -> dict[int, int]:
        """The counts of a circuit. Ctrl-C gives the job up."""
        entry, is_old = self._entry(Job(circuit, angles, shots, "", seed))
        job = Job(circuit, angles, shots, entry["name"], seed)
        if entry["answer"] is not None:
            return {int(value): count for value, count in entry["answer"].items()}
        try:
            if entry["id"] is None and is_old:
                # It may have been sent by a run that was cut off before it heard so.
                entry["id"] = self._device.find(job)
            if entry["id"] is None:
                self._send(entry, job)
            self._save()
            counts = self._device.result(entry["id"], job)
        except KeyboardInterrupt:
            self._give_up(entry, job)
            raise
        entry["answer"] = {str(value): count for value, count in counts.items()}
        self._save()
        return counts

    def _entry(self, job: Job) -> tuple[dict[str, Any], bool]:
        """What is remembered of the next job, and whether an earlier run began it."""
        told = digest(job)
        if self.journal is None:
            name = f"qbc-{secrets.token_hex(8)}"
            return {"circuit": told, "shots": job.shots, "name": name, "id": None, "answer": None}, False
        number = self.journal.position
        jobs = self.journal.jobs
        self.journal.position += 1
        if number < len(jobs):
            entry = jobs[number]
            if (entry["circuit"], entry["shots"]) != (told, job.shots):
                raise FaultError("backend", f"the run went another way than before its job {number + 1}: begin it anew")
            return entry, True
        name = f"qbc-{self.journal.identifier}-{number}"
        jobs.append({"circuit": told, "shots": job.shots, "name": name, "id": None, "answer": None})
        return jobs[-1], False

    def _send(self, entry: dict[str, Any], job: Job) -> None:
        if self.allow is not None:
            self.allow(job)
        self._save()
        entry["id"] = self._device.submit(job)
        self._save()
        if self.tell is not None:
            size = f"{job.circuit.qubits} qubits, {len(job.circuit.gates)} gates, {job.shots:,} shots"
            self.tell(f"job {entry['id']} on {self._device.name}: {size}")

    def _give_up(self, entry: dict[str, Any], job: Job) -> None:
        """Cancel a job; a run that is resumed sends it anew, under another name."""
        with suppress(FaultError):
            identifier = entry["id"] or self._device.find(job)
            if identifier is not None:
                self._device.cancel(identifier)
            entry["id"] = None
            entry["name"] += "x"
            self._save()

    def _save(self) -> None:
        if self.journal is not None:
            self.journal.save()


def digest(job: Job) -> str:
    """Equal for equal circuits, angles to the bit."""
    text = repr((job.circuit.qubits, job.circuit.gates)).encode()
    return hashlib.sha256(text + b"\0" + job.angles.tobytes()).hexdigest()
