"""Sources in their one layout: whole, and some lines of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.format.layout import Placed, place
from qbcc.format.rows import Row, rows
from qbcc.frontends import Formatted, Replaced
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables
from qbcc.syntax.printer import is_code

_BOM: Final = "\ufeff"
_CASELESS: Final = ("REGISTER", "DIRECTIVE", "DEFINE", "MACRO")


def format_source(source: SourceFile) -> Formatted:
    """A source in its one layout, with its own ends of lines; or its syntax errors."""
    placed, diagnostics = _format(source)
    if diagnostics:
        return Formatted(None, tuple(diagnostics))
    end = "\r\n" if source.text.partition("\n")[0].endswith("\r") else "\n"
    bom = _BOM if source.text.startswith(_BOM) else ""
    return Formatted(bom + "".join(line + end for each in placed for line in each.lines), ())


def format_range(source: SourceFile, first_line: int, last_line: int) -> Replaced | tuple[Diagnostic, ...]:
    """The lines that stand in place of some, with comments that go on in others; or the syntax errors of the source."""
    placed, diagnostics = _format(source)
    if diagnostics:
        return tuple(diagnostics)
    first, last = max(first_line, 1), min(last_line, len(placed))
    while first <= last and first > 1 and placed[first - 1].is_continuation:
        first -= 1
    while last < len(placed) and placed[last].is_continuation:
        last += 1
    return Replaced(first, last, [line for each in placed[first - 1 : last] for line in each.lines])


def _format(source: SourceFile) -> tuple[list[Placed], list[Diagnostic]]:
    found, diagnostics = rows(source)
    if diagnostics:
        return [], diagnostics
    placed = place(found)
    text = "".join(f"{line}\n" for each in placed for line in each.lines)
    again, wrong = rows(SourceFile(source.name, text))
    if wrong or _meaning(again) != _meaning(found):
        raise AssertionError(f"the layout of {source.name} would change its meaning")
    return placed, []


def _meaning(found: Sequence[Row]) -> list[object]:
    """A source without its layout: labels, statements with the case of those words made equal that ignore it,
    comments."""
    meaning: list[object] = []
    caseless = "".join(tables()[1][name] for name in _CASELESS)
    for row in found:
        line = row.line
        if line is None:
            meaning.append(row.text)
            continue
        words = [word.lower() if kind in caseless else word for kind, word in zip(line.kinds, line.words, strict=True)]
        if is_code(line) and row.parameters.isdisjoint((line.word, line.word.upper())):
            words[line.shape.word] = line.word.upper()
        meaning += (line.words[at] for at in line.shape.labels)
        if line.shape.word >= 0:
            meaning.append((line.kinds[line.shape.word :], words[line.shape.word :]))
        if row.comment:
            meaning.append(row.comment)
    return meaning
