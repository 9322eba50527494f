"""An output buffer as tables of typed columns: what every form of export starts from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.output import ROUTING_TABLE, Buffer, OutputError, tables

CHUNK: Final = 1 << 16
"""Rows converted at a time, so that an export needs little memory besides the machine's."""
LONGEST: Final = 1 << 24
"""Most bytes of an entry that becomes a row."""
WORD_COLUMNS: Final = 256
"""Most words of an entry that become columns of their own."""

_TYPES: Final = {"<u8": "uint64", "<i8": "int64", "<u4": "int64", "<f8": "double"}


def column_types(dtype: np.dtype[Any]) -> dict[str, str]:
    """Type by column: ``uint64``, ``int64``, ``double`` or ``bytes``. A 32-bit field is an int64 outside."""
    return {name: _TYPES.get(dtype[name].str, "bytes") for name in dtype.names or ()}


_CODES: Final = {"uint64": "<u8", "int64": "<i8", "double": "<f8"}


def packed(dtype: np.dtype[Any]) -> np.dtype[np.void]:
    """The same columns side by side, without gaps, with the types that exports give them."""
    types = column_types(dtype)
    return np.dtype([(name, _CODES.get(kind, dtype[name].str)) for name, kind in types.items()])


@dataclass(frozen=True, eq=False)
class Frame:
    """One table: a view of the payload, entry by entry."""

    name: str
    rows: NDArray[np.void]

    @property
    def types(self) -> dict[str, str]:
        """Type by column, in the columns' order."""
        return column_types(self.rows.dtype)

    def chunks(self) -> Iterator[dict[str, NDArray[Any]]]:
        """The columns, contiguous, some rows at a time; at least one chunk."""
        types = self.types
        for start in range(0, max(len(self.rows), 1), CHUNK):
            part = self.rows[start : start + CHUNK]
            yield {name: _contiguous(part[name], kind) for name, kind in types.items()}


def _contiguous(column: NDArray[Any], kind: str) -> NDArray[Any]:
    return np.ascontiguousarray(column, np.int64) if kind == "int64" else np.ascontiguousarray(column)


@dataclass(frozen=True, eq=False)
class Document:
    """The tables of a buffer and what to say of them."""

    meta: dict[str, Any]
    """Format, version, entries, bytes per entry, checksum (``0x…``), rows by table, and the schema: type by column
    by table."""
    frames: tuple[Frame, ...]


def triangles_beside(path: Path) -> Path:
    """Where a form that holds one table puts the triangles: ``STEM.triangles.EXT``."""
    return path.with_name(f"{path.stem}.triangles{path.suffix}")


def document(buffer: Buffer) -> Document:
    """The buffer's tables. Raises :class:`vm.output.OutputError` for a routing table that is none, or for entries
    that no table can hold."""
    if buffer.format == ROUTING_TABLE:
        frames = tuple(Frame(name, rows) for name, rows in tables(buffer).items())
    else:
        frames = (Frame("entries", _raw(buffer)),)
    meta = {
        "format": buffer.format,
        "version": buffer.version,
        "entries": buffer.entries,
        "entry_bytes": buffer.entry_bytes,
        "checksum": f"{buffer.checksum:#018x}",
        "rows": {frame.name: len(frame.rows) for frame in frames},
        "schema": {frame.name: frame.types for frame in frames},
    }
    return Document(meta, frames)


def _raw(buffer: Buffer) -> NDArray[np.void]:
    """One row an entry: its 64-bit words as ``word0``, ``word1``, …; or its bytes as ``data`` where an
    entry is no whole number of words, or has too many."""
    if buffer.entry_bytes > LONGEST:
        raise OutputError(
            "size", f"entries of {buffer.entry_bytes:,} bytes are too long for rows ({LONGEST:,}): save them as .bin"
        )
    words, rest = divmod(buffer.entry_bytes, 8)
    if buffer.entry_bytes == 0:
        return np.zeros(0, [("data", "V1")])
    if rest or words > WORD_COLUMNS:
        return buffer.payload.view([("data", f"V{buffer.entry_bytes}")])
    return buffer.payload.view([(f"word{index}", "<u8") for index in range(words)])
