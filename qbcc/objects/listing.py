"""What the assembler made, for people: instructions with their source, constants, data, and the symbols."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from qbcc.assembly.assemble import Assembly
from qbcc.objects.decode import Decoder, signed
from qbcc.objects.labels import Labels
from qbcc.render import number
from qbcc.source import SourceFile
from qbcc.syntax.lines import Line
from qbcc.syntax.printer import print_line
from qbcc.visible import visible
from vm.bytecode import Base, ObjectFile, Place, Relocation, Symbol
from vm.isa import BY_CODE, CODE_BASE, DATA_BASE, INT, REGISTERS

_BYTES_A_LINE: Final = 16


@dataclass(frozen=True)
class Origins:
    """The lines that an object was assembled from, where its sources are at hand: what an object file does not keep."""

    code: dict[int, Line]
    """By instruction, the first of those that a line became."""
    data: dict[int, Line]
    """By offset in the data, the same."""
    names: dict[SourceFile, str]
    """What the object calls the sources."""

    def place(self, line: Line) -> str:
        """Where a line stands."""
        return f"{self.names.get(line.source, line.source.name)}:{line.number}"


def origins(parts: Iterable[tuple[ObjectFile, Assembly | None]]) -> Origins:
    """Of objects that were linked in this order, and how they were assembled, if they were."""
    found = Origins({}, {}, {})
    code = data = 0
    for obj, assembly in parts:
        data += -data % obj.data_align
        found.names.update(zip(assembly.included if assembly else (), obj.files, strict=False))
        for line, start, length, in_data, _ in assembly.statements if assembly else ():
            if length and in_data:
                found.data.setdefault(data + start, line)
            elif length:
                found.code.setdefault(code + start, line)
        code += len(obj.code)
        data += obj.data_size
    return found


def listing(obj: ObjectFile, origin: Origins | None = None) -> str:
    """Each instruction: its address and index, the numbers of its row in hexadecimal, the instruction they are, and the
    source line where that changes. Under a line that uses a macro stand the instructions it became, with ``origin``
    beside the lines of the macro's body, arguments in place of parameters, behind a ``+`` for each use that is open.
    Then the constants by slot, then the data by address."""
    names = _names(obj)
    decoder = Decoder(obj, Labels(obj), strict=False)
    made = origin or Origins({}, {}, {})
    code = _code(obj, decoder, names[Base.CODE], made)
    lines = [*code, *_constants(obj, decoder), *_data(obj, names[Base.DATA], made)]
    return "\n".join(lines) + "\n"


def _names(obj: ObjectFile) -> dict[Base, dict[int, list[str]]]:
    """Names by section and place."""
    found: dict[Base, dict[int, list[str]]] = {base: {} for base in Base}
    for symbol in obj.symbols:
        found[symbol.base].setdefault(symbol.value, []).append(symbol.name)
    return found


# -- code


def _code(obj: ObjectFile, decoder: Decoder, names: dict[int, list[str]], made: Origins) -> Iterator[str]:
    yield f"{'address':>18}  {'index':>8}  {'number, slots':<20}  {'instruction':<32}  source"
    shown: tuple[int, int] | None = None
    for index, row in enumerate(obj.code.tolist()):
        yield from (f"{'':28}  {name}:" for name in names.get(index, ()))
        place = (int(obj.lines[index][0]), int(obj.lines[index][1])) if len(obj.lines) else None
        source = "" if place is None or place == shown else _source(obj, place)
        shown = place
        line = made.code.get(index)
        if line is not None and line.use is not None:
            if source:
                yield f"{'':86}  {source}"
            source = _expanded(line, made)
        numbers = " ".join(f"{value:02x}" for value in row[: 1 + len(BY_CODE[row[0]].slots)])
        instruction = decoder.instruction(index)
        yield f"{CODE_BASE + index:#18x}  {index:>8}  {numbers:<20}  {instruction:<32}  {source}".rstrip()
    yield from (f"{'':28}  {name}:" for name in names.get(len(obj.code), ()))


def _source(obj: ObjectFile, place: tuple[int, int]) -> str:
    return visible(f"{obj.files[place[0]]}:{place[1]}: {obj.texts.get(place, '').strip()}")


def _expanded(line: Line, made: Origins) -> str:
    """A line of a macro's or a repetition's body as it was used."""
    depth, use = 0, line.use
    while use is not None:
        depth, use = depth + 1, use.use
    return visible(f"{'+' * depth} {made.place(line)}: {print_line(line).strip()}")


# -- constants


def _constants(obj: ObjectFile, decoder: Decoder) -> Iterator[str]:
    if not len(obj.constants):
        return
    relocations = {r.where: r for r in obj.relocations if r.place is Place.CONSTANT}
    yield ""
    yield f"{'slot':>8}  {'bits':<20}  constant"
    for index, bits in enumerate(obj.constants.tolist()):
        text = _constant(obj, decoder, index, relocations.get(index))
        yield f"{REGISTERS + index:>8x}  {bits:<#20x}  {text}"


def _constant(obj: ObjectFile, decoder: Decoder, index: int, relocation: Relocation | None) -> str:
    if relocation is not None:
        return f"{decoder.relocated(relocation, '')} (an address)"
    bits = int(obj.constants[index])
    return number(signed(bits)) if int(obj.constant_kinds[index]) == INT else decoder.real(bits)


# -- data


def _data(obj: ObjectFile, names: dict[int, list[str]], made: Origins) -> Iterator[str]:
    if not obj.data_size and not names:
        return
    yield ""
    yield f"{'address':>11}  {'data':<65}  {'source' * bool(made.data)}".rstrip()
    cuts = sorted({*names, *made.data})
    at = 0
    for offset, content in [*obj.data, (obj.data_size, b"")]:
        yield from _zeros(at, offset, cuts, names, made)
        yield from _bytes(offset, content, cuts, names, made)
        at = offset + len(content)
    yield from _labels(obj.data_size, names)


def _labels(offset: int, names: dict[int, list[str]]) -> Iterator[str]:
    yield from (f"{DATA_BASE + offset:>#11x}  {name}:" for name in names.get(offset, ()))


def _pieces(start: int, end: int, cuts: list[int]) -> Iterator[tuple[int, int]]:
    """A stretch cut at the labels and where another line's data begins."""
    inside = cuts[bisect_left(cuts, start + 1) : bisect_left(cuts, end)]
    yield from zip([start, *inside], [*inside, end], strict=True)


