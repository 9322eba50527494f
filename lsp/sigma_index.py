"""The names of a program of σ, from its checked tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsp.index import Index, Occurrence
from qbcc.source import Span
from sigma import syntax as s
from sigma.check.program import Program
from sigma.lint.walk import children
from sigma.symbols import Function, Module, ModuleName, RecordName, Symbol
from sigma.types import Record


def index(program: Program) -> Index:
    """Of all its modules."""
    return Index(each for module in program.modules for each in _Walk(module).run())


class _Walk:
    def __init__(self, module: Module) -> None:
        self.module = module
        self.tokens = module.tokens

    def run(self) -> Iterator[Occurrence]:
        for node in self.module.declarations:
            yield from self.visit(node)

    def note(self, token: int, what: Any, *, new: bool = False, node: s.Node | None = None) -> Iterator[Occurrence]:
        """A name, if it is known what it means."""
        if what is not None:
            span = self.tokens.span(token, token)
            yield Occurrence(Span(self.module.source, span.line, span.column, span.end_column), what, new, node)

    def visit(self, node: s.Node) -> Iterator[Occurrence]:
        """A node and all below it."""
        match node:
            case s.Name():
                yield from self.note(node.first, node.symbol, node=node)
            case s.Member():
                what = node.symbol or field_of(node.base.type, self.tokens.words[node.name])
                yield from self.note(node.name, what, node=node)
                if isinstance(node.base, s.Name) and node.base.symbol is None:
                    # The name of a module has no value, so the checker leaves it alone.
                    yield from self.note(node.base.first, self.module.names.get(node.base.word), node=node.base)
            case s.Call(target=RecordName() as record):
                for argument in node.arguments:
                    if isinstance(argument, s.NamedArgument):
                        yield from self.note(argument.name, field_of(record.type, self.tokens.words[argument.name]))
            case s.Let() | s.ForEach():
                for token, symbol in zip(node.names, node.symbols, strict=False):
                    yield from self.note(token, symbol, new=True)
            case s.ForRange():
                yield from self.note(node.name, node.symbol, new=True)
            case s.NamedType():
                yield from self._type(node)
            case s.String():
                yield from self._string(node)
            case s.Asm():
                yield from self._assembly(node)
            case s.Declaration():
                yield from self._declaration(node)
        for child in children(node):
            yield from self.visit(child)

    def _declaration(self, node: s.Declaration) -> Iterator[Occurrence]:
        symbol = self.module.names.get(self.module.word(node.name))
        if symbol is None or symbol.token != node.name:
            return
        if not isinstance(node, s.ImportDecl) or node.alias is not None:
            # A module that is called as its file has no name of its own here.
            yield from self.note(node.name, symbol, new=True)
        if isinstance(node, s.FunctionDecl) and isinstance(symbol, Function):
            for param, local in zip(node.params, symbol.params, strict=False):
                yield from self.note(param.name, local, new=True)
        if isinstance(node, s.RecordDecl) and isinstance(symbol, RecordName):
            for field in node.fields:
                yield from self.note(field.name, field_of(symbol.type, self.module.word(field.name)), new=True)

    def _type(self, node: s.NamedType) -> Iterator[Occurrence]:
        found: Symbol | None = None
        for token in node.path:
            names = found.target.names if isinstance(found, ModuleName) and found.target else self.module.names
            found = names.get(self.module.word(token))
            yield from self.note(token, found)

    def _string(self, node: s.String) -> Iterator[Occurrence]:
        """What is printed in braces has tokens of its own."""
        own = self.tokens
        for part in node.parts:
            if isinstance(part, s.Piece):
                self.tokens = part.tokens
                yield from self.visit(part.expr)
        self.tokens = own

    def _assembly(self, node: s.Asm) -> Iterator[Occurrence]:
        for made in node.lines:
            for token, symbol in made.names.items():
                span = made.line.tokens(token, token)
                yield Occurrence(Span(self.module.source, span.line, span.column, span.end_column), symbol)


def field_of(type: Any, name: str) -> tuple[Record, str] | None:
    """What a field of a record is known by."""
    return (type, name) if isinstance(type, Record) and type.field(name) is not None else None
