"""The flow of control in a routine, as a graph in the language of Graphviz."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

from lsp.qbc_flow import routine
from qbcc.assemble import Assembly
from qbcc.decode import Decoder
from qbcc.flow.program import Flow
from qbcc.flow.routines import Routine
from qbcc.labels import Labels
from vm.isa import BY_CODE

_SECONDS: Final = 10.0
"""For Graphviz."""
_MOST: Final = 2_000
"""Blocks that are drawn."""
_LONGEST: Final = 40
"""Instructions of a block that are shown."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph, or why there is none."""

    dot: str
    svg: str | None
    message: str = ""


def control_flow(flow: Flow, made: Assembly, name: str | None) -> str | None:
    """The blocks of a routine and the ways between them, of all routines without a name; None where there is no such
    routine."""
    assert made.object is not None
    wanted = flow.routines
    if name is not None:
        found = routine(flow, name)
        if found is None:
            return None
        wanted = [found]
    decoder = Decoder(made.object, Labels(made.object), strict=False)
    lines = ["digraph flow {", '    node [shape=box fontname="monospace"];', '    edge [fontname="monospace"];']
    for number, each in enumerate(wanted):
        lines += _cluster(flow, decoder, each, number)
    return "\n".join([*lines, "}"]) + "\n"


def _cluster(flow: Flow, decoder: Decoder, found: Routine, number: int) -> list[str]:
    blocks = found.blocks[:_MOST]
    lines = [f"    subgraph cluster_{number} {{", f"        label={_quoted(flow.name(found.entry))};"]
    starts = {block.start for block in blocks}
    for block in blocks:
        shown = [decoder.instruction(index) for index in range(block.start, min(block.end, block.start + _LONGEST))]
        shown += ["…"] if block.end - block.start > _LONGEST else []
        label = "".join(f"{_escaped(line)}\\l" for line in shown)
        lines.append(f'        n{number}_{block.start} [label="{label}"];')
    lines.append("    }")
    outside: set[int] = set()
    for block in blocks:
        branches = len(block.successors) > 1
        for after in block.successors:
            if after not in starts:
                outside.add(after)
            style = "" if not branches else ' [label="no"]' if after == block.end else ' [label="yes"]'
            target = f"n{number}_{after}" if after in starts else f"out{number}_{after}"
            lines.append(f"    n{number}_{block.start} -> {target}{style};")
        last = BY_CODE[flow.code.rows[block.end - 1][0]]
        if last.name in ("QRET", "QHALT"):
            lines.append(f"    n{number}_{block.start} -> end{number};")
    if any(line.endswith(f"-> end{number};") for line in lines):
        lines.append(f'    end{number} [shape=circle label=""];')
    lines += (
        f"    out{number}_{place} [shape=ellipse label={_quoted(flow.name(place))}];" for place in sorted(outside)
    )
    return lines


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


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
