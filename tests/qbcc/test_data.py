"""The data section."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbcc.assembly import data as data_module
from qbcc.assembly.data import merge_runs, split_runs
from qbcc.syntax.text import quote, string_bytes
from tests.programs import build, errors
from vm.bytecode import ObjectFile
from vm.isa import DATA_BASE


def image(obj: ObjectFile) -> bytes:
    """The whole section."""
    found = bytearray(obj.data_size)
    for offset, content in obj.data:
        found[offset : offset + len(content)] = content
    return bytes(found)


def data(text: str) -> bytes:
    return image(build(f".data\n{text}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".byte 1, -1, 255, 'A'", b"\x01\xff\xff\x41"),
        (".word 1, -2, 0xFFFF", b"\1\0\xfe\xff\xff\xff"),
        (".dword 0x01020304, -1", b"\4\3\2\1\xff\xff\xff\xff"),
        (".qword 1, -1", b"\1" + bytes(7) + b"\xff" * 8),
        (".double 1.5, 2, 1<<100", struct.pack("<3d", 1.5, 2.0, 2.0**100)),
        ('.ascii "ab", "c"', b"abc"),
        ('.asciz "ab", "c"', b"ab\0c\0"),
        ('.ascii "\\n\\t\\r\\0\\\\\\"\\xff\\u{1F319}🌙"', b'\n\t\r\0\\"\xff' + "🌙🌙".encode()),
        ('.ascii ""', b""),
        (".space 3\n.byte 1", b"\0\0\0\1"),
        (".space 3, 0xAB", b"\xab" * 3),
        (".space 2, -1", b"\xff\xff"),
        (".byte 1\n.align 4\n.byte 2", b"\1\0\0\0\2"),
        (".byte 1\n.align 1\n.byte 2", b"\1\2"),
        (".BYTE later-here\nhere: .byte 0\nlater:", b"\1\0"),
        ("t: .qword t+1", struct.pack("<Q", DATA_BASE + 1)),
    ],
)
def test_directives(text: str, expected: bytes) -> None:
    assert data(text) == expected


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (".byte 256, -129, 255", ["E0403", "E0403"]),
        (".word 65536", ["E0403"]),
        (".dword 1<<32", ["E0403"]),
        (".qword 1<<64", ["E0303"]),
        (".byte 1.5", ["E0305"]),
        ("x: .dword x", ["E0308"]),
        ("x: .double x", ["E0308"]),
        (".double 1<<1024", ["E0309"]),
        (".byte", ["E0402"]),
        (".ascii 5", ["E0402"]),
        ('.ascii "\\q"', ["E0103"]),
        ('.ascii "\\x4"', ["E0103"]),
        ('.ascii "\\u{D800}"', ["E0103"]),
        ('.ascii "\\u{110000}"', ["E0103"]),
        ('.byte "a"', ["E0305"]),
        (".byte r1", ["E0208"]),
        (".byte [1]", ["E0305"]),
        (".space -1", ["E0403"]),
        (".space 1<<40", ["E0403"]),
        (".space 1, 256", ["E0403"]),
        (".space 1, 2, 3", ["E0402"]),
        (".space later\nlater:", ["E0301"]),
        (".align 3", ["E0405"]),
        (".align 0", ["E0405"]),
        (".align 1<<21", ["E0405"]),
        (".space 1<<30\n.byte 1", ["E0406"]),
        (".space 1<<30, 1", ["E0406"]),
        ("QNOP", ["E0207"]),
    ],
)
def test_faults(text: str, codes: list[str]) -> None:
    assert errors(f".data\n{text}") == codes


@pytest.mark.parametrize("text", [".space 101, 1", ".space 60, 1\n.space 60, 1", ".rept 200\n.byte 1\n.endr"])
def test_what_is_written_out_is_bounded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_module, "MAX_WRITTEN", 100)
    assert errors(f".data\n.space 5000\n{text}\n.byte 1, 2\n.ascii 'text'".replace("'", '"')) == ["E0406"]


def test_data_in_the_code_section_is_said_once() -> None:
    assert errors('a: .byte 1\n.byte 2\nb: .asciz "x"') == ["E0404"]


def test_large_zeros_cost_nothing() -> None:
    obj = build(".data\n.byte 1\n.space 1<<29\n.byte 2\n.align 1<<20\nend: .byte 3\n.space (1<<29)-(1<<20)-1")
    assert obj.data_size == 1 << 30
    assert [(offset, content) for offset, content in obj.data] == [
        (0, b"\1"), (1 + (1 << 29), b"\2"), ((1 << 29) + (1 << 20), b"\3"),
    ]  # fmt: skip


def test_alignment_is_the_object_s_too() -> None:
    assert build(".data\n.byte 1").data_align == 8
    assert build(".data\n.align 64\n.align 2").data_align == 64


def test_words_at_a_stride_of_four() -> None:
    assert data(".dword 1\n.dword 2\n.qword 3") == struct.pack("<IIQ", 1, 2, 3)


@given(st.binary(max_size=40))
def test_a_string_means_its_bytes(content: bytes) -> None:
    written = quote(content)
    assert string_bytes(written) == content
    assert data(f".ascii {written}") == content


@given(st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=3)), max_size=8))
def test_runs_are_the_one_form_of_their_bytes(pieces: list[tuple[int, bytes]]) -> None:
    whole = bytearray(400)
    for offset, content in pieces:
        whole[offset : offset + len(content)] = content
    runs = split_runs(0, bytes(whole))
    again = bytearray(400)
    for offset, content in runs:
        assert content[0] and content[-1]
        again[offset : offset + len(content)] = content
    assert again == whole
    assert merge_runs(runs, []) == runs


@given(st.binary(max_size=200), st.integers(0, 190), st.binary(min_size=8, max_size=8))
def test_patches_are_written_over_runs(content: bytes, offset: int, patch: bytes) -> None:
    whole = bytearray(content.ljust(200, b"\0"))
    whole[offset : offset + 8] = patch
    assert merge_runs(split_runs(0, content), [(offset, patch)]) == split_runs(0, bytes(whole))
