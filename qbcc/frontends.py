"""Other languages that become objects: a package brings one by an entry point of the group ``qbc.frontends``, whose
name is the ending of its files and which names a :class:`FrontEnd`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from qbcc.source import SourceFile

if TYPE_CHECKING:
    from qbcc.assembly.assemble import Assembly, Options
    from qbcc.diagnostics import Diagnostic
    from qbcc.lint.finding import Linted

GROUP: Final = "qbc.frontends"
STAGES: Final = ("ast", "ir", "asm")
"""What a compilation can be looked at as, on its way to an object."""


@dataclass(frozen=True)
class Settings:
    """How a front end compiles."""

    level: int = 2
    """How much it optimises, 0 to 2."""
    is_unchecked: bool = False
    """Leave out the checks of indices."""


@dataclass(frozen=True)
class Shown:
    """A compilation on its way, as text."""

    text: str
    """Empty if there was an error."""
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Formatted:
    """A source in the layout of its language."""

    text: str | None
    """None if the source has syntax errors."""
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Migrated:
    """A source of an earlier version of its language, as the current one writes it."""

    text: str | None
    """None if the source cannot be read by the rules of either."""
    changes: tuple[str, ...] = ()
    """What was rewritten, in words; empty if nothing had to be."""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """Lines that take the place of others."""

    first: int
    last: int
    """Lines of the source, both counted in, from 1 on; ``last`` is before ``first`` where lines come in between."""
    lines: list[str]


@dataclass(frozen=True)
class FrontEnd:
    """What a front end can do with a source. What is wrong with the source is in what it gives; nothing is raised."""

    assemble: Callable[[SourceFile, Options, Settings], Assembly]
    """To an object."""
    show: Callable[[SourceFile, Options, Settings, str], Shown]
    """One of :data:`STAGES`: the checked tree, the intermediate form behind all passes, the text for the assembler."""
    dump: Callable[[SourceFile, Options, Settings, str], Shown]
    """The intermediate form behind a pass, each time that it runs."""
    passes: Callable[[Settings], tuple[str, ...]]
    """Names of the passes that run."""
    comment: str
    """What begins a comment to the end of a line; empty where there are none."""
    format: Callable[[SourceFile], Formatted] | None = None
    """To the same source in the language's one layout; None where there is none."""
    migrate: Callable[[SourceFile], Migrated] | None = None
    """From an earlier version of the language; None where there is nothing to rewrite."""
    lint: Callable[[SourceFile, Options], Linted] | None = None
    """What is no error and yet hardly meant; None where nothing looks for it."""
    claims: Callable[[str], bool] | None = None
    """Whether a text that is no source of QBC is one of this language; None where nobody can tell."""


def find(name: str) -> FrontEnd | None:
    """The front end for a file by its ending; None for one of the assembler's own."""
    ending = _ending(name)
    return None if ending is None else _load(ending)


def is_own(name: str) -> bool:
    """Whether a file is of the assembler's own language, by its ending."""
    return _ending(name) is None


def stem(name: str) -> str:
    """The name of a file without its ending."""
    ending = _ending(name)
    return name.rpartition(".")[0] or name if ending is None else name.removesuffix(f".{ending}")


def _ending(name: str) -> str | None:
    if name.endswith((".qbc", ".qbo")) or "." not in name:
        return None
    # The longest ending counts: a .sigma.json is no .json.
    endings = [ending for ending in _known() if name.endswith(f".{ending}")]
    return max(endings, key=len, default=None)


def endings() -> list[str]:
    """The endings of all front ends' files, without the dot."""
    return sorted(_known())


def claiming(text: str) -> str | None:
    """The ending of the files in whose language a text is, as far as a front end can tell."""
    for ending in endings():
        claims = _load(ending).claims
        if claims is not None and claims(text):
            return ending
    return None


@cache
def _known() -> dict[str, object]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}


@cache
def _load(ending: str) -> FrontEnd:
    point = _known()[ending]
    loaded: FrontEnd = point.load()  # type: ignore[attr-defined]
    return loaded
