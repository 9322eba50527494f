"""System calls that need nothing of the host: printing into a buffer, and random numbers.

The meaning is :mod:`vm.syscalls`'; this is its fast path, which gives way to it (comes back with ``SYSCALL``, before
any effect) whenever a call is not plain: a wrong kind, a bad address, a full buffer, a character that is none."""

from __future__ import annotations

from vm.interp.intrinsics import load8, load64, lshr, store8, store64, udiv, ult
from vm.interp.layout import CELL, OUT, OUT_END, OUT_LENGTH, RANDOM, SYSCALL
from vm.interp.values import compiled, inlined, kind, set_float, set_int, value
from vm.isa import INT, MEMORY_FLOOR, MEMORY_SIZE

_GOLDEN, _MIX_A, _MIX_B = (
    constant - (1 << 64) for constant in (0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB)
)
_DIGITS = 24
"""Room that any 64-bit integer fits, with sign or prefix."""


@inlined
def _bits(state: int) -> int:
    """SplitMix64, as :class:`vm.syscalls.Random`."""
    z = load64(state, RANDOM) + _GOLDEN
    store64(state, RANDOM, z)
    z = (z ^ lshr(z, 30)) * _MIX_A
    z = (z ^ lshr(z, 27)) * _MIX_B
    return z ^ lshr(z, 31)


@inlined
def _print_int(number: int, state: int) -> int:
    at = load64(state, OUT) + load64(state, OUT_LENGTH)
    start = at
    magnitude = number
    if number < 0:
        store8(at, 0, 45)
        at += 1
        magnitude = -number
    digits = 1
    rest = udiv(magnitude, 10)
    while rest != 0:
        digits += 1
        rest = udiv(rest, 10)
    for place in range(digits - 1, -1, -1):
        quotient = udiv(magnitude, 10)
        store8(at, place, 48 + magnitude - quotient * 10)
        magnitude = quotient
    return at + digits - start


@inlined
def _print_hex(number: int, state: int) -> int:
    at = load64(state, OUT) + load64(state, OUT_LENGTH)
    store8(at, 0, 48)
    store8(at, 1, 120)
    digits = 1
    while digits < 16 and lshr(number, 4 * digits) != 0:
        digits += 1
    for place in range(digits):
        nibble = lshr(number, 4 * (digits - 1 - place)) & 15
        store8(at, 2 + place, nibble + (48 if nibble < 10 else 87))
    return 2 + digits


@inlined
def _print_ascii(point: int, state: int) -> int:
    if not ult(point, 0x80):
        return -1
    store8(load64(state, OUT) + load64(state, OUT_LENGTH), 0, point)
    return 1


@inlined
def _print_string(address: int, memory: int, state: int) -> int:
    """Bytes printed, or -1 where the string does not fit the buffer or memory."""
    at = load64(state, OUT) + load64(state, OUT_LENGTH)
    room = load64(state, OUT_END) - load64(state, OUT_LENGTH)
    if not ult(address - MEMORY_FLOOR, MEMORY_SIZE - MEMORY_FLOOR):
        return -1
    length = 0
    limit = min(room, MEMORY_SIZE - address)
    while length < limit:
        byte = load8(memory, address + length)
        if byte == 0:
            return length
        store8(at, length, byte)
        length += 1
    return -1


@inlined
def _write(address: int, length: int, memory: int, state: int) -> int:
    at = load64(state, OUT) + load64(state, OUT_LENGTH)
    room = load64(state, OUT_END) - load64(state, OUT_LENGTH)
    if ult(room, length) or ult(MEMORY_SIZE - length - MEMORY_FLOOR, address - MEMORY_FLOOR):
        return -1
    for offset in range(length):
        store8(at, offset, load8(memory, address + offset))
    return length


@compiled
def fast(number: int, regs: int, memory: int, state: int) -> int:
    """Do system call ``number`` and give 0, or ``SYSCALL`` for Python to do it."""
    if number == 8:
        return set_int(regs, _bits(state))
    if number == 9:
        return set_float(regs, float(lshr(_bits(state), 11)) * 2.0**-53)
    if kind(regs) != INT or load64(state, OUT_END) - load64(state, OUT_LENGTH) < _DIGITS:
        return SYSCALL
    written = -1
    if number == 1:
        written = _print_int(value(regs), state)
    elif number == 2:
        written = _print_string(value(regs), memory, state)
    elif number == 5:
        written = _print_ascii(value(regs), state)
    elif number == 7:
        written = _print_hex(value(regs), state)
    elif number == 10 and kind(regs + CELL) == INT:
        written = _write(value(regs), value(regs + CELL), memory, state)
    if written < 0:
        return SYSCALL
    store64(state, OUT_LENGTH, load64(state, OUT_LENGTH) + written)
    return 0
