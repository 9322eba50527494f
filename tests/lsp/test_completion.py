"""Completion and signatures; the cursor's place is marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as t

from lsp import requests
from lsp.analysis import Analysis
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts
from lsp.workspace import Workspace
from tests.lsp.support import analysed, marked

QBC = """.define WIDTH 8
.macro twice a
    QADD a, a
.endm
main:
@next:
{}
other:
@there:
    QHALT
"""
SIGMA = """import std.complex;
record Pair {{ first: int; second: int }}
/// Adds.
fn sum(pair: Pair, more: int) -> int {{ return pair.first + more; }}
fn main() {{
    let early = Pair(first: 1, second: 2);
    for k in 0..3 {{ print("{{k}}"); }}
{}
    let late = 2;
}}
"""


def texts() -> Texts:
    return Texts(Encoding.Utf32, Workspace().uri)


def place(template: str, line: str, name: str, folder: Path | None = None) -> tuple[Analysis, Texts, t.Position]:
    text, offset = marked(template.format(line))
    analysis = analysed(text, name, folder)
    return analysis, texts(), analysis.document.text.position(offset, Encoding.Utf32)


def offered(template: str, line: str, name: str) -> dict[str, t.CompletionItem]:
    return {item.label: item for item in requests.completion(*place(template, line, name))}


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("    QA‸", {"QADD", "QAND", ".define", "twice"}, {"r0", "WIDTH", "main"}),
        ("label: QA‸", {"QADD"}, {"r0"}),
        ("    .d‸", {".data", ".define"}, {"r0"}),
        ("    QMOV r0, ‸", {"r15", "WIDTH", "main", "other"}, {"QADD", "twice"}),
        ("    QJMP @‸", {"@next", "main"}, {"@there"}),
        ("    QSYSCALL ‸", {"1 print_int", "11 read_line"}, {"r0", "main"}),
    ],
)
def test_completion_in_assembly(line: str, there: set[str], absent: set[str]) -> None:
    found = offered(QBC, line, "a.qbc")
    assert there <= found.keys()
    assert not absent & found.keys()


@pytest.mark.parametrize("line", ["    QADD r0 ; Q‸", '    .asciz "Q‸', ".define ‸"])
def test_nothing_is_offered_in_text_of_assembly(line: str) -> None:
    assert not offered(QBC, line, "a.qbc")


def test_what_is_offered_is_documented() -> None:
    found = offered(QBC, "    Q‸", "a.qbc")["QADD"]
    assert isinstance(found.documentation, t.MarkupContent)
    assert "QADD d, a, b" in found.documentation.value
    call = offered(QBC, "    QSYSCALL ‸", "a.qbc")["1 print_int"]
    assert call.insert_text == "1"
    sum_ = offered(SIGMA, "    s‸", "a.sigma")["sum"]
    assert sum_.detail == "fn sum(pair: Pair, more: int) -> int"
    assert sum_.documentation == t.MarkupContent(t.MarkupKind.Markdown, "Adds.")


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("    ea‸", {"early", "sum", "Pair", "complex", "while", "sqrt", "cx", "pi"}, {"late", "k", "first", "pair"}),
        ("    ‸early = 1;", {"early", "sum"}, {"late"}),
        ("    let x = ‸;", {"early", "sum"}, {"late", "k"}),
        ('    for j in 0..2 { print("a"); j‸ }', {"j", "early"}, {"k"}),
        ("    early.‸", {"first", "second"}, {"early", "sum", "while"}),
        ("    let x = early.fi‸;", {"first", "second"}, {"sum"}),
        ("    early.‸ = 1;", {"first", "second"}, {"sum"}),
        ("    complex.‸", {"Complex", "add"}, {"early", "math", "while"}),
    ],
)
def test_completion_in_sigma(line: str, there: set[str], absent: set[str]) -> None:
    found = offered(SIGMA, line, "a.sigma")
    assert there <= found.keys()
    assert not absent & found.keys()


@pytest.mark.parametrize("line", ["    // ea‸", '    print("ea‸");', "    let x = 12‸;"])
def test_nothing_is_offered_in_text_of_sigma(line: str) -> None:
    assert not offered(SIGMA, line, "a.sigma")


def test_modules_of_the_library() -> None:
    assert "std" in offered("{}\n", "import ‸", "a.sigma")
    found = offered("{}\n", "import std.‸", "a.sigma")
    assert {"math", "complex"} <= found.keys()
    assert not offered("{}\n", "import std.nothing.‸", "a.sigma")


@pytest.mark.parametrize(
    ("template", "name", "line", "label", "active"),
    [
        (QBC, "a.qbc", "    QADD ‸", "QADD d, a, b", 0),
        (QBC, "a.qbc", "    QADD r1, r‸", "QADD d, a, b", 1),
        (QBC, "a.qbc", "x: QADD r1, r2, ‸", "QADD d, a, b", 2),
        (SIGMA, "a.sigma", "    sum(‸", "fn sum(pair: Pair, more: int) -> int", 0),
        (SIGMA, "a.sigma", "    sum(Pair(1, 2), ‸)", "fn sum(pair: Pair, more: int) -> int", 1),
        (SIGMA, "a.sigma", "    sum(Pair(1, ‸", "record Pair { first: int; second: int }", 1),
        (SIGMA, "a.sigma", "    let x = atan2(1.0, ‸", "fn atan2(float, float) -> float", 1),
    ],
)
def test_signatures(template: str, name: str, line: str, label: str, active: int) -> None:
    found = requests.signature(*place(template, line, name))
    assert found is not None
    assert (found.signatures[0].label, found.signatures[0].active_parameter) == (label, active)


@pytest.mark.parametrize(
    ("template", "name", "line"),
    [(QBC, "a.qbc", "    QADD r1, 2 ; a, ‸"), (QBC, "a.qbc", "    QA‸"), (SIGMA, "a.sigma", "    sum(1, 2); ‸")],
)
def test_no_signature(template: str, name: str, line: str) -> None:
    assert requests.signature(*place(template, line, name)) is None
