"""What a run does, noted by the watched variant of the interpreter: how often each instruction ran, by what paths of
calls, and the registers around those that are wanted.

    observer = Observer(machine.program)
    machine.observe(observer)
    machine.run()
    observer.counts         # times that each instruction ran"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vm.interp import layout
from vm.isa import CALL_DEPTH
from vm.program import Program

# As in vm.interp.watch, which only the compiler of the loop imports.
MOST_PATHS: Final = 1 << 18
"""Paths that are told apart; calls on others count in the path that they were made in."""
_PATH_WORDS: Final = 8
_TARGET, _PARENT, _SELF, _CALLS = 0, 1, 4, 5
_RECORD_WORDS: Final = 36
_CELLS: Final = 4
_CHUNK: Final = 1 << 12
"""Records that become numbers of Python at once."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way of calls from where the program starts."""

    entry: int
    """The instruction that was called last."""
    parent: int
    """Number of the path that it was called in, which is smaller than its own; -1 for the first."""
    own: int
    """Instructions executed in it, those of its own calls not counted."""
    calls: int
    """Times that it was called so."""


@dataclass(frozen=True, slots=True)
class Record:
    """The machine before an instruction."""

    pc: int
    number: int
    """Of the instruction in the run, from 1."""
    depth: int
    """Calls that have not returned."""
    stack: int
    """Values on the stack."""
    words: list[int]
    """Registers: the bits of each, then its kind."""
    floats: list[float]
    """The same words seen as floats."""

    def get(self, register: int) -> int | float:
        """A register's value."""
        return self.floats[2 * register] if self.words[2 * register + 1] else self.words[2 * register]


class Observer:
    """Counts, paths and records of one run."""

    def __init__(self, program: Program, *, wanted: NDArray[np.uint8] | None = None, capacity: int = 2) -> None:
        """``wanted``: 1 for each instruction that is recorded, shape (instructions,); ``capacity``: records kept, and
        when more come the oldest go."""
        rows = len(program.object.code) + 1
        self._entry = max(program.object.entry, 0)
        self.counts: NDArray[np.int64] = np.zeros(rows, np.int64)
        """By instruction, times that it ran; the last is what runs past the end."""
        self.called: NDArray[np.int64] = np.zeros(rows, np.int64)
        """By instruction, times that it was called."""
        self.wanted = np.zeros(rows, np.uint8)
        if wanted is not None:
            self.wanted[:-1] = wanted
        # np.zeros takes pages from the kernel as they are touched.
        self._paths = np.zeros((MOST_PATHS, _PATH_WORDS), np.int64)
        self._open = np.zeros(CALL_DEPTH, np.int64)
        self._ring = np.zeros((capacity, _RECORD_WORDS), np.int64)
        self._state: NDArray[np.int64] = np.zeros(0, np.int64)
        self._code = 0
        self._taken = 0
        """Records that were handed out."""

    def install(self, state: NDArray[np.int64], code: int) -> None:
        """Into a machine's state, whose rows begin at the address ``code``; see :meth:`vm.machine.Machine.observe`."""
        self._state, self._code = state, code
        self._paths[0, _TARGET] = self._entry * layout.ROW
        start = self._paths.ctypes.data
        words = {
            layout.COUNTS: self.counts.ctypes.data,
            layout.CALLED: self.called.ctypes.data,
            layout.PATH: start,
            layout.OPEN_PATHS: self._open.ctypes.data,
            layout.PATHS_NEXT: start + 8 * _PATH_WORDS,
            layout.PATHS_END: start + self._paths.nbytes,
            layout.WANTED: self.wanted.ctypes.data,
            layout.RECORDS: self._ring.ctypes.data,
            layout.RECORDS_SIZE: self._ring.nbytes,
        }
        for offset, value in words.items():
            state[offset // 8] = value

    def take_back(self, pc: int) -> None:
        """An instruction is about to be executed again, and counts once."""
        self.counts[pc] -= 1

    # -- paths

    def paths(self) -> list[Path]:
        """All paths so far, each after the one that it was called in."""
        state, start = self._state, int(self._paths.ctypes.data)
        count = (int(state[layout.PATHS_NEXT // 8]) - start) // (8 * _PATH_WORDS)
        rows = self._paths[:count].copy()
        now = (int(state[layout.PATH // 8]) - start) // (8 * _PATH_WORDS)
        rows[now, _SELF] += state[layout.COUNT // 8] - state[layout.COUNTED_TO // 8]
        parents = np.where(rows[:, _PARENT] != 0, (rows[:, _PARENT] - start) // (8 * _PATH_WORDS), -1)
        columns = (rows[:, _TARGET] // layout.ROW, parents, rows[:, _SELF], rows[:, _CALLS])
        return [Path(*found) for found in zip(*(column.tolist() for column in columns), strict=True)]

    # -- records

    @property
    def capacity(self) -> int:
        """Records that are kept."""
        return len(self._ring)

    def records(self) -> Iterator[Record]:
        """Those that came since the last time and are still kept, in order. After one that is wanted comes the one of
        the next instruction, wanted or not, unless the run ended or stopped in between."""
        written = int(self._state[layout.RECORD_COUNT // 8])
        first = max(self._taken, written - self.capacity)
        self._taken = written
        places = np.arange(first, written) % self.capacity
        for start in range(0, len(places), _CHUNK):
            rows = self._ring[places[start : start + _CHUNK]]
            heads, cells = rows[:, :_CELLS].tolist(), rows[:, _CELLS:]
            floats = cells.copy().view(np.float64).tolist()
            for (row, number, stack, calls), words, same in zip(heads, cells.tolist(), floats, strict=True):
                yield Record(row // layout.ROW, number, calls // 8, stack // layout.CELL, words, same)
