"""What the interpreter needs and Numba has no word for: raw memory, unsigned and wide integer
operations, calls through an address. All integers are signed 64-bit here (Numba would turn a mix of signed
and unsigned into floats); "unsigned" is a property of the operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_I64 = ir.IntType(64)
_I128 = ir.IntType(128)
_F64 = ir.DoubleType()
_INT, _FLOAT = types.int64, types.float64

Emit = Callable[..., Any]
Int1 = Callable[[int], int]
Int2 = Callable[[int, int], int]
Store = Callable[[int, int, int], None]
Float1 = Callable[[float], float]


def _make(result: Any, arguments: tuple[Any, ...], emit: Emit) -> Any:
    """An intrinsic with that signature whose code ``emit(builder, *values)`` writes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = emit(builder, *args)
        return context.get_dummy_value() if value is None else value

    signature = result(*arguments)
    if len(arguments) == 1:
        return intrinsic(lambda typing, a: (signature, generate))
    if len(arguments) == 2:
        return intrinsic(lambda typing, a, b: (signature, generate))
    if len(arguments) == 3:
        return intrinsic(lambda typing, a, b, c: (signature, generate))
    return intrinsic(lambda typing, a, b, c, d: (signature, generate))


def _pointer(builder: Any, address: Any, offset: Any, kind: Any) -> Any:
    return builder.inttoptr(builder.add(address, offset), kind.as_pointer())


def _load(kind: Any, widen: str | None = None) -> Int2:
    def emit(builder: Any, address: Any, offset: Any) -> Any:
        value = builder.load(_pointer(builder, address, offset, kind))
        value.align = 1
        return value if widen is None else getattr(builder, widen)(value, _I64)

    load: Int2 = _make(_INT, (_INT, _INT), emit)
    return load


def _store(kind: Any) -> Store:
    def emit(builder: Any, address: Any, offset: Any, value: Any) -> None:
        narrow = value if kind is _I64 else builder.trunc(value, kind)
        builder.store(narrow, _pointer(builder, address, offset, kind)).align = 1

    store: Store = _make(types.void, (_INT, _INT, _INT), emit)
    return store


load64 = _load(_I64)
"""``load64(address, offset)``: unaligned, as are all of these."""
load32, load16, load8 = (_load(ir.IntType(bits), "zext") for bits in (32, 16, 8))
loads32, loads16, loads8 = (_load(ir.IntType(bits), "sext") for bits in (32, 16, 8))
store64, store32, store16, store8 = (_store(ir.IntType(bits) if bits < 64 else _I64) for bits in (64, 32, 16, 8))


def _binary(name: str) -> Int2:
    operation: Int2 = _make(_INT, (_INT, _INT), lambda builder, a, b: getattr(builder, name)(a, b))
    return operation


sdiv, srem, udiv, urem = (_binary(name) for name in ("sdiv", "srem", "udiv", "urem"))
shl, lshr, ashr = (_binary(name) for name in ("shl", "lshr", "ashr"))
"""Shift counts must be below 64."""
ult: Callable[[int, int], bool] = _make(
    types.boolean, (_INT, _INT), lambda builder, a, b: builder.icmp_unsigned("<", a, b)
)


def _high(widen: str) -> Int2:
    def emit(builder: Any, a: Any, b: Any) -> Any:
        product = builder.mul(getattr(builder, widen)(a, _I128), getattr(builder, widen)(b, _I128))
        return builder.trunc(builder.lshr(product, ir.Constant(_I128, 64)), _I64)

    high: Int2 = _make(_INT, (_INT, _INT), emit)
    return high


mulhs, mulhu = _high("sext"), _high("zext")

popcount: Int1 = _make(_INT, (_INT,), lambda builder, a: builder.ctpop(a))
leading: Int1 = _make(_INT, (_INT,), lambda builder, a: builder.ctlz(a, ir.Constant(ir.IntType(1), 0)))
trailing: Int1 = _make(_INT, (_INT,), lambda builder, a: builder.cttz(a, ir.Constant(ir.IntType(1), 0)))
byteswap: Int1 = _make(_INT, (_INT,), lambda builder, a: builder.bswap(a))

as_float: Callable[[int], float] = _make(_FLOAT, (_INT,), lambda builder, a: builder.bitcast(a, _F64))
"""The float with those bits."""
as_bits: Callable[[float], int] = _make(_INT, (_FLOAT,), lambda builder, a: builder.bitcast(a, _I64))
to_float: Callable[[int], float] = _make(_FLOAT, (_INT,), lambda builder, a: builder.sitofp(a, _F64))
"""The nearest float."""
to_int: Callable[[float], int] = _make(_INT, (_FLOAT,), lambda builder, a: builder.fptosi(a, _I64))
"""Truncated; the value must fit."""


def _rounding(name: str) -> Float1:
    def emit(builder: Any, a: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic(f"llvm.{name}", [_F64]), [a])

    operation: Float1 = _make(_FLOAT, (_FLOAT,), emit)
    return operation


floor, ceil, round_even, trunc = (_rounding(name) for name in ("floor", "ceil", "rint", "trunc"))


def _call(arity: int) -> Callable[..., float]:
    kind = ir.FunctionType(_F64, [_F64] * arity)

    def emit(builder: Any, address: Any, *args: Any) -> Any:
        return builder.call(builder.inttoptr(address, kind.as_pointer()), args)

    call: Callable[..., float] = _make(_FLOAT, (_INT, *[_FLOAT] * arity), emit)
    return call


call1, call2, call3 = _call(1), _call(2), _call(3)
"""Call the C function at an address: opaque, so that no optimiser folds or replaces it."""
