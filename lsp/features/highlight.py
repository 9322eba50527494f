"""The places in a document of what is under the cursor, and whether each reads or writes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterator
from typing import Final

from lsprotocol.types import DocumentHighlightKind as Kind

from lsp.index import Index
from lsp.qbc.index import Symbols
from lsp.qbc.layout import layout
from qbcc.assembly.operands import REGISTER, plan
from qbcc.diagnostics import SourceError
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tables, tokenise
from qbcc.syntax.lines import Line
from qbcc.syntax.parser import parse_line
from sigma.lexer import Tokens
from vm.isa import BY_CODE, BY_NAME

Place = tuple[Span, Kind]
_ASM: Final = re.compile(r"(?:^|[{;])\s*([A-Za-z]\w*)\s+$")
"""What stands before the first operand in ``asm { … }``."""


def assembly(source: SourceFile, symbols: Symbols, line: int, column: int, called: Container[str] = ()) -> list[Place]:
    """Of a name, or of a register in its routine."""
    found = symbols.index.at(source, line, column)
    if found is not None:
        own = {each.span: each for each in symbols.index.of[found.what] if each.span.source is source}
        return [(span, Kind.Write if each.is_definition or _stores(span) else Kind.Read) for span, each in own.items()]
    register = _register(source, line, column)
    return list(_registers(source, line, register, called)) if register else []


def _register(source: SourceFile, line: int, column: int) -> str:
    """The register at a place, in lower case; empty for none."""
    key, words, columns = tokenise(source.line(line))
    wanted = tables()[1]["REGISTER"]
    for kind, word, start in zip(key, words, columns, strict=True):
        if kind == wanted and start <= column <= start + len(word):
            return word.lower()
    return ""


def _registers(source: SourceFile, line: int, register: str, called: Container[str]) -> Iterator[Place]:
    wanted = tables()[1]["REGISTER"]
    for number in range(*_region(source, line, called)):
        key, words, columns = tokenise(source.line(number))
        tokens = [at for at, kind in enumerate(key) if kind == wanted and words[at].lower() == register]
        if tokens:
            kinds = _roles(source, number)
            for at in tokens:
                span = Span(source, number, columns[at], columns[at] + len(words[at]))
                yield span, kinds.get(at, Kind.Text)


def _region(source: SourceFile, line: int, called: Container[str]) -> tuple[int, int]:
    """The lines in which a register means the same, the end exclusive: a macro, a routine, or what lies between."""
    found = layout(source)
    macro = found.macro(line)
    if macro is not None:
        return macro.first, macro.last + 1
    first, end = 1, len(source.lines) + 1
    for routine in found.routines(called):
        if routine.first <= line <= routine.last:
            return routine.first, routine.last + 1
        first = routine.last + 1 if routine.last < line else first
        end = min(end, routine.first) if routine.first > line else end
    return first, end


def _roles(source: SourceFile, number: int) -> dict[int, Kind]:
    """By token of a line, what an instruction does with the register there: one that it also writes is written."""
    line = parse_line(source, number)
    if not isinstance(line, Line) or line.word.upper() not in BY_NAME:
        return {}
    try:
        rows = plan(line).rows
    except SourceError:
        return {}
    kinds: dict[int, Kind] = {}
    for code, actions in rows:
        for slot, (what, value) in zip(BY_CODE[code].slots, actions, strict=True):
            if what == REGISTER and isinstance(value, int) and kinds.get(value) is not Kind.Write:
                kinds[value] = Kind.Write if slot == "d" else Kind.Read
    return kinds


def _stores(span: Span) -> bool:
    """Whether a name stands in the address that an instruction stores to: its last one."""
    line = parse_line(span.source, span.line)
    if not isinstance(line, Line):
        return False
    ops = BY_NAME.get(line.word.upper(), ())
    if not any("memory" in op.traps for op in ops):
        return False
    place = max(at for op in ops for at, letter in enumerate(op.letters) if letter == "m")
    if place >= len(line.shape.arguments):
        return False
    stored = line.span(line.shape.arguments[place])
    return stored.column <= span.column and span.end_column <= stored.end_column


def sigma(source: SourceFile, index: Index, tokens: Tokens, line: int, column: int) -> list[Place]:
    """Of a name."""
    found = index.at(source, line, column)
    if found is None:
        return []
    own = {each.span: each for each in index.of[found.what] if each.span.source is source}
    return [
        (span, Kind.Write if each.is_definition or is_written(tokens, span) else Kind.Read)
        for span, each in own.items()
    ]


def is_written(tokens: Tokens, span: Span) -> bool:
    """Whether a name is what is assigned to, or an array with an element that is."""
    at = token_at(tokens, span.line, span.column)
    if at is None:
        before = _ASM.search(span.source.line(span.line)[: span.column - 1])
        return before is not None and any(op.writes for op in BY_NAME.get(before[1].upper(), ()))
    return is_target(tokens, at)


def is_target(tokens: Tokens, at: int) -> bool:
    """The same for a token."""
    kinds = tokens.kinds
    at += 1
    while kinds[at] == "[":
        depth = 1
        while depth and at + 1 < len(kinds):
            at += 1
            depth += (kinds[at] == "[") - (kinds[at] == "]")
        if at + 1 == len(kinds):
            return False
        at += 1
    return kinds[at] in ("=", "ASSIGN")


def token_at(tokens: Tokens, line: int, column: int) -> int | None:
    """The token that begins at a place."""
    at = bisect_left(tokens.lines, line)
    while at < len(tokens.lines) and tokens.lines[at] == line and tokens.columns[at] < column:
        at += 1
    is_there = at < len(tokens.lines) and (tokens.lines[at], tokens.columns[at]) == (line, column)
    return at if is_there else None
