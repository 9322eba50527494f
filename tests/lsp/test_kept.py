"""What is kept from one version to the next tells what a fresh start tells."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from lsprotocol import types as t

from lsp import advice, requests
from lsp.analysis import Analysis, analyse, answered_early, looked_at
from lsp.client import Client
from lsp.features import tokens
from lsp.features.diagnostics import MARKED, Texts
from lsp.handlers import structure
from lsp.workspace import Workspace
from tests.sigma.edits import ROOT, edits

_CLIENT = Client(has_snippets=True, resolves=True, commands=True, debugger=True, explains=True)
_TYPES = tokens.known(None)


def _told(analysis: Analysis, texts: Texts, random: Random) -> list[object]:
    lines = len(analysis.document.source.lines)
    line = random.randrange(max(lines, 1))
    position = t.Position(line, random.randrange(len(analysis.document.source.line(line + 1)) + 1))
    range = t.Range(position, t.Position(min(line + 20, lines), 0))
    return [
        structure.semantic(analysis, texts, _TYPES),
        structure.semantic(analysis, texts, _TYPES, range),
        structure.symbols(analysis, texts),
        structure.folds(analysis, texts, None),
        structure.highlights(analysis, texts, position),
        structure.selections(analysis, texts, [position]),
        advice.inlay_hints(analysis, texts, range),
        advice.code_lenses(analysis, texts),
        advice.code_actions(analysis, texts, t.Range(position, position)),
        requests.signature(analysis, texts, position),
        requests.completion(analysis, texts, position),
        requests.hover(analysis, texts, position),
    ]


@pytest.mark.parametrize("name", ["bell.sigma", "records.sigma", "report.qbc"])
@pytest.mark.parametrize("seed", range(2))
def test_random_edits(name: str, seed: int) -> None:
    path = next((ROOT / "examples").rglob(name))
    random = Random(f"{name} {seed}")
    language = path.suffix[1:]
    space, uri = Workspace(), path.as_uri()
    text = path.read_text("utf-8")
    space.open(uri, language, 1, text)
    for number, new in enumerate([*edits(random, text, 25), "", text]):
        document = space.change(uri, number, [t.TextDocumentContentChangeWholeDocument(new)])
        fresh = Workspace()
        asked = random.random()
        told = []
        for one, held in ((space, document), (fresh, fresh.open(uri, language, number, new))):
            analysis = analyse(held, one.overlay())
            told.append(_told(analysis, Texts(one.encoding, one.uri, MARKED, _CLIENT), Random(asked)))
        for kept, made in zip(*told, strict=True):
            assert kept == made, repr(new)


def test_what_is_deprecated_in_another_part() -> None:
    text = "/// Old.\nfn f() {\n}\n\nfn main() {\n    f();\n}\n"
    space, uri = Workspace(), "untitled:x"
    found = []
    for number, new in enumerate((text, text.replace("Old", "Deprecated"), text)):
        document = space.change(uri, number, [t.TextDocumentContentChangeWholeDocument(new)]) if number else None
        document = document or space.open(uri, "sigma", 1, new)
        texts = Texts(space.encoding, space.uri, MARKED, _CLIENT)
        data = structure.semantic(analyse(document, space.overlay()), texts, _TYPES)
        assert data is not None
        old = tokens.bits(t.SemanticTokenModifiers.Deprecated)
        found.append(sum(bool(modifiers & old) for modifiers in data[4::5]))
    assert found == [0, 2, 0]


def _long() -> str:
    lines = [".entry_point main", "main:"]
    for number in range(150):
        lines += [f"    QCALL f{number}", ""]
    lines.append("    QHALT")
    for number in range(150):
        lines += [f"f{number}:", "    QPUSH r4", "    QMOV r4, 1", "    QPOP r4", "    QRET", ""]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(6))
def test_hints_and_lenses_of_a_long_source_before_it_is_assembled(seed: int) -> None:
    random = Random(seed)
    space, uri, text = Workspace(), "untitled:x", _long()
    client = replace(_CLIENT, refreshes_hints=True, refreshes_lenses=True)
    patient = Texts(space.encoding, space.uri, MARKED, client)
    texts = Texts(space.encoding, space.uri, MARKED, _CLIENT)
    analysis = analyse(space.open(uri, "qbc", 1, text), space.overlay())
    seen = t.Range(t.Position(random.randrange(300), 0), t.Position(random.randrange(350, 1100), 0))
    assert not advice.inlay_hints(analysis, patient, seen) and answered_early(analysis)
    looked = looked_at(analysis, space.overlay())
    assert advice.inlay_hints(looked, patient, seen) == advice.inlay_hints(looked, texts, seen) != []
    assert not answered_early(looked)
    lines = text.split("\n")
    for number in range(2, 6):
        at = random.randrange(2, len(lines) - 1)
        lines[at:at] = ["; A comment."] * random.randrange(1, 4)
        change = t.TextDocumentContentChangeWholeDocument("\n".join(lines))
        analysis = analyse(space.change(uri, number, [change]), space.overlay())
        assert advice.inlay_hints(analysis, patient, seen) and answered_early(analysis)
        for told in (advice.inlay_hints, lambda analysis, texts, _: advice.code_lenses(analysis, texts)):
            assert told(analysis, patient, seen) == told(analysis, texts, seen)
        looked_at(analysis, space.overlay())
