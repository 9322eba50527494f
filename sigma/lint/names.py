"""Names that nothing uses, that never change, that hide others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from typing import Final

from qbcc.source import Span
from sigma import syntax as s
from sigma.check.scope import UNIVERSE
from sigma.lint import messages
from sigma.lint.uses import ELEMENT, READ, WRITE, Uses
from sigma.lint.walk import Look, bodies, everything, within, words
from sigma.symbols import Constant, Function, Given, Local, ModuleName, RecordName, Symbol, Variable
from sigma.types import Array, Record, Scalar, holds_qubits

_MEANT: Final = re.compile(r"(?<!\w)_\w*")
_KINDS: Final = {s.ConstDecl: "constant", s.ViewDecl: "view", s.GlobalDecl: "variable"}


def _is_meant(name: str) -> bool:
    return name.startswith("_")


class Names:
    """Looks at one module. ``given`` is what it uses of the language, ``meant`` its words that begin with ``_``."""

    def __init__(self, look: Look, uses: Uses, given: Set[str], meant: Set[str]) -> None:
        self.look = look
        self.module = look.module
        self.uses = uses
        self.given = given
        self.meant = meant
        self.is_program = isinstance(self.module.names.get("main"), Function)

    def bodies(self) -> None:
        """What stands in functions and gates."""
        for function, body in bodies(self.module):
            self._parameters(function)
            for node in within(body):
                self._local(node)
            self._hidden(function, body)

    # -- outside of functions

    def declarations(self) -> None:
        """What stands outside of them."""
        idle = self._idle()
        for node in self.module.declarations:
            if not isinstance(node, s.Declaration):
                continue
            symbol = self.module.names.get(self.module.word(node.name))
            if isinstance(node, s.ImportDecl):
                symbol = next((x for x in self.module.names.values() if x.token == node.name), None)
                self._import(node, symbol)
            elif symbol in idle:
                self._unused(node, symbol)
            elif self.is_program and isinstance(node, s.GlobalDecl) and isinstance(symbol, Variable):
                self._global(node, symbol)

    def _idle(self) -> set[Symbol]:
        """What no way leads to from where a program begins; of a module, all is for others."""
        own = [symbol for symbol in self.module.names.values() if not isinstance(symbol, ModuleName)]
        if not self.is_program:
            return set()
        roots = {symbol for symbol in own if symbol.name == "main" or _is_meant(symbol.name)}
        roots |= {x for x in own if isinstance(x, Function) and x.declaration.is_exported}
        roots |= {symbol for symbol in self.uses.by if symbol.module is not self.module}
        reached = self._reached(roots)
        idle = [symbol for symbol in own if symbol not in reached]
        # What only another of them uses goes with that.
        below = {symbol: self._reached({symbol}) for symbol in idle}
        return {x for x in idle if all(y in below[x] for y in idle if x in self._used_by(y))}

    def _used_by(self, symbol: Symbol) -> set[Symbol]:
        return self.uses.by.get(symbol, set())

    def _reached(self, roots: set[Symbol]) -> set[Symbol]:
        found, todo = set(roots), list(roots)
        while todo:
            new = self._used_by(todo.pop()) - found
            found |= new
            todo += new
        return found

    def _import(self, node: s.ImportDecl, symbol: Symbol | None) -> None:
        if not isinstance(symbol, ModuleName) or symbol.target is None or _is_meant(symbol.name):
            return
        declared = symbol.target.names.values()
        # Assembly and the host call those, whoever imports them.
        is_for_host = any(isinstance(x, Function) and x.declaration.is_exported for x in declared)
        if symbol not in self.uses.how and not is_for_host:
            self.look.report(messages.unused_import(self.module.at(node.name), symbol.name, self._line_of(node)))

    def _line_of(self, node: s.Node) -> Span | None:
        """Where a declaration stands; None if that is several lines, which no fix takes."""
        tokens = self.module.tokens
        return self.module.span(node) if tokens.lines[node.first] == tokens.lines[node.last] else None

    def _unused(self, node: s.Declaration, symbol: Symbol | None) -> None:
        span = self.module.at(node.name)
        match symbol:
            case Function():
                if not symbol.is_extern or node.first != node.last:
                    what = "gate" if symbol.is_gate else "function"
                    self.look.report(messages.unused_function(span, what, symbol.name))
            case RecordName():
                self.look.report(messages.unused_record(span, symbol.name))
            case Constant() | Variable():
                self.look.report(messages.unused_global(span, _KINDS[type(node)], symbol.name))

    def _global(self, node: s.GlobalDecl, symbol: Variable) -> None:
        if node.is_var and not _is_meant(symbol.name) and self._stays(symbol, symbol.type):
            word = self.module.at(node.first)
            self.look.report(messages.never_changed(self.module.at(node.name), word, f"'{symbol.name}'"))

    def _stays(self, symbol: Symbol, type: object) -> bool:
        """Whether nothing changes it; of what lies in memory, whether nothing could."""
        how = self.uses.how.get(symbol, set())
        changes = {WRITE, ELEMENT, READ} if isinstance(type, Array | Record) else {WRITE}
        return not how & changes

    # -- in functions

    def _parameters(self, function: Function) -> None:
        if function.declaration.is_exported:
            return
        for param in function.params:
            if param not in self.uses.how and not _is_meant(param.name):
                span = self.module.at(param.token)
                self.look.report(messages.unused_parameter(span, param.name, function.name, self._is_free(param)))

    def _local(self, node: s.Node) -> None:
        # A counter may just count: so something is done several times.
        match node:
            case s.Let():
                for symbol in node.symbols:
                    self._variable(symbol)
                if node.is_var:
                    self._unchanged(node)
                self._copy(node)
            case s.ForEach():
                for symbol in node.symbols:
                    self._variable(symbol)

    def _variable(self, symbol: Local) -> None:
        if _is_meant(symbol.name) or self.uses.reads(symbol):
            return
        span = self.module.at(symbol.token)
        if symbol in self.uses.how:
            # An array or a record may be one of which others know.
            if isinstance(symbol.type, Scalar):
                place = self.uses.places.get(symbol)
                written = self.module.span(place) if place is not None else None
                self.look.report(messages.unused_variable(span, symbol.name, written, False))
        elif holds_qubits(symbol.type):
            self.look.report(messages.unused_qubit(span, symbol.name, isinstance(symbol.type, Array)))
        else:
            self.look.report(messages.unused_variable(span, symbol.name, None, self._is_free(symbol)))

    def _is_free(self, symbol: Local) -> bool:
        """Whether its name with a _ before it is nobody's, in strings either."""
        return f"_{symbol.name}" not in self.meant

    def _unchanged(self, node: s.Let) -> None:
        symbols = [symbol for symbol in node.symbols if not _is_meant(symbol.name)]
        is_used = any(self.uses.reads(symbol) for symbol in symbols)
        if is_used and all(self._stays(symbol, symbol.type) for symbol in node.symbols):
            names = " and ".join(f"'{symbol.name}'" for symbol in symbols)
            word = self.module.at(node.first)
            self.look.report(messages.never_changed(self.module.at(node.names[0]), word, names))

    def _copy(self, node: s.Let) -> None:
        """What is done to a copy alone, as if it were what it is a copy of."""
        symbol = node.symbols[0]
        root: s.Expr = node.value
        while isinstance(root, s.Index | s.Slice) or (isinstance(root, s.Member) and root.symbol is None):
            root = root.base
        is_place = isinstance(root, s.Name | s.Member) and isinstance(symbol.type, Array | Record)
        if is_place and not node.is_ref and not node.is_tuple and self.uses.how.get(symbol) == {ELEMENT}:
            name = "".join(words(node.value, self.module))
            self.look.report(messages.changed_copy(self.module.at(symbol.token), symbol.name, name))

    # -- names that hide others

    def _hidden(self, function: Function, body: s.Block) -> None:
        if self.is_program and not _is_meant(function.name):
            self._given(function)
        scopes: list[dict[str, Symbol]] = [dict(self.module.names), {}]
        for param in function.params:
            self._declared(param, scopes)
        self._block(body, scopes)

    def _block(self, block: s.Block, scopes: list[dict[str, Symbol]]) -> None:
        scopes.append({})
        for node in block.statements:
            self._statement(node, scopes)
        scopes.pop()

    def _statement(self, node: s.Node, scopes: list[dict[str, Symbol]]) -> None:
        if isinstance(node, s.Let):
            value = node.value
            for symbol in node.symbols:
                # A copy of a fixed parameter under its own name is one that may change.
                is_copy = isinstance(value, s.Name) and value.word == symbol.name
                self._declared(symbol, scopes, is_copy=is_copy)
            return
        scopes.append({})
        for symbol in _counters(node):
            self._declared(symbol, scopes)
        for block in _blocks(node):
            self._block(block, scopes)
        scopes.pop()

    def _declared(self, symbol: Local, scopes: list[dict[str, Symbol]], *, is_copy: bool = False) -> None:
        outer = next((scope[symbol.name] for scope in reversed(scopes[:-1]) if symbol.name in scope), None)
        scopes[-1][symbol.name] = symbol
        if _is_meant(symbol.name) or is_copy:
            return
        # Who misses a function or a record that a value hides is told by the compiler.
        if isinstance(outer, Local | Constant | Variable):
            self.look.report(messages.shadowed(self.module.at(symbol.token), symbol.name, self.module.at(outer.token)))
        elif outer is None and symbol.name in self.given and len(symbol.name) > 1:
            # Gates have the letters that everybody counts with.
            self._given(symbol)

    def _given(self, symbol: Symbol) -> None:
        found = UNIVERSE.get(symbol.name)
        if found is not None:
            what = found.builtin.what if isinstance(found, Given) else "a constant"
            self.look.report(messages.hides_given(self.module.at(symbol.token), symbol.name, what))


def given_names(declarations: Iterable[s.Node]) -> set[str]:
    """What declarations use of the language: a name of one's own for one of these is mistaken for it."""
    found = set()
    for declaration in declarations:
        for node in everything(declaration):
            symbol = getattr(node, "target" if isinstance(node, s.Call) else "symbol", None)
            if isinstance(symbol, Symbol) and symbol.module is None:
                found.add(symbol.name)
    return found


def meant_names(text: str) -> frozenset[str]:
    """The words of a text that begin with ``_``: names that nothing need use."""
    return frozenset(_MEANT.findall(text))


def _counters(node: s.Node) -> list[Local]:
    if isinstance(node, s.ForRange):
        return [node.symbol]
    return node.symbols if isinstance(node, s.ForEach) else []


def _blocks(node: s.Node) -> Iterator[s.Block]:
    match node:
        case s.Block():
            yield node
        case s.If():
            yield node.then
            if node.otherwise is not None:
                yield from _blocks(node.otherwise)
        case s.While() | s.ForRange() | s.ForEach():
            yield node.body
