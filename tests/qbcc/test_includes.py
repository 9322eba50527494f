"""What ``.include`` reads, and above all what it does not."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from qbcc.assembly import includes
from qbcc.assembly.assemble import Assembly, Options, assemble
from qbcc.source import SourceFile


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a main source, with a secret beside it."""
    folder = tmp_path / "home"
    folder.mkdir()
    (tmp_path / "secret.qbc").write_text("QHALT 42")
    return folder


def run(home: Path, text: str, **options: object) -> Assembly:
    path = home / "main.qbc"
    path.write_text(text, encoding="utf-8")
    return assemble(SourceFile("main.qbc", text, os.path.realpath(path)), Options(**options))  # type: ignore[arg-type]


def codes(found: Assembly) -> list[str]:
    return [d.code for d in found.diagnostics]


def test_beside_the_includer(home: Path) -> None:
    (home / "sub").mkdir()
    (home / "sub" / "a.qbc").write_text('.include "b.qbc"\nQNOP')
    (home / "sub" / "b.qbc").write_text("QBRK")
    found = run(home, '.include "sub/a.qbc"\nQRET')
    assert found.object is not None
    assert len(found.object.code) == 3
    assert found.object.files == ["main.qbc", "sub/a.qbc", "sub/b.qbc"]
    assert [s.name for s in found.included] == ["main.qbc", "sub/a.qbc", "sub/b.qbc"]


def test_the_order_of_folders(home: Path, tmp_path: Path) -> None:
    for name, status in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.qbc").write_text(f"QHALT {status}")
        (tmp_path / name / "qbc_core.qbc").write_text(f"QHALT {status}")
    folders = {"include_dirs": [tmp_path / "one", tmp_path / "two"]}
    found = run(home, '.include "x.qbc"', **folders)
    assert found.object is not None
    assert found.object.constants.tolist() == [1]
    (home / "x.qbc").write_text("QHALT 9")
    found = run(home, '.include "x.qbc"', **folders)
    assert found.object is not None
    assert found.object.constants.tolist() == [9]
    found = run(home, '.include "qbc_core.qbc"', **folders)
    assert found.object is not None
    assert found.object.constants.tolist() == [1]


def test_the_library(home: Path) -> None:
    found = run(home, '.include "qbc_core.qbc"\nmain: QCALL qbc_print_int\nQRET')
    assert found.object is not None
    assert "<stdlib>/qbc_core.qbc" in found.object.files


def test_once_a_file(home: Path) -> None:
    (home / "a.qbc").write_text("a: QNOP")
    (home / "b.qbc").write_text('.include "a.qbc"')
    assert codes(run(home, '.include "a.qbc"\n.include "./a.qbc"\n.include "b.qbc"')) == []


def test_the_section_of_the_includer_is_restored_and_end_ends_its_file(home: Path) -> None:
    (home / "a.qbc").write_text(".data\nt: .byte 1\n.end\ngarbage (")
    found = run(home, '.query_interface\n.include "a.qbc"\nf: QRET')
    assert found.object is not None
    assert [s.is_query for s in found.object.symbols if s.name == "f"] == [True]


def test_blocks_end_in_their_file(home: Path) -> None:
    (home / "a.qbc").write_text(".if 1")
    found = run(home, '.include "a.qbc"\n.endif')
    assert codes(found) == ["E0602", "E0601"]


def test_a_circle_prints_the_chain(home: Path) -> None:
    (home / "a.qbc").write_text('.include "b.qbc"')
    (home / "b.qbc").write_text('.include "a.qbc"')
    (found,) = run(home, '.include "a.qbc"').diagnostics
    assert found.code == "E0503"
    assert "a.qbc → b.qbc → a.qbc" in found.message
    assert codes(run(home, '.include "main.qbc"')) == ["E0503"]


@pytest.mark.parametrize(
    "name", ["../secret.qbc", "sub/../../secret.qbc", "/etc/hostname", "C:\\\\boot.ini", "link.qbc", "way/secret.qbc"]
)
def test_no_way_out(home: Path, name: str) -> None:
    (home / "sub").mkdir()
    (home / "link.qbc").symlink_to(home.parent / "secret.qbc")
    (home / "way").symlink_to(home.parent)
    found = run(home, f'.include "{name}"')
    assert codes(found) == ["E0502"]
    assert all("QHALT 42" not in str(d) for d in found.diagnostics)
    assert len(found.included) == 1


