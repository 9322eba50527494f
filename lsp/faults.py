"""Errors of ours, in the log: each once, however often somebody types or moves the mouse over what causes it."""

from __future__ import annotations

import logging
import traceback
from typing import Final

_LOG: Final = logging.getLogger(__name__)


class Faults:
    """The errors that were logged."""

    def __init__(self) -> None:
        self._known: set[tuple[str, type[BaseException], str, int]] = set()

    def log(self, what: str, error: BaseException) -> None:
        """Write an error with its traceback, if it is another one than before."""
        last = traceback.extract_tb(error.__traceback__)[-1:]
        place = (last[0].filename, last[0].lineno or 0) if last else ("", 0)
        key = what, type(error), *place
        if key not in self._known:
            self._known.add(key)
            _LOG.error("%s", what, exc_info=error)
