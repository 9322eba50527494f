"""Exports as text: .csv and .json. Floats are written in the shortest form that reads back to the bit."""

from __future__ import annotations

import json as json_module
import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qbcc.export.atomic import Parts
from qbcc.export.frames import Document, Frame, triangles_beside

_DATATYPES = {"uint64": "unsignedLong", "int64": "long", "double": "double", "bytes": "hexBinary"}


def metadata_beside(path: Path) -> Path:
    """Where the schema and the checksum of a .csv go, by the W3C's convention for tabular data."""
    return path.with_name(f"{path.name}-metadata.json")


def csv(document: Document, path: Path) -> Parts:
    """A header line and a line a row; a file a table, and the W3C's metadata for them beside FILE."""
    frames = dict(zip((path, triangles_beside(path)), document.frames, strict=False))
    parts: Parts = [(name, partial(_write_csv, frame)) for name, frame in frames.items()]
    described = {name.name: frame for name, frame in frames.items()}
    return [*parts, (metadata_beside(path), partial(_write_metadata, document.meta, described))]


def _write_metadata(meta: dict[str, Any], described: dict[str, Frame], path: Path) -> None:
    """Metadata vocabulary for tabular data (W3C recommendation of 2015); ours is the note."""
    tables = [
        {
            "url": name,
            "tableSchema": {
                "columns": [{"name": column, "datatype": _DATATYPES[kind]} for column, kind in frame.types.items()]
            },
        }
        for name, frame in described.items()
    ]
    content = {"@context": "http://www.w3.org/ns/csvw", "notes": [meta], "tables": tables}
    path.write_text(json_module.dumps(content, indent=1) + "\n", "utf-8")


def _write_csv(frame: Frame, path: Path) -> None:
    template = ",".join("%d" if kind in ("uint64", "int64") else "%s" for kind in frame.types.values()) + "\n"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(frame.types) + "\n")
        for columns in frame.chunks():
            file.writelines(template % row for row in _rows(columns, _csv_float))


def json(document: Document, path: Path) -> Parts:
    """One object: ``meta``, and by table a list of objects, one a line."""

    def fill(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8") as file:
            file.write('{"meta": ' + json_module.dumps(document.meta))
            for frame in document.frames:
                file.write(f',\n"{frame.name}": [')
                file.writelines(_json_rows(frame))
                file.write("\n]")
            file.write("\n}\n")

    return [(path, fill)]


def _json_rows(frame: Frame) -> Iterator[str]:
    marks = {"uint64": "%d", "int64": "%d", "double": "%s", "bytes": '"%s"'}
    template = "{" + ", ".join(f'"{name}": {marks[kind]}' for name, kind in frame.types.items()) + "}"
    comma = "\n"
    for columns in frame.chunks():
        for row in _rows(columns, _json_float):
            yield comma + template % row
            comma = ",\n"


def _rows(columns: dict[str, NDArray[Any]], show: Any) -> Iterator[tuple[Any, ...]]:
    """Rows as tuples of what a template takes: integers, and texts for the rest."""
    return zip(*(_values(column, show) for column in columns.values()), strict=True)


def _values(column: NDArray[Any], show: Any) -> list[Any]:
    if column.dtype.kind == "V":
        return [value.hex() for value in column.tolist()]
    if column.dtype.kind == "f":
        return [*map(repr if np.isfinite(column).all() else show, column.tolist())]
    values: list[Any] = column.tolist()
    return values


def _csv_float(value: float) -> str:
    """The forms of XML Schema, which spreadsheets and readers know."""
    if math.isfinite(value):
        return repr(value)
    return "NaN" if value != value else "INF" if value > 0 else "-INF"


def _json_float(value: float) -> str:
    """JSON has no NaN: null. An infinity is a number past the largest double, which reads back as one."""
    if math.isfinite(value):
        return repr(value)
    return "null" if value != value else "1e999" if value > 0 else "-1e999"
