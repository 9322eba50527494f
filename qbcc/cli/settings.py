"""The options of a run as data, and where the journals of runs are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vm.quantum.backends.offers import JobOptions

if TYPE_CHECKING:
    from vm.quantum.jobs import Journal

FOLDER: Final = "QBC_RUNS"
"""Variable that names the folder of the journals."""


@dataclass(frozen=True)
class Settings:
    """The options of a run, as the command line names them."""

    defines: dict[str, str]
    include: Sequence[Path]
    engine: str
    optimize: int | None
    """Of machine code, and of the compiler of another language."""
    unchecked: bool
    max_instructions: int | None
    timeout: float | None
    memory: int
    seed: int | None
    clock: int | None
    backend: str
    noise: str | None
    yes: bool
    job: JobOptions
    """Of each job on a device."""
    max_cost: float | None
    """Most that the estimates of all jobs may sum up to."""
    dry_run: bool
    stats: bool
    regs: bool
    dump: Sequence[tuple[int, int]]
    as_json: bool
    args: tuple[int | float, ...] = ()
    output: Path | None = None
    call: tuple[str, tuple[int | float, ...]] | None = None
    shots: int | None = None
    prints: bool = False
    hist: bool = False
    plot: Path | None = None
    journal: Journal | None = None
    """Of the run that is gone on with."""


def folder() -> Path:
    """Where journals are: beside the results, unless the environment says otherwise."""
    return Path(os.environ.get(FOLDER) or ".qbc/runs")
