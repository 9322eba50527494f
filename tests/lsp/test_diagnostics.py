from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types as t
from pytest_lsp import LanguageClient

from lsp.convert import Encoding
from lsp.features.diagnostics import Texts, by_file, marked
from lsp.workspace import Workspace
from tests.lsp.support import PATIENCE, analysed, edit, open_document, published, span

PROGRAM = ".text\n.entry_point main\nmain:\n    QMOV r4, {}\n    QSYSCALL 0\n"
pytestmark = pytest.mark.timeout(4 * PATIENCE)


def shown(text: str, name: str) -> list[t.Diagnostic]:
    workspace = Workspace()
    analysis = analysed(text, name)
    return by_file([analysis], Texts(workspace.encoding, workspace.uri))[analysis.document.uri]


def test_error_of_assembly() -> None:
    (found,) = shown("main:\n    QMUV r1, 2\n", "a.qbc")
    assert found.range == span(1, 4, 8)
    assert found.severity is t.DiagnosticSeverity.Error
    assert found.code == "E0201"
    assert "help: did you mean 'QMUL'?" in found.message


def test_related_place() -> None:
    (found,) = shown("a:\n    QNOP\na:\n    QNOP\n", "a.qbc")
    assert found.range == span(2, 0, 1)
    assert found.related_information is not None
    assert [each.location.range for each in found.related_information] == [span(0, 0, 1)]


def test_columns_are_of_utf_16() -> None:
    (found,) = shown('fn main() {\n    print("😀"); oops();\n}\n', "a.sigma")
    assert found.range == span(1, 17, 21)


def test_unused_is_tagged() -> None:
    (found,) = shown("fn main() {\n    let spare = 1;\n}\n", "a.sigma")
    assert (found.code, found.severity) == ("S0901", t.DiagnosticSeverity.Warning)
    assert found.tags == [t.DiagnosticTag.Unnecessary]


def test_finding_that_a_comment_allows() -> None:
    assert not shown("fn main() {\n    let spare = 1; // lint: allow S0901\n}\n", "a.sigma")


def test_module_needs_no_main() -> None:
    assert not shown("fn twice(x: int) -> int {\n    return 2 * x;\n}\n", "a.sigma")


def test_levels_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.qbc.lint]\nS0901 = "off"\n')
    text = "fn main() {\n    let spare = 1;\n}\n"
    assert not analysed(text, folder=tmp_path).diagnostics
    assert [found.code for found in analysed(text).diagnostics] == ["S0901"]


def test_words_without_their_marks() -> None:
    texts = Texts(Encoding.Utf16, Workspace().uri, marked(None))
    assert texts.said("```sigma\nfn f()\n```\n\nWhat `f` does.", "hover") == "fn f()\n\nWhat f does."
    assert texts.said("", "hover") is None


@pytest.mark.asyncio
@pytest.mark.parametrize("client", ["vscode", "neovim", "emacs"], indirect=True)
async def test_come_as_one_types(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(client, uri, PROGRAM.format("1"))
    assert not await published(client, uri, 1)
    edit(client, uri, 2, span(3, 13, 14), "nothing")
    (found,) = await published(client, uri, 2)
    assert found.range == span(3, 13, 20)
    edit(client, uri, 3, span(3, 13, 20), "2")
    assert not await published(client, uri, 3)


@pytest.mark.asyncio
async def test_reach_over_unsaved_includes(client: LanguageClient, tmp_path: Path) -> None:
    (tmp_path / "part.qbc").write_text(".define WIDTH 8\n")
    main, part = (tmp_path / "a.qbc").as_uri(), (tmp_path / "part.qbc").as_uri()
    open_document(client, main, '.include "part.qbc"\n' + PROGRAM.format("WIDTH"))
    assert not await published(client, main, 1)
    open_document(client, part, ".define WIDE 8\n")
    (found,) = await published(client, main, 1)
    assert found.range == span(4, 13, 18)
    edit(client, part, 2, span(0, 8, 12), "WIDTH")
    assert not await published(client, main, 1)


@pytest.mark.asyncio
async def test_error_in_an_import_is_shown_there(client: LanguageClient, tmp_path: Path) -> None:
    (tmp_path / "part.sigma").write_text("fn one() -> int {\n    return 1.5;\n}\n")
    main, part = (tmp_path / "a.sigma").as_uri(), (tmp_path / "part.sigma").as_uri()
    open_document(client, main, 'import "part.sigma";\n\nfn main() {\n    print("{part.one()}");\n}\n')
    (found,) = await published(client, part)
    assert found.range == span(1, 11, 14)
    open_document(client, part, "fn one() -> int {\n    return 1;\n}\n")
    assert not await published(client, part, 1)
    client.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(part)))
    assert len(await published(client, part)) == 1


@pytest.mark.asyncio
async def test_of_a_file_that_is_closed_are_cleared(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, "fn main() {")
    assert await published(client, uri, 1)
    client.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))
    assert not await published(client, uri)


@pytest.mark.asyncio
async def test_of_a_circuit(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.sigma.json").as_uri()
    open_document(client, uri, '{"qubits": -1, "ops": []}')
    assert await published(client, uri, 1)


@pytest.mark.asyncio
async def test_part_is_judged_as_its_includer_sees_it(client: LanguageClient, tmp_path: Path) -> None:
    main, part = (tmp_path / "a.qbc").as_uri(), (tmp_path / "part.qbc").as_uri()
    open_document(client, part, ".define AREA WIDTH * 4\n")
    assert len(await published(client, part, 1)) == 1
    open_document(client, main, '.define WIDTH 4\n.include "part.qbc"\n' + PROGRAM.format("AREA"))
    assert not await published(client, part, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.qbc", "main: QMOV r0, x\n QADD r0, [x]\n QHALT\n.data\nx: .qword 1\n"),
        ("a.sigma", 'fn main() { let n = 1 / "a"; }\n'),
    ],
)
def test_the_first_diagnostics_need_no_numpy(name: str, text: str) -> None:
    """It takes a tenth of a second to import."""
    code = (
        "import sys; import lsp.server; from tests.lsp.support import analysed\n"
        f"print(len(analysed({text!r}, {name!r}).diagnostics), 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1 False\n"
