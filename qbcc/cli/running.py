"""One run of a program from the command line: build, run, report, save."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from qbcc import driver
from qbcc.cli.common import fail, front_settings, has_colour, reader_gone, say, within_memory
from qbcc.cli.settings import Settings
from qbcc.diagnostics import Diagnostic, SourceError
from vm import stops
from vm.isa import CODE_BASE, REGISTERS
from vm.machine import Machine, Outcome, TrapError
from vm.memory import Memory
from vm.output import OutputError
from vm.trap import FaultError, ObjectError

if TYPE_CHECKING:
    pass

_DUMP_LIMIT: Final = 1 << 20
_RECORDS_SHOWN: Final = 20
_PROGRESS_AFTER: Final = 1.0
"""Seconds before a progress bar shows."""


def with_shots(settings: Settings, shots: int | None) -> Settings:
    """The settings with the runs that the program asks for, unless something else was asked for. Raises
    :class:`click.UsageError` for options of many runs where there is one."""
    is_one = settings.output is not None or settings.regs or bool(settings.dump) or settings.call is not None
    if settings.shots is None and shots is not None and not is_one:
        return replace(settings, shots=shots)
    if settings.shots is None and (settings.prints or settings.hist or settings.plot is not None):
        raise click.UsageError("--prints, --hist and --plot show what came out of --shots N")
    return settings


class Run:
    """Builds a program, runs it, and keeps what there is to tell."""

    def __init__(
        self,
        file: str,
        settings: Settings,
        *,
        go: Callable[[Machine, driver.Built], Outcome] | None = None,
        stdout: Callable[[bytes], object] | None = None,
    ) -> None:
        """``go`` runs the machine, else it runs to its end, as often as asked for; ``stdout`` takes what the program
        prints, else that goes to standard output, or is kept for JSON."""
        self.file = file
        self.settings = settings
        self._go = go
        self._stdout = stdout
        self._is_silent = True
        """Whether the program has printed nothing yet."""
        self.built: driver.Built | None = None
        self.machine: Machine | None = None
        self.outcome: Outcome | None = None
        self.result: int | float | None = None
        self.seconds = 0.0
        self.saved: list[Path] = []
        self._session: Any = None
        self._shots: ShotsProgress | None = None

    def execute(self) -> int:
        """Everything; the exit status."""
        settings = self.settings
        front = front_settings([self.file], settings.optimize, settings.unchecked)
        with within_memory(settings.memory, settings.as_json):
            self.built = driver.load([self.file], settings.defines, settings.include, front)
        if self.built.object is None:
            fail(self.built.diagnostics, settings.as_json)
        if not len(self.built.object.code):
            notes = ("a program begins at main: and ends with QHALT",)
            text = f"'{self.file}' cannot run: the program has no instructions"
            fail([Diagnostic("E0801", text, None, notes=notes)], settings.as_json)
        if self._go is None:
            settings = self.settings = with_shots(settings, self.built.shots)
        if settings.journal is not None:
            from qbcc.cli.devices import check_program

            check_program(self.built, settings.journal)
        if settings.shots is not None:
            return self._many(settings.shots)
        if settings.output is not None:
            self._prepare(settings.output)
        machine = self.machine = self._machine(self.built)
        machine.prepare()
        said = machine.notice
        if said:
            say(said)
        start = time.perf_counter()
        self.outcome = machine.run() if self._go is None else self._go(machine, self.built)
        if self.dry is not None:
            return 0
        if self.outcome.trap is None and settings.call is not None:
            self._call(machine, *settings.call)
        self.seconds = time.perf_counter() - start
        self._flush()
        if machine.notice != said:
            say(machine.notice)
        status = self._report(self.outcome)
        if settings.output is not None and self.outcome.trap is None:
            self._save(settings.output)
        return status

    @property
    def dry(self) -> dict[str, Any] | None:
        """What a run with ``--dry-run`` found out, as JSON has it; None of any other."""
        found: dict[str, Any] | None = None if self._session is None else self._session.dry
        return found

    def _many(self, shots: int) -> int:
        """Run it so many times; the exit status."""
        from qbcc.cli.shots import need_matplotlib, report
        from vm import shots as many

        settings = self.settings
        if settings.plot is not None:
            try:
                need_matplotlib(settings.plot)
            except SourceError as error:
                fail(error.diagnostics, settings.as_json)
        seed = int.from_bytes(os.urandom(8), "little") >> 1 if settings.seed is None else settings.seed
        start = time.perf_counter()
        assert self.built is not None
        built = self.built
        self._require_backend(built)
        bar = self._shots = ShotsProgress(shots) if sys.stderr.isatty() else None
        tell = bar.tell if bar is not None else lambda shots, paths: None
        try:
            found = many.run(
                lambda seed: self._machine(built, seed), shots, seed, settings.timeout, end=stops.end(), tell=tell
            )
        finally:
            if bar is not None:
                bar.stop()
        if self.dry is not None:
            return 0
        self.seconds = time.perf_counter() - start
        report(found, settings, built, seed=seed, seconds=self.seconds)
        return found.status

    def _require_backend(self, built: driver.Built) -> None:
        """Fail before the first shot where the simulator is not installed: no shot could end otherwise."""
        from vm.isa import BY_CODE, QUANTUM
        from vm.quantum.backends.backend import Simulator
        from vm.quantum.backends.choose import make

        assert built.object is not None
        codes = set(built.object.code[:, 0].tolist())
        if not any(BY_CODE[code].group == QUANTUM for code in codes):
            return
        try:
            backend = make(self.settings.backend, self.settings.noise)
            if isinstance(backend, Simulator):
                backend.require()
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        except FaultError as fault:
            fail([Diagnostic("E0813", fault.message, None)], self.settings.as_json)

    def _prepare(self, output: Path) -> None:
        from qbcc.export import save as export

        assert self.built is not None
        try:
            export.prepare(output, self.built.inputs)
        except SourceError as error:
            fail(error.diagnostics, self.settings.as_json)

    def _machine(self, built: driver.Built, seed: int | None = None) -> Machine:
        """The machine; with a ``seed`` one of many, which keeps what it prints."""
        settings = self.settings
        assert built.object is not None
        self._announce()
        try:
            machine = Machine(
                built.object,
                engine=settings.engine,
                optimize=settings.optimize,
                memory=settings.memory,
                max_instructions=settings.max_instructions,
                timeout=settings.timeout,
                seed=settings.seed if seed is None else seed,
                clock=settings.clock,
                backend=settings.backend,
                noise=settings.noise,
                args=settings.args,
                stdin=sys.stdin.buffer if sys.stdin is not None else None,
                stdout=self._stdout or (None if settings.as_json or seed is not None else self._write),
                progress=self._shots if seed is not None else Progress(settings) if sys.stderr.isatty() else None,
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        except ObjectError as error:
            fail([Diagnostic("E0801", f"'{self.file}' cannot run: {error.reason}", None)], settings.as_json)
        machine.share_time(stops.end())
        if machine.quantum is not None and machine.quantum.is_remote:
            self._attach(machine, built)
        elif settings.job.asked() or settings.dry_run or settings.max_cost is not None:
            raise click.UsageError(
                "--dry-run, --max-cost, --job-name, --metadata, --debiasing and --sharpen are for devices, and the "
                f"backend '{settings.backend}' is not one"
            )
        return machine

    def _attach(self, machine: Machine, built: driver.Built) -> None:
        """Jobs of several machines are those of one command."""
        from qbcc.cli.devices import Session

        if self._session is None:
            self._session = Session(self.settings, built, self.file)
        self._session.attach(machine)

    def _announce(self) -> None:
        """The first run of an installation compiles the interpreter; say so rather than seem to hang."""
        if sys.stderr.isatty():
            from vm.interp import engine

            if not engine.is_quick():
                say("compiling the interpreter; this happens once")

    def _call(self, machine: Machine, name: str, args: tuple[int | float, ...]) -> None:
        try:
            self.result = machine.call(name, *args)
        except KeyError:
            self._flush()
            known = ", ".join(sorted(machine.program.entry_points())) or "none"
            notes = (f"entry points: {known}",)
            fail(
                [Diagnostic("E0804", f"'{self.file}' has no entry point '{name}'", None, notes=notes)],
                self.settings.as_json,
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        except TrapError as error:
            self.outcome = Outcome(error.trap.status, error.trap, error.trap.count)

    def _flush(self) -> None:
        progress = self.machine._progress if self.machine is not None else None
        if isinstance(progress, Progress):
            progress.stop()
        if not self.settings.as_json:
            sys.stdout.buffer.flush()

    def _write(self, content: bytes) -> None:
        self._is_silent = False
        write_out(content)

    def _show_records(self, machine: Machine) -> None:
        """Show the records of a program that printed nothing, so that its result is visible."""
        from qbcc import render
        from qbcc.visible import visible

        for name, value in machine.records[:_RECORDS_SHOWN]:
            say(f"recorded {visible(name)} = {render.number(value)}")
        if len(machine.records) > _RECORDS_SHOWN:
            say(f"… and {len(machine.records) - _RECORDS_SHOWN:,} more; --json has all of them")

    def _report(self, outcome: Outcome) -> int:
        """Trap, registers, memory and statistics on standard error."""
        settings = self.settings
        assert self.built is not None
        assert self.machine is not None
        if not settings.as_json:
            if self._is_silent and self._stdout is None:
                self._show_records(self.machine)
            if outcome.trap is not None:
                from qbcc import render

                say(render.trap(outcome.trap, self.built.shown, has_colour()))
            if settings.regs:
                say(register_text(self.machine))
            for address, length in settings.dump:
                say(dump_text(self.machine, address, length))
            if settings.stats:
                say(stats_text(self.machine, outcome, self.seconds))
        return outcome.status

    def _save(self, output: Path) -> None:
        from qbcc.export import messages as messages_output
        from qbcc.export import save as export
        from vm import output as buffers

        assert self.built is not None
        assert self.machine is not None
        try:
            buffer = buffers.read(self.machine.peek, self.settings.memory)
            self.saved = export.write(buffer, output, self.built.inputs)
        except OutputError as error:
            fail(messages_output.buffer(error).diagnostics, self.settings.as_json)
        except SourceError as error:
            fail(error.diagnostics, self.settings.as_json)

    def data(self) -> dict[str, Any]:
        """The run as JSON has it."""
        from qbcc import render

        assert self.built is not None
        assert self.machine is not None
        assert self.outcome is not None
        machine, outcome = self.machine, self.outcome
        return {
            "status": outcome.status,
            "trap": None if outcome.trap is None else render.trap_data(outcome.trap, self.built.shown),
            "output": machine.output.decode(errors="replace"),
            "records": [{"name": name, "value": value} for name, value in machine.records],
            "registers": {f"r{number}": machine.get(number) for number in range(REGISTERS)},
            "result": self.result,
            "dump": {
                f"{address:#x}:{length}": machine.peek(address, length).tobytes().hex()
                for address, length in self.settings.dump
            },
            "stats": {
                "instructions": machine.count,
                "seconds": self.seconds,
                "engine": machine.engine,
                "compile_seconds": machine.compile_seconds,
                "not_compiled": machine.refusal or None,
                "seed": machine.seed,
                "touched_bytes": machine.touched,
            },
            "saved": [str(path) for path in self.saved],
        }


def write_out(data: bytes) -> None:
    """What a program prints, at once; ends the process where nobody reads on."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        reader_gone()


