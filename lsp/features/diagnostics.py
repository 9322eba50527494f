"""Diagnostics as editors have them, by file."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import lru_cache
from typing import Final

from lsprotocol import types as t

from lsp.analysis import Analysis
from lsp.client import PLAIN, Client
from lsp.convert import Encoding, Text
from lsp.features.explaining import address
from lsp.workspace import QBC
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.source import SourceFile, Span

_SEVERITIES: Final = {
    Severity.ERROR: t.DiagnosticSeverity.Error,
    Severity.WARNING: t.DiagnosticSeverity.Warning,
    Severity.HINT: t.DiagnosticSeverity.Hint,
}
_UNUSED: Final = frozenset(
    {"S0901", "S0902", "S0903", "S0904", "S0905", "S0906", "S0908", "S0909", "S0911", "L0104", "L0301", "L0302"}
)
"""Findings that speak of text which could go."""

_DEPRECATED: Final = frozenset({"S0924"})
_KEPT: Final = 16
"""Texts of which is kept where their lines begin."""

HOVER, COMPLETION, SIGNATURE, HINTS = "hover", "completion", "signature", "hints"
MARKED: Final = frozenset({HOVER, COMPLETION, SIGNATURE, HINTS})
"""Features that speak in Markdown."""
Address = Callable[[str], str]
"""The editor's address of a path."""


def marked(capabilities: t.TextDocumentClientCapabilities | None) -> frozenset[str]:
    """Those in which an editor reads it."""
    found = capabilities or t.TextDocumentClientCapabilities()
    item = found.completion.completion_item if found.completion else None
    signature = found.signature_help.signature_information if found.signature_help else None
    formats = {
        HOVER: found.hover.content_format if found.hover else None,
        COMPLETION: item.documentation_format if item else None,
        SIGNATURE: signature.documentation_format if signature else None,
        # Of tooltips an editor says nothing; who reads Markdown in hovers does so there.
        HINTS: found.hover.content_format if found.hover else None,
    }
    return frozenset(name for name, known in formats.items() if known and t.MarkupKind.Markdown in known)


class Texts:
    """Texts of sources, each made once."""

    def __init__(
        self,
        encoding: Encoding,
        address: Address,
        marked: Container[str] = MARKED,
        client: Client = PLAIN,
    ) -> None:
        self.encoding = encoding
        self.address = address
        self.client = client
        self._marked = marked

    def of(self, source: SourceFile) -> Text:
        """A source's."""
        return _text(source)

    def said(self, text: str, feature: str) -> t.MarkupContent | str | None:
        """Words about something, without their marks where the editor would show those."""
        if not text:
            return None
        if feature in self._marked:
            return t.MarkupContent(t.MarkupKind.Markdown, text)
        lines = [line for line in text.split("\n") if not line.startswith("```")]
        return "\n".join(lines).replace("`", "").replace("*", "").strip()

    def range(self, span: Span) -> t.Range:
        """A span as editors have it."""
        return self.of(span.source).range(span, self.encoding)

    def location(self, span: Span) -> t.Location | None:
        """The same with its file; None for what is no file."""
        path = span.source.path
        return t.Location(self.address(path), self.range(span)) if path is not None else None


@lru_cache(_KEPT)
def _text(source: SourceFile) -> Text:
    return Text(source.text)


def by_file(analyses: Iterable[Analysis], texts: Texts) -> dict[str, list[t.Diagnostic]]:
    """What is to be shown in each file, by its address. Each document that was analysed has an entry.

    A file of assembly that another document includes is judged as that one sees it: by itself it need not be whole."""
    analyses = list(analyses)
    included = {
        source.path
        for analysis in analyses
        if analysis.document.language == QBC
        for source in analysis.sources[1:]
        if source.path is not None and source.path != analysis.document.path
    }
    shown: dict[str, list[t.Diagnostic]] = {analysis.document.uri: [] for analysis in analyses}
    for analysis in analyses:
        if analysis.document.language == QBC and analysis.document.path in included:
            continue
        for diagnostic in analysis.all:
            uri = _uri(diagnostic, analysis, texts)
            shown_as = made(diagnostic, analysis, texts)
            there = shown.setdefault(uri, [])
            if shown_as not in there:
                there.append(shown_as)
    return shown


def _uri(diagnostic: Diagnostic, analysis: Analysis, texts: Texts) -> str:
    """The document's own for what is in no file."""
    path = diagnostic.span.source.path if diagnostic.span is not None else None
    return texts.address(path) if path is not None and path != analysis.document.path else analysis.document.uri


def made(diagnostic: Diagnostic, analysis: Analysis, texts: Texts) -> t.Diagnostic:
    """One, as it is shown."""
    span = diagnostic.span
    range = texts.range(span) if span is not None else t.Range(t.Position(0, 0), t.Position(0, 0))
    lines = [diagnostic.message]
    lines += [diagnostic.label] if diagnostic.label else []
    lines += diagnostic.notes
    lines += [f"help: {diagnostic.fix.title}"] if diagnostic.fix is not None else []
    related = []
    for each in diagnostic.related:
        own = each.span.source is analysis.document.source
        place = t.Location(analysis.document.uri, texts.range(each.span)) if own else texts.location(each.span)
        if place is not None:
            related.append(t.DiagnosticRelatedInformation(place, each.text))
    return t.Diagnostic(
        range,
        "\n".join(lines),
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        source="qbc",
        tags=_tags(diagnostic.code),
        related_information=related or None,
        code_description=_description(diagnostic.code, texts.client),
    )


def _tags(code: str) -> list[t.DiagnosticTag] | None:
    """What is greyed, and what is struck out."""
    if code in _UNUSED:
        return [t.DiagnosticTag.Unnecessary]
    return [t.DiagnosticTag.Deprecated] if code in _DEPRECATED else None


def _description(code: str, client: Client) -> t.CodeDescription | None:
    """Where more is said of a code."""
    found = address(code, has_provider=client.explains) if client.has_descriptions else None
    return t.CodeDescription(found) if found is not None else None
