"""Which diagnostics are sent, and when: the document that is typed in first, each when it is ready, under its version."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t

from lsp import server as serving
from lsp.analysis import analyse
from lsp.convert import Encoding
from lsp.server import Server
from tests.fuzz.editor import started, stopped, tell

BASE = "fn value() -> int {\n    return 1;\n}\n"
USER = 'import "base.sigma";\n\nfn main() {\n    print("{base.value()}");\n}\n'
OPEN = 10


class Sent:
    """What a server sends."""

    def __init__(self, server: Server) -> None:
        self.all: list[t.PublishDiagnosticsParams] = []
        server.text_document_publish_diagnostics = self.all.append  # type: ignore[method-assign]

    async def wait(self, uri: str, version: int) -> t.PublishDiagnosticsParams:
        async with asyncio.timeout(30):
            while True:
                found = [each for each in self.all if (each.uri, each.version) == (uri, version)]
                if found:
                    return found[-1]
                await asyncio.sleep(0.002)


def opened(server: Server, uri: str, text: str) -> None:
    tell(server, t.TEXT_DOCUMENT_DID_OPEN, t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "", 1, text)))


def changed(server: Server, uri: str, version: int, text: str) -> None:
    identifier = t.VersionedTextDocumentIdentifier(version, uri)
    whole = t.TextDocumentContentChangeWholeDocument(text)
    tell(server, t.TEXT_DOCUMENT_DID_CHANGE, t.DidChangeTextDocumentParams(identifier, [whole]))


@pytest.mark.parametrize("language", ["sigma", "qbc"])
def test_what_is_typed_in_comes_before_its_dependents(language: str, tmp_path: Path) -> None:
    base = {"sigma": BASE, "qbc": "value:\n    QRET\n"}[language]
    user = {"sigma": USER, "qbc": '.include "base.qbc"\nmain:\n    QCALL value\n    QHALT\n'}[language]
    wrong = {"sigma": "\nfn wrong() {\n    oops();\n}\n", "qbc": "    QMUV r1, 2\n"}[language]

    async def run() -> None:
        server = started(Encoding.Utf16, tmp_path)
        sent = Sent(server)
        uris = [(tmp_path / f"user_{n}.{language}").as_uri() for n in range(OPEN)]
        first = (tmp_path / f"base.{language}").as_uri()
        try:
            opened(server, first, base)
            for uri in uris:
                opened(server, uri, user)
            for uri in (first, *uris):
                await sent.wait(uri, 1)
            sent.all.clear()
            before = dict(server.analyses)
            changed(server, first, 2, base + wrong)
            found = await sent.wait(first, 2)
            assert [each.severity for each in found.diagnostics] == [t.DiagnosticSeverity.Error]
            # In assembly, one of those that include it has to be read too.
            behind = [uri for uri in uris if server.analyses[uri] is before[uri]]
            assert len(behind) >= OPEN - 3
        finally:
            await stopped(server)

    asyncio.run(run())


def test_a_late_answer_of_the_linter_is_of_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The linter is still at work on a version when the next one comes: nothing of the old one is sent under the new."""
    monkeypatch.setattr(serving, "_REST", 0.0)
    lost = "main:\n    QMOV r0, 1\n    QMOV r4, 1\n    QMOV r4, 2\n    QHALT\n"

    async def run() -> list[t.PublishDiagnosticsParams]:
        server = started(Encoding.Utf16, tmp_path)
        sent = Sent(server)
        uri = (tmp_path / "a.qbc").as_uri()
        try:
            opened(server, uri, lost.replace("QHALT", "QHOLT"))
            for version in range(2, 30):
                changed(
                    server,
                    uri,
                    version,
                    "; a line\n" * version + lost.replace("QHALT", "QHALT" if version % 2 else "QHOLT"),
                )
                await asyncio.sleep(0.003 * (version % 5))
            await sent.wait(uri, 29)
        finally:
            await stopped(server)
        return sent.all

    for each in asyncio.run(run()):
        version = each.version or 0
        lines = {found.range.start.line - (version if version > 1 else 0) for found in each.diagnostics}
        is_wrong = version == 1 or version % 2 == 0
        assert lines <= ({4} if is_wrong else {2, 3})
        assert bool(lines) or not is_wrong


def test_a_session_that_raises_is_made_anew_and_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from sigma.check.edited import EditedProgram

    real = EditedProgram.edit

    def edit(self: EditedProgram, source: Any, options: Any) -> Any:
        if self.source is not source:
            raise KeyError("broken off")
        return real(self, source, options)

    async def run() -> None:
        server = started(Encoding.Utf16, tmp_path)
        sent = Sent(server)
        uri = (tmp_path / "base.sigma").as_uri()
        try:
            opened(server, uri, BASE)
            await sent.wait(uri, 1)
            monkeypatch.setattr(EditedProgram, "edit", edit)
            for version in (2, 3, 4):
                changed(server, uri, version, BASE.replace("1", "oops" + "s" * version))
                found = await sent.wait(uri, version)
                assert [each.code for each in found.diagnostics] == ["S0201"]
            analysis = await server.current(uri)
            assert analysis is not None and analysis.session is not None
            with pytest.raises(AssertionError, match="another thread"):
                analyse(analysis.document, server.open.overlay())
        finally:
            await stopped(server)

    asyncio.run(run())
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"cannot analyse {(tmp_path / 'base.sigma').as_uri()}"
    ]
