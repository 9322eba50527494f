"""Where names are given and used, over all files of a workspace; names that it has; who calls whom."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from lsprotocol import types as t
from pygls.capabilities import get_capability
from pygls.uris import to_fs_path

from lsp.analysis import Analysis
from lsp.convert import units
from lsp.features import calls, linked, links, navigation, parameters, workspace_symbols
from lsp.features.diagnostics import Texts
from lsp.features.navigation import RefusedError
from lsp.files import View, language_of, read, summary
from lsp.handlers.safe import Host, OfPlace, safe
from lsp.handlers.structure import links_of
from lsp.index import Declared, Occurrence
from lsp.places import is_assembly, location, place, range_of
from lsp.programs import MOST, Programs, is_library
from lsp.workspace import QBC, SIGMA, Overlay
from qbcc.library import stdlib_dir
from qbcc.lint.config import NAME
from qbcc.source import Span
from sigma.symbols import Function

_LOG: Final = logging.getLogger(__name__)
_WATCHED: Final = ("**/*.{qbc,sigma,sigma.json}", f"**/{NAME}")
"""Sources, and the projects' levels of findings."""
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Hit:
    """A name at a place, as a program has it."""

    analysis: Analysis
    occurrence: Occurrence


def add(server: Host) -> tuple[Programs, Callable[[Host], Awaitable[None]]]:
    """Register all of it. Returns the programs of the workspace, which are to be closed, and what begins to read them,
    once the editor is initialized."""
    programs = Programs(server)
    server.droppers.append(programs.drop)
    begin = _add_files(server, programs)
    _add_names(server, _Names(server, programs))
    _add_symbols(server, programs)
    _add_calls(server, _Names(server, programs))
    return programs, begin


# -- files


