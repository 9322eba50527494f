"""What a file expects, as data with places."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from qbcc.source import Span

SHOTS: Final = 4000
"""Runs that a distribution is compared over."""


@dataclass(frozen=True, slots=True)
class Number:
    """An expected number."""

    value: int | float
    tolerance: float | None = None
    """How far from it is well; None is to the bit, kind included."""

    def holds(self, found: int | float) -> bool:
        """Whether a number is the expected one. One NaN is the other."""
        if self.tolerance is not None:
            return abs(found - self.value) <= self.tolerance
        if isinstance(found, float) is not isinstance(self.value, float):
            return False
        if found != found:
            return self.value != self.value
        return found == self.value and math.copysign(1, found) == math.copysign(1, self.value)


@dataclass(frozen=True, slots=True)
class TextLine:
    """``expect: text`` and ``input: text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """``expect-status: N``."""

    span: Span
    value: int


@dataclass(frozen=True, slots=True)
class ExpectedTrap:
    """``expect-trap: NAME text``."""

    span: Span
    name: str
    text: str
    """A part of the message."""


@dataclass(frozen=True, slots=True)
class Register:
    """``expect-register: r4 = 7``."""

    span: Span
    register: int
    number: Number


@dataclass(frozen=True, slots=True)
class Words:
    """``expect-memory: OUTPUT_BUFFER + 64 = 1 2``."""

    span: Span
    symbol: str
    """What the address begins with, empty for a number."""
    offset: int
    """Added to it."""
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """``expect-record: name = value``."""

    span: Span
    name: str
    number: Number


@dataclass(frozen=True, slots=True)
class Share:
    """``shots: 01 0.5 ± 0.02``."""

    span: Span
    outcome: str
    probability: float
    tolerance: float | None
    """Of the share; None is five standard deviations."""


@dataclass
class Case:
    """A run, or many, with settings and expectations."""

    name: str
    span: Span
    """Where it begins: its ``case:``, or its first word."""
    output: list[TextLine] = field(default_factory=list)
    status: Status | None = None
    trap: ExpectedTrap | None = None
    registers: list[Register] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    shots: int | None = None
    input: list[TextLine] = field(default_factory=list)
    args: list[int | float] = field(default_factory=list)
    seed: int | None = None
    defines: dict[str, str] = field(default_factory=dict)

    @property
    def is_single(self) -> bool:
        """Whether one run by itself is expected to do something."""
        ends = self.status is not None or self.trap is not None
        return bool(ends or self.output or self.registers or self.words or self.records)

    def following(self, name: str, span: Span) -> Case:
        """A case that begins with the settings of this one."""
        return Case(
            name,
            span,
            shots=self.shots,
            input=[*self.input],
            args=[*self.args],
            seed=self.seed,
            defines={**self.defines},
        )
