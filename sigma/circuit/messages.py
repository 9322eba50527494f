"""What is said of circuits in JSON: S06xx."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qbcc.diagnostics import Diagnostic, Fix, Related
from qbcc.source import Span
from sigma.check.messages import suggest
from sigma.messages import short

# -- JSON itself

_LITERALS = {
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "null", "NULL": "null", "nil": "null",
}  # fmt: skip


def _not_json(span: Span, text: str, *notes: str, fix: Fix | None = None) -> Diagnostic:
    return Diagnostic("S0601", text, span, notes=notes, fix=fix)


def unexpected(span: Span, word: str, wanted: str) -> Diagnostic:
    what = f"'{word}' cannot stand here" if word else "the file ends here"
    return _not_json(span, f"{what}: expected {wanted}")


def not_closed(span: Span, opened: str, mark: str) -> Diagnostic:
    return _not_json(span, f"this '{opened}' has no closing '{mark}'")


def missing_mark(span: Span, mark: str) -> Diagnostic:
    return _not_json(span, f"a '{mark}' is missing here", fix=Fix(span, mark, f"write '{mark}'"))


def trailing_comma(span: Span) -> Diagnostic:
    return _not_json(span, "nothing follows this ',' in JSON", fix=Fix(span, "", "leave it out"))


def more_behind(span: Span) -> Diagnostic:
    return _not_json(span, "a file of JSON is one value, and this stands behind it")


def comment(span: Span) -> Diagnostic:
    return _not_json(span, "JSON has no comments")


def open_string(span: Span) -> Diagnostic:
    return _not_json(span, "this string has no closing quote", "it must end on its line")


def single_quotes(span: Span, text: str) -> Diagnostic:
    inner = text[1:-1]
    fix = None if '"' in inner or "\\" in inner else Fix(span, f'"{inner}"', "write double quotes")
    return _not_json(span, "a string of JSON stands in double quotes", fix=fix)


def plain_key(span: Span, name: str) -> Diagnostic:
    return _not_json(span, "a key stands in double quotes", fix=Fix(span, f'"{name}"', f'write "{short(name)}"'))


def bad_escape(span: Span, text: str) -> Diagnostic:
    shown = text if text.isprintable() else text[0]
    return _not_json(span, f"'{shown}' is no escape of JSON", 'escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9')


def bad_string(span: Span, text: str) -> Diagnostic:
    return _not_json(span, text)


def bad_character(span: Span, character: str) -> Diagnostic:
    name = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    return _not_json(span, f"{name} belongs to no value of JSON")


def bad_word(span: Span, word: str, *, is_number: bool) -> Diagnostic:
    if is_number:
        return _not_json(span, f"'{short(word)}' is no number of JSON", "numbers are written 42, -0.5, 1e-9")
    meant = _LITERALS.get(word)
    fix = Fix(span, meant, f"write {meant}") if meant else None
    notes = () if meant else ("a text stands in double quotes",)
    return _not_json(span, f"'{short(word)}' is no value of JSON", *notes, fix=fix)


def too_deep(span: Span, most: int) -> Diagnostic:
    return Diagnostic("S0602", f"this is nested more than {most} levels deep", span)


def duplicate_key(span: Span, name: str, first: Span) -> Diagnostic:
    related = (Related(first, "first here"),)
    return Diagnostic("S0603", f"the key '{short(name)}' stands here twice", span, related=related)


# -- the form of a circuit


def unknown_key(span: Span, name: str, of: str, known: Sequence[str], free: Iterable[str]) -> Diagnostic:
    fix = suggest(span, name, free)
    fix = None if fix is None else Fix(span, f'"{fix.replacement}"', fix.title)
    notes = () if fix else (f"its keys are {', '.join(known)}",)
    return Diagnostic("S0604", f"{of} has no '{short(name)}'", span, notes=notes, fix=fix)


def missing_key(span: Span, of: str, name: str, form: str) -> Diagnostic:
    return Diagnostic("S0605", f"{of} needs '{name}'", span, notes=(f"it is written {form}",))


def no_operation(span: Span, kinds: Sequence[str]) -> Diagnostic:
    return Diagnostic("S0605", f"an operation has one of the keys {', '.join(kinds)}, and this one has none", span)


def two_operations(span: Span, name: str, first: str, first_span: Span) -> Diagnostic:
    related = (Related(first_span, "the other"),)
    text = f"an operation is one thing: it cannot be '{first}' and '{name}'"
    return Diagnostic("S0604", text, span, related=related, notes=("write two operations",))


def wrong_type(span: Span, what: str, wanted: str, found: str) -> Diagnostic:
    return Diagnostic("S0606", f"{what} is {wanted}, not {found}", span)


def large_number(span: Span, word: str) -> Diagnostic:
    return Diagnostic("S0607", f"{short(word)} is too large: floats reach 1.8e308", span)


def out_of_range(span: Span, what: str, value: int | float, least: int, most: int) -> Diagnostic:
    shown = short(str(value))
    return Diagnostic("S0607", f"{what} is between {least:,} and {most:,}, not {shown}", span)


# -- gates and qubits


def unknown_gate(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    lower = name.lower()
    if lower in known:
        fix: Fix | None = Fix(span, f'"{lower}"', f"did you mean '{lower}'?")
    else:
        fix = suggest(span, name, known)
        fix = None if fix is None else Fix(span, f'"{fix.replacement}"', fix.title)
    notes = () if fix else (f"gates are {', '.join(known)}",)
    return Diagnostic("S0608", f"there is no gate '{short(name)}'", span, notes=notes, fix=fix)


def qubit_count(span: Span, name: str, found: int, wanted: int) -> Diagnostic:
    return Diagnostic("S0609", f"'{name}' acts on {_some(wanted, 'qubit')}, and {_stand(found)} here", span)


def no_qubits(span: Span, name: str) -> Diagnostic:
    return Diagnostic("S0609", f"'{name}' needs at least one qubit", span)


def angle_count(span: Span, name: str, found: int, wanted: int) -> Diagnostic:
    text = f"'{name}' takes {_some(wanted, 'number') if wanted else 'no numbers'}, and {_stand(found)} here"
    notes = (f'"args": [{", ".join(["0.5"] * wanted)}]',) if wanted else ("leave out 'args'",)
    return Diagnostic("S0610", text, span, notes=notes)


def outside(span: Span, index: int, count: int) -> Diagnostic:
    last = f"the last is {count - 1}" if count > 1 else "the only one is 0"
    return Diagnostic("S0611", f"there is no qubit {short(str(index))}: {last}", span)


def same_qubit(span: Span, index: int, name: str, first: Span) -> Diagnostic:
    related = (Related(first, "first here"),)
    return Diagnostic("S0612", f"qubit {index} stands twice in '{name}'", span, related=related)


def _stand(count: int) -> str:
    return f"{count or 'none'} stand{'s' * (count == 1)}"


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
