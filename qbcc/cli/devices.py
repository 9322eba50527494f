"""Runs on devices from the command line: what is told before a job is sent, the journal, and going on with a run."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import sys
from pathlib import Path
from typing import Any, Final

import click

from qbcc import driver
from qbcc.cli.common import has_colour, json_text, refuse, say, show
from qbcc.cli.settings import FOLDER, Settings, folder
from vm import stops
from vm.machine import ENGINES, Machine
from vm.quantum.backends.backend import Device, Job, Listed
from vm.quantum.backends.choose import GROUP, NAMES, make
from vm.quantum.backends.offers import Estimate, JobOptions, duration
from vm.quantum.jobs import Journal, JournalError, size
from vm.quantum.remote import Remote
from vm.trap import STATUS, FaultError

_KEPT: Final = ("engine", "optimize", "max_instructions", "timeout", "memory", "seed", "clock", "backend", "shots")
"""Options that a run goes on with."""


class DryRun(FaultError):
    """What a run with ``--dry-run`` ends with, where it would send its first job."""

    def __init__(self) -> None:
        super().__init__("backend", "dry run: nothing was sent")


class Session:
    """The jobs of one command, whose machines may be several."""

    def __init__(self, settings: Settings, built: driver.Built, file: str) -> None:
        self._settings = settings
        self._built = built
        self._file = file
        self._journal = settings.journal
        self._is_told = settings.journal is not None
        self._is_warned = False
        self.dry: dict[str, Any] | None = None
        """What a dry run found out, once it has ended."""

    def attach(self, machine: Machine) -> None:
        """Make the jobs of a machine, which runs on a device, those of this command."""
        quantum = machine.quantum
        assert quantum is not None
        assert isinstance(quantum.executor, Remote)
        assert isinstance(quantum.backend, Device)
        device = quantum.backend
        try:
            device.configure(self._settings.job)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        self._check(machine, device.name)
        # What qbc call asks for after the run is not in a journal.
        if self._journal is None and self._settings.call is None:
            try:
                self._journal = Journal.create(folder(), self._described(machine.seed))
            except JournalError as error:
                refuse("E0806", str(error), f"the variable {FOLDER} names another folder")
        jobs = quantum.executor.jobs
        jobs.journal = self._journal
        jobs.tell = self._tell
        jobs.again = self._again
        if device.is_paid or self._settings.dry_run or self._settings.max_cost is not None:
            jobs.allow = lambda job: self._allow(device, job)

    def _check(self, machine: Machine, device: str) -> None:
        from vm.quantum import refused

        found = refused.find(machine.program, device)
        if not found:
            return
        from qbcc import render

        if self._settings.as_json:
            show(json_text([render.trap_data(trap, self._built.shown) for trap in found]))
        else:
            for trap in found:
                say(render.trap(trap, self._built.shown, has_colour()))
            say("nothing was sent")
        raise SystemExit(STATUS["quantum"])

    def _described(self, seed: int) -> dict[str, Any]:
        settings = dataclasses.replace(self._settings, seed=seed)
        return {
            "program": program_hash(self._built),
            "file": str(Path(self._file).resolve()) if Path(self._file).exists() else self._file,
            "args": list(settings.args),
            "defines": dict(settings.defines),
            "include": [str(path.resolve()) for path in settings.include],
            "unchecked": settings.unchecked,
            "job": dataclasses.asdict(settings.job),
            **{name: getattr(settings, name) for name in _KEPT},
        }

    def _tell(self, line: str) -> None:
        if not self._is_told and self._journal is not None:
            say(f"if this run is cut off: qbc run --resume {self._journal.identifier}")
            self._is_told = True
        say(line)

    def _allow(self, device: Device, job: Job) -> float | None:
        """Say what a job costs, and send it only if the user wants that; its estimated cost."""
        settings = self._settings
        warning = None if self._is_warned else device.warning()
        self._is_warned = True
        if warning is not None:
            say(f"warning: {warning}")
        estimate = device.estimate(job)
        line = device.name if estimate is None else f"{device.name}: {estimate}"
        if settings.dry_run:
            say(f"dry run: the first job is of {size(job)}\n{line}")
            say("nothing was sent; what follows depends on its outcomes")
            self.dry = _dry_data(device, job, estimate)
            raise DryRun
        cost = None if estimate is None else estimate.cost
        if settings.max_cost is not None:
            self._check_cost(device, line, None if cost is None else cost.value, settings.max_cost)
        if not device.is_paid:
            return None
        if not settings.yes and not _asked(f"{line}; send it?"):
            raise FaultError("backend", f"{line}; nothing was sent: --yes sends it")
        if settings.yes:
            say(line)
        return None if cost is None else cost.value

    def _check_cost(self, device: Device, line: str, cost: float | None, most: float) -> None:
        if cost is None:
            if not device.is_paid:
                return
            raise FaultError("backend", f"{device.name} does not say what a job costs, and --max-cost is {most:g}")
        journal = self._journal
        before = (
            0.0 if journal is None else math.fsum(job.get("estimate") or 0.0 for job in journal.jobs if job["sent"])
        )
        if before + cost > most:
            after = f" after jobs of {before:,.2f}" if before else ""
            raise FaultError("backend", f"{line}{after}; that is more than --max-cost {most:g}, and it was not sent")

    def _again(self, why: str) -> None:
        """Ask whether a job of an earlier run is sent a second time."""
        if self._settings.yes or _asked(f"{why}; send it again?"):
            say(f"{why}; it is sent again")
            return
        raise FaultError("backend", f"{why}; it was not sent again: --yes sends it")


def _dry_data(device: Device, job: Job, estimate: Estimate | None) -> dict[str, Any]:
    """A dry run as JSON has it."""
    cost = None if estimate is None or estimate.cost is None else dataclasses.asdict(estimate.cost)
    return {
        "dry_run": {
            "backend": device.name,
            "qubits": job.circuit.qubits,
            "gates": len(job.circuit.gates),
            "shots": job.shots,
            "estimated_cost": cost,
            "queue_seconds": None if estimate is None else estimate.queue,
        }
    }


def _asked(question: str) -> bool:
    """Ask on a terminal; False where there is nobody to ask."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and click.confirm(question, err=True)


