"""Benchmarks of whole processes: what a user waits for at the command line."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.contenders import BenchmarkError
from benchmarks.suite import HERE, PROGRAMS

QBC: Final = (sys.executable, "-c", "from qbcc.cli.start import qbc; qbc()")
QBCC: Final = (sys.executable, "-c", "from qbcc.cli.start import qbcc; qbcc()")
"""The commands of this checkout, installed or not."""

TABLE_NODES: Final = 196_883
TABLE_SMALL: Final = 1_000


@dataclass(frozen=True)
class ProcessRun:
    """One process: wall-clock seconds from start to end, peak resident memory, standard output."""

    seconds: float
    peak_bytes: int
    """0 where it cannot be known: see :func:`run_process`."""
    output: bytes


def run_process(command: Sequence[str], settings: Mapping[str, str] | None = None) -> ProcessRun:
    """Runs ``command`` in the checkout, ``settings`` added to the environment; :class:`BenchmarkError` if it fails.

    The kernel counts the memory of this process, until the command replaces it, as the child's. So a peak
    below this process's own says nothing, and these benchmarks run before it loads Numba.
    """
    start = time.perf_counter()
    environment = {**os.environ, **(settings or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE.parent, env=environment) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        # Not process.wait(): only wait4 tells the memory of this one child.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise BenchmarkError(f"{' '.join(command)}: status {process.returncode}")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = usage.ru_maxrss if usage.ru_maxrss > own else 0
    return ProcessRun(seconds, peak * 1024, output)


def start_up(runs: int) -> dict[str, list[ProcessRun]]:
    """A hello program by ``qbc run``, from source and as an object, and by Python. First runs are not counted."""
    with TemporaryDirectory() as folder:
        source, compiled = str(PROGRAMS / "hello.qbc"), str(Path(folder) / "hello.qbo")
        run_process([*QBCC, "compile", source, "-o", compiled])
        commands = {
            "qbc run hello.qbc": [*QBC, "run", source],
            "qbc run hello.qbo": [*QBC, "run", compiled],
            "python -c \"print('Hello')\"": [sys.executable, "-c", "print('Hello')"],
        }
        found: dict[str, list[ProcessRun]] = {name: [] for name in commands}
        for _ in range(runs + 1):
            for name, command in commands.items():
                found[name].append(run_process(command))
    if any(run.output != b"Hello\n" for taken in found.values() for run in taken):
        raise BenchmarkError("hello: the output is not the greeting")
    return {name: taken[1:] for name, taken in found.items()}


def routing_table(runs: int, nodes: int, *, cold: bool) -> list[ProcessRun]:
    """``qbc run moonshine_instantiate -o t.npz`` for ``nodes`` nodes: with an empty cache each time, or with one that
    the engine ``native`` has filled."""
    results = []
    with TemporaryDirectory() as folder:
        target = Path(folder) / "table.npz"
        command = [*QBC, "run", "moonshine_instantiate", "-D", f"MOONSHINE_DIMENSION={nodes}", "-o", str(target)]
        if not cold:
            run_process([*command, "--engine", "native"], {"QBC_CACHE_DIR": folder})
        for number in range(runs):
            cache = Path(folder) / f"cache{number}" if cold else Path(folder)
            results.append(run_process(command, {"QBC_CACHE_DIR": str(cache)}))
        if not target.stat().st_size:
            raise BenchmarkError("routing table: the file is empty")
    return results
