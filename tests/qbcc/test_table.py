"""Validation, summary and queries of saved tables."""

from __future__ import annotations

import math
import random
from pathlib import Path

import mpmath
import numpy as np
import pytest

from qbcc.diagnostics import SourceError
from qbcc.export.save import ENDINGS, write
from qbcc.table import Problem, Table, as_dicts, open_table, show
from qbcc.table.findings import Findings
from qbcc.table.klein import imaginary_sign, j_invariant
from qbcc.table.validate import J_TOLERANCE, check_distinct
from tests import routing_model as model
from vm.output import MAX_NODES

COUNT = 1000
# Legend: column, its word. j is apart: it has a tolerance, and triangles' means depend on it.
NODE_WORDS = {
    "node": 1, "id": 2, "physical": 3, "virtual": 4, "inverse": 5, "sigma": 8, "sector": 9, "phase": 10,
    "coherence": 11, "parent": 12, "w_fidelity": 13, "position": 14,
}  # fmt: skip
TRIANGLE_WORDS = {
    "triangle": 1, "id": 2, "member0": 3, "member1": 4, "member2": 5, "j_re": 6, "j_im": 7, "sigma": 8, "phase": 10,
    "coherence": 11, "parent": 12, "w_fidelity": 13, "position": 14,
}  # fmt: skip


def saved(folder: Path, words: np.ndarray, ending: str = ".npz") -> Table:
    path = folder / f"t{ending}"
    write(model.buffer(words), path)
    return open_table(path)


def reseal(words: np.ndarray, row: int) -> None:
    """Give an entry the checksum of what it now holds."""
    words[row, 15] = model.words_checksum(words[row : row + 1, :15])[0]


def as_bits(value: float) -> np.uint64:
    return np.float64(value).view(np.uint64)


def problems(folder: Path, words: np.ndarray) -> list[str]:
    return [str(problem) for problem in saved(folder, words).validate()]


@pytest.fixture(scope="module")
def thousand() -> np.ndarray:
    return model.entries(COUNT)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return saved(tmp_path_factory.mktemp("table"), model.entries(COUNT))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 10, COUNT])
def test_a_true_table_is_valid_in_every_form(tmp_path: Path, count: int, ending: str) -> None:
    words = model.entries(count)
    table = saved(tmp_path, words, ending)
    assert table.validate() == []
    assert table.nodes["node"].tolist() == list(range(count))
    assert table.triangles["id"].tolist() == words[count:, 2].tolist()
    assert table.summary()["checksum"] == model.buffer(words).checksum


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_form_keeps_every_bit(tmp_path: Path, ending: str, table: Table, thousand: np.ndarray) -> None:
    other = saved(tmp_path, thousand, ending)
    assert other.nodes.tobytes() == table.nodes.tobytes()
    assert other.triangles.tobytes() == table.triangles.tobytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_negative_zeros_are_kept(tmp_path: Path, ending: str) -> None:
    """Im j(i) = 0 may come out as -0.0; SQLite drops the sign, and the checksum must hold all the same."""
    words = model.entries(10)
    words[0, 7] = as_bits(-0.0)
    reseal(words, 0)
    assert saved(tmp_path, words, ending).validate() == []


def test_the_contract_s_table(tmp_path: Path) -> None:
    words = model.entries(196_883)
    table = saved(tmp_path, words)
    assert table.validate() == []
    summary = table.summary()
    assert summary["nodes"] == 196_883 and summary["triangles"] == 98_449
    sizes = [65628, 21876, 7292, 2431, 811, 271, 91, 31, 11, 4, 2, 1]
    assert summary["layers"] == [196_883, *sizes]
    assert summary["apex"] == 12 << 32
    # A flipped bit anywhere is found, at its place.
    rng = random.Random(7)
    for _ in range(3):
        row, word, bit = rng.randrange(len(words)), rng.choice([1, 2, 3, 6, 8, 10, 11, 13, 15]), rng.randrange(20)
        changed = words.copy()
        changed[row, word] ^= np.uint64(1 << bit)
        name, index = ("node", row) if row < 196_883 else ("triangle", row - 196_883)
        (found,) = problems(tmp_path, changed)
        assert found.startswith(f"{name} {index}: ")


