"""What is said of the word under the cursor."""

from __future__ import annotations

from typing import Any

from lsp import qbc_words, sigma_words
from lsp.index import Index, Occurrence
from lsp.qbc_index import Symbols
from qbcc.lexer import tables, tokenise
from qbcc.names import integer_value
from qbcc.source import SourceFile, Span
from sigma import syntax as s
from sigma.symbols import Symbol
from sigma.types import UNKNOWN

Said = tuple[str, Span]
"""Markdown, and what it speaks of."""


def assembly(source: SourceFile, symbols: Symbols, line: int, column: int) -> Said | None:
    """In a source of assembly."""
    found = symbols.index.at(source, line, column)
    if found is not None:
        return qbc_words.name(symbols, str(found.what)), found.span
    key, words, columns = tokenise(source.line(line))
    names = tables()[2]
    for at, (word, start) in enumerate(zip(words, columns, strict=True)):
        if start <= column <= start + len(word):
            before = words[at - 1].upper() if at else ""
            text = _word(names.get(key[at], ""), word, before)
            if text is not None:
                return text, Span(source, line, start, start + len(word))
    return None


def _word(kind: str, word: str, before: str) -> str | None:
    match kind:
        case "NAME":
            return qbc_words.instruction(word)
        case "INTEGER":
            number = integer_value(word)
            return qbc_words.system_call(number) if before == "QSYSCALL" else qbc_words.value(number)
        case "FLOAT":
            return qbc_words.value(float(word.replace("_", "")))
    return None


def sigma(source: SourceFile, index: Index, line: int, column: int) -> Said | None:
    """In a source of σ."""
    found = index.at(source, line, column)
    return None if found is None else (_described(found), found.span)


def _described(found: Occurrence) -> str:
    what: Any = found.what
    if isinstance(what, Symbol):
        text = sigma_words.documentation(what)
        head = f"```sigma\n{sigma_words.signature(what)}\n```"
        return f"{head}\n\n{text}" if text else head
    record, name = what
    type = found.node.type if isinstance(found.node, s.Expr) and found.node.type is not UNKNOWN else None
    field = record.field(name)
    return f"```sigma\n{record}.{name}: {type or field.type}\n```\n\na field of the record `{record}`"
