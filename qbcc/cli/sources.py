"""The sources that a command for people's text means: files, folders, standard input."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import click

from qbcc import driver, frontends, near_files
from qbcc.assembly.includes import MAX_SOURCE, IncludeFault, decode, read_regular_bytes
from qbcc.cli.common import say
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.source import SourceFile
from qbcc.wording import did_you_mean

STDIN: Final = "-"
Tool = TypeVar("Tool")


@dataclass(frozen=True)
class Given(Generic[Tool]):
    """A source, and what works on its language."""

    source: SourceFile
    tool: Tool
    path: Path | None
    """None for standard input."""


def named(names: Sequence[str], tool: Callable[[str], object]) -> list[str]:
    """The files that are meant: those that are named, and of folders those whose language has the tool; in order, each
    once. ``tool`` gives that of a file by its name, or None."""
    found: dict[str, None] = {}
    for name in names:
        if name == STDIN or not Path(name).is_dir():
            found.setdefault(name)
            continue
        inside = list(_walk(name, tool))
        if not inside:
            say(f"there is no source in the folder '{name}': sources end in {_endings(tool)}")
        found.update(dict.fromkeys(inside))
    return list(found)


def _endings(tool: Callable[[str], object]) -> str:
    endings = [".qbc", *(f".{ending}" for ending in frontends.endings())]
    return ", ".join(ending for ending in endings if tool(f"a{ending}") is not None)


def checker(name: str) -> str | None:
    """Return the name of a file that ``qbcc check`` takes from a folder; None for others."""
    return name if name.endswith(".qbc") or frontends.find(name) is not None else None


def _walk(folder: str, tool: Callable[[str], object]) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        # What is hidden is other programs': versions, environments.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if tool(name) is not None:
                yield str(Path(place, name))


def read(name: str, stdin_name: str | None, tool: Callable[[str], Tool | None], what: str) -> Given[Tool]:
    """A source and the tool for its language, which ``what`` names. Raises :class:`SourceError`."""
    if name == STDIN and stdin_name is None:
        raise click.UsageError("--stdin-name FILE says what language standard input has")
    shown = stdin_name if name == STDIN and stdin_name is not None else name
    found = tool(Path(shown).name)
    if found is None and name != STDIN and not os.path.lexists(name):
        notes = did_you_mean(near_files.near(name, near_files.endings(name))) or ("no file has this name",)
        raise SourceError([Diagnostic("E0501", f"cannot read '{name}': no such file", None, notes=notes)])
    if found is None:
        own = Path(shown).name
        ending = own.removeprefix(frontends.stem(own))
        message = f"there is no {what} for {f'{ending} files' if ending else 'such files'} yet: '{shown}'"
        notes = (f"'qbcc {'fmt' if what == 'formatter' else 'lint'}' takes .qbc and .sigma files, and folders of them",)
        raise SourceError([Diagnostic("E0810", message, None, notes=notes)])
    try:
        if name == STDIN:
            content = driver.read_stdin(MAX_SOURCE)
            if len(content) > MAX_SOURCE:
                raise IncludeFault("E0504", f"'{shown}' has more than {MAX_SOURCE:,} bytes")
            return Given(SourceFile(shown, decode(content, shown)), found, None)
        path = Path(name)
        text = decode(read_regular_bytes(path, name, MAX_SOURCE), name)
    except IncludeFault as fault:
        raise SourceError([Diagnostic(fault.code, fault.message, None, notes=fault.notes)]) from None
    return Given(SourceFile(name, text, str(path.resolve())), found, path)
