"""A server over real standard input and output, and an editor's side of it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from tests.lsp.support import make_client

EDITORS = {"vscode": "visual_studio_code", "neovim": "neovim", "emacs": "emacs"}


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "lsp", "--stdio"], client_factory=make_client)
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient) -> AsyncIterator[None]:
    """With the capabilities of VS Code, or of the editor that the test names."""
    editor = getattr(request, "param", "vscode")
    session = t.InitializeParams(capabilities=client_capabilities(EDITORS[editor]))
    lsp_client.editor = editor
    lsp_client.answered = await lsp_client.initialize_session(session)
    yield
    await lsp_client.shutdown_session()
