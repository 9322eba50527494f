"""Whole statements as other languages write them: data, addresses, lists of registers, calls, conditions, assignments.
See :mod:`qbcc.syntax.habits`, which tries them."""

from __future__ import annotations

import re
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.syntax import foreign, messages_foreign
from qbcc.syntax.lines import DATA_DIRECTIVES
from qbcc.syntax.place import Maker, Place
from qbcc.wording import short
from vm.isa import BY_NAME

_REGISTER: Final = r"[rR](?:1[0-5]|\d)(?!\w)"
_END: Final = r"[ \t]*(?:;.*)?$"
_DATA: Final = {"db": ".byte", "dw": ".word", "dd": ".dword", "dq": ".qword", "resb": ".space"}
_ASSIGNING: Final = {
    "+": "QADD", "-": "QSUB", "*": "QMUL", "/": "QDIV", "//": "QDIV", "%": "QMOD", "&": "QAND", "|": "QOR",
    "^": "QXOR", "<<": "QSHL", ">>": "QSAR",
}  # fmt: skip
_TEXT: Final = re.compile(
    r"(?P<all>[ \t]*(?:\"(?P<inner>[^\"]*)\"|'(?P<other>[^\"']*)')"
    r"(?P<line>[ \t]*,[ \t]*(?:10|0xA|0AH))?(?:[ \t]*,[ \t]*0)?)"
    r"[ \t]*(?:;.*)?",
    re.IGNORECASE,
)
"""A text as a line of bytes, with the end of a line and a NUL behind it."""
_WIDTHS: Final = {"byte": ("B", 8), "word": ("H", 16), "dword": ("W", 32), "qword": ("", 64)}
_SPREAD: Final = 16
"""Most registers that a range is written out for."""


def _ours(word: str) -> str:
    """Return the instruction of QBC that a word is or means; empty if that is not known."""
    if word.upper() in BY_NAME:
        return word.upper()
    advice = foreign.instruction(word)
    return advice.ours if advice is not None else ""


def _data(place: Place, found: re.Match[str]) -> Diagnostic | None:
    name, word = found["name"], found["word"]
    advice = foreign.directive(word) if word[0] == "." else None
    ours = _DATA.get(word.lower()) or (advice.ours if advice is not None else word)
    if name.upper() in BY_NAME or (ours not in DATA_DIRECTIVES and advice is None and word[0] == "."):
        return None
    start, end = found.start("name"), found.end("word")
    if ours in (".dword", ".qword") and re.match(r"[ \t]*-?\d+\.\d", found["rest"]):
        ours = ".double"
    fix = place.fix(start, end, f"{name}: {ours}") if ours.startswith(".") else None
    text = _TEXT.fullmatch(found["rest"]) if ours == ".byte" else None
    if text is not None:
        line = "\\n" if text["line"] else ""
        fix = place.fix(
            start,
            found.start("rest") + text.end("all"),
            f'{name}: .asciz "{text["inner"] or text["other"] or ""}{line}"',
        )
    return messages_foreign.habit(place.span(start, end), f"a label ends with ':', as in {short(name)}:", (), fix)


def _write_back(place: Place, found: re.Match[str]) -> Diagnostic:
    base = found["base"]
    notes = (f"change the register by an instruction of its own: QADD {base}, 8 after the access",)
    return messages_foreign.habit(place.span(*found.span("all")), "an address changes no register", notes)


def _literal(place: Place, found: re.Match[str]) -> Diagnostic:
    fix = place.fix(*found.span("all"), f"QMOV {found['to']}, {found['value']}")
    return messages_foreign.habit(
        place.span(*found.span("mark")), "an operand is written without '='", ("QMOV takes any constant",), fix
    )


def _equals(place: Place, found: re.Match[str]) -> Diagnostic | None:
    word = found["word"]
    if word.lower() == ".define":
        fix = place.fix(*found.span("all"), f"{word} {found['to']} {found['value']}")
        text = "a constant is written .define NAME value, without '='"
        return messages_foreign.habit(place.span(*found.span("sign")), text, (), fix)
    if word.upper() not in BY_NAME:
        return None
    fix = place.fix(*found.span("all"), f"{word} {found['to']}, {found['value']}")
    return messages_foreign.habit(place.span(*found.span("sign")), "operands are separated by ','", (), fix)


def _in_place(place: Place, found: re.Match[str]) -> Diagnostic | None:
    name, sign, value = found["name"], found["op"], found["value"] or "1"
    ours = _ASSIGNING.get(sign)
    if ours is None:
        return None
    span = place.span(*found.span("all"))
    if not re.fullmatch(_REGISTER, name):
        notes = (f"a variable is a register: {ours} r4, {short(value)}",)
        return messages_foreign.habit(span, "an instruction changes a register", notes)
    fix = place.fix(*found.span("all"), f"{ours} {name}, {value.strip()}")
    return messages_foreign.habit(span, f"a register is changed by an instruction: {ours}", (), fix)


