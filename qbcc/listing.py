"""What the assembler made, for people: instructions with their source, constants, data, and the symbols."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Final

from qbcc.decode import Decoder, signed
from qbcc.labels import Labels
from qbcc.render import number, visible
from vm.bytecode import Base, ObjectFile, Place, Relocation, Symbol
from vm.isa import BY_CODE, DATA_BASE, INT, REGISTERS

_BYTES_A_LINE: Final = 16


def listing(obj: ObjectFile) -> str:
    """Each instruction: its index, the numbers of its row in hexadecimal, the instruction they are, and the source line
    where that changes. So under a line that uses a macro stand the instructions it became. Then the constants by slot,
    then the data by address."""
    names = _names(obj)
    decoder = Decoder(obj, Labels(obj), strict=False)
    lines = [*_code(obj, decoder, names[Base.CODE]), *_constants(obj, decoder), *_data(obj, names[Base.DATA])]
    return "\n".join(lines) + "\n"


def _names(obj: ObjectFile) -> dict[Base, dict[int, list[str]]]:
    """Names by section and place."""
    found: dict[Base, dict[int, list[str]]] = {base: {} for base in Base}
    for symbol in obj.symbols:
        found[symbol.base].setdefault(symbol.value, []).append(symbol.name)
    return found


# -- code


def _code(obj: ObjectFile, decoder: Decoder, names: dict[int, list[str]]) -> Iterator[str]:
    yield f"{'index':>8}  {'number, slots':<20}  {'instruction':<32}  source"
    shown: tuple[int, int] | None = None
    for index, row in enumerate(obj.code.tolist()):
        yield from (f"{'':8}  {name}:" for name in names.get(index, ()))
        place = (int(obj.lines[index][0]), int(obj.lines[index][1])) if len(obj.lines) else None
        source = "" if place is None or place == shown else _source(obj, place)
        shown = place
        numbers = " ".join(f"{value:02x}" for value in row[: 1 + len(BY_CODE[row[0]].slots)])
        yield f"{index:>8}  {numbers:<20}  {decoder.instruction(index):<32}  {source}".rstrip()
    yield from (f"{'':8}  {name}:" for name in names.get(len(obj.code), ()))


def _source(obj: ObjectFile, place: tuple[int, int]) -> str:
    return visible(f"{obj.files[place[0]]}:{place[1]}: {obj.texts.get(place, '').strip()}")


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


def _data(obj: ObjectFile, names: dict[int, list[str]]) -> Iterator[str]:
    if not obj.data_size and not names:
        return
    yield ""
    yield f"{'address':>11}  data"
    cuts = sorted(names)
    at = 0
    for offset, content in [*obj.data, (obj.data_size, b"")]:
        yield from _zeros(at, offset, cuts, names)
        yield from _bytes(offset, content, cuts, names)
        at = offset + len(content)
    yield from _labels(obj.data_size, names)


def _labels(offset: int, names: dict[int, list[str]]) -> Iterator[str]:
    yield from (f"{DATA_BASE + offset:>#11x}  {name}:" for name in names.get(offset, ()))


def _pieces(start: int, end: int, cuts: list[int]) -> Iterator[tuple[int, int]]:
    """A stretch cut at the labels."""
    inside = cuts[bisect_left(cuts, start + 1) : bisect_left(cuts, end)]
    yield from zip([start, *inside], [*inside, end], strict=True)


def _zeros(start: int, end: int, cuts: list[int], names: dict[int, list[str]]) -> Iterator[str]:
    if start >= end:
        return
    for low, high in _pieces(start, end, cuts):
        yield from _labels(low, names)
        yield f"{DATA_BASE + low:>#11x}  {high - low:,} zero byte{'s' if high - low > 1 else ''}"


def _bytes(start: int, content: bytes, cuts: list[int], names: dict[int, list[str]]) -> Iterator[str]:
    if not content:
        return
    for low, high in _pieces(start, start + len(content), cuts):
        yield from _labels(low, names)
        for at in range(low, high, _BYTES_A_LINE):
            part = content[at - start : min(at + _BYTES_A_LINE, high) - start]
            text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
            octets = " ".join(f"{octet:02x}" for octet in part)
            yield f"{DATA_BASE + at:>#11x}  {octets:<47}  {text}".rstrip()


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
