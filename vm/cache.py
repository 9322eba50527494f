"""The cache of compiled code: files by content key, checked before use.

An entry is the SHA-256 of the format, its own name and its content, then the content. So an entry that was copied to
another name, or that another version wrote, fails its checksum like one that was damaged. What fails it, what is not a
regular file of the user's own, and what cannot be decoded is a miss: it is made anew, and nothing is raised. Writing is
atomic, so concurrent runs see whole entries only; each entry and the whole are bounded."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from vm import stops

_KINDS: Final = ("native", "interp", "grammar")
LIMIT: Final = 512_000_000
"""Bytes of all entries; past that, the ones that were used longest ago go."""
LARGEST: Final = 256_000_000
"""Bytes of one entry."""
_SHARES: Final = 512
"""An entry that takes one of so many parts of the limit is looked to at once."""
_TURNS: Final = 16
"""Of smaller ones, one in so many has the folder looked through."""
_FORMAT: Final = b"QBC cache 2"
_DIGEST: Final = 32
_TEMPORARY: Final = ".new-"
_ABANDONED: Final = 3600.0
"""Seconds after which a file that was never finished is another's to remove."""
# A FIFO must not make a run wait, and a link must not lead it elsewhere.
_READING: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

_Decoded = TypeVar("_Decoded")


@dataclass(frozen=True)
class Entry:
    """A file of the cache."""

    path: Path
    size: int
    """Bytes."""
    used: float
    """When it was last read or written, as Unix time."""

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.path.name

    @property
    def kind(self) -> str:
        """What it holds, by its name: ``native``, ``interp``, ``grammar``."""
        return self.name.partition("-")[0]


def directory() -> Path:
    """``QBC_CACHE_DIR``, else ``qbc`` in the user's cache folder."""
    chosen = os.environ.get("QBC_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "qbc/cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/qbc"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qbc"


def _checksum(name: str, content: bytes) -> bytes:
    own = name.encode("utf-8", "surrogateescape")
    digest = hashlib.sha256(b"%s\0%d\0%s\0" % (_FORMAT, len(own), own))
    digest.update(content)
    return digest.digest()


def _is_ours(info: os.stat_result) -> bool:
    if not stat.S_ISREG(info.st_mode):
        return False
    return sys.platform == "win32" or (info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _content_of(path: Path) -> bytes:
    """A file's bytes; none if it is not a plain file of ours, or larger than any entry."""
    descriptor = os.open(path, _READING)
    with os.fdopen(descriptor, "rb") as file:
        info = os.fstat(descriptor)
        if not _is_ours(info) or not _DIGEST <= info.st_size <= _DIGEST + LARGEST:
            return b""
        entry = file.read(info.st_size)
        with suppress(OSError, TypeError, NotImplementedError):
            # What is used stays longest.
            os.utime(descriptor)
    return entry


def read(name: str) -> bytes | None:
    """Return an entry's content, or None if there is none that can be trusted."""
    try:
        entry = _content_of(directory() / name)
    except (OSError, RuntimeError, ValueError):
        return None
    digest, content = entry[:_DIGEST], entry[_DIGEST:]
    return content if digest and _checksum(name, content) == digest else None


def load(name: str, decode: Callable[[bytes], _Decoded]) -> _Decoded | None:
    """Return what ``decode`` makes of an entry's content; None if there is no such entry, or it is not of that form."""
    content = read(name)
    if content is None:
        return None
    try:
        return decode(content)
    except Exception:
        # Decoders unpickle, unpack and place code: each has its own errors, and all mean that the entry is no use.
        return None


def write(name: str, content: bytes) -> bool:
    """Store an entry; False if it is too large or the folder cannot be written, which costs only time."""
    import tempfile

    if len(content) > LARGEST:
        return False
    try:
        folder = directory()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=_TEMPORARY)
    except (OSError, RuntimeError, ValueError):
        return False
    try:
        with stops.undoing(Path(temporary).unlink):
            with os.fdopen(handle, "wb") as file:
                checksum = _checksum(name, content)
                file.write(checksum + content)
            Path(temporary).replace(folder / name)
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        return False
    # To look through thousands of files takes longer than to write one. So small entries leave it to each other: the
    # folder may be past its limit by a few dozen of them.
    if len(content) >= LIMIT // _SHARES or checksum[0] % _TURNS == 0:
        _trim()
    return True


def entries() -> list[Entry]:
    """Return everything in the cache, what was used last first: damaged entries too, but no folders."""
    found = []
    try:
        files = list(directory().iterdir())
    except (OSError, RuntimeError, ValueError):
        return []
    for path in files:
        with suppress(OSError):
            info = path.lstat()
            if not stat.S_ISDIR(info.st_mode) and path.name.partition("-")[0] in _KINDS:
                found.append(Entry(path, info.st_size, info.st_mtime))
    return sorted(found, key=lambda entry: -entry.used)


def clear() -> list[Entry]:
    """Remove every entry, and return what was removed. Other files of the folder stay."""
    return [entry for entry in entries() if _remove(entry.path)]


def _remove(path: Path) -> bool:
    # Another run may have removed it, or be reading it, which goes on.
    with suppress(OSError):
        path.unlink()
        return True
    return False


def _trim() -> None:
    """Keep to the limit; remove what a run that was killed left behind."""
    left = LIMIT
    for entry in entries():
        left -= entry.size
        if left < 0:
            _remove(entry.path)
    with suppress(OSError, RuntimeError, ValueError):
        for path in directory().glob(f"{_TEMPORARY}*"):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > _ABANDONED:
                    path.unlink()
