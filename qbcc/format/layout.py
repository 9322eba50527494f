"""Where things stand: labels and directives at the margin, instructions and data behind it, comments in a column.

A *run* is data line by line, from one with a label on: its directives have one column. A *table* is lines of a run with
as many numbers each: so have they. Comments behind code have the same column in the whole source, as far as code leaves
it free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from qbcc.format.rows import Row
from qbcc.syntax.lines import WIDTHS, Character, Integer, Node, Real, Unary
from qbcc.syntax.printer import INDENT, is_indented, print_arguments, print_labels, print_statement

_COMMENT: Final = 35
"""0-based column of comments behind code, if the code leaves it free."""
_GAP: Final = 2
"""Blanks before a comment at least."""
_LONG: Final = 60
"""Code that is longer moves no other line's comment."""
_LONG_LABEL: Final = 28
"""Labels that are longer move no other line's data."""
_WIDTH: Final = 100
"""A table that is wider is no table."""


@dataclass(slots=True)
class Placed:
    """What becomes of a line."""

    row: Row
    before: list[str] = field(default_factory=list)
    """Lines of their own that stand before it: labels."""
    text: str = ""
    """Without its comment."""
    is_continuation: bool = False
    """A comment that goes on with the one behind the code above."""
    lines: list[str] = field(default_factory=list)
    """The result; nothing for a blank line that goes."""


def place(rows: Sequence[Row]) -> list[Placed]:
    """The layout of a source, line by line."""
    placed = [_statement(row) for row in rows]
    _place_data(placed)
    _place_comments(placed)
    _finish(placed)
    _drop_blank_lines(placed)
    return placed


def _drop_blank_lines(placed: Sequence[Placed]) -> None:
    """None at the ends, and no two in a row."""
    is_wanted = False
    for each in placed:
        if each.row.is_blank:
            each.lines = [""] if is_wanted else []
        is_wanted = not each.row.is_blank
    for each in reversed(placed):
        if not each.row.is_blank:
            break
        each.lines = []


def _statement(row: Row) -> Placed:
    """A line without its comment, and without columns."""
    line = row.line
    if line is None:
        return Placed(row, text=row.text)
    labels, statement = print_labels(line), print_statement(line, row.parameters)
    if not statement or not labels:
        is_inside = bool(statement) and (row.is_in_macro or is_indented(line))
        return Placed(row, text=labels or f"{INDENT if is_inside else ''}{statement}")
    if row.is_code:
        return Placed(row, [labels], f"{INDENT}{statement}")
    # The assembler looks for conditions where lines begin, so a label before one stays there.
    return Placed(row, text=f"{labels} {statement}")


# -- data


def _place_data(placed: Sequence[Placed]) -> None:
    for is_data, group in groupby(placed, lambda each: each.row.is_data):
        if is_data:
            block = list(group)
            first = next((at for at, each in enumerate(block) if _labels(each)), len(block))
            _place_run(block[:first], len(INDENT))
            _place_run(block[first:], max((len(_labels(each)) + 1 for each in block if _is_short(each)), default=0))


def _labels(placed: Placed) -> str:
    assert placed.row.line is not None
    return print_labels(placed.row.line)


def _is_short(placed: Placed) -> bool:
    return 0 < len(_labels(placed)) <= _LONG_LABEL


def _place_run(run: Sequence[Placed], column: int) -> None:
    for each in run:
        assert each.row.line is not None
        labels = _labels(each)
        start = f"{labels} " if labels else " " * (column or len(INDENT))
        each.text = start.ljust(column) + print_statement(each.row.line, each.row.parameters)
    for table in _tables([each for each in run if not _labels(each) or _is_short(each)]):
        _place_table(table)


def _tables(run: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Lines of a run one below the other, of one directive, with as many numbers each; the last may have fewer."""
    table: list[Placed] = []
    for each in run:
        count = _numbers(each)
        if table and (_word(each) != _word(table[0]) or not 0 < count <= _numbers(table[0])):
            yield table
            table = []
        if table or count > 1:
            table.append(each)
        if table and count < _numbers(table[0]):
            yield table
            table = []
    yield table


def _word(placed: Placed) -> str:
    assert placed.row.line is not None
    return placed.row.line.word.lower()


def _numbers(placed: Placed) -> int:
    """How many numbers a line of data lists; 0 if anything else is among them."""
    assert placed.row.line is not None
    arguments = placed.row.line.shape.arguments
    return len(arguments) if _word(placed) in WIDTHS and all(map(_is_number, arguments)) else 0


def _is_number(node: Node) -> bool:
    while isinstance(node, Unary):
        node = node.operand
    return isinstance(node, Integer | Real | Character)


def _place_table(table: Sequence[Placed]) -> None:
    if len(table) < 2:
        return
    texts = [print_arguments(each.row.line) for each in table if each.row.line is not None]
    widths = [max(len(row[at]) for row in texts if at < len(row)) for at in range(len(texts[0]))]
    starts = [each.text[: len(each.text) - len(", ".join(row))] for each, row in zip(table, texts, strict=True)]
    if len(starts[0]) + sum(widths) + 2 * len(widths) > _WIDTH:
        return
    for each, start, row in zip(table, starts, texts, strict=True):
        each.text = start + ", ".join(text.rjust(width) for text, width in zip(row, widths, strict=False))


# -- comments


def _place_comments(placed: Sequence[Placed]) -> None:
    """Which comments on lines of their own go on with the one above; where the others begin: as the statement below
    them, or else the one above."""
    column = -1
    for each in placed:
        each.is_continuation = each.row.is_comment and each.row.column == column
        if not each.is_continuation:
            column = each.row.column if each.row.comment and not each.row.is_comment else -1
    above: Placed | None = None
    at = 0
    for is_own, group in groupby(placed, lambda each: each.row.is_comment and not each.is_continuation):
        comments = list(group)
        at += len(comments)
        if not is_own:
            above = next((each for each in reversed(comments) if not each.is_continuation), above)
            continue
        below = placed[at] if at < len(placed) else None
        margin = _margin(above if below is None or below.row.is_blank else below)
        for each in comments:
            each.text = margin


def _margin(placed: Placed | None) -> str:
    if placed is None or placed.row.line is None:
        return ""
    return INDENT if (placed.before or [placed.text])[0].startswith(INDENT) else ""


def _finish(placed: Sequence[Placed]) -> None:
    """The lines, with comments that stand one below the other behind code in one column."""
    group: list[Placed] = []
    for each in placed:
        is_behind = bool(each.row.comment) and (not each.row.is_comment or each.is_continuation)
        if not is_behind or each.before:
            _align(group)
            group = []
        if is_behind:
            group.append(each)
        else:
            each.lines = [*each.before, each.text + each.row.comment]
    _align(group)


def _align(group: Sequence[Placed]) -> None:
    lengths = [len(each.text) for each in group]
    column = max([_COMMENT, *(length + _GAP for length in lengths if length <= _LONG)])
    here = column
    for each, length in zip(group, lengths, strict=True):
        if not each.is_continuation:
            here = max(column, length + _GAP)
        each.lines = [*each.before, each.text.ljust(here) + each.row.comment]
