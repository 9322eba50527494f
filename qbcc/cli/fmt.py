"""``qbcc fmt``: sources in the one layout of their language."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

from qbcc import frontends
from qbcc.cli import complete, sources
from qbcc.cli.common import FAILED, report, say, show, show_data
from qbcc.cli.help import command
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.files import write_whole
from qbcc.frontends import Formatted, Migrated
from qbcc.source import SourceFile


@command(
    examples=(
        ("qbcc fmt hello.qbc", "Write a source in the one layout."),
        ("qbcc fmt --check .", "Name the sources that would change."),
        ("qbcc fmt - --stdin-name x.sigma < x.sigma", "Format standard input."),
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete.sources)
@click.option("--check", is_flag=True, help="Name the files that would change, and end with 1 if any (default: write).")
@click.option("--diff", is_flag=True, help="Show what would change (default: write).")
@click.option(
    "--migrate",
    is_flag=True,
    help="Rewrite sources of an earlier version (σ: '//' that divides to 'div'), not the layout.",
)
@click.option(
    "--stdin-name", metavar="NAME", help="Call standard input NAME, whose ending is its language, if FILE is -."
)
def fmt(files: Sequence[str], check: bool, diff: bool, migrate: bool, stdin_name: str | None) -> None:
    """Write sources in the one layout.

    FILE is a source (.qbc, .sigma), or a folder, of which all sources are meant.

    With --migrate, rewrite sources of an earlier version of their language instead, and say what was changed. A source
    that is current stays as it is; --check and --diff work as without.
    """
    diagnostics: list[Diagnostic] = []
    changed = 0
    work = _Work(_migrator, "migration", "migrated") if migrate else _Work(_formatter, "formatter", "formatted")
    for name in sources.named(files, work.tool):
        try:
            changed += _file(name, work, check=check, diff=diff, stdin_name=stdin_name)
        except SourceError as error:
            diagnostics += error.diagnostics
    report(diagnostics)
    if diagnostics or (check and changed):
        raise SystemExit(FAILED)


def _formatter(name: str) -> Callable[[SourceFile], Formatted] | None:
    """What formats a file, by its name."""
    if name.endswith(".qbc"):
        from qbcc.format.source import format_source

        return format_source
    front = frontends.find(name)
    return front.format if front is not None else None


def _migrator(name: str) -> Callable[[SourceFile], Migrated] | None:
    """Return what rewrites older sources of a file's language, by its name."""
    front = frontends.find(name)
    return front.migrate if front is not None else None


@dataclass(frozen=True)
class _Work:
    """What is done to each file."""

    tool: Callable[[str], Callable[[SourceFile], Formatted | Migrated] | None]
    name: str
    done: str


def _file(name: str, work: _Work, *, check: bool, diff: bool, stdin_name: str | None) -> bool:
    """Do what is asked for with a file; whether it is, or would be, another. Raises :class:`SourceError`."""
    given = sources.read(name, stdin_name, work.tool, work.name)
    found = given.tool(given.source)
    if found.text is None:
        raise SourceError(found.diagnostics)
    before, after = given.source.text, found.text
    is_changed = before != after
    if isinstance(found, Migrated) and found.changes:
        say(f"{given.source.name}: {', '.join(found.changes)}")
    if diff and is_changed:
        show_data(_difference(given.source.name, before, after, work.done))
    if check and is_changed and not diff:
        show(given.source.name)
    if check or diff:
        return is_changed
    if given.path is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(after.encode())
    elif is_changed:
        write_whole(given.path, after.encode(), ())
    return is_changed


def _difference(name: str, before: str, after: str, done: str) -> str:
    lines = difflib.unified_diff(_lines(before), _lines(after), name, f"{name} ({done})", lineterm="")
    return "\n".join(lines)


def _lines(text: str) -> list[str]:
    """Lines without their ends; a last line without one is told as diff does."""
    lines = text.split("\n")
    last = lines.pop()
    return [line.removesuffix("\r") for line in lines] + ([f"{last}\n\\ No newline at end of file"] if last else [])
