"""Slips at the command line: one answer that says what to write, or the command does what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qbcc.api import Machine
from tests.cli.test_commands import call, put

SQUARE = ".query_interface\nsquare: QMUL r0, r0\n QRET\n"
ARGUMENT = 'fn main() { print("{argument(0, 7)}"); }\n'
HELLO = "main: QMOV r0, 1\n QSYSCALL 1\n QHALT\n"
COIN = 'fn main() { let q = qubits(1); h(q[0]); record("bit", measure(q[0])); }\n'


def said(folder: Path, *words: str) -> str:
    """What a command that fails reports."""
    done = call(*words, cwd=folder)
    assert done.returncode, done.stdout
    return done.stderr.decode()


@pytest.mark.parametrize("command", ["lint", "fmt", "check"])
def test_a_file_that_does_not_exist(command: str, tmp_path: Path) -> None:
    assert "cannot read 'nope': no such file" in said(tmp_path, "qbcc", command, "nope")


@pytest.mark.parametrize(
    ("noise", "words"),
    [
        ("0.01", "write depolarizing=0.01"), ("depolarizing", "write depolarizing=0.01"), ("", "write depolarizing=0.01"),
        ("bit_flip", "write bit_flip=0.01"), ("bit_flip=0.1,bit_flip=0.2", "'bit_flip' is given twice"),
    ],
)  # fmt: skip
def test_noise(noise: str, words: str, tmp_path: Path) -> None:
    put(tmp_path, "coin.sigma", COIN)
    assert words in said(tmp_path, "qbc", "run", "coin.sigma", "--noise", noise)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("call", "query.qbc", "square", "-5"), b"25\n"), (("call", "query.qbc", "square", "-1.5", "--stats"), b"2.25\n"),
        (("run", "argument.sigma", "-5"), b"-5\n"), (("run", "argument.sigma", "--clock", "-3", "-5"), b"-5\n"),
        (("run", "argument.sigma", "--", "-5"), b"-5\n"),
    ],
)  # fmt: skip
def test_negative_arguments(words: tuple[str, ...], printed: bytes, tmp_path: Path) -> None:
    put(tmp_path, "query.qbc", SQUARE)
    put(tmp_path, "argument.sigma", ARGUMENT)
    done = call("qbc", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, printed), done.stderr


@pytest.mark.parametrize(("name", "text"), [("empty.qbc", ""), ("empty.json", ""), ("comment.qbc", "; nothing\n")])
def test_a_program_without_instructions(name: str, text: str, tmp_path: Path) -> None:
    put(tmp_path, name, text)
    assert "the program has no instructions" in said(tmp_path, "qbc", "run", name)


def test_one_program_for_a_circuit(tmp_path: Path) -> None:
    put(tmp_path, "a.sigma", COIN)
    put(tmp_path, "b.sigma", COIN)
    assert "takes one program" in said(tmp_path, "qbcc", "compile", "a.sigma", "b.sigma", "--emit", "qasm3")


def test_unknown_options(tmp_path: Path) -> None:
    put(tmp_path, "hello.qbc", HELLO)
    assert "Did you mean" not in said(tmp_path, "qbc", "run", "hello.qbc", "--verbose")
    assert "Did you mean '--seed'" in said(tmp_path, "qbc", "run", "hello.qbc", "--seeds", "3")
    assert "'abc' is not a valid integer." in said(tmp_path, "qbc", "run", "hello.qbc", "--shots", "abc")


def test_the_status_of_a_trap_is_a_code(tmp_path: Path) -> None:
    assert call("qbcc", "explain", "71", cwd=tmp_path).stdout.startswith(b"T71: bad address")


def test_help_is_a_command(tmp_path: Path) -> None:
    for words, same in ((("help",), ("--help",)), (("help", "run"), ("run", "--help"))):
        assert call("qbc", *words, cwd=tmp_path).stdout == call("qbc", *same, cwd=tmp_path).stdout
    assert "Did you mean 'qbcc compile'" in said(tmp_path, "qbc", "help", "compile")


@pytest.mark.parametrize("command", ["lint", "fmt", "check"])
def test_folders(command: str, tmp_path: Path) -> None:
    for name in ("full", "empty"):
        (tmp_path / name).mkdir()
    put(tmp_path, "full/hello.qbc", HELLO)
    put(tmp_path, "full/wrong.qbc", "main: QADD ]\n")
    assert "wrong.qbc:1:" in said(tmp_path, "qbcc", command, "full")
    done = call("qbcc", command, "empty", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert re.fullmatch(rb"there is no source in the folder 'empty': .*\n", done.stderr)


def test_shots_without_records(tmp_path: Path) -> None:
    put(tmp_path, "hello.qbc", HELLO)
    done = call("qbc", "run", "hello.qbc", "--shots", "100", cwd=tmp_path)
    assert done.stderr.count(b"\n") == 1
    assert b"nothing is recorded or measured" in done.stderr


def test_one_shot(tmp_path: Path) -> None:
    put(tmp_path, "coin.sigma", COIN)
    done = call("qbc", "run", "coin.sigma", "--shots", "1", cwd=tmp_path)
    assert done.stdout.startswith(b"1 shot of bit")
    assert done.stderr == b""


def test_a_program_in_python(tmp_path: Path) -> None:
    put(tmp_path, "q.py", "x = 1\n")
    assert "'q.py' is a program in Python" in said(tmp_path, "qbc", "run", "q.py")


@pytest.mark.parametrize(
    "words",
    [
        ("qbcc", "import", "a.qasm", "-o", "victim.sigma"), ("qbcc", "compile", "hello.qbc", "-o", "victim.qbc"),
        ("qbcc", "compile", "hello.qbc", "-o", "victim.sigma"), ("qbc", "trace", "hello.qbc", "-o", "victim.sigma"),
        ("qbcc", "compile", "hello.qbc", "--emit", "listing", "-o", "victim.qbc"),
        ("qbcc", "compile", "coin.sigma", "--emit", "qasm3", "-o", "victim.sigma"),
        ("qbcc", "compile", "coin.sigma", "--emit", "asm", "-o", "victim.sigma"),
    ],
)  # fmt: skip
def test_outputs_over_sources(words: tuple[str, ...], tmp_path: Path) -> None:
    files = {"victim.sigma": "// mine\n", "victim.qbc": "; mine\n"}
    for name, text in files.items():
        put(tmp_path, name, text)
    put(tmp_path, "hello.qbc", HELLO)
    put(tmp_path, "coin.sigma", COIN)
    put(tmp_path, "a.qasm", "OPENQASM 3.0;\nqubit q;\n")
    assert "and the output is of another kind" in said(tmp_path, *words)
    for name, text in files.items():
        assert (tmp_path / name).read_text("utf-8") == text


def test_a_machine_takes_a_compiled_program() -> None:
    with pytest.raises(TypeError, match="compile it first"):
        Machine("bell.sigma")  # type: ignore[arg-type]
