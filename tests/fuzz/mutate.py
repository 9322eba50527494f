"""Mutations of object files and sources. Every one is decided by a seed, so a failure can be had again."""

from __future__ import annotations

import random
import struct
import zlib
from functools import cache
from pathlib import Path

from qbcc import driver
from vm.objfile import to_bytes

ROOT = Path(__file__).parents[2]
_HEADER = 40
_ENTRY = struct.Struct(">IQQI")
_PIECES = [
    "QADD", "QJMP", "QPUSH", "r0", "r15", "r16", "[", "]", "(", ")", ",", "+", "-", "*", "<<", ">>", "~", "1", "0", "-1",
    "0xFFFFFFFFFFFFFFFF", "1 << 4095", "1e308", ".if", ".else", ".endif", ".macro m a", ".endm", ".rept 3", ".endr",
    ".data", ".text", ".byte", ".qword", ".space", ".align", ".include", '"', '"x"', "'", "'a'", "@x", "@x:", "main",
    "main:", ":", ";", "\\", "σ", "🌙", "\x00", "\x1b", "\r", "\t", "\u202e", "((((((((", "m", "m m", ".define A A", ".end",
    ".func f", ".endfunc", ".global main", ".extern z", ".entry_point main", ".query_interface", "\n", "\n\n",
]  # fmt: skip


@cache
def sources() -> tuple[str, ...]:
    """Real programs: the library, the examples, the benchmarks, the wrong ones."""
    folders = ("stdlib", "examples", "benchmarks/programs", "tests/golden_errors")
    paths = [path for folder in folders for path in sorted((ROOT / folder).glob("*.qbc"))]
    return tuple(path.read_text("utf-8") for path in paths)


@cache
def objects() -> tuple[bytes, ...]:
    """Object files of small real programs."""
    found = []
    for path in sorted((ROOT / "benchmarks/programs").glob("*.qbc")):
        obj = driver.load([str(path)]).object
        if obj is not None:
            found.append(to_bytes(obj))
    assert found
    return tuple(found)


def mutated_source(seed: int) -> str:
    """A real program with some of its text exchanged, doubled, cut or replaced."""
    rng = random.Random(seed)
    text = rng.choice(sources())
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        length = rng.choice((0, 1, 1, 2, 5, 20))
        match rng.randrange(5):
            case 0:
                text = text[:at] + rng.choice(_PIECES) + text[at + length :]
            case 1:
                text = text[:at] + text[at + length * 3 :]
            case 2:
                text = text[:at] + text[at : at + 40] * rng.randint(2, 4) + text[at:]
            case 3:
                other = rng.choice(sources())
                start = rng.randrange(len(other) + 1)
                text = text[:at] + other[start : start + rng.randrange(200)] + text[at:]
            case _:
                text = (
                    text[:at] + chr(rng.choice((0, 10, 13, 34, 39, 92, 128, 0x3C3, 0xFFFF, 0x1F319))) + text[at + 1 :]
                )
    return text


def mutated_object(seed: int) -> bytes:
    """A real object with bytes changed; often with its checksums set right again, so that the change gets in."""
    rng = random.Random(seed)
    content = bytearray(rng.choice(objects()))
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(content))
        match rng.randrange(4):
            case 0:
                content[at] = rng.randrange(256)
            case 1:
                content[at] ^= 1 << rng.randrange(8)
            case 2:
                content[at : at + 4] = rng.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\x10")
                )
            case _:
                if rng.random() < 0.2:
                    del content[at:]
                    break
                content[at : at + rng.randrange(8)] = rng.randbytes(rng.randrange(8))
    return repaired(bytes(content)) if rng.random() < 0.8 else bytes(content)


def repaired(content: bytes) -> bytes:
    """The same with every checksum right, as far as the section table still makes sense."""
    out = bytearray(content)
    table = _HEADER + 4
    if len(out) < table + 7 * _ENTRY.size:
        return content
    for index in range(7):
        at = table + index * _ENTRY.size
        identifier, offset, length, _ = _ENTRY.unpack_from(out, at)
        if offset + length <= len(out):
            _ENTRY.pack_into(out, at, identifier, offset, length, zlib.crc32(out[offset : offset + length]))
    end = table + 7 * _ENTRY.size
    struct.pack_into(">I", out, _HEADER, zlib.crc32(out[:_HEADER] + out[table:end]))
    return bytes(out)
