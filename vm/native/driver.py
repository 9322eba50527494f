"""Runs a machine on compiled code: goes between it and the interpreter, and answers its calls.

While compiled code runs, a thread moves its count's limit to 0 some fifty times a second; the next loop or call of the
program then calls :meth:`Driver._poll`, which looks at the clock, the memory and Ctrl-C."""

from __future__ import annotations

import ctypes
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import numpy as np

from vm.interp import layout
from vm.memory import Memory
from vm.native import stack
from vm.native.load import Loaded
from vm.native.signals import Signals
from vm.native.watch import PERIOD
from vm.program import Program
from vm.trap import FaultError

_POLL: Final = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)
_SYSTEM: Final = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
_RESERVE: Final = 64 << 10
"""Values that the stack keeps free for frames that compiled code holds elsewhere."""
_MANY: Final = 50
"""System calls after which the interpreter is loaded: it does most of them without Python."""
_ENDLESS: Final = (1 << 63) - 1


class Host(Protocol):
    """What the driver needs of the machine."""

    program: Program
    memory: Memory
    signals: Signals

    def poll(self) -> None:
        """Look at what must stop the run, and let progress show; raises to stop it."""

    def system(self, number: int) -> None:
        """Do a system call on the registers in the cells; raises :class:`FaultError` where it traps."""


def _weakly(method: Callable[..., int]) -> Callable[..., int]:
    """A bound method that does not keep its object alive."""
    found = weakref.WeakMethod(method)

    def call(*arguments: int) -> int:
        bound = found()
        assert bound is not None
        result: int = bound(*arguments)
        return result

    return call


class Driver:
    """The compiled code of one machine."""

    def __init__(self, host: Host, rows: Any, words: Any, state: int, interpreter: Any) -> None:
        """``rows``: the machine's own, which are marked where control can enter; ``words``: its state, at address
        ``state``; ``interpreter``: loads it, giving its callable and its address."""
        self._host_of = weakref.ref(host)
        self._signals = host.signals
        self._rows = rows
        self._words = words
        self._state = state
        self._load_interpreter = interpreter
        self._interpreter: Any = None
        self._calls = 0
        """System calls that came here."""
        self._loaded: list[Loaded] = []
        self._table = np.zeros((len(rows), 2), np.uint64)
        self._originals: dict[int, int] = {}
        """Instruction numbers of the rows that are marked."""
        self._pending: BaseException | None = None
        self._limit = _ENDLESS
        self._polled = time.monotonic()
        # ctypes frees a callback that nothing holds; and one that held the driver would keep both for good.
        self._callbacks = (_POLL(_weakly(self._poll)), _SYSTEM(_weakly(self._system)))
        self._set(layout.ENTRIES, self._table.ctypes.data)
        for offset, callback in zip((layout.POLL, layout.SYSTEM), self._callbacks, strict=True):
            self._set(offset, ctypes.cast(callback, ctypes.c_void_p).value or 0)
        end = int(words[layout.STACK_END // 8])
        self._set(layout.STACK_SOFT_END, end - _RESERVE * layout.CELL)

    @property
    def _host(self) -> Host:
        """The machine, which holds the driver."""
        host = self._host_of()
        assert host is not None
        return host

    def _set(self, offset: int, value: int) -> None:
        self._words[offset // 8] = value

    def install(self, loaded: Loaded) -> None:
        """Let control enter compiled code from now on."""
        self._loaded.append(loaded)
        for entry, addresses in loaded.entries.items():
            self._table[entry] = addresses
            if entry not in self._originals:
                self._originals[entry] = int(self._rows[entry, 0])
            self._rows[entry, 0] = layout.ENTRY_OP

    # -- running

    def wake(self) -> None:
        """Have the program call back soon; but let it run between two calls, however long they take."""
        if time.monotonic() - self._polled >= PERIOD:
            self._set(layout.COUNT_LIMIT, 0)

    def run(self, most: int) -> int:
        """Go on until something is for the machine to see to; ``most`` is the count not to pass."""
        code = self._loaded[-1]
        self._limit = max(most - max(loaded.straight for loaded in self._loaded), 0) if most < _ENDLESS else _ENDLESS
        self._host.memory.fall_behind()
        self._set(layout.HOST_LIMIT, stack.lowest())
        while True:
            if int(self._words[layout.COUNT // 8]) >= self._limit:
                return self._interpret(most)
            self._set(layout.COUNT_LIMIT, self._limit)
            self._signals.waits = True
            status: int = code.run(self._state)
            self._signals.waits = False
            self._signals.deliver()
            if self._pending is not None:
                pending, self._pending = self._pending, None
                raise pending
            if status == layout.MISSING:
                self._need_interpreter()
            elif status in (layout.LEFT, layout.REFUSED):
                status = self._step()
                if status != layout.BUDGET or int(self._words[layout.COUNT // 8]) >= self._words[layout.LIMIT // 8]:
                    return status
            else:
                return status

    def _need_interpreter(self) -> Any:
        if self._interpreter is None:
            self._interpreter, address, fast, record = self._load_interpreter()
            self._set(layout.INTERPRETER, address)
            self._set(layout.FAST, fast)
            self._set(layout.RECORD, record)
        return self._interpreter

    def _index(self) -> int:
        return (int(self._words[layout.PC // 8]) - int(self._words[layout.CODE // 8])) // layout.ROW

    def _step(self) -> int:
        """One instruction by the interpreter, compiled or not."""
        run = self._need_interpreter()
        index = self._index()
        original = self._originals.get(index)
        limit = self._words[layout.LIMIT // 8]
        count = int(self._words[layout.COUNT // 8])
        if count >= limit:
            return layout.BUDGET
        self._set(layout.LIMIT, count + 1)
        if original is not None:
            self._rows[index, 0] = original
        try:
            status: int = run(self._state)
        finally:
            self._set(layout.LIMIT, limit)
            if original is not None:
                self._rows[index, 0] = layout.ENTRY_OP
        return status

    def _interpret(self, most: int) -> int:
        """The last instructions before a limit, one by one."""
        run = self._need_interpreter()
        with self.unmarked():
            return int(run(self._state))

    @contextmanager
    def unmarked(self) -> Iterator[None]:
        """The rows as they were, so that the interpreter runs alone."""
        for index, original in self._originals.items():
            self._rows[index, 0] = original
        try:
            yield
        finally:
            for index in self._originals:
                self._rows[index, 0] = layout.ENTRY_OP

    # -- what compiled code calls

    def _poll(self, _: int) -> int:
        self._set(layout.COUNT_LIMIT, self._limit)
        try:
            self._signals.waits = False
            self._signals.deliver()
            self._host.poll()
        except BaseException as stop:
            self._pending = stop
            return 1
        finally:
            self._signals.waits = True
            # Who asked for the touched pages in between has those of then.
            self._host.memory.fall_behind()
            self._polled = time.monotonic()
        return int(int(self._words[layout.COUNT // 8]) >= self._limit)

    def _system(self, number: int, _: int) -> int:
        self._calls += 1
        try:
            self._signals.waits = False
            self._signals.deliver()
            if self._calls == _MANY:
                self._need_interpreter()
            self._host.system(number)
        except FaultError as fault:
            # The interpreter does the call again, and says where it was; a time limit is not the call's.
            if fault.name == "time":
                self._pending = fault
            return 1
        except BaseException as stop:
            self._pending = stop
            return 1
        finally:
            self._signals.waits = True
        return 0
