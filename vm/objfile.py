"""The ``.qbo`` format: an :class:`~vm.bytecode.ObjectFile` as bytes, and back.

All numbers are big-endian.

======= =====================================================================================================
header  magic ``\\x7fQBC``; u16 × 4: format major and minor, instruction set major and minor; u32 flags (bit 0: the
        entry was declared); i64 entry; u64 data size; u32 data alignment; u32 number of sections; u32 CRC-32 of
        all before it and of the section table
table   for each section: u32 identifier, u64 offset, u64 length, u32 CRC-32 of its bytes
CODE    u32 × 8 for each instruction: number, seven slots (format 1: u32 × 7, six slots)
CONSTS  for each constant: u8 kind, u64 bits
DATA    for each run: u64 offset, u64 length, bytes
SYMBOLS for each: u8 base, u8 flags (1 float, 2 global, 4 entry point, 8 has a place), u64 value, u32 × 4 place,
        text name
RELOCS  for each: u8 place, u8 base, u8 slot, u64 where, i128 addend as i64 high and u64 low, i32 symbol
LINES   texts: file names; u32 × 4 for each instruction: file, line, column, end column; then for each source
        line: u32 file, u32 line, text
FUNCS   for each contract: u32 start, u32 end, text name, then three lists of texts: arguments, results, clobbered
======= =====================================================================================================

A text is u32 length and UTF-8; a list starts with its u32 count, as does each section. Sections stand in this order,
without gaps, nothing follows the last one: the same object gives the same bytes.

Policy for versions: a reader refuses a newer major version of the format or the instruction set by name, and reads
everything older; within a major version only things that an old reader can refuse by themselves (a new
instruction number) are added, and the minor version counts them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from vm.bytecode import ROW, Base, Contract, ObjectFile, Place, Relocation, Symbol, Where
from vm.isa import ISA_VERSION
from vm.trap import ObjectError

MAGIC: Final = b"\x7fQBC"
FORMAT_VERSION: Final = (2, 0)
"""Major and minor version of the format."""
_OLD_ROW: Final = 7
"""Numbers of an instruction in format 1."""
MAX_BYTES: Final = 1 << 32
"""Largest object file that is read."""

_HEADER: Final = struct.Struct(">4s4HIqQII")
_ENTRY: Final = struct.Struct(">IQQI")
_CRC: Final = struct.Struct(">I")
_SECTIONS: Final = ("code", "constants", "data", "symbols", "relocations", "lines", "contracts")
_CONSTANT: Final = np.dtype([("kind", "u1"), ("bits", ">u8")])
_RUN: Final = struct.Struct(">QQ")
_SYMBOL: Final = struct.Struct(">BBQ4I")
_RELOCATION: Final = struct.Struct(">BBBQqQi")
_LINE_TEXT: Final = struct.Struct(">II")
_SPAN: Final = struct.Struct(">II")
_FLOAT, _GLOBAL, _QUERY, _PLACED = 1, 2, 4, 8
_MASK: Final = (1 << 64) - 1


def is_object(data: bytes) -> bool:
    """Whether bytes begin as an object file does."""
    return data.startswith(MAGIC)


# -- writing


def to_bytes(obj: ObjectFile) -> bytes:
    """The object as a file. Equal objects give equal bytes."""
    bodies = [write(obj) for write in (_code, _constants, _data, _symbols, _relocations, _lines, _contracts)]
    header = _HEADER.pack(
        MAGIC,
        *FORMAT_VERSION,
        *ISA_VERSION,
        int(obj.entry_declared),
        obj.entry,
        obj.data_size,
        obj.data_align,
        len(bodies),
    )
    offset = len(header) + _CRC.size + _ENTRY.size * len(bodies)
    table = b""
    for identifier, body in enumerate(bodies, 1):
        table += _ENTRY.pack(identifier, offset, len(body), zlib.crc32(body))
        offset += len(body)
    return b"".join((header, _CRC.pack(zlib.crc32(header + table)), table, *bodies))


def _count(items: Sequence[object]) -> bytes:
    return struct.pack(">I", len(items))


def _text(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    return struct.pack(">I", len(encoded)) + encoded


def _texts(texts: Sequence[str]) -> bytes:
    return _count(texts) + b"".join(map(_text, texts))


def _code(obj: ObjectFile) -> bytes:
    return struct.pack(">I", len(obj.code)) + obj.code.astype(">u4").tobytes()


def _constants(obj: ObjectFile) -> bytes:
    packed = np.empty(len(obj.constants), _CONSTANT)
    packed["kind"], packed["bits"] = obj.constant_kinds, obj.constants
    return struct.pack(">I", len(packed)) + packed.tobytes()


def _data(obj: ObjectFile) -> bytes:
    return _count(obj.data) + b"".join(_RUN.pack(offset, len(run)) + run for offset, run in obj.data)


def _symbols(obj: ObjectFile) -> bytes:
    return _count(obj.symbols) + b"".join(map(_symbol, obj.symbols))


def _symbol(symbol: Symbol) -> bytes:
    where = symbol.where
    flags = _FLOAT * symbol.is_float | _GLOBAL * symbol.is_global | _QUERY * symbol.is_query
    place = (0, 0, 0, 0) if where is None else (where.file, where.line, where.column, where.end_column)
    return _SYMBOL.pack(symbol.base, flags | _PLACED * (where is not None), symbol.value, *place) + _text(symbol.name)


def _relocations(obj: ObjectFile) -> bytes:
    packed = (
        _RELOCATION.pack(r.place, r.base, r.slot, r.where, r.addend >> 64, r.addend & _MASK, r.symbol)
        for r in obj.relocations
    )
    return _count(obj.relocations) + b"".join(packed)


def _lines(obj: ObjectFile) -> bytes:
    places = struct.pack(">I", len(obj.lines)) + obj.lines.astype(">u4").tobytes()
    texts = b"".join(_LINE_TEXT.pack(*key) + _text(obj.texts[key]) for key in sorted(obj.texts))
    return _texts(obj.files) + places + struct.pack(">I", len(obj.texts)) + texts


def _contracts(obj: ObjectFile) -> bytes:
    packed = (
        _SPAN.pack(c.start, c.end) + _text(c.name) + _texts(c.args) + _texts(c.returns) + _texts(c.clobbers)
        for c in obj.contracts
    )
    return _count(obj.contracts) + b"".join(packed)


# -- reading


class _Reader:
    """Takes values off a section; every step checks that the bytes are there."""

    def __init__(self, name: str, body: bytes, major: int) -> None:
        """``major``: of the file's format."""
        self.name = name
        self.body = body
        self.major = major
        self.at = 0

    def take(self, length: int) -> bytes:
        piece = self.body[self.at : self.at + length]
        if len(piece) < length:
            raise ObjectError(f"section {self.name}: it ends after {len(self.body):,} bytes, in the middle of a value")
        self.at += length
        return piece

    def unpack(self, form: struct.Struct) -> tuple[int, ...]:
        return form.unpack(self.take(form.size))

    def count(self, least: int = 1) -> int:
        """A count of items of at least that many bytes; more than could fit are refused before any is made."""
        count = int(self.unpack(_CRC)[0])
        if count * least > len(self.body) - self.at:
            raise ObjectError(f"section {self.name}: {count:,} items cannot fit its {len(self.body):,} bytes")
        return count

    def text(self) -> str:
        try:
            return self.take(self.count()).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ObjectError(f"section {self.name}: a text is not UTF-8 ({error.reason})") from None

    def texts(self) -> tuple[str, ...]:
        return tuple(self.text() for _ in range(self.count(4)))

    def done(self) -> None:
        if self.at != len(self.body):
            raise ObjectError(f"section {self.name}: {len(self.body) - self.at:,} bytes are left over")


