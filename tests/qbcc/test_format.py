"""The one layout of QBC: golden files, and what holds for every source."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from qbcc.assembly.assemble import Options, assemble
from qbcc.format.source import format_range, format_source
from qbcc.frontends import Replaced, Settings, find
from qbcc.source import SourceFile
from qbcc.syntax.lexer import tokenise
from tests import structured_programs
from tests.fuzz.mutate import mutated_source, mutated_tokens
from tests.random_source import modules
from vm.bytecode import ObjectFile
from vm.objfile import to_bytes

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((Path(__file__).parent / "format").glob("*.qbc"))
FOLDERS = ("stdlib", "examples", "benchmarks/programs")
OURS = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.qbc"))]
ERRORS = sorted((ROOT / "tests" / "golden_errors").glob("*.qbc"))


def formatted(text: str) -> str:
    found = format_source(SourceFile("test.qbc", text))
    assert found.text is not None, found.diagnostics
    return found.text


@cache
def programs() -> tuple[tuple[str, str | None], ...]:
    """Sources, each with its path if it has one."""
    made = [(modules(seed, 1)[0].text, None) for seed in range(25)]
    made += [(structured_programs.source(random.Random(seed)), None) for seed in range(8)]
    return (*((path.read_text("utf-8"), str(path)) for path in OURS), *made)


def program(seed: int) -> tuple[str, str | None]:
    return programs()[seed % len(programs())]


def image(text: str, path: str | None) -> bytes | None:
    """A source's object file without the places that debuggers read; None if the source has errors."""
    obj = assemble(SourceFile("test.qbc", text, path)).object
    return None if obj is None else to_bytes(bare(obj))


def bare(obj: ObjectFile) -> ObjectFile:
    symbols = [replace(symbol, where=None) for symbol in obj.symbols]
    return replace(obj, symbols=symbols, texts={}, lines=np.zeros_like(obj.lines))


def spread(text: str, rng: random.Random) -> str:
    """The same lines with other blanks, and other case where case is nothing."""
    lines: list[str] = []
    before, ending, after = text.partition("\n.end\n")
    for line in before.split("\n"):
        _, words, columns = tokenise(line)
        end = columns[-1] - 1 + len(words[-1]) if words else 0
        comment = line[end:].strip()
        out = blanks(rng, 0, 1, 4, 7)
        for at, word in enumerate(words):
            is_label = words[at + 1 : at + 2] == [":"] or (at > 0 and word == ":")
            gap = blanks(rng, 1, 2) if at and out[-1:].strip() else ""
            if at and not is_label and out[-1] not in "[(" and rng.random() < 0.7:
                gap = blanks(rng, 1, 3)
            if re.fullmatch(r"Q[A-Z0-9]+|r\d+|\.\w+", word) and rng.random() < 0.3:
                word = rng.choice((str.lower, str.upper, str.title))(word)
            out += gap + word
        if comment:
            # A comment right below one behind code would go on with it.
            out = f"{out}{blanks(rng, 12, 17)}{comment}" if words else f"{blanks(rng, 0, 5)}{comment}"
        lines += [out + blanks(rng, 0, 0, 2)] + [""] * (not out.strip() and rng.randrange(3))
    return "\n" * rng.randrange(3) + "\n".join(lines) + ending + after


def blanks(rng: random.Random, *counts: int) -> str:
    return rng.choice((" ", " ", "\t")) * rng.choice(counts)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    wanted = path.with_suffix(".out").read_text("utf-8")
    assert formatted(path.read_text("utf-8")) == wanted
    assert formatted(wanted) == wanted


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_sources_of_the_project_are_in_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert formatted(text) == text


def test_programs_keep_their_object() -> None:
    count = 0
    for number, (text, path) in enumerate(programs()):
        other = spread(text, random.Random(number))
        before = image(text, path)
        assert image(other, path) == before, "the test itself changed the program"
        assert image(formatted(other), path) == before
        count += before is not None
    assert count > len(OURS)


@pytest.mark.parametrize("seed", range(60))
def test_blanks_and_case_are_nothing(seed: int) -> None:
    text, _ = program(seed)
    other = spread(text, random.Random(seed))
    assert formatted(other) == formatted(text)
    assert formatted(formatted(other)) == formatted(other)


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.name)
def test_errors_stay_what_they_are(path: Path) -> None:
    """What the assembler says of a wrong source it says of its layout, or the formatter says it."""
    source = SourceFile("test.qbc", path.read_bytes().decode(), str(path))
    found = format_source(source)
    codes = [diagnostic.code for diagnostic in assemble(source).diagnostics]
    if found.text is None:
        assert {diagnostic.code for diagnostic in found.diagnostics} <= set(codes)
    else:
        again = assemble(SourceFile("test.qbc", found.text, str(path)))
        assert [diagnostic.code for diagnostic in again.diagnostics] == codes


