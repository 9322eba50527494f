"""Documents: text with places where a line may end, and their printer.

A group stands on one line if it fits, else each of its own line ends counts. Wadler: A prettier printer, 2003."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

INDENT: Final = 4
WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line where its group is broken; else ``flat``."""

    flat: str


@dataclass(frozen=True, slots=True)
class Hard:
    """The end of a line, whatever fits; with ``is_blank`` an empty line follows."""

    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A block comment: lines behind its first move as that moves from its column in the source."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Trail:
    """A comment that ends its line; comments of lines one below the other begin in one column."""

    text: str


@dataclass(frozen=True, slots=True)
class Indent:
    """Lines that begin in it stand further right."""

    content: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """What stands on one line if it can."""

    content: Doc
    is_filled: bool = False
    """Each of its line ends counts only where what follows does not fit."""


Doc = str | Break | Hard | Verbatim | Trail | Indent | Group | Sequence["Doc"]


@dataclass(slots=True)
class Row:
    """A line: code, and the comment behind it."""

    code: str
    trail: str = ""


@dataclass(slots=True)
class Rows:
    """Lines that are being written."""

    done: list[Row] = field(default_factory=list)

    def begin(self, indent: int) -> None:
        """A new line."""
        self.done.append(Row(" " * indent))

    def end(self, is_blank: bool, indent: int) -> None:
        """The line is over, and perhaps an empty one follows."""
        self.done[-1].code = self.done[-1].code.rstrip(" ")
        if is_blank:
            self.done.append(Row(""))
        self.begin(indent)

    def write(self, text: str) -> None:
        """More of the last line."""
        self.done[-1].code += text

    def verbatim(self, comment: Verbatim) -> None:
        """A comment of one line or several."""
        row = self.done[-1]
        by = len(row.code) + 1 - comment.column
        first, *others = [line.rstrip() for line in comment.text.split("\n")]
        row.code += first
        self.done += [Row(_moved(line, by)) for line in others]

    def trail(self, text: str) -> None:
        """A comment at the end of the last line."""
        row = self.done[-1]
        row.trail = f"{row.trail} {text}".strip()


def _moved(line: str, by: int) -> str:
    blanks = len(line) - len(line.lstrip(" "))
    return line[min(blanks, -by) :] if by < 0 else " " * by * bool(line) + line


def _leaves(doc: Doc) -> Iterator[str | Break | Hard | Verbatim | Trail]:
    """What a document consists of. Brackets nest deep, so nothing here calls itself."""
    todo = [doc]
    while todo:
        part = todo.pop()
        if isinstance(part, Indent | Group):
            todo.append(part.content)
        elif isinstance(part, str | Break | Hard | Verbatim | Trail):
            yield part
        else:
            todo.extend(reversed(part))


def is_broken(doc: Doc) -> bool:
    """Whether a line must end in it."""
    return any(
        isinstance(part, Hard | Trail) or (isinstance(part, Verbatim) and "\n" in part.text) for part in _leaves(doc)
    )


def flat(doc: Doc) -> str:
    """What stands on one line."""
    parts = (part.flat if isinstance(part, Break) else getattr(part, "text", part) for part in _leaves(doc))
    return "".join(map(str, parts))


_Todo = list[tuple[int, bool, Doc]]
"""What is still to be written, the next last: its indentation, whether it stands on one line, and itself."""


def write(rows: Rows, doc: Doc, indent: int) -> None:
    """Write a document behind what the last line has."""
    todo: _Todo = [(indent, False, doc)]
    while todo:
        indent, is_flat, part = todo.pop()
        match part:
            case str():
                rows.write(part)
            case Break(text):
                if is_flat:
                    rows.write(text)
                else:
                    rows.end(False, indent)
            case Hard(is_blank):
                rows.end(is_blank, indent)
            case Verbatim():
                rows.verbatim(part)
            case Trail(text):
                rows.trail(text)
            case Indent(content):
                todo.append((indent + INDENT, is_flat, content))
            case Group(content, is_filled):
                is_whole = is_flat or (not is_broken(content) and _fits(rows, todo, content))
                if is_filled and not is_whole and not isinstance(content, str | Break | Hard | Verbatim | Trail):
                    _fill(todo, indent, content)
                else:
                    todo.append((indent, is_whole, content))
            case _:
                todo.extend((indent, is_flat, inner) for inner in reversed(part))


def _fill(todo: _Todo, indent: int, content: Doc) -> None:
    """Each line end with what follows it up to the next is a group of its own; what ends a line anyway is none's."""
    assert isinstance(content, Sequence)
    parts: list[list[Doc]] = [[]]
    is_ended = False
    for part in content:
        if isinstance(part, Break | Hard | Trail) or is_ended:
            parts.append([])
        parts[-1].append(part)
        is_ended = isinstance(part, Hard)
    todo.extend((indent, False, Group(part)) for part in reversed(parts))


def _fits(rows: Rows, todo: _Todo, content: Doc) -> bool:
    """Whether a part, and what follows it up to where a line can end, has room on the last line."""
    room = WIDTH - len(rows.done[-1].code)
    ahead: _Todo = [(0, True, content)]
    place = len(todo)
    while room >= 0:
        if not ahead:
            if place == 0:
                return True
            place -= 1
            ahead.append(todo[place])
        _, is_flat, part = ahead.pop()
        match part:
            case str():
                room -= len(part)
            case Break(text):
                if not is_flat:
                    return True
                room -= len(text)
            case Hard() | Trail():
                return True
            case Verbatim(text):
                room -= len(text.partition("\n")[0])
                if "\n" in text:
                    return room >= 0
            case Indent(inner) | Group(inner):
                # What follows may still be broken: its first line end counts.
                ahead.append((0, is_flat, inner))
            case _:
                ahead.extend((0, is_flat, inner) for inner in reversed(part))
    return False
