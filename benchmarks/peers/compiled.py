"""The same functions compiled by Numba: without fast-math, so with the same bits."""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import floats, loops, memory, strings

njit: Final[Any] = numba.njit

loop = njit(loops.loop)
collatz = njit(loops.collatz)
mandelbrot = njit(floats.mandelbrot)

_strike = njit(memory.strike)
_multiply = njit(memory.multiply)
_turn = njit(memory.turn)
_orbit = njit(floats.orbit)
_power = njit(floats.power)
_write_numbers = njit(strings.write_numbers)
_fnv1a = njit(strings.fnv1a)


def _fib(size: int) -> Any:
    """The recursion must call the compiled function."""
    return size if size < 2 else fib(size - 1) + fib(size - 2)


fib = njit(_fib)


def sieve(size: int) -> int:
    """As :func:`benchmarks.peers.memory.sieve`."""
    return int(_strike(np.zeros(size + 1, np.uint8), size))


def matrix(size: int) -> float:
    """As :func:`benchmarks.peers.memory.matrix`."""
    a, b, c = (np.zeros(size * size) for _ in range(3))
    return float(_multiply(a, b, c, size))


def copy(size: int) -> int:
    """As :func:`benchmarks.peers.memory.copy`."""
    first, second = np.zeros(size, np.int64), np.zeros(size, np.int64)
    _turn(first, second, size)
    return int(_copy_and_sum(first.view(np.uint8), second.view(np.uint8), second))


def _copy_bytes(source: NDArray[np.uint8], target: NDArray[np.uint8], words: NDArray[np.int64]) -> Any:
    for index in range(len(source)):
        target[index] = source[index]
    total = 0
    for index in range(len(words)):
        total += int(words[index]) * (index + 1)
    return total


_copy_and_sum = njit(_copy_bytes)


def nbody(size: int) -> float:
    """As :func:`benchmarks.peers.floats.nbody`."""
    return float(_orbit(np.array(floats.planets()), size))


def spectral(size: int) -> float:
    """As :func:`benchmarks.peers.floats.spectral`."""
    return float(_power(np.ones(size), np.zeros(size), np.zeros(size), size))


def text(size: int) -> int:
    """As :func:`benchmarks.peers.strings.text`."""
    buffer = np.zeros(strings.text_room(size), np.uint8)
    length = _write_numbers(buffer, np.zeros(24, np.uint8), size)
    constants = (np.uint64(value) for value in (strings.OFFSET_BASIS, strings.PRIME, strings.MASK))
    return int(np.uint64(_fnv1a(buffer, length, *constants)).astype(np.int64))
