"""Values that depend on outcomes: tables over them, integers whose bits are outcomes, or only which outcomes."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

Number = int | float
MOST_BITS: Final = 8
"""Outcomes that a table is over: 256 rows."""
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True)
class Depends:
    """A value that depends on outcomes."""

    bits: tuple[int, ...]
    """The outcomes, by their numbers, ascending."""
    table: tuple[Number, ...] | None = None
    """The value for each assignment: bit j of the row is the outcome ``bits[j]``; None where it is not known."""
    lanes: tuple[int, ...] | None = None
    """Of an integer whose bits are outcomes or zeros, the lowest first: the outcome's number, or -1."""

    def at(self, known: dict[int, int]) -> Number:
        """The value where all its outcomes are known."""
        assert self.table is not None
        return self.table[sum(known[bit] << place for place, bit in enumerate(self.bits))]


Value = int | float | Depends


def outcome(bit: int) -> Depends:
    """An outcome itself."""
    return Depends((bit,), (0, 1), (bit,))


def bits_of(values: Sequence[Value]) -> tuple[int, ...]:
    """Every outcome that some values depend on."""
    return tuple(sorted({bit for value in values if isinstance(value, Depends) for bit in value.bits}))


def assignments(bits: Sequence[int]) -> Iterator[dict[int, int]]:
    """Each assignment, in the order of a table's rows."""
    for row in range(1 << len(bits)):
        yield {bit: row >> place & 1 for place, bit in enumerate(bits)}


def is_known(values: Sequence[Value]) -> bool:
    """Whether each value has a table, over few enough outcomes together."""
    return all(not isinstance(value, Depends) or value.table is not None for value in values) and (
        len(bits_of(values)) <= MOST_BITS
    )


def pick(value: Value, known: dict[int, int]) -> Number:
    """A value where its outcomes are known."""
    return value.at(known) if isinstance(value, Depends) else value


def same(first: Number, second: Number) -> bool:
    """Whether two numbers are of one kind and have the same bits."""
    if isinstance(first, float) != isinstance(second, float):
        return False
    return struct.pack("<d", first) == struct.pack("<d", second) if isinstance(first, float) else first == second


def made(bits: tuple[int, ...], rows: Sequence[Number]) -> Value:
    """A table; one number if all rows are it, and without outcomes that it does not depend on."""
    if all(same(row, rows[0]) for row in rows):
        return rows[0]
    place = 0
    while place < len(bits):
        step = 1 << place
        if all(same(rows[row], rows[row | step]) for row in range(len(rows)) if not row & step):
            rows = [rows[row] for row in range(len(rows)) if not row & step]
            bits = (*bits[:place], *bits[place + 1 :])
        else:
            place += 1
    lanes = (bits[0],) if len(bits) == 1 and same(rows[0], 0) and same(rows[1], 1) else None
    return Depends(bits, tuple(rows), lanes)


def in_lanes(name: str, values: Sequence[Value]) -> tuple[int, ...] | None:
    """The bits of a result, for operations that move bits; None for others."""
    lanes = [_lanes(value) for value in values]
    if name == "QMOV":
        return lanes[0]
    if len(values) != 2 or lanes[0] is None:
        return None
    second = values[1]
    if name == "QSHL" and isinstance(second, int) and 0 <= second < 64:
        return _trimmed((*(-1,) * second, *lanes[0])[:64])
    if name == "QSHR" and isinstance(second, int) and 0 <= second < 64:
        return _trimmed(lanes[0][second:])
    if name == "QAND" and isinstance(second, int):
        return _trimmed(tuple(bit if second >> place & 1 else -1 for place, bit in enumerate(lanes[0])))
    if name in ("QOR", "QADD", "QXOR") and lanes[1] is not None:
        size = max(len(lanes[0]), len(lanes[1]))
        first, other = ((*each, *(-1,) * (size - len(each))) for each in (lanes[0], lanes[1]))
        if all(a == -1 or b == -1 for a, b in zip(first, other, strict=True)):
            return tuple(max(a, b) for a, b in zip(first, other, strict=True))
    return None


def _lanes(value: Value) -> tuple[int, ...] | None:
    if isinstance(value, Depends):
        return value.lanes
    return () if isinstance(value, int) and value == 0 else None


def _trimmed(lanes: tuple[int, ...]) -> tuple[int, ...]:
    while lanes and lanes[-1] == -1:
        lanes = lanes[:-1]
    return lanes


def to_bytes(value: Number, size: int) -> bytes:
    """A number as a store writes it."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    return (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
