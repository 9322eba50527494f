"""The grammar's terminals and the commonest shapes of lines, ready made, so that most programs are read without Lark,
whose import takes as long as all else that a small program needs.

:mod:`qbcc.syntax.ship` writes them; where the grammar is newer than the file, nothing of it is used."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from qbcc.syntax import lines as syntax
from qbcc.syntax.lines import Node, Shape

GRAMMAR: Final = Path(__file__).parent / "qbc.lark"
FILE: Final = Path(__file__).parent / "known.json"


@cache
def _content() -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
        if content["grammar"] == digest():
            return content
    except (OSError, ValueError, KeyError):
        # A package without it reads everything by Lark.
        pass
    return {"terminals": None, "shapes": {}}


def digest() -> str:
    """Of the grammar as it is."""
    return hashlib.sha256(GRAMMAR.read_bytes()).hexdigest()


def terminals() -> list[tuple[str, str]] | None:
    """Names and regular expressions, in the order in which they are tried; None if they are not known."""
    found = _content()["terminals"]
    return None if found is None else [(name, pattern) for name, pattern in found]


def shape(key: str) -> Shape | None:
    """The tree of a line with these kinds of tokens, if it is known."""
    found = _content()["shapes"].get(key)
    if found is None:
        return None
    labels, word, arguments = found
    return Shape(tuple(labels), word, tuple(_node(argument) for argument in arguments))


def _node(packed: list[Any]) -> Node:
    name, *values = packed
    made: Node = getattr(syntax, name)(*(_node(value) if isinstance(value, list) else value for value in values))
    return made
