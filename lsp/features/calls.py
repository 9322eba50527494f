"""Who calls whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lsprotocol.types import SymbolKind

from lsp.analysis import Analysis
from lsp.features.stretch import Stretch, of_lines, of_node, of_span
from lsp.qbc.index import EXTERNAL, LABEL
from lsp.qbc.layout import layout
from lsp.sigma.words import signature
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tables, tokenise
from qbcc.syntax.lines import Line
from qbcc.syntax.parser import parse_line
from sigma import syntax as s
from sigma.symbols import Function, Module
from vm.isa import BY_NAME, CALLS, JUMPS

BY_ADDRESS: Final = "by address"
"""How a label is used that is no target of a call or a jump."""


@dataclass(frozen=True, slots=True)
class Callable:
    """A routine of assembly, a function or gate of σ; or the file, for what stands in none."""

    name: str
    detail: str
    kind: SymbolKind
    whole: Stretch
    place: Span
    """Of its name."""


def called(analysis: Analysis) -> frozenset[str]:
    """Labels of assembly that the files of a program call."""
    return frozenset[str]().union(*(layout(source).calls for source in analysis.sources))


def meant(analysis: Analysis, what: Any) -> Callable | None:
    """The thing itself, where it can be called."""
    given = analysis.names.definition(what)
    if isinstance(what, str):
        kind = analysis.symbols.kinds.get(what)
        if kind == EXTERNAL:
            found = _brought(analysis, what)
            return Callable(what, "extern", SymbolKind.Interface, of_span(found), found) if found is not None else None
        if given is None or kind != LABEL or what in layout(given.span.source).names:
            return None
        whole = _routine(analysis, given.span)
        return Callable(what, given.span.source.name, SymbolKind.Function, whole, given.span)
    if not isinstance(what, Function) or what.module is None or given is None:
        return None
    return Callable(
        what.name, signature(what), SymbolKind.Function, of_node(what.module.tokens, what.declaration), given.span
    )


def _brought(analysis: Analysis, name: str) -> Span | None:
    """Where a name of another object is told."""
    found = ((source, one) for source in analysis.sources for one in layout(source).externals if one.name == name)
    return next((Span(source, one.line, one.column, one.column + len(name)) for source, one in found), None)


def _routine(analysis: Analysis, span: Span) -> Stretch:
    """The lines of the routine that a label is in; the label alone outside of all."""
    for routine in layout(span.source).routines(called(analysis)):
        if routine.first <= span.line <= routine.last:
            return of_lines(span.source, routine.first, routine.last)
    return of_span(span)


def around(analysis: Analysis, span: Span) -> Callable:
    """What a place is in."""
    source = span.source
    if analysis.program is None:
        for routine in layout(source).routines(called(analysis)):
            if routine.first <= span.line <= routine.last:
                one = routine.label
                place = Span(source, one.line, one.column, one.column + len(one.name))
                whole = of_lines(source, routine.first, routine.last)
                return Callable(one.name, source.name, SymbolKind.Function, whole, place)
        return _file(source)
    for module in analysis.program.modules:
        for node in module.declarations if module.source is source else ():
            if isinstance(node, s.FunctionDecl) and of_node(module.tokens, node).holds(span.line, span.column):
                return _function(module, node)
    return _file(source)


def _function(module: Module, node: s.FunctionDecl) -> Callable:
    name = module.word(node.name)
    symbol = module.names.get(name)
    detail = signature(symbol) if symbol is not None and symbol.token == node.name else module.source.name
    return Callable(name, detail, SymbolKind.Function, of_node(module.tokens, node), module.at(node.name))


def _file(source: SourceFile) -> Callable:
    return Callable(source.name, "", SymbolKind.File, of_lines(source, 1, len(source.lines)), Span(source, 1, 1, 1))


def how(span: Span) -> str:
    """How an instruction uses a label: empty for a call, ``jump``, or :data:`BY_ADDRESS`; None would be no use."""
    line = parse_line(span.source, span.line)
    ops = BY_NAME.get(line.word.upper(), ()) if isinstance(line, Line) else ()
    if not isinstance(line, Line) or not any("l" in op.letters for op in ops):
        return BY_ADDRESS
    if ops[0].group == CALLS:
        return ""
    last = line.span(line.shape.arguments[-1]) if line.shape.arguments else span
    return "jump" if ops[0].group == JUMPS and last.column <= span.column else BY_ADDRESS


def is_use(span: Span) -> bool:
    """Whether a label stands there as an operand of an instruction or in data, and not in a directive about it."""
    line = parse_line(span.source, span.line)
    if not isinstance(line, Line):
        return False
    return line.word.lower() not in (".global", ".extern", ".func", ".entry_point")


def outgoing(analysis: Analysis, caller: Callable) -> Iterator[tuple[Callable, str, list[Span]]]:
    """What it calls, how, and where."""
    if analysis.program is None:
        yield from _uses(analysis, caller)
        return
    for what, places in analysis.names.of.items():
        inside = [
            each.span
            for each in places
            if each.span.source is caller.place.source
            and not each.is_definition
            and caller.whole.holds(each.span.line, each.span.column)
        ]
        target = meant(analysis, what) if inside and isinstance(what, Function) else None
        if target is not None:
            yield target, "", inside


def _uses(analysis: Analysis, caller: Callable) -> Iterator[tuple[Callable, str, list[Span]]]:
    """The same in assembly: its lines are gone through, each label in them is looked up."""
    source, named = caller.place.source, tables()[1]["NAME"]
    found: dict[str, dict[str, list[Span]]] = {}
    for number in range(caller.whole.line, caller.whole.end_line + 1):
        key, _, columns = tokenise(source.line(number))
        for kind, column in zip(key, columns, strict=True):
            each = analysis.names.at(source, number, column) if kind == named else None
            if each is not None and not each.is_definition and is_use(each.span):
                found.setdefault(str(each.what), {}).setdefault(how(each.span), []).append(each.span)
    for what, ways in found.items():
        target = meant(analysis, what)
        if target is None:
            continue
        place = target.place
        is_own = place.source is source and caller.whole.holds(place.line, place.column)
        for way, spans in ways.items():
            # A routine jumps within itself; that is no call.
            if not (is_own and way == "jump"):
                yield target, way, spans
