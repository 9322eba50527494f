"""``qbcc compile --emit cfg`` and ``callgraph``: control flow and calls as graphs."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import click

from qbcc import driver
from qbcc.assembly.assemble import assemble
from qbcc.cli.common import fail, show
from qbcc.diagnostics import SourceError
from qbcc.files import write_whole
from qbcc.flow.program import Flow, analyse
from qbcc.flow.routines import Routine
from qbcc.objects.disassemble import disassemble
from qbcc.observe import graphs
from qbcc.source import SourceFile

_PICTURES: Final = (".svg", ".png")


def emit(pieces: Sequence[driver.Piece], kind: str, names: Sequence[str], output: Path | None, as_json: bool) -> None:
    """Write the graph as text, or as a picture if ``output`` says so."""
    try:
        flow = _flow(pieces, as_json)
        text = graphs.call_graph(flow) if kind == "callgraph" else _control_flow(flow, names)
        if output is None:
            show(text.rstrip("\n"))
            return
        ending = output.suffix.lower()
        content = graphs.drawn(text, ending[1:]) if ending in _PICTURES else text.encode()
        write_whole(output, content, driver.inputs_of(pieces))
    except SourceError as error:
        fail(error.diagnostics, as_json)


def _flow(pieces: Sequence[driver.Piece], as_json: bool) -> Flow:
    """Of one source by its own lines; of all else, linked, by those of its disassembly."""
    assembly = pieces[0].assembly if len(pieces) == 1 else None
    if assembly is None:
        obj, diagnostics = driver.join(pieces, complete=False)
        if obj is None:
            fail(diagnostics, as_json)
        assembly = assemble(SourceFile(f"{pieces[0].name}.qbc", disassemble(obj)))
    flow = analyse(assembly)
    if flow is None:
        fail(assembly.diagnostics, as_json)
    return flow


def _control_flow(flow: Flow, names: Sequence[str]) -> str:
    if not names:
        return graphs.all_control_flow(flow)
    if len(names) == 1:
        return graphs.control_flow(flow, _routine(flow, names[0]))
    return graphs.all_control_flow(flow, [_routine(flow, name) for name in names])


def _routine(flow: Flow, name: str) -> Routine:
    known = {flow.name(routine.entry): routine for routine in flow.routines}
    if name not in known:
        close = get_close_matches(name, known, 1)
        raise click.UsageError(f"there is no routine '{name}'" + (f": did you mean '{close[0]}'?" if close else ""))
    return known[name]
