"""Requests of the protocol about a document: the features' answers as its types."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from lsprotocol import types as t

from lsp.analysis import Analysis
from lsp.client import Client
from lsp.features import actions, circuits, completion_qbc, completion_sigma, layout
from lsp.features import hover as hovering
from lsp.features import signature as signing
from lsp.features.completion import Entry, Offer
from lsp.features.diagnostics import COMPLETION, HOVER, SIGNATURE, Texts, made, wanted
from lsp.places import location
from lsp.workspace import CIRCUIT, QBC, SIGMA
from qbcc.diagnostics import Edit, Fix
from qbcc.source import SourceFile

if TYPE_CHECKING:
    from qbcc.flow.program import Flow

_DIGITS: Final = re.compile(r"[0-9]+")


def _place(analysis: Analysis, texts: Texts, position: t.Position) -> tuple[SourceFile, int, int]:
    """A position as the compilers count: the document's source, line, column."""
    text = analysis.document.text
    return analysis.document.source, *text.place(text.offset(position, texts.encoding))


def hover(analysis: Analysis, texts: Texts, position: t.Position) -> t.Hover | None:
    """What is said of a place."""
    place = _place(analysis, texts, position)
    if analysis.document.language == QBC:
        said = hovering.assembly(place[0], analysis.symbols, *place[1:], functools.partial(_flow, analysis))
    elif analysis.document.language == CIRCUIT:
        said = circuits.hover(*place)
    else:
        said = hovering.sigma(place[0], analysis.names, *place[1:], analysis.program)
    if said is None:
        return None
    text, span = said
    shown = texts.said(text, HOVER)
    if isinstance(shown, str):
        shown = t.MarkupContent(t.MarkupKind.PlainText, shown)
    return t.Hover(shown, texts.range(span)) if shown is not None else None


def _flow(analysis: Analysis) -> Flow | None:
    """What its routines do; those of an earlier version for a long source, which takes a moment to assemble."""
    made = analysis.assembled(now=False)
    return made.flow if made is not None else None


def completion(analysis: Analysis, texts: Texts, position: t.Position) -> t.CompletionList:
    """What could stand at a place."""
    return listed(analysis, texts, position, offered(analysis, texts, position))


def listed(analysis: Analysis, texts: Texts, position: t.Position, offer: Offer) -> t.CompletionList:
    """What is offered there, as this editor takes it. Where it is a part, the editor asks again behind each letter."""
    text = analysis.document.text
    end = text.offset(position, texts.encoding)
    line, _ = text.place(end)
    start = text.at(line, offer.column)
    range = t.Range(text.position(start, texts.encoding), text.position(end, texts.encoding))
    usable = (each for each in offer.entries if not each.snippet or _usable(each, texts.client))
    return t.CompletionList(offer.is_part, [_item(each, range, texts) for each in usable])


def offered(analysis: Analysis, texts: Texts, position: t.Position) -> Offer:
    """The same as plain data."""
    source, line, column = _place(analysis, texts, position)
    if analysis.document.language == QBC:
        return completion_qbc.offer(source, analysis.symbols, line, column)
    if analysis.document.language == SIGMA:
        return completion_sigma.offer(source, line, column, analysis.checked)
    is_circuit = analysis.document.language == CIRCUIT
    return circuits.completion(source, line, column) if is_circuit else Offer(column, [])


def _usable(entry: Entry, client: Client) -> bool:
    """A piece of a program is nothing without places to fill in."""
    return client.has_snippets or entry.kind is not t.CompletionItemKind.Snippet


def _item(entry: Entry, range: t.Range, texts: Texts) -> t.CompletionItem:
    client = texts.client
    is_snippet = client.has_snippets and bool(entry.snippet)
    item = t.CompletionItem(
        entry.label,
        kind=entry.kind,
        detail=entry.detail or None,
        documentation=None if client.resolves else texts.said(entry.text, COMPLETION),
        # r10 comes behind r9.
        sort_text=f"{entry.rank}{_ordered(entry.label)}",
        filter_text=entry.label,
        insert_text_format=t.InsertTextFormat.Snippet if is_snippet else None,
        text_edit=t.TextEdit(range, entry.snippet if is_snippet else entry.insert or entry.label),
    )
    if client.has_commit and entry.commit and not is_snippet:
        item.commit_characters = list(entry.commit)
    if client.has_tags and entry.is_deprecated:
        item.tags = [t.CompletionItemTag.Deprecated]
    if entry.goes_on:
        item.command = t.Command("more", "editor.action.triggerSuggest") if client.commands else None
    return item


def _ordered(label: str) -> str:
    return _DIGITS.sub(lambda found: found[0].zfill(4), label.lower())


def signature(analysis: Analysis, texts: Texts, position: t.Position) -> t.SignatureHelp | None:
    """Operands or arguments of what is being written there."""
    source, line, column = _place(analysis, texts, position)
    if analysis.document.language == QBC:
        found = signing.assembly(source, analysis.symbols, line, column)
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
    for diagnostic in actions.fixes(wanted(analysis, texts.client), source, first, last):
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
