"""Lines that a program makes: what a compiler hands to :func:`qbcc.assembly.assemble.assemble_statements`.

    at = Span(source, 3, 5, 12)
    statement(at, "QADD", Reg(1), Reg(1), 8, labels=["loop"])
    statement(at, "QLOAD", Reg(0), Memory(Reg(1), 16))
    statement(at, ".asciz", Text(b"hello"))

A line is made as the parser makes it, tokens and shape, and no text is written or read on the way. Every part of it
stands at ``at``, so that a message points at what the line was made from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from qbcc.source import Span
from qbcc.syntax.lexer import tables
from qbcc.syntax.lines import Line, Shape
from qbcc.syntax.parser import shape_of
from qbcc.syntax.text import quote
from vm.isa import REGISTERS

_NAME: Final = re.compile(r"(?![rR](?:1[0-5]|[0-9])\Z)[A-Za-z_][A-Za-z0-9_]*\Z")
_APART: Final = {".define": "DEFINE", ".macro": "MACRO"}
"""Directives whose first argument is a name that no comma follows, and their terminals."""


@dataclass(frozen=True, slots=True)
class Reg:
    """A register by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Text:
    """A string by its bytes."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Offset:
    """A name and a distance from it: ``table+8``."""

    name: str
    distance: int


@dataclass(frozen=True, slots=True)
class Memory:
    """``[base]`` or ``[base+offset]``."""

    base: Reg | int | str | Offset
    offset: Reg | int | str | Offset | None = None


Operand = Reg | Text | Offset | Memory | int | float | str
"""A string is a name; ``@name`` a local one."""


def statement(at: Span, word: str = "", *operands: Operand, labels: Sequence[str] = ()) -> Line:
    """A line: labels, then an instruction, a directive or a use of a macro. Raises :class:`ValueError` for what no line
    can say: a name that is none, a register that does not exist, an infinity, operands where none can stand."""
    tokens = list(_tokens(word, operands, labels))
    keys = tables()[1]
    key = "".join(keys[terminal] for terminal, _ in tokens)
    words = [text for _, text in tokens]
    shape = shape_of(key)
    if not isinstance(shape, Shape):
        raise ValueError(f"no line can say: {' '.join(words)}")
    size = len(words)
    return Line(at.source, at.line, key, words, [at.column] * size, shape, lengths=[at.end_column - at.column] * size)


def _tokens(word: str, operands: Sequence[Operand], labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Terminals and words."""
    for label in labels:
        yield _name(label)
        yield "COLON", ":"
    if not word:
        return
    lower = word.lower()
    yield _name(word) if word[0] != "." else (_APART.get(lower, "DIRECTIVE"), word)
    for number, operand in enumerate(operands):
        if number > (lower in _APART):
            yield "COMMA", ","
        yield from _operand(operand)


def _operand(operand: Operand) -> Iterator[tuple[str, str]]:
    match operand:
        case Reg(number):
            if not 0 <= number < REGISTERS:
                raise ValueError(f"there is no register r{number}")
            yield "REGISTER", f"r{number}"
        case Text(content):
            yield "STRING", quote(content)
        case Memory(base, offset):
            yield "LSQB", "["
            yield from _operand(base)
            yield from _added(offset)
            yield "RSQB", "]"
        case Offset(name, distance):
            yield _name(name)
            yield from _added(distance)
        case str():
            yield _name(operand)
        case _:
            yield from _number(operand)


def _added(operand: Reg | int | str | Offset | None) -> Iterator[tuple[str, str]]:
    if operand is None:
        return
    if not (isinstance(operand, int) and operand < 0):
        yield "PLUS", "+"
    yield from _operand(operand)


def _number(value: int | float) -> Iterator[tuple[str, str]]:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value!r} cannot be written as a constant")
    is_negative = math.copysign(1.0, value) < 0 if isinstance(value, float) else value < 0
    if is_negative:
        yield "MINUS", "-"
    yield ("FLOAT" if isinstance(value, float) else "INTEGER"), repr(abs(value))


def _name(name: str) -> tuple[str, str]:
    is_local = name.startswith("@")
    if not _NAME.match(name.removeprefix("@")):
        raise ValueError(f"{name!r} is no name")
    return ("LOCAL" if is_local else "NAME"), name
