"""A source that is edited, read in parts: a declaration at the start of a line begins one, and an edit costs the parts
that it touches.

All parts share one :class:`Tokens`. The numbers of their tokens are in the order of the source, and each part has some
to spare behind its tokens, which are ends of the source to who looks: so a part may grow, and nodes of the others keep
their numbers. What is read is what :func:`sigma.parser.parse` reads, whatever was edited before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from qbcc.diagnostics import Diagnostic
from qbcc.edits import Edit, Mover
from qbcc.source import SourceFile
from sigma import syntax as s
from sigma.lexer import DECLARES, Comment, Tokens, lex
from sigma.parser import MAX_READINGS, parse_part
from sigma.tables import END

_SPARE: Final = 32
"""Numbers that a part has to spare at least."""
_OPEN: Final = "S0103"
"""Comments and assembly that do not end: what follows is a part of them, or not, whatever it looks like."""


@dataclass(slots=True, eq=False)
class Part:
    """Some lines of a source."""

    start: int
    """Its first line, from 0."""
    end: int
    """The line behind its last one."""
    base: int
    """Its first token."""
    size: int
    """Tokens."""
    room: int
    """Numbers that its tokens may take, one more than they are at least."""
    declarations: list[s.Node]
    diagnostics: list[Diagnostic]
    """What is wrong with its syntax."""
    comments: list[Comment]
    _words: frozenset[str] | None = field(default=None, repr=False)

    def words(self, tokens: Tokens) -> frozenset[str]:
        """Every name that stands in it, in strings and assembly too."""
        if self._words is None:
            self._words = words_of(tokens.words[self.base : self.base + self.size])
        return self._words


def words_of(words: Sequence[str]) -> frozenset[str]:
    """Names among words, and in them."""
    found = set(words)
    for word in words:
        if len(word) > 1 and (word[0] == '"' or not word.isidentifier()):
            found.update(_names(word))
    return frozenset(found)


def _names(text: str) -> list[str]:
    return "".join(c if c == "_" or c.isalnum() else " " for c in text).split()


class _Shifted:
    """A list whose first number is not 0."""

    def __init__(self, items: list[Any], base: int) -> None:
        self.items = items
        self.base = base

    def __len__(self) -> int:
        return self.base + len(self.items)

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return self.items[slice(max(at.start - self.base, 0), max(at.stop - self.base, 0))]
        return self.items[at - self.base]


class Parts:
    """The parts of a source as it is now."""

    def __init__(self, source: SourceFile) -> None:
        self.tokens = Tokens(source, [], [], [], [])
        self.all: list[Part] = []
        self.open(source)

    def at(self, line: int) -> Part:
        """The part that a line (from 0) belongs to."""
        return self.all[max(bisect_right(self.all, line, key=lambda part: part.start) - 1, 0)]

    def open(self, source: SourceFile) -> None:
        """Read a source anew."""
        reader = _Reader(source, 0, len(source.lines), len(source.lines))
        self.all = reader.run(0, None)
        self.tokens = Tokens(source, [], [], [], [])
        for part in self.all:
            reader.write(part, self.tokens)
        self._note_comments()

    def edit(self, source: SourceFile, change: Edit) -> tuple[list[Part], list[Part]] | None:
        """Read a source that an edit made of the one before. Gives the parts that are no more, and those that are in
        their place; None if all were read anew."""
        first = self._first_touched(change)
        end = max(bisect_left(self.all, change.old_end, key=lambda part: part.start), first + 1)
        made = self._read(source, first, end, change.shift)
        while made is None and end < len(self.all):
            end = min(2 * end - first, len(self.all))
            made = self._read(source, first, end, change.shift)
        if made is None:
            self.open(source)
            return None
        old = self.all[first:end]
        self._move(source, end, change)
        self.all[first:end] = made
        self._note_comments()
        return old, made

    def rename(self, source: SourceFile) -> None:
        """Take another source with the same lines in the place of this one."""
        self._move(source, len(self.all), Edit(0, 0, 0))

    def again(self, part: Part) -> Part:
        """Read a part anew, as it is: nothing that was found out about its tree is left."""
        number = self.all.index(part)
        made = self._read(self.tokens.source, number, number + 1, 0)
        assert made is not None and len(made) == 1
        self.all[number] = made[0]
        return made[0]

    def _first_touched(self, change: Edit) -> int:
        """The first part to read anew: the one before too, if the word that ended it may have changed, or if it is
        broken, for then it may have looked at what follows."""
        number = max(bisect_right(self.all, change.first, key=lambda part: part.start) - 1, 0)
        if change.first == self.all[number].start:
            number = max(number - 1, 0)
        while number > 0 and self.all[number - 1].diagnostics:
            number -= 1
        return number

    def _read(self, source: SourceFile, first: int, end: int, shift: int) -> list[Part] | None:
        """Parts in the place of some; None if more of them must be read."""
        parts, lines = self.all, len(source.lines)
        must = parts[end - 1].end + shift if end < len(parts) else lines
        # The part behind them tells how they end.
        stop = parts[end].end + shift if end + 1 < len(parts) else lines
        reader = _Reader(source, parts[first].start, must, stop)
        made = reader.run(parts[first].base, sum(part.room for part in parts[first:end]))
        for part in made:
            reader.write(part, self.tokens)
        return made or None

    def _move(self, source: SourceFile, end: int, change: Edit) -> None:
        """The parts from one on stand on other lines."""
        tokens, shift = self.tokens, change.shift
        mover = Mover(tokens.source, source, change)
        tokens.source = source
        for part in self.all:
            part.diagnostics = mover.all(part.diagnostics) if part.diagnostics else part.diagnostics
        if not shift or end == len(self.all):
            return
        base = self.all[end].base
        tokens.lines[base:] = [line + shift for line in tokens.lines[base:]]
        for part in self.all[end:]:
            part.start += shift
            part.end += shift
            part.comments = [Comment(c.text, c.line + shift, c.column, c.before) for c in part.comments]

    def _note_comments(self) -> None:
        self.tokens.comments = [comment for part in self.all for comment in part.comments]


class _Reader:
    """Reads lines ``first`` to ``must`` (from 0, the second not counted in); those up to ``stop`` tell how they end."""

    def __init__(self, source: SourceFile, first: int, must: int, stop: int) -> None:
        self.source = source
        self.first = first
        self.must = must
        self.is_end = stop >= len(source.lines)
        self.stop = stop
        self.places: dict[Part, int] = {}
        """Where the tokens of each part begin among those that were read."""
        self.swallowed: set[tuple[int, int]] = set()
        """What :attr:`sigma.parser.Tree.swallowed` says of the parts."""
        self._lex(set())

    def _lex(self, divisions: set[tuple[int, int]]) -> None:
        self.lexed, self.faults = lex(self.source, self.first, None if self.is_end else self.stop, divisions)
        self.starts = self._starts()

    def _starts(self) -> list[int]:
        """Tokens at which parts may begin."""
        kinds, lines = self.lexed.kinds, self.lexed.lines
        found = [
            at
            for at, column in enumerate(self.lexed.columns)
            if column == 1 and at and kinds[at] in DECLARES and lines[at - 1] != lines[at]
        ]
        return [0, *found]

    def run(self, base: int, room: int | None) -> list[Part]:
        """The parts, their tokens with numbers from ``base`` on, ``room`` of them (None: as many as it takes). None at
        all if these lines or this room will not do."""
        divisions: set[tuple[int, int]] = set()
        for _ in range(MAX_READINGS):
            found = self._run(base, room)
            if not found or not self.swallowed:
                break
            divisions |= self.swallowed
            self._lex(divisions)
        return found

    def _run(self, base: int, room: int | None) -> list[Part]:
        self.swallowed.clear()
        self.places.clear()
        if not self.is_end and any(fault.code == _OPEN for fault in self.faults):
            return []
        limit = self._limit()
        if limit is None:
            return []
        count = sum(start < limit for start in self.starts) or 1
        spare = (room - limit - count) // count if room is not None else 0
        if spare < 0:
            return []
        found: list[Part] = []
        start, number = 0, base
        while not found or start < limit:
            part, start = self._part(start, number)
            found.append(part)
            if start > limit:
                return []
            part.room = part.size + 1 + (spare if room is not None else max(part.size // 2, _SPARE))
            number += part.room
        if room is not None:
            found[-1].room += base + room - number
        return found

    def _limit(self) -> int | None:
        """The token before which it ends; None if that is not told here."""
        if self.is_end and self.must >= len(self.source.lines):
            return len(self.lexed.kinds) - 1
        return next((at for at in self.starts if at and self.lexed.lines[at] > self.must), None)

    def _part(self, start: int, base: int) -> tuple[Part, int]:
        """A part that begins at a token, and the token behind it."""
        lexed, moved = self.lexed, base - start
        lists = (_Shifted(items, moved) for items in (lexed.kinds, lexed.words, lexed.lines, lexed.columns))
        tokens = Tokens(self.source, *lists)  # type: ignore[arg-type]
        faults = [fault for fault in self.faults if fault.span is not None and fault.span.line >= lexed.lines[start]]
        faults = self.faults if start == 0 else faults
        stops = [at + moved for at in self.starts[bisect_right(self.starts, start) :]]
        tree, at = parse_part(tokens, list(faults), base, stops)
        self.swallowed |= tree.swallowed
        end = at - moved
        if end not in self.starts or end == start:
            # The end of the source, or what nobody can read on from.
            end = len(lexed.kinds) - 1
        is_last = end == len(lexed.kinds) - 1
        first = self.first if start == 0 else lexed.lines[start] - 1
        behind = len(self.source.lines) if is_last else lexed.lines[end] - 1
        # That a brace is missing is said of the word behind; what is no word there is no matter of this part.
        later = {id(d) for d in faults if d.span is not None and d.span.line > behind and not is_last}
        said = [d for d in tree.diagnostics if id(d) not in later]
        part = Part(first, behind, base, end - start, 0, tree.declarations, said, self._comments(start, end, moved))
        self.places[part] = start
        return part, end

    def _comments(self, start: int, end: int, moved: int) -> list[Comment]:
        """Those before the tokens of a part, and before the one behind it."""
        comments = self.lexed.comments
        low = bisect_right(comments, start, key=lambda c: c.before) if start else 0
        high = bisect_right(comments, end, key=lambda c: c.before)
        return [Comment(c.text, c.line, c.column, c.before + moved) for c in comments[low:high]]

    def write(self, part: Part, tokens: Tokens) -> None:
        """Give a part's tokens their numbers."""
        lexed, start = self.lexed, self.places[part]
        end, spare = start + part.size, part.room - part.size
        place = slice(part.base, part.base + part.room)
        # What is to spare stands behind the last token, where nothing else does.
        last = max(end - 1, start)
        tokens.kinds[place] = [*lexed.kinds[start:end], *[END] * spare]
        tokens.words[place] = [*lexed.words[start:end], *[""] * spare]
        tokens.lines[place] = [*lexed.lines[start:end], *[lexed.lines[last]] * spare]
        behind = lexed.columns[last] + len(lexed.words[last])
        tokens.columns[place] = [*lexed.columns[start:end], *[behind] * spare]
