"""What runs circuits. A package adds a backend by an entry point of the group ``qbc.backends``.

The entry point names a class, a :class:`Simulator` or a :class:`Device`, that is made with what follows the colon in
``--backend NAME:TEXT``. Whatever goes wrong in it is a :class:`vm.trap.FaultError`: ``quantum`` for what cannot be run,
``backend`` for what failed; it becomes the trap of the instruction that wanted the result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vm.quantum.backends.offers import Amount, Estimate, JobOptions
from vm.quantum.log import Circuit
from vm.quantum.states.state import State
from vm.trap import FaultError

if TYPE_CHECKING:
    from vm.quantum.backends.noise import Noise


Parts = Sequence[tuple[State, Sequence[int]]]
"""States of disjoint sets of qubits, each with the places of its qubits."""


@dataclass(frozen=True)
class Listed:
    """A line of ``qbc backends``."""

    name: str
    """As ``--backend`` has it."""
    qubits: int | None
    """Most qubits that may meet, or be in a job."""
    state: str
    queue: float | None = None
    """Seconds that a job waits, as far as is known."""


class Backend(ABC):
    """What there is to know of every backend."""

    name: str
    """As ``--backend`` has it."""

    def require(self) -> None:  # noqa: B027
        """Raise :class:`FaultError` where what it needs is not installed; asks no server. Most need nothing."""

    def state(self) -> list[Listed]:
        """What ``qbc backends`` shows of it; may ask a server. Raises :class:`FaultError`."""
        return [Listed(self.name, None, "there")]


class Simulator(Backend):
    """Knows states, so a circuit goes on after a measurement, and can be looked at."""

    noise: Noise | None = None
    """Wrong readings are the machine's doing; the rest is the simulator's."""

    @abstractmethod
    def states(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int = 0) -> Sequence[State]:
        """The states that a circuit of n qubits and g gates ends in, one for each of b runs.

        ``angles``, shape (b, g, 3), are those of each run. ``start``: what it begins with; qubits that are in none of
        its parts are zero. ``seed`` is for what is drawn."""

    def draws(self, circuit: Circuit, start: Parts) -> bool:
        """Whether :meth:`states` draws one of many states, so that two runs of a circuit may differ."""
        return False


@dataclass(frozen=True)
class Job:
    """A circuit to run, all of whose qubits are measured at its end."""

    circuit: Circuit
    """Without a state to begin with."""
    angles: NDArray[np.float64]
    """(g, 3), as the program gave them: :func:`vm.quantum.gates.append` takes them."""
    shots: int
    name: str
    """Of no other job: it is found by it again."""
    seed: int = 0
    """Of what is drawn for it: 31 bits."""


class JobEndedError(FaultError):
    """A job failed or was canceled: it has no counts and never will."""

    def __init__(self, message: str) -> None:
        super().__init__("backend", message)


class Device(Backend):
    """Hardware, or what stands for it: whole circuits in, counts out; nothing goes on after it was measured."""

    @property
    @abstractmethod
    def qubits(self) -> int:
        """Most in one job."""

    takes: frozenset[str] = frozenset()
    """Options of :meth:`JobOptions.asked` that it can do."""
    most_shots: int | None = None
    """Most shots of one job, if there is a bound."""
    _options = JobOptions()

    @property
    def is_paid(self) -> bool:
        """Whether a job costs money, so that a run wants ``--yes``."""
        return False

    @property
    def options(self) -> JobOptions:
        """What every job is sent with."""
        return self._options

    def configure(self, options: JobOptions) -> None:
        """Take what the user asks of every job. Raises :class:`ValueError` for what this device cannot do."""
        refused = [name for name in options.asked() if name not in self.takes]
        if refused:
            raise ValueError(f"'{self.name}' does not take {', '.join(refused)}")
        self._options = options

    def estimate(self, job: Job) -> Estimate | None:
        """Return what a job costs and how long it waits, or None if the device does not say."""
        return None

    def cost(self, identifier: str) -> Amount | None:
        """Return what a finished job cost, or None if that is not known (yet)."""
        return None

    def warning(self) -> str | None:
        """Return why a job would wait longer than its queue, such as a machine that is unavailable."""
        return None

    @abstractmethod
    def submit(self, job: Job) -> str:
        """Send a job; its identifier."""

    @abstractmethod
    def find(self, job: Job) -> str | None:
        """The identifier of a job of that name that was sent before, however it ended, if the device knows it."""

    @abstractmethod
    def result(self, identifier: str, job: Job) -> dict[int, int]:
        """Wait for a job: its values and how often each came, ``job.shots`` in all; bit i is the qubit at place i."""

    @abstractmethod
    def cancel(self, identifier: str) -> None:
        """Give a job up, if it has not run."""

    def hurried(self) -> AbstractContextManager[None]:
        """While it is open, somebody waits for the run to end: what is asked is asked at once, and once."""
        return nullcontext()


class Nothing(Simulator):
    """``none``: what needs a backend fails."""

    name = "none"

    def states(self, circuit: Circuit, angles: NDArray[np.float64], start: Parts, seed: int = 0) -> Sequence[State]:
        """Nothing runs here."""
        raise FaultError("backend", "there is no quantum backend: it was set to 'none'; '--backend aer' simulates")

    def state(self) -> list[Listed]:
        """It is always there."""
        return [Listed("none", 0, "what needs a backend fails")]
