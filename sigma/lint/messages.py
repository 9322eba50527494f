"""What the linter says. Codes S09xx; their levels are those of the rules."""

from __future__ import annotations

from typing import Any

from qbcc.diagnostics import Diagnostic, Fix, Related
from qbcc.source import Span
from sigma.lint.rules import RULES
from sigma.messages import short

_UNDERSCORE = "a name that begins with _ says that this is meant"


def _finding(code: str, message: str, span: Span, **more: Any) -> Diagnostic:
    return Diagnostic(code, message, span, severity=RULES[code].level, **more)


def _underscore(span: Span, name: str, is_free: bool) -> Fix | None:
    return Fix(span, f"_{name}", f"write '_{short(name)}'") if is_free else None


# -- names


def unused_variable(span: Span, name: str, written: Span | None, is_free: bool) -> Diagnostic:
    if written is None:
        text = f"'{short(name)}' is never used"
        return _finding("S0901", text, span, notes=(_UNDERSCORE,), fix=_underscore(span, name, is_free))
    text = f"'{short(name)}' is assigned, but never read"
    return _finding("S0901", text, span, related=(Related(written, "assigned here"),), notes=(_UNDERSCORE,))


def unused_parameter(span: Span, name: str, function: str, is_free: bool) -> Diagnostic:
    text = f"'{short(function)}' never uses its parameter '{short(name)}'"
    return _finding("S0902", text, span, notes=(_UNDERSCORE,), fix=_underscore(span, name, is_free))


def unused_function(span: Span, what: str, name: str) -> Diagnostic:
    notes = ("take it out, or write export fn if assembly or the host calls it",) if what == "function" else ()
    return _finding("S0903", f"nothing uses the {what} '{short(name)}'", span, notes=notes or (_UNDERSCORE,))


def unused_import(span: Span, name: str, whole: Span | None) -> Diagnostic:
    fix = Fix(whole, "", "take it out") if whole is not None else None
    return _finding("S0904", f"nothing uses the module '{short(name)}'", span, fix=fix)


def unused_global(span: Span, what: str, name: str) -> Diagnostic:
    return _finding("S0905", f"nothing uses the {what} '{short(name)}'", span, notes=(_UNDERSCORE,))


def unused_record(span: Span, name: str) -> Diagnostic:
    return _finding("S0906", f"nothing uses the record '{short(name)}'", span, notes=(_UNDERSCORE,))


def never_changed(span: Span, word: Span, names: str) -> Diagnostic:
    return _finding("S0907", f"{names} never changes", span, fix=Fix(word, "let", "write 'let'"))


def changed_copy(span: Span, name: str, of: str) -> Diagnostic:
    text = f"'{short(name)}' is a copy of '{short(of)}' that is changed, but never read"
    note = f"to change '{short(of)}' itself, write let {short(name)} = ref {short(of)};"
    return _finding("S0926", text, span, notes=(note,))


def unused_qubit(span: Span, name: str, is_row: bool) -> Diagnostic:
    text = f"the qubit{'s' * is_row} '{short(name)}' {'are' if is_row else 'is'} never used"
    return _finding("S0911", text, span, notes=(_UNDERSCORE,))


def shadowed(span: Span, name: str, outer: Span) -> Diagnostic:
    text = f"'{short(name)}' hides another of this name"
    return _finding("S0914", text, span, related=(Related(outer, "the one that is hidden"),), notes=("rename one",))


def hides_given(span: Span, name: str, what: str) -> Diagnostic:
    notes = (f"the language's {short(name)}: {what}",)
    return _finding("S0923", f"'{short(name)}' hides a name of the language", span, notes=notes)


# -- flow


def dead_value(span: Span, name: str, declared: Span) -> Diagnostic:
    text = f"the value that '{short(name)}' gets here is never read"
    notes = ("it is overwritten, or its scope ends, before anything reads it",)
    related = (Related(declared, "declared here"),) if declared != span else ()
    return _finding("S0908", text, span, related=related, notes=notes)


def unreachable(span: Span, why: str, cause: Span) -> Diagnostic:
    return _finding("S0909", "this is never reached", span, related=(Related(cause, why),))


def fixed_condition(span: Span, value: bool, parts: tuple[Span, Span] | None) -> Diagnostic:
    related = (Related(parts[0], "the same as on the other side"),) if parts else ()
    notes = () if parts else ("constants that -D can set are not counted",)
    text = f"this condition is always {'true' if value else 'false'}"
    return _finding("S0910", text, span, related=related, notes=notes)


