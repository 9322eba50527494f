"""Lines that no rule of QBC fits, recognised as what another language writes: one diagnostic that says what to write.

Each habit is a pattern of a line's text and the message for it, tried in order. Only lines that are wrong anyway come
here, so a pattern may be broad."""

from __future__ import annotations

import re
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile
from qbcc.syntax import foreign, habits_statements, messages, messages_foreign
from qbcc.syntax.lines import DIRECTIVES
from qbcc.syntax.place import Maker, Place


def explain_line(source: SourceFile, number: int, text: str, column: int) -> Diagnostic | None:
    """Return what to say of a line, if another language writes the whole of it like that."""
    place = Place(source, number, text, column)
    for pattern, make in (*_LINES, *habits_statements.LINES) if len(text) <= _MOST else ():
        found = pattern.match(text)
        if found is not None and (made := make(place, found)) is not None:
            return made
    return None


def explain_place(source: SourceFile, number: int, text: str, column: int) -> Diagnostic | None:
    """Return what to say of the words where a line stopped making sense, if they are of another language."""
    place = Place(source, number, text, column)
    for pattern, back, make in _PLACES if len(text) <= _MOST else ():
        for start in range(max(place.at - back, 0), place.at + 1):
            found = pattern.match(text, start)
            if found is not None and found.end() > place.at and (made := make(place, found)) is not None:
                return made
    return None


_MOST: Final = 1000
"""Longest line that is looked at."""
_VALID: Final = re.compile(
    r"0[xX]_?[0-9A-Fa-f][0-9A-Fa-f_]*|0[bB]_?[01][01_]*|0[oO]_?[0-7][0-7_]*|[0-9][0-9_]*(?:\.[0-9_]*)?"
)
_NUMBER: Final = r"[+-]?(?:0[xX][0-9A-Fa-f]+|\d[\d_]*(?:\.\d*)?)"


def _comment(place: Place, found: re.Match[str]) -> Diagnostic:
    start, end = found.span("mark")
    return messages_foreign.comment(place.span(start, end), found["mark"], place.fix(start, end, ";"))


def _preprocessor(place: Place, found: re.Match[str]) -> Diagnostic:
    advice = foreign.directive("." + found["word"]) or foreign.instruction(found["word"])
    ours = _PREPROCESSOR.get(found["word"].lower()) or (advice.ours or advice.note if advice is not None else "")
    return messages_foreign.preprocessor(place.span(*found.span("all")), found["all"], ours)


def _immediate(place: Place, found: re.Match[str]) -> Diagnostic:
    start, end = found.span()
    number = found["number"]
    if found["mark"] == "$" and re.search("[A-Fa-f]", number):
        number = f"0x{number}"
    return messages_foreign.immediate(place.span(start, end), found["mark"], place.fix(start, end, number))


