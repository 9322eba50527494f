"""The counts of circuits in σ beside Qiskit's, on small circuits."""

from __future__ import annotations

from pathlib import Path

from benchmarks.circuits.measure import FOLDER, SIZES, VARIANTS, Row, measured, table

OWN = """const SIZE = 2;
fn main() {
    let q = qubits(SIZE);
    barrier(q);
    h(q[0]); h(q[0]);
    for i in 0..SIZE - 1 { cx(q[i], q[i + 1]); }
    swap(q[0], q[1]);
}
"""


def test_gates_are_counted_in_the_same_basis(tmp_path: Path) -> None:
    (tmp_path / "own.sigma").write_text(OWN, "utf-8")
    row = measured(tmp_path / "own.sigma", 3)
    plain, best, same = (row.counts[name] for name in ("plain", "best", "same"))
    assert row.qubits == 3
    assert (plain.gates, plain.two) == (7, 5)
    assert (best.gates, best.two) == (5, 5)
    assert same.two <= 3
    assert plain.depth == 5 + 2
    (head, _, line, *_) = table([row]).splitlines()
    assert head.count("|") == line.count("|") == 4 + len(VARIANTS)
    assert "| 7 / 5 / 7 | 5 / 5 / 5 |" in line


def test_the_circuits_of_the_library() -> None:
    assert {path.stem for path in FOLDER.glob("*.sigma")} == {*SIZES}
    rows: list[Row] = [measured(FOLDER / "qft.sigma", 3), measured(FOLDER / "grover.sigma", 3)]
    assert set(rows[0].counts) == set(VARIANTS)
    for row in rows:
        assert row.counts["best"].gates <= row.counts["plain"].gates
        assert row.counts["plain"].two > 0
