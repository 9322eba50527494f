"""Entries of the cache that were damaged, exchanged or replaced: each is a miss or the sound entry, at once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from qbcc.syntax import lexer
from tests.programs import build
from vm import cache as disk
from vm.interp import engine
from vm.machine import Machine
from vm.native import store

_DECODERS: dict[str, Callable[[bytes], Any]] = {
    "native": store.decode,
    "interp": engine.kept_code,
    "grammar": lexer.kept_grammar,
}
"""What reads an entry, by its kind."""
_WAYS = (
    "flip", "cut", "grow", "empty", "noise", "exchange", "other version", "forged", "forged", "forged cut",
    "forged noise", "folder", "fifo", "link", "loop", "dead link", "huge", "shut", "others may write", "gone",
)  # fmt: skip
_TEXT = "main: QADD r1, {}\nQJLT r1, 100, main\nQMOV r0, r1\nQHALT"


@contextmanager
def _folder() -> Iterator[Path]:
    """A cache of its own."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {"QBC_CACHE_DIR": folder}):
        yield Path(folder)


@cache
def _sound() -> dict[str, bytes]:
    """Sound entries of every kind, two of machine code: content by name."""
    with _folder() as folder:
        for step in (1, 7):
            Machine(build(_TEXT.format(step)), engine="native", optimize=0).run()
        Machine(build(_TEXT.format(1)), engine="interp").run()
        engine._load.cache_clear()
        Machine(build(_TEXT.format(1)), engine="interp").run()
        lexer.grammar.__wrapped__()
        found = {path.name: disk.read(path.name) for path in folder.iterdir()}
    assert {name.partition("-")[0] for name in found} == set(_DECODERS), found.keys()
    return {name: content for name, content in found.items() if content is not None}


def _flip(rng: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 4)):
        changed[rng.randrange(min(len(changed), rng.choice((32, 64, 1 << 30))))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _damage(rng: Random, path: Path, others: list[Path]) -> str:
    """Damage the entry at a path, and return what was done."""
    whole = path.read_bytes()
    way = rng.choice(_WAYS)
    if way in ("folder", "fifo", "link", "loop", "dead link", "gone"):
        path.unlink()
    match way:
        case "flip":
            path.write_bytes(_flip(rng, whole))
        case "cut":
            path.write_bytes(whole[: rng.randrange(len(whole))])
        case "grow":
            path.write_bytes(whole + rng.randbytes(rng.randrange(1, 100)))
        case "empty":
            path.write_bytes(b"")
        case "noise":
            path.write_bytes(rng.randbytes(rng.randrange(200)))
        case "exchange":
            path.write_bytes(rng.choice(others).read_bytes())
        case "other version":
            path.write_bytes(hashlib.sha256(whole[32:]).digest() + whole[32:])
        case "forged":
            # The head, which says what is where: a checksum that is right does not make it sound.
            start = whole[32:72]
            disk.write(
                path.name, _flip(rng, start) + whole[72:] if rng.random() < 0.5 else rng.randbytes(40) + whole[72:]
            )
        case "forged cut":
            disk.write(path.name, whole[32 : 32 + rng.randrange(60)])
        case "forged noise":
            disk.write(path.name, rng.choice((b"", b"B", b"O", b"\x80\x04")) + rng.randbytes(rng.randrange(200)))
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path, 0o600)
        case "link":
            path.symlink_to(rng.choice((Path("/dev/zero"), Path("/dev/null"), Path("/dev/tty"), *others)))
        case "loop":
            path.symlink_to(path)
        case "dead link":
            path.symlink_to(path.with_name("nowhere"))
        case "huge":
            os.truncate(path, rng.choice((disk.LARGEST + 33, 1 << 40)))
        case "shut":
            path.chmod(0)
        case "others may write":
            path.chmod(rng.choice((0o620, 0o602, 0o666)))
    return way


def try_cache(seed: int) -> str:
    """Damage an entry, then read it: None, or what the sound entry has; and a new one can take its place."""
    rng = Random(seed)
    sound = _sound()
    name = rng.choice(sorted(sound))
    with _folder() as folder:
        for each, content in sound.items():
            assert disk.write(each, content)
        others = [folder / each for each in sound if each != name]
        way = _damage(rng, folder / name, others)
        kept = disk.read(name)
        if way not in ("forged", "forged cut", "forged noise", "shut"):
            assert kept is None, (way, name)
        # Only root reads what is shut.
        assert way != "shut" or kept in (None, sound[name])
        decoded = disk.load(name, _DECODERS[name.partition("-")[0]])
        assert kept is not None or decoded is None, (way, name)
        written = disk.write(name, sound[name])
        assert written == (way != "folder"), (way, name)
        assert way == "folder" or disk.read(name) == sound[name], (way, name)
        assert not list(folder.glob(".new-*"))
        assert {entry.name for entry in disk.clear()} == set(sound) - ({name} if way == "folder" else set())
    return "refused" if decoded is None else way
