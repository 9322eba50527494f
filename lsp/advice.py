"""What is offered about a document, as the protocol's types: hints, lenses, actions, the layout of what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from lsprotocol import types as t

from lsp import requests
from lsp.analysis import Analysis, Assembled
from lsp.client import ADDRESSES, MACROS, STACK, Client
from lsp.features import hints, lenses, refactor, typed
from lsp.features.diagnostics import HINTS, Texts, made, wanted
from lsp.places import location
from lsp.qbc.flow import all_changes
from lsp.qbc.index import Symbols
from lsp.workspace import CIRCUIT, QBC, SIGMA
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.edits import Edit, Mover, difference
from qbcc.source import Span

FIX_ALL = t.CodeActionKind.SourceFixAll
KINDS = (t.CodeActionKind.QuickFix, t.CodeActionKind.RefactorExtract, t.CodeActionKind.RefactorRewrite, FIX_ALL)
"""Of the actions that there are."""
EXPLAIN, NAME = "qbc.explain", "editor.action.rename"
"""Commands of the editor; the second one is VS Code's own, and acts at the cursor."""


def _lines(analysis: Analysis, texts: Texts, range: t.Range) -> tuple[int, int]:
    """The lines of a range, from 1 and both counted in."""
    text = analysis.document.text
    first, _ = text.place(text.offset(range.start, texts.encoding))
    last, _ = text.place(text.offset(range.end, texts.encoding))
    return first, last


def _locations(analysis: Analysis, texts: Texts, spans: Iterable[Span]) -> list[t.Location]:
    found = (location(analysis, texts, span) for span in spans)
    return [each for each in found if each is not None]


# -- hints


def inlay_hints(analysis: Analysis, texts: Texts, range: t.Range) -> list[t.InlayHint]:
    """What stands between the words of a range."""
    first, last = _lines(analysis, texts, range)
    kinds = texts.client.hints
    found: list[hints.Hint] = []
    if analysis.document.language == QBC:
        found = _assembly_hints(analysis, first, last, texts.client)
    elif analysis.document.language == SIGMA and analysis.program is not None:
        found = hints.sigma(analysis.program.main, first, last, kinds)
    return [_hint(analysis, texts, each) for each in found]


def _assembly_hints(analysis: Analysis, first: int, last: int, client: Client) -> list[hints.Hint]:
    source, symbols, kinds = analysis.document.source, analysis.symbols, client.hints
    found = hints.assembly(source, symbols, None, first, last, kinds)
    known = analysis.assembled(now=not client.refreshes_hints) if kinds & {ADDRESSES, STACK, MACROS} else None
    if known is not None:
        old = known.sources[0]
        change = difference(old.lines, source.lines) or Edit(0, 0, 0)
        mover = Mover(old, source, change)
        # Of lines that an edit has changed since then nothing is known.
        before = first, min(last, change.first)
        behind = max(first, change.new_end + 1) - change.shift, last - change.shift
        for begin, end in (before, behind):
            if begin <= end:
                made = _assembled_hints(known, symbols, begin, end, kinds)
                found += [replace(each, line=mover.line(each.line)) for each in made]
    return sorted(found, key=lambda each: (each.line, each.column))


def _assembled_hints(
    known: Assembled, symbols: Symbols, first: int, last: int, kinds: frozenset[str]
) -> list[hints.Hint]:
    """Those that tell what lines became."""
    source, made, flow = known.sources[0], known.assembly.object, known.flow
    if made is None:
        return []
    found = hints.assembly(source, symbols, made, first, last, kinds & {ADDRESSES})
    if flow is not None:
        found += hints.depths(source, flow, first, last) if STACK in kinds else []
        found += hints.expansions(source, symbols, made, flow, first, last) if MACROS in kinds else []
    return found


def _hint(analysis: Analysis, texts: Texts, hint: hints.Hint) -> t.InlayHint:
    text = analysis.document.text
    label: str | list[t.InlayHintLabelPart] = hint.text
    where = location(analysis, texts, hint.definition) if hint.definition is not None else None
    if where is not None:
        label = [t.InlayHintLabelPart(hint.text, location=where)]
    tooltip = texts.said(hint.tooltip, HINTS)
    kind = t.InlayHintKind.Parameter if hint.is_parameter else t.InlayHintKind.Type if hint.is_type else None
    return t.InlayHint(
        text.position(text.at(hint.line, hint.column), texts.encoding),
        label,
        kind=kind,
        tooltip=tooltip,
        padding_left=not (hint.is_parameter or hint.is_type),
        padding_right=hint.is_parameter,
    )


# -- lenses


def code_lenses(analysis: Analysis, texts: Texts) -> list[t.CodeLens]:
    """What stands above lines: only for an editor that has the commands."""
    client = texts.client
    if not client.commands:
        return []
    source = analysis.document.source
    found: list[lenses.Lens] = []
    if analysis.document.language == QBC:
        known = analysis.assembled(now=not client.refreshes_lenses)
        changed = all_changes(known.flow) if known is not None and known.flow is not None else {}
        found = lenses.assembly(source, analysis.symbols, changed, has_debugger=client.debugger)
    elif analysis.document.language == CIRCUIT:
        found = lenses.circuit(source)
    elif analysis.program is not None and analysis.session is not None:
        found = lenses.sigma(analysis.program, analysis.session.references(), has_debugger=client.debugger)
    return [_lens(analysis, texts, each) for each in found]


def _lens(analysis: Analysis, texts: Texts, lens: lenses.Lens) -> t.CodeLens:
    uri = analysis.document.uri
    range = texts.range(lens.span)
    arguments: list[Any] = [uri, *lens.arguments]
    if lens.command == lenses.REFERENCES:
        arguments += [range.start, _locations(analysis, texts, lens.places)]
    return t.CodeLens(range, command=t.Command(lens.title, lens.command, arguments=arguments if lens.command else None))


