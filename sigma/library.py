"""Names that the library's modules declare: who asks for one that is not imported hears where it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from qbcc.library import stdlib_dir

_DECLARED: Final = re.compile(r"^(?:export\s+)?(?:fn|gate|const|record|let|var|view)\s+([^\W\d]\w*)", re.MULTILINE)


@cache
def modules() -> tuple[str, ...]:
    """Return the names of the modules, without ``std.``."""
    return tuple(sorted(path.stem for path in (stdlib_dir() / "std").glob("*.sigma")))


@cache
def _declaring() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for module in modules():
        text = (stdlib_dir() / "std" / f"{module}.sigma").read_text(encoding="utf-8")
        for name in dict.fromkeys(_DECLARED.findall(text)):
            found.setdefault(name, []).append(module)
    return {name: tuple(where) for name, where in found.items()}


def where(name: str) -> tuple[str, ...]:
    """Return the modules that declare a name, without ``std.``."""
    return _declaring().get(name, ())
