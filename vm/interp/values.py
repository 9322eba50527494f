"""Cells: reading operands as numbers, writing results. Shared by the instruction families.

``inlined`` compiles a function into its caller; a handler takes the addresses of its operands' cells and gives 0, or
the exit status of the trap it raises before any effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

from vm.interp.intrinsics import as_bits, as_float, load64, store64, to_float
from vm.interp.layout import KIND
from vm.isa import CANONICAL_NAN, FLOAT, INT

_Handler = TypeVar("_Handler", bound=Callable[..., Any])
_njit: Any = njit


_OPTIONS = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def inlined(function: _Handler) -> _Handler:
    """Compile a function into its callers."""
    return cast(_Handler, _njit(forceinline=True, **_OPTIONS)(function))


def compiled(function: _Handler) -> _Handler:
    """Compile a function that stays one."""
    return cast(_Handler, _njit(**_OPTIONS)(function))


@inlined
def value(cell: int) -> int:
    return load64(cell, 0)


@inlined
def kind(cell: int) -> int:
    return load64(cell, KIND)


@inlined
def number(cell: int) -> float:
    """The cell's number as a float."""
    if kind(cell) != INT:
        return as_float(value(cell))
    return to_float(value(cell))


@inlined
def set_int(cell: int, result: int) -> int:
    store64(cell, 0, result)
    store64(cell, KIND, INT)
    return 0


@inlined
def set_float(cell: int, result: float) -> int:
    store64(cell, 0, as_bits(result))
    store64(cell, KIND, FLOAT)
    return 0


@inlined
def copy(target: int, source: int) -> int:
    """Value and kind; reads both before writing either."""
    bits, tag = value(source), kind(source)
    store64(target, 0, bits)
    store64(target, KIND, tag)
    return 0


@inlined
def visible(cell: int) -> int:
    """The cell's bits as memory shows them: every NaN is the one NaN."""
    bits = value(cell)
    if kind(cell) != INT:
        real = as_float(bits)
        if real != real:
            return CANONICAL_NAN
    return bits
