"""The commands that messages tell users to type for a missing extra."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from vm import install

ROOT = Path(__file__).parents[2]


def test_advice_names_the_running_interpreter() -> None:
    words = shlex.split(install.advice("quantum"))
    assert words == [sys.executable, "-m", "pip", "install", "qbcc[quantum]"]


def test_advice_quotes_an_interpreter_with_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/my env/bin/python")
    assert install.advice("table") == "'/my env/bin/python' -m pip install 'qbcc[table]'"


@pytest.mark.parametrize(
    ("marker", "advice"),
    [
        ("pipx_metadata.json", "pipx runpip qbcc install 'qbcc[ionq]'"),
        ("uv-receipt.toml", "uv tool install --force 'qbcc[ionq]'"),
    ],
)
def test_advice_for_the_installers_of_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: str, advice: str
) -> None:
    prefix = tmp_path / "qbcc"
    prefix.mkdir()
    (prefix / marker).write_text("")
    monkeypatch.setattr(sys, "prefix", str(prefix))
    assert install.advice("ionq") == advice


def test_advice_without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    assert install.advice("lsp") == f"uv pip install --python {shlex.quote(sys.executable)} 'qbcc[lsp]'"


def test_no_file_advises_the_distribution_of_another_project() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True).stdout.decode().splitlines()
    wrong = re.compile(rb"(?<![\w./-])qbc\[[a-z]|(?<!un)install qbc\b|version\(.qbc.\)")
    ours = str(Path(__file__).relative_to(ROOT))
    found = [
        name for name in names if name != ours and (ROOT / name).is_file() and wrong.search((ROOT / name).read_bytes())
    ]
    assert found == []