def test_a_link_that_stays_inside_is_fine(home: Path) -> None:
    (home / "real.qbc").write_text("x: QNOP")
    (home / "link.qbc").symlink_to(home / "real.qbc")
    assert codes(run(home, '.include "link.qbc"\n.include "real.qbc"')) == []


def test_a_folder_that_is_named_opens_what_lies_below_it(home: Path) -> None:
    found = run(home, '.include "secret.qbc"', include_dirs=[home.parent])
    assert codes(found) == []


def test_what_is_no_regular_file(home: Path) -> None:
    os.mkfifo(home / "pipe.qbc")
    (home / "folder.qbc").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(home / "socket.qbc"))
        for name, code in (("pipe.qbc", "E0504"), ("folder.qbc", "E0504"), ("socket.qbc", "E0501"), ("", "E0502")):
            assert codes(run(home, f'.include "{name}"')) == [code]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none.qbc", "E0501"),
        ("x" * 5000, "E0501"),
        ("a\\0b", "E0502"),
        ("\\xff", "E0502"),
        ("\\q", "E0103"),
        (".", "E0504"),
    ],
)
def test_odd_names(home: Path, name: str, code: str) -> None:
    assert codes(run(home, f'.include "{name}"')) == [code]


def test_a_circle_of_links(home: Path) -> None:
    (home / "a.qbc").symlink_to(home / "b.qbc")
    (home / "b.qbc").symlink_to(home / "a.qbc")
    assert codes(run(home, '.include "a.qbc"')) == ["E0501"]


def test_not_utf_8_says_where(home: Path) -> None:
    (home / "a.qbc").write_bytes(b"QNOP\nQNOP \xff\n")
    (found,) = run(home, '.include "a.qbc"').diagnostics
    assert found.code == "E0505"
    assert "0xff on line 2" in found.message


def test_a_file_has_a_bound(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(includes, "MAX_SOURCE", 100)
    (home / "a.qbc").write_text(";" * 101)
    (home / "b.qbc").write_text(";" * 100)
    assert codes(run(home, '.include "b.qbc"\n.include "a.qbc"')) == ["E0504"]


def test_depth_has_a_bound(home: Path) -> None:
    for number in range(250):
        (home / f"f{number}.qbc").write_text(f'.include "f{number + 1}.qbc"')
    assert codes(run(home, '.include "f0.qbc"')) == ["E0605"]


def test_an_editor_s_text_comes_before_the_disk(home: Path) -> None:
    (home / "a.qbc").write_text("QHALT 1")
    unsaved = {str(home / "a.qbc"): "QHALT 2", str(home / "new.qbc"): "QHALT 3"}

    def read(path: Path) -> str:
        if str(path) not in unsaved:
            raise FileNotFoundError
        return unsaved[str(path)]

    found = run(home, '.include "a.qbc"\n.include "new.qbc"\n.include "qbc_core.qbc"', read=read)
    assert found.object is not None
    assert found.object.constants.tolist()[:2] == [2, 3]


def test_a_text_without_a_folder_includes_from_the_library_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.qbc").write_text("QNOP")
    monkeypatch.chdir(tmp_path)
    assert codes(assemble(SourceFile("<stdin>", '.include "qbc_core.qbc"'))) == []
    assert codes(assemble(SourceFile("<stdin>", '.include "a.qbc"'))) == ["E0501"]


def test_names_do_not_depend_on_where_the_source_lies(home: Path) -> None:
    (home / "a.qbc").write_text("a: QNOP")
    text = '.include "a.qbc"'
    path = os.path.realpath(home / "main.qbc")
    (home / "main.qbc").write_text(text)
    for shown in ("main.qbc", "./home/main.qbc", path):
        found = assemble(SourceFile(shown, text, path))
        assert found.object is not None
        assert found.object.files == ["main.qbc", "a.qbc"]
