"""What a device says of a job besides its counts, as cost and queue, and what a user asks of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_METADATA: Final = 10
"""Entries of a job's metadata, keys of up to 40 characters and values of up to 400: what IonQ stores."""
MOST_KEY: Final = 40
MOST_VALUE: Final = 400


@dataclass(frozen=True)
class Amount:
    """Money, or a provider's credits."""

    value: float
    unit: str

    def __str__(self) -> str:
        """Two decimals and the unit, as ``3.20 USD``."""
        return f"{self.value:,.2f} {self.unit}"


@dataclass(frozen=True)
class Estimate:
    """What a device expects of a job that was not sent yet."""

    cost: Amount | None = None
    queue: float | None = None
    """Seconds before the job starts."""

    def __str__(self) -> str:
        """One line of what is known."""
        parts = []
        if self.cost is not None:
            parts.append(f"estimated cost {self.cost}")
        if self.queue is not None:
            parts.append(f"{duration(self.queue)} of queue")
        return ", ".join(parts) or "no estimate"


@dataclass(frozen=True)
class JobOptions:
    """What a user asks of every job of a run."""

    name: str | None = None
    """Shown by the provider before the name that identifies the job."""
    metadata: tuple[tuple[str, str], ...] = ()
    debiasing: bool = False
    """Run variants of the circuit and average them (error mitigation of the provider)."""
    sharpen: bool = False
    """Combine the variants by majority instead of by average; needs ``debiasing``."""

    def asked(self) -> list[str]:
        """The command line's options that differ from their defaults."""
        given = {
            "--job-name": self.name is not None,
            "--metadata": bool(self.metadata),
            "--debiasing": self.debiasing,
            "--sharpen": self.sharpen,
        }
        return [name for name, is_given in given.items() if is_given]


def duration(seconds: float) -> str:
    """A time to wait, in its largest unit of which there are at least two (minutes: one)."""
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * length or (unit == "minute" and seconds >= length):
            return _counted(round(seconds / length), unit)
    return _counted(round(seconds), "second")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
