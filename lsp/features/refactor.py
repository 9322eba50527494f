"""Changes of a text that keep what it means: registers that are saved, numbers that get a name, constants in order."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from qbcc.assembly.reading import read as reading_of
from qbcc.source import SourceFile, Span
from qbcc.syntax.lexer import tables, tokenise
from qbcc.syntax.lines import Line, Name, Register
from sigma.symbols import Module
from sigma.tables import END
from vm.isa import BY_NAME, BY_SYSTEM_CALL

EXTRACT, REWRITE, QUICK = "refactor.extract", "refactor.rewrite", "quickfix"
_ALLOWED: Final = re.compile(r"lint:\s*allow\s+\w+(?:\s*,\s*\w+)*")
_NUMBER: Final = frozenset({"INTEGER", "FLOAT", "CHARACTER"})


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of a text that becomes another; lines and columns from 1. Its lines end in line feeds."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """A change that someone may want."""

    title: str
    kind: str
    changes: tuple[Change, ...]
    names: bool = False
    """Whether it gives a name, which is to be chosen where the cursor is then."""


def _insert(line: int, text: str, column: int = 1) -> Change:
    return Change(line, column, line, column, text)


def _over(span: Span, text: str) -> Change:
    return Change(span.line, span.column, span.line, span.end_column, text)


# -- findings that are meant


def allow(source: SourceFile, line: int, code: str, mark: str) -> Action:
    """A comment that allows a finding on its line; ``mark`` begins comments."""
    text = source.line(line)
    there = _ALLOWED.search(text)
    if there is not None:
        change = _insert(line, f", {code}", there.end() + 1)
    else:
        shown = text.rstrip()
        change = Change(line, len(shown) + 1, line, len(text) + 1, f"  {mark} lint: allow {code}")
    return Action(f"allow {code} on this line", QUICK, (change,))


# -- assembly


@dataclass(frozen=True, slots=True)
class Routine:
    """A subroutine: its label's line, and those after it up to the next one."""

    name: str
    lines: tuple[Line, ...]


def read(source: SourceFile, first: int = 1, last: int | None = None) -> list[Line]:
    """The lines of a source that can be read, or of some of its lines, both counted in."""
    texts = enumerate(source.lines[first - 1 : last], first)
    found = (reading_of(text).line(source, at) for at, text in texts if text.strip())
    return [line for line in found if isinstance(line, Line)]


def routine_at(lines: list[Line], number: int) -> Routine | None:
    """The subroutine that a line belongs to: from its ordinary label to the line before the next one, or to the end of
    its contract."""
    start = end = -1
    name = ""
    for at, line in enumerate(lines):
        ordinary = [line.words[token] for token in line.shape.labels if line.words[token][0] != "@"]
        is_section = line.word.lower() in (".endfunc", ".func", ".data", ".text", ".code", ".macro")
        if (ordinary or is_section) and line.number > number:
            end = at
            break
        if ordinary:
            start, name = at, ordinary[-1]
        elif is_section and start >= 0:
            start = -1
    if start < 0:
        return None
    found = lines[start : end if end >= 0 else len(lines)]
    return Routine(name, tuple(found)) if any(line.word.upper() == "QRET" for line in found) else None


def save_register(source: SourceFile, number: int, column: int) -> Action | None:
    """The register at a place pushed where its routine begins, and popped before each way back. None where the register
    is not written there, is saved already, or where control leaves the routine in another way."""
    register = _register_at(read(source, number, number), number, column)
    if register is None:
        return None
    lines = read(source)
    routine = routine_at(lines, number)
    if routine is None or not _may_be_saved(routine, lines, register):
        return None
    changes: list[Change] = []
    first = next((line for line in routine.lines if line.shape.word >= 0 and line.word[0] != "."), None)
    assert first is not None
    returns = [at for at, line in enumerate(routine.lines) if line.word.upper() == "QRET"]
    pops = [_pops_before(routine, at) for at in returns]
    if first.word.upper() == "QPUSH" and all(pop is not None for pop in pops):
        pushed = [node for node in first.shape.arguments if isinstance(node, Register)]
        changes.append(_insert(first.number, f", {register}", first.span(pushed[-1]).end_column))
        for pop in pops:
            assert pop is not None
            place = pop.span(pop.shape.arguments[0])
            changes.append(_insert(pop.number, f"{register}, ", place.column))
        return Action(f"save {register} in {routine.name}", REWRITE, tuple(changes))
    changes.append(_behind_label(routine.lines[0], f"QPUSH {register}"))
    changes += [_before(routine.lines[at], f"QPOP {register}") for at in returns]
    return Action(f"save {register} in {routine.name}", REWRITE, tuple(changes))