def _width(place: Place, found: re.Match[str]) -> Diagnostic:
    letter, bits = _WIDTHS[found["width"].lower()]
    notes = (f"QLOAD{letter} r0, [x] reads {bits} bits, QSTORE{letter} r0, [x] writes them",)
    fix = None
    moved = re.match(rf"[ \t]*(?P<all>q?mov\w*[ \t]+(?P<to>{_REGISTER})[ \t]*,[ \t]*)", place.text, re.IGNORECASE)
    if moved is not None and found.start("all") == moved.end("all"):
        fix = place.fix(moved.start("all"), found.end("all"), f"QLOAD{letter} {moved['to']}, {found['address']}")
    span = place.span(found.start("all"), found.start("address"))
    return messages_foreign.habit(span, "the width of an access is in the name of its instruction", notes, fix)


def _address_of(place: Place, found: re.Match[str]) -> Diagnostic:
    fix = place.fix(*found.span("all"), found["name"])
    text = "the value of a label is its address"
    return messages_foreign.habit(place.span(*found.span("all")), text, (), fix)


def _pi(place: Place, found: re.Match[str]) -> Diagnostic:
    fix = place.fix(*found.span("all"), foreign.value("pi") or "")
    return messages_foreign.habit(place.span(*found.span("all")), "pi is not predefined", (), fix)


def _braces(place: Place, found: re.Match[str]) -> Diagnostic | None:
    ours = _ours(found["word"])
    if not ours:
        return None
    names = _spread(found["list"])
    span = place.span(found.start("open"), found.end("close"))
    text = "a list of registers has no braces around it"
    if names is None:
        notes = ("QPUSH r4, r5 takes r0 to r15; QCALL and QRET keep the return address by themselves",)
        return messages_foreign.habit(span, text, notes)
    fix = place.fix(*found.span("all"), f"{ours} {', '.join(names)}")
    return messages_foreign.habit(span, text, (), fix)


def _spread(text: str) -> list[str] | None:
    """The registers of a list, ranges written out; None if one of them is not a register of QBC."""
    names: list[str] = []
    for part in text.replace(" ", "").replace("\t", "").split(","):
        ends = part.lower().split("-")
        if len(ends) > 2 or not all(re.fullmatch(_REGISTER, end) for end in ends):
            return None
        first, last = int(ends[0][1:]), int(ends[-1][1:])
        if last < first:
            return None
        names += [f"r{number}" for number in range(first, min(last, first + _SPREAD) + 1)]
    return names


def _foreign_base(place: Place, found: re.Match[str]) -> Diagnostic | None:
    note = foreign.register(found["base"])
    if note is None:
        return None
    span = place.span(*found.span("all"))
    return messages_foreign.habit(span, "an address is in brackets, as in QLOAD r0, [r1+8]", (note,))


def _arrow(place: Place, found: re.Match[str]) -> Diagnostic:
    fix = place.fix(*found.span("all"), f"QMEAS {found['to']}, {found['qubit']}")
    return messages_foreign.habit(place.span(*found.span("all")), "the register of the result comes first", (), fix)


def _called(place: Place, found: re.Match[str]) -> Diagnostic:
    fix = (
        None if found["arguments"].strip() else place.fix(*found.span("all"), f"{_ours(found['word'])} {found['name']}")
    )
    notes = ("arguments are in r0 to r3, and so is the result",)
    return messages_foreign.habit(place.span(*found.span("all")), "a call has no parentheses", notes, fix)


def _distance(place: Place, found: re.Match[str]) -> Diagnostic | None:
    ours = _ours(found["word"])
    if not ours:
        return None
    notes = (f"{ours} compares two values: {ours} a, b, label",) if len(BY_NAME[ours][0].letters) > 1 else ()
    fix = None if notes else place.fix(*found.span("all"), f"{ours} {found['name']}")
    span = place.span(*found.span("distance"))
    return messages_foreign.habit(span, "every jump reaches the whole program", notes, fix)


def _include(place: Place, found: re.Match[str]) -> Diagnostic:
    fix = place.fix(*found.span("name"), f'"{found["name"].strip("<>")}"')
    return messages_foreign.habit(place.span(*found.span("name")), "the name of a file is in double quotes", (), fix)


def _condition(place: Place, found: re.Match[str]) -> Diagnostic:
    notes: tuple[str, ...] = ("QJEQ r0, 1, label jumps if r0 is 1, QJNE if it is not, QJLT if it is less",)
    if found["word"].lower() in ("for", "while"):
        notes = ("a loop is a label, its instructions, QSUB r4, 1 and QJGT r4, 0, label", *notes)
    return messages_foreign.habit(place.span(*found.span("all")), "conditions and loops are jumps", notes)


