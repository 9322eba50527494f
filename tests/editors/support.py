"""What tests in real editors share: what they need, the set-up that the page prints, waiting, and ending what they began."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from tests.test_docs import read, section

T = TypeVar("T")
PATIENCE = 30
"""Seconds for anything that an editor is waited for."""
PACKAGES = {
    "nvim": "neovim",
    "emacs": "emacs-nox elpa-eglot",
    "chromium": "chromium",
    "rg": "ripgrep",
    "node": "nodejs",
}
"""Debian's packages, by the command that each brings."""
_MARK = "QBC_EDITOR_TEST"


def needs(*commands: str) -> None:
    """Skip a test that lacks a command, or fail it where ``QBC_EDITORS`` says that all must be there."""
    missing = [PACKAGES[command] for command in commands if shutil.which(command) is None]
    if missing:
        lacking(f"not installed: {' '.join(missing)} (Debian's packages)")


def lacking(what: str) -> None:
    """Skip or fail, as :func:`needs` does."""
    if os.environ.get("QBC_EDITORS") == "required":
        pytest.fail(what)
    pytest.skip(what)


def set_up(editor: str, language: str) -> str:
    """The set-up as the page of editors prints it: the blocks of a language under an editor's heading."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", section(read("editors.md"), editor), re.MULTILINE | re.DOTALL)
    assert blocks, f"the page shows no {language} under '{editor}'"
    return "\n".join(blocks)


def wait(what: str, condition: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """The first true value of a condition; what is waited for is named when it does not come."""
    end = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"waited {patience} s for {what}; last: {found!r}"
        time.sleep(0.03)


@contextlib.contextmanager
def processes(home: Path, **more: str) -> Iterator[Mapping[str, str]]:
    """An environment with its own home and with this toolchain first; all that was started in it is ended behind it.

    Processes are told by a mark in their environment, since editors put some in sessions of their own. Sockets go to a
    folder with a short name: their addresses are short, and folders of tests need not be.
    """
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "NVIM", "VSCODE_"))}
    with tempfile.TemporaryDirectory(prefix="qbc-", ignore_cleanup_errors=True) as short:
        environment = kept | {
            _MARK: uuid.uuid4().hex,
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "TMPDIR": short,
            "XDG_RUNTIME_DIR": short,
            **more,
        }
        try:
            yield environment
        finally:
            while left := running(mark(environment)):
                for process in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                time.sleep(0.03)


def running(mark: str) -> list[int]:
    """Processes that were started with a mark in their environment."""
    wanted = f"{_MARK}={mark}".encode()
    found = []
    # What has ended and was not waited for yet has no environment any more.
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def mark(environment: Mapping[str, str]) -> str:
    """The mark of what is started in an environment."""
    return environment[_MARK]
