"""Uses of what its author calls deprecated, in the comment above its declaration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qbcc.lint.deprecated import WORD, reason
from qbcc.source import Span
from sigma import syntax as s
from sigma.lint import messages
from sigma.lint.walk import Look, within
from sigma.symbols import Local, Module, ModuleName, Symbol


class Deprecated:
    """Looks at one module for what any module declares."""

    def __init__(self, look: Look, modules: Iterable[Module]) -> None:
        self.look = look
        self.module = look.module
        self.reasons: dict[Symbol, str] = {}
        for module in modules:
            self._collect(module)

    def _collect(self, module: Module) -> None:
        if WORD not in module.source.text.lower():
            return
        for symbol in module.names.values():
            why = reason(module.tokens.doc(symbol.token)) if symbol.module is module and symbol.token >= 0 else None
            if why is not None and not isinstance(symbol, ModuleName):
                self.reasons[symbol] = why

    def run(self) -> None:
        """Each use, but those in what is deprecated too."""
        if not self.reasons:
            return
        for node in self.module.declarations:
            owner = self.module.names.get(self.module.word(node.name)) if isinstance(node, s.Declaration) else None
            if owner not in self.reasons:
                self._visit(node, self.module.tokens)

    def _visit(self, node: s.Node, tokens: Any) -> None:
        for each in within(node):
            match each:
                case s.Name():
                    self._note(each.symbol, tokens.span(each.first, each.first))
                case s.Member():
                    self._note(each.symbol, tokens.span(each.name, each.name))
                case s.NamedType():
                    self._type(each)
                case s.String():
                    for part in each.parts:
                        if isinstance(part, s.Piece):
                            self._visit(part.expr, part.tokens)

    def _type(self, node: s.NamedType) -> None:
        found: Symbol | None = None
        for token in node.path:
            names = found.target.names if isinstance(found, ModuleName) and found.target else self.module.names
            found = names.get(self.module.word(token))
            self._note(found, self.module.at(token))

    def _note(self, symbol: Symbol | None, span: Span) -> None:
        if symbol is None or isinstance(symbol, Local) or symbol not in self.reasons or symbol.module is None:
            return
        place = Span(self.module.source, span.line, span.column, span.end_column)
        given = symbol.module.at(symbol.token)
        self.look.report(messages.deprecated(place, symbol.name, self.reasons[symbol], given))
