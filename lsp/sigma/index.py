"""The names of a program of σ, from its checked tree."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from lsp.index import Index, Occurrence
from qbcc.source import SourceFile, Span
from sigma import syntax as s
from sigma.check.edited import EditedProgram
from sigma.check.parts import Part
from sigma.lint.walk import children
from sigma.symbols import Function, Module, ModuleName, RecordName, Symbol
from sigma.types import Record


class Places(Index):
    """Those of a program as it is now, found when they are asked for: an index of a long source takes longer than its
    check. A part of the main source is gone through for what stands there, all parts with a name in them for that.

    They are those of one text: once the program is that of another, nothing can be asked of them."""

    def __init__(self, edited: EditedProgram) -> None:
        super().__init__(())
        self._edited = edited
        self._of_text = edited.program
        self._thread = threading.get_ident()
        self.of = _Of(self)
        self._parts: dict[Part, Index] = {}

    @property
    def edited(self) -> EditedProgram:
        """The program, which is still that of this text."""
        assert threading.get_ident() == self._thread, "names of a session are read in another thread than its own"
        assert self._edited.program is self._of_text, "names of a text are read after another one was asked for"
        return self._edited

    def at(self, source: SourceFile, line: int, column: int) -> Occurrence | None:
        """The name at a place; one that ends there counts too, if none begins."""
        if source is not self.edited.source:
            return self.elsewhere.at(source, line, column)
        return self.in_part(self.edited.parts.at(line - 1)).at(source, line, column)

    def in_part(self, part: Part) -> Index:
        """The names of a part."""
        if part not in self._parts:
            self._parts[part] = Index(_Walk(self.edited.main).run(part.declarations))
        return self._parts[part]

    @cached_property
    def elsewhere(self) -> Index:
        """The names of the modules that are imported."""
        modules = self.edited.program.modules[1:]
        return Index(each for module in modules for each in _Walk(module).run(module.declarations))

    @cached_property
    def _with_name(self) -> dict[str, list[Part]]:
        """The parts in which a name stands."""
        found: dict[str, list[Part]] = {}
        tokens = self.edited.main.tokens
        for part in self.edited.parts.all:
            for word in part.words(tokens):
                found.setdefault(word, []).append(part)
        return found

    def everything(self) -> Iterator[Hashable]:
        """All that has a name."""
        for part in self.edited.parts.all:
            yield from self.in_part(part).of
        yield from self.elsewhere.of

    def places(self, what: Hashable) -> Iterator[Occurrence]:
        """Where it stands."""
        name = what[1] if isinstance(what, tuple) else getattr(what, "name", "")
        # What is imported from a file has a name that is a part of the file's.
        is_file = isinstance(what, ModuleName)
        for part in self.edited.parts.all if is_file else self._with_name.get(name, ()):
            yield from self.in_part(part).of.get(what, ())
        yield from self.elsewhere.of.get(what, ())


class _Of(Mapping[Hashable, list[Occurrence]]):
    """The places of each thing."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._found: dict[Hashable, list[Occurrence]] = {}

    def __getitem__(self, what: Hashable) -> list[Occurrence]:
        if what not in self._found:
            self._found[what] = list(self._places.places(what))
        return self._found[what]

    def __iter__(self) -> Iterator[Hashable]:
        return iter(dict.fromkeys(self._places.everything()))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Walk:
    def __init__(self, module: Module) -> None:
        self.module = module
        self.tokens = module.tokens

    def run(self, declarations: Iterable[s.Node]) -> Iterator[Occurrence]:
        for node in declarations:
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
