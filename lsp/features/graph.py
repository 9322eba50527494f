"""The flow of control in a routine, as a graph in the language of Graphviz."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

from lsp.qbc.flow import routine
from qbcc.flow.program import Flow
from qbcc.observe import graphs

_SECONDS: Final = 10.0
"""For Graphviz."""
_MOST: Final = 2_000
"""Blocks of a routine that are drawn."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph, or why there is none."""

    dot: str
    svg: str | None
    message: str = ""


def control_flow(flow: Flow, name: str | None) -> str | None:
    """The blocks of a routine and the ways between them, of all routines without a name; None where there is no such
    routine."""
    if name is None:
        return graphs.all_control_flow(flow, most=_MOST)
    found = routine(flow, name)
    return graphs.control_flow(flow, found, _MOST) if found is not None else None


def drawn(dot: str) -> Graph:
    """With a picture, where Graphviz is installed."""
    program = shutil.which("dot")
    if program is None:
        return Graph(dot, None, "Graphviz draws the picture, and its program 'dot' is not installed")
    try:
        done = subprocess.run([program, "-Tsvg"], input=dot, capture_output=True, text=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Graph(dot, None, f"Graphviz gave no picture: {error}")
    if done.returncode:
        return Graph(dot, None, f"Graphviz gave no picture: {done.stderr.strip()[:200]}")
    return Graph(dot, done.stdout)
