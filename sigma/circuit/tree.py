"""The tree of σ that a circuit is: ``main`` with an array of qubits, a statement for each operation.

Its words are those of σ, their places those of the JSON. Each bit of a measurement is a record of the run, ``q0`` for
qubit 0, so that many runs show strings of bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qbcc.source import SourceFile, Span
from sigma import syntax as s
from sigma.lexer import Tokens
from sigma.symbols import Module
from sigma.tables import END


@dataclass(frozen=True, slots=True)
class Qubit:
    """The number of a qubit, or how many there are, and where it stands."""

    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    """An angle, and where it stands."""

    value: float
    span: Span


@dataclass(slots=True)
class Gate:
    """A gate on qubits, perhaps inverted and under controls."""

    name: str
    word: Span
    """Where its name stands."""
    span: Span
    """Where all of it stands."""
    qubits: Sequence[Qubit]
    angles: Sequence[Number]
    is_inverse: bool
    controls: Sequence[Qubit]


@dataclass(slots=True)
class Other:
    """``measure``, ``reset``, ``barrier``."""

    name: str
    span: Span
    qubits: Sequence[Qubit]


@dataclass(slots=True)
class _Tokens(Tokens):
    """Words of σ that stand where something else is written."""

    ends: list[int] = field(default_factory=list)

    def span(self, first: int, last: int) -> Span:
        """Where tokens stand; each has its place in one line."""
        return Span(self.source, self.lines[first], self.columns[first], self.ends[first])

    def add(self, kind: str, word: str, span: Span) -> int:
        """A token."""
        self.kinds.append(kind)
        self.words.append(word)
        self.lines.append(span.line)
        self.columns.append(span.column)
        self.ends.append(span.end_column)
        return len(self.kinds) - 1


def tree(source: SourceFile, count: Qubit, ops: Sequence[Gate | Other]) -> Module:
    """The module of a circuit."""
    return _Maker(source).run(count, ops)


class _Maker:
    def __init__(self, source: SourceFile) -> None:
        self.tokens = _Tokens(source, [], [], [], [])

    def run(self, count: Qubit, ops: Sequence[Gate | Other]) -> Module:
        tokens = self.tokens
        main = tokens.add("NAME", "main", Span(tokens.source, 1, 1, 2))
        row = tokens.add("NAME", "q", count.span)
        qubits = self._call("qubits", count.span, [self._number("INTEGER", str(count.value), count.span)])
        statements: list[s.Node] = [s.Let(row, row, [row], False, None, qubits, False)]
        for op in ops:
            statements += [self._gate(op)] if isinstance(op, Gate) else self._other(op)
        body = s.Block(main, main, statements)
        tokens.add(END, "", Span(tokens.source, 1, 1, 2))
        return Module(tokens.source, tokens, [s.FunctionDecl(main, main, main, [], None, body)])

    def _gate(self, op: Gate) -> s.Node:
        arguments: list[s.Expr] = [self._qubit(qubit) for qubit in op.qubits]
        arguments += [self._number("FLOAT", repr(angle.value), angle.span) for angle in op.angles]
        whole = self.tokens.add("NAME", op.name, op.span)
        made: s.Expr = s.Call(whole, whole, self._name(op.name, op.word), arguments)
        if op.is_inverse:
            made = s.Inverse(whole, whole, made)
        if op.controls:
            made = s.Controlled(whole, whole, [self._qubit(control) for control in op.controls], made)
        return s.ExprStatement(whole, whole, made)

    def _other(self, op: Other) -> list[s.Node]:
        if op.name == "barrier":
            # One on any qubit holds for all of them.
            return [self._statement(self._call("barrier", op.span, [self._qubit(op.qubits[0])]))] if op.qubits else []
        if op.name == "reset":
            return [self._statement(self._call("reset", qubit.span, [self._qubit(qubit)])) for qubit in op.qubits]
        return [self._statement(self._measured(qubit)) for qubit in op.qubits]

    def _measured(self, qubit: Qubit) -> s.Expr:
        name = self.tokens.add("STRING", f'"q{qubit.value}"', qubit.span)
        measured = self._call("measure", qubit.span, [self._qubit(qubit)])
        return self._call("record", qubit.span, [s.String(name, name), measured])

    # -- parts

    def _statement(self, call: s.Expr) -> s.Node:
        return s.ExprStatement(call.first, call.last, call)

    def _call(self, name: str, span: Span, arguments: list[s.Expr]) -> s.Expr:
        function = self._name(name, span)
        return s.Call(function.first, function.last, function, arguments)

    def _name(self, word: str, span: Span) -> s.Name:
        at = self.tokens.add("NAME", word, span)
        return s.Name(at, at, word)

    def _number(self, kind: str, word: str, span: Span) -> s.Number:
        at = self.tokens.add(kind, word, span)
        return s.Number(at, at)

    def _qubit(self, qubit: Qubit) -> s.Expr:
        index = self._number("INTEGER", str(qubit.value), qubit.span)
        return s.Index(index.first, index.last, self._name("q", qubit.span), index)
