"""What a reader makes of a saved table, and the checks that every reader shares."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from qbcc import near_files
from qbcc.diagnostics import SourceError
from qbcc.export import messages
from qbcc.export.frames import column_types, packed
from vm.output import MAX_NODES, NODE_DTYPE, ROUTING_TABLE, TABLE_VERSION, TRIANGLE_DTYPE

COLUMNS: Final = {"nodes": packed(NODE_DTYPE), "triangles": packed(TRIANGLE_DTYPE)}
"""Dtype by table: the exported columns side by side."""
TYPES: Final = {name: column_types(dtype) for name, dtype in COLUMNS.items()}
"""``uint64``, ``int64`` or ``double`` by column by table."""
META_BYTES: Final = 1 << 20
"""Most bytes of a file's metadata."""
_ROW_BYTES: Final = 8
"""Least bytes of a stored row: its checksum does not compress."""


def layer_sizes(count: int) -> list[int]:
    """Members of each layer, from the ``count`` nodes to the apex."""
    sizes = [count]
    while sizes[-1] > 1:
        sizes.append((sizes[-1] + 2) // 3)
    return sizes


MAX_ROWS: Final = {"nodes": MAX_NODES, "triangles": sum(layer_sizes(MAX_NODES)[1:])}


@dataclass(frozen=True, eq=False)
class Saved:
    """A table as it was read: structure checked, values not."""

    meta: Mapping[str, Any]
    """What the file says of itself; empty where the form has no place for it or another program rewrote it."""
    nodes: NDArray[np.void]
    triangles: NDArray[np.void]


def check_regular(path: Path) -> None:
    """Refuse what is not a file with an end: a pipe would hang, a device may never end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as fault:
        near = near_files.near(str(path), messages.ENDINGS.split())
        raise messages.unreadable(path, messages.reason(fault), near) from None
    except (OSError, ValueError) as fault:
        raise messages.unreadable(path, messages.reason(fault)) from None
    if not stat.S_ISREG(mode):
        raise messages.unreadable(path, "it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file")


def check_rows(path: Path, table: str, rows: int, stored: int) -> None:
    """Refuse a declared number of rows that no table has, or that ``stored`` bytes cannot hold."""
    if table == "nodes" and rows == 0:
        raise messages.not_a_table(path, "it has no nodes")
    if rows > MAX_ROWS[table]:
        raise messages.damaged(path, f"it claims {rows:,} {table}, a routing table has at most {MAX_ROWS[table]:,}")
    if rows * _ROW_BYTES > stored:
        raise messages.damaged(path, f"it claims {rows:,} {table} in {stored:,} bytes")


def check_columns(path: Path, table: str, names: Sequence[str]) -> None:
    """Refuse a table that lacks a column, or has it twice."""
    missing = [name for name in TYPES[table] if name not in names]
    if missing:
        if table == "nodes" and "triangle" in names:
            raise messages.not_a_table(path, "it holds the triangles alone", "name the file of the nodes")
        raise messages.missing_columns(path, table, missing)
    twice = [name for name in TYPES[table] if names.count(name) > 1]
    if twice:
        raise messages.damaged(path, f"its table of {table} has the column {twice[0]} twice")


def check_meta(path: Path, meta: object) -> dict[str, Any]:
    """The metadata, if they describe a routing table."""
    if not isinstance(meta, dict):
        raise messages.damaged(path, "its metadata are not an object")
    kind, version, checksum, rows = (meta.get(name) for name in ("format", "version", "checksum", "rows"))
    if kind != ROUTING_TABLE:
        raise messages.not_a_table(path, f"it holds an output buffer of format {str(kind)[:20]}")
    if version != TABLE_VERSION:
        raise messages.not_a_table(
            path, f"it has version {str(version)[:20]}, this version of qbc reads {TABLE_VERSION}"
        )
    if not isinstance(checksum, str) or _hexadecimal(checksum) is None:
        raise messages.damaged(path, "its metadata have no checksum")
    if not isinstance(rows, dict) or not _plausible(rows.get("nodes"), rows.get("triangles")):
        raise messages.damaged(path, "its metadata give numbers of nodes and triangles that no table has")
    return meta


def _plausible(nodes: object, triangles: object) -> bool:
    return isinstance(nodes, int) and 0 < nodes <= MAX_NODES and triangles == sum(layer_sizes(nodes)[1:])


def _hexadecimal(text: str) -> int | None:
    digits = text.removeprefix("0x")
    if len(digits) != 16 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        return None
    return int(digits, 16)


def stored_checksum(meta: Mapping[str, Any]) -> int | None:
    """The payload's checksum that the file gives, if it gives one."""
    return _hexadecimal(meta["checksum"]) if "checksum" in meta else None


Convert = Callable[[Sequence[Any], str], Sequence[Any]]
"""Numbers from a column's stored values and its type; raises ValueError, TypeError or OverflowError."""


def block(
    path: Path, table: str, columns: Mapping[str, Sequence[Any]], convert: Convert, first: int
) -> NDArray[np.void]:
    """Rows from columns of stored values; the first is row number ``first`` of the table."""
    dtype = COLUMNS[table]
    rows: NDArray[np.void] = np.empty(len(columns[next(iter(TYPES[table]))]), dtype)
    for name, kind in TYPES[table].items():
        try:
            rows[name] = np.array(convert(columns[name], kind), dtype[name])
        except (ValueError, TypeError, OverflowError):
            raise _culprit(path, table, name, columns[name], convert, first) from None
    return rows


def _culprit(path: Path, table: str, name: str, values: Sequence[Any], convert: Convert, first: int) -> SourceError:
    """Tell the first value of a column that is none of its type."""
    kind = TYPES[table][name]
    place = next(row for row, value in enumerate(values) if not _fits(value, kind, COLUMNS[table][name], convert))
    return messages.bad_value(path, table, first + place, name, values[place], kind)


def _fits(value: Any, kind: str, dtype: np.dtype[Any], convert: Convert) -> bool:
    try:
        np.array(convert([value], kind), dtype)
    except (ValueError, TypeError, OverflowError):
        return False
    return True


def join(table: str, blocks: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """All rows of a table, of which there may be none."""
    return np.concatenate([np.empty(0, COLUMNS[table]), *blocks])
