"""What a line says by itself, whatever stands around it: its tokens, its shape, the plan of an instruction. Kept by the
line's text, so that a text that changes here and there is read there only."""

from __future__ import annotations

from typing import Final, NamedTuple

from qbcc.assembly.data import Data
from qbcc.assembly.expand import BLOCK
from qbcc.assembly.names import Names, names_in
from qbcc.assembly.operands import FIXED, REGISTER, TARGET, plan
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables, tokenise
from qbcc.syntax.lines import DATA_DIRECTIVES, WIDTHS, Binary, Integer, Line, Name, Node, Shape, is_bare
from qbcc.syntax.parser import MAX_LINE, SyntaxFault, explain, line_of, mended, parse_line, shape_of
from vm.isa import BY_NAME

_KEPT: Final = 1 << 15
"""Lines of the younger of two generations; what is asked for again goes over to it."""


SMALL: Final = 1 << 40
"""Of a name and a number, the number's limit."""


class Use(NamedTuple):
    """A value of an instruction that depends on names."""

    name: str
    """A name by itself, or with a small number added or subtracted; empty for any other expression."""
    is_target: bool
    is_moved: bool
    """There is such a number."""
    instruction: int
    """Its number in the instruction table."""
    node: Node


class Reading:
    """Of one line."""

    __slots__ = (
        "columns",
        "data",
        "is_alone",
        "is_bare",
        "is_direct",
        "is_word",
        "key",
        "rows",
        "shape",
        "unknown",
        "uses",
        "words",
    )

    def __init__(self, text: str) -> None:
        self.rows = 0
        """Of a line that is an instruction without error and nothing else, so many instructions; 0 of any other."""
        self.uses: tuple[Use, ...] = ()
        self.is_alone = False
        """Whether it is empty, no line at all, or an instruction and nothing else that is wrong whatever names mean, or
        by names alone. Other lines hear of it only how many instructions it is."""
        self.unknown = ""
        """The word of a line without a label that is neither an instruction nor a directive: a macro, or wrong."""
        self.is_word = False
        """Whether that word is all."""
        self.is_bare = False
        """And begins no mnemonic: it is taken for a label without its colon."""
        self.data = 0
        """Of a line of data whose values are numbers that fit: bytes; 0 of any other."""
        self.is_direct = False
        """Whether it has a label, an instruction or data, and so nothing that expansion changes."""
        self.shape: Shape | SyntaxFault | None = None
        """None for a line that is too long to be read."""
        self.key, self.words, self.columns = tokenise(text) if len(text) <= MAX_LINE else ("!", [], [])
        if len(text) <= MAX_LINE:
            self.shape = shape_of(self.key)
        self.is_alone = not self.key or (isinstance(self.shape, SyntaxFault) and not BLOCK.match(text))
        if self.is_alone and self.key:
            assert isinstance(self.shape, SyntaxFault)
            wrong = explain(_NOWHERE, 1, text, self.key, self.words, self.columns, self.shape)
            # Its labels, or the line that it was meant to be, are known to others.
            self.is_alone = mended(wrong, text) is None
        if isinstance(self.shape, Shape) and tables()[1]["PARAMETER"] not in self.key:
            word = self.words[self.shape.word] if self.shape.word >= 0 else ""
            is_instruction = word.upper() in BY_NAME
            self.is_direct = is_instruction or word.lower() in DATA_DIRECTIVES or (not word and bool(self.shape.labels))
            line = Line(_NOWHERE, 1, self.key, self.words, self.columns, self.shape)
            if is_instruction and not self.shape.labels:
                self._plan(line)
            elif word and word[0] != "." and not is_instruction and not self.shape.labels:
                self.unknown = word
                self.is_word = not self.shape.arguments
                self.is_bare = is_bare(line)
            elif word.lower() in WIDTHS:
                self.data = _size(line)

    def line_in(self, source: SourceFile, number: int) -> Line:
        """The line as it stands in a source, of a text that is one."""
        assert isinstance(self.shape, Shape)
        return Line(source, number, self.key, self.words, self.columns, self.shape)

    def line(self, source: SourceFile, number: int) -> Line | Diagnostic:
        """The line as it stands in a source, or what is wrong with it."""
        if self.shape is None:
            return parse_line(source, number)
        return line_of(source, number, self.key, self.words, self.columns, self.shape)

    def _plan(self, line: Line) -> None:
        try:
            rows = plan(line).rows
        except SourceError:
            self.is_alone = True
            return
        uses = []
        try:
            for instruction, actions in rows:
                for kind, what in actions:
                    if kind in (REGISTER, FIXED) or isinstance(what, int):
                        continue
                    if next(names_in(what), None) is not None:
                        name, is_moved = _named(line, what)
                        uses.append(Use(name, kind == TARGET, is_moved, instruction, what))
                    elif kind == TARGET or not _fits(line, what):
                        return
        except SourceError:
            return
        self.is_alone = True
        self.rows, self.uses = len(rows), tuple(uses)


_NOWHERE: Final = SourceFile("", "")
_NO_NAMES: Final = Names(lambda diagnostic: None)


def _named(line: Line, node: Node) -> tuple[str, bool]:
    """The name that a value is, and whether a number goes with it; no name for what is more."""
    is_moved = isinstance(node, Binary) and node.operator in ("PLUS", "MINUS") and isinstance(node.right, Integer)
    if isinstance(node, Binary) and is_moved and abs(_NO_NAMES.number(line, node.right, "a number")) < SMALL:
        node = node.left
    return (line.words[node.first] if isinstance(node, Name) else ""), is_moved


def _fits(line: Line, node: Node) -> bool:
    """Whether a slot holds a number. Raises :class:`SourceError`."""
    value = _NO_NAMES.value(line, node)
    return isinstance(value, float) or (isinstance(value, int) and -(1 << 63) <= value < 1 << 64)


def _size(line: Line) -> int:
    """Bytes of a line of data that is numbers alone; 0 for what is wrong or needs names."""
    data = Data()
    try:
        data.directive(line, _NO_NAMES)
        for item in data.values():
            if next(names_in(item.node), None) is not None:
                return 0
            data.fill(item, _NO_NAMES.value(line, item.node))
    except SourceError:
        return 0
    return data.size


_young: dict[str, Reading] = {}
_old: dict[str, Reading] = {}


def read(text: str) -> Reading:
    """Of a line's text."""
    found = _young.get(text)
    return found if found is not None else _read(text)


def _read(text: str) -> Reading:
    global _young, _old
    if len(_young) >= _KEPT:
        _young, _old = {}, _young
    found = _young[text] = _old.get(text) or Reading(text)
    return found