@pytest.mark.parametrize("resealed", [False, True])
@pytest.mark.parametrize("row", [0, 1, 500, 999])
@pytest.mark.parametrize("column", NODE_WORDS)
def test_a_wrong_node_is_named(tmp_path: Path, thousand: np.ndarray, column: str, row: int, resealed: bool) -> None:
    words = thousand.copy()
    words[row, NODE_WORDS[column]] ^= np.uint64(4)
    if resealed:
        reseal(words, row)
    found = saved(tmp_path, words).validate()
    assert [(problem.table, problem.index, problem.column) for problem in found] == [("nodes", row, column)]


@pytest.mark.parametrize("resealed", [False, True])
@pytest.mark.parametrize("row", [0, 333, 334, 503, 504])
@pytest.mark.parametrize("column", TRIANGLE_WORDS)
def test_a_wrong_triangle_is_named(tmp_path: Path, thousand: np.ndarray, column: str, row: int, resealed: bool) -> None:
    words = thousand.copy()
    words[COUNT + row, TRIANGLE_WORDS[column]] ^= np.uint64(4)
    if resealed:
        reseal(words, COUNT + row)
    found = saved(tmp_path, words).validate()
    assert [(problem.table, problem.index, problem.column) for problem in found] == [("triangles", row, column)]


def test_wrong_layers(tmp_path: Path, thousand: np.ndarray) -> None:
    words = thousand.copy()
    words[7, 14] |= np.uint64(3 << 32)
    words[COUNT + 8, 9] = 5
    words[COUNT + 8, 14] = 5 << 32 | 8
    assert problems(tmp_path, words) == ["node 7: layer is 3, expected 0", "triangle 8: layer is 5, expected 1"]


@pytest.mark.parametrize("row", [1, 250, 499, 500, 501, 999])
def test_j_has_a_tolerance(tmp_path: Path, thousand: np.ndarray, row: int) -> None:
    """1e-12 relative to |j|; what is inside changes the checksum and the mean of the parent only."""
    true = model.klein_j(COUNT)[row]
    for word, column, step in ((6, "j_re", 1), (7, "j_im", 1j)):
        words = thousand.copy()
        wrong = true + 1.5e-12 * abs(true) * step
        words[row, word] = as_bits(wrong.real if word == 6 else wrong.imag)
        reseal(words, row)
        found = saved(tmp_path, words).validate()
        assert [(problem.index, problem.column) for problem in found] == [(row, column)]
        words = thousand.copy()
        near = true + 0.5e-12 * abs(true) * step
        words[row, word] = as_bits(near.real if word == 6 else near.imag)
        found = saved(tmp_path, words).validate()
        assert {(problem.table, problem.index, problem.column) for problem in found} <= {
            ("nodes", row, "checksum"),
            ("nodes", row, "j_im"),
        }
        reseal(words, row)
        found = saved(tmp_path, words).validate()
        assert {(problem.table, problem.column) for problem in found} <= {("triangles", column), ("nodes", "j_im")}
        assert found


def test_the_sign_of_the_imaginary_part(tmp_path: Path) -> None:
    """Beside k = 0 it is far below the tolerance, yet it must be right."""
    count = 60_000
    words = model.entries(count)
    for row in (1, count - 1):
        imaginary = words[row : row + 1, 7].view(float)
        assert 0 < abs(imaginary[0]) < J_TOLERANCE * 1728
        imaginary[0] = -imaginary[0] if row == 1 else 0.0
        reseal(words, row)
    first, second = problems(tmp_path, words)
    assert first.startswith("node 1: j_im is 1.") and first.endswith("e-10, expected a negative number")
    assert second == "node 59999: j_im is 0.0, expected a positive number"