def _register_at(lines: list[Line], number: int, column: int) -> str | None:
    line = next((line for line in lines if line.number == number), None)
    kind = tables()[1]["REGISTER"]
    for at, key in enumerate(line.kinds if line is not None else ""):
        assert line is not None
        if key == kind and line.columns[at] <= column <= line.columns[at] + len(line.words[at]):
            return line.words[at].lower()
    return None


def written(line: Line) -> set[str]:
    """Registers that an instruction writes, by the table."""
    word = line.word.upper()
    ops = BY_NAME.get(word, ())
    found = {
        line.words[node.first].lower()
        for op in ops
        for place, node in enumerate(line.shape.arguments)
        if isinstance(node, Register) and (op.letters[min(place, len(op.letters) - 1)] if op.letters else "") == "d"
    }
    if word == "QSYSCALL" and line.shape.arguments:
        number = line.words[line.shape.arguments[0].first]
        call = BY_SYSTEM_CALL.get(int(number)) if number.isdecimal() else None
        found |= {f"r{at}" for at in range(len(call.gives))} if call is not None else {"r0", "r1"}
    return found


def _may_be_saved(routine: Routine, lines: list[Line], register: str) -> bool:
    if not any(register in written(line) for line in routine.lines):
        return False
    macros = {line.words[line.shape.word + 1] for line in lines if line.word.lower() == ".macro"}
    for line in routine.lines:
        pushed = [line.words[node.first].lower() for node in line.shape.arguments if isinstance(node, Register)]
        if line.word.upper() == "QPUSH" and register in pushed:
            return False
        if line.word in macros:
            # What it becomes is not looked at: it may return.
            return False
        if _leaves(line):
            return False
    return True


def _leaves(line: Line) -> bool:
    """Whether an instruction jumps to what is no local label, so that the register would stay on the stack."""
    if line.word.upper() == "QCALL":
        return False
    ops = BY_NAME.get(line.word.upper(), ())
    if not any(set(op.letters) & {"l", "t"} for op in ops) or not line.shape.arguments:
        return False
    target = line.shape.arguments[-1]
    return not (isinstance(target, Name) and line.words[target.first][0] == "@")


def _pops_before(routine: Routine, at: int) -> Line | None:
    """The ``QPOP`` right before a way back, which undoes the routine's ``QPUSH``."""
    if at == 0 or routine.lines[at].shape.labels:
        return None
    before = routine.lines[at - 1]
    first = next(line for line in routine.lines if line.shape.word >= 0 and line.word[0] != ".")
    if before.word.upper() != "QPOP" or first.word.upper() != "QPUSH":
        return None
    popped = [before.words[node.first].lower() for node in before.shape.arguments]
    pushed = [first.words[node.first].lower() for node in first.shape.arguments]
    return before if popped == pushed[::-1] else None


def _behind_label(line: Line, text: str) -> Change:
    """A line of its own right behind the ordinary label of a line, before local ones, to which loops go back."""
    token = max(at for at in line.shape.labels if line.words[at][0] != "@") + 2
    if token < len(line.words):
        return _insert(line.number, f"{text}\n    ", line.columns[token])
    end = line.columns[-1] + len(line.words[-1])
    return _insert(line.number, f"\n    {text}", end)


def _before(line: Line, text: str) -> Change:
    """A line of its own before an instruction, behind the labels of that one."""
    column = line.columns[line.shape.word]
    if not line.shape.labels:
        indent = line.source.line(line.number)[: column - 1]
        return _insert(line.number, f"{indent}{text}\n")
    return _insert(line.number, f"{text}\n    ", column)


