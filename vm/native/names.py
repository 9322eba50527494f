"""Names by which a compiled object is used."""

from __future__ import annotations

from typing import Final

SYMBOL: Final = "qbc_native_run"
"""The dispatcher: ``int64 f(state)``."""
TABLE: Final = "qbc_native_entries"
"""Pairs of addresses, for each entry the dispatcher's and the one for indirect calls."""
