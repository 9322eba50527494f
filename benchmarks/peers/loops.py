"""Loops and calls in plain Python."""

from __future__ import annotations


def loop(size: int) -> int:
    """As ``loop.qbc``."""
    state = 42
    total = 0
    for step in range(size):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        total += (state >> 7) ^ step
    return total


def collatz(size: int) -> int:
    """As ``collatz.qbc``."""
    best = 0
    longest = 0
    for start in range(1, size):
        value = start
        length = 1
        while value != 1:
            length += 1
            if value & 1:
                value = value * 3 + 1
            else:
                value >>= 1
        if length > longest:
            best = start
            longest = length
    return best * 1000 + longest


def fib(size: int) -> int:
    """As ``fib.qbc``."""
    return size if size < 2 else fib(size - 1) + fib(size - 2)


def nqueens(size: int) -> int:
    """As ``nqueens.qbc``."""
    return place(0, 0, 0, (1 << size) - 1)


def place(straight: int, left: int, right: int, full: int) -> int:
    """The ways to fill the rows that are left; set bits are columns taken by the queens above."""
    if straight == full:
        return 1
    ways = 0
    free = ~(straight | left | right) & full
    while free:
        column = free & -free
        free ^= column
        ways += place(straight | column, (left | column) << 1, (right | column) >> 1, full)
    return ways
