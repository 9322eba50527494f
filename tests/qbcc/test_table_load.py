"""Reading saved tables: what other programs make of them, and what damage or malice makes of them."""

from __future__ import annotations

import builtins
import json
import os
import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.export.save import ENDINGS, write
from qbcc.table import open_table
from qbcc.table.saved import MAX_ROWS
from tests import routing_model as model
from vm import install
from vm.output import MAX_NODES, Buffer, checksum

COUNT = 40
Edit = Callable[[Path], object]


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Path]:
    def make(ending: str) -> Path:
        return write(model.buffer(model.entries(COUNT)), tmp_path / f"t{ending}")[0]

    return make


def refused(path: Path) -> Diagnostic:
    with pytest.raises(SourceError) as caught:
        open_table(path)
    (diagnostic,) = caught.value.diagnostics
    assert "\n" not in diagnostic.message and len(diagnostic.message) < 500
    return diagnostic


def edited(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


# ---- files that are none


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for name, says in (("no.csv", "No such file"), (".", "it is a folder"), ("pipe.csv", "it is not a regular file")):
        diagnostic = refused(tmp_path / name)
        assert diagnostic.code == "E0910" and says in diagnostic.message
    assert refused(tmp_path / "a\0b").code == "E0910"
    assert refused(Path(os.devnull)).code == "E0910"


def test_links_are_followed(make: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(make(".npz"))
    assert open_table(tmp_path / "link").validate() == []


@pytest.mark.parametrize("ending", [".npz", ".json", ".sqlite", ".bin"])
def test_the_content_tells_the_form(make: Callable[[str], Path], tmp_path: Path, ending: str) -> None:
    path = make(ending).rename(tmp_path / "table.dat")
    assert open_table(path).validate() == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.txt", b"hello", "is not a saved routing table: it is none of .bin .npz"),
        ("t", b"", "is not a saved routing table: it is none of"),
        ("t.bin", b"", "its 0 bytes are no whole number of entries of 128"),
        ("t.bin", b"x" * 130, "its 130 bytes are no whole number"),
        ("t.bin", b"x" * 128, "its first entry must have kind 0"),
        ("t.csv", b"", "is damaged: it is empty"),
        ("t.csv", b"a,b\n1,2\n", "the table of nodes has no columns node, id, physical"),
        ("t.csv", b"\xff\xfe\x00", "is damaged: "),
        ("t.json", b"[]", "has '[' where '{' belongs"),
        ("t.json", b"{", "no JSON from character 1 on: expecting value"),
        ("t.json", b'{"a": 1', "it ends where ',' or '}' belongs"),
        ("t.json", b"{}", "it has no list 'nodes'"),
        ("t.json", b'{"nodes": []}', "it has no nodes"),
        ("t.json", b'{"nodes": 5}', "has '5' where '[' belongs"),
        ("t.json", b'{"nodes": [5]}', "row 0 of nodes is not an object"),
        ("t.json", b'{"nodes": [{"node": 1}]}', "has no columns id, physical"),
        ("t.json", b'{5: 5}', "a name is not a string"),
        ("t.json", b'{"a": 5} x', "something follows"),
        ("t.json", b'{"a": ' + b"[" * 100_000, "is damaged: "),
        ("t.json", b'{"nodes": [' + b"[" * 100_000 + b"]", "is damaged: "),
        ("t.json", b'{"nodes": [' + b"9" * 3_000_000, "a row has more than"),
        ("t.json", b'{"a": ' + b"9" * 5_000, "is damaged: "),
        ("t.npz", b"PK\x03\x04", "is damaged: "),
        ("t.npz", b"", "is damaged: "),
        ("t.parquet", b"PAR1PAR1", "is damaged: "),
        ("t.parquet", b"", "is damaged: "),
        ("t.sqlite", b"SQLite format 3\x00", "is damaged: "),
        ("t.sqlite", b"", "it has no table 'nodes'"),
        ("t.csv", b"x" * 3_000_000, "a line has more than"),
        ("t.csv", b'node,"id\n', "is damaged: "),
    ],
)  # fmt: skip
def test_files_that_are_no_tables(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    diagnostic = refused(tmp_path / name)
    assert says in diagnostic.message
    assert diagnostic.code in ("E0911", "E0912", "E0913")


@pytest.mark.parametrize("ending", [".npz", ".parquet", ".sqlite", ".json", ".csv"])
def test_other_buffers_are_no_tables(tmp_path: Path, ending: str) -> None:
    payload = np.arange(32, dtype=np.uint8)
    path = write(Buffer(2, 16, 0, 1, payload, checksum(payload)), tmp_path / f"t{ending}")[0]
    assert refused(path).code in ("E0911", "E0913")


# ---- several files


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_the_triangles_beside(make: Callable[[str], Path], tmp_path: Path, ending: str) -> None:
    path = make(ending)
    triangles = tmp_path / f"t.triangles{ending}"
    diagnostic = refused(triangles)
    assert diagnostic.code == "E0911" and "it holds the triangles alone" in diagnostic.message
    assert diagnostic.notes == ("name the file of the nodes",)
    triangles.unlink()
    diagnostic = refused(path)
    assert diagnostic.code == "E0910" and str(triangles) in diagnostic.message


def test_triangles_of_another_table(make: Callable[[str], Path], tmp_path: Path) -> None:
    path = make(".parquet")
    write(model.buffer(model.entries(COUNT + 1)), tmp_path / "other.parquet")
    (tmp_path / "other.triangles.parquet").replace(tmp_path / "t.triangles.parquet")
    assert "'t.triangles.parquet' belongs to another table" in refused(path).message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"format": 1', '"format": 7', "holds an output buffer of format 7"),
        ('"version": 1', '"version": 9', "it has version 9, this version of qbc reads 1"),
        ('"checksum": "0x', '"checksum": "0y', "its metadata have no checksum"),
        ('"nodes": 40', '"nodes": 43', "numbers of nodes and triangles that no table has"),
        ('"nodes": 40', '"nodes": 10000000000000000000', "numbers of nodes and triangles"),
        ('"nodes": 40', '"nodes": "many"', "numbers of nodes and triangles"),
        ('"notes"', '"nothing"', "it holds no metadata of a table"),
        ('"notes": [', '"notes": [5,', "its metadata are not an object"),
        ("{", "", "it holds no metadata of a table"),
    ],
)
def test_wrong_metadata(make: Callable[[str], Path], tmp_path: Path, old: str, new: str, says: str) -> None:
    path = make(".csv")
    edited(tmp_path / "t.csv-metadata.json", old, new)
    assert says in refused(path).message


