"""Machine code as a block of bytes that runs wherever it is placed.

LLVM makes objects in ELF. For x86-64 it is told to use the large code model, whose objects need nothing but 64-bit
addresses filled in (R_X86_64_64): such an object becomes a block here, and a later run places it without LLVM, whose
import takes longer than a small program. What is not of that form is kept as it is, and LLVM loads it.

Formats: System V ABI (generic, chapters 4 and 5) and its supplement for AMD64 (chapter 4.4)."""

from __future__ import annotations

import ctypes
import json
import mmap
import struct
import threading
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vm.processor import binding

_HEAD: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION: Final = struct.Struct("<IIQQQQIIQQ")
_SYMBOL: Final = struct.Struct("<IBBHQQ")
_RELOCATION: Final = struct.Struct("<QQq")
_IDENTITY: Final = b"\x7fELF\x02\x01\x01"
"""64 bits, little endian, version 1."""
_RELOCATABLE, _X86_64 = 1, 62
_SYMTAB, _RELA, _NOBITS = 2, 4, 8
_ALLOC: Final = 2
_ABS64: Final = 1
_ADDRESS: Final = 8
"""Bytes of an address."""
_UNWINDING: Final = b".eh_frame"
"""Tables for exceptions, which no compiled code throws."""
_BLOCK, _OBJECT = b"B", b"O"
_READ_AND_EXECUTE: Final = 5
_LOADING: Final = threading.Lock()


class FormError(ValueError):
    """An object that cannot be made a block."""


def content(obj: bytes) -> bytes:
    """What to keep of an object from LLVM: a block, or where that cannot be the object."""
    try:
        return _BLOCK + _block(obj)
    except (FormError, struct.error):
        return _OBJECT + obj


def _block(obj: bytes) -> bytes:
    """A block: its head's length, the head, the image with addresses counted from its own start."""
    image = bytearray()
    head = _HEAD.unpack_from(obj)
    if not head[0].startswith(_IDENTITY) or head[1:3] != (_RELOCATABLE, _X86_64):
        raise FormError("no object for x86-64")
    sections = [_SECTION.unpack_from(obj, head[6] + number * _SECTION.size) for number in range(head[12])]
    names = sections[head[13]]
    starts: dict[int, int] = {}
    for number, (name, kind, flags, _, offset, size, _, _, alignment, _) in enumerate(sections):
        if not flags & _ALLOC or _text(obj, names[4] + name) == _UNWINDING:
            continue
        image += bytes(-len(image) % max(alignment, 1))
        starts[number] = len(image)
        image += bytes(size) if kind == _NOBITS else obj[offset : offset + size]
    (table,) = (section for section in sections if section[1] == _SYMTAB)
    symbols = [_SYMBOL.unpack_from(obj, table[4] + at) for at in range(0, table[5], _SYMBOL.size)]
    texts = [_text(obj, sections[table[6]][4] + symbol[0]).decode() for symbol in symbols]
    own: list[int] = []
    others: list[tuple[int, str, int]] = []
    for section in sections:
        if section[1] != _RELA or section[7] not in starts:
            continue
        for at in range(section[4], section[4] + section[5], _RELOCATION.size):
            offset, info, addend = _RELOCATION.unpack_from(obj, at)
            if info & 0xFFFF_FFFF != _ABS64:
                raise FormError(f"relocation {info & 0xFFFF_FFFF}")
            place, symbol = starts[section[7]] + offset, symbols[info >> 32]
            if symbol[3] in starts:
                struct.pack_into("<q", image, place, starts[symbol[3]] + symbol[4] + addend)
                own.append(place)
            elif symbol[3] == 0:
                others.append((place, texts[info >> 32], addend))
            else:
                raise FormError(f"symbol in section {symbol[3]}")
    defined = {
        text: starts[symbol[3]] + symbol[4] for text, symbol in zip(texts, symbols, strict=True) if symbol[3] in starts
    }
    known = json.dumps({"symbols": defined, "own": own, "others": others}).encode()
    return struct.pack("<Q", len(known)) + known + image


def _parts(block: bytes) -> tuple[dict[str, Any], bytes]:
    """The head and the image of a block. Raises :class:`FormError` for bytes that are not a block."""
    try:
        (length,) = struct.unpack_from("<Q", block)
        known = json.loads(block[8 : 8 + length])
        image = block[8 + length :]
        last = len(image) - _ADDRESS
        places = [*known["own"], *(place for place, _, _ in known["others"])]
        is_sound = all(isinstance(place, int) and 0 <= place <= last for place in places)
        is_sound &= all(isinstance(name, str) and isinstance(addend, int) for _, name, addend in known["others"])
        is_sound &= all(0 <= offset < len(image) for offset in known["symbols"].values())
    except (struct.error, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FormError(f"not a block: {error!r}") from None
    if not is_sound:
        raise FormError("a block with a place outside it")
    return known, image


def check(kept: bytes, symbols: Iterable[str]) -> None:
    """Raise :class:`FormError` unless ``kept`` has the form that :func:`content` makes, with those symbols."""
    if kept.startswith(_BLOCK):
        known, _ = _parts(kept[1:])
        if not set(symbols) <= set(known["symbols"]):
            raise FormError("a block without the symbols that are asked for")
    elif not kept.startswith(_OBJECT + _IDENTITY[:4]):
        raise FormError("neither a block nor an object in ELF")


def _text(obj: bytes, at: int) -> bytes:
    return obj[at : obj.index(0, at)]


class Code:
    """Machine code in memory; it lives as long as this does."""

    def __init__(self, kept: bytes) -> None:
        """``kept``: from :func:`content`. Raises :class:`RuntimeError` where the system refuses to run it, and
        :class:`FormError` for a damaged block."""
        self._owner: Any
        self._symbols: dict[str, int] = {}
        if kept.startswith(_BLOCK):
            self._place(kept[1:])
        else:
            self._load(kept[1:])

    def address(self, symbol: str) -> int:
        """Where a symbol is."""
        if self._symbols:
            return self._symbols[symbol]
        engine = self._owner
        return int(engine.get_global_value_address(symbol) or engine.get_function_address(symbol))

    def _place(self, block: bytes) -> None:
        known, image = _parts(block)
        area = mmap.mmap(-1, max(len(image), 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        there: NDArray[np.uint8] = np.frombuffer(area, np.uint8)
        base = there.ctypes.data
        there[: len(image)] = np.frombuffer(image, np.uint8)
        library = ctypes.CDLL(None)
        for place, name, addend in known["others"]:
            outside = ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0
            there[place : place + _ADDRESS] = np.frombuffer(struct.pack("<Q", outside + addend), np.uint8)
        # Where addresses stand, nothing is aligned.
        places = np.array(known["own"], np.int64).reshape(-1, 1) + np.arange(_ADDRESS)
        there[places] = (there[places].view(np.uint64) + np.uint64(base)).view(np.uint8)
        if library.mprotect(ctypes.c_void_p(base), ctypes.c_size_t(len(area)), _READ_AND_EXECUTE):
            raise RuntimeError("the system does not let memory be executed")
        self._owner = area
        self._symbols = {name: base + offset for name, offset in known["symbols"].items()}

    def _load(self, obj: bytes) -> None:
        llvm = binding()
        machine = llvm.Target.from_default_triple().create_target_machine(codemodel="jitdefault", jit=True)
        with _LOADING:
            engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
            engine.add_object_file(llvm.ObjectFileRef.from_data(obj))
            engine.finalize_object()
        self._owner = engine
