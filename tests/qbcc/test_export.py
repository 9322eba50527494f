"""Exports: what standard readers see in each form, and that a file is written whole, or not at all, or refused."""

from __future__ import annotations

import csv
import errno
import importlib.util
import json
import os
import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from qbcc.diagnostics import SourceError
from qbcc.export.save import ENDINGS, prepare, write
from tests import routing_model as model
from vm import install
from vm.output import NODE_DTYPE, TRIANGLE_DTYPE, Buffer, checksum

COUNT = 100
NODES, TRIANGLES = NODE_DTYPE.names or (), TRIANGLE_DTYPE.names or ()
UNSIGNED = {"id", "physical", "virtual", "inverse", "member0", "member1", "member2", "parent", "checksum"}
FLOATS = {"j_re", "j_im", "sigma", "phase", "w_fidelity"}
# Legend: word of the entry that holds a column; the position and the layer of a node share word 14.
NODE_WORDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 14, 15)
TRIANGLE_WORDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

Columns = dict[str, list[Any]]


def expected(words: np.ndarray) -> dict[str, Columns]:
    """Columns as Python numbers, straight from the words."""
    tables: dict[str, Columns] = {}
    for name, kind, columns, places in (("nodes", 0, NODES, NODE_WORDS), ("triangles", 1, TRIANGLES, TRIANGLE_WORDS)):
        rows = words[words[:, 0] == kind]
        table = {}
        for column, place in zip(columns, places, strict=True):
            bits = np.ascontiguousarray(rows[:, place])
            if column in FLOATS:
                table[column] = bits.view(np.float64).tolist()
            elif column == "position":
                table[column] = [value & 0xFFFFFFFF for value in bits.tolist()]
            elif column == "layer" and place == 14:
                table[column] = [value >> 32 for value in bits.tolist()]
            else:
                table[column] = bits.tolist()
        tables[name] = table
    return tables


def bits(values: list[Any]) -> list[Any]:
    """Floats by their bits, so that NaN equals NaN and -0.0 differs from 0.0."""
    return [np.float64(value).tobytes() if isinstance(value, float) else value for value in values]


def same(found: Columns, wanted: Columns) -> None:
    assert list(found) == list(wanted)
    for name, values in wanted.items():
        assert bits(found[name]) == bits(values), name


def table_buffer() -> Buffer:
    return model.buffer(model.entries(COUNT))


def failure(*args: Any) -> Any:
    with pytest.raises(SourceError) as caught:
        write(*args)
    return caught.value.diagnostics[0]


def rows_to_columns(names: list[str], rows: list[Any]) -> Columns:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def read_csv(path: Path) -> Columns:
    with path.open(newline="") as file:
        names, *rows = csv.reader(file)
    columns = rows_to_columns(names, rows)
    return {name: [*map(float if name in FLOATS else int, values)] for name, values in columns.items()}


def test_bin_is_the_payload(tmp_path: Path) -> None:
    buffer = table_buffer()
    assert write(buffer, tmp_path / "t.bin") == [tmp_path / "t.bin"]
    assert (tmp_path / "t.bin").read_bytes() == buffer.payload.tobytes()


def test_npz(tmp_path: Path) -> None:
    buffer = table_buffer()
    write(buffer, tmp_path / "t.npz")
    with np.load(tmp_path / "t.npz", allow_pickle=False) as archive:
        for name, columns in expected(model.entries(COUNT)).items():
            rows = archive[name]
            same({column: rows[column].tolist() for column in rows.dtype.names}, columns)
            for column in rows.dtype.names:
                kind = "f8" if column in FLOATS else "u8" if column in UNSIGNED else "i8"
                assert rows.dtype[column] == np.dtype(f"<{kind}")
        check_meta(json.loads(str(archive["meta"])), buffer)


