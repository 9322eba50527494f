"""Where the standard library lies: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

_DEFINES: Final = re.compile(
    r"^[ \t]*(?:(?P<label>[A-Za-z_]\w*):|\.(?:define|macro)[ \t]+(?P<name>[A-Za-z_]\w*))", re.IGNORECASE | re.MULTILINE
)
"""A label, a constant or a macro of a source."""
_STARTS: Final = re.compile(r"^(?:main:|\s*\.entry_point\b|\s*(?:export\s+)?fn\s+main\b)", re.MULTILINE)
"""Where a source says that it is a program, and not a module of one."""


@cache
def stdlib_dir() -> Path:
    """The folder of the library's sources."""
    package = Path(__file__).resolve().parent
    installed = package / "stdlib"
    return installed if installed.is_dir() else package.parent / "stdlib"


def find(name: str) -> Path | None:
    """A program of the library by its name, with or without its ending; None if there is none."""
    if not name or any(mark in name for mark in "/\\\0") or name.startswith("."):
        return None
    for candidate in (name, f"{name}.qbc", f"{name}.sigma"):
        path = stdlib_dir() / candidate
        if path.is_file():
            return path
    return None


@cache
def _providers() -> dict[str, str]:
    """The library's file that defines each of its public names in QBC."""
    found: dict[str, str] = {}
    for path in sorted(stdlib_dir().glob("qbc_*.qbc")):
        for match in _DEFINES.finditer(path.read_text("utf-8")):
            found.setdefault(match["label"] or match["name"], path.name)
    return found


def provider(name: str) -> str | None:
    """Return the file of the library that defines a name for programs in QBC; None if there is none."""
    return _providers().get(name)


def names() -> tuple[str, ...]:
    """Return all names that :func:`provider` knows."""
    return tuple(_providers())


def files() -> list[str]:
    """Return the names of the files that :func:`find` finds."""
    return sorted(path.name for path in stdlib_dir().iterdir() if path.suffix in (".qbc", ".sigma"))


def programs() -> list[str]:
    """Return the names, without endings, of those that can be run."""
    found = [name for name in files() if _STARTS.search((stdlib_dir() / name).read_text("utf-8"))]
    return [name.rpartition(".")[0] for name in found]