@pytest.mark.parametrize("seed", range(120))
def test_no_text_makes_it_fail(seed: int) -> None:
    text = (mutated_source if seed % 2 else mutated_tokens)(seed)
    found = format_source(SourceFile("test.qbc", text))
    assert (found.text is None) == bool(found.diagnostics)
    if found.text is not None:
        assert formatted(found.text) == found.text
        assert image(found.text, None) == image(text, None)


@pytest.mark.parametrize("seed", range(60))
def test_some_lines(seed: int) -> None:
    """Lines that are formatted alone are those of the whole, and the rest stays."""
    rng = random.Random(seed)
    source = SourceFile("test.qbc", spread(program(seed)[0], rng))
    first = rng.randrange(1, len(source.lines) + 1)
    last = min(first + rng.randrange(4), len(source.lines))
    found = format_range(source, first, last)
    assert isinstance(found, Replaced)
    assert found.first <= first
    assert found.last >= last
    assert "\n".join(found.lines) in formatted(source.text)
    mixed = [*source.lines[: found.first - 1], *found.lines, *source.lines[found.last :]]
    assert formatted("\n".join(mixed)) == formatted(source.text)


def test_lines_of_a_range_take_comments_that_go_on_with_them() -> None:
    source = SourceFile("test.qbc", "a: qret  ; one\n         ; two\n    ; three\n\n\n qret ;")
    two = ["a:", "    QRET".ljust(35) + "; one", " " * 35 + "; two"]
    assert format_range(source, 1, 1) == Replaced(1, 2, two)
    assert format_range(source, 2, 2) == Replaced(1, 2, two)
    assert format_range(source, 3, 3) == Replaced(3, 3, ["; three"])
    assert format_range(source, 4, 5) == Replaced(4, 5, [""])
    assert format_range(source, 5, 5) == Replaced(5, 5, [])
    assert format_range(source, 1, 99) == Replaced(1, 6, formatted(source.text).splitlines())
    broken = format_range(SourceFile("test.qbc", "QADD ("), 1, 1)
    assert not isinstance(broken, Replaced)
    assert [diagnostic.code for diagnostic in broken] == ["E0105"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ""),
        ("\n\n ; c\n\n", "; c\n"),
        ("qnop\r\n\r\n\r\nqret", "    QNOP\r\n\r\n    QRET\r\n"),
        ("\ufeffqnop", "\ufeff    QNOP\n"),
        ("qnop ;", f"{'    QNOP':35};\n"),
        ('.ascii "; none" ; one', '    .ascii "; none"'.ljust(35) + "; one\n"),
        (".if 1\nQADD (\n.endif", ".if 1\nQADD (\n.endif\n"),
        (".end\nQADD (", ".end\nQADD (\n"),
        (".if 0\nx: .if 1\n.endif", ".if 0\nx: .if 1\n.endif\n"),
    ],
)
def test_small(text: str, wanted: str) -> None:
    assert formatted(text) == wanted
    assert formatted(wanted) == wanted


@pytest.mark.parametrize("text", ["QADD (", ".if (\n.endif", ".if 1\n.elif (\n.endif", ".macro m\nQADD (\n.endm", "é"])
def test_what_is_no_sentence_is_refused(text: str) -> None:
    found = format_source(SourceFile("test.qbc", text))
    assert found.text is None
    assert [d.code for d in found.diagnostics] == [d.code for d in assemble(SourceFile("test.qbc", text)).diagnostics][
        :1
    ]


@pytest.mark.parametrize("name", ["bell", "records", "shor"])
def test_what_sigma_is_compiled_to_is_in_it(name: str) -> None:
    path = ROOT / "examples" / f"{name}.sigma"
    front = find(path.name)
    assert front is not None
    text = front.show(SourceFile(path.name, path.read_text("utf-8"), str(path)), Options(), Settings(), "asm").text
    assert text
    assert formatted(text) == text


def write_golden() -> None:
    for path in GOLDEN:
        path.with_suffix(".out").write_text(formatted(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write_golden()
