"""``qbc trace`` and ``qbc profile``: runs of which the interpreter notes what they do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import click

from qbcc import driver, render
from qbcc.cli.common import fail, json_text, reader_gone, say, show
from qbcc.cli.running import Run, write_out
from qbcc.cli.settings import Settings
from qbcc.diagnostics import SourceError
from qbcc.export import atomic
from qbcc.files import refuse_source, write_whole
from qbcc.observe import tracing
from qbcc.observe.profiling import Profile
from qbcc.source import SourceFile
from qbcc.visible import safe, visible
from vm.machine import Machine, Outcome
from vm.observe import Observer
from vm.trace import Tracer


@dataclass(frozen=True)
class Filters:
    """What of a trace is wanted, and where it goes."""

    routines: Sequence[str]
    ranges: Sequence[str]
    registers: Sequence[str]
    last: int | None
    output: Path | None


def trace(file: str, settings: Settings, filters: Filters) -> int:
    """Run a program and write its trace; its exit status."""
    if filters.output is None:
        return _trace(file, settings, filters, sys.stdout if settings.as_json else sys.stderr)
    status: list[int] = []

    def fill(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8") as stream:
            status.append(_trace(file, settings, filters, stream))

    try:
        refuse_source(filters.output, "", (Path(file),))
        atomic.write([(filters.output, fill)], (Path(file),))
    except SourceError as error:
        fail(error.diagnostics, settings.as_json)
    return status[0]


def _trace(file: str, settings: Settings, filters: Filters, stream: TextIO) -> int:
    is_apart = stream is not sys.stdout

    def put(data: dict[str, Any] | str) -> None:
        text = data if isinstance(data, str) else json_text(data)
        encoding = stream.encoding or "ascii"
        try:
            stream.write(safe(text).encode(encoding, "backslashreplace").decode(encoding) + "\n")
        except BrokenPipeError:
            reader_gone()

    def printed(content: bytes) -> None:
        put({"prints": content.decode(errors="replace")})

    def go(machine: Machine, built: driver.Built) -> Outcome:
        if filters.output is not None:
            atomic.check(filters.output, built.inputs)
        try:
            wanted = tracing.wanted(machine.program, filters.routines, filters.ranges, filters.registers)
        except tracing.FilterFault as fault:
            raise click.UsageError(str(fault)) from None
        tracer = Tracer(machine, wanted=wanted, last=filters.last)
        teller = tracing.Teller(machine.program, built.shown)

        def tell() -> None:
            for step in tracer.steps():
                put(teller.data(step) if settings.as_json else teller.line(step))
            try:
                stream.flush()
            except BrokenPipeError:
                reader_gone()

        if not settings.as_json:
            put(teller.head())
        outcome = machine.run(slice=tracer.slice, between=tell if tracer.is_streaming else None)
        tell()
        if settings.as_json:
            put(_end(outcome, built.shown))
        return outcome

    run = Run(file, settings, go=go, stdout=write_out if is_apart else printed)
    return run.execute()


def _end(outcome: Outcome, name: Callable[[str], str]) -> dict[str, Any]:
    """The last line: how it ended."""
    trap = None if outcome.trap is None else render.trap_data(outcome.trap, name)
    return {"end": {"status": outcome.status, "instructions": outcome.count, "trap": trap}}


# -- profile


@dataclass(frozen=True)
class Views:
    """How a profile is shown."""

    top: int
    annotate: bool
    output: Path | None


_FORMS: Final = (".svg", ".json", ".txt")
"""Endings of files for profiles: a flame graph, speedscope's, collapsed paths."""


def profile(file: str, settings: Settings, views: Views) -> int:
    """Run a program and tell what it cost; its exit status."""
    if views.output is not None and views.output.suffix.lower() not in _FORMS:
        raise click.UsageError(f"-o writes {', '.join(_FORMS)}, not '{views.output.name}'")
    found: list[Profile] = []

    def go(machine: Machine, built: driver.Built) -> Outcome:
        observer = Observer(machine.program)
        machine.observe(observer)
        outcome = machine.run()
        found.append(Profile(machine.program, observer, built.shown))
        return outcome

    run = Run(file, settings, go=go)
    status = run.execute()
    (made,) = found
    assert run.built is not None
    if settings.as_json:
        show(json_text({**run.data(), "profile": made.data()}))
    elif views.annotate:
        say(made.annotated(_sources(run.built)).rstrip("\n"))
    else:
        _tables(made, views.top)
    if views.output is not None:
        try:
            write_whole(views.output, _written(made, views.output, Path(file).name).encode(), run.built.inputs, "")
        except SourceError as error:
            fail(error.diagnostics, settings.as_json)
    return status


def _sources(built: driver.Built) -> list[tuple[str, SourceFile]]:
    """The sources of a program by the names that its object has for them."""
    found: dict[str, SourceFile] = {}
    for piece in built.pieces:
        if piece.assembly is not None and piece.object is not None:
            for name, source in zip(piece.object.files, piece.assembly.included, strict=False):
                found.setdefault(name, source)
    return list(found.items())


def _written(made: Profile, output: Path, title: str) -> str:
    ending = output.suffix.lower()
    if ending == ".svg":
        from qbcc.observe.flame import flame_graph

        return flame_graph(made, title)
    return made.speedscope(title) if ending == ".json" else "".join(f"{line}\n" for line in made.collapsed())


def _tables(made: Profile, top: int) -> None:
    """The dearest routines and lines on standard error."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    routines = Table(box=box.SIMPLE_HEAD, title=f"{made.count:,} instructions", title_justify="left")
    for heading in ("own", "%", "total", "%", "calls"):
        routines.add_column(heading, justify="right", no_wrap=True)
    routines.add_column("routine", overflow="fold")
    for cost in made.routines[:top]:
        shares = (f"{made.share(cost.own):.2f}", f"{made.share(cost.total):.2f}")
        cells = (f"{cost.own:,}", shares[0], f"{cost.total:,}", shares[1], f"{cost.calls:,}")
        routines.add_row(*cells, Text(cost.name))
    lines = Table(box=box.SIMPLE_HEAD)
    for heading in ("instructions", "%", "times"):
        lines.add_column(heading, justify="right", no_wrap=True)
    lines.add_column("line", overflow="fold")
    for line in made.lines[:top]:
        place = visible(f"{made.name(line.file)}:{line.line}: {line.text}" if line.file else "no source")
        lines.add_row(f"{line.count:,}", f"{made.share(line.count):.2f}", f"{line.times:,}", Text(place))
    console = Console(stderr=True, highlight=False)
    with console.capture() as drawn:
        for table, rest in ((routines, len(made.routines) - top), (lines, len(made.lines) - top)):
            console.print(table)
            if rest > 0:
                console.print(f"  and {rest:,} more")
        if made.folded:
            console.print(f"{made.folded:,} calls are too deep, or on too many paths: they count where they were made")
    # Rich fills lines with blanks.
    say("\n".join(line.rstrip() for line in drawn.get().rstrip().splitlines()))
