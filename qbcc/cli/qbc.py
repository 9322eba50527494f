"""``qbc``: run programs, call their entry points, look at saved tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from qbcc.cli import complete
from qbcc.cli.common import (
    define_option,
    fail,
    front_options,
    front_settings,
    include_option,
    json_option,
    json_text,
    level_option,
    parse_arguments,
    parse_size,
    run_command,
    show,
    tape_options,
    timeout_option,
    unchecked_option,
    version_option,
)
from qbcc.cli.help import Group
from qbcc.cli.ranges import IntegerRange, NumberRange
from qbcc.cli.running import Run, parse_dump
from qbcc.cli.settings import Settings
from qbcc.diagnostics import SourceError


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    examples=(
        ("qbc run hello.qbc", "Run a program."),
        ("qbc run bell.sigma --shots 1000 --hist", "Run it 1,000 times, with bars."),
        ("qbc run --help", "Show the options of a command."),
    ),
)
@version_option
def qbc() -> None:
    """Run programs in QBC and σ, and inspect their results.

    FILE is a source (.qbc, .sigma, .sigma.json), an object (.qbo), a program of the standard library, or - for QBC on
    standard input.
    """


_engine_option = click.option(
    "--engine",
    type=click.Choice(["auto", "interp", "native"]),
    default="auto",
    show_default=True,
    help="Run by the interpreter, by machine code, or by what is quicker.",
)
_level_option = level_option("Optimise machine code at level 0 to 2 (default: by program size), and σ (default: 2).")


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every run takes."""
    return define_option(include_option(_engine_option(_level_option(unchecked_option(_limit_options(command))))))


def observed_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Those of a run that the interpreter does."""
    return define_option(include_option(front_options(_limit_options(command))))


def _limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    options: list[Callable[..., Any]] = [
        click.option(
            "--max-instructions",
            type=IntegerRange(min=0),
            metavar="N",
            help="Stop after N instructions (default: no limit).",
        ),
        timeout_option("Stop after S seconds: compiling, running, waiting and saving (default: no limit)."),
        click.option(
            "--memory",
            default="4G",
            show_default=True,
            metavar="SIZE",
            callback=parse_size,
            help="Let the program touch at most SIZE bytes: 4G, 512M, 64K.",
        ),
        click.option(
            "--seed",
            type=IntegerRange(0, (1 << 64) - 1),
            metavar="N",
            help="Fix the random numbers (default: by chance).",
        ),
        click.option(
            "--clock", type=int, metavar="T", help="Fix the clock to T µs of Unix time (default: the real time)."
        ),
        click.option(
            "--backend",
            default="aer",
            show_default=True,
            metavar="NAME",
            shell_complete=complete.backends,
            help="Run quantum circuits on NAME; 'qbc backends' lists them.",
        ),
        click.option(
            "--noise",
            metavar="NOISE",
            shell_complete=complete.noises,
            help="Simulate noise: depolarizing=P,readout=P,…, or a JSON file (default: none).",
        ),
        *_device_options(),
        click.option("--stats", is_flag=True, help="Report instructions, time and memory on standard error."),
        click.option("--regs", is_flag=True, help="Show registers at the end on standard error."),
        click.option(
            "--dump",
            multiple=True,
            metavar="ADDR:LEN",
            callback=parse_dump,
            help="Show LEN bytes of memory from ADDR at the end.",
        ),
        json_option,
    ]
    for option in reversed(options):
        command = option(command)
    return taking_jobs(command)


def _device_options() -> list[Callable[..., Any]]:
    """Those of jobs on a device, which :func:`taking_jobs` sums up."""
    return [
        click.option("--yes", is_flag=True, help="Send jobs that cost money (default: ask first)."),
        click.option("--dry-run", is_flag=True, help="Show what the first job would cost; send nothing."),
        click.option(
            "--max-cost",
            type=NumberRange(min=0),
            metavar="X",
            help="Send no job that brings the estimated cost of the run above X (default: no limit).",
        ),
        click.option("--job-name", metavar="NAME", help="Show NAME with the jobs of this run."),
        click.option(
            "--metadata",
            multiple=True,
            metavar="KEY=VALUE",
            callback=parse_metadata,
            help="Store KEY=VALUE with the jobs of this run.",
        ),
        click.option("--debiasing", is_flag=True, help="Let IonQ's hardware average over variants of the circuit."),
        click.option("--sharpen", is_flag=True, help="Combine the variants by majority, with --debiasing."),
    ]


def parse_metadata(_context: object, _option: object, values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """``KEY=VALUE`` for a job on a device."""
    pairs = []
    for value in values:
        key, equals, text = value.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"'{value}' is not of the form KEY=VALUE")
        pairs.append((key.strip(), text))
    return tuple(pairs)


def taking_jobs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of jobs as one value, ``job``."""

    @wraps(command)
    def made(*args: Any, job_name: str | None, metadata: Any, debiasing: bool, sharpen: bool, **options: Any) -> Any:
        from vm.quantum.backends.offers import JobOptions

        return command(*args, job=JobOptions(job_name, metadata, debiasing, sharpen), **options)

    return made


