"""What source errors say: one function for each, by topic. Codes are stable; :mod:`qbcc.explanations` explains them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qbcc import library
from qbcc.diagnostics import Diagnostic, Fix, Related
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Line
from qbcc.syntax.messages import nearest_known, suggest
from qbcc.wording import short
from vm.isa import BY_NAME

_USES = 3
"""Most uses of macros that a message lists."""


def with_uses(diagnostic: Diagnostic, line: Line, use: Line | None = None) -> Diagnostic:
    """The same, with the macro uses that led to the line."""
    uses: list[Line] = []
    outer = use or line.use
    while outer is not None:
        uses.append(outer)
        outer = outer.use
    # Of many, the innermost and the one that stands in the source.
    shown = uses if len(uses) <= _USES else [*uses[: _USES - 1], uses[-1]]
    related = [Related(u.whole(), f"in the expansion of '{short(u.word)}' here") for u in shown]
    return replace(diagnostic, related=(*diagnostic.related, *related))


def too_many(span: Span | None, most: int) -> Diagnostic:
    return Diagnostic("E0108", f"there are more than {most:,} errors; the rest is not shown", span)


# -- E02: instructions and operands


def operand_count(span: Span, name: str, forms: Sequence[str], found: int, note: str = "") -> Diagnostic:
    takes = " or ".join(f"'{form}'" for form in forms)
    plural = "operand" if found == 1 else "operands"
    return Diagnostic(
        "E0202", f"{name} has {found} {plural} here; it is written {takes}", span, notes=(note,) if note else ()
    )


def not_a_register(span: Span, word: str, role: str) -> Diagnostic:
    from qbcc.syntax import foreign

    note = foreign.register(word)
    notes = () if note is None else (note,)
    return Diagnostic("E0203", f"{role} must be a register, not '{short(word)}'", span, notes=notes)


def wrong_operand(span: Span, what: str, name: str, note: str) -> Diagnostic:
    return Diagnostic("E0204", f"{what} cannot be an operand of {name} here", span, notes=(note,) if note else ())


def memory_operand(span: Span, whole: Span, name: str, advice: str, ours: str) -> Diagnostic:
    notes = (advice,) if advice else ()
    fix = Fix(whole, ours, f"write '{short(ours)}'")
    return Diagnostic("E0204", f"memory cannot be an operand of {name} here", span, notes=notes, fix=fix)


def bad_address(span: Span, why: str, is_scaled: bool = False) -> Diagnostic:
    notes: tuple[str, ...] = (
        "addresses are [constant], [register], [register+constant], [register-constant], [register+register]",
    )
    if is_scaled:
        notes += ("an address has no scale: multiply in a register first, as QSHL r3, r2, 3 for eight times r2",)
    return Diagnostic("E0205", why, span, notes=notes)


def not_a_target(span: Span, name: str, what: str, note: str = "") -> Diagnostic:
    notes = (note,) if note else ()
    return Diagnostic("E0206", f"{name} goes to a label of the code, and this is {what}", span, notes=notes)


def code_in_data(span: Span, name: str) -> Diagnostic:
    notes = ("write .text before the code",)
    return Diagnostic("E0207", f"{name} is an instruction, and this is the data section", span, notes=notes)


def register_in_operand(span: Span, whole: Span, advice: str, ours: str) -> Diagnostic:
    """``ours``: the line that does what the expression means, if there is one."""
    fix = Fix(whole, ours, f"write '{short(ours)}'") if ours else None
    text = "an expression is calculated while assembling, and the value of a register is not known then"
    return Diagnostic("E0208", text, span, notes=(advice,) if advice and fix is None else (), fix=fix)


def register_in_expression(span: Span, word: str) -> Diagnostic:
    return Diagnostic("E0208", f"{word} is a register: its value is not known while assembling", span)


# -- E03: names and expressions


def undefined(span: Span, word: str, known: Iterable[str]) -> Diagnostic:
    from qbcc.syntax import foreign

    if word[:1] in "rR" and word[1:].isdigit():
        return Diagnostic("E0301", f"there is no register {word}", span, notes=("registers are r0 to r15",))
    shown = word.split("~")[0]
    message = f"'{short(shown)}' is not defined"
    if shown.upper() in BY_NAME:
        text = f"{shown} is an instruction, and no operand"
        return Diagnostic("E0301", text, span, notes=("write one instruction a line",))
    if shown.startswith("\\"):
        inside = f"'{short(shown)}' is a parameter inside the body of a macro that has it"
        return Diagnostic("E0301", message, span, notes=(inside,))
    file = library.provider(shown)
    if file is not None:
        notes: tuple[str, ...] = (f'it is in the standard library: write .include "{file}"',)
        return Diagnostic("E0301", message, span, notes=notes)
    fix = suggest(span, shown, dict.fromkeys(name.split("~")[0] for name in known))
    notes = ()
    if fix is None:
        near = nearest_known(shown, library.names()) if shown.startswith("qbc_") else None
        if near is not None:
            fix = Fix(
                span, near, f"did you mean '{near}'? It is in \"{library.provider(near)}\" of the standard library"
            )
        elif shown[0] == "@":
            notes = ("a local label is seen between two ordinary labels",)
        elif (number := foreign.value(shown)) is not None:
            if len(number) > 1:
                notes = (f"it is not predefined: write .define {shown} {number}",)
            else:
                fix = Fix(span, number, f"write '{number}'")
        elif (note := foreign.register(shown)) is not None:
            notes = (note,)
        elif re.fullmatch(r"[0-9A-Fa-f]+[hH]", shown):
            fix = Fix(span, f"0x{shown[:-1]}", f"write '0x{shown[:-1]}'")
        else:
            notes = (
                "define it with .define or as a label; if another object brings it, write .extern " + short(shown),
            )
    return Diagnostic("E0301", message, span, notes=notes, fix=fix)


def defined_twice(span: Span, name: str, first: Span | None, how: str = "", *, is_repeated: bool = False) -> Diagnostic:
    if is_repeated:
        notes = ("a local label (@name) is another one in each expansion",)
        return Diagnostic("E0302", f"each expansion defines '{short(name)}' again", span, notes=notes)
    related = () if first is None else (Related(first, "first defined here"),)
    shown = name[max(name.find("@"), 0) :].split("~")[0]
    return Diagnostic("E0302", f"'{short(shown)}' is defined twice{how}", span, related=related)


def does_not_fit(span: Span, value: int) -> Diagnostic:
    shown = f"{value}" if value.bit_length() <= 200 else f"a number of {value.bit_length()} bits"
    return Diagnostic("E0303", f"{shown} does not fit 64 bits", span, notes=("64 bits hold -2^63 to 2^64-1",))


def division_by_zero(span: Span, symbol: str) -> Diagnostic:
    return Diagnostic("E0304", f"the divisor of '{symbol}' is 0", span)


def float_bits(span: Span, symbol: str) -> Diagnostic:
    return Diagnostic("E0305", f"'{symbol}' works on integers, and an operand is a float", span)


def float_for_integer(span: Span, what: str, value: float) -> Diagnostic:
    return Diagnostic("E0305", f"{what} must be an integer, not the float {value!r}", span)


def string_as_number(span: Span) -> Diagnostic:
    notes = ("put the text in .data under a label and use the label, or write a character: 'A'",)
    return Diagnostic("E0305", "a string is no value", span, notes=notes)


def address_as_number(span: Span) -> Diagnostic:
    return Diagnostic("E0305", "what lies in memory is not known while assembling", span)


def address_arithmetic(span: Span, symbol: str) -> Diagnostic:
    notes = ("addresses take + and - of a number; two of one section have a distance",)
    return Diagnostic(
        "E0306", f"'{symbol}' needs numbers, and an operand is an address that linking moves", span, notes=notes
    )


def endless_definition(span: Span, word: str, defined: Span | None) -> Diagnostic:
    related = () if defined is None else (Related(defined, "defined here"),)
    return Diagnostic("E0307", f"'{short(word)}' is defined by itself", span, related=related)


def not_yet_known(span: Span, what: str) -> Diagnostic:
    return Diagnostic("E0308", f"{what} must be a number that is known here, not an address", span)


def large_integer(span: Span, bits: int) -> Diagnostic:
    return Diagnostic("E0309", f"this integer passes {bits:,} bits", span)


def large_float(span: Span) -> Diagnostic:
    return Diagnostic("E0309", "this is too large for a float", span, notes=("the largest is about 1.8e308",))


def negative_shift(span: Span, count: int) -> Diagnostic:
    return Diagnostic("E0309", f"a shift count cannot be negative ({count})", span)


def address_outside(span: Span, is_code: bool) -> Diagnostic:
    what = "no instruction of the program" if is_code else "too far from its label"
    return Diagnostic("E0311", f"this address is {what}", span)


# -- E04: directives and data


def directive_form(span: Span, message: str) -> Diagnostic:
    return Diagnostic("E0402", message, span)


def out_of_range(span: Span, what: str, value: int, least: int, most: int, notes: tuple[str, ...] = ()) -> Diagnostic:
    return Diagnostic("E0403", f"{what} is {least:,} to {most:,}, not {short(f'{value:,}')}", span, notes=notes)


def item_out_of_range(span: Span, directive: str, value: int, least: int, most: int) -> Diagnostic:
    notes = ("an item of .word is 16 bits; .dword is 32, which QLOADW reads",) if directive == ".word" else ()
    return out_of_range(span, f"a value of {directive}", value, least, most, notes)


def data_in_text(span: Span, word: str) -> Diagnostic:
    notes = ("write .data before the data; code is not in memory",)
    return Diagnostic("E0404", f"{word} is data, and this is the code section", span, notes=notes)


def bad_alignment(span: Span, value: int, most: int) -> Diagnostic:
    return Diagnostic("E0405", f"an alignment is a power of two up to {most:,}, not {value:,}", span)


def data_too_large(span: Span, what: str, most: int) -> Diagnostic:
    return Diagnostic("E0406", f"{what} pass {most:,} bytes", span)


def not_code(span: Span, directive: str, word: str) -> Diagnostic:
    return Diagnostic("E0407", f"{directive} needs a label of the code, and '{short(word)}' is none", span)


def func_order(span: Span, message: str, opened: Span | None = None) -> Diagnostic:
    related = () if opened is None else (Related(opened, "opened here"),)
    return Diagnostic("E0408", message, span, related=related)


def entry_twice(span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        "E0409", "a program has one entry point", span, related=(Related(first, "declared here already"),)
    )


# -- E05: files and includes


def include(span: Span | None, code: str, message: str, notes: Sequence[str]) -> Diagnostic:
    return Diagnostic(code, message, span, notes=tuple(notes))


def include_cycle(span: Span, chain: Sequence[str]) -> Diagnostic:
    shown = [*chain[:4], "…", *chain[-4:]] if len(chain) > 9 else chain
    return Diagnostic("E0503", "the files include each other: " + " → ".join(shown), span)


def other_language(source: SourceFile, ending: str) -> Diagnostic:
    text = f"this was read as QBC, and is in the language of .{ending} files"
    notes = (f"save it as a file whose name ends in .{ending}: standard input, and a text from Python, are QBC",)
    return Diagnostic("E0506", text, Span(source, 1, 1, 2), notes=notes)


# -- E06: macros and conditionals


def unclosed(span: Span, opener: str, closer: str) -> Diagnostic:
    return Diagnostic("E0601", f"this {opener} has no {closer}", span)


def stray(span: Span, word: str, opener: str) -> Diagnostic:
    return Diagnostic("E0602", f"{word} without {opener} before it", span)


def after_else(span: Span, word: str, opened: Span) -> Diagnostic:
    return Diagnostic("E0602", f"{word} after .else", span, related=(Related(opened, "of this .if"),))


def macro_is_mnemonic(span: Span, name: str) -> Diagnostic:
    return Diagnostic("E0603", f"'{name}' is an instruction and cannot be a macro", span)


def macro_arguments(span: Span, name: str, takes: int, found: int, defined: Span) -> Diagnostic:
    plural = "argument" if takes == 1 else "arguments"
    return Diagnostic(
        "E0604",
        f"'{short(name)}' takes {takes} {plural}, not {found}",
        span,
        related=(Related(defined, "defined here"),),
    )


def too_deep(span: Span, most: int, chain: Sequence[str]) -> Diagnostic:
    inner = " in ".join(short(word) for word in chain)
    notes = (f"innermost: {inner}",) if inner else ()
    return Diagnostic("E0605", f"includes, macros and repetitions are nested more than {most} deep", span, notes=notes)


def too_long(span: Span, most: int) -> Diagnostic:
    return Diagnostic("E0606", f"macros and repetitions come to more than {most:,} lines here", span)


def long_expansion(span: Span, most: int) -> Diagnostic:
    return Diagnostic("E0606", f"with its arguments, this line comes to more than {most:,} words", span)
