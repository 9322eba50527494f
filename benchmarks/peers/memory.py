"""Memory in plain Python."""

from __future__ import annotations

from collections.abc import MutableSequence

COPY_ROUNDS = 20


def sieve(size: int) -> int:
    """As ``sieve.qbc``."""
    return strike(bytearray(size + 1), size)


def strike(flags: MutableSequence[int], size: int) -> int:
    """Number of primes up to ``size``; ``flags`` holds a zero for each number up to it."""
    primes = 0
    for candidate in range(2, size + 1):
        if flags[candidate]:
            continue
        primes += 1
        multiple = candidate * candidate
        while multiple <= size:
            flags[multiple] = 1
            multiple += candidate
    return primes


def matrix(size: int) -> float:
    """As ``matrix.qbc``."""
    a, b, c = ([0.0] * (size * size) for _ in range(3))
    return multiply(a, b, c, size)


def multiply(a: MutableSequence[float], b: MutableSequence[float], c: MutableSequence[float], size: int) -> float:
    """Fills ``a`` and ``b``, sets ``c`` to their product and gives its weighted sum; each by rows."""
    for i in range(size):
        for j in range(size):
            a[i * size + j] = (i * 3 + j) % 7 + 0.5
            b[i * size + j] = (i + j * 2) % 5 - 1.25
    for i in range(size):
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += a[i * size + k] * b[k * size + j]
            c[i * size + j] = total
    weighted = 0.0
    for i in range(size):
        for j in range(size):
            weighted += c[i * size + j] * ((i + j) % 3 + 1)
    return weighted


def copy(size: int) -> int:
    """As ``copy.qbc``."""
    first, second = [0] * size, [0] * size
    turn(first, second, size)
    source = b"".join(word.to_bytes(8, "little") for word in first)
    target = bytearray(8 * size)
    for index in range(8 * size):
        target[index] = source[index]
    words = (int.from_bytes(target[8 * k : 8 * k + 8], "little") for k in range(size))
    total = sum(word * (k + 1) for k, word in enumerate(words)) & 0xFFFF_FFFF_FFFF_FFFF
    return total - (total >> 63 << 64)


def turn(first: MutableSequence[int], second: MutableSequence[int], size: int) -> None:
    """Fills ``first``, then copies it to and fro, turned by one word each time; it ends in ``first``."""
    word = 1
    for index in range(size):
        word = (word * 1103515245 + 12345) & 0x7FFFFFFF
        first[index] = word
    source, target = first, second
    for _ in range(COPY_ROUNDS):
        for index in range(size - 1):
            target[index] = source[index + 1]
        target[size - 1] = source[0]
        source, target = target, source
