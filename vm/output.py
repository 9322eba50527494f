"""The output buffer: the result that a program leaves in memory for the host.

A header of eight words at ``OUTPUT_BUFFER``, then the payload. Everything in it is a stranger's word until checked;
no byte outside the machine's memory is ever asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.fnv import fnv1a
from vm.isa import MEMORY_SIZE, OUTPUT_BUFFER

MAGIC: Final = 0x4F55_5450
"""``OUTP``."""
HEADER: Final = 64
"""Bytes of the header."""
PAYLOAD: Final = OUTPUT_BUFFER + HEADER
"""Address of the payload."""
ROUTING_TABLE: Final = 1
ENTRY: Final = 128
"""Bytes of a routing table's entry: sixteen words."""
TABLE_VERSION: Final = 1
"""Version of the routing table's layout that this module reads."""
MAX_NODES: Final = 8_388_608
"""Most nodes of a routing table."""

MemoryView = Callable[[int, int], NDArray[np.uint8]]


def _record(columns: str) -> np.dtype[np.void]:
    """Dtype of an entry from lines of ``name type byte-offset``."""
    rows = [line.split() for line in columns.split("\n") if line.strip()]
    return np.dtype(
        {
            "names": [name for name, _, _ in rows],
            "formats": [f"<{kind}" for _, kind, _ in rows],
            "offsets": [int(offset) for _, _, offset in rows],
            "itemsize": ENTRY,
        }
    )


# Legend: column, type, offset in the entry. Word 0 is the kind (0 node, 1 triangle); word 14 is layer << 32 | position.
NODE_DTYPE: Final = _record("""
    node         i8    8
    id           u8   16
    physical     u8   24
    virtual      u8   32
    inverse      u8   40
    j_re         f8   48
    j_im         f8   56
    sigma        f8   64
    sector       i8   72
    phase        f8   80
    coherence    i8   88
    parent       u8   96
    w_fidelity   f8  104
    layer        u4  116
    position     u4  112
    checksum     u8  120
""")
"""A node's entry: 128 bytes, the columns of the contract, without word 0."""

TRIANGLE_DTYPE: Final = _record("""
    triangle     i8    8
    id           u8   16
    member0      u8   24
    member1      u8   32
    member2      u8   40
    j_re         f8   48
    j_im         f8   56
    sigma        f8   64
    layer        i8   72
    phase        f8   80
    coherence    i8   88
    parent       u8   96
    w_fidelity   f8  104
    position     u4  112
    checksum     u8  120
""")
"""A triangle's entry: 128 bytes, the columns of the contract, without word 0. ``layer`` is word 9."""


class OutputError(Exception):
    """An output buffer that is not what its header says.

    ``rule`` is what it breaks (``magic``, ``size``, ``checksum`` or ``table``); ``reason`` is one line with what was
    found and what was expected."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Buffer:
    """A checked output buffer."""

    entries: int
    entry_bytes: int
    format: int
    """0 raw, 1 routing table, others are the program's."""
    version: int
    payload: NDArray[np.uint8]
    """Shape (entries × entry_bytes,): the machine's memory itself, not a copy."""
    checksum: int


def read(memory_view: MemoryView, limit: int = MEMORY_SIZE) -> Buffer:
    """The output buffer of a halted program, its header, sizes and checksum verified.

    ``memory_view(address, count)`` gives ``count`` bytes of memory without a copy; it is only asked for bytes inside
    memory. ``limit`` is the most payload bytes to accept: the memory that the program was allowed to touch.
    Raises :class:`OutputError`."""
    header = memory_view(OUTPUT_BUFFER, HEADER).view("<u8").tolist()
    magic, entries, entry_bytes, kind, version, size, checksum, reserved = header
    if magic == 0:
        raise OutputError("magic", f"the program wrote no output buffer: the word at {OUTPUT_BUFFER:#x} is 0")
    if magic != MAGIC:
        raise OutputError("magic", f"the output buffer begins with {magic:#x}, expected the magic {MAGIC:#x} (OUTP)")
    _check_size(entries, entry_bytes, size, limit)
    if reserved != 0:
        raise OutputError("size", f"word 7 of the output buffer's header is {reserved:#x}, expected 0 (reserved)")
    payload = memory_view(PAYLOAD, size)
    found = fnv1a(payload)
    if found != checksum:
        raise OutputError(
            "checksum", f"the output buffer's header gives checksum {checksum:#018x}, the payload's is {found:#018x}"
        )
    return Buffer(entries, entry_bytes, kind, version, payload, checksum)


