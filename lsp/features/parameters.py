"""Parameters of macros: they mean something in their macro only, and hide other names there."""

from __future__ import annotations

from lsp.qbc.layout import Block, layout
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tables, tokenise


def at(source: SourceFile, line: int, column: int) -> tuple[str, Block] | None:
    """The parameter at a place, and its macro."""
    macro = layout(source).macro(line)
    if macro is None or not macro.parameters:
        return None
    word = next((word for word, start in _names(source, line) if start <= column <= start + len(word)), "")
    is_name_of_macro = line == macro.first and word == macro.name and column < _first(source, macro)
    return (word, macro) if word in macro.parameters and not is_name_of_macro else None


def places(source: SourceFile, name: str, macro: Block) -> list[Span]:
    """Where it stands; the first one is where it is given."""
    found = []
    for number in range(macro.first, macro.last + 1):
        words = [(word, start) for word, start in _names(source, number) if word == name]
        words = [each for each in words if number > macro.first or each[1] >= _first(source, macro)]
        found += [Span(source, number, start, start + len(word)) for word, start in words]
    return found


def _first(source: SourceFile, macro: Block) -> int:
    """The column behind the macro's own name."""
    words = [(word, start) for word, start in _names(source, macro.first) if word == macro.name]
    return words[0][1] + len(macro.name) + 1 if words else 1


def _names(source: SourceFile, line: int) -> list[tuple[str, int]]:
    key, words, columns = tokenise(source.line(line))
    wanted = tables()[1]["NAME"]
    return [(word, start) for kind, word, start in zip(key, words, columns, strict=True) if kind == wanted]
