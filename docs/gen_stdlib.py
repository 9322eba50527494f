"""Writes ``docs/stdlib.md`` from the comments of the library's sources: ``python docs/gen_stdlib.py``.

A source begins with a comment on the file. Above each routine stands its comment: ``; name: what it does``, then
lines of ``takes``, ``gives``, ``changes`` and ``traps``, then remarks. Routines for the library's own use are
left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from qbcc.library import stdlib_dir

PAGE = Path(__file__).parent / "stdlib.md"
LATTICE = ("moonshine_instantiate.qbc", "moonshine_entangle.qbc", "moonshine_lattice.qbc")
"""Two programs, and what they share."""
ORDER = (
    "core",
    "string",
    "decimal",
    "parse",
    "memory",
    "hash",
    "sort",
    "random",
    "complex",
    "modular",
    "json",
    "output",
    "big",
    "quantum",
    "controls",
    "bounds",
)
_INTRODUCTION = """# The standard library

Subroutines in QBC, made for programs to include:

```
.include "qbc_string.qbc"
```

A file is read once, however often it is included, and brings what it needs itself. All its names begin with `qbc_`. Of
`r0` to `r3`, only what *changes* names is changed; all other registers are kept, with their kinds. Includes bring code:
put `.entry_point` or the label `main` into the program, or it starts in the library.

Each source is plain QBC to read and learn from, in the folder `stdlib`. This page is made from its comments by
`python docs/gen_stdlib.py`.
"""
_SECTION = re.compile(r"^;   (takes|gives|changes|traps) +(.*)$")
_FIRST = re.compile(r"^; ([a-z_0-9]+): (.*)$")


@dataclass
class Routine:
    """The comment above a routine."""

    name: str
    what: str
    sections: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_public(self) -> bool:
        return "for the library's own use" not in self.what


def comments(text: str) -> list[list[str]]:
    """The blocks of comment lines that begin at the left edge."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith(";"):
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def routine(block: list[str]) -> Routine | None:
    """The routine that a comment describes, None if it does not describe one."""
    first = _FIRST.match(block[0])
    if first is None:
        return None
    found = Routine(first[1], first[2])
    section = ""
    for line in block[1:]:
        start = _SECTION.match(line)
        if start is not None:
            section = start[1]
            found.sections[section] = start[2]
        elif line.startswith(";    ") and section:
            found.sections[section] += " " + line[1:].strip()
        elif not found.sections:
            found.what += " " + line[1:].strip()
        else:
            found.remarks.append(line[1:].strip())
    return found


def introduction(path: Path) -> list[str]:
    """The comment on the file: its text without the name in front."""
    lines = [line[1:].removeprefix(" ") for line in comments(path.read_text("utf-8"))[0]]
    return [_sentence(lines[0].split(": ", 1)[1]), *lines[1:]]


def _sentence(text: str) -> str:
    """With a capital, unless it begins with a name such as xoshiro256++."""
    return text if re.match(r"\S*\d", text) else text[:1].upper() + text[1:]


def routines(path: Path) -> list[Routine]:
    """The public routines of a source, in order."""
    found = [routine(block) for block in comments(path.read_text("utf-8"))[1:]]
    return [r for r in found if r is not None and r.is_public]


def _entry(found: Routine) -> list[str]:
    # A table's cell would end at a bar.
    rows = [f"| {name} | {text.replace('|', chr(92) + '|')} |" for name, text in found.sections.items()]
    remarks = [" ".join(found.remarks), ""] if found.remarks else []
    return [f"### `{found.name}`", "", _sentence(found.what), "", "| | |", "|---|---|", *rows, "", *remarks]


def _program(path: Path) -> list[str]:
    lines = [f"## {path.name}", ""]
    if path.name != LATTICE[-1]:
        lines += [f"A program: `qbc run {path.stem} -o table.parquet`.", ""]
    lines += ["```text", *introduction(path), "```", ""]
    _, _, text = path.read_text("utf-8").partition(".query_interface")
    for block in comments(text) if text else []:
        found = routine(block)
        if found is not None:
            lines += _entry(found)
    return lines


def page() -> str:
    """The whole page."""
    lines = [_INTRODUCTION]
    paths = [stdlib_dir() / f"qbc_{name}.qbc" for name in ORDER]
    lines += ["| file | what it gives |", "|---|---|"]
    lines += [f"| [{path.name}](#{path.name.replace('.', '')}) | {introduction(path)[0]} |" for path in paths]
    programs = [stdlib_dir() / name for name in LATTICE]
    lines += [f"| [{path.name}](#{path.name.replace('.', '')}) | {introduction(path)[0]} |" for path in programs]
    lines.append("")
    for path in paths:
        lines += [f"## {path.name}", "", *introduction(path), ""]
        for found in routines(path):
            lines += _entry(found)
    for path in programs:
        lines += _program(path)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
