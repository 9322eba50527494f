"""Save an output buffer as a file: ``qbc run -o FILE``. The ending of FILE chooses the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from qbcc.export import arrays, atomic, database, messages, text
from qbcc.export.frames import Document, document, triangles_beside
from vm.output import Buffer, OutputError

__all__ = ["ENDINGS", "prepare", "write"]

_WRITERS: Final[dict[str, Callable[[Document, Path], atomic.Parts]]] = {
    ".npz": arrays.npz,
    ".parquet": arrays.parquet,
    ".sqlite": database.sqlite,
    ".csv": text.csv,
    ".json": text.json,
}
ENDINGS: Final = (".bin", *_WRITERS)


def prepare(path: Path, inputs: Iterable[Path] = ()) -> None:
    """Refuse what :func:`write` would refuse, before a program runs for an hour in vain.

    ``inputs`` are the files that the run reads: none of them is ever written over. Raises
    :class:`qbcc.diagnostics.SourceError`."""
    if path.suffix.lower() not in ENDINGS:
        raise messages.ending(path)
    if path.suffix.lower() == ".parquet":
        arrays.require_pyarrow()
    for target in _targets(path):
        atomic.check(target, tuple(inputs))


def _targets(path: Path) -> list[Path]:
    """Every file that may be written beside FILE, itself included."""
    ending = path.suffix.lower()
    if ending == ".parquet":
        return [path, triangles_beside(path)]
    if ending == ".csv":
        return [path, triangles_beside(path), text.metadata_beside(path)]
    return [path]


def write(buffer: Buffer, path: Path, inputs: Iterable[Path] = ()) -> list[Path]:
    """Save ``buffer``: the routing table as tables, anything else as rows of words or bytes; .bin takes it as it is.

    All files appear complete or not at all. Gives the files written, FILE first. Raises
    :class:`qbcc.diagnostics.SourceError`: E0902, E0904 to E0908."""
    inputs = tuple(inputs)
    prepare(path, inputs)
    ending = path.suffix.lower()
    if ending == ".bin":
        return atomic.write(arrays.binary(buffer, path), inputs)
    try:
        content = document(buffer)
    except OutputError as fault:
        raise messages.buffer(fault) from None
    return atomic.write(_WRITERS[ending](content, path), inputs)
