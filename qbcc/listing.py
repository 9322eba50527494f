"""What the assembler made, for people: instructions with their source, and the symbols."""

from __future__ import annotations

from typing import Any

from vm.bytecode import Base, ObjectFile, Symbol
from vm.isa import BY_CODE, DATA_BASE


def listing(obj: ObjectFile) -> str:
    """One line an instruction: its index, the numbers of its row in hexadecimal, its source line where that changes."""
    lines = [f"{'index':>8}  {'number and slots':<44} source"]
    labels: dict[int, list[str]] = {}
    for symbol in obj.symbols:
        if symbol.base is Base.CODE:
            labels.setdefault(symbol.value, []).append(symbol.name)
    shown: tuple[int, int] | None = None
    for index, row in enumerate(obj.code.tolist()):
        lines += [f"{'':8}  {name}:" for name in labels.get(index, ())]
        op = BY_CODE[row[0]]
        numbers = f"{row[0]:02x} {op.name:<8} " + " ".join(f"{value:x}" for value in row[1 : 1 + len(op.slots)])
        source = ""
        if len(obj.lines):
            place = (int(obj.lines[index][0]), int(obj.lines[index][1]))
            if place != shown:
                shown = place
                text = obj.texts.get(place, "").strip()
                source = f"{obj.files[place[0]]}:{place[1]}: {text}"
        lines.append(f"{index:>8}  {numbers:<44} {source}".rstrip())
    lines += [f"{'':8}  {name}:" for name in labels.get(len(obj.code), ())]
    lines += ["", *_data_lines(obj)]
    return "\n".join(lines).rstrip() + "\n"


def _data_lines(obj: ObjectFile) -> list[str]:
    lines = [f"{'address':>11}  data"] if obj.data_size else []
    for offset, content in obj.data:
        for start in range(0, len(content), 16):
            part = content[start : start + 16]
            text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
            octets = " ".join(f"{octet:02x}" for octet in part)
            lines.append(f"{DATA_BASE + offset + start:>#11x}  {octets:<47}  {text}")
    return lines


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
        place = "" if symbol.where is None else f"{obj.files[symbol.where.file]}:{symbol.where.line}"
        rows.append((symbol.name, symbol.base.name.lower(), _value(symbol), ",".join(_flags(symbol)), place))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return (
        "\n".join("  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)
        + "\n"
    )


def symbol_data(obj: ObjectFile) -> list[dict[str, Any]]:
    """The symbols as JSON has them."""
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
