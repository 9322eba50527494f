"""Object files: what is written is read, and nothing that is not whole is."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programs import build
from vm.bytecode import ROW, Base, Contract, ObjectFile, Place, Relocation, Symbol, Where
from vm.objfile import FORMAT_VERSION, MAGIC, from_bytes, is_object, to_bytes
from vm.trap import ObjectError
from vm.verify import verify

HEADER, SECTIONS = 44, 7
"""Bytes of the header with its checksum, and how many sections there are."""
ENTRY = struct.Struct(">IQQI")
BODIES = HEADER + SECTIONS * ENTRY.size
FIELDS = {
    "format": (4, ">H"), "format_minor": (6, ">H"), "isa": (8, ">H"), "flags": (12, ">I"), "sections": (36, ">I")
}  # fmt: skip

SOURCE = """
.extern elsewhere
.global main, RATE
.define RATE 0.5
.entry_point main
main: QMOV r0, text
      QMOV r1, f
      QCALL elsewhere
      QADD r2, RATE
.query_interface
.func f
f:    QRET
.args r0
.returns r0, r1
.clobbers r4
.endfunc
.data
text: .asciz "σ 🌙"
.align 64
jumps: .qword f, elsewhere
.space 100
"""


def sample() -> bytes:
    return to_bytes(build(SOURCE))


def equal(a: ObjectFile, b: ObjectFile) -> bool:
    """Field by field; arrays with their types."""
    for name in ObjectFile.__dataclass_fields__:
        x, y = getattr(a, name), getattr(b, name)
        if isinstance(x, np.ndarray):
            if x.dtype != y.dtype or x.shape != y.shape or x.tobytes() != y.tobytes():
                return False
        elif x != y:
            return False
    return True


def sealed(content: bytes) -> bytes:
    """The same with every checksum right."""
    out = bytearray(content)
    for at in range(HEADER, BODIES, ENTRY.size):
        number, offset, length, _ = ENTRY.unpack_from(out, at)
        ENTRY.pack_into(out, at, number, offset, length, zlib.crc32(out[offset : offset + length]))
    struct.pack_into(">I", out, HEADER - 4, zlib.crc32(out[: HEADER - 4] + out[HEADER:BODIES]))
    return bytes(out)


def changed(field: str, value: int) -> bytes:
    out = bytearray(sample())
    at, form = FIELDS[field]
    struct.pack_into(form, out, at, value)
    return sealed(bytes(out))


def with_section(number: int, body: bytes) -> bytes:
    """The sample with another body for section ``number`` (from 1), everything else in order."""
    content = sample()
    bodies = []
    for at in range(HEADER, BODIES, ENTRY.size):
        identifier, offset, length, _ = ENTRY.unpack_from(content, at)
        bodies.append(body if identifier == number else content[offset : offset + length])
    out, offset = bytearray(content[:BODIES]), BODIES
    for index, each in enumerate(bodies):
        ENTRY.pack_into(out, HEADER + index * ENTRY.size, index + 1, offset, len(each), 0)
        offset += len(each)
    return sealed(bytes(out) + b"".join(bodies))


def reason(content: bytes) -> str:
    with pytest.raises(ObjectError) as caught:
        from_bytes(content)
    assert "\n" not in caught.value.reason
    return caught.value.reason


# -- there and back

U16, U32, U64 = (st.integers(0, (1 << bits) - 1) for bits in (16, 32, 64))
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
WHERE = st.builds(Where, U32, U32, U32, U32)
SYMBOL = st.builds(
    Symbol, TEXT, st.sampled_from(Base), U64, st.booleans(), st.booleans(), st.booleans(), st.none() | WHERE
)
RELOCATION = st.builds(
    Relocation, st.sampled_from(Place), U64, st.sampled_from(Base), st.integers(-(1 << 127), (1 << 127) - 1),
    st.integers(0, 255), st.integers(-(1 << 31), (1 << 31) - 1),
)  # fmt: skip
TEXTS = st.lists(TEXT, max_size=3).map(tuple)


@st.composite
def objects(draw: Any) -> ObjectFile:
    """Any numbers at all: whether they make sense is the verifier's question."""
    code = draw(st.lists(st.lists(U32, min_size=ROW, max_size=ROW), max_size=4))
    constants = draw(st.lists(st.tuples(U64, st.integers(0, 255)), max_size=4))
    lines = draw(st.lists(st.lists(U32, min_size=4, max_size=4), max_size=4))
    return ObjectFile(
        code=np.array(code, np.uint32).reshape(-1, ROW),
        constants=np.array([bits for bits, _ in constants], np.uint64),
        constant_kinds=np.array([kind for _, kind in constants], np.uint8),
        data=draw(st.lists(st.tuples(U64, st.binary(max_size=9)), max_size=3)),
        data_size=draw(U64),
        data_align=draw(U32),
        symbols=draw(st.lists(SYMBOL, max_size=3)),
        relocations=draw(st.lists(RELOCATION, max_size=3)),
        entry=draw(st.integers(-(1 << 63), (1 << 63) - 1)),
        entry_declared=draw(st.booleans()),
        files=draw(st.lists(TEXT, max_size=3)),
        texts=draw(st.dictionaries(st.tuples(U32, U32), TEXT, max_size=3)),
        lines=np.array(lines, np.uint32).reshape(-1, 4),
        contracts=draw(st.lists(st.builds(Contract, TEXT, U32, U32, TEXTS, TEXTS, TEXTS), max_size=2)),
    )


