"""Semantic tokens, symbols, folds, selections, links and highlights, as pure features; the cursor's place is marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as t

from lsp.convert import Encoding
from lsp.features import tokens
from lsp.features.diagnostics import Texts
from lsp.handlers import structure
from lsp.workspace import Workspace
from tests.lsp.support import analysed, marked

QBC = """; region constants
.define WIDTH 8
; endregion
.extern other
.macro twice a, b
@l: QADD r1, a, WIDTH
    QJMP @l
.endm
.text
; Deprecated: no longer needed.
.func main
    .returns r0
main:
@n: QMOV r2, count          ; é😀
    twice r1, 2
    QCALL other
    QSYSCALL 1
    QH r1
    QSTORE r2, [count + 8]
    .if WIDTH > 4
    QADD r2, 1
    .else
    QNOP
    .endif
    QRET
.endfunc
.data
count: .qword 1
text:
  .asciz "a;b"
"""
SIGMA = """import std.math as m;
import std.real;

record Pair { a: int; b: float }

/// Deprecated: no.
fn f(p: Pair, q: qubit, n: int) -> int {
    var t = [1, 2];
    t[0] = p.a;
    h(q); /* x
      y */
    asm { QADD n, 1 ; c
    }
    print("é😀 {t[0] + n} b {f(p, q, 2)}");
    // one
    // two
    return int(2.5);
}
"""


def texts(encoding: Encoding = Encoding.Utf32) -> Texts:
    return Texts(encoding, Workspace().uri)


def decoded(data: list[int], text: str, encoding: Encoding) -> list[tuple[int, str, str, set[str]]]:
    """Line from 1, the word, its type and modifiers."""
    name, width = {Encoding.Utf8: ("utf-8", 1), Encoding.Utf16: ("utf-16-le", 2), Encoding.Utf32: ("utf-32-le", 4)}[
        encoding
    ]
    found, line, start = [], 0, 0
    lines = text.split("\n")
    for at in range(0, len(data), 5):
        down, right, length, type, modifiers = data[at : at + 5]
        line, start = line + down, right if down else start + right
        word = lines[line].encode(name)[start * width : (start + length) * width].decode(name)
        found.append(
            (line + 1, word, tokens.TYPES[type], {m for bit, m in enumerate(tokens.MODIFIERS) if modifiers >> bit & 1})
        )
    return found


def semantic(text: str, name: str, encoding: Encoding = Encoding.Utf16, range: t.Range | None = None) -> list[int]:
    found = structure.semantic(analysed(text, name), texts(encoding), tokens.known(None), range)
    assert found is not None
    return found


@pytest.mark.parametrize("encoding", list(Encoding))
def test_tokens_of_assembly(encoding: Encoding) -> None:
    found = decoded(semantic(QBC, "a.qbc", encoding), QBC, encoding)
    for wanted in [
        (2, "WIDTH", "variable", {"declaration", "definition", "readonly"}),
        (4, "other", "function", {"declaration"}),
        (5, "twice", "macro", {"declaration", "definition"}),
        (5, "b", "parameter", {"declaration", "definition"}),
        (6, "@l", "label", {"declaration", "definition"}),
        (6, "r1", "variable", {"modification", "defaultLibrary"}),
        (6, "a", "parameter", set()),
        (11, ".func", "modifier", set()),
        (13, "main", "function", {"declaration", "definition", "deprecated"}),
        (14, "count", "variable", {"static"}),
        (14, "; é😀", "comment", set()),
        (15, "twice", "macro", set()),
        (16, "other", "function", set()),
        (17, "1", "enumMember", {"readonly", "defaultLibrary"}),
        (18, "QH", "keyword", {"quantum"}),
        (19, "r2", "variable", {"defaultLibrary"}),
        (30, '"a;b"', "string", set()),
    ]:
        assert wanted in found


@pytest.mark.parametrize("encoding", list(Encoding))
def test_tokens_of_sigma(encoding: Encoding) -> None:
    found = decoded(semantic(SIGMA, "a.sigma", encoding), SIGMA, encoding)
    for wanted in [
        (1, "math", "namespace", set()),
        (4, "Pair", "struct", {"declaration", "definition"}),
        (4, "b", "property", {"declaration", "definition"}),
        (6, "/// Deprecated: no.", "comment", {"documentation"}),
        (7, "f", "function", {"declaration", "definition", "deprecated"}),
        (7, "q", "parameter", {"declaration", "definition", "readonly", "quantum"}),
        (7, "qubit", "type", {"defaultLibrary", "quantum"}),
        (9, "t", "variable", {"modification"}),
        (9, "a", "property", set()),
        (10, "h", "function", {"defaultLibrary", "quantum"}),
        (10, "/* x", "comment", set()),
        (11, "      y */", "comment", set()),
        (12, "asm", "keyword", set()),
        (12, "QADD", "keyword", set()),
        (14, '"é😀 {', "string", set()),
        (14, "n", "parameter", {"readonly"}),
        (14, "f", "function", {"deprecated"}),
        (14, '}"', "string", set()),
        (17, "int", "type", {"defaultLibrary"}),
        (17, "2.5", "number", set()),
    ]:
        assert wanted in found


@pytest.mark.parametrize(("text", "name"), [(QBC, "a.qbc"), (SIGMA, "a.sigma")])
def test_tokens_of_a_range_are_those_of_the_whole(text: str, name: str) -> None:
    text = text.replace("\n", "\r\n")
    whole = decoded(semantic(text, name), text, Encoding.Utf16)
    part = semantic(text, name, range=t.Range(t.Position(5, 0), t.Position(13, 1)))
    assert decoded(part, text, Encoding.Utf16) == [each for each in whole if 6 <= each[0] <= 14]


@pytest.mark.parametrize(("text", "name"), [("main: QMUV r1, 'x\n", "a.qbc"), ('fn f(a: int { let x = a +; "', "a.sigma"), ("\ufefffn f() {\r x", "a.sigma"), ("", "a.qbc")])  # fmt: skip
def test_tokens_of_half_a_text_lie_in_it_and_do_not_overlap(text: str, name: str) -> None:
    found = decoded(semantic(text, name, Encoding.Utf32), text.replace("\r", "\n"), Encoding.Utf32)
    assert all(word for _, word, *_ in found)
    assert len(found) >= 2 or not text


def test_difference_of_tokens() -> None:
    old, new = semantic(QBC, "a.qbc"), semantic(QBC.replace("QCALL other", "QNOP\n    QNOP"), "a.qbc")
    (edit,) = tokens.difference(old, new)
    assert old[: edit.start] + list(edit.data or ()) + old[edit.start + edit.delete_count :] == new
    assert edit.delete_count < 30
    assert not tokens.difference(new, new)


def test_an_editor_that_knows_no_labels_is_told_functions() -> None:
    old = tokens.known(["function", "variable", "keyword"])
    assert tokens.TYPES[old[tokens.TYPES.index("label")]] == "function"


def tree(found: list[t.DocumentSymbol]) -> list[object]:
    return [(each.name, each.detail, each.kind.name, each.range.start.line, each.range.end.line, tree(list(each.children or []))) for each in found]  # fmt: skip


def test_symbols_of_assembly() -> None:
    assert tree(structure.symbols(analysed(QBC, "a.qbc"), texts())) == [
        ("WIDTH", "= 8", "Constant", 1, 1, []),
        ("other", "extern", "Interface", 3, 3, []),
        ("twice", "macro", "Operator", 4, 7, [("@l", "local label", "Key", 5, 5, [])]),
        ("main", "() → r0", "Function", 10, 25, [("@n", "local label", "Key", 13, 13, [])]),
        ("count", ".qword", "Variable", 27, 27, []),
        ("text", ".asciz", "Variable", 28, 28, []),
    ]


def test_symbols_of_sigma() -> None:
    assert tree(structure.symbols(analysed(SIGMA), texts())) == [
        ("m", "import m", "Module", 0, 0, []),
        ("real", "import real", "Module", 1, 1, []),
        ("Pair", "record Pair { a: int; b: float }", "Struct", 3, 3, [("a", "int", "Field", 3, 3, []), ("b", "float", "Field", 3, 3, [])]),
        ("f", "fn f(p: Pair, q: qubit, n: int) -> int", "Function", 6, 17, []),
    ]  # fmt: skip


def test_symbols_of_a_circuit() -> None:
    text = '{"qubits": 3, "ops": [\n  {"gate": "w", "on": [0]},\n  {"measure": [0,\n 1]}],\n "shots": 9, "ops": 1, "": {}, "é😀": [{}, {"gate": ""}, 1]}\n'
    found = structure.symbols(analysed(text, "a.sigma.json"), texts())
    shown = [(each.name, each.detail, [child.name for child in each.children or []]) for each in found]
    assert shown == [
        ("qubits", "3", []), ("ops", "array", ["w", "measure"]), ("shots", "9", []), ('""', "object", []),
        ("é😀", "array", ["{}", "gate"]),
    ]  # fmt: skip
    for each in (*found, *(child for one in found for child in one.children or [])):
        start, end = each.range.start, each.range.end
        assert (start.line, start.character) <= (each.selection_range.start.line, each.selection_range.start.character)
        assert (each.selection_range.end.line, each.selection_range.end.character) <= (end.line, end.character)


def test_routines_without_contracts_begin_where_something_calls() -> None:
    text = "main:\n    QCALL f\nloop:\n    QJMP loop\n; f\nf:\n@a: QRET\n.data\nx: .qword 1\n.text\nafter: QNOP\n"
    found = structure.symbols(analysed(text, "a.qbc"), texts())
    assert [(each.name, each.range.start.line, each.range.end.line) for each in found] == [("main", 0, 3), ("f", 5, 6), ("x", 8, 8), ("after", 10, 10)]  # fmt: skip
    assert [child.name for child in found[0].children or []] == ["loop"]


def test_folds() -> None:
    found = structure.folds(analysed(QBC, "a.qbc"), texts(), None)
    assert [(each.start_line, each.end_line) for each in found] == [(0, 2), (4, 7), (10, 25), (19, 20), (21, 22)]
    assert found[0].kind is t.FoldingRangeKind.Region
    found = structure.folds(analysed(SIGMA), texts(), None)
    assert [(each.start_line, each.end_line) for each in found] == [(0, 1), (6, 16), (9, 10), (14, 15)]
    kinds = [each.kind for each in found]
    assert kinds == [t.FoldingRangeKind.Imports, None, t.FoldingRangeKind.Comment, t.FoldingRangeKind.Comment]
    circuit = analysed('{"qubits": 1,\n "ops": [\n  {"gate": "h", "on": [0]}\n ]\n}\n', "a.sigma.json")
    assert [(each.start_line, each.end_line) for each in structure.folds(circuit, texts(), None)] == [(0, 3), (1, 2)]
    assert len(structure.folds(circuit, texts(), 1)) == 1


def chosen(text: str, name: str) -> list[str]:
    """What the selection grows to at the mark."""
    text, offset = marked(text)
    analysis = analysed(text, name)
    (found,) = structure.selections(analysis, texts(), [analysis.document.text.position(offset, Encoding.Utf32)])
    words, each = [], found
    while each is not None:
        start, end = (
            analysis.document.text.offset(place, Encoding.Utf32) for place in (each.range.start, each.range.end)
        )
        words.append(text[start:end])
        each = each.parent
    return words


def test_selections() -> None:
    assert chosen("main:\n.if 1\nx: QLOAD r1, [r2 + 8‸0]\n.endif\n", "a.qbc") == [
        "80", "r2 + 80", "[r2 + 80]", "r1, [r2 + 80]", "QLOAD r1, [r2 + 80]", "x: QLOAD r1, [r2 + 80]",
        ".if 1\nx: QLOAD r1, [r2 + 80]\n.endif", "main:\n.if 1\nx: QLOAD r1, [r2 + 80]\n.endif",
        "main:\n.if 1\nx: QLOAD r1, [r2 + 80]\n.endif\n",
    ]  # fmt: skip
    assert chosen('fn f() {\n    print("a {1 + 2‸3}");\n}\n', "a.sigma") == [
        "23", "1 + 23", "a {1 + 23}", '"a {1 + 23}"', 'print("a {1 + 23}")', 'print("a {1 + 23}");',
        '{\n    print("a {1 + 23}");\n}', 'fn f() {\n    print("a {1 + 23}");\n}', 'fn f() {\n    print("a {1 + 23}");\n}\n',
    ]  # fmt: skip
    assert chosen("x ; a com‸ment\n", "a.qbc")[:2] == ["; a comment", "x ; a comment"]


def test_links(tmp_path: Path) -> None:
    (tmp_path / "part.qbc").write_text("")
    (tmp_path / "part.sigma").write_text("")
    read = Workspace().overlay().read

    def shown(text: str, name: str) -> list[tuple[str, str, str | None]]:
        analysis = analysed(text, name, tmp_path)
        found = structure.document_links(analysis, texts(), read=read, has_tips=True)
        source = analysis.document.source
        return [(source.line(each.range.start.line + 1)[each.range.start.character : each.range.end.character], Path(str(each.target)).name, each.tooltip) for each in found]  # fmt: skip

    assert shown('.include "part.qbc"\n .include "none.qbc"\n.INCLUDE "qbc_core.qbc"\n', "a.qbc") == [
        ("part.qbc", "part.qbc", "part.qbc"),
        ("qbc_core.qbc", "qbc_core.qbc", "<stdlib>/qbc_core.qbc"),
    ]
    text = 'import std.math; import "part.sigma" as p; import no.thing;\nextern fn f() from "part.qbc";\n'
    assert [each[:2] for each in shown(text, "a.sigma")] == [("std.math", "math.sigma"), ("part.sigma", "part.sigma"), ("part.qbc", "part.qbc")]  # fmt: skip


def highlighted(text: str, name: str) -> list[tuple[int, str, str]]:
    text, offset = marked(text)
    analysis = analysed(text, name)
    found = structure.highlights(analysis, texts(), analysis.document.text.position(offset, Encoding.Utf32))
    return sorted((each.range.start.line + 1, analysis.document.source.line(each.range.start.line + 1)[each.range.start.character : each.range.end.character], str(each.kind and each.kind.name)) for each in found)  # fmt: skip


def test_a_register_is_highlighted_in_its_routine() -> None:
    text = "main:\n    QMOV r‸4, 1\n    QADD R4, r4, 2\n    QSTORE r4, [r4]\n    QADD r4\n    QCALL f\n    QPOP r4, r5\nf:\n    QMOV r4, 1\n"
    assert highlighted(text, "a.qbc") == [
        (2, "r4", "Write"), (3, "R4", "Write"), (3, "r4", "Read"), (4, "r4", "Read"), (4, "r4", "Read"), (5, "r4", "Text"),
        (7, "r4", "Write"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "kinds"),
    [
        (QBC.replace("QMOV r2, count", "QMOV r2, cou‸nt"), "a.qbc", [(14, "Read"), (19, "Write"), (28, "Write")]),
        (SIGMA.replace("t[0] =", "‸t[0] ="), "a.sigma", [(8, "Write"), (9, "Write"), (14, "Read")]),
        (SIGMA.replace("p.a", "p‸.a"), "a.sigma", [(7, "Write"), (9, "Read"), (14, "Read")]),
        ("fn f(x: int) {\n    var ‸n = x;\n    n += 1;\n    asm { QADD n, n, 1 }\n}\n", "a.sigma", [(2, "Write"), (3, "Write"), (4, "Read"), (4, "Write")]),
    ],
)  # fmt: skip
def test_a_name_is_highlighted_as_it_is_used(text: str, name: str, kinds: list[tuple[int, str]]) -> None:
    assert sorted((line, kind) for line, _, kind in highlighted(text, name)) == kinds
