"""``python -m benchmarks.sigma``: the programs in σ beside the same programs in assembly.

What counts is instructions executed, which no other process disturbs; the native engine's times stand beside them."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

import click

from benchmarks.contenders import BenchmarkError, Run, build, machine
from benchmarks.report import Table, conclude, digits, spread
from benchmarks.results import Measured, Samples, describe_machine, now, read
from benchmarks.suite import BENCHMARKS, HERE, Benchmark
from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from sigma.compile import compile_source
from vm.bytecode import ObjectFile

SOURCES: Final = HERE / "sigma"
PROGRAMS: Final = {benchmark.name: benchmark for benchmark in BENCHMARKS if not benchmark.library}
"""Those of the suite that are programs of their own."""
ASSEMBLY: Final = "assembly"
UNCHECKED: Final = "-O2 --unchecked"
LEVELS: Final = {"-O0": 0, "-O1": 1, "-O2": 2, UNCHECKED: 2}
"""The ways to compile a program, in the order of the tables, and their level."""


@dataclass(frozen=True)
class Comparison:
    """One program: by :data:`ASSEMBLY` and the ways to compile it, what it executes and how long that takes."""

    name: str
    size: int
    instructions: dict[str, int]
    times: dict[str, Samples]

    def executed(self, way: str) -> float:
        """Instructions over the assembly's."""
        return self.instructions[way] / self.instructions[ASSEMBLY]

    def took(self, way: str) -> float:
        """Time over the assembly's."""
        return self.times[way].median / self.times[ASSEMBLY].median


@dataclass
class Comparisons(Measured):
    """Everything that one call measured."""

    comparisons: list[Comparison] = field(default_factory=list)


def source(benchmark: Benchmark) -> Path:
    """The program in σ."""
    return SOURCES / f"{benchmark.name}.sigma"


@cache
def compiled(path: Path, way: str) -> ObjectFile:
    """The program in σ, compiled in one of the ways."""
    text = SourceFile(path.name, path.read_text(encoding="utf-8"), str(path))
    result = compile_source(text, level=LEVELS[way], is_unchecked=way == UNCHECKED)
    if result.object is None:
        raise BenchmarkError(f"{path.name}{_place(result.diagnostics[0])}: {result.diagnostics[0].message}")
    return result.object


def _place(diagnostic: Diagnostic) -> str:
    return f":{diagnostic.span.line}" if diagnostic.span else ""


def objects(benchmark: Benchmark) -> dict[str, ObjectFile]:
    """What is compared."""
    return {ASSEMBLY: build(benchmark.path), **{way: compiled(source(benchmark), way) for way in LEVELS}}


def compare(benchmark: Benchmark, size: int, *, runs: int) -> Comparison:
    """One program. Contenders take turns."""
    built = objects(benchmark)
    counted = run_all("interp", benchmark, built, size)
    agree(benchmark, counted)
    # The first runs have the native engine compile, and are not timed.
    agree(
        benchmark, counted | {f"{way}, native": run for way, run in run_all("native", benchmark, built, size).items()}
    )
    taken = [run_all("native", benchmark, built, size) for _ in range(runs)]
    return Comparison(
        name=benchmark.name,
        size=size,
        instructions={way: run.instructions or 0 for way, run in counted.items()},
        times={way: Samples([turn[way].seconds for turn in taken]) for way in built},
    )


def run_all(engine: str, benchmark: Benchmark, built: dict[str, ObjectFile], size: int) -> dict[str, Run]:
    """Each once, one after the other; the answer is all that it prints, to the last character."""
    exact = replace(benchmark, answer=str)
    return {way: machine(engine, exact, program, (size,))() for way, program in built.items()}


def agree(benchmark: Benchmark, runs: dict[str, Run]) -> None:
    """Raise :class:`BenchmarkError` unless all print the same."""
    wanted = runs[ASSEMBLY].answer
    for way, run in runs.items():
        if run.answer != wanted:
            raise BenchmarkError(
                f"{benchmark.name}: {way} prints {str(run.answer)[:40]!r}, {ASSEMBLY} {str(wanted)[:40]!r}"
            )


def measure(
    names: Collection[str], *, runs: int, small: bool, note: Callable[[str], object] = lambda _: None
) -> Comparisons:
    """Measures programs; ``note`` hears what comes next."""
    results = Comparisons(now(), describe_machine(), small)
    for name in names:
        note(name)
        benchmark = PROGRAMS[name]
        results.comparisons.append(compare(benchmark, benchmark.small if small else benchmark.size, runs=runs))
    return results


def load(path: Path) -> Comparisons:
    """Reads saved results; :class:`ValueError` for another format."""
    data = read(path, "comparisons")
    results = Comparisons(data["date"], data["machine"], data["small"])
    for row in data["comparisons"]:
        times = {way: Samples(**samples) for way, samples in row.pop("times").items()}
        results.comparisons.append(Comparison(**row, times=times))
    return results


def tables(results: Comparisons) -> list[Table]:
    """Instructions, and times."""
    rows = results.comparisons
    executed = [(row.name, f"{row.instructions[ASSEMBLY]:,}", *_ratios(row.executed)) for row in rows]
    took = [(row.name, spread(row.times[ASSEMBLY]), *_ratios(row.took)) for row in rows]
    return [
        Table(
            "Instructions executed: the assembly's, and σ's over them; last, the geometric means",
            ("program", ASSEMBLY, *LEVELS),
            [*executed, ("**all**", "", *_ratios(lambda way: _mean([row.executed(way) for row in rows])))],
            right_from=1,
        ),
        Table(
            "Native times: the assembly's median (fastest-slowest), and σ's medians over it; last, the geometric means",
            ("program", ASSEMBLY, *LEVELS),
            [*took, ("**all**", "", *_ratios(lambda way: _mean([row.took(way) for row in rows])))],
            right_from=1,
        ),
    ]


def _ratios(ratio: Callable[[str], float]) -> list[str]:
    return [digits(ratio(way)) for way in LEVELS]


def _mean(ratios: Sequence[float]) -> float:
    return statistics.geometric_mean(ratios)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only", multiple=True, type=click.Choice(list(PROGRAMS)), metavar="NAME", help="Measure only this; repeatable."
)
@click.option("--runs", default=5, show_default=True, type=click.IntRange(min=1), help="Timed runs of each contender.")
@click.option("--small", is_flag=True, help="Tiny sizes: to see that everything runs.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    help="Where to save; else benchmarks/results/sigma-DATE.json.",
)
@click.option("--markdown", is_flag=True, help="Print Markdown instead of tables for a terminal.")
@click.option("--show", type=click.Path(path_type=Path, exists=True), help="Show saved results and measure nothing.")
def main(
    only: tuple[str, ...], runs: int, small: bool, json_path: Path | None, markdown: bool, show: Path | None
) -> None:
    """Count and time the programs in σ beside the same programs in assembly."""
    try:
        results = load(show) if show else measure(only or PROGRAMS, runs=runs, small=small, note=_note)
    except (BenchmarkError, ValueError) as error:
        sys.exit(f"benchmarks: {error}")
    conclude(results, tables(results), "sigma", show=show, json_path=json_path, markdown=markdown)


def _note(name: str) -> None:
    click.echo(f"measuring: {name}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.sigma")
