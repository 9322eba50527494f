"""The symbols of a document: what it declares, and what lies in that."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Final

from lsprotocol.types import SymbolKind

from lsp.features.deprecation import is_deprecated
from lsp.features.stretch import Stretch, of_lines, of_node, of_span
from lsp.qbc.index import Symbols
from lsp.qbc.layout import MACRO, Layout, Named, layout
from lsp.sigma.words import signature
from qbcc.source import SourceFile, Span
from sigma import syntax as s
from sigma.check.program import Program
from sigma.circuit.reader import Member, Value, read
from sigma.symbols import Constant, Function, Module, ModuleName, RecordName, Symbol, Variable
from sigma.types import Record

_SIGMA_KINDS: Final[dict[type[Symbol], SymbolKind]] = {
    Constant: SymbolKind.Constant,
    Function: SymbolKind.Function,
    RecordName: SymbolKind.Struct,
    Variable: SymbolKind.Variable,
    ModuleName: SymbolKind.Module,
}
_BROKEN: Final = {
    "CONST": SymbolKind.Constant,
    "RECORD": SymbolKind.Struct,
    "VIEW": SymbolKind.Variable,
    "LET": SymbolKind.Variable,
    "VAR": SymbolKind.Variable,
}
"""By the first word of a declaration that cannot be read; others are functions."""


@dataclass(slots=True)
class Item:
    """A symbol, and those in it."""

    name: str
    detail: str
    kind: SymbolKind
    whole: Stretch
    place: Span
    """Of its name."""
    is_deprecated: bool = False
    children: list[Item] = field(default_factory=list)


def assembly(source: SourceFile, symbols: Symbols, called: Container[str] = ()) -> list[Item]:
    """Routines with their labels, macros, constants and data of a source, by place. ``called`` are labels that other
    files call."""
    found = layout(source)
    macros = {
        block.first: _macro(found, block.first, block.last, block.name) for block in found.blocks if block.kind == MACRO
    }
    items = [item for item in macros.values() if item is not None]
    items += _labels(found, symbols, called, macros)
    for one in found.constants:
        known = symbols.values.get(one.name)
        items.append(_item(found, one, "constant" if known is None else f"= {known}", SymbolKind.Constant))
    items += [_item(found, one, "extern", SymbolKind.Interface) for one in found.externals]
    return sorted(items, key=lambda item: (item.place.line, item.place.column))


def _item(found: Layout, one: Named, detail: str, kind: SymbolKind, whole: Stretch | None = None) -> Item:
    place = Span(found.source, one.line, one.column, one.column + len(one.name))
    return Item(one.name, detail, kind, whole or of_span(place), place, one.full in found.deprecated)


def _macro(found: Layout, first: int, last: int, name: str) -> Item | None:
    """None for one that has no name yet."""
    one = next((macro for macro in found.macros if macro.line == first), None)
    return _item(found, one, "macro", SymbolKind.Operator, of_lines(found.source, first, last)) if one else None


def _labels(found: Layout, symbols: Symbols, called: Container[str], macros: dict[int, Item | None]) -> Iterator[Item]:
    """Those that lie in nothing else; the others go to what they lie in."""
    routines = {routine.label: routine for routine in found.routines(called)}
    top: Item | None = None
    last = 0
    for one in found.labels:
        macro = found.macro(one.line)
        routine = routines.get(one)
        is_local = one.name[0] == "@"
        if macro is not None:
            home = macros[macro.first]
            if home is not None:
                home.children.append(_label(found, one))
        elif routine is not None:
            lines = of_lines(found.source, routine.first, routine.last)
            top, last = _item(found, one, _contract(symbols, one.name), SymbolKind.Function, lines), routine.last
            yield top
        elif top is not None and (is_local or not one.is_data) and (one.line <= last or (is_local and one.is_data)):
            top.children.append(_label(found, one))
        else:
            top, last = _label(found, one), 0
            yield top


def _label(found: Layout, one: Named) -> Item:
    if one.name[0] == "@":
        return _item(found, one, one.detail or "local label", SymbolKind.Key)
    kind = SymbolKind.Variable if one.is_data else SymbolKind.Key
    return _item(found, one, one.detail or "label", kind)


def _contract(symbols: Symbols, name: str) -> str:
    """What a routine takes and gives, as its ``.func`` says."""
    parts = symbols.contracts.get(name, {})
    takes, gives = parts.get(".args", ""), parts.get(".returns", "")
    return f"({takes}) → {gives}" if gives else f"({takes})" if takes else "routine"


def sigma(program: Program) -> list[Item]:
    """What the main module declares, by place."""
    module = program.main
    items = []
    for node in module.declarations:
        if isinstance(node, s.Declaration):
            items.append(_declared(module, node))
        elif isinstance(node, s.Broken):
            kind = _BROKEN.get(module.tokens.kinds[node.first], SymbolKind.Function)
            whole = of_node(module.tokens, node)
            items += [Item(module.word(name), "", kind, whole, module.at(name)) for name in node.names]
    return [item for item in items if item.whole.holds(item.place.line, item.place.column)]


def _declared(module: Module, node: s.Declaration) -> Item:
    symbol = module.names.get(module.word(node.name))
    is_own = symbol is not None and symbol.token == node.name
    if isinstance(node, s.ImportDecl):
        symbol = next((found for found in module.names.values() if found.token == node.name), None)
        is_own = symbol is not None
    kind = _SIGMA_KINDS[type(symbol)] if symbol is not None and is_own else SymbolKind.Null
    item = Item(
        symbol.name if symbol is not None and is_own else module.word(node.name),
        signature(symbol) if symbol is not None and is_own else "declared twice",
        kind,
        of_node(module.tokens, node),
        module.at(node.name),
        is_deprecated(module.tokens, node.first),
    )
    if isinstance(node, s.RecordDecl):
        record = symbol.type if isinstance(symbol, RecordName) and isinstance(symbol.type, Record) else None
        item.children = [_field(module, part, record) for part in node.fields]
    return item


def _field(module: Module, node: s.Param, record: Record | None) -> Item:
    name = module.word(node.name)
    known = record.field(name) if record is not None else None
    detail = str(known.type) if known is not None else module.text(node.type)
    return Item(name, detail, SymbolKind.Field, of_node(module.tokens, node), module.at(node.name))


def circuit(source: SourceFile) -> list[Item]:
    """The members of a circuit in JSON; its operations, each by what it does."""
    value = read(source, lambda _: None)
    members = value.content if value is not None and value.kind == "object" else []
    return [_member(source, member) for member in members]


def _member(source: SourceFile, member: Member) -> Item:
    operations = member.value.content if member.value.kind == "array" else []
    children = [_operation(source, each) for each in operations if each.kind == "object"]
    last = children[-1].whole if children else of_span(member.value.span)
    whole = Stretch(source, member.span.line, member.span.column, last.end_line, last.end_column)
    detail = str(member.value.content) if member.value.kind in ("number", "string", "bool") else member.value.kind
    return Item(member.key or '""', detail, SymbolKind.Property, whole, member.span, children=children)


def _operation(source: SourceFile, value: Value) -> Item:
    """Named by its gate, or by its first member."""
    members = {member.key: member.value for member in value.content}
    gate = members.get("gate")
    name = str(gate.content) if gate is not None and gate.content else next(iter(members), "") or "{}"
    text = source.line(value.span.line)[value.span.column - 1 : value.span.end_column - 1]
    ends = [each.span for each in members.values()]
    end = max(ends, key=lambda span: (span.line, span.column), default=value.span)
    end_column = value.span.end_column if end.line == value.span.line else end.end_column
    whole = Stretch(source, value.span.line, value.span.column, end.line, end_column)
    return Item(name, text, SymbolKind.Event, whole, value.span)
