"""The programs in ``programs`` that say what the library does, which pytest runs by the project's own plug-in: there is
one for each module, in the one layout, and nothing is to be said against it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.test_commands import call
from tests.stdlib.harness import library_files

FOLDER = Path(__file__).parent / "programs"


def test_every_module_has_one() -> None:
    for module in library_files():
        program = FOLDER / module.name.removeprefix("qbc_")
        assert f'.include "{module.name}"' in program.read_text("utf-8")


def test_pytest_takes_them() -> None:
    """Each that says something, all cases: the option of the project's settings lists them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=FOLDER.parents[2])
    taken = {line.partition("::")[0].rpartition("/")[2] for line in done.stdout.splitlines() if "::" in line}
    assert taken == {path.name for path in FOLDER.iterdir()} - {"lines.qbc"}, done.stdout + done.stderr


def test_layout_and_lint() -> None:
    for words in (("fmt", "--check"), ("lint", "--strict")):
        done = call("qbcc", *words, FOLDER.name, cwd=FOLDER.parent)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
