"""Levels of findings that the editor is set to."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from lsp.analysis import analyse
from lsp.levels import levels
from lsp.workspace import Workspace
from qbcc.diagnostics import Severity
from tests.lsp.support import make_client, open_document, published

UNREAD = 'fn main() {\n    let x = 3;\n    print("a");\n}\n'


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "lsp", "--stdio"], client_factory=make_client)
)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    await lsp_client.initialize_session(
        t.InitializeParams(
            capabilities=client_capabilities("visual_studio_code"),
            initialization_options={"commands": True, "lint": {"levels": {"S0901": "error"}}},
        )
    )
    yield
    await lsp_client.shutdown_session()


def severities(path: Path, chosen: dict[str, str]) -> list[Severity]:
    workspace = Workspace(levels=chosen)
    document = workspace.open(path.as_uri(), "sigma", 1, UNREAD)
    return [found.severity for found in analyse(document, workspace.overlay()).diagnostics]


@pytest.mark.parametrize(
    "options",
    [None, 3, {}, {"lint": None}, {"lint": {"levels": ["S0901"]}}, {"lint": {"levels": {"S0901": "loud", "S0902": 3}}}],
)
def test_what_is_no_level_is_left_out(options: Any) -> None:
    assert levels(options) == {}


def test_of_the_editor_win_over_the_project(tmp_path: Path) -> None:
    path = tmp_path / "a.sigma"
    (tmp_path / "pyproject.toml").write_text('[tool.qbc.lint]\nS0901 = "error"\n', "utf-8")
    assert severities(path, {}) == [Severity.ERROR]
    assert severities(path, {"S0901": "hint"}) == [Severity.HINT]
    assert severities(path, {"S0901": "off"}) == []
    assert severities(path, {"S0902": "off"}) == [Severity.ERROR]


def test_of_a_document_that_was_never_saved() -> None:
    workspace = Workspace(levels={"S0901": "off"})
    document = workspace.open("untitled:a", "sigma", 1, UNREAD)
    assert analyse(document, workspace.overlay()).diagnostics == ()


@pytest.mark.asyncio
async def test_come_with_the_start(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.sigma").as_uri()
    open_document(client, uri, UNREAD)
    (found,) = await published(client, uri, 1)
    assert (found.code, found.severity) == ("S0901", t.DiagnosticSeverity.Error)
