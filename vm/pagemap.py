"""Which pages of a mapping were written, as the Linux kernel tells.

A page that was only read is the shared page of zeros; one that was written is the process's own. The formats are
those of ``/proc/self/pagemap`` and ``/proc/self/smaps`` (Linux, Documentation/admin-guide/mm/pagemap.rst and
Documentation/filesystems/proc.rst)."""

from __future__ import annotations

import errno
import mmap
import os
import struct
import sys
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
_SCAN: Final = 0xC060_6610
"""``PAGEMAP_SCAN``."""
_HERE, _ZERO = 1 << 3 | 1 << 4, 1 << 5
"""Of its categories: present or swapped; the page of zeros."""
_REGIONS: Final = 4096
_FIELDS: Final = (b"Anonymous:", b"Swap:")


@cache
def is_there() -> bool:
    """Whether the kernel reports it, page by page of 4 KiB: Linux does, and no other."""
    if sys.platform != "linux" or mmap.PAGESIZE != PAGE:
        return False
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


def written(address: int, length: int) -> Iterator[tuple[int, int]]:
    """Stretches of pages of a mapping that were written, as (first page, page after the last), ascending."""
    try:
        yield from _scanned(address, length)
    except OSError as error:
        # Kernels before 6.7 do not scan.
        if error.errno not in (errno.ENOTTY, errno.EINVAL):
            raise
        yield from read_entries(address, length)


def _scanned(address: int, length: int) -> Iterator[tuple[int, int]]:
    """By the kernel's own scan, which passes over what is empty."""
    # Not on every system, and only asked for where there is compiled code.
    import fcntl

    regions = np.zeros((_REGIONS, 3), np.uint64)
    start, end = address, address + length
    file = os.open("/proc/self/pagemap", os.O_RDONLY | os.O_CLOEXEC)
    try:
        while start < end:
            # Present or swapped, and not the page of zeros: size, flags, start, end, where it stopped, regions, how
            # many, most pages, then what is inverted, asked for, asked for any of, and told.
            request = [96, 0, start, end, 0, regions.ctypes.data, _REGIONS, 0, _ZERO, _ZERO, _HERE, _HERE]
            asked = bytearray(struct.pack("<12Q", *request))
            count = fcntl.ioctl(file, _SCAN, asked)
            for first, after, _ in regions[:count].tolist():
                yield (first - address) // PAGE, (after - address) // PAGE
            (start,) = struct.unpack_from("<Q", asked, 32)
    finally:
        os.close(file)


def read_entries(address: int, length: int) -> Iterator[tuple[int, int]]:
    """By reading an entry for each page, until all that the mapping has were found."""
    missing = resident(address, length)
    for start in range(0, length // PAGE, _CHUNK):
        if missing <= 0:
            return
        entries = _read(address // PAGE + start, min(_CHUNK, length // PAGE - start))
        own = ((entries & _OWN) != 0) & ((entries & _PRESENT) != 0) | ((entries & _SWAPPED) != 0)
        edges = np.flatnonzero(np.diff(own, prepend=False, append=False)).reshape(-1, 2) + start
        missing -= int((edges[:, 1] - edges[:, 0]).sum())
        yield from ((int(first), int(after)) for first, after in edges)
