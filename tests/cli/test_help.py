"""Help of every command, to the letter. ``python -m tests.cli.test_help`` writes the texts anew: read what changed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from qbcc.cli.help import Command, Group, heading
from qbcc.cli.qbc import qbc
from qbcc.cli.qbcc import qbcc

FOLDER = Path(__file__).parent / "help"
GROUPS = {"qbc": qbc, "qbcc": qbcc}
COMMANDS = [(name,) for name in GROUPS] + [
    (name, own) for name, group in GROUPS.items() for own in sorted(group.commands)
]


def shown(words: tuple[str, ...]) -> str:
    """What ``--help`` prints on a terminal of 80 columns."""
    done = CliRunner().invoke(GROUPS[words[0]], [*words[1:], "--help"], terminal_width=80, prog_name=words[0])
    assert done.exit_code == 0
    return done.output


def kept(words: tuple[str, ...]) -> Path:
    return FOLDER / f"{'_'.join(words)}.txt"


def found(words: tuple[str, ...]) -> Command | Group:
    made = GROUPS[words[0]].commands[words[1]] if len(words) > 1 else GROUPS[words[0]]
    assert isinstance(made, Command | Group)
    return made


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_is_as_kept(words: tuple[str, ...]) -> None:
    assert shown(words) == kept(words).read_text("utf-8"), "run 'python -m tests.cli.test_help' and read what changed"


def test_no_other_help_is_kept() -> None:
    assert sorted(FOLDER.iterdir()) == sorted(map(kept, COMMANDS))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_options_have_a_heading_and_texts_begin_with_a_verb(words: tuple[str, ...]) -> None:
    text = shown(words)
    assert not re.search(r"^Options:", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 80
    command = found(words)
    assert command.help is not None
    texts = [command.help]
    for option in command.get_params(click.Context(command)):
        if isinstance(option, click.Option):
            assert heading(option), option.name
            assert option.help, option.name
            texts.append(option.help)
    for said in texts:
        assert re.match(r"[A-Z][a-z]+\b", said), said
        assert said.split()[0] not in ("The", "A", "An", "What", "How", "Only", "With", "Most", "Whether"), said
        assert said.split("\n")[0].endswith("."), said


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_examples_are_command_lines_that_are_understood(words: tuple[str, ...]) -> None:
    examples = found(words).examples
    assert 2 <= len(examples) <= 4
    for line, does in examples:
        assert does.endswith(".")
        given = [word for word in shlex.split(re.split(r" [<>|] ", line)[0]) if not re.match(r"[A-Z_]+=", word)]
        group = GROUPS[given[0]]
        assert len(words) == 1 or given[:2] == list(words) or words == ("qbcc", "link")
        command = group.commands[given[1]]
        if "--help" not in given:
            # Options and arguments of the example exist; nothing is run.
            command.make_context(given[1], given[2:])


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for words in COMMANDS:
        kept(words).write_text(shown(words), "utf-8")


if __name__ == "__main__":
    main()
