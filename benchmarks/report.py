"""Shows results: tables for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from benchmarks.results import (
    AssemblerResult,
    Measured,
    ProcessResult,
    ProgramResult,
    Results,
    Samples,
    geometric_mean,
    save,
)
from benchmarks.suite import HERE, STANDARD

OTHERS: Final = ("native", "luajit", "wasmtime", "numba", "interp", "python")
"""Contenders that stand beside C, in the order of the tables."""
LABELS: Final = {
    "native": "native", "luajit": "LuaJIT", "wasmtime": "Wasmtime", "numba": "Numba", "interp": "interp",
    "python": "Python",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table of texts; numbers stand to the right from column ``right_from`` on."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    right_from: int


def tables(results: Results) -> list[Table]:
    """The results as tables; those without a row are left out."""
    means = [_means("all", results.programs)] if results.programs else []
    chosen = [row for row in results.programs if row.name in STANDARD]
    if len(chosen) == len(STANDARD):
        means.insert(0, _means(f"the {len(STANDARD)}", chosen))
        common = [row for row in chosen if all(name in row.contenders for name in OTHERS)]
        if 0 < len(common) < len(chosen):
            means.insert(1, _means(f"the {len(common)} that all have", common))
    programs = Table(
        "Programs: C's median (fastest-slowest), and the others' medians over it; last, the geometric means",
        ("program", "C -O2", *(LABELS[name] for name in OTHERS)),
        [*(_program(row) for row in results.programs), *means],
        right_from=1,
    )
    spreads = Table(
        "Times: median (fastest-slowest), compiling before it, instructions",
        ("program", "native", "compiling", "interp", "instructions", "million/s in interp"),
        [_times(row) for row in results.programs],
        right_from=1,
    )
    processes = Table(
        "Whole processes",
        ("command", "what", "time", "peak memory"),
        [_process(row) for row in results.processes],
        right_from=2,
    )
    assembler = Table(
        "Assembler",
        ("lines", "lines/s", "time"),
        [_assembler(results.assembler)] if results.assembler else [],
        right_from=0,
    )
    return [table for table in (programs, spreads, processes, assembler) if table.rows]


def heading(results: Measured) -> str:
    """One line: when and on what."""
    machine = ", ".join(f"{key} {value}" for key, value in results.machine.items())
    size = " (small sizes: the figures mean little)" if results.small else ""
    return f"{results.date}{size}: {machine}"


def show(results: Results) -> None:
    """Prints the tables on the terminal."""
    draw(results, tables(results))


def draw(results: Measured, shown: Sequence[Table]) -> None:
    """Prints tables of results on the terminal."""
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(heading(results), highlight=False)
    for table in shown:
        drawn = RichTable(title=table.title, title_justify="left")
        for index, name in enumerate(table.header):
            drawn.add_column(name, justify="right" if index >= table.right_from else "left")
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)


def markdown(results: Results) -> str:
    """The tables as Markdown, for the documentation."""
    return write(results, tables(results))


def write(results: Measured, shown: Sequence[Table]) -> str:
    """Tables of results as Markdown."""
    parts = [f"{heading(results)}.\n"]
    for table in shown:
        rules = ["---:" if index >= table.right_from else "---" for index in range(len(table.header))]
        lines = [_line(table.header), _line(rules), *(_line(row) for row in table.rows)]
        parts.append(f"{table.title}:\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _program(row: ProgramResult) -> tuple[str, ...]:
    c = row.contenders.get("c")
    return (row.name, spread(c) if c is not None else "-", *(_ratio(row.ratio(name)) for name in OTHERS))


def _means(name: str, rows: Sequence[ProgramResult]) -> tuple[str, ...]:
    return (f"**{name}**", "", *(_ratio(geometric_mean(rows, other)) for other in OTHERS))


def _times(row: ProgramResult) -> tuple[str, ...]:
    native, interp = row.contenders["native"], row.contenders["interp"]
    compiling = row.compiling.get("native")
    took = f"{digits(1e3 * compiling)} ms" if compiling else "-"
    return (row.name, spread(native), took, spread(interp), f"{row.instructions:,}", f"{row.rate:.0f}")


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else digits(ratio)


def _process(row: ProcessResult) -> tuple[str, ...]:
    peak = f"{row.peak_bytes / 1e6:.0f} MB" if row.peak_bytes else "-"
    return row.name, row.about, spread(row.samples), peak


def _assembler(row: AssemblerResult) -> tuple[str, ...]:
    return f"{row.lines:,}", f"{row.rate:,.0f}", spread(row.samples)


def spread(samples: Samples) -> str:
    """Median, fastest and slowest."""
    least, median, most = (digits(1e3 * value) for value in (samples.least, samples.median, samples.most))
    return f"{median} ms ({least}-{most})"


def digits(value: float) -> str:
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 99.95 else f"{value:#.3g}"


def conclude(
    results: Measured, made: Sequence[Table], name: str, *, show: Path | None, json_path: Path | None, markdown: bool
) -> None:
    """Save what was measured now (not what is only shown), and print it."""
    if show is None:
        path = json_path or HERE / "results" / f"{name}-{results.date.replace(':', '').replace('+0000', 'Z')}.json"
        save(results, path)
        click.echo(f"saved {path}", err=True)
    if markdown:
        click.echo(write(results, made), nl=False)
    else:
        draw(results, made)
