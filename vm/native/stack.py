"""The host's own stack: how far down compiled code may go on it."""

from __future__ import annotations

import ctypes
import sys
import threading
from functools import cache
from typing import Any, Final

MARGIN: Final = 512 << 10
"""Bytes that are left for the host's functions, and for frames that do not look."""


@cache
def _library() -> Any:
    return ctypes.CDLL(None)


_NOWHERE: Final = (1 << 63) - 1
"""Where the system does not tell: recursions then run in the interpreter, which needs no stack of the host."""
_KNOWN: Final = threading.local()


def lowest() -> int:
    """The lowest address that this thread's frames may reach."""
    try:
        found: int | None = _KNOWN.bottom
    except AttributeError:
        found = _KNOWN.bottom = _bottom()
    return found + MARGIN if found is not None else _NOWHERE


def _bottom() -> int | None:
    """Lowest address of this thread's stack, by pthreads."""
    library = _library()
    if not sys.platform.startswith("linux") or not hasattr(library, "pthread_getattr_np"):
        return None
    library.pthread_self.restype = ctypes.c_void_p
    # A pthread_attr_t has 56 bytes on x86-64 and 64 on AArch64.
    attributes = ctypes.create_string_buffer(256)
    address, size = ctypes.c_void_p(), ctypes.c_size_t()
    if library.pthread_getattr_np(ctypes.c_void_p(library.pthread_self()), attributes):
        return None
    failed = library.pthread_attr_getstack(attributes, ctypes.byref(address), ctypes.byref(size))
    library.pthread_attr_destroy(attributes)
    return None if failed or not address.value else address.value