def check_meta(meta: dict[str, Any], buffer: Buffer) -> None:
    assert (meta["format"], meta["version"], meta["entry_bytes"]) == (1, 1, 128)
    assert meta["entries"] == buffer.entries
    assert int(meta["checksum"], 16) == buffer.checksum
    assert meta["rows"] == {"nodes": COUNT, "triangles": buffer.entries - COUNT}
    assert list(meta["schema"]["nodes"]) == list(NODES)
    assert meta["schema"]["triangles"]["member2"] == "uint64"
    assert meta["schema"]["nodes"]["sigma"] == "double"
    assert meta["schema"]["nodes"]["sector"] == "int64"


def test_parquet(tmp_path: Path) -> None:
    buffer = table_buffer()
    files = write(buffer, tmp_path / "t.parquet")
    assert files == [tmp_path / "t.parquet", tmp_path / "t.triangles.parquet"]
    for path, (name, columns) in zip(files, expected(model.entries(COUNT)).items(), strict=True):
        table = pq.read_table(path)
        same(table.to_pydict(), columns)
        for field in table.schema:
            kind = "double" if field.name in FLOATS else "uint64" if field.name in UNSIGNED else "int64"
            assert str(field.type) == kind and not field.nullable
        meta = json.loads(table.schema.metadata[b"qbc"])
        check_meta(meta, buffer)
        assert meta["table"] == name


def test_sqlite(tmp_path: Path) -> None:
    buffer = table_buffer()
    write(buffer, tmp_path / "t.sqlite")
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as connection:
        for name, columns in expected(model.entries(COUNT)).items():
            cursor = connection.execute(f"SELECT * FROM {name} ORDER BY rowid")
            found = rows_to_columns([column[0] for column in cursor.description], cursor.fetchall())
            for column in UNSIGNED & found.keys():
                found[column] = [value % (1 << 64) for value in found[column]]
            same(found, columns)
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        for key in ("rows", "schema", "negative_zeros"):
            meta[key] = json.loads(meta[key])
        check_meta(meta, buffer)
        assert meta["negative_zeros"] == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_csv(tmp_path: Path) -> None:
    buffer = table_buffer()
    files = write(buffer, tmp_path / "t.csv")
    assert [path.name for path in files] == ["t.csv", "t.triangles.csv", "t.csv-metadata.json"]
    tables = expected(model.entries(COUNT))
    same(read_csv(files[0]), tables["nodes"])
    same(read_csv(files[1]), tables["triangles"])
    metadata = json.loads(files[2].read_text())
    check_meta(metadata["notes"][0], buffer)
    assert [table["url"] for table in metadata["tables"]] == ["t.csv", "t.triangles.csv"]
    assert metadata["tables"][0]["tableSchema"]["columns"][1] == {"name": "id", "datatype": "unsignedLong"}


def test_json(tmp_path: Path) -> None:
    buffer = table_buffer()
    write(buffer, tmp_path / "t.json")
    document = json.loads((tmp_path / "t.json").read_text(), parse_constant=pytest.fail)
    assert list(document) == ["meta", "nodes", "triangles"]
    check_meta(document["meta"], buffer)
    for name, columns in expected(model.entries(COUNT)).items():
        assert all(list(row) == list(columns) for row in document[name])
        same({column: [row[column] for row in document[name]] for column in columns}, columns)


@pytest.mark.parametrize("ending", ENDINGS)
def test_table_without_triangles(tmp_path: Path, ending: str) -> None:
    paths = write(model.buffer(model.entries(1)), tmp_path / f"t{ending}")
    assert all(path.stat().st_size for path in paths)
    if ending == ".json":
        assert json.loads(paths[0].read_text())["triangles"] == []
    if ending == ".csv":
        assert read_csv(paths[1]) == {name: [] for name in TRIANGLES}
    if ending == ".parquet":
        assert pq.read_table(paths[1]).num_rows == 0


def strange_buffer() -> Buffer:
    words = model.entries(10)
    words[:4, 7] = np.array([-0.0, np.inf, -np.inf, np.nan]).view(np.uint64)
    words[11, 8] = np.float64(-0.0).view(np.uint64)
    words[3, 6] = np.float64(5e-324).view(np.uint64)
    return model.buffer(words)