def _add_files(server: Host, programs: Programs) -> Callable[[Host], Awaitable[None]]:
    def begin(ls: Host) -> None:
        # Its keys are not as the editor wrote them.
        folders = [folder.uri for folder in ls.workspace.folders.values()]
        paths = [to_fs_path(uri) for uri in folders]
        root = [] if paths else [ls.workspace.root_path]
        ls.open.folders = tuple(folders or ([ls.workspace.root_uri] if ls.workspace.root_uri else []))
        programs.begin([path for path in (*paths, *root) if path])

    async def initialized(ls: Host) -> None:
        begin(ls)
        if get_capability(ls.client_capabilities, "workspace.did_change_watched_files.dynamic_registration"):
            watchers = [t.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = t.DidChangeWatchedFilesRegistrationOptions(watchers)
            registration = t.Registration("files", t.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            try:
                await ls.client_register_capability_async(t.RegistrationParams([registration]))
                programs.is_told = True
            except Exception:
                # Then files are looked at more often.
                _LOG.warning("the editor does not watch files")

    @server.feature(t.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(ls: Host, params: t.DidChangeWatchedFilesParams) -> None:
        programs.files.forget()
        ls.files_changed([path for change in params.changes if (path := to_fs_path(change.uri))])

    @server.feature(t.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(ls: Host, _params: t.DidChangeWorkspaceFoldersParams) -> None:
        begin(ls)

    return initialized


# -- names


@dataclass(frozen=True, slots=True)
class _Sought:
    """What is looked for in other programs, as plain data: of a session, nothing may be held from one piece of work to
    the next."""

    name: str
    given: str | None
    """The file that gives the name."""
    seen: frozenset[str]
    """The files of the program that it was found in."""
    is_linked: bool


_Use = Callable[[Analysis, linked.Meant | None, list[Hit]], _R]
"""What becomes of a name and its places, made in the worker's thread."""


class _Names:
    """Looks names up in all programs that know them."""

    def __init__(self, host: Host, programs: Programs) -> None:
        self.host = host
        self.programs = programs

    async def used(self, uri: str, position: t.Position, use: _Use[_R]) -> _R | None:
        """What is made of the name at a position of a file and of its places, first those of the program that it is
        found in; None for a file that cannot be read.

        The files to read are found first, by words and includes, and read one by one, so that what is typed meanwhile
        is read in between. All that is said of their names is one piece of work."""
        host, overlay = self.host, self.host.open.overlay()
        own = await host.current(uri)
        view: View | None = None
        if own is None:
            path = os.path.realpath(to_fs_path(uri) or "")
            view = await self.programs.view()
            own = await host.worked(functools.partial(self.programs.analysis, path, view, overlay))
        if own is None:
            return None
        sought = await host.worked(functools.partial(_sought, own, host.texts(), position))
        paths: list[str] = []
        if sought is not None:
            view = view or await self.programs.view()
            paths = await self.programs.looked(functools.partial(_paths, view, sought))
            if len(paths) > MOST:
                _LOG.warning("only %d of %d programs are looked at", MOST, len(paths))
                paths = paths[:MOST]
            for path in paths:
                await host.worked(functools.partial(self.programs.analysis, path, view, overlay))
        return await host.worked(functools.partial(self._used, own, host.texts(), position, view, overlay, paths, use))

    def _used(
        self,
        own: Analysis,
        texts: Texts,
        position: t.Position,
        view: View | None,
        overlay: Overlay,
        paths: list[str],
        use: _Use[_R],
    ) -> _R:
        """In the worker's thread."""
        meant = linked.meant(own, *place(own, texts, position))
        hits = [Hit(own, each) for each in own.names.of.get(meant.what, [])] if meant is not None else []
        for path in paths if meant is not None and view is not None else ():
            assert meant is not None and view is not None
            other = own if path == own.document.path else self.programs.analysis(path, view, overlay)
            if other is not None and other is not own:
                found = linked.places(other, meant.given) if meant.given is not None else []
                found += linked.named(other, meant.name) if meant.is_linked else []
                hits += [Hit(other, each) for each in found]
        return use(own, meant, hits)

    async def of_open(self, params: OfPlace, use: _Use[_R]) -> _R | None:
        """The same at a place of a document that is open; None for one that is not."""
        uri = params.text_document.uri
        return await self.used(uri, params.position, use) if uri in self.host.open.documents else None

    async def real(self, uri: str, position: t.Position) -> t.Location | None:
        """Where a name of another object is given."""
        read = self.host.open.overlay().read
        analysis = await self.host.current(uri)
        if analysis is None:
            return None
        found = await self.host.worked(functools.partial(_external, analysis, self.host.texts(), position, read))
        if found is None:
            return None
        name, paths = found
        view = await self.programs.view()
        paths += [path for path in view.giving(name) if path not in paths]
        declared = await self.programs.looked(functools.partial(_declared, paths, name, view))
        return _location(declared[0], declared[1], self.host.texts()) if declared is not None else None


def _sought(analysis: Analysis, texts: Texts, position: t.Position) -> _Sought | None:
    """What is to be looked for elsewhere; None for what no other file can know."""
    meant = linked.meant(analysis, *place(analysis, texts, position))
    if meant is None or meant.is_local:
        return None
    given = meant.given.source.path if meant.given is not None else None
    return _Sought(meant.name, given, analysis.paths, meant.is_linked)


def _paths(view: View, sought: _Sought) -> list[str]:
    """The programs to read: those that lead to the file which gives a name, and the objects that give or take it."""
    paths: dict[str, None] = {}
    if sought.given is not None:
        paths.update(dict.fromkeys(view.programs(sought.given, sought.name, sought.seen)))
    if sought.is_linked:
        for path in (*view.giving(sought.name), *view.taking(sought.name)):
            paths.update(dict.fromkeys([path, *view.programs(path, sought.name, ())]))
    return list(paths)


def _external(analysis: Analysis, texts: Texts, position: t.Position, read: links.Read) -> tuple[str, list[str]] | None:
    """The name at a position that another object brings, with the files that its declaration names; None for others."""
    meant = linked.meant(analysis, *place(analysis, texts, position))
    if meant is None or not meant.is_external:
        return None
    what = meant.what
    if not isinstance(what, Function) or what.declaration.file is None or analysis.program is None:
        return meant.name, []
    named = (
        link for module in analysis.program.modules for link in links.sigma_links(module.source, read, module.tokens)
    )
    return meant.name, [link.target for link in named if _is_at(link, what, what.declaration.file)]


def _is_at(link: links.Link, what: Function, token: int) -> bool:
    """Whether a link is the file of an ``extern fn``."""
    module = what.module
    if module is None or link.span.source is not module.source:
        return False
    span = module.at(token)
    return (link.span.line, link.span.column) == (span.line, span.column + 1)


def _declared(paths: Iterable[str], name: str, view: View) -> tuple[str, Declared] | None:
    """The first of some files that gives a name to others."""
    for path in paths:
        known = view.known.get(path)
        if known is None:
            source = read(path)
            known = summary(source, language_of(path)) if source is not None else None
        found = next((one for one in known.declared if one.name == name), None) if known is not None else None
        if found is not None:
            return path, found
    return None


def _location(path: str, one: Declared, texts: Texts) -> t.Location:
    start = units(one.before, texts.encoding)
    end = start + units(one.name, texts.encoding)
    return t.Location(texts.address(path), t.Range(t.Position(one.line, start), t.Position(one.line, end)))


def _add_names(server: Host, names: _Names) -> None:
    @server.feature(t.TEXT_DOCUMENT_DEFINITION)
    @safe
    async def definition(ls: Host, params: t.DefinitionParams) -> t.Location | None:
        found = await ls.asked(params, _given, params.position, ls.open.overlay().read)
        return await names.real(params.text_document.uri, params.position) or found

    @server.feature(t.TEXT_DOCUMENT_DECLARATION)
    @safe
    async def declaration(ls: Host, params: t.DeclarationParams) -> t.Location | None:
        return await ls.asked(params, _told, params.position)

    @server.feature(t.TEXT_DOCUMENT_TYPE_DEFINITION)
    @safe
    async def type_definition(ls: Host, params: t.TypeDefinitionParams) -> t.Location | None:
        return await ls.asked(params, _typed, params.position)

    @server.feature(t.TEXT_DOCUMENT_REFERENCES)
    @safe
    async def references(ls: Host, params: t.ReferenceParams) -> list[t.Location] | None:
        is_wanted, texts = params.context.include_declaration, ls.texts()

        def found(analysis: Analysis, _meant: linked.Meant | None, hits: list[Hit]) -> list[t.Location]:
            own = _parameter(analysis, texts, params.position)
            if own:
                return _placed(analysis, texts, own[0 if is_wanted else 1 :])
            return _locations((hit for hit in hits if is_wanted or not hit.occurrence.is_definition), texts)

        return await names.of_open(params, found)

    _add_renaming(server, names)


def _add_renaming(server: Host, names: _Names) -> None:
    @server.feature(t.TEXT_DOCUMENT_PREPARE_RENAME)
    @safe
    async def prepare_rename(ls: Host, params: t.PrepareRenameParams) -> t.PrepareRenamePlaceholder | None:
        return await ls.asked(params, _prepared, params.position)

    @server.feature(t.TEXT_DOCUMENT_RENAME, t.RenameOptions(prepare_provider=True))
    @safe
    async def rename(ls: Host, params: t.RenameParams) -> t.WorkspaceEdit | None:
        texts, new = ls.texts(), params.new_name

        def renamed(analysis: Analysis, meant: linked.Meant | None, hits: list[Hit]) -> t.WorkspaceEdit:
            own = _parameter(analysis, texts, params.position)
            if own:
                spans = navigation.renamed_parameter(analysis.symbols, own, new)
                return _edit(_placed(analysis, texts, spans), new)
            _checked(analysis, texts, params.position, new, meant, hits)
            return _edit(_locations(hits, texts), new)

        return await names.of_open(params, renamed)


def _given(analysis: Analysis, texts: Texts, position: t.Position, read: links.Read) -> t.Location | None:
    """Where the name at a position is given; of a file's name, that file."""
    where = place(analysis, texts, position)
    for link in links_of(analysis, read):
        if link.span.line == where[0] and link.span.column <= where[1] <= link.span.end_column:
            return t.Location(texts.address(link.target), t.Range(t.Position(0, 0), t.Position(0, 0)))
    own = _parameter(analysis, texts, position)
    found = own[0] if own else navigation.definition(analysis.names, analysis.document.source, *where)
    return location(analysis, texts, found) if found is not None else None


def _told(analysis: Analysis, texts: Texts, position: t.Position) -> t.Location | None:
    """Where a name is told that is given elsewhere."""
    where, source = place(analysis, texts, position), analysis.document.source
    if is_assembly(analysis):
        found = navigation.declared_assembly(analysis.symbols, analysis.sources, source, *where)
    else:
        found = navigation.declared_sigma(analysis.program, analysis.names, *where) if analysis.program else None
    return location(analysis, texts, found) if found is not None else None


def _typed(analysis: Analysis, texts: Texts, position: t.Position) -> t.Location | None:
    """Where the record is declared that a name of σ has."""
    if analysis.program is None:
        return None
    found = navigation.record_of(analysis.program, analysis.names, *place(analysis, texts, position))
    return location(analysis, texts, found) if found is not None else None


def _parameter(analysis: Analysis, texts: Texts, position: t.Position) -> list[Span]:
    """The places of the parameter of a macro that is at a position."""
    if not is_assembly(analysis):
        return []
    source = analysis.document.source
    found = parameters.at(source, *place(analysis, texts, position))
    return parameters.places(source, *found) if found is not None else []


def _placed(analysis: Analysis, texts: Texts, spans: Iterable[Span]) -> list[t.Location]:
    found = (location(analysis, texts, span) for span in spans)
    return [each for each in found if each is not None]


def _locations(hits: Iterable[Hit], texts: Texts) -> list[t.Location]:
    """Each place once, by file and place."""
    found: dict[tuple[str, int, int], t.Location] = {}
    for hit in hits:
        for each in _placed(hit.analysis, texts, [hit.occurrence.span]):
            start = each.range.start
            found.setdefault((each.uri, start.line, start.character), each)
    return list(found.values())


def _prepared(analysis: Analysis, texts: Texts, position: t.Position) -> t.PrepareRenamePlaceholder:
    """The name that would change. Raises :class:`RefusedError`."""
    where, source = place(analysis, texts, position), analysis.document.source
    span = next(
        (
            one
            for one in _parameter(analysis, texts, position)
            if one.line == where[0] and one.column <= where[1] <= one.end_column
        ),
        None,
    )
    if span is None:
        meant = linked.meant(analysis, *where)
        found = analysis.names.at(source, *where)
        is_external = meant is not None and meant.is_external and is_assembly(analysis)
        span = found.span if is_external and found else navigation.renamable(analysis.names, source, *where).span
    return t.PrepareRenamePlaceholder(
        texts.range(span), span.source.line(span.line)[span.column - 1 : span.end_column - 1]
    )


def _checked(
    analysis: Analysis, texts: Texts, position: t.Position, new: str, meant: linked.Meant | None, hits: list[Hit]
) -> None:
    """Whether a name may change in all programs that have it. Raises :class:`RefusedError`."""
    where = place(analysis, texts, position)
    todo = {id(analysis): (analysis, analysis.document.source, where)}
    for hit in hits:
        span = hit.occurrence.span
        if is_library(span.source.path):
            raise RefusedError("this name is given in the standard library")
        todo.setdefault(id(hit.analysis), (hit.analysis, span.source, (span.line, span.column)))
    given = [hit for hit in hits if hit.occurrence.is_definition]
    if meant is not None and meant.is_external and not given:
        raise RefusedError(f"no file of the workspace gives '{meant.name}'")
    languages = {hit.analysis.document.language for hit in hits}
    if meant is not None and meant.is_linked and SIGMA in languages and QBC in languages:
        raise RefusedError(f"'{meant.name}' is known by this name outside of this language")
    for other, source, there in todo.values():
        if other.program is None:
            navigation.renamed_assembly(other.symbols, source, *there, new)
        else:
            navigation.renamed_sigma(other.names, source, *there, new)


def _edit(places: Iterable[t.Location], new: str) -> t.WorkspaceEdit:
    changes: dict[str, list[t.TextEdit]] = {}
    for each in places:
        changes.setdefault(each.uri, []).append(t.TextEdit(each.range, new))
    return t.WorkspaceEdit(changes)


# -- symbols of the workspace


def _add_symbols(server: Host, programs: Programs) -> None:
    @server.feature(t.WORKSPACE_SYMBOL)
    @safe
    async def workspace_symbol(ls: Host, params: t.WorkspaceSymbolParams) -> list[t.SymbolInformation] | None:
        view = await programs.view()
        return await programs.looked(functools.partial(_symbols, params.query, view, ls.texts()))


def _symbols(query: str, view: View, texts: Texts) -> list[t.SymbolInformation]:
    """What is declared in the workspace; with something to look for, in the standard library too."""
    rows = [(path, one) for path, each in view.known.items() for one in each.declared]
    if query.strip():
        rows += [row for row in _library() if row[0] not in view.known]
    return [
        t.SymbolInformation(
            _location(path, one, texts),
            one.name,
            one.kind,
            tags=[t.SymbolTag.Deprecated] if one.is_deprecated else None,
            container_name=Path(path).name,
        )
        for path, one in workspace_symbols.found(query, rows)
    ]


@functools.cache
def _library() -> list[workspace_symbols.Row]:
    """What the standard library declares."""
    paths = sorted(str(path) for path in stdlib_dir().rglob("*") if language_of(path.name))
    sources = [(path, read(path)) for path in paths]
    found = [(path, summary(source, language_of(path))) for path, source in sources if source is not None]
    return [(path, one) for path, each in found for one in each.declared]


# -- calls


def _add_calls(server: Host, names: _Names) -> None:
    @server.feature(t.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    @safe
    async def prepare(ls: Host, params: t.CallHierarchyPrepareParams) -> list[t.CallHierarchyItem] | None:
        return await ls.asked(params, _callable, params.position)

    @server.feature(t.CALL_HIERARCHY_INCOMING_CALLS)
    @safe
    async def incoming(
        ls: Host, params: t.CallHierarchyIncomingCallsParams
    ) -> list[t.CallHierarchyIncomingCall] | None:
        texts = ls.texts()

        def found(
            _analysis: Analysis, meant: linked.Meant | None, hits: list[Hit]
        ) -> list[t.CallHierarchyIncomingCall] | None:
            return _incoming(hits, texts) if meant is not None else None

        return await names.used(params.item.uri, params.item.selection_range.start, found)

    @server.feature(t.CALL_HIERARCHY_OUTGOING_CALLS)
    @safe
    async def outgoing(
        ls: Host, params: t.CallHierarchyOutgoingCallsParams
    ) -> list[t.CallHierarchyOutgoingCall] | None:
        texts = ls.texts()

        def found(
            analysis: Analysis, meant: linked.Meant | None, _hits: list[Hit]
        ) -> list[t.CallHierarchyOutgoingCall]:
            return _outgoing(analysis, meant, params.item, texts)

        return await names.used(params.item.uri, params.item.selection_range.start, found)


def _item(analysis: Analysis, texts: Texts, found: calls.Callable, way: str = "") -> t.CallHierarchyItem | None:
    where = location(analysis, texts, found.place)
    if where is None:
        return None
    detail = f"{found.detail} ({way})" if way and found.detail else found.detail or way
    return t.CallHierarchyItem(
        found.name, found.kind, where.uri, range_of(texts, found.whole), where.range, detail=detail
    )


def _callable(analysis: Analysis, texts: Texts, position: t.Position) -> list[t.CallHierarchyItem] | None:
    """What is at a position, where it can be called."""
    meant = linked.meant(analysis, *place(analysis, texts, position))
    found = calls.meant(analysis, meant.what) if meant is not None else None
    item = _item(analysis, texts, found) if found is not None else None
    return [item] if item is not None else None


def _incoming(hits: Iterable[Hit], texts: Texts) -> list[t.CallHierarchyIncomingCall]:
    """Who uses a name, each with its places there; the ways in which it does are apart."""
    found: dict[tuple[str, int, int, str], tuple[t.CallHierarchyItem, dict[tuple[int, int], t.Range]]] = {}
    for hit in hits:
        span = hit.occurrence.span
        is_assembler = hit.analysis.program is None
        if hit.occurrence.is_definition or (is_assembler and not calls.is_use(span)):
            continue
        caller = calls.around(hit.analysis, span)
        way = calls.how(span) if is_assembler else ""
        is_own = is_assembler and caller.name == hit.occurrence.what and way == "jump"
        item = _item(hit.analysis, texts, caller, way) if not is_own else None
        if item is not None:
            start = item.selection_range.start
            kept = found.setdefault((item.uri, start.line, start.character, way), (item, {}))
            range = texts.range(span)
            kept[1][range.start.line, range.start.character] = range
    return [t.CallHierarchyIncomingCall(item, list(ranges.values())) for item, ranges in found.values()]


def _outgoing(
    analysis: Analysis, meant: linked.Meant | None, item: t.CallHierarchyItem, texts: Texts
) -> list[t.CallHierarchyOutgoingCall]:
    """What an item calls."""
    caller = calls.meant(analysis, meant.what) if meant is not None else None
    if caller is None and item.kind is t.SymbolKind.File:
        caller = calls.around(analysis, Span(analysis.document.source, 1, 1, 1))
    found = []
    for target, way, spans in calls.outgoing(analysis, caller) if caller is not None else ():
        made = _item(analysis, texts, target, way)
        if made is not None:
            found.append(t.CallHierarchyOutgoingCall(made, [texts.range(span) for span in spans]))
    return found
