"""Mutations of object files and sources. Every one is decided by a seed, so a failure can be had again."""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from qbcc import driver
from vm.bytecode import ROW, Base, ObjectFile, Place
from vm.isa import BY_CODE, OPS, REGISTERS
from vm.objfile import from_bytes, to_bytes

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
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|;.*|\w+|\s+|.')


@cache
def sources() -> tuple[str, ...]:
    """Real programs: the library, the examples, the benchmarks, the wrong ones."""
    return (*right_sources(), *_texts("tests/golden_errors"))


@cache
def right_sources() -> tuple[str, ...]:
    """The same without the wrong ones."""
    return _texts("stdlib", "examples", "benchmarks/programs")


def _texts(*folders: str) -> tuple[str, ...]:
    paths = [path for folder in folders for path in sorted((ROOT / folder).glob("*.qbc"))]
    return tuple(path.read_text("utf-8") for path in paths)


@cache
def objects() -> tuple[bytes, ...]:
    """Object files of small real programs."""
    found = []
    for path in sorted((ROOT / "benchmarks/programs").glob("*.qbc")):
        obj = driver.load([str(path)]).object
        if obj is not None and len(obj.code):
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


@cache
def tokens() -> tuple[str, ...]:
    """Every word and sign that a real program uses, once."""
    return tuple(sorted({word for text in sources() for word in _TOKEN.findall(text) if len(word) < 200}))


def mutated_tokens(seed: int) -> str:
    """A real program with whole words and signs exchanged, doubled or left out: mostly right, so it gets far."""
    rng = random.Random(seed)
    words = _TOKEN.findall(rng.choice(right_sources()))
    for _ in range(rng.randint(1, 4)):
        exchange(rng, words, tokens(), _PIECES)
    return "".join(words)


def exchange(rng: random.Random, words: list[str], known: Sequence[str], pieces: Sequence[str]) -> None:
    """Exchange, double, insert or leave out a word somewhere."""
    at = rng.randrange(len(words))
    match rng.randrange(5):
        case 0:
            words[at] = rng.choice(known)
        case 1:
            words[at] = rng.choice(words)
        case 2:
            words.insert(at, rng.choice(pieces))
        case 3:
            other = rng.randrange(len(words))
            words[at], words[other] = words[other], words[at]
        case _:
            del words[at : at + rng.choice((1, 1, 2, 8))]
            words.append("\n")


def mutated_image(seed: int) -> bytes:
    """An object written anew after some of its numbers were changed for others that nearly or just fit."""
    rng = random.Random(seed)
    obj = from_bytes(rng.choice(objects()))
    for _ in range(rng.randint(1, 4)):
        rng.choice((_change_code, _change_code, _change_constant, _change_symbol, _change_relocation, _change_sizes))(
            rng, obj
        )
    return to_bytes(obj)


def _change_code(rng: random.Random, obj: ObjectFile) -> None:
    """Another instruction, or another operand, in or just out of range."""
    row = obj.code[rng.randrange(len(obj.code))]
    op = BY_CODE[int(row[0])] if int(row[0]) in BY_CODE and rng.random() < 0.5 else rng.choice(OPS)
    row[:] = 0
    row[0] = op.code
    bounds = {"d": REGISTERS, "t": REGISTERS, "a": REGISTERS + len(obj.constants), "l": len(obj.code)}
    for slot, letter in enumerate(op.slots, 1):
        row[slot] = rng.randrange(bounds[letter] + (rng.random() < 0.05))
    if rng.random() < 0.05:
        row[rng.randrange(ROW)] = rng.choice((1, 255, 1 << 16, (1 << 32) - 1))


def _change_constant(rng: random.Random, obj: ObjectFile) -> None:
    if len(obj.constants):
        index = rng.randrange(len(obj.constants))
        obj.constants[index] = rng.choice((0, 1, 0xFFF, (1 << 36) - 1, 1 << 62, 1 << 63, (1 << 64) - 1, 0x7FF8 << 48))
        obj.constant_kinds[index] = rng.choice((0, 0, 1, 1, 2))


def _change_symbol(rng: random.Random, obj: ObjectFile) -> None:
    if obj.symbols:
        index = rng.randrange(len(obj.symbols))
        value = rng.choice((0, 1, len(obj.code) - 1, len(obj.code), len(obj.code) + 1, obj.data_size))
        obj.symbols[index] = replace(
            obj.symbols[index],
            base=rng.choice(list(Base)[:3]),
            value=value,
            is_query=rng.random() < 0.3,
            is_global=rng.random() < 0.5,
        )


def _change_relocation(rng: random.Random, obj: ObjectFile) -> None:
    if obj.relocations:
        index = rng.randrange(len(obj.relocations))
        change = rng.choice(
            (
                {"where": rng.randrange(20)},
                {"addend": rng.choice((0, len(obj.code) - 1, len(obj.code), len(obj.code) + 1, -1))},
                {"base": rng.choice(list(Base))},
                {"place": rng.choice(list(Place))},
            )
        )
        obj.relocations[index] = replace(obj.relocations[index], **change)


def _change_sizes(rng: random.Random, obj: ObjectFile) -> None:
    match rng.randrange(5):
        case 0:
            obj.entry = rng.randrange(-2, len(obj.code) + 1)
        case 1:
            obj.data_size = max(0, obj.data_size + rng.randint(-20, 1 << 13))
        case 2:
            obj.data_align = 1 << rng.randrange(22)
        case 3:
            obj.lines = np.zeros((0, 4), np.uint32)
        case _:
            obj.code = obj.code[: rng.randrange(len(obj.code)) + 1].copy()


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
