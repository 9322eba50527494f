"""``python -m benchmarks.editor``: how long an editor's user waits for the language server.

A real server speaks over standard input and output. Somebody types, letter by letter; each change is timed from the
moment it is sent until the diagnostics of that version are there."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.contenders import BenchmarkError
from benchmarks.keystrokes import QBC, SIGMA, Stroke, dependent, findings, source, strokes
from benchmarks.language_client import LanguageClient, Message
from benchmarks.report import Table, conclude, digits
from benchmarks.results import Measured, Samples, describe_machine, now, read
from benchmarks.suite import PROGRAMS

LANGUAGES: Final = (QBC, SIGMA)
LONG, SHORT = 10_000, 300
_PAUSE: Final = 0.05
"""Seconds between two letters, at least; nobody types faster."""
_ASKED_EACH: Final = 10
"""Changes between two rounds of questions."""
_BURST: Final = 8
"""Letters that come faster than they are answered."""

START = "start to first diagnostics"
CHANGE = "change to diagnostics"
AFTER_BURST = f"{_BURST} letters at once to diagnostics"
FINDINGS, DEPENDENTS = 5_000, 10
OF_FINDINGS = f"change to diagnostics, with {FINDINGS:,} findings"
OF_BASE = f"change to diagnostics, {DEPENDENTS} dependents open"
HOVER, COMPLETION, TOKENS = "hover", "completion", "semantic tokens of 60 lines"
ORDER: Final = (START, CHANGE, AFTER_BURST, OF_FINDINGS, OF_BASE, HOVER, COMPLETION, TOKENS)
_ASKED: Final = {START: "< 1.0 s", CHANGE: "median < 50 ms, 95 % < 120 ms", HOVER: "< 20 ms", COMPLETION: "< 20 ms"}
"""Goals: the first for 300 lines, the others for 10,000."""


@dataclass(frozen=True)
class Wait:
    """What was waited for in a document, and how long each time."""

    language: str
    lines: int
    what: str
    samples: Samples


@dataclass
class Waits(Measured):
    """Everything that one call measured."""

    waits: list[Wait] = field(default_factory=list)


class _Session:
    """A document of a language in an editor, from the server's start on."""

    def __init__(self, language: str, text: str, dependents: int = 0) -> None:
        self.language = language
        self.text = text
        # Beside the programs, whose macros it includes; it is never written there.
        self.uri = (PROGRAMS / f"typed.{language}").as_uri()
        self.version = 1
        self.waits: dict[str, list[float]] = {what: [] for what in ORDER}
        begin = time.perf_counter()
        self.client = LanguageClient()
        ready = self.client.ask("initialize", {"processId": None, "rootUri": None, "capabilities": _CAPABILITIES})
        self.has_tokens = bool((ready["capabilities"].get("semanticTokensProvider") or {}).get("range"))
        self.client.tell("initialized", {})
        document = {"uri": self.uri, "languageId": language, "version": 1, "text": text}
        self.client.tell("textDocument/didOpen", {"textDocument": document})
        found = self._published()
        self.waits[START].append(time.perf_counter() - begin)
        for number in range(dependents):
            uri = (PROGRAMS / f"dependent_{number}.{language}").as_uri()
            document = {
                "uri": uri,
                "languageId": language,
                "version": 1,
                "text": dependent(language, f"typed.{language}"),
            }
            self.client.tell("textDocument/didOpen", {"textDocument": document})
        if any(each["severity"] == 1 for each in found):
            raise BenchmarkError(f"{language}: {found[0]['message']}")

    def _published(self) -> list[Any]:
        """The diagnostics of this version."""

        def is_wanted(message: Message) -> bool:
            params = message.get("params") or {}
            is_published = message.get("method") == "textDocument/publishDiagnostics"
            return is_published and params["uri"] == self.uri and params.get("version") == self.version

        found: list[Any] = self.client.wait(is_wanted)["params"]["diagnostics"]
        return found

    def change(self, stroke: Stroke) -> None:
        """Send a change."""
        self.version += 1
        range = {"start": _at(stroke.line, stroke.start), "end": _at(stroke.end_line, stroke.end)}
        params = {
            "textDocument": {"uri": self.uri, "version": self.version},
            "contentChanges": [{"range": range, "text": stroke.text}],
        }
        self.client.tell("textDocument/didChange", params)

    def type_one_by_one(self, count: int, what: str) -> None:
        """Make changes, each once the one before has its diagnostics."""
        for stroke in strokes(self.language, self.text, count):
            begin = time.perf_counter()
            self.change(stroke)
            self._published()
            self.waits[what].append(time.perf_counter() - begin)

    def type(self, count: int) -> None:
        """Make changes, with questions in between."""
        rng = random.Random(count)
        for number, stroke in enumerate(strokes(self.language, self.text, count)):
            place = number % (3 * _BURST)
            begin = time.perf_counter()
            self.change(stroke)
            if place < _BURST - 1:
                continue
            self._published()
            self.waits[AFTER_BURST if place < _BURST else CHANGE].append(time.perf_counter() - begin)
            if number % _ASKED_EACH == 0:
                self._ask(rng, stroke)
            time.sleep(_PAUSE)

    def _ask(self, rng: random.Random, stroke: Stroke) -> None:
        """What an editor asks at the cursor and where the mouse is."""
        document = {"textDocument": {"uri": self.uri}}
        lines = self.text.split("\n")
        line = rng.choice([number for number, text in enumerate(lines[:-1]) if len(text) > 8])
        behind = stroke.start + len(stroke.text) if "\n" not in stroke.text else 0
        cursor = _at(stroke.line + stroke.text.count("\n"), behind)
        self._timed(COMPLETION, "textDocument/completion", {**document, "position": cursor})
        self._timed(HOVER, "textDocument/hover", {**document, "position": _at(line, 7)})
        if self.has_tokens:
            seen = {"start": _at(max(line - 30, 0), 0), "end": _at(line + 30, 0)}
            self._timed(TOKENS, "textDocument/semanticTokens/range", {**document, "range": seen})

    def _timed(self, what: str, method: str, params: Message) -> None:
        begin = time.perf_counter()
        self.client.ask(method, params)
        self.waits[what].append(time.perf_counter() - begin)


