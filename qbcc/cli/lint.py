"""``qbcc lint``: report likely mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbcc import frontends
from qbcc.cli import complete, sources
from qbcc.cli.common import (
    FAILED,
    define_option,
    include_option,
    json_option,
    json_text,
    report,
    say,
    show,
    within_memory,
)
from qbcc.cli.help import command
from qbcc.diagnostics import Diagnostic, Severity, SourceError
from qbcc.files import write_whole
from qbcc.lint.config import levels_for
from qbcc.lint.finding import Linted, Rule
from qbcc.lint.fix import fixed
from qbcc.lint.judge import judge
from qbcc.source import SourceFile

if TYPE_CHECKING:
    # Every command would wait for it.
    from qbcc.assembly.assemble import Options

_MOST_ROUNDS = 100
"""Most times that a source is looked at for fixes: one may make another possible. Fixes at one place, as of several
registers that one routine does not save, are made one after the other."""


@dataclass
class _Run:
    """What is asked for, and what is found."""

    options: Options
    stdin_name: str | None
    is_fixing: bool
    found: list[Diagnostic] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    fixes: int = 0


@command(
    examples=(
        ("qbcc lint hello.qbc", "Report likely mistakes."),
        ("qbcc lint --fix .", "Mend those with a fix, in all sources below."),
        ("qbcc lint --strict --sarif *.qbc > lint.sarif", "Check for code hosts and editors."),
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete.sources)
@click.option("--fix", is_flag=True, help="Write the fixes of findings into the files.")
@click.option("--strict", is_flag=True, help="End with 1 for any finding (default: for errors only).")
@click.option("--sarif", "as_sarif", is_flag=True, help="Write findings as SARIF 2.1.0.")
@click.option(
    "--stdin-name", metavar="NAME", help="Call standard input NAME, whose ending is its language, if FILE is -."
)
@define_option
@include_option
@json_option
def lint(
    files: Sequence[str],
    fix: bool,
    strict: bool,
    as_sarif: bool,
    stdin_name: str | None,
    defines: Mapping[str, str],
    include: Sequence[Path],
    as_json: bool,
) -> None:
    """Report likely mistakes.

    FILE is a source (.qbc, .sigma), or a folder, of which all sources are meant.
    """
    if as_json and as_sarif:
        raise click.UsageError("--json and --sarif are two forms of one answer")
    from qbcc.assembly.assemble import Options

    run = _Run(Options(dict(defines), tuple(include)), stdin_name, fix)
    with within_memory(as_json=as_json):
        for name in sources.named(files, _linter):
            try:
                _file(run, name)
            except SourceError as error:
                run.found += error.diagnostics
    # A file that is included and named too is looked at twice.
    run.found = list({_place(found): found for found in reversed(run.found)}.values())[::-1]
    if as_sarif:
        from qbcc.cli.common import version_text
        from qbcc.lint.sarif import sarif

        show(json_text(sarif(run.found, run.rules, version_text()), indent=1))
    else:
        report(run.found, as_json)
    if run.fixes:
        say(f"{run.fixes} fix{'es' * (run.fixes > 1)} written")
    if any(strict or found.severity is Severity.ERROR for found in run.found):
        raise SystemExit(FAILED)


def _place(found: Diagnostic) -> tuple[object, ...]:
    """What tells one finding from another."""
    span = found.span
    where = None if span is None else (span.source.path or span.source.name, span.line, span.column)
    return found.code, found.message, where


def _linter(name: str) -> Callable[[SourceFile, Options], Linted] | None:
    """What looks at a file, by its name."""
    if name.endswith(".qbc"):
        from qbcc.lint.assembly.source import lint_source

        return lint_source
    front = frontends.find(name)
    return front.lint if front is not None else None


def _file(run: _Run, name: str) -> None:
    """Look at a file, and mend it if that is asked for. Raises :class:`SourceError`."""
    given = sources.read(name, run.stdin_name, _linter, "linter")
    if run.is_fixing and given.path is None:
        raise click.UsageError("--fix writes into files, and - is none")
    source = given.source
    found = _findings(run, given, source)
    for _ in range(_MOST_ROUNDS if run.is_fixing else 0):
        text, count = _mended(run, given, source, found)
        if not count:
            break
        run.fixes += count
        source = SourceFile(source.name, text, source.path)
        found = _findings(run, given, source)
    if source is not given.source and given.path is not None:
        write_whole(given.path, source.text.encode(), ())
    run.found += found


def _mended(
    run: _Run,
    given: sources.Given[Callable[[SourceFile, Options], Linted]],
    source: SourceFile,
    found: list[Diagnostic],
) -> tuple[str, int]:
    """The text with the fixes that leave a program of it, and how many those are. With a fix, a compiler may know more,
    and refuse what would trap when it runs; or the linter finds a new error. Then the fix is left out."""
    errors = _count(found)

    def is_sound(text: str) -> bool:
        linted = given.tool(SourceFile(source.name, text, source.path), run.options)
        return not linted.errors and _count(linted.findings) <= errors

    text, count = fixed(source, found)
    if not count or is_sound(text):
        return text, count
    kept: list[Diagnostic] = []
    for each in found:
        if each.fix is not None and is_sound(fixed(source, [*kept, each])[0]):
            kept.append(each)
    return fixed(source, kept)


def _count(findings: Iterable[Diagnostic]) -> Counter[str]:
    """Return how many errors there are of each code."""
    return Counter(found.code for found in findings if found.severity is Severity.ERROR)


def _findings(
    run: _Run, given: sources.Given[Callable[[SourceFile, Options], Linted]], source: SourceFile
) -> list[Diagnostic]:
    """What counts of what the front end finds."""
    linted = given.tool(source, run.options)
    if linted.errors:
        raise SourceError(linted.errors)
    run.rules.update(linted.rules)
    folder = Path(source.path).parent if source.path else Path.cwd()
    # The texts of all codes, which no other command wants.
    from qbcc.explain import others

    project = levels_for(folder, linted.rules, others)
    if project.diagnostics:
        raise SourceError(project.diagnostics)
    return judge(linted, project.levels)
