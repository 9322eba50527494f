"""How a source of assembly is laid out: labels, blocks, sections, routines. Read from the heads of its lines alone, so
that it is there for half-written text too, and for long sources at once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from qbcc.source import SourceFile
from vm.isa import BY_NAME, CALLS

FUNCTION, MACRO, REPETITION, CONDITION = ".func", ".macro", ".rept", ".if"
_CLOSES: Final = {".endfunc": FUNCTION, ".endm": MACRO, ".endr": REPETITION, ".endif": CONDITION}
_HEAD: Final = re.compile(
    r"[ \t]*((?:@?[A-Za-z_][A-Za-z0-9_]*[ \t]*:[ \t]*)*)(?:(\.?[A-Za-z_][A-Za-z0-9_]*)[ \t]*([^;\"]*))?"
)
_NAME: Final = re.compile(r"@?[A-Za-z_][A-Za-z0-9_]*")
_FILE: Final = re.compile(r'\.include[ \t]*("(?:[^"\\]|\\.)*")', re.IGNORECASE)
_REGION: Final = re.compile(r";[ \t]*#?(region|endregion)\b", re.IGNORECASE)
_DEPRECATED: Final = re.compile(r";+[ \t]*deprecated\b", re.IGNORECASE)
_CALLING: Final = frozenset(
    name for name, ops in BY_NAME.items() if any(o.group == CALLS and "l" in o.letters for o in ops)
)
"""Mnemonics that call a label."""
_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Named:
    """A name where it is given or told: line and column from 1."""

    name: str
    line: int
    column: int
    owner: str = ""
    """Of a local label, what it belongs to: an ordinary label, or ``macro NAME``."""
    is_data: bool = False
    """Whether it stands in a data section."""
    detail: str = ""
    """Of a label in data, the directive behind it."""

    @property
    def full(self) -> str:
        """As :mod:`lsp.qbc.index` knows it."""
        return self.owner + self.name if self.name[0] == "@" else self.name


@dataclass(slots=True)
class Block:
    """From the line of a directive to that of its end, both counted in; to the source's end, if it has none."""

    kind: str
    name: str
    first: int
    last: int
    parts: list[int] = field(default_factory=list)
    """Of a condition, the lines of ``.elif`` and ``.else``."""
    parameters: tuple[str, ...] = ()
    """Of a macro."""


@dataclass(frozen=True, slots=True)
class Routine:
    """A subroutine: its lines, from the first to the last."""

    label: Named
    first: int
    last: int


@dataclass(slots=True)
class _State:
    """What is known when a line is read."""

    owner: str = ""
    outer: str = ""
    """Of a macro, the owner before it."""
    is_data: bool = False
    is_query: bool = False
    is_old: bool = False
    """Whether the comment above says that what comes is deprecated."""
    awaiting: list[int] = field(default_factory=list)
    """Labels whose directive is still to come, by number."""