# -- actions


def code_actions(
    analysis: Analysis, texts: Texts, range: t.Range, only: Iterable[str] | None = None
) -> list[t.CodeAction]:
    """What can be done about a range; ``only`` names kinds, their parts counted in."""
    wanted = None if only is None else [str(getattr(kind, "value", kind)) for kind in only]
    found = [*requests.code_actions(analysis, texts, range), *_findings(analysis, texts, range)]
    found += _fix_all(analysis, texts)
    found += (_action(analysis, texts, each) for each in _refactorings(analysis, texts, range))
    return [each for each in found if wanted is None or _is_wanted(each, wanted)]


def _is_wanted(action: t.CodeAction, wanted: list[str]) -> bool:
    kind = str(getattr(action.kind, "value", action.kind))
    return any(not each or kind == each or kind.startswith(f"{each}.") for each in wanted)


def _here(analysis: Analysis, texts: Texts, range: t.Range) -> Iterator[Diagnostic]:
    """What is said of the lines of a range."""
    first, last = _lines(analysis, texts, range)
    for found in wanted(analysis, texts.client):
        span = found.span
        if span is not None and span.source is analysis.document.source and first <= span.line <= last:
            yield found


def _findings(analysis: Analysis, texts: Texts, range: t.Range) -> Iterator[t.CodeAction]:
    """Of each finding of the linter: leave it be. Of each code: read about it."""
    explained = set()
    for found in _here(analysis, texts, range):
        assert found.span is not None
        shown = made(found, analysis, texts)
        if found.severity is not Severity.ERROR and analysis.document.language in (QBC, SIGMA):
            mark = ";" if analysis.document.language == QBC else "//"
            action = refactor.allow(analysis.document.source, found.span.line, found.code, mark)
            yield _action(analysis, texts, action, [shown])
        if texts.client.explains and found.code not in explained:
            explained.add(found.code)
            title = f"explain {found.code}"
            command = t.Command(title, EXPLAIN, arguments=[found.code])
            yield t.CodeAction(title, kind=t.CodeActionKind.QuickFix, diagnostics=[shown], command=command)


def _fix_all(analysis: Analysis, texts: Texts) -> Iterator[t.CodeAction]:
    """The fixes of all findings."""
    new, count = analysis.mended if texts.client.findings else ("", 0)
    if count:
        title = f"fix all {count} findings that can be fixed" if count > 1 else "fix the finding"
        edit = _changed(analysis, texts, new)
        yield t.CodeAction(title, kind=FIX_ALL, edit=t.WorkspaceEdit({analysis.document.uri: [edit]}))


def _changed(analysis: Analysis, texts: Texts, new: str) -> t.TextEdit:
    """The lines of the document that another text has otherwise, from the first to the last."""
    text = analysis.document.text
    before, after = text.text.splitlines(keepends=True), new.splitlines(keepends=True)
    first = last = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    start = sum(map(len, before[:first]))
    end = len(text.text) - sum(map(len, before[len(before) - last :]))
    range = t.Range(text.position(start, texts.encoding), text.position(end, texts.encoding))
    return t.TextEdit(range, "".join(after[first : len(after) - last]))


def _refactorings(analysis: Analysis, texts: Texts, range: t.Range) -> Iterator[refactor.Action]:
    """What keeps the meaning of the program."""
    source, text = analysis.document.source, analysis.document.text
    line, column = text.place(text.offset(range.start, texts.encoding))
    if analysis.document.language == QBC:
        found = [
            refactor.save_register(source, line, column),
            refactor.extract_constant(source, line, column, analysis.symbols.kinds),
            refactor.sort_defines(source, line),
        ]
    elif analysis.program is not None:
        found = [refactor.extract_sigma(analysis.program.main, line, column)]
    else:
        found = []
    yield from (each for each in found if each is not None)


def _action(
    analysis: Analysis, texts: Texts, action: refactor.Action, about: list[t.Diagnostic] | None = None
) -> t.CodeAction:
    edits = [edit(analysis, texts, change) for change in action.changes]
    made = t.CodeAction(
        action.title,
        kind=t.CodeActionKind(action.kind),
        diagnostics=about,
        edit=t.WorkspaceEdit({analysis.document.uri: edits}),
    )
    if action.names and texts.client.commands:
        made.command = t.Command("choose the name", NAME)
    return made


def edit(analysis: Analysis, texts: Texts, change: refactor.Change) -> t.TextEdit:
    """A change with the document's own ends of lines."""
    text = analysis.document.text
    start, end = text.at(change.line, change.column), text.at(change.end_line, change.end_column)
    new = change.text
    if text.text.partition("\n")[0].endswith("\r"):
        new = new.replace("\n", "\r\n")
    if start == len(text.text) and text.text and not text.text.endswith("\n") and change.column == 1 and new:
        # A new line behind a last one that has no end.
        new = "\n" + new
    return t.TextEdit(t.Range(text.position(start, texts.encoding), text.position(end, texts.encoding)), new)


# -- typing


def typed_layout(analysis: Analysis, texts: Texts, position: t.Position, key: str) -> list[t.TextEdit] | None:
    """The layout of what a key has ended."""
    if analysis.document.language not in (QBC, SIGMA):
        return None
    text, source = analysis.document.text, analysis.document.source
    line, _ = text.place(text.offset(position, texts.encoding))
    made = typed.assembly if analysis.document.language == QBC else typed.sigma
    return [edit(analysis, texts, each) for each in made(source, line, key)]
