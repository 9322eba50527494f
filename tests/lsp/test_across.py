"""Names over all files of a workspace, and who calls whom: over real standard input and output."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from lsp.convert import Encoding
from tests.lsp.support import PATIENCE, edit, marked, open_document, span

T = TypeVar("T")
pytestmark = [pytest.mark.timeout(6 * PATIENCE), pytest.mark.asyncio]
EDITORS = pytest.mark.parametrize("client", ["vscode", "neovim", "emacs"], indirect=True)

PART = """; é😀
.define WIDTH 8
.macro twice a
    QADD a, a
.endm
.text
.global shared
; shared: twice the number.
shared:
    twice r0
    QRET
"""
MAIN = """.include "sub/part.qbc"
main:
    QCALL shared
    QMOV r4, shared
@next:
    QJGT r4, WIDTH, @next
    QCALL outside
    QHALT
"""
OTHER = """.include "sub/part.qbc"
.global outside
start:
    QCALL shared
outside:
    QJMP shared
"""
TAKES = ".extern shared, outside\nrun:\n    QCALL shared\n    QCALL outside\n"
MODULE = "record Point { x: int }\n/// The one.\nfn one(p: Point) -> int {\n    return p.x;\n}\n"
USER = 'import "module.sigma";\nimport "deep.sigma";\nfn main() {\n    let p = module.Point(x: 1);\n    print("{module.one(p) + deep.both(p)}");\n}\n'
DEEP = 'import "module.sigma" as m;\nextern fn outside(n: int) -> int from "other.qbc";\nfn both(p: m.Point) -> int {\n    return m.one(p) + p.x + outside(1);\n}\n'


def workspace(folder: Path) -> None:
    """Files of assembly and σ that name each other, and such that hold nothing of them."""
    (folder / "sub").mkdir()
    for name, text in {
        "sub/part.qbc": PART, "main.qbc": MAIN.replace("    QCALL outside\n", ""), "other.qbc": OTHER, "takes.qbc": TAKES,
        "module.sigma": MODULE, "user.sigma": USER, "deep.sigma": DEEP, "broken.sigma": "fn one(", "none.qbc": "shared: QRET\n",
        ".hidden.qbc": ".define WIDTH 1\n", "notes.txt": "shared",
    }.items():  # fmt: skip
        (folder / name).write_text(text, "utf-8")
    (folder / "latin.qbc").write_bytes(b"; \xff\n")


async def answer(request: Awaitable[T]) -> T:
    return await asyncio.wait_for(request, PATIENCE)


def told(client: LanguageClient, folder: Path) -> None:
    """The editor opens a folder."""
    event = t.WorkspaceFoldersChangeEvent([t.WorkspaceFolder(folder.as_uri(), "w")], [])
    client.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(event))


def at(folder: Path, name: str, text: str, old: str, mark: str) -> tuple[t.TextDocumentIdentifier, t.Position]:
    """Where ``mark`` has the cursor in ``old`` of a text of plain letters."""
    assert text.count(old) == 1
    before = text.partition(old)[0]
    offset = len(before) + marked(mark)[1]
    line = text[:offset].count("\n")
    return t.TextDocumentIdentifier((folder / name).as_uri()), t.Position(
        line, offset - text.rfind("\n", 0, offset) - 1
    )


def places(found: object, folder: Path) -> list[str]:
    """File and line from 1 of each, sorted."""
    items = found if isinstance(found, list | tuple) else [found] if found is not None else []
    return sorted(
        f"{Path(each.uri.removeprefix('file://')).relative_to(folder)}:{each.range.start.line + 1}" for each in items
    )


async def references(client: LanguageClient, folder: Path, *where: str, declared: bool = True) -> list[str]:
    params = t.ReferenceParams(t.ReferenceContext(declared), *at(folder, *where))
    return places(await answer(client.text_document_references_async(params)), folder)


SHARED = ["main.qbc:3", "main.qbc:4", "other.qbc:4", "other.qbc:6", "sub/part.qbc:7", "sub/part.qbc:9", "takes.qbc:1", "takes.qbc:3"]  # fmt: skip
ONE = ["deep.sigma:4", "module.sigma:3", "user.sigma:5"]


@EDITORS
async def test_names_across_files(client: LanguageClient, tmp_path: Path) -> None:
    workspace(tmp_path)
    told(client, tmp_path)
    part, main = (tmp_path / "sub/part.qbc").as_uri(), (tmp_path / "main.qbc").as_uri()
    open_document(client, part, PART)
    assert await references(client, tmp_path, "sub/part.qbc", PART, "shared:\n", "sha‸red:\n") == SHARED
    # What is open counts as the editor has it.
    open_document(client, main, MAIN.replace("QMOV r4, shared", "QMOV r4, 1"))
    edited = [place for place in SHARED if place != "main.qbc:4"]
    assert await references(client, tmp_path, "sub/part.qbc", PART, "shared:\n", "sha‸red:\n") == edited
    uses = await references(client, tmp_path, "sub/part.qbc", PART, ".define WIDTH", ".define WI‸DTH", declared=False)
    assert uses == ["main.qbc:6"]
    module = (tmp_path / "module.sigma").as_uri()
    open_document(client, module, MODULE)
    assert await references(client, tmp_path, "module.sigma", MODULE, "fn one", "fn o‸ne") == ONE
    fields = await references(client, tmp_path, "module.sigma", MODULE, "p.x", "p.‸x")
    assert fields == ["deep.sigma:4", "module.sigma:1", "module.sigma:4", "user.sigma:4"]
    renamed = await answer(
        client.text_document_rename_async(
            t.RenameParams(*at(tmp_path, "module.sigma", MODULE, "fn one", "fn o‸ne"), "first")
        )
    )
    assert renamed is not None
    assert sorted(Path(uri).name for uri in renamed.changes or {}) == ["deep.sigma", "module.sigma", "user.sigma"]
    with pytest.raises(JsonRpcException, match="there already"):
        await answer(
            client.text_document_rename_async(
                t.RenameParams(*at(tmp_path, "module.sigma", MODULE, "fn one", "fn o‸ne"), "both")
            )
        )
    # A new file is found when the editor tells of it, or a moment later.
    (tmp_path / "new.sigma").write_text(USER.replace("deep.both(p)", "1"))
    change = t.FileEvent((tmp_path / "new.sigma").as_uri(), t.FileChangeType.Created)
    client.workspace_did_change_watched_files(t.DidChangeWatchedFilesParams([change]))
    assert "new.sigma:5" in await references(client, tmp_path, "module.sigma", MODULE, "fn one", "fn o‸ne")
    assert client.registered == ([] if client.editor == "neovim" else ["workspace/didChangeWatchedFiles"])


async def test_names_of_other_objects(client: LanguageClient, tmp_path: Path) -> None:
    workspace(tmp_path)
    told(client, tmp_path)
    for name, text in {"takes.qbc": TAKES, "deep.sigma": DEEP, "user.sigma": USER, "main.qbc": MAIN}.items():
        open_document(client, (tmp_path / name).as_uri(), text)

    async def given(name: str, text: str, old: str, mark: str) -> list[str]:
        where = at(tmp_path, name, text, old, mark)
        return places(await answer(client.text_document_definition_async(t.DefinitionParams(*where))), tmp_path)

    async def declared(name: str, text: str, old: str, mark: str) -> list[str]:
        where = at(tmp_path, name, text, old, mark)
        return places(await answer(client.text_document_declaration_async(t.DeclarationParams(*where))), tmp_path)

    assert await given("takes.qbc", TAKES, "QCALL shared", "QCALL sh‸ared") == ["sub/part.qbc:9"]
    assert await declared("takes.qbc", TAKES, "QCALL shared", "QCALL sh‸ared") == ["takes.qbc:1"]
    assert await given("deep.sigma", DEEP, "+ outside", "+ out‸side") == ["other.qbc:5"]
    assert await declared("deep.sigma", DEEP, "+ outside", "+ out‸side") == ["deep.sigma:2"]
    assert await declared("user.sigma", USER, "module.one", "module.o‸ne") == ["user.sigma:1"]
    assert await declared("main.qbc", MAIN, "QCALL shared", "QCALL sh‸ared") == ["sub/part.qbc:7"]
    assert await given("main.qbc", MAIN, "sub/part", "su‸b/part") == ["sub/part.qbc:1"]
    assert await given("user.sigma", USER, '"module.sigma', '"mod‸ule.sigma') == ["module.sigma:1"]
    assert await references(client, tmp_path, "takes.qbc", TAKES, "QCALL shared", "QCALL sh‸ared") == SHARED
    where = at(tmp_path, "user.sigma", USER, "one(p)", "one(‸p)")
    typed = await answer(client.text_document_type_definition_async(t.TypeDefinitionParams(*where)))
    assert places(typed, tmp_path) == ["module.sigma:1"]
    rename = t.RenameParams(*at(tmp_path, "takes.qbc", TAKES, "QCALL shared", "QCALL sh‸ared"), "doubled")
    renamed = await answer(client.text_document_rename_async(rename))
    assert renamed is not None
    assert {Path(uri).name: len(edits) for uri, edits in (renamed.changes or {}).items()} == {"takes.qbc": 2, "main.qbc": 2, "other.qbc": 2, "part.qbc": 2}  # fmt: skip
    refused = t.RenameParams(*at(tmp_path, "takes.qbc", TAKES, "QCALL outside", "QCALL out‸side"), "inside")
    with pytest.raises(JsonRpcException, match="outside of this language"):
        await answer(client.text_document_rename_async(refused))


@EDITORS
async def test_symbols_of_the_workspace(client: LanguageClient, tmp_path: Path) -> None:
    workspace(tmp_path)
    told(client, tmp_path)
    open_document(client, (tmp_path / "sub/part.qbc").as_uri(), PART.replace("shared", "shown"))

    async def found(query: str) -> list[tuple[str, str | None]]:
        symbols = await answer(client.workspace_symbol_async(t.WorkspaceSymbolParams(query)))
        return [(each.name, each.container_name) for each in symbols or []]

    everything = await found("")
    assert {("shown", "part.qbc"), ("WIDTH", "part.qbc"), ("twice", "part.qbc"), ("Point", "module.sigma")} <= set(
        everything
    )
    assert not {name for name, _ in everything} & {"@next", "qbc_print_int"}
    assert (await found("wdt"))[0] == ("WIDTH", "part.qbc")
    assert ("qbc_print_int", "qbc_core.qbc") in await found("qpi")
    assert not await found("xyzzyxyzzy")


async def test_who_calls_whom(client: LanguageClient, tmp_path: Path) -> None:
    workspace(tmp_path)
    told(client, tmp_path)
    for name, text in {"sub/part.qbc": PART, "module.sigma": MODULE}.items():
        open_document(client, (tmp_path / name).as_uri(), text)

    async def item(name: str, text: str, old: str, mark: str) -> t.CallHierarchyItem:
        where = t.CallHierarchyPrepareParams(*at(tmp_path, name, text, old, mark))
        (found,) = await answer(client.text_document_prepare_call_hierarchy_async(where)) or []
        return found

    async def incoming(item: t.CallHierarchyItem) -> dict[tuple[str, str], list[int]]:
        found = await answer(client.call_hierarchy_incoming_calls_async(t.CallHierarchyIncomingCallsParams(item)))
        return {
            (each.from_.name, each.from_.detail or ""): [one.start.line + 1 for one in each.from_ranges]
            for each in found or []
        }

    async def outgoing(item: t.CallHierarchyItem) -> dict[str, list[int]]:
        found = await answer(client.call_hierarchy_outgoing_calls_async(t.CallHierarchyOutgoingCallsParams(item)))
        return {each.to.name: [one.start.line + 1 for one in each.from_ranges] for each in found or []}

    shared = await item("sub/part.qbc", PART, "shared:\n", "sha‸red:\n")
    assert (shared.name, shared.range.start.line, shared.range.end.line) == ("shared", 8, 10)
    callers = await incoming(shared)
    assert callers == {
        ("main", "main.qbc"): [3],
        ("main", "main.qbc (by address)"): [4],
        ("start", "other.qbc"): [4],
        ("outside", "other.qbc (jump)"): [6],
        ("run", "takes.qbc"): [3],
    }
    one = await item("module.sigma", MODULE, "fn one", "fn o‸ne")
    assert await incoming(one) == {("both", "fn both(p: Point) -> int"): [4], ("main", "fn main()"): [5]}
    calls = await answer(client.call_hierarchy_incoming_calls_async(t.CallHierarchyIncomingCallsParams(one)))
    both = next(each.from_ for each in calls or [] if each.from_.name == "both")
    assert await outgoing(both) == {"one": [4], "outside": [4]}
    callers = await answer(client.call_hierarchy_incoming_calls_async(t.CallHierarchyIncomingCallsParams(shared)))
    main = next(each.from_ for each in callers or [] if each.from_.name == "main")
    found = await answer(client.call_hierarchy_outgoing_calls_async(t.CallHierarchyOutgoingCallsParams(main)))
    assert [(each.to.name, each.to.detail, each.from_ranges[0].start.line + 1) for each in found or []] == [
        ("shared", "sub/part.qbc", 3), ("shared", "sub/part.qbc (by address)", 4),
    ]  # fmt: skip


@EDITORS
async def test_every_feature_of_one_document(client: LanguageClient, tmp_path: Path) -> None:
    """With an emoji before what is asked for, as each editor counts it."""
    text = 'fn twice(n: int) -> int {\n    return 2 * n;\n}\n\nfn main() {\n    print("😀 {twice(4)}");\n}\n'
    width = {"utf-8": 4, "utf-16": 2, "utf-32": 1}[Encoding(client.answered.capabilities.position_encoding).value]
    uri, used = (tmp_path / "a.sigma").as_uri(), span(5, 13 + width, 18 + width)
    open_document(client, uri, text)
    document, place = t.TextDocumentIdentifier(uri), t.Position(5, 14 + width)
    whole = await answer(client.text_document_semantic_tokens_full_async(t.SemanticTokensParams(document)))
    assert whole is not None
    edit(client, uri, 2, span(6, 1, 1), "\n// 😀")
    delta = t.SemanticTokensDeltaParams(document, str(whole.result_id))
    changed = await answer(client.text_document_semantic_tokens_full_delta_async(delta))
    assert isinstance(changed, t.SemanticTokensDelta)
    data = list(whole.data)
    for one in changed.edits:
        data[one.start : one.start + one.delete_count] = one.data or []
    again = await answer(client.text_document_semantic_tokens_full_async(t.SemanticTokensParams(document)))
    assert again is not None
    assert list(again.data) == data
    assert data[-5:-1] == [2, 0, 3 + width, data[-2]]
    part = t.SemanticTokensRangeParams(document, span(5, 0, 3))
    line = await answer(client.text_document_semantic_tokens_range_async(part))
    assert line is not None
    assert list(line.data)[:3] == [5, 4, 5]
    lights = await answer(client.text_document_document_highlight_async(t.DocumentHighlightParams(document, place)))
    assert [(each.range, each.kind) for each in lights or []] == [
        (span(0, 3, 8), t.DocumentHighlightKind.Write), (used, t.DocumentHighlightKind.Read),
    ]  # fmt: skip
    folds = await answer(client.text_document_folding_range_async(t.FoldingRangeParams(document)))
    assert [(each.start_line, each.end_line) for each in folds or []] == [(0, 1), (4, 5)]
    (chosen,) = (
        await answer(client.text_document_selection_range_async(t.SelectionRangeParams(document, [place]))) or []
    )
    assert chosen.range == used
    assert await answer(client.text_document_document_link_async(t.DocumentLinkParams(document))) == ()
    symbols = await answer(client.text_document_document_symbol_async(t.DocumentSymbolParams(document)))
    assert [(each.name, each.children) for each in symbols or []] == [("twice", None), ("main", None)]
    assert client.answered.capabilities.workspace_symbol_provider
    assert client.answered.capabilities.call_hierarchy_provider
