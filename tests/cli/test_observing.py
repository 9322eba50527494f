"""``qbc trace`` and ``qbc profile`` from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_commands import call, put

PROGRAM = "main:\n    QMOV r0, 7\n    QSYSCALL 1\n    QCALL f\n    QHALT 3\nf:\n    QDIV r1, r0, r2\n    QRET\n"
SIGMA = 'fn twice(n: int) -> int {\n    if n == 0 { return 0; }\n    return twice(n - 1) + 2;\n}\nfn main() {\n    print("{twice(3)}");\n}\n'


def test_trace_stays_apart_from_what_is_printed(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", PROGRAM.replace("r0, r2", "r0, 2"))
    done = call("qbc", "trace", "a.qbc", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"7")
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 7
    assert lines[4].split()[:3] == ["4", "1", "QDIV"]


def test_a_trap_ends_a_trace(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", PROGRAM)
    done = call("qbc", "trace", "a.qbc", "--last", "2", cwd=tmp_path)
    assert done.returncode == 70
    lines = done.stderr.decode().splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["number", "3", "4"]
    assert "QDIV r1, r0, r2" in lines[2]
    assert lines[3].startswith("trap[T70]")


def test_json_lines(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", PROGRAM)
    done = call("qbc", "trace", "a.qbc", "--json", "--register", "r1", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (70, b"")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0] == {"prints": "7"}
    # System calls may take r1.
    assert [line["instruction"] for line in lines[1:-1]] == ["QSYSCALL 1", "QDIV r1, r0, r2"]
    assert lines[2]["writes"] == {}
    assert lines[2]["reads"] == {"r0": 7, "r2": 0}
    assert (lines[-1]["end"]["status"], lines[-1]["end"]["instructions"]) == (70, 4)
    assert lines[-1]["end"]["trap"]["code"] == "T70"


def test_a_trace_in_a_file(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", PROGRAM)
    done = call("qbc", "trace", "a.qbc", "--json", "-o", "t.jsonl", "--routine", "f", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (70, b"7")
    lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    assert [line.get("instruction") for line in lines] == ["QDIV r1, r0, r2", None]
    put(tmp_path, "a.inc", PROGRAM)
    put(tmp_path, "b.qbc", '.include "a.inc"\n')
    refused = call("qbc", "trace", "b.qbc", "-o", "a.inc", cwd=tmp_path)
    assert refused.returncode == 1
    assert b"is an input of this run" in refused.stderr
    assert (tmp_path / "a.inc").read_text() == PROGRAM
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.inc", "a.qbc", "b.qbc", "t.jsonl"]


def test_lines_of_sigma(tmp_path: Path) -> None:
    put(tmp_path, "a.sigma", SIGMA)
    done = call("qbc", "trace", "a.sigma", "-O", "0", "--json", cwd=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["file"] for line in lines if "file" in line} >= {"a.sigma"}
    assert {line["line"] for line in lines if line.get("file") == "a.sigma"} >= {2, 3, 6}
    profile = json.loads(call("qbc", "profile", "a.sigma", "-O", "0", "--json", cwd=tmp_path).stdout)
    assert profile["output"] == "6\n"
    assert profile["profile"]["instructions"] == profile["stats"]["instructions"]
    routines = {routine["name"]: routine for routine in profile["profile"]["routines"]}
    assert routines["twice"]["calls"] == 4
    shown = call("qbc", "profile", "a.sigma", "-O", "0", "--annotate", cwd=tmp_path).stderr.decode()
    assert any(line.endswith("return twice(n - 1) + 2;") and line.strip()[0].isdigit() for line in shown.splitlines())


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--routine", "g"), "no instruction is in 'g'"),
        (("--range", "f"), "no range"),
        (("--register", "r99"), "no register"),
        (("--last", "0"), "Invalid value"),
    ],
)
def test_wrong_filters(tmp_path: Path, words: tuple[str, ...], text: str) -> None:
    put(tmp_path, "a.qbc", PROGRAM)
    done = call("qbc", "trace", "a.qbc", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert text in done.stderr.decode()


def test_profile_shows_tables_and_writes_files(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", PROGRAM.replace("r0, r2", "r0, 2"))
    done = call("qbc", "profile", "a.qbc", "--top", "1", "-o", "p.svg", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"7")
    shown = done.stderr.decode()
    for text in ("6 instructions", "main", "and 1 more", "a.qbc:2: QMOV r0, 7"):
        assert text in shown, text
    assert (tmp_path / "p.svg").read_text().startswith("<svg ")
    for name, start in (("p.json", '{"$schema": "https://www.speedscope'), ("p.txt", "main 4\nmain;f 2\n")):
        assert call("qbc", "profile", "a.qbc", "-o", name, cwd=tmp_path).returncode == 3
        assert (tmp_path / name).read_text().startswith(start)
    assert call("qbc", "profile", "a.qbc", "-o", "p.png", cwd=tmp_path).returncode == 2


def test_profile_of_a_run_that_traps(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", PROGRAM)
    done = call("qbc", "profile", "a.qbc", cwd=tmp_path)
    assert done.returncode == 70
    assert "trap[T70]" in done.stderr.decode()
    assert "4 instructions" in done.stderr.decode()


@pytest.mark.parametrize("words", [("--json",), ("2>&1", ">/dev/null")])
def test_a_reader_that_goes_away(tmp_path: Path, words: tuple[str, ...]) -> None:
    put(tmp_path, "a.qbc", "main: QADD r1, 1\nQJLT r1, 100000, main\n")
    command = f"{sys.executable} -c 'from qbcc.cli.qbc import main; main()' trace a.qbc {' '.join(words)} | head -2"
    done = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"], cwd=tmp_path, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (141, b"")
    assert len(done.stdout.splitlines()) == 2
