"""The lines of a source as the layout sees them: what each says, its comment, and the blocks around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from qbcc.syntax.lines import Line
from qbcc.syntax.parser import parse_line
from qbcc.syntax.printer import DATA

_CONDITION: Final = re.compile(r"\s*\.(?:if|elif|else|endif)(?![A-Za-z0-9_])", re.IGNORECASE)
_OPENS: Final = {".if": ".endif", ".macro": ".endm", ".rept": ".endr"}
_CLOSES: Final = {end: opener for opener, end in _OPENS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a source."""

    text: str
    """As it stands there."""
    line: Line | None
    """None for what is no sentence of the language, and need not be one."""
    comment: str
    """From its semicolon on, without blanks at the end; empty where there is none."""
    column: int
    """0-based column of the comment."""
    parameters: frozenset[str]
    """Of the macros that it is in the body of."""
    is_in_macro: bool

    @property
    def is_blank(self) -> bool:
        """Nothing stands there."""
        return self.line is not None and not self.line.words and not self.comment

    @property
    def is_comment(self) -> bool:
        """Only a comment stands there."""
        return self.line is not None and not self.line.words and bool(self.comment)

    @property
    def is_data(self) -> bool:
        """Data stands there, with its labels or without."""
        return self.line is not None and self.line.word.lower() in DATA

    @property
    def is_code(self) -> bool:
        """An instruction or the use of a macro stands there."""
        return self.line is not None and self.line.word[:1] not in ("", ".")


def rows(source: SourceFile) -> tuple[list[Row], list[Diagnostic]]:
    """The lines of a source, and what is wrong with their syntax.

    In a branch of an ``.if`` and behind an ``.end`` there may be anything, since the assembler does not look at what it
    skips; what is no sentence there is no error."""
    found: list[Row] = []
    diagnostics: list[Diagnostic] = []
    blocks: list[tuple[str, frozenset[str]]] = []
    is_ended = False
    for number, text in enumerate(source.lines, 1):
        line = parse_line(source, number)
        if isinstance(line, Diagnostic):
            # The body of a macro is read where it is defined, whatever stands in it.
            if not (is_ended or (blocks and blocks[0][0] == ".if" and not _CONDITION.match(text))):
                diagnostics.append(line)
            found.append(Row(text, None, "", 0, frozenset(), False))
            continue
        word = line.word.lower()
        if word in _CLOSES:
            _close(blocks, _CLOSES[word])
        end = line.columns[-1] - 1 + len(line.words[-1]) if line.words else 0
        comment = text[end:].strip()
        parameters = frozenset[str]().union(*(names for _, names in blocks))
        is_in_macro = any(opener == ".macro" for opener, _ in blocks)
        found.append(Row(text, line, comment, text.find(";", end), parameters, is_in_macro))
        if word in _OPENS:
            names = [line.words[node.first] for node in line.shape.arguments] if word == ".macro" else []
            blocks.append((word, frozenset(names[1:])))
        is_ended = is_ended or (word == ".end" and not blocks)
    return found, diagnostics


def _close(blocks: list[tuple[str, frozenset[str]]], opener: str) -> None:
    """Leave the innermost block of a kind; where there is none, that is the assembler's to say."""
    for at in reversed(range(len(blocks))):
        if blocks[at][0] == opener:
            del blocks[at:]
            return
