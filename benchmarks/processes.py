"""Benchmarks of whole processes: what a user waits for at the command line."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.contenders import BenchmarkError
from benchmarks.suite import HERE, PROGRAMS

QBC: Final = (sys.executable, "-c", "from qbcc.cli.qbc import main; main()")
"""The ``qbc`` command of this checkout, installed or not."""

TABLE_NODES: Final = 196_883
TABLE_SMALL: Final = 1_000


@dataclass(frozen=True)
class ProcessRun:
    """One process: wall-clock seconds from start to end, peak resident memory, standard output."""

    seconds: float
    peak_bytes: int
    """0 where it cannot be known: see :func:`run_process`."""
    output: bytes


def run_process(command: Sequence[str]) -> ProcessRun:
    """Runs ``command`` in the checkout; :class:`BenchmarkError` if it fails.

    The kernel counts the memory of this process, until the command replaces it, as the child's. So a peak
    below this process's own says nothing, and these benchmarks run before it loads Numba.
    """
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE.parent) as process:
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


def start_up(runs: int) -> tuple[list[ProcessRun], list[ProcessRun]]:
    """A hello program by ``qbc run`` and, beside it, by Python. The first run of each is not counted."""
    ours: list[ProcessRun] = []
    python: list[ProcessRun] = []
    for _ in range(runs + 1):
        ours.append(run_process([*QBC, "run", str(PROGRAMS / "hello.qbc")]))
        python.append(run_process([sys.executable, "-c", "print('Hello')"]))
    if any(run.output != b"Hello\n" for run in ours + python):
        raise BenchmarkError("hello: the output is not the greeting")
    return ours[1:], python[1:]


def routing_table(runs: int, nodes: int) -> list[ProcessRun]:
    """``qbc run moonshine_instantiate -o t.parquet`` for ``nodes`` nodes, not counting the first run."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "table.parquet"
        options = ["-D", f"MOONSHINE_DIMENSION={nodes}", "-o", str(target)]
        results = [run_process([*QBC, "run", "moonshine_instantiate", *options]) for _ in range(runs + 1)]
        if not target.stat().st_size:
            raise BenchmarkError("routing table: the file is empty")
    return results[1:]