_OUTPUT_HELP = "Save the output buffer as .bin, .npz, .parquet, .sqlite, .csv or .json."


@qbc.command(
    examples=(
        ("qbc run hello.qbc", "Run a program."),
        ("qbc run powers.sigma -- 2 0.5", "Run it with two arguments."),
        ("qbc run bell.sigma --shots 1000 --hist", "Run it 1,000 times, with bars."),
        ("qbc run ghz.qbc --backend ionq:simulator", "Run it on IonQ's simulator."),
    )
)
@click.argument("file", metavar="FILE", required=False, shell_complete=complete.programs)
@click.argument("args", nargs=-1, metavar="[-- ARG…]", callback=parse_arguments)
@click.option(
    "--resume", metavar="ID", shell_complete=complete.runs, help="Resume a run on a device, in place of FILE."
)
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help=_OUTPUT_HELP,
)
@click.option(
    "--shots",
    type=IntegerRange(1, 1 << 40),
    metavar="N",
    help="Run N times, and count the outcomes (default: 1 run).",
)
@click.option("--prints", is_flag=True, help="Show what each path prints, with --shots.")
@click.option("--hist", is_flag=True, help="Draw a bar for each outcome, with --shots.")
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE", help="Save the bars as .png or .svg, with --shots."
)
@run_options
def run(
    file: str | None, args: tuple[int | float, ...], resume: str | None, output: Path | None, **options: Any
) -> None:
    """Run a program.

    Standard output holds only what the program prints; with --shots, the outcomes of all runs.
    """
    settings = Settings(args=args, output=output, **options)
    if (file is None) == (resume is None):
        raise click.UsageError("give either FILE or --resume ID")
    if resume is not None:
        from qbcc.cli.devices import resumed

        file, settings = resumed(resume, settings)
    assert file is not None
    if settings.plot is not None and settings.plot.suffix.lower() not in (".png", ".svg"):
        raise click.UsageError(f"--plot writes .png or .svg, not '{settings.plot.name}'")
    _check_shots(settings)
    run_ = Run(file, settings)
    outcome = run_.execute()
    if run_.settings.as_json and (run_.settings.shots is None or run_.dry is not None):
        show(json_text(run_.data() if run_.dry is None else run_.dry))
    raise SystemExit(outcome)


def _check_shots(settings: Settings) -> None:
    """Raise :class:`click.UsageError` for options that do not go together."""
    if settings.shots is None:
        return
    if settings.output is not None or settings.regs or settings.dump:
        raise click.UsageError("-o, --regs and --dump show one run, and --shots stands for many: leave one of them out")


@qbc.command(
    examples=(
        ("qbc call query.qbc square 12", "Run query.qbc, then call square with r0 = 12."),
        ("qbc call lattice.qbo find_node 0.56 --json", "Show the result as JSON."),
    )
)
@click.argument("file", metavar="FILE", shell_complete=complete.programs)
@click.argument("name", metavar="NAME", shell_complete=complete.entry_points)
@click.argument("args", nargs=-1, metavar="ARG…", callback=parse_arguments)
@run_options
def call(file: str, name: str, args: tuple[int | float, ...], **options: Any) -> None:
    """Run a program, then call an entry point and print r0.

    Entry points come after .query_interface in QBC; in σ each export fn is one.
    """
    run_ = Run(file, Settings(call=(name, args), **options))
    outcome = run_.execute()
    if run_.settings.as_json:
        show(json_text(run_.data()))
    elif run_.result is not None:
        show(repr(run_.result))
    raise SystemExit(outcome)


