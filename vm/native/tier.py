"""Which engine a machine runs on, for ``native`` and ``auto``.

``native`` compiles the whole program first. ``auto`` takes what the cache has, and else begins in the interpreter; a
program that is still running after :data:`HOT` instructions is compiled by another process, as much of it as is hot,
and goes over when that is done. So nobody waits for the compiler, and the next run finds its work."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from vm import cache as disk
from vm.native import store
from vm.native.load import Loaded
from vm.native.store import Refused
from vm.processor import UnsupportedError
from vm.program import Program

if TYPE_CHECKING:
    from vm.native import compiler

HOT: Final = 40_000_000
"""Instructions in the interpreter after which compiling begins: about 0.1 s."""
LARGE: Final = 12_000
"""Instructions of a program from which on the whole of it is optimised less."""
MOST: Final = 400_000
"""Instructions of a program that is compiled whole: that takes a minute and a half, and 1.5 GB."""
_TRIES: Final = 4
"""Compilations of one run, as other parts of a program become hot."""
_PLACES: Final = 8
_SAMPLES: Final = 64
_PAUSE: Final = 0.05
"""Seconds between two looks at whether a compilation is done."""


def _folder() -> str:
    """The cache's folder; one that cannot be written where there is none."""
    try:
        return str(disk.directory().absolute())
    except (OSError, RuntimeError):
        return os.path.join(os.devnull, "none")  # noqa: PTH118


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
        self._compiling: compiler.Compilation | None = None
        self._tries = 0
        self._name = ""
        self._looked = 0.0
        self.refusal = ""
        """Why the program stays on the interpreter, where it was tried to compile it."""
        self.fault = ""
        """The same if the compiler failed and that was not said before."""
        self._stale: str | None = None
        """Digest of the cache's entry that is installed already."""

    def _key(self, *, whole: bool) -> str:
        return store.key(self._program, self._level, whole=whole, float_arguments=self._floats)

    def start_native(self, place: int, calls: Sequence[int], check: Callable[[], object]) -> Loaded:
        """Have everything compiled, unless the cache has it, and call ``check`` until that is done; in the middle of a
        run (at ``place``, with ``calls`` open), with ways in there. Raises :class:`vm.processor.UnsupportedError`."""
        if len(self._program.rows) > MOST:
            raise UnsupportedError(f"the program is of more than {MOST:,} instructions")
        self._name = self._key(whole=True)
        is_begun = place != self._program.object.entry
        found = None if is_begun else store.find(self._name)
        if found is None:
            places = (place, *calls) if is_begun else ()
            start = time.perf_counter()
            found = self._compilation(self._level, places, None).wait(check)
            self.compile_seconds = time.perf_counter() - start
        if isinstance(found, Refused):
            self._refuse(found)
            raise UnsupportedError(found.reason)
        return self._load(found)

    def start_auto(self) -> Loaded | None:
        """Take what the cache has."""
        self._name = self._key(whole=False)
        found = store.find(self._name)
        if isinstance(found, Refused):
            self._refuse(found)
            self._tries = _TRIES
            found = None
        found = found or store.find(self._key(whole=True))
        return self._load(found) if isinstance(found, store.Compiled) else None

    def _compilation(
        self, level: int, places: Sequence[int], samples: Sequence[tuple[int, int]] | None
    ) -> compiler.Compilation:
        # What compiles is imported where something is compiled.
        from vm.native import compiler
        from vm.native.worker import Job

        return compiler.Compilation(
            Job(
                name=self._name,
                folder=_folder(),
                object=self._program.object,
                level=level,
                float_arguments=self._floats,
                places=places,
                samples=samples,
                is_wanted=samples is None,
            )
        )

    def _refuse(self, refused: Refused) -> None:
        """Remember why there is no compiled code; a fault of the compiler is said once, in any of the runs."""
        self.refusal = refused.reason
        if refused.is_fault and not refused.was_said:
            self.fault = refused.reason
            store.keep(self._name, replace(refused, was_said=True))

    def _load(self, compiled: store.Compiled) -> Loaded:
        self._stale = compiled.digest
        return Loaded(compiled)

    def after_slice(self, executed: int, place: int, calls: Sequence[int]) -> Loaded | None:
        """The interpreter ran ``executed`` instructions and is at ``place``; ``calls`` are open, innermost first. What
        to go over to, if that is ready."""
        self._seen += executed
        self._samples.update((place, *calls))
        if self._compiling is not None:
            return self._collect()
        if self._seen >= HOT and self._tries < _TRIES:
            self._tries += 1
            self._seen = 0
            places = (place, *calls[: _PLACES - 1])
            try:
                self._compiling = self._compilation(2, places, self._samples.most_common(_SAMPLES))
            except UnsupportedError as reason:
                self._tries = _TRIES
                self.refusal = str(reason)
        return None

    def _collect(self) -> Loaded | None:
        """What the other process compiled, once it is done."""
        now = time.monotonic()
        if now - self._looked < _PAUSE:
            return None
        self._looked = now
        assert self._compiling is not None
        found = self._compiling.poll()
        if found is None:
            return None
        self._compiling = None
        self._seen = 0
        if isinstance(found, Refused):
            self._tries = _TRIES
            self._refuse(found)
            return None
        return self._load(found) if found.digest != self._stale else None
