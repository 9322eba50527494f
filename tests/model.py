"""A plain model of the machine's values and instructions, written from the reference with big integers, ``math`` and
``struct``. It shares nothing with the engines."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

Value = int | float
MASK = (1 << 64) - 1


class ModelTrap(Exception):
    """The instruction traps; the argument is the trap's name."""


def signed(value: int) -> int:
    value &= MASK
    return value - (1 << 64) if value >> 63 else value


def unsigned(value: int) -> int:
    return value & MASK


def bits(value: float) -> int:
    """Bits as they become visible: every NaN is the one NaN."""
    if value != value:
        return 0x7FF8_0000_0000_0000
    return int(struct.unpack("<Q", struct.pack("<d", value))[0])


def from_bits(pattern: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", pattern & MASK))[0])


def integers(*values: Value) -> None:
    if any(isinstance(value, float) for value in values):
        raise ModelTrap("kind")


def arithmetic(on_integers: Callable[[int, int], int], on_floats: Callable[[float, float], float]) -> Any:
    def operation(a: Value, b: Value) -> Value:
        if isinstance(a, int) and isinstance(b, int):
            return signed(on_integers(a, b))
        return on_floats(float(a), float(b))

    return operation


def floor_div(a: int, b: int) -> int:
    if b == 0:
        raise ModelTrap("zero-division")
    return a // b


def floor_mod(a: int, b: int) -> int:
    if b == 0:
        raise ModelTrap("zero-division")
    return a % b


def ieee_div(a: float, b: float) -> float:
    if b == 0.0:
        if a == 0.0 or a != a:
            return math.nan
        return math.copysign(math.inf, math.copysign(1.0, a) * math.copysign(1.0, b))
    return a / b


def float_mod(a: float, b: float) -> float:
    try:
        return a % b
    except ZeroDivisionError:
        return math.nan


def least(a: float, b: float) -> float:
    if a != a or b != b:
        return math.nan
    return min((a, b), key=lambda x: (x, math.copysign(1.0, x)))


def greatest(a: float, b: float) -> float:
    if a != a or b != b:
        return math.nan
    return max((a, b), key=lambda x: (x, math.copysign(1.0, x)))


def whole(operation: Callable[[int, int], int]) -> Any:
    """An instruction on unsigned 64-bit patterns."""

    def checked(a: Value, b: Value) -> int:
        integers(a, b)
        assert isinstance(a, int)
        assert isinstance(b, int)
        return signed(operation(unsigned(a), unsigned(b)))

    return checked


def nonzero(operation: Callable[[int, int], int]) -> Callable[[int, int], int]:
    def checked(a: int, b: int) -> int:
        if b == 0:
            raise ModelTrap("zero-division")
        return operation(a, b)

    return checked


def single(operation: Callable[[int], int]) -> Any:
    def checked(a: Value) -> int:
        integers(a)
        assert isinstance(a, int)
        return signed(operation(unsigned(a)))

    return checked


def rotate(value: int, count: int, size: int) -> int:
    count %= size
    value &= (1 << size) - 1
    return ((value << count) | (value >> (size - count))) & ((1 << size) - 1)


def library(function: Callable[..., float], *poles: Any) -> Any:
    """A function of ``math``; where that raises, the IEEE result, which the poles give."""

    def safe(*args: Value) -> float:
        reals = [float(a) for a in args]
        try:
            return function(*reals)
        except (ValueError, OverflowError) as error:
            return ieee(function.__name__, reals, error)

    return safe


def ieee(name: str, args: list[float], error: Exception) -> float:
    """What C99 (annex F) gives where Python raises."""
    x = args[0]
    if isinstance(error, OverflowError):
        if name == "sinh":
            return math.copysign(math.inf, x)
        if name == "pow":
            odd = args[1] == int(args[1]) and int(args[1]) % 2 == 1
            return -math.inf if x < 0 and odd else math.inf
        return math.inf
    if name == "log" and x == 0:
        return -math.inf
    if name == "pow" and x == 0:
        odd = math.isfinite(args[1]) and args[1] == int(args[1]) and int(args[1]) % 2 == 1
        return math.copysign(math.inf, x) if odd else math.inf
    return math.nan


def rounded(function: Callable[[float], int]) -> Any:
    def operation(a: Value) -> float:
        x = float(a)
        if not math.isfinite(x) or abs(x) >= 2**53:
            return x
        return math.copysign(float(function(x)), x)

    return operation


def to_int(a: Value) -> int:
    if isinstance(a, int):
        return a
    if a != a:
        return 0
    if math.isinf(a):
        return (1 << 63) - 1 if a > 0 else -(1 << 63)
    return max(-(1 << 63), min((1 << 63) - 1, int(a)))


def fma(a: Value, b: Value, c: Value) -> float:
    """Rounded once: exactly, by fractions."""
    x, y, z = float(a), float(b), float(c)
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        if math.isfinite(x) and math.isfinite(y):
            return z
        return x * y + z
    exact = Fraction(x) * Fraction(y) + Fraction(z)
    if exact == 0:
        product_sign = math.copysign(1.0, x) * math.copysign(1.0, y)
        both_zero = x * y == 0 and z == 0 and (x == 0 or y == 0)
        if both_zero:
            return -0.0 if product_sign < 0 and math.copysign(1.0, z) < 0 else 0.0
        return 0.0
    try:
        return float(exact) or math.copysign(0.0, 1 if exact > 0 else -1)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def absolute(a: Value) -> Value:
    return signed(abs(a)) if isinstance(a, int) else math.fabs(a)


def negative(a: Value) -> Value:
    return signed(-a) if isinstance(a, int) else -a


def float_bits(a: Value) -> int:
    if isinstance(a, int):
        raise ModelTrap("kind")
    return signed(bits(a))


def bits_float(a: Value) -> float:
    integers(a)
    return from_bits(int(a))


def select(c: Value, a: Value, b: Value) -> Value:
    integers(c)
    return a if c else b


def compare(test: Callable[[Any, Any], bool]) -> Any:
    """Numbers; if one is a float, both are."""

    def operation(a: Value, b: Value) -> bool:
        if isinstance(a, float) or isinstance(b, float):
            a, b = float(a), float(b)
        return bool(test(a, b))

    return operation


def compare_unsigned(test: Callable[[int, int], bool]) -> Any:
    def operation(a: Value, b: Value) -> bool:
        integers(a, b)
        return test(unsigned(int(a)), unsigned(int(b)))

    return operation


CONDITIONS: dict[str, Any] = {
    "EQ": compare(lambda a, b: a == b),
    "NE": compare(lambda a, b: a != b),
    "LT": compare(lambda a, b: a < b),
    "LE": compare(lambda a, b: a <= b),
    "GT": compare(lambda a, b: a > b),
    "GE": compare(lambda a, b: a >= b),
    "LTU": compare_unsigned(lambda a, b: a < b),
    "LEU": compare_unsigned(lambda a, b: a <= b),
    "GTU": compare_unsigned(lambda a, b: a > b),
    "GEU": compare_unsigned(lambda a, b: a >= b),
}
"""By what follows QJ."""

RESULTS: dict[str, Any] = {
    "QMOV": lambda a: a,
    "QADD": arithmetic(lambda a, b: a + b, lambda a, b: a + b),
    "QSUB": arithmetic(lambda a, b: a - b, lambda a, b: a - b),
    "QMUL": arithmetic(lambda a, b: a * b, lambda a, b: a * b),
    "QDIV": arithmetic(floor_div, ieee_div),
    "QMOD": arithmetic(floor_mod, float_mod),
    "QMIN": arithmetic(min, least),
    "QMAX": arithmetic(max, greatest),
    "QNEG": negative,
    "QABS": absolute,
    "QDIVU": whole(nonzero(lambda a, b: a // b)),
    "QMODU": whole(nonzero(lambda a, b: a % b)),
    "QMULH": whole(lambda a, b: signed(a) * signed(b) >> 64),
    "QMULHU": whole(lambda a, b: a * b >> 64),
    "QAND": whole(lambda a, b: a & b),
    "QOR": whole(lambda a, b: a | b),
    "QXOR": whole(lambda a, b: a ^ b),
    "QSHL": whole(lambda a, b: a << (b & 63)),
    "QSHR": whole(lambda a, b: a >> (b & 63)),
    "QSAR": whole(lambda a, b: signed(a) >> (b & 63)),
    "QNOT": single(lambda a: ~a),
    "QROL": whole(lambda a, b: rotate(a, b, 64)),
    "QROR": whole(lambda a, b: rotate(a, -b, 64)),
    "QROLW": whole(lambda a, b: rotate(a, b, 32)),
    "QRORW": whole(lambda a, b: rotate(a, -b, 32)),
    "QPOPCNT": single(lambda a: a.bit_count()),
    "QCLZ": single(lambda a: 64 - a.bit_length()),
    "QCTZ": single(lambda a: (a & -a).bit_length() - 1 if a else 64),
    "QBSWAP": single(lambda a: int.from_bytes(a.to_bytes(8, "little"), "big")),
    "QFLOAT": float,
    "QINT": to_int,
    "QFLOOR": rounded(math.floor),
    "QCEIL": rounded(math.ceil),
    "QROUND": rounded(round),
    "QTRUNC": rounded(math.trunc),
    "QSQRT": library(math.sqrt),
    "QSIN": library(math.sin),
    "QCOS": library(math.cos),
    "QTAN": library(math.tan),
    "QASIN": library(math.asin),
    "QACOS": library(math.acos),
    "QATAN": library(math.atan),
    "QATAN2": library(math.atan2),
    "QSINH": library(math.sinh),
    "QCOSH": library(math.cosh),
    "QTANH": library(math.tanh),
    "QEXP": library(math.exp),
    "QLOG": library(math.log),
    "QPOW": library(math.pow),
    "QFMA": fma,
    "QBITS": float_bits,
    "QFBITS": bits_float,
    "QSEQ": lambda a, b: int(CONDITIONS["EQ"](a, b)),
    "QSNE": lambda a, b: int(CONDITIONS["NE"](a, b)),
    "QSLT": lambda a, b: int(CONDITIONS["LT"](a, b)),
    "QSLE": lambda a, b: int(CONDITIONS["LE"](a, b)),
    "QSEL": select,
}
"""What instructions with a result give for their operands' values."""

LOADS = {
    "QLOAD": (8, False),
    "QLOADB": (1, False),
    "QLOADH": (2, False),
    "QLOADW": (4, False),
    "QLOADSB": (1, True),
    "QLOADSH": (2, True),
    "QLOADSW": (4, True),
}
"""Width and whether the sign is extended."""
STORES = {"QSTORE": 8, "QSTOREB": 1, "QSTOREH": 2, "QSTOREW": 4}


def address_of(base: Value, offset: Value, width: int) -> int:
    """Where an access goes; traps where it may not."""
    integers(base, offset)
    address = (int(base) + int(offset)) & MASK
    if not 0x1000 <= address <= (1 << 36) - width:
        raise ModelTrap("address")
    return address