def test_a_wrong_j_does_not_blame_the_means(tmp_path: Path, thousand: np.ndarray) -> None:
    words = thousand.copy()
    words[4, 6] = as_bits(5.0)
    (found,) = problems(tmp_path, words)
    assert found.startswith("node 4: j_re is 5.0, expected 1727.")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, 5e-324])
@pytest.mark.parametrize("word", [6, 7, 8, 10, 13])
def test_strange_numbers(tmp_path: Path, thousand: np.ndarray, word: int, value: float) -> None:
    words = thousand.copy()
    words[700, word] = words[COUNT + 100, word] = as_bits(value)
    found = saved(tmp_path, words).validate()
    assert {problem.table for problem in found} == {"nodes", "triangles"}
    assert {problem.index for problem in found} == {700, 100}


def test_many_problems_are_cut_in_order(tmp_path: Path, thousand: np.ndarray) -> None:
    words = thousand.copy()
    words[10:600, 11] = 7
    words[10:600, 3] += np.uint64(1)
    words[COUNT:, 12] = 0
    table = saved(tmp_path, words)
    found = table.validate()
    assert [(problem.index, problem.column) for problem in found] == [
        (row, column) for row in range(10, 15) for column in ("physical", "coherence")
    ]
    assert found[0] == Problem("nodes", 10, "physical", 0x100001401, 0x100001400)
    assert str(found[0]) == "node 10: physical is 0x100001401, expected 0x100001400"
    assert len(table.validate(3)) == 3 and table.validate(3) == found[:3]
    assert len(table.validate(10_000)) == 2 * 590 + (len(words) - COUNT)


def test_check_is_an_error_with_the_problems_as_notes(tmp_path: Path, thousand: np.ndarray, table: Table) -> None:
    table.check()
    words = thousand.copy()
    words[:40, 11] = 9
    for limit in (3, 1):
        with pytest.raises(SourceError) as caught:
            saved(tmp_path, words).check(limit)
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.code == "E0914"
        assert (
            diagnostic.message
            == f"'{tmp_path / 't.npz'}' is not the routing table of section 7; the first wrong values:"
        )
        assert diagnostic.notes == tuple(f"node {row}: coherence is 9, expected 2" for row in range(limit))


def test_entries_as_dicts(table: Table) -> None:
    (row,) = as_dicts(table.node(1))
    assert list(row) == list(table.nodes.dtype.names or ())
    assert row["node"] == 1 and row["sigma"] == 0.008 and row["parent"] == 1 << 32
    assert {type(value) for value in row.values()} == {int, float}


def test_a_payload_s_checksum(tmp_path: Path, thousand: np.ndarray) -> None:
    """Entries may be consistent and yet not those that the program made: the payload's checksum tells."""
    saved(tmp_path, thousand, ".csv")
    path = tmp_path / "t.csv-metadata.json"
    true = f"{model.buffer(thousand).checksum:#018x}"
    path.write_text(path.read_text().replace(true, "0x" + "1" * 16))
    (found,) = open_table(tmp_path / "t.csv").validate()
    assert str(found) == f"payload: checksum is {int(true, 16):#x}, expected 0x{'1' * 16}"


def test_rows_that_are_missing(tmp_path: Path, thousand: np.ndarray) -> None:
    """The metadata say how many there should be; without them, the two numbers must fit each other."""
    table = saved(tmp_path, thousand, ".csv")
    for name, noun, count in (("t.csv", "nodes", COUNT), ("t.triangles.csv", "triangles", len(table.triangles))):
        path = tmp_path / name
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        for cut in (lines[:-1], lines[:-500]):
            path.write_text("".join(cut))
            found = [str(problem) for problem in open_table(tmp_path / "t.csv").validate()]
            assert found == [f"{noun}: rows is {len(cut) - 1}, expected {count}"]
        path.write_text("".join([lines[0], *lines[2:]]))
        found = [str(problem) for problem in open_table(tmp_path / "t.csv").validate()]
        assert found[0] == f"{noun}: rows is {count - 1}, expected {count}" and len(found) == 10
        path.write_text(text)
    (tmp_path / "t.csv-metadata.json").unlink()
    assert open_table(tmp_path / "t.csv").validate() == []
    (tmp_path / "t.triangles.csv").write_text(text[: text.index("\n") + 1])
    found = [str(problem) for problem in open_table(tmp_path / "t.csv").validate()]
    assert found == [f"triangles: rows is 0, expected {len(table.triangles)}"]


