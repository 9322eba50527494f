"""A generated source for the assembler benchmark: the mix of lines that a large program has.

Every name, number and register varies from line to line, so no line is the same as another; what repeats is
only how lines are built, as in written programs.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

ROUTINE: Final = 25
"""Lines between two routines."""
_DATA_SHARE: Final = 20
"""One line in so many is data."""

Make = Callable[[random.Random, int, int], str]


def generate(lines: int, seed: int = 1) -> str:
    """A program of ``lines`` lines (at least 100) that assembles without a message."""
    source = random.Random(seed)
    cells = lines // _DATA_SHARE
    out = [".define BASE 0x1000_0000", ".define STEP BASE / 64 + 1", ".data"]
    out += [_datum(source, number) for number in range(cells)]
    out.append(".text")
    routine = ""
    while len(out) < lines:
        number = len(out)
        if not routine or number % ROUTINE == 0:
            routine = f"routine_{number}"
            out.append(f"{routine}:")
        else:
            out.append(source.choice(_LINES)(source, number, cells).replace("ROUTINE", routine))
    return "\n".join(out) + "\n"


def _datum(source: random.Random, number: int) -> str:
    return source.choice(
        (
            f"cell_{number}: .qword {number}, {source.getrandbits(40)}, BASE + {number}",
            f"cell_{number}: .byte 1, 0x{source.getrandbits(8):02X}, 'A'",
            f"cell_{number}: .double {number}.5, 1e-{number % 9}",
            f'cell_{number}: .asciz "text {number}\\n"      ; a message',
        )
    )


def _register(source: random.Random) -> str:
    return f"r{source.randrange(16)}"


# Takes the source of chance, the line's number and the number of data cells.
_LINES: Final[tuple[Make, ...]] = (
    lambda r, n, cells: f"    QADD     {_register(r)}, {_register(r)}, {_register(r)}",
    lambda r, n, cells: f"    QSUB     {_register(r)}, {r.randrange(1000)}",
    lambda r, n, cells: f"    QMOV     {_register(r)}, {r.getrandbits(48)}",
    lambda r, n, cells: f"    QLOAD    {_register(r)}, [{_register(r)}+{8 * r.randrange(64)}]   ; a field",
    lambda r, n, cells: f"    QSTORE   {_register(r)}, [{_register(r)}-8]",
    lambda r, n, cells: f"    QPUSH    {_register(r)}, {_register(r)}, {_register(r)}",
    lambda r, n, cells: f"    QJLT     {_register(r)}, {r.randrange(100)}, ROUTINE",
    lambda r, n, cells: "    QCALL    ROUTINE",
    lambda r, n, cells: f"    QMOV     {_register(r)}, cell_{r.randrange(cells)}",
    lambda r, n, cells: f"@local_{n}: QADD {_register(r)}, STEP * {r.randrange(9)} + {n}",
    lambda r, n, cells: f"    QMUL     {_register(r)}, {_register(r)}, {n}.25",
    lambda r, n, cells: f"    ; what follows is step {n}",
)