# ---- columns and values


def reencode_json(path: Path, change: Callable[[dict[str, Any]], object], **style: Any) -> Path:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, **style))
    return path


def test_json_that_another_program_wrote(make: Callable[[str], Path]) -> None:
    """Other blanks, another order, further columns and members."""
    path = make(".json")

    def change(document: dict[str, Any]) -> None:
        for row in document["nodes"]:
            row["extra"] = None
        document["by"] = ["someone", {"else": 1}]

    for style in ({"indent": 3}, {"sort_keys": True}, {"separators": (",", ":")}):
        assert open_table(reencode_json(path, change, **style)).validate() == []


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("id", -1, "row 3 of nodes, column id: -1 is not an unsigned 64-bit integer"),
        ("id", 1 << 64, "column id: 18446744073709551616 is not an unsigned 64-bit integer"),
        ("sector", 1 << 63, "column sector: 9223372036854775808 is not a 64-bit integer"),
        ("sector", 1.0, "column sector: 1.0 is not a 64-bit integer"),
        ("node", True, "column node: True is not a 64-bit integer"),
        ("sigma", "0.5", "column sigma: '0.5' is not a number"),
        ("sigma", 10**400, "…"),
        ("parent", None, "column parent: None is not an unsigned"),
        ("j_re", True, "column j_re: True is not a number"),
    ],
)
def test_json_values(make: Callable[[str], Path], column: str, value: object, says: str) -> None:
    path = reencode_json(make(".json"), lambda document: document["nodes"][3].update({column: value}))
    diagnostic = refused(path)
    assert diagnostic.code == "E0913" and says in diagnostic.message


