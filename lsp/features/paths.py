"""Files that an include or an import could name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qbcc.library import stdlib_dir
from qbcc.source import SourceFile

_INCLUDE: Final = re.compile(r'[^";]*\.include\s+"([^"]*)\Z', re.IGNORECASE)
_IMPORT: Final = re.compile(r'\s*import\s+"([^"]*)\Z')
_FROM: Final = re.compile(r'[^"]*\bextern\s+fn\b[^"]*\bfrom\s+"([^"]*)\Z')
_MOST: Final = 1000
"""Files that are shown of a folder."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file or a folder."""

    name: str
    is_folder: bool
    is_library: bool


def written(before: str, *, is_sigma: bool) -> tuple[str, str] | None:
    """Behind the quote of an include or an import: what is written of the path, and the ending of such files."""
    if not is_sigma:
        found = _INCLUDE.match(before)
        return (found[1], ".qbc") if found is not None else None
    for pattern, ending in ((_IMPORT, ".sigma"), (_FROM, ".qbc")):
        found = pattern.match(before)
        if found is not None:
            return found[1], ending
    return None


def below(source: SourceFile, path: str, ending: str) -> list[Found]:
    """What a path that is begun could go on with. Paths lead downwards only, as the compilers have it."""
    parts = path.split("/")[:-1]
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        return []
    found: dict[str, Found] = {}
    if source.path is not None:
        own = Path(source.path)
        for each in _listed(own.parent.joinpath(*parts), ending, is_library=False):
            if own.parent.joinpath(*parts, each.name) != own:
                found[each.name] = each
    for each in _listed(stdlib_dir().joinpath(*parts), ending, is_library=True):
        found.setdefault(each.name, each)
    return sorted(found.values(), key=lambda each: (each.is_library, each.is_folder, each.name))


def _listed(folder: Path, ending: str, *, is_library: bool) -> Iterator[Found]:
    try:
        entries = sorted(folder.iterdir())[:_MOST]
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith((".", "__")):
            continue
        try:
            if entry.is_dir() and any(entry.glob(f"*{ending}")):
                yield Found(entry.name, True, is_library)
            elif entry.is_file() and entry.name.endswith(ending):
                yield Found(entry.name, False, is_library)
        except OSError:
            continue