def test_strange_floats_read_back(tmp_path: Path) -> None:
    """To the bit, but for the NaN and the -0.0 that SQLite lacks, and for which it has a list."""
    buffer = strange_buffer()
    wanted = [0.0, -0.0, np.inf, -np.inf, np.nan][1:]
    for ending in (".npz", ".parquet", ".sqlite", ".csv", ".json"):
        write(buffer, tmp_path / f"t{ending}")
    with np.load(tmp_path / "t.npz") as archive:
        assert bits(archive["nodes"]["j_im"][:4].tolist()) == bits(wanted)
    assert bits(pq.read_table(tmp_path / "t.parquet")["j_im"].to_pylist()[:4]) == bits(wanted)
    found = read_csv(tmp_path / "t.csv")
    assert bits(found["j_im"][:4]) == bits(wanted) and found["j_re"][3] == 5e-324
    rows = json.loads((tmp_path / "t.json").read_text(), parse_constant=pytest.fail)["nodes"]
    assert bits([row["j_im"] for row in rows[:3]]) == bits(wanted[:3])
    assert rows[3]["j_im"] is None and rows[3]["j_re"] == 5e-324
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as connection:
        assert connection.execute("SELECT j_im FROM nodes LIMIT 4").fetchall() == [(0,), (np.inf,), (-np.inf,), (None,)]
        (zeros,) = connection.execute("SELECT value FROM meta WHERE key = 'negative_zeros'").fetchone()
        assert json.loads(zeros) == [["nodes", "j_im", 0], ["triangles", "sigma", 1]]


def raw_buffer(payload: bytes, entry_bytes: int, kind: int = 0) -> Buffer:
    octets = np.frombuffer(payload, np.uint8)
    entries = len(payload) // entry_bytes if entry_bytes else 0
    return Buffer(entries, entry_bytes, kind, 4, octets, checksum(octets))


@pytest.mark.parametrize("kind", [0, 2, 1 << 63])
def test_other_formats_as_words(tmp_path: Path, kind: int) -> None:
    values = [1, (1 << 64) - 1, 3, 4, 5, 1 << 63]
    buffer = raw_buffer(np.array(values, np.uint64).tobytes(), 16, kind)
    wanted = {"word0": values[::2], "word1": values[1::2]}
    for ending in ENDINGS:
        assert write(buffer, tmp_path / f"t{ending}")[0] == tmp_path / f"t{ending}"
    assert (tmp_path / "t.bin").read_bytes() == buffer.payload.tobytes()
    with np.load(tmp_path / "t.npz") as archive:
        assert {name: archive["entries"][name].tolist() for name in archive["entries"].dtype.names} == wanted
        assert json.loads(str(archive["meta"]))["format"] == kind
    assert pq.read_table(tmp_path / "t.parquet").to_pydict() == wanted
    assert read_csv(tmp_path / "t.csv") == wanted
    rows = json.loads((tmp_path / "t.json").read_text())["entries"]
    assert rows == [{"word0": one, "word1": two} for one, two in zip(*wanted.values(), strict=True)]
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as connection:
        assert connection.execute("SELECT word0, word1 FROM entries").fetchall() == [(1, -1), (3, 4), (5, -(1 << 63))]
        (stored,) = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        assert stored % (1 << 64) == kind
    assert not list(tmp_path.glob("*.triangles.*"))


@pytest.mark.parametrize("entry_bytes", [3, 8 * 257])
def test_other_formats_as_bytes(tmp_path: Path, entry_bytes: int) -> None:
    payload = bytes(range(256)) * 17
    payload = payload[: 2 * entry_bytes]
    wanted = [payload[:entry_bytes], payload[entry_bytes:]]
    for ending in ENDINGS:
        write(raw_buffer(payload, entry_bytes), tmp_path / f"t{ending}")
    with np.load(tmp_path / "t.npz") as archive:
        assert archive["entries"]["data"].tobytes() == payload
    assert pq.read_table(tmp_path / "t.parquet").to_pydict() == {"data": wanted}
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines == ["data", *(entry.hex() for entry in wanted)]
    rows = json.loads((tmp_path / "t.json").read_text())["entries"]
    assert [bytes.fromhex(row["data"]) for row in rows] == wanted
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as connection:
        assert connection.execute("SELECT data FROM entries").fetchall() == [(entry,) for entry in wanted]