def _here(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.current_address(place.span(*found.span()), found[0])


def _marked_register(place: Place, found: re.Match[str]) -> Diagnostic:
    start, end = found.span()
    name = found["name"]
    fix = place.fix(start, end, name) if re.fullmatch(r"[rR](?:1[0-5]|\d)", name) else None
    return messages_foreign.marked_register(place.span(start, end), found[0], fix)


def _parameter(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.parameter(place.span(*found.span()), found[0])


def _scaled(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.offset_before(
        place.span(*found.span()), place.fix(*found.span(), f"[{found['base']}+{found['offset'] or '0'}]")
    )


def _comma_address(place: Place, found: re.Match[str]) -> Diagnostic:
    sign = "" if found["offset"].startswith("-") else "+"
    return messages_foreign.comma_address(
        place.span(*found.span()), place.fix(*found.span(), f"[{found['base']}{sign}{found['offset']}]")
    )


def _numeric_label(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.numeric_label(place.span(*found.span("label")), found["label"])


def _dot_label(place: Place, found: re.Match[str]) -> Diagnostic | None:
    if found["label"].lower() in DIRECTIVES:
        return None
    start, end = found.span("label")
    return messages_foreign.dot_label(
        place.span(start, end), found["label"], place.fix(start, end, "@" + found["label"].lstrip(".%$@"))
    )


def _number(place: Place, found: re.Match[str]) -> Diagnostic | None:
    word = found[0]
    if _VALID.fullmatch(word):
        return None
    span = place.span(*found.span())
    low = word.lower().replace("_", "")
    if re.fullmatch(r"[0-9][0-9a-f]*h", low):
        return messages_foreign.number(span, word, "", place.fix(*found.span(), f"0x{word[:-1].lstrip('0') or '0'}"))
    if re.fullmatch(r"[01]{2,}b", low):
        return messages_foreign.number(span, word, "", place.fix(*found.span(), f"0b{word[:-1]}"))
    if re.fullmatch(r"[0-9]+[bf]", low):
        return messages_foreign.numeric_label(span, word)
    if re.fullmatch(r"[0-7]+[oq]", low):
        return messages_foreign.number(span, word, "", place.fix(*found.span(), f"0o{word[:-1]}"))
    if re.fullmatch(r"\d+d", low):
        return messages_foreign.number(span, word, "", place.fix(*found.span(), word[:-1]))
    if low in ("0x", "0b", "0o"):
        return messages_foreign.number(span, word, f"digits are missing after '{word}'")
    if low.startswith("0b"):
        return messages_foreign.number(span, word, "binary digits are 0 and 1")
    if low.startswith("0o"):
        return messages_foreign.number(span, word, "octal digits are 0 to 7")
    if low.startswith("0x"):
        return messages_foreign.number(span, word, "hexadecimal digits are 0 to 9 and A to F")
    if re.fullmatch(r"[\d.]+e[+-]?", low):
        return messages_foreign.number(span, word, f"digits are missing after '{word[-1]}', the exponent")
    if re.fullmatch(r"[\d.]+[fld]", low):
        return messages_foreign.number(span, word, "", place.fix(*found.span(), word[:-1]))
    if re.fullmatch(r"\d+[a-z]\w*", low) and found.end() < len(place.text) and place.text[found.end()] == ":":
        return messages_foreign.number(span, word, "a label begins with a letter or with _")
    return messages_foreign.number(span, word, "")


def _bare_fraction(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.number(place.span(*found.span()), found[0], "", place.fix(*found.span(), f"0{found[0]}"))


def _quoted(place: Place, found: re.Match[str]) -> Diagnostic:
    inner = found["inner"].replace('"', '\\"')
    return messages_foreign.single_quotes(place.span(*found.span()), place.fix(*found.span(), f'"{inner}"'))


def _assignment(place: Place, found: re.Match[str]) -> Diagnostic:
    name, value = found["name"], found["value"].strip()
    start, end = found.span("all")
    if re.fullmatch(r"[rR](?:1[0-5]|\d)", name):
        fix = place.fix(start, end, f"QMOV {name}, {value}") if re.fullmatch(r"[\w.+-]+", value) else None
        return messages_foreign.assignment(place.span(start, end), "a register is set by QMOV", fix)
    return messages_foreign.assignment(
        place.span(start, end),
        "a constant is written .define NAME value",
        place.fix(start, end, f".define {name} {value}"),
    )


def _macro_parameters(place: Place, found: re.Match[str]) -> Diagnostic:
    start, end = found.span("all")
    inner = ", ".join(found["inner"].replace(",", " ").split())
    return messages_foreign.parentheses(
        place.span(start, end), "parameters", place.fix(start, end, f".macro {found['name']} {inner}".rstrip())
    )


def _macro_call(place: Place, found: re.Match[str]) -> Diagnostic:
    start, end = found.span("all")
    return messages_foreign.parentheses(
        place.span(start, end), "arguments", place.fix(start, end, f"{found['name']} {found['inner'].strip()}".rstrip())
    )


def _section(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages.unknown_word(place.span(*found.span("word")), found["word"], ())


def _openqasm(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.other_language(
        place.span(*found.span("all")), "OpenQASM", "'qbcc import FILE.qasm' turns a program in OpenQASM into QBC"
    )


def _indexed_gate(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.indexed_qubit(place.span(*found.span("all")))


def _sigma(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.other_language(
        place.span(*found.span("all")), "σ", "a program in σ is in a file whose name ends in .sigma"
    )


def _python(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.other_language(
        place.span(*found.span("all")), "Python", "from Python, 'import qbcc' compiles and runs a text in QBC"
    )


def _qsharp(place: Place, found: re.Match[str]) -> Diagnostic:
    return messages_foreign.other_language(
        place.span(*found.span("all")), "Q#", "σ is the language above QBC: docs/sigma_tutorial.md"
    )


_PREPROCESSOR: Final = {
    "include": '.include "file"',
    "define": ".define NAME value",
    "assign": ".define NAME value",
    "xdefine": ".define NAME value",
    "macro": ".macro NAME a, b",
    "imacro": ".macro NAME a, b",
    "endmacro": ".endm",
    "endm": ".endm",
    "if": ".if CONDITION",
    "ifdef": "give the name a value with .define NAME 0 or -D NAME=1, and write .if NAME",
    "ifndef": "give the name a value with .define NAME 0 or -D NAME=1, and write .if NAME == 0",
    "elif": ".elif CONDITION",
    "else": ".else",
    "endif": ".endif",
    "rep": ".rept COUNT",
    "endrep": ".endr",
    "pragma": "leave the line out",
    "undef": "a constant keeps its value: leave the line out",
}
_LABELS = r"(?:[A-Za-z_@]\w*[ \t]*:[ \t]*)*"

_LINES: Final[tuple[tuple[re.Pattern[str], Maker], ...]] = (
    (re.compile(r"[ \t]*(?P<word>section|segment)\b", re.IGNORECASE), _section),
    (
        re.compile(r"[ \t]*(?P<all>[#%][ \t]*(?P<word>" + "|".join(_PREPROCESSOR) + r")\b[^;]*?)[ \t]*(?:;.*)?$"),
        _preprocessor,
    ),
    (
        re.compile(
            r"[ \t]*(?P<all>(?:OPENQASM\b|include[ \t]+\"(?:stdgates|qelib1)\.inc\"|(?:qreg|creg)[ \t]+\w+[ \t]*\[|"
            r"(?:qubit|bit)[ \t]*\[|measure\b.*->|\w+(?:\[\d+\])?[ \t]*=[ \t]*measure\b|gate[ \t]+\w+.*\{|"
            r"defcal\b|ctrl[ \t]*@).*)"
        ),
        _openqasm,
    ),
    (re.compile(r"[ \t]*(?P<all>\w+[ \t]+\w+\[\d+\](?:[ \t]*,[ \t]*\w+\[\d+\])*)[ \t]*(?:;.*)?$"), _indexed_gate),
    (
        re.compile(
            r"[ \t]*(?P<all>(?:fn[ \t]+\w+[ \t]*\(|gate[ \t]+\w+[ \t]*\(|let[ \t]+\w+[ \t]*=[ \t]*qubits?\().*)"
        ),
        _sigma,
    ),
    (
        re.compile(
            r"[ \t]*(?P<all>(?:def[ \t]+\w+[ \t]*\(.*\).*:|from[ \t]+\w+[ \t]+import\b.*|import[ \t]+\w+.*|"
            r"for[ \t]+\w+[ \t]+in\b.*|\w+[ \t]*=[ \t]*(?:\w+\.)?(?:Quantum|Classical)\w+\(.*|"
            r"(?!QCALL\b)\w+(?:\.\w+)+\(.*))"
        ),
        _python,
    ),
    (
        re.compile(
            r"[ \t]*(?P<all>(?:operation[ \t]+\w+|namespace[ \t]+\w+|use[ \t]+\w+[ \t]*=|open[ \t]+Microsoft|"
            r"mutable[ \t]+\w+|Controlled[ \t]|Adjoint[ \t]).*)"
        ),
        _qsharp,
    ),
    (
        re.compile(rf"[ \t]*{_LABELS}(?P<all>\.macro[ \t]+(?P<name>\w+)[ \t]*\((?P<inner>[^()]*)\))", re.IGNORECASE),
        _macro_parameters,
    ),
    *habits_statements.CALLS,
    (re.compile(rf"[ \t]*{_LABELS}(?P<all>(?P<name>[A-Za-z_]\w*)\((?P<inner>[^;]*)\))[ \t]*(?:;.*)?$"), _macro_call),
    (
        re.compile(
            r"[ \t]*(?P<all>(?:let[ \t]+|var[ \t]+|const[ \t]+|int[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*:?[ \t]*"
            r"(?::?=|[ \t]\.?equ[ \t]|[ \t]\.?EQU[ \t])[ \t]*(?P<value>[^=;][^;]*?))[ \t]*(?:;.*)?$"
        ),
        _assignment,
    ),
    (re.compile(r"[ \t]*(?P<label>\d+)[ \t]*:"), _numeric_label),
    (re.compile(r"[ \t]*(?P<label>(?:\.|%%|\$)[A-Za-z_]\w*)[ \t]*:"), _dot_label),
    (re.compile(r"[ \t]*\w+[ \t]+(?:[^;\"']*,[ \t]*)?(?P<label>(?:\.|%%)[A-Za-z_]\w*)[ \t]*(?:;.*)?$"), _dot_label),
)
"""Patterns of a whole line."""

_PLACES: Final[tuple[tuple[re.Pattern[str], int, Maker], ...]] = (
    (re.compile(r"(?P<mark>//|/\*)"), 1, _comment),
    (re.compile(r"(?P<mark>//|/\*)"), 0, _comment),
    (re.compile(rf"(?P<mark>#)(?P<number>{_NUMBER})(?![A-Za-z0-9_.])"), 0, _immediate),
    (re.compile(r"(?P<mark>#|--|\*\*|!(?!=))"), 0, _comment),
    (re.compile(r"(?P<mark>\$)(?P<number>[0-9][0-9A-Fa-f]*|[0-9A-Fa-f]+)(?![A-Za-z0-9_])"), 0, _immediate),
    (re.compile(r"[%$](?P<name>[A-Za-z]\w*)"), 0, _marked_register),
    (re.compile(r"%%?\d+"), 0, _parameter),
    (re.compile(r"\$\$?(?!\w)"), 0, _here),
    (re.compile(r"\\(?:@|\(\)|\d|\w+)"), 0, _parameter),
    (re.compile(rf"(?P<offset>{_NUMBER}|\w+)?[ \t]*\([ \t]*(?P<base>[rR](?:1[0-5]|\d))[ \t]*\)"), 12, _scaled),
    (re.compile(r"\[[ \t]*(?P<base>[rR](?:1[0-5]|\d))[ \t]*,[ \t]*#?(?P<offset>-?\w+)[ \t]*\]"), 12, _comma_address),
    (re.compile(r"\.\d[\d_]*(?:[eE][+-]?\d+)?(?!\w)"), 0, _bare_fraction),
    (re.compile(r"'(?P<inner>[^'\\;]{2,})'"), 0, _quoted),
    (re.compile(r"\d[\w.]*(?:(?<=[eE])[+-]\d*)?"), 0, _number),
)
"""Patterns that hold the character where the line stopped, and how many characters before it they may begin."""