def from_bytes(data: bytes) -> ObjectFile:
    """Read an object file. Raises :class:`ObjectError` for anything that is not whole and well-formed; whether its
    numbers make sense is for :func:`vm.verify.verify`."""
    major, flags, entry, data_size, data_align, count = _read_header(data)
    bodies = _read_sections(data, count)
    obj = ObjectFile(entry=entry, entry_declared=bool(flags), data_size=data_size, data_align=data_align)
    readers: tuple[Callable[[_Reader, ObjectFile], None], ...] = (
        _read_code, _read_constants, _read_data, _read_symbols, _read_relocations, _read_lines, _read_contracts,
    )  # fmt: skip
    for name, body, read in zip(_SECTIONS, bodies, readers, strict=True):
        reader = _Reader(name, body, major)
        read(reader, obj)
        reader.done()
    return obj


def _read_header(data: bytes) -> tuple[int, int, int, int, int, int]:
    if not is_object(data):
        raise ObjectError("not a QBC object file: it does not begin with \\x7fQBC")
    if len(data) > MAX_BYTES:
        raise ObjectError(f"{len(data):,} bytes; at most {MAX_BYTES:,} are read")
    if len(data) < _HEADER.size + _CRC.size:
        raise ObjectError(f"it ends after {len(data)} bytes, inside the header")
    _, major, minor, isa_major, isa_minor, flags, entry, data_size, data_align, count = _HEADER.unpack_from(data)
    for what, (have, low), ours in (
        ("format", (major, minor), FORMAT_VERSION),
        ("instruction set", (isa_major, isa_minor), ISA_VERSION),
    ):
        if have > ours[0]:
            raise ObjectError(
                f"made for {what} version {have}.{low}; this toolchain reads up to {ours[0]}.x: "
                "install a newer qbc, or assemble it again"
            )
        if have < 1:
            raise ObjectError(f"{what} version {have}.{low} does not exist")
    if count != len(_SECTIONS) or flags > 1:
        raise ObjectError(
            f"header: {count} sections and flags {flags:#x}, expected {len(_SECTIONS)} sections and flags 0 or 1"
        )
    return major, flags, entry, data_size, data_align, count


