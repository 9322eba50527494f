"""What both command lines share: messages, settings, the end of the process."""

from __future__ import annotations

import errno
import gc
import io
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from qbcc.cli import complete
from qbcc.cli.ranges import IntegerRange, NumberRange
from qbcc.diagnostics import Diagnostic
from qbcc.frontends import Settings
from qbcc.syntax.text import parse_number
from qbcc.visible import safe
from vm import limits, stops
from vm.processor import UnsupportedError
from vm.trap import STATUS

_LEAST: Final = 64 << 20
"""Bytes that compiling is always given."""
FAILED: Final = 1
"""Exit status for errors in a source, an object or an argument's file."""
_NOT_JSON: Final = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN')
"""A string, which stays as it is, or what Python writes for numbers that JSON lacks."""
_IN_JSON: Final = {"NaN": "null", "Infinity": "1e999", "-Infinity": "-1e999"}
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def has_colour() -> bool:
    """Whether messages may be coloured: standard error is a terminal, and nobody said no (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """A message to standard error; what its encoding lacks, and what a terminal would act on, is escaped. Nobody can be
    told that it cannot be written."""
    stream = sys.stderr
    encoding = stream.encoding or "ascii"
    try:
        click.echo(safe(text).encode(encoding, "backslashreplace").decode(encoding), file=stream)
    except BrokenPipeError:
        reader_gone()
    except OSError:
        _drop(2)


def show(text: str) -> None:
    """A result to standard output, escaped as messages are."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        click.echo(safe(text).encode(encoding, "backslashreplace").decode(encoding))
    except BrokenPipeError:
        reader_gone()


