"""What linking says. The places are those that the objects carry."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

from qbcc.diagnostics import Diagnostic, Related
from qbcc.explanation import Explanation
from qbcc.nearest import nearest
from qbcc.source import Excerpt, Span
from qbcc.wording import short
from vm.bytecode import ObjectFile, Where

End = tuple[str, Span | None]
"""An object's name and a place in its source."""


def place(name: str, obj: ObjectFile, where: Where | None) -> Span | None:
    """A place that the object ``name`` carries, with its line to show; None if it does not say."""
    if where is None or where.file >= len(obj.files) or where.line < 1:
        return None
    file = obj.files[where.file]
    if not name.startswith("<") and not file.startswith("<"):
        file = (PurePath(name).parent / file).as_posix()
    text = obj.texts.get((where.file, where.line), "")
    return Span(Excerpt(file, text, number=where.line), where.line, where.column, where.end_column)


def _related(span: Span | None, text: str) -> tuple[Related, ...]:
    return () if span is None else (Related(span, text),)


def clash(name: str, first: End, second: End) -> Diagnostic:
    message = f"'{short(name)}' is defined by {first[0]} and by {second[0]}"
    related = _related(first[1], f"first defined here, in {first[0]}")
    return Diagnostic("E0701", message, second[1], related=related, notes=("drop .global from one of them",))


_DEFINED: Final = "give the file that defines it with .global, too"


def missing(
    name: str, user: str, places: tuple[Span | None, Span | None], hidden: End | None, known: Iterable[str]
) -> Diagnostic:
    """``places``: of the declaration and of the first use; ``hidden``: an object that has the name without .global."""
    declared, use = places
    related = _related(use, "used here")
    if hidden is not None:
        related += _related(hidden[1], f"{hidden[0]} has one of its own here")
        notes: tuple[str, ...] = (f"write .global {short(name)} in {hidden[0]}",)
    else:
        close = nearest(name, known)
        notes = (f"did you mean '{close}'?",) if close else (_DEFINED,)
    message = f"no object defines '{short(name)}', which {user} uses"
    return Diagnostic("E0702", message, declared, related=related, notes=notes)


def not_code(name: str, user: End, definer: End) -> Diagnostic:
    message = f"{user[0]} jumps to '{short(name)}', which is no instruction of {definer[0]}"
    return Diagnostic("E0703", message, user[1], related=_related(definer[1], "defined here"))


def not_a_word(name: str, doing: str, span: Span | None, defined: Span | None) -> Diagnostic:
    related = _related(defined, "defined here")
    return Diagnostic("E0704", f"{doing} '{short(name)}', which is a float", span, related=related)


def entries(first: End, second: End) -> Diagnostic:
    notes = ("a program has one: keep .entry_point or the label 'main' in one object",)
    message = f"{first[0]} and {second[0]} both say where execution starts"
    return Diagnostic("E0705", message, second[1], related=_related(first[1], f"{first[0]} starts here"), notes=notes)


def too_large(what: str, found: int, most: int) -> Diagnostic:
    return Diagnostic("E0706", f"together the objects have {found:,} {what}; at most {most:,} are allowed", None)


def outside(what: str, user: str, span: Span | None) -> Diagnostic:
    return Diagnostic("E0707", f"{user} uses {short(what)}, which lies outside the program", span)


EXPLANATIONS: dict[str, Explanation] = {
    "E0701": Explanation(
        "a name is defined by two objects",
        "Two of the linked objects export the same name with .global. Names without .global stay inside their object, "
        "so one of the two usually does not need it.",
        "; a.qbc and b.qbc both have\n.global helper\nhelper: QRET",
        "; only a.qbc has .global helper; b.qbc has .extern helper",
    ),
    "E0702": Explanation(
        "a name is defined by no object",
        "An object declares a name with .extern, uses it, and no linked object exports it with .global.",
        ".extern helper\nmain: QCALL helper\n      QRET",
        "; link it with an object that has .global helper and the label helper:",
    ),
    "E0703": Explanation(
        "a jump to what is no code",
        "QJMP, QCALL and the conditional jumps go to labels of code. The name that another object brings is a label of "
        "its data, or a number.",
        ".extern table          ; a label of data elsewhere\nQCALL table",
        ".extern routine        ; a label of code elsewhere\nQCALL routine",
    ),
    "E0704": Explanation(
        "a float where an address or integer belongs",
        "An external name is a float in the object that defines it; nothing can be added to it, and a .qword cannot "
        "hold it.",
        ".extern SCALE          ; .define SCALE 1.5 elsewhere\n.data\nvalue: .qword SCALE",
        ".extern SCALE\nQMOV r0, SCALE",
    ),
    "E0705": Explanation(
        "two entry points",
        "Each of two linked objects has .entry_point or a label 'main'. A program starts at one place.",
        "; a.qbc and b.qbc both have\nmain: QRET",
        "; a.qbc has main:, b.qbc has only subroutines",
    ),
    "E0706": Explanation(
        "the linked program is too large",
        "The objects together pass a limit of the format: 67,108,864 instructions, as many constants, or 1 GiB of "
        "data.",
        "",
        "",
    ),
    "E0707": Explanation(
        "an address outside the program",
        "A distance is added to a name that another object brings, and the sum is no instruction of the linked "
        "program, or passes 64 bits.",
        ".extern routine        ; the linked program has 20 instructions\nQMOV r0, routine+1000",
        ".extern routine\nQMOV r0, routine",
    ),
}
