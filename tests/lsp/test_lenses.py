from __future__ import annotations

from lsprotocol import types as t

from lsp import advice
from lsp.client import Client
from lsp.convert import Encoding
from lsp.features.diagnostics import Texts
from lsp.workspace import Workspace
from tests.lsp.support import analysed

ABLE = Client(commands=True)
QBC = """.define W 8
.entry_point start
start:
    QALLOC r4
    QCALL twice
    QMOV r0, W
    QHALT
.func twice
    .args r0
twice:
    QRET
.endfunc
"""
SIGMA = """gate flip(q: qubit) { x(q); }
fn twice(n: int) -> int { return 2 * n; }
fn main() { let q = qubit(); flip(q); print("{measure(q)} {twice(1)}"); }
"""


def shown(text: str, name: str = "a.sigma", client: Client = ABLE) -> list[tuple[int, str, str]]:
    texts = Texts(Encoding.Utf32, Workspace().uri, client=client)
    found = advice.code_lenses(analysed(text, name), texts)
    return [(each.range.start.line, each.command.title, each.command.command) for each in found if each.command]


def test_of_assembly() -> None:
    assert shown(QBC, "a.qbc") == [
        (0, "1 reference", "qbc.showReferences"),
        (2, "▶ Run", "qbc.run"),
        (2, "▶ Run with shots…", "qbc.runWithShots"),
        (2, "circuit", "qbc.showCircuit"),
        (2, "disassembly", "qbc.showDisassembly"),
        (9, "2 references", "qbc.showReferences"),
        (9, "changes nothing", ""),
    ]


def test_a_program_without_qubits_has_no_shots() -> None:
    titles = [title for _, title, _ in shown("main:\n    QHALT\n", "a.qbc")]
    assert titles == ["▶ Run", "disassembly"]


def test_of_sigma() -> None:
    assert shown(SIGMA) == [
        (0, "1 reference", "qbc.showReferences"),
        (0, "circuit", "qbc.showCircuit"),
        (1, "1 reference", "qbc.showReferences"),
        (2, "▶ Run", "qbc.run"),
        (2, "▶ Run with shots…", "qbc.runWithShots"),
        (2, "circuit", "qbc.showCircuit"),
        (2, "disassembly", "qbc.showDisassembly"),
    ]


def test_only_who_has_the_commands_is_given_them() -> None:
    assert not shown(SIGMA, client=Client())
    titles = [title for _, title, _ in shown(SIGMA, client=Client(commands=True, debugger=True))]
    assert "Debug" in titles
    assert "Debug" not in [title for _, title, _ in shown(SIGMA)]


def test_arguments() -> None:
    texts = Texts(Encoding.Utf32, Workspace().uri, client=ABLE)
    found = advice.code_lenses(analysed(SIGMA), texts)
    references, circuit = (each.command for each in found[:2])
    assert references is not None
    assert circuit is not None
    assert list(circuit.arguments or []) == ["untitled:a.sigma", "flip"]
    uri, position, places = references.arguments or []
    assert (uri, position) == ("untitled:a.sigma", t.Position(0, 5))
    assert places == [t.Location("untitled:a.sigma", t.Range(t.Position(2, 29), t.Position(2, 33)))]


def test_half_written_programs() -> None:
    assert [title for _, title, _ in shown("fn main() { let q = ")] == []
    assert shown("main: QADD", "a.qbc")[0][1] == "▶ Run"
