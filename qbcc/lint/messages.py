"""What the linter says of QBC. Codes L; their levels are those of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any, Final

from qbcc.diagnostics import Diagnostic, Fix, Related
from qbcc.lint.rules import RULES
from qbcc.source import Span
from qbcc.wording import short


def _finding(code: str, message: str, span: Span, **more: Any) -> Diagnostic:
    return Diagnostic(code, message, span, severity=RULES[code].level, **more)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _numbered(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


# -- registers


class Why(Enum):
    """Why a call loses a register."""

    LOST = auto()
    """A routine changes it and does not restore it."""
    LISTED = auto()
    """A contract says that it may."""
    SHARED = auto()
    """A routine steps on what it finds there: it may share the register with its callers."""
    RESULT = auto()
    """A routine makes a value there that it does not use: it may be meant for its callers."""


def overwritten(
    span: Span,
    register: int,
    path: Sequence[str],
    related: tuple[Related, ...],
    fix: Fix | None,
    is_counter: bool,
    why: Why,
) -> Diagnostic:
    chain = " → ".join(short(name) for name in path)
    what = "the loop's counter" if is_counter else "which is used after it"
    verb = "overwrites" if why in (Why.LOST, Why.LISTED) else "changes"
    text = f"this call {verb} r{register}, {what}: {chain}"
    name = short(path[-1])
    say = f"if that is meant, declare it: .func {name}, .returns r{register}"
    note = {
        Why.LOST: f"'{name}' changes r{register} and does not restore it",
        Why.LISTED: f"the contract of '{name}' lets it change r{register}: save r{register} around the call",
        Why.SHARED: f"'{name}' reads r{register} and leaves it changed; {say}",
        Why.RESULT: f"'{name}' leaves a value in r{register} that it does not use itself; {say}",
    }[why]
    if register < 4:
        note = f"r0 to r3 are a subroutine's to change, and '{name}' changes r{register}"
    return _finding("L0102" if is_counter else "L0101", text, span, related=related, notes=(note,), fix=fix)


def unwritten(span: Span, register: int, is_start: bool) -> Diagnostic:
    notes = ("registers begin as the integer 0",) if is_start else ("no caller writes it either",)
    return _finding("L0103", f"r{register} is read here, and nothing has written it", span, notes=notes)


def unwritten_argument(span: Span, register: int, callee: str, read: Span | None) -> Diagnostic:
    related = (Related(read, "it is read here"),) if read is not None else ()
    text = f"'{short(callee)}' reads r{register}, which nothing has written"
    return _finding("L0103", text, span, related=related, notes=("registers begin as the integer 0",))


def unused_value(span: Span, register: int, over: Span | None, fix: Fix | None) -> Diagnostic:
    related = (Related(over, "overwritten here"),) if over is not None else ()
    text = f"nothing uses the value that r{register} gets here"
    return _finding("L0104", text, span, related=related, fix=fix)


# -- stack


def unlike_depths(span: Span, depths: tuple[int, int], related: tuple[Related, ...]) -> Diagnostic:
    first, second = sorted(depths)
    text = f"{_numbered(first, 'value')} or {second} are on the stack here, depending on the way"
    return _finding("L0201", text, span, related=related, notes=("every way must pop what it pushed",))


def unlevel(span: Span, depth: int, name: str, related: tuple[Related, ...], fix: Fix | None) -> Diagnostic:
    if depth > 0:
        text = f"'{short(name)}' returns with {_numbered(depth, 'value')} on the stack that it pushed"
    else:
        text = f"'{short(name)}' pops {_numbered(-depth, 'value')} that it did not push"
    return _finding("L0202", text, span, related=related, fix=fix)


def underflow(span: Span) -> Diagnostic:
    return _finding("L0202", "this pops what was never pushed", span, notes=("it traps",))


def swapped(span: Span, pairs: Sequence[tuple[int, int]], pushed: Span, fix: Fix | None) -> Diagnostic:
    parts = [f"r{register} gets what r{origin} had" for register, origin in pairs]
    text = f"popped in another order than pushed: {_listed(parts)}"
    notes = ("the last one pushed is the first to be popped",)
    return _finding("L0203", text, span, related=(Related(pushed, "pushed here"),), notes=notes, fix=fix)


# -- control


def unreachable(span: Span, why: Span | None) -> Diagnostic:
    related = (Related(why, "nothing goes on behind this"),) if why is not None else ()
    return _finding("L0301", "this is never reached", span, related=related)


def uncalled(span: Span, name: str) -> Diagnostic:
    return _finding("L0302", f"nothing leads to '{short(name)}'", span)


def into_the_middle(span: Span, name: str, target: Span, entry: Span) -> Diagnostic:
    related = (Related(target, "to here"), Related(entry, f"'{short(name)}' begins here"))
    notes = ("what its beginning pushes or sets is left out",)
    return _finding("L0303", f"this jumps into the middle of '{short(name)}'", span, related=related, notes=notes)


def falls_into(span: Span, name: str, target: Span) -> Diagnostic:
    related = (Related(target, f"'{short(name)}' begins here"),)
    notes = (f"end with QRET or QHALT; if it is meant, write QJMP {short(name)}",)
    return _finding("L0304", f"control goes on into '{short(name)}'", span, related=related, notes=notes)


def falls_off(span: Span) -> Diagnostic:
    notes = ("end with QHALT, QRET or QJMP",)
    return _finding("L0304", "control goes on past the last instruction, which traps", span, notes=notes)


def endless(span: Span, registers: Sequence[str], head: Span) -> Diagnostic:
    verb = "does" if len(registers) == 1 else "do"
    what = f"{_listed(registers)} {verb} not change in this loop" if registers else "this condition never changes"
    notes = ("once begun, it never ends",)
    return _finding("L0305", what, span, related=(Related(head, "the loop"),), notes=notes)


# -- kinds


def wrong_kind(span: Span, operand: str, kind: str, use: str, origin: Span | None, is_certain: bool) -> Diagnostic:
    related = (Related(origin, f"it becomes {kind} here"),) if origin is not None else ()
    notes = ("it traps",) if is_certain else ("by the way that leads from there it traps",)
    text = f"{operand} {'is' if is_certain else 'may be'} {kind}, and {use}"
    return _finding("L0401", text, span, related=related, notes=notes)


def bits_as_number(span: Span, word: str, value: float, origin: Span | None, place: Span | None) -> Diagnostic:
    fix = Fix(place, repr(value), f"write {value!r}") if place is not None else None
    related = (Related(origin, "the constant"),) if origin is not None else ()
    text = f"{short(word)} is the integer with the bits of {value!r}, not that number"
    notes = (f"write {value!r}, or QFBITS to make a float of the bits",)
    return _finding("L0402", text, span, related=related, notes=notes, fix=fix)


def whole_quotient(span: Span, use: Span) -> Diagnostic:
    related = (Related(use, "a float is wanted here"),)
    notes = ("make one operand a float before the division: QFLOAT",)
    return _finding("L0403", "this quotient of integers is a whole number", span, related=related, notes=notes)


def other_kind(span: Span, word: Span | None, is_float: bool, stored: Span) -> Diagnostic:
    was, now = ("an integer", "a float") if is_float else ("a float", "an integer")
    related = (Related(stored, f"{was} is stored here"),)
    right = "QLOAD" if is_float else "QLOADF"
    fix = Fix(word, right, f"write {right}") if word is not None else None
    text = f"{now} is read from where {was} was stored"
    return _finding("L0404", text, span, related=related, notes=(f"{right} reads {was}",), fix=fix)


# -- values and memory


def out_of_range(span: Span, what: str, note: str = "") -> Diagnostic:
    return _finding("L0501", what, span, notes=(note,) if note else ())


def overlapping(span: Span, width: int, other: int, first: Span) -> Diagnostic:
    text = f"this store of {_numbered(width, 'byte')} overwrites part of a field of {_numbered(other, 'byte')}"
    return _finding("L0502", text, span, related=(Related(first, "stored here"),))


def no_header(span: Span, what: str) -> Diagnostic:
    notes = ("qbc run -o reads the header: magic, entries, bytes of each, format, version, bytes, checksum",)
    return _finding("L0503", f"the output buffer is written, but {what}", span, notes=notes)


def written_back(span: Span, load: Span, fix: Fix | None) -> Diagnostic:
    text = "this writes back 8 bytes over fields of 4: the next field changes too"
    related = (Related(load, "both fields are read here"),)
    notes = ("QLOADW and QSTOREW read and write one field of 4 bytes",)
    return _finding("L0504", text, span, related=related, notes=notes, fix=fix)


def across_items(
    span: Span, is_store: bool, width: int, directive: str, inside: int, size: int, item: Span
) -> Diagnostic:
    what = "writes" if is_store else "reads"
    related = (Related(item, "the items"),)
    notes: tuple[str, ...]
    if inside:
        text = f"this {what} {_numbered(width, 'byte')} across two items of {directive}"
        notes = (f"it begins at byte {inside} of an item of {_numbered(size, 'byte')}: addresses count bytes",)
    else:
        text = f"this {what} {_numbered(width, 'byte')}, and the item of {directive} has {size}: the next one is in it"
        notes = (f"{_ACCESSES[size]} for {size} bytes",) if size in _ACCESSES else ()
    return _finding("L0505", text, span, related=related, notes=notes)


_ACCESSES: Final = {1: "QLOADB and QSTOREB are", 2: "QLOADH and QSTOREH are", 4: "QLOADW and QSTOREW are"}


def no_nul(span: Span, text: Span, after: Span | None) -> Diagnostic:
    related = [Related(text, "the text")]
    notes = ["write .asciz, or end the text with \\0"]
    if after is not None:
        related.append(Related(after, "what is printed too"))
    else:
        notes.insert(0, "nothing is defined after it, so it ends here only because unused memory is 0")
    return _finding(
        "L0506", "the text given here has no NUL at its end", span, related=tuple(related), notes=tuple(notes)
    )


def word_mixed(span: Span, name: str, narrow: str) -> Diagnostic:
    # No fix: 16 bits may lose a part of the value, and the data may be what is wrong.
    text = f"{name} is 32 bits, and an item of .word is 16"
    notes = (f"{narrow} is 16 bits; items of 32 bits are .dword",)
    return _finding("L0507", text, span, notes=notes)


# -- habits of other assemblers


def hidden_instruction(span: Span, text: str) -> Diagnostic:
    notes = ("';' begins a comment, and does not separate instructions: write one a line",)
    return _finding("L0701", f"'{short(text)}' is a comment, and reads as an instruction", span, notes=notes)


def nearly_main(span: Span, name: str) -> Diagnostic:
    notes = (f"the program begins with its first instruction: write main:, or .entry_point {name}",)
    return _finding(
        "L0702", f"the program does not begin at '{short(name)}': names have upper and lower case", span, notes=notes
    )


# -- contracts


def broken_contract(
    span: Span, text: str, related: tuple[Related, ...], notes: tuple[str, ...] = (), fix: Fix | None = None
) -> Diagnostic:
    return _finding("L0601", text, span, related=related, notes=notes, fix=fix)


def unkept(span: Span, name: str, register: int, place: Span, fix: Fix | None) -> Diagnostic:
    related = (Related(place, "overwritten here"),)
    notes = ("r4 to r15 are the caller's: save it, or say so with .func, .clobbers or .returns",)
    text = f"'{short(name)}' changes r{register} and does not restore it"
    return _finding("L0602", text, span, related=related, notes=notes, fix=fix)