def show_data(text: str) -> None:
    """A result that is data of the user's, such as a difference of sources: as it is, but for a terminal."""
    if sys.stdout.isatty():
        show(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape") + b"\n")


def json_text(data: object, indent: int | None = None) -> str:
    """JSON of a result. JSON has no NaN (null) and no infinity (1e999, which reads back as one), as in saved tables.
    What a terminal would act on, or the encoding lacks, is written as JSON's own escapes."""
    is_plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(data, ensure_ascii=is_plain, indent=indent)
    text = _NOT_JSON.sub(lambda found: _IN_JSON.get(found[0], found[0]), text)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(letter if letter == "\n" or letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    point = ord(letter)
    return f"\\u{point:04x}" if point < 0x10000 else json.dumps(letter)[1:-1]


def report(diagnostics: Iterable[Diagnostic], as_json: bool = False) -> None:
    """Diagnostics: text on standard error, or JSON on standard output."""
    found = list(diagnostics)
    if not found and not as_json:
        return
    from qbcc import render

    if as_json:
        show(json_text([render.diagnostic_data(one) for one in found], indent=1))
    else:
        say(render.report(found, has_colour()))


def fail(diagnostics: Iterable[Diagnostic], as_json: bool = False) -> NoReturn:
    """Report and end."""
    report(diagnostics, as_json)
    raise SystemExit(FAILED)


def refuse(code: str, message: str, *notes: str) -> NoReturn:
    """One error that has no place in a source."""
    fail([Diagnostic(code, message, None, notes=notes)])


@contextmanager
def within_memory(size: int | None = None, as_json: bool = False) -> Iterator[None]:
    """Reading and working on it take at most ``size`` bytes, else what the host has left; one error says so."""
    free = limits.available()
    # What is smaller than the tools themselves stops only what the program does.
    most = free if size is None else min(max(size, _LEAST), free)
    try:
        with limits.capped(most):
            yield
    except MemoryError:
        why = "that the host has left" if most == free else "of the limit (--memory)"
        message = f"memory limit: this takes more than the {most:,} bytes {why}"
        report([Diagnostic("T81", message, None)], as_json)
        raise SystemExit(STATUS["memory"]) from None


def parse_defines(_context: object, _option: object, values: Sequence[str]) -> dict[str, str]:
    """``-D NAME=VALUE``."""
    if not values:
        return {}
    from qbcc.assembly.assemble import check_define

    try:
        return dict(check_define(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def parse_size(_context: object, _option: object, value: str) -> int:
    """``4G``, ``512M``, ``65536``: bytes."""
    match = re.fullmatch(r"(\d{1,18})\s*([KMG]?)(?:i?B)?", value.strip(), re.IGNORECASE)
    if match is None:
        raise click.BadParameter(f"'{value}' is no size: write 4G, 512M, 64K or a number of bytes")
    return int(match[1]) * _UNITS[match[2].upper()]


def parse_arguments(_context: object, _option: object, values: Sequence[str]) -> tuple[int | float, ...]:
    """Numbers for the program."""
    numbers = []
    for word in values:
        value = word.lstrip("\0")
        try:
            numbers.append(parse_number(value))
        except ValueError:
            raise click.BadParameter(f"'{value}' is no number of 64 bits: programs take integers and floats") from None
    return tuple(numbers)


define_option = click.option(
    "-D",
    "defines",
    multiple=True,
    metavar="NAME=VALUE",
    callback=parse_defines,
    help="Define a constant, in place of .define and const (default VALUE: 1).",
)
include_option = click.option(
    "-I",
    "include",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Look for includes in DIR too.",
)
unchecked_option = click.option("--unchecked", is_flag=True, help="Compile σ without bounds checks (default: checked).")


def level_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``-O``, with what it says."""
    return click.option("-O", "optimize", type=IntegerRange(0, 2), metavar="N", help=what)


def front_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How sources in σ are compiled."""
    return level_option("Optimise σ at level 0 to 2 (default: 2).")(unchecked_option(command))


def front_settings(files: Sequence[str], optimize: int | None, unchecked: bool) -> Settings:
    """How front ends compile. Raises :class:`click.UsageError` for what no file of the command understands."""
    if unchecked:
        from qbcc.driver import has_front_end

        if not any(map(has_front_end, files)):
            raise click.UsageError(
                "--unchecked leaves out the checks of sources in σ, and there is none among the files"
            )
    return Settings(2 if optimize is None else optimize, unchecked)


def _begin_limit(context: click.Context, _option: object, value: float | None) -> float | None:
    if value is not None and not context.resilient_parsing:
        stops.limit(value)
    return value


def timeout_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--timeout``, with what it says. The time counts from here on: compiling, running, waiting and saving."""
    return click.option("--timeout", type=NumberRange(min=0), metavar="S", callback=_begin_limit, help=what)


_TAPE_OPTIONS = (
    click.option(
        "--seed",
        type=IntegerRange(0, (1 << 64) - 1),
        metavar="N",
        help="Fix the random numbers (default: by chance).",
    ),
    timeout_option("Stop the command after S seconds (default: the run after 60)."),
    click.option(
        "--backend",
        metavar="NAME",
        shell_complete=complete.backends,
        help="Decide measurements by aer, mock:FILE or none (default: aer).",
    ),
)


def tape_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a run that is for its circuit."""
    for option in reversed(_TAPE_OPTIONS):
        command = option(command)
    return command


def _begin_json(_context: object, _option: object, value: bool) -> bool:
    if value:
        stops.say_by(_tell_as_json)
    return value


def _tell_as_json(code: str, message: str) -> None:
    from qbcc import render

    text = json_text([render.diagnostic_data(Diagnostic(code, message, None))], indent=1)
    os.write(1, f"{text}\n".encode())


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_begin_json, help="Write results and errors as JSON."
)


def version_text() -> str:
    """Versions of the toolchain, the instruction set and the object format."""
    from importlib.metadata import PackageNotFoundError, version

    from vm.install import DISTRIBUTION
    from vm.isa import ISA_VERSION
    from vm.objfile import FORMAT_VERSION

    try:
        ours = version(DISTRIBUTION)
    except PackageNotFoundError:
        ours = "(not installed)"
    isa, form = (".".join(map(str, pair)) for pair in (ISA_VERSION, FORMAT_VERSION))
    return f"qbc {ours}, instruction set {isa}, object format {form}"


def _print_version(context: click.Context, _option: object, value: bool) -> None:
    if value:
        show(version_text())
        context.exit()


version_option = click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show versions.",
)


def reader_gone() -> NoReturn:
    """End as a process does whose reader went away: quietly, and with the status of that."""
    _drop(1)
    _drop(2)
    raise SystemExit(128 + signal.SIGPIPE)


def _drop(descriptor: int) -> None:
    """Lose what a stream still holds: what Python flushes at its end must not complain again."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _open_streams() -> None:
    """A process may be started without streams; what it says is then lost, as everywhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


def run_command(command: Callable[..., Any]) -> NoReturn:
    """Run a click command as the process: Ctrl-C is status 130, a closed pipe ends quietly with 141."""
    stops.begin()
    _open_streams()
    gc.enable()
    try:
        status = _run(command)
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            reader_gone()
        except OSError as error:
            _drop(1)
            say(f"error: standard output cannot be written: {error.strerror}")
            status = status or FAILED
    except KeyboardInterrupt:
        stops.end_now(stops.INTERRUPTED, "stopped by Ctrl-C")
    if stops.is_settled():
        # What was stopped is reported; to take Python itself down may take longer than is left.
        sys.stderr.flush()
        os._exit(status)
    raise SystemExit(status)


def _run(command: Callable[..., Any]) -> int:
    stdout = sys.stdout
    try:
        status = command(standalone_mode=False)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except SystemExit as stop:
        if sys.stdout is not stdout:
            # Click ends with status 1 where a pipe was closed, and puts something of its own there.
            reader_gone()
        status = stop.code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        text = io.StringIO()
        error.show(text)
        say(text.getvalue().rstrip("\n"))
        status = error.exit_code
    except BrokenPipeError:
        reader_gone()
    except OSError as error:
        if error.errno == errno.ENOSPC and not error.filename:
            _drop(1)
        say(f"error: {error.strerror or error}" + (f": '{error.filename}'" if error.filename else ""))
        status = FAILED
    except UnsupportedError as error:
        say(f"error: no program can run here: {error}; install QBC again")
        status = FAILED
    except MemoryError as error:
        say(f"error: {error or 'out of memory'}")
        status = FAILED
    return status if isinstance(status, int) else 0
