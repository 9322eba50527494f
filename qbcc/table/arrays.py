"""Readers of .bin, .npz and .parquet."""

from __future__ import annotations

import ast
import json
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from qbcc.export import messages
from qbcc.export.arrays import METADATA_KEY
from qbcc.export.frames import triangles_beside
from qbcc.table.saved import (
    COLUMNS,
    MAX_ROWS,
    META_BYTES,
    TYPES,
    Saved,
    check_columns,
    check_meta,
    check_regular,
    check_rows,
)
from vm.output import ENTRY, OutputError, split

_STEP = 1 << 24
_HEADER_BYTES = 1 << 14
"""Most bytes of an array's header."""
_RECORD_BYTES = 1 << 12
"""Most bytes of a row in an .npz: others may have added columns."""


def binary(path: Path) -> Saved:
    """A payload without its header: entries of 128 bytes."""
    size = path.stat().st_size
    if size == 0 or size % ENTRY:
        raise messages.not_a_table(path, f"its {size:,} bytes are no whole number of entries of {ENTRY}")
    if size > ENTRY * sum(MAX_ROWS.values()):
        raise messages.damaged(path, f"its {size:,} bytes are more than the largest table has")
    try:
        tables = split(np.fromfile(path, np.uint8))
    except OutputError as fault:
        raise messages.not_a_table(path, fault.reason) from None
    return Saved({}, **{name: _side_by_side(name, rows) for name, rows in tables.items()})


def _side_by_side(table: str, source: NDArray[np.void]) -> NDArray[np.void]:
    """The columns of a table out of an array that has them."""
    if source.dtype == COLUMNS[table]:
        return source
    rows: NDArray[np.void] = np.empty(len(source), COLUMNS[table])
    for name in TYPES[table]:
        rows[name] = source[name]
    return rows


def npz(path: Path) -> Saved:
    """Structured arrays in an archive. Sizes are compared before anything is unpacked; nothing is unpickled."""
    try:
        with zipfile.ZipFile(path) as archive:
            meta = check_meta(path, json.loads(_text(path, archive)))
            return Saved(meta, **{table: _array(path, archive, table) for table in COLUMNS})
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise messages.damaged(path, messages.reason(fault)) from None
    except (ValueError, SyntaxError, TypeError, RuntimeError, MemoryError) as fault:
        raise messages.damaged(path, f"its arrays cannot be read: {messages.reason(fault)}") from None


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise messages.not_a_table(path, f"it has no array '{name}'") from None
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise messages.not_a_table(path, "it is compressed in a way that NumPy does not use")
    return info


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype of an array; raises ValueError or SyntaxError for what no export writes.

    NumPy's own reader tries to mend what it cannot parse, and warns."""
    version = np.lib.format.read_magic(file)
    size = int.from_bytes(file.read(2 if version == (1, 0) else 4), "little")
    if size > _HEADER_BYTES:
        raise ValueError("the header of an array is too long")
    header = ast.literal_eval(file.read(size).decode("latin-1"))
    if not isinstance(header, dict) or header.keys() != {"descr", "fortran_order", "shape"}:
        raise ValueError("the header of an array is damaged")
    shape = header["shape"]
    if not isinstance(shape, tuple) or not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError("an array has no proper shape")
    dtype = np.lib.format.descr_to_dtype(header["descr"])
    if header["fortran_order"] or dtype.hasobject or dtype.itemsize == 0:
        raise ValueError("an array is of a kind that no table has")
    return shape, dtype


def _text(path: Path, archive: zipfile.ZipFile) -> str:
    info = _member(path, archive, "meta")
    if info.file_size > META_BYTES:
        raise messages.damaged(path, "its metadata are too long")
    with archive.open(info) as file:
        shape, dtype = _header(file)
        if shape != () or dtype.kind != "U":
            raise ValueError("the metadata are no text")
        return str(np.frombuffer(file.read(dtype.itemsize), dtype)[0])


def _array(path: Path, archive: zipfile.ZipFile, table: str) -> NDArray[np.void]:
    info = _member(path, archive, table)
    with archive.open(info) as file:
        shape, dtype = _header(file)
        if len(shape) != 1 or dtype.names is None or dtype.itemsize > _RECORD_BYTES:
            raise messages.not_a_table(path, f"its array '{table}' is no list of records")
        check_columns(path, table, dtype.names)
        for name, kind in TYPES[table].items():
            if dtype[name] != COLUMNS[table][name]:
                raise messages.bad_type(path, table, name, str(dtype[name]), kind)
        check_rows(path, table, shape[0], min(info.compress_size, path.stat().st_size))
        source: NDArray[np.void] = np.empty(shape[0], dtype)
        _fill(file, source)
        if file.read(1):
            raise ValueError(f"the array '{table}' is longer than it says")
    return _side_by_side(table, source)


def _fill(file: IO[bytes], target: NDArray[np.void]) -> None:
    """Read all of an array; the end of the member checks its CRC-32."""
    octets = target.view(np.uint8)
    for start in range(0, len(octets), _STEP):
        part = file.read(min(_STEP, len(octets) - start))
        if len(part) < min(_STEP, len(octets) - start):
            raise EOFError("an array is cut off")
        octets[start : start + len(part)] = np.frombuffer(part, np.uint8)


def parquet(path: Path) -> Saved:
    """Nodes in FILE, triangles beside it; the two must come from one payload."""
    meta, nodes = _parquet_table(path, "nodes")
    beside = triangles_beside(path)
    check_regular(beside)
    other, triangles = _parquet_table(beside, "triangles")
    if meta.get("checksum") != other.get("checksum"):
        raise messages.damaged(path, f"'{beside.name}' belongs to another table (its payload's checksum differs)")
    return Saved(meta, nodes, triangles)


def _parquet_table(path: Path, table: str) -> tuple[dict[str, Any], NDArray[np.void]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise messages.missing_extra(".parquet", "reading") from None
    try:
        with pq.ParquetFile(path, thrift_string_size_limit=META_BYTES, thrift_container_size_limit=META_BYTES) as file:
            schema = file.schema_arrow
            check_columns(path, table, schema.names)
            check_rows(path, table, file.metadata.num_rows, path.stat().st_size)
            stored = (schema.metadata or {}).get(METADATA_KEY)
            meta = {} if stored is None else check_meta(path, json.loads(stored[:META_BYTES]))
            for name, kind in TYPES[table].items():
                _check_type(path, table, schema.field(name), kind)
            columns = file.read(columns=list(TYPES[table]))
            rows: NDArray[np.void] = np.empty(file.metadata.num_rows, COLUMNS[table])
            for name, kind in TYPES[table].items():
                rows[name] = _numbers(columns.column(name), pa.type_for_alias(kind))
    except (pa.ArrowException, OSError, ValueError, TypeError, RecursionError, MemoryError) as fault:
        raise messages.damaged(path, messages.reason(fault)) from None
    return meta, rows


def _check_type(path: Path, table: str, field: Any, kind: str) -> None:
    """Any width of integer holds integers, any of float holds floats: other programs narrow them."""
    import pyarrow.types as is_

    fits = is_.is_floating(field.type) if kind == "double" else is_.is_integer(field.type)
    if not fits:
        raise messages.bad_type(path, table, field.name, str(field.type)[:40], kind)


def _numbers(column: Any, kind: Any) -> Any:
    if column.null_count:
        raise ValueError("a column has empty values")
    return column.cast(kind).to_numpy()
