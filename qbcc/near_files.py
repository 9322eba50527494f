"""The file that a name was probably meant to be, where there is none of that name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final

_MOST: Final = 2000
"""Most entries of a folder that are compared."""


def endings(name: str) -> tuple[str, ...]:
    """Return the endings of files that a name may stand for: its own, or those of sources if it is one of them."""
    from qbcc import frontends

    known = (".qbc", *(f".{ending}" for ending in frontends.endings()))
    ending = os.path.splitext(name)[1].lower()
    # What is neither ours nor another's that somebody reads is a slip in the ending.
    return (ending,) if ending in _OTHERS else known


_OTHERS: Final = (".qasm", ".inc", ".toml", ".qbo")
"""Endings of other files that commands read."""


def near(name: str, wanted: Sequence[str], *, base: str = "") -> str | None:
    """Return the file in the same folder, or in a folder of nearly that name, that ``name`` is a slip of; written as
    ``name`` is. Only files with the endings ``wanted`` count. A relative name is looked up from ``base``."""
    folder, own = os.path.split(name)
    there = _folder(folder, base)
    if there is None:
        return None
    names = _names(os.path.join(base, there), lambda entry: entry.is_file() and entry.name.endswith(tuple(wanted)))
    found = own if there != folder and own in names else near_name(own, names, wanted)
    return None if found is None else os.path.join(there, found)


def near_program(name: str) -> str | None:
    """Return the program of the standard library that ``name`` is a slip of."""
    from qbcc import library

    if os.path.dirname(name):
        return None
    programs = library.programs()
    found = near_name(name, [f"{program}.qbc" for program in programs], (".qbc",))
    return found.removesuffix(".qbc") if found else near_name(name, library.files(), (".qbc", ".sigma"))


def near_name(own: str, names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Return the name that is nearest: in other capitals, with another ending, or with a slip in its stem."""
    from qbcc.nearest import nearest

    for name in names:
        if name.lower() == own.lower() and name != own:
            return name
    stem, ending = _parts(own, wanted)
    by_stem: dict[str, list[str]] = {}
    for name in names:
        if name != own:
            by_stem.setdefault(_parts(name, wanted)[0].lower(), []).append(name)
    close = stem.lower() if stem.lower() in by_stem else nearest(stem, by_stem)
    if close is not None:
        # Of several endings the one that was asked for.
        return next((name for name in by_stem[close] if _parts(name, wanted)[1] == ending), by_stem[close][0])
    # A slip in the ending, or in the dot. With a known ending, those of all names would make them alike.
    return None if ending in wanted else nearest(own, names)


def _parts(name: str, wanted: Sequence[str]) -> tuple[str, str]:
    """Return stem and ending. The longest known ending counts: that of ``a.sigma.json`` is ``.sigma.json``."""
    known = [ending for ending in wanted if name.lower().endswith(ending)]
    ending = max(known, key=len) if known else os.path.splitext(name)[1]
    return (name.removesuffix(ending), ending) if ending else (name, "")


def _folder(folder: str, base: str) -> str | None:
    """Return the folder itself, or the one that its name is a slip of."""
    if os.path.isdir(os.path.join(base, folder) or "."):
        return folder
    above, own = os.path.split(folder)
    if not own or above == folder:
        return None
    there = _folder(above, base)
    if there is None:
        return None
    names = _names(os.path.join(base, there), lambda entry: entry.is_dir())
    found = own if there != above and own in names else near_name(own, names, ())
    return None if found is None else os.path.join(there, found)


def _names(folder: str, is_wanted: Callable[[os.DirEntry[str]], bool]) -> list[str]:
    found: list[str] = []
    try:
        with os.scandir(folder or ".") as entries:
            for entry, _ in zip(entries, range(_MOST), strict=False):
                if not entry.name.startswith(".") and is_wanted(entry):
                    found.append(entry.name)
    except (OSError, ValueError):
        return []
    return sorted(found)
