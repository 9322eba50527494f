"""Hints, written into the text where they would be shown."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from lsprotocol import types as t

from lsp import advice
from lsp.client import ADDRESSES, HINTS, PARAMETERS, PLAIN, TYPES, VALUES, Client
from lsp.convert import Encoding
from lsp.features import hints
from lsp.features.diagnostics import Texts
from lsp.workspace import Workspace
from tests.lsp.support import analysed

QBC = """.define W 8
.define AREA W * W
.data
text: .asciz "a"
cell: .qword W << 20, text
.text
main:
    QADD r1, r2, W
    QLOAD r3, [r4 + W*2]
    QMOV r0, AREA - 1
@end: QJMP @end
    QSTORE 7, [cell]
"""
SIGMA = """record Pair { first: int; second: int }
const size = 3;
fn sum(pair: Pair, more: int) -> int { return pair.first + more; }
fn main() {
    let p = Pair(1, second: 2);
    let more = sum(p, 2);
    let (a, b) = (1, 2.5);
    let typed: int = sum(p, more);
    let q = qubit();
    for (value, count) in sample(q, 10) { print("{sum(p, value)} {count} {a} {b} {typed} {size}"); }
}
"""


def written(text: str, name: str, kinds: Collection[str]) -> str:
    analysis = analysed(text, name)
    assert not [found for found in analysis.diagnostics if found.code[1:3] != "09"]
    if name == "a.qbc":
        found = hints.assembly(analysis.document.source, analysis.symbols, analysis.assembly.object, 1, 99, kinds)
    else:
        assert analysis.program is not None
        found = hints.sigma(analysis.program.main, 1, 99, kinds)
    lines = text.splitlines()
    for hint in reversed(found):
        line = lines[hint.line - 1]
        lines[hint.line - 1] = f"{line[: hint.column - 1]}‹{hint.text}›{line[hint.column - 1 :]}"
    return "\n".join(lines) + "\n"


def test_values() -> None:
    assert (
        written(QBC, "a.qbc", {VALUES})
        == """.define W 8
.define AREA W * W‹= 64›
.data
text: .asciz "a"
cell: .qword W << 20‹= 0x800000›, text
.text
main:
    QADD r1, r2, W‹= 8›
    QLOAD r3, [r4 + W*2‹= 16›]
    QMOV r0, AREA - 1‹= 63›
@end: QJMP @end
    QSTORE 7, [cell]
"""
    )


def test_addresses() -> None:
    found = written(QBC, "a.qbc", {ADDRESSES})
    assert "text:‹0x100000› .asciz" in found
    assert "cell:‹0x100002› .qword" in found
    assert "main:‹#0›\n" in found
    assert "@end:‹#3› QJMP" in found


def test_depth_of_the_stack() -> None:
    text = "main: QCALL f\n    QHALT\nf:\n    QPUSH r4, r5\n    QADD r4, r0, 1\n    QPOP r5\n    QPOP r4\n    QRET\n"
    analysis = analysed(text, "a.qbc")
    assert analysis.flow is not None
    found = hints.depths(analysis.document.source, analysis.flow, 1, 99)
    assert [(hint.line, hint.text) for hint in found] == [(5, "↕2"), (7, "↕1"), (8, "↕0")]
    assert not hints.depths(analysis.document.source, analysis.flow, 1, 4)


def test_what_macros_become() -> None:
    text = ".macro twice a\n    QADD a, a\n    QADD a, a\n.endm\n.macro none\n.endm\nmain:\n    twice r1\n    none\n    QHALT\n"
    analysis = analysed(text, "a.qbc")
    made, flow = analysis.assembly.object, analysis.flow
    assert made is not None
    assert flow is not None
    found = hints.expansions(analysis.document.source, analysis.symbols, made, flow, 1, 99)
    assert [(hint.line, hint.text) for hint in found] == [(8, "→ 2 instructions"), (9, "→ 0 instructions")]
    assert found[0].tooltip == "```qbc\nQADD r1, r1, r1\nQADD r1, r1, r1\n```"


def test_types() -> None:
    found = written(SIGMA, "a.sigma", {TYPES})
    assert "const size‹: int› = 3;" in found
    assert "let p‹: Pair› = Pair(1, second: 2);" in found
    assert "let (a‹: int›, b‹: float›) = (1, 2.5);" in found
    assert "let typed: int = sum" in found
    assert "for (value‹: int›, count‹: int›) in" in found


def test_parameters() -> None:
    found = written(SIGMA, "a.sigma", {PARAMETERS})
    assert "Pair(‹first:›1, second: 2)" in found
    assert "let more = sum(‹pair:›p, ‹more:›2);" in found
    assert "let typed: int = sum(‹pair:›p, more);" in found


@pytest.mark.parametrize(
    "text", ["main:\n    QMOV r0, (\n", "x: .qword \nmain: QADD", ".define A B\n.define B A\n", "\ufeff"]
)
def test_half_written_assembly(text: str) -> None:
    analysis = analysed(text, "a.qbc")
    assert not hints.assembly(analysis.document.source, analysis.symbols, analysis.assembly.object, 1, 9, HINTS)


def test_places_in_utf_16() -> None:
    workspace = Workspace(Encoding.Utf16)
    texts = Texts(Encoding.Utf16, workspace.uri)
    analysis = analysed('fn main() {\r\n    /* 😀 */ let s = 1; print("{s}");\r\n}\r\n')
    whole = t.Range(t.Position(0, 0), t.Position(9, 0))
    (hint,) = advice.inlay_hints(analysis, texts, whole)
    assert (hint.position, hint.label, hint.kind) == (t.Position(1, 18), ": int", t.InlayHintKind.Type)
    assert not advice.inlay_hints(analysis, texts, t.Range(t.Position(0, 0), t.Position(0, 5)))
    off = Texts(Encoding.Utf16, workspace.uri, client=PLAIN.configured({"hints": {"types": False}}))
    assert not advice.inlay_hints(analysis, off, whole)


def test_options() -> None:
    assert PLAIN.configured({"hints": False}).hints == frozenset()
    assert PLAIN.configured({"hints": {"values": False}}).hints == frozenset(HINTS) - {"values"}
    assert PLAIN.configured({"commands": True, "debugger": 1}) == Client(commands=True)
    for nonsense in (None, 3, [], {"hints": 7}, {"hints": {"nothing": True}}, {"commands": "yes"}):
        assert PLAIN.configured(nonsense) == PLAIN


def test_a_type_leads_to_its_record() -> None:
    analysis = analysed(SIGMA)
    texts = Texts(Encoding.Utf32, Workspace().uri)
    found = advice.inlay_hints(analysis, texts, t.Range(t.Position(4, 0), t.Position(4, 99)))
    parts = [hint.label for hint in found if not isinstance(hint.label, str)]
    assert parts[0][0].value == ": Pair"
    assert parts[0][0].location is not None
    assert parts[0][0].location.range == t.Range(t.Position(0, 7), t.Position(0, 11))
