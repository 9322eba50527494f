"""Files that appear complete or not at all, and only where nothing else is lost."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from qbcc import messages_output as messages

Parts = list[tuple[Path, Callable[[Path], None]]]
"""The files of one export, FILE first: each its name, and what writes its content to a given name."""

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
    try:
        for target, fill in parts:
            check(target, inputs)
            with _reporting(target):
                temporary.append(_create(target))
                fill(temporary[-1])
                _sync(temporary[-1])
        for (target, _), path in reversed(list(zip(parts, temporary, strict=True))):
            with _reporting(target):
                path.replace(target)
        with suppress(OSError):
            _sync(parts[0][0].parent)
    finally:
        for path in temporary:
            with suppress(OSError):
                path.unlink()
    return [target for target, _ in parts]


@contextmanager
def _reporting(target: Path) -> Iterator[None]:
    """Turn the system's refusals into one that names the target. Arrow's own faults are ValueErrors."""
    try:
        yield
    except (OSError, ValueError, MemoryError, ImportError) as fault:
        raise messages.unwritable(target, fault) from fault


def _create(target: Path) -> Path:
    """An empty file in the target's folder, with the target's permissions."""
    path = target.with_name(f".qbc-{secrets.token_hex(8)}.tmp")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with suppress(FileNotFoundError):
            os.fchmod(descriptor, stat.S_IMODE(target.lstat().st_mode))
    finally:
        os.close(descriptor)
    return path


def _sync(path: Path) -> None:
    """Have the disk hold it: a rename must not become durable before the content."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
