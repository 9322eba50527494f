"""Writes the commands' outputs into the pages that show them: ``python docs/gen_pages.py``. A test checks that they are
current.

A block that begins with ``$ command`` is run in an empty folder with the files that the page itself shows (``name.qbc:`` before
a block), and what follows the command is replaced by what it prints. Lines that hold times are kept as they are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAGES = (Path(__file__).parents[1] / "README.md", Path(__file__).parent / "tutorial.md")
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_FILE = re.compile(r"`([a-z_]+\.qbc)`:\n\n```\w*\n(.*?)```", re.DOTALL)
_SKIPPED = ("make", "pipx")
_TIMES = re.compile(r"^\d[\d,]* instructions in .*$", re.MULTILINE)


def run(command: str, folder: Path) -> str:
    """What a command prints, errors included."""
    scripts = str(Path(sys.executable).parent)
    settings = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=settings, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout + done.stderr


def renewed(text: str) -> str:
    """The page with every output as it is now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in _FILE.findall(text):
            (folder / file).write_text(content, "utf-8")
        return _BLOCK.sub(lambda match: f"```console\n{_session(match[1], folder)}```", text)


def _session(block: str, folder: Path) -> str:
    """One block of commands with their outputs."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    lines = [parts[0]]
    for command, before in zip(parts[1::2], parts[2::2], strict=True):
        lines.append(f"$ {command}\n")
        if command.split()[0] in _SKIPPED:
            lines.append(before)
            continue
        output = run(command.split("  #")[0], folder)
        times = iter(_TIMES.findall(before))
        lines.append(_TIMES.sub(lambda found, times=times: next(times, found[0]), output))
    return "".join(lines)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(renewed(page.read_text("utf-8")), "utf-8")
