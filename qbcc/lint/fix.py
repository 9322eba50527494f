"""Fixes, written into the text."""

from __future__ import annotations

from collections.abc import Iterable

from qbcc.diagnostics import Diagnostic, Fix
from qbcc.source import SourceFile


def fixed(source: SourceFile, findings: Iterable[Diagnostic]) -> tuple[str, int]:
    """The text with every fix in it that overlaps none before it, and how many those are. A line of which a fix leaves
    nothing goes."""
    fixes = [f.fix for f in findings if f.fix is not None and f.fix.span.source is source]
    lines = source.text.split("\n")
    taken: list[Fix] = []
    for fix in sorted(fixes, key=lambda fix: (fix.span.line, fix.span.column)):
        if not taken or _is_behind(fix, taken[-1]):
            taken.append(fix)
    # The mark of order is no column.
    shift = len(source.text) - len(source.text.removeprefix("\ufeff"))
    for fix in reversed(taken):
        number = fix.span.line - 1
        line = lines[number]
        by = shift if number == 0 else 0
        new = line[: fix.span.column - 1 + by] + fix.replacement + line[fix.span.end_column - 1 + by :]
        if line.strip("\ufeff \t\r") and not new.strip("\ufeff \t\r"):
            del lines[number]
        else:
            lines[number] = new
    return "\n".join(lines), len(taken)


def _is_behind(fix: Fix, other: Fix) -> bool:
    return (fix.span.line, fix.span.column) >= (other.span.line, other.span.end_column)
