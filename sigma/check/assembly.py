"""``asm { … }``: straight instructions of QBC, whose operands may be names of σ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tables
from qbcc.syntax.lines import Address, Line, Name, Node, Register, String
from qbcc.syntax.parser import parse_line
from sigma import syntax as s
from sigma.check import messages
from sigma.check.calls import Calls
from sigma.symbols import Constant, Given, Local
from sigma.types import QUBIT, Scalar
from vm.isa import BY_NAME, CALLS, JUMPS, Op

_NOT_STRAIGHT: Final = frozenset({"QPUSH", "QPOP", "QSYSCALL", "QHALT", "QJMP", "QALLOC", "QFREE"})
_CHOOSING: Final = frozenset({"QSEQ", "QSNE", "QSLT", "QSLE", "QSEL"})
"""They stand among the jumps in the table, and go nowhere."""


@dataclass(frozen=True, slots=True)
class AsmLine:
    """An instruction, and the variables that its names are."""

    line: Line
    op: Op
    reads: tuple[Local, ...]
    writes: tuple[Local, ...]
    names: dict[int, Local | Constant]
    """By token of the line."""


def is_plain(op: Op) -> bool:
    """Whether an instruction goes on with the next one."""
    return op.group not in (JUMPS, CALLS) or op.name in _CHOOSING


PLAIN: Final = frozenset(name for name, ops in BY_NAME.items() if is_plain(ops[0]) and ops[0].name not in _NOT_STRAIGHT)
"""Mnemonics that may stand in assembly."""


class Assembly(Calls):
    """Checks the instructions."""

    def assembly(self, node: s.Asm) -> None:
        """All lines of a block."""
        if self.function is not None:
            self.function.effect = self.function.effect or "has assembly in it"
        tokens = self.module.tokens
        first, text = tokens.lines[node.first], tokens.words[node.first]
        if "{" not in text:
            # The word alone, which is reported.
            return
        # A source in which only the block stands, at its place: so positions are right.
        lines = text.split("\n")
        lines[0] = " " * (tokens.columns[node.first] - 1) + lines[0]
        opened = lines[0].find("{") if "{" in lines[0] else -1
        if opened < 0:
            at = next(number for number, line in enumerate(lines) if "{" in line)
            lines[:at] = [""] * at
            opened = lines[at].find("{")
            lines[at] = " " * (opened + 1) + lines[at][opened + 1 :]
        else:
            lines[0] = " " * (opened + 1) + lines[0][opened + 1 :]
        lines[-1] = lines[-1][: lines[-1].rfind("}")]
        source = SourceFile(self.module.source.name, "\n" * (first - 1) + "\n".join(lines), self.module.source.path)
        for number in range(first, first + len(lines)):
            if source.line(number).strip():
                self._line(node, source, number)

    def _line(self, node: s.Asm, source: SourceFile, number: int) -> None:
        line = parse_line(source, number)
        if line is None:
            return
        if isinstance(line, Diagnostic):
            self.report(self._moved(line))
            return
        shape = line.shape
        op = BY_NAME[line.word.upper()][0] if line.word.upper() in BY_NAME else None
        if shape.labels or op is None or not is_plain(op):
            self._say(line.whole(), "only plain instructions stand here", "no labels, directives, jumps or calls")
            return
        if op.name in _NOT_STRAIGHT:
            self._say(line.word_span(), f"{op.name} cannot stand here", "it changes more than its operands")
            return
        made = self._operands(line, op)
        if made is not None:
            node.lines.append(made)

    def _operands(self, line: Line, op: Op) -> AsmLine | None:
        if not _fits(line, op):
            self._say(line.whole(), f"these are no operands of {op.name}", f"it is written {op.syntax}")
            return None
        names: dict[int, Local | Constant] = {}
        reads: list[Local] = []
        writes: list[Local] = []
        is_good = True
        for place, argument in enumerate(line.shape.arguments):
            for token in range(argument.first, argument.last + 1):
                if line.kinds[token] == _kind(line, Register):
                    self._say(
                        line.tokens(token, token), "registers are the compiler's here", "write the name of a variable"
                    )
                    is_good = False
            for part in _names(argument):
                is_good = self._operand(line, op, place, part, argument, (names, reads, writes)) and is_good
        return AsmLine(line, op, tuple(reads), tuple(writes), names) if is_good else None

    def _operand(
        self,
        line: Line,
        op: Op,
        place: int,
        part: Name,
        argument: Node,
        found: tuple[dict[int, Local | Constant], list[Local], list[Local]],
    ) -> bool:
        names, reads, writes = found
        word = line.words[part.first]
        span = line.span(part)
        symbol = self.lookup(word)
        if isinstance(symbol, Constant):
            names[part.first] = symbol
            return True
        if symbol is None or isinstance(symbol, Given):
            known = [name for block in self.blocks for name in block]
            self.report(self._moved(messages.unknown_name(span, word, known)))
            return False
        if not isinstance(symbol, Local) or not isinstance(symbol.type, Scalar):
            note = "names of constants, and of a function's numbers, bools and qubits are operands"
            self._say(span, f"'{word}' is nothing that a register holds", note)
            return False
        is_written = part is argument and place == 0 and bool(op.writes)
        if is_written and (not symbol.is_var or symbol.type is QUBIT):
            self._say(span, f"'{word}' is fixed, and {op.name} changes it", "declare it with var")
            return False
        names[part.first] = symbol
        if is_written:
            writes.append(symbol)
        is_short = is_written and op.short and len(line.shape.arguments) < len(op.letters)
        if not is_written or is_short:
            reads.append(symbol)
        return True

    def _say(self, span: Span, text: str, note: str = "") -> None:
        self.report(self._moved(messages.bad_asm(span, text, note)))

    def _moved(self, diagnostic: Diagnostic) -> Diagnostic:
        """The same at its place in the module, whose whole line is shown."""
        span = diagnostic.span
        assert span is not None
        return replace(diagnostic, span=Span(self.module.source, span.line, span.column, span.end_column))


def _fits(line: Line, op: Op) -> bool:
    """Whether there are as many operands as there must be, each of its kind."""
    arguments, letters = line.shape.arguments, op.letters
    if op.short and len(arguments) == len(letters) - 1:
        letters = (letters[0], *letters[2:])
    if op.optional is not None and len(arguments) == len(letters) - 1:
        letters = letters[:-1]
    if len(arguments) != len(letters):
        return False
    for letter, argument in zip(letters, arguments, strict=True):
        is_wrong = isinstance(argument, String) or (letter == "d" and not isinstance(argument, Name | Register))
        if is_wrong or (isinstance(argument, Address) and letter != "m"):
            return False
    return True


def _kind(line: Line, wanted: type[Node]) -> str:
    return tables()[1]["REGISTER" if wanted is Register else "NAME"]


def _names(node: Node) -> list[Name]:
    """The names in an operand."""
    if isinstance(node, Name):
        return [node]
    parts = [getattr(node, part) for part in ("inner", "operand", "left", "right") if hasattr(node, part)]
    return [name for part in parts for name in _names(part)]
