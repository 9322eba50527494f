"""Klein's j and the routing table in plain Python, step by step as in the standard library."""

from __future__ import annotations

import math
from collections.abc import MutableSequence

from benchmarks.peers.strings import MASK, OFFSET_BASIS, PRIME

TWO_PI = 6.283185307179586
COEFFICIENTS = (
    2662842413150775245160.0,
    593121772421445058560.0,
    126142916465781843075.0,
    25497827389410525184.0,
    4872010111798142520.0,
    874313719685775360.0,
    146211911499519294.0,
    22567393309593600.0,
    3176440229784420.0,
    401490886656000.0,
    44656994071935.0,
    4252023300096.0,
    333202640600.0,
    20245856256.0,
    864299970.0,
    21493760.0,
    196884.0,
    744.0,
)
"""Of j = 1/q + 744 + 196884 q + …, the last first (OEIS A000521)."""

PHYSICAL = 0x1_0000_0000
VIRTUAL = 0x2_0000_0000
INVERSE = 0x3_0000_0000
TRIANGLES = 0x4_0000_0000
NODE_ID = 0x4D51 << 48
NO_PARENT = MASK
THIRD_ROOT = 0.5773502691896258
ENTRY = 16
"""Words of an entry; a physical record has 64, the others 32."""

Words = MutableSequence[int]
Floats = MutableSequence[float]


def jinvariant(size: int) -> float:
    """As ``jinvariant.qbc``."""
    distance = 1.0 / size
    total = 0.0
    for row in range(size):
        y = distance * row + 0.2
        for column in range(size):
            real, imag = klein(distance * column * 4.0 - 2.0, y)
            total += (real + imag) / (abs(real) + 1.0 + abs(imag))
    return total


def klein(x: float, y: float) -> tuple[float, float]:
    """j(x + iy)."""
    while True:
        x -= round(x)
        square = x * x + y * y
        if square >= 0.999999999999:
            break
        x = -(x / square)
        y /= square
    inner = math.exp(-(y * TWO_PI))
    outer = math.exp(y * TWO_PI)
    angle = x
    sign = 1.0
    if abs(x) > 0.25:
        sign = -1.0
        angle = 0.5 - abs(x)
        if x < 0.0:
            angle = -angle
    angle *= TWO_PI
    cosine = math.cos(angle) * sign
    sine = math.sin(angle)
    q_real = inner * cosine
    q_imag = inner * sine
    real = COEFFICIENTS[0]
    imag = 0.0
    for term in range(1, 18):
        cross = real * q_imag
        real = real * q_real - imag * q_imag + COEFFICIENTS[term]
        imag = imag * q_real + cross
    return outer * cosine + real, imag - outer * sine


def table(size: int) -> int:
    """As ``moonshine_instantiate.qbc``: the payload's checksum."""
    triangles = count_triangles(size)
    stretches = [memoryview(bytearray(8 * words)) for words in rooms(size, triangles)]
    words = [stretch.cast("Q") for stretch in stretches]
    floats = [stretch.cast("d") for stretch in stretches]
    digest = instantiate(*words, *floats, size, OFFSET_BASIS, PRIME, MASK)
    return digest - (digest >> 63 << 64)


def count_triangles(size: int) -> int:
    """The triangles over ``size`` nodes, in all layers."""
    triangles = 0
    while size > 1:
        size = (size + 2) // 3
        triangles += size
    return triangles


def rooms(size: int, triangles: int) -> tuple[int, ...]:
    """Words of the entries, and of the physical, virtual, inverse and triangle records."""
    return ENTRY * (size + triangles), 64 * size, 32 * size, 32 * size, 32 * triangles


