"""Random edits of sources of σ, as people and their tools make them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Final

from qbcc.diagnostics import Diagnostic
from qbcc.source import SourceFile, Span
from sigma.check.edited import EditedProgram
from sigma.check.modules import Options
from sigma.check.program import check
from sigma.lint.edited import EditedFindings
from sigma.lint.source import lint_program

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = sorted([*(ROOT / "examples").glob("*.sigma"), *(ROOT / "stdlib" / "std").glob("*.sigma")])
_FRAGMENTS: Final = (
    "{", "}", "(", ")", ";", "\n", "fn ", "let x = 1;", "/*", "*/", '"', "//", " // 2;", " div ", "\n}\n", "fn f() {\n}\n",
    "const A = 2;\n", "if x {", "+", "asm {", "x", "1", " ", "import std.math;\n", "record R { a: int }\n",
    "gate g(q: qubit) { h(q); }\n", "fn a() {} fn b() {}\n", "\r\n",
)  # fmt: skip
_STATEMENTS: Final = (
    'print("a");', "let unused = 1;", "var w = 2;", "let _unused = 3;", "h = h;", 'if true { print("x"); }',
    "let count = 3;", "return;", "abs(1);", "asm { QADD r0, r0 }", 'print("{count}");', "",
)  # fmt: skip
_DECLARATIONS: Final = (
    "fn more(x: int) -> int { return x; }\n", "const UNUSED = 3;\n", 'fn noisy() { print("a"); }\n',
    "record Pair { a: int }\n", "var counter = 0;\n",
)  # fmt: skip


def edits(random: Random, text: str, count: int) -> Iterator[str]:
    """A text after each of some edits, now and then taken back."""
    before = text
    for _ in range(count):
        kind = random.random()
        new = before if kind < 0.2 else _careful(random, text) if kind < 0.6 else _careless(random, text)
        before, text = text, new
        yield text


def _careless(random: Random, text: str) -> str:
    kind, at = random.random(), random.randrange(len(text) + 1)
    if kind < 0.4:
        return text[:at] + random.choice(_FRAGMENTS) + text[at:]
    if kind < 0.6:
        return text[:at] + text[at + random.choice((1, 1, 1, 2, 5, 40, 300)) :]
    if kind < 0.75:
        lines = text.split("\n")
        first = random.randrange(len(lines))
        moved = lines[first : first + random.randrange(6)]
        del lines[first : first + len(moved)]
        place = random.randrange(len(lines) + 1)
        lines[place:place] = moved
        return "\n".join(lines)
    return _exchanged(random, text, r"\w+")


def _careful(random: Random, text: str) -> str:
    kind, lines = random.random(), text.split("\n")
    at = random.randrange(len(lines))
    if kind < 0.3:
        lines[at:at] = [""] * random.randrange(3)
    elif kind < 0.6 and lines[at].startswith("    ") and lines[at].endswith(";"):
        lines[at] = lines[at].replace(lines[at].strip(), random.choice(_STATEMENTS))
    elif kind < 0.7:
        return text + random.choice(_DECLARATIONS)
    else:
        return _exchanged(random, text, r"(?<!\w)\d+" if kind < 0.85 else r"\b[a-z_]\w*")
    return "\n".join(lines)


def _exchanged(random: Random, text: str, pattern: str) -> str:
    found = list(re.finditer(pattern, text))
    if not found:
        return text + "x"
    place = random.choice(found)
    return text[: place.start()] + random.choice(found)[0] + text[place.end() :]


def _place(span: Span | None) -> object:
    return span and (span.source.name, span.line, span.column, span.end_column)


def _shown(said: Iterable[Diagnostic]) -> list[object]:
    return [
        (d.code, d.message, d.severity, _place(d.span), d.label, d.notes, d.fix and (_place(d.fix.span), d.fix.replacement),
         [(_place(r.span), r.text) for r in d.related])
        for d in said
    ]  # fmt: skip


def check_edits(random: Random, count: int) -> str:
    """Edit one of the project's sources so often; each time, what is told must be what a fresh check and the linter tell.
    Gives what was seen."""
    seen = "unsound"
    source = SourceFile("x.sigma", random.choice(SOURCES).read_text("utf-8"))
    edited = EditedProgram(source, Options())
    findings = EditedFindings(edited)
    for text in edits(random, source.text, count):
        source = SourceFile("x.sigma", text)
        program = edited.edit(source, Options())
        fresh = check(source, Options(), is_library="main" not in program.main.names)
        assert _shown(program.diagnostics) == _shown(fresh.diagnostics)
        if program.is_sound:
            seen = "sound"
            assert _shown(findings.lint().findings) == _shown(lint_program(fresh).findings)
    return seen
