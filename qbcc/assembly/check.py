"""Diagnostics of a source without its object, for editors: they ask again at every change.

:func:`check` says exactly what :func:`qbcc.assembly.assemble.assemble` says, by the same two passes. What is quick
about it is that most of the work on a line depends on its text alone. That part is kept (:mod:`qbcc.assembly.reading`),
so after a change only new lines are read. Whatever depends on other lines (places, names, sections, macros) is worked
out anew each time: there is nothing to go stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from qbcc.assembly.assemble import Assembler, Options
from qbcc.assembly.encode import Encoder
from qbcc.assembly.expand import CONDITION, MAX_LINES, Expander, Frame
from qbcc.assembly.names import Moving, Names, Value
from qbcc.assembly.operands import CONSTANT, TARGET
from qbcc.assembly.reading import SMALL, Reading, read
from qbcc.assembly.unit import Contracted, Statement
from qbcc.collector import collector_paused
from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from qbcc.syntax.lines import Binary, Integer, Line, Node
from vm.bytecode import MAX_INSTRUCTIONS, Base

_LEAST: Final = -(1 << 63)
_END: Final = 1 << 64
_SHORT: Final = 16
"""Characters of a number, in whatever base it is written."""


@dataclass(frozen=True)
class Checked:
    """What came of a source."""

    diagnostics: tuple[Diagnostic, ...]
    included: tuple[SourceFile, ...]
    """Every file read, the main source first."""
    trace: Trace
    """For :mod:`qbcc.assembly.recheck`."""


@dataclass
class Trace:
    """What a check has seen on its way through the main source."""

    options: Options
    names: Measuring
    size: int
    """Instructions."""
    contracts: list[Contracted]
    files: Mapping[tuple[str, SourceFile], SourceFile]
    """What was included, by name and includer."""
    starts: list[int]
    """For each line that is alone and counts, in the code section: the instructions before it; -1 for any other."""
    scopes: list[str]
    """For each of those, the owner of its local labels."""
    known: list[int]
    """And how many macros there are."""
    macros: tuple[str, ...]
    """In the order of their definitions."""


class Measuring(Names):
    """Names that note whether anything was made of the places of code labels: then it matters how far they are."""

    is_measured = False

    def _move(self, line: Line, node: Binary, left: Value, right: Value) -> Value:
        if any(isinstance(each, Moving) and each.base is Base.CODE for each in (left, right)):
            self.is_measured = True
        return super()._move(line, node, left, right)


def check(source: SourceFile, options: Options | None = None) -> Checked:
    """What is wrong with a source; nothing is raised."""
    with collector_paused():
        return _Checker(source, options or Options()).check()


class _Plain(NamedTuple):
    """A line that is an instruction without error and nothing else, and whose values are to be looked at."""

    before: int
    """So many other statements come before it."""
    reading: Reading
    source: SourceFile
    number: int
    scope: str

    def line(self) -> Line:
        """As the assembler has it."""
        line = self.reading.line_in(self.source, self.number)
        line.scope = self.scope
        return line


class _Checker(Assembler):
    names_type = Measuring

    def __init__(self, source: SourceFile, options: Options) -> None:
        super().__init__(source, options)
        self.options = options
        self.starts = [-1] * len(source.lines)
        self.scopes = [""] * len(source.lines)
        self.known = [0] * len(source.lines)
        self.plain: list[_Plain] = []
        self.expander = _Reader(self)

    def check(self) -> Checked:
        self._first_pass()
        values = _Values(self)
        values.check_code()
        values.data()
        values.entry()
        values.check_globals()
        values.contracts()
        self._sort()
        assert isinstance(self.names, Measuring)
        trace = Trace(
            self.options,
            self.names,
            self.unit.size,
            self.unit.contracts,
            self.expander.files,
            self.starts,
            self.scopes,
            self.known,
            tuple(self.expander.macros),
        )
        return Checked(tuple(self.diagnostics), tuple(self.expander.sources), trace)

    def lines(self, source: SourceFile, frame: Frame, reader: _Reader) -> Iterator[Line | Diagnostic | None]:
        """Of a file. An instruction in its place goes no further: it has been looked at but for its values."""
        unit, plain, statements, data = self.unit, self.plain, self.unit.statements, self.unit.data
        starts, scopes, macros = self.starts, self.scopes, reader.macros
        is_main = source is self.source
        for number, text in enumerate(source.lines, 1):
            if frame.skipping and not CONDITION.match(text):
                yield None
                continue
            reading = read(text)
            is_bound = self._in_data or reader.is_in_body or reader.count > MAX_LINES
            is_alone = reading.is_alone or (reading.unknown and reading.unknown not in macros)
            if is_main and is_alone and not is_bound:
                starts[number - 1], scopes[number - 1] = unit.size, self._scopes[False]
                self.known[number - 1] = len(macros)
            if not text:
                continue
            if reader.is_in_body or reader.count > MAX_LINES:
                yield reading.line(source, number)
            elif reading.rows and not self._in_data and unit.size < MAX_INSTRUCTIONS:
                unit.size += reading.rows
                if reading.uses:
                    plain.append(_Plain(len(statements), reading, source, number, self._scopes[False]))
            elif reading.is_direct:
                line = reading.line_in(source, number)
                if reading.data and self._in_data and data.has_room(reading.data):
                    self._labels(line)
                    data.leave_out(reading.data)
                else:
                    self._line(line)
                if reader.is_stopped:
                    yield None
            elif reading.key:
                yield reading.line(source, number)


class _Reader(Expander):
    """Takes lines as they were read before."""

    def __init__(self, checker: _Checker) -> None:
        super().__init__(checker.names, checker._folders, checker._line, checker._enter, checker._leave)
        self.checker = checker
        self.is_in_body = False
        """Lines are gathered for a macro or a repetition."""

    def _file_lines(self, source: SourceFile, frame: Frame) -> Iterator[Line | Diagnostic | None]:
        return self.checker.lines(source, frame, self)

    def _body(self, line: Line) -> list[Line]:
        self.is_in_body = True
        try:
            return super()._body(line)
        finally:
            self.is_in_body = False


class _Values(Encoder):
    """The second pass, for what is wrong with the values."""

    def __init__(self, checker: _Checker) -> None:
        super().__init__(checker.unit, checker.expander.sources, checker._report, checker._report_line)
        self.plain = checker.plain

    def check_code(self) -> None:
        """The same as :meth:`code`, which makes rows besides."""
        labels, size = self.names.labels, self.unit.size
        fitting, small = numbers(self.names)
        statements = self.unit.statements
        done = 0
        for each in self.plain:
            while done < each.before:
                self._statement(statements[done])
                done += 1
            for name, is_target, is_moved, instruction, node in each.reading.uses:
                if name:
                    label = labels.get(each.scope + name if name[0] == "@" else name)
                    if label is None:
                        if name in (small if is_moved else fitting) and not is_target:
                            continue
                    elif is_moved:
                        if label.base is Base.DATA and not is_target:
                            continue
                    elif not is_target or (label.base is Base.CODE and label.offset < size):
                        continue
                self._value(each.line(), is_target, instruction, node)
        for statement in statements[done:]:
            self._statement(statement)

    def check_globals(self) -> None:
        """The same as :meth:`symbols`."""
        for name, (line, node) in self.unit.globals.items():
            if name not in self.names.labels:
                self.global_constant(line, node)

    def _statement(self, statement: Statement) -> None:
        if statement.in_data or statement.plan is None:
            return
        for instruction, actions in statement.plan.rows:
            for kind, what in actions:
                if not isinstance(what, int) and not (kind == CONSTANT and _is_short(statement.line, what)):
                    self._value(statement.line, kind == TARGET, instruction, what)

    def _value(self, line: Line, is_target: bool, instruction: int, node: Node) -> None:
        if is_target:
            self.target(line, instruction, node, 0, 0)
        else:
            self.constant(line, node)


def numbers(names: Names) -> tuple[set[str], set[str]]:
    """Constants that a slot holds, and those that it holds with a small number added too."""
    fitting, small = set(), set()
    for name, constant in names.constants.items():
        if isinstance(constant.value, float):
            fitting.add(name)
        elif isinstance(constant.value, int) and _LEAST <= constant.value < _END:
            fitting.add(name)
            if _LEAST + SMALL < constant.value < _END - SMALL:
                small.add(name)
    return fitting, small


def _is_short(line: Line, node: Node) -> bool:
    """A number that any slot holds."""
    return type(node) is Integer and len(line.words[node.first]) < _SHORT
