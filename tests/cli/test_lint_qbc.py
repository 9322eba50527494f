"""``qbcc lint`` of QBC by the command line: forms of the answer, fixes in files, folders, levels of a project."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from tests.cli.test_commands import call, put

LOST = """\
main:
    QMOV r4, 0
next:
    QMOV r0, r4
    QCALL show
    QADD r4, 1
    QJLT r4, 3, next
    QHALT
show:
    QMUL r4, r0, r0     ; a comment that stays
    QMOV r0, r4
    QSYSCALL 1
    QRET
"""
_SCHEMA = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {"version": {"const": "2.1.0"}, "runs": {"type": "array", "minItems": 1}},
}


def test_an_error_ends_with_1_and_says_both_places(tmp_path: Path) -> None:
    put(tmp_path, "lost.qbc", LOST)
    done = call("qbcc", "lint", "lost.qbc", cwd=tmp_path)
    assert done.returncode == 1
    assert b"error[L0102]: this call overwrites r4, the loop's counter: show" in done.stderr
    assert b"lost.qbc:10:5: 'show' overwrites r4 here" in done.stderr


def test_fixes_are_written_and_the_program_runs(tmp_path: Path) -> None:
    path = put(tmp_path, "lost.qbc", LOST)
    done = call("qbcc", "lint", "--fix", "--strict", "lost.qbc", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"1 fix written\n")
    fixed = path.read_text("utf-8")
    assert "show:\n    QPUSH r4\n    QMUL r4, r0, r0     ; a comment that stays\n" in fixed
    assert "    QPOP r4\n    QRET\n" in fixed
    done = call("qbc", "run", "lost.qbc", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"014")


def test_ends_of_lines_stay_as_they_are(tmp_path: Path) -> None:
    path = put(tmp_path, "lost.qbc", "")
    path.write_bytes(LOST.replace("\n", "\r\n").encode())
    assert call("qbcc", "lint", "--fix", "lost.qbc", cwd=tmp_path).returncode == 0
    content = path.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") == LOST.count("\n") + 2


def test_as_json_and_sarif(tmp_path: Path) -> None:
    put(tmp_path, "lost.qbc", LOST)
    done = call("qbcc", "lint", "--json", "lost.qbc", cwd=tmp_path)
    (found,) = json.loads(done.stdout)
    assert (found["code"], found["line"]) == ("L0102", 5)
    assert len(found["fix"]["edits"]) == 2
    done = call("qbcc", "lint", "--sarif", "lost.qbc", cwd=tmp_path)
    log = json.loads(done.stdout)
    jsonschema.validate(log, _SCHEMA)
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "L0102"
    (change,) = result["fixes"][0]["artifactChanges"]
    assert [r["insertedContent"]["text"] for r in change["replacements"]] == ["QPUSH r4\n    ", "QPOP r4\n    "]
    assert len(result["relatedLocations"]) == 4


def test_folders_of_both_languages_and_levels_of_the_project(tmp_path: Path) -> None:
    put(tmp_path, "lost.qbc", LOST)
    put(tmp_path, "a.sigma", 'fn main() {\n    var n = 3;\n    print("{n}");\n}\n')
    put(tmp_path, "use.qbc", '.include "lost.qbc"\n')
    done = call("qbcc", "lint", ".", cwd=tmp_path)
    # What is included and named too is told once.
    assert (done.returncode, done.stderr.count(b"L0102"), done.stderr.count(b"S0907")) == (1, 1, 1)
    put(tmp_path, "pyproject.toml", '[tool.qbc.lint]\nL0102 = "hint"\nS0907 = "off"\n')
    done = call("qbcc", "lint", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr.count(b"hint[L0102]"), done.stderr.count(b"S0907")) == (0, 1, 0)
    put(tmp_path, "pyproject.toml", '[tool.qbc.lint]\nL0999 = "hint"\n')
    done = call("qbcc", "lint", "lost.qbc", cwd=tmp_path)
    assert done.returncode == 1
    assert b"E0811" in done.stderr


def test_standard_input_and_other_files(tmp_path: Path) -> None:
    done = call("qbcc", "lint", "-", "--stdin-name", "lost.qbc", cwd=tmp_path, stdin=LOST.encode())
    assert (done.returncode, done.stderr.count(b"L0102")) == (1, 1)
    put(tmp_path, "a.txt", LOST)
    done = call("qbcc", "lint", "a.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert b"E0810" in done.stderr
    assert b".qbc and .sigma" in done.stderr


def test_explain(tmp_path: Path) -> None:
    done = call("qbcc", "explain", "l0102", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(b"L0102: a loop's counter")
