"""Python's collector of circles, in the pauses of an editor's work."""

from __future__ import annotations

import asyncio
import gc
from typing import Final

_PAUSE: Final = 2.0
"""Seconds without work after which everything is looked at."""
_MOST: Final = 500
"""Pieces of work after which it is, however busy the editor: who types for minutes without a pause waits for it once, a
quarter of a second with 10,000 lines."""


class Collector:
    """In place of the collector's own times: one run over all that an analysis keeps takes as long as the analysis, and
    it would come in the middle of one. To be made when the process begins."""

    def __init__(self) -> None:
        gc.disable()
        self._later: asyncio.TimerHandle | None = None
        self._count = 0

    def started(self) -> None:
        """All is imported, and stays."""
        gc.freeze()

    def rested(self) -> None:
        """A piece of work is done and told. What it left behind goes at once; to be called in the event loop."""
        self._count += 1
        if self._later is not None:
            self._later.cancel()
        if self._count >= _MOST:
            self._all()
        else:
            gc.collect(0)
            self._later = asyncio.get_running_loop().call_later(_PAUSE, self._all)

    def _all(self) -> None:
        self._count = 0
        self._later = None
        gc.collect()
