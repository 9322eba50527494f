"""Lines that assemble, and mean something else in other assemblers."""

from __future__ import annotations

import re
from typing import Final

from qbcc.assembly.operands import plan
from qbcc.diagnostics import SourceError
from qbcc.lint import messages
from qbcc.lint.assembly.look import Look
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tables
from qbcc.syntax.lines import Line
from qbcc.syntax.parser import parse_line
from vm.bytecode import NO_ENTRY, Base
from vm.isa import BY_NAME

_INSTRUCTION: Final = re.compile(r";[ \t]*(?P<text>[qQ]\w+[^;]*?)[ \t]*(?:;.*)?$")
"""A comment that may be one."""
_STARTS: Final = ("main", "_main", "_start")


class Habits:
    """Inspects the lines of all sources."""

    def __init__(self, look: Look) -> None:
        self.look = look

    def run(self) -> None:
        """Report all."""
        self._comments()
        self._start()

    def _comments(self) -> None:
        seen: set[tuple[SourceFile, int]] = set()
        for line, _, _, in_data, _ in self.look.statements:
            text = line.source.line(line.number)
            place = line.source, line.number
            if in_data or ";" not in text or place in seen or not self.look.is_own_source(line.source):
                continue
            seen.add(place)
            self._comment(line, text)

    def _comment(self, line: Line, text: str) -> None:
        for token in tables()[0].finditer(text):
            if token.lastgroup != "COMMENT":
                continue
            found = _INSTRUCTION.match(text, token.start("COMMENT"))
            if found is not None and _is_instruction(found["text"]):
                start, end = found.span("text")
                span = Span(line.source, line.number, start + 1, end + 1)
                self.look.report(messages.hidden_instruction(span, found["text"]))

    def _start(self) -> None:
        """A label that is nearly ``main``, where the program begins elsewhere."""
        obj = self.look.code.object
        if obj.entry == NO_ENTRY or obj.entry_declared or any(symbol.is_global for symbol in obj.symbols):
            return
        for symbol in obj.symbols:
            if symbol.base is Base.CODE and symbol.name.lower() in _STARTS and symbol.value != obj.entry:
                span = self.look.code.labels.get(symbol.value)
                if span is not None:
                    self.look.report(messages.nearly_main(span, symbol.name))


def _is_instruction(text: str) -> bool:
    """Whether a text is a whole instruction, with the operands that it takes."""
    line = parse_line(SourceFile("<comment>", text), 1)
    if not isinstance(line, Line) or line.shape.labels or line.word.upper() not in BY_NAME:
        return False
    try:
        plan(line)
    except SourceError:
        return False
    return True
