"""Files that appear complete or not at all, and only where nothing else is lost."""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from qbcc.export import messages
from vm import stops

Parts = list[tuple[Path, Callable[[Path], None]]]
"""The files of one export, FILE first: each its name, and what writes its content to a given name."""

_TEMPORARY: Final = re.compile(r"\.qbc-[0-9a-f]{16}\.tmp")
_ABANDONED: Final = 10.0
"""Seconds after which a temporary file that no process holds is removed."""
_KINDS = (
    (stat.S_ISLNK, "is a link"),
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


def check(target: Path, inputs: Sequence[Path]) -> None:
    """Refuse a target that is an input, or there already and not a regular file that may be written."""
    try:
        info = target.lstat()
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise messages.error("E0907", f"cannot write '{target}': there is no folder '{target.parent}'") from None
        return
    except (OSError, ValueError) as fault:
        raise messages.unwritable(target, fault) from None
    for test, why in _KINDS:
        if test(info.st_mode):
            raise messages.refused(target, why)
    for source in inputs:
        with suppress(OSError):
            if os.path.samestat(source.stat(), info):
                raise messages.refused(target, "is an input of this run")
    if not os.access(target, os.W_OK):
        raise messages.refused(target, "is write-protected")


def write(parts: Parts, inputs: Sequence[Path]) -> list[Path]:
    """Write each part under a temporary name beside its place, then rename them all, FILE last.

    A new file gets the permissions that the umask leaves, a replaced one keeps its own. Raises
    :class:`qbcc.diagnostics.SourceError`; then every file is as it was, unless a later one could not be renamed."""
    temporary: list[Path] = []
    held: list[int] = []

    def remove() -> None:
        for path in temporary:
            with suppress(OSError):
                path.unlink()

    with stops.undoing(remove):
        try:
            for target, fill in parts:
                check(target, inputs)
                with _reporting(target):
                    _sweep(target.parent)
                    # Known before it is there, so that a process that is ended leaves nothing behind.
                    temporary.append(target.with_name(f".qbc-{secrets.token_hex(8)}.tmp"))
                    held.append(_create(temporary[-1], target))
                    fill(temporary[-1])
                    _sync(temporary[-1])
            for (target, _), path in reversed(list(zip(parts, temporary, strict=True))):
                with _reporting(target):
                    path.replace(target)
            with suppress(OSError):
                _sync(parts[0][0].parent)
        finally:
            remove()
            for descriptor in held:
                os.close(descriptor)
    return [target for target, _ in parts]


@contextmanager
def _reporting(target: Path) -> Iterator[None]:
    """Turn the system's refusals into one that names the target. Arrow's own faults are ValueErrors."""
    try:
        yield
    except (OSError, ValueError, MemoryError, ImportError) as fault:
        raise messages.unwritable(target, fault) from fault


def _create(path: Path, target: Path) -> int:
    """Make an empty file with the target's permissions, and hold it for as long as its descriptor is open."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with suppress(OSError):
        os.fchmod(descriptor, stat.S_IMODE(target.lstat().st_mode))
    _hold(descriptor)
    return descriptor


def _hold(descriptor: int) -> bool:
    """Lock a file, which the system gives free when the process ends; False if another process has it."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # There are file systems without locks: who asks knows nothing of others.
        return False
    return True


def _sweep(folder: Path) -> None:
    """Remove what is left of exports whose process was killed (``kill -9``, a power cut)."""
    with suppress(OSError):
        for path in folder.glob(".qbc-*.tmp"):
            with suppress(OSError):
                if _TEMPORARY.fullmatch(path.name) and time.time() - path.lstat().st_mtime > _ABANDONED:
                    _remove_abandoned(path)


def _remove_abandoned(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and _hold(descriptor):
            path.unlink()
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    """Have the disk hold it: a rename must not become durable before the content."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