def test_entries_too_long_for_rows(tmp_path: Path) -> None:
    buffer = raw_buffer(bytes((1 << 24) + 8), (1 << 24) + 8)
    diagnostic = failure(buffer, tmp_path / "t.npz")
    assert diagnostic.code == "E0902" and diagnostic.message.endswith("save them as .bin")
    write(buffer, tmp_path / "t.bin")
    assert (tmp_path / "t.bin").stat().st_size == (1 << 24) + 8


@pytest.mark.parametrize("entry_bytes", [0, 8])
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_buffer(tmp_path: Path, ending: str, entry_bytes: int) -> None:
    write(raw_buffer(b"", entry_bytes), tmp_path / f"t{ending}")
    assert (tmp_path / f"t{ending}").is_file()


def test_more_rows_than_a_chunk(tmp_path: Path) -> None:
    values = np.arange(70_000, dtype=np.uint64)
    buffer = raw_buffer(values.tobytes(), 8)
    for ending in (".npz", ".parquet", ".csv"):
        write(buffer, tmp_path / f"t{ending}")
    with np.load(tmp_path / "t.npz") as archive:
        assert (archive["entries"]["word0"] == values).all()
    assert pq.read_table(tmp_path / "t.parquet")["word0"].to_pylist() == values.tolist()
    assert read_csv(tmp_path / "t.csv")["word0"] == values.tolist()


@pytest.mark.parametrize("ending", ENDINGS)
def test_equal_buffers_give_equal_files(tmp_path: Path, ending: str) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write(table_buffer(), tmp_path / folder / f"t{ending}")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_buffer_that_is_no_table(tmp_path: Path) -> None:
    words = model.entries(10)
    words[12, 0] = 3
    diagnostic = failure(model.buffer(words), tmp_path / "t.npz")
    assert diagnostic.code == "E0904"
    assert diagnostic.message.startswith("entry 12 of the routing table has kind 3")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "says"), [("t.txt", "'t.txt' ends in .txt"), ("table", "'table' has no ending")])
def test_unknown_endings(tmp_path: Path, name: str, says: str) -> None:
    diagnostic = failure(table_buffer(), tmp_path / name)
    assert diagnostic.code == "E0905"
    assert diagnostic.message == f"{says}; -o writes .bin .npz .parquet .sqlite .csv .json"


def test_endings_ignore_case(tmp_path: Path) -> None:
    files = write(table_buffer(), tmp_path / "T.CSV")
    assert [path.name for path in files] == ["T.CSV", "T.triangles.CSV", "T.CSV-metadata.json"]


@contextmanager
def kinds_of_files(folder: Path) -> Iterator[dict[str, Path]]:
    (folder / "target").write_text("kept")
    link, hanging, pipe = folder / "link.csv", folder / "hanging.csv", folder / "pipe.csv"
    link.symlink_to(folder / "target")
    hanging.symlink_to(folder / "nowhere")
    os.mkfifo(pipe)
    (folder / "folder.csv").mkdir()
    yield {"a link": link, "a folder": folder / "folder.csv", "a pipe": pipe}
    assert (folder / "target").read_text() == "kept"
    assert link.is_symlink() and hanging.is_symlink()


def test_only_regular_files_are_replaced(tmp_path: Path) -> None:
    with kinds_of_files(tmp_path) as files:
        before = sorted(tmp_path.iterdir())
        for what, path in files.items():
            diagnostic = failure(table_buffer(), path)
            assert diagnostic.code == "E0906"
            assert diagnostic.message == f"'{path}' is {what}; it is left as it is"
        assert failure(table_buffer(), tmp_path / "hanging.csv").code == "E0906"
        assert sorted(tmp_path.iterdir()) == before


