"""The cache of compiled code: files by content key, checked before use.

An entry is the SHA-256 of what follows it, then that. One that fails its checksum, or that is not the user's own
file, is not used. Writing is atomic, so concurrent runs see whole entries only."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_DIGEST = 32


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
        with (directory() / name).open("rb") as file:
            entry = file.read() if _is_ours(file.fileno()) else b""
    except (OSError, RuntimeError):
        return None
    digest, content = entry[:_DIGEST], entry[_DIGEST:]
    return content if digest and hashlib.sha256(content).digest() == digest else None


def write(name: str, content: bytes) -> bool:
    """Store an entry; False if the folder cannot be written, which costs only time."""
    try:
        folder = directory()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
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
    return True
