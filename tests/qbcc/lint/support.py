"""Programs with a bug and without, written as one text.

A line that begins with ``-`` is only in the broken one, one with ``+`` only in the repaired one. ``; expect-lint: CODE``
says what is found at a line of the broken one; in the repaired one nothing is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qbcc.lint.assembly.source import lint_source
from qbcc.lint.finding import Linted
from qbcc.source import SourceFile

_MARK = re.compile(r";\s*expect-lint:\s*(?P<codes>L\d{4}(?:\s*,\s*L\d{4})*)")


@dataclass(frozen=True)
class Seeded:
    """A bug, where it is found, and the program without it."""

    broken: str
    expected: frozenset[tuple[int, str]]
    """Lines and codes."""
    repaired: str


def seeded(text: str) -> Seeded:
    broken: list[str] = []
    repaired: list[str] = []
    expected: set[tuple[int, str]] = set()
    for line in text.strip("\n").split("\n"):
        mark, plain = (line[0], " " + line[1:]) if line[:1] in ("-", "+") else ("", line)
        if mark != "+":
            broken.append(plain)
            found = _MARK.search(plain)
            if found:
                expected.update((len(broken), code.strip()) for code in found["codes"].split(","))
        if mark != "-":
            repaired.append(_MARK.sub("", plain).rstrip())
    return Seeded("\n".join(broken) + "\n", frozenset(expected), "\n".join(repaired) + "\n")


def linted(text: str, name: str = "test.qbc") -> Linted:
    found = lint_source(SourceFile(name, text))
    assert not found.errors, found.errors
    return found


def places(found: Linted) -> set[tuple[int, str]]:
    return {(finding.span.line, finding.code) for finding in found.findings if finding.span is not None}
