"""Fixes, written into the text."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from operator import attrgetter

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
                insort(taken.setdefault(edit.span.line, []), edit, key=_COLUMN)
    for number in sorted(taken, reverse=True):
        line = lines[number - 1]
        new = _edited(line, taken[number])
        if line.strip() and not new.strip():
            del lines[number - 1]
        else:
            lines[number - 1] = new
    return mark + "\n".join(lines), count


_COLUMN = attrgetter("span.column")


def _edited(line: str, edits: Iterable[Edit]) -> str:
    """A line with edits that do not touch each other, by their columns."""
    end = "\r" if line.endswith("\r") else ""
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += (line[at : edit.span.column - 1], edit.replacement.replace("\n", f"{end}\n"))
        at = edit.span.end_column - 1
    return "".join((*parts, line[at:]))


def _is_free(fix: Fix, taken: dict[int, list[Edit]]) -> bool:
    """Whether no edit of a fix touches one that was taken: two insertions at one place would have no order."""
    return not any(
        _touches(edit.span, other.span) for edit in fix.edits for other in _near(edit, taken.get(edit.span.line, []))
    )


def _near(edit: Edit, there: list[Edit]) -> list[Edit]:
    """Of edits of a line that do not touch each other, those that another one can touch."""
    first = bisect_left(there, edit.span.column, key=_COLUMN)
    last = bisect_left(there, edit.span.end_column + 1, lo=first, key=_COLUMN)
    return there[max(first - 1, 0) : last]


def _touches(a: Span, b: Span) -> bool:
    if a.column == a.end_column or b.column == b.end_column:
        return a.column <= b.end_column and b.column <= a.end_column
    return a.column < b.end_column and b.column < a.end_column
