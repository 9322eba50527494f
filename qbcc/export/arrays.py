"""Exports as bytes and columns: .bin, .npz, .parquet."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from qbcc.export import messages
from qbcc.export.atomic import Parts
from qbcc.export.frames import Document, Frame, packed, triangles_beside
from vm.output import Buffer

METADATA_KEY = b"qbc"
"""Key of the schema's metadata in a .parquet; the value is the document's ``meta`` as JSON."""


def binary(buffer: Buffer, path: Path) -> Parts:
    """The payload's bytes, nothing else."""

    def fill(temporary: Path) -> None:
        with temporary.open("wb") as file:
            file.write(buffer.payload.data)

    return [(path, fill)]


def npz(document: Document, path: Path) -> Parts:
    """A structured array by table, and ``meta``: JSON in an array of one string. Not compressed."""

    def fill(temporary: Path) -> None:
        with zipfile.ZipFile(temporary, "w") as archive:
            for frame in document.frames:
                with _member(archive, frame.name) as file:
                    _write_frame(file, frame)
            with _member(archive, "meta") as file:
                np.lib.format.write_array(file, np.array(json.dumps(document.meta)), allow_pickle=False)

    return [(path, fill)]


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """An array of the archive, with a fixed date: equal buffers give equal files."""
    return archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True)


def _write_frame(file: IO[bytes], frame: Frame) -> None:
    dtype = packed(frame.rows.dtype)
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (len(frame.rows),)}
    np.lib.format.write_array_header_2_0(file, header)
    for columns in frame.chunks():
        block: NDArray[np.void] = np.empty(len(next(iter(columns.values()))), dtype)
        for name, column in columns.items():
            block[name] = column
        file.write(block.tobytes())


def require_pyarrow() -> None:
    """Raise E0908 if it is not installed."""
    if importlib.util.find_spec("pyarrow") is None:
        raise messages.missing_extra(".parquet", "writing")


def parquet(document: Document, path: Path) -> Parts:
    """A file a table: the first is FILE, ``triangles`` is beside it. The metadata are in each schema."""
    require_pyarrow()
    names = (path, triangles_beside(path))
    return [
        (name, partial(_write_parquet, document.meta, frame))
        for name, frame in zip(names, document.frames, strict=False)
    ]


def _write_parquet(meta: dict[str, Any], frame: Frame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        name: pa.binary(frame.rows.dtype[name].itemsize) if kind == "bytes" else pa.type_for_alias(kind)
        for name, kind in frame.types.items()
    }
    text = json.dumps({**meta, "table": frame.name})
    schema = pa.schema([pa.field(name, kind, nullable=False) for name, kind in types.items()]).with_metadata(
        {METADATA_KEY: text.encode()}
    )
    # Most columns have no two equal values; a dictionary pays where there are few.
    few = [name for name in ("sector", "coherence", "layer", "w_fidelity") if name in types]
    with pq.ParquetWriter(path, schema, use_dictionary=few) as writer:
        for columns in frame.chunks():
            arrays = [_arrow(columns[name], kind) for name, kind in types.items()]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _arrow(column: NDArray[Any], kind: Any) -> Any:
    import pyarrow as pa

    if column.dtype.kind == "V":
        return pa.FixedSizeBinaryArray.from_buffers(kind, len(column), [None, pa.py_buffer(column)])
    return pa.array(column, kind)
