"""A place in a line that no rule of QBC fits."""

from __future__ import annotations

import re
from collections.abc import Callable

from qbcc.diagnostics import Diagnostic, Fix
from qbcc.source import SourceFile, Span

Maker = Callable[["Place", re.Match[str]], Diagnostic | None]
"""Makes the message of a match; None if it is something else after all."""


class Place:
    """A line and the character where it stopped being one."""

    def __init__(self, source: SourceFile, number: int, text: str, column: int) -> None:
        self.source = source
        self.number = number
        self.text = text
        self.at = column - 1
        """Index of the character."""

    def span(self, start: int, end: int) -> Span:
        """The characters from one index up to another."""
        return Span(self.source, self.number, start + 1, max(end, start + 1) + 1)

    def fix(self, start: int, end: int, text: str) -> Fix:
        """Put a text in the place of some characters."""
        return Fix(self.span(start, end), text, f"write '{text}'")
