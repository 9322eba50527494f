"""What every command says of a file that is not there."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from qbcc.cli.qbc import qbc
from qbcc.cli.qbcc import qbcc
from tests.cli.test_commands import put

PROGRAM = "main: QHALT\n"


def said(folder: Path, command: str) -> tuple[int, str]:
    """Exit status, and everything that a command prints."""
    name, *words = command.split()
    with contextlib.chdir(folder):
        done = CliRunner().invoke({"qbc": qbc, "qbcc": qbcc}[name], words)
    return done.exit_code, done.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, "hello.qbc", PROGRAM)
    put(tmp_path, "pair.qasm", "OPENQASM 2.0;\n")
    put(tmp_path, "table.npz", "")
    put(tmp_path, "code.sigma", "fn main() { }\n")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("qbc run helo.qbc", "hello.qbc"),
        ("qbc call hello.qcb f", "hello.qbc"),
        ("qbc trace helo.qbc", "hello.qbc"),
        ("qbc profile hello", "hello.qbc"),
        ("qbc draw cod.sigma", "code.sigma"),
        ("qbc test helo.qbc", "hello.qbc"),
        ("qbc run moonshine_entagle", "moonshine_entangle"),
        ("qbc table tabel.npz", "table.npz"),
        ("qbcc compile helo.qbc", "hello.qbc"),
        ("qbcc compile cod.sigma --emit ast", "code.sigma"),
        ("qbcc check coed.sigma", "code.sigma"),
        ("qbcc lint helo.qbc", "hello.qbc"),
        ("qbcc lint hello", "hello.qbc"),
        ("qbcc fmt hello.qcb", "hello.qbc"),
        ("qbcc dis helo.qbc", "hello.qbc"),
        ("qbcc link helo.qbc -o x.qbo", "hello.qbc"),
        ("qbcc import par.qasm", "pair.qasm"),
        ("qbcc explain E302", "E0302"),
    ],
)
def test_the_near_name_is_suggested(folder: Path, command: str, meant: str) -> None:
    status, text = said(folder, command)
    assert (status, text.count("did you mean")) == (1, 1), text
    assert f"did you mean '{meant}'?" in text or f"did you mean {meant}?" in text


@pytest.mark.parametrize("command", ["qbc run zebra.qbc", "qbcc lint zebra.qbc", "qbcc import hello.qbs"])
def test_nothing_is_suggested_where_nothing_is_near(folder: Path, command: str) -> None:
    status, text = said(folder, command)
    assert status == 1
    assert "did you mean" not in text


def test_includes_and_imports(folder: Path) -> None:
    put(folder, "p.qbc", '.include "helo.qbc"\n.include "qbc_cor.qbc"\n.include "../hello.qbc"\nmain: QHALT\n')
    put(folder, "p.sigma", 'import std.mth;\nimport "cod.sigma";\nfn main() { }\n')
    put(folder, "p.qasm", 'OPENQASM 2.0;\ninclude "pari.qasm";\n')
    _, text = said(folder, "qbcc check p.qbc")
    assert "did you mean 'hello.qbc'?" in text
    assert "did you mean 'qbc_core.qbc'?" in text
    assert text.count("did you mean") == 2
    _, text = said(folder, "qbcc check p.sigma")
    assert "did you mean 'std.math'?" in text
    assert "did you mean 'code.sigma'?" in text
    assert text.count("did you mean") == 2
    assert "did you mean 'pair.qasm'?" in said(folder, "qbcc import p.qasm")[1]


def test_an_include_says_nothing_of_other_folders(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    put(tmp_path, "secret.qbc", "")
    (inside / "away").symlink_to(tmp_path)
    put(inside, "p.qbc", '.include "../secrt.qbc"\n.include "away/secrt.qbc"\n.include "awy/secret.qbc"\nmain: QHALT\n')
    assert "secret.qbc'?" not in said(inside, "qbcc check p.qbc")[1]


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("qbc compile hello.qbc", "Did you mean 'qbcc compile'?"),
        ("qbc lint hello.qbc", "Did you mean 'qbcc lint'?"),
        ("qbcc run hello.qbc", "Did you mean 'qbc run'?"),
        ("qbc hello.qbc", "Did you mean 'qbc run hello.qbc'?"),
        ("qbcc hello.qbc", "Did you mean 'qbcc check hello.qbc'?"),
        ("qbc frobnicate", "No such command 'frobnicate'."),
    ],
)
def test_commands_that_are_not_there(folder: Path, command: str, meant: str) -> None:
    status, text = said(folder, command)
    assert status == 2
    assert text.startswith(f"Usage: {command.split()[0]} [OPTIONS] COMMAND")
    assert meant in text
