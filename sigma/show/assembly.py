"""The lines for the assembler as a source of QBC, with what each part of it was made from above it."""

from __future__ import annotations

from collections.abc import Iterable

from qbcc.format.source import format_source
from qbcc.source import SourceFile
from qbcc.syntax.lines import Line
from qbcc.syntax.printer import is_code, print_labels, print_line, print_statement


def show_lines(lines: Iterable[Line], source: SourceFile) -> str:
    """The text; assembled again it is the same code. ``source`` is the main one: its lines are shown without its
    name."""
    shown = [f"; made from {_plain(source.name)}"]
    place: tuple[SourceFile, int] | None = None
    for line in lines:
        here = line.source, line.number
        if is_code(line) and line.shape.labels:
            shown.append(print_labels(line))
        if line.word.lower() == ".func":
            shown.append("")
            place = None
        if is_code(line) and here != place:
            place = here
            name = "" if line.source is source else f"{_plain(line.source.name)}:"
            text = _plain(line.source.line(line.number).strip())
            shown.append(f"; {name}{line.number}: {text}".rstrip())
        shown.append(print_statement(line) if is_code(line) else print_line(line))
    text = "".join(f"{line}\n" for line in shown)
    # Lines that were made may be longer than one that is read.
    return format_source(SourceFile(source.name, text)).text or text


def _plain(text: str) -> str:
    """Text for a comment: nothing in it ends a line."""
    return "".join(character if character.isprintable() else " " for character in text)
