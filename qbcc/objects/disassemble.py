"""An object file as source text that assembles to the same sections, lines aside.

That holds for every object that the assembler or the linker made, with one exception: of equal names, which linking
can bring together from several objects, all but one get another name. What only a hand-made object can hold (a constant
NaN, say) is refused with the reason, or left out where it does nothing (a constant that no instruction uses)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from qbcc.objects.decode import Decoder
from qbcc.objects.labels import Labels
from qbcc.syntax.text import quote
from vm.bytecode import NO_ENTRY, Base, Contract, ObjectFile, Place

_BYTES_A_LINE: Final = 16
_TEXT: Final = re.compile(rb"[ -~\n\t]{4,64}")
_REGISTER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def disassemble(obj: ObjectFile) -> str:
    """The text of a verified object. Raises :class:`SourceError` for what no source can say."""
    return "\n".join(_Disassembler(obj).lines()) + "\n"


class _Disassembler:
    def __init__(self, obj: ObjectFile) -> None:
        self.obj = obj
        self.labels = Labels(obj)
        self.decoder = Decoder(obj, self.labels)
        self.words = {r.where: r for r in obj.relocations if r.place is Place.DATA}

    def lines(self) -> Iterator[str]:
        """The whole text."""
        yield from self._declarations()
        if self.obj.data_size or self.labels.labels[Base.DATA]:
            yield from self._data()
        yield from self._code()

    # -- names

    def _declarations(self) -> Iterator[str]:
        written = self.labels.written
        for number, symbol in enumerate(self.obj.symbols):
            if symbol.base is Base.UNDEFINED:
                yield f".extern {written[number]}"
            elif symbol.base is Base.ABSOLUTE:
                value = self.decoder.real(symbol.value) if symbol.is_float else hex(symbol.value)
                yield f".define {written[number]} {value}"
        for alias in self.labels.aliases:
            yield f".define {alias.text} {self.labels.reference(alias.base, alias.place, '')}"
        for number, symbol in enumerate(self.obj.symbols):
            if symbol.is_global and symbol.base is not Base.UNDEFINED:
                yield f".global {written[number]}"
        if self.obj.entry != NO_ENTRY and (self.obj.entry_declared or self.obj.entry > 0):
            yield from self._entry()

    def _entry(self) -> Iterator[str]:
        """The directive takes a name; a place without one gets a constant."""
        name = self.labels.named(Base.CODE, self.obj.entry)
        if name is None or name.startswith("@"):
            name = self.labels.fresh("entry")
            yield f".define {name} {self.labels.reference(Base.CODE, self.obj.entry, '')}"
        yield f".entry_point {name}"

    # -- code

    def _code(self) -> Iterator[str]:
        yield ".text"
        contracts = self._contracts()
        is_query = False
        for index in range(len(self.obj.code) + 1):
            yield from contracts.get(index, ())
            for label in self.labels.labels[Base.CODE].get(index, ()):
                if label.is_query != is_query and not label.text.startswith("@"):
                    yield ".query_interface" if label.is_query else ".text"
                    is_query = label.is_query
                yield f"{label.text}:"
            if index < len(self.obj.code):
                yield f"    {self.decoder.instruction(index)}"

    def _contracts(self) -> dict[int, list[str]]:
        """By instruction, the lines of ``.func`` … ``.endfunc`` before it. Contracts stand one after the other."""
        found: dict[int, list[str]] = {}
        end = 0
        routines = self._routines()
        for contract in self.obj.contracts:
            if contract.start < end:
                raise self.decoder.unwritable(f"the contract of '{contract.name}', which overlaps another,")
            end = contract.end
            found.setdefault(contract.start, []).extend(self._func(contract, routines))
            found.setdefault(contract.end, []).append(".endfunc")
        return found

    def _routines(self) -> dict[str, list[tuple[int, str]]]:
        """By symbol name, the places of the labels with that name, ascending, and the names they are written with."""
        found: dict[str, list[tuple[int, str]]] = {}
        aliases = {alias.text for alias in self.labels.aliases}
        for number, symbol in enumerate(self.obj.symbols):
            written = self.labels.written.get(number)
            if symbol.base is Base.CODE and written is not None and written not in aliases:
                found.setdefault(symbol.name, []).append((symbol.value, written))
        return {name: sorted(places) for name, places in found.items()}

    def _func(self, contract: Contract, routines: dict[str, list[tuple[int, str]]]) -> Iterator[str]:
        places = routines.get(contract.name, [])
        at = bisect_left(places, contract.start, key=itemgetter(0))
        if at == len(places) or places[at][0] > contract.end:
            raise self.decoder.unwritable(f"the contract of '{contract.name}', which has no label,")
        yield f".func {places[at][1]}"
        for part, words in (("args", contract.args), ("returns", contract.returns), ("clobbers", contract.clobbers)):
            if not all(map(_REGISTER.match, words)):
                raise self.decoder.unwritable(f"the contract of '{contract.name}', which lists no registers,")
            if words:
                yield f"    .{part} {', '.join(words)}"

    # -- data

    def _data(self) -> Iterator[str]:
        obj = self.obj
        yield ".data"
        if obj.data_align > 8:
            yield f".align {obj.data_align}"
        labels = self.labels.labels[Base.DATA]
        cuts = sorted({0, obj.data_size, *labels, *self.words, *(word + 8 for word in self.words)})
        runs = _Runs(obj.data)
        for start, end in zip(cuts, [*cuts[1:], None], strict=True):
            for label in labels.get(start, ()):
                yield f"{label.text}:"
            if end is None:
                continue
            if start not in self.words:
                yield from _stretch(runs, start, end)
            elif end < start + 8:
                raise self.decoder.unwritable(f"an address at data offset {start:#x} that overlaps another")
            else:
                scope = self.labels.scope(Base.DATA, start)
                yield f"    .qword {self.decoder.relocated(self.words[start], scope)}"


class _Runs:
    """Initialised runs, read in ascending order."""

    def __init__(self, runs: list[tuple[int, bytes]]) -> None:
        self.runs = runs
        self.next = 0

    def between(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """The parts of the runs that lie between two offsets; these ascend from call to call."""
        while self.next < len(self.runs):
            offset, content = self.runs[self.next]
            low, high = max(offset, start), min(offset + len(content), end)
            if low < high:
                yield low, content[low - offset : high - offset]
            if offset + len(content) > end:
                return
            self.next += 1


def _stretch(runs: _Runs, start: int, end: int) -> Iterator[str]:
    """Bytes between two cuts: runs, and the zeros between them."""
    at = start
    for offset, content in runs.between(start, end):
        if offset > at:
            yield f"    .space {offset - at}"
        yield from _byte_lines(content)
        at = offset + len(content)
    if end > at:
        yield f"    .space {end - at}"


def _byte_lines(content: bytes) -> Iterator[str]:
    """Readable stretches as strings, the rest as numbers."""
    at = 0
    for match in [*_TEXT.finditer(content), None]:
        end = len(content) if match is None else match.start()
        for start in range(at, end, _BYTES_A_LINE):
            part = content[start : min(start + _BYTES_A_LINE, end)]
            yield "    .byte " + ", ".join(f"{octet:#04x}" for octet in part)
        if match is not None:
            yield f"    .ascii {quote(match[0])}"
            at = match.end()
