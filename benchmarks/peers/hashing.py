"""SHA-256 in plain Python."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

MASK = 0xFFFFFFFF
# The first 32 bits of the fractions of the cube roots of the first 64 primes, and of the square roots of the first 8.
CONSTANTS = (
    0x428A2F98,
    0x71374491,
    0xB5C0FBCF,
    0xE9B5DBA5,
    0x3956C25B,
    0x59F111F1,
    0x923F82A4,
    0xAB1C5ED5,
    0xD807AA98,
    0x12835B01,
    0x243185BE,
    0x550C7DC3,
    0x72BE5D74,
    0x80DEB1FE,
    0x9BDC06A7,
    0xC19BF174,
    0xE49B69C1,
    0xEFBE4786,
    0x0FC19DC6,
    0x240CA1CC,
    0x2DE92C6F,
    0x4A7484AA,
    0x5CB0A9DC,
    0x76F988DA,
    0x983E5152,
    0xA831C66D,
    0xB00327C8,
    0xBF597FC7,
    0xC6E00BF3,
    0xD5A79147,
    0x06CA6351,
    0x14292967,
    0x27B70A85,
    0x2E1B2138,
    0x4D2C6DFC,
    0x53380D13,
    0x650A7354,
    0x766A0ABB,
    0x81C2C92E,
    0x92722C85,
    0xA2BFE8A1,
    0xA81A664B,
    0xC24B8B70,
    0xC76C51A3,
    0xD192E819,
    0xD6990624,
    0xF40E3585,
    0x106AA070,
    0x19A4C116,
    0x1E376C08,
    0x2748774C,
    0x34B0BCB5,
    0x391C0CB3,
    0x4ED8AA4A,
    0x5B9CCA4F,
    0x682E6FF3,
    0x748F82EE,
    0x78A5636F,
    0x84C87814,
    0x8CC70208,
    0x90BEFFFA,
    0xA4506CEB,
    0xBEF9A3F7,
    0xC67178F2,
)
INITIAL = (
    0x6A09E667,
    0xBB67AE85,
    0x3C6EF372,
    0xA54FF53A,
    0x510E527F,
    0x9B05688C,
    0x1F83D9AB,
    0x5BE0CD19,
)


def sha256(size: int) -> int:
    """As ``sha256.qbc``."""
    message = bytearray(padded(size))
    return digest_message(message, size, list(INITIAL), [0] * 64, CONSTANTS)


def padded(size: int) -> int:
    """Bytes of the padded message."""
    return ((size + 8) & -64) + 64


def digest_message(
    message: MutableSequence[int],
    size: int,
    digest: MutableSequence[int],
    schedule: MutableSequence[int],
    constants: Sequence[int],
) -> int:
    """Writes the message of ``size`` bytes into the zeros of ``message``; the first 63 bits of its hash."""
    for index in range(size):
        message[index] = (index * 7 + (index >> 8)) & 255
    message[size] = 0x80
    for byte in range(8):
        message[len(message) - 1 - byte] = (size * 8 >> 8 * byte) & 255
    for block in range(0, len(message), 64):
        compress(message, block, digest, schedule, constants)
    return digest[0] << 31 | digest[1] >> 1


def rotate(word: int, bits: int) -> int:
    """The 32-bit word, turned to the right."""
    return (word >> bits | word << (32 - bits)) & MASK


def compress(
    message: Sequence[int],
    block: int,
    digest: MutableSequence[int],
    schedule: MutableSequence[int],
    constants: Sequence[int],
) -> None:
    """Takes the 64 bytes from ``block`` on into the digest."""
    for t in range(16):
        at = block + 4 * t
        schedule[t] = message[at] << 24 | message[at + 1] << 16 | message[at + 2] << 8 | message[at + 3]
    for t in range(16, 64):
        x, y = schedule[t - 2], schedule[t - 15]
        first = rotate(x, 17) ^ rotate(x, 19) ^ x >> 10
        second = rotate(y, 7) ^ rotate(y, 18) ^ y >> 3
        schedule[t] = (first + schedule[t - 7] + schedule[t - 16] + second) & MASK
    a, b, c, d = digest[0], digest[1], digest[2], digest[3]
    e, f, g, h = digest[4], digest[5], digest[6], digest[7]
    for t in range(64):
        h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (((f ^ g) & e) ^ g) + constants[t] + schedule[t]
        d = (d + h) & MASK
        h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (((a | b) & c) | (a & b))
        a, b, c, d, e, f, g, h = h & MASK, a, b, c, d, e, f, g
    digest[0] = (digest[0] + a) & MASK
    digest[1] = (digest[1] + b) & MASK
    digest[2] = (digest[2] + c) & MASK
    digest[3] = (digest[3] + d) & MASK
    digest[4] = (digest[4] + e) & MASK
    digest[5] = (digest[5] + f) & MASK
    digest[6] = (digest[6] + g) & MASK
    digest[7] = (digest[7] + h) & MASK
