"""What is known of the files of a workspace; how names are found by their letters; parameters of macros."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lsp import files
from lsp.features import navigation, parameters, workspace_symbols
from lsp.features.workspace_symbols import found, likeness
from lsp.files import Files, View
from lsp.index import Declared
from lsp.workspace import Workspace
from qbcc.source import SourceFile
from tests.lsp.support import analysed


def looked(folder: Path) -> Files:
    known = Files((str(folder),))
    known.look(0)
    return known


def names(known: Files) -> set[str]:
    return {one.name for each in known.known.values() for one in each.declared}


def test_declarations_of_a_source() -> None:
    text = '// é\n/* fn no() */ export fn yes(n: int) { let inner = "fn no()"; }\nrecord R { let: int }\nextern fn out();\nvar v = 1;\n'
    found = files.summary(SourceFile("a", text), "sigma")
    assert [(one.name, one.line, one.before) for one in found.declared] == [
        ("yes", 1, "/* fn no() */ export fn "), ("R", 2, "record "), ("out", 3, "extern fn "), ("v", 4, "var "),
    ]  # fmt: skip
    assert (found.gives, found.takes) == ({"yes"}, {"out"})
    text = "\ufeff.define A 1\r\n.global f, g\n.extern h\nf:\n@l: QRET\n.macro m x\n@l: y: QNOP\n.endm\n.data\nd: .byte 1\n"
    found = files.summary(SourceFile("a", text), "qbc")
    assert [(one.name, one.line, one.kind.name) for one in found.declared] == [
        ("f", 3, "Function"), ("d", 9, "Variable"), ("A", 0, "Constant"), ("m", 5, "Operator"),
    ]  # fmt: skip
    assert (found.gives, found.takes) == ({"f", "g"}, {"h"})
    assert found.declared[2].before == "\ufeff.define "


def test_files_are_read_again_when_they_change(tmp_path: Path) -> None:
    one = tmp_path / "one.qbc"
    one.write_text("a: QRET\n")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/two.qbc").write_text("b: QRET\n")
    os.mkfifo(tmp_path / "pipe.qbc")
    (tmp_path / "circle").symlink_to(tmp_path)
    known = looked(tmp_path)
    assert names(known) == {"a"}
    first = known.known
    known.look(1000)
    assert known.known is first
    known.look(0)
    assert known.known[str(one)] is first[str(one)]
    one.write_text("abc: QRET\n")
    known.look(0)
    assert names(known) == {"abc"}
    one.unlink()
    known.forget()
    known.look(1000)
    assert not known.known


def test_there_are_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        (tmp_path / f"{number}.qbc").write_text(f"a{number}: QRET\n")
    monkeypatch.setattr(files, "MAX_SIZE", 100)
    (tmp_path / "0large.qbc").write_text("large: QRET\n" + ";" * 100)
    assert names(looked(tmp_path)) == {"a0", "a1", "a2", "a3", "a4"}
    assert looked(tmp_path).is_whole
    monkeypatch.setattr(files, "MAX_FILES", 2)
    assert names(looked(tmp_path)) == {"a0", "a1"}
    assert not looked(tmp_path).is_whole
    monkeypatch.setattr(files, "MAX_FILES", 100)
    monkeypatch.setattr(files, "MAX_TOTAL", 25)
    assert len(names(looked(tmp_path))) == 2
    monkeypatch.setattr(files, "MAX_SEEN", 1)
    assert not looked(tmp_path).is_whole


def test_a_first_look_shows_what_it_has_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        (tmp_path / f"{number}.qbc").write_text(f"a{number}: QRET\n")
    monkeypatch.setattr(files, "_SHOWN", 2)
    known = Files((str(tmp_path),))
    known.look(0, lambda: len(names(known)) < 4)
    assert names(known) == {"a0", "a1", "a2", "a3"}
    known.look(1000)
    assert len(names(known)) == 5


def test_programs_that_a_file_belongs_to(tmp_path: Path) -> None:
    for name, text in {
        "a.qbc": '.include "b.qbc"\n.include "c.qbc"\n', "b.qbc": "here: QRET\n", "c.qbc": "    QCALL here\n",
        "d.qbc": '.include "b.qbc"\n', "e.qbc": "    QCALL here\n", "x.qbc": '.include "y.qbc"\nk: QJMP l\n', "y.qbc": '.include "x.qbc"\nl: QJMP k\n',
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    workspace = Workspace()
    view = View(looked(tmp_path).known, workspace.documents.values())

    def programs(name: str, word: str, *seen: str) -> list[str]:
        found = view.programs(str(tmp_path / name), word, {str(tmp_path / each) for each in seen})
        return [Path(path).name for path in found]

    assert programs("b.qbc", "here") == ["a.qbc", "d.qbc"]
    assert programs("b.qbc", "here", "b.qbc") == ["a.qbc"]
    assert programs("b.qbc", "nowhere") == []
    assert programs("x.qbc", "k", "x.qbc") == ["x.qbc"]
    workspace.open((tmp_path / "d.qbc").as_uri(), "", 1, '.include "b.qbc"\n    QJMP here\n')
    view = View(looked(tmp_path).known, workspace.documents.values())
    assert programs("b.qbc", "here", "b.qbc") == ["a.qbc", "d.qbc"]


def test_letters_of_names() -> None:
    assert likeness("xyz", "abc") is None
    assert likeness("", "abc") == 0
    rows = [("a", Declared(name, files.SymbolKind.Function, 0, "")) for name in ("my_print_int", "prince_in_time", "print_int", "Pi", "aprbiccnct", "PrintInt")]  # fmt: skip
    assert [one.name for _, one in found("print int", rows)][:3] == ["PrintInt", "print_int", "my_print_int"]
    assert found("pi", rows)[0][1].name == "Pi"
    names = [one.name for _, one in found("pint", rows)]
    assert names.index("print_int") < names.index("prince_in_time") < names.index("aprbiccnct")
    assert found("pint", rows * 200) == found("pint", rows * 200)[: workspace_symbols.MOST]


def test_parameters_of_macros() -> None:
    text = '.define a 1\n.macro m a, b ; a\n    QADD a, b, a\n    .asciz "a"\n.endm\n    QMOV r0, a\n'
    source = SourceFile("a", text)
    at = parameters.at(source, 3, 10)
    assert at is not None
    places = parameters.places(source, *at)
    assert [(each.line, each.column) for each in places] == [(2, 10), (3, 10), (3, 16)]
    assert parameters.at(source, 6, 14) is None
    assert parameters.at(source, 1, 9) is None
    symbols = analysed(text, "a.qbc").symbols
    assert navigation.renamed_parameter(symbols, places, "c") == places
    for taken in ("b", "m", "QADD", "r3", "@a"):
        with pytest.raises(navigation.RefusedError):
            navigation.renamed_parameter(symbols, places, taken)
