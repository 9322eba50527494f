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