_CAPABILITIES: Final = {
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True},
    }
}


def _at(line: int, character: int) -> Message:
    return {"line": line, "character": character}


def measure(
    languages: Collection[str], *, runs: int, changes: int, small: bool, note: Callable[[str], object] = lambda _: None
) -> Waits:
    """Start a server ``runs`` times for each document, and type into it in the last run; ``note`` hears what comes
    next."""
    results = Waits(now(), describe_machine(), small)
    for language in languages:
        for lines in (SHORT,) if small else (SHORT, LONG):
            note(f"{language}, {lines:,} lines")
            text = source(language, lines)
            starts: list[float] = []
            for run in range(runs):
                session = _Session(language, text)
                with session.client:
                    starts += session.waits[START]
                    if run == runs - 1:
                        session.type(changes)
            waits = {**session.waits, START: starts}
            count = text.count("\n")
            results.waits += [Wait(language, count, what, Samples(waits[what])) for what in ORDER if waits[what]]
        for what, text, dependents in (
            (OF_FINDINGS, findings(language, FINDINGS // (50 if small else 1)), 0),
            (OF_BASE, source(language, SHORT), DEPENDENTS),
        ):
            note(f"{language}, {what}")
            session = _Session(language, text, dependents)
            with session.client:
                session.type_one_by_one(min(changes, 50), what)
            results.waits.append(Wait(language, text.count("\n"), what, Samples(session.waits[what])))
    return results


def load(path: Path) -> Waits:
    """Reads saved results; :class:`ValueError` for another format."""
    data = read(path, "waits")
    waits = [Wait(**{**row, "samples": Samples(**row["samples"])}) for row in data["waits"]]
    return Waits(data["date"], data["machine"], data["small"], waits)


def tables(results: Waits) -> list[Table]:
    """All waits."""
    return [
        Table(
            "What an editor's user waits for: median, 95 %, fastest to slowest, milliseconds",
            ("language", "lines", "what", "asked", "median", "95 %", "spread", "times"),
            [_row(wait) for wait in results.waits],
            right_from=4,
        )
    ]


def _row(wait: Wait) -> tuple[str, ...]:
    samples = wait.samples
    is_meant = (wait.lines < LONG) == (wait.what == START)
    times = [digits(1e3 * value) for value in (samples.median, samples.most_of(0.95), samples.least, samples.most)]
    asked = _ASKED.get(wait.what, "") if is_meant else ""
    return (
        wait.language,
        f"{wait.lines:,}",
        wait.what,
        asked,
        *times[:2],
        f"{times[2]} to {times[3]}",
        str(len(samples.seconds)),
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", multiple=True, type=click.Choice(LANGUAGES), help="Measure only this; repeatable.")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(min=1), help="Starts of the server.")
@click.option("--changes", default=400, show_default=True, type=click.IntRange(min=1), help="Changes to each document.")
@click.option("--small", is_flag=True, help="Short documents only: to see that everything runs.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    help="Where to save; else benchmarks/results/editor-DATE.json.",
)
@click.option("--markdown", is_flag=True, help="Print Markdown instead of tables for a terminal.")
@click.option("--show", type=click.Path(path_type=Path, exists=True), help="Show saved results and measure nothing.")
def main(
    only: tuple[str, ...],
    runs: int,
    changes: int,
    small: bool,
    json_path: Path | None,
    markdown: bool,
    show: Path | None,
) -> None:
    """Measure what an editor's user waits for: diagnostics, hover, completion, the start."""
    try:
        if show:
            results = load(show)
        else:
            results = measure(only or LANGUAGES, runs=runs, changes=changes, small=small, note=_note)
    except (BenchmarkError, ValueError) as error:
        sys.exit(f"benchmarks: {error}")
    conclude(results, tables(results), "editor", show=show, json_path=json_path, markdown=markdown)


def _note(name: str) -> None:
    click.echo(f"measuring: {name}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.editor")
