"""Long lines and many findings: twice as much takes about twice the processor time, whatever is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from lsprotocol import types as t

from lsp import advice, requests
from lsp.analysis import analyse, looked_at
from lsp.client import MOST, Client
from lsp.features import tokens
from lsp.features.diagnostics import MARKED, Texts, by_file
from lsp.handlers import structure
from lsp.workspace import Workspace

_TYPES = tokens.known(None)


def numbers(count: int) -> str:
    return f'fn main() {{\n    let a = [{", ".join(str(n % 97) for n in range(count))}];\n    print("{{a[3]}}");\n}}\n'


def wide(count: int) -> str:
    return "fn main() {\n    // é" + "x😀" * count + '\n    print("' + "é😀" * count + '");\n}\n'


def unread(count: int) -> str:
    return "fn main() {\n" + " ".join(f"let v{n} = {n};" for n in range(count)) + "\n}\n"


def words(count: int) -> str:
    return "main: QHALT\n.data\n" + "\n".join(f".qword {n}" for n in range(count)) + "\n"


def overwritten(count: int) -> str:
    return "main:\n" + "".join(f"    QMOV r4, {n}\n" for n in range(count)) + "    QHALT\n"


def seconds(language: str, text: str) -> float:
    """Processor time of everything that an editor asks once."""
    begin = time.process_time()
    workspace = Workspace()
    texts = Texts(workspace.encoding, workspace.addresses, MARKED, Client(commands=True))
    analysis = analyse(workspace.open("untitled:a", language, 1, text), workspace.overlay())
    if language == "qbc":
        analysis = looked_at(analysis, workspace.overlay())
    (found,) = by_file([analysis], texts).values()
    assert len(found) <= MOST + 1
    place = t.Position(1, len(text.split("\n")[1]) // 2)
    structure.semantic(analysis, texts, _TYPES)
    structure.folds(analysis, texts, None)
    requests.formatting(analysis, texts)
    requests.hover(analysis, texts, place)
    advice.code_actions(analysis, texts, t.Range(place, place))
    return time.process_time() - begin


@pytest.mark.parametrize(
    ("language", "source", "count"),
    [("sigma", numbers, 400), ("sigma", wide, 4000), ("sigma", unread, 150), ("qbc", words, 700), ("qbc", overwritten, 250)],
)  # fmt: skip
def test_time_is_linear(language: str, source: Callable[[int], str], count: int) -> None:
    seconds(language, source(10))
    small = min(seconds(language, source(count)) for _ in range(2))
    # Eight times as much: linear is 8, quadratic 64.
    assert seconds(language, source(8 * count)) < 28 * small + 0.1


def test_more_than_are_shown() -> None:
    """Of more findings than are shown, as many as there is room for, and a line that says so."""
    text = "fn f() {\n" + "".join(f"    let v{n} = {n};\n" for n in range(MOST + 500)) + "}\n\nfn main() {\n}\n"
    workspace = Workspace()
    texts = Texts(workspace.encoding, workspace.addresses)
    analysis = analyse(workspace.open("untitled:a", "sigma", 1, text), workspace.overlay())
    (found,) = by_file([analysis], texts).values()
    assert len(found) == MOST + 1
    assert f"{MOST:,} of {len(analysis.all):,}" in found[0].message
    assert [each.severity for each in found].count(t.DiagnosticSeverity.Information) == 1
