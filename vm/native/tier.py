"""Which engine a machine runs on, for ``native`` and ``auto``.

``native`` compiles the whole program first. ``auto`` takes what the cache has, and else begins in the interpreter; a
program that is still running after :data:`HOT` instructions is compiled by another process, as much of it as is hot,
and goes over when that is done. So nobody waits for the compiler, and the next run finds its work."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from vm.native import store
from vm.native.load import Loaded
from vm.processor import UnsupportedError
from vm.program import Program

HOT: Final = 40_000_000
"""Instructions in the interpreter after which compiling begins: about 0.1 s."""
LARGE: Final = 12_000
"""Instructions of a program from which on the whole of it is optimised less."""
MOST: Final = 400_000
"""Instructions of a program that is compiled whole: that takes a minute and a half, and 1.5 GB."""
_TRIES: Final = 4
"""Compilations of one run, as other parts of a program become hot."""
_PLACES: Final = 8
_PAUSE: Final = 0.05
"""Seconds between two looks at whether a compilation is done."""


class Tier:
    """One machine's way to compiled code."""

    def __init__(self, program: Program, *, level: int | None, float_arguments: bool) -> None:
        """``level``: of optimisation, 0 to 2, None to choose by the program's size."""
        self._program = program
        self._floats = float_arguments
        self._level = level if level is not None else 2 if len(program.rows) <= LARGE else 1
        self.compile_seconds = 0.0
        self._samples: Counter[int] = Counter()
        self._seen = 0
        """Instructions that the interpreter executed since the last compilation."""
        self._worker: subprocess.Popen[bytes] | None = None
        self._tries = 0
        self._name = ""
        self._looked = 0.0
        self._stale: str | None = None
        """Digest of the cache's entry that is installed already."""

    def _key(self, *, whole: bool) -> str:
        return store.key(self._program, self._level, whole=whole, float_arguments=self._floats)

    def start_native(self, place: int, calls: Sequence[int]) -> Loaded:
        """Compile everything, unless the cache has it; in the middle of a run (at ``place``, with ``calls`` open),
        with ways in there. Raises :class:`vm.processor.UnsupportedError`."""
        if len(self._program.rows) > MOST:
            raise UnsupportedError(f"the program is of more than {MOST:,} instructions")
        self._name = self._key(whole=True)
        is_begun = place != self._program.object.entry
        compiled = None if is_begun else store.find(self._name)
        if compiled is None:
            from vm.native import hot
            from vm.native.plan import Plan

            start = time.perf_counter()
            plan = Plan(self._program, float_arguments=self._floats)
            resumed = hot.resumed(plan, (place, *calls)) if is_begun else ()
            compiled = store.build(plan, self._level, None, resumed, self._name)
            self.compile_seconds = time.perf_counter() - start
        return self._load(compiled)

    def start_auto(self) -> Loaded | None:
        """Take what the cache has."""
        self._name = self._key(whole=False)
        compiled = store.find(self._name) or store.find(self._key(whole=True))
        return self._load(compiled) if compiled is not None else None

    def _load(self, compiled: store.Compiled) -> Loaded:
        self._stale = compiled.digest
        return Loaded(compiled)

    def after_slice(self, executed: int, place: int, calls: Sequence[int]) -> Loaded | None:
        """The interpreter ran ``executed`` instructions and is at ``place``; ``calls`` are open, innermost first. What
        to go over to, if that is ready."""
        self._seen += executed
        self._samples.update((place, *calls))
        if self._worker is not None:
            return self._collect()
        if self._seen >= HOT and self._tries < _TRIES:
            from vm.native import worker

            self._tries += 1
            self._seen = 0
            places = (place, *calls[: _PLACES - 1])
            self._worker = worker.start(
                self._program.object, self._name, self._samples, places, float_arguments=self._floats
            )
        return None

    def _collect(self) -> Loaded | None:
        """What the other process compiled, once it is done."""
        now = time.monotonic()
        if now - self._looked < _PAUSE:
            return None
        self._looked = now
        assert self._worker is not None
        if self._worker.poll() is None:
            return None
        self._worker = None
        self._seen = 0
        compiled = store.find(self._name)
        return self._load(compiled) if compiled is not None and compiled.digest != self._stale else None
