"""Text of LLVM IR, line by line."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from vm.flow.kinds import EITHER, INTEGER, REAL

COLD: Final = "!prof !0"
"""Metadata of a branch whose first way is hardly ever taken."""


class Value(NamedTuple):
    """An operand: its kind, and the names (or literals) that hold it."""

    kind: int
    """``INTEGER``, ``REAL``, or ``EITHER``."""
    name: str
    """An ``i64`` or, for ``REAL``, a ``double``; for ``EITHER``, the ``i64`` with its bits."""
    tag: str = ""
    """For ``EITHER``: the ``i64`` that is 0 for an integer and 1 for a float."""


def real_literal(bits: int) -> str:
    """A double by its bits."""
    return f"0x{bits & (1 << 64) - 1:016X}"


def integer(name: str) -> Value:
    """A value known to be an integer."""
    return Value(INTEGER, name)


def real(name: str) -> Value:
    """A value known to be a float."""
    return Value(REAL, name)


def literal(name: str) -> int | None:
    """The number that a name is, if it is one."""
    return None if name[0] == "%" else int(name)


class Code:
    """Lines of a function's body; names are unique within it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names = 0

    def let(self, text: str) -> str:
        """A line that gives a value; its name."""
        self._names += 1
        name = f"%t{self._names}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """A line that gives none."""
        self.lines.append(f"  {text}")

    def label(self, stem: str = "l") -> str:
        """A new label's name, without the %."""
        self._names += 1
        return f"{stem}.{self._names}"

    def at(self, label: str) -> None:
        """Start the block of that name."""
        self.lines.append(f"{label}:")

    # -- state words

    def word(self, offset: int, kind: str = "i64") -> str:
        """A word of the state."""
        return self.let(f"load {kind}, ptr {self.place('%s', offset)}")

    def place(self, base: str, offset: int | str) -> str:
        """A pointer some bytes behind another."""
        return self.let(f"getelementptr i8, ptr {base}, i64 {offset}") if offset else base

    def set_word(self, offset: int, value: str) -> None:
        """Write a word of the state."""
        self.do(f"store i64 {value}, ptr {self.place('%s', offset)}")

    # -- values

    def bits(self, value: Value) -> str:
        """The 64 bits as an ``i64``."""
        return self.let(f"bitcast double {value.name} to i64") if value.kind == REAL else value.name

    def tag(self, value: Value) -> str:
        """0 or 1 as an ``i64``."""
        return value.tag if value.kind == EITHER else "0" if value.kind == INTEGER else "1"

    def number(self, value: Value) -> str:
        """The number as a ``double``."""
        if value.kind == REAL:
            return value.name
        if value.kind == INTEGER:
            known = literal(value.name)
            if known is not None:
                (bits,) = struct.unpack("<q", struct.pack("<d", float(known)))
                return real_literal(bits)
            return self.let(f"sitofp i64 {value.name} to double")
        is_float = self.let(f"icmp ne i64 {value.tag}, 0")
        as_is = self.let(f"bitcast i64 {value.name} to double")
        converted = self.let(f"sitofp i64 {value.name} to double")
        return self.let(f"select i1 {is_float}, double {as_is}, double {converted}")

    def choose(self, condition: str, a: Value, b: Value) -> Value:
        """One of two values, by an ``i1``."""
        if a.kind == b.kind == REAL:
            return real(self.let(f"select i1 {condition}, double {a.name}, double {b.name}"))
        bits = self.let(f"select i1 {condition}, i64 {self.bits(a)}, i64 {self.bits(b)}")
        if a.kind == b.kind == INTEGER:
            return integer(bits)
        return Value(EITHER, bits, self.let(f"select i1 {condition}, i64 {self.tag(a)}, i64 {self.tag(b)}"))