def _line(offset: int, made: Origins) -> str:
    line = made.data.get(offset)
    if line is None:
        return ""
    if line.use is not None:
        return _expanded(line, made)
    return visible(f"{made.place(line)}: {line.source.line(line.number).strip()}")


def _zeros(start: int, end: int, cuts: list[int], names: dict[int, list[str]], made: Origins) -> Iterator[str]:
    if start >= end:
        return
    for low, high in _pieces(start, end, cuts):
        yield from _labels(low, names)
        text = f"{high - low:,} zero byte{'s' if high - low > 1 else ''}"
        yield f"{DATA_BASE + low:>#11x}  {text:<65}  {_line(low, made)}".rstrip()


def _bytes(start: int, content: bytes, cuts: list[int], names: dict[int, list[str]], made: Origins) -> Iterator[str]:
    if not content:
        return
    for low, high in _pieces(start, start + len(content), cuts):
        yield from _labels(low, names)
        for at in range(low, high, _BYTES_A_LINE):
            part = content[at - start : min(at + _BYTES_A_LINE, high) - start]
            text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
            octets = " ".join(f"{octet:02x}" for octet in part)
            source = _line(low, made) if at == low else ""
            yield f"{DATA_BASE + at:>#11x}  {octets:<47}  {text:<16}  {source}".rstrip()


# -- symbols


def _value(symbol: Symbol) -> str:
    if symbol.base is Base.CODE:
        return f"instruction {symbol.value}"
    if symbol.base is Base.DATA:
        return f"{DATA_BASE + symbol.value:#x}"
    return "" if symbol.base is Base.UNDEFINED else f"{symbol.value:#x}"


def _flags(symbol: Symbol) -> list[str]:
    flags = {"global": symbol.is_global, "query": symbol.is_query, "float": symbol.is_float}
    return [name for name, holds in flags.items() if holds]


def symbols(obj: ObjectFile) -> str:
    """One line a symbol: name, section, value, flags, place."""
    rows = [("name", "section", "value", "flags", "defined")]
    for symbol in obj.symbols:
        place = "" if symbol.where is None else visible(f"{obj.files[symbol.where.file]}:{symbol.where.line}")
        rows.append((symbol.name, symbol.base.name.lower(), _value(symbol), ",".join(_flags(symbol)), place))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ("  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines) + "\n"


def symbol_data(obj: ObjectFile) -> list[dict[str, Any]]:
    """The symbols as JSON has them: ``value`` is an instruction's index, an offset in the data, or a constant's 64 bits
    as an unsigned number."""
    return [
        {
            "name": symbol.name,
            "section": symbol.base.name.lower(),
            "value": symbol.value,
            "flags": _flags(symbol),
            "file": None if symbol.where is None else obj.files[symbol.where.file],
            "line": None if symbol.where is None else symbol.where.line,
        }
        for symbol in obj.symbols
    ]
