"""What becomes of a source: instructions with their addresses, bytes and places; drawings of what its qubits do."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from qbcc.assembly.assemble import Assembly
from qbcc.diagnostics import SourceError
from qbcc.objects.decode import Decoder
from qbcc.objects.labels import Labels
from qbcc.source import SourceFile
from sigma.symbols import Function, Module
from sigma.types import BOOL, FLOAT, INT, NOTHING, QUBIT, Array, Type
from vm.bytecode import Base, ObjectFile
from vm.isa import BY_CODE, CODE_BASE
from vm.trap import ObjectError

_SECONDS: Final = 10.0
"""Of a run that is drawn."""
_MOST: Final = 20_000_000
"""Instructions of one."""


@dataclass(frozen=True, slots=True)
class Row:
    """An instruction."""

    index: int
    address: str
    """Its code address, in hexadecimal: linking moves it."""
    data: str
    """Its numbers as bytes, in hexadecimal."""
    text: str
    labels: tuple[str, ...]
    file: str
    """As the object names it."""
    line: int
    """From 1; 0 where the object does not say."""


@dataclass(frozen=True, slots=True)
class Disassembly:
    """Of a program, or one of its routines."""

    rows: tuple[Row, ...]
    text: str
    message: str = ""
    """Why there is none."""


def disassembly(made: Assembly, routine: str | None = None) -> Disassembly:
    """What a source becomes; of one routine, up to the next label that is not local."""
    obj = made.object
    if obj is None:
        return Disassembly((), "", "the program has errors")
    start, end = 0, len(obj.code)
    if routine is not None:
        found = _extent(obj, routine)
        if found is None:
            return Disassembly((), "", f"the program has no code '{routine}'")
        start, end = found
    decoder = Decoder(obj, Labels(obj), strict=False)
    names: dict[int, list[str]] = {}
    for symbol in obj.symbols:
        if symbol.base is Base.CODE:
            names.setdefault(symbol.value, []).append(symbol.name)
    rows = tuple(_row(obj, decoder, index, names) for index in range(start, end))
    return Disassembly(rows, _text(obj, rows))


def _extent(obj: ObjectFile, routine: str) -> tuple[int, int] | None:
    contract = next((each for each in obj.contracts if each.name == routine), None)
    if contract is not None:
        return contract.start, contract.end
    places = sorted({s.value for s in obj.symbols if s.base is Base.CODE and "@" not in s.name})
    own = next((s.value for s in obj.symbols if s.base is Base.CODE and s.name == routine), None)
    if own is None:
        return None
    return own, next((place for place in places if place > own), len(obj.code))


def _row(obj: ObjectFile, decoder: Decoder, index: int, names: dict[int, list[str]]) -> Row:
    numbers = obj.code[index].tolist()
    used = numbers[: 1 + len(BY_CODE[numbers[0]].slots)]
    has_place = index < len(obj.lines)
    file = obj.files[int(obj.lines[index][0])] if has_place else ""
    return Row(
        index,
        f"{CODE_BASE + index:#x}",
        " ".join(number.to_bytes(4, "big").hex() for number in used),
        decoder.instruction(index),
        tuple(names.get(index, ())),
        file,
        int(obj.lines[index][1]) if has_place else 0,
    )


def _text(obj: ObjectFile, rows: Sequence[Row]) -> str:
    lines: list[str] = []
    shown: tuple[str, int] | None = None
    for row in rows:
        lines += (f"{name}:" for name in row.labels)
        place = row.file, row.line
        source = "" if place == shown or not row.line else f"; {row.file}:{row.line}"
        if source:
            at = int(obj.lines[row.index][0]), row.line
            source += f": {obj.texts.get(at, '').strip()}"
        shown = place
        lines.append(f"{row.index:>6}  {row.text:<36}  {source}".rstrip())
    return "\n".join(lines) + "\n" if lines else ""


# -- circuits


@dataclass(frozen=True, slots=True)
class Drawing:
    """A circuit, or why there is none."""

    svg: str | None
    text: str
    """The same in characters, for editors without pictures."""
    message: str = ""


def calling(module: Module, function: Function, arguments: Sequence[float]) -> SourceFile | None:
    """The source with a ``main`` that calls a function on new qubits; its numbers come from ``arguments``, then they
    are 1 and 0.5. None for parameters that cannot be made."""
    lines, given = [], []
    numbers = list(arguments)
    for at, param in enumerate(function.params):
        made = _argument(param.type, numbers)
        if made is None:
            return None
        lines.append(f"let zzz_{at} = {made};")
        given.append(f"zzz_{at}")
    call = f"{function.name}({', '.join(given)})"
    result = f"let _zzz = {call};" if function.result != NOTHING and not function.is_gate else f"{call};"
    text = list(module.source.lines)
    main = module.names.get("main")
    if isinstance(main, Function) and main is not function:
        place = module.at(main.token)
        line = text[place.line - 1]
        text[place.line - 1] = f"{line[: place.column - 1]}zzz_main{line[place.end_column - 1 :]}"
    elif main is function:
        return module.source
    text.append(f"fn main() {{ {' '.join(lines)} {result} }}")
    return SourceFile(module.source.name, "\n".join(text) + "\n", module.source.path)


def _argument(type: Type, numbers: list[float]) -> str | None:
    if type is QUBIT:
        return "qubit()"
    if isinstance(type, Array) and type.element is QUBIT:
        return f"qubits({3 if type.length is None else type.length})"
    if type is FLOAT:
        return repr(float(numbers.pop(0))) if numbers else "0.5"
    if type is INT:
        return repr(int(numbers.pop(0))) if numbers else "1"
    return "true" if type is BOOL else None


def circuit(obj: ObjectFile, seed: int = 1) -> Drawing:
    """Run a program and draw what its qubits do. It reads nothing and its time is bounded."""
    # A machine is what the server needs last, and what takes longest to import.
    from qbcc.circuits import emit as circuits
    from vm.machine import Machine

    try:
        machine = Machine(
            obj,
            engine="interp",
            timeout=_SECONDS,
            max_instructions=_MOST,
            seed=seed,
            stdin=io.BytesIO(),
            stdout=lambda data: None,
        )
        if machine.quantum is None:
            return Drawing(None, "", "the program has no quantum instruction")
        found, outcome = circuits.follow(machine)
        if outcome.trap is not None:
            return Drawing(None, "", f"the run ended in a trap: {outcome.trap.message}")
        text = circuits.draw_text(found, 120, plain=False)
    except (SourceError, ObjectError, ValueError) as error:
        return Drawing(None, "", _said(error))
    try:
        circuits.need("svg")
        return Drawing(circuits.draw_picture(found, "svg").decode("utf-8"), text)
    except SourceError as error:
        return Drawing(None, text, _said(error))


def _said(error: Exception) -> str:
    """What to tell, with what to install."""
    if not isinstance(error, SourceError):
        return str(error)
    return "; ".join(part for found in error.diagnostics for part in (found.message, *found.notes))
