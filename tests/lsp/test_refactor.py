"""Actions, by what they make of a program; the cursor's place is marked."""

from __future__ import annotations

import pytest
from lsprotocol import types as t

from lsp import advice
from lsp.client import Client
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts
from lsp.workspace import Workspace
from tests.lsp.support import analysed, marked

ROUTINE = """main:
    QCALL twice
    QHALT
; twice
twice:
    QMOV r4, r0
@next:
    QSUB r4, 1
    QJGT r4, 0, @next
    QADD r0, r0
@out: QRET
"""
SAVED = """main:
    QCALL twice
    QHALT
; twice
twice:
    QPUSH r4
    QMOV r4, r0
@next:
    QSUB r4, 1
    QJGT r4, 0, @next
    QADD r0, r0
@out: QPOP r4
    QRET
"""


def offered(text: str, name: str, encoding: Encoding = Encoding.Utf16) -> tuple[str, list[t.CodeAction]]:
    text, offset = marked(text)
    analysis = analysed(text, name)
    place = analysis.document.text.position(offset, encoding)
    texts = Texts(encoding, Workspace(encoding).uri, client=Client(commands=True))
    return text, advice.code_actions(analysis, texts, t.Range(place, place))


def applied(text: str, action: t.CodeAction, name: str = "a.qbc") -> str:
    assert action.edit is not None
    assert action.edit.changes is not None
    ((_, edits),) = action.edit.changes.items()
    workspace = Workspace(Encoding.Utf16)
    workspace.open(f"untitled:{name}", "qbc", 1, text)
    ordered = sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True)
    changes = [t.TextDocumentContentChangePartial(edit.range, edit.new_text) for edit in ordered]
    return workspace.change(f"untitled:{name}", 2, changes).text.text


def only(actions: list[t.CodeAction], kind: str) -> t.CodeAction | None:
    return next((each for each in actions if each.kind == kind), None)


def made(text: str, kind: str, name: str = "a.qbc") -> str | None:
    plain, actions = offered(text, name)
    action = only(actions, kind)
    return applied(plain, action, name) if action is not None else None


def test_a_register_is_saved() -> None:
    found = made(ROUTINE.replace("QMOV r4", "QMOV r‸4"), "refactor.rewrite")
    assert found == SAVED
    assert not analysed(found, "a.qbc").diagnostics


def test_it_joins_what_is_saved() -> None:
    text = "main: QCALL f\n QHALT\nf:\n    QPUSH r4, r5\n    QMOV r‸6, r4\n    QPOP r5, r4\n    QRET\n"
    found = made(text, "refactor.rewrite")
    assert found == text.replace("‸", "").replace("r4, r5\n", "r4, r5, r6\n").replace("QPOP r5", "QPOP r6, r5")


def test_a_label_on_the_line_of_its_code() -> None:
    text = "f: QMOV r‸6, r0\n    QRET\n"
    assert made(text, "refactor.rewrite") == "f: QPUSH r6\n    QMOV r6, r0\n    QPOP r6\n    QRET\n"


@pytest.mark.parametrize(
    "text",
    [
        "f:\n    QADD r1, r‸4\n    QRET\n",
        "f:\n    QPUSH r4\n    QMOV r‸4, 1\n    QPOP r4\n    QRET\n",
        "f:\n    QMOV r‸4, 1\n    QJMP g\ng:\n    QRET\n",
        "f:\n    QMOV r‸4, 1\n    QJEQ r4, 1, f\n    QRET\n",
        ".macro out\n QRET\n.endm\nf:\n    QMOV r‸4, 1\n    out\n    QRET\n",
        "f:\n    QMOV r‸4, 1\n    QHALT\n",
        "x‸: .qword 4\n",
    ],
)
def test_what_is_not_saved(text: str) -> None:
    assert made(text, "refactor.rewrite") is None


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.qbc", "; About.\n\n.define A 1\n; main\nmain:\n    QMOV r0, 1‸2\n", "; About.\n\n.define A 1\n.define VALUE 12\n; main\nmain:\n    QMOV r0, VALUE\n"),
        ("a.qbc", "; About.\n\n; main\nmain:\r\n    QMOV r0, VALUE, '‸A'", None),
        ("a.qbc", ".define VALUE 1\nmain:\n    QMOV r0, 1.‸5\n", ".define VALUE 1\n.define VALUE_2 1.5\nmain:\n    QMOV r0, VALUE_2\n"),
        ("a.qbc", ".define VALUE ‸1\n", None),
        ("a.qbc", "main:\r\n    QMOV r0, 1‸2\r\n", ".define VALUE 12\r\nmain:\r\n    QMOV r0, VALUE\r\n"),
        ("a.sigma", "import std.math;\nfn main() { let x = ‸2.5; }\n", "import std.math;\nconst VALUE = 2.5;\nfn main() { let x = VALUE; }\n"),
        ("a.sigma", "// About.\nfn main() { let x = 2‸; }\n", "const VALUE = 2;\n// About.\nfn main() { let x = VALUE; }\n"),
        ("a.sigma", "const A = ‸2;\n", None),
        ("a.sigma", "fn main() { let x = ‸y; }\n", None),
    ],
)  # fmt: skip
def test_a_number_gets_a_name(name: str, text: str, wanted: str | None) -> None:
    found = made(text, "refactor.extract", name)
    if wanted is not None:
        assert found == wanted
    assert found is None or not [d for d in analysed(found, name).diagnostics if d.code == "E0301"] or "VALUE," in text


