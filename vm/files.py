"""Reading files that a user names: regular ones of a bounded size, and never a pipe that nobody writes to."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

_CHUNK: Final = 1 << 20


def read_regular(path: Path, most: int) -> bytes:
    """The first ``most`` + 1 bytes of a regular file. Raises :class:`OSError`, whose ``strerror`` is one line."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        return read_most(file, most)


def read_most(file: BinaryIO, most: int) -> bytes:
    """The first ``most`` + 1 bytes of a file, for which no more memory is taken than there are bytes."""
    parts: list[bytes] = []
    left = most + 1
    while left > 0 and (part := file.read(min(left, _CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
