"""What errors say of words and forms of other languages; see :mod:`qbcc.syntax.habits` and
:mod:`qbcc.syntax.foreign`."""

from __future__ import annotations

from qbcc.diagnostics import Diagnostic, Fix
from qbcc.source import Span

_NUMBERS = "numbers are written 42, 0xFF, 0b101, 0o17, 1_000, 8.0, 1e-9"


def comment(span: Span, mark: str, fix: Fix) -> Diagnostic:
    return Diagnostic("E0110", f"'{mark}' does not begin a comment: ';' does", span, fix=fix)


def preprocessor(span: Span, word: str, ours: str) -> Diagnostic:
    notes = (f"write {ours}" if ours.startswith(".") else ours,) if ours else ()
    return Diagnostic(
        "E0110", f"'{word.split()[0]}' is not a directive: directives begin with a dot", span, notes=notes
    )


def immediate(span: Span, mark: str, fix: Fix) -> Diagnostic:
    return Diagnostic("E0110", f"a number is written without '{mark}'", span, fix=fix)


def current_address(span: Span, word: str) -> Diagnostic:
    notes = ("put a label on the line and use it; the length of data is the difference of two labels",)
    return Diagnostic("E0110", f"'{word}' does not stand for the current address", span, notes=notes)


def marked_register(span: Span, word: str, fix: Fix | None) -> Diagnostic:
    notes = () if fix is not None else ("registers are r0 to r15",)
    return Diagnostic("E0110", f"a register is written without '{word[0]}'", span, notes=notes, fix=fix)


def parameter(span: Span, word: str) -> Diagnostic:
    notes = (
        "name the parameters, as in .macro NAME a, b, and write a or \\a in the body, a word of its own; "
        "a local label (@name) is fresh in each use",
    )
    return Diagnostic("E0110", f"'{word}' is not a parameter of a macro", span, notes=notes)


def offset_before(span: Span, fix: Fix) -> Diagnostic:
    return Diagnostic("E0110", "an address is in brackets, with the offset after the register", span, fix=fix)


def comma_address(span: Span, fix: Fix) -> Diagnostic:
    return Diagnostic("E0110", "an address is a sum: '+' joins the register and the offset", span, fix=fix)


def numeric_label(span: Span, word: str) -> Diagnostic:
    notes = ("a local label is written @next: and used as @next; it is seen between two ordinary labels",)
    return Diagnostic("E0110", f"'{word}' is not a label: a label has a name", span, notes=notes)


def dot_label(span: Span, word: str, fix: Fix) -> Diagnostic:
    return Diagnostic("E0110", f"'{word}' is not a label: a local label begins with '@'", span, fix=fix)


def number(span: Span, word: str, why: str, fix: Fix | None = None) -> Diagnostic:
    notes = (why,) if why else () if fix is not None else (_NUMBERS,)
    return Diagnostic(
        "E0104", f"invalid number '{word if len(word) <= 40 else word[:39] + '…'}'", span, notes=notes, fix=fix
    )


def single_quotes(span: Span, fix: Fix) -> Diagnostic:
    message = "a character constant in single quotes holds one character; a string is in double quotes"
    return Diagnostic("E0103", message, span, fix=fix)


def assignment(span: Span, what: str, fix: Fix | None) -> Diagnostic:
    return Diagnostic("E0110", f"'=' does not assign: {what}", span, fix=fix)


def parentheses(span: Span, what: str, fix: Fix) -> Diagnostic:
    return Diagnostic("E0110", f"the {what} of a macro have no parentheses around them", span, fix=fix)


def other_language(span: Span, language: str, advice: str) -> Diagnostic:
    return Diagnostic("E0110", f"this is a line of {language}, and the file is read as QBC", span, notes=(advice,))


def habit(span: Span, message: str, notes: tuple[str, ...] = (), fix: Fix | None = None) -> Diagnostic:
    """What a line of another language is here."""
    return Diagnostic("E0110", message, span, notes=notes, fix=fix)


def indexed_qubit(span: Span) -> Diagnostic:
    notes = (
        "QALLOC r4, 2 makes two qubits; QH r4 acts on the first, and after QADD r5, r4, 1 QCX r4, r5 acts on both",
        "'qbcc import FILE.qasm' turns a program in OpenQASM into QBC",
    )
    return Diagnostic("E0110", "qubits have no index here: a qubit is a handle in a register", span, notes=notes)
