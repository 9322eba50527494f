"""``python -m benchmarks``: measures, shows a table, saves JSON."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks import report, runner
from benchmarks.contenders import BenchmarkError
from benchmarks.results import load, save
from benchmarks.suite import HERE, NAMES


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", multiple=True, type=click.Choice(NAMES), metavar="NAME", help="Measure only this; repeatable.")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(min=1), help="Runs of each contender.")
@click.option("--small", is_flag=True, help="Tiny sizes: to see that everything runs.")
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), help="Where to save; else benchmarks/results/DATE.json."
)
@click.option("--markdown", is_flag=True, help="Print Markdown instead of tables for a terminal.")
@click.option("--show", type=click.Path(path_type=Path, exists=True), help="Show saved results and measure nothing.")
@click.option("--chart", type=click.Path(path_type=Path), help="Draw the ratios to C as a PNG or SVG.")
def main(
    only: tuple[str, ...],
    runs: int,
    small: bool,
    json_path: Path | None,
    markdown: bool,
    show: Path | None,
    chart: Path | None,
) -> None:
    """Measure the machine, the assembler and the commands beside C, LuaJIT, Wasmtime, Numba and Python."""
    try:
        results = load(show) if show else runner.measure(only or NAMES, runs=runs, small=small, note=_note)
    except (BenchmarkError, ValueError) as error:
        sys.exit(f"benchmarks: {error}")
    if not show:
        path = json_path or HERE / "results" / f"{results.date.replace(':', '').replace('+0000', 'Z')}.json"
        save(results, path)
        click.echo(f"saved {path}", err=True)
    if chart is not None:
        from benchmarks.chart import draw

        draw(results, chart)
    if markdown:
        click.echo(report.markdown(results), nl=False)
    else:
        report.show(results)


def _note(name: str) -> None:
    click.echo(f"measuring: {name}", err=True)


main(prog_name="python -m benchmarks")
