"""The grammar's terminals and the commonest shapes of lines, ready made, so that most programs are read without Lark,
whose import takes as long as all else that a small program needs.

``python -m qbcc.syntax.known`` (``make grammar``) writes them from the grammar and the programs in the tree; where the
grammar is newer than the file, nothing of it is used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from qbcc.syntax import lines as syntax
from qbcc.syntax.lines import Node, Shape

GRAMMAR: Final = Path(__file__).parent / "qbc.lark"
FILE: Final = Path(__file__).parent / "known.json"
_FOLDERS: Final = ("stdlib", "examples", "benchmarks/programs")


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


def _packed(node: Node) -> list[Any]:
    values = (getattr(node, field.name) for field in fields(node))
    return [type(node).__name__, *(_packed(value) if isinstance(value, Node) else value for value in values)]


def text() -> str:
    """The file's text, made from the grammar."""
    from qbcc.syntax.lexer import made_terminals, tokenise
    from qbcc.syntax.parser import parsed

    root = Path(__file__).parents[2]
    sources = (path for folder in _FOLDERS for path in sorted((root / folder).glob("*.qbc")))
    lines = {line for path in sources for line in path.read_text("utf-8").splitlines()}
    shapes = {}
    for key in sorted({tokenise(line)[0] for line in lines}):
        found = parsed(key)
        if isinstance(found, Shape):
            shapes[key] = (found.labels, found.word, [_packed(argument) for argument in found.arguments])
    rows = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in shapes.items())
    head = f'"grammar": {json.dumps(digest())},\n"terminals": {json.dumps(made_terminals())}'
    return f'{{\n{head},\n"shapes": {{\n{rows}\n}}\n}}\n'


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
