"""Includes, macros, conditionals and repetition: the lines of a program in the order that they count.

A stack of frames, one for each open file, macro use and repetition; a line comes from the top one. So nothing
recurses, and depth is bounded by a number. Everything else goes to ``sink`` at once, since a condition may name what it
defined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from qbcc.assembly import messages
from qbcc.assembly.includes import Folders, IncludeFault
from qbcc.assembly.names import BrokenError, Names
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.source import SourceFile, Span
from qbcc.syntax import parser
from qbcc.syntax.lexer import tables
from qbcc.syntax.lines import DIRECTIVES, Line, Name, Node, Shape, String
from qbcc.syntax.messages import bad_text, unknown_directive
from qbcc.syntax.parser import SyntaxFault, explain_shape, parse_line, shape_of
from qbcc.syntax.text import CharacterFault, string_bytes
from vm.isa import BY_NAME

MAX_DEPTH: Final = 200
"""Files, macros and repetitions inside each other."""
MAX_LINES: Final = 1_000_000
"""Lines that macros and repetitions may come to; what stands in files is bounded by their size."""
MAX_WORDS: Final = 1 << 16
"""Words of a line after its arguments stand in it: an argument that holds itself twice doubles with each use."""
_USUAL: Final = 8
"""Words that count as a line."""
CONDITION: Final = re.compile(r"[ \t]*\.(if|elif|else|endif)(?![A-Za-z0-9_])", re.IGNORECASE)
BLOCK: Final = re.compile(r"[^;\"]*?(\.(?:if|macro|rept))(?![A-Za-z0-9_])", re.IGNORECASE)
_NOT_ARITHMETIC: Final = ("NAME", "LOCAL", "REGISTER", "FLOAT", "CHARACTER", "STRING")
_CLOSES: Final = {".macro": ".endm", ".rept": ".endr"}


@dataclass(slots=True)
class _Choice:
    """An open ``.if``."""

    opened: Span
    is_active: bool
    """Lines count now."""
    is_done: bool
    """A branch was taken, or the whole is skipped."""
    is_inside: bool = True
    """What stands around it counts."""
    has_else: bool = False


@dataclass(slots=True)
class _Macro:
    name: str
    span: Span
    parameters: list[str]
    body: list[Line]
    locals: frozenset[str]
    forms: dict[tuple[str, ...], list[_Form]] = field(default_factory=dict)
    """The body for arguments of one word each, by their kinds."""


class _Form(NamedTuple):
    """A line of a body whose words are to be exchanged one for one: what it is whatever the words are."""

    line: Line
    kinds: str
    shape: Shape | SyntaxFault
    places: tuple[int, ...]
    """Tokens that are to be exchanged."""
    lengths: list[int]


@dataclass(slots=True)
class Frame:
    """Where lines come from."""

    lines: Iterator[Line | Diagnostic | None]
    source: SourceFile | None = None
    """For a file."""
    use: Line | None = None
    """The line that opened it."""
    choices: list[_Choice] = field(default_factory=list)
    skipping: bool = False
    """Inside a branch that is not taken: only conditionals matter."""


class Expander:
    """Runs one main source. ``enter`` and ``leave`` are called around each included file."""

    def __init__(
        self,
        names: Names,
        folders: Folders,
        sink: Callable[[Line], None],
        enter: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        self.names = names
        self.report = names.report
        self.folders = folders
        self.sink = sink
        self.enter = enter
        self.leave = leave
        self.sources: list[SourceFile] = []
        """Every file read, the main source first."""
        self.macros: dict[str, _Macro] = {}
        self.count = 0
        self._stack: list[Frame] = []
        self.is_stopped = False
        self._uses = 0
        self.files: dict[tuple[str, SourceFile], SourceFile] = {}
        """What was included, by name and includer."""
        self._orphans: list[str] = []
        """Openers of blocks that were reported, whose ends are still to come."""
        self._parameter = tables()[1]["PARAMETER"]
        self._special: dict[str, Callable[[Line], None]] = {
            ".include": self._include,
            ".macro": self._define_macro,
            ".rept": self._repeat,
            ".if": self._if,
            ".elif": self._elif,
            ".else": self._else,
            ".endif": self._endif,
            ".end": self._end,
            ".endm": lambda line: self._stray(line, ".macro"),
            ".endr": lambda line: self._stray(line, ".rept"),
        }

    def run(self, source: SourceFile, lines: Iterable[Line] | None = None) -> None:
        """Expand the main source to its last line; or the lines that were made from it."""
        self._open_file(source, None)
        if lines is not None:
            self._stack[-1].lines = self._given(lines)
        while self._stack and not self.is_stopped:
            frame = self._stack[-1]
            line = next(frame.lines, self)
            if line is self:
                self._close(frame)
            elif isinstance(line, Diagnostic):
                self._misformed(line)
            elif isinstance(line, Line):
                self._line(line, frame)

    def _misformed(self, found: Diagnostic) -> None:
        """A line that is none. If it was to open a block, the block's end is no error of its own."""
        self.report(found)
        mended = _mended(found)
        if mended is not None:
            self._line(mended, self._stack[-1])
            return
        opened = BLOCK.match(found.span.source.line(found.span.line)) if found.span is not None else None
        if opened is not None:
            self._orphans.append(opened[1].lower())

    def _is_orphan(self, opener: str) -> bool:
        if opener not in self._orphans:
            return False
        self._orphans.remove(opener)
        return True

    # -- frames

    def _open_file(self, source: SourceFile, use: Line | None) -> None:
        self.sources.append(source)
        frame = Frame(iter(()), source, use)
        frame.lines = self._file_lines(source, frame)
        self._stack.append(frame)

    def _file_lines(self, source: SourceFile, frame: Frame) -> Iterator[Line | Diagnostic | None]:
        """The lines of a file, read as they are asked for; None for one that is skipped."""
        for number, text in enumerate(source.lines, 1):
            if frame.skipping and not CONDITION.match(text):
                yield None
            elif text:
                yield parse_line(source, number)

    def stop(self) -> None:
        """No more lines after this one."""
        self.is_stopped = True

    def _given(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Lines that come ready, from sources that may be new."""
        for line in lines:
            if line.source is not self.sources[0] and line.source not in self.sources:
                self.sources.append(line.source)
            yield line

    def _close(self, frame: Frame) -> None:
        for choice in frame.choices:
            self.report(messages.unclosed(choice.opened, ".if", ".endif"))
        self._stack.pop()
        if frame.source is not None and self._stack:
            self.leave()

    def _push(self, frame: Frame, line: Line) -> None:
        if len(self._stack) >= MAX_DEPTH:
            # What uses itself twice has 2^200 leaves: nothing more of the whole use is expanded.
            while self._stack[-1].source is None:
                self._stack.pop()
            raise SourceError([messages.too_deep(line.whole(), MAX_DEPTH, self._chain(line))])
        self._stack.append(frame)

    @staticmethod
    def _chain(line: Line) -> list[str]:
        chain: list[str] = []
        use: Line | None = line
        while use is not None and len(chain) < 4:
            chain.append(use.word)
            use = use.use
        return chain

    def _line(self, line: Line, frame: Frame) -> None:
        if frame.source is None:
            # A list is as much as so many lines, and so is a line that grew.
            self.count += max(1, len(line.shape.arguments), len(line.words) // _USUAL)
        if self.count > MAX_LINES:
            self.stop()
            self.report(messages.too_long(line.outermost().whole(), MAX_LINES))
            return
        shape = line.shape
        if frame.skipping and line.word.lower() not in (".if", ".elif", ".else", ".endif"):
            return
        if self._parameter in line.kinds:
            self._strangers(line)
            return
        if shape.word < 0:
            self.sink(line)
            return
        word = line.words[shape.word]
        special = self._special.get(word.lower()) if word[0] == "." else None
        macro = self.macros.get(word)
        if special is None and macro is None and word[0] == ".":
            special = self._foreign(line, word)
        if special is None and macro is None:
            self.sink(line)
            return
        if shape.labels:
            self.sink(_labels_only(line))
        try:
            if special is not None:
                special(line)
            elif macro is not None:
                self._use(macro, line)
        except BrokenError:
            return
        except SourceError as error:
            for diagnostic in error.diagnostics:
                self.report(messages.with_uses(diagnostic, line))

    def _foreign(self, line: Line, word: str) -> Callable[[Line], None] | None:
        """What opens a block or brings a file in another assembler is done after it is reported, so that the rest of
        the block is no error of its own."""
        if word.lower() in DIRECTIVES:
            return None
        from qbcc.syntax import foreign

        advice = foreign.directive(word)
        if advice is None or advice.ours not in (".if", ".macro", ".rept", ".include", ".elif"):
            return None
        handler = self._skip if advice.ours == ".if" else self._special[advice.ours]
        found = unknown_directive(line.word_span(), word, DIRECTIVES)
        self.report(messages.with_uses(found, line))
        words = line.words.copy()
        words[line.shape.word] = advice.ours
        return lambda _: handler(replace(line, words=words))

    def _skip(self, line: Line) -> None:
        """A condition that is not known: none of its branches counts."""
        self._stack[-1].choices.append(_Choice(line.whole(), False, True))
        self._stack[-1].skipping = True

    def _strangers(self, line: Line) -> None:
        r"""``\name`` where no macro has such a parameter."""
        for at, kind in enumerate(line.kinds):
            if kind == self._parameter:
                self.report(messages.with_uses(messages.undefined(line.tokens(at, at), line.words[at], ()), line))

    # -- files

    def _include(self, line: Line) -> None:
        node = _only(line, String, ".include takes one file name in quotes")
        try:
            name = string_bytes(line.words[node.first]).decode()
            source = self._find(name, line.outermost().source)
        except CharacterFault as fault:
            raise SourceError([bad_text(line.span(node), fault)]) from None
        except UnicodeDecodeError:
            raise SourceError([messages.include(line.span(node), "E0502", "the name is not UTF-8", ())]) from None
        except IncludeFault as fault:
            raise SourceError([messages.include(line.span(node), fault.code, fault.message, fault.notes)]) from None
        open_files = [f.source for f in self._stack if f.source is not None]
        if any(s.path == source.path for s in open_files):
            first = next(i for i, s in enumerate(open_files) if s.path == source.path)
            chain = [s.name for s in open_files[first:]] + [source.name]
            raise SourceError([messages.include_cycle(line.span(node), chain)])
        if any(s.path == source.path for s in self.sources):
            return
        if len(self._stack) >= MAX_DEPTH:
            raise SourceError([messages.too_deep(line.whole(), MAX_DEPTH, [name])])
        self.enter()
        self._open_file(source, line)

    def _find(self, name: str, includer: SourceFile) -> SourceFile:
        """The file, read once. A line that a program made may be of another file than the main one. Raises
        :class:`IncludeFault`."""
        key = name, includer
        if key not in self.files:
            self.files[key] = self.folders.find(name, includer)
        return self.files[key]

    def _end(self, line: Line) -> None:
        _no_arguments(line)
        while self._stack[-1].source is None:
            self._stack.pop()
        self._stack[-1].choices.clear()
        self._stack[-1].lines = iter(())

    # -- conditionals

    def _if(self, line: Line) -> None:
        frame = self._stack[-1]
        if frame.skipping:
            frame.choices.append(_Choice(line.whole(), False, True, is_inside=False))
            return
        choice = _Choice(line.whole(), False, True)
        frame.choices.append(choice)
        frame.skipping = True
        holds = self._condition(line)
        choice.is_active = choice.is_done = holds
        frame.skipping = not holds

    def _condition(self, line: Line) -> bool:
        if len(line.shape.arguments) != 1:
            raise SourceError([messages.directive_form(line.whole(), f"{line.word.lower()} takes one condition")])
        return self.names.number(line, line.shape.arguments[0], "a condition") != 0

    def _open_choice(self, line: Line) -> _Choice:
        choices = self._stack[-1].choices
        if not choices:
            if self._is_orphan(".if"):
                raise BrokenError
            raise SourceError([messages.stray(line.whole(), line.word.lower(), ".if")])
        if choices[-1].has_else and line.word.lower() != ".endif":
            raise SourceError([messages.after_else(line.whole(), line.word.lower(), choices[-1].opened)])
        return choices[-1]

    def _switch(self, choice: _Choice, active: bool) -> None:
        frame = self._stack[-1]
        choice.is_active = active
        choice.is_done = choice.is_done or active
        frame.skipping = not (choice.is_inside and choice.is_active)

    def _elif(self, line: Line) -> None:
        choice = self._open_choice(line)
        self._switch(choice, False)
        if not choice.is_done:
            choice.is_done = True
            holds = self._condition(line)
            choice.is_done = holds
            self._switch(choice, holds)

    def _else(self, line: Line) -> None:
        choice = self._open_choice(line)
        _no_arguments(line)
        self._switch(choice, not choice.is_done)
        choice.has_else = True

    def _endif(self, line: Line) -> None:
        choice = self._open_choice(line)
        _no_arguments(line)
        frame = self._stack[-1]
        frame.choices.pop()
        frame.skipping = not choice.is_inside

    # -- macros and repetition

    def _body(self, line: Line) -> list[Line]:
        """The lines up to the directive that closes this one; what is inside counts only when it is used."""
        opens = line.word.lower()
        depth = 1
        body: list[Line] = []
        for inner in self._stack[-1].lines:
            if isinstance(inner, Diagnostic):
                self.report(inner)
                inner = _mended(inner)
            if inner is None:
                continue
            word = inner.word.lower()
            if word[:1] == "." and word not in DIRECTIVES and _closes(word, opens):
                # Another assembler's word for the end: without it the rest of the file would be the body.
                self.report(unknown_directive(inner.word_span(), inner.word, DIRECTIVES))
                return body
            depth += (word == opens) - (word == _CLOSES[opens])
            if depth == 0:
                return body
            body.append(inner)
        raise SourceError([messages.unclosed(line.whole(), opens, _CLOSES[opens])])

    def _define_macro(self, line: Line) -> None:
        body = self._body(line)
        names = [line.words[node.first] for node in line.shape.arguments]
        name, parameters = names[0], names[1:]
        span = line.span(line.shape.arguments[0])
        if name.upper() in BY_NAME:
            raise SourceError([messages.macro_is_mnemonic(span, name)])
        if name in self.macros:
            raise SourceError([messages.defined_twice(span, name, self.macros[name].span)])
        if len(set(parameters)) < len(parameters):
            raise SourceError([messages.directive_form(line.whole(), "two parameters have the same name")])
        self.macros[name] = _Macro(name, span, parameters, body, _defined_locals(body))

    def _use(self, macro: _Macro, line: Line) -> None:
        arguments = line.shape.arguments
        if len(arguments) != len(macro.parameters):
            raise SourceError(
                [messages.macro_arguments(line.whole(), macro.name, len(macro.parameters), len(arguments), macro.span)]
            )
        values = {}
        for parameter, node in zip(macro.parameters, arguments, strict=True):
            values[parameter] = values["\\" + parameter] = self._argument(line, node)
        if all(len(words) == 1 for _, words in values.values()):
            lines = self._exchange(macro, values, line)
        else:
            lines = self._expand(macro.body, macro.locals, values, line)
        self._push(Frame(lines, use=line), line)

    def _argument(self, line: Line, node: Node) -> tuple[str, list[str]]:
        """Kinds and words of an argument: one operand, whatever stands around the parameter. Arithmetic on mere numbers
        is done at once, so that a macro which counts down by itself does not grow its argument."""
        words, kinds = line.words[node.first : node.last + 1], line.kinds[node.first : node.last + 1]
        keys = tables()[1]
        if len(words) == 1 or kinds[0] == keys["LSQB"]:
            return kinds, words
        if not {keys[name] for name in _NOT_ARITHMETIC}.intersection(kinds):
            with suppress(SourceError):
                value = self.names.number(line, node, "a number")
                kinds, words = keys["INTEGER"], [str(abs(value))]
                if value >= 0:
                    return kinds, words
                kinds, words = keys["MINUS"] + kinds, ["-", *words]
        return keys["LPAR"] + kinds + keys["RPAR"], ["(", *words, ")"]

    def _repeat(self, line: Line) -> None:
        body = self._body(line)
        if len(line.shape.arguments) != 1:
            raise SourceError([messages.directive_form(line.whole(), ".rept takes one count")])
        node = line.shape.arguments[0]
        count = self.names.number(line, node, "a count")
        if not 0 <= count <= MAX_LINES:
            raise SourceError([messages.out_of_range(line.span(node), "a count", count, 0, MAX_LINES)])
        self._push(Frame(self._repeated(body, count, line), use=line), line)

    def _repeated(self, body: list[Line], count: int, use: Line) -> Iterator[Line | Diagnostic]:
        """The body again and again. A line that names no local label is the same each time, so one object does."""
        fresh = _defined_locals(body)
        local = tables()[1]["LOCAL"]
        same = [None if local in line.kinds else _used(line, use) for line in body]
        for _ in range(count):
            self.count += 1
            self._uses += 1
            suffix = f"~{self._uses}"
            for line, shared in zip(body, same, strict=True):
                yield _substitute(line, fresh, suffix, {}, use) if shared is None else shared

    def _expand(
        self, body: list[Line], fresh: frozenset[str], values: dict[str, tuple[str, list[str]]], use: Line
    ) -> Iterator[Line | Diagnostic]:
        """The body with arguments for parameters, and its own local labels renamed."""
        self._uses += 1
        suffix = f"~{self._uses}"
        changed = fresh.union(values)
        for line in body:
            yield _used(line, use) if changed.isdisjoint(line.words) else _substitute(line, fresh, suffix, values, use)

    def _exchange(
        self, macro: _Macro, values: dict[str, tuple[str, list[str]]], use: Line
    ) -> Iterator[Line | Diagnostic]:
        """The same where each argument is one word, as mostly: a line's shape is found once for all uses."""
        self._uses += 1
        suffix = f"~{self._uses}"
        by_kind = tuple(values[parameter][0] for parameter in macro.parameters)
        forms = macro.forms.get(by_kind)
        if forms is None:
            forms = macro.forms[by_kind] = [_form(line, macro.locals, values) for line in macro.body]
        for line, kinds, shape, places, lengths in forms:
            if not isinstance(shape, Shape):
                yield messages.with_uses(explain_shape(line, shape), line, use)
                continue
            words = line.words
            if places:
                words = words.copy()
                for at in places:
                    word = words[at]
                    words[at] = values[word][1][0] if word in values else word + suffix
            yield Line(line.source, line.number, kinds, words, line.columns, shape, use, lengths=lengths)

    def _stray(self, line: Line, opener: str) -> None:
        if self._is_orphan(opener):
            return
        raise SourceError([messages.stray(line.whole(), line.word.lower(), opener)])


def _closes(word: str, opener: str) -> bool:
    """Whether another assembler closes a block with this directive."""
    from qbcc.syntax import foreign

    advice = foreign.directive(word)
    return advice is not None and advice.ours == _CLOSES[opener]


def _mended(found: Diagnostic) -> Line | None:
    """The line that a malformed one was meant to be."""
    return None if found.span is None else parser.mended(found, found.span.source.lines[found.span.line - 1])


def _defined_locals(body: list[Line]) -> frozenset[str]:
    return frozenset(line.words[at] for line in body for at in line.shape.labels if line.words[at][0] == "@")


def _labels_only(line: Line) -> Line:
    """The labels that stand before a directive or a macro."""
    end = line.shape.word
    shape = Shape(line.shape.labels, -1, ())
    return Line(
        line.source, line.number, line.kinds[:end], line.words, line.columns, shape, line.use, lengths=line.lengths
    )


def _only(line: Line, kind: type[String] | type[Name], form: str) -> String | Name:
    arguments = line.shape.arguments
    if len(arguments) != 1 or not isinstance(arguments[0], kind):
        raise SourceError([messages.directive_form(line.whole(), form)])
    return arguments[0]


def _no_arguments(line: Line) -> None:
    if line.shape.arguments:
        raise SourceError([messages.directive_form(line.whole(), f"{line.word.lower()} stands alone")])


def _used(line: Line, use: Line) -> Line:
    """A line of a body as it is."""
    return Line(line.source, line.number, line.kinds, line.words, line.columns, line.shape, use, lengths=line.lengths)


def _form(line: Line, fresh: frozenset[str], values: dict[str, tuple[str, list[str]]]) -> _Form:
    places = tuple(at for at, word in enumerate(line.words) if word in values or word in fresh)
    pairs = zip(line.kinds, line.words, strict=True)
    kinds = "".join([values[word][0] if word in values else kind for kind, word in pairs])
    shape = line.shape if kinds == line.kinds else shape_of(kinds)
    return _Form(line, kinds, shape, places, line.lengths or [len(word) for word in line.words])


def _substitute(
    line: Line, fresh: frozenset[str], suffix: str, values: dict[str, tuple[str, list[str]]], use: Line
) -> Line | Diagnostic:
    keys, words, columns, lengths = [], [], [], []
    written = line.lengths or [len(word) for word in line.words]
    for kind, word, column, length in zip(line.kinds, line.words, line.columns, written, strict=True):
        new_kinds, new_words = values.get(word, (kind, [word + suffix if word in fresh else word]))
        keys.append(new_kinds)
        words += new_words
        columns += [column] * len(new_words)
        lengths += [length] * len(new_words)
        if len(new_words) > 1 and len(words) > MAX_WORDS:
            return messages.with_uses(messages.long_expansion(line.whole(), MAX_WORDS), line, use)
    key = "".join(keys)
    shape = line.shape if key == line.kinds else shape_of(key)
    if not isinstance(shape, Shape):
        return messages.with_uses(explain_shape(line, shape), line, use)
    return Line(line.source, line.number, key, words, columns, shape, use, lengths=lengths)