class Layout:
    """Of one source."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.labels: list[Named] = []
        self.constants: list[Named] = []
        self.macros: list[Named] = []
        self.externals: list[Named] = []
        self.globals: list[Named] = []
        self.calls: set[str] = set()
        """Labels that are called."""
        self.entries: set[str] = set()
        """Labels at which others begin to run: entry points, exported ones, those of a query interface."""
        self.includes: list[tuple[str, int, int]] = []
        """Names of files as they are written, with their quotes; line and column."""
        self.blocks: list[Block] = []
        self.comments: list[tuple[int, int]] = []
        """Lines of comments that stand together."""
        self.regions: list[tuple[int, int]] = []
        self.data: list[int] = []
        """Lines at which a section begins, alternately of data and of code."""
        self.deprecated: set[str] = set()
        self._owners: list[tuple[int, str]] = []
        """From which line on which label owns local ones."""
        self._read()

    # -- questions

    def owner(self, line: int) -> str:
        """What the local labels of a line belong to."""
        at = bisect_right(self._owners, line, key=lambda each: each[0]) - 1
        return self._owners[at][1] if at >= 0 else ""

    def macro(self, line: int) -> Block | None:
        """The macro that a line is in."""
        return _around(self._macro_blocks, line)

    @cached_property
    def _macro_blocks(self) -> list[Block]:
        return [block for block in self.blocks if block.kind == MACRO]

    @cached_property
    def names(self) -> frozenset[str]:
        """Labels in data sections."""
        return frozenset(label.full for label in self.labels if label.is_data)

    def routines(self, called: Container[str]) -> list[Routine]:
        """The subroutines, given what other files call: each ``.func``, and else from a label that something calls to
        the next one. The first label of the code begins one anyhow."""
        own = {label.name: label for label in reversed(self.labels) if not label.is_data}
        found: list[Routine] = []
        inside = 0
        for label in self.labels:
            is_code = label.name[0] != "@" and not label.is_data and self.macro(label.line) is None
            if not is_code or label.line <= inside:
                continue
            function = _around(self._functions, label.line)
            if function is not None:
                inside = function.last
                named = own.get(function.name, label)
                is_inside = function.first <= named.line <= function.last
                found.append(Routine(named if is_inside else label, function.first, function.last))
            elif not found or self._is_new(found[-1], label.line) or self._is_entry(label.name, called):
                found.append(Routine(label, label.line, 0))
        ends = [routine.first for routine in found[1:]] + [len(self.source.lines) + 1]
        return [self._closed(routine, end) for routine, end in zip(found, ends, strict=False)]

    def _is_entry(self, name: str, called: Container[str]) -> bool:
        return name in self.calls or name in self.entries or name in called

    @cached_property
    def _functions(self) -> list[Block]:
        return [block for block in self.blocks if block.kind == FUNCTION]

    def _is_new(self, routine: Routine, line: int) -> bool:
        """Whether what stood before a line has an end of its own: ``.endfunc``, or data."""
        return bool(routine.last) or self._data_behind(routine.first) <= line

    def _data_behind(self, line: int) -> int:
        """The next line at which a section begins; behind the end if none does."""
        at = bisect_right(self.data, line)
        return self.data[at] if at < len(self.data) else len(self.source.lines) + 1

    def _closed(self, routine: Routine, end: int) -> Routine:
        """Up to the next one, without the comments and directives that speak of that; data ends it too."""
        if routine.last:
            return routine
        end = min(self._data_behind(routine.first), end)
        last = end - 1
        while last > routine.first and self._is_bare(last):
            last -= 1
        return Routine(routine.label, routine.first, last)

    def _is_bare(self, line: int) -> bool:
        text = self.source.line(line).strip()
        return not text or text[0] == ";" or text.lower().startswith((".align", ".global", ".query_interface"))

    # -- reading

    def _read(self) -> None:
        state = _State()
        opened: list[Block] = []
        regions: list[int] = []
        comment = 0
        for number, text in enumerate(self.source.lines, 1):
            stripped = text.lstrip(" \t")
            if stripped[:1] == ";":
                comment = comment or number
                self._remark(stripped, number, regions, state)
                continue
            if comment:
                self.comments.append((comment, number - 1))
                comment = 0
            if not stripped:
                state.is_old = False
                continue
            head = _HEAD.match(text)
            assert head is not None
            word = head[2] or ""
            if head[1]:
                self._label(head, number, state, word)
            if word[:1] == ".":
                self._directive(word.lower(), head, number, state, opened)
            elif word:
                if word.upper() in _CALLING and (target := _NAME.match(head[3])):
                    self.calls.add(target[0])
                state.is_old = False
                state.awaiting.clear()
        if comment:
            self.comments.append((comment, len(self.source.lines)))
        for block in opened:
            block.last = len(self.source.lines)
        self.blocks.sort(key=lambda block: (block.first, -block.last))

    def _remark(self, text: str, number: int, regions: list[int], state: _State) -> None:
        found = _REGION.match(text)
        if found is not None and found[1].lower() == "region":
            regions.append(number)
        elif found is not None and regions:
            self.regions.append((regions.pop(), number))
        state.is_old = state.is_old or _DEPRECATED.match(text) is not None

    def _label(self, head: re.Match[str], number: int, state: _State, word: str) -> None:
        for found in _NAME.finditer(head[1]):
            name = found[0]
            if name[0] != "@" and not state.owner.startswith("macro "):
                self._own(number, name, state)
            place = head.start(1) + found.start() + 1
            detail = word.lower() if word[:1] == "." else ""
            label = Named(name, number, place, state.owner if name[0] == "@" else "", state.is_data, detail)
            if state.is_data and not detail:
                state.awaiting.append(len(self.labels))
            self.labels.append(label)
            if state.is_query and name[0] != "@" and not state.is_data:
                self.entries.add(name)
            if state.is_old:
                self.deprecated.add(label.full)

    def _own(self, number: int, owner: str, state: _State) -> None:
        state.owner = owner
        self._owners.append((number, owner))

    def _directive(self, word: str, head: re.Match[str], number: int, state: _State, opened: list[Block]) -> None:
        names = [Named(name[0], number, head.start(3) + name.start() + 1) for name in _NAME.finditer(head[3] or "")]
        match word:
            case ".text" | ".code" | ".data":
                is_data = word == ".data"
                if is_data != state.is_data:
                    self.data.append(number)
                state.is_data, state.is_query = is_data, False
            case ".query_interface":
                state.is_query = True
            case ".entry_point":
                self.entries.update(each.name for each in names[:1])
            case ".global":
                self.globals += names
                self.entries.update(each.name for each in names)
            case ".extern":
                self.externals += names
            case ".define":
                self.constants += names[:1]
                self.deprecated.update(each.name for each in names[:1] if state.is_old)
            case ".include":
                found = _FILE.search(self.source.line(number))
                if found is not None:
                    self.includes.append((found[1], number, found.start(1) + 1))
            case ".elif" | ".else":
                if opened and opened[-1].kind == CONDITION:
                    opened[-1].parts.append(number)
            case ".func" | ".macro" | ".rept" | ".if":
                self._open(word, names, number, state, opened)
            case ".endfunc" | ".endm" | ".endr" | ".endif":
                self._close(_CLOSES[word], number, state, opened)
            case _:
                self._filled(word, state)
        if word not in (".func", ".args", ".returns", ".clobbers", ".global"):
            state.is_old = False

    def _filled(self, word: str, state: _State) -> None:
        """What the labels before a directive of data name."""
        if state.is_data:
            for at in state.awaiting:
                one = self.labels[at]
                self.labels[at] = Named(one.name, one.line, one.column, one.owner, one.is_data, word)
        state.awaiting.clear()

    def _open(self, word: str, names: list[Named], number: int, state: _State, opened: list[Block]) -> None:
        block = Block(word, names[0].name if names else "", number, 0)
        if word == MACRO:
            block.parameters = tuple(each.name for each in names[1:])
            self.macros += names[:1]
            self.deprecated.update(each.name for each in names[:1] if state.is_old)
            if not state.owner.startswith("macro "):
                state.outer = state.owner
            self._own(number, f"macro {block.name}", state)
        opened.append(block)
        self.blocks.append(block)

    def _close(self, kind: str, number: int, state: _State, opened: list[Block]) -> None:
        """The innermost block of a kind ends; those in it that have no end do too."""
        at = next((at for at in reversed(range(len(opened))) if opened[at].kind == kind), None)
        if at is None:
            return
        for block in opened[at:]:
            block.last = number
        del opened[at:]
        if kind == MACRO:
            self._own(number + 1, state.outer, state)


def _around(blocks: list[Block], line: int) -> Block | None:
    """The one that a line is in, of those that do not overlap."""
    at = bisect_right(blocks, line, key=lambda block: block.first) - 1
    return blocks[at] if at >= 0 and line <= blocks[at].last else None


@lru_cache(_KEPT)
def layout(source: SourceFile) -> Layout:
    """Of a source, made once."""
    return Layout(source)
