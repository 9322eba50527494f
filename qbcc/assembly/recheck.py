"""The check of a text that has changed a little: from the last one, where that is certain to be the same.

Most changes are to lines that stand alone (:attr:`qbcc.assembly.reading.Reading.is_alone`): comments, instructions,
what is not yet a line or begins with what is not yet a word. Of such a line the rest of a program hears only how many
instructions it is; and that matters only where something is made of the distances of code labels, or a label stands at
the very end. So the diagnostics of all other lines stay, further up or down. Where anything of this is in doubt,
:func:`recheck` checks anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from qbcc.assembly.assemble import MAX_ERRORS, Options, folders
from qbcc.assembly.check import Checked, Trace, check, numbers
from qbcc.assembly.includes import IncludeFault
from qbcc.assembly.names import BrokenError, Moving
from qbcc.assembly.operands import plan
from qbcc.assembly.reading import Reading, Use, read
from qbcc.assembly.unit import Contracted
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.edits import Edit, Mover, difference
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Line, Shape
from qbcc.syntax.messages import unknown_word
from vm.bytecode import MAX_INSTRUCTIONS, Base
from vm.isa import BY_NAME

_MOST: Final = 200
"""Lines of a change that is looked at."""
_INCLUDE: Final = "E05"


def recheck(last: Checked, source: SourceFile, options: Options) -> Checked:
    """What :func:`qbcc.assembly.check.check` says of the source, found from an earlier version's."""
    return _Change(last, source, options).checked() or check(source, options)


