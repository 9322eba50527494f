"""However a text came about, what is said of it is what the assembler says."""

from __future__ import annotations

import random

import pytest

from benchmarks.assembler import generate
from qbcc.assembly import reading
from qbcc.assembly import recheck as rechecking
from qbcc.assembly.assemble import Options
from qbcc.assembly.check import Checked, check
from qbcc.source import SourceFile
from tests.fuzz import mutate
from tests.qbcc.checks import LINES, agreed, edited


@pytest.mark.parametrize("kept", [1 << 15, 20])
def test_typing(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    """Letter by letter, lines put in and taken out, pasted and undone; also where little is kept."""
    monkeypatch.setattr(reading, "_KEPT", kept)
    rng = random.Random(kept)
    texts = [generate(120), *(text for text in mutate.sources() if len(text) < 6000)]
    for text in rng.sample(texts, 12):
        lines = text.split("\n")
        before = lines
        last = agreed(text)
        for _ in range(25):
            at = rng.randrange(len(lines))
            match rng.randrange(5):
                case 0:
                    word = rng.choice(LINES).strip()
                    end = rng.randrange(len(word) + 1)
                    typed = [[*lines[:at], "    " + word[:length], *lines[at:]] for length in range(end)]
                    for each in typed[-8:]:
                        last = agreed("\n".join(each), last=last)
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
            last = agreed("\n".join(lines), last=last)


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that were checked anew, not by what was said before."""
    found: list[str] = []

    def counted(source: SourceFile, options: Options) -> Checked:
        found.append(source.text)
        return check(source, options)

    monkeypatch.setattr(rechecking, "check", counted)
    return found


def test_changes_of_random_lines(anew: list[str]) -> None:
    """Names of all sorts, distances, contracts, labels at the end."""
    rng = random.Random(7)
    count = 0
    for _ in range(50):
        lines = [".define COUNT 4", ".data", "cell: .qword 5", ".text", *rng.choices(LINES, k=rng.randrange(3, 12))]
        lines += ["later: QNOP", ".func first", "first:", "    QNOP", ".endfunc", "    QADD r1, COUNT", ""]
        last = agreed("\n".join(lines))
        for _ in range(14):
            lines = edited(rng, lines)
            last = agreed("\n".join(lines), last=last)
            count += 1
    assert 100 < len(anew) < count - 100


def test_changes_of_programs() -> None:
    """Right ones, with contracts and macros."""
    rng = random.Random(8)
    texts = [text for text in mutate.right_sources() if len(text) < 5000]
    for text in [generate(150), *rng.sample(texts, 12)]:
        lines = text.split("\n")
        last = agreed(text)
        for _ in range(15):
            changed = edited(rng, lines)
            last = agreed("\n".join(changed), last=last)
            # Back again: what is right is looked at more closely.
            last = agreed("\n".join(lines), last=last)


def test_most_letters_need_no_check(anew: list[str]) -> None:
    text = generate(400)
    lines, count = text.split("\n"), 0
    last = agreed(text)
    at = next(number for number, line in enumerate(lines) if line.startswith("routine_")) + 5
    lines.insert(at, "")
    typed = "    QADD r1, r2, STEP + 8        ; one more"
    for length in range(4, len(typed) + 1):
        lines[at] = typed[:length]
        last = agreed("\n".join(lines), last=last)
        count += 1
    assert count > 35
    # A name that is not there is said of one place only: while there is one, and when it goes, all is checked.
    found = [text.split("\n")[at].removeprefix("    QADD r1, ").strip() for text in anew]
    assert found == ["r", "r2", "r2, S", "r2, ST", "r2, STE", "r2, STEP"]
