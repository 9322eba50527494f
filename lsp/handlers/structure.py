"""What a document is made of: tokens, symbols, folds, selections, links, places of a name."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from lsprotocol import types as t
from pygls.capabilities import get_capability

from lsp.analysis import Analysis
from lsp.features import folding, highlight, links, outline, selection, tokens, tokens_qbc, tokens_sigma
from lsp.features.diagnostics import Texts
from lsp.features.stretch import of_lines
from lsp.handlers.safe import Host, safe
from lsp.places import called, is_assembly, is_sigma, place, range_of, sources, tokens_of
from lsp.workspace import CIRCUIT

_KEPT: Final = 64
"""Results of semantic tokens that are remembered: editors ask for what has changed since."""


def add(server: Host) -> None:
    """Register all of it."""
    _add_tokens(server)
    _add_shapes(server)


# -- semantic tokens


class _Remembered:
    """The last tokens of each document."""

    def __init__(self) -> None:
        self._counter = itertools.count(1)
        self._known: dict[str, tuple[str, list[int]]] = {}

    def keep(self, uri: str, data: list[int]) -> str:
        """A name for a result."""
        number = str(next(self._counter))
        self._known.pop(uri, None)
        self._known[uri] = number, data
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
        return number

    def since(self, uri: str, number: str) -> list[int] | None:
        """The result of a name, if it is the last one."""
        known = self._known.get(uri)
        return known[1] if known is not None and known[0] == number else None


def _add_tokens(server: Host) -> None:
    remembered = _Remembered()

    def types(ls: Host) -> tuple[int, ...]:
        return tokens.known(get_capability(ls.client_capabilities, "text_document.semantic_tokens.token_types"))

    @server.feature(t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, tokens.LEGEND)
    @safe
    async def semantic_tokens(ls: Host, params: t.SemanticTokensParams) -> t.SemanticTokens | None:
        data = await ls.asked(params, semantic, types(ls))
        return t.SemanticTokens(data, remembered.keep(params.text_document.uri, data)) if data is not None else None

    @server.feature(t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, tokens.LEGEND)
    @safe
    async def semantic_tokens_delta(
        ls: Host, params: t.SemanticTokensDeltaParams
    ) -> t.SemanticTokens | t.SemanticTokensDelta | None:
        uri = params.text_document.uri
        data = await ls.asked(params, semantic, types(ls))
        if data is None:
            return None
        old = remembered.since(uri, params.previous_result_id)
        number = remembered.keep(uri, data)
        if old is None:
            return t.SemanticTokens(data, number)
        return t.SemanticTokensDelta(tokens.difference(old, data), number)

    @server.feature(t.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, tokens.LEGEND)
    @safe
    async def semantic_tokens_range(ls: Host, params: t.SemanticTokensRangeParams) -> t.SemanticTokens | None:
        data = await ls.asked(params, semantic, types(ls), params.range)
        return t.SemanticTokens(data) if data is not None else None


def semantic(
    analysis: Analysis, texts: Texts, types: tuple[int, ...], range: t.Range | None = None
) -> list[int] | None:
    """The tokens of a document, or of the lines of a range."""
    source = analysis.document.source
    first, last = 1, len(source.lines)
    if range is not None:
        first, last = place(analysis, texts, range.start)[0], place(analysis, texts, range.end)[0]
    program = analysis.program
    is_whole = range is None and tokens.is_plain(analysis.document.text)

    def number(found: Iterable[tokens.Token]) -> list[int]:
        return tokens.encoded(found, source, analysis.document.text, texts.encoding, types)

    given = texts.encoding, types
    if is_assembly(analysis) and is_whole:
        kept = analysis.document.kept
        return tokens_qbc.of_lines(source, analysis.symbols, sources(analysis), kept, given, number)
    if is_assembly(analysis):
        return number(tokens_qbc.tokens(source, analysis.symbols, sources(analysis), first, last))
    if is_sigma(analysis) and is_whole and program is not None and analysis.session is not None:
        return tokens_sigma.of_parts(analysis.session, program, given, number)
    if is_sigma(analysis):
        return number(tokens_sigma.tokens(source, program, analysis.names, tokens_of(analysis), first, last))
    return None


# -- shapes of the text


def _add_shapes(server: Host) -> None:
    @server.feature(t.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    @safe
    async def document_symbol(
        ls: Host, params: t.DocumentSymbolParams
    ) -> Sequence[t.DocumentSymbol] | Sequence[t.SymbolInformation] | None:
        known = get_capability(
            ls.client_capabilities, "text_document.document_symbol.hierarchical_document_symbol_support"
        )
        found = await ls.asked(params, symbols)
        return found if known or found is None else _flat(params.text_document.uri, found)

    @server.feature(t.TEXT_DOCUMENT_FOLDING_RANGE)
    @safe
    async def folding_range(ls: Host, params: t.FoldingRangeParams) -> list[t.FoldingRange] | None:
        most = get_capability(ls.client_capabilities, "text_document.folding_range.range_limit")
        return await ls.asked(params, folds, most)

    @server.feature(t.TEXT_DOCUMENT_SELECTION_RANGE)
    @safe
    async def selection_range(ls: Host, params: t.SelectionRangeParams) -> list[t.SelectionRange] | None:
        return await ls.asked(params, selections, params.positions)

    @server.feature(t.TEXT_DOCUMENT_DOCUMENT_LINK)
    @safe
    async def document_link(ls: Host, params: t.DocumentLinkParams) -> list[t.DocumentLink] | None:
        has_tips = get_capability(ls.client_capabilities, "text_document.document_link.tooltip_support", False)
        found = functools.partial(document_links, read=ls.open.overlay().read, has_tips=bool(has_tips))
        return await ls.asked(params, found)

    @server.feature(t.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    @safe
    async def document_highlight(ls: Host, params: t.DocumentHighlightParams) -> list[t.DocumentHighlight] | None:
        return await ls.asked(params, highlights, params.position)


def symbols(analysis: Analysis, texts: Texts) -> list[t.DocumentSymbol]:
    """What the document declares, as a tree."""
    items: list[outline.Item] = []
    if is_assembly(analysis):
        items = outline.assembly(analysis.document.source, analysis.symbols, called(analysis))
    elif is_sigma(analysis) and analysis.program is not None:
        items = outline.sigma(analysis.program)
    elif analysis.document.language == CIRCUIT:
        items = outline.circuit(analysis.document.source)
    return [_symbol(item, texts) for item in items]


def _symbol(item: outline.Item, texts: Texts) -> t.DocumentSymbol:
    return t.DocumentSymbol(
        item.name,
        item.kind,
        range_of(texts, item.whole),
        texts.range(item.place),
        item.detail,
        [t.SymbolTag.Deprecated] if item.is_deprecated else None,
        children=[_symbol(child, texts) for child in item.children] or None,
    )


def _flat(uri: str, found: Sequence[t.DocumentSymbol], owner: str | None = None) -> list[t.SymbolInformation]:
    """The same for an editor that knows no trees."""
    flat = []
    for each in found:
        flat.append(t.SymbolInformation(t.Location(uri, each.range), each.name, each.kind, container_name=owner))
        flat += _flat(uri, each.children or [], each.name)
    return flat


def folds(analysis: Analysis, texts: Texts, most: int | None) -> list[t.FoldingRange]:
    """What can be folded, at most so much."""
    source, text = analysis.document.source, analysis.document.text
    if is_assembly(analysis):
        found = folding.assembly(source, called(analysis))
    elif is_sigma(analysis):
        found = folding.sigma(source, tokens_of(analysis))
    else:
        found = folding.circuit(source) if analysis.document.language == CIRCUIT else []
    ranges = []
    if tokens.is_plain(text):
        end = len(source.lines)
        return [t.FoldingRange(fold.first - 1, min(fold.last, end) - 1, kind=fold.kind) for fold in found[:most]]
    for fold in found[:most]:
        whole = of_lines(source, fold.first, fold.last)
        start = text.position(text.at(whole.line, 1), texts.encoding).line
        end = text.position(text.at(whole.end_line, whole.end_column), texts.encoding).line
        ranges.append(t.FoldingRange(start, end, kind=fold.kind))
    return ranges


def selections(analysis: Analysis, texts: Texts, positions: Sequence[t.Position]) -> list[t.SelectionRange]:
    """What the selection at each position grows to."""
    found = []
    for position in positions:
        where = place(analysis, texts, position)
        stretches = []
        if is_assembly(analysis):
            stretches = selection.assembly(analysis.document.source, *where, called(analysis))
        elif is_sigma(analysis):
            declarations = analysis.program.main.declarations if analysis.program is not None else []
            stretches = selection.sigma(tokens_of(analysis), declarations, *where)
        outer = t.SelectionRange(analysis.document.text.whole(texts.encoding))
        for stretch in reversed(stretches):
            range = range_of(texts, stretch)
            outer = t.SelectionRange(range, outer) if range != outer.range else outer
        found.append(outer)
    return found


def document_links(analysis: Analysis, texts: Texts, *, read: links.Read, has_tips: bool) -> list[t.DocumentLink]:
    """The files that the document names."""
    return [
        t.DocumentLink(texts.range(link.span), texts.address(link.target), link.shown if has_tips else None)
        for link in links_of(analysis, read)
    ]


def links_of(analysis: Analysis, read: links.Read) -> list[links.Link]:
    """The same as the features have them."""
    if is_assembly(analysis):
        return links.assembly_links(analysis.document.source, read)
    return links.sigma_links(analysis.document.source, read, tokens_of(analysis)) if is_sigma(analysis) else []


def highlights(analysis: Analysis, texts: Texts, position: t.Position) -> list[t.DocumentHighlight]:
    """The places of what stands at a position."""
    where, source = place(analysis, texts, position), analysis.document.source
    found: list[highlight.Place] = []
    if is_assembly(analysis):
        found = highlight.assembly(source, analysis.symbols, *where, called(analysis))
    elif is_sigma(analysis):
        found = highlight.sigma(source, analysis.names, tokens_of(analysis), *where)
    return [t.DocumentHighlight(texts.range(span), kind) for span, kind in found]
