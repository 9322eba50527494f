"""Text in plain Python."""

from __future__ import annotations

import math
from collections.abc import MutableSequence, Sequence

OFFSET_BASIS = 0xCBF29CE484222325
PRIME = 0x100000001B3
MASK = 0xFFFFFFFFFFFFFFFF


def text_room(size: int) -> int:
    """Bytes that the text of ``size`` numbers takes at most."""
    return size * (len(str(size)) + 1)


def text(size: int) -> int:
    """As ``text.qbc``."""
    buffer = bytearray(text_room(size))
    length = write_numbers(buffer, bytearray(24), size)
    digest = fnv1a(buffer, length, OFFSET_BASIS, PRIME, MASK)
    return digest - (digest >> 63 << 64)


def write_numbers(buffer: MutableSequence[int], digits: MutableSequence[int], size: int) -> int:
    """Writes the numbers below ``size`` in decimal, a comma after each; gives the length."""
    end = 0
    for number in range(size):
        rest = number
        first = len(digits)
        while True:
            first -= 1
            digits[first] = rest % 10 + 48
            rest //= 10
            if rest == 0:
                break
        for index in range(first, len(digits)):
            buffer[end] = digits[index]
            end += 1
        buffer[end] = 44
        end += 1
    return end


def fnv1a(buffer: Sequence[int], length: int, basis: int, prime: int, mask: int) -> int:
    """FNV-1a of the first ``length`` bytes. The constants are arguments so that Numba gets unsigned ones."""
    digest = basis
    for index in range(length):
        digest = ((digest ^ buffer[index]) * prime) & mask
    return digest


def lines(size: int) -> str:
    """As ``print.qbc``: the text that it prints."""
    return "".join([f"{number} {math.sqrt(number)!r}\n" for number in range(size)])


WORDS = (b"q", b"of", b"bit", b"gate", b"phase", b"vector", b"lattice", b"register")
FIRST_ROOM = 64


def strings(size: int) -> int:
    """As ``strings.qbc``."""
    buffer, length = append_lines(room(FIRST_ROOM), word_table(), bytearray(24), size)
    digest = fnv1a(buffer, length, OFFSET_BASIS, PRIME, MASK)
    return digest - (digest >> 63 << 64)


def word_table() -> bytes:
    """The words, eight bytes each."""
    return b"".join(word.ljust(8, b"\0") for word in WORDS)


def room(size: int) -> MutableSequence[int]:
    """A buffer of ``size`` bytes."""
    return bytearray(size)


def reserve(buffer: MutableSequence[int], length: int, more: int) -> MutableSequence[int]:
    """The buffer, or one of twice the size, with room behind ``length`` for ``more`` bytes, which are fewer."""
    if length + more <= len(buffer):
        return buffer
    larger = room(2 * len(buffer))
    for index in range(length):
        larger[index] = buffer[index]
    return larger


def append_lines(
    buffer: MutableSequence[int], words: Sequence[int], digits: MutableSequence[int], size: int
) -> tuple[MutableSequence[int], int]:
    """Appends ``size`` lines of a word and a number; gives the buffer that they are in now, and their length."""
    length = 0
    state = 42
    for _ in range(size):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        word = state >> 16 & 7
        buffer = reserve(buffer, length, word + 1)
        length = append(buffer, length, words, 8 * word, 9 * word + 1)
        buffer = reserve(buffer, length, 1)
        buffer[length] = 32
        length += 1
        number = state - 0x40000000
        if number < 0:
            buffer = reserve(buffer, length, 1)
            buffer[length] = 45
            length += 1
            number = -number
        first = write_digits(digits, number)
        buffer = reserve(buffer, length, len(digits) - first)
        length = append(buffer, length, digits, first, len(digits))
        buffer = reserve(buffer, length, 1)
        buffer[length] = 10
        length += 1
    return buffer, length


def append(buffer: MutableSequence[int], length: int, source: Sequence[int], first: int, end: int) -> int:
    """Appends a stretch of ``source``; gives the new length."""
    for index in range(first, end):
        buffer[length] = source[index]
        length += 1
    return length


def write_digits(digits: MutableSequence[int], number: int) -> int:
    """Writes a number's decimal digits at the end of ``digits``; gives the place of the first."""
    first = len(digits)
    while True:
        first -= 1
        digits[first] = number % 10 + 48
        number //= 10
        if number == 0:
            return first
