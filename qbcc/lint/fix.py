"""Fixes, written into the text."""

from __future__ import annotations

from collections.abc import Iterable

from qbcc.diagnostics import Diagnostic, Fix
from qbcc.source import SourceFile


def fixed(source: SourceFile, findings: Iterable[Diagnostic]) -> tuple[str, int]:
    """The text with every fix in it that overlaps none before it, and how many those are. A line of which a fix leaves
    nothing goes."""
    fixes = [f.fix for f in findings if f.fix is not None and f.fix.span.source is source]
    # The mark of order is no column.
    text = source.text.removeprefix("\ufeff")
    mark = source.text[: len(source.text) - len(text)]
    lines = text.split("\n")
    taken: list[Fix] = []
    for fix in sorted(fixes, key=lambda fix: (fix.span.line, fix.span.column)):
        if not taken or _is_behind(fix, taken[-1]):
            taken.append(fix)
    for fix in reversed(taken):
        number = fix.span.line - 1
        line = lines[number]
        new = line[: fix.span.column - 1] + fix.replacement + line[fix.span.end_column - 1 :]
        if line.strip() and not new.strip():
            del lines[number]
        else:
            lines[number] = new
    return mark + "\n".join(lines), len(taken)


def _is_behind(fix: Fix, other: Fix) -> bool:
    return (fix.span.line, fix.span.column) >= (other.span.line, other.span.end_column)
