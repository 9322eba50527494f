"""The machine's memory: 64 GiB of address space that cost nothing until touched.

One private anonymous mapping without reserve; the kernel does the paging. A map with a byte a page says which
pages were written, so the cap is exact, and a snapshot copies only those. Compiled code does not keep that map: the
kernel knows the pages it wrote, and is asked when somebody wants to know."""

from __future__ import annotations

import mmap
import platform
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm import pagemap
from vm.isa import MEMORY_FLOOR, MEMORY_SIZE

PAGE: Final = 4096
_LINUX: Final = "linux"


def no_reserve() -> int:
    """The flag ``MAP_NORESERVE``, which Python names from 3.13 on: each kernel has its own number, and takes that of
    another for another flag. 0 where it is not known, as the flag only spares the host promises."""
    named: int | None = getattr(mmap, "MAP_NORESERVE", None)
    if named is not None:
        return named
    if sys.platform == "darwin":
        return 0x40
    if sys.platform == _LINUX and platform.machine() in ("x86_64", "aarch64", "riscv64", "s390x", "i686", "armv7l"):
        return 0x4000
    return 0


class MemoryCapError(Exception):
    """A write would touch more pages than the memory limit allows."""


def reserve(size: int) -> mmap.mmap:
    """Address space that is zero and costs nothing until it is touched."""
    try:
        area = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | no_reserve())
    except OSError as error:
        raise MemoryError(
            f"cannot reserve {size / (1 << 30):.1f} GiB of address space ({error.strerror}): "
            "raise 'ulimit -v', or let the kernel overcommit (vm.overcommit_memory 0 or 1)"
        ) from None
    # A huge page would make one byte cost two megabytes.
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        area.madvise(mmap.MADV_NOHUGEPAGE)
    return area


class Memory:
    """Addresses ``MEMORY_FLOOR`` to ``MEMORY_SIZE``, zero until written."""

    def __init__(self, cap: int, count: NDArray[np.int64]) -> None:
        """``cap``: bytes of touched pages at most. ``count``: shape (1,), the number of touched pages, which
        the engine counts on."""
        self._area = reserve(MEMORY_SIZE)
        self._map = reserve(MEMORY_SIZE // PAGE)
        self.bytes: NDArray[np.uint8] = np.frombuffer(self._area, np.uint8)
        """Every address. Read only here; to write, take a :meth:`view` of touched pages."""
        self.touched: NDArray[np.uint8] = np.frombuffer(self._map, np.uint8)
        """One byte a page: 1 once it was written."""
        self.page_cap = max(cap, 0) // PAGE
        self._count = count
        self._is_behind = False
        """Whether pages may have been written that the map does not show."""
        self._before = 0
        """Bytes of the process without this memory, when compiled code first ran."""

    def fall_behind(self) -> None:
        """Compiled code is going to write without marking pages."""
        if not self._before:
            self._before = pagemap.resident_total() - int(self._count[0]) * PAGE
        self._is_behind = True

    @property
    def pages(self) -> int:
        """Pages that were written."""
        self.catch_up()
        return int(self._count[0])

    def catch_up(self) -> None:
        """Mark the pages that compiled code wrote. Between two runs of it: what it writes later is not seen."""
        if not self._is_behind:
            return
        self._is_behind = False
        for first, after in pagemap.written(self.bytes.ctypes.data, MEMORY_SIZE):
            stretch = self.touched[first:after]
            self._count[0] += len(stretch) - int(np.count_nonzero(stretch))
            stretch[:] = 1

    @property
    def may_pass(self) -> bool:
        """Whether the pages that were written may be more than the limit.

        The whole process's growth is cheap to know, and says enough as long as it is small."""
        if (pagemap.resident_total() - self._before) // PAGE <= self.page_cap:
            return False
        return pagemap.resident(self.bytes.ctypes.data, MEMORY_SIZE) > self.page_cap

    @staticmethod
    def is_valid(address: int, length: int) -> bool:
        """Whether an access of ``length`` bytes at ``address`` is inside memory."""
        return length >= 0 and address >= MEMORY_FLOOR and address + length <= MEMORY_SIZE

    def touch(self, address: int, length: int) -> None:
        """Mark the pages of a write. Raises :class:`MemoryCapError`, before any effect."""
        if length == 0:
            return
        pages = self.touched[address // PAGE : (address + length - 1) // PAGE + 1]
        new = len(pages) - int(np.count_nonzero(pages))
        if not new:
            return
        if int(self._count[0]) + new > self.page_cap:
            raise MemoryCapError
        pages[:] = 1
        self._count[0] += new

    def write(self, address: int, data: bytes) -> None:
        """Write valid addresses. Raises :class:`MemoryCapError`, before any effect."""
        self.touch(address, len(data))
        self.bytes[address : address + len(data)] = np.frombuffer(data, np.uint8)

    def view(self, address: int, count: int, dtype: Any) -> NDArray[Any]:
        """``count`` items of ``dtype`` at ``address``, without a copy."""
        return self.bytes[address : address + np.dtype(dtype).itemsize * count].view(dtype)

    def find_nul(self, address: int, limit: int) -> int:
        """Address of the first zero byte at or after ``address``, or -1 if none is below ``limit``."""
        step = PAGE
        while address < limit:
            end = min(address + step, limit)
            position = self.bytes[address:end].tobytes().find(0)
            if position >= 0:
                return address + position
            address, step = end, 1 << 20
        return -1

    def runs(self) -> Iterator[tuple[int, int]]:
        """Stretches of touched pages, ascending, as (address, bytes)."""
        self.catch_up()
        touched = self._touched_pages()
        if len(touched) == 0:
            return
        breaks = np.flatnonzero(np.diff(touched) > 1)
        starts = np.concatenate((touched[:1], touched[breaks + 1]))
        ends = np.concatenate((touched[breaks], touched[-1:])) + 1
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield start * PAGE, (end - start) * PAGE

    def _touched_pages(self) -> NDArray[np.intp]:
        """Page numbers, ascending. The map is read by the stretch, so that its untouched parts stay free."""
        stretch = 1 << 16
        found: list[NDArray[np.intp]] = [np.zeros(0, np.intp)]
        missing = int(self._count[0])
        for start in range(0, len(self.touched), stretch):
            if not missing:
                break
            pages = np.flatnonzero(self.touched[start : start + stretch])
            missing -= len(pages)
            found.append(pages + start)
        return np.concatenate(found)

    def copy(self) -> list[tuple[int, bytes]]:
        """The touched stretches with their bytes."""
        return [(address, self.bytes[address : address + length].tobytes()) for address, length in self.runs()]

    def _clear(self, address: int, length: int) -> None:
        """Make touched pages zero; give them back where the kernel has zeros for them then.

        Linux does (``MADV_DONTNEED``). The kernels of BSD and of macOS keep what was there, and none gives back a part
        of a page."""
        if sys.platform == _LINUX and mmap.PAGESIZE <= PAGE:
            try:
                self._area.madvise(mmap.MADV_DONTNEED, address, length)
                return
            except OSError:
                # Memory that is locked (mlockall) is not given back.
                pass
        self.bytes[address : address + length] = 0

    def reset(self, content: Iterable[tuple[int, bytes]]) -> None:
        """Forget everything, then hold exactly ``content`` (as :meth:`copy` gave it)."""
        for address, length in list(self.runs()):
            self._clear(address, length)
            self.touched[address // PAGE : (address + length) // PAGE] = 0
        self._count[0] = 0
        for address, data in content:
            self.write(address, data)
