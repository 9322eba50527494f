"""Edits as an editor sends them, on real programs: the text is a model's, the diagnostics those of a fresh open."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from functools import cache

from lsprotocol import types as t

from lsp import requests
from lsp.analysis import Analysis, analyse
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts, by_file
from lsp.features.navigation import RefusedError
from lsp.workspace import Workspace
from tests.fuzz.mutate import ROOT

EDITS = 20
"""Of a case."""
_LARGEST = 6000
"""Characters of a program: a large one is read slowly, and shows nothing new."""
_PIECES = [
    "", "", "x", " ", "\n", "\r\n", "\r", "😀", "é", "\ud83d", "{", "}", "(", ")", "[", "]", ";", ",", ".", ":", "@", '"', "'",
    "/*", "//", "; x", "let ", "fn f(", "for i in ", "QMOV ", "QADD r1, ", ".define A ", ".macro m a\n", ".endm\n",
    "import std.math;\n", '.include "qbc_core.qbc"\n', "asm {", "0x", "1e", "r16", "\u2028", "\x0c", "\ufeff", "{x}",
]  # fmt: skip


@cache
def programs() -> tuple[tuple[str, str], ...]:
    """Names and texts."""
    paths = sorted(path for path in (ROOT / "examples").iterdir() if path.suffix in (".qbc", ".sigma", ".json"))
    texts = ((str(path), path.read_text("utf-8")) for path in paths)
    return tuple((name, text) for name, text in texts if len(text) <= _LARGEST)


def try_edits(seed: int) -> str:
    """Edit a program; how it ended."""
    rng = random.Random(seed)
    name, text = rng.choice(programs())
    text = text.replace("\n", rng.choice(["\n", "\n", "\r\n"]))
    encoding = rng.choice(list(Encoding))
    workspace = Workspace(encoding)
    uri = f"file://{name}"
    workspace.open(uri, "", 0, text)
    analysis = None
    for version in range(1, EDITS + 1):
        changes = []
        for _ in range(rng.choice([1, 1, 2])):
            range_, new, text = _edit(rng, text, encoding)
            changes.append(t.TextDocumentContentChangePartial(range_, new))
        document = workspace.change(uri, version, changes)
        assert document.text.text == text
        analysis = analyse(document, workspace.overlay())
        fresh = Workspace(encoding)
        again = analyse(fresh.open(uri, "", version, text), fresh.overlay())
        assert shown(workspace, analysis) == shown(fresh, again)
        _ask(analysis, Texts(encoding, workspace.uri), position(text, rng.randrange(len(text) + 1), encoding))
    assert analysis is not None
    return analysis.diagnostics[0].code if analysis.diagnostics else "sound"


def shown(workspace: Workspace, analysis: Analysis) -> dict[str, list[t.Diagnostic]]:
    return by_file([analysis], Texts(workspace.encoding, workspace.uri))


def _edit(rng: random.Random, text: str, encoding: Encoding) -> tuple[t.Range, str, str]:
    start = _between(text, rng.randrange(len(text) + 1))
    end = _between(text, min(len(text), start + rng.choice([0, 0, 1, 2, 5, 30])))
    new = rng.choice(_PIECES)
    if rng.random() < 0.3:
        at = rng.randrange(len(text) + 1)
        new = text[at : at + rng.randrange(20)]
    range_ = t.Range(position(text, start, encoding), position(text, end, encoding))
    return range_, new, text[:start] + new + text[end:]


def _between(text: str, offset: int) -> int:
    """No position lies inside of an end of a line."""
    return offset - 1 if text[offset - 1 : offset + 1] == "\r\n" else offset


def position(text: str, offset: int, encoding: Encoding) -> t.Position:
    """By counting, as the protocol describes it."""
    lines = re.split(r"\r\n|\r|\n", text[: _between(text, offset)])
    width = {Encoding.Utf8: 1, Encoding.Utf16: 2, Encoding.Utf32: 4}[encoding]
    name = {1: "utf-8", 2: "utf-16-le", 4: "utf-32-le"}[width]
    return t.Position(len(lines) - 1, len(lines[-1].encode(name, "surrogatepass")) // width)


def _ask(analysis: Analysis, texts: Texts, place: t.Position) -> None:
    """Everything that a server may be asked: it may find nothing, and refuse to rename."""
    here = t.Range(place, place)
    requests.hover(analysis, texts, place)
    requests.completion(analysis, texts, place)
    requests.signature(analysis, texts, place)
    requests.definition(analysis, texts, place)
    requests.references(analysis, texts, place, declared=True)
    requests.formatting(analysis, texts)
    requests.range_formatting(analysis, texts, here)
    requests.code_actions(analysis, texts, here)
    with suppress(RefusedError):
        requests.prepare_rename(analysis, texts, place)
        requests.rename(analysis, texts, place, "renamed")
