"""Where the processes ``qbcc`` and ``qbc`` begin: signals, a short start-up, then the command line."""

from __future__ import annotations

import sys

try:
    from vm import stops
except ImportError as error:
    if sys.platform != "win32":
        raise
    sys.exit(f"error: {error}")

# Before anything else is imported, so that Ctrl-C is never answered by a traceback of an import.
stops.begin()

import gc  # noqa: E402
import os  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def _begin() -> None:
    # What a start-up makes stays: the collector would walk it again and again. Commands turn it on.
    gc.disable()
    # NumPy would start a thread for each processor, and nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def qbc() -> NoReturn:
    """Entry point of ``qbc``."""
    _begin()
    from qbcc.cli.qbc import main

    main()


def qbcc() -> NoReturn:
    """Entry point of ``qbcc``."""
    _begin()
    from qbcc.cli.qbcc import main

    main()
