"""Texts of others on a terminal: what a terminal would act on is shown, not sent.

Names, messages and lines of sources come from strangers. A terminal obeys control characters (C0, C1, DEL), and an
editor or a terminal shows text between controls of writing direction in another order than it is."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TAB: Final = 4
_STYLE: Final = re.compile(r"(\x1b\[[0-9;]*m)")
"""A sequence that changes colours, of which our own texts are made."""


def visible(text: str) -> str:
    """A text with everything that a terminal would act on made visible."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "\u2421"
    if character.isprintable() or unicodedata.category(character) == "Zs" or character in "\u200d\ufe0f":
        return character
    return f"\\u{{{point:x}}}"


def safe(text: str) -> str:
    """A whole text of ours, of several lines and perhaps coloured, with all else made visible that a terminal would act
    on. The last line of defence: what comes from others is made :func:`visible` where it is put in."""
    if "\x1b" in text:
        parts = _STYLE.split(text)
        return "".join(part if number % 2 else _safe(part) for number, part in enumerate(parts))
    return _safe(text)


def _safe(text: str) -> str:
    if text.replace("\n", "").isprintable():
        return text
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def width(text: str) -> int:
    """Columns that a visible text takes."""
    total = 0
    for character in text:
        if unicodedata.combining(character) or character in "\u200d\ufe0f":
            continue
        total += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return total
