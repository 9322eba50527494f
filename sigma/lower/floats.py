"""Operations of floats that the machine has no instruction for."""

from __future__ import annotations

import math

from sigma.builder import Builder
from sigma.ir import Op


def floor_division(b: Builder, left: Op, right: Op) -> Op:
    """Python's (``float_floor_div`` in its ``floatobject.c``): the quotient of what the remainder leaves is whole
    but for its last bits; a zero has the sign of the plain quotient. The remainder is infinite where the divisor
    is and has the other sign."""
    rest = b.isa("QMOD", left, right)
    quotient = b.isa("QDIV", b.isa("QSUB", left, rest), right)
    whole = b.isa("QFLOOR", quotient)
    nearest = b.isa("QADD", whole, b.isa("QSLT", b.const(0.5), b.isa("QSUB", quotient, whole)))
    zero = b.isa("QMUL", b.isa("QDIV", left, right), b.const(0.0))
    found = b.isa("QSEL", b.isa("QSNE", quotient, b.const(0.0)), nearest, zero)
    is_infinite = b.isa("QSEQ", b.isa("QABS", rest), b.const(math.inf))
    return b.isa("QSEL", is_infinite, b.const(-1.0), found)