def test_j_against_mpmath() -> None:
    """The validator's own j is far better than the tolerance that it grants."""
    sample = [(n, k) for n in (1, 2, 3, 7, 100) for k in range(n)]
    rng = random.Random(3)
    sample += [(196_883, k) for k in (1, 2, 98_441, 98_442, 196_882, *rng.sample(range(196_883), 60))]
    sample += [(MAX_NODES, k) for k in (1, MAX_NODES // 2 - 1, MAX_NODES // 2, MAX_NODES - 1)]
    with mpmath.workdps(40):
        for count, k in sample:
            index = np.array([k])
            true = 1728 * mpmath.kleinj(mpmath.mpc(mpmath.mpf(k) / count, 1))
            error = abs(mpmath.mpc(complex(j_invariant(index, count)[0])) - true) / abs(true)
            assert error < J_TOLERANCE / 20, (count, k)
            sign = 0 if 2 * k % count == 0 else int(mpmath.sign(true.imag))
            assert imaginary_sign(index, count)[0] == sign, (count, k)


def test_j_is_known_at_i() -> None:
    assert j_invariant(np.array([0]), 5)[0] == pytest.approx(1728, rel=1e-14)


def test_pairs_must_differ(thousand: np.ndarray, table: Table) -> None:
    """Below millions of nodes, equal pairs are outside the tolerance anyway; so the check is asked by itself."""
    nodes = table.nodes.copy()
    for row in (500, 40, 30):
        nodes["j_re"][row], nodes["j_im"][row] = nodes["j_re"][20], nodes["j_im"][20]
    nodes["j_re"][[7, 8]] = math.nan
    findings = Findings({"nodes": COUNT}, 10)
    findings.bad["nodes"][30] = True
    check_distinct(findings, nodes)
    pair = f"{nodes['j_re'][20].item()!r}, {nodes['j_im'][20].item()!r}"
    assert [str(problem) for problem in findings.first()] == [
        f"node 40: j is {pair}, expected another pair than node 20's",
        f"node 500: j is {pair}, expected another pair than node 40's",
    ]


def test_the_model_against_mpmath() -> None:
    """The tests' own j, sign and size of its imaginary part included."""
    for count in (10, 196_883):
        values = model.klein_j(count)
        for k in (0, 1, 2, count // 3, count // 2, count // 2 + 1, count - 1):
            with mpmath.workdps(40):
                true = 1728 * mpmath.kleinj(mpmath.mpc(mpmath.mpf(k) / count, 1))
                assert abs(mpmath.mpc(complex(values[k])) - true) < 1e-14 * abs(true)
                if k in (1, 2, count - 1):
                    assert abs(mpmath.mpf(float(values[k].imag)) - true.imag) < 1e-13 * abs(true.imag)


def test_summary(table: Table) -> None:
    summary = table.summary()
    assert summary["nodes"] == COUNT and summary["triangles"] == 505
    assert summary["layers"] == [1000, 334, 112, 38, 13, 5, 2, 1]
    assert summary["sigma"] == (0.0, 7.992)
    assert summary["j_abs"] == pytest.approx((89.5949976693828, 1728))
    assert summary["coherence"] == {1: 610, 2: 390}
    assert summary["apex"] == 7 << 32
    assert summary["checksum_stored"]


def no_entry(table: Table, query: str, *arguments: object) -> str:
    with pytest.raises(SourceError) as caught:
        getattr(table, query)(*arguments)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E0915"
    return diagnostic.message


def test_query_node(table: Table) -> None:
    row = table.node(42)
    assert row["node"].tolist() == [42] and row.dtype.names == table.nodes.dtype.names
    assert no_entry(table, "node", COUNT) == "there is no node 1000: the table has nodes 0 to 999"
    assert no_entry(table, "node", -1) == "there is no node -1: the table has nodes 0 to 999"


@pytest.mark.parametrize(
    ("sigma", "node"),
    [(0, 0), (0.008, 1), (0.0119, 1), (0.0121, 2), (3.3, 412), (7.992, 999), (7.999, 0), (8.0, 0), (-0.008, 999),
     (16.016, 2), (1e300, None)],
)  # fmt: skip
def test_query_sigma(table: Table, sigma: float, node: int | None) -> None:
    """σ has period 8, so the nearest node is on a circle."""
    found = int(table.nearest_sigma(sigma)["node"][0])
    if node is None:
        node = round(math.fmod(sigma, 8) / 0.008) % COUNT
    assert found == node


def test_query_j(table: Table) -> None:
    values = model.klein_j(COUNT)
    for k in (0, 1, 77, 500, 999):
        assert table.nearest_j(values[k].real, values[k].imag)["node"].tolist() == [k]
    assert table.nearest_j(-1e9, 0)["node"].tolist() == [500]
    assert table.nearest_j(1e9, 0)["node"].tolist() == [0]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_query_for_no_number(table: Table, value: float) -> None:
    assert "nearest" in no_entry(table, "nearest_sigma", value)
    assert "nearest" in no_entry(table, "nearest_j", value, 0.0)
    assert "nearest" in no_entry(table, "nearest_j", 0.0, value)


def test_nearest_passes_over_damage(tmp_path: Path) -> None:
    words = model.entries(10)
    words[3, 8] = words[3, 6] = as_bits(math.nan)
    table = saved(tmp_path, words)
    assert table.nearest_sigma(2.4)["node"].tolist() == [2]
    assert table.nearest_j(0, 0)["node"][0] != 3


def test_query_layer(table: Table) -> None:
    assert len(table.layer(0)) == COUNT and "node" in (table.layer(0).dtype.names or ())
    assert table.layer(6)["position"].tolist() == [0, 1]
    assert table.layer(7)["parent"].tolist() == [model.NO_PARENT]
    assert no_entry(table, "layer", 8) == "there is no layer 8: the table has layers 0 to 7"
    assert no_entry(table, "layer", -1) == "there is no layer -1: the table has layers 0 to 7"


def test_query_triangle(table: Table) -> None:
    for given in (0x2_0000_0005, "0x200000005", "8589934597", "0X2_0000_0005", 339, "339"):
        row = table.triangle(given)
        assert row["triangle"].tolist() == [339] and row["id"].tolist() == [0x2_0000_0005]
    assert no_entry(table, "triangle", "0x900000000") == "there is no triangle 0x900000000 (layer 9, position 0)"
    assert no_entry(table, "triangle", 505) == "there is no triangle 505: the table has triangles 0 to 504"
    assert no_entry(table, "triangle", "-1") == "there is no triangle -0x1 (ids are not negative)"
    assert "there is no triangle 0x1" in no_entry(table, "triangle", 1 << 64)
    for text in ("apex", "", "0x", "1.5", "9" * 5000):
        assert "is no triangle's id" in no_entry(table, "triangle", text)


def test_queries_where_the_node_is_the_apex(tmp_path: Path) -> None:
    table = saved(tmp_path, model.entries(1))
    assert table.summary()["apex"] == 0x4D51 << 48
    assert table.node(0)["parent"].tolist() == [model.NO_PARENT]
    assert len(table.layer(0)) == 1
    assert no_entry(table, "triangle", 0) == "there is no triangle 0: the table has none"


def test_values_as_people_read_them() -> None:
    assert show("parent", 255) == "0xff"
    assert show("sector", 3) == "3"
    assert show("sigma", 0.1) == "0.1"
    assert show("checksum", "another") == "another"
