"""Arithmetic on operands of known kinds: one function for integers and one for floats, by mnemonic.

LLVM leaves some operations undefined (a zero divisor, the minimum by -1); none of them is reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vm.isa import CANONICAL_NAN
from vm.native.code import Code, literal, real_literal

Operation = Callable[..., str]
NAN: Final = real_literal(CANONICAL_NAN)


def plain(instruction: str) -> Operation:
    """An operation that is one LLVM instruction."""
    return lambda code, a, b: code.let(f"{instruction} {a}, {b}")


def _divide(code: Code, a: str, b: str) -> tuple[str, str]:
    """Floored quotient and remainder; the divisor is not 0."""
    known = literal(b)
    if known is not None and known > 0:
        if known & (known - 1) == 0:
            shift = known.bit_length() - 1
            return code.let(f"ashr i64 {a}, {shift}"), code.let(f"and i64 {a}, {known - 1}")
        quotient, rest = code.let(f"sdiv i64 {a}, {b}"), code.let(f"srem i64 {a}, {b}")
        is_off = code.let(f"icmp slt i64 {rest}, 0")
    else:
        # The hardware's division overflows on the minimum by -1: that divisor becomes 1, and the quotient is negated.
        is_minus = code.let(f"icmp eq i64 {b}, -1")
        divisor = code.let(f"select i1 {is_minus}, i64 1, i64 {b}")
        positive, rest = code.let(f"sdiv i64 {a}, {divisor}"), code.let(f"srem i64 {a}, {divisor}")
        negative = code.let(f"sub i64 0, {positive}")
        quotient = code.let(f"select i1 {is_minus}, i64 {negative}, i64 {positive}")
        signs = code.let(f"xor i64 {rest}, {b}")
        differs = code.let(f"icmp slt i64 {signs}, 0")
        remains = code.let(f"icmp ne i64 {rest}, 0")
        is_off = code.let(f"and i1 {differs}, {remains}")
    less = code.let(f"sext i1 {is_off} to i64")
    more = code.let(f"select i1 {is_off}, i64 {b}, i64 0")
    return code.let(f"add i64 {quotient}, {less}"), code.let(f"add i64 {rest}, {more}")


def _int_abs(code: Code, a: str) -> str:
    return code.let(f"call i64 @llvm.abs.i64(i64 {a}, i1 false)")


def _extreme(integer_name: str, is_less: bool) -> tuple[Operation, Operation]:
    """The lesser (or greater) of two: for floats, a NaN gives NaN, and -0.0 is less than 0.0."""

    def of_integers(code: Code, a: str, b: str) -> str:
        return code.let(f"call i64 @llvm.{integer_name}.i64(i64 {a}, i64 {b})")

    def of_floats(code: Code, a: str, b: str) -> str:
        order = "olt" if is_less else "ogt"
        first, second = code.let(f"fcmp {order} double {a}, {b}"), code.let(f"fcmp {order} double {b}, {a}")
        # Equal floats differ only in the sign of zero.
        x, y = code.let(f"bitcast double {a} to i64"), code.let(f"bitcast double {b} to i64")
        joined = code.let(f"{'or' if is_less else 'and'} i64 {x}, {y}")
        equal = code.let(f"bitcast i64 {joined} to double")
        is_equal = code.let(f"fcmp oeq double {a}, {b}")
        last = code.let(f"select i1 {is_equal}, double {equal}, double {NAN}")
        other = code.let(f"select i1 {second}, double {b}, double {last}")
        return code.let(f"select i1 {first}, double {a}, double {other}")

    return of_integers, of_floats


def float_mod(code: Code, a: str, b: str) -> str:
    """Python's ``%``."""
    return code.let(f"call double @float_mod(ptr %s, double {a}, double {b})")


# By mnemonic: for integers, for floats.
NUMBER: Final[dict[str, tuple[Operation, Operation]]] = {
    "QADD": (plain("add i64"), plain("fadd double")),
    "QSUB": (plain("sub i64"), plain("fsub double")),
    "QMUL": (plain("mul i64"), plain("fmul double")),
    "QDIV": (lambda code, a, b: _divide(code, a, b)[0], plain("fdiv double")),
    "QMOD": (lambda code, a, b: _divide(code, a, b)[1], float_mod),
    "QNEG": (lambda code, a: code.let(f"sub i64 0, {a}"), lambda code, a: code.let(f"fneg double {a}")),
    "QABS": (_int_abs, lambda code, a: code.let(f"call double @llvm.fabs.f64(double {a})")),
    "QMIN": _extreme("smin", is_less=True),
    "QMAX": _extreme("smax", is_less=False),
}
ZERO_DIVISION: Final = ("QDIV", "QMOD", "QDIVU", "QMODU")


def _high(widen: str) -> Operation:
    def emit(code: Code, a: str, b: str) -> str:
        x, y = code.let(f"{widen} i64 {a} to i128"), code.let(f"{widen} i64 {b} to i128")
        product = code.let(f"mul i128 {x}, {y}")
        high = code.let(f"lshr i128 {product}, 64")
        return code.let(f"trunc i128 {high} to i64")

    return emit


INTEGERS: Final[dict[str, Operation]] = {
    "QDIVU": plain("udiv i64"),
    "QMODU": plain("urem i64"),
    "QMULH": _high("sext"),
    "QMULHU": _high("zext"),
}
"""Integer arithmetic by mnemonic."""