def extract_constant(source: SourceFile, number: int, column: int, taken: Iterable[str]) -> Action | None:
    """The number at a place as a ``.define``, behind the last one before it, else where code or data begin."""
    key, words, columns = tokenise(source.line(number))
    names = tables()[2]
    if not words or words[0].lower() == ".define":
        return None
    for at, (word, start) in enumerate(zip(words, columns, strict=True)):
        if names.get(key[at]) in _NUMBER and start <= column <= start + len(word):
            name = _fresh("VALUE", set(taken))
            line = _define_line(source, number)
            span = Span(source, number, start, start + len(word))
            changes = (_insert(line, f".define {name} {word}\n"), _over(span, name))
            return Action(f"name {word} by a .define", EXTRACT, changes, names=True)
    return None


def _define_line(source: SourceFile, number: int) -> int:
    """Behind the last ``.define`` above a line that stands outside of everything; else before the first line that is
    neither a comment nor an include."""
    depth, after, head = 0, 0, 0
    for at in range(1, number):
        word = source.line(at).strip().lower()
        if word.startswith((".macro", ".rept", ".if")):
            depth += 1
        elif word.startswith((".endm", ".endr", ".endif")):
            depth -= 1
        if depth == 0 and word.startswith(".define"):
            after = at
        if head == at - 1 and (not word or word.startswith((";", ".include"))):
            head = at
    if after:
        return after + 1
    # A comment right above what follows speaks of that.
    while head > 0 and source.line(head).strip().startswith(";"):
        head -= 1
    return head + 1


def sort_defines(source: SourceFile, number: int) -> Action | None:
    """The ``.define`` lines that stand together with one, by name; None where they are in order."""
    first = last = number
    if not _is_define(source, number):
        return None
    while _is_define(source, first - 1):
        first -= 1
    while _is_define(source, last + 1):
        last += 1
    lines = [source.line(at) for at in range(first, last + 1)]
    ordered = sorted(lines, key=lambda line: line.split()[1].lower() if len(line.split()) > 1 else "")
    if lines == ordered:
        return None
    changes = tuple(
        Change(at, 1, at, len(old) + 1, new)
        for at, old, new in zip(range(first, last + 1), lines, ordered, strict=True)
        if old != new
    )
    return Action(f"sort these {len(lines)} constants by name", REWRITE, changes)


def _is_define(source: SourceFile, at: int) -> bool:
    return source.line(at).lower().startswith(".define ")


def _fresh(name: str, taken: set[str]) -> str:
    number = 1
    made = name
    while made in taken:
        number += 1
        made = f"{name}_{number}"
    return made


# -- σ


def extract_sigma(module: Module, number: int, column: int) -> Action | None:
    """The number at a place as a ``const``, behind the last one above, else behind what is imported."""
    tokens = module.tokens
    for at in range(bisect_left(tokens.lines, number), bisect_right(tokens.lines, number)):
        start, word = tokens.columns[at], tokens.words[at]
        if tokens.kinds[at] in ("INTEGER", "FLOAT") and start <= column <= start + len(word):
            top = at
            while top and tokens.kinds[top - 1] not in (";", "}"):
                top -= 1
            while tokens.kinds[top] == END:
                top += 1
            if tokens.kinds[top] == "CONST" and tokens.kinds[at - 1] == "=":
                # It has a name already.
                return None
            name = _fresh("VALUE", set(tokens.words))
            line = _const_line(module, number)
            span = Span(module.source, number, start, start + len(word))
            changes = (_insert(line, f"const {name} = {word};\n"), _over(span, name))
            return Action(f"name {word} by a const", EXTRACT, changes, names=True)
    return None


def _const_line(module: Module, number: int) -> int:
    lines = module.tokens.lines
    heads = ("CONST", "IMPORT")
    after = [
        lines[node.last] + 1
        for node in module.declarations
        if module.tokens.kinds[node.first] in heads and lines[node.last] < number
    ]
    if after:
        return max(after)
    first = min((lines[node.first] for node in module.declarations), default=1)
    while first > 1 and module.source.line(first - 1).strip().startswith("//"):
        first -= 1
    return first
