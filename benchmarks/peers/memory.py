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


def quicksort(size: int) -> int:
    """As ``quicksort.qbc``."""
    return sort_and_sum([0] * size, size)


def sort_and_sum(words: MutableSequence[int], size: int) -> int:
    """Fills and sorts ``words``; a checksum of them."""
    state = 42
    for index in range(size):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        words[index] = state - 0x40000000
    sort(words, 0, size - 1)
    total = 0
    for index in range(size):
        total = (total * 31 + words[index]) & 0xFFFFFFFFFFFF
    return total


def sort(words: MutableSequence[int], low: int, high: int) -> None:
    """Sorts ``words`` from index ``low`` to ``high``, about the middle one."""
    if low >= high:
        return
    pivot = words[(low + high) >> 1]
    up = low
    down = high
    while up <= down:
        while words[up] < pivot:
            up += 1
        while words[down] > pivot:
            down -= 1
        if up <= down:
            words[up], words[down] = words[down], words[up]
            up += 1
            down -= 1
    sort(words, low, down)
    sort(words, up, high)


def fannkuch(size: int) -> int:
    """As ``fannkuch.qbc``."""
    order, work, counts = ([0] * size for _ in range(3))
    return permute(order, work, counts, size)


def permute(order: MutableSequence[int], work: MutableSequence[int], counts: MutableSequence[int], size: int) -> int:
    """Goes through all permutations and flips each; all three have ``size`` numbers."""
    for index in range(size):
        order[index] = index
    turning = size
    total = 0
    most = 0
    sign = 1
    while True:
        while turning > 1:
            counts[turning - 1] = turning
            turning -= 1
        count = flips(order, work, size)
        most = max(most, count)
        total += count * sign
        sign = -sign
        while True:
            if turning == size:
                return total * 1000 + most
            first = order[0]
            for index in range(turning):
                order[index] = order[index + 1]
            order[turning] = first
            counts[turning] -= 1
            if counts[turning] > 0:
                break
            turning += 1


def flips(order: MutableSequence[int], work: MutableSequence[int], size: int) -> int:
    """The flips that bring 0 to the front."""
    for index in range(size):
        work[index] = order[index]
    count = 0
    last = work[0]
    while last:
        first = 0
        while first < last:
            work[first], work[last] = work[last], work[first]
            first += 1
            last -= 1
        count += 1
        last = work[0]
    return count
