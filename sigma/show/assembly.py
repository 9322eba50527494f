"""The lines for the assembler as a source of QBC, with what each part of it was made from above it."""

from __future__ import annotations

from collections.abc import Iterable

from qbcc.printer import print_line
from qbcc.source import SourceFile
from qbcc.syntax import Line
from vm.isa import BY_NAME


def show_lines(lines: Iterable[Line], source: SourceFile) -> str:
    """The text; assembled again it is the same code. ``source`` is the main one: its lines are shown without its
    name."""
    shown = [f"; made from {_plain(source.name)}"]
    place: tuple[SourceFile, int] | None = None
    for line in lines:
        here = line.source, line.number
        is_code = line.word.upper() in BY_NAME
        if line.word.lower() == ".func":
            shown.append("")
            place = None
        if is_code and here != place:
            place = here
            name = "" if line.source is source else f"{_plain(line.source.name)}:"
            text = _plain(line.source.line(line.number).strip())
            shown.append(f"    ; {name}{line.number}: {text}".rstrip())
        shown.append(print_line(line))
    return "".join(f"{line}\n" for line in shown)


def _plain(text: str) -> str:
    """Text for a comment: nothing in it ends a line."""
    return "".join(character if character.isprintable() else " " for character in text)