def test_constants_in_order() -> None:
    text = ".define b 1 ; two\n.def‸ine A 2\n\n.define c 3\n"
    assert made(text, "refactor.rewrite") == ".define A 2\n.define b 1 ; two\n\n.define c 3\n"
    assert made(".def‸ine a 1\n.define b 2\n", "refactor.rewrite") is None


def test_a_finding_is_allowed() -> None:
    text = "fn main() {\n    let sp‸are = 1;\n}\n"
    plain, actions = offered(text, "a.sigma")
    action = next(each for each in actions if each.title == "allow S0901 on this line")
    found = applied(plain, action, "a.sigma")
    assert found == "fn main() {\n    let spare = 1;  // lint: allow S0901\n}\n"
    assert not analysed(found).diagnostics
    assert action.kind is t.CodeActionKind.QuickFix
    assert [each.code for each in action.diagnostics or []] == ["S0901"]


def test_another_finding_on_the_same_line() -> None:
    text = 'fn main() {\n    let spare = 1; var o‸ther = 2; print("{other}"); // lint: allow S0901\n}\n'
    plain, actions = offered(text, "a.sigma")
    allowed = [each for each in actions if each.title.startswith("allow")]
    assert allowed
    found = applied(plain, allowed[0], "a.sigma")
    assert "// lint: allow S0901, S09" in found


def test_all_findings_are_fixed() -> None:
    text = 'import std.math;‸\nfn main() {\n    var n = 1;\n    var m = 2;\n    print("{n} {m}");\n}\n'
    plain, actions = offered(text, "a.sigma")
    action = only(actions, t.CodeActionKind.SourceFixAll)
    assert action is not None
    assert action.title == "fix all 3 findings that can be fixed"
    found = applied(plain, action, "a.sigma")
    assert found == 'fn main() {\n    let n = 1;\n    let m = 2;\n    print("{n} {m}");\n}\n'
    assert not analysed(found).diagnostics


def test_kinds_that_are_asked_for() -> None:
    text, offset = marked("import std.math;‸\nfn main() { let x = 2; }\n")
    analysis = analysed(text)
    place = analysis.document.text.position(offset, Encoding.Utf16)
    texts = Texts(Encoding.Utf16, Workspace().uri)
    here = t.Range(place, place)
    assert {each.kind for each in advice.code_actions(analysis, texts, here, ["source"])} == {"source.fixAll"}
    assert {each.kind for each in advice.code_actions(analysis, texts, here, ["quickfix"])} == {"quickfix"}
    assert not advice.code_actions(analysis, texts, here, ["refactor.inline"])
    assert len(advice.code_actions(analysis, texts, here, [""])) > 2


def test_an_error_is_no_finding() -> None:
    _, actions = offered("main:\n    QMU‸V r1, 2\n", "a.qbc")
    assert [each.title for each in actions] == ["did you mean 'QMUL'?"]


def test_explaining_is_for_who_can() -> None:
    text, offset = marked("main:\n    QMU‸V r1, 2\n")
    analysis = analysed(text, "a.qbc")
    place = analysis.document.text.position(offset, Encoding.Utf16)
    texts = Texts(Encoding.Utf16, Workspace().uri, client=Client(explains=True))
    action = advice.code_actions(analysis, texts, t.Range(place, place))[-1]
    assert action.command == t.Command("explain E0201", "qbc.explain", arguments=["E0201"])
