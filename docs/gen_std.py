"""Writes ``docs/std.md`` from the comments of the library's modules in σ: ``python docs/gen_std.py``.

A module begins with a comment on the file. Directly above each declaration stands its comment: ``/// name: what it does``,
then remarks. Declarations for the library's own use are left out, as are constants and tables without such a comment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qbcc.library import stdlib_dir
from qbcc.source import SourceFile
from sigma import syntax as s
from sigma.parser import Tree, parse

PAGE = Path(__file__).parent / "std.md"
ORDER = (
    "math",
    "complex",
    "random",
    "sort",
    "minimise",
    "gates",
    "arithmetic",
    "qft",
    "grover",
    "shor",
    "vqe",
    "noise",
    "lattice",
    "real",
)
"""The order of the modules; any other follows by its name."""
_INTRODUCTION = """# The standard library in σ

```sigma
import std.math;

fn main() { print("{math.gcd(12, 18)}"); }
```

`import std.name;` brings a module, whose names are then `name.f`; only what is used is compiled into a program. Arrays and
records are handed over by reference, so what a function says of *in place* is seen by its caller. *Stops the program* is a
trap with a message. The library in assembly is on [a page of its own](stdlib.md).

Each source is plain σ to read and learn from, in the folder `stdlib/std`. This page is made from its comments by
`python docs/gen_std.py`.
"""
_FIRST = re.compile(r"^/// (\S+): (.*)$")


@dataclass(frozen=True)
class Entry:
    """A declaration as the page has it."""

    name: str
    signature: str
    text: str
    """Empty where it has no comment."""

    @property
    def is_public(self) -> bool:
        return bool(self.text) and "for the library's own use" not in self.text


def modules() -> list[Path]:
    """The modules of the library, in the order of the page."""
    paths = {path.stem: path for path in (stdlib_dir() / "std").glob("*.sigma")}
    known = [name for name in ORDER if name in paths]
    return [paths[name] for name in [*known, *sorted(paths.keys() - set(known))]]


def introduction(path: Path) -> list[str]:
    """The comment on the file: its text without the name in front."""
    lines = []
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].removeprefix(" "))
    return [_sentence(lines[0].partition(": ")[2]), *lines[1:]]


def _in_short(path: Path) -> str:
    """The first sentence of the comment on a file."""
    return re.split(r"(?<=\.) ", " ".join(introduction(path)))[0]


def entries(path: Path) -> list[Entry]:
    """What a module declares, but for what it imports, in order."""
    text = path.read_text("utf-8")
    tree = parse(SourceFile(path.name, text, str(path)))
    assert not tree.diagnostics, path
    return [
        _entry(tree, node, text.splitlines())
        for node in tree.declarations
        if isinstance(node, s.Declaration) and not isinstance(node, s.ImportDecl)
    ]


def _entry(tree: Tree, node: s.Declaration, lines: list[str]) -> Entry:
    name = tree.tokens.words[node.name]
    first = tree.tokens.lines[node.first] - 1
    start = first
    while start > 0 and lines[start - 1].startswith("///"):
        start -= 1
    comment = lines[start:first]
    found = _FIRST.match(comment[0]) if comment else None
    what = ""
    if found is not None and found[1] == name:
        what = _sentence(" ".join([found[2], *(line[3:].strip() for line in comment[1:])]))
    last = tree.tokens.lines[node.last] - 1
    return Entry(name, _signature(node, "\n".join(lines[first : last + 1])), what)


def _signature(node: s.Declaration, text: str) -> str:
    """A declaration as it is written, without what only its author needs: a body, the values of a table."""
    if isinstance(node, s.FunctionDecl):
        return text.partition("{")[0].rstrip()
    if isinstance(node, s.GlobalDecl):
        return text.partition(" = [")[0].rstrip(";")
    return text.partition("; //")[0].rstrip()


def _sentence(text: str) -> str:
    """With a capital, unless it begins with a name such as x or e^x."""
    return text[:1].upper() + text[1:] if re.match(r"[a-z][a-z]+\b(?![·²(^])|a ", text) else text


def page() -> str:
    """The whole page."""
    paths = modules()
    lines = [_INTRODUCTION, "| module | what it gives |", "|---|---|"]
    lines += [f"| [std.{path.stem}](#std{path.stem}) | {_in_short(path)} |" for path in paths]
    for path in paths:
        lines += ["", f"## std.{path.stem}", "", *introduction(path)]
        for entry in entries(path):
            if entry.is_public:
                lines += ["", f"### `{entry.name}`", "", "```sigma", entry.signature, "```", "", entry.text]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
