"""What expressions become: operations for scalars, references for what lies in memory, lists for tuples."""

from __future__ import annotations

from dataclasses import dataclass

from sigma import ir, types
from sigma.ir import Op


@dataclass(slots=True)
class Ref:
    """Something in memory, ``offset`` bytes behind an address."""

    type: types.Type
    base: Op
    offset: int = 0
    length: Op | None = None
    """Of an array, its number of elements; None for a view that says none."""


Value = Op | Ref | list["Value"]


def kind(type: types.Type) -> str:
    """Kind of a scalar."""
    return ir.FLOAT if type is types.FLOAT else ir.INT


def flat(type: types.Type) -> list[str]:
    """Kinds of the registers that hand over a value: of arrays and records the address, and a length if the type has
    none."""
    match type:
        case types.Tuple(elements):
            return [part for element in elements for part in flat(element)]
        case types.Array(length=None):
            return [ir.INT, ir.INT]
    return [kind(type)]


def word_kinds(type: types.Type) -> list[str]:
    """Kinds of the words that a value has in memory."""
    match type:
        case types.Tuple(elements):
            return [part for element in elements for part in word_kinds(element)]
        case types.Array(types.BYTE, int()):
            return [ir.INT] * (type.size // types.WORD)
        case types.Array(element, int() as length):
            return word_kinds(element) * length
        case types.Record():
            return [part for field in type.fields for part in word_kinds(field.type)]
    return [kind(type)]


def is_memory(type: types.Type) -> bool:
    """Whether it lies in memory."""
    return isinstance(type, types.Array | types.Record)


def needs_place(type: types.Type) -> bool:
    """Whether a function that gives it is told where to put it."""
    if isinstance(type, types.Tuple):
        return any(map(needs_place, type.elements))
    return is_memory(type)
