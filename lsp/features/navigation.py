"""Where names are given, and where they stand; new names for them."""

from __future__ import annotations

import re
from typing import Any, Final

from lsp.index import Index, Occurrence
from lsp.qbc_index import Symbols
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile, Span
from sigma.lexer import KEYWORDS
from sigma.symbols import Function, ModuleName, Symbol
from vm.isa import BY_NAME

_QBC_NAME: Final = re.compile(r"@?[A-Za-z_][A-Za-z0-9_]*")
_REGISTER: Final = re.compile(r"[rR]\d+")
_SIGMA_NAME: Final = re.compile(r"[^\W\d]\w*")


class RefusedError(Exception):
    """Why a name cannot be changed, for people."""


def definition(index: Index, source: SourceFile, line: int, column: int) -> Span | None:
    """Where the name at a place is given."""
    found = index.at(source, line, column)
    if found is not None and isinstance(found.what, ModuleName) and found.what.target is not None:
        return Span(found.what.target.source, 1, 1, 1)
    given = index.definition(found.what) if found is not None else None
    return given.span if given is not None else None


def references(index: Index, source: SourceFile, line: int, column: int, *, declared: bool) -> list[Span]:
    """All places of the name at a place, the one that gives it too if that is wanted."""
    found = index.at(source, line, column)
    places = index.of[found.what] if found is not None else []
    return [each.span for each in places if declared or not each.is_definition]


def renamable(index: Index, source: SourceFile, line: int, column: int) -> Occurrence:
    """The name at a place, if it may be changed. Raises :class:`RefusedError`."""
    found = index.at(source, line, column)
    if found is None:
        raise RefusedError("here is no name that can be changed")
    if index.definition(found.what) is None:
        raise RefusedError("this name is the language's, or that of a file")
    library = str(stdlib_dir())
    if any((each.span.source.path or "").startswith(library) for each in index.of[found.what] if each.is_definition):
        raise RefusedError("this name is given in the standard library")
    return found


def renamed_sigma(index: Index, source: SourceFile, line: int, column: int, new: str) -> list[Span]:
    """What is to be replaced by a new name in σ. Raises :class:`RefusedError`."""
    found = renamable(index, source, line, column)
    if not _SIGMA_NAME.fullmatch(new) or new in KEYWORDS:
        raise RefusedError(f"'{new}' is no name in σ")
    if isinstance(found.what, Function) and (found.what.is_extern or found.what.name == "main"):
        raise RefusedError(f"'{found.what.name}' is known by this name outside of σ")
    touched = {each.span.source for each in index.of[found.what]}
    for what, places in index.of.items():
        # Wherever it stands: one of the two names could hide the other.
        if what is not found.what and _name(what) == new and touched & {each.span.source for each in places}:
            raise RefusedError(f"'{new}' is there already")
    return [each.span for each in index.of[found.what]]


def _name(what: Any) -> str:
    return str(what.name) if isinstance(what, Symbol) else str(what[1])


def renamed_assembly(symbols: Symbols, source: SourceFile, line: int, column: int, new: str) -> list[Span]:
    """The same in assembly; a local label stays one. Raises :class:`RefusedError`."""
    index = symbols.index
    found = renamable(index, source, line, column)
    owner, local, _ = str(found.what).rpartition("@")
    if not _QBC_NAME.fullmatch(new) or new.upper() in BY_NAME or _REGISTER.fullmatch(new):
        raise RefusedError(f"'{new}' is no name in assembly")
    if new.startswith("@") != bool(local):
        raise RefusedError("a local label begins with @, and nothing else does")
    if owner + new in symbols.kinds and owner + new != found.what:
        raise RefusedError(f"'{new}' is there already")
    return [each.span for each in index.of[found.what]]
