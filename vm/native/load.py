"""Compiled code in memory, ready to be called."""

from __future__ import annotations

import ctypes
from typing import Any, Final

from vm.machinecode import Code
from vm.native.names import SYMBOL, TABLE
from vm.native.store import Compiled

_RUN: Final = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)


class Loaded:
    """A compiled program; its code lives as long as this does."""

    def __init__(self, compiled: Compiled) -> None:
        """Raises :class:`RuntimeError` where the system refuses to run it."""
        self._code = Code(compiled.code)
        self.run: Any = _RUN(self._code.address(SYMBOL))
        """``run(address of the state) -> status``."""
        self.straight = compiled.straight
        table = self._code.address(TABLE)
        pairs = (ctypes.c_uint64 * (2 * len(compiled.entries))).from_address(table)
        self.entries = {entry: (int(pairs[2 * i]), int(pairs[2 * i + 1])) for i, entry in enumerate(compiled.entries)}
        """By instruction: the addresses for the dispatcher and for indirect calls."""