@qbc.command(
    examples=(
        ("qbc trace squares.qbc", "Show each instruction."),
        ("qbc trace squares.qbc --routine squares --last 20", "Show the last 20 of a routine."),
        ("qbc trace squares.qbc --json", "Write a line of JSON for each."),
    )
)
@click.argument("file", metavar="FILE", shell_complete=complete.programs)
@click.argument("args", nargs=-1, metavar="[-- ARG…]", callback=parse_arguments)
@click.option("--routine", "routines", multiple=True, metavar="NAME", help="Show this routine only (default: all).")
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar="START:END",
    help="Show instructions START up to END only (default: all).",
)
@click.option(
    "--register",
    "registers",
    multiple=True,
    metavar="rN",
    shell_complete=complete.registers,
    help="Show what reads or writes this register only (default: all).",
)
@click.option(
    "--last", type=IntegerRange(1, 1 << 18), metavar="N", help="Show the last N only, at the end (default: all)."
)
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write the trace to OUT (default: standard error).",
)
@observed_options
def trace(file: str, args: tuple[int | float, ...], **options: Any) -> None:
    """Run a program, and show each instruction with its values.

    With --json the trace is JSON lines on standard output, with what the program prints among them. A step is shown if
    it matches one filter of each kind that is given.
    """
    from qbcc.cli.observing import Filters
    from qbcc.cli.observing import trace as run_trace

    names = ("routines", "ranges", "registers", "last", "output")
    filters = Filters(**{name: options.pop(name) for name in names})
    raise SystemExit(run_trace(file, Settings(args=args, engine="interp", **options), filters))


@qbc.command(
    examples=(
        ("qbc profile primes.qbc", "Show the dearest routines and lines."),
        ("qbc profile primes.qbc --annotate", "Show the source with the cost of each line."),
        ("qbc profile primes.qbc -o primes.svg", "Save a flame graph."),
    )
)
@click.argument("file", metavar="FILE", shell_complete=complete.programs)
@click.argument("args", nargs=-1, metavar="[-- ARG…]", callback=parse_arguments)
@click.option(
    "--top", type=IntegerRange(1), default=20, show_default=True, metavar="N", help="Show N rows of each table."
)
@click.option("--annotate", is_flag=True, help="Show the sources with the cost of each line (default: tables).")
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Save a flame graph as .svg, for speedscope as .json, collapsed paths as .txt.",
)
@observed_options
def profile(
    file: str, args: tuple[int | float, ...], top: int, annotate: bool, output: Path | None, **options: Any
) -> None:
    """Run a program, and count what each routine and line costs.

    Counts are exact: by routine, by line, by path of calls. Tables go to standard error.
    """
    from qbcc.cli.observing import Views
    from qbcc.cli.observing import profile as run_profile

    settings = Settings(args=args, engine="interp", **options)
    raise SystemExit(run_profile(file, settings, Views(top, annotate, output)))


