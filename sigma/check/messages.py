"""What the checker says. S02xx names, S03xx types, S04xx qubits and gates, S05xx modules and assembly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from qbcc.diagnostics import Diagnostic, Fix, Related
from qbcc.nearest import nearest, same_but_case
from qbcc.source import Span
from sigma import habits, library
from sigma.builtins import BUILTINS, CONSTANTS
from sigma.lexer import KEYWORDS
from sigma.messages import short
from sigma.types import BYTE, Array, Record, Tuple, Type, holds_qubits

_SHOWN: Final = 12
"""Most names that a message lists."""
_LEAST: Final = 3
"""Fewest letters of the beginning of a name by which it is meant."""
_REPEATED: Final = 60
"""Most characters of a source that a note repeats."""


def suggest(span: Span, word: str, known: Iterable[str]) -> Fix | None:
    """Return the fix that writes the name that was meant, perhaps."""
    name = nearest(word, known)
    return None if name is None else Fix(span, name, f"did you mean '{name}'?")


# -- S02: names


def unknown_name(
    span: Span, name: str, known: Iterable[str], *, is_first: bool = True, is_base: bool = False
) -> Diagnostic:
    """Report a name that nothing declares. Notes are only with its first use; ``is_base`` if a dot follows it."""
    names = list(known)
    text = f"'{short(name)}' is not defined"
    cased = same_but_case(name, [*names, "true", "false"])
    if cased is not None:
        return Diagnostic("S0201", text, span, fix=Fix(span, cased, f"write '{cased}'"))
    note = _meaning(name, is_base=is_base)
    if note:
        return Diagnostic("S0201", text, span, notes=(note,) * is_first)
    return Diagnostic("S0201", text, span, fix=suggest(span, name, [*names, *KEYWORDS]))


def _meaning(name: str, *, is_base: bool) -> str:
    """What is written in place of a name of another language, or of one of the library; nothing for others."""
    if is_base and name in library.modules():
        return f"the library's module is imported by import std.{name};"
    if is_base and name in habits.BASES:
        return habits.BASES[name]
    if name in habits.NAMES:
        return habits.NAMES[name]
    where = library.where(name)
    if where:
        modules = " and ".join(f"std.{module}" for module in where[:3])
        return f"{modules} {'has' if len(where) == 1 else 'have'} it: import std.{where[0]}; and {where[0]}.{name}"
    # A letter before a string is one of another language, a name of one letter is not.
    return habits.BASES.get(name, "") or (habits.HEADS.get(name, "") if len(name) > 1 else "")


def unknown_type(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    text = f"there is no type '{short(name)}'"
    if name in habits.TYPES:
        return Diagnostic("S0202", text, span, notes=(habits.TYPES[name],))
    names = list(known)
    cased = same_but_case(name, names)
    return Diagnostic(
        "S0202", text, span, fix=Fix(span, cased, f"write '{cased}'") if cased else suggest(span, name, names)
    )


def undeclared(span: Span, name: str, what: str, known: Iterable[str], *, is_first: bool = True) -> Diagnostic:
    """A name that is assigned to, and that nothing declares; ``what`` says what it is in the language, if anything."""
    notes = (f"a new name is declared: var {short(name)} = …; or let where it stays",) * is_first
    if what:
        return Diagnostic("S0204", f"'{short(name)}' is {what}, not a value", span, notes=notes)
    return Diagnostic("S0201", f"'{short(name)}' is not defined", span, notes=notes, fix=suggest(span, name, known))


def defined_twice(span: Span, name: str, first: Span | None) -> Diagnostic:
    related = (Related(first, "first here"),) if first else ()
    return Diagnostic("S0203", f"'{short(name)}' is declared already", span, related=related)


def not_a_value(span: Span, name: str, what: str, note: str = "") -> Diagnostic:
    return Diagnostic("S0204", f"'{short(name)}' is {what}, not a value", span, notes=(note,) if note else ())


def out_of_scope(span: Span, name: str, first: Span, is_qubit: bool) -> Diagnostic:
    if is_qubit:
        text = f"the qubit '{short(name)}' was given back at the end of its scope"
        notes = ("allocate it in the scope that uses it last",)
        return Diagnostic("S0402", text, span, related=(Related(first, "allocated here"),), notes=notes)
    text = f"'{short(name)}' is not known here any more: its block has ended"
    notes = ("declare it before the block",)
    return Diagnostic("S0205", text, span, related=(Related(first, "declared here"),), notes=notes)


def constant_cycle(span: Span, name: str) -> Diagnostic:
    return Diagnostic("S0206", f"'{short(name)}' is needed to say what '{short(name)}' is", span)


def unknown_member(span: Span, name: str, of: str, known: Iterable[str]) -> Diagnostic:
    names = list(known)
    fix = suggest(span, name, names) or _longer(span, name, names)
    longer = [each for each in names if each.startswith(name)] if len(name) >= _LEAST else []
    shown = names if len(names) <= _SHOWN else longer
    notes = (f"it has {', '.join(shown)}",) if fix is None and 0 < len(shown) <= _SHOWN else ()
    return Diagnostic("S0207", f"{of} has no '{short(name)}'", span, notes=notes, fix=fix)


def not_in_module(span: Span, name: str, module: str, known: Iterable[str]) -> Diagnostic:
    """Report a name that a module does not have."""
    own = BUILTINS.get(name)
    if own is None and name not in CONSTANTS:
        return unknown_member(span, name, f"the module {module}", known)
    notes = (f"it is of the language: write {name}" + (f"({', '.join('abc'[: len(own.params)])})" if own else ""),)
    return Diagnostic("S0207", f"the module {module} has no '{short(name)}'", span, notes=notes)


def _longer(span: Span, word: str, known: Iterable[str]) -> Fix | None:
    """Return the fix that writes the only name that begins with a word."""
    found = [name for name in known if name.startswith(word)]
    if len(word) < _LEAST or len(found) != 1:
        return None
    return Fix(span, found[0], f"did you mean '{found[0]}'?")


def no_members(span: Span, type: Type) -> Diagnostic:
    is_quantum = holds_qubits(type)
    notes = ("gates and functions are called with what they act on: h(q);",) if is_quantum else ()
    if isinstance(type, Array) and not is_quantum:
        notes = ("an array keeps its length: len(a) says it, a[i] = x; changes an element",)
    return Diagnostic("S0207", f"{_a(type)} has no members", span, notes=notes)


# -- S03: types


def _a(type: Type) -> str:
    text = str(type)
    if isinstance(type, Array):
        return f"an array {text}"
    return text if text == "nothing" or text[0] in "[(" else f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


def mismatch(span: Span, given: Type, wanted: Type, why: Span | None = None, note: str = "") -> Diagnostic:
    related = (Related(why, f"{_a(wanted)} is wanted here"),) if why else ()
    text = f"this is {_a(given)}, and {_a(wanted)} is wanted"
    if note:
        return Diagnostic("S0301", text, span, related=related, notes=(note,))
    notes = []
    if str(given) == "float" and str(wanted) == "int":
        notes.append("int(x) cuts off the fraction; round(x) and floor(x) give whole floats")
    if str(given) == "int" and str(wanted) == "bool":
        notes.append("write x != 0")
    if holds_qubits(given) and str(wanted) in ("bool", "int"):
        notes.append("measure it: measure(q) is a bool, of an array an int")
    if str(wanted) == "qubit" and str(given) in ("int", "float"):
        notes.append("qubits are made by let q = qubits(n); and are q[0], q[1], …")
    if str(wanted) == "qubit" and isinstance(given, Array) and holds_qubits(given):
        notes.append("write one of its qubits: q[0]")
    if str(given) == "bool" and str(wanted) in ("int", "float"):
        notes.append(f"write {wanted}(x)")
    if isinstance(wanted, Array) and given is wanted.element and wanted.length in (None, 1):
        notes.append(f"an array of it alone is [{_written(span)}]")
    elif isinstance(wanted, Array) and given is wanted.element:
        notes.append(f"write an array of {wanted.length} of them: [a, b, …]")
    return Diagnostic("S0301", text, span, related=related, notes=tuple(notes))


def _written(span: Span) -> str:
    """What is at a place."""
    return short(span.source.line(span.line)[span.column - 1 : span.end_column - 1])


def no_value(span: Span, name: str, text: str, declared: Span | None) -> Diagnostic:
    """Report a call that returns nothing where a value is wanted."""
    related = (Related(declared, "declared here"),) if declared else ()
    notes = ("it is called as a statement" + (f": {text};" if len(text) <= _REPEATED else ""),)
    return Diagnostic("S0301", f"'{short(name)}' returns no value", span, related=related, notes=notes)


def untyped_string(span: Span, name: str, text: str, length: int, *, is_var: bool, is_format: bool) -> Diagnostic:
    """Report a string whose type nothing says; ``is_format`` if it has values in braces."""
    what = "a string stands in print, record, assert and expect only"
    if is_format:
        notes = (f"values in braces are printed: write print({text if len(text) <= _REPEATED else '…'});",)
        return Diagnostic("S0322", what, span, notes=notes)
    value = text if len(text) <= _REPEATED else "…"
    notes = (f"as bytes it needs a type: {'var' if is_var else 'let'} {name}: [byte; {length}] = {value};",)
    return Diagnostic("S0322", what, span, notes=notes)


def not_taken(span: Span, given: Type, name: str, wanted: str, text: str) -> Diagnostic:
    """Report an argument of a function of the language that is of another kind."""
    notes: tuple[str, ...] = ()
    if name == "record" and holds_qubits(given):
        notes = (f"measure it: measure({text}) is a bool, of an array an int",)
    elif name == "record" and str(given) == "string":
        notes = (f"a text is printed: print({text});",)
    elif name == "record" and isinstance(given, Array):
        notes = (f'record its elements in a loop: for x in {text} {{ record("x", x); }}',)
    elif str(given) == "string" and name == "len":
        notes = (f"give it a name and a type: let t: [byte] = {text}; and len(t)",)
    elif str(given) == "string" and name in ("int", "float", "bool"):
        inner = text[1:-1].strip()
        is_plain = inner.removeprefix("-").replace(".", "", 1).isdecimal()
        notes = (f"a number is written without quotes: {inner}" if is_plain else "a text is not read as a number",)
    elif holds_qubits(given):
        notes = ("measure it: measure(q) is a bool, of an array an int",) if "number" in wanted else ()
    return Diagnostic("S0322", f"this is {_a(given)}, and '{short(name)}' takes {wanted}", span, notes=notes)


def bad_operands(span: Span, operator: str, left: Type, right: Type) -> Diagnostic:
    notes: tuple[str, ...] = ()
    if operator in ("and", "or"):
        notes = ("'and' and 'or' take bools: write x != 0 for a number; of bits, & and |",)
    elif operator in ("&", "|", "^", "<<", ">>") and "float" in (str(left), str(right)):
        notes = ("bits(x) gives the bits of a float",)
    elif operator in ("==", "!=") and {str(left), str(right)} == {"bool", "int"}:
        notes = ("a bool is true or false, such as the outcome of one qubit: write b or not b, or int(b) == 1",)
    elif operator in ("==", "!=") and (holds_qubits(left) or holds_qubits(right)):
        notes = ("qubits are not compared: measure(q) is a bool",)
    elif operator in ("==", "!="):
        notes = ("numbers and bools are compared; of arrays, a loop compares the elements",)
    elif operator == "+" and any(isinstance(side, Array) for side in (left, right)):
        notes = ("an array keeps its length, and a loop adds its elements",)
    elif any(isinstance(side, Array) for side in (left, right)):
        notes = ("a loop goes over the elements: for i in 0..len(a) { a[i] *= 2; }",)
    elif "bool" in (str(left), str(right)):
        notes = ("int(b) is 0 or 1",)
    return Diagnostic("S0302", f"'{operator}' does not go with {_a(left)} and {_a(right)}", span, notes=notes)


def bad_operand(span: Span, operator: str, operand: Type) -> Diagnostic:
    notes: tuple[str, ...] = ()
    if operator == "not" and str(operand) in ("int", "float"):
        notes = ("'not' takes a bool: write x == 0; ~n turns all bits of an int",)
    elif operator == "~" and str(operand) == "bool":
        notes = ("write not b",)
    return Diagnostic("S0302", f"'{operator}' does not go with {_a(operand)}", span, notes=notes)


def qubits_first(span: Span, name: str, arguments: str) -> Diagnostic:
    """Report the arguments of a gate in the order of other languages."""
    fix = Fix(span, f"{name}({arguments})", f"write '{name}({arguments})'")
    text = f"the qubits of '{short(name)}' come first, then the angles"
    return Diagnostic("S0301", text, span, fix=fix)


def bad_choice(span: Span, type: Type) -> Diagnostic:
    """Report a choice between values that are not numbers or bools."""
    notes = ("write if c { … } else { … } with what is done for each",)
    text = f"'if … else' chooses between numbers or bools, and this is {_a(type)}"
    return Diagnostic("S0301", text, span, notes=notes)


def argument_count(span: Span, name: str, given: int, wanted: str, declared: Span | None, note: str = "") -> Diagnostic:
    related = (Related(declared, "declared here"),) if declared else ()
    text = f"'{short(name)}' takes {wanted}, and {given} {'is' if given == 1 else 'are'} given"
    return Diagnostic("S0303", text, span, related=related, notes=(note,) if note else ())


def not_callable(span: Span, what: str, declared: Span | None = None, hidden: str = "") -> Diagnostic:
    related = (Related(declared, "declared here"),) if declared else ()
    notes = (f"it hides the language's own {hidden}: give it another name to call that",) if hidden else ()
    return Diagnostic("S0304", f"{what} cannot be called", span, related=related, notes=notes)


def not_indexable(span: Span, type: Type, *, is_counted: bool = False, note: str = "") -> Diagnostic:
    notes: tuple[str, ...] = (note,) if note else ()
    if str(type) == "int" and not note:
        notes = ("for i in 0..n counts from 0 to before n" if is_counted else "bit i of an int n is n >> i & 1",)
    elif isinstance(type, Tuple):
        notes = ("let (a, b) = t; takes a tuple apart",)
    return Diagnostic("S0305", f"{_a(type)} has no elements", span, notes=notes)


def index_outside(span: Span, index: int, length: int) -> Diagnostic:
    notes = (f"indices are 0 to {length - 1}",) if length else ("the array is empty",)
    if length and index < 0:
        notes = (f"{notes[0]}; the last element is [len(a) - 1]",)
    return Diagnostic("S0306", f"index {index} is outside of an array of {length}", span, notes=notes)


def slice_outside(span: Span, start: int, stop: int, length: int) -> Diagnostic:
    return Diagnostic("S0306", f"{start}..{stop} is no part of an array of {length}", span)


def bad_step(span: Span) -> Diagnostic:
    return Diagnostic("S0307", "a step of 0 goes nowhere", span)


def cannot_assign(span: Span, why: str, declared: Span | None = None, note: str = "") -> Diagnostic:
    related = (Related(declared, "declared here"),) if declared else ()
    return Diagnostic(
        "S0308", f"this cannot be assigned to: {why}", span, related=related, notes=(note,) if note else ()
    )


def bad_reference(span: Span, why: str, note: str) -> Diagnostic:
    return Diagnostic("S0325", f"a name cannot refer to this: {why}", span, notes=(note,))


def no_length(span: Span, name: str) -> Diagnostic:
    notes = (f"write how much of it: {short(name)}[0..n], or refer to it: let b = ref {short(name)};",)
    return Diagnostic("S0326", f"'{short(name)}' has no length, so it cannot be copied", span, notes=notes)


def missing_return(span: Span, name: str, type: Type) -> Diagnostic:
    return Diagnostic("S0309", f"'{short(name)}' gives {_a(type)}, and not every way through it ends in a return", span)


def bad_return(span: Span, name: str) -> Diagnostic:
    notes = ("write -> and the type behind the parameters",)
    return Diagnostic("S0310", f"'{short(name)}' gives nothing, and this returns a value", span, notes=notes)


def empty_return(span: Span, name: str, type: Type) -> Diagnostic:
    return Diagnostic("S0310", f"'{short(name)}' gives {_a(type)}, and this returns nothing", span)


def not_in_loop(span: Span, word: str) -> Diagnostic:
    return Diagnostic("S0311", f"'{word}' stands in no loop", span)


def not_constant(span: Span, what: str, note: str = "") -> Diagnostic:
    text = f"{what} must be known at compile time"
    return Diagnostic("S0312", text, span, notes=(note,) if note else ())


def does_not_fit(span: Span, value: int) -> Diagnostic:
    notes = ("an int is at most 9223372036854775807; a larger number is a float: 1e19",)
    return Diagnostic("S0313", f"{short(str(value))} does not fit in 64 bits", span, notes=notes)


def bad_length(span: Span, value: int, most: int) -> Diagnostic:
    return Diagnostic("S0314", f"an array has 0 to {most:,} elements, not {short(f'{value:,}')}", span)


def bad_count(span: Span, value: int, most: int) -> Diagnostic:
    return Diagnostic("S0314", f"qubits makes 1 to {most:,} qubits, not {short(f'{value:,}')}", span)


def too_large(span: Span, name: str, size: int, most: int, what: str) -> Diagnostic:
    text = f"'{short(name)}' takes {size:,} bytes, and {what} hold at most {most:,}"
    notes = ("a view lies outside of the data, and may be larger",)
    return Diagnostic("S0324", text, span, notes=notes)


def unused_value(span: Span) -> Diagnostic:
    return Diagnostic("S0315", "nothing is done with this value", span, notes=("write let x = …, or call something",))


def zero_divisor(span: Span) -> Diagnostic:
    return Diagnostic("S0316", "division by zero", span)


def pattern_size(span: Span, names: int, type: Type, note: str = "") -> Diagnostic:
    notes = (note,) if note else ()
    return Diagnostic("S0317", f"{names} names cannot take {_a(type)} apart", span, notes=notes)


def bad_format(span: Span, text: str, note: str = "") -> Diagnostic:
    return Diagnostic("S0318", text, span, notes=(note,) if note else ())


def not_printed(span: Span, type: Type, text: str, *, is_alone: bool = False) -> Diagnostic:
    """Report a value that has no characters; ``text`` is how it is written, ``is_alone`` if it is not in braces."""
    text = text if len(text) <= _REPEATED else "x"
    notes = ("numbers and bools can be printed",)
    if isinstance(type, Record):
        notes = (f'print its fields: "{{{text}.{type.fields[0].name}}}"',) if type.fields else notes
    elif isinstance(type, Array):
        notes = (f'print its elements in a loop: for x in {text} {{ write("{{x}} "); }}',)
        if type.element is BYTE:
            notes = (f"write_bytes({text}) prints the bytes of an array",)
    elif isinstance(type, Tuple):
        notes = (f"take it apart first: let (a, b) = {text};",)
    elif str(type) == "string":
        notes = ("write the text itself, outside of the braces",)
    if holds_qubits(type):
        notes = (f"measure it first: let b = measure({text});",)
    return Diagnostic("S0318", f"{_a(type)} cannot be printed", span, notes=notes)


def not_a_literal(span: Span, what: str, note: str = "") -> Diagnostic:
    return Diagnostic("S0319", f"{what} must be a string in quotes", span, notes=(note,) if note else ())


def field_fault(span: Span, text: str) -> Diagnostic:
    return Diagnostic("S0320", text, span)


def endless_type(span: Span, name: str) -> Diagnostic:
    return Diagnostic("S0321", f"the record '{short(name)}' contains itself", span)


def bad_type(span: Span, text: str, note: str = "") -> Diagnostic:
    return Diagnostic("S0322", text, span, notes=(note,) if note else ())


def empty_array(span: Span) -> Diagnostic:
    return Diagnostic("S0323", "an empty array does not say what it holds", span, notes=("write its type",))


# -- S04: qubits and gates


def same_qubit(span: Span, name: str, text: str, first: Span, other: str, value: str) -> Diagnostic:
    """Report a qubit that a gate has twice: as ``text`` and before as ``other``; ``value`` says which index it has."""
    what = f"{short(other)} and {short(text)} are the same one"
    if text == other:
        what = f"{short(text)} is there twice"
    elif text.startswith(f"{other}["):
        what = f"{short(text)} is {'a part' if '..' in text else 'one'} of {short(other)}"
    elif other.startswith(f"{text}["):
        what = f"{short(other)} is {'a part' if '..' in other else 'one'} of {short(text)}"
    elif ".." in text or ".." in other:
        what = f"{short(text)} and {short(other)} have one in common"
    where = f", with {value}" if value else ""
    return Diagnostic(
        "S0401", f"'{short(name)}' takes different qubits, and {what}{where}", span,
        related=(Related(first, "first here"),),
    )  # fmt: skip


def not_in_gate(span: Span, what: str) -> Diagnostic:
    notes = ("a gate holds let, loops over ranges, if, and gates: so its inverse and its controlled form follow",)
    return Diagnostic("S0403", f"{what} cannot stand in a gate", span, notes=notes)


def impure_in_gate(span: Span, name: str, effect: str, declared: Span) -> Diagnostic:
    notes = ("a gate calls gates, and functions that only calculate",)
    related = (Related(declared, "declared here"),)
    return Diagnostic("S0404", f"'{short(name)}' {effect}, and this is a gate", span, related=related, notes=notes)


def qubit_place(span: Span, name: str) -> Diagnostic:
    notes = (f"write let q = {name}(…); a qubit belongs to the scope of its name",)
    return Diagnostic("S0405", f"{name}() stands behind 'let q =' only", span, notes=notes)


def qubit_kept(span: Span, what: str) -> Diagnostic:
    notes = ("a qubit belongs to the scope that allocates it: allocate it there and pass it down",)
    return Diagnostic("S0406", f"{what} cannot hold qubits", span, notes=notes)


def not_a_gate(span: Span, word: str) -> Diagnostic:
    return Diagnostic("S0407", f"'{word}' goes with a gate: {word} g(…)" if word == "inv" else
                      "'ctrl' goes with a gate: ctrl(c) g(…)", span)  # fmt: skip


def bad_pauli(span: Span, text: str, count: int | None) -> Diagnostic:
    notes = (f"{count} letters, the last one for the first qubit",) if count is not None else ()
    return Diagnostic("S0408", f"{text}: a string of I, X, Y and Z says what is measured", span, notes=notes)


def gate_has_no_value(span: Span, name: str) -> Diagnostic:
    return Diagnostic("S0409", f"the gate '{short(name)}' gives no value", span, notes=("it stands as a statement",))


# -- S05: modules and assembly


def no_module(span: Span, code: str, message: str, notes: tuple[str, ...]) -> Diagnostic:
    return Diagnostic("S0501", message, span, notes=notes)


def no_main(span: Span, cased: Span | None = None) -> Diagnostic:
    """Report that there is no main; ``cased`` is the name of a function that differs from it in case only."""
    text = "there is no function main"
    if cased is None:
        return Diagnostic("S0502", text, span, notes=("a program starts at fn main() { … }",))
    notes = (f"'{_written(cased)}' is another name: case counts",)
    return Diagnostic("S0502", text, cased, notes=notes, fix=Fix(cased, "main", "write 'main'"))


def bad_main(span: Span, *, has_params: bool) -> Diagnostic:
    notes = ("argument(i, default) is an argument of the run: let n = argument(0, 1);",) * has_params
    text = "main takes no arguments, and gives nothing or an int (the exit status)"
    return Diagnostic("S0503", text, span, notes=notes)


def no_such_length(found: Diagnostic, element: str) -> Diagnostic:
    """Say of a length that nothing declares what an array of any length is."""
    if found.notes or found.fix is not None:
        return found
    return replace(
        found, notes=(f"a length is a constant; an array of any length is [{element}], and len(a) its length",)
    )


def bad_define(span: Span | None, name: str, text: str) -> Diagnostic:
    return Diagnostic("S0504", f"-D {short(name)}: {text}", span)


def bad_asm(span: Span, text: str, note: str = "") -> Diagnostic:
    return Diagnostic("S0505", text, span, notes=(note,) if note else ())


def bad_extern(span: Span, text: str) -> Diagnostic:
    return Diagnostic("S0506", text, span)
