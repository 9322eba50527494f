"""Completion and signatures; the cursor's place is marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as t

from lsp import requests
from lsp.analysis import Analysis
from lsp.client import Client
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts
from lsp.features.narrowing import MOST, Narrowing
from lsp.sigma.keywords import KEYWORDS
from lsp.workspace import Workspace
from sigma.lexer import KEYWORDS as WORDS
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
    return {item.label: item for item in requests.completion(*place(template, line, name)).items}


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
    assert isinstance(call.text_edit, t.TextEdit)
    assert call.text_edit.new_text == "1"
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


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ('    print("{ea‸}");', {"early", "sum", "sqrt"}, {"late", "k"}),
        ('    print("{{ {early.first} {ea‸', {"early", "sum"}, {"late"}),
        ('    for i in 0..2 { print("é\\" {i‸:>5}"); }', {"early", "i"}, {"k"}),
        ('    print("{early.‸}");', {"first", "second"}, {"early", "sum"}),
        ('    print("{early.fi‸ a', {"first", "second"}, {"early", "sum"}),
        ('    print("{sum(pair: ‸', {"early"}, {"late"}),
    ],
)
def test_completion_in_braces_of_a_string(line: str, there: set[str], absent: set[str]) -> None:
    found = offered(SIGMA, line, "a.sigma")
    assert there <= found.keys()
    assert not absent & found.keys()


@pytest.mark.parametrize("line", ['    print("{{ea‸");', '    print("{1} ea‸");', '    print("{1:‸");', '    // "{ea‸'])
def test_nothing_is_offered_beside_braces_of_a_string(line: str) -> None:
    assert not offered(SIGMA, line, "a.sigma")


@pytest.mark.parametrize("line", ["    // ea‸", '    print("ea‸");', "    let x = 12‸;"])
def test_nothing_is_offered_in_text_of_sigma(line: str) -> None:
    assert not offered(SIGMA, line, "a.sigma")


@pytest.mark.parametrize(
    ("line", "first", "absent"),
    [
        ("    QADD ‸", "r0", {"WIDTH", "main"}),
        ("    QJMP ‸", "@next", {"WIDTHS"}),
        ("    QLOAD r0, [‸", "r0", {"QADD"}),
        (".args ‸", "r0", {"WIDTH", "main"}),
        (".entry_point ‸", "main", {"r0", "WIDTH"}),
        ("    .qword ‸", "@next", {"r0"}),
    ],
)
def test_operands_by_the_table(line: str, first: str, absent: set[str]) -> None:
    found = offered(QBC, line, "a.qbc")
    assert min(found.values(), key=lambda item: item.sort_text or "").label == first
    assert not absent & found.keys()


@pytest.mark.parametrize(
    ("template", "name", "line", "label", "new"),
    [
        (QBC, "a.qbc", "    tw‸", "twice", "twice ${1:a}"),
        (QBC, "a.qbc", "    .fu‸", ".func", ".func ${1:name}"),
        (QBC, "a.qbc", "    rou‸", "routine", "; ${1:name}"),
        (SIGMA, "a.sigma", "    fo‸", "for", "for ${1:i} in"),
        ("{}\n", "a.sigma", "rec‸", "record", "record ${1:Name}"),
    ],
)
def test_places_to_fill_in(template: str, name: str, line: str, label: str, new: str) -> None:
    analysis, _, position = place(template, line, name)
    able = Texts(Encoding.Utf32, Workspace().uri, client=Client(has_snippets=True))
    found = [item for item in requests.completion(analysis, able, position).items if item.label == label]
    (item,) = [item for item in found if item.insert_text_format is t.InsertTextFormat.Snippet]
    assert isinstance(item.text_edit, t.TextEdit)
    assert item.text_edit.new_text.startswith(new)
    plain = requests.completion(analysis, texts(), position).items
    assert all(other.insert_text_format is None for other in plain)
    assert not any("$" in other.text_edit.new_text for other in plain if isinstance(other.text_edit, t.TextEdit))


def test_the_dot_of_a_directive_is_written_over() -> None:
    item = offered(QBC, "    .de‸", "a.qbc")[".define"]
    assert isinstance(item.text_edit, t.TextEdit)
    assert (item.text_edit.range.start.character, item.text_edit.range.end.character) == (4, 7)


def test_included_files(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.qbc").write_text("")
    (tmp_path / "near.qbc").write_text("")
    (tmp_path / "other.sigma").write_text("")
    found = {i.label: i for i in requests.completion(*place("{}\n", '.include "n‸', "a.qbc", tmp_path)).items}
    assert {"near.qbc", "parts", "qbc_core.qbc"} <= found.keys()
    assert not {"other.sigma", "a.qbc"} & found.keys()
    assert (found["near.qbc"].sort_text or "") < (found["qbc_core.qbc"].sort_text or "")
    inner = requests.completion(*place("{}\n", '.include "parts/‸"', "a.qbc", tmp_path)).items
    assert [item.label for item in inner] == ["one.qbc"]
    assert not requests.completion(*place("{}\n", '.include "../‸"', "a.qbc", tmp_path)).items
    modules = requests.completion(*place("{}\n", 'import "‸"', "a.sigma", tmp_path)).items
    assert "other.sigma" in {item.label for item in modules}
    routines = requests.completion(*place("{}\n", 'extern fn f() from "‸"', "a.sigma", tmp_path)).items
    assert "near.qbc" in {item.label for item in routines}


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("    let x: ‸", {"int", "qubit", "byte", "Pair", "complex"}, {"sum", "while", "early"}),
        ("    let x: complex.‸", {"Complex"}, {"add", "int"}),
        ("    let x = Pair(‸", {"first:", "second:", "early"}, set()),
        ("    let x = Pair(first: 1, ‸", {"second:"}, {"first:"}),
        ("    let x = e‸", {"if", "true"}, {"fn", "view"}),
    ],
)
def test_types_and_fields(line: str, there: set[str], absent: set[str]) -> None:
    found = offered(SIGMA, line, "a.sigma")
    assert there <= found.keys()
    assert not absent & found.keys()


def test_what_is_near_comes_first() -> None:
    found = offered(SIGMA, "    ‸", "a.sigma")
    order = sorted(("early", "sum", "sqrt", "while"), key=lambda label: found[label].sort_text or "")
    assert order == ["early", "sum", "sqrt", "while"]


def test_what_is_deprecated_is_struck_out() -> None:
    text = "/// Deprecated: use new.\nfn old() {{ }}\nfn main() {{ ‸{} }}\n"
    analysis, _, position = place(text, "", "a.sigma")
    able = Texts(Encoding.Utf32, Workspace().uri, client=Client(has_tags=True, has_commit=True))
    found = {item.label: item for item in requests.completion(analysis, able, position).items}
    assert found["old"].tags == [t.CompletionItemTag.Deprecated]
    assert found["main"].tags is None
    assert found["main"].commit_characters == ["("]


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("    asm {\n        Q‸\n    }", {"QADD", "QSEL", "QH"}, {"QJMP", "QCALL", "QPUSH", "QALLOC", "sum", "early"}),
        ("    var n = 1;\n    asm {\n        QADD n, ‸\n    }", {"n", "pi"}, {"QADD", "early", "late", "sum"}),
        ("    let q = qubit();\n    asm { QH ‸ }", {"q"}, {"late", "k"}),
        ("    asm {\n        QADD ; Q‸\n    }", set(), {"QADD", "early"}),
    ],
)
def test_completion_in_assembly_of_sigma(line: str, there: set[str], absent: set[str]) -> None:
    found = offered(SIGMA, line, "a.sigma")
    assert there <= found.keys()
    assert not absent & found.keys()


def test_words_of_the_language_are_explained() -> None:
    assert KEYWORDS.keys() == WORDS.keys()
    found = offered(SIGMA, "    wh‸", "a.sigma")["while"]
    assert isinstance(found.documentation, t.MarkupContent)
    assert "while c { … }" in found.documentation.value


@pytest.mark.parametrize("line", ["    for i in 0..ea‸", "    for i in ea‸", "    while ea‸", "    if ea‸ {"])
def test_completion_in_the_head_of_a_loop(line: str) -> None:
    assert {"early", "sum"} <= offered(SIGMA, line, "a.sigma").keys()


def long_source(name: str, line: str) -> tuple[Analysis, Texts, t.Position]:
    """One with more names than are offered at once."""
    if name.endswith(".qbc"):
        names = "".join(f"part_{number}:\n    QRET\n" for number in range(MOST))
        return place(names + "oddly_named:\n    QRET\nmain:\n{}\n", line, name)
    names = "".join(f"fn part_{number}() {{{{ }}}}\n" for number in range(MOST))
    return place(names + "fn oddly_named() {{ }}\nfn main() {{ {} }}\n", line, name)


@pytest.mark.parametrize(("name", "before"), [("a.qbc", "    QCALL "), ("a.sigma", "    ")])
def test_of_many_names_those_with_the_letters_are_offered(name: str, before: str) -> None:
    all = requests.completion(*long_source(name, f"{before}‸"))
    assert all.is_incomplete
    assert MOST <= len(all.items) < 2 * MOST
    for written in ("odd", "ODD", "on"):
        found = requests.completion(*long_source(name, f"{before}{written}‸"))
        assert found.is_incomplete
        labels = {item.label for item in found.items}
        assert "oddly_named" in labels
        assert not any(label.startswith("part") for label in labels)
    found = requests.completion(*long_source(name, f"{before}art_19‸"))
    labels = {item.label for item in found.items if item.label.startswith("part")}
    wanted = {f"part_{number}" for number in range(MOST) if re.search("1.*9", str(number))}
    assert labels == wanted


def test_few_names_are_offered_whole() -> None:
    analysis, texts, position = place(SIGMA, "    ea‸", "a.sigma")
    assert not requests.completion(analysis, texts, position).is_incomplete


@given(st.lists(st.text("aAbB1_", min_size=1, max_size=4), unique=True, max_size=40), st.text("aB1_", max_size=3))
def test_what_is_left_out_comes_behind_what_is_not(names: list[str], written: str) -> None:
    ranks = {name: len(name) % 2 for name in names}
    whole = {name for name in names if re.search(".*".join(written), name, re.IGNORECASE)}
    narrowing = Narrowing(written, most=5)
    kept = narrowing.of(ranks, lambda rank: rank)
    assert narrowing.is_part == (len(names) > 5)
    if not narrowing.is_part:
        assert kept == ranks
        return
    assert set(kept) <= whole
    assert len(kept) == min(5, len(whole))

    def place(name: str) -> tuple[bool, int, str]:
        return not name.lower().startswith(written.lower()), ranks[name], name.lower()

    left = whole - set(kept)
    assert not left or max(map(place, kept)) <= min(map(place, left))


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
        (QBC, "a.qbc", "    twice ‸", "twice a", 0),
        (QBC, "a.qbc", "    .space 8, ‸", ".space n, fill", 1),
        (QBC, "a.qbc", "    QRX r1, ‸", "QRX q, θ", 1),
        (QBC, "a.qbc", "    QPUSH r1, r2, ‸", "QPUSH a", 0),
        (SIGMA, "a.sigma", "    sum(‸", "fn sum(pair: Pair, more: int) -> int", 0),
        (SIGMA, "a.sigma", "    sum(Pair(1, 2), ‸)", "fn sum(pair: Pair, more: int) -> int", 1),
        (SIGMA, "a.sigma", "    sum(Pair(1, ‸", "record Pair { first: int; second: int }", 1),
        (SIGMA, "a.sigma", "    let x = atan2(1.0, ‸", "fn atan2(a: float, b: float) -> float", 1),
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
