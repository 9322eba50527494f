"""A file with its cases, and how they run."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from qbcc import driver, frontends
from qbcc.assembly.includes import MAX_SOURCE, IncludeFault, decode, read_regular_bytes
from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from qbcc.testing import checks, messages
from qbcc.testing.cases import SHOTS, Case
from qbcc.testing.checks import Failure
from qbcc.testing.patience import Impatient, patience
from qbcc.testing.reader import read
from vm import shots
from vm.bytecode import ObjectFile
from vm.machine import Machine
from vm.trap import ObjectError

OWN: Final = ".qbc"
_LEADER: Final = ";"


@dataclass(frozen=True)
class Settings:
    """How tests run."""

    engine: str = "auto"
    optimize: int | None = None
    """Of the machine code and of sources in σ, 0 to 2; None lets the engine choose, and is 2 for σ."""
    defines: Mapping[str, str] = field(default_factory=dict)
    """A case's own win over them."""
    include: Sequence[Path] = ()
    timeout: float | None = 60.0
    """Seconds of a compilation, and of a run, or of many that a distribution is made of."""


@dataclass(frozen=True)
class CaseResult:
    """What came of a case."""

    case: Case
    failures: tuple[Failure, ...]
    seconds: float
    built: driver.Built | None
    """What was run; None where it did not build."""

    @property
    def is_passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures


@dataclass
class Suite:
    """A file that is a test; made by :func:`open_suite`."""

    name: str
    """As the user wrote the path."""
    settings: Settings
    cases: Sequence[Case] = ()
    diagnostics: Sequence[Diagnostic] = ()
    """What is wrong with the file, or with what it says; then nothing of it is run."""
    says_nothing: bool = False
    """Whether it is a file without expectations."""
    _built: dict[tuple[tuple[str, str], ...], driver.Built] = field(default_factory=dict)
    """By the constants that a case defines."""

    def run(self, case: Case) -> CaseResult:
        """Build and run a case, and compare. Raises :class:`KeyboardInterrupt` when somebody stops it."""
        start = time.perf_counter()
        built = self._build(case)
        if built.object is None:
            failures = [Failure(found) for found in built.diagnostics]
            return CaseResult(case, tuple(failures), time.perf_counter() - start, None)
        failures = []
        try:
            if case.is_single:
                failures += self._once(case, built.object)
            if case.shares:
                failures += self._many(case, built.object)
        except ObjectError as error:
            failures.append(Failure(Diagnostic("E0801", f"'{self.name}' cannot run: {error.reason}", None)))
        return CaseResult(case, tuple(failures), time.perf_counter() - start, built)

    def _build(self, case: Case) -> driver.Built:
        defines = {**self.settings.defines, **case.defines}
        key = tuple(sorted(defines.items()))
        if key not in self._built:
            level = 2 if self.settings.optimize is None else self.settings.optimize
            front = frontends.Settings(level)
            try:
                with patience(self.settings.timeout):
                    self._built[key] = driver.load([self.name], defines, self.settings.include, front)
            except Impatient:
                slow = messages.slow_to_compile(self.name, self.settings.timeout or 0.0)
                self._built[key] = driver.Built(None, (slow,), ())
        return self._built[key]

    def _machine(self, case: Case, obj: ObjectFile, seed: int) -> Machine:
        settings = self.settings
        return Machine(
            obj,
            engine=settings.engine,
            optimize=settings.optimize,
            timeout=settings.timeout,
            seed=seed,
            args=case.args,
            stdin=io.BytesIO("".join(f"{line.text}\n" for line in case.input).encode()),
        )

    def _once(self, case: Case, obj: ObjectFile) -> list[Failure]:
        machine = self._machine(case, obj, case.seed or 0)
        outcome = machine.run()
        if outcome.trap is not None and outcome.trap.name == "interrupt":
            raise KeyboardInterrupt
        return checks.single(case, machine, outcome)

    def _many(self, case: Case, obj: ObjectFile) -> list[Failure]:
        count, limit = case.shots or SHOTS, self.settings.timeout
        found = shots.run(lambda seed: self._machine(case, obj, seed), count, case.seed or 0, limit)
        if found.stopped is not None and found.stopped.trap is not None and found.stopped.trap.name == "interrupt":
            raise KeyboardInterrupt
        return checks.many(case, found)


def comment_leader(name: str) -> str:
    """What begins a comment in a file, by its ending; empty for a language that has none."""
    front = frontends.find(name)
    return _LEADER if front is None else front.comment


def open_suite(name: str, settings: Settings) -> Suite:
    """Read a file's cases; what is wrong with them is in the result."""
    try:
        text = decode(read_regular_bytes(Path(name), name, MAX_SOURCE), name)
    except IncludeFault as fault:
        return Suite(name, settings, diagnostics=[Diagnostic(fault.code, fault.message, None, notes=fault.notes)])
    leader = comment_leader(Path(name).name)
    if not leader:
        return Suite(name, settings, diagnostics=[messages.no_comments(name)], says_nothing=True)
    cases, diagnostics = read(SourceFile(name, text), leader)
    if not cases and not diagnostics:
        return Suite(name, settings, diagnostics=[messages.nothing(name, leader)], says_nothing=True)
    return Suite(name, settings, cases, diagnostics)


def find(names: Sequence[str], settings: Settings) -> list[Suite]:
    """The files that are named, and in folders that are named those which expect something. A folder without one is
    a suite that says so."""
    suites: dict[str, Suite] = {}
    for name in names:
        found = _in_folder(name, settings) if Path(name).is_dir() else [open_suite(name, settings)]
        suites.update({suite.name: suite for suite in found if suite.name not in suites})
    return list(suites.values())


def _in_folder(name: str, settings: Settings) -> list[Suite]:
    endings = (OWN, *(f".{ending}" for ending in frontends.endings()))
    paths = sorted(path for path in Path(name).rglob("*") if path.name.endswith(endings) and path.is_file())
    found = [suite for path in paths if not (suite := open_suite(str(path), settings)).says_nothing]
    return found or [Suite(name, settings, diagnostics=[messages.nothing_in_folder(name, endings)])]