@settings(max_examples=200, deadline=None, database=None)
@given(objects())
def test_what_is_written_is_read(obj: ObjectFile) -> None:
    content = to_bytes(obj)
    assert equal(from_bytes(content), obj)
    assert to_bytes(from_bytes(content)) == content


def test_a_real_program_comes_back_whole() -> None:
    content = sample()
    obj = from_bytes(content)
    verify(obj)
    assert is_object(content)
    assert to_bytes(obj) == content
    assert [symbol.name for symbol in obj.undefined] == ["elsewhere"]
    assert {relocation.place for relocation in obj.relocations} == set(Place)


def test_an_empty_object_is_one() -> None:
    assert equal(from_bytes(to_bytes(ObjectFile())), ObjectFile())


def test_the_layout_is_the_documented_one() -> None:
    """Byte by byte for one instruction, so that no change of the format goes unseen."""
    content = to_bytes(build("QHALT"))
    assert content[:16] == MAGIC + bytes((0, 2, 0, 0, 0, 1, 0, 1)) + bytes(4)
    assert struct.unpack_from(">qQII", content, 16) == (0, 0, 8, SECTIONS)
    assert ENTRY.unpack_from(content, HEADER)[:3] == (1, BODIES, 4 + 4 * ROW)
    assert struct.unpack_from(f">{1 + ROW}I", content, BODIES) == (1, 87, 16, 0, 0, 0, 0, 0, 0)
    assert struct.unpack_from(">IBQ", content, BODIES + 4 + 4 * ROW) == (1, 0, 0)


# -- what is refused


def test_every_cut_is_refused() -> None:
    content = sample()
    for length in range(len(content)):
        reason(content[:length])


def test_every_changed_byte_is_refused() -> None:
    content = bytearray(sample())
    for at in range(len(content)):
        content[at] ^= 0x41
        reason(bytes(content))
        content[at] ^= 0x41


def test_bytes_after_the_end_are_refused() -> None:
    assert "3 bytes follow" in reason(sample() + b"\0\0\0")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("format", FORMAT_VERSION[0] + 1, "format version 3.0"),
        ("isa", 7, "instruction set version 7.1"),
        ("format", 0, "format version 0.0 does not exist"),
        ("isa", 0, "instruction set version 0.1 does not exist"),
        ("flags", 2, "flags 0x2"),
        ("sections", 6, "6 sections"),
        ("sections", 0xFFFFFFFF, "4294967295 sections"),
    ],
)
def test_headers(field: str, value: int, words: str) -> None:
    assert words in reason(changed(field, value))


