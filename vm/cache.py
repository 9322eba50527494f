"""The cache of compiled code: files by content key, checked before use.

An entry is the SHA-256 of what follows it, then that. One that fails its checksum, or that is not the user's own
file, is not used. Writing is atomic, so concurrent runs see whole entries only; the whole is bounded."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_KINDS: Final = ("native", "interp", "grammar")
LIMIT: Final = 512_000_000
"""Bytes of all entries; past that, the ones that were used longest ago go."""
_DIGEST: Final = 32
_TEMPORARY: Final = ".new-"
_ABANDONED: Final = 3600.0
"""Seconds after which a file that was never finished is another's to remove."""


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


def _is_ours(descriptor: int) -> bool:
    info = os.fstat(descriptor)
    if not stat.S_ISREG(info.st_mode):
        return False
    return sys.platform == "win32" or (info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def read(name: str) -> bytes | None:
    """An entry's content, or None if there is none that can be trusted."""
    try:
        path = directory() / name
        with path.open("rb") as file:
            entry = file.read() if _is_ours(file.fileno()) else b""
    except (OSError, RuntimeError):
        return None
    with suppress(OSError):
        # What is used stays longest.
        os.utime(path)
    digest, content = entry[:_DIGEST], entry[_DIGEST:]
    return content if digest and hashlib.sha256(content).digest() == digest else None


def write(name: str, content: bytes) -> bool:
    """Store an entry; False if the folder cannot be written, which costs only time."""
    import tempfile

    try:
        folder = directory()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=_TEMPORARY)
    except (OSError, RuntimeError):
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(temporary).replace(folder / name)
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        return False
    _trim()
    return True


def entries() -> list[Entry]:
    """Everything in the cache, what was used last first."""
    found = []
    try:
        files = list(directory().iterdir())
    except (OSError, RuntimeError):
        return []
    for path in files:
        with suppress(OSError):
            info = path.lstat()
            if stat.S_ISREG(info.st_mode) and path.name.partition("-")[0] in _KINDS:
                found.append(Entry(path, info.st_size, info.st_mtime))
    return sorted(found, key=lambda entry: -entry.used)


def clear() -> list[Entry]:
    """Remove every entry; what was removed. Other files of the folder stay."""
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
    with suppress(OSError, RuntimeError):
        for path in directory().glob(f"{_TEMPORARY}*"):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > _ABANDONED:
                    path.unlink()