def _read_sections(data: bytes, count: int) -> list[bytes]:
    start = _HEADER.size + _CRC.size
    end = start + _ENTRY.size * count
    if len(data) < end:
        raise ObjectError(f"it ends after {len(data)} bytes, inside the section table")
    (crc,) = _CRC.unpack_from(data, _HEADER.size)
    if zlib.crc32(data[: _HEADER.size] + data[start:end]) != crc:
        raise ObjectError("the header is damaged: its CRC-32 does not match")
    bodies = []
    for index, name in enumerate(_SECTIONS):
        identifier, offset, length, crc = _ENTRY.unpack_from(data, start + index * _ENTRY.size)
        if identifier != index + 1 or offset != end:
            raise ObjectError(f"section table: entry {index + 1} is not section {name} at offset {end}")
        body = data[offset : offset + length]
        if len(body) < length:
            raise ObjectError(f"section {name} is cut off: {len(body):,} of {length:,} bytes are there")
        if zlib.crc32(body) != crc:
            raise ObjectError(f"section {name} is damaged: its CRC-32 does not match")
        bodies.append(body)
        end = offset + length
    if end != len(data):
        raise ObjectError(f"{len(data) - end:,} bytes follow the last section")
    return bodies


def _read_code(reader: _Reader, obj: ObjectFile) -> None:
    width = _OLD_ROW if reader.major < 2 else ROW
    count = reader.count(4 * width)
    obj.code = np.zeros((count, ROW), np.uint32)
    obj.code[:, :width] = np.frombuffer(reader.take(count * 4 * width), ">u4").reshape(count, width)


def _read_constants(reader: _Reader, obj: ObjectFile) -> None:
    count = reader.count(_CONSTANT.itemsize)
    packed = np.frombuffer(reader.take(count * _CONSTANT.itemsize), _CONSTANT)
    obj.constants, obj.constant_kinds = packed["bits"].astype(np.uint64), packed["kind"].copy()


def _read_data(reader: _Reader, obj: ObjectFile) -> None:
    for _ in range(reader.count(_RUN.size)):
        offset, length = reader.unpack(_RUN)
        obj.data.append((offset, reader.take(length)))


def _base(reader: _Reader, number: int) -> Base:
    if number > max(Base):
        raise ObjectError(f"section {reader.name}: {number} is no base of a value")
    return Base(number)


def _read_symbols(reader: _Reader, obj: ObjectFile) -> None:
    for _ in range(reader.count(_SYMBOL.size + 4)):
        base, flags, value, *place = reader.unpack(_SYMBOL)
        if flags > (_FLOAT | _GLOBAL | _QUERY | _PLACED):
            raise ObjectError(f"section {reader.name}: flags {flags:#x} do not exist")
        symbol = Symbol(
            name=reader.text(),
            base=_base(reader, base),
            value=value,
            is_float=bool(flags & _FLOAT),
            is_global=bool(flags & _GLOBAL),
            is_query=bool(flags & _QUERY),
            where=Where(*place) if flags & _PLACED else None,
        )
        obj.symbols.append(symbol)


def _read_relocations(reader: _Reader, obj: ObjectFile) -> None:
    for _ in range(reader.count(_RELOCATION.size)):
        place, base, slot, where, high, low, symbol = reader.unpack(_RELOCATION)
        if place > max(Place):
            raise ObjectError(f"section {reader.name}: {place} is no place to relocate")
        obj.relocations.append(Relocation(Place(place), where, _base(reader, base), high << 64 | low, slot, symbol))


def _read_lines(reader: _Reader, obj: ObjectFile) -> None:
    obj.files = list(reader.texts())
    count = reader.count(16)
    obj.lines = np.frombuffer(reader.take(count * 16), ">u4").reshape(count, 4).astype(np.uint32)
    for _ in range(reader.count(_LINE_TEXT.size + 4)):
        file, line = reader.unpack(_LINE_TEXT)
        obj.texts[file, line] = reader.text()


def _read_contracts(reader: _Reader, obj: ObjectFile) -> None:
    for _ in range(reader.count(_SPAN.size + 16)):
        start, end = reader.unpack(_SPAN)
        name = reader.text()
        obj.contracts.append(Contract(name, start, end, reader.texts(), reader.texts(), reader.texts()))
