"""Steps of a run for people and as JSON, and which instructions are meant by names, ranges and registers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from qbcc.objects.decode import Decoder
from qbcc.objects.labels import Labels
from qbcc.visible import visible
from vm.bytecode import Base
from vm.isa import CODE_BASE, REGISTERS
from vm.program import Program
from vm.trace import Step, touching

_HEAD: Final = ("number", "depth", "instruction", "values", "source")
_LARGE: Final = 1 << 32
_MASK: Final = (1 << 64) - 1
_RANGE: Final = re.compile(r"([^:]+):([^:]+)")
_REGISTER: Final = re.compile(r"[rR](\d{1,2})")


class FilterFault(ValueError):
    """A filter that means nothing: one line that says why."""


def wanted(
    program: Program, routines: Sequence[str] = (), ranges: Sequence[str] = (), registers: Sequence[str] = ()
) -> NDArray[np.uint8]:
    """1 for each instruction that all filters let through; of one kind, any. A routine is named by its label; a range
    is ``START:END``, each an index, a code address or a label, the end not counted in. Raises :class:`FilterFault`."""
    count = len(program.object.code)
    found = np.ones(count, np.uint8)
    if routines:
        known = {program.routine(pc) for pc in range(count)} - {""}
        for name in routines:
            if name not in known:
                close = get_close_matches(name, known, 1)
                raise FilterFault(f"no instruction is in '{name}'" + (f": did you mean '{close[0]}'?" if close else ""))
        found &= np.array([program.routine(pc) in routines for pc in range(count)], np.uint8)
    if ranges:
        inside = np.zeros(count, np.uint8)
        for text in ranges:
            start, end = _range(program, text)
            inside[start:end] = 1
        found &= inside
    if registers:
        found &= touching(program.object.code, map(_register, registers))
    return found


def _range(program: Program, text: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise FilterFault(f"'{text}' is no range: write START:END, as 10:20 or main:loop")
    start, end = (_place(program, part) for part in match.groups())
    if start >= end:
        raise FilterFault(f"'{text}' holds no instruction")
    return start, end


def _place(program: Program, text: str) -> int:
    count = len(program.object.code)
    symbols = {s.name: s.value for s in program.object.symbols if s.base is Base.CODE}
    if text in symbols:
        return symbols[text]
    try:
        value = int(text, 0)
    except ValueError:
        raise FilterFault(f"'{text}' is neither a label nor a number") from None
    place = value - CODE_BASE if value >= CODE_BASE else value
    if not 0 <= place <= count:
        raise FilterFault(f"{text} is outside of the program, which has {count:,} instructions")
    return place


def _register(text: str) -> int:
    match = _REGISTER.fullmatch(text)
    if match is None or int(match[1]) >= REGISTERS:
        raise FilterFault(f"'{text}' is no register: there are r0 to r{REGISTERS - 1}")
    return int(match[1])


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of an instruction whenever it runs."""

    instruction: str
    routine: str
    file: str | None
    line: int | None
    source: str


class Teller:
    """Says what steps of a program were."""

    def __init__(self, program: Program, name: Callable[[str], str]) -> None:
        """``name`` shows a file of the object as the user knows it."""
        self._program = program
        self._name = name
        self._decoder = Decoder(program.object, Labels(program.object), strict=False)
        self._known: dict[int, _Said] = {}
        self._labels: dict[int, str] = {}
        for symbol in program.object.symbols:
            if symbol.base is Base.CODE:
                self._labels.setdefault(symbol.value, visible(symbol.name))
        self._shown = ""

    def head(self) -> str:
        """What stands above the columns."""
        return self._row(*_HEAD)

    def line(self, step: Step) -> str:
        """A step: what it wrote, then in parentheses what it read; the source line where that changes."""
        said = self._said(step.pc)
        source = said.source if said.source != self._shown else ""
        self._shown = said.source
        return self._row(str(step.number), str(step.depth), said.instruction, self._values(step), source)

    def data(self, step: Step) -> dict[str, Any]:
        """The step as JSON has it."""
        said = self._said(step.pc)
        return {
            "number": step.number,
            "index": step.pc,
            "instruction": said.instruction,
            "routine": said.routine,
            "file": said.file,
            "line": said.line,
            "depth": step.depth,
            "stack": step.stack,
            "reads": {f"r{register}": value for register, value in step.reads.items()},
            "writes": {f"r{register}": value for register, value in step.writes.items()},
            "address": step.address,
            "next": step.next,
        }

    @staticmethod
    def _row(number: str, depth: str, instruction: str, values: str, source: str) -> str:
        return f"{number:>12}  {depth:>5}  {instruction:<32}  {values:<36}  {source}".rstrip()

    def _said(self, pc: int) -> _Said:
        said = self._known.get(pc)
        if said is None:
            place = self._program.location(pc)
            file, line = (self._name(place.file), place.line) if place.file else (None, None)
            source = visible(f"{file}:{line}: {place.text.strip()}") if file else ""
            said = _Said(visible(self._decoder.instruction(pc)), place.routine, file, line, source)
            self._known[pc] = said
        return said

    def _values(self, step: Step) -> str:
        parts = [", ".join(f"r{register} = {_number(value)}" for register, value in step.writes.items())]
        if step.address is not None:
            parts.append(f"[{step.address:#x}]")
        if step.next not in (step.pc, step.pc + 1):
            parts.append(f"→ {self._labels.get(step.next, step.next)}")
        if step.reads:
            parts.append(f"({', '.join(f'r{register} = {_number(value)}' for register, value in step.reads.items())})")
        return " ".join(part for part in parts if part)


def _number(value: int | float) -> str:
    if isinstance(value, float) or -_LARGE < value < _LARGE:
        return repr(value)
    return f"{value & _MASK:#x}"
