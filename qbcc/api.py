"""``import qbcc``: compile and run programs from Python."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from qbcc import driver, render
from qbcc.assembly.assemble import Options
from qbcc.diagnostics import SourceError
from qbcc.files import write_whole
from qbcc.source import SourceFile
from vm import output as buffers
from vm.bytecode import ObjectFile
from vm.isa import REGISTERS
from vm.machine import Machine
from vm.objfile import to_bytes
from vm.trap import Trap


class CompileError(SourceError):
    """A source with errors; ``str`` is what the command line prints, ``diagnostics`` the same as data."""

    def __str__(self) -> str:
        """All errors, as ``qbcc check`` shows them."""
        return "\n" + render.report(self.diagnostics)


@dataclass(eq=False, repr=False)
class Program(ObjectFile):
    """A compiled program: run it with :func:`run`, or give it to a :class:`Machine`."""

    name: str = ""

    def save(self, path: str | PathLike[str]) -> None:
        """Write it as an object file (``.qbo``), whole or not at all. Raises :class:`qbcc.diagnostics.SourceError`."""
        write_whole(Path(path), to_bytes(self), ())

    def __repr__(self) -> str:
        """Name and size."""
        return f"<Program {self.name}: {len(self.code):,} instructions, {self.data_size:,} bytes of data>"


@dataclass(frozen=True, eq=False)
class Result:
    """How a run ended and what it left."""

    status: int
    """Exit status: the program's own, or the trap's (70 and up)."""
    trap: Trap | None
    count: int
    """Instructions executed."""
    output: str
    """What it printed."""
    records: list[tuple[str, int | float]]
    """What it recorded (system call 14), in order."""
    registers: tuple[int | float, ...]
    """r0 to r15 at the end."""
    tables: dict[str, NDArray[Any]]
    """The output buffer as structured arrays: ``nodes`` and ``triangles`` of a routing table, else ``entries``;
    empty if the program wrote none."""
    machine: Machine = field(repr=False)
    """The machine, to look further or to call entry points."""

    @property
    def buffer(self) -> NDArray[Any] | None:
        """The output buffer's first table: the nodes, or the entries of any other format; None without one."""
        return next(iter(self.tables.values()), None)

    def __repr__(self) -> str:
        """Status, count and sizes; the trap's message if there is one."""
        ended = f"status {self.status}" if self.trap is None else f"{self.trap.name} trap: {self.trap.message}"
        sizes = "".join(f", {len(table):,} {name}" for name, table in self.tables.items())
        return f"<Result {ended}, {self.count:,} instructions{sizes}>"

    def _repr_html_(self) -> str:
        """For notebooks: the output, and the trap as the terminal shows it."""
        parts = [f"<code>{html.escape(repr(self))}</code>"]
        if self.output:
            parts.append(f"<pre>{html.escape(self.output)}</pre>")
        if self.trap is not None:
            parts.append(f"<pre>{html.escape(render.trap(self.trap))}</pre>")
        return "".join(parts)


def compile(
    source: str | PathLike[str],
    *,
    defines: Mapping[str, object] | None = None,
    include: Sequence[str | PathLike[str]] = (),
) -> Program:
    """Compile a program.

    ``source`` is a path, the name of a program of the standard library, or the text of a program in QBC (a ``str`` with
    a line break in it). ``defines`` are constants that win over the source's own, ``.define`` and ``const``. Raises
    :class:`CompileError`."""
    values = {name: str(value) for name, value in (defines or {}).items()}
    folders = [Path(folder) for folder in include]
    if isinstance(source, str) and "\n" in source:
        assembly = driver.assembled(SourceFile("<source>", source), Options(values, folders))
        diagnostics, obj, name = assembly.diagnostics, assembly.object, "<source>"
        if obj is not None and obj.undefined:
            obj, diagnostics = driver.join([driver.Piece(name, None, obj)])
    else:
        name = fspath(source)
        built = driver.load([name], values, folders)
        diagnostics, obj = built.diagnostics, built.object
    if obj is None:
        raise CompileError(diagnostics)
    return Program(**vars(obj), name=name)


def run(
    program: str | PathLike[str] | Program,
    *args: int | float,
    defines: Mapping[str, object] | None = None,
    include: Sequence[str | PathLike[str]] = (),
    engine: str = "auto",
    optimize: int | None = None,
    memory: int = 4 << 30,
    max_instructions: int | None = None,
    timeout: float | None = None,
    seed: int | None = None,
    clock: int | None = None,
    backend: str = "aer",
    stdin: BinaryIO | None = None,
) -> Result:
    """Compile (unless it is a :class:`Program`) and run to the end, with ``args`` as the program's arguments.

    A trap is in the result, not raised. Limits are those of :class:`Machine`. Raises :class:`CompileError`;
    Ctrl-C raises :class:`KeyboardInterrupt` as in any Python code."""
    compiled = program if isinstance(program, Program) else compile(program, defines=defines, include=include)
    machine = Machine(
        compiled,
        engine=engine,
        optimize=optimize,
        memory=memory,
        max_instructions=max_instructions,
        timeout=timeout,
        seed=seed,
        clock=clock,
        backend=backend,
        args=args,
        stdin=stdin,
    )
    outcome = machine.run()
    if outcome.trap is not None and outcome.trap.name == "interrupt":
        raise KeyboardInterrupt
    return Result(
        status=outcome.status,
        trap=outcome.trap,
        count=outcome.count,
        output=machine.output.decode(errors="replace"),
        records=list(machine.records),
        registers=tuple(machine.get(register) for register in range(REGISTERS)),
        tables=_tables(machine, memory),
        machine=machine,
    )


def _tables(machine: Machine, memory: int) -> dict[str, NDArray[Any]]:
    """The output buffer, if its header holds: views of the machine's memory."""
    try:
        buffer = buffers.read(machine.peek, memory)
        if buffer.format == buffers.ROUTING_TABLE:
            return dict(buffers.tables(buffer))
    except buffers.OutputError:
        return {}
    words, rest = divmod(buffer.entry_bytes, 8)
    if rest or not words:
        return {"entries": buffer.payload}
    return {"entries": buffer.payload.view(np.uint64).reshape(-1, words)}


__all__ = ["CompileError", "Machine", "Program", "Result", "compile", "run"]
