"""What the editor is set to counts at once, whether it tells or is asked: over real standard input and output."""

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

from lsp.client import MOST, Client
from tests.lsp.support import PATIENCE, open_document, published
from tests.lsp.test_advice import make_able

WRONG = "fn main() {\n    let spare = 1;\n    oops();\n}\n"
UNREAD = "fn main() {\n    let spare = 1;\n}\n"
UNUSED = "main:\n    QMOV r0, 1\n    QMOV r4, 1\n    QMOV r4, 2\n    QHALT\n"
pytestmark = pytest.mark.timeout(4 * PATIENCE)


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "lsp", "--stdio"], client_factory=make_able)
)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    await lsp_client.initialize_session(
        t.InitializeParams(
            capabilities=client_capabilities("visual_studio_code"),
            initialization_options={"lint": {"levels": {"S0902": "off"}}},
        )
    )
    lsp_client.shown = {}
    yield
    await lsp_client.shutdown_session()


def tell(client: LanguageClient, section: Any) -> None:
    client.workspace_did_change_configuration(t.DidChangeConfigurationParams({"qbc": section}))


async def codes(client: LanguageClient, uri: str, wanted: list[str | int | None]) -> None:
    """Wait for diagnostics with these codes; those of the moment before may come first."""
    async with asyncio.timeout(PATIENCE):
        while [found.code for found in await published(client, uri, 1)] != wanted:
            pass


@pytest.mark.asyncio
async def test_findings_and_errors_go_and_come_back(client: LanguageClient, tmp_path: Path) -> None:
    wrong, unread, unused = ((tmp_path / name).as_uri() for name in ("wrong.sigma", "unread.sigma", "unused.qbc"))
    for uri, text in ((wrong, WRONG), (unread, UNREAD), (unused, UNUSED)):
        open_document(client, uri, text)
    for section, of_wrong, of_unread, of_unused in (
        ({}, ["S0201"], ["S0901"], ["L0104"]),
        ({"diagnostics": {"findings": False}}, ["S0201"], [], []),
        ({"diagnostics": False}, [], [], []),
        ({"diagnostics": {"errors": False}}, [], ["S0901"], ["L0104"]),
        ({"lint": {"levels": {"S0901": "off", "S0201": "off", "L0104": "off"}}}, [], [], []),
        # What is said no longer is as it was at the start.
        ({}, ["S0201"], ["S0901"], ["L0104"]),
    ):
        tell(client, section)
        for uri, expected in ((wrong, of_wrong), (unread, of_unread), (unused, of_unused)):
            if client.shown.get(uri) != expected:
                await codes(client, uri, expected)
            client.shown[uri] = expected


@pytest.mark.asyncio
async def test_the_editor_is_asked(client: LanguageClient, tmp_path: Path) -> None:
    """Without a table in the message, the server asks for the section."""
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, UNREAD)
    await codes(client, uri, ["S0901"])
    client.set_configuration({"qbc": {"lint": {"levels": {"S0901": "off"}}}})
    client.workspace_did_change_configuration(t.DidChangeConfigurationParams(None))
    await codes(client, uri, [])
    client.set_configuration({"qbc": {"lint": {"levels": {"S0901": "error"}}}})
    client.workspace_did_change_configuration(t.DidChangeConfigurationParams({}))
    await codes(client, uri, ["S0901"])


@pytest.mark.asyncio
async def test_the_limit_is_said(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, "fn main() {\n" + "".join(f"    oops_{n}();\n" for n in range(30)) + "}\n")
    assert len(await published(client, uri, 1)) == 30
    tell(client, {"diagnostics": {"limit": 10}})
    said, *shown = await published(client, uri, 1)
    assert said.severity is t.DiagnosticSeverity.Information
    assert said.message.startswith("10 of 30 errors and findings in this file are shown")
    assert [each.range.start.line for each in shown] == list(range(1, 11))


@pytest.mark.parametrize(
    "options",
    [None, 3, {}, {"diagnostics": None}, {"diagnostics": {"limit": 0}}, {"diagnostics": {"limit": True, "errors": 1}},
     {"lint": None}, {"lint": {"levels": ["S0901"]}}, {"diagnostics": []}],
)  # fmt: skip
def test_what_is_no_option_changes_nothing(options: Any) -> None:
    assert Client().configured(options) == Client()
    assert Client().most == MOST
