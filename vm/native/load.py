"""Machine code in memory, ready to be called."""

from __future__ import annotations

import ctypes
import threading
from typing import Any, Final

from vm.native.compile import binding, machine
from vm.native.names import SYMBOL, TABLE
from vm.native.store import Compiled

_RUN: Final = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)
_LOADING: Final = threading.Lock()


class Loaded:
    """A compiled program; its code lives as long as this does."""

    def __init__(self, compiled: Compiled) -> None:
        llvm = binding()
        with _LOADING:
            engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine(0))
            engine.add_object_file(llvm.ObjectFileRef.from_data(compiled.code))
            engine.finalize_object()
            table = engine.get_global_value_address(TABLE)
            self.run: Any = _RUN(engine.get_function_address(SYMBOL))
            """``run(address of the state) -> status``."""
        self._engine = engine
        self.straight = compiled.straight
        pairs = (ctypes.c_uint64 * (2 * len(compiled.entries))).from_address(table)
        self.entries = {entry: (int(pairs[2 * i]), int(pairs[2 * i + 1])) for i, entry in enumerate(compiled.entries)}
        """By instruction: the addresses for the dispatcher and for indirect calls."""
