"""Source text and places in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class SourceFile:
    """A text that was read, with the name to show for it."""

    name: str
    """How messages name it: as the user wrote the path, ``<stdin>``, ``<stdlib>/qbc_core.qbc``."""
    text: str
    path: str | None = None
    """Absolute path with links resolved; None for standard input and unsaved text."""
    lines: list[str] = field(init=False, repr=False)
    """Lines without their ends; CRLF, CR-less and a byte-order mark taken care of."""

    def __post_init__(self) -> None:
        text = self.text.removeprefix("\ufeff")
        lines = text.split("\n")
        if "\r" in text:
            lines = [line.removesuffix("\r") for line in lines]
        if lines[-1] == "":
            lines.pop()
        object.__setattr__(self, "lines", lines)

    def line(self, number: int) -> str:
        """Text of a line by its 1-based number; empty past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, eq=False)
class Excerpt(SourceFile):
    """The one line that an object file keeps of a source; ``text`` is that line."""

    number: int = 1

    def line(self, number: int) -> str:
        """Text of the line; empty for any other."""
        return self.text if number == self.number else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line: 1-based line and columns in code points, the end exclusive."""

    source: SourceFile
    line: int
    column: int
    end_column: int

    def moved(self, source: SourceFile, line: int, shift: int) -> Span:
        """Return the same stretch so many columns further on a line of another source."""
        return Span(source, line, self.column + shift, self.end_column + shift)
