"""``qbc test`` and the plug-in for pytest from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.test_commands import call, put

GOOD = "main: QMOV r0, 7\n QSYSCALL 1\n QHALT\n; expect: 7\n"
BAD = "main: QMOV r0, N\n QSYSCALL 1\n QHALT\n; define: N=7\n; expect: 7\n; case: eight\n; define: N=9\n; expect: 8\n"


def test_a_line_for_each_file_and_a_summary(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", GOOD)
    put(tmp_path, "b.qbc", BAD)
    done = call("qbc", "test", "a.qbc", "b.qbc", cwd=tmp_path)
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (1, b"")
    assert lines[0].startswith("pass  a.qbc  ")
    assert lines[1].startswith("FAIL  b.qbc  ")
    assert lines[1].endswith("  2 cases, 1 failed")
    assert lines[3:-2] == [
        "case: eight",
        "",
        "error[E1010]: line 1 of the output differs",
        " --> b.qbc:8:11",
        "  |",
        "8 | ; expect: 8",
        "  |           ^",
        "  | - 8",
        "  | + 9",
    ]
    assert lines[-1] == "2 passed, 1 failed; 'qbcc explain CODE' says more"
    done = call("qbc", "test", "a.qbc", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode().splitlines()[-1]) == (0, "1 passed, 0 failed")


def test_options(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    put(tmp_path, "lib/n.qbc", ".define N M + 1\n")
    put(
        tmp_path,
        "t.qbc",
        '.include "n.qbc"\nmain: QMOV r0, N\n QSYSCALL 1\nwait: QJEQ r0, 6, wait\n QHALT\n; expect: 8\n',
    )
    options = ["--engine", "native", "-O", "1", "-I", "lib"]
    assert call("qbc", "test", "t.qbc", *options, "-D", "M=7", cwd=tmp_path).returncode == 0
    done = call("qbc", "test", "t.qbc", *options, "-D", "M=5", "--timeout", "0.2", cwd=tmp_path)
    assert done.returncode == 1
    assert "time limit" in done.stdout.decode()


def test_json(tmp_path: Path) -> None:
    put(tmp_path, "b.qbc", BAD)
    put(tmp_path, "c.qbc", "main: QHALT\n")
    put(tmp_path, "d.qbc", "main: QTRAP 1\n; expect-status: 0\n")
    done = call("qbc", "test", "b.qbc", "c.qbc", "d.qbc", "--json", cwd=tmp_path)
    assert done.returncode == 1
    data = json.loads(done.stdout)
    assert (data["passed"], data["failed"]) == (1, 3)
    first, second, third = data["files"]
    assert [case["passed"] for case in first["cases"]] == [True, False]
    (failure,) = first["cases"][1]["failures"]
    assert (failure["code"], failure["line"]) == ("E1010", 8)
    assert failure["diff"] == [{"mark": "-", "text": "8"}, {"mark": "+", "text": "9"}]
    assert [found["code"] for found in second["diagnostics"]] == ["E1001"]
    assert third["cases"][0]["failures"][0]["trap"]["code"] == "T77"


def pytest_says(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder), *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_pytest_takes_what_is_named(tmp_path: Path) -> None:
    put(tmp_path, "b.qbc", BAD)
    done = pytest_says(tmp_path, "b.qbc")
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "error[E1010]: line 1 of the output differs\n --> b.qbc:8:11\n" in done.stdout
    assert "  | - 8\n  | + 9\n" in done.stdout
    assert "b.qbc::eight" in done.stdout


def test_pytest_takes_what_the_option_lists(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    put(tmp_path, "examples/a.qbc", GOOD)
    put(tmp_path, "examples/library.qbc", "f: QRET\n")
    put(tmp_path, "other.qbc", BAD)
    put(tmp_path, "examples/s.sigma", 'fn main() { print("7"); }\n// expect: 7\n')
    put(tmp_path, "pytest.ini", "[pytest]\nqbc_files = examples/*.qbc\n    examples/*.sigma\n")
    done = pytest_says(tmp_path, "-v")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    assert "examples/a.qbc::a PASSED" in done.stdout
    put(tmp_path, "pytest.ini", "[pytest]\n")
    assert "no tests ran" in pytest_says(tmp_path).stdout


def test_pytest_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    put(tmp_path, "a.qbc", "main: QHALT\n; expect-sttus: 0\n")
    done = pytest_says(tmp_path, "a.qbc")
    assert done.returncode == 2
    assert "error[E1002]: tests have no word 'expect-sttus'" in done.stdout
