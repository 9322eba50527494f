"""The symbols of a document: what it declares."""

from __future__ import annotations

from typing import Final

from lsprotocol.types import SymbolKind

from lsp.qbc_index import CONSTANT, LABEL, LOCAL, MACRO, Symbols
from lsp.sigma_words import signature
from qbcc.source import SourceFile, Span
from sigma import syntax as s
from sigma.check.program import Program
from sigma.symbols import Constant, Function, ModuleName, RecordName, Symbol, Variable

Row = tuple[str, str, SymbolKind, Span, Span]
"""Name, detail, kind, the whole, the name's place."""
_KINDS: Final = {
    LABEL: SymbolKind.Function,
    LOCAL: SymbolKind.Key,
    CONSTANT: SymbolKind.Constant,
    MACRO: SymbolKind.Operator,
}
_SIGMA_KINDS: Final[dict[type[Symbol], SymbolKind]] = {
    Constant: SymbolKind.Constant,
    Function: SymbolKind.Function,
    RecordName: SymbolKind.Struct,
    Variable: SymbolKind.Variable,
    ModuleName: SymbolKind.Module,
}


def assembly(source: SourceFile, symbols: Symbols) -> list[Row]:
    """Labels, constants and macros of a source, by place."""
    rows = []
    for what, kind in symbols.kinds.items():
        given = symbols.index.definition(what)
        if given is not None and given.span.source is source:
            local = what.rpartition("@")[2]
            rows.append((f"@{local}" if kind == LOCAL else what, kind, _KINDS[kind], given.span, given.span))
    return sorted(rows, key=lambda row: (row[3].line, row[3].column))


def sigma(program: Program) -> list[Row]:
    """What the main module declares, by place."""
    module = program.main
    rows = []
    for node in module.declarations:
        symbol = module.names.get(module.word(node.name)) if isinstance(node, s.Declaration) else None
        if isinstance(node, s.Declaration) and symbol is not None and symbol.token == node.name:
            place = module.at(node.name)
            rows.append((symbol.name, signature(symbol), _SIGMA_KINDS[type(symbol)], place, place))
    return rows