def test_json_integers_for_floats(make: Callable[[str], Path]) -> None:
    """JavaScript writes 1 for 1.0."""
    path = reencode_json(make(".json"), lambda document: [row.update(w_fidelity=1) for row in document["nodes"]])
    assert open_table(path).validate() == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sigma,", "", "the table of nodes has no column sigma"),
        ("sigma,", "sigma,sigma,", "is damaged: "),
        ("sigma", "id", "has no column sigma"),
        ("\n1,", "\n1,2,", "row 1 has 17 values, the header names 16"),
        ("\n1,", "\nx,", "row 1 of nodes, column node: 'x' is not a 64-bit integer"),
        ("\n1,", "\n,", "row 1 of nodes, column node: '' is not"),
        ("\n1,", "\n99999999999999999999,", "column node: '99999999999999999999' is not"),
        (",0.2,", ",zero,", "row 1 of nodes, column sigma: 'zero' is not a number"),
        ("\n1,", '\n"1,', "is damaged: "),
    ],
)
def test_csv_values(make: Callable[[str], Path], old: str, new: str, says: str) -> None:
    assert says in refused(edited(make(".csv"), old, new)).message


def test_csv_that_another_program_wrote(make: Callable[[str], Path]) -> None:
    """A byte-order mark, quotes, CRLF, columns in another order, one more of them, a blank line at the end."""
    path = make(".csv")
    rows = [line.split(",")[::-1] for line in path.read_text().splitlines()]
    lines = [",".join(f'"{value}"' for value in [*row, "more"]) for row in rows]
    path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n\r\n", encoding="utf-8", newline="")
    assert open_table(path).validate() == []


def change_parquet(path: Path, change: Callable[[pa.Table], pa.Table]) -> Path:
    table = pq.read_table(path)
    pq.write_table(change(table), path)
    return path


def with_column(name: str, array: pa.Array) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.set_column(table.schema.get_field_index(name), name, array)


def test_parquet_that_another_program_wrote(make: Callable[[str], Path], tmp_path: Path) -> None:
    """Without our metadata, with narrower integers, further columns, another compression."""
    path = make(".parquet")
    for name in ("t.parquet", "t.triangles.parquet"):
        table = pq.read_table(tmp_path / name).replace_schema_metadata(None)
        table = table.append_column("more", pa.array(["text"] * len(table)))
        place = table.schema.get_field_index("coherence")
        table = table.set_column(place, "coherence", table["coherence"].cast(pa.int8()))
        pq.write_table(table, tmp_path / name, compression="gzip", row_group_size=7)
    table = open_table(path)
    assert table.validate() == [] and not table.summary()["checksum_stored"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda table: table.drop_columns(["sigma", "phase"]), "the table of nodes has no columns sigma, phase"),
        (with_column("sigma", pa.array(["x"] * COUNT)), "column sigma of nodes has type string, expected double"),
        (with_column("id", pa.array([1.0] * COUNT)), "column id of nodes has type double, expected uint64"),
        (with_column("node", pa.array([None] * COUNT, pa.int64())), "a column has empty values"),
        (with_column("id", pa.array([-1] * COUNT)), "is damaged: "),
        (with_column("sigma", pa.array([[1.0]] * COUNT)), "has type list<"),
        (lambda table: table.slice(0, 0), "it has no nodes"),
        (lambda table: table.replace_schema_metadata({"qbc": "{"}), "is damaged: "),
        (lambda table: table.replace_schema_metadata({"qbc": "5"}), "its metadata are not an object"),
        (lambda table: table.append_column("id", table["id"]), "has the column id twice"),
    ],
)
def test_parquet_columns(make: Callable[[str], Path], change: Callable[[pa.Table], pa.Table], says: str) -> None:
    assert says in refused(change_parquet(make(".parquet"), change)).message


