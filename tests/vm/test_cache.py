"""The cache of compiled code: what it refuses, how it is bounded, runs side by side."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
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


@pytest.mark.parametrize("kind", ["native", "interp", "grammar"])
def test_an_entry_under_another_name_is_not_used(kind: str, folder: Path) -> None:
    assert cache.write(f"{kind}-a", b"one")
    (folder / f"{kind}-b").write_bytes((folder / f"{kind}-a").read_bytes())
    assert cache.read(f"{kind}-a") == b"one"
    assert cache.read(f"{kind}-b") is None


def test_another_programs_code_is_not_run(folder: Path) -> None:
    entry = compiled(folder)
    other = Machine(build(TEXT.replace("100", "70")), engine="native")
    other.run()
    (second,) = set(folder.glob("native-*.o")) - {entry}
    entry.write_bytes(second.read_bytes())
    assert compiles_again()


def test_an_entry_of_the_format_before_is_not_used(folder: Path) -> None:
    assert cache.write("native-a", b"one")
    (folder / "native-a").write_bytes(hashlib.sha256(b"one").digest() + b"one")
    assert cache.read("native-a") is None


@pytest.mark.parametrize("content", [b"", b"B", bytes(16), b"\xff" * 64, bytes(16) + b"B" + bytes(8) + b"{}"])
def test_a_sound_checksum_of_senseless_code_is_a_miss(folder: Path, content: bytes) -> None:
    name = compiled(folder).name
    assert cache.write(name, content)
    assert compiles_again()


def test_nothing_waits_for_a_fifo(folder: Path) -> None:
    entry = compiled(folder)
    entry.unlink()
    os.mkfifo(entry, 0o600)
    assert compiles_again()
    assert not compiles_again()


def test_an_entry_without_end_is_not_read(folder: Path) -> None:
    entry = compiled(folder)
    os.truncate(entry, 1 << 40)
    assert compiles_again()


def test_what_is_too_large_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LARGEST", 10)
    assert not cache.write("native-a", bytes(11))
    assert cache.entries() == []


def test_a_full_disk_leaves_nothing_behind(folder: Path) -> None:
    def write() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        os._exit(10 + cache.write("native-a", bytes(5000)))

    process = multiprocessing.get_context("fork").Process(target=write)
    process.start()
    process.join(30)
    assert process.exitcode == 10
    assert list(folder.iterdir()) == []


def test_two_that_write_one_entry_at_once(folder: Path) -> None:
    def write(letter: bytes) -> None:
        for _ in range(200):
            cache.write("native-a", letter * 5000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b")]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert cache.read("native-a") in (None, b"a" * 5000, b"b" * 5000)
    assert cache.read("native-a") is not None
    assert [path.name for path in folder.iterdir()] == ["native-a"]


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


def test_small_entries_do_not_all_have_the_folder_looked_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    entries = cache.entries
    monkeypatch.setattr(cache, "LIMIT", 100_000)
    monkeypatch.setattr(cache, "entries", lambda: looks.append(1) or entries())
    for number in range(600):
        assert cache.write(f"native-{number}.o", bytes([number % 256]) * 190)
    assert 10 < len(looks) < 100
    # Never by more than the entries between two looks.
    assert sum(entry.size for entry in entries()) < 100_000 + 60 * 222


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