def test_a_newer_version_says_what_to_do() -> None:
    assert "install a newer qbc" in reason(changed("format", 3))


def test_a_newer_minor_version_is_read() -> None:
    assert equal(from_bytes(changed("format_minor", 9)), from_bytes(sample()))


@pytest.mark.parametrize(("index", "word"), [(0, 0), (3, 0), (2, 1), (6, 2), (0, 2)])
def test_section_tables_that_do_not_fit(index: int, word: int) -> None:
    for value in (0, 1, 1 << 31, (1 << 32) - 1):
        content = bytearray(sample())
        at = HEADER + index * ENTRY.size + (0, 4, 12)[word]
        struct.pack_into(">I" if word == 0 else ">Q", content, at, value if word == 0 else value << 32 | value)
        struct.pack_into(">I", content, HEADER - 4, zlib.crc32(bytes(content[: HEADER - 4] + content[HEADER:BODIES])))
        if bytes(content) != sample():
            assert reason(bytes(content))


@pytest.mark.parametrize("number", range(1, SECTIONS + 1))
def test_counts_that_cannot_fit_make_nothing(number: int) -> None:
    assert "cannot fit" in reason(with_section(number, b"\xff\xff\xff\xff"))
    assert reason(with_section(number, b"\xff\xff\xff\xff" + bytes(64)))


@pytest.mark.parametrize("number", range(1, SECTIONS + 1))
def test_sections_end_where_they_end(number: int) -> None:
    assert "in the middle of a value" in reason(with_section(number, b""))
    empty = bytes(12 if number == 6 else 4)
    from_bytes(with_section(number, empty))
    assert "left over" in reason(with_section(number, empty + b"\0"))


SYMBOL_BODY = struct.Struct(">IBBQ4II")


@pytest.mark.parametrize(
    ("number", "body", "words"),
    [
        (4, SYMBOL_BODY.pack(1, 4, 0, 0, 0, 0, 0, 0, 1) + b"a", "4 is no base"),
        (4, SYMBOL_BODY.pack(1, 0, 16, 0, 0, 0, 0, 0, 1) + b"a", "flags 0x10"),
        (4, SYMBOL_BODY.pack(1, 0, 0, 0, 0, 0, 0, 0, 1) + b"\xff", "not UTF-8"),
        (4, SYMBOL_BODY.pack(1, 0, 0, 0, 0, 0, 0, 0, 3) + b"\xed\xa0\x80", "not UTF-8"),
        (4, SYMBOL_BODY.pack(1, 0, 0, 0, 0, 0, 0, 0, 2) + b"a", "cannot fit"),
        (5, struct.pack(">IBBBQqQi", 1, 3, 0, 0, 0, 0, 0, -1), "3 is no place"),
        (5, struct.pack(">IBBBQqQi", 1, 0, 9, 0, 0, 0, 0, -1), "9 is no base"),
        (3, struct.pack(">IQQ", 1, 0, 1 << 40), "in the middle of a value"),
    ],
)
def test_bodies(number: int, body: bytes, words: str) -> None:
    assert words in reason(with_section(number, body))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes) -> None:
    reason(content)
    reason(MAGIC + content)


def test_objects_of_format_1_are_read() -> None:
    """Their instructions have six slots."""
    content = sample()
    (count,) = struct.unpack_from(">I", content, BODIES)
    code = np.frombuffer(content, ">u4", count * ROW, BODIES + 4).reshape(count, ROW)
    old = bytearray(with_section(1, struct.pack(">I", count) + code[:, : ROW - 1].tobytes()))
    struct.pack_into(">H", old, 4, 1)
    assert len(old) == len(content) - 4 * count
    assert equal(from_bytes(sealed(bytes(old))), from_bytes(content))
