"""An editor's check says what the assembler says, of any text."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from qbcc.assembly.assemble import Options
from qbcc.assembly.check import check
from qbcc.source import SourceFile
from tests import random_source
from tests.fuzz import mutate
from tests.qbcc.checks import LINES, same

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("folder", ["stdlib", "examples", "benchmarks/programs", "tests/golden_errors"])
def test_written_programs(folder: str) -> None:
    paths = sorted((ROOT / folder).glob("*.qbc"))
    found = [same(path.read_bytes().decode("utf-8", "replace"), path=path) for path in paths]
    assert paths
    assert any(found) == (folder == "tests/golden_errors")


@pytest.mark.parametrize("make", [mutate.mutated_source, mutate.mutated_tokens])
def test_damaged_programs(make: Any) -> None:
    assert sum(same(make(seed)) for seed in range(100)) > 100


def test_random_programs() -> None:
    for seed in range(40):
        for module in random_source.modules(seed, 2):
            assert same(module.text) == 0


def test_random_lines() -> None:
    rng = random.Random(1)
    codes = set()
    for _ in range(400):
        text = "\n".join(rng.choices(LINES, k=rng.randrange(1, 30)))
        same(text)
        codes |= {each.code for each in check(SourceFile("a.qbc", text)).diagnostics}
    assert len(codes) > 15


def test_too_many_errors_and_lines() -> None:
    assert same("    QMOV r1, 1 << 64\n" * 1500) == 1001
    assert same(".if 1\n" + "label:\n" * 1500) == 1001
    assert same("    QADD r1\n" * 700 + "".join(f" QMOV r1, n{i}\n" for i in range(900))) == 1001
    assert same(".rept 600000\n.endr\n.rept 600000\n.endr\n    QNOP\n    QNOP\n") == 1
    assert same(f"    QNOP ; {'x' * (1 << 20)}\n    QADD\n") == 2


def test_files(tmp_path: Path) -> None:
    """Included files are read each time, from the editor where it holds them."""
    main, part = tmp_path / "main.qbc", tmp_path / "part.qbc"
    text = '.include "part.qbc"\n.text\nmain:\n    QMOV r1, WIDTH\n    QCALL helper\n'
    held: dict[Path, str] = {}

    def read(path: Path) -> str:
        if path not in held:
            raise FileNotFoundError(path)
        return held[path]

    part.write_text(".define WIDTH 8\nhelper: QRET\n", "utf-8")
    options = Options(read=read)
    assert same(text, options, main) == 0
    held[part] = ".define WIDTH 1 << 64\n.data\nhelper: .byte 300\n"
    assert same(text, options, main) == 3
    del held[part]
    part.write_text("    QADD r1, r2, OTHER\n", "utf-8")
    assert same(text, options, main) == 3
