"""Shows results: tables for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.results import AssemblerResult, ProcessResult, ProgramResult, Results, Samples


@dataclass(frozen=True)
class Table:
    """A table of texts; numbers stand to the right from column ``right_from`` on."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    right_from: int


def tables(results: Results) -> list[Table]:
    """The results as tables; those without a row are left out."""
    programs = Table(
        "Programs: median (fastest-slowest); x is the machine's time over the peer's",
        ("program", "instructions", "million/s", "qbc", "Python", "Numba", "C -O2"),
        [_program(row) for row in results.programs],
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
    return [table for table in (programs, processes, assembler) if table.rows]


def heading(results: Results) -> str:
    """One line: when and on what."""
    machine = ", ".join(f"{key} {value}" for key, value in results.machine.items())
    size = " (small sizes: the figures mean little)" if results.small else ""
    return f"{results.date}{size}: {machine}"


def show(results: Results) -> None:
    """Prints the tables on the terminal."""
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(heading(results), highlight=False)
    for table in tables(results):
        drawn = RichTable(title=table.title, title_justify="left")
        for index, name in enumerate(table.header):
            drawn.add_column(name, justify="right" if index >= table.right_from else "left")
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)


def markdown(results: Results) -> str:
    """The tables as Markdown, for the documentation."""
    parts = [f"{heading(results)}.\n"]
    for table in tables(results):
        rules = ["---:" if index >= table.right_from else "---" for index in range(len(table.header))]
        lines = [_line(table.header), _line(rules), *(_line(row) for row in table.rows)]
        parts.append(f"{table.title}:\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _program(row: ProgramResult) -> tuple[str, ...]:
    ours = row.contenders["qbc"]
    peers = (_peer(row.contenders.get(name), ours) for name in ("python", "numba", "c"))
    return (row.name, f"{row.instructions:,}", f"{row.rate:.0f}", _spread(ours), *peers)


def _process(row: ProcessResult) -> tuple[str, ...]:
    peak = f"{row.peak_bytes / 1e6:.0f} MB" if row.peak_bytes else "-"
    return row.name, row.about, _spread(row.samples), peak


def _assembler(row: AssemblerResult) -> tuple[str, ...]:
    return f"{row.lines:,}", f"{row.rate:,.0f}", _spread(row.samples)


def _peer(samples: Samples | None, ours: Samples) -> str:
    if samples is None:
        return "-"
    return f"{_spread(samples)} {_digits(ours.median / samples.median)}x"


def _spread(samples: Samples) -> str:
    least, median, most = (_digits(1e3 * value) for value in (samples.least, samples.median, samples.most))
    return f"{median} ms ({least}-{most})"


def _digits(value: float) -> str:
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 99.95 else f"{value:#.3g}"
