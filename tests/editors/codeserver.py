"""VS Code as a server on this machine, with the extension in it."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tests.editors.support import lacking, wait

ROOT: Final = Path(__file__).parents[2]
_INSTALLED: Final = ROOT / ".editors"
_PROGRAM: Final = _INSTALLED / "node_modules" / "code-server" / "out" / "node" / "entry.js"
EXTENSION: Final = ROOT / "lsp" / "vscode"
HOST_TESTS: Final = EXTENSION / "out-test" / "index.js"
_VSIX: Final = EXTENSION / "qbc.vsix"
_INSTALLING: Final = 60
_SETTINGS: Final[dict[str, Any]] = {
    # Nothing from the network, and nothing in the way.
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "remote.autoForwardPorts": False,
    "workbench.enableExperiments": False,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.layoutControl.enabled": False,
    "window.commandCenter": False,
    "git.enabled": False,
    "files.autoSave": "off",
    "files.exclude": {".venv": True},
    # The text of a terminal can be read when it is not painted.
    "terminal.integrated.gpuAcceleration": "off",
    # The same picture at each time.
    "editor.cursorBlinking": "solid",
    "editor.fontFamily": "DejaVu Sans Mono",
    "editor.minimap.enabled": False,
    "terminal.integrated.shellIntegration.enabled": False,
}


def needs_code_server() -> None:
    """Skip or fail where it or the driver of the browser is not installed, or the extension not made."""
    if find_spec("playwright") is None:
        lacking("not installed: playwright (make editors)")
    if not (_INSTALLED / "code-server.stamp").exists():
        lacking("not installed: code-server (make editors)")
    for made in (_VSIX, HOST_TESTS):
        if not made.exists():
            lacking(f"not made: {made.relative_to(ROOT)} (make editors)")


@contextlib.contextmanager
def code_server(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of one that runs. Its data lies in the folder."""
    data, log = folder / "data", folder / "code-server.log"
    settings = data / "User" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(_SETTINGS), "utf-8")
    command = ["node", str(_PROGRAM), "--user-data-dir", str(data), "--extensions-dir", str(folder / "extensions")]
    install = [*command, "--install-extension", str(_VSIX)]
    subprocess.run(install, env=environment, cwd=folder, capture_output=True, timeout=_INSTALLING, check=True)
    # A free port is the server's to find: it says which.
    serve = ["--bind-addr", "127.0.0.1:0", "--auth", "none", "--disable-telemetry", "--disable-update-check"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, *serve, "--disable-workspace-trust"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:

        def address() -> str | None:
            assert process.poll() is None, log.read_text("utf-8")
            found = re.search(r"listening on (http://127\.0\.0\.1:\d+)/", log.read_text("utf-8"))
            return found[1] if found else None

        yield wait("the address of code-server", address)
    finally:
        process.kill()
        process.wait()
