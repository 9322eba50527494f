"""``qbcc``: compile, check, disassemble, link, explain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from qbcc import driver
from qbcc.cli import complete, sources
from qbcc.cli.common import (
    define_option,
    fail,
    front_options,
    front_settings,
    include_option,
    json_option,
    json_text,
    refuse,
    report,
    run_command,
    show,
    tape_options,
    version_option,
    within_memory,
)
from qbcc.cli.fmt import fmt
from qbcc.cli.help import Group
from qbcc.cli.lint import lint
from qbcc.diagnostics import SourceError
from qbcc.files import write_whole
from qbcc.frontends import Settings, stem

if TYPE_CHECKING:
    from qbcc.assembly.assemble import Options


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    examples=(
        ("qbcc check hello.qbc", "Report the errors of a source."),
        ("qbcc compile hello.qbc", "Compile it to hello.qbo."),
        ("qbcc explain E0201", "Explain an error."),
    ),
)
@version_option
def qbcc() -> None:
    """Compile, check, link and inspect programs in QBC and σ.

    FILE is a source (.qbc, .sigma, .sigma.json), an object (.qbo), a program of the standard library, or - for QBC on
    standard input.
    """


@qbcc.command(
    "compile",
    examples=(
        ("qbcc compile hello.qbc", "Compile to hello.qbo."),
        ("qbcc compile main.qbc lib.qbc -o all.qbo", "Compile and link two sources."),
        ("qbcc compile squares.qbc --emit listing", "Show addresses, instructions and lines."),
        ("qbcc compile bell.sigma --emit qasm3", "Show the circuit as OpenQASM 3."),
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete.programs)
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Link everything into OUT, or write the text of --emit there (default: a .qbo beside each source).",
)
@define_option
@include_option
@click.option(
    "--emit",
    type=click.Choice(
        ["obj", "asm", "ast", "ir", "listing", "symbols", "cfg", "callgraph", "qasm3", "qasm2", "qir", "qiskit"]
    ),
    default="obj",
    show_default=True,
    metavar="KIND",
    help="Write an object file (obj), or text: assembly (asm), addresses and lines (listing), names (symbols); the "
    "tree or the intermediate form of a source in σ (ast, ir); graphs, which Graphviz draws if -o ends in .svg or "
    ".png (cfg, callgraph); the circuit that a run records (qasm3, qasm2, qir, qiskit).",
)
@click.option(
    "--routine",
    "routines",
    multiple=True,
    metavar="NAME",
    help="Show this routine only, with --emit cfg (default: all).",
)
@click.option(
    "--dump-after",
    metavar="PASS",
    shell_complete=complete.passes,
    help="Show a source in σ after each run of an optimisation pass.",
)
@front_options
@tape_options
@json_option
def compile_command(
    files: Sequence[str],
    output: Path | None,
    defines: dict[str, str],
    include: Sequence[Path],
    emit: str,
    dump_after: str | None,
    routines: Sequence[str],
    optimize: int | None,
    unchecked: bool,
    as_json: bool,
    **limits: Any,
) -> None:
    """Compile each source to a .qbo beside it.

    With -o everything is linked into one object.
    """
    settings = front_settings(files, optimize, unchecked)
    if routines and emit != "cfg":
        raise click.UsageError("--routine NAME is for --emit cfg")
    if emit in ("qasm3", "qasm2", "qir", "qiskit"):
        from qbcc.cli import circuits

        if dump_after is not None:
            raise click.UsageError(f"--dump-after shows a compilation, and --emit {emit} a run")
        if sum(map(driver.has_front_end, files)) > 1:
            raise click.UsageError(f"--emit {emit} takes one program: each source in σ is one")
        built = circuits.load(files, defines, include, settings, as_json=as_json)
        circuits.emit(built, emit, output, circuits.Limits(**limits, as_json=as_json))
        return
    given = [name for name, value in limits.items() if value is not None]
    if given:
        raise click.UsageError(f"--{given[0]} is for the run that --emit qasm3, qasm2, qir and qiskit make")
    if dump_after is not None or emit in ("ast", "ir") or (emit == "asm" and _is_one_front(files)):
        from qbcc.assembly.assemble import Options

        with within_memory(as_json=as_json):
            text = _shown(files, emit, dump_after, Options(defines, include), settings, as_json)
        _put(text, output, [Path(name) for name in files], emit)
        return
    with within_memory(as_json=as_json):
        pieces, diagnostics = driver.read(files, defines, include, settings)
        if diagnostics:
            fail(diagnostics, as_json)
        if emit in ("cfg", "callgraph"):
            from qbcc.cli import graphs

            graphs.emit(pieces, emit, routines, output, as_json)
        elif emit != "obj":
            _emit_text(pieces, emit, output, as_json)
        elif output is not None:
            _write_linked(pieces, output, as_json)
        else:
            for piece in pieces:
                _write_beside(piece)
            if as_json:
                report([], True)


def _write_linked(pieces: Sequence[driver.Piece], output: Path, as_json: bool) -> None:
    from vm.objfile import to_bytes

    obj, diagnostics = driver.join(pieces)
    if obj is None:
        fail(diagnostics, as_json)
    _write(output, to_bytes(obj), pieces)
    if as_json:
        report([], True)


def _write_beside(piece: driver.Piece) -> None:
    from vm.objfile import to_bytes

    if piece.assembly is None or piece.object is None:
        return
    if piece.path is None or piece.name.startswith("<"):
        refuse("E0802", f"{piece.name} has no folder for its object", "name the object file with -o")
    target = piece.path.with_name(f"{stem(piece.path.name)}.qbo")
    _write(target, to_bytes(piece.object), [piece])


def _put(text: str, output: Path | None, inputs: Sequence[Path], emit: str) -> None:
    """Text to standard output, or whole to a file that is no input."""
    if output is None:
        show(text.rstrip("\n"))
        return
    try:
        write_whole(output, (text.rstrip("\n") + "\n").encode(), inputs, ".qbc" if emit == "asm" else "")
    except SourceError as error:
        fail(error.diagnostics)


def _write(target: Path, content: bytes, pieces: Sequence[driver.Piece]) -> None:
    try:
        write_whole(target, content, driver.inputs_of(pieces), "")
    except SourceError as error:
        fail(error.diagnostics)


def _is_one_front(files: Sequence[str]) -> bool:
    return len(files) == 1 and driver.has_front_end(files[0])


def _shown(
    files: Sequence[str], emit: str, dump_after: str | None, options: Options, settings: Settings, as_json: bool
) -> str:
    """A source in σ on its way to an object."""
    option = "--dump-after" if dump_after is not None else f"--emit {emit}"
    if dump_after is not None and emit != "obj":
        raise click.UsageError(
            f"--dump-after shows text instead of an object, and so does --emit {emit}: leave one out"
        )
    if not _is_one_front(files):
        raise click.UsageError(f"{option} shows one source in σ (.sigma, .sigma.json)")
    try:
        source, front = driver.source(files[0])
    except SourceError as error:
        fail(error.diagnostics, as_json)
    assert front is not None
    if dump_after is None:
        found = front.show(source, options, settings, emit)
    else:
        passes = front.passes(settings)
        if dump_after not in passes:
            level = f"-O{settings.level}"
            raise click.UsageError(f"at {level} there is no pass '{dump_after[:40]}': there are {', '.join(passes)}")
        found = front.dump(source, options, settings, dump_after)
    if found.diagnostics:
        fail(found.diagnostics, as_json)
    return found.text


def _emit_text(pieces: Sequence[driver.Piece], emit: str, output: Path | None, as_json: bool) -> None:
    from qbcc.objects.disassemble import disassemble
    from qbcc.objects.listing import listing, origins, symbol_data, symbols

    obj, diagnostics = driver.join(pieces, complete=False)
    if obj is None:
        fail(diagnostics, as_json)
    try:
        if emit == "symbols" and as_json:
            text = json_text(symbol_data(obj), indent=1)
        elif emit == "listing":
            parts = [(piece.object, piece.assembly) for piece in pieces if piece.object is not None]
            text = listing(obj, origins(parts))
        else:
            text = {"asm": disassemble, "symbols": symbols}[emit](obj)
    except SourceError as error:
        fail(error.diagnostics, as_json)
    _put(text, output, driver.inputs_of(pieces), emit)


@qbcc.command(
    "import",
    examples=(
        ("qbcc import pair.qasm", "Show the source in QBC."),
        ("qbcc import pair.qasm -o pair.qbc", "Write it to a file."),
    ),
)
@click.argument("file", metavar="FILE.qasm", shell_complete=complete.files(".qasm"))
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write the source to OUT (default: standard output).",
)
@json_option
def import_command(file: str, output: Path | None, as_json: bool) -> None:
    """Turn OpenQASM 2 or 3 into a QBC source."""
    from qbcc.openqasm.read import read
    from qbcc.openqasm.source import source

    try:
        found = read(file)
        text = source(found)
        if output is not None:
            write_whole(output, text.encode(), found.inputs, ".qbc")
    except SourceError as error:
        fail(error.diagnostics, as_json)
    if output is None:
        show(text.rstrip("\n"))
    elif as_json:
        report([], True)


@qbcc.command(
    examples=(
        ("qbcc check hello.qbc", "Report all errors."),
        ("qbcc check *.sigma --json", "Report those of several sources as JSON."),
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete.programs)
@define_option
@include_option
@front_options
@json_option
def check(
    files: Sequence[str],
    defines: dict[str, str],
    include: Sequence[Path],
    optimize: int | None,
    unchecked: bool,
    as_json: bool,
) -> None:
    """Report the errors of sources and objects; write nothing.

    Of a folder, all sources are meant.
    """
    files = sources.named(files, sources.checker)
    settings = front_settings(files, optimize, unchecked)
    with within_memory(as_json=as_json):
        _, diagnostics = driver.read(files, defines, include, settings)
    if diagnostics:
        fail(diagnostics, as_json)
    if as_json:
        report([], True)


@qbcc.command(
    examples=(
        ("qbcc dis hello.qbo", "Show the source of an object."),
        ("qbcc dis hello.qbo > again.qbc", "Write it to a file."),
    )
)
@click.argument("file", metavar="FILE", shell_complete=complete.objects)
def dis(file: str) -> None:
    """Disassemble an object file.

    The text assembles to the same sections.
    """
    from qbcc.objects.disassemble import disassemble

    with within_memory():
        pieces, diagnostics = driver.read([file])
        if diagnostics or pieces[0].object is None:
            fail(diagnostics)
        try:
            show(disassemble(pieces[0].object).rstrip("\n"))
        except SourceError as error:
            fail(error.diagnostics)


@qbcc.command(
    examples=(
        ("qbcc link main.qbo lib.qbo -o all.qbo", "Link two objects."),
        ("qbc run all.qbo", "Run the result."),
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete.objects)
@click.option(
    "-o",
    "output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write the linked object to OUT.",
)
@json_option
def link(files: Sequence[str], output: Path, as_json: bool) -> None:
    """Link object files into one."""
    with within_memory(as_json=as_json):
        pieces, diagnostics = driver.read(files)
        if diagnostics:
            fail(diagnostics, as_json)
        _write_linked(pieces, output, as_json)


@qbcc.command(
    examples=(
        ("qbcc explain E0201", "Explain an error of the assembler."),
        ("qbcc explain T71", "Explain a trap: its exit status is 71."),
    )
)
@click.argument("code", metavar="CODE", shell_complete=complete.codes)
def explain(code: str) -> None:
    """Explain an error (E0201), a finding (L0101) or a trap (T71)."""
    from qbcc.explain import explain as text_of

    text = text_of(code)
    if text is None:
        from qbcc.explain import nearest_code

        close = nearest_code(code)
        refuse("E0803", f"there is no code '{code[:40]}'", *([f"did you mean {close}?"] if close else []))
    show(text)


qbcc.add_command(fmt)
qbcc.add_command(lint)


def main() -> NoReturn:
    """Entry point."""
    run_command(qbcc)
