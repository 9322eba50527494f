"""Diagnostics as editors have them, by file."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lsprotocol import types as t

from lsp.analysis import Analysis
from lsp.client import PLAIN, Client
from lsp.convert import Encoding, Text
from lsp.features.explaining import address
from lsp.workspace import QBC
from qbcc.diagnostics import Diagnostic, Severity
from qbcc.lint.finding import OFF
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

_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}
"""The rank of each severity: the worst is shown first."""
_FINDINGS: Final = ("L", "S09")
"""How the codes of findings begin; all others are errors."""
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


@dataclass(frozen=True, slots=True)
class Part:
    """The diagnostics of one file that one analysis has made."""

    shown: Mapping[Hashable, tuple[int, t.Diagnostic]]
    """By what tells two of them apart, each with its rank; those that the editor's limit leaves."""
    count: int
    """How many there are without the limit."""


def parts(analysis: Analysis, texts: Texts) -> dict[str, Part]:
    """What an analysis says, by the address of the file; the document has an entry if nothing is said too. Each place
    says the same thing once, and work on what the limit leaves out is next to none."""
    found: dict[str, dict[Hashable, Diagnostic]] = {analysis.document.uri: {}}
    addresses: dict[SourceFile | None, str] = {}
    for diagnostic in wanted(analysis, texts.client):
        source = diagnostic.span.source if diagnostic.span is not None else None
        if source not in addresses:
            addresses[source] = _uri(source, analysis, texts)
        found.setdefault(addresses[source], {}).setdefault(_key(diagnostic), diagnostic)
    most = texts.client.most
    return {
        uri: Part(
            {key: (_RANKS[one.severity], made(one, analysis, texts)) for key, one in _first(there, most)}, len(there)
        )
        for uri, there in found.items()
    }


def _first(found: Mapping[Hashable, Diagnostic], most: int) -> Iterator[tuple[Hashable, Diagnostic]]:
    """As many as are shown, the worst ones and of those the first; in the order in which they were found."""
    left = dict.fromkeys(Severity, 0)
    for one in found.values():
        left[one.severity] += 1
    room = most
    for severity in Severity:
        left[severity] = min(left[severity], room)
        room -= left[severity]
    for key, one in found.items():
        if left[one.severity]:
            left[one.severity] -= 1
            yield key, one


def merged(found: Iterable[Part], most: int) -> list[t.Diagnostic]:
    """Join the diagnostics of one file from several analyses; a line says so if the limit leaves some out."""
    found = list(found)
    all: dict[Hashable, tuple[int, t.Diagnostic]] = {}
    for part in found:
        for key, one in part.shown.items():
            all.setdefault(key, one)
    shown = [one for _, one in all.values()]
    count = max((part.count for part in found), default=0)
    if max(count, len(shown)) <= most:
        return shown
    ranked = sorted(range(len(shown)), key=[rank for rank, _ in all.values()].__getitem__)
    shown = [shown[at] for at in sorted(ranked[:most])]
    return [_limited(len(shown), max(count, len(all)), is_exact=len(found) == 1), *shown]


def _limited(shown: int, count: int, *, is_exact: bool) -> t.Diagnostic:
    """The line that says that there are more."""
    how_many = f"{count:,}" if is_exact else f"at least {count:,}"
    message = (
        f"{shown:,} of {how_many} errors and findings in this file are shown, the worst ones first\n"
        "help: the setting qbc.diagnostics.limit says how many"
    )
    range = t.Range(t.Position(0, 0), t.Position(0, 0))
    return t.Diagnostic(range, message, severity=t.DiagnosticSeverity.Information, source="qbc")


def wanted(analysis: Analysis, client: Client) -> Iterator[Diagnostic]:
    """Return the diagnostics of an analysis that the editor has not switched off."""
    off = {code for code, level in client.levels.items() if level == OFF}
    for found in analysis.all:
        is_on = client.findings if found.code.startswith(_FINDINGS) else client.errors
        if is_on and found.code not in off:
            yield found


def _key(diagnostic: Diagnostic) -> Hashable:
    """Return the key that identifies a diagnostic within its file."""
    related = tuple((each.text, *_where(each.span), each.span.source.path) for each in diagnostic.related)
    return (
        diagnostic.code,
        diagnostic.severity,
        diagnostic.message,
        diagnostic.label,
        diagnostic.notes,
        _where(diagnostic.span),
        related,
    )


def _where(span: Span | None) -> tuple[int, int, int]:
    return (span.line, span.column, span.end_column) if span is not None else (0, 0, 0)


def by_file(analyses: Iterable[Analysis], texts: Texts) -> dict[str, list[t.Diagnostic]]:
    """What is to be shown in each file, by its address. Each document that was analysed has an entry.

    A file of assembly that another document includes is judged as that one sees it: by itself it need not be whole."""
    analyses = list(analyses)
    judged = included(analyses)
    found: dict[str, list[Part]] = {}
    for analysis in analyses:
        is_judged = analysis.document.language == QBC and analysis.document.path in judged
        for uri, part in ({} if is_judged else parts(analysis, texts)).items():
            found.setdefault(uri, []).append(part)
    shown = {uri: merged(there, texts.client.most) for uri, there in found.items()}
    return {**{analysis.document.uri: [] for analysis in analyses}, **shown}


def included(analyses: Iterable[Analysis]) -> frozenset[str]:
    """Paths of the files of assembly that an open document includes."""
    return frozenset(
        source.path
        for analysis in analyses
        if analysis.document.language == QBC
        for source in analysis.sources[1:]
        if source.path is not None and source.path != analysis.document.path
    )


def _uri(source: SourceFile | None, analysis: Analysis, texts: Texts) -> str:
    """The address of a source, the document's own for what is in no file."""
    path = source.path if source is not None else None
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
