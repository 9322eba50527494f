"""What syntax errors of σ say. Codes S01xx."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from qbcc.diagnostics import Diagnostic, Fix, Related
from qbcc.source import Span
from sigma.habits import CHARACTERS, DIRECTIVES

_NAMES: Final = {
    "NAME": "a name", "INTEGER": "a value", "FLOAT": "a value", "STRING": "a string", "TYPE": "a type",
    "BINARY": "an operator", "$END": "the end of the file", "ASSIGN": "'+='", "PREFIX": "a value",
}  # fmt: skip
_VALUE: Final = frozenset({"INTEGER", "FLOAT", "TRUE", "FALSE", "PREFIX", "INV", "CTRL", "RECORD"})
_SUFFIXED: Final = re.compile(r"[0-9_]+(?:[uUlLfFdDn]{1,3}|[iuf](?:8|16|32|64|128|size))\Z")
_IMAGINARY: Final = re.compile(r"[0-9_]+[ij]\Z")
_DIRECTIVE: Final = re.compile(rf"\s*({'|'.join(DIRECTIVES)})\b")
_CONVERSION: Final = re.compile(r"!\s*[rsa]\s*$")
_DIVISION: Final = "integer division is the word 'div': n div 2"


def short(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"


def _list(wanted: Sequence[str]) -> str:
    """What could stand, in few words."""
    words = set(wanted)
    if "LET" in words and "RETURN" in words:
        return "a statement, or '}'"
    if "INTEGER" in words:
        return "a value"
    if "FN" in words and "IMPORT" in words:
        return "a declaration: const, fn, gate, record, view, let, var, import or extern"
    if "NAME" in words:
        words -= {"STEP", "AT", "FROM", "AS", "REF"}
    shown = sorted({_NAMES.get(word, f"'{word.lower()}'") for word in words})
    if len(shown) > 6:
        shown = [word for word in shown if word in ("';'", "')'", "','", "'}'", "']'", "'{'", "an operator")] or shown
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1] if shown else "something else"


def bad_quotes(span: Span, quote: str, plain: str) -> Diagnostic:
    """Report a text in quotes of another shape."""
    fix = Fix(span, plain, f"write {short(plain)}")
    text = f"'{quote}' belongs to no word of the language"
    return Diagnostic("S0101", text, span, notes=(CHARACTERS[quote],), fix=fix)


def bad_character(span: Span, character: str) -> Diagnostic:
    note = CHARACTERS.get(character, "")
    if character == "#" and (found := _DIRECTIVE.match(span.source.line(span.line), span.column)):
        note = DIRECTIVES[found[1]]
    notes = (note,) if note else ()
    name = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    return Diagnostic("S0101", f"{name} belongs to no word of the language", span, notes=notes)


def open_string(span: Span, quote: str) -> Diagnostic:
    what = "string" if quote == '"' else "character constant"
    return Diagnostic("S0102", f"this {what} has no closing {quote}", span, notes=("it must end on its line",))


def open_comment(span: Span) -> Diagnostic:
    return Diagnostic("S0103", "this comment has no closing */", span)


def no_block(span: Span) -> Diagnostic:
    notes = ("asm { QADD x, x, 1 }",)
    return Diagnostic("S0105", "instructions stand between braces behind 'asm'", span, notes=notes)


def open_asm(span: Span) -> Diagnostic:
    return Diagnostic("S0103", "this asm block has no closing }", span)


def bad_number(span: Span, word: str) -> Diagnostic:
    note = "numbers are written 42, 0xFF, 0b101, 0o17, 1_000, 8.0, 1e-9"
    if _SUFFIXED.match(word):
        note = "a number has no letter behind it: an int is 5, a float 5.0"
    elif _IMAGINARY.match(word):
        note = "complex numbers are in the library: import std.complex; and complex.Complex(0.0, 2.0)"
    return Diagnostic("S0104", f"'{short(word)}' is not a number", span, notes=(note,))


def unexpected(
    span: Span, word: str, before: str, wanted: Sequence[str], note: str = "", opened: Span | None = None
) -> Diagnostic:
    notes = (note,) if note else ()
    related = (Related(opened, "this block has no closing }"),) if opened else ()
    what = f"'{short(word)}' cannot stand here" if word else "the file ends here"
    after = f" after '{short(before.partition(chr(10))[0])}'" if before else ""
    return Diagnostic("S0105", f"{what}{after}: expected {_list(wanted)}", span, related=related, notes=notes)


def foreign_word(span: Span, word: str, note: str) -> Diagnostic:
    """Report a word that has a meaning in other languages."""
    return Diagnostic("S0112", f"'{short(word)}' is not a word of σ", span, notes=(note,))


def missing_semicolon(span: Span, before: str, is_division: bool) -> Diagnostic:
    """Report a statement that has no end; ``is_division`` if the comment behind it may have been meant as a divisor."""
    text = f"a ';' is missing after '{short(before)}'"
    if is_division:
        return Diagnostic("S0106", text, span, notes=(f"'//' begins a comment; {_DIVISION}",))
    return Diagnostic("S0106", text, span, fix=Fix(span, ";", "write ';'"))


def slashes(span: Span, is_assignment: bool, around: str = "  ") -> Diagnostic:
    """Report slashes that were meant to divide; ``around`` is the character before them and the one behind."""
    word = "div=" if is_assignment else "div"
    example = "n div= 2;" if is_assignment else "n div 2"
    notes = (
        f"integer division is the word '{word}': {example}",
        "'qbcc fmt --migrate FILE' rewrites every division of an older source",
    )
    before, after = (" " * (not blank.isspace()) for blank in around.ljust(2)[:2])
    fix = Fix(span, f"{before}{word}{after}", f"write '{word}'")
    return Diagnostic("S0111", "'//' begins a comment: it does not divide", span, notes=notes, fix=fix)


def too_deep(span: Span, most: int) -> Diagnostic:
    return Diagnostic("S0107", f"this is nested more than {most} levels deep", span)


def chained(span: Span) -> Diagnostic:
    notes = ("write a < b and b < c",)
    return Diagnostic("S0108", "comparisons do not chain", span, notes=notes)


def one_counter(span: Span) -> Diagnostic:
    return Diagnostic("S0109", "a range has one counter", span, notes=("for i in a..b",))


def bad_value(span: Span, text: str, notes: tuple[str, ...] = ()) -> Diagnostic:
    """Report what cannot be read between braces; ``notes`` say what is written instead, if that is known."""
    what = f"'{short(text)}' is not a value" if text.strip() else "nothing is between the braces"
    if text.rstrip().endswith("=") and not text.rstrip().endswith("=="):
        notes = (f"write the name as text: {short(text.strip())} {{{short(text.rstrip(' ='))}}}",)
    elif _CONVERSION.search(text):
        notes = ("a value has no conversion: {x} prints it",)
    elif '"' in text:
        notes = ("a text is no value: write it outside of the braces",)
    return Diagnostic("S0110", what, span, notes=notes or ("{x} prints x; a brace of the text is written twice: {{",))


def comment_within(span: Span) -> Diagnostic:
    """Report a comment to the end of the line between braces."""
    notes = ("integer division is the word 'div'; a comment between braces is written /* … */",)
    return Diagnostic("S0110", "'//' begins a comment, which the braces do not end", span, notes=notes)


def string_within(span: Span, text: str) -> Diagnostic:
    """Report a string between the braces of another; ``text`` is what is between them."""
    value = text.strip() if text.count('"') == 2 and len(text) <= 60 else 'expect(q, "ZZ")'
    notes = (f"give the value a name before it is printed: let e = {value}; and {{e}}",)
    return Diagnostic("S0110", "a string cannot be between the braces of another", span, notes=notes)


def quote_within(span: Span) -> Diagnostic:
    """Report a string that ends right before a word."""
    notes = ('a quote in a string is written \\"',)
    return Diagnostic("S0105", "the string ends here, and a word follows it", span, notes=notes)


def within(fault: Diagnostic, span: Span) -> Diagnostic:
    """Report what is wrong between braces, at its place in the source."""
    fix = replace(fault.fix, span=span) if fault.fix is not None else None
    return replace(fault, span=span, fix=fix)