@qbc.command(
    "test",
    examples=(
        ("qbc test double.qbc", "Run the tests of a source."),
        ("qbc test tests/ --json", "Run those of a folder, results as JSON."),
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete.sources)
@define_option
@include_option
@_engine_option
@_level_option
@click.option(
    "--timeout",
    type=NumberRange(min=0),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Stop each compilation and each run after S seconds.",
)
@json_option
def test_command(files: Sequence[str], as_json: bool, **options: Any) -> None:
    """Run programs as tests, and compare.

    Comments at the end of a program say what it must do: // expect: 42 in σ, ; expect: 42 in QBC. FILE is a source or
    a folder.
    """
    from qbcc.cli.testing import run as run_tests
    from qbcc.testing.suite import Settings as TestSettings

    raise SystemExit(run_tests(files, TestSettings(**options), as_json))


@qbc.command(
    examples=(
        ("qbc backends", "List the simulators and devices."),
        ("IONQ_API_KEY=… qbc backends", "List IonQ's devices too, with their queues."),
    )
)
@json_option
def backends(as_json: bool) -> None:
    """List the backends for quantum circuits.

    Qubits and state are shown with each. IonQ is asked where IONQ_API_KEY is set.
    """
    from qbcc.cli.devices import show_backends

    show_backends(as_json)


@qbc.command(
    examples=(
        ("qbc draw bell.qbc", "Draw on the terminal."),
        ("qbc draw bell.qbc -o bell.svg", "Save the drawing as a picture."),
    )
)
@click.argument("file", metavar="FILE", shell_complete=complete.programs)
@click.argument("args", nargs=-1, metavar="[-- ARG…]", callback=parse_arguments)
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Save the drawing as .png, .svg or .txt (default: on the terminal).",
)
@define_option
@include_option
@front_options
@tape_options
def draw(
    file: str,
    args: tuple[int | float, ...],
    output: Path | None,
    defines: dict[str, str],
    include: Sequence[Path],
    optimize: int | None,
    unchecked: bool,
    **limits: Any,
) -> None:
    """Run a program and draw the circuit that it records."""
    from qbcc.cli import circuits

    if output is not None and output.suffix.lower() not in (".png", ".svg", ".txt"):
        raise click.UsageError(f"-o draws .png, .svg or .txt, not '{output.name}'")
    built = circuits.load([file], defines, include, front_settings([file], optimize, unchecked), as_json=False)
    circuits.draw(built, output, circuits.Limits(args=args, **limits))


@qbc.command(
    examples=(
        ("qbc cache", "Show what the cache holds."),
        ("qbc cache --clear", "Remove all of it."),
    )
)
@click.option("--clear", is_flag=True, help="Remove everything (default: show it).")
@json_option
def cache(clear: bool, as_json: bool) -> None:
    """Show the cache of compiled code, or clear it.

    What is removed is made anew when it is needed.
    """
    from vm import cache as disk

    removed = disk.clear() if clear else []
    entries = disk.entries()
    size = sum(entry.size for entry in entries)
    data = {
        "directory": str(disk.directory()),
        "limit": disk.LIMIT,
        "bytes": size,
        "removed": len(removed),
        "entries": [{"name": entry.name, "bytes": entry.size, "used": entry.used} for entry in entries],
    }
    if as_json:
        show(json_text(data))
        return
    show(f"{disk.directory()}")
    if clear:
        show(f"removed {len(removed)} file{'s' * (len(removed) != 1)}, {sum(e.size for e in removed) / 1e6:.1f} MB")
    for kind in sorted({entry.kind for entry in entries}):
        own = [entry for entry in entries if entry.kind == kind]
        show(f"  {kind:8} {len(own):5}  {sum(entry.size for entry in own) / 1e6:8.1f} MB")
    show(f"  in all   {len(entries):5}  {size / 1e6:8.1f} MB of at most {disk.LIMIT / 1e6:.0f} MB")


@qbc.command(
    examples=(
        ("qbc table lattice.npz", "Check a table, and sum it up."),
        ("qbc table lattice.npz --node 7", "Show node 7."),
        ("qbc table lattice.npz --sigma 0.56 --json", "Show the node whose σ is nearest, as JSON."),
    )
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE", shell_complete=complete.tables)
@click.option("--node", type=int, metavar="K", help="Show node K.")
@click.option("--sigma", type=float, metavar="S", help="Show the node whose σ is nearest to S.")
@click.option("--j", "place", type=float, nargs=2, metavar="RE IM", help="Show the node whose j is nearest.")
@click.option("--layer", type=int, metavar="L", help="Show the members of layer L.")
@click.option("--triangle", metavar="ID", help="Show a triangle by its id or index.")
@json_option
def table(file: Path, as_json: bool, **queries: Any) -> None:
    """Check a saved routing table, or show entries.

    Without options the whole table is checked and summed up.
    """
    from qbcc.cli.tables import query, summary

    try:
        asked = {name: value for name, value in queries.items() if value is not None and value != ()}
        if asked:
            query(file, asked, as_json)
        else:
            summary(file, as_json)
    except SourceError as error:
        fail(error.diagnostics, as_json)


def main() -> NoReturn:
    """Entry point."""
    run_command(qbc)
