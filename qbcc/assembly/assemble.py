"""The assembler: lines to an object file.

Two passes. The first goes through the lines as they expand: it gives every label its place and every instruction its
plan (:mod:`qbcc.assembly.operands`). The second fills in the values. Nothing depends on what later lines do to earlier
ones, so the time is linear in the source."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from qbcc.assembly import messages
from qbcc.assembly.encode import encode
from qbcc.assembly.expand import Expander
from qbcc.assembly.includes import Folders
from qbcc.assembly.names import BrokenError, Constant, Label, Names
from qbcc.assembly.operands import Plan, plan
from qbcc.assembly.unit import Contracted, Statement, Unit
from qbcc.collector import collector_paused
from qbcc.diagnostics import Diagnostic, Severity, SourceError
from qbcc.library import stdlib_dir
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import DATA_DIRECTIVES, DIRECTIVES, Line, Name, Register, Shape, is_bare
from qbcc.syntax.messages import unknown_directive, unknown_word
from qbcc.syntax.parser import parse_line
from qbcc.wording import short
from vm.bytecode import MAX_INSTRUCTIONS, Base, ObjectFile
from vm.isa import BY_NAME

MAX_ERRORS: Final = 1000
"""Errors after which an assembly gives up."""


@dataclass(frozen=True)
class Options:
    """How to assemble."""

    defines: Mapping[str, str] = field(default_factory=dict)
    """``-D NAME=expr``: wins over a ``.define`` of the source."""
    include_dirs: Sequence[Path] = ()
    """``-I``, in order."""
    read: Callable[[Path], str] | None = None
    """For editors: the text of an unsaved file, or :class:`OSError` for the file on disk."""


@dataclass(frozen=True)
class Assembly:
    """What came of a source."""

    object: ObjectFile | None
    """None if there was an error."""
    diagnostics: tuple[Diagnostic, ...]
    statements: tuple[Statement, ...]
    """Every line that made code or data, in order."""
    included: tuple[SourceFile, ...]
    """Every file read, the main source first."""
    claimed: frozenset[str] = frozenset()
    """Names of the command line (``-D``) that the source defines or uses."""
    unclaimed: Mapping[str, Diagnostic] = field(default_factory=dict)
    """Those that it does not know, and what to say unless another source claims them. Only front ends ask for this: the
    assembler takes a name that it does not use."""
    shots: int | None = None
    """So many runs the source asks for, unless the command line says how many."""
    counts_instructions: bool = False
    """Whether an expression depends on how many instructions lie between labels."""


def assemble(source: SourceFile, options: Options | None = None) -> Assembly:
    """Assemble one source. What is wrong with it is in the result; nothing is raised."""
    with collector_paused():
        return Assembler(source, options or Options()).run()


def assemble_statements(source: SourceFile, lines: Iterable[Line], options: Options | None = None) -> Assembly:
    """The same for lines that a program made (:mod:`qbcc.syntax.build`), in order. ``source`` is what they were made
    from: reports show its lines, and includes are looked up beside it. A line may come from another source too. The
    lines belong to the assembly from here on: it notes in them what it finds out."""
    with collector_paused():
        return Assembler(source, options or Options()).run(lines)


def check_define(text: str) -> tuple[str, str]:
    """``NAME=expr`` (or ``NAME``, which is 1) as a pair. Raises :class:`ValueError` with one line."""
    name, equals, value = text.partition("=")
    if not name.isascii() or not name.isidentifier():
        raise ValueError(f"'{short(name)}' is no name: -D takes NAME=VALUE")
    if equals and not value.strip():
        raise ValueError(f"-D {name}= has no value")
    return name, value if equals else "1"


def folders(source: SourceFile, options: Options) -> Folders:
    """Where the includes of a source come from."""
    root = Path(source.path).parent if source.path else None
    prefix = os.path.dirname(source.name) if source.path else ""
    return Folders(options.include_dirs, stdlib_dir(), options.read, root, prefix)


class Assembler:
    """One assembly, from text to object; :mod:`qbcc.assembly.check` stops before the object."""

    names_type: type[Names] = Names

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self._said: set[Diagnostic] = set()
        self.names = self.names_type(self._report)
        self.unit = Unit(self.names)
        self._folders = folders(source, options)
        self.expander = Expander(self.names, self._folders, self._line, self._enter, self._leave)
        self._in_data = False
        self._scopes = {True: "", False: ""}
        """The last ordinary label, by section (data or not)."""
        self._query = False
        self._function: Contracted | None = None
        self._sections: list[tuple[bool, bool, dict[bool, str]]] = []
        self._unknown: set[Span] = set()
        for name, text in options.defines.items():
            self._command_line(name, text)

    def run(self, lines: Iterable[Line] | None = None) -> Assembly:
        """Of the source, or of lines that were made from it."""
        self._first_pass(lines)
        sources = self.expander.sources
        stored = [self._folders.stored(source) for source in sources]
        obj = encode(self.unit, sources, stored, self._report, self._report_line)
        self._sort()
        failed = any(d.severity is Severity.ERROR for d in self.diagnostics)
        return Assembly(
            None if failed else obj,
            tuple(self.diagnostics),
            tuple(self.unit.statements),
            tuple(sources),
            frozenset(self.names.claimed),
            counts_instructions=self.names.counts_instructions,
        )

    def _first_pass(self, lines: Iterable[Line] | None = None) -> None:
        """All lines, then all constants: everything has its place and every name its value."""
        self.expander.run(self.source, lines)
        if self._function is not None:
            self._report(messages.func_order(self._function.span, f".func {self._function.name} has no .endfunc"))
        self.names.settle()

    # -- reports

    def _sort(self) -> None:
        """By file and place; what is said of one place stays in its order."""
        order = {id(source): number for number, source in enumerate(self.expander.sources)}
        self.diagnostics.sort(key=lambda d: _position(d, order))

    def _report(self, diagnostic: Diagnostic) -> None:
        """A repetition or a macro that uses itself says the same of the same place again and again: once will do."""
        if diagnostic in self._said or len(self.diagnostics) > MAX_ERRORS:
            return
        self._said.add(diagnostic)
        if len(self.diagnostics) == MAX_ERRORS:
            diagnostic = messages.too_many(diagnostic.span, MAX_ERRORS)
            self.expander.stop()
        self.diagnostics.append(diagnostic)

    def _report_line(self, line: Line, error: SourceError) -> None:
        for diagnostic in error.diagnostics:
            self._report(messages.with_uses(diagnostic, line))

    # -- the first pass

    def _command_line(self, name: str, text: str) -> None:
        """A definition of the command line, in a source of its own."""
        source = SourceFile("<command line>", f".define {name} {text}")
        line = parse_line(source, 1)
        if isinstance(line, Diagnostic):
            self._report(line)
            return
        node = line.shape.arguments[1]
        self.names.constants[name] = Constant(node, line, line.whole(), is_fixed=True)

    def _enter(self) -> None:
        self._sections.append((self._in_data, self._query, dict(self._scopes)))

    def _leave(self) -> None:
        self._in_data, self._query, self._scopes = self._sections.pop()

    def _line(self, line: Line) -> None:
        """A line that expansion gives: labels, then an instruction or a directive."""
        shape = line.shape
        word = line.words[shape.word] if shape.word >= 0 else ""
        try:
            if self._in_data or word[:1] == ".":
                self._check_section(line, word)
            if shape.labels:
                self._labels(line)
            line.scope = self._scopes[self._in_data]
            if word:
                self._statement(line, word)
        except BrokenError:
            return
        except SourceError as error:
            self._report_line(line, error)

    def _check_section(self, line: Line, word: str) -> None:
        """Report what stands in the wrong section, and go on in the right one: the next lines will belong there too."""
        if self._in_data and word.upper() in BY_NAME:
            self._in_data = False
            self._report_line(line, SourceError([messages.code_in_data(line.word_span(), word.upper())]))
        elif not self._in_data and word.lower() in DATA_DIRECTIVES:
            self._in_data = True
            self._report_line(line, SourceError([messages.data_in_text(line.word_span(), word.lower())]))

    def _labels(self, line: Line) -> None:
        self.unit.labelled.append(line)
        for at in line.shape.labels:
            word = line.words[at]
            name = word
            if word[0] == "@":
                name = self._scopes[self._in_data] + word
            else:
                self._scopes[self._in_data] = word
            base, offset = (Base.DATA, self.unit.data.size) if self._in_data else (Base.CODE, self.unit.size)
            is_query = self._query and word[0] != "@" and not self._in_data
            self.names.add_label(name, Label(base, offset, line.tokens(at, at), is_query), line)

    def _statement(self, line: Line, word: str) -> None:
        if word[0] == ".":
            self._directive(line, word.lower())
        elif word.upper() in BY_NAME:
            self._instruction(line)
        else:
            self._unknown_word(line, word)

    def _unknown_word(self, line: Line, word: str) -> None:
        """Said once for each place. A word alone that begins no mnemonic is taken for a label without its colon, so
        that its uses are no errors of their own."""
        span = line.word_span()
        if is_bare(line) and word not in self.names.labels:
            self._labels(replace(line, shape=Shape((line.shape.word,), -1, ())))
        if span not in self._unknown:
            self._unknown.add(span)
            known = [*BY_NAME, *self.expander.macros]
            raise SourceError([unknown_word(span, word, known, is_alone=not line.shape.arguments)])

    def _instruction(self, line: Line) -> None:
        unit = self.unit
        if unit.size >= MAX_INSTRUCTIONS:
            raise SourceError([messages.too_long(line.whole(), MAX_INSTRUCTIONS)])
        made: Plan | None = None
        count = 1
        try:
            made = plan(line)
            count = len(made.rows)
        finally:
            unit.statements.append(Statement(line, unit.size, count, False, made))
            unit.size += count

    def _directive(self, line: Line, word: str) -> None:
        if word in DATA_DIRECTIVES:
            start = self.unit.data.size
            self.unit.data.directive(line, self.names)
            self.unit.statements.append(Statement(line, start, self.unit.data.size - start, True))
            return
        handler = _HANDLERS.get(word)
        if handler is None:
            span = line.word_span()
            raise SourceError([unknown_directive(span, line.word, DIRECTIVES)])
        handler(self, line)

    # -- directives

    def _section(self, line: Line) -> None:
        if line.shape.arguments:
            raise SourceError([messages.directive_form(line.whole(), f"{line.word.lower()} stands alone")])
        self._in_data = line.word.lower() == ".data"
        self._query = False

    def _define(self, line: Line) -> None:
        name, node = line.shape.arguments
        self.names.add_constant(line.words[name.first], line.span(name), line, node)

    def _entry_point(self, line: Line) -> None:
        (name,) = _names(line, ".entry_point takes one label", 1)
        if self.unit.entry is not None:
            first, node = self.unit.entry
            raise SourceError([messages.entry_twice(line.whole(), first.span(node))])
        self.unit.entry = line, name

    def _global(self, line: Line) -> None:
        for name in _names(line, ".global takes names"):
            self.unit.globals.setdefault(line.words[name.first], (line, name))

    def _extern(self, line: Line) -> None:
        for node in _names(line, ".extern takes names"):
            name = line.words[node.first]
            if self.names.is_taken(name) and name not in self.names.externals:
                raise SourceError([messages.defined_twice(line.span(node), name, self.names.where(name))])
            self.names.constants.pop(name, None)
            self.names.externals.setdefault(name, line.span(node))

    def _query_interface(self, line: Line) -> None:
        if line.shape.arguments or self._in_data:
            where = "stands alone" if line.shape.arguments else "belongs to the code section: write .text before it"
            raise SourceError([messages.directive_form(line.whole(), f".query_interface {where}")])
        self._query = True

    def _func(self, line: Line) -> None:
        opened = self._function
        if opened is not None:
            raise SourceError([messages.func_order(line.whole(), ".func inside .func", opened.span)])
        # A nameless one takes the .endfunc that will come, so that it is no error too.
        self._function = Contracted("", line.whole(), self.unit.size)
        (node,) = _names(line, ".func takes the name of a subroutine", 1)
        if self._in_data:
            raise SourceError([messages.func_order(line.whole(), ".func belongs to the code section")])
        self._function = Contracted(line.words[node.first], line.span(node), self.unit.size)

    def _func_part(self, line: Line) -> None:
        word = line.word.lower()
        if self._function is None:
            raise SourceError([messages.func_order(line.whole(), f"{word} stands between .func and .endfunc")])
        for node in line.shape.arguments:
            if not isinstance(node, Register | Name):
                raise SourceError([messages.directive_form(line.span(node), f"{word} takes registers")])
        words = [line.words[node.first] for node in line.shape.arguments]
        self._function.parts.setdefault(word, []).extend(w.lower() if w[0] in "rR" else w for w in words)

    def _endfunc(self, line: Line) -> None:
        if line.shape.arguments:
            raise SourceError([messages.directive_form(line.whole(), ".endfunc stands alone")])
        if self._function is None:
            raise SourceError([messages.func_order(line.whole(), ".endfunc without .func before it")])
        self._function.end = self.unit.size
        if self._function.name:
            self.unit.contracts.append(self._function)
        self._function = None


def _names(line: Line, form: str, count: int | None = None) -> list[Name]:
    arguments = line.shape.arguments
    found = [node for node in arguments if isinstance(node, Name) and line.words[node.first][0] != "@"]
    if not arguments or len(found) < len(arguments) or (count is not None and len(found) != count):
        raise SourceError([messages.directive_form(line.whole(), form)])
    return found


_HANDLERS: Final[dict[str, Callable[[Assembler, Line], None]]] = {
    ".text": Assembler._section,
    ".code": Assembler._section,
    ".data": Assembler._section,
    ".define": Assembler._define,
    ".entry_point": Assembler._entry_point,
    ".global": Assembler._global,
    ".extern": Assembler._extern,
    ".query_interface": Assembler._query_interface,
    ".func": Assembler._func,
    ".args": Assembler._func_part,
    ".returns": Assembler._func_part,
    ".clobbers": Assembler._func_part,
    ".endfunc": Assembler._endfunc,
}


def _position(diagnostic: Diagnostic, order: Mapping[int, int]) -> tuple[int, int, int]:
    span = diagnostic.span
    if span is None:
        return -1, 0, 0
    return order.get(id(span.source), -1), span.line, span.column
