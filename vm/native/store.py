"""Compiled programs on disk: by the program, the engine's own sources, the compiler and the processor."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vm import cache as disk
from vm import machinecode, processor
from vm.native.compile import compile_ir, target
from vm.native.names import SYMBOL, TABLE
from vm.program import Program

if TYPE_CHECKING:
    from vm.native.plan import Plan

_COMPILED: Final = b"C"
_REFUSED: Final = b"R"


@dataclass(frozen=True)
class Compiled:
    """Machine code, and what is in it."""

    code: bytes
    """From :func:`vm.machinecode.content`."""
    entries: tuple[int, ...]
    """Instructions at which control can enter, in the order of the code's table."""
    straight: int
    """Instructions that may run between two looks at the count."""

    @property
    def digest(self) -> str:
        """Tells two objects apart."""
        return hashlib.sha256(self.code).hexdigest()

    def pack(self) -> bytes:
        """As bytes for the cache."""
        head = struct.pack(f"<QQ{len(self.entries)}Q", self.straight, len(self.entries), *self.entries)
        return _COMPILED + head + self.code

    @staticmethod
    def unpack(content: bytes) -> Compiled:
        """The inverse of :meth:`pack`. Raises :class:`struct.error` or :class:`ValueError` for other bytes."""
        if not content.startswith(_COMPILED):
            raise ValueError("not a compiled program")
        start = len(_COMPILED)
        straight, count = struct.unpack_from("<QQ", content, start)
        entries = struct.unpack_from(f"<{count}Q", content, start + 16)
        code = content[start + 16 + 8 * count :]
        machinecode.check(code, (SYMBOL, TABLE))
        return Compiled(code, entries, straight)


@dataclass(frozen=True)
class Refused:
    """That a program is not compiled."""

    reason: str
    """Why, as one line."""
    is_fault: bool = False
    """Whether the compiler failed, which somebody should hear of."""
    was_said: bool = False
    """Whether that was said to the user."""

    def pack(self) -> bytes:
        """As bytes for the cache."""
        return _REFUSED + json.dumps([self.reason, self.is_fault, self.was_said]).encode()

    @staticmethod
    def unpack(content: bytes) -> Refused:
        """The inverse of :meth:`pack`. Raises :class:`ValueError` for other bytes."""
        reason, is_fault, was_said = json.loads(content[len(_REFUSED) :])
        if not isinstance(reason, str):
            raise ValueError("no reason")
        return Refused(reason, bool(is_fault), bool(was_said))


def decode(content: bytes) -> Compiled | Refused:
    """What was packed. Raises :class:`ValueError` or :class:`struct.error` for other bytes."""
    return Refused.unpack(content) if content.startswith(_REFUSED) else Compiled.unpack(content)


@cache
def _engine_key() -> bytes:
    """What compiled code depends on besides the program."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent.parent
    sources = [folder / "isa.py", folder / "trap.py", folder / "machinecode.py", folder / "interp" / "layout.py"]
    sources += sorted((folder / "native").glob("*.py")) + sorted((folder / "flow").glob("*.py"))
    for source in sources:
        digest.update(source.read_bytes())
    digest.update(processor.identity())
    return digest.digest()


def key(program: Program, level: int, *, whole: bool, float_arguments: bool) -> str:
    """Name of the cache's entry: ``whole`` for all of the program, else for as much as was hot."""
    digest = hashlib.sha256(_engine_key())
    obj = program.object
    for part in (obj.code, obj.constants, obj.constant_kinds, program.targets):
        digest.update(part.tobytes())
        digest.update(struct.pack("<Q", part.nbytes))
    entries = (obj.entry, sorted(program.entry_points().values()))
    digest.update(repr((entries, level, whole, float_arguments)).encode())
    return f"native-{digest.hexdigest()[:32]}.o"


def find(name: str) -> Compiled | Refused | None:
    """From the cache: a compiled program, or that it could not be compiled."""
    return disk.load(name, decode)


def keep(name: str, found: Compiled | Refused) -> None:
    """Into the cache."""
    disk.write(name, found.pack())


def build(plan: Plan, level: int, chosen: Collection[int] | None, resumed: Collection[int], name: str) -> Compiled:
    """Compile, and keep it."""
    # What compiles is imported where something is compiled.
    from vm.native.module import emit

    module = emit(plan, plan.by_entry if chosen is None else chosen, resumed, target())
    compiled = Compiled(machinecode.content(compile_ir(module.text, level)), module.entries, plan.straight)
    keep(name, compiled)
    return compiled
