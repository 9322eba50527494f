"""Formatting and fixes, as features and as edits."""

from __future__ import annotations

import pytest
from lsprotocol import types as t

from lsp import requests
from lsp.analysis import analyse
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts
from lsp.workspace import Document, Workspace
from qbcc.format.source import format_source as format_assembly
from qbcc.source import SourceFile
from sigma.format.source import format_source

UGLY = 'fn main() {\n  let x=1;\n    print("{x}");\n}\n'
NEAT = 'fn main() {\n    let x = 1;\n    print("{x}");\n}\n'


def made(text: str, name: str = "a.sigma") -> tuple[Workspace, Document, Texts]:
    workspace = Workspace(Encoding.Utf16)
    language = "sigma" if name.endswith(".sigma") else "qbc"
    document = workspace.open(f"untitled:{name}", language, 1, text)
    return workspace, document, Texts(workspace.encoding, workspace.uri)


def applied(workspace: Workspace, document: Document, edits: list[t.TextEdit]) -> str:
    changes = [t.TextDocumentContentChangePartial(edit.range, edit.new_text) for edit in edits]
    return workspace.change(document.uri, 2, changes).text.text


ASSEMBLY = "main: qmov R0,1;one\n\n\n ; 😀\n\tqhalt ;  two\n"


@pytest.mark.parametrize(
    "text",
    [
        UGLY,
        NEAT,
        UGLY.replace("\n", "\r\n"),
        "\ufefffn main() { }\n",
        "\ufefffn  main() { }",
        UGLY.rstrip(),
        UGLY + "\n\n\n",
        "fn main() { }\n// 😀  \nfn  f() { }\n// end",
    ],
)
def test_formatting_is_what_the_formatter_makes(text: str) -> None:
    workspace, document, texts = made(text)
    edits = requests.formatting(analyse(document, workspace.overlay()), texts)
    assert edits is not None
    wanted = format_source(SourceFile("a", text)).text
    assert bool(edits) == (text != wanted)
    assert applied(workspace, document, edits) == wanted


@pytest.mark.parametrize(
    "text", [ASSEMBLY, ASSEMBLY.replace("\n", "\r\n"), ASSEMBLY.rstrip(), "", "\ufeffqnop", "x:\n\n"]
)
def test_formatting_of_assembly(text: str) -> None:
    workspace, document, texts = made(text, "a.qbc")
    edits = requests.formatting(analyse(document, workspace.overlay()), texts)
    assert edits is not None
    wanted = format_assembly(SourceFile("a.qbc", text)).text
    assert bool(edits) == (text != wanted)
    assert applied(workspace, document, edits) == wanted


def test_range_formatting_of_assembly() -> None:
    workspace, document, texts = made(ASSEMBLY, "a.qbc")
    place = t.Range(t.Position(4, 0), t.Position(4, 3))
    edits = requests.range_formatting(analyse(document, workspace.overlay()), texts, place)
    assert edits is not None
    line = "    QHALT".ljust(35) + ";  two"
    assert applied(workspace, document, edits) == ASSEMBLY.replace("\tqhalt ;  two", line)


def test_formatting_touches_only_lines_that_change() -> None:
    workspace, document, texts = made(UGLY)
    (edit,) = requests.formatting(analyse(document, workspace.overlay()), texts) or []
    assert edit.range == t.Range(t.Position(1, 0), t.Position(2, 0))


def test_formatting_of_what_has_no_layout() -> None:
    for text, name in (("fn main( {", "a.sigma"), ("qadd (\n", "a.qbc")):
        workspace, document, texts = made(text, name)
        assert not requests.formatting(analyse(document, workspace.overlay()), texts)


def test_range_formatting() -> None:
    text = "fn f() {\n  g();\n}\n\nfn g() {\n  f();\n}\n"
    workspace, document, texts = made(text)
    wanted = t.Range(t.Position(5, 3), t.Position(5, 4))
    edits = requests.range_formatting(analyse(document, workspace.overlay()), texts, wanted)
    assert edits is not None
    assert applied(workspace, document, edits) == "fn f() {\n  g();\n}\n\nfn g() {\n    f();\n}\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "mended"),
    [
        ("a.qbc", "main:\n    QMUV r1, 2\n", 1, "main:\n    QMUL r1, 2\n"),
        ("a.sigma", 'fn main() {\n    print("😀 {cuont}");\n}\nconst count = 1;\n', 1, 'fn main() {\n    print("😀 {count}");\n}\nconst count = 1;\n'),
        ("a.sigma", "fn main() {\n    var n = 1;\n    print(\"{n}\");\n}\n", 1, "fn main() {\n    let n = 1;\n    print(\"{n}\");\n}\n"),
        ("a.sigma", "import std.math;\nfn main() {\n}\n", 0, "fn main() {\n}\n"),
    ],
)  # fmt: skip
def test_fixes(name: str, text: str, line: int, mended: str) -> None:
    workspace, document, texts = made(text, name)
    analysis = analyse(document, workspace.overlay())
    (action,) = requests.code_actions(analysis, texts, t.Range(t.Position(line, 0), t.Position(line, 0)))
    assert action.edit is not None
    assert action.edit.changes is not None
    (edit,) = action.edit.changes[document.uri]
    assert applied(workspace, document, [edit]) == mended
    other = t.Position(9, 0)
    assert not requests.code_actions(analysis, texts, t.Range(other, other))
