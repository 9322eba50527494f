"""Writes what :mod:`qbcc.syntax.known` reads, from the grammar and the programs in the tree: ``python -m
qbcc.syntax.ship`` (``make grammar``)."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from qbcc.syntax import known
from qbcc.syntax.lexer import made_terminals, tokenise
from qbcc.syntax.lines import Node, Shape
from qbcc.syntax.parser import parsed

_FOLDERS: Final = ("stdlib", "examples", "benchmarks/programs")


def _packed(node: Node) -> list[Any]:
    values = (getattr(node, field.name) for field in fields(node))
    return [type(node).__name__, *(_packed(value) if isinstance(value, Node) else value for value in values)]


def text() -> str:
    """The file's text, made from the grammar."""
    root = Path(__file__).parents[2]
    sources = (path for folder in _FOLDERS for path in sorted((root / folder).glob("*.qbc")))
    lines = {line for path in sources for line in path.read_text("utf-8").splitlines()}
    shapes = {}
    for key in sorted({tokenise(line)[0] for line in lines}):
        found = parsed(key)
        if isinstance(found, Shape):
            shapes[key] = (found.labels, found.word, [_packed(argument) for argument in found.arguments])
    rows = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in shapes.items())
    head = f'"grammar": {json.dumps(known.digest())},\n"terminals": {json.dumps(made_terminals())}'
    return f'{{\n{head},\n"shapes": {{\n{rows}\n}}\n}}\n'


if __name__ == "__main__":
    known.FILE.write_text(text(), "utf-8")
