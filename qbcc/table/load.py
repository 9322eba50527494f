"""Read a saved table, whatever its form: the content tells, not the name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from qbcc.export import messages
from qbcc.table import arrays, database, text
from qbcc.table.saved import Saved, check_regular

# Legend: how the file begins, what reads it. A payload begins with the kind of a node, 0.
_READERS: Final[tuple[tuple[bytes, Callable[[Path], Saved]], ...]] = (
    (b"PK\x03\x04", arrays.npz),
    (b"PAR1", arrays.parquet),
    (b"SQLite format 3\x00", database.sqlite),
    (b"{", text.json),
    (b"\x00\x00\x00\x00\x00\x00\x00\x00", arrays.binary),
)
_BY_ENDING: Final = {
    ".npz": arrays.npz,
    ".parquet": arrays.parquet,
    ".sqlite": database.sqlite,
    ".json": text.json,
    ".bin": arrays.binary,
    ".csv": text.csv,
}


def load(path: Path) -> Saved:
    """The table that a file holds. Raises :class:`qbcc.diagnostics.SourceError`: E0908 to E0913."""
    check_regular(path)
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as fault:
        raise messages.unreadable(path, messages.reason(fault)) from None
    for magic, read in _READERS:
        if start.startswith(magic):
            return read(path)
    by_ending = _BY_ENDING.get(path.suffix.lower())
    if by_ending is None:
        raise messages.not_a_table(path, f"it is none of {messages.ENDINGS}")
    return by_ending(path)