def empty_range(span: Span, start: int, stop: int, step: int) -> Diagnostic:
    """Report a range that has no number."""
    text = f"this range is empty: {stop} is not {'above' if step > 0 else 'below'} {start}"
    notes: tuple[str, ...] = ()
    if start > stop:
        notes = (f"to count down, write {start}..{stop} step -1, which ends before {stop}",)
    elif start < stop:
        notes = (f"a negative step counts down: write {stop - 1}..{start - 1} step {step}",)
    return _finding("S0928", text, span, notes=notes)


def braces_taken(span: Span, name: str, piece: str) -> Diagnostic:
    """Report a value in braces in a text that no value is written into."""
    text = f"{short(piece)} stays as it is: the text of '{name}' has no values in braces"
    note = (
        "print the value before, where the condition does not hold"
        if name == "assert"
        else "every run has the same names"
    )
    return _finding("S0929", text, span, notes=(note,))


def endless(span: Span, names: str, body: Span, is_one: bool) -> Diagnostic:
    text = f"{names} {'does' if is_one else 'do'} not change in this loop"
    related = (Related(body, "the loop"),)
    return _finding("S0918", text, span, related=related, notes=("once begun, it never ends",))


# -- values


def float_equality(span: Span, operator: str) -> Diagnostic:
    notes = ("most decimal fractions are rounded; compare abs(a - b) with a bound",)
    return _finding("S0915", f"floats are compared with {operator}", span, notes=notes)


def whole_quotient(span: Span, wanted: Span | None) -> Diagnostic:
    related = (Related(wanted, "a float is wanted here"),) if wanted is not None else ()
    text = "this quotient is cut to a whole number, and then made a float"
    notes = ("write / for the quotient as a float, or float(a div b) if this is meant",)
    return _finding("S0916", text, span, related=related, notes=notes)


def self_assignment(span: Span, name: str, whole: Span | None) -> Diagnostic:
    fix = Fix(whole, "", "take it out") if whole is not None else None
    return _finding("S0917", f"'{short(name)}' is assigned to itself", span, fix=fix)


def same_ways(span: Span, other: Span) -> Diagnostic:
    notes = ("the condition decides nothing",)
    return _finding("S0919", "both ways do the same", span, related=(Related(other, "the other way"),), notes=notes)


def wide_negation(span: Span, word: str, operator: str) -> Diagnostic:
    notes = (f"write ({word} a) {operator} b to negate a alone, or {word} (a {operator} b) to negate all of it",)
    return _finding("S0927", f"'{word}' applies to the whole of what follows, '{operator}' included", span, notes=notes)


def unused_result(span: Span, name: str) -> Diagnostic:
    notes = ("it only calculates, so the call does nothing",)
    return _finding("S0922", f"the result of '{short(name)}' is not used", span, notes=notes)


def deprecated(span: Span, name: str, why: str, given: Span) -> Diagnostic:
    text = f"'{short(name)}' is deprecated" + (f": {short(why)}" if why else "")
    return _finding("S0924", text, span, related=(Related(given, "declared here"),))


def division_comment(span: Span) -> Diagnostic:
    notes = (
        "integer division is the word 'div'; 'qbcc fmt --migrate FILE' rewrites every division of an older source",
        "if it is a comment, write it on a line of its own",
    )
    return _finding("S0925", "this comment reads as a division", span, notes=notes)


# -- qubits


def gate_on_measured(span: Span, name: str, measured: Span) -> Diagnostic:
    notes = ("IonQ's devices refuse a gate on a measured qubit; reset it, or measure at the end",)
    text = f"{short(name)} was measured before this gate"
    return _finding("S0912", text, span, related=(Related(measured, "measured here"),), notes=notes)


def cancels(span: Span, first: Span) -> Diagnostic:
    notes = ("the compiler takes both out; barrier(…) between them keeps them",)
    related = (Related(first, "the gate that it undoes"),)
    return _finding("S0913", "this gate undoes the one before it", span, related=related, notes=notes)


def outcome_unused(span: Span) -> Diagnostic:
    notes = ("write let _outcome = measure(…) if only the measurement is meant, or reset(…) for |0⟩",)
    return _finding("S0920", "the outcome is thrown away", span, notes=notes)


def no_rotation(span: Span, name: str, is_exact: bool, angle: Span) -> Diagnostic:
    text = f"'{name}' by this angle does nothing" + ("" if is_exact else ", but for a phase that nobody sees")
    return _finding("S0921", text, span, related=(Related(angle, "no turn, or full turns"),))
