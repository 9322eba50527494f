"""Where names are given, and where they stand; new names for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from lsp.index import Index, Occurrence
from lsp.qbc.index import EXTERNAL, Symbols
from lsp.qbc.layout import Block, layout
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile, Span
from sigma.check.program import Program
from sigma.lexer import KEYWORDS
from sigma.symbols import Function, ModuleName, RecordName, Symbol
from sigma.types import BYTE, Array
from vm.isa import BY_NAME

_QBC_NAME: Final = re.compile(r"@?[A-Za-z_][A-Za-z0-9_]*")
_REGISTER: Final = re.compile(r"[rR]\d+")
_ENTRY: Final = "main"
"""The label where a program of assembly begins that does not say where."""
_SAYS_ENTRY: Final = re.compile(r"\s*(?:\w+:\s*)*\.entry_point\b", re.IGNORECASE)
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


def declared_assembly(
    symbols: Symbols, sources: Iterable[SourceFile], source: SourceFile, line: int, column: int
) -> Span | None:
    """Where a label is told to other objects or brought from them: ``.extern``, ``.global``; else where it is given."""
    found = symbols.index.at(source, line, column)
    if found is None:
        return None
    name = str(found.what)
    for each in sources:
        told = layout(each)
        one = next((one for one in (*told.externals, *told.globals) if one.name == name), None)
        if one is not None:
            return Span(each, one.line, one.column, one.column + len(name))
    given = symbols.index.definition(name)
    return given.span if given is not None else None


def declared_sigma(program: Program, index: Index, line: int, column: int) -> Span | None:
    """Of a name of another module, where that is imported; else where it is given."""
    main = program.main
    found = index.at(main.source, line, column)
    what: Any = found.what if found is not None else None
    if isinstance(what, Symbol) and not isinstance(what, ModuleName) and what.module not in (None, main):
        imports = (one for one in main.names.values() if isinstance(one, ModuleName) and one.target is what.module)
        name = next(imports, None)
        if name is not None:
            return main.at(name.token)
    given = index.definition(what) if found is not None else None
    return given.span if given is not None else None


def record_of(program: Program, index: Index, line: int, column: int) -> Span | None:
    """Where the record is declared that a name has, or that its elements or its result have."""
    found = index.at(program.main.source, line, column)
    if found is None:
        return None
    what: Any = found.what
    if isinstance(what, Symbol):
        type = what.result if isinstance(what, Function) else getattr(what, "type", None)
    else:
        field = what[0].field(what[1])
        type = field.type if field is not None else None
    while isinstance(type, Array):
        type = type.element
    names = (one for module in program.modules for one in module.names.values() if isinstance(one, RecordName))
    named = next((one for one in names if one.type is type), None)
    return named.module.at(named.token) if named is not None and named.module is not None else None


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
    if not _SIGMA_NAME.fullmatch(new) or new in KEYWORDS or new == BYTE.name:
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


def renamed_parameter(symbols: Symbols, places: list[Span], new: str) -> list[Span]:
    """The same for a parameter of a macro. Raises :class:`RefusedError`."""
    source, first = places[0].source, places[0]
    macro = layout(source).macro(first.line)
    if not _QBC_NAME.fullmatch(new) or new[0] == "@" or new.upper() in BY_NAME or _REGISTER.fullmatch(new):
        raise RefusedError(f"'{new}' is no name of a parameter")
    is_taken = macro is not None and (new in macro.parameters or _stands(source, macro, new))
    if is_taken or new in symbols.kinds:
        raise RefusedError(f"'{new}' is there already")
    return places


def _stands(source: SourceFile, macro: Block, name: str) -> bool:
    word = re.compile(rf"\b{name}\b")
    return any(word.search(source.line(number)) for number in range(macro.first, macro.last + 1))


def renamed_assembly(symbols: Symbols, source: SourceFile, line: int, column: int, new: str) -> list[Span]:
    """The same in assembly; a local label stays one. Raises :class:`RefusedError`."""
    index = symbols.index
    found = index.at(source, line, column)
    if found is None or symbols.kinds.get(str(found.what)) != EXTERNAL:
        found = renamable(index, source, line, column)
    owner, local, _ = str(found.what).rpartition("@")
    if not _QBC_NAME.fullmatch(new) or new.upper() in BY_NAME or _REGISTER.fullmatch(new):
        raise RefusedError(f"'{new}' is no name in assembly")
    if new.startswith("@") != bool(local):
        raise RefusedError("a local label begins with @, and nothing else does")
    places = [each.span for each in index.of[found.what]]
    if owner + new != found.what and (owner + new in symbols.kinds or any(_hides(place, new) for place in places)):
        raise RefusedError(f"'{new}' is there already")
    if _ENTRY in (found.what, new) and found.what != new and not any(map(_has_entry, symbols.files)):
        raise RefusedError(f"a program without .entry_point begins at '{_ENTRY}'")
    return places


def _hides(place: Span, name: str) -> bool:
    """Whether a macro has a parameter of that name at a place."""
    macro = layout(place.source).macro(place.line)
    return macro is not None and name in macro.parameters


def _has_entry(source: SourceFile) -> bool:
    return any(map(_SAYS_ENTRY.match, source.lines))
