"""What an edit of a source changes, and where what was said of it stands afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines ``first`` up to ``old_end`` (from 0, the end not counted in) that became those up to ``new_end``."""

    first: int
    old_end: int
    new_end: int

    @property
    def shift(self) -> int:
        """How far the lines behind it have moved."""
        return self.new_end - self.old_end

    def touches(self, line: int) -> bool:
        """Whether a line (from 1) is one of those that changed."""
        return self.first < line <= self.old_end


def difference(old: Sequence[str], new: Sequence[str]) -> Edit | None:
    """What differs, in as few lines as one stretch can be; None if nothing does."""
    least = min(len(old), len(new))
    first = common(old, new, least)
    if first == len(old) == len(new):
        return None
    behind = common(old[::-1], new[::-1], least - first)
    return Edit(first, len(old) - behind, len(new) - behind)


class Mover:
    """Brings what was said of a source to where it stands after an edit."""

    def __init__(self, old: SourceFile, new: SourceFile, change: Edit) -> None:
        self.old = old
        self.new = new
        self.change = change

    def line(self, number: int) -> int:
        """A line, from 1."""
        return number + self.change.shift if number > self.change.old_end else number

    def span(self, span: Span) -> Span:
        """A place; one in another source stays."""
        if span.source is not self.old:
            return span
        return Span(self.new, self.line(span.line), span.column, span.end_column)

    def diagnostic(self, said: Diagnostic) -> Diagnostic:
        """All its places."""
        fix = said.fix
        if fix is not None:
            others = tuple(replace(each, span=self.span(each.span)) for each in fix.others)
            fix = replace(fix, span=self.span(fix.span), others=others)
        related = tuple(replace(each, span=self.span(each.span)) for each in said.related)
        return replace(said, span=said.span and self.span(said.span), related=related, fix=fix)

    def all(self, said: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Of several."""
        return [self.diagnostic(each) for each in said]


def common(old: Sequence[object], new: Sequence[object], least: int) -> int:
    """How many items are the same at the start of both, ``least`` at most: stretches are compared first, which takes no
    loop here."""
    at, step = 0, 256
    while step:
        while at + step <= least and old[at : at + step] == new[at : at + step]:
            at += step
        step //= 4
    return at
