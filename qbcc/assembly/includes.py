"""Where ``.include`` may read: regular files below the includer's folder, the ``-I`` folders and the library.

A program from a stranger must not read the host: no absolute path, no way out by ``..`` or a link, no pipe or
device."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from qbcc import near_files
from qbcc.source import SourceFile
from qbcc.wording import did_you_mean
from vm.files import read_most

MAX_SOURCE: Final = 64 << 20
"""Most bytes of a source file."""


class IncludeFault(Exception):
    """A file that cannot be included: a code, one line, and perhaps what to do."""

    def __init__(self, code: str, message: str, *notes: str, near: Callable[[], str | None] | None = None) -> None:
        """``near`` finds the name that was meant, where that is asked for: it reads folders."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = notes
        self._near = near

    @cached_property
    def near(self) -> str | None:
        """The name of a file that was probably meant."""
        return None if self._near is None else self._near()

    @property
    def notes(self) -> tuple[str, ...]:
        """What to do."""
        return (*self.advice, *did_you_mean(self.near))


def decode(content: bytes, name: str) -> str:
    """Text of a source. Raises :class:`IncludeFault` where it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise IncludeFault(
            "E0505",
            f"'{name}' is not UTF-8: byte {content[fault.start]:#04x} on line {line}",
            "save the file as UTF-8",
        ) from None


def read_regular_bytes(path: Path, name: str, most: int, wanted: Sequence[str] | None = None) -> bytes:
    """Bytes of a regular file, at most ``most``. Raises :class:`IncludeFault`; never waits for a pipe. ``wanted``:
    endings of the files that may have been meant where there is none, else those that go with the name."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as fault:
        missing = isinstance(fault, FileNotFoundError | NotADirectoryError)
        near = (lambda: near_files.near(name, wanted or near_files.endings(name))) if missing else None
        raise IncludeFault("E0501", f"cannot read '{name}': {fault.strerror}", near=near) from None
    info = os.fstat(descriptor)
    if not stat.S_ISREG(info.st_mode):
        os.close(descriptor)
        raise IncludeFault("E0504", f"'{name}' is not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        content = b"" if info.st_size > most else read_most(file, most)
    if info.st_size > most or len(content) > most:
        raise IncludeFault("E0504", f"'{name}' has more than {most:,} bytes")
    return content


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # A name that is too long, or a folder that may not be read.
        return False


@dataclass(frozen=True)
class Folders:
    """The folders that includes come from."""

    extra: Sequence[Path]
    """``-I``, in order."""
    library: Path | None
    """The standard library."""
    read: Callable[[Path], str] | None = None
    """Text of a file that an editor holds unsaved; raises :class:`OSError` for one that it does not hold."""
    root: Path | None = None
    """The main source's folder."""
    prefix: str = ""
    """The folder part of the main source's name, as the user wrote it."""

    def find(self, name: str, includer: SourceFile) -> SourceFile:
        """The file that ``.include "name"`` means. Raises :class:`IncludeFault`."""
        if not name or "\0" in name:
            raise IncludeFault("E0502", "an include needs the name of a file")
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
            raise IncludeFault(
                "E0502", f"'{name}' is an absolute path", "write it relative to this file, or name its folder with -I"
            )
        refused = None
        for folder in self._folders(includer):
            path = Path(os.path.realpath(folder / name))
            if not path.is_relative_to(folder):
                refused = refused or IncludeFault(
                    "E0502", f"'{name}' leads out of '{folder.name}'", "name the folder that it lies in with -I"
                )
            elif _exists(path) or self._overlay(path) is not None:
                return self._open(path, name)
        message = f"there is no file '{name}'"
        raise refused or IncludeFault(
            "E0501", message, *self._searched(includer), near=lambda: self._near(name, includer)
        )

    def _near(self, name: str, includer: SourceFile) -> str | None:
        """Return the name of a file that is there; none outside of the folders."""
        if ".." in PurePosixPath(name).parts:
            return None
        for folder in self._folders(includer):
            found = near_files.near(name, near_files.endings(name), base=str(folder))
            if found is not None and Path(os.path.realpath(folder / found)).is_relative_to(folder):
                return found
        return None

    def _folders(self, includer: SourceFile) -> list[Path]:
        beside = [Path(includer.path).parent] if includer.path else []
        return [Path(os.path.realpath(f)) for f in (*beside, *self.extra, *([self.library] if self.library else []))]

    def _searched(self, includer: SourceFile) -> list[str]:
        places = ["beside this file"] if includer.path else []
        places += [f"in '{folder}'" for folder in self.extra] + ["in the standard library"]
        return [f"looked {', '.join(places)}; -I DIR adds a folder"]

    def _overlay(self, path: Path) -> str | None:
        if self.read is None:
            return None
        try:
            return self.read(path)
        except OSError:
            return None

    def _open(self, path: Path, name: str) -> SourceFile:
        text = self._overlay(path)
        if text is None:
            # The mark at the beginning says how a file is encoded. It is no part of the text, and no column: what an
            # editor opens has none, unless the editor says so.
            text = decode(read_regular_bytes(path, name, MAX_SOURCE), name).removeprefix("\ufeff")
        return SourceFile(self._shown(path), text, str(path))

    def stored(self, source: SourceFile) -> str:
        """The name that an object keeps: relative to the main source, so that it is the same wherever that lies."""
        if source.path is None:
            return source.name
        path = Path(source.path)
        library = self.library and Path(os.path.realpath(self.library))
        if library and path.is_relative_to(library):
            return f"<stdlib>/{path.relative_to(library).as_posix()}"
        if self.root is not None:
            return os.path.relpath(path, os.path.realpath(self.root)).replace(os.sep, "/")
        return path.name

    def _shown(self, path: Path) -> str:
        """The name that messages show: relative to where the main source's name is."""
        name = self.stored(SourceFile("", "", str(path)))
        return name if name.startswith("<") else os.path.normpath(os.path.join(self.prefix, name))
