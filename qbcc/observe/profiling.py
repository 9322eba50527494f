"""Where a run's instructions went: by routine, by line and by path of calls. Every number is exact, but where
:attr:`Profile.folded` says otherwise."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from qbcc.source import SourceFile
from qbcc.visible import visible
from vm.bytecode import Base
from vm.observe import Observer, Path
from vm.program import Program

_SCHEMA: Final = "https://www.speedscope.app/file-format-schema.json"


@dataclass(frozen=True, slots=True)
class RoutineCost:
    """What was spent on a routine, which is what was called, or where the program starts."""

    name: str
    calls: int
    own: int
    """Instructions executed in it, those of what it calls not counted."""
    total: int
    """With what it calls; of a recursive one each instruction once."""


@dataclass(frozen=True, slots=True)
class LineCost:
    """What was spent on a line of a source."""

    file: str
    """As the object names it."""
    line: int
    text: str
    count: int
    """Instructions executed, those of macros that it uses too."""
    times: int
    """Times that its most frequent instruction ran."""


class Profile:
    """Of a run that is over, or of one that goes on: up to here."""

    def __init__(self, program: Program, observer: Observer, name: Callable[[str], str]) -> None:
        """``name`` shows a file of the object as the user knows it."""
        self.program = program
        self.counts: list[int] = observer.counts[:-1].tolist()
        """By instruction."""
        self.paths: list[Path] = observer.paths()
        self.name = name
        self._called: list[int] = observer.called.tolist()
        self._labels: dict[int, str] = {}
        self._locals: dict[int, str] = {}
        for symbol in program.object.symbols:
            if symbol.base is Base.CODE:
                (self._locals if "@" in symbol.name else self._labels).setdefault(symbol.value, symbol.name)

    @cached_property
    def count(self) -> int:
        """Instructions in all."""
        return sum(self.counts)

    @cached_property
    def folded(self) -> int:
        """Calls that have no path of their own, since they are too deep or on one path too many: what ran in them
        counts in the routine and the path that they were made in. Lines are exact even so."""
        return sum(self._called) - sum(path.calls for path in self.paths)

    def routine(self, entry: int) -> str:
        """What a routine is called: by its label, a local one with the ordinary one before it, or by the place of one
        that has none."""
        label = self._labels.get(entry) or self._locals.get(entry)
        if label is not None:
            return visible(label)
        near = self.program.routine(entry)
        return visible(f"{near}+{entry - self._start(near)}") if near else f"instruction {entry}"

    def _start(self, name: str) -> int:
        return next(value for value, found in self._labels.items() if found == name)

    @cached_property
    def routines(self) -> list[RoutineCost]:
        """The dearest first, by their own instructions."""
        own: dict[int, int] = defaultdict(int)
        whole: dict[int, int] = defaultdict(int)
        totals = self.totals
        for number, path in enumerate(self.paths):
            own[path.entry] += path.own
            if not self._is_inside[number]:
                whole[path.entry] += totals[number]
        found = [
            RoutineCost(self.routine(entry), self._called[entry], own[entry], whole[entry]) for entry in sorted(own)
        ]
        return sorted(found, key=lambda cost: (-cost.own, -cost.total))

    @cached_property
    def totals(self) -> list[int]:
        """By path, instructions with those of the paths that go on from it."""
        totals = [path.own for path in self.paths]
        for number in range(len(totals) - 1, 0, -1):
            totals[self.paths[number].parent] += totals[number]
        return totals

    @cached_property
    def _is_inside(self) -> list[bool]:
        """By path, whether its routine is open further up: its instructions are in that one's total."""
        found = [False] * len(self.paths)
        open_: dict[int, int] = defaultdict(int)
        for number, enters in self.walk():
            entry = self.paths[number].entry
            if enters:
                found[number] = open_[entry] > 0
            open_[entry] += 1 if enters else -1
        return found

    @cached_property
    def _children(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.paths]
        for number, path in enumerate(self.paths):
            if path.parent >= 0:
                found[path.parent].append(number)
        return found

    def walk(self) -> Iterator[tuple[int, bool]]:
        """Paths as they are entered (True) and left (False), each between the two of the one that it was called in."""
        waiting = [(0, True)] if self.paths else []
        while waiting:
            number, enters = waiting.pop()
            yield number, enters
            if enters:
                waiting.append((number, False))
                waiting += ((child, True) for child in reversed(self._children[number]))

    @cached_property
    def lines(self) -> list[LineCost]:
        """The dearest first; lines that nothing ran of are left out."""
        count: dict[tuple[str, int], int] = defaultdict(int)
        times: dict[tuple[str, int], int] = defaultdict(int)
        texts: dict[tuple[str, int], str] = {}
        for pc, ran in enumerate(self.counts):
            if ran:
                place = self.program.location(pc)
                here = (place.file, place.line)
                count[here] += ran
                times[here] = max(times[here], ran)
                texts[here] = place.text
        found = [LineCost(*here, texts[here].strip(), count[here], times[here]) for here in count]
        return sorted(found, key=lambda cost: (-cost.count, cost.file, cost.line))

    # -- forms

    def annotated(self, sources: Sequence[tuple[str, SourceFile]]) -> str:
        """Sources, by the names that the object has for them, with what each line cost on its left; those of which
        nothing ran are left out."""
        by_place = {(cost.file, cost.line): cost for cost in self.lines}
        parts: list[str] = []
        for file, source in sources:
            costs = [by_place.get((file, number)) for number in range(1, len(source.lines) + 1)]
            if not any(costs):
                continue
            parts.append(visible(f"{self.name(file)}"))
            parts.append(f"{'instructions':>14}  {'%':>6}  {'times':>12}")
            for cost, text in zip(costs, source.lines, strict=True):
                left = "" if cost is None else f"{cost.count:>14,}  {self.share(cost.count):>6.2f}  {cost.times:>12,}"
                parts.append(f"{left:<36} | {visible(text)}".rstrip())
            parts.append("")
        return "\n".join(parts)

    def share(self, count: int) -> float:
        """Of all instructions, in percent."""
        return 100 * count / self.count if self.count else 0.0

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "instructions": self.count,
            "folded": self.folded,
            "routines": [
                {"name": cost.name, "calls": cost.calls, "own": cost.own, "total": cost.total} for cost in self.routines
            ],
            "lines": [
                {"file": self.name(cost.file), "line": cost.line, "instructions": cost.count, "times": cost.times}
                for cost in self.lines
            ],
            "paths": [
                {"routine": self.routine(path.entry), "parent": path.parent, "own": path.own, "calls": path.calls}
                for path in self.paths
            ],
        }

    def collapsed(self) -> Iterator[str]:
        """Each path as its routines from the outermost inwards, and its own instructions: a line a path, as the tools
        for flame graphs read it."""
        way: list[str] = []
        for number, enters in self.walk():
            if not enters:
                way.pop()
                continue
            way.append(self.routine(self.paths[number].entry).replace(";", ","))
            if self.paths[number].own:
                yield f"{';'.join(way)} {self.paths[number].own}"

    def speedscope(self, title: str) -> str:
        """A file for speedscope (https://www.speedscope.app): the paths as calls that follow one another, one
        instruction as one unit of time."""
        frames: dict[int, int] = {}
        events: list[dict[str, Any]] = []
        at = 0
        for number, enters in self.walk():
            path = self.paths[number]
            frame = frames.setdefault(path.entry, len(frames))
            events.append({"type": "O" if enters else "C", "frame": frame, "at": at})
            if enters:
                at += path.own
        profile = {
            "type": "evented", "name": title, "unit": "none", "startValue": 0, "endValue": at, "events": events
        }  # fmt: skip
        data = {
            "$schema": _SCHEMA,
            "name": title,
            "exporter": "qbc",
            "activeProfileIndex": 0,
            "shared": {"frames": [self._frame(entry) for entry in frames]},
            "profiles": [profile],
        }
        return json.dumps(data, ensure_ascii=False)

    def _frame(self, entry: int) -> dict[str, Any]:
        place = self.program.location(entry)
        frame: dict[str, Any] = {"name": self.routine(entry)}
        if place.file:
            frame |= {"file": self.name(place.file), "line": place.line, "col": place.column}
        return frame
