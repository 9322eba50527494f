"""Hover, definitions, references, outlines and renaming, as pure features; the cursor's place is marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp.analysis import Analysis
from lsp.features import hover, navigation
from qbcc.source import Span
from tests.lsp.support import analysed, marked

QBC = """; Twice the number.
.define WIDTH 8          ; of a word
.text
main:
    QMOV r4, WIDTH
@next:
    QSUB r4, 1
    QJGT r4, 0, @next
    QCALL twice
    QHALT

; twice: r0 and r0, in r0.
.func twice
    .args r0
    .returns r0
twice:
    QADD r0, r0
@next:
    QRET
.endfunc
"""
SIGMA = """/// Numbers of a kind.
record Pair { first: int; second: int }

/// Their sum.
fn sum(pair: Pair) -> int {
    let first = pair.first;
    return first + pair.second;
}

gate flip(q: qubit) { x(q); }

fn main() {
    var total = sum(Pair(first: 1, second: 2));
    total += 1;
    let q = qubit();
    flip(q);
    print("{total} {total} {measure(q)}");
}
"""


def place(text: str, old: str, mark: str, name: str, folder: Path | None = None) -> tuple[Analysis, int, int]:
    """A document whose cursor stands where ``mark`` has it in ``old``."""
    assert text.count(old) == 1
    text, offset = marked(text.replace(old, mark))
    analysis = analysed(text, name, folder)
    return analysis, *analysis.document.text.place(offset)


def said(old: str, mark: str, name: str) -> str:
    analysis, line, column = place(QBC if name == "a.qbc" else SIGMA, old, mark, name)
    if name == "a.qbc":
        found = hover.assembly(analysis.document.source, analysis.symbols, line, column)
    else:
        found = hover.sigma(analysis.document.source, analysis.names, line, column)
    return found[0] if found is not None else ""


def words(spans: list[Span]) -> list[tuple[int, str]]:
    return sorted((span.line, span.source.line(span.line)[span.column - 1 : span.end_column - 1]) for span in spans)


@pytest.mark.parametrize(
    ("old", "mark", "parts"),
    [
        ("QMOV", "Q‸MOV", ["QMOV d, a", "d ← a"]),
        ("r4, WIDTH", "r4, WI‸DTH", ["constant `8`, `0x8`", "of a word"]),
        ("0, @next", "0, @ne‸xt", ["local label"]),
        ("QCALL twice", "QCALL twice‸", ["takes `r0`; gives `r0`", "twice: r0 and r0, in r0."]),
        ("QSUB r4, 1", "QSUB r4, ‸1", ["`1`, `0x1`, as a float's bits `5e-324`"]),
    ],
)
def test_hover_in_assembly(old: str, mark: str, parts: list[str]) -> None:
    found = said(old, mark, "a.qbc")
    assert all(part in found for part in parts), found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("QADD r0, r1\n    QRET", "*Found*: reads r0, r1; changes r0."),
        ("QPUSH r4\n    QMOV r4, 1\n    QPOP r4\n    QRET", "*Found*: reads nothing; changes nothing."),
        ("QPUSH r4\n    QRET", "*Found*: reads r4; changes nothing; leaves 1 value on the stack."),
        ("QPOP r7\n    QRET", "*Found*: reads nothing; changes r7; looks at 1 value of its caller's stack; takes 1 value off the stack."),
        ("QHALT", "*Found*: reads nothing; never returns."),
        ("QCALL far\n    QRET", "*Found*: reads r0–r3; changes r0–r3. What is not in this source is taken to keep the calling convention."),
    ],
)  # fmt: skip
def test_what_a_routine_does(body: str, said: str) -> None:
    analysis = analysed(f".extern far\nmain:\n    QCALL f\n    QHALT\nf:\n    {body}\n", "a.qbc")
    found = hover.assembly(analysis.document.source, analysis.symbols, 3, 12, lambda: analysis.flow)
    assert found is not None
    assert found[0].endswith(said), found[0]


def test_hover_over_a_system_call() -> None:
    analysis = analysed("main:\n    QSYSCALL 11\n", "a.qbc")
    found = hover.assembly(analysis.document.source, analysis.symbols, 2, 15)
    assert found is not None
    assert "**read_line**" in found[0]
    assert "gives r0 int" in found[0]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("    QRX r1, HA‸LF", ["constant `1.5707963267948966`"]),
        ("    Q‸RX r1, HALF", ["QRX q, θ", "⎡  1/√2  -i/√2 ⎤"]),
        ("    QR‸X r1, r2", ["cos(θ/2)"]),
        ("    QCX‸ r1, r2", ["⎢ ·  ·  ·  1 ⎥", "first qubit as the lowest bit"]),
        ("    QADD ‸r3, 1", ["an argument and a result"]),
        ("    QADD r1‸4, 1", ["the caller's"]),
        ("    QMOV r1, (W ‸+ 2) * 3", ["`W + 2` is `10`, `0xa`"]),
        ("    QMOV r1, (W + 2) ‸* 3", ["`(W + 2) * 3` is `30`"]),
        ("    QMOV r1, '‸A'", ["`65`, `0x41`, the character `A`"]),
        ("    QMOV r1, OUT‸PUT_BUFFER", ["`0x700000000`"]),
        ("    QMOV r1, 1.‸5", ["bits `0x3ff8000000000000`"]),
        (".sp‸ace 8", ["n bytes of fill"]),
        (".de‸fine X 1", ["a constant; `-D"]),
    ],
)
def test_hover_over_words_of_assembly(line: str, parts: list[str]) -> None:
    text, offset = marked(f".define W 8\n.define HALF 3.141592653589793 / 2\nmain:\n{line}\n")
    analysis = analysed(text, "a.qbc")
    found = hover.assembly(analysis.document.source, analysis.symbols, *analysis.document.text.place(offset))
    assert found is not None
    assert all(part in found[0] for part in parts), found[0]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("let x = 2 ‸* 3.5;", ["2 * 3.5: float", "`7.0`"]),
        ("let x = 0xF‸F;", ["0xFF: int", "`255`, `0xff`"]),
        ("let x ‸= [1, 2];", []),
        ("let x = ‸[1, 2];", ["[1, 2]: [int; 2]"]),
        ("r‸x(q, pi / 2);", ["gate rx(q: qubit, θ: float)", "⎡  1/√2  -i/√2 ⎤"]),
        ("r‸x(q, angle);", ["cos(θ/2)"]),
        ("s‸igma(q, 4);", ["⎡  ·  -i ⎤"]),
        ("let x = 1 ‸< 2;", ["1 < 2: bool", "`true`"]),
        ("wh‸ile false { }", ["while c { … }"]),
        ("let x: i‸nt = 1;", ["64 bits with a sign"]),
        ("let x = true a‸nd false;", ["true and false: bool", "`false`"]),
        ("let p = Pair(1, 2); let x = p.se‸cond;", ["Pair.second: int", "8 bytes from its start, 8 bytes"]),
    ],
)
def test_hover_over_expressions_of_sigma(line: str, parts: list[str]) -> None:
    head = "record Pair { first: int; second: int }\n"
    text, offset = marked(f"{head}fn main() {{ let q = qubit(); let angle = random(); {line} }}\n")
    analysis = analysed(text, "a.sigma")
    place = analysis.document.text.place(offset)
    found = hover.sigma(analysis.document.source, analysis.names, *place, analysis.program)
    assert (found is not None) == bool(parts)
    assert found is None or all(part in found[0] for part in parts), found


def test_hover_over_nothing() -> None:
    assert not said("; Twice", "; Tw‸ice", "a.qbc")
    assert not said("/// Their", "/// Th‸eir", "a.sigma")


@pytest.mark.parametrize(
    ("old", "mark", "parts"),
    [
        ("return first", "return fi‸rst", ["let first: int"]),
        ("sum(Pair(", "s‸um(Pair(", ["fn sum(pair: Pair) -> int", "Their sum."]),
        ("pair.second", "pair.sec‸ond", ["Pair.second: int"]),
        ("pair: Pair)", "pair: P‸air)", ["record Pair { first: int; second: int }", "Numbers of a kind."]),
        ("x(q)", "x‸(q)", ["gate x(q: qubit)", "`QX`"]),
        ("measure(q)", "mea‸sure(q)", ["fn measure(a: qubits) -> bool or int", "*measures*"]),
        ("{total} {total}", "{total} {tot‸al}", ["var total: int"]),
        ("flip(q);", "fl‸ip(q);", ["gate flip(q: qubit)"]),
    ],
)
def test_hover_in_sigma(old: str, mark: str, parts: list[str]) -> None:
    found = said(old, mark, "a.sigma")
    assert all(part in found for part in parts), found


@pytest.mark.parametrize(
    ("name", "old", "mark", "line", "count"),
    [
        ("a.qbc", "QCALL twice", "QCALL twi‸ce", 16, 3),
        ("a.qbc", "0, @next", "0, @ne‸xt", 6, 2),
        ("a.qbc", "r4, WIDTH", "r4, WID‸TH", 2, 2),
        ("a.sigma", "total += 1", "to‸tal += 1", 13, 4),
        ("a.sigma", "return first", "return fir‸st", 6, 2),
        ("a.sigma", "pair.first", "pair.fi‸rst", 2, 3),
        ("a.sigma", "pair: Pair", "pair: Pa‸ir", 2, 3),
        ("a.sigma", "flip(q);", "flip(‸q);", 15, 3),
    ],
)
def test_definition_and_references(name: str, old: str, mark: str, line: int, count: int) -> None:
    analysis, *there = place(QBC if name == "a.qbc" else SIGMA, old, mark, name)
    found = navigation.definition(analysis.names, analysis.document.source, *there)
    assert found is not None
    assert found.line == line
    places = navigation.references(analysis.names, analysis.document.source, *there, declared=True)
    assert len(set(places)) == count
    assert len({word for _, word in words(places)}) == 1
    uses = navigation.references(analysis.names, analysis.document.source, *there, declared=False)
    assert len(uses) == count - 1


def test_a_macro_has_names_of_its_own() -> None:
    text = ".define a 1\nmain:\n@x:\n.macro m a\n@x:\n    QMOV r0, a\n    QJMP @x\n.endm\n    m 2\n    QJMP @‸x\n"
    text, offset = marked(text)
    analysis = analysed(text, "a.qbc")
    there = analysis.document.text.place(offset)
    places = navigation.references(analysis.names, analysis.document.source, *there, declared=True)
    assert words(places) == [(3, "@x"), (10, "@x")]
    places = navigation.references(analysis.names, analysis.document.source, 1, 9, declared=True)
    assert words(places) == [(1, "a")]


def test_names_of_another_module(tmp_path: Path) -> None:
    (tmp_path / "part.sigma").write_text("record Point { x: int }\nfn one(p: Point) -> int {\n    return p.x;\n}\n")
    text = 'import "part.sigma";\nfn main() {\n    let p = part.Point(x: 1);\n    print("{part.‸one(p)}");\n}\n'
    text, offset = marked(text)
    analysis = analysed(text, folder=tmp_path)
    assert not analysis.diagnostics
    found = navigation.definition(analysis.names, analysis.document.source, *analysis.document.text.place(offset))
    assert found is not None
    assert (Path(found.source.path or "").name, found.line, found.column) == ("part.sigma", 2, 4)
    module = navigation.definition(analysis.names, analysis.document.source, 3, 14)
    assert module is not None
    assert (module.source, module.line) == (found.source, 1)


@pytest.mark.parametrize(
    ("name", "old", "mark", "new", "count"),
    [
        ("a.sigma", "pair.first", "pair.fi‸rst", "left", 3),
        ("a.sigma", "total += 1", "to‸tal += 1", "whole", 4),
        ("a.sigma", "flip(q);", "fl‸ip(q);", "turn", 2),
        ("a.qbc", "QCALL twice", "QCALL twi‸ce", "doubled", 3),
        ("a.qbc", "0, @next", "0, @ne‸xt", "@again", 2),
    ],
)
def test_rename_keeps_what_a_program_means(name: str, old: str, mark: str, new: str, count: int) -> None:
    analysis, *there = place(QBC if name == "a.qbc" else SIGMA, old, mark, name)
    source = analysis.document.source
    if name == "a.qbc":
        spans = navigation.renamed_assembly(analysis.symbols, source, *there, new)
    else:
        spans = navigation.renamed_sigma(analysis.names, source, *there, new)
    lines = list(source.lines)
    assert len(spans) == count
    for span in sorted(spans, key=lambda span: (span.line, span.column), reverse=True):
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + new + line[span.end_column - 1 :]
    again = analysed("\n".join(lines) + "\n", name)
    assert not again.diagnostics
    assert len(again.names.of) == len(analysis.names.of)


@pytest.mark.parametrize(
    ("name", "old", "mark", "new", "why"),
    [
        ("a.sigma", "total += 1", "to‸tal += 1", "q", "there already"),
        ("a.sigma", "total += 1", "to‸tal += 1", "let", "no name in σ"),
        ("a.sigma", "x(q)", "‸x(q)", "y", "the language's"),
        ("a.sigma", "let q = qubit();", "let ‸q = qubit();", "qubit", "no name in σ"),
        ("a.sigma", "fn sum", "fn ‸sum", "byte", "no name in σ"),
        ("a.qbc", "main:", "ma‸in:", "start", "begins at 'main'"),
        ("a.qbc", "QCALL twice", "QCALL twi‸ce", "main", "there already"),
        ("a.sigma", "fn main", "fn m‸ain", "start", "outside of σ"),
        ("a.sigma", "return first", "ret‸urn first", "y", "no name that can be changed"),
        ("a.qbc", "QCALL twice", "QCALL twi‸ce", "QADD", "no name in assembly"),
        ("a.qbc", "QCALL twice", "QCALL twi‸ce", "WIDTH", "there already"),
        ("a.qbc", "QCALL twice", "QCALL twi‸ce", "@twice", "begins with @"),
    ],
)
def test_rename_is_refused(name: str, old: str, mark: str, new: str, why: str) -> None:
    analysis, *there = place(QBC if name == "a.qbc" else SIGMA, old, mark, name)
    with pytest.raises(navigation.RefusedError, match=why):
        if name == "a.qbc":
            navigation.renamed_assembly(analysis.symbols, analysis.document.source, *there, new)
        else:
            navigation.renamed_sigma(analysis.names, analysis.document.source, *there, new)


def test_the_label_where_a_program_begins_is_renamed_where_the_program_names_it() -> None:
    analysis, *there = place(QBC + ".entry_point main\n", "main:", "ma‸in:", "a.qbc")
    assert len(navigation.renamed_assembly(analysis.symbols, analysis.document.source, *there, "start")) == 2


def test_no_label_becomes_the_one_where_a_program_begins() -> None:
    analysis, *there = place("QHALT\nonce:\n    QHALT\n", "once:", "on‸ce:", "a.qbc")
    with pytest.raises(navigation.RefusedError, match="begins at 'main'"):
        navigation.renamed_assembly(analysis.symbols, analysis.document.source, *there, "main")


def test_no_name_gets_that_of_a_parameter_beside_it() -> None:
    text = ".define WIDTH 8\n.macro move to\n    QMOV to, WIDTH\n.endm\n    move r1\n"
    analysis, *there = place(text, ".define WIDTH", ".define ‸WIDTH", "a.qbc")
    with pytest.raises(navigation.RefusedError, match="there already"):
        navigation.renamed_assembly(analysis.symbols, analysis.document.source, *there, "to")


def test_what_makes_qubits_is_known_by_its_name() -> None:
    analysis, *there = place(SIGMA, "let q = qubit();", "let q = ‸qubit();", "a.sigma")
    found = hover.sigma(analysis.document.source, analysis.names, *there, analysis.program)
    assert found is not None
    assert "fn qubit() -> qubit" in found[0]
    assert "new qubit" in found[0]


def test_hover_over_a_constant_of_sigma_and_a_macro_of_assembly() -> None:
    analysis, *there = place('const SIZE = 16;\nfn main() { print("{SIZE}"); }\n', "{SIZE}", "{SI‸ZE}", "a.sigma")
    found = hover.sigma(analysis.document.source, analysis.names, *there, analysis.program)
    assert found is not None
    assert "const SIZE: int = 16" in found[0]
    assert "`16`, `0x10`" in found[0]
    text = ".macro move to, from ; one to the other\n    QMOV to, from\n.endm\n    move r1, 2\n"
    analysis, *there = place(text, "move r1", "mo‸ve r1", "a.qbc")
    said = hover.assembly(analysis.document.source, analysis.symbols, *there)
    assert said is not None
    assert "move to, from\n" in said[0]
    assert "one to the other" in said[0]
