"""Measures: each program by every contender, and the checks that they agree."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Collection, Mapping
from tempfile import TemporaryDirectory

from benchmarks import processes
from benchmarks.assembler import generate
from benchmarks.contenders import CONTENDERS, BenchmarkError, Run, Runner, native
from benchmarks.results import AssemblerResult, ProcessResult, ProgramResult, Results, Samples, start
from benchmarks.suite import (
    ASSEMBLER,
    ASSEMBLER_LINES,
    ASSEMBLER_SMALL,
    BENCHMARKS,
    START,
    TABLE,
    Answer,
    Benchmark,
)
from qbcc.assembly.assemble import assemble
from qbcc.source import SourceFile


def measure(
    names: Collection[str], *, runs: int, small: bool, note: Callable[[str], object] = lambda _: None
) -> Results:
    """Measures what ``names`` names, ``runs`` times each; ``note`` hears what comes next.

    Raises :class:`BenchmarkError` when something does not run or two contenders disagree.
    """
    results = start(small=small)
    # Whole processes come first: see :func:`benchmarks.processes.run_process`.
    if START in names:
        note(START)
        for name, taken in processes.start_up(runs).items():
            results.processes.append(_process(name, "a greeting", taken))
    if TABLE in names:
        note(TABLE)
        nodes = processes.TABLE_SMALL if small else processes.TABLE_NODES
        for cold in (True, False):
            taken = processes.routing_table(runs, nodes, cold=cold)
            about = f"{nodes:,} nodes, {'an empty' if cold else 'a warm'} cache"
            results.processes.append(_process("qbc run moonshine_instantiate -o t.npz", about, taken))
    if ASSEMBLER in names:
        note(ASSEMBLER)
        results.assembler = measure_assembler(ASSEMBLER_SMALL if small else ASSEMBLER_LINES, runs=runs)
    for benchmark in BENCHMARKS:
        if benchmark.name in names:
            note(benchmark.name)
            results.programs.append(measure_program(benchmark, runs=runs, small=small))
    return results


def measure_program(benchmark: Benchmark, *, runs: int, small: bool) -> ProgramResult:
    """Every contender on one program. They take turns, so that a busy moment of the computer hits all."""
    size = benchmark.small if small else benchmark.size
    contenders = {name: make(benchmark, size) for name, make in CONTENDERS.items()}
    present = {name: runner for name, runner in contenders.items() if runner is not None}
    check(benchmark, benchmark.small)
    samples: dict[str, list[Run]] = {name: [] for name in present}
    for _ in range(runs):
        for name, runner in present.items():
            samples[name].append(runner())
    answers = {name: taken[0].answer for name, taken in samples.items()}
    compiling = {name: max(run.compiling for run in taken) for name, taken in samples.items()}
    compiling["native"] = compile_time(benchmark, size)
    _agree(benchmark, size, answers)
    return ProgramResult(
        name=benchmark.name,
        group=benchmark.group,
        about=benchmark.about,
        size=size,
        instructions=samples["interp"][0].instructions or 0,
        contenders={name: Samples([run.seconds for run in taken]) for name, taken in samples.items()},
        compiling={name: seconds for name, seconds in compiling.items() if seconds},
    )


def compile_time(benchmark: Benchmark, size: int) -> float:
    """What the native engine takes to compile a program, with an empty cache."""
    before = os.environ.get("QBC_CACHE_DIR")
    with TemporaryDirectory() as folder:
        os.environ["QBC_CACHE_DIR"] = folder
        try:
            return native(benchmark, size)().compiling
        finally:
            if before is None:
                del os.environ["QBC_CACHE_DIR"]
            else:
                os.environ["QBC_CACHE_DIR"] = before


def check(benchmark: Benchmark, size: int) -> dict[str, Run]:
    """Runs every contender once; they must agree. Also compiles what compiles late."""
    runners: dict[str, Runner | None] = {name: make(benchmark, size) for name, make in CONTENDERS.items()}
    taken = {name: runner() for name, runner in runners.items() if runner is not None}
    _agree(benchmark, size, {name: run.answer for name, run in taken.items()})
    return taken


def _agree(benchmark: Benchmark, size: int, answers: Mapping[str, Answer]) -> None:
    if len(set(answers.values())) != 1:
        shown = ", ".join(f"{name} {str(answer)[:40]}" for name, answer in answers.items())
        raise BenchmarkError(f"{benchmark.name} {size}: the answers differ: {shown}")


def measure_assembler(lines: int, *, runs: int) -> AssemblerResult:
    """The assembler, text in and object out, on a generated file."""
    source = SourceFile("generated.qbc", generate(lines))
    seconds = []
    for _ in range(runs):
        # What an earlier run left behind would burden the collector in this one.
        gc.collect()
        begin = time.perf_counter()
        result = assemble(source)
        seconds.append(time.perf_counter() - begin)
        if result.object is None:
            raise BenchmarkError(f"assembler: {result.diagnostics[0].message}")
        del result
    return AssemblerResult(len(source.lines), Samples(seconds))


def _process(name: str, about: str, runs: list[processes.ProcessRun]) -> ProcessResult:
    peak = max(run.peak_bytes for run in runs)
    return ProcessResult(name, about, Samples([run.seconds for run in runs]), peak)
