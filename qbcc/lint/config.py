"""``[tool.qbc.lint]`` of the nearest ``pyproject.toml``: a level for each code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qbcc.assembly.includes import IncludeFault, decode, read_regular_bytes
from qbcc.diagnostics import Diagnostic
from qbcc.lint.finding import LEVELS

NAME: Final = "pyproject.toml"
_MOST: Final = 1 << 20
"""Most bytes of the file."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What a project says."""

    levels: dict[str, str]
    diagnostics: tuple[Diagnostic, ...]


def levels_for(folder: Path, known: Iterable[str], others: Callable[[], Iterable[str]]) -> Levels:
    """Levels for the sources of a folder: of the first file that lies in it or above.

    ``known``: the codes that findings may have here; ``others`` gives those of other languages, which a project may
    have sources of too."""
    for place in (folder, *folder.parents):
        path = place / NAME
        if path.is_file():
            return _read(path, set(known), others)
    return Levels({}, ())


def _read(path: Path, known: set[str], others: Callable[[], Iterable[str]]) -> Levels:
    import tomllib

    try:
        data = tomllib.loads(decode(read_regular_bytes(path, NAME, _MOST), NAME))
    except IncludeFault as fault:
        return _refused(path, fault.message)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        return _refused(path, str(fault) or "it is nested too deep")
    table: Any = data
    for name in ("tool", "qbc", "lint"):
        table = table.get(name, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        return _refused(path, "[tool.qbc.lint] is no table")
    for code, level in table.items():
        if code not in known and code not in others():
            return _refused(
                path, f"there is no finding '{code[:40]}'", "codes are written L0101 or S0901, as lint shows them"
            )
        if level not in LEVELS:
            return _refused(path, f"'{str(level)[:40]}' is no level of {code}", f"levels are {', '.join(LEVELS)}")
    return Levels(dict(table), ())


def _refused(path: Path, why: str, *notes: str) -> Levels:
    return Levels({}, (Diagnostic("E0811", f"'{path}': {why}", None, notes=notes),))
