"""``qbc table``: a saved routing table for people and as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from qbcc.cli.common import json_text, show
from qbcc.table import Rows, Table, as_dicts, open_table
from qbcc.table import show as show_value


def summary(path: Path, as_json: bool) -> None:
    """Check every entry, then sum the table up. Raises :class:`qbcc.diagnostics.SourceError`."""
    table = open_table(path)
    table.check()
    found = table.summary()
    if as_json:
        show(json_text({**found, "checksum": f"{found['checksum']:#018x}"}))
        return
    coherence = ", ".join(f"{count:,} of {value}" for value, count in sorted(found["coherence"].items()))
    layers = " ".join(f"{size:,}" for size in found["layers"])
    against = "matches the file's" if found["checksum_stored"] else "the file gives none to compare with"
    rows = {
        "nodes": f"{found['nodes']:,}",
        "triangles": f"{found['triangles']:,}",
        "layers": layers,
        "σ": "{:.6f} to {:.6f}".format(*found["sigma"]),
        "|j|": "{:.6f} to {:.6f}".format(*found["j_abs"]),
        "coherence": coherence,
        "apex": f"{found['apex']:#x}",
        "checksum": f"{found['checksum']:#018x} ({against})",
    }
    show(f"{path}: a sound routing table")
    for name, value in rows.items():
        show(f"  {name:<10} {value}")


def query(path: Path, asked: dict[str, Any], as_json: bool) -> None:
    """Entries that were asked for, as a table or as a list of objects."""
    table = open_table(path)
    found = [rows for name, value in asked.items() for rows in [_entries(table, name, value)]]
    if as_json:
        show(json_text([row for rows in found for row in as_dicts(rows)]))
        return
    for rows in found:
        _print(rows)


def _entries(table: Table, name: str, value: Any) -> Rows:
    match name:
        case "node":
            return table.node(value)
        case "sigma":
            return table.nearest_sigma(value)
        case "place":
            return table.nearest_j(*value)
        case "layer":
            return table.layer(value)
        case _:
            return table.triangle(value)


def _print(rows: Rows) -> None:
    """One entry as a column of names and values, several as a table."""
    from rich.console import Console

    names = rows.dtype.names or ()
    console = Console(width=None if sys.stdout.isatty() else 400, highlight=False)
    with console.capture() as capture:
        console.print(_grid(rows, names))
    show("\n".join(line.rstrip() for line in capture.get().splitlines()))


def _grid(rows: Rows, names: tuple[str, ...]) -> Any:
    from rich.table import Table as Grid

    if len(rows) == 1:
        grid = Grid(show_header=False, box=None, pad_edge=False)
        for name in names:
            grid.add_row(name, show_value(name, rows[0][name].item()))
    else:
        grid = Grid(*names, box=None, pad_edge=False)
        for row in rows:
            grid.add_row(*(show_value(name, row[name].item()) for name in names))
    return grid
