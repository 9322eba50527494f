"""The linter's findings in sources of assembly: they come when nothing has changed for a moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as t
from pytest_lsp import LanguageClient

from lsp import requests
from lsp.analysis import analyse, carried, looked_at
from lsp.features.diagnostics import Texts
from lsp.workspace import Workspace
from tests.lsp.support import PATIENCE, edit, open_document, published, span

LOST = """main:
    QMOV r4, 3
@loop:
    QCALL twice
    QSUB r4, 1
    QJGT r4, 0, @loop
    QHALT

twice:
    QMOV r4, 2
    QMUL r0, r4
    QRET
"""
pytestmark = pytest.mark.timeout(4 * PATIENCE)


@pytest.mark.asyncio
async def test_lost_register_is_shown_and_saved(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(client, uri, LOST)
    assert await published(client, uri, 1) == []
    (found,) = await published(client, uri, 1)
    assert (found.code, found.range) == ("L0102", span(3, 4, 15))
    assert found.related_information is not None
    assert span(9, 4, 14) in [each.location.range for each in found.related_information]
    context = t.CodeActionContext([found])
    document = t.TextDocumentIdentifier(uri)
    actions = await client.text_document_code_action_async(t.CodeActionParams(document, found.range, context))
    (save,) = (each for each in actions or [] if isinstance(each, t.CodeAction) and each.is_preferred)
    assert save.edit is not None and save.edit.changes is not None
    text = LOST
    for change in sorted(save.edit.changes[uri], key=lambda change: change.range.start.line, reverse=True):
        lines = text.split("\n")
        at, end = change.range.start, change.range.end
        before, after = lines[at.line][: at.character], lines[end.line][end.character :]
        lines[at.line : end.line + 1] = (before + change.new_text + after).split("\n")
        text = "\n".join(lines)
    client.text_document_did_change(
        t.DidChangeTextDocumentParams(
            t.VersionedTextDocumentIdentifier(2, uri), [t.TextDocumentContentChangeWholeDocument(text)]
        )
    )
    while await published(client, uri, 2):
        pass


@pytest.mark.asyncio
async def test_findings_stay_at_their_lines_while_somebody_types(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(client, uri, LOST)
    await published(client, uri, 1)
    await published(client, uri, 1)
    edit(client, uri, 2, span(1, 0, 0), "    ; three rounds\n")
    (found,) = await published(client, uri, 2)
    assert found.range == span(4, 4, 15)
    edit(client, uri, 3, span(0, 0, 0), "    QBAD\n")
    assert [each.code for each in await published(client, uri, 3)] == ["E0201"]


def test_findings_of_changed_lines_go_with_them() -> None:
    workspace = Workspace()
    first = looked_at(
        analyse(workspace.open("file:///a.qbc", "qbc", 1, LOST), workspace.overlay()), workspace.overlay()
    )
    assert [found.code for found in first.findings] == ["L0102"]
    other = workspace.open("file:///a.qbc", "qbc", 2, LOST.replace("QCALL twice", "QNOP"))
    assert carried(first, analyse(other, workspace.overlay())).findings == ()


def test_levels_of_the_editor_count() -> None:
    workspace = Workspace(levels={"L0102": "off"})
    document = workspace.open("file:///a.qbc", "qbc", 1, LOST)
    assert looked_at(analyse(document, workspace.overlay()), workspace.overlay()).findings == ()


@pytest.mark.asyncio
async def test_levels_of_the_project_count_as_soon_as_they_are_saved(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.qbc").as_uri()
    open_document(client, uri, LOST)
    assert await published(client, uri, 1) == []
    (found,) = await published(client, uri, 1)
    project = tmp_path / "pyproject.toml"
    project.write_text(f'[tool.qbc.lint]\n{found.code} = "off"\n')
    change = t.FileEvent(project.as_uri(), t.FileChangeType.Created)
    client.workspace_did_change_watched_files(t.DidChangeWatchedFilesParams([change]))
    assert await published(client, uri, 1) == []


def test_what_a_routine_of_a_long_source_does_is_said_when_it_is_known() -> None:
    """To hover over a label waits for no assembler."""
    workspace = Workspace()
    text = LOST + "    QNOP\n" * 1000
    document = workspace.open("untitled:a.qbc", "qbc", 1, text)
    analysis = analyse(document, workspace.overlay())
    place = t.Position(8, 2)

    def said() -> str:
        found = requests.hover(analysis, Texts(workspace.encoding, workspace.uri), place)
        assert found is not None
        assert isinstance(found.contents, t.MarkupContent)
        return found.contents.value

    assert "label" in said()
    assert "*Found*" not in said()
    looked_at(analysis, workspace.overlay())
    assert "*Found*: reads r0; changes r0, r4" in said()
