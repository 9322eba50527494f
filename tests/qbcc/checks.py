"""What tests of the editor's check share: it says what the assembler says, to the last word."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from qbcc.assembly.assemble import Options, assemble
from qbcc.assembly.check import Checked, check
from qbcc.assembly.reading import read
from qbcc.assembly.recheck import recheck
from qbcc.diagnostics import Diagnostic
from qbcc.render import diagnostic_data
from qbcc.source import SourceFile, Span

LINES = (
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


def same(text: str, options: Options | None = None, path: Path | None = None) -> int:
    """How many diagnostics the two agree on."""
    return len(agreed(text, options, path).diagnostics)


def agreed(text: str, options: Options | None = None, path: Path | None = None, last: Checked | None = None) -> Checked:
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


def edited(rng: random.Random, lines: list[str]) -> list[str]:
    """A line or two come, go or become others, among them such as are being typed."""
    at = rng.randrange(len(lines) + 1)
    of = (
        [*LINES, *lines]
        if rng.random() < 0.3
        else [line for line in (*LINES, *lines) if read(line).is_alone or read(line).unknown]
    )
    new = rng.choices(of, k=rng.choice([0, 1, 1, 1, 2]))
    if rng.random() < 0.4:
        new = [line[: rng.randrange(len(line) + 1)] for line in new]
    return [*lines[:at], *new, *lines[at + rng.choice([0, 0, 1, 1, 2]) :]]