def instantiate(
    entries: Words,
    physical: Words,
    virtual: Words,
    inverse: Words,
    triangles: Words,
    entry_floats: Floats,
    physical_floats: Floats,
    virtual_floats: Floats,
    inverse_floats: Floats,
    triangle_floats: Floats,
    size: int,
    basis: int,
    prime: int,
    mask: int,
) -> int:
    """Fills the entries and the records, which are there as words and, in the same places, as floats.

    The constants are arguments so that Numba gets unsigned ones.
    """
    for k in range(size):
        write_node(entries, entry_floats, k, size)
        write_hash(entries, ENTRY * k, basis, prime, mask)
        write_physical(physical, physical_floats, entries, entry_floats, k, size)
        write_others(virtual, virtual_floats, inverse, inverse_floats, entries, entry_floats, k)
    index = 0
    layer = 1
    below = 0
    count = size
    while count > 1:
        first = size + index
        for position in range((count + 2) // 3):
            entry = size + index
            member = 3 * position
            last = count - 1
            members = (below + member, below + min(member + 1, last), below + min(member + 2, last))
            parent = NO_PARENT if count <= 3 else position // 3 | (layer + 1) << 32
            write_triangle(entries, entry_floats, entry, members, index, layer, position, parent)
            write_hash(entries, ENTRY * entry, basis, prime, mask)
            write_record(triangles, triangle_floats, entries, entry_floats, entry, members, index, size)
            index += 1
        below = first
        layer += 1
        count = (count + 2) // 3
    digest = basis
    for word in range(ENTRY * (size + index)):
        digest = (digest ^ entries[word]) * prime & mask
    return digest


def write_hash(entries: Words, at: int, basis: int, prime: int, mask: int) -> None:
    """The hash of an entry's other words."""
    digest = basis
    for word in range(at, at + 15):
        digest = (digest ^ entries[word]) * prime & mask
    entries[at + 15] = digest


def write_node(entries: Words, floats: Floats, k: int, size: int) -> None:
    """The entry of a node."""
    at = ENTRY * k
    sigma = float(k * 8) / size
    real, imag = klein(sigma / 8.0, 1.0)
    entries[at] = 0
    entries[at + 1] = k
    entries[at + 2] = NODE_ID | k
    entries[at + 3] = PHYSICAL + 512 * k
    entries[at + 4] = VIRTUAL + 256 * k
    entries[at + 5] = INVERSE + 256 * k
    floats[at + 6] = real
    floats[at + 7] = imag
    floats[at + 8] = sigma
    entries[at + 9] = math.floor(sigma)
    floats[at + 10] = sigma * math.pi / 4.0
    entries[at + 11] = 2 if k % 100 < 20 or k % 100 > 80 else 1
    entries[at + 12] = NO_PARENT if size == 1 else k // 3 | 1 << 32
    floats[at + 13] = 1.0
    entries[at + 14] = k


def write_physical(words: Words, floats: Floats, entries: Words, entry_floats: Floats, k: int, size: int) -> None:
    """The physical record of a node."""
    at = 64 * k
    entry = ENTRY * k
    words[at] = entries[entry + 2]
    words[at + 1] = k
    words[at + 2] = entries[entry + 4]
    words[at + 3] = entries[entry + 5]
    floats[at + 4] = entry_floats[entry + 10]
    floats[at + 5] = entry_floats[entry + 8]
    floats[at + 6] = entry_floats[entry + 6]
    floats[at + 7] = entry_floats[entry + 7]
    floats[at + 8 + 2 * 1] = THIRD_ROOT
    floats[at + 8 + 2 * 2] = THIRD_ROOT
    floats[at + 8 + 2 * 4] = THIRD_ROOT
    words[at + 24] = entries[entry + 12]
    words[at + 25] = PHYSICAL + 512 * ((k + size - 1) % size)
    words[at + 26] = PHYSICAL + 512 * ((k + 1) % size)


def write_others(
    virtual: Words,
    virtual_floats: Floats,
    inverse: Words,
    inverse_floats: Floats,
    entries: Words,
    entry_floats: Floats,
    k: int,
) -> None:
    """The virtual and the inverse record of a node."""
    at = 32 * k
    entry = ENTRY * k
    phase = entry_floats[entry + 10]
    cosine = math.cos(phase)
    sine = math.sin(phase)
    virtual[at] = entries[entry + 2]
    virtual[at + 1] = entries[entry + 3]
    virtual_floats[at + 2] = entry_floats[entry + 8]
    virtual_floats[at + 3] = phase
    virtual_floats[at + 4] = cosine
    virtual_floats[at + 5] = sine
    virtual[at + 6] = entries[entry + 12]
    inverse[at] = entries[entry + 2]
    inverse[at + 1] = entries[entry + 3]
    inverse[at + 2] = entries[entry + 4]
    inverse_floats[at + 3] = -phase
    inverse_floats[at + 4] = cosine
    inverse_floats[at + 5] = -sine


def write_triangle(
    entries: Words,
    floats: Floats,
    entry: int,
    members: tuple[int, int, int],
    index: int,
    layer: int,
    position: int,
    parent: int,
) -> None:
    """An entry of a triangle from the entries of its members."""
    at = ENTRY * entry
    a, b, c = ENTRY * members[0], ENTRY * members[1], ENTRY * members[2]
    entries[at] = 1
    entries[at + 1] = index
    entries[at + 2] = layer << 32 | position
    entries[at + 3] = entries[a + 2]
    entries[at + 4] = entries[b + 2]
    entries[at + 5] = entries[c + 2]
    floats[at + 6] = (floats[a + 6] + floats[b + 6] + floats[c + 6]) / 3.0
    floats[at + 7] = (floats[a + 7] + floats[b + 7] + floats[c + 7]) / 3.0
    floats[at + 8] = (floats[a + 8] + floats[b + 8] + floats[c + 8]) / 3.0
    entries[at + 9] = layer
    floats[at + 10] = floats[at + 8] * math.pi / 4.0
    entries[at + 11] = min(entries[a + 11], entries[b + 11], entries[c + 11])
    entries[at + 12] = parent
    floats[at + 13] = 1.0
    entries[at + 14] = layer << 32 | position


def write_record(
    words: Words,
    floats: Floats,
    entries: Words,
    entry_floats: Floats,
    entry: int,
    members: tuple[int, int, int],
    index: int,
    size: int,
) -> None:
    """The record of a triangle."""
    at = 32 * index
    source = ENTRY * entry
    words[at] = entries[source + 2]
    words[at + 1] = index
    words[at + 2] = entries[source + 3]
    words[at + 3] = entries[source + 4]
    words[at + 4] = entries[source + 5]
    words[at + 5] = entries[source + 12]
    floats[at + 6] = entry_floats[source + 8]
    floats[at + 7] = entry_floats[source + 10]
    floats[at + 8] = entry_floats[source + 6]
    floats[at + 9] = entry_floats[source + 7]
    words[at + 10] = record_address(members[0], size)
    words[at + 11] = record_address(members[1], size)
    words[at + 12] = record_address(members[2], size)


def record_address(entry: int, size: int) -> int:
    """Of the entry of this number, the address of its physical or triangle record."""
    return PHYSICAL + 512 * entry if entry < size else TRIANGLES + 256 * (entry - size)
