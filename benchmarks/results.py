"""The results as data, to and from JSON."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

FORMAT: Final = 2
"""Version of the JSON; another is refused."""


@dataclass(frozen=True)
class Samples:
    """Wall-clock seconds of the runs of one contender, in the order they ran."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    @property
    def least(self) -> float:
        """The fastest run."""
        return min(self.seconds)

    @property
    def most(self) -> float:
        """The slowest run."""
        return max(self.seconds)

    def most_of(self, share: float) -> float:
        """What so large a share of the runs took at most."""
        return sorted(self.seconds)[math.ceil(share * len(self.seconds)) - 1]


@dataclass(frozen=True)
class ProgramResult:
    """One program: what each contender took, by the contender's name (``native`` and ``interp`` are always there)."""

    name: str
    group: str
    about: str
    size: int
    instructions: int
    contenders: dict[str, Samples]
    compiling: dict[str, float] = field(default_factory=dict)
    """Seconds that compiling took, where that is known; never inside the runs' time."""

    @property
    def rate(self) -> float:
        """Million instructions a second of the interpreter, at the median."""
        return self.instructions / self.contenders["interp"].median / 1e6

    def ratio(self, contender: str) -> float | None:
        """A contender's time over C's; None where one of them is missing."""
        ours, c = self.contenders.get(contender), self.contenders.get("c")
        return None if ours is None or c is None else ours.median / c.median


@dataclass(frozen=True)
class ProcessResult:
    """A whole process: start-up, the routing table."""

    name: str
    about: str
    samples: Samples
    peak_bytes: int = 0
    """Peak resident memory; 0 where it was not measured."""


@dataclass(frozen=True)
class AssemblerResult:
    """The assembler on a generated file of ``lines`` lines."""

    lines: int
    samples: Samples

    @property
    def rate(self) -> float:
        """Lines a second, at the median."""
        return self.lines / self.samples.median


@dataclass
class Measured:
    """When, on what, and whether the sizes were tiny."""

    date: str
    machine: dict[str, str]
    small: bool


@dataclass
class Results(Measured):
    """Everything that one call measured."""

    programs: list[ProgramResult] = field(default_factory=list)
    processes: list[ProcessResult] = field(default_factory=list)
    assembler: AssemblerResult | None = None


def start(*, small: bool) -> Results:
    """Results without any measurement yet, of this machine and moment."""
    return Results(now(), describe_machine(), small)


def now() -> str:
    """The moment, for a heading."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def describe_machine() -> dict[str, str]:
    """What a reader needs to judge the figures: processor, system, versions, and how busy it was."""
    load = os.getloadavg()[0]
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "load before": f"{load:.1f}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": sys.version.split()[0],
        **{name: _version(name) for name in ("llvmlite", "numba", "lupa", "wasmtime")},
        "gcc": _gcc(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _gcc() -> str:
    compiler = shutil.which("gcc")
    if compiler is None:
        return "none"
    return subprocess.run([compiler, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()


def save(results: Measured, path: Path) -> None:
    """Writes the results as JSON."""
    data = {"format": FORMAT, **dataclasses.asdict(results)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def geometric_mean(rows: Sequence[ProgramResult], contender: str) -> float | None:
    """Of a contender's ratios to C, over the programs that it has; None if it has none."""
    ratios = [ratio for row in rows if (ratio := row.ratio(contender)) is not None]
    return statistics.geometric_mean(ratios) if ratios else None


def load(path: Path) -> Results:
    """Reads what :func:`save` wrote; :class:`ValueError` for another format."""
    data = read(path, "programs")
    results = Results(data["date"], data["machine"], data["small"])
    for row in data["programs"]:
        contenders = {name: Samples(**samples) for name, samples in row.pop("contenders").items()}
        results.programs.append(ProgramResult(**row, contenders=contenders))
    for row in data["processes"]:
        results.processes.append(ProcessResult(samples=Samples(**row.pop("samples")), **row))
    if data["assembler"]:
        row = data["assembler"]
        results.assembler = AssemblerResult(row["lines"], Samples(**row["samples"]))
    return results


def read(path: Path, part: str) -> dict[str, Any]:
    """The JSON of results that hold a part; :class:`ValueError` for any other file."""
    refusal = f"{path.name}: not benchmark results of format {FORMAT}"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(refusal) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or part not in data:
        raise ValueError(refusal)
    return data