class _Change:
    """Lines ``first`` to ``old_end`` of the last source, from 0 and the end not counted in, have become those from
    ``first`` to ``new_end``."""

    def __init__(self, last: Checked, source: SourceFile, options: Options) -> None:
        self.last, self.trace = last, last.trace
        self.before, self.source, self.options = last.included[0], source, options
        change = difference(self.before.lines, source.lines) or Edit(
            len(source.lines), len(source.lines), len(source.lines)
        )
        self.first, self.old_end, self.new_end = change.first, change.old_end, change.new_end
        self.mover = Mover(self.before, source, change)
        self.moved = self.new_end - self.old_end

    def checked(self) -> Checked | None:
        """None where the whole is to be checked anew."""
        start = self._start()
        if start is None or not self._is_same_program():
            return None
        size, scope, known = start
        old = [read(text) for text in self.before.lines[self.first : self.old_end]]
        new = [read(text) for text in self.source.lines[self.first : self.new_end]]
        grown = sum(map(_instructions, new)) - sum(map(_instructions, old))
        if (
            not all(reading.is_alone or reading.unknown for reading in new)
            or self.trace.size + grown >= MAX_INSTRUCTIONS
        ):
            return None
        if grown and not self._may_grow(size + sum(map(_instructions, old))):
            return None
        kept = self._kept(old)
        said = self._said(new, scope, known)
        if kept is None or said is None or not self._may_be_unknown(old, new) or len(kept) + len(said) >= MAX_ERRORS:
            return None
        return Checked(
            self._sorted(kept, said),
            (self.source, *self.last.included[1:]),
            self._traced(new, start, grown),
        )

    def _start(self) -> tuple[int, str, int] | None:
        """Instructions before the change, the owner of local labels there, and how many macros are known; None where
        other lines than those that stand alone are touched, or none is near to tell."""
        trace, first = self.trace, self.first
        if max(self.old_end, self.new_end) - first > _MOST or -1 in trace.starts[first : self.old_end]:
            return None
        if first < len(trace.starts) and trace.starts[first] >= 0:
            return trace.starts[first], trace.scopes[first], trace.known[first]
        if first and trace.starts[first - 1] >= 0:
            before = read(self.before.lines[first - 1])
            return trace.starts[first - 1] + _instructions(before), trace.scopes[first - 1], trace.known[first - 1]
        return None

    def _is_same_program(self) -> bool:
        """Whether the source goes by the same name, and includes the same texts."""
        source, before, options, own = self.source, self.before, self.options, self.trace.options
        if (source.name, source.path) != (before.name, before.path):
            return False
        if (options.defines, options.include_dirs) != (own.defines, own.include_dirs):
            return False
        if len(self.last.diagnostics) >= MAX_ERRORS or any(d.code.startswith(_INCLUDE) for d in self.last.diagnostics):
            return False
        places = folders(source, options)
        for (name, includer), included in self.trace.files.items():
            try:
                found = places.find(name, includer)
            except IncludeFault:
                return False
            if (found.path, found.name, found.text) != (included.path, included.name, included.text):
                return False
        return True

    # -- other numbers of instructions

    def _may_grow(self, end: int) -> bool:
        """Whether it matters to nobody that what comes behind so many instructions is moved."""
        trace = self.trace
        if trace.names.is_measured or not end < trace.size:
            return False
        if any(label.base is Base.CODE and label.offset >= trace.size for label in trace.names.labels.values()):
            return False
        return all(map(self._is_plain, trace.contracts))

    def _is_plain(self, contract: Contracted) -> bool:
        """Whether the label of a contract stands between its lines, where no instruction more or less puts it out."""
        label = self.trace.names.labels.get(contract.name)
        if label is None or label.base is not Base.CODE or label.span.source is not contract.span.source:
            return False
        return label.span.line > contract.span.line and contract.start <= label.offset < contract.end

    # -- diagnostics

    def _kept(self, old: list[Reading]) -> list[Diagnostic] | None:
        """Those of other lines; None if one of them has to do with a line that goes, or if a line goes whose names were
        reported: then another line must say so."""
        kept = []
        for found in self.last.diagnostics:
            line = self._line_of(found.span)
            if self.first < line <= self.old_end:
                reading = old[line - 1 - self.first]
                if reading.rows:
                    return None
                continue
            spans = [found.fix.span] if found.fix is not None else []
            spans += [each.span for each in found.related]
            if any(self.first < self._line_of(span) <= self.old_end for span in spans):
                return None
            kept.append(self.mover.diagnostic(found))
        return kept

    def _may_be_unknown(self, old: list[Reading], new: list[Reading]) -> bool:
        """Whether words that are none may come and go: none of them is a macro's name, or taken for a label."""
        come = {reading.unknown for reading in new if reading.unknown}
        return not (come & {*self.trace.macros} or any(reading.is_bare for reading in (*old, *new)))

    def _line_of(self, span: Span | None) -> int:
        """The line of the last source; 0 for other places."""
        return span.line if span is not None and span.source is self.before else 0

    def _said(self, new: list[Reading], scope: str, macros: int) -> list[Diagnostic] | None:
        """Those of the lines that come; None if one of them has names that are not plainly right."""
        said: list[Diagnostic] = []
        known = numbers(self.trace.names) if any(reading.uses for reading in new) else (set(), set())
        for number, reading in enumerate(new, self.first + 1):
            if reading.rows:
                if not all(self._is_right(use, reading, number, scope, known) for use in reading.uses):
                    return None
            elif reading.unknown:
                span = reading.line_in(self.source, number).word_span()
                names = [*BY_NAME, *self.trace.macros[:macros]]
                said.append(unknown_word(span, reading.unknown, names, reading.is_word))
            elif reading.key:
                said += self._wrong(reading.line(self.source, number))
        return said

    @staticmethod
    def _wrong(line: Line | Diagnostic) -> list[Diagnostic]:
        """What is wrong with a line, each said once."""
        if isinstance(line, Diagnostic):
            return [line]
        try:
            plan(line)
        except SourceError as error:
            return list(dict.fromkeys(error.diagnostics))
        return []

    def _is_right(self, use: Use, reading: Reading, number: int, scope: str, known: tuple[set[str], set[str]]) -> bool:
        if not use.name:
            return not use.is_target and self._is_number(use, reading, number, scope)
        label = self.trace.names.labels.get(scope + use.name if use.name[0] == "@" else use.name)
        if label is None:
            return not use.is_target and use.name in known[use.is_moved]
        if use.is_moved:
            return label.base is Base.DATA and not use.is_target
        return not use.is_target or (label.base is Base.CODE and label.offset < self.trace.size)

    def _is_number(self, use: Use, reading: Reading, number: int, scope: str) -> bool:
        """Whether an expression is one that a slot holds, without measuring code."""
        line = reading.line_in(self.source, number)
        line.scope = scope
        try:
            value = self.trace.names.value(line, use.node)
        except (BrokenError, SourceError):
            return False
        if isinstance(value, Moving) or self.trace.names.is_measured:
            return False
        return isinstance(value, float) or -(1 << 63) <= value < 1 << 64

    def _sorted(self, kept: list[Diagnostic], said: list[Diagnostic]) -> tuple[Diagnostic, ...]:
        """By file and place, as the assembler has them."""
        order = {id(source): number for number, source in enumerate((self.source, *self.last.included[1:]))}

        def place(found: Diagnostic) -> tuple[int, int, int]:
            span = found.span
            return (-1, 0, 0) if span is None else (order.get(id(span.source), -1), span.line, span.column)

        return tuple(sorted([*kept, *said], key=place))

    def _traced(self, new: list[Reading], start: tuple[int, str, int], grown: int) -> Trace:
        """For the next change."""
        trace = self.trace
        size, scope, known = start
        starts = []
        for reading in new:
            starts.append(size)
            size += _instructions(reading)
        behind = trace.starts[self.old_end :]
        if grown:
            behind = [start + grown if start >= 0 else -1 for start in behind]
        return replace(
            trace,
            options=self.options,
            size=trace.size + grown,
            starts=[*trace.starts[: self.first], *starts, *behind],
            scopes=[*trace.scopes[: self.first], *[scope] * len(new), *trace.scopes[self.old_end :]],
            known=[*trace.known[: self.first], *[known] * len(new), *trace.known[self.old_end :]],
        )


def _instructions(reading: Reading) -> int:
    """Of a line that stands alone; a wrong instruction counts as one."""
    return reading.rows or int(isinstance(reading.shape, Shape) and reading.key != "" and not reading.unknown)
