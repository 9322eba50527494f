"""``qbcc compile --emit qasm3`` and its like, ``qbc draw``: run a program and show the circuit that it records."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from qbcc import driver, frontends, render
from qbcc.circuits.messages import no_circuit
from qbcc.cli.common import fail, has_colour, json_text, say, show, within_memory
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.files import write_whole
from vm.circuit.items import Circuit
from vm.machine import Machine
from vm.trap import ObjectError

_ENDINGS: Final = {"qasm3": ".qasm", "qasm2": ".qasm", "qiskit": ".py"}
"""Endings of circuits that are sources."""
_SECONDS: Final = 60.0
"""Of a run, unless it is told otherwise."""


@dataclass(frozen=True)
class Limits:
    """How the program is run."""

    seed: int | None
    timeout: float | None
    backend: str | None
    args: tuple[int | float, ...] = ()
    as_json: bool = False


def record(built: driver.Built, limits: Limits, kind: str = "") -> Circuit:
    """Follow a program and return its circuit; what it prints goes to standard error. ``kind``: what it is for."""
    assert built.object is not None
    try:
        machine = Machine(
            built.object,
            seed=limits.seed,
            timeout=_SECONDS if limits.timeout is None else limits.timeout,
            backend=limits.backend or "aer",
            args=limits.args,
            stdout=_print,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except ObjectError as error:
        fail([Diagnostic("E0801", f"the program cannot run: {error.reason}", None)], limits.as_json)
    if machine.quantum is None:
        raise no_circuit("the program has no quantum instruction")
    if machine.quantum.is_remote:
        # Its jobs would be for a circuit that is known without them, and may cost.
        raise click.UsageError(f"'{limits.backend}' is a device: a circuit is recorded with aer, mock or none")
    from qbcc.circuits import emit as circuits

    circuit, outcome = circuits.follow(machine)
    if outcome.trap is not None:
        if limits.as_json:
            show(json_text(render.trap_data(outcome.trap, built.shown)))
        else:
            say(render.trap(outcome.trap, built.shown, has_colour()))
        raise SystemExit(outcome.status)
    for line in circuits.notes(machine, circuit, kind):
        say(line)
    return circuit


def _print(data: bytes) -> None:
    sys.stderr.buffer.write(data)
    sys.stderr.buffer.flush()


def load(
    files: Sequence[str],
    defines: Mapping[str, str],
    include: Sequence[Path],
    settings: frontends.Settings,
    *,
    as_json: bool,
) -> driver.Built:
    """A program, or the errors in it."""
    with within_memory(as_json=as_json):
        built = driver.load(list(files), defines, include, settings)
    if built.object is None:
        fail(built.diagnostics, as_json)
    return built


def emit(built: driver.Built, kind: str, output: Path | None, limits: Limits) -> None:
    """Write the circuit as one of :data:`qbcc.circuits.emit.KINDS`."""
    from qbcc.circuits import emit as circuits

    try:
        circuits.need(kind)
        circuit = record(built, limits, kind)
        if kind == "qir" and output is not None and output.suffix == ".bc":
            write_whole(output, circuits.bitcode(circuit), built.inputs)
            return
        text = circuits.emit(circuit, kind)
        if output is None:
            show(text.rstrip("\n"))
        else:
            write_whole(output, (text.rstrip("\n") + "\n").encode(), built.inputs, _ENDINGS.get(kind, ""))
    except SourceError as error:
        fail(error.diagnostics, limits.as_json)


def draw(built: driver.Built, output: Path | None, limits: Limits) -> None:
    """Draw it: on the terminal, or as .txt, .png, .svg."""
    from qbcc.circuits import emit as circuits

    form = "txt" if output is None else output.suffix[1:].lower()
    try:
        circuits.need(form)
        circuit = record(built, limits)
        if output is None:
            width = shutil.get_terminal_size((100, 24)).columns
            show(circuits.draw_text(circuit, width, plain=not _has_lines()))
        elif form == "txt":
            write_whole(output, (circuits.draw_text(circuit, 120, plain=False) + "\n").encode(), built.inputs)
        else:
            write_whole(output, circuits.draw_picture(circuit, form), built.inputs)
    except SourceError as error:
        fail(error.diagnostics)


def _has_lines() -> bool:
    try:
        "┌─┤╫░".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