def test_reading_without_pyarrow(make: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(".parquet")
    real = builtins.__import__

    def missing(name: str, *rest: Any, **keywords: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **keywords)

    monkeypatch.setattr(builtins, "__import__", missing)
    diagnostic = refused(path)
    assert diagnostic.code == "E0908"
    assert diagnostic.message == f"reading .parquet needs the 'table' extra: {install.advice('table')}"


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DROP TABLE nodes", "it has no table 'nodes'"),
        ("DROP TABLE meta", "it has no table 'meta'"),
        ("DELETE FROM nodes", "it has no nodes"),
        ("ALTER TABLE nodes RENAME COLUMN sigma TO tau", "has no column sigma"),
        ("UPDATE nodes SET sigma = 'x' WHERE node = 2", "row 2 of nodes, column sigma: 'x' is not a number"),
        ("UPDATE nodes SET id = 1.5 WHERE node = 2", "column id: 1.5 is not an unsigned"),
        ("UPDATE nodes SET parent = NULL WHERE node = 2", "column parent: None is not"),
        ("UPDATE nodes SET parent = zeroblob(900000)", "row 0 of nodes, column parent: b'"),
        ("UPDATE nodes SET sector = zeroblob(2000000)", "is damaged: "),
        ("UPDATE meta SET value = '{' WHERE key = 'rows'", "is damaged: "),
        ("DELETE FROM meta", "holds an output buffer of format None"),
        ("UPDATE meta SET value = '[[\"nodes\", \"j_im\", 3]]' WHERE key = 'negative_zeros'", "no negative zeros"),
        ("UPDATE meta SET value = '[[\"nodes\", \"id\", 0]]' WHERE key = 'negative_zeros'", "no negative zeros"),
        ("UPDATE meta SET value = '5' WHERE key = 'negative_zeros'", "no negative zeros"),
        (
            "ALTER TABLE nodes RENAME TO n; CREATE VIEW nodes AS WITH RECURSIVE c(x) AS "
            "(SELECT 1 UNION ALL SELECT x FROM c) SELECT n.* FROM n, c",
            "its 'nodes' is not a plain table",
        ),
        ("ALTER TABLE nodes ADD COLUMN more AS (hex(zeroblob(1000000)))", "its 'nodes' is not a plain table"),
    ],
)
def test_sqlite_contents(make: Callable[[str], Path], statement: str, says: str) -> None:
    path = make(".sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statement)
    assert says in refused(path).message


def test_sqlite_that_another_program_changed(make: Callable[[str], Path]) -> None:
    path = make(".sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("ALTER TABLE nodes ADD COLUMN note TEXT; CREATE VIEW v AS SELECT 1; VACUUM")
    assert open_table(path).validate() == []


def member(array: np.ndarray) -> bytes:
    stream = BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=True)
    return stream.getvalue()


def change_npz(path: Path, changes: dict[str, bytes | None], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in (members | changes).items():
            if content is not None:
                archive.writestr(name, content)
    return path


def nodes(path: Path) -> np.ndarray:
    with np.load(path) as archive:
        rows: np.ndarray = archive["nodes"]
    return rows


def test_npz_that_numpy_wrote(make: Callable[[str], Path]) -> None:
    path = make(".npz")
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive}
    np.savez_compressed(path, more=np.arange(3), **arrays)
    assert open_table(path).validate() == []
    wider = np.zeros(COUNT, [*arrays["nodes"].dtype.descr, ("more", "U5")])
    for name in arrays["nodes"].dtype.names:
        wider[name] = arrays["nodes"][name]
    np.savez(path, **{**arrays, "nodes": wider})
    assert open_table(path).validate() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda path: {"nodes.npy": None}, "it has no array 'nodes'"),
        (lambda path: {"meta.npy": None}, "it has no array 'meta'"),
        (lambda path: {"meta.npy": member(np.array("5"))}, "its metadata are not an object"),
        (lambda path: {"meta.npy": member(np.array(5))}, "the metadata are no text"),
        (lambda path: {"meta.npy": member(np.array("x" * 300_000))}, "its metadata are too long"),
        (lambda path: {"nodes.npy": member(np.zeros(3))}, "its array 'nodes' is no list of records"),
        (lambda path: {"nodes.npy": member(nodes(path).reshape(1, -1))}, "its array 'nodes' is no list of records"),
        (lambda path: {"nodes.npy": member(np.array([print, 5], object))}, "an array is of a kind that no table has"),
        (lambda path: {"nodes.npy": member(nodes(path)[["node", "id"]])}, "has no columns physical"),
        (lambda path: {"nodes.npy": member(nodes(path)[:0])}, "it has no nodes"),
        (lambda path: {"nodes.npy": member(nodes(path))[:-1]}, "is damaged: "),
        (lambda path: {"nodes.npy": member(nodes(path)) + b"x"}, "is longer than it says"),
        (lambda path: {"nodes.npy": b"\x93NUMPY\x01\x00\x05\x00{'de("}, "is damaged: "),
        (lambda path: {"nodes.npy": b"\x93NUMPY\x02\x00\xff\xff\xff\xff"}, "is too long"),
        (lambda path: {"nodes.npy": member(nodes(path)).replace(b"(40,)", b"(-4,)")}, "no proper shape"),
        (lambda path: {"nodes.npy": member(nodes(path)).replace(b"(40,)", b"[40 ]")}, "no proper shape"),
        (lambda path: {"nodes.npy": member(nodes(path)).replace(b"'<f8'", b"'<i8'", 1)}, "has type int64, expected"),
        (
            lambda path: {"nodes.npy": member(nodes(path)).replace(b"(40,), }        ", b"(9999999999,), }")},
            f"it claims 9,999,999,999 nodes, a routing table has at most {MAX_NODES:,}",
        ),
        (
            lambda path: {"nodes.npy": member(nodes(path)).replace(b"(40,), }     ", b"(8000000,), }")},
            "it claims 8,000,000 nodes in 5,",
        ),
    ],
)
def test_npz_contents(
    make: Callable[[str], Path], change: Callable[[Path], dict[str, bytes | None]], says: str
) -> None:
    path = make(".npz")
    assert says in refused(change_npz(path, change(path))).message


