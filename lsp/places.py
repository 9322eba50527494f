"""Places of features as the protocol has them."""

from __future__ import annotations

from lsprotocol import types as t

from lsp.analysis import Analysis
from lsp.features.diagnostics import Texts
from lsp.features.stretch import Stretch
from lsp.qbc.layout import layout
from lsp.workspace import QBC, SIGMA
from qbcc.source import SourceFile, Span
from sigma.lexer import Tokens, lex


def place(analysis: Analysis, texts: Texts, position: t.Position) -> tuple[int, int]:
    """Line and column of a position in the document."""
    text = analysis.document.text
    return text.place(text.offset(position, texts.encoding))


def range_of(texts: Texts, stretch: Stretch) -> t.Range:
    """A stretch as editors have it."""
    text = texts.of(stretch.source)
    start = text.at(stretch.line, stretch.column)
    end = max(start, text.at(stretch.end_line, stretch.end_column))
    return t.Range(text.position(start, texts.encoding), text.position(end, texts.encoding))


def location(analysis: Analysis, texts: Texts, span: Span) -> t.Location | None:
    """Where a span is; None for what is no file."""
    own = analysis.document
    if span.source is own.source or (span.source.path is not None and span.source.path == own.path):
        return t.Location(own.uri, texts.range(span))
    return texts.location(span)


def tokens_of(analysis: Analysis) -> Tokens:
    """The words of a document of σ, whatever became of it."""
    if analysis.program is not None:
        return analysis.program.main.tokens
    return lex(analysis.document.source)[0]


def called(analysis: Analysis) -> frozenset[str]:
    """Labels of assembly that the files of a program call."""
    return frozenset[str]().union(*(layout(source).calls for source in sources(analysis)))


def sources(analysis: Analysis) -> tuple[SourceFile, ...]:
    """The files of a program; the document at least."""
    return analysis.sources or (analysis.document.source,)


def is_assembly(analysis: Analysis) -> bool:
    """Whether the document is of QBC."""
    return analysis.document.language == QBC


def is_sigma(analysis: Analysis) -> bool:
    """Whether it is of σ."""
    return analysis.document.language == SIGMA
