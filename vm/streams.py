"""Standard input that never holds a run up: while a line is waited for, limits still count."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

_PATIENCE: Final = 0.05
"""Seconds between two looks at the limits."""
_CHUNK: Final = 1 << 16


class Lines:
    """Lines of a stream. Reads the stream's file itself, so nobody else may read from it."""

    def __init__(self, stream: BinaryIO, watch: Callable[[], None]) -> None:
        """``watch`` raises when the run must stop."""
        self._stream = stream
        self._watch = watch
        self._waiting = b""
        self._file = self._number(stream)

    @staticmethod
    def _number(stream: BinaryIO) -> int | None:
        """The file to wait for; None for a stream in memory, or where files cannot be waited for."""
        if sys.platform == "win32":
            return None
        try:
            return stream.fileno()
        except (AttributeError, OSError, io.UnsupportedOperation):
            return None

    def readline(self, limit: int) -> bytes:
        """A line with its newline, at most ``limit`` bytes of it; empty at the end. ``limit`` is at least 1."""
        if self._file is None:
            return self._stream.readline(limit)
        while True:
            end = self._waiting.find(b"\n", 0, limit) + 1
            if end or len(self._waiting) >= limit:
                return self._take(end or limit)
            part = self._more(self._file)
            if not part:
                return self._take(limit)
            self._waiting += part

    def _take(self, length: int) -> bytes:
        line, self._waiting = self._waiting[:length], self._waiting[length:]
        return line

    def _more(self, file: int) -> bytes:
        while not select.select([file], [], [], _PATIENCE)[0]:
            self._watch()
        return os.read(file, _CHUNK)
