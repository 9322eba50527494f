from __future__ import annotations

from lsprotocol import types as t

from lsp import requests
from lsp.convert import Encoding
from lsp.features import circuits
from lsp.features.diagnostics import Texts
from lsp.workspace import Workspace
from tests.lsp.support import analysed, marked


def test_hover_over_a_gate() -> None:
    text, offset = marked('{"qubits": 2, "ops": [{"gate": "c‸x", "on": [0, 1]}, {"gate": "no", "on": [0]}]}')
    analysis = analysed(text, "a.sigma.json")
    place = analysis.document.text.position(offset, Encoding.Utf16)
    found = requests.hover(analysis, Texts(Encoding.Utf16, Workspace().uri), place)
    assert found is not None
    assert isinstance(found.contents, t.MarkupContent)
    assert "X on b where a is |1⟩" in found.contents.value
    assert "⎢ ·  ·  ·  1 ⎥" in found.contents.value
    assert text[found.range.start.character : found.range.end.character] == "cx" if found.range else False
    assert circuits.hover(analysis.document.source, 1, 66) is None
    assert circuits.hover(analysis.document.source, 1, 3) is None


def test_gates_are_offered() -> None:
    text, offset = marked('{"qubits": 2, "ops": [{"gate": "r‸')
    analysis = analysed(text, "a.sigma.json")
    place = analysis.document.text.position(offset, Encoding.Utf16)
    texts = Texts(Encoding.Utf16, Workspace().uri)
    found = {item.label: item for item in requests.completion(analysis, texts, place).items}
    assert {"rx", "cx", "w", "sigma"} <= found.keys()
    assert found["rx"].detail == "1 on, 1 args"
    edit = found["rx"].text_edit
    assert isinstance(edit, t.TextEdit)
    assert (edit.range.start.character, edit.range.end.character) == (offset - 1, offset)
    assert not requests.completion(analysis, texts, t.Position(0, 4)).items
