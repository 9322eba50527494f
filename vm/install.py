"""What to type to install a missing extra, for the interpreter that runs.

The distribution is called ``qbcc``: the name ``qbc`` belongs to another project."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

DISTRIBUTION: Final = "qbcc"


def advice(extra: str) -> str:
    """Return the shell command that adds ``extra`` (a name of ``pyproject.toml``) to this installation.

    pipx and uv keep an environment for each tool and mark it by a file; an environment that uv made has no pip."""
    wanted = f"'{DISTRIBUTION}[{extra}]'"
    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").is_file():
        return f"pipx runpip {shlex.quote(prefix.name)} install {wanted}"
    if (prefix / "uv-receipt.toml").is_file():
        return f"uv tool install --force {wanted}"
    python = shlex.quote(sys.executable or "python3")
    if find_spec("pip") is None:
        return f"uv pip install --python {python} {wanted}"
    return f"{python} -m pip install {wanted}"
