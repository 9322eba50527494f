"""The second pass: rows, constants, relocations, symbols, data, places."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Sequence
from typing import Final

from qbcc.assembly import messages
from qbcc.assembly.names import BrokenError, Moving, Names, Value
from qbcc.assembly.operands import CONSTANT, REGISTER, Action
from qbcc.assembly.pool import Constants, alone
from qbcc.assembly.unit import Unit
from qbcc.diagnostics import Diagnostic, SourceError
from qbcc.source import SourceFile, Span
from qbcc.syntax.lines import Integer, Line, Name, Node
from qbcc.wording import short
from vm.bytecode import NO_ENTRY, ROW, Base, Contract, ObjectFile, Place, Relocation, Symbol, Where, as_array
from vm.isa import BY_CODE, REGISTERS

Report = Callable[[Diagnostic], None]
ReportLine = Callable[[Line, SourceError], None]
_MASK: Final = (1 << 64) - 1
_NO_ROW: Final = (0,) * ROW
_NUMBERS: Final = {f"{letter}{number}": number for letter in "rR" for number in range(REGISTERS)}


class Encoder:
    """The second pass over one unit. What is wrong is reported as it is met."""

    def __init__(self, unit: Unit, sources: Sequence[SourceFile], report: Report, report_line: ReportLine) -> None:
        self.unit = unit
        self.names: Names = unit.names
        self.sources = {id(source): number for number, source in enumerate(sources)}
        self.report = report
        self.report_line = report_line
        self.texts: dict[tuple[int, int], str] = {}
        """Lines that an object keeps, by file and number."""
        self.relocations: list[Relocation] = []
        self.constants = Constants()
        self.slots: dict[str, int] = {}
        """Slots of plain numbers and names, by their word."""
        self.externals: dict[str, int] = {}
        """Symbol number of each external that is used."""

    def value(self, line: Line, node: Node) -> Value | None:
        """A value, or None after its error is reported."""
        try:
            return self.names.value(line, node)
        except BrokenError:
            return None
        except SourceError as error:
            self.report_line(line, error)
            return None

    def inside(self, line: Line, node: Node) -> Value | None:
        """A value that an object can hold: an address lies in its section, or at a distance that 64 bits hold."""
        value = self.value(line, node)
        if not isinstance(value, Moving):
            return value
        low, high = (0, self.unit.size) if value.base is Base.CODE else (-(1 << 63), (1 << 63) - 1)
        if low <= value.offset <= high:
            return value
        self.fail(line, messages.address_outside(line.span(node), value.base is Base.CODE))
        return None

    def fail(self, line: Line, diagnostic: Diagnostic) -> None:
        """Report it, with the uses of macros that led to the line."""
        self.report_line(line, SourceError([diagnostic]))

    # -- code

    def code(self) -> tuple[array[int], array[int]]:
        """Numbers of the rows, and of each one's place in the source."""
        rows = array("I")
        lines = array("I")
        for line, start, _, in_data, made in self.unit.statements:
            if in_data:
                continue
            place = self.place(line)
            if made is None:
                rows.extend(_NO_ROW)
                lines.extend(place)
                continue
            for index, (number, actions) in enumerate(made.rows, start):
                row = [number, *_NO_ROW[1:]]
                for slot, action in enumerate(actions):
                    row[slot + 1] = self.fill(line, number, action, index, slot)
                rows.extend(row)
                lines.extend(place)
        return rows, lines

    def place(self, line: Line) -> tuple[int, int, int, int]:
        """File, line and columns for reports; the source line is kept for them."""
        outer = line if line.use is None else line.outermost()
        file, number = self.sources[id(outer.source)], outer.number
        if (file, number) not in self.texts:
            self.texts[file, number] = outer.source.lines[number - 1]
        first = outer.shape.word if outer.shape.word >= 0 else 0
        length = len(outer.words[-1]) if outer.lengths is None else outer.lengths[-1]
        return file, number, outer.columns[first], outer.columns[-1] + length

    def fill(self, line: Line, number: int, action: Action, index: int, slot: int) -> int:
        """What stands in a slot; 0 after an error is reported."""
        kind, what = action
        if isinstance(what, int):
            if kind == REGISTER:
                return _NUMBERS[line.words[what]]
            return self.constants.slot(what)
        if kind == CONSTANT:
            return self.constant(line, what)
        return self.target(line, number, what, index, slot)

    def constant(self, line: Line, node: Node) -> int:
        """The slot of a value."""
        word = line.words[node.first]
        is_plain = isinstance(node, Integer) or (isinstance(node, Name) and word[0] != "@")
        if is_plain and word in self.slots:
            return self.slots[word]
        value = self.inside(line, node)
        if value is None:
            return 0
        try:
            slot = self.constants.slot(value)
        except ValueError:
            assert isinstance(value, int)
            self.fail(line, messages.does_not_fit(line.span(node), value))
            return 0
        if is_plain:
            self.slots[word] = slot
        return slot

    def target(self, line: Line, number: int, node: Node, index: int, slot: int) -> int:
        """The instruction that a jump or call goes to."""
        value = self.value(line, node)
        if value is None:
            return 0
        name = BY_CODE[number].name
        if not isinstance(value, Moving):
            self.fail(line, messages.not_a_target(line.span(node), name, f"the number {value!r}"))
            return 0
        if value.base is Base.UNDEFINED:
            if self.inside(line, node) is not None:
                self.relocations.append(self.relocation(Place.TARGET, index, value, slot))
            return 0
        if value.base is not Base.CODE:
            self.fail(line, messages.not_a_target(line.span(node), name, "an address of data"))
        elif not 0 <= value.offset < self.unit.size:
            what = "past the last instruction" if value.offset > 0 else "before the first instruction"
            self.fail(line, messages.not_a_target(line.span(node), name, what))
        else:
            return value.offset
        return 0

    def relocation(self, place: Place, where: int, moving: Moving, slot: int = 0) -> Relocation:
        """What linking does to an address."""
        if moving.base is not Base.UNDEFINED:
            return Relocation(place, where, moving.base, moving.offset, slot)
        symbol = self.externals.setdefault(moving.name, len(self.externals))
        return Relocation(place, where, Base.UNDEFINED, moving.offset, slot, symbol)

    # -- the rest

    def pool(self) -> None:
        """The constants that linking changes."""
        for index, moving in self.constants.moving.items():
            self.relocations.append(self.relocation(Place.CONSTANT, index, moving))

    def data(self) -> None:
        """The data, with the values that come late."""
        data = self.unit.data
        for item in data.values():
            value = self.inside(item.line, item.node)
            if value is None:
                continue
            try:
                moving = data.fill(item, value)
            except SourceError as error:
                self.report_line(item.line, error)
                continue
            if moving is not None:
                data.patch_word(item.offset, alone(moving))
                self.relocations.append(self.relocation(Place.DATA, item.offset, moving))

    def symbols(self) -> list[Symbol]:
        """Every name that an object keeps."""
        for line in self.unit.labelled:
            self.place(line)
        wanted = dict(self.unit.globals)
        external = [
            Symbol(name, Base.UNDEFINED, 0, where=self.where(self.names.externals[name])) for name in self.externals
        ]
        labels = [
            Symbol(
                name=name.replace("~", "__"),
                base=label.base,
                value=label.offset,
                is_global=wanted.pop(name, None) is not None,
                is_query=label.is_query,
                where=self.where(label.span),
            )
            for name, label in self.names.labels.items()
        ]
        constants = [symbol for line, node in wanted.values() if (symbol := self.global_constant(line, node))]
        placed = [*labels, *(symbol for symbol in constants if symbol.base is not Base.ABSOLUTE)]
        # By place, in the order of the source where places are equal: a disassembly gives the same order.
        placed.sort(key=lambda symbol: (symbol.base, symbol.value))
        return [*external, *placed, *(s for s in constants if s.base is Base.ABSOLUTE)]

    def where(self, span: Span) -> Where | None:
        """A place for reports; None outside of the sources."""
        file = self.sources.get(id(span.source))
        if file is None:
            return None
        self.texts.setdefault((file, span.line), span.source.line(span.line))
        return Where(file, span.line, span.column, span.end_column)

    def global_constant(self, line: Line, node: Name) -> Symbol | None:
        """``.global`` of a ``.define``."""
        name = line.words[node.first]
        value = self.value(line, node)
        if value is None:
            return None
        where = self.where(self.names.where(name) or line.span(node))
        if isinstance(value, Moving):
            if value.base is Base.UNDEFINED:
                self.fail(line, messages.defined_twice(line.span(node), name, self.names.where(name)))
                return None
            is_code = value.base is Base.CODE
            if not 0 <= value.offset <= (self.unit.size if is_code else self.unit.data.size):
                self.fail(line, messages.address_outside(line.span(node), is_code))
                return None
            return Symbol(name, value.base, value.offset, is_global=True, where=where)
        if isinstance(value, float):
            (bits,) = struct.unpack("<Q", struct.pack("<d", value))
            return Symbol(name, Base.ABSOLUTE, bits, is_float=True, is_global=True, where=where)
        if not -(1 << 63) <= value < 1 << 64:
            self.fail(line, messages.does_not_fit(line.span(node), value))
            return None
        return Symbol(name, Base.ABSOLUTE, value & _MASK, is_global=True, where=where)

    def entry(self) -> tuple[int, bool]:
        """Where execution starts, and whether the source says so."""
        if self.unit.entry is not None:
            line, node = self.unit.entry
            value = self.value(line, node)
            if isinstance(value, Moving) and value.base is Base.CODE and 0 <= value.offset < self.unit.size:
                return value.offset, True
            if value is not None:
                self.fail(line, messages.not_code(line.span(node), ".entry_point", line.words[node.first]))
            return NO_ENTRY, False
        main = self.names.labels.get("main")
        if main is not None and main.base is Base.CODE and main.offset < self.unit.size:
            return main.offset, True
        return (0 if self.unit.size else NO_ENTRY), False

    def contracts(self) -> list[Contract]:
        """Each ``.func``, which must hold the label that it names."""
        contracts = []
        for found in self.unit.contracts:
            label = self.names.labels.get(found.name)
            if label is None or label.base is not Base.CODE or not found.start <= label.offset <= found.end:
                self.report(messages.not_code(found.span, f".func {short(found.name)} … .endfunc", found.name))
            parts = (tuple(found.parts.get(part, ())) for part in (".args", ".returns", ".clobbers"))
            contracts.append(Contract(found.name, found.start, found.end, *parts))
        return contracts


def encode(
    unit: Unit, sources: Sequence[SourceFile], stored: list[str], report: Report, report_line: ReportLine
) -> ObjectFile:
    """The object of a unit, with the sources' names ``stored``; meaningless if anything was reported as an error."""
    encoder = Encoder(unit, sources, report, report_line)
    rows, lines = encoder.code()
    encoder.pool()
    encoder.data()
    entry, is_declared = encoder.entry()
    symbols = encoder.symbols()
    obj = ObjectFile(
        code=as_array(rows, "uint32", ROW),
        data=unit.data.runs(),
        data_size=unit.data.size,
        data_align=unit.data.align,
        symbols=symbols,
        relocations=encoder.relocations,
        entry=entry,
        entry_declared=is_declared,
        files=stored,
        texts=encoder.texts,
        lines=as_array(lines, "uint32", 4),
        contracts=encoder.contracts(),
    )
    encoder.constants.store(obj)
    return obj
