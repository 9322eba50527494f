"""``python -m benchmarks.circuits``: measures, prints a table in Markdown, saves JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks.circuits.measure import FOLDER, SIZES, Row, measured, table, versions


@click.command()
@click.option("--circuit", "names", multiple=True, type=click.Choice([*SIZES]), help="Only this one.")
@click.option("--most", type=int, help="Only sizes up to this one.")
@click.option("--json", "output", type=click.Path(path_type=Path), help="Save there.")
def main(names: tuple[str, ...], most: int | None, output: Path | None) -> None:
    """Count the gates of circuits as the compiler and as Qiskit make them."""
    rows: list[Row] = []
    for name in names or SIZES:
        for size in SIZES[name]:
            if most is None or size <= most:
                rows.append(measured(FOLDER / f"{name}.sigma", size))
                click.echo(f"{name} {size}", err=True)
    print(table(rows))
    when = datetime.now(UTC)
    path = output or Path("benchmarks/results") / f"circuits-{when:%Y%m%d-%H%M%S}.json"
    data = {"date": when.isoformat(timespec="seconds"), **versions(), "rows": [row.data() for row in rows]}
    path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    click.echo(str(path), err=True)


if __name__ == "__main__":
    main()
