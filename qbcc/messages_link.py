"""What linking says. The places are those that the objects carry."""

from __future__ import annotations

from collections.abc import Iterable

from qbcc.diagnostics import Diagnostic, Related
from qbcc.explanation import Explanation
from qbcc.messages import nearest, short
from qbcc.source import SourceFile, Span
from vm.bytecode import ObjectFile, Symbol


def place(name: str, obj: ObjectFile, symbol: Symbol) -> Span | None:
    """Where a symbol is defined, with its line to show; None if the object does not say."""
    where = symbol.where
    if where is None or where.file >= len(obj.files) or where.line < 1:
        return None
    text = obj.texts.get((where.file, where.line), "")
    source = SourceFile(obj.files[where.file], "\n" * (where.line - 1) + text + "\n")
    return Span(source, where.line, where.column, where.end_column)


def clash(name: str, first: tuple[str, Span | None], second: tuple[str, Span | None]) -> Diagnostic:
    related = () if first[1] is None else (Related(first[1], f"first defined here, in {first[0]}"),)
    message = f"'{short(name)}' is defined by {first[0]} and by {second[0]}"
    return Diagnostic("E0701", message, second[1], related=related, notes=("drop .global from one of them",))


def missing(name: str, user: str, span: Span | None, known: Iterable[str]) -> Diagnostic:
    close = nearest(name, known)
    notes = (f"did you mean '{close}'?",) if close else ("link the object that defines it with .global",)
    return Diagnostic("E0702", f"no object defines '{short(name)}', which {user} uses", span, notes=notes)


def not_code(name: str, user: str, definer: str, span: Span | None, defined: Span | None) -> Diagnostic:
    related = () if defined is None else (Related(defined, "defined here"),)
    message = f"{user} jumps to '{short(name)}', which {definer} defines as no label of code"
    return Diagnostic("E0703", message, span, related=related)


def not_a_word(name: str, user: str, span: Span | None) -> Diagnostic:
    return Diagnostic("E0704", f"{user} adds to '{short(name)}', which is a float", span)


def entries(first: str, second: str) -> Diagnostic:
    notes = ("a program has one: keep .entry_point or the label 'main' in one object",)
    return Diagnostic("E0705", f"{first} and {second} both say where execution starts", None, notes=notes)


def too_large(what: str, found: int, most: int) -> Diagnostic:
    return Diagnostic("E0706", f"together the objects have {found:,} {what}; at most {most:,} are allowed", None)


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
}
