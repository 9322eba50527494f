"""Where the processes ``qbcc`` and ``qbc`` begin: what makes a start-up short, then the command line itself."""

from __future__ import annotations

import gc
import os
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