def program_hash(built: driver.Built) -> str:
    """Of the linked program."""
    from vm.objfile import to_bytes

    assert built.object is not None
    return hashlib.sha256(to_bytes(built.object)).hexdigest()


def resumed(identifier: str, settings: Settings) -> tuple[str, Settings]:
    """The program's file and the settings of a run that was cut off; what is shown of it is as ``settings`` has it."""
    try:
        journal = Journal.open(folder(), identifier)
        run = journal.data["run"]
        if not is_run(run):
            refuse("E0806", f"the journal of run '{identifier}' is damaged: it does not say what was run")
        found = dataclasses.replace(
            settings,
            journal=journal,
            args=tuple(run["args"]),
            defines=dict(run["defines"]),
            include=[Path(path) for path in run["include"]],
            unchecked=run.get("unchecked", False),
            job=_job_options(run.get("job", {})),
            **{name: run[name] for name in _KEPT},
        )
        if settings.timeout is not None:
            found = dataclasses.replace(found, timeout=settings.timeout)
        elif found.timeout is not None:
            stops.limit(found.timeout)
        return str(run["file"]), found
    except JournalError as error:
        refuse("E0806", str(error))


def is_run(run: dict[str, Any]) -> bool:
    """Whether everything that a run goes on with is there, and is what it must be."""
    texts = ("file", "program", "engine", "backend")
    numbers = ("optimize", "max_instructions", "timeout", "memory", "seed", "clock", "shots")
    args, defines, include = run.get("args"), run.get("defines"), run.get("include")
    return (
        all(isinstance(run.get(name), str) for name in texts)
        and all(name in run and _is_number(run[name], can_be_float=name == "timeout") for name in numbers)
        and run["memory"] is not None
        and run["engine"] in ENGINES
        and isinstance(run.get("unchecked", False), bool)
        and _is_job(run.get("job", {}))
        and isinstance(args, list)
        and all(arg is not None and _is_number(arg, can_be_float=True) for arg in args)
        and isinstance(defines, dict)
        and all(isinstance(value, str) for value in defines.values())
        and isinstance(include, list)
        and all(isinstance(path, str) for path in include)
    )


def _is_job(value: Any) -> bool:
    """Whether a journal's options of jobs are what they must be."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str | None)
        and all(isinstance(value.get(name, False), bool) for name in ("debiasing", "sharpen"))
        and isinstance(value.get("metadata", []), list)
        and all(
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
            for pair in value.get("metadata", [])
        )
    )


def _job_options(value: dict[str, Any]) -> JobOptions:
    pairs = tuple((key, text) for key, text in value.get("metadata", []))
    return JobOptions(value.get("name"), pairs, value.get("debiasing", False), value.get("sharpen", False))


def _is_number(value: Any, *, can_be_float: bool) -> bool:
    """A number that an option or an argument can be, or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return -(1 << 63) <= value < 1 << 64
    return value is None or (can_be_float and isinstance(value, float))


def check_program(built: driver.Built, journal: Journal) -> None:
    """The program is still the one that was cut off."""
    if program_hash(built) != journal.data["run"].get("program"):
        refuse(
            "E0806",
            f"the program has changed since run '{journal.identifier}' began",
            "take its source back to what it was, or begin the run anew",
        )


def listed() -> list[Listed]:
    """Every backend there is."""
    from importlib import metadata

    found = []
    for name in [*NAMES, *(entry.name for entry in metadata.entry_points(group=GROUP))]:
        if name == "mock":
            found.append(Listed("mock:FILE", None, "answers from a file"))
            continue
        try:
            found += make(name if name != "ionq" else "ionq:simulator").state()
        except ValueError as error:
            found.append(Listed(name, None, str(error)))
        except FaultError as error:
            found.append(Listed(name, None, error.message))
    return found


def show_backends(as_json: bool) -> None:
    """A table of them."""
    rows = listed()
    if as_json:
        show(json_text([dataclasses.asdict(row) for row in rows]))
        return
    wide = max(len(row.name) for row in rows)
    for row in rows:
        qubits = "" if row.qubits is None else f"{row.qubits} qubits"
        queue = "" if row.queue is None else f", {duration(row.queue)} of queue"
        show(f"{row.name:<{wide}}  {qubits:>10}  {row.state}{queue}")
