"""The file that a missing name was meant to be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qbcc.near_files import near, near_program

PROGRAMS = (".qbc", ".sigma", ".sigma.json", ".qbo")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        "hello.qbc",
        "hello.txt",
        "bell.sigma",
        "bell.sigma.json",
        "both.qbc",
        "both.qbo",
        "Primes.sigma",
        "a.qbc",
        "my file.qbc",
        ".secret.qbc",
        "examples/grover.qbc",
        "examples/deep/teleport.sigma",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.qbc").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("helo.qbc", "hello.qbc"),
        ("hlelo.qbc", "hello.qbc"),
        ("helllo.qbc", "hello.qbc"),
        ("Hello.QBC", "hello.qbc"),
        ("hello", "hello.qbc"),
        ("hello.qcb", "hello.qbc"),
        ("hello.sigma", "hello.qbc"),
        ("helo.qcb", "hello.qbc"),
        ("./helo.qbc", "./hello.qbc"),
        # Of two endings the one that is asked for.
        ("bel.sigma", "bell.sigma"),
        ("bel.sigma.json", "bell.sigma.json"),
        ("bth.qbo", "both.qbo"),
        ("bth.qbc", "both.qbc"),
        ("primes.sigma", "Primes.sigma"),
        ("my fil.qbc", "my file.qbc"),
        # Folders.
        ("exmaples/grover.qbc", "examples/grover.qbc"),
        ("exmaples/grovr.qbc", "examples/grover.qbc"),
        ("exmples/deep/teleport.sigma", "examples/deep/teleport.sigma"),
        ("Examples/dep/teleprt.sigma", "examples/deep/teleport.sigma"),
        # None.
        ("zebra.qbc", None),
        ("q.qbc", None),
        ("secret.qbc", None),
        ("foldr.qbc", None),
        ("nowhere/hello.qbc", None),
        ("hello.qbc/x", None),
        ("", None),
        ("\0", None),
        ("x" * 5000, None),
    ],
)
def test_near(folder: Path, name: str, meant: str | None) -> None:
    assert near(name, PROGRAMS) == meant


def test_only_what_is_read_is_suggested(folder: Path) -> None:
    assert near("hello.tx", PROGRAMS) == "hello.qbc"
    assert near("hello.tx", (".txt",)) == "hello.txt"
    assert near("helo.qbc", (".qasm",)) is None


def test_from_another_folder_and_by_a_whole_path(folder: Path) -> None:
    assert near("grovr.qbc", PROGRAMS, base=str(folder / "examples")) == "grover.qbc"
    assert near(str(folder / "helo.qbc"), PROGRAMS) == str(folder / "hello.qbc")


def test_a_large_folder_and_names_that_are_no_text(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/p\xffrogram.qbc")).touch()
    for number in range(3000):
        (folder / f"{number}.dat").touch()
    assert near(os.fsdecode(b"p\xffrogrm.qbc"), PROGRAMS) in (os.fsdecode(b"p\xffrogram.qbc"), None)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("moonshine_entagle", "moonshine_entangle"),
        ("moonshine_instanciate.qbc", "moonshine_instantiate"),
        ("Moonshine_entangle", "moonshine_entangle"),
        ("qbc_cor.qbc", "qbc_core.qbc"),
        ("somewhere/moonshine_entagle", None),
        ("zebra", None),
    ],
)
def test_programs_of_the_library(name: str, meant: str | None) -> None:
    assert near_program(name) == meant
