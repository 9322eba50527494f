"""The editor's benchmark types what a person would, into sources that are right, and hears a real server. No times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import editor, keystrokes, language_client, report, results
from benchmarks.contenders import BenchmarkError
from benchmarks.results import Samples
from benchmarks.suite import PROGRAMS
from qbcc.assembly.check import check
from qbcc.source import SourceFile


def test_assembly_is_right() -> None:
    text = keystrokes.source(keystrokes.QBC, 1000)
    assert 1000 <= text.count("\n") < 1500
    assert check(SourceFile("typed.qbc", text, str(PROGRAMS / "typed.qbc"))).diagnostics == ()


@pytest.mark.parametrize("language", editor.LANGUAGES)
def test_letters_come_one_by_one(language: str) -> None:
    text = keystrokes.source(language, 300)
    kinds = set()
    for stroke in keystrokes.strokes(language, text, 300):
        lines = text.split("\n")
        offsets = [sum(len(line) + 1 for line in lines[:number]) for number in (stroke.line, stroke.end_line)]
        assert 0 <= stroke.start <= len(lines[stroke.line])
        assert 0 <= stroke.end <= len(lines[stroke.end_line])
        text = text[: offsets[0] + stroke.start] + stroke.text + text[offsets[1] + stroke.end :]
        kinds.add((stroke.line == stroke.end_line, "\n" in stroke.text, len(stroke.text.strip())))
        assert len(stroke.text.strip()) <= 1
    assert kinds == {(True, False, 1), (True, False, 0), (True, True, 0), (False, False, 0)}


def test_a_server_is_timed(tmp_path: Path) -> None:
    waits = editor.measure([editor.QBC], runs=1, changes=40, small=True)
    assert {wait.what for wait in waits.waits} >= {editor.START, editor.CHANGE, editor.AFTER_BURST, editor.HOVER}
    assert all(seconds > 0 for wait in waits.waits for seconds in wait.samples.seconds)
    results.save(waits, tmp_path / "waits.json")
    loaded = editor.load(tmp_path / "waits.json")
    assert loaded == waits
    shown = report.write(loaded, editor.tables(loaded))
    assert all(f"| {wait.what} |" in shown for wait in waits.waits)


def test_a_server_that_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "true")
    with language_client.LanguageClient() as client, pytest.raises(BenchmarkError, match="has ended"):
        client.wait(lambda message: True)


def test_the_share_of_runs() -> None:
    samples = Samples([0.3, 0.1, 0.2, 0.4])
    assert [samples.most_of(share) for share in (0.25, 0.5, 0.95, 1)] == [0.1, 0.2, 0.4, 0.4]
