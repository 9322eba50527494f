"""Lines with the place in the source that each comes from, on their right."""

from __future__ import annotations

from typing import Final

from qbcc.source import SourceFile, Span

_COLUMN: Final = 60


class Margin:
    """Adds the places; ``source`` is the main one, whose lines are shown without its name."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self._place: tuple[SourceFile, int] | None = None

    def line(self, text: str, span: Span | None) -> str:
        """The text, and its place unless it is that of the line above."""
        if span is None or (span.source, span.line) == self._place:
            return text
        self._place = span.source, span.line
        name = "" if span.source is self.source else f"{span.source.name}:"
        return f"{text:<{_COLUMN}}// {name}{span.line}"
