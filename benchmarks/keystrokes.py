"""What an editor's user has open and types: long sources made of the benchmark programs, and edits letter by letter."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks import compiling
from benchmarks.suite import PROGRAMS

QBC: Final = "qbc"
SIGMA: Final = "sigma"
_DECLARED: Final = re.compile(r"^ *(?:\.define|\.macro) +(\w+)|^(\w+):", re.MULTILINE)
_TYPED: Final = {
    QBC: (
        "    QADD r0, r1, 12        ; one more",
        "    QMOV r1, r0",
        "    QJLT r0, 100, @again_here",
        "    QSTORE r0, [r1+8]",
        "",
        "; What comes next is new.",
        "    QSYSCALL 1",
    ),
    SIGMA: (
        "    let more = 12 * 3;",
        "    // What comes next is new.",
        "    print(12);",
        "",
        "    var other = [1, 2, 3];",
        "    if 1 < 2 { print(1); }",
    ),
}
"""Lines that are typed into a body; what is not right at once, or wrong, is part of typing."""
_BODY: Final = {QBC: re.compile(r" +Q[A-Z]"), SIGMA: re.compile(r"    (let|var) \w.*;$")}
"""Lines behind which such a line may stand."""
_NAMED: Final = {
    QBC: (re.compile(r"^(\w+)(?=:)"), re.compile(r"^ *\.define +\w+ +(\w+)")),
    SIGMA: (re.compile(r"^fn \w+\((\w+)"), re.compile(r"^const \w+ = (\w+)"), re.compile(r"^fn (\w+)")),
}
"""Ends of what stands in heads: labels, constants, names and parameters of functions."""


_LEFT_OUT: Final = ("size", "spectral")
"""Programs that others include, or whose labels have their names from a macro's arguments."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A change: from a column of a line to one of a line, all from 0, the text becomes another."""

    line: int
    start: int
    end: int
    text: str
    end_line: int


def source(language: str, lines: int) -> str:
    """A source without errors of about so many lines, and at least as many."""
    return compiling.source(lines) if language == SIGMA else assembly(lines)


def findings(language: str, count: int) -> str:
    """A source without errors in which the linter finds so much."""
    if language == SIGMA:
        parts = (
            f"fn part_{n}(given: int) -> int {{\n    let unread_{n} = given;\n    return given;\n}}\n"
            for n in range(count)
        )
        calls = "".join(f"    more = part_{n}(more);\n" for n in range(count))
        return "\n".join(parts) + f'\nfn main() {{\n    var more = 1;\n{calls}    print("{{more}}");\n}}\n'
    lines = "".join(f"    QMOV r4, {n}\n" for n in range(count))
    return f"main:\n    QMOV r0, 0\n{lines}    QHALT\n"


def dependent(language: str, name: str) -> str:
    """A source that reads another one."""
    if language == SIGMA:
        return f'import "{name}" as base;\n\nfn main() {{\n    base.main();\n}}\n'
    return f'.include "{name}"\n'


def assembly(lines: int) -> str:
    """The programs again and again, under other names, and a ``main`` that calls all."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(PROGRAMS.glob("*.qbc")) if path.stem not in _LEFT_OUT]
    parts: list[str] = []
    count = 0
    while count < lines:
        text, number = texts[len(parts) % len(texts)], len(parts)
        for name in {first or second for first, second in _DECLARED.findall(text)}:
            text = re.sub(rf"\b{name}\b", f"{name}_{number}", text)
        parts.append(f"{text}.text\n")
        count += parts[-1].count("\n")
    calls = "".join(f"    QCALL main_{number}\n" for number in range(len(parts)))
    return "\n".join(parts) + f"\nmain:\n{calls}    QHALT\n"


def strokes(language: str, text: str, count: int, seed: int = 1) -> Iterator[Stroke]:
    """So many changes, one after the other: lines typed into bodies and left there, letters put into heads and taken
    out again, lines taken out."""
    rng = random.Random(seed)
    lines = text.split("\n")
    made = _typing(rng, language, lines)
    for _ in range(count):
        stroke = next(made)
        first, last = lines[stroke.line], lines[stroke.end_line]
        lines[stroke.line : stroke.end_line + 1] = (first[: stroke.start] + stroke.text + last[stroke.end :]).split(
            "\n"
        )
        yield stroke


def _typing(rng: random.Random, language: str, lines: list[str]) -> Iterator[Stroke]:
    """Changes without end; ``lines`` are what they come to."""
    while True:
        match rng.randrange(6):
            case 0:
                yield from _in_head(rng, language, lines)
            case 1:
                at = _place(rng, lines, _BODY[language])
                yield Stroke(at, 0, 0, "", at + 1)
            case _:
                at = _place(rng, lines, _BODY[language])
                typed = rng.choice(_TYPED[language])
                indent = len(typed) - len(typed.lstrip())
                yield Stroke(at, len(lines[at]), len(lines[at]), "\n" + typed[:indent], at)
                for column in range(indent, len(typed)):
                    yield Stroke(at + 1, column, column, typed[column], at + 1)


def _in_head(rng: random.Random, language: str, lines: list[str]) -> Iterator[Stroke]:
    """A letter, and back; so there are uses of a name that is not there, and of one that is another."""
    pattern = rng.choice(_NAMED[language])
    at = _place(rng, lines, pattern)
    found = pattern.match(lines[at])
    if found is None:
        return
    end = found.end(1)
    yield Stroke(at, end, end, "1", at)
    yield Stroke(at, end, end + 1, "", at)


def _place(rng: random.Random, lines: list[str], pattern: re.Pattern[str]) -> int:
    """A line that looks like that, if there is one."""
    start = rng.randrange(len(lines) - 1)
    order = (*range(start, len(lines) - 1), *range(start))
    return next((at for at in order if pattern.match(lines[at])), start)
