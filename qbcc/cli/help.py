"""Help of the commands: options under headings, and examples at the end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from qbcc.cli import complete

Examples = Sequence[tuple[str, str]]
"""Command lines, each with what it does."""

_SECTIONS: Final = {
    "Program": ("-D", "-I", "-O", "--unchecked"),
    "Run": ("--engine", "--seed", "--clock"),
    "Limits": ("--max-instructions", "--timeout", "--memory"),
    "Shots": ("--shots", "--prints", "--hist", "--plot"),
    "Quantum": ("--backend", "--noise"),
    "Devices": (
        "--resume", "--yes", "--dry-run", "--max-cost", "--job-name", "--metadata", "--debiasing", "--sharpen",
    ),
    "Filters": ("--routine", "--range", "--register", "--last"),
    "Entries": ("--node", "--sigma", "--j", "--layer", "--triangle"),
    "Changes": ("--check", "--diff", "--fix", "--migrate", "--clear"),
    "Input": ("--stdin-name",),
    "Output": (
        "-o", "--emit", "--dump-after", "--top", "--annotate", "--stats", "--regs", "--dump", "--strict", "--sarif",
        "--json",
    ),
    "General": ("--version", "--help"),
}  # fmt: skip
"""The heading of each option, in the order of the help."""
_HEADING: Final = {name: title for title, names in _SECTIONS.items() for name in names}
_RANGE: Final = r"(?:  \[|; )[^\[\];]*\bx\b[<>=][^\[\];]*\]$|  \[[^\[\];]*<=?x\]$"
"""What click adds of a range; where it matters, the text says it."""
MARK: Final = "\0"
"""Before a negative number of the command line, which the shell cannot write."""
_NEGATIVE: Final = re.compile(r"-(?:\.?\d|inf)")
_LONGEST: Final = 46
"""Characters of an example beside which what it does is written; below a longer one."""


def heading(option: click.Parameter) -> str | None:
    """Return the heading that an option is under; None for one that has no heading."""
    return next((_HEADING[name] for name in option.opts if name in _HEADING), None)


def _without_range(found: re.Match[str]) -> str:
    return "]" if found[0].startswith(";") else ""


class _Grouped(click.Command):
    """A command that has examples, and options under headings."""

    def __init__(self, *args: Any, examples: Examples = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line. A negative number is an argument where the command takes numbers; an unknown option is
        answered by one that is near."""
        if any(isinstance(parameter, click.Argument) and parameter.name == "args" for parameter in self.params):
            args = [*self._marked(args)]
        try:
            rest = super().parse_args(ctx, args)
            for name in ("file", "name"):
                if isinstance(word := ctx.params.get(name), str):
                    ctx.params[name] = word.lstrip(MARK)
            return rest
        except click.NoSuchOption as error:
            # Only a mistake needs it.
            from qbcc.nearest import nearest

            near = nearest(error.option_name, [name for option in self.get_params(ctx) for name in option.opts])
            possible = [] if near is None else [near]
            raise click.NoSuchOption(error.option_name, possibilities=possible, ctx=error.ctx) from None

    def _marked(self, args: list[str]) -> Iterator[str]:
        """Yield the words of a command line, negative numbers with a mark that makes no option of them."""
        valued = {
            name
            for option in self.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        before = ""
        for at, word in enumerate(args):
            if word == "--":
                yield from args[at:]
                return
            yield MARK + word if _NEGATIVE.match(word) and before not in valued else word
            before = word

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those of one heading together."""
        records: dict[str, list[tuple[str, str]]] = {title: [] for title in (*_SECTIONS, "Options")}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None and isinstance(option, click.Option):
                names, text = record
                records[heading(option) or "Options"].append((names, re.sub(_RANGE, _without_range, text)))
        for title, rows in records.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        if self.examples:
            with formatter.section("Examples"):
                formatter.write_dl(list(self.examples), col_max=_LONGEST)


class Command(_Grouped):
    """A command of ``qbc`` or ``qbcc``."""


class Group(_Grouped, click.Group):
    """``qbc`` and ``qbcc`` themselves."""

    command_class = Command

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run the command, by the name that it has however it was started; or answer a shell that completes."""
        if f"_{self.name}_COMPLETE".upper() in os.environ:
            complete.prepare()
        return super().main(*args, **{"prog_name": self.name, **settings})

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for one of the other program, and for a file without a command, say what to write."""
        word = args[0]
        if word == "help" and not ctx.resilient_parsing:
            if len(args) == 1:
                click.echo(ctx.get_help(), color=ctx.color)
                ctx.exit()
            args = [args[1], "--help"]
            word = args[0]
        if self.get_command(ctx, word) is None and not ctx.resilient_parsing and word[:1].isalnum():
            meant = self._meant(word)
            if meant is not None:
                ctx.fail(f"No such command '{word}'. Did you mean '{meant}'?")
        return super().resolve_command(ctx, args)

    def _meant(self, word: str) -> str | None:
        if Path(word).is_file():
            return f"{'qbc run' if self.name == 'qbc' else 'qbcc check'} {word}"
        other = "qbcc" if self.name == "qbc" else "qbc"
        # Only a mistake imports it.
        group = getattr(import_module(f"qbcc.cli.{other}"), other)
        return f"{other} {word}" if word in group.commands else None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        _Grouped.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


def command(*, examples: Examples) -> Callable[[Callable[..., Any]], Command]:
    """Make a command that a group takes in later."""
    return click.command(cls=Command, examples=examples)
