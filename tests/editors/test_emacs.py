"""Emacs with eglot, with the set-up that the page prints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.editors.emacs import Emacs
from tests.editors.programs import CIRCUIT, QBC, SIGMA
from tests.editors.support import mark, needs, processes, running, set_up, wait

pytestmark = pytest.mark.timeout(150)


@pytest.fixture
def emacs(tmp_path: Path) -> Iterator[Emacs]:
    needs("emacs")
    with (
        processes(tmp_path / "home") as environment,
        closing(Emacs(set_up("Emacs", "elisp"), tmp_path, environment)) as editor,
    ):
        yield editor


def test_sigma(emacs: Emacs, tmp_path: Path) -> None:
    path = tmp_path / "a.sigma"
    path.write_text(SIGMA, "utf-8")
    emacs.edit(path)
    ((place, said),) = wait("the error", emacs.diagnostics)
    assert place == "twise"
    assert "'twise' is not defined" in said

    emacs.goto("twise")
    emacs.keys("M-d twice")
    wait("no error", lambda: not emacs.diagnostics())

    emacs.goto("twice(4)")
    emacs.keys("M-x eldoc RET")
    wait("the hover", lambda: "fn twice(n: int) -> int" in emacs.buffer("*eldoc"))
    assert "Two of them." in emacs.buffer("*eldoc")

    emacs.keys("M-.")
    wait("the definition", lambda: emacs.place() == ("a.sigma", 2, 3))
    emacs.keys("M-,")
    assert emacs.place()[1] == 7

    emacs.keys("M-?")
    wait("the references", lambda: "\n7:   print(" in emacs.buffer("*xref*"))
    assert "\n2: fn twice(n: int)" in emacs.buffer("*xref*")
    emacs.edit(path)
    emacs.goto("twice")

    emacs.keys("M-x eglot-rename RET doubled RET")
    wait("the new name", lambda: 'print("😀 {doubled(4)} {doubled(5)}");' in emacs.text())
    assert "fn doubled(n: int) -> int {" in emacs.text()

    emacs.keys("M-x eglot-format-buffer RET")
    wait("the layout", lambda: '\n    print("😀 {doubled(4)} {doubled(5)}");\n' in emacs.text())

    emacs.goto("    print")
    emacs.keys("C-o dou")
    emacs.command("completion-at-point")
    wait("the only word", lambda: "\ndoubled\n" in emacs.text())
    emacs.keys("C-a C-k re")
    emacs.command("completion-at-point")
    wait("the menu", lambda: all(word in emacs.buffer("*Completions*") for word in ("record", "return", "reset")))


def test_qbc(emacs: Emacs, tmp_path: Path) -> None:
    path = tmp_path / "a.qbc"
    path.write_text(QBC, "utf-8")
    emacs.edit(path)
    ((place, said),) = wait("the error", emacs.diagnostics)
    assert place == "QMUV"
    assert "'QMUV' is not an instruction or a macro" in said

    emacs.goto("QMUV")
    emacs.keys("M-x eglot-code-actions RET RET")
    wait("the fix", lambda: "    QMUL r1, 2" in emacs.text())
    wait("no error", lambda: not emacs.diagnostics())

    emacs.goto("QMOV")
    emacs.keys("M-x eldoc RET")
    wait("the hover", lambda: "QMOV" in emacs.buffer("*eldoc"))

    emacs.goto("double\n")
    emacs.keys("M-.")
    wait("the definition", lambda: emacs.place() == ("a.qbc", 6, 0))
    emacs.keys("M-x eglot-rename RET twice RET")
    wait("the new name", lambda: "\ntwice:" in emacs.text())
    assert "    QCALL twice\n" in emacs.text()
    emacs.keys("M-x eglot-format-buffer RET")
    wait("the layout", lambda: "\n    QADD r1, r1\n" in emacs.text())


def test_a_circuit(emacs: Emacs, tmp_path: Path) -> None:
    path = tmp_path / "a.sigma.json"
    path.write_text(CIRCUIT, "utf-8")
    emacs.edit(path)
    ((place, said),) = wait("the error", emacs.diagnostics)
    assert place == '"hh"'
    assert "'hh'" in said


def test_the_server_ends_with_the_editor(emacs: Emacs, tmp_path: Path) -> None:
    path = tmp_path / "a.sigma"
    path.write_text(SIGMA, "utf-8")
    emacs.edit(path)
    wait("the error", emacs.diagnostics)
    assert emacs.quit() == 0
    wait("the end of the server", lambda: not running(mark(emacs.environment)))
