"""Requests in flight while edits come: each is answered for the text that it was asked of, and the document stays alive.

What is expected is a model's: the places of a word in the text, for each of these words means one thing."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from lsprotocol import types as t

from lsp.analysis import Analysis, analyse
from lsp.convert import Encoding
from lsp.server import Server
from lsp.workspace import Workspace
from tests.fuzz.editor import Log, position, shown, started, stopped, tell

MODULE = """/// What others call.
fn shared(n: int) -> int {
    return n + 1;
}
"""
HEAD = 'import "module.sigma";\n\n'
PART = """fn name_{0}(given: int) -> int {{
    let own_{0} = given * {0};
    return module.shared(own_{0}) + {1};
}}
"""
EDITS = 12


@pytest.fixture(autouse=True)
def _switching() -> Iterator[None]:
    """The interpreter goes from one thread to another as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def program(count: int) -> str:
    parts = [PART.format(n, f"name_{n - 1}(given)" if n else "0") for n in range(count)]
    calls = "".join(f'    print("{{name_{n}({n})}}");\n' for n in range(count))
    return HEAD + "\n".join(parts) + f"\nfn main() {{\n{calls}}}\n"


def places(text: str, word: str) -> list[tuple[int, int]]:
    found = (position(text, each.start(), Encoding.Utf16) for each in re.finditer(rf"\b{word}\b", text))
    return sorted((each.line, each.character) for each in found)


class Editing:
    """One editor, which types and asks without waiting for answers."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.server: Server = started(Encoding.Utf16, folder)
        self.uri = (folder / "main.sigma").as_uri()
        self.count = self.rng.randrange(4, 9)
        self.text = program(self.count)
        (folder / "module.sigma").write_text(MODULE, "utf-8")

    async def run(self) -> None:
        item = t.TextDocumentItem(self.uri, "", 0, self.text)
        tell(self.server, t.TEXT_DOCUMENT_DID_OPEN, t.DidOpenTextDocumentParams(item))
        waiting = []
        for version in range(1, EDITS + 1):
            waiting += [asyncio.ensure_future(self.ask()) for _ in range(self.rng.randrange(1, 4))]
            # Each has taken the text as it is now.
            await asyncio.sleep(0)
            self.edit(version)
            await asyncio.sleep(self.rng.choice([0, 0, 0.001, 0.01]))
        await asyncio.gather(*waiting)
        analysis = await self.server.current(self.uri)
        fresh = Workspace()
        again = analyse(fresh.open(self.uri, "", EDITS, self.text), fresh.overlay())
        assert analysis is not None and shown(self.server.open, analysis) == shown(fresh, again)
        assert await self.server.worked(partial(all_names, analysis)) == all_names(again)

    def edit(self, version: int) -> None:
        """A body, a head or a line between them changes; or a part goes, or comes."""
        lines = self.text.split("\n")
        match self.rng.randrange(4):
            case 0:
                at = self.rng.randrange(2, len(lines))
                first, end, new = at, at, self.rng.choice(["", "// 😀 said"])
                new += "\n"
            case 1:
                at = self.rng.choice([n for n, line in enumerate(lines) if " let own_" in line])
                first, end, new = at, at + 1, lines[at] + " let more = given;\n"
            case 2:
                at = self.rng.choice([n for n, line in enumerate(lines) if line.startswith("fn name_")])
                first, end, new = at, at + 1, lines[at].replace("given: int", "given: int, also: int") + "\n"
            case _:
                at = self.rng.choice([n for n, line in enumerate(lines) if line.startswith("fn ")])
                self.count += 1
                first, end, new = at, at, PART.format(self.count, "1")
        given = t.TextDocumentContentChangePartial(t.Range(t.Position(first, 0), t.Position(end, 0)), new)
        self.text = "\n".join(lines[:first]) + "\n" * bool(first) + new + "\n".join(lines[end:])
        changed = t.VersionedTextDocumentIdentifier(version, self.uri)
        tell(self.server, t.TEXT_DOCUMENT_DID_CHANGE, t.DidChangeTextDocumentParams(changed, [given]))
        assert self.server.open.documents[self.uri].text.text == self.text

    async def ask(self) -> None:
        text = self.text
        word = self.rng.choice(sorted(set(re.findall(r"\b(?:name|own)_\d+\b", text))))
        where = self.rng.choice(places(text, word))
        place = t.TextDocumentIdentifier(self.uri), t.Position(where[0], where[1] + 1)
        ask = self.server.protocol.fm.features
        if self.rng.random() < 0.5:
            found = await ask[t.TEXT_DOCUMENT_REFERENCES](t.ReferenceParams(t.ReferenceContext(True), *place))
            ranges = [each.range for each in found]
        else:
            edits = await ask[t.TEXT_DOCUMENT_RENAME](t.RenameParams(*place, "renamed"))
            ranges = [each.range for each in edits.changes[self.uri]]
        assert sorted((each.start.line, each.start.character) for each in ranges) == places(text, word)


def all_names(analysis: Analysis) -> set[tuple[int, int]]:
    names = analysis.names
    return {(each.span.line, each.span.column) for what in names.of for each in names.of[what]}


@pytest.mark.parametrize("seed", range(20))
def test_names_are_asked_while_edits_come(seed: int, tmp_path: Path) -> None:
    async def run() -> None:
        editing = Editing(tmp_path, seed)
        try:
            await editing.run()
        finally:
            await stopped(editing.server)

    log = Log()
    logging.getLogger().addHandler(log)
    try:
        asyncio.run(run())
    finally:
        logging.getLogger().removeHandler(log)
    assert not log.errors, log.errors[0]