def _block(place: Place, found: re.Match[str]) -> Diagnostic:
    notes = ("a subroutine is a label, its instructions and QRET",)
    return messages_foreign.habit(place.span(*found.span("all")), "there are no blocks in braces", notes)


def _pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*{text}", flags)


CALLS: Final[tuple[tuple[re.Pattern[str], Maker], ...]] = (
    (
        _pattern(rf"(?P<all>(?P<word>q?call|bl|jsr)[ \t]+(?P<name>\w+)[ \t]*\((?P<arguments>[^;]*)\)){_END}", re.I),
        _called,
    ),
    (
        _pattern(r"(?P<all>\}?[ \t]*(?:else[ \t]+)?(?P<word>if|while|for|elif|switch|else)\b[^;]*[:{({].*)", re.I),
        _condition,
    ),
)
"""Patterns that come before a macro whose arguments are in parentheses."""
LINES: Final[tuple[tuple[re.Pattern[str], Maker], ...]] = (
    (
        _pattern(
            r"(?P<name>[A-Za-z_]\w*)[ \t]+(?P<word>\.[A-Za-z0-9]+|d[bwdq]|res[bwdq])(?=[ \t]|$)(?P<rest>.*)", re.I
        ),
        _data,
    ),
    (
        re.compile(rf"[^;\"]*?(?P<all>\[[ \t]*(?P<base>{_REGISTER})[^\]!;]*(?:![ \t]*\]|\][ \t]*!))"),
        _write_back,
    ),
    (
        _pattern(
            rf"(?P<all>[A-Za-z]\w*[ \t]+(?P<to>{_REGISTER})[ \t]*,[ \t]*(?P<mark>=)[ \t]*(?P<value>[\w.+-]+)){_END}"
        ),
        _literal,
    ),
    (
        _pattern(
            r"(?P<all>(?P<word>\.?[A-Za-z]\w*)[ \t]+(?P<to>\w+)[ \t]*(?P<sign>:?=)[ \t]*(?P<value>[^=;\s][^;]*?))"
            + _END
        ),
        _equals,
    ),
    (
        _pattern(
            rf"(?P<all>(?P<name>[A-Za-z_]\w*)[ \t]*(?P<op>\+|-|\*|//?|%|&|\||\^|<<|>>)=[ \t]*(?P<value>[^;=]+?)){_END}"
        ),
        _in_place,
    ),
    (_pattern(rf"(?P<all>(?P<name>[A-Za-z_]\w*)[ \t]*(?P<op>\+|-)(?P=op)(?P<value>)){_END}"), _in_place),
    (
        re.compile(
            r"[^;\"]*?(?P<all>\b(?P<width>byte|word|dword|qword)[ \t]+(?:ptr[ \t]*)?(?P<address>\[[^\];]*\]))", re.I
        ),
        _width,
    ),
    (
        re.compile(
            r"[^;\"]*?,[ \t]*(?P<all>(?:&|offset[ \t]+(?:flat:[ \t]*)?)(?P<name>[A-Za-z_]\w*))[ \t]*(?:;.*)?$", re.I
        ),
        _address_of,
    ),
    (
        _pattern(
            rf"(?P<all>(?P<word>\w+)[ \t]+(?:sp!?[ \t]*,[ \t]*)?(?P<open>\{{)(?P<list>[^}};]*)(?P<close>\}})){_END}",
            re.I,
        ),
        _braces,
    ),
    (_pattern(r"\w+[ \t]+[^;\"]*?(?P<all>(?:-?\w+)?\([ \t]*(?P<base>[%$]?\w+)[ \t]*\))"), _foreign_base),
    (
        _pattern(rf"(?P<all>q?meas\w*[ \t]+(?P<qubit>\w+)[ \t]*(?:->|→)[ \t]*(?P<to>{_REGISTER})){_END}", re.I),
        _arrow,
    ),
    (
        _pattern(rf"(?P<all>(?P<word>\w+)[ \t]+(?P<distance>short|near|far)[ \t]+(?P<name>@?\w+)){_END}", re.I),
        _distance,
    ),
    (_pattern(rf"\.include[ \t]+(?P<name><?[^\s\"';]+){_END}", re.I), _include),
    (re.compile(r"[^;\"]*?(?P<all>\b(?:math|cmath|np|numpy)\.pi\b)"), _pi),
    (_pattern(rf"(?P<all>[{{}}]){_END}"), _block),
)
"""Patterns that are tried after those of :mod:`qbcc.syntax.habits`."""