class Bar:
    """A line on standard error that shows how far a run is that takes long, until it is stopped."""

    def __init__(self, form: str, total: float | None) -> None:
        """``form`` is the text, of ``{task.completed}`` and ``{task.fields}``; ``total`` is where it ends, if known."""
        self._form = form
        self._total = total
        self._start = time.monotonic()
        self._bar: Any = None
        self._task: Any = None
        self._undoing = stops.undoing(_wipe)

    def show(self, completed: float, **fields: str) -> None:
        """Show how far it is."""
        if self._bar is None:
            if time.monotonic() - self._start < _PROGRESS_AFTER:
                return
            self._open(fields)
        self._bar.update(self._task, completed=completed, **fields)

    def _open(self, fields: dict[str, str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("running"), BarColumn(), TextColumn(self._form), TimeElapsedColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._undoing.__enter__()
        self._bar.start()
        self._task = self._bar.add_task("run", total=self._total, **fields)

    def stop(self) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            self._undoing.__exit__(None, None, None)


def _wipe() -> None:
    """Clear the line and show the cursor again, in a process that ends at once."""
    os.write(2, b"\r\x1b[2K\x1b[?25h")


class Progress(Bar):
    """How far one run is: instructions so far, of how many if there is a limit."""

    def __init__(self, settings: Settings) -> None:
        limit = settings.max_instructions
        super().__init__("{task.completed:,.0f} M instructions", None if limit is None else limit / 1e6)

    def __call__(self, machine: Machine) -> None:
        """Show how far the machine is."""
        self.show(machine.count / 1e6)


class ShotsProgress(Bar):
    """How far many runs are: shots that are done, of how many, and the paths that they took."""

    def __init__(self, shots: int) -> None:
        super().__init__(f"{{task.completed:,.0f}} of {shots:,} shots{{task.fields[paths]}}", shots)
        self._done = 0
        self._paths = 0

    def tell(self, done: int, paths: int) -> None:
        """Hear that a path is executed."""
        self._done, self._paths = done, paths
        self._show_shots()

    def __call__(self, machine: Machine) -> None:
        """Show it while a path is executed, which may take long."""
        self._show_shots()

    def _show_shots(self) -> None:
        # Where every shot is executed by itself, paths say nothing more.
        paths = f", {self._paths:,} path{'s' * (self._paths != 1)}" if self._paths != self._done else ""
        self.show(self._done, paths=paths)


def parse_dump(_context: object, _option: object, values: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """``ADDR:LEN``, each in any base."""
    ranges = []
    for value in values:
        match = re.fullmatch(r"(0[xX][0-9a-fA-F_]+|[0-9_]+):(0[xX][0-9a-fA-F_]+|[0-9_]+)", value)
        if match is None:
            raise click.BadParameter(f"'{value}' is no range: write ADDR:LEN, as 0x100000:64")
        address, length = int(match[1], 0), int(match[2], 0)
        if not Memory.is_valid(address, length):
            raise click.BadParameter(f"{value} is not inside memory, 0x1000 to 0xfffffffff")
        if length > _DUMP_LIMIT:
            raise click.BadParameter(f"{value}: at most {_DUMP_LIMIT:,} bytes are shown")
        ranges.append((address, length))
    return tuple(ranges)


def register_text(machine: Machine) -> str:
    """Registers, one a line: integers in decimal and hexadecimal, code addresses by label."""
    lines = []
    for register in range(REGISTERS):
        value = machine.get(register)
        from qbcc import render

        text = render.number(value)
        if isinstance(value, int) and CODE_BASE <= value < CODE_BASE + len(machine.program.object.code):
            text += f"  {machine.program.routine(value - CODE_BASE)}"
        lines.append(f"{f'r{register}':>4} = {text}")
    return "\n".join(lines)


def dump_text(machine: Machine, address: int, length: int) -> str:
    """Sixteen bytes a line, in hexadecimal and as text."""
    content = machine.peek(address, length).tobytes()
    lines = []
    for start in range(0, length, 16):
        part = content[start : start + 16]
        octets = " ".join(f"{octet:02x}" for octet in part)
        text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
        lines.append(f"{address + start:011x}  {octets:<47}  {text}")
    return "\n".join(lines)


def stats_text(machine: Machine, outcome: Outcome, seconds: float) -> str:
    """What the run cost."""
    rate = outcome.count / seconds / 1e6 if seconds else 0.0
    compiled = f", compiled before in {machine.compile_seconds:.2f} s" if machine.compile_seconds else ""
    if machine.refusal and machine.engine == "interp":
        compiled = f", not compiled: {machine.refusal}"
    return (
        f"{machine.count:,} instructions in {seconds:.3f} s ({rate:.0f} million a second, {machine.engine}{compiled}), "
        f"{machine.touched / (1 << 20):.1f} MiB touched, seed {machine.seed}"
    )
