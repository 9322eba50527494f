"""Fixes of diagnostics."""

from __future__ import annotations

from collections.abc import Iterable

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile


def fixes(diagnostics: Iterable[Diagnostic], source: SourceFile, first: int, last: int) -> list[Diagnostic]:
    """Those that can be mended and touch some lines of a source, from 1 and both counted in."""
    return [
        found
        for found in diagnostics
        if found.fix is not None
        and found.span is not None
        and found.span.source is source
        and first <= found.span.line <= last
    ]
