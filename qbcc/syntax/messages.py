"""What errors of syntax say: one function for each. Codes are stable; :mod:`qbcc.explanations` explains them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from qbcc.diagnostics import Diagnostic, Fix
from qbcc.source import Span
from qbcc.syntax.text import CharacterFault
from qbcc.wording import short
from vm.isa import BY_NAME

if TYPE_CHECKING:
    from qbcc.syntax import foreign


@lru_cache(256)
def nearest_known(word: str, known: tuple[str, ...]) -> str | None:
    """A look-up is slow, and a macro may ask for the same word many times."""
    # Only a mistake needs it, as the table of foreign words below.
    from qbcc.nearest import nearest

    return nearest(word, known)


def suggest(span: Span, word: str, known: Iterable[str]) -> Fix | None:
    """Return the fix that writes the known word which was probably meant."""
    name = nearest_known(word, tuple(known))
    return None if name is None else Fix(span, name, f"did you mean '{name}'?")


_INTERRUPT: Final = re.compile(r"[ \t]*[0-9$]")
"""What follows the word ``int`` where it calls the system."""


def _renamed(span: Span, advice: foreign.Advice) -> Fix | None:
    """The other word, where that is all."""
    return Fix(span, advice.ours, f"it is called '{advice.ours}' here") if advice.ours and not advice.note else None


def _called(advice: foreign.Advice) -> tuple[str, ...]:
    """A note where another word is not all."""
    if not advice.note:
        return ()
    return (f"it is called '{advice.ours}' here: {advice.note}" if advice.ours else advice.note,)


def bad_character(span: Span, character: str) -> Diagnostic:
    notes: tuple[str, ...] = ()
    if character in "“”‘’":
        notes = ('a string stands in plain quotes: "…"',)
    if character == "=":
        notes = ("a constant is written .define NAME value",)
    name = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    return Diagnostic("E0101", f"{name} belongs to no word of the language", span, notes=notes)


def open_string(span: Span, quote: str) -> Diagnostic:
    what = "string" if quote == '"' else "character constant"
    return Diagnostic("E0102", f"this {what} has no closing {quote}", span, notes=("it must end on its line",))


def empty_character(span: Span) -> Diagnostic:
    return Diagnostic("E0103", "a character constant holds one character", span)


def bad_text(span: Span, fault: CharacterFault) -> Diagnostic:
    start = span.column + fault.at
    place = Span(span.source, span.line, start, min(start + fault.length, span.end_column))
    notes: tuple[str, ...] = ()
    if "escape" in fault.reason:
        notes = ("escapes are \\n \\t \\r \\0 \\\\ \\\" \\' \\xNN \\u{…}",)
    elif "one character" in fault.reason:
        notes = ('a string is in double quotes: "…"',)
    return Diagnostic("E0103", fault.reason, place, notes=notes)


def bad_number(span: Span, word: str) -> Diagnostic:
    notes = ("numbers are written 42, 0xFF, 0b101, 0o17, 1_000, 8.0, 1e-9",)
    return Diagnostic("E0104", f"'{short(word)}' is no number", span, notes=notes)


def unexpected(span: Span, word: str, before: str, wanted: str, label: str = "") -> Diagnostic:
    notes = (f"if '{short(label)}' is a label, write '{short(label)}:'",) if label else ()
    if word.upper() in BY_NAME and before:
        notes = ("write one instruction a line",)
    after = f" after '{short(before)}'" if before else ""
    return Diagnostic("E0105", f"'{short(word)}' cannot stand here{after}: expected {wanted}", span, notes=notes)


def unexpected_end(span: Span, before: str, wanted: str) -> Diagnostic:
    return Diagnostic("E0105", f"the line ends after '{short(before)}': expected {wanted}", span)


def long_line(span: Span, length: int, most: int) -> Diagnostic:
    return Diagnostic("E0106", f"this line has {length:,} characters; at most {most:,} are allowed", span)


def deep_expression(span: Span, most: int) -> Diagnostic:
    return Diagnostic("E0107", f"this expression is nested more than {most} levels deep", span)


def unknown_word(span: Span, word: str, known: Iterable[str], is_alone: bool = False) -> Diagnostic:
    """``is_alone``: nothing else is in the line, so the word may be a label without its colon."""
    from qbcc.syntax import foreign

    message = f"'{short(word)}' is not an instruction or a macro"
    is_interrupt = word.lower() == "int" and _INTERRUPT.match(span.source.line(span.line), span.end_column - 1)
    advice = foreign.instruction("svc" if is_interrupt else word)
    if advice is not None and (advice.ours or not is_alone):
        return Diagnostic("E0201", message, span, notes=_called(advice), fix=_renamed(span, advice))
    fix = suggest(span, word, known)
    if fix is None and is_alone:
        fix = Fix(span, f"{word}:", f"if it is a label, write '{short(word)}:'")
    return Diagnostic("E0201", message, span, fix=fix)


def unknown_directive(span: Span, word: str, known: Iterable[str]) -> Diagnostic:
    from qbcc.syntax import foreign

    message = f"there is no directive {short(word)}"
    advice = foreign.directive(word)
    if advice is None:
        return Diagnostic("E0401", message, span, fix=suggest(span, word, known))
    return Diagnostic("E0401", message, span, notes=_called(advice), fix=_renamed(span, advice))
