"""Writes what commands and Python print into the pages that show it: ``python docs/gen_pages.py``. A test checks that
they are current.

A ``console`` block's lines that begin with ``$`` are run in a folder that holds the files which the page itself shows
(``name.qbc:``, ``name.sigma:`` or ``name.sigma.json:`` before a block); a ``pycon`` block's statements too, all of a
page in one session. What follows each is replaced by what it prints. Lines that hold times are kept as they are."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_DOCS = Path(__file__).parent
PAGES = (_DOCS.parent / "README.md", *(_DOCS / f"{name}.md" for name in ("tutorial", "sigma_tutorial", "tools")))
_BLOCK = re.compile(r"```(console|pycon)\n(.*?)```", re.DOTALL)
_FILE = re.compile(r"`([a-z_]+\.(?:qbc|sigma(?:\.json)?))`:\n\n```\w*\n(.*?)```", re.DOTALL)
_SKIPPED = ("make", "pipx")
_TIMES = re.compile(r"^(?:\d[\d,]* instructions in|(?:pass|FAIL)  \S+  \d).*$", re.MULTILINE)


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
    names: dict[str, Any] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in _FILE.findall(text):
            (folder / file).write_text(content, "utf-8")

        def block(match: re.Match[str]) -> str:
            made = _session(match[2], folder) if match[1] == "console" else _python(match[2], folder, names)
            return f"```{match[1]}\n{made}```"

        return _BLOCK.sub(block, text)


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
        lines.append(_ended(_TIMES.sub(lambda found, times=times: next(times, found[0]), output)))
    return "".join(lines)


def _python(block: str, folder: Path, names: dict[str, Any]) -> str:
    """One block of statements with what the interpreter shows; an exception ends it all."""
    lines = []
    for example in doctest.DocTestParser().get_examples(block):
        first, *others = example.source.splitlines()
        lines += [f">>> {first}\n", *(f"... {line}".rstrip() + "\n" for line in others)]
        shown = io.StringIO()
        with contextlib.chdir(folder), contextlib.redirect_stdout(shown):
            exec(compile(example.source, "<page>", "single"), names)
        lines.append(_ended(shown.getvalue()))
    return "".join(lines)


def _ended(output: str) -> str:
    return output if output.endswith("\n") or not output else output + "\n"


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(renewed(page.read_text("utf-8")), "utf-8")
