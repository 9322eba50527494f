"""What shells complete, asked through the environment as they ask."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from qbcc.cli.qbc import qbc
from qbcc.cli.qbcc import qbcc
from tests.cli.test_commands import call, command, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "hello.qbc", "hello.qbo", "hello.txt", "helper.sigma", "pair.sigma.json", "pair.qasm", "data.json", "t.npz",
        "my file.qbc", ".hidden.qbc", "code/deep/one.qbc", "code/deep/two.sigma", "code/.git/x.qbc",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        put(tmp_path, name, "main: QHALT\n")
    put(tmp_path, "query.qbc", "main: QHALT\n.query_interface\nsquare: QRET\nsum: QRET\n")
    return tmp_path


def completed(folder: Path, line: str, shell: str = "bash") -> list[str]:
    """What a line may go on with, whose last word is the one that is typed in."""
    words = line.split(" ")
    name = words[0]
    settings = {f"_{name.upper()}_COMPLETE": f"{shell}_complete"}
    settings["COMP_WORDS"] = "\n".join(words) if shell == "bash" else line
    settings["COMP_CWORD"] = words[-1] if shell == "fish" else str(len(words) - 1)
    with contextlib.chdir(folder):
        done = CliRunner().invoke({"qbc": qbc, "qbcc": qbcc}[name], [], env=settings)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.rstrip("\n").splitlines()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("qbc run hel", ["hello.qbc", "hello.qbo", "helper.sigma"]),
        ("qbc run p", ["pair.sigma.json"]),
        ("qbc run ./hello.", ["./hello.qbc", "./hello.qbo"]),
        # A folder that is the only one is gone into; what is hidden is left out unless it is asked for.
        ("qbc run co", ["code/deep/one.qbc", "code/deep/two.sigma"]),
        ("qbc run code/deep/o", ["code/deep/one.qbc"]),
        ("qbc run .h", [".hidden.qbc"]),
        ("qbc run my", [r"my\\ file.qbc"]),
        ("qbc run nowhere/", []),
        ("qbc run moonshine_", ["moonshine_entangle", "moonshine_instantiate"]),
        ("qbc draw hello.qb", ["hello.qbc", "hello.qbo"]),
        ("qbc trace hello.qb", ["hello.qbc", "hello.qbo"]),
        ("qbc profile moonshine_e", ["moonshine_entangle"]),
        ("qbc test hel", ["hello.qbc", "helper.sigma"]),
        ("qbc table t", ["t.npz"]),
        ("qbc call q", ["query.qbc"]),
        ("qbc call query.qbc s", ["square", "sum"]),
        ("qbc call missing.qbc s", []),
        ("qbcc compile hello.qbc hel", ["hello.qbc", "hello.qbo", "helper.sigma"]),
        ("qbcc check pair", ["pair.sigma.json"]),
        ("qbcc fmt hel", ["hello.qbc", "helper.sigma"]),
        ("qbcc lint hel", ["hello.qbc", "helper.sigma"]),
        ("qbcc dis hel", ["hello.qbo"]),
        ("qbcc link hel", ["hello.qbo"]),
        ("qbcc import p", ["pair.qasm"]),
        ("qbcc compile x.qbc --emit q", ["qasm3", "qasm2", "qir", "qiskit"]),
        ("qbcc compile --emit=c", ["cfg", "callgraph"]),
        ("qbcc compile x.sigma -O 0 --dump-after lo", ["lower"]),
        ("qbc run x --engine n", ["native"]),
        ("qbc run x --backend n", ["none"]),
        ("qbc run x --backend m", ["mock:"]),
        ("qbc run x --backend aer:m", ["aer:matrix_product_state"]),
        # As bash cuts it.
        ("qbc run x --backend aer : m", ["matrix_product_state"]),
        ("qbc run x --backend mock : d", ["data.json"]),
        ("qbc run x --backend mock :", ["data.json", "pair.sigma.json", "code/"]),
        ("qbc run x --noise bit", ["bit_flip="]),
        ("qbc run x --noise da", ["data.json"]),
        ("qbc run x --noise bit_flip=0.1,re", ["bit_flip=0.1,readout="]),
        ("qbc trace x --register r1", ["r1", "r10", "r11", "r12", "r13", "r14", "r15"]),
        ("qbcc explain t7", ["T70", "T71", "T72", "T73", "T74", "T75", "T76", "T77", "T78", "T79"]),
        ("qbcc explain L0101", ["L0101"]),
        ("qbcc explain S0101", ["S0101"]),
        ("qbc r", ["run"]),
        ("qbcc c", ["check", "compile"]),
        ("qbc run --sh", ["--shots", "--sharpen"]),
        ("qbcc fmt --st", ["--stdin-name"]),
    ],
)
def test_what_is_completed(folder: Path, line: str, found: list[str]) -> None:
    assert sorted(completed(folder, line)) == sorted(f"plain,{each}" for each in found)


def test_runs_that_can_be_resumed(folder: Path) -> None:
    (folder / ".qbc" / "runs").mkdir(parents=True)
    (folder / ".qbc" / "runs" / "0a1b2c3d.json").touch()
    assert completed(folder, "qbc run --resume 0") == ["plain,0a1b2c3d"]


def test_options_without_words_of_their_own_leave_it_to_the_shell(folder: Path) -> None:
    assert completed(folder, "qbc run x -o ") == ["file,"]
    assert completed(folder, "qbcc check x -I ") == ["dir,"]


def test_texts_beside_words(folder: Path) -> None:
    zsh = completed(folder, "qbcc explain E0201", "zsh")
    assert zsh[:2] == ["plain", "E0201"]
    assert len(zsh) == 3
    fish = completed(folder, "qbc run moonshine_e", "fish")
    assert "standard library" in " ".join(fish)


def test_names_that_no_shell_can_read(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.qbc")).touch()
    (folder / "bad\n.qbc").touch()
    assert completed(folder, "qbc run bad") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("name", ["qbc", "qbcc"])
def test_the_script_of_a_shell(folder: Path, name: str, shell: str) -> None:
    done = call(name, cwd=folder, **{f"_{name.upper()}_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert f"_{name.upper()}_COMPLETE={shell}_complete".encode() in done.stdout


def test_in_a_process_of_its_own(folder: Path) -> None:
    settings = {"_QBC_COMPLETE": "bash_complete", "COMP_WORDS": "qbc run hello.", "COMP_CWORD": "2"}
    done = call("qbc", cwd=folder, **settings)
    assert (done.stdout, done.stderr) == (b"plain,hello.qbc\nplain,hello.qbo\n", b"")


def test_in_bash_itself(folder: Path) -> None:
    import pexpect

    program, *args = command("qbc")
    start = folder / "qbc"
    start.write_text(f"#!/bin/sh\nexec '{program}' {args[0]} '{args[1]}' \"$@\"\n")
    start.chmod(0o755)
    env = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "TERM": "dumb",
        "INPUTRC": "/dev/null",
    }
    bash = pexpect.spawn(
        "bash", ["--norc", "--noprofile", "-i"], cwd=str(folder), env=env, encoding="utf-8", timeout=60
    )
    bash.sendline("PS1='> '; eval \"$(_QBC_COMPLETE=bash_source qbc)\"; echo rea''dy")
    bash.expect_exact("ready\r\n")
    bash.send("qbc run my\t")
    bash.expect_exact(r"my\ file.qbc")
    bash.sendline("--help | grep -c Usage")
    bash.expect_exact("\n1\r\n")
    bash.send("qbc run query.qbc --backend aer:mat\t")
    bash.expect_exact("aer:matrix_product_state")
    bash.sendline("--help | grep -c Usage")
    bash.expect_exact("\n1\r\n")
    bash.sendline("exit")
    bash.close()
