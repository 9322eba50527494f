"""``qbc run --shots``: the table, the bars, the picture, JSON, and what is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_commands import call

QBC = [sys.executable, "-c", "from qbcc.cli.qbc import main; main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"}
BELL = """
main: QALLOC r4, 2
 QH 1
 QCX 1, 2
 QMEAS r0, 1
 QMEAS r1, 2
 QSYSCALL 1
 QHALT
"""
TRAPS = "main: QALLOC r4\n QH 1\n QMEAS r0, 1\n QASSERT r0, 0\n QHALT"


def run(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "p.qbc").write_text(text, "utf-8")
    command = [*QBC, "run", "p.qbc", "--seed", "1", *options]
    return subprocess.run(
        command, cwd=folder, capture_output=True, env=ENVIRONMENT, timeout=120, check=False, encoding="utf-8"
    )


def test_the_table(tmp_path: Path) -> None:
    done = run(tmp_path, BELL, "--shots", "1000", "--hist", "--stats")
    assert done.returncode == 0
    first, *rows = done.stdout.splitlines()
    assert first == "1,000 shots of line 5, line 6 (first rightmost)"
    joint = [re.fullmatch(r"  (11|00)  (\d+)  (0\.\d{4}) ± (0\.\d{4})  █+", row) for row in rows[:2]]
    assert all(joint)
    assert sum(int(row[2]) for row in joint if row) == 1000
    assert all(row and abs(int(row[2]) / 1000 - float(row[3])) < 1e-9 and row[4].startswith("0.015") for row in joint)
    assert "line 5" in rows
    assert re.search(r"\d+ instructions in .* s, 2 outcomes, seed 1\n", done.stderr)


MIXED = """main: QALLOC r4, 2
 QH 1
 QMEAS r4, 1
 QMOV r0, a
 QMOV r1, 1
 QSYSCALL 14
 QMOV r0, b
 QMUL r1, r4, 3
 QSYSCALL 14
 QMOV r0, c
 QMOV r1, 0
 QSYSCALL 14
 QHALT
.data
a: .asciz "a"
b: .asciz "b"
c: .asciz "c"
; shots: 0, 3, 1 0.5
; shots: OTHER 0.5
"""


@pytest.mark.parametrize("other", ["001", "0, 0, 1"])
def test_records_of_any_width_have_one_order(tmp_path: Path, other: str) -> None:
    """The rows of the table, JSON and the names of tests."""
    text = MIXED.replace("OTHER", other)
    done = run(tmp_path, text, "--shots", "1000")
    first, *rows = done.stdout.splitlines()
    assert first == "1,000 shots of a, b, c (first rightmost)"
    assert {row.split("  ")[1] for row in rows[:2]} == {"0, 3, 1", "0, 0, 1"}
    found = json.loads(run(tmp_path, text, "--shots", "1000", "--json").stdout)
    assert found["order"] == "first rightmost"
    for row in found["outcomes"]:
        assert row["label"].split(", ") == [str(value["value"]) for value in reversed(row["values"])]
    assert call("qbc", "test", "p.qbc", cwd=tmp_path).returncode == 0


def test_json(tmp_path: Path) -> None:
    done = run(tmp_path, BELL, "--shots", "1000", "--json", "--prints")
    found = json.loads(done.stdout)
    assert found["shots"] == 1000
    assert {outcome["label"] for outcome in found["outcomes"]} == {"00", "11"}
    assert sum(outcome["count"] for outcome in found["outcomes"]) == 1000
    assert {outcome["output"] for outcome in found["outcomes"]} == {"0", "1"}
    assert found["outcomes"][0]["values"][0]["name"] == "line 5"
    assert set(found["records"]) == {"line 5", "line 6"}
    assert found["repeated"] is None


def test_prints(tmp_path: Path) -> None:
    done = run(tmp_path, BELL, "--shots", "100", "--prints")
    assert re.search(
        r"-- 00: \d+ shots\n0\n-- 11: \d+ shots\n1\n|-- 11: \d+ shots\n1\n-- 00: \d+ shots\n0\n", done.stdout
    )
    assert run(tmp_path, BELL, "--shots", "100").stdout.startswith("100 shots")
    assert run(tmp_path, BELL, "--shots", "1").stdout[1:].startswith("\n1 shot of line 5")


def test_runs_that_differ_are_told(tmp_path: Path) -> None:
    done = run(tmp_path, "main: QSYSCALL 8\n QHALT", "--shots", "30", "--prints")
    assert (done.returncode, done.stderr) == (
        0,
        "every shot was run by itself: the program uses random numbers (system calls 8 and 9)\n",
    )
    assert "nothing  30  1.0000 ± 0.0000" in done.stdout


def test_traps(tmp_path: Path) -> None:
    done = run(tmp_path, TRAPS, "--shots", "100")
    assert done.returncode == 78
    assert "QASSERT r0, 0" in done.stderr
    assert re.search(r"\d+ of 100 shots ended so", done.stderr)
    assert "1 [status 78]" in done.stdout


@pytest.mark.parametrize("name", ["bars.png", "bars.svg"])
def test_the_picture(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, BELL, "--shots", "100", "--plot", name)
    assert (done.returncode, done.stderr) == (0, "")
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"\x89PNG" if name.endswith("png") else b"<?xml")
    assert [path.name for path in sorted(tmp_path.iterdir())] == sorted([name, "p.qbc"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--shots", "2", "-o", "t.csv"], "show one run"),
        (["--shots", "2", "--regs"], "show one run"),
        (["--shots", "2", "--dump", "0x1000:8"], "show one run"),
        (["--hist"], "--shots N"),
        (["--plot", "a.png"], "--shots N"),
        (["--shots", "2", "--plot", "a.pdf"], ".png or .svg"),
        (["--shots", "0"], "--shots"),
        (["--backend", "bear"], "no backend 'bear'"),
        (["--backend", "aer:magic"], "no backend 'aer:magic'"),
    ],
)
def test_usage(options: list[str], words: str, tmp_path: Path) -> None:
    done = run(tmp_path, BELL, *options)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_backend_that_does_not_exist_is_told_to_every_program(tmp_path: Path) -> None:
    done = run(tmp_path, "main: QHALT", "--backend", "bear")
    assert (done.returncode, "no backend 'bear'" in done.stderr) == (2, True)
    assert run(tmp_path, "main: QHALT", "--backend", "none").returncode == 0


def test_no_picture_over_the_program(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_text(BELL, "utf-8")
    command = [*QBC, "run", "p.png", "--shots", "5", "--plot", "p.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=ENVIRONMENT, timeout=120, check=False)
    assert done.returncode == 1
    assert (tmp_path / "p.png").read_text("utf-8") == BELL


def test_a_picture_that_cannot_be_written(tmp_path: Path) -> None:
    done = run(tmp_path, BELL, "--shots", "10", "--plot", "nowhere/bars.png")
    assert done.returncode == 1
    assert done.stderr.startswith("error[E")
    assert "10 shots" in done.stdout


def test_a_picture_of_a_table_that_nobody_reads(tmp_path: Path) -> None:
    (tmp_path / "p.qbc").write_text(BELL, "utf-8")
    command = [*QBC, "run", "p.qbc", "--shots", "5", "--plot", "p.png"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=tmp_path, stdout=writing, env=ENVIRONMENT, timeout=120, check=False)
    os.close(writing)
    assert done.returncode == 141
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