def _check_size(entries: int, entry_bytes: int, size: int, limit: int) -> None:
    """All three numbers are unsigned words, so their product is exact here."""
    if entries * entry_bytes != size:
        raise OutputError(
            "size",
            f"the output buffer's header gives {size:,} payload bytes, "
            f"expected {entries:,} entries × {entry_bytes:,} bytes = {entries * entry_bytes:,}",
        )
    room = MEMORY_SIZE - PAYLOAD
    if size > room:
        raise OutputError("size", f"the output buffer's payload of {size:,} bytes ends past memory: {room:,} fit")
    if size > limit:
        raise OutputError(
            "size", f"the output buffer's payload of {size:,} bytes is more than the program may touch ({limit:,})"
        )


def checksum(payload: NDArray[Any] | bytes) -> int:
    """FNV-1a of a payload, a 64-bit word at a time; a short tail is padded with zeros."""
    return fnv1a(payload)


def tables(buffer: Buffer) -> dict[str, NDArray[np.void]]:
    """The ``nodes`` and ``triangles`` of a routing table, of :data:`NODE_DTYPE` and :data:`TRIANGLE_DTYPE`.

    Views of the payload, not copies. Checks the layout (kinds, order, that the columns hold all of an entry), not the
    values. Raises :class:`OutputError`."""
    if buffer.format != ROUTING_TABLE:
        raise OutputError("table", f"the output buffer has format {buffer.format}, expected {ROUTING_TABLE}")
    if buffer.version != TABLE_VERSION:
        raise OutputError(
            "table", f"the routing table has version {buffer.version}; this version of qbc reads {TABLE_VERSION}"
        )
    if buffer.entry_bytes != ENTRY:
        raise OutputError("table", f"a routing table's entry has {ENTRY} bytes, the header gives {buffer.entry_bytes}")
    return split(buffer.payload)


def split(payload: NDArray[np.uint8]) -> dict[str, NDArray[np.void]]:
    """The ``nodes`` and ``triangles`` of a routing table's payload (a multiple of 128 bytes); see :func:`tables`."""
    words = payload.view("<u8").reshape(-1, ENTRY // 8)
    kinds = words[:, 0]
    nodes = int(np.argmax(kinds != 0)) if kinds.any() else len(kinds)
    if nodes == 0:
        raise OutputError("table", "the routing table has no node: its first entry must have kind 0")
    strange = np.flatnonzero(kinds[nodes:] != 1)
    if len(strange):
        entry = nodes + int(strange[0])
        raise OutputError(
            "table",
            f"entry {entry} of the routing table has kind {kinds[entry]}; after the nodes come triangles, kind 1",
        )
    differ = np.flatnonzero(words[nodes:, 14] >> 32 != words[nodes:, 9])
    if len(differ):
        place = int(differ[0])
        found, layer = int(words[nodes + place, 14]), int(words[nodes + place, 9])
        raise OutputError(
            "table", f"triangle {place} of the routing table: word 14 is {found:#x}, but word 9 says layer {layer}"
        )
    cut = nodes * ENTRY
    return {"nodes": payload[:cut].view(NODE_DTYPE), "triangles": payload[cut:].view(TRIANGLE_DTYPE)}
