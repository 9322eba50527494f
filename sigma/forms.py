"""Values in printed texts: where their forms begin, and what a form says. The forms are Python's, as far as they are
for ints, floats and bools."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sigma.types import BOOL, FLOAT, INT, Type

_FORM: Final = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>^=]))?(?P<sign>[-+ ])?(?P<prefix>\#)?(?P<zero>0)?(?P<width>[0-9]+)?"
    r"(?P<grouped>[,_])?(?:\.(?P<places>[0-9]*))?(?P<kind>[^\W\d_]|%)?\Z"
)
_MARK: Final = re.compile(r"'(?:[^'\\]|\\.)*'|/\*.*?\*/|[()\[\]:]", re.DOTALL)
MAX_WIDTH: Final = 999
MAX_PLACES: Final = 17
DEFAULT_PLACES: Final = 6
"""Places of the form ``f`` that says none."""
FORMS: Final = "forms are {x:8}, {x:<8}, {x:^8}, {x:*>8}, {x:08}, {x:+}, {x:.3f}, {n:x}, {n:b}, {n:o} and {n:c}"
_KINDS: Final = {
    "e": "a float is printed with places, {x:.3f}, or in full, {x}",
    "E": "a float is printed with places, {x:.3f}, or in full, {x}",
    "g": "a float is printed with places, {x:.3f}, or in full, {x}",
    "G": "a float is printed with places, {x:.3f}, or in full, {x}",
    "n": "a number is printed without the marks of a country: {x}",
    "F": "write {x:.3f}",
    "X": "hexadecimal has small letters: {n:x}",
    "s": "{x} prints a value as it is",
    "i": "an int is {n} or {n:d}",
    "u": "an int is {n} or {n:d}",
    "%": "write {100 * x:.1f}%",
}
_OF: Final = {INT: "an int", FLOAT: "a float", BOOL: "a bool"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is printed."""

    fill: str = " "
    align: str = ""
    """``<``, ``>``, ``^``; empty for the right, as all values have it."""
    sign: str = ""
    """What is before a number that is not negative: ``+``, a blank or nothing."""
    is_zero: bool = False
    """Whether zeros make up the width, between the sign and the digits."""
    width: int = 0
    places: int | None = None
    kind: str = ""
    """``d``, ``x``, ``b``, ``o``, ``c``, ``f`` or nothing."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing is before or behind the value's own characters."""
        return not self.width and not self.sign and self.places is None


@dataclass(frozen=True, slots=True)
class FormFault:
    """What is wrong with a form, and what to write."""

    text: str
    note: str


def split(text: str) -> tuple[str, str | None]:
    """Split what is between braces into the value and its form: at the first colon outside of brackets."""
    depth = 0
    for mark in _MARK.finditer(text):
        if mark[0] in ("(", "["):
            depth += 1
        elif mark[0] in (")", "]"):
            depth -= 1
        elif mark[0] == ":" and depth <= 0:
            return text[: mark.start()], text[mark.end() :]
    return text, None


def read(text: str) -> Form | FormFault:
    """Read a form as it is written."""
    found = _FORM.match(text)
    if found is None:
        return FormFault(f"'{text}' is not a form", FORMS)
    fault = _fault(found)
    if fault is not None:
        return fault
    is_zero = bool(found["zero"]) and not found["align"]
    places = int(found["places"]) if found["places"] is not None else DEFAULT_PLACES if found["kind"] == "f" else None
    return Form(
        found["fill"] or ("0" if found["zero"] and found["align"] else " "),
        found["align"] or "",
        (found["sign"] or "").replace("-", ""),
        is_zero,
        int(found["width"] or 0),
        places,
        found["kind"] or "",
    )


def _fault(found: re.Match[str]) -> FormFault | None:
    """Return what a form has that is Python's and not ours."""
    kind = found["kind"] or ""
    if kind and kind not in "dxbocf":
        return FormFault(f"there is no form '{kind}'", _KINDS.get(kind, FORMS))
    if found["align"] == "=":
        return FormFault("there is no form '='", "zeros behind the sign are written {x:08}")
    if found["prefix"]:
        return FormFault("there is no form '#'", "x prints 0x before the digits; write 0b{n:b} or 0o{n:o}")
    if found["grouped"]:
        return FormFault(f"there is no form '{found['grouped']}'", "digits are not grouped: write {x}")
    if found["places"] == "":
        return FormFault("a number of places is missing behind '.'", "write {x:.3f}")
    if int(found["width"] or 0) > MAX_WIDTH:
        return FormFault(f"a width is at most {MAX_WIDTH}", "longer rows are printed in a loop")
    if found["places"] is not None and int(found["places"]) > MAX_PLACES:
        return FormFault(f"a float has at most {MAX_PLACES} places", "{x} prints every digit that counts")
    if found["fill"] and not (found["fill"].isascii() and found["fill"].isprintable()):
        return FormFault("a width is filled with a printable ASCII character", "write {x:*>8}")
    return None


def misfit(form: Form, type: Type) -> FormFault | None:
    """Return what is wrong with a form for a value of a type."""
    kind, what = form.kind, _OF[type]  # type: ignore[index]
    if form.places is not None and kind != "f":
        return FormFault("a number of places goes with f", f"write {{x:.{form.places}f}}")
    if kind and kind in "dxboc" and type is not INT:
        note = "write {x:.3f}, or int(x) for its whole part" if type is FLOAT else "write int(b) for 0 or 1"
        return FormFault(f"the form '{kind}' is for ints, and this is {what}", note)
    if kind and kind in "xbo" and form.sign:
        return FormFault(f"the form '{kind}' prints bits, which have no sign", f"write {{n:{kind}}}")
    if kind == "c" and (form.width or form.align or form.sign or form.is_zero):
        return FormFault("the form 'c' is alone", "write {n:c}")
    if type is BOOL and (kind == "f" or form.sign or form.is_zero):
        return FormFault("a bool has no sign, no zeros and no places", "write {b:8}, or int(b) for 0 or 1")
    return None
