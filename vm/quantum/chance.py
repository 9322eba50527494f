"""What decides outcomes: a generator, and a splitter where a run stands for many."""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np

_STREAM: Final = 0x51
"""What tells the random numbers of measurements from others of the seed."""
_SURE: Final = 1e-14
"""Probability below which an outcome is rounding."""


class Splitter(Protocol):
    """Decides measurements: :class:`vm.shots.Splitter`."""

    shots: int
    """Runs that the machine stands for now."""

    def begin(self) -> None:
        """An instruction begins."""

    def end(self) -> None:
        """It is done."""

    def draw(self, one: float, ones: int | None = None) -> int:
        """An outcome, whose probability to be 1 is between 0 and 1, or that is 1 in so many of the runs."""

    def keep(self) -> None:
        """The instruction is going to change something, and may draw after that."""

    def refuse(self, what: str) -> None:
        """Raise unless only one run was asked for: the runs differ by something else than measurements."""

    def check(self) -> None:
        """Refuse, if the program has used random numbers."""


class Chance:
    """The randomness of one machine's qubits."""

    def __init__(self, seed: int) -> None:
        self.splitter: Splitter | None = None
        self.reseed(seed)

    def reseed(self, seed: int) -> None:
        """Other outcomes from now on."""
        self.random = np.random.default_rng([seed & (1 << 64) - 1, _STREAM])

    @property
    def shots(self) -> int:
        """Runs that the machine stands for."""
        return 1 if self.splitter is None else self.splitter.shots

    def outcome(self, one: float) -> int:
        """0 or 1, by the probability of 1."""
        if not _SURE < one < 1 - _SURE:
            one = round(one)
        if self.splitter is not None and 0 < one < 1:
            return self.splitter.draw(one)
        return int(self.random.random() < one)

    def counted(self, ones: int, total: int) -> int:
        """The outcome of the run that it is, where ``ones`` of ``total`` runs have a 1."""
        if self.splitter is not None and 0 < ones < total:
            return self.splitter.draw(ones / total, ones)
        return int(2 * ones > total)

    def keep(self) -> None:
        """See :class:`Splitter`."""
        if self.splitter is not None:
            self.splitter.keep()

    def refuse(self, what: str) -> None:
        """See :class:`Splitter`."""
        if self.splitter is not None:
            self.splitter.refuse(what)

    def check(self) -> None:
        """See :class:`Splitter`."""
        if self.splitter is not None:
            self.splitter.check()

    def copy(self) -> Any:
        """The generator's state."""
        return self.random.bit_generator.state

    def restore(self, copied: Any) -> None:
        """Put back what :meth:`copy` gave."""
        self.random.bit_generator.state = copied
