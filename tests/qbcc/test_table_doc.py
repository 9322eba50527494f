"""Every code block of docs/tables.md runs, on a small table, and prints something."""

from __future__ import annotations

import contextlib
import io
import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from qbcc.export.save import ENDINGS, write
from tests import routing_model as model
from vm.output import Buffer, checksum

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    for ending in ENDINGS:
        write(model.buffer(model.entries(200)), path / f"table{ending}")
    payload = np.array([7, np.float64(0.5).view(np.uint64)], np.uint64).view(np.uint8)
    write(Buffer(1, 16, 0, 1, payload, checksum(payload)), path / "raw.npz")
    return path


def test_there_are_blocks() -> None:
    assert {language for language, _ in BLOCKS} == {"python", "sql"}


@pytest.mark.parametrize("place", range(len(BLOCKS)))
def test_block_runs(folder: Path, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    language, code = BLOCKS[place]
    if language == "sql":
        with contextlib.closing(sqlite3.connect("table.sqlite")) as connection:
            assert len(connection.execute(code).fetchall()) > 1
        return
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, f"{PAGE}:{place}", "exec"), {})
    assert printed.getvalue().strip()
