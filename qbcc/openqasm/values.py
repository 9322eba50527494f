"""Values and types of OpenQASM 3 while it is lowered: constants are folded, all else is in a register or in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from openqasm3 import ast

WORD: Final = 64
Number = bool | int | float


class Refusal(Exception):
    """OpenQASM that has no form in QBC, or that is wrong; with the node whose line is meant."""

    def __init__(self, why: str, node: Any = None, *, is_wrong: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.node = node
        self.is_wrong = is_wrong
        """Whether the text is invalid, and not only beyond what QBC has."""


@dataclass(frozen=True)
class Kind:
    """A classical type: ``bit``, ``bool``, ``int``, ``uint``, ``float``, ``angle`` or ``duration``."""

    name: str
    width: int = WORD
    """Bits; those of a register for ``bit``."""
    is_literal: bool = False
    """Whether the value was written as a number, or calculated from such: it takes the type of what it is used with."""

    @property
    def is_float(self) -> bool:
        """Whether a value is a floating-point number of the machine."""
        return self.name in ("float", "duration")


@dataclass(frozen=True)
class Const:
    """A value that is known while the text is read."""

    value: Number
    kind: Kind


@dataclass(frozen=True)
class Run:
    """A value that the program computes: the register that it is in."""

    register: str
    kind: Kind


Value = Const | Run


@dataclass(frozen=True)
class Qubits:
    """Qubits that a name means, in order: operands of QBC."""

    operands: tuple[str, ...]
    shown: tuple[str, ...]
    is_register: bool
    first: str = ""
    """The operand of the first, where they follow each other, for an index that the program computes."""


@dataclass(frozen=True)
class Bits:
    """Bits that a name means, in order: words of memory as label and index."""

    places: tuple[tuple[str, int], ...]
    is_register: bool


@dataclass(frozen=True)
class Cell:
    """A variable of 64 bits or fewer: a word of memory."""

    label: str
    kind: Kind


@dataclass(frozen=True)
class Array:
    """An array of numbers: words of memory, the last index the fastest."""

    label: str
    kind: Kind
    shape: tuple[int, ...]


@dataclass(frozen=True)
class GateDefinition:
    """A gate of the text's own, with the names that were known where it was defined."""

    node: Any
    scope: Scope


@dataclass(frozen=True)
class Subroutine:
    """A ``def``, which is expanded where it is called."""

    node: Any


@dataclass
class Scope:
    """Names, innermost first."""

    above: Scope | None = None
    names: dict[str, Any] = field(default_factory=dict)
    is_gate: bool = False

    def find(self, name: str) -> Any:
        """What a name means; None for one that is not defined."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.above
        return None


def count(number: int, what: str) -> str:
    """A number of things: ``1 angle``, ``2 angles``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def indices(element: Any, constant: Any, size: int, node: Any) -> list[int]:
    """The places that an index with constant parts selects; ``constant`` evaluates a node."""
    if isinstance(element, ast.DiscreteSet):
        found = [constant(value) for value in element.values]
    elif isinstance(element, list) and len(element) == 1 and isinstance(element[0], ast.RangeDefinition):
        span = span_of(element[0], constant, size)
        for index in (span[0], span[-1]) if span else ():
            if not 0 <= index < size:
                raise Refusal(f"index {index} is outside 0 to {size - 1}", node, is_wrong=True)
        found = list(span)
    elif isinstance(element, list) and len(element) == 1:
        found = [constant(element[0])]
    else:
        raise Refusal("an index of several dimensions is for arrays", node, is_wrong=True)
    if not found:
        raise Refusal("the range selects nothing", node, is_wrong=True)
    result = []
    for index in found:
        if not -size <= index < size:
            raise Refusal(f"index {index} is outside 0 to {size - 1}", node, is_wrong=True)
        result.append(index % size)
    return result


def span_of(node: Any, constant: Any, size: int | None) -> range:
    """A range of OpenQASM, whose end belongs to it; ``size``: of what it selects, else None."""
    step = 1 if node.step is None else constant(node.step)
    if step == 0:
        raise Refusal("the step of a range is 0", node, is_wrong=True)
    if size is None and (node.start is None or node.end is None):
        raise Refusal("a range of a loop needs a start and an end", node, is_wrong=True)
    start = (0 if step > 0 else -1) if node.start is None else constant(node.start)
    end = (-1 if step > 0 else 0) if node.end is None else constant(node.end)
    if size is not None:
        start, end = (each + size if each < 0 else each for each in (start, end))
    if abs(end - start) // abs(step) >= 1 << 62:
        raise Refusal("the range has too many values", node)
    return range(start, end + (1 if step > 0 else -1), step)


def flat(node: Any) -> Sequence[Any]:
    """The elements of an array's literal, in order."""
    if isinstance(node, ast.ArrayLiteral):
        return [each for value in node.values for each in flat(value)]
    return [node]


def has_shape(node: Any, shape: Sequence[int]) -> bool:
    """Return whether an array's literal has these sizes, the outermost first."""
    if not isinstance(node, ast.ArrayLiteral):
        return not shape
    return bool(shape) and len(node.values) == shape[0] and all(has_shape(each, shape[1:]) for each in node.values)
