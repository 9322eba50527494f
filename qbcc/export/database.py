"""Export as a database: .sqlite."""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qbcc.export import messages
from qbcc.export.atomic import Parts
from qbcc.export.frames import Document, Frame

_TYPES = {"uint64": "INTEGER", "int64": "INTEGER", "double": "REAL", "bytes": "BLOB"}


def sqlite(document: Document, path: Path) -> Parts:
    """A table a table, and ``meta`` (key, value). Unsigned integers are stored as signed with the same bits.

    SQLite has neither -0.0 nor NaN: a NaN is NULL, and ``meta`` lists the rows with a -0.0, so that checksums hold."""
    for suffix in ("-journal", "-wal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            raise messages.refused(path, f"is open in another program ('{beside.name}' is there)")
    return [(path, partial(_write, document))]


def _write(document: Document, path: Path) -> None:
    import sqlite3

    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # The file has a temporary name until it is complete, so its journal would serve nobody.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            zeros = [zero for frame in document.frames for zero in _write_frame(connection, frame)]
            connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value)")
            meta = {**document.meta, "negative_zeros": zeros}
            for key, value in meta.items():
                shown = value if isinstance(value, int | str) else json.dumps(value)
                connection.execute("INSERT INTO meta VALUES (?, ?)", (key, _signed(shown)))
            connection.execute("COMMIT")
    except sqlite3.Error as fault:
        raise OSError(None, str(fault)) from fault


def _signed(value: int | str) -> int | str:
    return value - (1 << 64) if isinstance(value, int) and value >= 1 << 63 else value


def _write_frame(connection: Any, frame: Frame) -> list[tuple[str, str, int]]:
    """Write a table; gives where its columns hold -0.0, as (table, column, row from 0)."""
    columns = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in frame.types.items())
    connection.execute(f"CREATE TABLE {frame.name} ({columns})")
    insert = f"INSERT INTO {frame.name} VALUES ({', '.join('?' * len(frame.types))})"
    zeros: list[tuple[str, str, int]] = []
    start = 0
    for chunk in frame.chunks():
        connection.executemany(insert, zip(*(_stored(column) for column in chunk.values()), strict=True))
        for name, column in chunk.items():
            if column.dtype.kind == "f":
                places = np.flatnonzero((column == 0) & np.signbit(column))
                zeros += [(frame.name, name, start + int(place)) for place in places]
        start += len(next(iter(chunk.values())))
    for name in ("node", "triangle", "id", "sigma"):
        if name in frame.types:
            connection.execute(f"CREATE INDEX {frame.name}_{name} ON {frame.name} ({name})")
    return zeros


def _stored(column: NDArray[Any]) -> list[Any]:
    values: list[Any] = (column.view(np.int64) if column.dtype.kind == "u" else column).tolist()
    return values
