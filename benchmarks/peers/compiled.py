"""The same functions compiled by Numba: without fast-math, so with the same bits."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import floats, hashing, loops, memory, moonshine
from benchmarks.peers import strings as texts

njit: Final[Any] = numba.njit


def _compiled(function: Any, **names: Any) -> Any:
    """``function`` compiled, where its own name means the compiled one, and ``names`` what they say."""
    inner = FunctionType(function.__code__, {**function.__globals__, **names}, function.__name__)
    inner.__globals__[function.__name__] = compiled = njit(inner)
    return compiled


loop = njit(loops.loop)
collatz = njit(loops.collatz)
fib = _compiled(loops.fib)
mandelbrot = njit(floats.mandelbrot)
jinvariant = _compiled(moonshine.jinvariant, klein=(_klein := njit(moonshine.klein)))

_strike = njit(memory.strike)
_multiply = njit(memory.multiply)
_turn = njit(memory.turn)
_orbit = njit(floats.orbit)
_power = njit(floats.power)
_write_numbers = njit(texts.write_numbers)
_fnv1a = njit(texts.fnv1a)
_place = _compiled(loops.place)
_sort = _compiled(memory.sort)
_sort_and_sum = _compiled(memory.sort_and_sum, sort=_sort)
_permute = _compiled(memory.permute, flips=njit(memory.flips))
_compress = _compiled(hashing.compress, rotate=njit(hashing.rotate))
_digest_message = _compiled(hashing.digest_message, compress=_compress)
_room = njit(lambda size: np.zeros(size, np.uint8))
_append_lines = _compiled(
    texts.append_lines,
    reserve=_compiled(texts.reserve, room=_room),
    append=njit(texts.append),
    write_digits=njit(texts.write_digits),
)
# Signed, as all other words that the functions make: minus one has the same bits.
_NO_PARENT = -1
_instantiate = _compiled(
    moonshine.instantiate,
    write_node=_compiled(moonshine.write_node, klein=_klein, NO_PARENT=_NO_PARENT),
    write_hash=njit(moonshine.write_hash),
    write_physical=njit(moonshine.write_physical),
    write_others=njit(moonshine.write_others),
    write_triangle=njit(moonshine.write_triangle),
    write_record=_compiled(moonshine.write_record, record_address=njit(moonshine.record_address)),
    NO_PARENT=_NO_PARENT,
)


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
    buffer = np.zeros(texts.text_room(size), np.uint8)
    length = _write_numbers(buffer, np.zeros(24, np.uint8), size)
    return _signed(_fnv1a(buffer, length, *_fnv_constants()))


def _fnv_constants() -> tuple[np.uint64, ...]:
    return tuple(np.uint64(value) for value in (texts.OFFSET_BASIS, texts.PRIME, texts.MASK))


def _signed(word: int) -> int:
    return int(np.uint64(word).astype(np.int64))


def strings(size: int) -> int:
    """As :func:`benchmarks.peers.strings.strings`."""
    words = np.frombuffer(texts.word_table(), np.uint8)
    buffer, length = _append_lines(np.zeros(texts.FIRST_ROOM, np.uint8), words, np.zeros(24, np.uint8), size)
    return _signed(_fnv1a(buffer, length, *_fnv_constants()))


def nqueens(size: int) -> int:
    """As :func:`benchmarks.peers.loops.nqueens`."""
    return int(_place(0, 0, 0, (1 << size) - 1))


def quicksort(size: int) -> int:
    """As :func:`benchmarks.peers.memory.quicksort`."""
    return int(_sort_and_sum(np.zeros(size, np.int64), size))


def fannkuch(size: int) -> int:
    """As :func:`benchmarks.peers.memory.fannkuch`."""
    return int(_permute(*(np.zeros(size, np.int64) for _ in range(3)), size))


def sha256(size: int) -> int:
    """As :func:`benchmarks.peers.hashing.sha256`."""
    message = np.zeros(hashing.padded(size), np.uint8)
    schedule = np.zeros(64, np.int64)
    return int(_digest_message(message, size, np.array(hashing.INITIAL), schedule, np.array(hashing.CONSTANTS)))


def table(size: int) -> int:
    """As :func:`benchmarks.peers.moonshine.table`."""
    rooms = moonshine.rooms(size, moonshine.count_triangles(size))
    words = [np.zeros(words, np.uint64) for words in rooms]
    reals = [stretch.view(np.float64) for stretch in words]
    return _signed(_instantiate(*words, *reals, size, *_fnv_constants()))
