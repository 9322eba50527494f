"""What is said and offered over real standard input and output, to editors that can do much and little."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import register_lsp_features

from tests.lsp.conftest import EDITORS
from tests.lsp.support import PATIENCE, edit, make_client, open_document, published, span
from tests.lsp.test_server import answer, at

SIGMA = """/// Deprecated: use twice.
fn old(n: int) -> int { return n; }
gate flip(q: qubit) { x(q); }
fn main() {
    var q = 2;
    print("😀 {old(q)}");
}
"""
pytestmark = [pytest.mark.timeout(4 * PATIENCE), pytest.mark.asyncio]


def make_able() -> LanguageClient:
    """An editor that asks again when it is told to."""
    client = make_client()
    client.refreshed = []

    def refresh(client: LanguageClient, params: None) -> None:
        client.refreshed.append(params)

    register_lsp_features(client, {t.WORKSPACE_CODE_LENS_REFRESH: refresh, t.WORKSPACE_INLAY_HINT_REFRESH: refresh})
    return client


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "lsp", "--stdio"], client_factory=make_able)
)
async def able(request: pytest.FixtureRequest, lsp_client: LanguageClient) -> AsyncIterator[None]:
    """An editor with an extension for the server: VS Code's capabilities, or another's, and its options."""
    editor = getattr(request, "param", "vscode")
    options = {"commands": True, "debugger": True, "explains": True}
    capabilities = client_capabilities(EDITORS[editor])
    if editor == "vscode" and capabilities.workspace is not None:
        # It has done so since hints left its proposals.
        capabilities.workspace.inlay_hint = t.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    session = t.InitializeParams(
        capabilities=capabilities,
        initialization_options=options if editor == "vscode" else None,
    )
    lsp_client.editor = editor
    lsp_client.answered = await lsp_client.initialize_session(session)
    yield
    await lsp_client.shutdown_session()


def document(uri: str) -> t.TextDocumentIdentifier:
    return t.TextDocumentIdentifier(uri)


async def own(client: LanguageClient, method: str, params: dict[str, Any]) -> Any:
    """A request of our own; its answer as a table."""
    found = await answer(client.protocol.send_request_async(method, params))
    return plain(found)


def plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: plain(each) for name, each in value._asdict().items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("able", ["vscode", "neovim", "emacs"], indirect=True)
async def test_every_kind_of_advice(able: LanguageClient, tmp_path: Path) -> None:
    client, is_rich = able, able.editor == "vscode"
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, SIGMA)
    found = await published(client, uri, 1)
    assert [each.code for each in found] == ["S0903", "S0907", "S0924"]
    assert list(found[2].tags or []) == [t.DiagnosticTag.Deprecated]
    assert (found[-1].code_description is not None) == is_rich
    whole = t.Range(t.Position(0, 0), t.Position(7, 0))
    hints = await answer(client.text_document_inlay_hint_async(t.InlayHintParams(document(uri), whole)))
    assert [hint.label for hint in hints or []] == [": int"]
    lenses = await answer(client.text_document_code_lens_async(t.CodeLensParams(document(uri))))
    titles = [lens.command.title for lens in lenses or [] if lens.command is not None]
    assert titles == (["1 reference", "0 references", "circuit", "▶ Run", "Debug", "disassembly"] if is_rich else [])
    context = t.CodeActionContext([])
    actions = await answer(
        client.text_document_code_action_async(t.CodeActionParams(document(uri), span(4, 4, 4), context))
    )
    shown = {action.title for action in actions or []}
    assert {"write 'let'", "allow S0907 on this line", "fix the finding"} <= shown
    assert ("explain S0907" in shown) == is_rich
    options = t.FormattingOptions(4, insert_spaces=True)
    typed = t.DocumentOnTypeFormattingParams(document(uri), t.Position(3, 0), "\n", options)
    assert not await answer(client.text_document_on_type_formatting_async(typed))


@pytest.mark.parametrize("able", ["vscode", "neovim", "emacs"], indirect=True)
async def test_completion_as_the_editor_takes_it(able: LanguageClient, tmp_path: Path) -> None:
    client = able
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, SIGMA)
    offered = await answer(client.text_document_completion_async(t.CompletionParams(*at(uri, 4, 4))))
    assert isinstance(offered, t.CompletionList)
    assert not offered.is_incomplete
    found = {item.label: item for item in offered.items}
    old = found["old"]
    assert list(old.tags or []) == [t.CompletionItemTag.Deprecated]
    # Neovim asks later for other things than documentation.
    assert (old.documentation is None) == (client.editor != "neovim")
    assert (old.commit_characters is not None) == (client.editor == "vscode")
    assert any(item.insert_text_format is t.InsertTextFormat.Snippet for item in offered.items) == (
        client.editor != "emacs"
    )
    whole = await answer(client.completion_item_resolve_async(old))
    text = whole.documentation.value if isinstance(whole.documentation, t.MarkupContent) else whole.documentation
    assert text is not None
    assert "use twice" in text


async def test_requests_of_our_own(able: LanguageClient, tmp_path: Path) -> None:
    client = able
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, SIGMA)
    explained = await own(client, "qbc/explain", {"code": "s0907"})
    assert explained["code"] == "S0907"
    assert explained["markdown"].startswith("# S0907")
    assert await own(client, "qbc/explain", {"code": "nothing"}) is None
    assert await own(client, "qbc/explain", {}) is None
    listing = await own(client, "qbc/disassembly", {"textDocument": {"uri": uri}})
    assert listing["message"] == ""
    assert any(row["uri"] == uri and row["line"] == 5 for row in listing["rows"])
    circuit = await own(client, "qbc/circuit", {"textDocument": {"uri": uri}, "function": "flip"})
    assert circuit["message"] == ""
    assert "<svg" in circuit["svg"]
    refused = await own(client, "qbc/circuit", {"textDocument": {"uri": uri}})
    assert refused == {"svg": None, "text": "", "message": "the program has no quantum instruction"}
    flow = await own(client, "qbc/controlFlow", {"textDocument": {"uri": uri}, "routine": "main"})
    assert flow["dot"].startswith('digraph "main" {')
    assert (flow["svg"] is None) == bool(flow["message"])
    assert (await own(client, "qbc/controlFlow", {"textDocument": {"uri": uri}, "routine": "no"}))["message"]
    for nonsense in ({}, {"textDocument": 3}, {"textDocument": {"uri": "file:///none.qbc"}}):
        assert await own(client, "qbc/disassembly", nonsense) is None


async def test_configuration(able: LanguageClient, tmp_path: Path) -> None:
    client = able
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, SIGMA)
    whole = t.Range(t.Position(0, 0), t.Position(7, 0))

    async def labels() -> list[str]:
        found = await answer(client.text_document_inlay_hint_async(t.InlayHintParams(document(uri), whole)))
        return [str(hint.label) for hint in found or []]

    assert await labels() == [": int"]
    client.workspace_did_change_configuration(t.DidChangeConfigurationParams({"qbc": {"hints": {"types": False}}}))
    assert await labels() == []
    client.set_configuration({"qbc": {"hints": True}})
    client.workspace_did_change_configuration(t.DidChangeConfigurationParams(None))
    async with asyncio.timeout(PATIENCE):
        while await labels() != [": int"]:
            await asyncio.sleep(0.02)
    assert client.refreshed


async def test_hints_that_come_later(able: LanguageClient, tmp_path: Path) -> None:
    """Of a long source the editor is told what is known at once, and to ask again for what has to be assembled."""
    uri = (tmp_path / "long.qbc").as_uri()
    asked = t.InlayHintParams(t.TextDocumentIdentifier(uri), t.Range(t.Position(0, 0), t.Position(9, 0)))
    open_document(able, uri, "main:\n" + "    QMOV r0, 1\n" * 1200 + "    QHALT\n")

    async def labels(wanted: list[str]) -> None:
        async with asyncio.timeout(PATIENCE):
            while [hint.label for hint in await able.text_document_inlay_hint_async(asked)] != wanted:
                await asyncio.sleep(0.02)

    count = 0
    async with asyncio.timeout(PATIENCE):
        is_early = False
        while not is_early:
            # Whoever asks late is told of the new version at once.
            await labels([f"#{count}"])
            able.refreshed.clear()
            count += 1
            edit(able, uri, count + 1, span(0, 0, 0), "    QNOP\n")
            (hint,) = await able.text_document_inlay_hint_async(asked)
            assert hint.position.line == count
            is_early = hint.label == f"#{count - 1}"
        while len(able.refreshed) < 2:
            await asyncio.sleep(0.02)
    await labels([f"#{count}"])


async def test_a_document_behind_an_error(able: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(able, uri, "main:\n    QMUV r1, 2\n")
    (said,) = await published(able, uri, 1)
    assert said.code_description == t.CodeDescription("qbc-explain:/E0201.md")


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "lsp", "--stdio"], client_factory=make_client)
)
async def plain_vscode(lsp_client: LanguageClient) -> AsyncIterator[None]:
    await lsp_client.initialize_session(t.InitializeParams(capabilities=client_capabilities(EDITORS["vscode"])))
    yield
    await lsp_client.shutdown_session()


async def test_a_page_behind_an_error(plain_vscode: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(plain_vscode, uri, "main:\n    QMUV r1, 2\n")
    (said,) = await published(plain_vscode, uri, 1)
    assert said.code_description is not None
    assert "/docs/errors.md#L" in said.code_description.href
