"""A circuit drawn with characters: a line for each qubit, and between marks what an outcome decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from vm.circuit.items import Choice, Circuit, Item
from vm.quantum.gates import GATES
from vm.quantum.tape import BARRIER, MEASURE, RESET, Step

_SHOWN: Final = {
    "QSDG": "S†",
    "QTDG": "T†",
    "QSX": "√X",
    "QSIGMA": "σ",
    "QCP": "P",
    "QRXX": "XX",
    "QRYY": "YY",
    "QRZZ": "ZZ",
}
_CONTROLLED: Final = {
    "QCX": (1, "X"), "QCY": (1, "Y"), "QCZ": (1, "●"), "QCH": (1, "H"), "QCRX": (1, "RX"), "QCRY": (1, "RY"),
    "QCRZ": (1, "RZ"), "QCP": (1, "P"), "QCCX": (2, "X"), "QCSWAP": (1, "×"),
}  # fmt: skip
"""Controls, and what is drawn on the targets."""
_PLAIN: Final = {
    ord("─"): "-", ord("│"): "|", ord("●"): "*", ord("×"): "x", ord("†"): "'", ord("√"): "V", ord("┊"): ":",
    ord("░"): "#", ord("┼"): "+", ord("σ"): "s",
}  # fmt: skip


@dataclass
class _Column:
    """What stands under each other."""

    cells: dict[int, str] = field(default_factory=dict)
    """By qubit."""
    span: tuple[int, int] | None = None
    """The qubits that a line joins."""
    above: str = ""
    """Over all qubits."""
    mark: str = ""
    """On every qubit that has no cell."""


def text(circuit: Circuit, width: int, *, plain: bool) -> str:
    """The drawing, folded to a width; ``plain`` is ASCII."""
    place = {handle: number for number, handle in enumerate(circuit.handles)}
    columns = list(_columns(circuit.items, place))
    names = [f"q{number} " for number in range(len(place))]
    lead = max(map(len, names))
    parts: list[list[_Column]] = [[]]
    used = lead
    for column in columns:
        size = _width(column) + 1
        if used + size > width and parts[-1]:
            parts.append([])
            used = lead
        parts[-1].append(column)
        used += size
    drawn = "\n\n".join("\n".join(_part(part, names, lead)) for part in parts)
    return drawn.translate(_PLAIN) if plain else drawn


def _columns(items: Sequence[Item], place: dict[int, int]) -> Iterator[_Column]:
    """Steps, as far left as what is before them allows."""
    waiting: list[_Column] = []
    level = [0] * len(place)
    for item in items:
        if isinstance(item, Choice) or item.code == BARRIER:
            yield from waiting
            waiting, level = [], [0] * len(place)
            if isinstance(item, Choice):
                yield from _choice(item, place)
            else:
                yield _Column(mark="░")
            continue
        column = _drawn(item, place)
        low, high = column.span or (min(column.cells), max(column.cells))
        at = max(level[low : high + 1])
        if at == len(waiting):
            waiting.append(_Column())
        found = waiting[at]
        if column.span is not None and found.cells:
            # A line has its column for itself.
            waiting.append(column)
            at = len(waiting) - 1
            level = [at + 1] * len(level)
            continue
        found.cells.update(column.cells)
        if column.span is not None:
            found.span = column.span
            level = [max(each, at + 1) for each in level]
        else:
            level[low] = at + 1
    yield from waiting


def _choice(item: Choice, place: dict[int, int]) -> Iterator[_Column]:
    value, first, other = (1, item.one, item.zero) if item.one else (0, item.zero, ())
    yield _Column(mark="┊", above=f"if c{item.bit} = {value}:")
    yield from _columns(first, place)
    if other:
        yield _Column(mark="┊", above="else:")
        yield from _columns(other, place)
    yield _Column(mark="┊", above="end")


def _drawn(step: Step, place: dict[int, int]) -> _Column:
    qubits = [place[handle] for handle in step.qubits]
    if step.code == MEASURE:
        return _Column({qubits[0]: f"M{step.bit}"})
    if step.code == RESET:
        return _Column({qubits[0]: "|0>"})
    name = GATES[step.code].mnemonic
    angles = f"({', '.join(f'{angle:.4g}' for angle in step.angles)})" if step.angles else ""
    if name in _CONTROLLED:
        controls, shown = _CONTROLLED[name]
        cells = dict.fromkeys(qubits[:controls], "●") | dict.fromkeys(qubits[controls:], shown + angles)
    elif name == "QSWAP":
        cells = dict.fromkeys(qubits, "×")
    else:
        shown = _SHOWN.get(name, name[1:])
        numbered = [f"{shown}{number}" if name == "QW" else shown for number in range(len(qubits))]
        cells = {qubit: each + angles for qubit, each in zip(qubits, numbered, strict=True)}
    return _Column(cells, (min(qubits), max(qubits)) if len(qubits) > 1 else None)


def _width(column: _Column) -> int:
    return max([len(cell) + 2 for cell in column.cells.values()] + [len(column.above), 3 if column.mark else 0])


def _part(columns: Sequence[_Column], names: Sequence[str], lead: int) -> list[str]:
    """Lines of some columns."""
    widths = [_width(column) for column in columns]
    above = " " * lead
    for column, width in zip(columns, widths, strict=True):
        above += column.above.ljust(width + 1)
    lines = [above.rstrip()] if above.strip() else []
    for qubit, name in enumerate(names):
        if qubit:
            between = " " * lead
            for column, width in zip(columns, widths, strict=True):
                is_joined = column.span is not None and column.span[0] < qubit <= column.span[1]
                between += _centred("│" if is_joined else column.mark or " ", width, " ", column) + " "
            lines.append(between.rstrip())
        line = name.ljust(lead)
        for column, width in zip(columns, widths, strict=True):
            inside = column.span is not None and column.span[0] < qubit < column.span[1]
            cell = column.cells.get(qubit, "┼" if inside else column.mark or "─")
            line += _centred(cell, width, "─", column) + "─"
        lines.append(line)
    return [line for line in lines if line.strip()]


def _centred(cell: str, width: int, fill: str, column: _Column) -> str:
    if column.mark:
        return cell.ljust(width, fill)
    left = (width - len(cell)) // 2
    return fill * left + cell + fill * (width - len(cell) - left)