def test_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "null.bin").symlink_to(os.devnull)
    assert "is a link" in failure(table_buffer(), tmp_path / "null.bin").message


@pytest.mark.parametrize("name", ["t.triangles.csv", "t.csv-metadata.json"])
def test_the_files_beside_are_checked_too(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert failure(table_buffer(), tmp_path / "t.csv").message.startswith(f"'{tmp_path / name}' is a folder")
    assert not (tmp_path / "t.csv").exists()


def test_inputs_are_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "program.bin"
    source.write_text("program")
    alias = tmp_path / "alias.bin"
    alias.hardlink_to(source)
    (tmp_path / "sub").mkdir()
    for path in (source, alias, tmp_path / "sub" / ".." / "program.bin"):
        diagnostic = failure(table_buffer(), path, [tmp_path / "missing", source])
        assert diagnostic.code == "E0906" and "is an input of this run" in diagnostic.message
    beside = tmp_path / "t.triangles.parquet"
    beside.write_text("an input")
    assert "is an input" in failure(table_buffer(), tmp_path / "t.parquet", [beside]).message
    assert source.read_text() == "program" and beside.read_text() == "an input"


def test_a_missing_folder(tmp_path: Path) -> None:
    diagnostic = failure(table_buffer(), tmp_path / "no" / "t.csv")
    assert diagnostic.code == "E0907"
    assert diagnostic.message.endswith(f"there is no folder '{tmp_path / 'no'}'")


def test_a_name_no_system_takes(tmp_path: Path) -> None:
    assert failure(table_buffer(), tmp_path / "a\0b.csv").code == "E0907"
    assert failure(table_buffer(), tmp_path / ("x" * 300 + ".csv")).code == "E0907"


def test_a_write_protected_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The superuser may write everything, so the system's answer is given here."""
    path = tmp_path / "t.bin"
    path.write_text("kept")
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    assert "is write-protected" in failure(table_buffer(), path).message
    assert path.read_text() == "kept"


def test_an_open_database_is_left(tmp_path: Path) -> None:
    (tmp_path / "t.sqlite-wal").touch()
    diagnostic = failure(table_buffer(), tmp_path / "t.sqlite")
    assert diagnostic.code == "E0906" and "'t.sqlite-wal' is there" in diagnostic.message


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_changes_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t{ending}"
    path.write_text("kept")
    with small_disk(4096):
        diagnostic = failure(table_buffer(), path)
    assert diagnostic.code == "E0907" and diagnostic.message.startswith(f"cannot write '{path}': ")
    assert path.read_text() == "kept"
    assert list(tmp_path.iterdir()) == [path]


def test_a_later_part_that_fails_leaves_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fsync)
    diagnostic = failure(table_buffer(), tmp_path / "t.parquet")
    assert diagnostic.message == f"cannot write '{tmp_path / 't.triangles.parquet'}': No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_interrupted_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(KeyboardInterrupt):
        write(table_buffer(), tmp_path / "t.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_honours_the_umask(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        files = write(table_buffer(), tmp_path / "t.csv")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [mode] * 3


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text("old")
    path.chmod(0o640)
    write(table_buffer(), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text().startswith('{"meta"')


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SourceError) as caught:
        prepare(tmp_path / "t.parquet")
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "E0908"
    assert diagnostic.message == f"writing .parquet needs the 'table' extra: {install.advice('table')}"
    prepare(tmp_path / "t.npz")


def test_prepare_refuses_before_the_run(tmp_path: Path) -> None:
    prepare(tmp_path / "t.csv", [tmp_path / "program.qbc"])
    assert list(tmp_path.iterdir()) == []
    for name in ("t.txt", "no/t.csv", "."):
        with pytest.raises(SourceError):
            prepare(tmp_path / name)
