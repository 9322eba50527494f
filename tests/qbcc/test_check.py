"""An editor's check says what the assembler says, to the last word, however a text came about."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks.assembler import generate
from qbcc import reading
from qbcc import recheck as rechecking
from qbcc.assemble import Options, assemble
from qbcc.check import Checked, check
from qbcc.diagnostics import Diagnostic
from qbcc.recheck import recheck
from qbcc.render import diagnostic_data
from qbcc.source import SourceFile, Span
from tests import random_source
from tests.fuzz import mutate

ROOT = Path(__file__).parents[2]
_LINES = (
    "    QADD r1, r2, COUNT", "    QMOV r4, COUNT + 8", "    QMOV r4, later - 1", "    QJMP @again", "@again:", "    QNOP",
    "    QJMP later", "later:", "", "; a comment", ".data", ".text", "cell: .qword COUNT, later", "    QLOAD r1, [cell + 8]",
    ".define COUNT 4", ".define COUNT 1 << 64", ".define COUNT 1.5", ".define COUNT later - first", "first:", "    QPUSH r1, r2",
    "    QADD r1", "    QADDD r1, 2", "    twice r1", ".macro twice a", "    QADD a, a", "; in a body", ".endm", ".rept 2",
    ".endr", ".if COUNT > 3", ".else", ".endif", ".space later - first", ".include \"qbc_core.qbc\"", ".func first", ".endfunc",
    ".args r0", ".entry_point later", ".global later, COUNT", ".extern later", "    QCALL r1", "    QJMP cell", "    QJMP 5",
    "    QMOV r1, 1 << 64", "    QMOV r1, nowhere", "    QMOV r1, nowhere + 8", "    QMOV r1, @none", "    QMOV r1, later + 99",
    "later: QRET", "    QADD r1, COUNT, cell + 1099511627776", ".end", "    QSTORE r1, [cell - 4]", ".query_interface", "    .if 0",
    "    QJLT r1, COUNT, first + 1", "    QMOV r1, 18446744073709551615 + COUNT", "    QHALT \"text\"", "\t", "\ufeff", "    QMOV r1, -COUNT",
    "    QADD r1, r2, [r3", ".define BIG COUNT << 62", "    QMOV r1, BIG + 1", "    QMOV r1, BIG", "    qadd R1, r2", ".rept 3",
)  # fmt: skip
"""Lines that go together in many ways, most of them wrong."""


def _said(diagnostics: tuple[Diagnostic, ...]) -> list[dict[str, Any]]:
    return [diagnostic_data(each) for each in diagnostics]


def _same(text: str, options: Options | None = None, path: Path | None = None) -> int:
    """How many diagnostics the two agree on."""
    return len(_agreed(text, options, path).diagnostics)


def _agreed(
    text: str, options: Options | None = None, path: Path | None = None, last: Checked | None = None
) -> Checked:
    """What is said of a text, perhaps by what was said of another one; it is what the assembler says."""
    source = SourceFile("a.qbc", text, str(path) if path else None)
    options = options or Options()
    checked = check(source, options) if last is None else recheck(last, source, options)
    assembled = assemble(source, options)
    assert _said(checked.diagnostics) == _said(assembled.diagnostics), text
    assert [each.name for each in checked.included] == [each.name for each in assembled.included]
    sources = {id(span.source) for found in checked.diagnostics for span in _spans(found)}
    assert sources <= {id(each) for each in checked.included}
    return checked


def _spans(found: Diagnostic) -> list[Span]:
    spans = [found.span, *(each.span for each in found.related), found.fix.span if found.fix else None]
    return [span for span in spans if span is not None]


@pytest.mark.parametrize("folder", ["stdlib", "examples", "benchmarks/programs", "tests/golden_errors"])
def test_written_programs(folder: str) -> None:
    paths = sorted((ROOT / folder).glob("*.qbc"))
    found = [_same(path.read_bytes().decode("utf-8", "replace"), path=path) for path in paths]
    assert paths
    assert any(found) == (folder == "tests/golden_errors")


@pytest.mark.parametrize("make", [mutate.mutated_source, mutate.mutated_tokens])
def test_damaged_programs(make: Any) -> None:
    assert sum(_same(make(seed)) for seed in range(100)) > 100


def test_random_programs() -> None:
    for seed in range(40):
        for module in random_source.modules(seed, 2):
            assert _same(module.text) == 0


def test_random_lines() -> None:
    rng = random.Random(1)
    codes = set()
    for _ in range(600):
        text = "\n".join(rng.choices(_LINES, k=rng.randrange(1, 30)))
        _same(text)
        codes |= {each.code for each in check(SourceFile("a.qbc", text)).diagnostics}
    assert len(codes) > 15


@pytest.mark.parametrize("kept", [1 << 15, 20])
def test_typing(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    """Letter by letter, lines put in and taken out, pasted and undone; also where little is kept."""
    monkeypatch.setattr(reading, "_KEPT", kept)
    rng = random.Random(kept)
    texts = [generate(120), *(text for text in mutate.sources() if len(text) < 6000)]
    for text in rng.sample(texts, 12):
        lines = text.split("\n")
        before = lines
        last = _agreed(text)
        for _ in range(25):
            at = rng.randrange(len(lines))
            match rng.randrange(5):
                case 0:
                    word = rng.choice(_LINES).strip()
                    end = rng.randrange(len(word) + 1)
                    typed = [[*lines[:at], "    " + word[:length], *lines[at:]] for length in range(end)]
                    for each in typed[-8:]:
                        last = _agreed("\n".join(each), last=last)
                    lines, before = (typed[-1] if typed else lines), lines
                case 1:
                    lines, before = [*lines[:at], *lines[at + rng.randrange(1, 4) :]], lines
                case 2:
                    start = rng.randrange(len(lines))
                    lines, before = [*lines[:at], *lines[start : start + 10], *lines[at:]], lines
                case 3:
                    cut = rng.randrange(len(lines[at]) + 1)
                    lines, before = [*lines[:at], lines[at][:cut], *lines[at + 1 :]], lines
                case _:
                    lines, before = before, lines
            lines = lines or [""]
            last = _agreed("\n".join(lines), last=last)


def _edited(rng: random.Random, lines: list[str]) -> list[str]:
    """A line or two come, go or become others, among them such as are being typed."""
    at = rng.randrange(len(lines) + 1)
    new = rng.choices([*_LINES, *lines], k=rng.choice([0, 1, 1, 1, 2]))
    if rng.random() < 0.4:
        new = [line[: rng.randrange(len(line) + 1)] for line in new]
    return [*lines[:at], *new, *lines[at + rng.choice([0, 0, 1, 1, 2]) :]]


def test_changes_of_random_lines() -> None:
    rng = random.Random(7)
    for _ in range(60):
        lines = rng.choices(_LINES, k=rng.randrange(5, 25))
        last = _agreed("\n".join(lines))
        for _ in range(20):
            lines = _edited(rng, lines)
            last = _agreed("\n".join(lines), last=last)


def test_changes_of_programs() -> None:
    """Right ones, with contracts and macros."""
    rng = random.Random(8)
    texts = [text for text in mutate.right_sources() if len(text) < 5000]
    for text in [generate(150), *rng.sample(texts, 12)]:
        lines = text.split("\n")
        last = _agreed(text)
        for _ in range(15):
            changed = _edited(rng, lines)
            last = _agreed("\n".join(changed), last=last)
            # Back again: what is right is looked at more closely.
            last = _agreed("\n".join(lines), last=last)


def test_most_letters_need_no_check(monkeypatch: pytest.MonkeyPatch) -> None:
    anew: list[str] = []

    def counted(source: SourceFile, options: Options) -> Checked:
        anew.append(source.text)
        return check(source, options)

    monkeypatch.setattr(rechecking, "check", counted)
    text = generate(400)
    lines, count = text.split("\n"), 0
    last = _agreed(text)
    at = next(number for number, line in enumerate(lines) if line.startswith("routine_")) + 5
    lines.insert(at, "")
    typed = "    QADD r1, r2, STEP + 8        ; one more"
    for length in range(4, len(typed) + 1):
        lines[at] = typed[:length]
        last = _agreed("\n".join(lines), last=last)
        count += 1
    assert count > 35
    # An unknown word or name is said of one place only: while there is one, and when it goes, all is checked.
    found = [text.split("\n")[at].removeprefix("    QADD r1, ").strip() for text in anew]
    assert found == ["Q", "QA", "QAD", "QADD", "r", "r2", "r2, S", "r2, ST", "r2, STE", "r2, STEP"]


def test_too_many_errors_and_lines() -> None:
    assert _same("    QMOV r1, 1 << 64\n" * 1500) == 1001
    assert _same(".if 1\n" + "label:\n" * 1500) == 1001
    assert _same("    QADD r1\n" * 700 + "".join(f" QMOV r1, n{i}\n" for i in range(900))) == 1001
    assert _same(".rept 600000\n.endr\n.rept 600000\n.endr\n    QNOP\n    QNOP\n") == 1
    assert _same(f"    QNOP ; {'x' * (1 << 20)}\n    QADD\n") == 2


def test_files(tmp_path: Path) -> None:
    """Included files are read each time, from the editor where it holds them."""
    main, part = tmp_path / "main.qbc", tmp_path / "part.qbc"
    text = '.include "part.qbc"\n.text\nmain:\n    QMOV r1, WIDTH\n    QCALL helper\n'
    held: dict[Path, str] = {}

    def read(path: Path) -> str:
        if path not in held:
            raise FileNotFoundError(path)
        return held[path]

    part.write_text(".define WIDTH 8\nhelper: QRET\n", "utf-8")
    options = Options(read=read)
    assert _same(text, options, main) == 0
    held[part] = ".define WIDTH 1 << 64\n.data\nhelper: .byte 300\n"
    assert _same(text, options, main) == 3
    del held[part]
    part.write_text("    QADD r1, r2, OTHER\n", "utf-8")
    assert _same(text, options, main) == 3


def test_only_new_lines_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    kept = reading.Reading

    def counted(text: str) -> reading.Reading:
        read.append(text)
        return kept(text)

    monkeypatch.setattr(reading, "Reading", counted)
    lines = generate(300).split("\n")
    check(SourceFile("a.qbc", "\n".join(lines)))
    read.clear()
    lines[200:200] = ["    QADD r1, r2, 774411", ""]
    lines[150] = "other_name_774411:"
    check(SourceFile("a.qbc", "\n".join(lines)))
    assert read == ["other_name_774411:", "    QADD r1, r2, 774411"]
