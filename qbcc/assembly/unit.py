"""What the first pass makes of a source: the second one encodes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from qbcc.assembly.data import Data
from qbcc.assembly.names import Names
from qbcc.assembly.operands import Plan
from qbcc.source import Span
from qbcc.syntax.lines import Line, Name


class Statement(NamedTuple):
    """A line of the program and what it became. A large source has a million: a tuple is quick to make."""

    line: Line
    start: int
    """First instruction, or offset in the data."""
    length: int
    """Instructions, or bytes of data."""
    in_data: bool
    plan: Plan | None = None
    """How to encode an instruction; None where its operands were wrong."""


@dataclass
class Contracted:
    """An open or finished ``.func``."""

    name: str
    span: Span
    start: int
    end: int = -1
    parts: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Unit:
    """One assembly, everything in its place, values still to come."""

    names: Names
    data: Data = field(default_factory=Data)
    size: int = 0
    """Instructions."""
    statements: list[Statement] = field(default_factory=list)
    globals: dict[str, tuple[Line, Name]] = field(default_factory=dict)
    entry: tuple[Line, Name] | None = None
    contracts: list[Contracted] = field(default_factory=list)
    labelled: list[Line] = field(default_factory=list)
    """Lines with labels."""
