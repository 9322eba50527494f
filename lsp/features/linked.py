"""One thing in several programs: a file may belong to many, and objects bring names from each other."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from lsp.analysis import Analysis
from lsp.index import Occurrence
from lsp.qbc.index import EXTERNAL, LABEL, LOCAL
from lsp.qbc.layout import layout
from qbcc.source import Span
from sigma.symbols import Function, Local, ModuleName


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name at a place is."""

    name: str
    what: Hashable
    given: Span | None
    """Where it gets its name."""
    is_local: bool
    """Whether no other file can know it."""
    is_linked: bool
    """Whether other objects see it, or bring it, by its name."""
    is_external: bool
    """Whether another object brings it."""


def meant(analysis: Analysis, line: int, column: int) -> Meant | None:
    """The name at a place of a document."""
    found = analysis.names.at(analysis.document.source, line, column)
    if found is None:
        return None
    what, given = found.what, analysis.names.definition(found.what)
    is_local, is_linked, is_external = False, False, False
    if isinstance(what, str):
        kind = analysis.symbols.kinds.get(what)
        is_local, is_external = kind == LOCAL, kind == EXTERNAL
        is_linked = is_external or (kind == LABEL and what in _globals(analysis))
    else:
        is_local = isinstance(what, Local | ModuleName)
        is_external = isinstance(what, Function) and what.is_extern
        is_linked = isinstance(what, Function) and (what.is_extern or what.declaration.is_exported)
    return Meant(_name(what), what, given.span if given else None, is_local, is_linked, is_external)


def _name(what: object) -> str:
    if isinstance(what, str):
        return what
    return str(what[1]) if isinstance(what, tuple) else str(getattr(what, "name", ""))


def _globals(analysis: Analysis) -> set[str]:
    return {each.name for source in analysis.sources for each in layout(source).globals}


def places(analysis: Analysis, given: Span) -> list[Occurrence]:
    """Where another program has what is given at a place of a file."""
    path = given.source.path
    source = next((each for each in analysis.sources if path is not None and each.path == path), None)
    found = analysis.names.at(source, given.line, given.column) if source is not None else None
    return list(analysis.names.of[found.what]) if found is not None and found.is_definition else []


def named(analysis: Analysis, name: str) -> list[Occurrence]:
    """Where a program has the name that other objects know."""
    if analysis.program is None:
        kind = analysis.symbols.kinds.get(name)
        is_seen = kind == EXTERNAL or (kind == LABEL and name in _globals(analysis))
        return list(analysis.names.of[name]) if is_seen else []
    functions = [what for what in analysis.names.of if isinstance(what, Function) and what.name == name]
    seen = [what for what in functions if what.is_extern or what.declaration.is_exported]
    return [each for what in seen for each in analysis.names.of[what]]
