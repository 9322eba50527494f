"""Reader of .sqlite. A database is a program of sorts: only plain tables are read, no more rows than fit its size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qbcc.export import messages
from qbcc.table.saved import COLUMNS, META_BYTES, TYPES, Saved, block, check_columns, check_meta, check_rows, join

_ROWS = 1 << 14


def sqlite(path: Path) -> Saved:
    """Tables ``nodes``, ``triangles`` and ``meta``."""
    import sqlite3

    address = path.absolute().as_uri() + "?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, META_BYTES)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA cell_size_check = ON")
            for table in (*COLUMNS, "meta"):
                _check_plain(path, connection, table)
            stored = _meta(connection)
            meta = check_meta(path, stored)
            tables = {table: _table(path, connection, table) for table in COLUMNS}
            _restore_zeros(path, tables, stored.get("negative_zeros", []))
            return Saved(meta, **tables)
    except (sqlite3.Error, ValueError, OverflowError, RecursionError, MemoryError) as fault:
        raise messages.damaged(path, messages.reason(fault)) from None


def _check_plain(path: Path, connection: Any, table: str) -> None:
    """A view, a virtual table or a computed column may take for ever, or do anything."""
    row = connection.execute("SELECT type, rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if row is None:
        raise messages.not_a_table(path, f"it has no table '{table}'")
    hidden = [column[6] for column in connection.execute(f"PRAGMA table_xinfo({table})")]
    if row[0] != "table" or not row[1] or any(hidden):
        raise messages.not_a_table(path, f"its '{table}' is not a plain table")


def _meta(connection: Any) -> dict[str, Any]:
    values = dict(connection.execute("SELECT key, value FROM meta LIMIT 100"))
    return {
        key: json.loads(value) if key in ("rows", "schema", "negative_zeros") else value
        for key, value in values.items()
    }


def _table(path: Path, connection: Any, table: str) -> NDArray[np.void]:
    names = [column[1] for column in connection.execute(f"PRAGMA table_xinfo({table})")]
    check_columns(path, table, names)
    size = path.stat().st_size
    blocks: list[NDArray[np.void]] = []
    first = 0
    for rows in _rows(connection.execute(f"SELECT {', '.join(TYPES[table])} FROM {table} ORDER BY rowid")):
        columns = dict(zip(TYPES[table], zip(*rows, strict=True), strict=True))
        blocks.append(block(path, table, columns, _from_sqlite, first))
        first += len(rows)
        check_rows(path, table, first, size)
    check_rows(path, table, first, size)
    return join(table, blocks)


def _rows(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:
    while rows := cursor.fetchmany(_ROWS):
        yield rows


def _from_sqlite(values: Sequence[Any], kind: str) -> Any:
    """SQLite's integers are signed: an unsigned one has the same bits. NULL is a float's NaN."""
    kinds = set(map(type, values))
    if kind == "double":
        if not kinds <= {int, float, type(None)}:
            raise TypeError
        return np.array(values, np.float64)
    if not kinds <= {int}:
        raise TypeError
    return np.array(values, np.int64).view(np.uint64 if kind == "uint64" else np.int64)


def _restore_zeros(path: Path, tables: dict[str, NDArray[np.void]], places: Any) -> None:
    """Give back the signs that SQLite drops; see :mod:`qbcc.export.database`."""
    try:
        for table, column, row in places:
            if TYPES[table][column] != "double" or tables[table][column][row] != 0:
                raise ValueError
            tables[table][column][row] = -0.0
    except (ValueError, LookupError, TypeError):
        raise messages.damaged(path, "its metadata list no negative zeros that are there") from None
