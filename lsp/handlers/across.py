"""Where names are given and used, over all files of a workspace; names that it has; who calls whom."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lsprotocol import types as t
from pygls.capabilities import get_capability
from pygls.uris import to_fs_path

from lsp.analysis import Analysis
from lsp.convert import units
from lsp.features import calls, linked, links, navigation, parameters, workspace_symbols
from lsp.features.diagnostics import Texts
from lsp.features.navigation import RefusedError
from lsp.files import Declared, View, language_of, read, summary
from lsp.handlers.places import is_assembly, location, place, range_of
from lsp.handlers.safe import Host, safe
from lsp.handlers.structure import links_of
from lsp.index import Occurrence
from lsp.programs import MOST, Programs, is_library
from lsp.workspace import QBC, SIGMA
from qbcc.library import stdlib_dir
from qbcc.lint.config import NAME
from qbcc.source import Span
from sigma.symbols import Function

_LOG: Final = logging.getLogger(__name__)
_WATCHED: Final = ("**/*.{qbc,sigma,sigma.json}", f"**/{NAME}")
"""Sources, and the projects' levels of findings."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A name at a place, as a program has it."""

    analysis: Analysis
    occurrence: Occurrence


def add(server: Host) -> Programs:
    """Register all of it. Gives the programs of the workspace, which are to be closed."""
    programs = Programs(server)
    _add_files(server, programs)
    _add_names(server, _Names(server, programs))
    _add_symbols(server, programs)
    _add_calls(server, _Names(server, programs))
    return programs


# -- files


