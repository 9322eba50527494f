"""Types. A scalar takes one 64-bit word in memory; arrays and records lie inline, and their sizes are whole words.
Bytes are elements of arrays only: they lie close together, and what is left of the last word is not used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WORD: Final = 8
"""Bytes of a scalar."""
MAX_QUBITS: Final = 1 << 24
"""Most qubits that are made at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """Base of all types."""

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return WORD


@dataclass(frozen=True, slots=True)
class Scalar(Type):
    """``int``, ``float``, ``bool``, ``qubit``; ``byte`` for elements, which are read as ints; ``string`` for literals;
    ``?`` behind an error, which goes with all."""

    name: str

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return 1 if self.name == "byte" else WORD

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Array(Type):
    """``[element; length]``; with length None a reference to so many as there are, ``[element]``."""

    element: Type
    length: int | None

    @property
    def size(self) -> int:
        """Bytes in memory; of a reference, address and length."""
        if self.length is None:
            return 2 * WORD
        return (self.length * self.element.size + WORD - 1) // WORD * WORD

    def __str__(self) -> str:
        return f"[{self.element}]" if self.length is None else f"[{self.element}; {self.length}]"


@dataclass(frozen=True, slots=True)
class Tuple(Type):
    """``(int, float)``; empty, nothing at all."""

    elements: tuple[Type, ...]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(element.size for element in self.elements)

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.elements))})" if self.elements else "nothing"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record, ``offset`` bytes from its start."""

    name: str
    type: Type
    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class Record(Type):
    """A record; each declaration is a type of its own."""

    name: str
    fields: tuple[Field, ...]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(field.type.size for field in self.fields)

    def field(self, name: str) -> Field | None:
        """A field by its name."""
        return next((field for field in self.fields if field.name == name), None)

    def __str__(self) -> str:
        return self.name


INT: Final = Scalar("int")
FLOAT: Final = Scalar("float")
BOOL: Final = Scalar("bool")
QUBIT: Final = Scalar("qubit")
BYTE: Final = Scalar("byte")
STRING: Final = Scalar("string")
UNKNOWN: Final = Scalar("?")
NOTHING: Final = Tuple(())
HISTOGRAM: Final = Array(Tuple((INT, INT)), None)
"""What ``sample`` gives: values and their counts."""


def read(element: Type) -> Type:
    """The type of an element where its value is read."""
    return INT if element is BYTE else element


def is_number(type: Type) -> bool:
    """Whether it can be calculated with."""
    return type is INT or type is FLOAT or type is UNKNOWN


def is_scalar(type: Type) -> bool:
    """Whether a register holds it."""
    return isinstance(type, Scalar) and type is not STRING


def holds_qubits(type: Type) -> bool:
    """Whether a qubit is in it somewhere."""
    match type:
        case Array(element):
            return holds_qubits(element)
        case Tuple(elements):
            return any(map(holds_qubits, elements))
        case Record():
            return any(holds_qubits(field.type) for field in type.fields)
    return type is QUBIT


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of one type goes where another is wanted: equal ones, an int for a float, an array of a length
    for one of any length."""
    if given == wanted or UNKNOWN in (given, wanted):
        return True
    if given is INT and wanted in (FLOAT, BYTE):
        return True
    if isinstance(given, Array) and isinstance(wanted, Array):
        return fits_exactly(given.element, wanted.element) and wanted.length in (None, given.length)
    if isinstance(given, Tuple) and isinstance(wanted, Tuple):
        pairs = zip(given.elements, wanted.elements, strict=False)
        return len(given.elements) == len(wanted.elements) and all(fits(a, b) for a, b in pairs)
    return False


def fits_exactly(given: Type, wanted: Type) -> bool:
    """The same for what lies in memory, where an int is no float."""
    return given == wanted or UNKNOWN in (given, wanted)
