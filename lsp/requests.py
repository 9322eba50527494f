"""Requests of the protocol about a document: the features' answers as its types."""

from __future__ import annotations

from lsprotocol import types as t

from lsp.analysis import Analysis
from lsp.features import actions, layout
from lsp.features import completion as completing
from lsp.features import hover as hovering
from lsp.features import signature as signing
from lsp.features.diagnostics import COMPLETION, HOVER, SIGNATURE, Texts, made
from lsp.handlers.places import location
from lsp.workspace import QBC, SIGMA
from qbcc.diagnostics import Edit, Fix
from qbcc.source import SourceFile


def _place(analysis: Analysis, texts: Texts, position: t.Position) -> tuple[SourceFile, int, int]:
    """A position as the compilers count: the document's source, line, column."""
    text = analysis.document.text
    return analysis.document.source, *text.place(text.offset(position, texts.encoding))


def hover(analysis: Analysis, texts: Texts, position: t.Position) -> t.Hover | None:
    """What is said of a place."""
    place = _place(analysis, texts, position)
    if analysis.document.language == QBC:
        said = hovering.assembly(place[0], analysis.symbols, *place[1:])
    else:
        said = hovering.sigma(place[0], analysis.names, *place[1:])
    if said is None:
        return None
    text, span = said
    shown = texts.said(text, HOVER)
    if isinstance(shown, str):
        shown = t.MarkupContent(t.MarkupKind.PlainText, shown)
    return t.Hover(shown, texts.range(span)) if shown is not None else None


def completion(analysis: Analysis, texts: Texts, position: t.Position) -> list[t.CompletionItem]:
    """What could stand at a place."""
    source, line, column = _place(analysis, texts, position)
    entries: list[completing.Entry] = []
    if analysis.document.language == QBC:
        entries = completing.assembly(source, analysis.symbols, line, column)
    elif analysis.document.language == SIGMA:
        entries = _sigma_entries(analysis, source, line, column)
    return [
        t.CompletionItem(
            each.label,
            kind=each.kind,
            detail=each.detail or None,
            documentation=texts.said(each.text, COMPLETION),
            insert_text=each.insert or None,
        )
        for each in entries
    ]


def _sigma_entries(analysis: Analysis, source: SourceFile, line: int, column: int) -> list[completing.Entry]:
    modules = completing.import_paths(source, line, column)
    if modules is not None:
        return modules
    other = completing.patched(source, line, column)
    return completing.sigma(analysis.checked(other), line) if other is not None else []


def signature(analysis: Analysis, texts: Texts, position: t.Position) -> t.SignatureHelp | None:
    """Operands or arguments of what is being written there."""
    source, line, column = _place(analysis, texts, position)
    if analysis.document.language == QBC:
        found = signing.assembly(source, line, column)
    else:
        call = signing.sigma(analysis.program, line, column) if analysis.program is not None else None
        found = [call] if call is not None else []
    return t.SignatureHelp([_signature(each, texts) for each in found]) if found else None


def _signature(found: signing.Signature, texts: Texts) -> t.SignatureInformation:
    return t.SignatureInformation(
        found.label,
        texts.said(found.text, SIGNATURE),
        [t.ParameterInformation(parameter) for parameter in found.parameters],
        found.active,
    )


def formatting(analysis: Analysis, texts: Texts) -> list[t.TextEdit] | None:
    """The document in its layout; None for what has none."""
    document = analysis.document
    if not layout.has_layout(document.language):
        return None
    return [_edit(analysis, texts, lines) for lines in layout.whole(document.source, document.language)]


def range_formatting(analysis: Analysis, texts: Texts, range: t.Range) -> list[t.TextEdit] | None:
    """Some lines of it."""
    document = analysis.document
    if not layout.has_layout(document.language):
        return None
    first = _place(analysis, texts, range.start)[1] - 1
    last = _place(analysis, texts, range.end)[1] - 1
    return [_edit(analysis, texts, lines) for lines in layout.part(document.source, document.language, first, last)]


def _edit(analysis: Analysis, texts: Texts, lines: layout.Lines) -> t.TextEdit:
    text = analysis.document.text
    start = text.at(lines.first + 1, 1) if lines.first else 0
    end = text.at(lines.end + 1, 1)
    return t.TextEdit(t.Range(text.position(start, texts.encoding), text.position(end, texts.encoding)), lines.text)


def code_actions(analysis: Analysis, texts: Texts, range: t.Range) -> list[t.CodeAction]:
    """Fixes of what is wrong in a range."""
    source, first, _ = _place(analysis, texts, range.start)
    last = _place(analysis, texts, range.end)[1]
    found = []
    for diagnostic in actions.fixes(analysis.diagnostics, source, first, last):
        assert diagnostic.fix is not None
        edit = _mended(analysis, texts, diagnostic.fix)
        if edit is None:
            continue
        found.append(
            t.CodeAction(
                diagnostic.fix.title,
                kind=t.CodeActionKind.QuickFix,
                diagnostics=[made(diagnostic, analysis, texts)],
                edit=edit,
                is_preferred=True,
            )
        )
    return found


def _mended(analysis: Analysis, texts: Texts, fix: Fix) -> t.WorkspaceEdit | None:
    """A fix as edits of files; None if one of its places is in no file."""
    changes: dict[str, list[t.TextEdit]] = {}
    for edit in fix.edits:
        where = location(analysis, texts, edit.span)
        if where is None:
            return None
        changes.setdefault(where.uri, []).append(_changed(texts, edit))
    return t.WorkspaceEdit(changes)


def _changed(texts: Texts, edit: Edit) -> t.TextEdit:
    """An edit as the protocol has it: a line that it leaves empty goes."""
    span = edit.span
    line, text = span.source.line(span.line), texts.of(span.source)
    if line.strip() and not (line[: span.column - 1] + edit.replacement + line[span.end_column - 1 :]).strip():
        start, end = text.at(span.line, 1), text.at(span.line + 1, 1)
        return t.TextEdit(t.Range(text.position(start, texts.encoding), text.position(end, texts.encoding)), "")
    return t.TextEdit(texts.range(span), edit.replacement)
