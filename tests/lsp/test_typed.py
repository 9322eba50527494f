"""What a key leaves behind it; the cursor's place is marked."""

from __future__ import annotations

import pytest
from lsprotocol import types as t

from lsp import advice
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts
from lsp.workspace import Workspace
from tests.lsp.support import analysed, marked


def behind(text: str, key: str, name: str = "a.sigma") -> str:
    text, offset = marked(text)
    analysis = analysed(text, name)
    place = analysis.document.text.position(offset, Encoding.Utf16)
    edits = advice.typed_layout(analysis, Texts(Encoding.Utf16, Workspace().uri), place, key) or []
    workspace = Workspace(Encoding.Utf16)
    workspace.open("untitled:a.sigma", "sigma", 1, text)
    ordered = sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True)
    changes = [t.TextDocumentContentChangePartial(edit.range, edit.new_text) for edit in ordered]
    return workspace.change("untitled:a.sigma", 2, changes).text.text


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        ("fn main() {\n  let  x=1;\n‸\n}\n", "\n", "fn main() {\n    let x = 1;\n    \n}\n"),
        ("fn main() {\r\n  let  x=1;\r\n‸\r\n}\r\n", "\n", "fn main() {\r\n    let x = 1;\r\n    \r\n}\r\n"),
        ("fn main() {\n‸", "\n", "fn main() {\n    "),
        ("fn main() {\n    if true {\n  ‸x = 1;", "\n", "fn main() {\n    if true {\n        x = 1;"),
        ("fn main() {\n    let x = [\n‸\n", "\n", "fn main() {\n    let x = [\n    \n"),
        ("fn main() {\n    while true {\n        break;\n        }‸\n", "}", "fn main() {\n    while true {\n        break;\n    }\n"),
        ("fn  f( ) {\n  g();\n  }‸\nfn g() { }\n", "}", "fn f() {\n    g();\n}\nfn g() { }\n"),
        ("/* {\n‸ */\n", "\n", "/* {\n */\n"),
        ('fn main() {\n    print("{‸', "}", 'fn main() {\n    print("{'),
        ("}‸", "}", "}"),
    ],
)  # fmt: skip
def test_layout_of_what_is_typed(text: str, key: str, wanted: str) -> None:
    assert behind(text, key) == wanted


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        ("main:\n  QADD r1,r2\n‸", "\n", "main:\n    QADD r1, r2\n"),
        ("main:\r\n  QADD r1,r2\r\n‸\r\n", "\n", "main:\r\n    QADD r1, r2\r\n\r\n"),
        ("main:\n  QADD r1,,\n‸", "\n", "main:\n  QADD r1,,\n"),
        ("main:\n  QADD r1,r2\n}‸", "}", "main:\n  QADD r1,r2\n}"),
    ],
)
def test_layout_of_assembly(text: str, key: str, wanted: str) -> None:
    assert behind(text, key, "a.qbc") == wanted
