"""Which pages of a mapping were written, as the Linux kernel tells.

A page that was only read is the shared page of zeros; one that was written is the process's own. The formats are
those of ``/proc/self/pagemap`` and ``/proc/self/smaps`` (Linux, Documentation/admin-guide/mm/pagemap.rst and
Documentation/filesystems/proc.rst)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

PAGE: Final = 4096
_ENTRY: Final = 8
_CHUNK: Final = 1 << 18
"""Entries that are read at once: a gigabyte of addresses."""
_OWN = np.uint64(1 << 56)
_SWAPPED: Final = np.uint64(1 << 62)
_PRESENT: Final = np.uint64(1 << 63)
_FIELDS: Final = (b"Anonymous:", b"Swap:")


@cache
def is_there() -> bool:
    """Whether the kernel tells."""
    probe = np.zeros(3 * PAGE, np.uint8)
    probe[PAGE] = 1
    try:
        page = (probe.ctypes.data + PAGE) // PAGE
        entry = _read(page, 1)
        return len(entry) == 1 and bool(entry[0] & _PRESENT and entry[0] & _OWN) and resident_total() > 0
    except OSError:
        return False


def _read(first: int, count: int) -> NDArray[np.uint64]:
    file = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return np.frombuffer(os.pread(file, count * _ENTRY, first * _ENTRY), np.uint64)
    finally:
        os.close(file)


def resident_total() -> int:
    """Bytes of the process's own memory, of all its mappings."""
    with Path("/proc/self/statm").open("rb") as file:
        return int(file.read().split()[1]) * PAGE


def resident(address: int, length: int) -> int:
    """Pages of a mapping that are the process's own, swapped ones included. Neighbours that the kernel shows as one
    with it count too, so it is never too few."""
    pages = 0
    is_inside = False
    with Path("/proc/self/smaps").open("rb") as file:
        for line in file:
            if line[0] in b"0123456789abcdef":
                start, end = (int(part, 16) for part in line.split(b" ", 1)[0].split(b"-"))
                is_inside = start < address + length and address < end
            elif is_inside and line.startswith(_FIELDS):
                pages += int(line.split()[1]) * 1024 // PAGE
    return pages


def written(address: int, length: int) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Stretches of a mapping as (first page, whether each was written), until all that it has were found."""
    missing = resident(address, length)
    for start in range(0, length // PAGE, _CHUNK):
        if missing <= 0:
            return
        entries = _read(address // PAGE + start, min(_CHUNK, length // PAGE - start))
        own = ((entries & _OWN) != 0) & ((entries & _PRESENT) != 0) | ((entries & _SWAPPED) != 0)
        found = int(np.count_nonzero(own))
        if found:
            missing -= found
            yield start, own
