"""What reaches a terminal, and streams that are closed, full, or that nobody reads any more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qbcc.visible import safe

ROOT = Path(__file__).parents[2]
EVIL = r"\x1b[31mred\x07\x1b]0;pwn\x07\u{9b}2J\u{202e}x\x7f"
MOCK = ("--backend", "mock:answers.json")
"""Needs no simulator, whose import takes a second."""
RECORD = f"""
main: QALLOC r4, 1
      QH r4
      QMEAS r1, r4
      QMOV r0, n
      QSYSCALL 14
      QHALT
.data
n: .asciz "{EVIL}"
"""
TRAP = f'main: QTRAP t\n.data\nt: .asciz "{EVIL}"\n'
SAID = 'main: QMOV r0, t\n QSYSCALL 2\n QHALT 3\n.data\nt: .asciz "\\x1b[31mx\\n"\n'


def call(
    folder: Path, name: str, *arguments: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE, **env: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", f"from qbcc.cli.{name} import main; main()", *arguments],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **env},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "record.qbc": RECORD,
        "answers.json": '{"measure": [0.5], "repeat": true}',
        "trap.qbc": TRAP,
        "said.qbc": SAID,
        "wrong.qbc": 'main: QFOO "\x1b[31m\x9b\u202e"\n',
        "a\x1b[31mb.qbc": "main: QFOO\n",
        "bad\udc80.qbc": "main: QFOO\n",
        "test.qbc": f'main: QMOV r0, t\n QSYSCALL 2\n QHALT\n.data\nt: .asciz "{EVIL}"\n; expect: y\n',
        "plain.sigma": 'fn main() { var q = qubit(); h(q); record("b", measure(q)); print("x"); }\n',
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("qbc", "run", "record.qbc", "--shots", "9", *MOCK, "--hist"),
        ("qbc", "run", "record.qbc", "--shots", "9", *MOCK, "--json"),
        ("qbc", "run", "record.qbc", "--json", *MOCK),
        ("qbc", "run", "trap.qbc"),
        ("qbc", "run", "trap.qbc", "--json"),
        ("qbc", "run", "wrong.qbc"),
        ("qbc", "run", "wrong.qbc", "--json"),
        ("qbc", "run", "a\x1b[31mb.qbc"),
        ("qbc", "run", "bad\udc80.qbc"),
        ("qbc", "run", "bad\udc80.qbc", "--json"),
        ("qbc", "run", "none\x1b[31m.qbc"),
        ("qbc", "run", "trap.qbc", "--noise", "\x1b[31m"),
        ("qbc", "run", "trap.qbc", "--backend", "mock:\x1b]0;x\x07"),
        ("qbc", "trace", "trap.qbc"),
        ("qbc", "trace", "trap.qbc", "--json"),
        ("qbc", "profile", "trap.qbc"),
        ("qbc", "test", "test.qbc"),
        ("qbc", "test", "test.qbc", "--json"),
        ("qbc", "table", "a\x1b[31mb.qbc"),
        ("qbcc", "compile", "trap.qbc", "--emit", "asm"),
        ("qbcc", "compile", "trap.qbc", "--emit", "listing"),
        ("qbcc", "lint", "wrong.qbc"),
        ("qbcc", "explain", "\x1b[31m"),
        ("qbcc", "fmt", "--check", "a\x1b[31mb.qbc"),
    ],
)  # fmt: skip
def test_nothing_of_others_is_acted_on(folder: Path, command: tuple[str, ...]) -> None:
    done = call(folder, *command)
    for stream in (done.stdout, done.stderr):
        text = stream.decode()
        assert safe(text) == text
        assert "\x1b" not in text
    assert b"Traceback" not in done.stderr
    assert done.stdout + done.stderr


def test_what_a_program_prints_stays_as_it_is(folder: Path) -> None:
    assert call(folder, "qbc", "run", "said.qbc").stdout == b"\x1b[31mx\n"
    assert b"\x1b[31mx\n" in call(folder, "qbc", "run", "said.qbc", "--shots", "2", "--prints").stdout


@pytest.mark.parametrize(
    ("command", "is_error"),
    [
        (("qbc", "--help"), False),
        (("qbc", "--version"), False),
        (("qbc", "run", "said.qbc"), False),
        (("qbc", "run", "record.qbc", "--shots", "3", *MOCK), False),
        (("qbc", "trace", "said.qbc"), True),
        (("qbc", "trace", "said.qbc", "--json"), False),
        (("qbc", "profile", "said.qbc"), True),
        (("qbc", "test", "test.qbc"), False),
        (("qbc", "backends"), False),
        (("qbcc", "explain", "E0201"), False),
        (("qbcc", "compile", "said.qbc", "--emit", "asm"), False),
        (("qbcc", "check", "wrong.qbc", "--json"), False),
        (("qbcc", "check", "wrong.qbc"), True),
    ],
)  # fmt: skip
def test_a_reader_that_is_gone_is_141(folder: Path, command: tuple[str, ...], is_error: bool) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        other = {"stderr": writing} if is_error else {"stdout": writing}
        done = call(folder, *command, **other)
    finally:
        os.close(writing)
    assert done.returncode == 141
    assert (not is_error and done.stderr == b"") or (is_error and b"Traceback" not in done.stdout)


@pytest.mark.parametrize(
    "command", [("qbc", "--help"), ("qbc", "run", "record.qbc", "--shots", "3", *MOCK), ("qbcc", "explain", "E0201")]
)
def test_a_full_disk_is_one_line(folder: Path, command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = call(folder, *command, stdout=full.fileno())
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert "No space left on device" in line


@pytest.mark.parametrize(
    "command",
    [
        ("qbc", "run", "record.qbc", "--noise", "pipe"),
        ("qbc", "run", "record.qbc", "--backend", "mock:pipe"),
        ("qbc", "run", "pipe.qbc"),
        ("qbc", "run", "said.qbc", "-o", "pipe.npz"),
        ("qbc", "run", "--resume", "aaaaaaaa"),
        ("qbc", "table", "pipe"),
        ("qbcc", "import", "pipe"),
    ],
)  # fmt: skip
def test_a_pipe_in_place_of_a_file_is_one_error(folder: Path, command: tuple[str, ...]) -> None:
    (folder / ".qbc" / "runs").mkdir(parents=True)
    for name in ("pipe", "pipe.qbc", "pipe.npz", ".qbc/runs/aaaaaaaa.json"):
        os.mkfifo(folder / name)
    done = call(folder, *command)
    assert done.returncode in (1, 2)
    assert b"Traceback" not in done.stderr
    assert done.stderr.decode().lower().count("error") >= 1


@pytest.mark.parametrize(
    "command", [("qbcc", "check", "-"), ("qbc", "run", "-"), ("qbcc", "fmt", "-", "--stdin-name", "a.qbc")]
)
def test_a_source_from_closed_standard_input(folder: Path, command: tuple[str, ...]) -> None:
    line = f"exec '{sys.executable}' -c 'from qbcc.cli.{command[0]} import main; main()' {' '.join(command[1:])} <&-"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().startswith("error[E0501]: cannot read standard input: it is closed\n")
