"""Lines are read once."""

from __future__ import annotations

import pytest

from benchmarks.assembler import generate
from qbcc.assembly import reading
from qbcc.assembly.check import check
from qbcc.source import SourceFile


def test_only_new_lines_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    kept = reading.Reading

    def counted(text: str) -> reading.Reading:
        read.append(text)
        return kept(text)

    monkeypatch.setattr(reading, "Reading", counted)
    lines = ["", *generate(300).split("\n")]
    check(SourceFile("a.qbc", "\n".join(lines)))
    read.clear()
    lines[200:200] = ["    QADD r1, r2, 774411", ""]
    lines[150] = "other_name_774411:"
    check(SourceFile("a.qbc", "\n".join(lines)))
    assert read == ["other_name_774411:", "    QADD r1, r2, 774411"]
