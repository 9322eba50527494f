"""Answers about files that are not open: columns as an editor has them once it opens the file, addresses as it knows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t

from lsp.convert import Encoding, Text
from lsp.server import Server
from tests.fuzz.editor import started, stopped, tell

MARK = "\ufeff"
SIGMA = "fn twice(x: int) -> int { return 2 * x; }"
USER = 'import "b.sigma";\nfn main() { print("{b.twice(2)}"); }\n'


def asking(folder: Path, name: str, ask: Callable[[Server, str], Any], encoding: Encoding = Encoding.Utf16) -> Any:
    """What a server answers of which only one file of the workspace's folder is open."""

    async def run() -> Any:
        server = started(encoding, folder)
        try:
            await server.protocol.fm.features[t.INITIALIZED](t.InitializedParams())
            text = (folder / name).read_text("utf-8")
            uri = f"{folder.as_uri()}/{name}"
            tell(server, t.TEXT_DOCUMENT_DID_OPEN, t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "", 1, text)))
            return await ask(server, uri)
        finally:
            await stopped(server)

    return asyncio.run(run())


def renaming(line: int, column: int, new: str) -> Callable[[Server, str], Any]:
    def ask(server: Server, uri: str) -> Any:
        params = t.RenameParams(t.TextDocumentIdentifier(uri), t.Position(line, column), new)
        return server.protocol.fm.features[t.TEXT_DOCUMENT_RENAME](params)

    return ask


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("mark", ["", MARK])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("before", ["", "/* é😀 */ "])
def test_a_rename_of_what_a_closed_module_gives(
    encoding: Encoding, mark: str, end: str, before: str, tmp_path: Path
) -> None:
    (tmp_path / "b.sigma").write_bytes(f"{mark}{before}{SIGMA}{end}".encode())
    (tmp_path / "a.sigma").write_text(USER, "utf-8")
    found = asking(tmp_path, "a.sigma", renaming(1, 23, "doubled"), encoding)
    (edit,) = found.changes[(tmp_path / "b.sigma").as_uri()]
    # An editor has no mark in what it has opened.
    opened = Text(f"{before}{SIGMA}{end}")
    assert opened.replaced(edit.range, edit.new_text, encoding).text == before + SIGMA.replace("twice", "doubled") + end


@pytest.mark.parametrize(
    ("closed", "own", "place"),
    [
        (".define WIDTH 8\n", '.include "b.qbc"\nmain: QMOV r1, WIDTH\n QHALT\n', (1, 16)),
        ("WIDTH: QRET\n.global WIDTH\n", ".extern WIDTH\nmain: QCALL WIDTH\n QHALT\n", (1, 13)),
        (".extern WIDTH\nmain: QCALL WIDTH\n QHALT\n", "WIDTH: QRET\n.global WIDTH\n", (0, 2)),
    ],
)
def test_a_rename_in_closed_assembly(closed: str, own: str, place: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "b.qbc").write_text(MARK + closed, "utf-8")
    (tmp_path / "a.qbc").write_text(own, "utf-8")
    found = asking(tmp_path, "a.qbc", renaming(*place, "SIZE"))
    text = Text(closed)
    for edit in sorted(found.changes[(tmp_path / "b.qbc").as_uri()], key=lambda each: -each.range.start.line):
        text = text.replaced(edit.range, edit.new_text, Encoding.Utf16)
    assert text.text == closed.replace("WIDTH", "SIZE")


def test_a_definition_and_a_symbol_of_a_closed_file_with_a_mark(tmp_path: Path) -> None:
    (tmp_path / "b.sigma").write_text(f"{MARK}{SIGMA}\n", "utf-8")
    (tmp_path / "a.sigma").write_text(USER, "utf-8")

    async def ask(server: Server, uri: str) -> Any:
        ask = server.protocol.fm.features
        place = t.TextDocumentIdentifier(uri), t.Position(1, 23)
        given = await ask[t.TEXT_DOCUMENT_DEFINITION](t.DefinitionParams(*place))
        return given, await ask[t.WORKSPACE_SYMBOL](t.WorkspaceSymbolParams("twice"))

    given, symbols = asking(tmp_path, "a.sigma", ask)
    assert given.range.start == t.Position(0, 3)
    assert symbols[0].location == given


def test_addresses_are_the_editors(tmp_path: Path) -> None:
    """The editor has opened a link to the folder, whose name has what is written otherwise in an address."""
    real = tmp_path / "real"
    folder = real / "größe 😀 (1)"
    folder.mkdir(parents=True)
    (tmp_path / "a link").symlink_to(real)
    (folder / "b.sigma").write_text(SIGMA, "utf-8")
    (folder / "a.sigma").write_text(USER, "utf-8")
    seen = tmp_path / "a link" / folder.name
    found = asking(seen, "a.sigma", renaming(1, 23, "doubled"))
    assert set(found.changes) == {f"{seen.as_uri()}/a.sigma", f"{seen.as_uri()}/b.sigma"}


def test_an_address_is_spelled_as_that_of_an_open_document(tmp_path: Path) -> None:
    from lsp.workspace import Workspace

    folder = tmp_path.resolve() / "größe"
    folder.mkdir()
    workspace = Workspace()
    spelled = f"file://{tmp_path.resolve()}/gr%c3%b6%C3%9Fe"
    workspace.open(f"{spelled}/a.sigma", "", 1, "")
    assert workspace.uri(str(folder / "b c.sigma")) == f"{spelled}/b%20c.sigma"
    workspace.close(f"{spelled}/a.sigma")
    assert workspace.uri(str(folder / "b.sigma")) == (folder / "b.sigma").as_uri()
