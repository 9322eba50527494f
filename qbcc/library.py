"""Where the standard library lies: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path


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
