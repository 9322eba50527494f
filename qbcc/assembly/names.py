"""Names and what they stand for: constants, labels, externals; the values of expressions.

A value is a number, or an address that linking will move: a base and an offset. Constants are evaluated when they are
needed, so they may name what comes later."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from qbcc.assembly import messages
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.source import Span
from qbcc.syntax.lines import (
    Address,
    Binary,
    Character,
    Group,
    Integer,
    Line,
    Name,
    Node,
    Real,
    Register,
    String,
    Unary,
)
from qbcc.syntax.messages import bad_text
from qbcc.syntax.text import CharacterFault, character_value
from vm.bytecode import Base
from vm.isa import OUTPUT_BUFFER

MAX_BITS: Final = 4096
"""Largest integer that an expression may make on its way."""


@dataclass(frozen=True, slots=True)
class Moving:
    """An address: ``offset`` from the start of the code (instructions), the data (bytes), or from an external name."""

    base: Base
    offset: int
    name: str = ""


Value = int | float | Moving


@dataclass(slots=True)
class Label:
    """A label and the place that defines it."""

    base: Base
    offset: int
    span: Span
    is_query: bool = False


@dataclass(slots=True)
class Constant:
    """A ``.define``: the expression, and its value once it was asked for."""

    node: Node | None
    line: Line | None
    span: Span | None
    value: Value | None = None
    is_broken: bool = False
    is_fixed: bool = False
    """From the command line: definitions in the source give way."""
    is_open: bool = False
    """Its value is being worked out."""


class BrokenError(Exception):
    """The value depends on something that was reported already."""


@dataclass
class Names:
    """The names of one assembly."""

    report: Callable[[Diagnostic], None]
    labels: dict[str, Label] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    """Names of the command line that the source defines or uses."""
    externals: dict[str, Span] = field(default_factory=dict)
    counts_instructions: bool = False
    """Whether the value of an expression depends on how many instructions lie between labels."""
    _missing: set[tuple[str, Span]] = field(default_factory=set)
    """Names that were reported."""
    _repeated: list[tuple[str, Span, Constant, Constant]] = field(default_factory=list)
    """Second definitions of constants, to be compared at the end: they too may name what comes later."""
    _clashes: set[tuple[int, int, int]] = field(default_factory=set)
    """Places of labels that were reported."""

    def __post_init__(self) -> None:
        self.constants["OUTPUT_BUFFER"] = Constant(None, None, None, OUTPUT_BUFFER)

    # -- definitions

    def where(self, name: str) -> Span | None:
        """The place that a name was defined at, if it has one."""
        if name in self.labels:
            return self.labels[name].span
        if name in self.constants:
            return self.constants[name].span
        return self.externals.get(name)

    def is_taken(self, name: str) -> bool:
        """Whether a label of that name would clash. A predefined name gives way."""
        if name in self.labels or name in self.externals:
            return True
        return name in self.constants and (self.constants[name].span is not None or self.constants[name].is_fixed)

    def add_label(self, name: str, label: Label, line: Line) -> None:
        """A label of a line; a clash is reported, once for each place in the source."""
        if self.is_taken(name):
            self._report_clash(name, label.span, line)
            return
        self.constants.pop(name, None)
        self.labels[name] = label

    def _report_clash(self, name: str, span: Span, line: Line) -> None:
        place = (id(span.source), span.line, span.column)
        if place not in self._clashes:
            self._clashes.add(place)
            first = self.where(name)
            is_repeated = first is not None and (id(first.source), first.line, first.column) == place
            self.report(messages.with_uses(messages.defined_twice(span, name, first, is_repeated=is_repeated), line))

    def add_constant(self, name: str, span: Span, line: Line, node: Node) -> None:
        """A ``.define``; a second one must come to the same value, which the end of the assembly checks."""
        known = self.constants.get(name)
        if known is not None and known.is_fixed:
            self.claimed.add(name)
            return
        if name in self.labels or name in self.externals:
            self.report(messages.defined_twice(span, name, self.where(name)))
            return
        if known is None or known.span is None:
            self.constants[name] = Constant(node, line, span)
            return
        self._repeated.append((name, span, known, Constant(node, line, span)))

    def _compare(self, name: str, span: Span, known: Constant, second: Constant) -> None:
        self._settle(second)
        if known.value is None or second.value is None or self._same(known.value, second.value):
            return
        self.report(messages.defined_twice(span, name, known.span, " with another value"))

    @staticmethod
    def _same(a: Value, b: Value) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            return struct.pack("<d", a) == struct.pack("<d", b)
        return type(a) is type(b) and a == b

    # -- values

    def value(self, line: Line, node: Node) -> Value:
        """The value of an expression. Raises :class:`SourceError` with what is wrong, :class:`BrokenError` for what
        was reported before."""
        match node:
            case Integer():
                return self._integer(line, node)
            case Real():
                return self._real(line, node)
            case Name():
                return self._name(line, node)
            case Group():
                return self.value(line, node.inner)
            case Character():
                return self._character(line, node)
            case Unary():
                return self._unary(line, node)
            case Binary():
                return self._binary(line, node)
            case Register():
                raise _error(messages.register_in_expression(line.span(node), line.words[node.first]))
            case String():
                raise _error(messages.string_as_number(line.span(node)))
            case _:
                raise _error(messages.address_as_number(line.span(node)))

    def number(self, line: Line, node: Node, what: str) -> int:
        """An integer that must be known here: a size, a count, a condition. Raises as :meth:`value`."""
        value = self.value(line, node)
        if isinstance(value, Moving):
            raise _error(messages.not_yet_known(line.span(node), what))
        if isinstance(value, float):
            raise _error(messages.float_for_integer(line.span(node), what, value))
        return value

    def _integer(self, line: Line, node: Node) -> int:
        word = line.words[node.first]
        value = integer_value(word) if len(word) <= MAX_BITS else 1 << MAX_BITS
        if value.bit_length() > MAX_BITS:
            raise _error(messages.large_integer(line.span(node), MAX_BITS))
        return value

    def _real(self, line: Line, node: Node) -> float:
        value = float(line.words[node.first].replace("_", ""))
        if math.isinf(value):
            raise _error(messages.large_float(line.span(node)))
        return value

    def _character(self, line: Line, node: Node) -> int:
        try:
            return character_value(line.words[node.first])
        except CharacterFault as fault:
            raise _error(bad_text(line.span(node), fault)) from None

    def _name(self, line: Line, node: Node) -> Value:
        word = line.words[node.first]
        name = line.scope + word if word[0] == "@" else word
        label = self.labels.get(name)
        if label is not None:
            return Moving(label.base, label.offset)
        constant = self.constants.get(name)
        if constant is not None:
            if constant.is_open:
                raise _error(messages.endless_definition(line.span(node), word, constant.span))
            if constant.is_fixed:
                self.claimed.add(name)
            return self._constant_value(constant)
        if name in self.externals:
            return Moving(Base.UNDEFINED, 0, name)
        raise self._undefined(line, node, word)

    def _undefined(self, line: Line, node: Node, word: str) -> Exception:
        """Said once for each place: a line of a macro stands for all its expansions."""
        span = line.span(node)
        place = (word.split("~")[0], span)
        if place in self._missing:
            return BrokenError()
        self._missing.add(place)
        return _error(messages.undefined(span, word, self._known(line.scope if word[0] == "@" else None)))

    def _known(self, scope: str | None) -> list[str]:
        """Names that could have been meant: the local labels of a scope, or all others."""
        if scope is not None:
            return [name.removeprefix(scope) for name in self.labels if name.startswith(f"{scope}@")]
        return [*(name for name in self.labels if "@" not in name), *self.constants, *self.externals]

    def _constant_value(self, constant: Constant) -> Value:
        if constant.is_broken:
            raise BrokenError
        if constant.value is None:
            self._evaluate_needed(constant)
            self._evaluate(constant)
        assert constant.value is not None
        return constant.value

    def _evaluate(self, constant: Constant) -> None:
        constant.is_broken = True
        constant.value = self._evaluate_constant(constant)
        constant.is_broken = False

    def _evaluate_needed(self, constant: Constant) -> None:
        """Work out what a constant needs, innermost first, so that a chain of any length does not recurse."""
        path = [(constant, self._needs(constant))]
        constant.is_open = True
        while path:
            current, needs = path[-1]
            needed = next(needs, None)
            if needed is not None:
                needed.is_open = True
                path.append((needed, self._needs(needed)))
                continue
            path.pop()
            current.is_open = False
            if current is not constant:
                self._report_evaluation(current)

    def _needs(self, constant: Constant) -> Iterator[Constant]:
        """The constants in the expression of one that have no value yet. What is open is a circle, said elsewhere."""
        assert constant.node is not None
        assert constant.line is not None
        for node in names_in(constant.node):
            found = self.constants.get(constant.line.words[node.first])
            if found is not None and found.value is None and not (found.is_broken or found.is_open):
                yield found

    def _report_evaluation(self, constant: Constant) -> None:
        try:
            self._evaluate(constant)
        except BrokenError:
            return
        except SourceError as error:
            for diagnostic in error.diagnostics:
                self.report(diagnostic)

    def _evaluate_constant(self, constant: Constant) -> Value:
        assert constant.node is not None
        assert constant.line is not None
        constant.is_open = True
        try:
            return self.value(constant.line, constant.node)
        finally:
            constant.is_open = False

    def settle(self) -> None:
        """Work out every constant, so that what is wrong in one that nobody uses is said too."""
        for constant in list(self.constants.values()):
            self._settle(constant)
        for repeated in self._repeated:
            self._compare(*repeated)

    def _settle(self, constant: Constant) -> None:
        if constant.node is not None and constant.value is None and not constant.is_broken:
            self._evaluate_needed(constant)
            self._report_evaluation(constant)

    # -- operators

    def _unary(self, line: Line, node: Unary) -> Value:
        value = self.value(line, node.operand)
        if isinstance(value, Moving):
            raise _error(messages.address_arithmetic(line.span(node), line.words[node.first]))
        if node.operator == "TILDE":
            if isinstance(value, float):
                raise _error(messages.float_bits(line.span(node), "~"))
            return ~value
        return -value if node.operator == "MINUS" else value

    def _binary(self, line: Line, node: Binary) -> Value:
        """``a + b + c …`` nests to the left, as deep as it is long: a loop goes down, and comes up with the value."""
        chain: list[Binary] = []
        inner: Node = node
        while isinstance(inner, Binary):
            chain.append(inner)
            inner = inner.left
        value, *others = self._values(line, [inner, *(operation.right for operation in reversed(chain))])
        for operation, right in zip(reversed(chain), others, strict=True):
            value = self._operation(line, operation, value, right)
        return value

    def _values(self, line: Line, nodes: list[Node]) -> list[Value]:
        """All values, or what is wrong with any of them: each name that is not defined is marked."""
        values: list[Value] = []
        problems: list[Diagnostic] = []
        for node in nodes:
            try:
                values.append(self.value(line, node))
            except SourceError as error:
                problems += error.diagnostics
            except BrokenError:
                continue
        if problems:
            raise SourceError(problems)
        if len(values) < len(nodes):
            raise BrokenError
        return values

    def _operation(self, line: Line, node: Binary, left: Value, right: Value) -> Value:
        symbol = line.words[node.at]
        if isinstance(left, Moving) or isinstance(right, Moving):
            return self._move(line, node, left, right)
        if isinstance(left, float) or isinstance(right, float):
            return self._float_operation(line, node, left, right)
        if symbol in ("/", "%") and right == 0:
            raise _error(messages.division_by_zero(line.span(node), symbol))
        if symbol in ("<<", ">>"):
            return self._shift(line, node, left, right)
        result = int(_INTEGER_OPERATIONS[node.operator](left, right))
        if result.bit_length() > MAX_BITS:
            raise _error(messages.large_integer(line.span(node), MAX_BITS))
        return result

    def _shift(self, line: Line, node: Binary, left: int, right: int) -> int:
        if right < 0:
            raise _error(messages.negative_shift(line.span(node.right), right))
        if line.words[node.at] == ">>":
            return left >> min(right, MAX_BITS)
        if left and left.bit_length() + right > MAX_BITS:
            raise _error(messages.large_integer(line.span(node), MAX_BITS))
        return left << right if left else 0

    def _float_operation(self, line: Line, node: Binary, left: float, right: float) -> Value:
        symbol = line.words[node.at]
        if symbol in ("<<", ">>", "&", "|", "^"):
            raise _error(messages.float_bits(line.span(node), symbol))
        if symbol in ("/", "%") and right == 0:
            raise _error(messages.division_by_zero(line.span(node), symbol))
        try:
            result = _FLOAT_OPERATIONS[node.operator](float(left), float(right))
        except OverflowError:
            raise _error(messages.large_float(line.span(node))) from None
        if isinstance(result, float) and not math.isfinite(result):
            raise _error(messages.large_float(line.span(node)))
        return int(result) if isinstance(result, bool) else result

    def _move(self, line: Line, node: Binary, left: Value, right: Value) -> Value:
        """Address ± number, and the distance between two addresses of one section."""
        # The sum of an address operand's constants has no token of its own.
        symbol = {"PLUS": "+", "MINUS": "-"}.get(node.operator) or line.words[node.at]
        if symbol == "+" and isinstance(left, int) and isinstance(right, Moving):
            left, right = right, left
        if isinstance(left, Moving) and isinstance(right, int) and symbol in "+-":
            self.counts_instructions |= right != 0 and left.base != Base.DATA
            return Moving(left.base, left.offset + (right if symbol == "+" else -right), left.name)
        if isinstance(left, Moving) and isinstance(right, Moving) and left.base == right.base != Base.UNDEFINED:
            self.counts_instructions |= left.base == Base.CODE
            if symbol == "-":
                return left.offset - right.offset
            if node.operator in _COMPARISONS:
                return int(_INTEGER_OPERATIONS[node.operator](left.offset, right.offset))
        raise _error(messages.address_arithmetic(line.span(node), symbol))


_COMPARISONS: Final[dict[str, Callable[..., bool]]] = {
    "EQ": operator.eq,
    "NE": operator.ne,
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}
_INTEGER_OPERATIONS: Final[dict[str, Callable[[int, int], int]]] = {
    "PLUS": operator.add,
    "MINUS": operator.sub,
    "STAR": operator.mul,
    "SLASH": operator.floordiv,
    "PERCENT": operator.mod,
    "AMP": operator.and_,
    "BAR": operator.or_,
    "CARET": operator.xor,
    **_COMPARISONS,
}
_FLOAT_OPERATIONS: Final[dict[str, Callable[[float, float], float]]] = {
    "PLUS": operator.add,
    "MINUS": operator.sub,
    "STAR": operator.mul,
    "SLASH": operator.truediv,
    "PERCENT": operator.mod,
    **_COMPARISONS,
}


def integer_value(word: str) -> int:
    """A number as it is written. Leading zeros are decimal, as people write them in tables."""
    if len(word) > 1 and word[0] == "0" and word[1] in "xXbBoO":
        return int(word[2:].replace("_", ""), {"x": 16, "b": 2, "o": 8}[word[1].lower()])
    return int(word.replace("_", ""))


def _error(diagnostic: Diagnostic) -> SourceError:
    return SourceError([diagnostic])


def names_in(node: Node) -> Iterator[Name]:
    """The names of an expression, left to right."""
    rest = [node]
    while rest:
        match rest.pop():
            case Name() as name:
                yield name
            case Group(inner=inner) | Address(inner=inner) | Unary(operand=inner):
                rest.append(inner)
            case Binary(left=left, right=right):
                rest += (right, left)
