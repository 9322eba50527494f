from __future__ import annotations

import pytest

from lsp.features import listings
from lsp.features.explaining import address, explained
from qbcc.explain import table
from sigma.symbols import Function
from tests.lsp.support import analysed
from vm import install

QBC = """.text
main:
    QMOV r0, 5
    QCALL twice
    QHALT
.func twice
twice:
    QADD r0, r0
    QRET
.endfunc
"""


def test_disassembly() -> None:
    found = listings.disassembly(analysed(QBC, "a.qbc").assembly)
    assert [(row.index, row.text, row.labels, row.line) for row in found.rows] == [
        (0, "QMOV r0, 5", ("main",), 3),
        (1, "QCALL twice", (), 4),
        (2, "QHALT 0", (), 5),
        (3, "QADD r0, r0, r0", ("twice",), 8),
        (4, "QRET", (), 9),
    ]
    assert found.rows[3].address == "0x4000000000000003"
    assert found.rows[3].data == "00000010 00000000 00000000 00000000"
    assert "twice:\n     3  QADD r0, r0, r0" in found.text
    assert "; untitled:a.qbc:8: QADD r0, r0" in found.text or "; a.qbc:8: QADD r0, r0" in found.text


def test_of_a_routine() -> None:
    found = listings.disassembly(analysed(QBC, "a.qbc").assembly, "twice")
    assert [row.index for row in found.rows] == [3, 4]
    assert [row.index for row in listings.disassembly(analysed(QBC, "a.qbc").assembly, "main").rows] == [0, 1, 2]
    assert (
        listings.disassembly(analysed(QBC, "a.qbc").assembly, "nothing").message == "the program has no code 'nothing'"
    )


def test_of_sigma() -> None:
    found = listings.disassembly(analysed('fn main() {\n    print("{arguments()}");\n}\n').assembly)
    assert any(row.text.startswith("QSYSCALL") and row.line == 2 for row in found.rows)


def test_of_what_is_wrong() -> None:
    assert listings.disassembly(analysed("main: QADD\n", "a.qbc").assembly).message == "the program has errors"
    assert listings.disassembly(analysed("fn main() {").assembly).message == "the program has errors"


GATES = """gate bell(a: qubit, b: qubit, t: float) { h(a); cx(a, b); rz(b, t); }
fn all(q: [qubit], n: int, on: bool) -> int { if on { x(q[0]); } return n; }
record Pair { first: int; second: int }
fn other(p: Pair) { }
fn main() { let q = qubit(); x(q); print("{measure(q)}"); }
"""


@pytest.mark.parametrize(
    ("name", "arguments", "call"),
    [
        ("bell", [1.5], "let zzz_0 = qubit(); let zzz_1 = qubit(); let zzz_2 = 1.5; bell(zzz_0, zzz_1, zzz_2);"),
        ("all", [], "let zzz_0 = qubits(3); let zzz_1 = 1; let zzz_2 = true; let _zzz = all(zzz_0, zzz_1, zzz_2);"),
    ],
)
def test_a_main_for_a_function(name: str, arguments: list[float], call: str) -> None:
    analysis = analysed(GATES)
    assert analysis.program is not None
    module = analysis.program.main
    symbol = module.names[name]
    assert isinstance(symbol, Function)
    source = listings.calling(module, symbol, arguments)
    assert source is not None
    assert call in source.text
    assert analysis.compiled(source).object is not None


def test_what_cannot_be_made_up() -> None:
    analysis = analysed(GATES)
    assert analysis.program is not None
    symbol = analysis.program.main.names["other"]
    assert isinstance(symbol, Function)
    assert listings.calling(analysis.program.main, symbol, []) is None


def test_a_circuit_is_drawn() -> None:
    obj = analysed(GATES).assembly.object
    assert obj is not None
    found = listings.circuit(obj)
    assert found.message == ""
    assert "q0 ─X───M0─" in found.text
    assert found.svg is not None
    assert "<svg" in found.svg


def test_a_circuit_without_what_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    from qbcc.circuits import emit as circuits

    def missing(name: str) -> object | None:
        return None if name == "matplotlib" else object()

    monkeypatch.setattr(circuits, "find_spec", missing)
    obj = analysed(GATES).assembly.object
    assert obj is not None
    found = listings.circuit(obj)
    assert found.svg is None
    assert "q0 ─X───M0─" in found.text
    assert install.advice("plot") in found.message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("main: QHALT\n", "no quantum instruction"),
        ("main: QALLOC r1\n QTRAP 1\n", "trap"),
        ("main: QALLOC r1\n@a: QJMP @a\n", "trap"),
    ],
)
def test_runs_that_give_no_circuit(text: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "_MOST", 1000)
    obj = analysed(text, "a.qbc").assembly.object
    assert obj is not None
    assert why in listings.circuit(obj).message


def test_explanations() -> None:
    found = explained("s0901")
    assert found is not None
    assert found.code == "S0901"
    assert found.markdown.startswith("# S0901: ")
    assert "```sigma\n" in found.markdown
    assert explained("X1") is None
    for code in table():
        assert explained(code) is not None


def test_addresses_of_explanations() -> None:
    assert address("S0901", has_provider=True) == "qbc-explain:/S0901.md"
    assert address("X1", has_provider=True) is None
    page = address("E0101", has_provider=False)
    assert page is not None
    path, _, line = page.partition("#L")
    from pathlib import Path
    from urllib.parse import unquote, urlparse

    text = Path(unquote(urlparse(path).path)).read_text("utf-8")
    assert text.splitlines()[int(line) - 1] == "### E0101"
    assert address("S0901", has_provider=False) is None
