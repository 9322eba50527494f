"""Statements to lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sigma.format.doc import INDENT, WIDTH, Doc, Hard, Row, Rows, Verbatim, flat, is_broken, write
from sigma.format.pieces import Pieces
from sigma.format.structure import Compound, Item, Part, Structure
from sigma.lexer import Tokens

_MOST_APART: Final = 30
"""Most columns by which lines differ whose comments begin in one column."""
_ASM: Final = re.compile(r"asm\s*\{(.*)\}\Z", re.DOTALL)


class Layout:
    """Writes all of a source."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.pieces = Pieces(tokens)
        self.rows = Rows()

    def lines(self) -> list[str]:
        """The lines."""
        kinds = self.pieces.kinds
        self.items(Structure(kinds, self.pieces.closes).declarations(), 0)
        self.left(len(kinds) - 1, 0, is_first=not self.rows.done)
        return _aligned(self.rows.done)

    # -- what stands before a statement

    def items(self, items: Sequence[Item], indent: int) -> None:
        """Statements, declarations or fields, one below the other."""
        for number, item in enumerate(items):
            leading = self.leading(item.first, is_first=number == 0)
            self.rows.begin(indent)
            write(self.rows, leading, indent)
            if isinstance(item, Compound):
                self.compound(item, indent)
            elif self.pieces.kinds[item.first] == "ASM":
                self.assembly(item.first, indent)
            else:
                write(self.rows, self.simple(item), indent)

    def leading(self, token: int, *, is_first: bool) -> list[Doc]:
        """Comments before a token that begins a line; one that stands behind what is before goes there."""
        docs: list[Doc] = []
        pieces = self.pieces
        line = pieces.last_line(token - 1) if token else 0
        if is_first:
            # No empty line stands at the start of a block.
            line = 1 << 62
        for placed in pieces.comments.get(token, ()):
            comment = placed.comment
            if not docs and token and not placed.begins_line:
                self.behind(comment.text, comment.column)
            else:
                docs += self._separated(docs, comment.line, line)
                docs.append(Verbatim(comment.text, comment.column))
                docs.append(Hard() if placed.ends_line else " ")
                is_first = False
            if not is_first:
                line = comment.last_line
        docs += self._separated(docs, self.tokens.lines[token], line)
        return docs

    def _separated(self, docs: list[Doc], line: int, before: int) -> list[Doc]:
        """An empty line, where there is one or more."""
        if line <= before + 1:
            return []
        if docs and isinstance(docs[-1], Hard):
            docs.pop()
            return [Hard(is_blank=True)]
        if not docs and self.rows.done:
            self.rows.done.append(Row(""))
        return []

    def behind(self, text: str, column: int) -> None:
        """A comment behind what the last line has."""
        if "\n" not in text:
            self.rows.trail(text.rstrip())
            return
        row = self.rows.done[-1]
        row.code = f"{row.code}  {row.trail}".rstrip(" ") if row.trail else row.code
        row.trail = ""
        self.rows.write("  ")
        self.rows.verbatim(Verbatim(text, column))

    def left(self, token: int, indent: int, *, is_first: bool) -> None:
        """Comments at the end of a block or a source."""
        docs = self.leading(token, is_first=is_first)
        while docs and isinstance(docs[-1], Hard | str):
            docs.pop()
        if docs:
            self.rows.begin(indent)
            write(self.rows, docs, indent)
            return
        while self.rows.done and not self.rows.done[-1].code and not self.rows.done[-1].trail:
            self.rows.done.pop()

    # -- statements

    def simple(self, item: Item) -> list[Doc]:
        """What has no block."""
        pieces = self.pieces
        is_ended = pieces.kinds[item.last] in (";", ",")
        docs = pieces.sequence(item.first, item.last - is_ended)
        return [*docs, *pieces.gap(item.last), pieces.words[item.last]] if is_ended else docs

    def head(self, part: Part) -> list[Doc]:
        """What stands before a block, and its brace."""
        if part.first == part.open:
            return ["{"]
        head = self.pieces.sequence(part.first, part.open - 1, is_head=True)
        return [*head, *self.pieces.gap(part.open), "{"]

    def compound(self, item: Compound, indent: int) -> None:
        """What has blocks: on one line if it stands on one and fits."""
        line = self.on_one_line(item)
        if line is not None and len(self.rows.done[-1].code) + len(line) <= WIDTH:
            self.rows.write(line)
            return
        for number, part in enumerate(item.parts):
            if number:
                write(self.rows, self.pieces.gap(part.first, " "), indent)
            write(self.rows, self.head(part), indent)
            if not part.items and part.close not in self.pieces.comments:
                self.rows.write(" }")
                continue
            self.items(part.items, indent + INDENT)
            self.left(part.close, indent + INDENT, is_first=not part.items)
            self.rows.begin(indent)
            self.rows.write("}")

    def on_one_line(self, item: Compound) -> str | None:
        """A statement whose blocks each stand on one line, and hold no blocks."""
        docs: list[Doc] = []
        lines = self.tokens.lines
        for number, part in enumerate(item.parts):
            if lines[part.open] != lines[part.close] or any(map(self._is_large, part.items)):
                return None
            if number:
                docs += self.pieces.gap(part.first, " ")
            docs += self.head(part)
            for inner in part.items:
                docs += [*self.pieces.gap(inner.first, " "), *self.simple(inner)]
            docs += [*self.pieces.gap(part.close, " "), "}"]
        return None if is_broken(docs) else flat(docs)

    def _is_large(self, item: Item) -> bool:
        return isinstance(item, Compound) or self.pieces.kinds[item.first] == "ASM"

    def assembly(self, token: int, indent: int) -> None:
        """``asm { … }``: its lines stay, and begin in one column."""
        found = _ASM.match(self.pieces.words[token])
        assert found is not None
        first, *others = [line.strip() for line in found[1].split("\n")]
        if not others:
            self.rows.write(f"asm {{ {first} }}" if first else "asm { }")
            return
        self.rows.write(f"asm {{ {first}".rstrip())
        for line in others[:-1]:
            self.rows.done.append(Row(" " * (indent + INDENT) * bool(line) + line))
        last = others[-1]
        self.rows.done.append(Row(" " * (indent + INDENT) + f"{last} }}" if last else " " * indent + "}"))


def _aligned(rows: Sequence[Row]) -> list[str]:
    """Lines with their comments, which begin in one column where lines follow one another."""
    found: list[str] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end].trail:
            end += 1
        widths = [len(row.code) for row in rows[at:end]]
        most = max(widths, default=0)
        is_even = most - min(widths, default=0) <= _MOST_APART
        found += [f"{row.code:<{most if is_even else 0}}  {row.trail}" for row in rows[at:end]]
        if end < len(rows):
            found.append(rows[end].code.rstrip(" "))
        at = end + 1
    return found