def test_a_bomb(make: Callable[[str], Path]) -> None:
    """A thousand times its size when unpacked: refused by the sizes it declares, before it is."""
    path = make(".npz")
    bomb = np.zeros(100_000, nodes(path).dtype)
    change_npz(path, {"nodes.npy": member(bomb)}, zipfile.ZIP_DEFLATED)
    diagnostic = refused(path)
    assert diagnostic.code == "E0912" and "it claims 100,000 nodes in " in diagnostic.message


def test_other_compressions_are_refused(make: Callable[[str], Path]) -> None:
    path = change_npz(make(".npz"), {}, zipfile.ZIP_LZMA)
    assert "compressed in a way that NumPy does not use" in refused(path).message


def test_the_largest_table() -> None:
    assert {"nodes": 8_388_608, "triangles": sum(model.layer_sizes(8_388_608)[1:])} == MAX_ROWS


# ---- damage at random


def damaged(rng: random.Random, content: bytes) -> bytes:
    """Cut off, moved, or some bytes changed, more often near the ends, where the structure is."""
    octets = bytearray(content)
    choice = rng.random()
    if choice < 0.2:
        return bytes(octets[: rng.randrange(len(octets))])
    if choice < 0.3:
        source, target, length = rng.randrange(len(octets)), rng.randrange(len(octets)), rng.randrange(1, 200)
        octets[target : target + length] = octets[source : source + length]
        return bytes(octets)
    zone = min(len(octets), rng.choice([400, 2000, len(octets)]))
    for _ in range(rng.choice([1, 1, 2, 10])):
        place = rng.randrange(zone)
        octets[place if rng.random() < 0.5 else -1 - place] = rng.choice([0, 127, 128, 255, rng.randrange(256)])
    return bytes(octets)


@pytest.mark.parametrize("ending", ENDINGS)
def test_damage_is_an_error_or_a_problem(tmp_path: Path, ending: str) -> None:
    files = write(model.buffer(model.entries(COUNT)), tmp_path / f"t{ending}")
    true = open_table(files[0])
    rng = random.Random(ending)
    outcomes = set()
    for _ in range(150):
        path = rng.choice(files)
        content = path.read_bytes()
        path.write_bytes(damaged(rng, content))
        try:
            table = open_table(files[0])
        except SourceError as error:
            outcomes.add(error.diagnostics[0].code)
        else:
            table.summary()
            found = [str(problem) for problem in table.validate()]
            outcomes.add("problems" if found else "none")
            if not found and len(table.nodes) == COUNT:
                assert table.nodes.tobytes() == true.nodes.tobytes()
                assert table.triangles.tobytes() == true.triangles.tobytes()
        path.write_bytes(content)
    assert outcomes & {"E0911", "E0912"}
    assert open_table(files[0]).validate() == []
