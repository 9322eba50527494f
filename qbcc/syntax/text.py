"""Strings, characters and numbers as they are written."""

from __future__ import annotations

import re
from typing import Final

_SIMPLE: Final = {"n": b"\n", "t": b"\t", "r": b"\r", "0": b"\0", "\\": b"\\", '"': b'"', "'": b"'"}
_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|([ntr0\\\"'])|(.?))", re.DOTALL)


class CharacterFault(ValueError):
    """A string or character that cannot be: ``at`` counts from the opening quote."""

    def __init__(self, reason: str, at: int, length: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.length = length


def string_bytes(word: str) -> bytes:
    """Bytes of a quoted text, UTF-8. Raises :class:`CharacterFault`."""
    out = bytearray()
    at, end = 1, len(word) - 1
    while at < end:
        stop = word.find("\\", at, end)
        plain = word[at : end if stop < 0 else stop]
        out += plain.encode("utf-8", "surrogatepass")
        if stop < 0:
            break
        match = _ESCAPE.match(word, stop, end)
        assert match is not None
        out += _escaped(match, stop)
        at = match.end()
    return bytes(out)


def _escaped(match: re.Match[str], at: int) -> bytes:
    octet, point, simple, wrong = match.groups()
    if octet is not None:
        return bytes([int(octet, 16)])
    if simple is not None:
        return _SIMPLE[simple]
    if point is not None:
        value = int(point, 16)
        if value > 0x10FFFF or 0xD800 <= value < 0xE000:
            raise CharacterFault(f"U+{value:04X} is no character", at, match.end() - at)
        return chr(value).encode()
    if wrong == "x":
        raise CharacterFault("\\x takes two hexadecimal digits", at, 2)
    if wrong == "u":
        raise CharacterFault("\\u takes one to six hexadecimal digits in braces: \\u{1F600}", at, 2)
    raise CharacterFault(f"there is no escape \\{wrong}", at, 1 + len(wrong))


def character_value(word: str) -> int:
    """Code point of ``'A'``; of ``'\\xNN'`` the byte. Raises :class:`CharacterFault`."""
    inner = word[1:-1]
    if inner.startswith("\\x"):
        content = string_bytes(word)
        if len(content) == 1:
            return content[0]
    try:
        text = string_bytes(word).decode()
    except UnicodeDecodeError:
        text = ""
    if len(text) != 1:
        raise CharacterFault("a character constant holds one character", 0, len(word))
    return ord(text)


def quote(content: bytes) -> str:
    """A string that means these bytes: the printable part of UTF-8 as it is, the rest escaped."""
    out = []
    for character in content.decode("utf-8", "surrogateescape"):
        point = ord(character)
        if 0xDC80 <= point <= 0xDCFF:
            out.append(f"\\x{point - 0xDC00:02x}")
        elif character in _QUOTED:
            out.append(_QUOTED[character])
        elif character.isprintable():
            out.append(character)
        elif point < 0x80:
            out.append(f"\\x{point:02x}")
        else:
            out.append(f"\\u{{{point:x}}}")
    return '"' + "".join(out) + '"'


_QUOTED: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\\": "\\\\", '"': '\\"'}


def parse_number(text: str) -> int | float:
    """A number as a program is given it: an integer in any base of the language, else a float. Raises
    :class:`ValueError`."""
    try:
        value = int(text, 0) if not re.fullmatch(r"[+-]?0\d+", text) else int(text)
    except ValueError:
        return float(text)
    if not -(1 << 63) <= value < 1 << 64:
        raise ValueError(f"{text} does not fit 64 bits")
    return value
