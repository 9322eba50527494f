"""Many runs of a program at once: each distinct path of measurement outcomes is executed once.

A run forks where a measurement can give either outcome: its shots are split between the two by a binomial draw, and
each side goes on with its own. So the counts are distributed as those of as many runs. A program whose runs differ by
more than their measurements (random numbers, the clock, input, samples) is run as often as there are shots."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from vm import stops
from vm.machine import Machine, Outcome, Snapshot
from vm.trap import STATUS, Location, Trap

_SEEDS: Final = 0x5153
"""Of the generator that gives each repeated run its seed."""
Value = int | float


@dataclass(frozen=True)
class Path:
    """What runs with the same outcomes did."""

    shots: int
    recorded: tuple[tuple[str, Value], ...]
    """Names and values in order: what it recorded, or else what it measured, under the places of its ``QMEAS``."""
    output: bytes
    outcome: Outcome


@dataclass(frozen=True)
class Shots:
    """What came out of many runs."""

    shots: int
    """Runs; fewer than asked for where one was stopped from outside."""
    paths: tuple[Path, ...]
    """The most frequent first."""
    is_repeated: bool
    """Whether every run was executed by itself."""
    why: str
    """What its runs differ by, if they were."""
    instructions: int
    """Executed in all."""
    stopped: Outcome | None = None
    """How the run ended that Ctrl-C or the time limit stopped, and the rest with it. It is in none of the paths."""

    @property
    def status(self) -> int:
        """The status of what stopped them, else the first one of a path that is not 0, else 0."""
        if self.stopped is not None:
            return self.stopped.status
        return next((path.outcome.status for path in self.paths if path.outcome.status), 0)


class OtherError(Exception):
    """The runs differ by more than their measurements; the argument says by what."""


class Splitter:
    """Decides measurements of a run that stands for many."""

    def __init__(self, machine: Machine, shots: int, seed: int) -> None:
        self._machine = machine
        self._all = shots
        self.shots = shots
        """Runs that the machine stands for now."""
        self.waiting: list[tuple[Snapshot, int, tuple[int, ...]]] = []
        """Where to go on: a state before an instruction, the shots, and the outcomes that it begins with."""
        self.decided: tuple[int, ...] = ()
        """Outcomes that the instruction has had, or is to have again."""
        self._used = 0
        self._before: Snapshot | None = None
        self._random = np.random.default_rng([seed & (1 << 64) - 1, _SEEDS])
        self._numbers = machine.random_state

    def begin(self) -> None:
        """An instruction begins."""
        self._used = 0
        self._before = None

    def end(self) -> None:
        """It is done."""
        self.decided = ()

    def draw(self, one: float, ones: int | None = None) -> int:
        """An outcome, whose probability to be 1 is between 0 and 1, or that is 1 in ``ones`` of the runs."""
        if self._used < len(self.decided):
            self._used += 1
            return self.decided[self._used - 1]
        if ones is None:
            ones = int(self._random.binomial(self.shots, one))
        outcome = int(2 * ones >= self.shots)
        chosen = ones if outcome else self.shots - ones
        if chosen < self.shots:
            self.waiting.append((self._state(), self.shots - chosen, (*self.decided, 1 - outcome)))
        self.shots = chosen
        self.decided = (*self.decided, outcome)
        self._used += 1
        return outcome

    def refuse(self, what: str) -> None:
        """The runs differ by something else. A path of one run counts too: its random numbers are those of the
        others, so their results would not be independent."""
        if self._all > 1:
            raise OtherError(what)

    def check(self) -> None:
        """Refuse, if the program has used random numbers."""
        if self._machine.random_state != self._numbers:
            self.refuse("random numbers (system calls 8 and 9)")

    def keep(self) -> None:
        """The instruction is going to change something, and may draw after that."""
        if self._before is None:
            self._before = self._taken()

    def _state(self) -> Snapshot:
        return self._before if self._before is not None else self._taken()

    def _taken(self) -> Snapshot:
        found = self._machine.snapshot()
        return dataclasses.replace(found, pc=found.pc - 1, count=found.count - 1)


def run(
    make: Callable[[int], Machine],
    shots: int,
    seed: int,
    timeout: float | None = None,
    *,
    end: float | None = None,
    tell: Callable[[int, int], object] = lambda shots, paths: None,
) -> Shots:
    """``shots`` runs of the machine that ``make(seed)`` makes, which keeps what it prints; ``timeout``: seconds in all,
    unless ``end`` says when it is over on the clock of ``time.monotonic``. ``tell`` hears after each path how many
    shots are done, and how many paths were executed.

    A trap ends its path. Ctrl-C and the time limit end everything; what was done by then is in the result."""
    if end is None and timeout is not None:
        end = time.monotonic() + timeout
    machine = make(seed)
    # Ctrl-C is answered here where it comes between two runs: what was done must not be lost.
    with stops.answering():
        try:
            return _split(machine, shots, seed, end, tell)
        except OtherError as error:
            return _repeat(make, shots, seed, end, str(error), tell)


def _split(machine: Machine, shots: int, seed: int, end: float | None, tell: Callable[[int, int], object]) -> Shots:
    splitter = Splitter(machine, shots, seed)
    machine.stand_for_many(splitter)
    paths: list[Path] = []
    stopped: Outcome | None = None
    done = instructions = 0
    before = 0
    try:
        while True:
            machine.share_time(end)
            outcome = machine.run()
            splitter.check()
            instructions += outcome.count - before
            if _is_stopped(outcome):
                stopped = outcome
                break
            paths.append(Path(splitter.shots, _recorded(machine), machine.output, outcome))
            done += splitter.shots
            tell(done, len(paths))
            if not splitter.waiting:
                break
            snapshot, splitter.shots, splitter.decided = splitter.waiting.pop()
            machine.restore(snapshot)
            before = snapshot.count
    except KeyboardInterrupt:
        stopped = _interrupted()
    return _made(paths, stopped, instructions)


def _repeat(
    make: Callable[[int], Machine],
    shots: int,
    seed: int,
    end: float | None,
    why: str,
    tell: Callable[[int, int], object],
) -> Shots:
    seeds = np.random.default_rng([seed & (1 << 64) - 1, _SEEDS])
    machine = make(seed)
    start = machine.snapshot()
    paths: list[Path] = []
    stopped: Outcome | None = None
    instructions = 0
    try:
        for _ in range(shots):
            machine.restore(start)
            machine.reseed(int(seeds.integers(1 << 63)))
            machine.share_time(end)
            outcome = machine.run()
            instructions += outcome.count
            if _is_stopped(outcome):
                stopped = outcome
                break
            paths.append(Path(1, _recorded(machine), machine.output, outcome))
            tell(len(paths), len(paths))
    except KeyboardInterrupt:
        stopped = _interrupted()
    return _made(paths, stopped, instructions, why)


def _made(paths: list[Path], stopped: Outcome | None, instructions: int, why: str = "") -> Shots:
    done = sum(path.shots for path in paths)
    return Shots(done, _joined(paths), bool(why), why, instructions, stopped)


def _interrupted() -> Outcome:
    """How a run ends that Ctrl-C stopped before it began."""
    status = STATUS["interrupt"]
    stops.settle(status)
    return Outcome(status, Trap("interrupt", "stopped by Ctrl-C", None), 0)


def _is_stopped(outcome: Outcome) -> bool:
    """Whether it was stopped from outside."""
    return outcome.status in (STATUS["time"], STATUS["interrupt"]) and outcome.trap is not None


def _recorded(machine: Machine) -> tuple[tuple[str, Value], ...]:
    if machine.records or machine.quantum is None:
        return tuple(machine.records)
    return tuple((_place(machine.program.location(pc)), bit) for pc, bit in machine.quantum.measured)


def _place(location: Location) -> str:
    return f"line {location.line}" if location.line else f"instruction {location.pc}"


def _joined(paths: list[Path]) -> tuple[Path, ...]:
    """Those that nobody can tell apart as one; NaN is equal to itself here."""
    found: dict[str, Path] = {}
    for path in paths:
        key = repr((path.recorded, path.output, path.outcome.status, path.outcome.trap))
        old = found.get(key)
        found[key] = path if old is None else dataclasses.replace(old, shots=old.shots + path.shots)
    return tuple(sorted(found.values(), key=lambda path: -path.shots))
