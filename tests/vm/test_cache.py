"""The cache of compiled code: what it refuses, how it is bounded, runs side by side."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import build
from vm import cache
from vm.machine import Machine

TEXT = "main: QADD r1, 1\nQJLT r1, 100, main\nQMOV r0, r1\nQSYSCALL 1\nQHALT"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("QBC_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def compiled(folder: Path) -> Path:
    """The entry of the program, made by a run of it."""
    machine = Machine(build(TEXT), engine="native")
    machine.run()
    assert machine.output == b"100"
    (entry,) = folder.glob("native-*.o")
    return entry


def compiles_again() -> bool:
    machine = Machine(build(TEXT), engine="native")
    machine.run()
    assert machine.output == b"100"
    return machine.compile_seconds > 0


def test_a_sound_entry_is_used(folder: Path) -> None:
    compiled(folder)
    assert not compiles_again()


@pytest.mark.parametrize("place", [0, 31, 32, 50, -1])
def test_a_damaged_entry_is_not_loaded(folder: Path, place: int) -> None:
    entry = compiled(folder)
    content = bytearray(entry.read_bytes())
    content[place] ^= 1
    entry.write_bytes(content)
    assert compiles_again()
    assert not compiles_again()


@pytest.mark.parametrize("length", [0, 1, 31, 32, 40])
def test_a_cut_entry_is_not_loaded(folder: Path, length: int) -> None:
    entry = compiled(folder)
    entry.write_bytes(entry.read_bytes()[:length])
    assert compiles_again()


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_an_entry_that_others_may_write_is_not_loaded(folder: Path, mode: int) -> None:
    compiled(folder).chmod(mode)
    assert compiles_again()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_another_users_entry_is_not_loaded(folder: Path) -> None:
    os.chown(compiled(folder), 12345, 12345)
    assert compiles_again()


def test_a_link_or_a_folder_in_its_place(folder: Path) -> None:
    entry = compiled(folder)
    entry.unlink()
    entry.mkdir()
    assert compiles_again()
    entry.rmdir()
    entry.symlink_to("/dev/zero")
    assert compiles_again()


def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QBC_CACHE_DIR", f"{os.devnull}/none")
    assert compiles_again()
    assert cache.entries() == []


def test_what_was_used_longest_ago_goes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT", 3_000)
    for number in range(4):
        assert cache.write(f"native-{number}.o", bytes(900))
        os.utime(folder / f"native-{number}.o", (number, number)) if (folder / f"native-{number}.o").exists() else None
    assert sorted(entry.name for entry in cache.entries()) == ["native-1.o", "native-2.o", "native-3.o"]
    assert cache.read("native-1.o") == bytes(900)
    assert cache.write("native-4.o", bytes(900))
    assert sorted(entry.name for entry in cache.entries()) == ["native-1.o", "native-3.o", "native-4.o"]


def test_clearing_leaves_what_is_not_its_own(folder: Path) -> None:
    cache.write("native-a.o", b"1")
    (folder / "notes.txt").write_text("mine")
    assert [entry.name for entry in cache.clear()] == ["native-a.o"]
    assert (folder / "notes.txt").exists()
    assert cache.clear() == []


def test_runs_side_by_side_with_an_empty_cache(tmp_path: Path) -> None:
    (tmp_path / "p.qbc").write_text(TEXT)
    command = [sys.executable, "-c", "from qbcc.cli.start import qbc; qbc()", "run", "--engine", "native", "p.qbc"]
    processes = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) for _ in range(4)]
    assert [process.communicate(timeout=60)[0] for process in processes] == [b"100"] * 4
    assert {process.returncode for process in processes} == {0}
    assert not list((tmp_path / "cache").glob(".new-*"))


def test_the_command(tmp_path: Path, folder: Path) -> None:
    compiled(folder)
    command = [sys.executable, "-c", "from qbcc.cli.start import qbc; qbc()", "cache"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert str(folder) in shown
    assert "native" in shown
    cleared = subprocess.run([*command, "--clear"], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert "removed" in cleared
    assert cache.entries() == []