def _add_files(server: Host, programs: Programs) -> None:
    def begin(ls: Host) -> None:
        paths = [to_fs_path(uri) for uri in ls.workspace.folders]
        root = [] if paths else [ls.workspace.root_path]
        programs.begin([path for path in (*paths, *root) if path])

    @server.feature(t.INITIALIZED)
    async def initialized(ls: Host, _params: t.InitializedParams) -> None:
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
        begin(ls)

    @server.feature(t.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(ls: Host, params: t.DidChangeWatchedFilesParams) -> None:
        programs.files.forget()
        ls.files_changed([path for change in params.changes if (path := to_fs_path(change.uri))])

    @server.feature(t.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(ls: Host, _params: t.DidChangeWorkspaceFoldersParams) -> None:
        begin(ls)


# -- names


class _Names:
    """Looks names up in all programs that know them."""

    def __init__(self, host: Host, programs: Programs) -> None:
        self.host = host
        self.programs = programs

    async def meant(self, analysis: Analysis, position: t.Position) -> linked.Meant | None:
        """The name at a position."""
        where = place(analysis, self.host.texts(), position)
        return await self.host.worked(functools.partial(linked.meant, analysis, *where))

    async def hits(self, analysis: Analysis, meant: linked.Meant) -> list[Hit]:
        """All places of a name, first those of the program that it was found in."""
        found = [Hit(analysis, each) for each in analysis.names.of.get(meant.what, [])]
        if meant.is_local:
            return found
        view = await self.programs.view()
        seen = analysis.paths
        if meant.given is not None and meant.given.source.path is not None:
            search = functools.partial(view.programs, meant.given.source.path, meant.name, seen)
            for other in await self._read(await self.programs.looked(search), view, analysis):
                places = await self.host.worked(functools.partial(linked.places, other, meant.given))
                found += [Hit(other, each) for each in places]
        if meant.is_linked:
            found += await self._linked(analysis, meant.name, view)
        return found

    async def _linked(self, analysis: Analysis, name: str, view: View) -> list[Hit]:
        """In the objects that give or take it."""
        paths: dict[str, None] = {}
        for path in (*view.giving(name), *view.taking(name)):
            paths.update(dict.fromkeys([path, *view.programs(path, name, ())]))
        found = []
        for other in await self._read(list(paths), view, analysis):
            places = await self.host.worked(functools.partial(linked.named, other, name))
            found += [Hit(other, each) for each in places]
        return found

    async def _read(self, paths: list[str], view: View, own: Analysis) -> list[Analysis]:
        if len(paths) > MOST:
            _LOG.warning("only %d of %d programs are looked at", MOST, len(paths))
        found = []
        for path in paths[:MOST]:
            other = own if path == own.document.path else await self.programs.analysis(path, view)
            if other is not None and other is not own:
                found.append(other)
        return found

    async def real(self, analysis: Analysis, meant: linked.Meant) -> t.Location | None:
        """Where a name of another object is given."""
        paths: list[str] = []
        if isinstance(meant.what, Function) and meant.what.declaration.file is not None:
            token = meant.what.declaration.file
            read = self.host.open.overlay().read
            paths = [link.target for link in await self._links(analysis, read) if _is_at(link, meant.what, token)]
        view = await self.programs.view()
        paths += [path for path in view.giving(meant.name) if path not in paths]
        search = functools.partial(_declared, paths, meant.name, view)
        found = await self.programs.looked(search)
        return _location(found[0], found[1], self.host.texts()) if found is not None else None

    async def _links(self, analysis: Analysis, read: links.Read) -> list[links.Link]:
        modules = analysis.program.modules if analysis.program is not None else []
        search = [functools.partial(links.sigma_links, module.source, read, module.tokens) for module in modules]
        return [link for one in search for link in await self.host.worked(one)]


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
        analysis = await ls.current(params.text_document.uri)
        if analysis is None:
            return None
        read = ls.open.overlay().read
        found = await ls.worked(functools.partial(_given, analysis, ls.texts(), params.position, read))
        meant = await names.meant(analysis, params.position)
        if meant is not None and meant.is_external:
            return await names.real(analysis, meant) or found
        return found

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
        analysis = await ls.current(params.text_document.uri)
        if analysis is None:
            return None
        is_wanted = params.context.include_declaration
        own = _parameter(analysis, ls.texts(), params.position)
        if own:
            return _placed(analysis, ls.texts(), own[0 if is_wanted else 1 :])
        meant = await names.meant(analysis, params.position)
        hits = await names.hits(analysis, meant) if meant is not None else []
        wanted = [hit for hit in hits if is_wanted or not hit.occurrence.is_definition]
        return await ls.worked(functools.partial(_locations, wanted, ls.texts()))

    _add_renaming(server, names)


def _add_renaming(server: Host, names: _Names) -> None:
    @server.feature(t.TEXT_DOCUMENT_PREPARE_RENAME)
    @safe
    async def prepare_rename(ls: Host, params: t.PrepareRenameParams) -> t.PrepareRenamePlaceholder | None:
        return await ls.asked(params, _prepared, params.position)

    @server.feature(t.TEXT_DOCUMENT_RENAME, t.RenameOptions(prepare_provider=True))
    @safe
    async def rename(ls: Host, params: t.RenameParams) -> t.WorkspaceEdit | None:
        analysis = await ls.current(params.text_document.uri)
        if analysis is None:
            return None
        own = _parameter(analysis, ls.texts(), params.position)
        if own:
            spans = navigation.renamed_parameter(analysis.symbols, own, params.new_name)
            return _edit(_placed(analysis, ls.texts(), spans), params.new_name)
        meant = await names.meant(analysis, params.position)
        hits = await names.hits(analysis, meant) if meant is not None else []
        check = functools.partial(_checked, analysis, ls.texts(), params.position, params.new_name, meant, hits)
        await ls.worked(check)
        return _edit(await ls.worked(functools.partial(_locations, hits, ls.texts())), params.new_name)


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
    async def asked(ls: Host, item: t.CallHierarchyItem) -> tuple[Analysis, Any] | None:
        """The program of an item, and what it is there."""
        analysis = await ls.current(item.uri)
        if analysis is None:
            path = os.path.realpath(to_fs_path(item.uri) or "")
            analysis = await names.programs.analysis(path, await names.programs.view())
        if analysis is None:
            return None
        return analysis, await names.meant(analysis, item.selection_range.start)

    @server.feature(t.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    @safe
    async def prepare(ls: Host, params: t.CallHierarchyPrepareParams) -> list[t.CallHierarchyItem] | None:
        return await ls.asked(params, _callable, params.position)

    @server.feature(t.CALL_HIERARCHY_INCOMING_CALLS)
    @safe
    async def incoming(
        ls: Host, params: t.CallHierarchyIncomingCallsParams
    ) -> list[t.CallHierarchyIncomingCall] | None:
        found = await asked(ls, params.item)
        if found is None or found[1] is None:
            return None
        hits = await names.hits(*found)
        return await ls.worked(functools.partial(_incoming, hits, ls.texts()))

    @server.feature(t.CALL_HIERARCHY_OUTGOING_CALLS)
    @safe
    async def outgoing(
        ls: Host, params: t.CallHierarchyOutgoingCallsParams
    ) -> list[t.CallHierarchyOutgoingCall] | None:
        found = await asked(ls, params.item)
        if found is None:
            return None
        analysis, meant = found
        return await ls.worked(functools.partial(_outgoing, analysis, meant, params.item, ls.texts()))


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
