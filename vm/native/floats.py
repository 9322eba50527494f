"""Float instructions, by mnemonic: floats in, a float out.

Transcendentals are the C library's, called through their addresses in the state: LLVM must not fold or replace them.
Square root, rounding and FMA are exact by IEEE 754, so LLVM's own are the same bits."""

from __future__ import annotations

from typing import Final

from vm.interp.layout import C_FUNCTIONS, FUNCTIONS
from vm.isa import CANONICAL_NAN
from vm.native.arithmetic import Operation
from vm.native.code import Code

PURE: Final = "nounwind willreturn memory(none)"


def c_function(code: Code, name: str) -> str:
    """A pointer to a function of the C library."""
    return code.word(FUNCTIONS + 8 * C_FUNCTIONS.index(name), "ptr")


def _library(name: str) -> Operation:
    def emit(code: Code, *operands: str) -> str:
        arguments = ", ".join(f"double {operand}" for operand in operands)
        return code.let(f"call double {c_function(code, name)}({arguments}) {PURE}")

    return emit


def _power(code: Code, a: str, b: str) -> str:
    """As the interpreter's: a signaling NaN is to ``pow`` what every NaN is."""
    return _library("pow")(code, *(_quiet(code, operand) for operand in (a, b)))


def _quiet(code: Code, a: str) -> str:
    is_nan = code.let(f"fcmp uno double {a}, 0.0")
    return code.let(f"select i1 {is_nan}, double 0x{CANONICAL_NAN:016X}, double {a}")


def _intrinsic(name: str) -> Operation:
    return lambda code, a: code.let(f"call double @llvm.{name}.f64(double {a})")


def _fma(code: Code, a: str, b: str, c: str) -> str:
    return code.let(f"call double @fused(ptr %s, double {a}, double {b}, double {c})")


OPERATIONS: Final[dict[str, Operation]] = {
    "QFLOAT": lambda code, a: a,
    "QFLOOR": _intrinsic("floor"),
    "QCEIL": _intrinsic("ceil"),
    "QROUND": _intrinsic("rint"),
    "QTRUNC": _intrinsic("trunc"),
    "QSQRT": _intrinsic("sqrt"),
    "QFMA": _fma,
    **{
        f"Q{name.upper()}": _library(name)
        for name in (
            "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "log",
        )
    },
    "QPOW": _power,
}  # fmt: skip


def saturated(code: Code, a: str) -> str:
    """Truncated to an integer; past the ends the nearest end, a NaN 0."""
    return code.let(f"call i64 @llvm.fptosi.sat.i64.f64(double {a})")
