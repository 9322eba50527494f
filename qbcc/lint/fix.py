"""Fixes, written into the text."""

from __future__ import annotations

from collections.abc import Iterable

from qbcc.diagnostics import Diagnostic, Edit, Fix
from qbcc.source import SourceFile, Span


def fixed(source: SourceFile, findings: Iterable[Diagnostic]) -> tuple[str, int]:
    """The text with every fix in it that overlaps none before it, and how many those are. A fix of several edits is
    made whole, and only if all of them are in this source. A line of which a fix leaves nothing goes."""
    fixes = [f.fix for f in findings if f.fix is not None and all(e.span.source is source for e in f.fix.edits)]
    # The mark of order is no column.
    text = source.text.removeprefix("\ufeff")
    mark = source.text[: len(source.text) - len(text)]
    lines = text.split("\n")
    taken: dict[int, list[Edit]] = {}
    count = 0
    for fix in sorted(fixes, key=lambda fix: (fix.span.line, fix.span.column)):
        if _is_free(fix, taken):
            count += 1
            for edit in fix.edits:
                taken.setdefault(edit.span.line, []).append(edit)
    for number in sorted(taken, reverse=True):
        line = lines[number - 1]
        new = _edited(line, taken[number])
        if line.strip() and not new.strip():
            del lines[number - 1]
        else:
            lines[number - 1] = new
    return mark + "\n".join(lines), count


def _edited(line: str, edits: Iterable[Edit]) -> str:
    end = "\r" if line.endswith("\r") else ""
    for edit in sorted(edits, key=lambda edit: -edit.span.column):
        new = edit.replacement.replace("\n", f"{end}\n")
        line = line[: edit.span.column - 1] + new + line[edit.span.end_column - 1 :]
    return line


def _is_free(fix: Fix, taken: dict[int, list[Edit]]) -> bool:
    """Whether no edit of a fix touches one that was taken: two insertions at one place would have no order."""
    return not any(_touches(edit.span, other.span) for edit in fix.edits for other in taken.get(edit.span.line, ()))


def _touches(a: Span, b: Span) -> bool:
    if a.column == a.end_column or b.column == b.end_column:
        return a.column <= b.end_column and b.column <= a.end_column
    return a.column < b.end_column and b.column < a.end_column
