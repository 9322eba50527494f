"""Other languages that become objects: a package brings one by an entry point of the group ``qbc.frontends``, whose
name is the ending of its files."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

from qbcc.source import SourceFile

if TYPE_CHECKING:
    from qbcc.assemble import Assembly, Options

GROUP: Final = "qbc.frontends"
FrontEnd = Callable[["SourceFile", "Options"], "Assembly"]
"""What an entry point names: a source to an object; what is wrong with it is in the result."""


def find(name: str) -> FrontEnd | None:
    """The front end for a file by its ending; None for one of the assembler's own."""
    if name.endswith((".qbc", ".qbo")) or "." not in name:
        return None
    # The longest ending counts: a .sigma.json is no .json.
    endings = [ending for ending in _known() if name.endswith(f".{ending}")]
    if not endings:
        return None
    return _load(max(endings, key=len))


@cache
def _known() -> dict[str, object]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}


@cache
def _load(ending: str) -> FrontEnd:
    point = _known()[ending]
    loaded: FrontEnd = point.load()  # type: ignore[attr-defined]
    return loaded
