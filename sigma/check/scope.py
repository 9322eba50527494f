"""Reports, names and types: what the checker's other parts stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from qbcc.assembly.data import MAX_WRITTEN
from qbcc.diagnostics import Diagnostic
from qbcc.source import Span
from sigma import syntax as s
from sigma.builtins import BUILTINS, CONSTANTS
from sigma.check import messages
from sigma.lexer import Tokens
from sigma.symbols import Constant, Given, Local, Module, ModuleName, RecordName, Symbol
from sigma.types import BOOL, BYTE, FLOAT, INT, QUBIT, UNKNOWN, Array, Tuple, Type, holds_qubits
from vm.bytecode import MAX_DATA

MAX_LENGTH: Final = 1 << 32
"""Most elements of an array."""
_PLAIN: Final = {"int": INT, "float": FLOAT, "bool": BOOL, "qubit": QUBIT}
UNIVERSE: Final[dict[str, Symbol]] = {
    **{name: Given(name, None, -1, builtin) for name, builtin in BUILTINS.items()},
    **{name: Constant(name, None, -1, FLOAT if isinstance(v, float) else INT, v) for name, v in CONSTANTS.items()},
}
"""What the language brings; every name may be declared anew."""


class Scope:
    """The names that a place sees."""

    def __init__(
        self,
        module: Module,
        report: Callable[[Diagnostic], None],
        resolve: Callable[[Symbol], None],
        pieces: list[Tokens],
    ) -> None:
        self.module = module
        self.report = report
        self.resolve = resolve
        """Finds out what a declaration says, before it is used."""
        self.pieces = pieces
        """Tokens of what is printed in braces, as they are read."""
        self.blocks: list[dict[str, Local]] = []
        self.told: set[str] = set()
        """Names of the body that mean nothing, and were reported."""
        self.ended: dict[str, Local] = {}
        """Names of blocks that have ended."""

    # -- names

    def lookup(self, name: str) -> Symbol | None:
        """What a name means here."""
        for block in reversed(self.blocks):
            if name in block:
                return block[name]
        found = self.module.names.get(name)
        if found is not None:
            self.resolve(found)
        return found or UNIVERSE.get(name)

    def known(self) -> Iterable[str]:
        """Every name that could be meant."""
        return [*self.own(), *UNIVERSE]

    def own(self) -> list[str]:
        """Every name that the program declares and this place sees."""
        return [*(name for block in self.blocks for name in block), *self.module.names]

    def declare(self, token: int, type: Type, *, is_var: bool = False) -> Local:
        """A new variable of the innermost block."""
        name = self.module.word(token)
        local = Local(name, self.module, token, type, is_var)
        block = self.blocks[-1]
        if name in block:
            self.report(messages.defined_twice(self.module.at(token), name, self.module.at(block[name].token)))
        block[name] = local
        return local

    def declare_lost(self, token: int) -> None:
        """A variable whose declaration is wrong: an error is reported already, and its uses are none."""
        name = self.module.word(token)
        self.blocks[-1].setdefault(name, Local(name, self.module, token, UNKNOWN))

    def open(self) -> None:
        """A block begins."""
        self.blocks.append({})

    def close(self) -> None:
        """A block ends."""
        self.ended.update(self.blocks.pop())

    def unknown(self, node: s.Node, name: str) -> None:
        """Say that a name means nothing."""
        if name in self.module.lost:
            return
        span = self.module.span(node)
        ended = self.ended.get(name)
        if ended is not None:
            assert ended.module is not None
            first = ended.module.at(ended.token)
            self.report(messages.out_of_scope(span, name, first, holds_qubits(ended.type)))
        else:
            following = self.module.tokens.words[node.last + 1 : node.last + 2]
            is_base = following == ["."]
            is_first = self.is_first(name)
            self.report(messages.unknown_name(span, name, self.known(), is_first=is_first, is_base=is_base))

    def is_first(self, name: str) -> bool:
        """Whether a name that means nothing was not used before in this body: what to write is said once."""
        is_first = name not in self.told
        self.told.add(name)
        return is_first

    def check_size(self, span: Span, name: str, type: Type, *, is_written: bool = False) -> None:
        """Say that a variable has no room; ``is_written`` tells that the object holds its bytes."""
        most, what = (MAX_WRITTEN, "the data that are not zero") if is_written else (MAX_DATA, "the data")
        if type.size > most:
            self.report(messages.too_large(span, name, type.size, most, what))

    # -- types

    def type_of(self, node: s.Node, length: Callable[[s.Expr], int | None]) -> Type:
        """The type that is written; ``length`` gives the value of an array's length."""
        match node:
            case s.PlainType(word=word):
                return _PLAIN[word]
            case s.NamedType():
                return self._named(node)
            case s.TupleType(elements=elements):
                return Tuple(tuple(self.type_of(element, length) for element in elements))
            case s.ArrayType(element=element):
                held = BYTE if self._is_byte(element) else self.type_of(element, length)
                return self._array_type(node, held, length)
        return UNKNOWN

    def _array_type(self, node: s.ArrayType, element: Type, length: Callable[[s.Expr], int | None]) -> Type:
        if isinstance(element, Array) and element.length is None:
            note = "write the length of the inner one"
            self.report(messages.bad_type(self.module.span(node), "an array holds arrays of a known length", note))
            return UNKNOWN
        if node.length is None:
            return Array(element, None)
        if isinstance(node.length, s.Name) and self.lookup(node.length.word) is None:
            self._unknown_length(node.length, element)
            return UNKNOWN
        count = length(node.length)
        if count is None:
            return UNKNOWN
        if not 0 <= count <= MAX_LENGTH:
            self.report(messages.bad_length(self.module.span(node.length), count, MAX_LENGTH))
            return UNKNOWN
        return Array(element, count)

    def _unknown_length(self, node: s.Name, element: Type) -> None:
        """Say that a length has a name which means nothing."""
        report = self.report
        self.report = lambda found: report(messages.no_such_length(found, str(element)))
        self.unknown(node, node.word)
        self.report = report

    def _is_byte(self, node: s.Node) -> bool:
        """Whether a type is the name ``byte``, which is no keyword."""
        return isinstance(node, s.NamedType) and self._path(node) == ["byte"] and "byte" not in self.module.names

    def _path(self, node: s.NamedType) -> list[str]:
        return [self.module.word(token) for token in node.path]

    def _named(self, node: s.NamedType) -> Type:
        words = self._path(node)
        if self._is_byte(node):
            note = "a variable, a parameter or a field is an int"
            self.report(messages.bad_type(self.module.span(node), "only arrays hold bytes", note))
            return UNKNOWN
        found: Symbol | None = self.module.names.get(words[0])
        for word in words[1:]:
            if isinstance(found, ModuleName) and found.target is None:
                return UNKNOWN
            found = found.target.names.get(word) if isinstance(found, ModuleName) and found.target else None
        if found is None and words[0] in self.module.lost:
            return UNKNOWN
        if not isinstance(found, RecordName):
            known = [*_PLAIN, *(n for n, symbol in self.module.names.items() if isinstance(symbol, RecordName))]
            self.report(messages.unknown_type(self.module.span(node), ".".join(words), known))
            return UNKNOWN
        self.resolve(found)
        return found.type
