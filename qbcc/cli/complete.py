"""What a shell completes: files of the endings that a command reads, programs of the library, backends, codes.

Each function is a ``shell_complete`` of click: context, parameter and the word so far, to the words that it may become.
Nothing is imported before a shell asks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Items: TypeAlias = "list[CompletionItem[str]]"
Completer = Callable[[click.Context, click.Parameter, str], Items]

_OBJECTS: Final = (".qbo",)
_MOST: Final = 2000
"""Most entries of a folder that are looked through."""
_SPECIAL: Final = r"([\s\\\"'`$&|;<>(){}\[\]*?!])"
"""Characters of a file's name that mean something else to bash."""


def _item(value: str, text: str | None = None) -> CompletionItem[str]:
    from click.shell_completion import CompletionItem

    return CompletionItem(value, help=text)


def _starting(values: Iterable[str], start: str) -> Items:
    return [_item(value) for value in values if value.startswith(start)]


def _source_endings() -> tuple[str, ...]:
    from qbcc import frontends

    return (".qbc", *(f".{ending}" for ending in frontends.endings()))


def _files(start: str, endings: Sequence[str]) -> list[str]:
    """Return the files of some endings, and the folders, that a word may become. A folder that is the only one is
    gone into, since a shell would end the word behind it."""
    found = _listed(start, endings)
    while len(found) == 1 and found[0].endswith("/"):
        inside = _listed(found[0], endings)
        if not inside:
            break
        found = inside
    return found


def _listed(start: str, endings: Sequence[str]) -> list[str]:
    folder, own = os.path.split(start)
    found = []
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            for entry, _ in zip(entries, range(_MOST), strict=False):
                name = entry.name
                if not name.startswith(own) or (name.startswith(".") and not own) or not _is_text(name):
                    continue
                if entry.is_dir():
                    found.append(os.path.join(folder, name, ""))
                elif name.endswith(tuple(endings)):
                    found.append(os.path.join(folder, name))
    except OSError:
        return []
    return sorted(found)


def _is_text(name: str) -> bool:
    """Whether the name of a file can be handed to a shell as a line of UTF-8."""
    return name.isprintable()


def programs(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete sources, objects and programs of the standard library."""
    from qbcc import library

    items = [_item(name) for name in _files(start, (*_source_endings(), *_OBJECTS))]
    return items + [_item(name, "standard library") for name in library.programs() if name.startswith(start)]


def sources(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete sources, and the folders that they are in."""
    return [_item(name) for name in _files(start, _source_endings())]


def objects(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete object files."""
    return [_item(name) for name in _files(start, _OBJECTS)]


def files(*endings: str) -> Completer:
    """Complete files of the endings that are given."""

    def complete(context: click.Context, parameter: click.Parameter, start: str) -> Items:
        return [_item(name) for name in _files(start, endings)]

    return complete


def tables(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete saved tables."""
    from qbcc.export.save import ENDINGS

    return [_item(name) for name in _files(start, ENDINGS)]


def backends(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete the names of backends; none is asked for its devices."""
    from importlib.metadata import entry_points

    from vm.quantum.backends.aer import METHODS
    from vm.quantum.backends.choose import GROUP, NAMES

    if start.startswith("mock:"):
        return [_item(f"mock:{name}") for name in _files(start.removeprefix("mock:"), (".json",))]
    own = [point.name for point in entry_points(group=GROUP)]
    names = ["mock:" if name == "mock" else name for name in (*NAMES, *own)]
    return _starting([*names, *(f"aer:{method}" for method in METHODS)], start)


def noises(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete the kinds of noise, each with the sign behind it, and JSON files."""
    from vm.quantum.backends.noise import KINDS

    before, comma, own = start.rpartition(",")
    kinds = _starting([f"{before}{comma}{kind}=" for kind in KINDS], start)
    return kinds if comma else kinds + [_item(name) for name in _files(own, (".json",))]


def codes(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete the codes of errors, findings and traps, each with its title."""
    from qbcc import explain

    known = sorted({**explain.table(), **explain.others()}.items())
    return [_item(code, found.title) for code, found in known if code.startswith(start.upper())]


def registers(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete the names of registers."""
    from vm.isa import REGISTERS

    return _starting([f"r{number}" for number in range(REGISTERS)], start)


def runs(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete the runs that can be resumed."""
    from qbcc.cli.settings import folder

    return _starting(sorted(path.stem for path in folder().glob("*.json")), start)


def passes(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete the passes of front ends at the level that was given."""
    from qbcc import frontends

    level = context.params.get("optimize")
    settings = frontends.Settings(2 if level is None else level)
    fronts = [frontends.find(f"source.{ending}") for ending in frontends.endings()]
    found = [name for front in fronts if front is not None for name in front.passes(settings)]
    return _starting(dict.fromkeys(found), start)


def entry_points(context: click.Context, parameter: click.Parameter, start: str) -> Items:
    """Complete the entry points of the program that is named before, where it has no errors."""
    from qbcc import driver

    file = context.params.get("file")
    built = driver.load([file]) if file and file != driver.STDIN else None
    if built is None or built.object is None:
        return []
    return _starting(sorted(symbol.name for symbol in built.object.symbols if symbol.is_query), start)


def _escaped(value: str) -> str:
    # Two: the script of click reads the line with `read`, which takes one away.
    return re.sub(_SPECIAL, r"\\\\\1", value)


def prepare() -> None:
    """Let bash complete names with blanks, and words with colons, which it cuts there."""
    from click.shell_completion import BashComplete, add_completion_class

    class Bash(BashComplete):
        """Completion for Bash, by click's own script."""

        _cut = 0

        def get_completion_args(self) -> tuple[list[str], str]:
            args, last = super().get_completion_args()
            # The pieces of a word with colons come by themselves, and only what is behind the last one is replaced.
            word = last
            while args and (word.startswith(":") or args[-1] == ":"):
                word = args.pop() + word
            self._cut = len(word) if last == ":" else len(word) - len(last)
            return args, word

        def format_completion(self, item: CompletionItem[Any]) -> str:
            value = str(item.value)[self._cut :]
            return f"{item.type},{_escaped(value)}"

    add_completion_class(Bash, "bash")
